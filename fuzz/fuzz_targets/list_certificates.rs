#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| -> libfuzzer_sys::Corpus {
    hcert_fuzz::targets::list_certificates::run(data).into()
});

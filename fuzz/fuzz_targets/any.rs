//! Every target in one binary, which builds in the time of one of them: the
//! variable HCERT_FUZZ_TARGET says which. `seeds` writes the seeds and ends.
#![no_main]

use std::process::exit;
use std::sync::OnceLock;

use libfuzzer_sys::Corpus;

static RUN: OnceLock<fn(&[u8]) -> Corpus> = OnceLock::new();

fn choose() {
    let name = std::env::var("HCERT_FUZZ_TARGET").unwrap_or_default();
    if name == "seeds" {
        let written = hcert_fuzz::seeds::write();
        exit(written.inspect_err(|e| eprintln!("{e}")).is_err().into())
    }
    let all = hcert_fuzz::targets::ALL;
    let Some((_, run)) = all.iter().find(|(known, _)| *known == name) else {
        let names: Vec<_> = all.iter().map(|(known, _)| *known).collect();
        let names = names.join(", ");
        eprintln!("HCERT_FUZZ_TARGET is {name:?}: set it to seeds or one of {names}");
        exit(2)
    };
    RUN.get_or_init(|| *run);
}

libfuzzer_sys::fuzz_target!(init: choose(), |data: &[u8]| -> Corpus {
    RUN.get().map_or(Corpus::Reject, |run| run(data))
});

//! What each target does with an input. `fuzz_targets/` has a binary for each,
//! as cargo-fuzz wants them, and one for all, which builds in the time of one.

use libfuzzer_sys::Corpus;

macro_rules! targets {
    ($($(#[$gate:meta])? $name:ident),* $(,)?) => {
        $($(#[$gate])? pub mod $name;)*

        /// By name.
        pub const ALL: &[(&str, fn(&[u8]) -> Corpus)] = &[
            $($(#[$gate])? (stringify!($name), |data| Corpus::from($name::run(data))),)*
        ];
    };
}

targets! {
    base45,
    certlogic,
    chain,
    cose,
    cwt,
    dsc,
    #[cfg(feature = "image")]
    image,
    inflate,
    light,
    list_austrian,
    list_certificates,
    list_cwa,
    list_dutch,
    list_gateway,
    list_gdhcn,
    list_german,
    list_jwk,
    list_keys_by_kid,
    list_pem_der,
    list_polish,
    list_snapshot,
    list_swedish,
    list_swiss,
    names,
    payload,
    payload_ddcc,
    payload_health_link,
    payload_medication,
    payload_yellow_card,
    prepared,
    recognition,
    revocation_cose,
    revocation_json,
    revocation_set,
    revocation_slice,
    revocation_split,
    round_trip,
    rules,
    signed_document,
    trust_list,
    value_sets,
}

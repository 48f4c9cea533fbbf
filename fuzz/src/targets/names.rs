//! Transliteration of names, and UVCIs.

use arbitrary::{Arbitrary, Unstructured};
use hcert::record::translit::{Language, transliterate, transliterate_as};
use hcert::record::uvci::{CheckOutcome, Uvci, check_character};

fn standard(name: &str) {
    let languages = [
        Language::Belarusian,
        Language::Bulgarian,
        Language::Macedonian,
        Language::Serbian,
        Language::Ukrainian,
    ];
    let made = languages.map(|language| transliterate_as(name, language));
    for made in made.into_iter().chain([transliterate(name)]) {
        match made {
            Ok(made) => {
                assert!(!made.is_empty());
                assert!(made.bytes().all(|b| b.is_ascii_uppercase() || b == b'<'));
                assert_eq!(transliterate(&made).as_deref(), Ok(made.as_str()));
            }
            Err(error) => {
                let _ = (error.to_string(), error.code());
            }
        }
    }
}

fn uvci(text: &str) {
    if let Ok(read) = Uvci::parse(text) {
        assert_eq!(read.as_str(), text);
        let parts = [
            read.version(),
            read.country(),
            read.issuer(),
            read.vaccine(),
            read.opaque(),
        ];
        for part in parts.into_iter().flatten() {
            assert!(text.contains(part));
        }
        let conforms = read.conformance().is_ok();
        assert!(!conforms || text.is_ascii());
        let _ = format!("{read:?} {:?}", read.check());
        if let CheckOutcome::Mismatch { expected, .. } = read.check() {
            let body = text.split_once('#').map_or(text, |(body, _)| body);
            let mended = Uvci::parse(&format!("{body}#{expected}")).unwrap();
            assert_eq!(mended.check(), CheckOutcome::Match);
        }
    }
    if let Ok(made) = Uvci::from_opaque("XX", text) {
        assert_eq!(made.check(), CheckOutcome::Match);
        assert_eq!(made.country(), Some("XX"));
        assert_eq!(made.opaque(), Some(text));
        assert_eq!(made.conformance(), Ok(()));
    }
    if let Some((issuer, opaque)) = text.split_once('/')
        && let Ok(made) = Uvci::issued("XX", issuer, opaque)
    {
        assert_eq!((made.issuer(), made.opaque()), (Some(issuer), Some(opaque)));
    }
    let _ = check_character(text);
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let Ok(text) = <&str>::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    standard(text);
    uvci(text);
}


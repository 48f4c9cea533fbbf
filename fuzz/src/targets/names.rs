//! Transliteration of names, and UVCIs.

use arbitrary::{Arbitrary, Unstructured};
use hcert::record::{Holder, NameLanguage, Uvci, UvciCheck};

fn standard(name: &str) {
    let languages = [
        NameLanguage::Belarusian,
        NameLanguage::Bulgarian,
        NameLanguage::Macedonian,
        NameLanguage::Serbian,
        NameLanguage::Ukrainian,
    ];
    let made = languages.map(|language| Holder::transliterate_as(name, language));
    for made in made.into_iter().chain([Holder::transliterate(name)]) {
        match made {
            Ok(made) => {
                assert!(!made.is_empty());
                assert!(made.bytes().all(|b| b.is_ascii_uppercase() || b == b'<'));
                assert_eq!(Holder::transliterate(&made).as_deref(), Ok(made.as_str()));
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
        if let UvciCheck::Mismatch { expected, .. } = read.check() {
            let body = text.split_once('#').map_or(text, |(body, _)| body);
            let mended = Uvci::parse(&format!("{body}#{expected}")).unwrap();
            assert_eq!(mended.check(), UvciCheck::Match);
        }
    }
    if let Ok(made) = Uvci::from_opaque("XX", text) {
        assert_eq!(made.check(), UvciCheck::Match);
        assert_eq!(made.country(), Some("XX"));
        assert_eq!(made.opaque(), Some(text));
        assert_eq!(made.conformance(), Ok(()));
    }
    if let Some((issuer, opaque)) = text.split_once('/')
        && let Ok(made) = Uvci::issued("XX", issuer, opaque)
    {
        assert_eq!((made.issuer(), made.opaque()), (Some(issuer), Some(opaque)));
    }
    let _ = Uvci::check_character_of(text);
}

/// Checks one input.
pub fn run(data: &[u8]) {
    let Ok(text) = <&str>::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    standard(text);
    uvci(text);
}


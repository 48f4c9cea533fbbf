//! Seeds for value sets: ours, and the published ones.

use std::path::Path;

use super::{Corpus, Error, files};

const OURS: [&str; 3] = [
    r#"{"valueSetId":"x","valueSetDate":"2026-05-01","valueSetValues":{"a":{"display":"A","active":true}}}"#,
    r#"{"valueSetId":"vaccines-covid-19-names","valueSetDate":"2031-01-01","valueSetValues":{"EU/1/20/1528":{"display":"Comirnaty","lang":"en","active":true,"system":"https://ec.europa.eu/health/documents/community-register/html/","version":""},"B":{"display":"B (deprecated)","lang":"en","active":false,"system":"","version":"1.0"}}}"#,
    r#"{"valueSetId":"disease-agent-targeted","valueSetDate":"2021-01-01","valueSetValues":{"840539006":{"display":"COVID-19","lang":"en","active":true,"version":"1","system":"http://snomed.info/sct"}}}"#,
];

pub fn ours(corpus: &mut Corpus) -> Result<(), Error> {
    let mut seed = |json: &str| corpus.add("value_sets", json.as_bytes());
    OURS.into_iter().try_for_each(&mut seed)
}

pub fn published(corpus: &mut Corpus, directory: &Path) -> Result<(), Error> {
    for path in files(&directory.join("value-sets"))? {
        corpus.add("value_sets", &std::fs::read(path)?)?;
    }
    Ok(())
}

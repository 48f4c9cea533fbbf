//! Seeds for recognition policies.

use super::{Corpus, Error};

const SAMPLE: &str = include_str!("../../../examples/recognition.toml");

/// Every member that a policy can have.
const ALL: &str = r#"{"name":"P","version":"1","country":"XX","description":{"en":"A","de-CH":"B"},
"regions":["XX-1"],"utc_offset":"-03:30","valid_from":"2021-06-01","valid_until":"2023-01-01T00:00:00Z",
"issuers":[{"domains":["DCC"],"participants":["ESP"]},{"countries":["XX"],"authorities":["Ministry of Health"],"records":["test","recovery"]}],
"not_recognised":[{"countries":["XY"],"records":["yellow-card"]}],"never":["antibody-igm"],
"tests":[{"id":"a","kinds":["naat","antigen"],"codes":["http://loinc.org|94500-6"],"diseases":["covid-19","http://snomed.info/sct|1"],"devices":["1"],"result":"positive","min_age_hours":1,"max_age_hours":720,"holder_from_years":6,"holder_under_years":60,"description":{"fr":"C"}},
{"kinds":["antibody-igg"],"result":"antibodies-detected","max_age_hours":1},{"kinds":["naat"],"max_age_hours":800}],
"vaccinations":[{"product_groups":["who-listed"],"products":["Abdala"],"from_day":14,"until_day":270,"complete":false,"min_doses":1,
"booster":{"from_day":0,"until_day":"unlimited","three_of_three":true},"exceptions":[{"products":["EU/1/20/1528"],"complete":true,"until_day":"unlimited"}]},
{"any_product":true,"from_day":400,"until_day":500}],
"recoveries":[{"from_day":11,"until_day":180,"ignore_stated_validity":true}],
"yellow_cards":[{"diseases":["yellow-fever","1D47"],"products":["X"],"from_day":1,"until_day":"unlimited"}],
"exemptions":[{"under_years":25}]}"#;

const SMALL: &str = "name = 'P'\nversion = '1'\ncountry = 'XX'\nvalid_from = 2021-01-01\n\
    valid_until = 2022-01-01T00:00:00+01:00\nissuers = 'any-trusted'\n";

pub fn ours(corpus: &mut Corpus) -> Result<(), Error> {
    corpus.add("recognition", format!("j{ALL}").as_bytes())?;
    corpus.add("recognition", format!("t{SAMPLE}").as_bytes())?;
    for clause in [
        "[[recoveries]]\nfrom_day = 0\nuntil_day = 'unlimited'\n",
        "[[exemptions]]\nunder_years = 30\n[[tests]]\ncodes = ['LP6464-4']\nmax_age_hours = 0x48\n",
        "[[vaccinations]]\nany_product = true\nfrom_day = 0\nuntil_day = 9\ndescription.en = '''A'''\n",
    ] {
        corpus.add("recognition", format!("t{SMALL}{clause}").as_bytes())?;
    }
    Ok(())
}

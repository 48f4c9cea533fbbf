//! The medication overview.

use serde_json::{Value, json};

use super::super::{Error, Suite};
use super::{MEDICATION, edit, repeated, signed_by, with_claims, with_payload};

fn overview() -> Value {
    json!({
        "n": "Gabriele Musterfrau", "dob": "1998-02-26", "s": "female",
        "m": [{"m": "A medicine", "es": "2021-05", "d": "One a day"}]
    })
}

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    let case =
        |id: &str, what: &str, payload: &Value| with_payload(suite, MEDICATION, id, what, payload);
    let changed = |pointer: &str, member: Option<Value>| edit(overview(), pointer, member);
    let line = overview().pointer("/m/0").cloned();
    let times = |count: usize| repeated(MEDICATION, &overview(), count);
    let made = [
        case("medication", "smart-ph4h, MedicationOverviewMin: a medication overview.", &overview())?,
        case("medication-three-lines", "MedicationTreatmentLineMin: three lines, the most that there may be.", &changed("/m", Some(json!([line, line, line]))))?
            .flags(&["boundary"]),
        case("medication-four-lines", "A fourth line.", &changed("/m", Some(json!([line, line, line, line]))))?
            .flags(&["boundary"]).deviates(&["schema-entries"]),
        case("medication-empty", "An overview without a line states nothing. The model allows it.", &changed("/m", Some(json!([]))))?
            .flags(&["entries", "choice"]).invalid("content", "payload-empty").without_content(),
        case("medication-without-lines", "There is no member m.", &changed("/m", None))?
            .flags(&["entries", "choice"]).invalid("content", "payload-empty").without_content(),
        case("medication-name-missing", "There is no name: nobody can be compared with it.", &changed("/n", None))?
            .flags(&["choice"]).fails("unascertained", "content", "holder-unnamed").deviates(&["schema-missing", "holder-unnamed"]),
        case("medication-shape", "The payload is a text.", &json!("A medicine"))?
            .flags(&["value"]).invalid("content", "payload-shape").without_content(),
        with_claims(suite, "medication-array", "smart-trust, HCert: 0..* payloads of a kind in JSON, so that it stands in an array of one.", times(1))?
            .deviates(&["payload-array"]),
        with_claims(suite, "medication-several", "Two overviews, each with a holder of its own.", times(2))?
            .flags(&["entries", "choice"]).invalid("content", "hcert-several-records").without_content(),
        with_claims(suite, "medication-array-empty", "The array of payloads is empty.", times(0))?
            .flags(&["entries", "choice"]).invalid("content", "payload-empty").without_content(),
        signed_by(suite, "usage-v", MEDICATION, "medication-usage-v", "hcert-spec appendix A: the key may sign vaccinations alone.", &overview())?
            .flags(&["key-usage", "choice"]).invalid("key-usage", "key-usage"),
    ];
    for case in made {
        suite.push(case);
    }
    Ok(())
}

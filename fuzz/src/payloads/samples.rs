//! A payload of each kind and generation, about the same fictitious holder.

use ciborium::{Value, cbor};
use hcert::record::PayloadKind;

use super::linked;

/// Names that no sample has: of other generations, and of none.
pub const NAMES: [&str; 8] = [
    "valid_from",
    "valid_until",
    "total_doses",
    "period",
    "start",
    "end",
    "other",
    "not a name",
];

/// Texts with a form.
pub const TEXTS: [&str; 14] = [
    "",
    "2021",
    "2021-05",
    "2021-05-29",
    "2021-02-30",
    "2021-00",
    "9999-12-31",
    "2021-05-29T10:12:22Z",
    "2021-05-29T10:12:22.5+14:00",
    "PoliomyelitisVaccine",
    "16541001",
    "398102009",
    "vhlink:/e30",
    "https://example.org/#shlink://e30=",
];

/// With a blank, so that no copy of it is a member name.
const PERSON: &str = "Quxmarker Zed";
const PRODUCT: &str = "YellowFeverProductd2c75a15ed309658b3968519ddb31690";

/// Those of some kinds.
pub fn of(kinds: &[PayloadKind]) -> Vec<Value> {
    kinds.iter().flat_map(|kind| samples(*kind)).collect()
}

fn samples(kind: PayloadKind) -> Vec<Value> {
    match kind {
        PayloadKind::YellowCard => yellow_cards(),
        PayloadKind::DdccVaccination => vec![core("vaccination", dose()), early()],
        PayloadKind::DdccTest => vec![core("test", pcr())],
        PayloadKind::Medication => medication(),
        PayloadKind::HealthLink => links(),
        _ => Vec::new(),
    }
}

fn yellow_cards() -> Vec<Value> {
    let cards = [
        cbor!({
            "n" => PERSON, "dob" => "1975-08-23", "s" => "M", "ntl" => "CL",
            "nid" => PERSON, "gn" => PERSON,
            "v" => {
                "dn" => "Primary", "tg" => "1D47", "vp" => "XM0N24", "ma" => "A maker",
                "mp" => "1", "mid" => "25", "dt" => "2015-01-28", "bo" => "123",
                "vls" => "2015-02-07", "vle" => "2025-02-07", "cn" => PERSON,
                "is" => "An authority",
            },
        }),
        cbor!({
            "n" => PERSON, "dob" => "1975-08-23", "s" => "male", "ntl" => "CHL",
            "nid" => PERSON, "ndt" => "NI",
            "v" => [{
                "vp" => PRODUCT, "dt" => "2015-01-28", "bo" => "123",
                "vls" => "2015-02-07", "cn" => PERSON, "is" => "An authority",
            }],
        }),
        cbor!({
            "n" => PERSON, "dob" => "1975-08-23", "s" => "male", "nt" => "CHL",
            "id" => PERSON, "dt" => "PPN", "gn" => PERSON,
            "vx" => {
                "vp" => PRODUCT, "dv" => "2021-05-04", "bo" => "A123",
                "cn" => PERSON, "is" => "An authority",
            },
            "v" => "0.1.0", "d" => "2021-05-04",
        }),
    ];
    cards.map(Result::unwrap).into()
}

fn core(event: &str, value: Value) -> Value {
    let certificate = cbor!({
        "issuer" => {"identifier" => {"value" => "Ministry of Health"}},
        "kid" => "a key", "hcid" => {"value" => PERSON}, "ddccid" => {"value" => PERSON},
        "version" => "RC2", "period" => {"start" => "2021-05-29", "end" => "2022-05"},
    });
    cbor!({
        "name" => PERSON, "birthDate" => "1957-03-19", "sex" => "female",
        "identifier" => {"value" => PERSON},
        "certificate" => certificate.unwrap(), event => value,
    })
    .unwrap()
}

fn dose() -> Value {
    cbor!({
        "vaccine" => {"system" => "http://snomed.info/sct", "code" => "1119349007"},
        "brand" => {"code" => "EU/1/20/1528"}, "manufacturer" => {"code" => "ORG-100030215"},
        "maholder" => {"code" => "ORG-100030215"}, "lot" => PERSON, "date" => "2021-05-29",
        "validFrom" => "2021-06-12", "dose" => 1, "totalDoses" => 2,
        "country" => {"code" => "AUT", "system" => "urn:iso:std:iso:3166"},
        "centre" => PERSON, "practitioner" => {"value" => PERSON},
        "disease" => {"code" => "840539006", "display" => "COVID-19"},
        "nextDose" => "2021-07-29",
    })
    .unwrap()
}

fn pcr() -> Value {
    cbor!({
        "pathogen" => {"code" => "XN109", "system" => "http://id.who.int/icd11/mms"},
        "type" => {"code" => "LP6464-4"}, "brand" => {"code" => "1232"},
        "manufacturer" => {"code" => "1232"}, "origin" => {"code" => "258500001"},
        "date" => "2021-05-30T10:12:22Z", "result" => {"code" => "260415000"},
        "centre" => {"code" => "C1", "display" => PERSON}, "country" => {"code" => "SGP"},
    })
    .unwrap()
}

/// All members side by side.
fn early() -> Value {
    cbor!({
        "name" => PERSON, "birthDate" => "1957-03-19", "sex" => {"code" => "female"},
        "identifier" => PERSON, "pha" => "An authority", "hcid" => PERSON,
        "valid_from" => "2021-05-29", "valid_until" => "2022-05-29",
        "vaccine" => {"code" => "1119349007"}, "brand" => {"code" => "EU/1/20/1528"},
        "manufacturer" => {"code" => "ORG-100030215"}, "ma_holder" => {"code" => "H"},
        "lot" => PERSON, "date" => "2021-05-29", "dose" => 1, "total_doses" => 2,
        "country" => {"code" => "AUT"}, "centre" => PERSON, "hw" => PERSON,
        "disease" => {"code" => "840539006"}, "vaccine_valid" => "2021-06-12",
        "due_date" => "2021-07-29",
    })
    .unwrap()
}

fn medication() -> Vec<Value> {
    let overview = cbor!({
        "n" => PERSON, "dob" => "1972-05-01", "s" => "female", "nt" => "PT",
        "id" => PERSON, "dt" => "PPN",
        "m" => [
            {"m" => "L02BG03", "es" => "2015-03-01", "ee" => "2023", "da" => "2021-05",
             "d" => PERSON, "r" => PERSON, "a" => "active"},
            {"m" => "A10BA02", "da" => "2021"},
        ],
    });
    vec![overview.unwrap()]
}

/// What is in a link.
pub fn link_json() -> Value {
    cbor!({
        "url" => "https://quxmarker.example.org/1", "key" => "A".repeat(43),
        "exp" => 1_893_456_000, "flag" => "LP", "label" => PERSON, "v" => 1,
    })
    .unwrap()
}

fn links() -> Vec<Value> {
    let one = linked(&serde_json::to_vec(&link_json()).unwrap());
    let uri = super::get(&one.as_array().unwrap()[0], "u").cloned();
    vec![one, Value::Array(uri.into_iter().collect())]
}

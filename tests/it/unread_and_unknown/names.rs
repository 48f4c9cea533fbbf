//! A certificate that names nobody.

use ciborium::{Value, cbor};
use hcert::record::{Holder, Record, Recovery, Uvci};
use hcert::verify::{Outcome, Verdict};
use hcert::{Date, PartialDate};
use hcert_testkit::card::{card_2024, card_2025, card_2026, cwt as card_claims};
use hcert_testkit::raw::{cwt, dcc, with};

use super::{code, deviations, strictly, verify};

/// Texts in which there is no name.
const NOBODY: &[&str] = &[
    "",
    " ",
    "   ",
    "\t\n",
    "<",
    "<<<",
    "<<<<<<<<<<",
    "-",
    "'",
    ".",
    ",",
    "- -",
    "\u{a0}",
    "\u{2003}",
    "\u{200b}",
    "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}",
    "\u{0}",
    "\u{1b}",
    "\u{7f}\u{85}",
    "\u{202e}\u{202c}",
    "\u{2800}",
    "\u{3164}",
    "\u{115f}\u{1160}",
    "\u{ffa0}",
    "\u{e0041}",
    "\u{ad}",
    "\u{301}",
    "?",
    "…",
];

/// Texts in which there is one.
const SOMEBODY: &[&str] = &[
    "X",
    "Ö",
    "王",
    "أ",
    "ि क",
    "Ο",
    "ა",
    "MUSTER<<",
    "\u{200b}X",
    "กรุงเทพ",
    "4",
];

fn named(members: &[(&str, &str)]) -> Value {
    let names = members
        .iter()
        .map(|(k, v)| (Value::from(*k), Value::from(*v)));
    cwt(with(dcc(), "nam", Some(Value::Map(names.collect()))))
}

fn names_nobody(verdict: &Verdict, at: &str) {
    assert_eq!(
        (verdict.outcome(), code(verdict)),
        (Outcome::Unascertained, Some("holder-unnamed")),
        "{verdict:?}"
    );
    assert!(
        deviations(verdict).contains(&("holder-unnamed", at)),
        "{verdict:?}"
    );
    assert!(verdict.verified().is_none());
    assert!(verdict.signed_record().is_some());
}

#[test]
fn a_certificate_whose_names_are_all_empty_can_be_compared_with_nobody() {
    names_nobody(&verify(cwt(with(dcc(), "nam", None))), "nam");
    names_nobody(
        &verify(cwt(with(dcc(), "nam", Some(Value::Map(vec![]))))),
        "nam",
    );
    names_nobody(
        &verify(cwt(with(dcc(), "nam", Some(Value::from("Erika"))))),
        "nam",
    );
    for empty in NOBODY {
        let all = [
            ("fn", *empty),
            ("fnt", *empty),
            ("gn", *empty),
            ("gnt", *empty),
        ];
        names_nobody(&verify(named(&all)), "nam");
        names_nobody(&verify(named(&all[1..2])), "nam");
        let verdict = strictly(named(&all));
        assert_eq!(
            (verdict.outcome(), code(&verdict)),
            (Outcome::Invalid, Some("strict"))
        );
    }
    for (n, name) in SOMEBODY.iter().enumerate() {
        let member = ["fn", "fnt", "gn", "gnt"][n % 4];
        let all = ["fn", "fnt", "gn", "gnt"].map(|k| (k, if k == member { *name } else { "" }));
        let verdict = verify(named(&all));
        assert_eq!(verdict.outcome(), Outcome::Valid, "{name}");
        assert!(!deviations(&verdict).contains(&("holder-unnamed", "nam")));
    }
}

#[test]
fn so_can_a_record_of_the_who_without_a_name() {
    for empty in NOBODY.iter().map(|text| Some(Value::from(*text))).chain([
        None,
        Some(Value::from(7)),
        Some(Value::Null),
    ]) {
        for card in [card_2024(), card_2025(), card_2026()] {
            let verdict = verify(card_claims(with(card, "n", empty.clone())));
            names_nobody(&verdict, "n");
        }
        let overview =
            cbor!({"dob" => "1972-05-01", "s" => "female", "m" => [{"m" => "L02BG03"}]}).unwrap();
        let overview = with(overview, "n", empty.clone());
        let claims =
            cbor!({1 => "XX", 4 => 1_638_316_800, 6 => 1_622_505_600, -260 => {-7 => overview}});
        names_nobody(&verify(claims.unwrap()), "n");
        let ddcc = cbor!({"test" => {"pathogen" => {"code" => "840539006"}, "type" => {"code" => "LP6464-4"},
            "date" => "2021-05-30", "country" => {"code" => "XXX"}}}).unwrap();
        let ddcc = with(ddcc, "name", empty);
        let claims =
            cbor!({1 => "XX", 4 => 1_638_316_800, 6 => 1_622_505_600, -260 => {4 => ddcc}});
        names_nobody(&verify(claims.unwrap()), "name");
    }
    // A link has no holder but that of the record behind it.
    let link = "shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUub3JnL3gifQ";
    let claims =
        cbor!({1 => "XX", 4 => 1_638_316_800, 6 => 1_622_505_600, -260 => {5 => [{"u" => link}]}});
    assert_eq!(verify(claims.unwrap()).outcome(), Outcome::Valid);
}

#[test]
fn nobody_is_not_issued_a_certificate() {
    let date = |text| Date::parse(text).unwrap();
    for name in ["<", "<<<", ""] {
        let recovery = Recovery::builder()
            .first_positive(date("2021-04-21"))
            .valid(date("2021-05-01"), date("2021-10-21"))
            .country("XX")
            .issuer("Ministry of Health")
            .id(&Uvci::from_opaque("XX", "0").unwrap())
            .build()
            .unwrap();
        let holder = Holder::with_standard_names((" ", name), ("", ""), PartialDate::Unknown);
        let error = Record::new(holder, recovery).unwrap_err();
        let expected = if name.is_empty() {
            "schema-missing"
        } else {
            "holder-unnamed"
        };
        assert_eq!(error.code(), expected);
    }
}

#[test]
fn a_name_in_the_place_of_a_member_is_not_repeated() {
    for name in [
        "Musterfrau",
        "MUSTERFRAU",
        "1964_08_12",
        "Erika Musterfrau",
        "musterfrau64",
        "mUster",
    ] {
        let card = with(card_2026(), name, Some(Value::from("x")));
        let verdict = verify(card_claims(card));
        assert!(
            deviations(&verdict).contains(&("member-unknown", "?")),
            "{name}"
        );
        let shown = format!("{verdict:?} {:?}", verdict.verified());
        assert!(!shown.contains(name), "{shown}");
        let json = format!(r#"{{"nam": {{"fnt": "X", "{name}": "y"}}, "dob": "", "r": []}}"#);
        let error = Record::from_json(&json).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(name), "{error}");
    }
}

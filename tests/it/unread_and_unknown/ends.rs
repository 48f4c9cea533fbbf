//! Ends and begins of validity in a place, a spelling or a form in which
//! nobody reads them.

use ciborium::{Value, cbor};
use hcert::verify::Outcome;
use hcert_testkit::card::{ROTAVIRUS, card_2024, card_2025, card_2026, cwt, dose, text};
use hcert_testkit::fixtures::{VALIDITY, issuer};
use hcert_testkit::raw::{dcc, t, v, with};

use super::{code, deviations, verify};

/// Long before any time of verification, and after all of them.
const PAST: i64 = 1_600_000_000;
const FUTURE: i64 = 4_000_000_000;

const OTHER_NAMES: [&str; 26] = [
    "vle",
    "VLE",
    " vls",
    "vle\u{200b}",
    "exp",
    "Exp",
    "EXP ",
    "nbf",
    "expires",
    "expiry",
    "expiration_date",
    "validFrom",
    "valid_from",
    "validUntil",
    "valid_until",
    "Valid-Until",
    "validTo",
    "validity",
    "validityPeriod",
    "period",
    "Periods",
    "notAfter",
    "not_before",
    "end",
    "Start",
    "until",
];

fn bytes(name: &str) -> Value {
    Value::Bytes(name.as_bytes().to_vec())
}

fn refused(claims: Value, what: &str) {
    let verdict = verify(claims);
    assert_eq!(
        (verdict.outcome(), code(&verdict)),
        (Outcome::Invalid, Some("payload-period")),
        "{what}"
    );
}

/// Cards of all forms with a vaccine for which the Regulations set no period.
fn stated() -> [Value; 3] {
    let rotavirus = |card| dose(card, "vp", text(ROTAVIRUS));
    [
        dose(dose(card_2024(), "tg", text("1F03")), "vls", None),
        dose(rotavirus(card_2025()), "vls", None),
        rotavirus(card_2026()),
    ]
}

fn group(card: &Value) -> (&'static str, Value) {
    let members = card.as_map().unwrap();
    let name = ["vx", "v"].into_iter().find(|name| {
        let of = |(key, value): &(Value, Value)| key.as_text() == Some(*name) && value.is_map();
        members.iter().any(of)
    });
    let name = name.unwrap();
    let found = members.iter().find(|(key, _)| key.as_text() == Some(name));
    (name, found.unwrap().1.clone())
}

#[test]
fn an_end_of_a_card_counts_under_whatever_name_and_wherever_it_stands() {
    for (n, card) in stated().into_iter().enumerate() {
        assert_eq!(code(&verify(cwt(card.clone()))), None, "{n}");
        let (place, of) = group(&card);
        for name in OTHER_NAMES {
            for key in [Value::from(name), bytes(name)] {
                let what = format!("{n} {key:?}");
                let is_read = n < 2 && key.as_text() == Some("vle");
                if !is_read {
                    let dose = with(of.clone(), key.clone(), text("2016-01-01"));
                    refused(cwt(with(card.clone(), place, Some(dose))), &what);
                }
                let root = with(card.clone(), key, text("2016-01-01"));
                refused(cwt(root), &what);
            }
        }
        // What says nothing, and what says something else.
        for (name, value) in [
            ("VLE", text("")),
            ("period", Some(Value::Null)),
            ("x", text("1")),
        ] {
            let card = with(card.clone(), name, value);
            assert_eq!(code(&verify(cwt(card))), None, "{n} {name}");
        }
    }
    // Where the Regulations set the period, theirs counts.
    let verdict = verify(cwt(dose(card_2026(), "VLE", text("2016-01-01"))));
    assert_eq!(code(&verdict), None);
    let mut noted = deviations(&verdict).into_iter();
    assert!(noted.any(|(code, _)| code == "member-unknown"));
    // Issued anew, the end that nobody could read would be gone.
    let record = verdict.verified().unwrap().record();
    let error = issuer("dsc", &[]).issue(record, VALIDITY).unwrap_err();
    assert_eq!(error.code(), "card-validity");
}

fn ddcc(
    certificate: &[(Value, Value)],
    event: &[(Value, Value)],
    root: &[(Value, Value)],
) -> Value {
    let all = |mut map: Value, more: &[(Value, Value)]| {
        for (key, value) in more {
            map = with(map, key.clone(), Some(value.clone()));
        }
        map
    };
    let of = cbor!({
        "issuer" => {"identifier" => {"value" => "X"}}, "hcid" => {"value" => "H"}, "version" => "RC2",
    });
    let dose = cbor!({
        "vaccine" => {"code" => "c"}, "brand" => {"code" => "b"}, "manufacturer" => {"code" => "m"},
        "lot" => "1", "date" => "2021-05-01", "dose" => 1, "country" => {"code" => "XXA"},
    });
    let payload = cbor!({
        "name" => "A B", "birthDate" => "1990-01-01",
        "certificate" => all(of.unwrap(), certificate), "vaccination" => all(dose.unwrap(), event),
    });
    all(payload.unwrap(), root)
}

fn of_ddcc(kind: i64, payload: Value) -> Value {
    cbor!({1 => "XX", 4 => 1_638_316_800, 6 => 1_622_505_600, -260 => {kind => payload}}).unwrap()
}

#[test]
fn an_end_of_a_ddcc_counts_under_whatever_name_and_wherever_it_stands() {
    let plain = of_ddcc(3, ddcc(&[], &[], &[]));
    assert_eq!(code(&verify(plain.clone())), None);
    for name in OTHER_NAMES {
        for key in [Value::from(name), bytes(name)] {
            let what = format!("{key:?}");
            let end = [(key, Value::from("2021-05-10"))];
            let is_read = |read: &str| end[0].0.as_text() == Some(read);
            refused(of_ddcc(3, ddcc(&end, &[], &[])), &what);
            if !is_read("validFrom") {
                refused(of_ddcc(3, ddcc(&[], &end, &[])), &what);
            }
            // Beside a certificate the names of the early form are there twice.
            if !is_read("valid_from") && !is_read("valid_until") {
                refused(of_ddcc(3, ddcc(&[], &[], &end)), &what);
            }
        }
    }
    // Beside the claims the names of claims are such.
    let Value::Map(mut members) = ddcc(&[], &[], &[]) else {
        panic!("a map");
    };
    members.push((4.into(), 1_638_316_800.into()));
    let root = Value::Map(members);
    let named = |name: &str| with(root.clone(), name, Some(PAST.into()));
    assert_eq!(code(&verify(root.clone())), None);
    assert_eq!(code(&verify(named("nbf"))), None);
    refused(named("validUntil"), "validUntil beside the claims");
    // What says nothing.
    let none = [
        (Value::from("period"), Value::Null),
        ("End".into(), "".into()),
    ];
    assert_eq!(code(&verify(of_ddcc(3, ddcc(&none, &none, &none)))), None);
}

#[test]
fn an_end_of_an_overview_or_a_dcc_in_a_place_of_its_own_is_not_overlooked() {
    let overview = cbor!({
        "n" => "A B", "dob" => "1990-01-01", "s" => "male",
        "m" => [{"m" => "A medicine", "es" => "2021-01-01", "ee" => "2021-02-01"}],
    });
    let overview = overview.unwrap();
    assert_eq!(code(&verify(of_ddcc(-7, overview.clone()))), None);
    refused(
        of_ddcc(-7, with(overview.clone(), "exp", text("2021"))),
        "m",
    );
    let line = cbor!([{"m" => "A medicine", "validUntil" => "2021-02-01"}]).unwrap();
    refused(of_ddcc(-7, with(overview, "m", Some(line))), "m[0]");

    for name in ["exp", "validUntil", "valid_until", "period", " Exp"] {
        for key in [Value::from(name), bytes(name)] {
            let what = format!("{key:?}");
            refused(
                of_ddcc(1, with(dcc(), key.clone(), text("2021-05-30"))),
                &what,
            );
            for (place, entry) in [("v", v()), ("t", t())] {
                let entry = with(entry, key.clone(), text("2021-05-30"));
                let payload = with(
                    with(dcc(), "v", None),
                    place,
                    Some(Value::Array(vec![entry])),
                );
                refused(of_ddcc(1, payload), &what);
            }
        }
    }
    // Beside the payload.
    let claims = cbor!({1 => "XX", 4 => 1_638_316_800, 6 => 1_622_505_600,
        -260 => {1 => dcc(), "exp" => PAST}});
    refused(claims.unwrap(), "beside the payload");
}

#[test]
fn a_claim_that_a_byte_string_names_is_not_overlooked() {
    for name in [
        &b"exp"[..],
        b"EXP",
        b" exp",
        b"4",
        b"04",
        b"\x04",
        b"nbf",
        b"5",
        b"\x05",
        b"iat",
    ] {
        for value in [PAST, FUTURE] {
            let claims = with(
                cwt(card_2026()),
                Value::Bytes(name.to_vec()),
                Some(value.into()),
            );
            let verdict = verify(claims);
            assert_eq!(code(&verdict), Some("cwt-claim-type"), "{name:?}");
        }
    }
    for name in [
        "expires",
        "expiry",
        "validUntil",
        "notBefore",
        "exp\u{200b}",
    ] {
        for key in [Value::from(name), bytes(name)] {
            refused(with(cwt(card_2026()), key, Some(PAST.into())), name);
        }
    }
    for key in [
        Value::from("x"),
        bytes("x"),
        bytes(""),
        Value::Bytes(vec![0xff]),
    ] {
        let verdict = verify(with(cwt(card_2026()), key.clone(), Some(PAST.into())));
        assert_eq!(code(&verdict), None, "{key:?}");
    }
}

#[test]
fn an_end_of_a_link_counts_under_whatever_name_and_wherever_it_stands() {
    use base64::Engine as _;
    let uri = |member: Option<&str>| {
        let mut json = serde_json::json!({"url": "https://example.org/x"});
        if let Some(member) = member {
            json[member] = PAST.into();
        }
        let link = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
        cbor!({"u" => format!("shlink:/{link}")}).unwrap()
    };
    let of = |link: Value| verify(of_ddcc(5, Value::Array(vec![link])));
    assert_eq!(code(&of(uri(None))), None);
    for name in OTHER_NAMES {
        if name != "exp" {
            assert_eq!(code(&of(uri(Some(name)))), Some("link-exp"), "{name}");
        }
        for key in [Value::from(name), bytes(name)] {
            let beside = with(uri(None), key.clone(), Some(PAST.into()));
            assert_eq!(code(&of(beside)), Some("link-exp"), "{key:?}");
        }
    }
    // A version under another name could be any.
    for name in ["V", " v"] {
        assert_eq!(
            code(&of(uri(Some(name)))),
            Some("link-version-unknown"),
            "{name}"
        );
    }
    assert_eq!(code(&of(uri(Some("expected")))), None);
}

#[test]
fn a_time_under_a_tag_of_something_else_is_no_count_of_seconds() {
    for tag in [0, 2, 4, 5, 100, 1001, 1004, 260, 55_799] {
        for (claim, expected) in [
            (4, "exp-unusable"),
            (5, "start-unusable"),
            (6, "start-unusable"),
        ] {
            // Days since 1970 (RFC 8943): 2052, or seconds of 1970.
            for value in [30_000, 1_622_505_600] {
                let value = Value::Tag(tag, Box::new(Value::from(value)));
                let claims = with(hcert_testkit::raw::cwt(dcc()), claim, Some(value));
                let verdict = verify(claims);
                assert_eq!(
                    (verdict.outcome(), code(&verdict)),
                    (Outcome::Invalid, Some(expected)),
                    "{tag} {claim}"
                );
            }
        }
    }
    let value = Value::Tag(1, Box::new(Value::from(1_622_505_600)));
    let verdict = verify(with(hcert_testkit::raw::cwt(dcc()), 6, Some(value)));
    assert_eq!(code(&verdict), None);
    assert!(deviations(&verdict).contains(&("claim-tagged", "iat")));
}

fn of_dcc(expires_at: i64, payload: Value) -> Value {
    cbor!({1 => "XX", 4 => expires_at, 6 => 1_622_505_600, -260 => {1 => payload}}).unwrap()
}

#[test]
fn the_last_end_that_is_read_is_written_as_that_end() {
    let verdict = verify(of_dcc(253_402_300_799, dcc()));
    let json: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
    assert_eq!(json["claims"]["expires_at"], "9999-12-31T23:59:59Z");
    let last = hcert::Timestamp::from_seconds(253_402_300_799);
    assert_eq!(last.date().unwrap().to_string(), "9999-12-31");
    let later = hcert::Timestamp::from_seconds(253_402_300_800);
    assert_eq!(
        (later.to_string().as_str(), later.date()),
        ("@253402300800", None)
    );
}

/// Each of so many entries departs in ten places, and each asks for its own.
#[test]
fn thousands_of_empty_entries_are_written_as_they_are() {
    let empty = Value::Array(vec![Value::Map(Vec::new()); 4_000]);
    let verdict = verify(of_dcc(1_638_316_800, with(dcc(), "v", Some(empty))));
    let json: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
    let record = ["record", "signed_record"].map(|name| &json[name]);
    let record = record.into_iter().find(|record| !record.is_null()).unwrap();
    assert_eq!(record["entries"].as_array().unwrap().len(), 4_000);
    let unreadable = record["unreadable"].as_array().unwrap();
    assert!(unreadable.contains(&"/entries/3999/dose_number".into()));
}

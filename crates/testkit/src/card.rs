//! Yellow cards of a fictitious holder, in all forms, and their verdicts.

use ciborium::{Value, cbor};
use hcert::record::{Entry, Holder, IdentityDocument, Record, YellowCard};
use hcert::verify::{Policy, Verdict, Verifier};
use hcert::{Date, PartialDate, Timestamp};

use crate::fixtures::{ISSUED, NOW, dsc, signer, trust};
use crate::raw::{self, Raw, with};

/// Yellow fever as the forms of 2024 and 2025 write it.
pub const YELLOW_FEVER: &str = "YellowFeverProductd2c75a15ed309658b3968519ddb31690";
/// Yellow fever as the form of 2026 writes it.
pub const YELLOW_FEVER_2026: &str = "a3K3X000006MihuUAC";
/// A vaccine against polio, in the older spelling.
pub const POLIO: &str = "PolioVaccineInactivatedIProduct532ef986c8042bbb15fee24056fdc4ed";
/// A vaccine that the Regulations do not ask for.
pub const ROTAVIRUS: &str = "a3K3X000006MihsUAC";

/// A day out of a constant of a test.
pub fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// Trusts the key `a`.
pub fn verifier(policy: Policy) -> Verifier {
    Verifier::with_policy(trust(&[&dsc("a", &[])]), policy)
}

/// Claims without exp around a payload at -6.
pub fn cwt(card: Value) -> Value {
    cbor!({1 => "XX", 6 => ISSUED.seconds(), -260 => {-6 => card}}).unwrap()
}

/// The claims, signed by the key `a`.
pub fn signed(claims: Value) -> String {
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(claims);
    raw::text(&raw.sign(&signer("a")))
}

/// The verdict about a signed card under that policy.
pub fn verify_with(policy: Policy, card: Value, now: Timestamp) -> Verdict {
    verifier(policy).verify(&signed(cwt(card)), now)
}

/// The verdict about a signed card at [`NOW`].
pub fn verify(card: Value) -> Verdict {
    verify_with(Policy::default(), card, NOW)
}

/// The code of the reason, unless the card is valid.
pub fn code(verdict: &Verdict) -> Option<&'static str> {
    verdict.reason().map(|reason| reason.code())
}

/// Each deviation with its place, but for the missing `exp` of [`cwt`].
pub fn deviations(verdict: &Verdict) -> Vec<(&'static str, &str)> {
    let all = verdict.deviations().iter().map(|d| (d.code(), d.at()));
    all.filter(|d| *d != ("exp-missing", "exp")).collect()
}

/// The only entry, which is a yellow card.
pub fn read(verdict: &Verdict) -> &YellowCard {
    match verdict.signed_record().unwrap().entries() {
        [Entry::YellowCard(card)] => card,
        other => panic!("{other:?}"),
    }
}

/// The form of 2024.
pub fn card_2024() -> Value {
    cbor!({
        "n" => "Aulo Agerio", "dob" => "1975-08-23", "s" => "M", "ntl" => "CL",
        "nid" => "16337361-9", "gn" => "Juan Medina",
        "v" => {
            "dn" => "Primary", "tg" => "1D47", "vp" => "XM0N24", "mp" => "1", "ma" => "A maker",
            "mid" => "25", "dt" => "2015-01-28", "bo" => "123", "vls" => "2015-02-07",
            "cn" => "A clinician", "is" => "An authority",
        },
    })
    .unwrap()
}

/// The form of 2025.
pub fn card_2025() -> Value {
    cbor!({
        "n" => "Aulo Agerio", "dob" => "1975-08-23", "s" => "male", "ntl" => "CL",
        "nid" => "16337361-9", "ndt" => "NI", "gn" => "Juan Medina",
        "v" => [{
            "vp" => YELLOW_FEVER, "dt" => "2015-01-28", "bo" => "123", "vls" => "2015-02-07",
            "cn" => "A clinician", "is" => "An authority",
        }],
    })
    .unwrap()
}

/// The form of 2026.
pub fn card_2026() -> Value {
    cbor!({
        "n" => "Aulo Agerio", "dob" => "1975-08-23", "s" => "male", "nt" => "CHL",
        "id" => "16337361-9", "dt" => "NI", "gn" => "Juan Medina",
        "vx" => {
            "vp" => YELLOW_FEVER_2026, "dv" => "2015-01-28", "bo" => "123",
            "cn" => "A clinician", "is" => "An authority",
        },
        "v" => "0.1.0", "d" => "2021-05-31",
    })
    .unwrap()
}

/// The card with one member of its dose changed or removed.
pub fn dose(card: Value, member: &str, value: Option<Value>) -> Value {
    let name = ["vx", "v"].into_iter().find(|name| {
        let of = |(key, value): &(Value, Value)| key.as_text() == Some(*name) && !value.is_text();
        card.as_map().unwrap().iter().any(of)
    });
    let name = name.unwrap();
    let group = card.as_map().unwrap().iter();
    let group = group.clone().find(|(key, _)| key.as_text() == Some(name));
    let group = match &group.unwrap().1 {
        Value::Array(doses) => doses[0].clone(),
        other => other.clone(),
    };
    with(card, name, Some(with(group, member, value)))
}

/// A text to set a member to.
pub fn text(text: &str) -> Option<Value> {
    Some(Value::from(text))
}

/// The holder that the cards name.
pub fn holder() -> Holder {
    Holder::with_full_name("Aulo Agerio", PartialDate::parse("1975-08-23").unwrap())
        .with_sex("male")
        .with_nationality("CHL")
        .with_document(IdentityDocument::new("16337361-9", Some("NI")))
        .with_guardian("Juan Medina")
}

/// A card with one dose of that product.
pub fn card(product: &str) -> YellowCard {
    let card = YellowCard::builder()
        .product(product)
        .date(day("2015-01-28"))
        .batch("123")
        .clinician("A clinician")
        .centre("An authority")
        .issued_on(day("2021-05-31"));
    card.build().unwrap()
}

/// The card of 2026 as a record.
pub fn record() -> Record {
    Record::new(holder(), card(YELLOW_FEVER_2026)).unwrap()
}

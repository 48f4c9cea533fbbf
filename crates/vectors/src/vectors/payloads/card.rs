//! The yellow card in its three generations, and the rules of the
//! International Health Regulations (annexes 6 and 7).

use serde_json::{Value, json};

use super::super::cbor::{int, map, text};
use super::super::{Case, Error, Suite};
use super::{YELLOW_CARD, around, edit, signed_by, with_claims, with_payload};

const YELLOW_FEVER: &str = "YellowFeverProductd2c75a15ed309658b3968519ddb31690";
const YELLOW_FEVER_2026: &str = "a3K3X000006MihuUAC";
const POLIO: &str = "PolioVaccineInactivatedIProduct532ef986c8042bbb15fee24056fdc4ed";
const ROTAVIRUS: &str = "a3K3X000006MihsUAC";

fn card_2024() -> Value {
    json!({
        "n": "Gabriele Musterfrau", "dob": "1998-02-26", "s": "F", "ntl": "XX",
        "v": {
            "tg": "1D47", "vp": "XM0N24", "ma": "A maker", "dn": "Primary", "dt": "2021-05-31",
            "bo": "123", "vls": "2021-06-10", "cn": "A clinician", "is": "An authority"
        }
    })
}

fn card_2025() -> Value {
    json!({
        "n": "Gabriele Musterfrau", "dob": "1998-02-26", "s": "female", "ntl": "XX",
        "v": [{
            "vp": YELLOW_FEVER, "dt": "2021-05-31", "bo": "123", "vls": "2021-06-10",
            "cn": "A clinician", "is": "An authority"
        }]
    })
}

fn card_2026() -> Value {
    json!({
        "n": "Gabriele Musterfrau", "dob": "1998-02-26", "s": "female", "nt": "XXX",
        "vx": {
            "vp": YELLOW_FEVER_2026, "dv": "2021-05-31", "bo": "123",
            "cn": "A clinician", "is": "An authority"
        },
        "v": "0.1.0", "d": "2021-05-31"
    })
}

/// A card of 2026 with one member changed, or removed.
fn changed(pointer: &str, member: impl Into<Option<Value>>) -> Value {
    edit(card_2026(), pointer, member.into())
}

/// A vaccine for which the Regulations set no period, in the form of 2025.
fn stated(member: &str, day: impl Into<Value>) -> Value {
    let card = edit(card_2025(), "/v/0/vp", Some(json!(ROTAVIRUS)));
    let card = edit(card, "/v/0/vls", None);
    edit(card, &format!("/v/0/{member}"), Some(day.into()))
}

/// The same in the form of 2024.
fn stated_2024(member: &str, day: impl Into<Value>) -> Value {
    let card = edit(card_2024(), "/v/tg", Some(json!("1F03")));
    let card = edit(card, "/v/vls", None);
    edit(card, &format!("/v/{member}"), Some(day.into()))
}

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    let mut made = generations(suite)?;
    made.extend(periods(suite)?);
    made.extend(partial_periods(suite)?);
    made.extend(unread_periods(suite)?);
    made.extend(products(suite)?);
    made.extend(doses(suite)?);
    made.extend(members(suite)?);
    for case in made {
        suite.push(case);
    }
    Ok(())
}

fn case(suite: &Suite, id: &str, what: &str, card: &Value) -> Result<Case, Error> {
    with_payload(suite, YELLOW_CARD, id, what, card)
}

fn generations(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, card: &Value| case(suite, id, what, card);
    let endless = around(YELLOW_CARD, &card_2026()).without(4);
    let without_exp = endless.bytes();
    let mut by_name = endless.members();
    by_name.push((text("exp"), int(1_622_678_400)));
    let one = card_2025().pointer("/v/0").cloned();
    let array = json!([card_2026().pointer("/vx")]);
    Ok(vec![
        case("card-2024", "gdhcn-validator, DvcHCertPayloadModel: a yellow card of 2024. The dose names its disease, and vp is no product.", &card_2024())?,
        case("card-2025", "smart-icvp 0.3.0, ICVPMin: a yellow card of 2025. The dose stands in an array.", &card_2025())?,
        case("card-2025-map", "The same with the dose as a map. Both were specified.", &edit(card_2025(), "/v", one))?,
        case("card-2026", "smart-icvp, ICVPMin of 2026: the dose stands at vx, the version of the template at v.", &card_2026())?,
        case("card-2026-array", "The dose at vx stands in an array of one.", &changed("/vx", array))?
            .deviates(&["schema-type"]),
        with_claims(suite, "card-exp-missing", "International Health Regulations, annex 7: a card against yellow fever holds for life. In the field it has no exp.", without_exp)?
            .flags(&["expiry", "choice"]).deviates(&["exp-missing"]),
        with_claims(suite, "card-exp-by-name", "exp under its name in place of its number: an end that is named otherwise is one all the same.", map(&by_name))?
            .at("2021-07-01T00:00:00Z").flags(&["expiry", "choice"]).fails("expired", "time", "expired").deviates(&["claim-key-text"]),
        signed_by(suite, "usage-v", YELLOW_CARD, "card-usage-v", "hcert-spec appendix A: a yellow card states a vaccination, and the key may sign those.", &card_2026())?
            .flags(&["key-usage", "choice"]),
        signed_by(suite, "usage-t", YELLOW_CARD, "card-usage-t", "The key may sign tests alone.", &card_2026())?
            .flags(&["key-usage", "choice"]).invalid("key-usage", "key-usage"),
    ])
}

fn periods(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, card: &Value| case(suite, id, what, card);
    let polio = edit(
        changed("/vx/vp", json!(POLIO)),
        "/d",
        Some(json!("2021-06-30")),
    );
    let polio = edit(polio, "/vx/dv", Some(json!("2021-06-30")));
    let until = stated("vle", "2021-06-30");
    let from = stated("vls", "2021-06-30");
    let early = |case: Case| case.fails("not-yet-valid", "time", "record-not-yet-valid");
    let mut made = Vec::new();
    for (generation, card) in [
        ("2024", card_2024()),
        ("2025", card_2025()),
        ("2026", card_2026()),
    ] {
        made.push(early(case(&format!("card-{generation}-day-9"), "International Health Regulations, annex 7, 2(a)(iv): a vaccination against yellow fever holds from the tenth day after it. The last second of the ninth.", &card)?
            .at("2021-06-09T23:59:59Z")));
        made.push(
            case(
                &format!("card-{generation}-day-10"),
                "The first second of the tenth day.",
                &card,
            )?
            .at("2021-06-10T00:00:00Z"),
        );
    }
    made.extend([
        early(case("card-polio-before", "smart-icvp: a vaccination against poliomyelitis holds from its day on. The second before it.", &polio)?
            .at("2021-06-29T23:59:59Z")),
        case("card-polio", "The first second of that day.", &polio)?.at("2021-06-30T00:00:00Z"),
        early(case("card-stated-before", "Where the Regulations set no period, the stated one counts (vls): the second before it.", &from)?
            .at("2021-06-29T23:59:59Z")),
        case("card-stated-from", "The first second of the stated period.", &from)?
            .at("2021-06-30T00:00:00Z"),
        case("card-stated-until", "The last second of the stated period (vle).", &until)?
            .at("2021-06-30T23:59:59Z"),
        case("card-stated-over", "The second after it.", &until)?
            .at("2021-07-01T00:00:00Z").fails("expired", "time", "record-expired"),
    ]);
    let mut made: Vec<_> = made
        .into_iter()
        .map(|case| case.flags(&["boundary", "choice"]))
        .collect();
    made.extend([
        case("card-validity-start", "The card states another first day than the Regulations set; theirs counts.", &edit(card_2025(), "/v/0/vls", Some(json!("2021-07-30"))))?
            .deviates(&["card-validity"]),
        case("card-validity-end", "The card states an end, and the Regulations set none for yellow fever (since 2016).", &edit(card_2025(), "/v/0/vle", Some(json!("2021-06-20"))))?
            .deviates(&["card-validity"]),
        case("card-undated", "The day of vaccination is missing, so nothing tells whether the card holds.", &changed("/vx/dv", None))?
            .fails("unascertained", "time", "record-undated").deviates(&["schema-missing"]),
        case("card-undated-form", "The day of vaccination is no date.", &changed("/vx/dv", json!("May 2021")))?
            .fails("unascertained", "time", "record-undated").deviates(&["schema-format"]),
    ].map(|case| case.flags(&["choice"])));
    Ok(made)
}

/// Ends that are a month or a year.
fn partial_periods(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, card: &Value| case(suite, id, what, card);
    let until = stated("vle", "2021-06");
    let from = stated("vls", "2021-07");
    let made = [
        case(
            "card-stated-until-month",
            "The stated period ends in a month (vle 2021-06): its last second.",
            &until,
        )?
        .at("2021-06-30T23:59:59Z")
        .deviates(&["schema-format"]),
        case(
            "card-stated-over-month",
            "The second after that month.",
            &until,
        )?
        .at("2021-07-01T00:00:00Z")
        .fails("expired", "time", "record-expired")
        .deviates(&["schema-format"]),
        case(
            "card-stated-until-year",
            "The stated period ends in a year, in the form of 2024.",
            &stated_2024("vle", "2021"),
        )?
        .deviates(&["schema-format"]),
        case(
            "card-stated-before-month",
            "The stated period begins in a month (vls 2021-07): the second before it.",
            &from,
        )?
        .at("2021-06-30T23:59:59Z")
        .fails("not-yet-valid", "time", "record-not-yet-valid")
        .deviates(&["schema-format"]),
        case(
            "card-stated-from-month",
            "The first second of that month.",
            &from,
        )?
        .at("2021-07-01T00:00:00Z")
        .deviates(&["schema-format"]),
    ];
    Ok(made.map(|case| case.flags(&["boundary", "choice"])).into())
}

/// An end that can't be read is never taken for "no end".
fn unread_periods(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, card: &Value| case(suite, id, what, card);
    let form = ["schema-format"];
    let made = [
        case("card-end-unread", "The end of the stated period can't be read (30.06.2022). It is never taken for no end.", &stated("vle", "30.06.2022"))?
            .deviates(&form),
        case("card-end-unread-2024", "The same in the form of 2024.", &stated_2024("vle", "30.06.2022"))?
            .deviates(&form),
        case("card-end-no-day", "The end is a day that no calendar has.", &stated("vle", "2022-06-31"))?
            .deviates(&form),
        case("card-end-number", "The end is a number.", &stated("vle", 20_220_630))?
            .deviates(&["schema-type"]),
        case("card-end-behind", "Something stands behind the day.", &stated("vle", "2022-06-30 or later"))?
            .deviates(&form),
        case("card-start-unread", "The begin of the stated period can't be read.", &stated("vls", "01.06.2022"))?
            .deviates(&form),
    ];
    let in_2026 = |pointer: &str| {
        let card = changed("/vx/vp", json!(ROTAVIRUS));
        edit(card, pointer, Some(json!("2016-01-01")))
    };
    let elsewhere = [
        case(
            "card-end-2026",
            "The form of 2026 has no member for an end. The end of that of 2025, long over.",
            &in_2026("/vx/vle"),
        )?,
        case(
            "card-end-root",
            "The end stands beside the dose.",
            &in_2026("/vle"),
        )?,
        case(
            "card-end-capitals",
            "The end is named in capitals, in the form of 2025.",
            &stated("VLE", "2016-01-01"),
        )?,
        case(
            "card-end-name",
            "The end has another name.",
            &stated("validUntil", "2016-01-01"),
        )?,
    ];
    let elsewhere = elsewhere.map(|case| case.deviates(&["member-unknown"]));
    let made = made.into_iter().chain(elsewhere);
    let refused = |case: Case| {
        let case = case.invalid("content", "payload-period").flags(&["choice"]);
        case.without_content()
    };
    let mut made: Vec<_> = made.map(refused).collect();
    made.push(
        case("card-end-unread-for-life", "Against yellow fever the Regulations set the period, whatever the card states; that it can't be read is noted.", &edit(card_2025(), "/v/0/vle", Some(json!("30.06.2022"))))?
            .flags(&["choice"]).deviates(&["schema-format"]),
    );
    Ok(made)
}

fn products(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, card: &Value| case(suite, id, what, card);
    let made = [
        case("card-product-unknown", "smart-icvp, REQ-CC-06: the product is not in the catalogue. Its disease is not known either.", &changed("/vx/vp", json!("no-such-product")))?
            .invalid("content", "product-unknown").also("time", "record-undated"),
        case("card-product-2025", "A card of 2026 with a product of the catalogue of 2025.", &changed("/vx/vp", json!(YELLOW_FEVER)))?,
        case("card-disease-unknown", "A card of 2024 whose disease is not known (A95, yellow fever in ICD-10): nothing tells whether it holds for life.", &edit(card_2024(), "/v/tg", Some(json!("A95"))))?
            .fails("unascertained", "content", "disease-unknown"),
        case("card-disease-blank", "The code of the disease has a blank before it.", &edit(card_2024(), "/v/tg", Some(json!(" 1D47"))))?,
        case("card-template-1", "smart-icvp, REQ-DE-27: the version of the template is another known one.", &changed("/v", json!("1")))?,
        case("card-template-unknown", "The version of the template is not known.", &changed("/v", json!("99.0.0")))?
            .fails("unascertained", "content", "template-unknown"),
        case("card-template-missing", "There is no version of the template.", &changed("/v", None))?
            .fails("unascertained", "content", "template-unknown").deviates(&["schema-missing"]),
    ];
    Ok(made.map(|case| case.flags(&["choice"])).into())
}

fn doses(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, card: &Value| case(suite, id, what, card);
    let dose = card_2026().pointer("/vx").cloned();
    let old = card_2025().pointer("/v/0").cloned();
    let made = [
        case(
            "card-several-doses-2025",
            "smart-icvp, REQ-CC-03: each dose has a card of its own, and this one states two.",
            &edit(card_2025(), "/v", Some(json!([old, old]))),
        )?
        .invalid("content", "card-several-doses"),
        case(
            "card-several-doses-2026",
            "The same at vx.",
            &changed("/vx", json!([dose, dose])),
        )?
        .invalid("content", "card-several-doses")
        .deviates(&["schema-type"]),
        case(
            "card-several-doses-mixed",
            "One dose at vx and one at v: each generation of readers would show another one.",
            &changed("/v", json!([old])),
        )?
        .invalid("content", "card-several-doses"),
        case(
            "card-no-dose",
            "The array of doses is empty.",
            &edit(card_2025(), "/v", Some(json!([]))),
        )?
        .invalid("content", "card-no-dose"),
        case(
            "card-shape",
            "A card without v and vx is none.",
            &edit(changed("/vx", None), "/v", None),
        )?
        .invalid("content", "payload-shape"),
        case(
            "card-two-dates",
            "dv and its earlier name dt name two days of vaccination.",
            &changed("/vx/dt", json!("2021-05-30")),
        )?
        .invalid("content", "card-two-dates")
        .deviates(&["card-date-name"]),
    ];
    let unread = |case: Case| case.flags(&["entries", "choice"]).without_content();
    let mut made: Vec<_> = made.map(unread).into();
    made.push(
        case(
            "card-same-dates",
            "dv and dt name the same day.",
            &changed("/vx/dt", json!("2021-05-31")),
        )?
        .deviates(&["card-date-name"]),
    );
    let early = edit(changed("/vx/dv", None), "/vx/dt", Some(json!("2021-05-31")));
    made.push(
        case(
            "card-date-name",
            "smart-trust-phw, DVCMin: the day of vaccination under its earlier name dt.",
            &early,
        )?
        .deviates(&["card-date-name"]),
    );
    Ok(made)
}

fn members(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, card: &Value| case(suite, id, what, card);
    let nobody = |card: Value, at: &str| {
        edit(
            edit(card, &format!("{at}/cn"), None),
            &format!("{at}/is"),
            None,
        )
    };
    Ok(vec![
        case(
            "card-clinician-alone",
            "International Health Regulations, annex 6, 4: the clinician or the authority is named. The clinician alone.",
            &changed("/vx/is", None),
        )?,
        case(
            "card-authority-alone",
            "The authority alone.",
            &changed("/vx/cn", None),
        )?,
        case(
            "card-issuer-2025",
            "Neither of them, as seen in WHO-network codes.",
            &nobody(card_2025(), "/v/0"),
        )?
        .flags(&["field"])
        .deviates(&["card-issuer"]),
        case(
            "card-issuer-2026",
            "Neither of them, in the form of 2026.",
            &nobody(card_2026(), "/vx"),
        )?
        .deviates(&["card-issuer"]),
        case(
            "card-dates",
            "smart-icvp, REQ-DE-13: issued the day before the vaccination.",
            &changed("/d", json!("2021-05-30")),
        )?
        .deviates(&["card-dates"]),
        case(
            "card-nationality",
            "smart-icvp, REQ-DE-08: the nationality is a code of two letters in place of three.",
            &changed("/nt", json!("XX")),
        )?
        .deviates(&["schema-pattern"]),
        case(
            "card-name-blank",
            "The name is blanks alone: nobody can be compared with the card.",
            &changed("/n", json!(" \u{200b}")),
        )?
        .fails("unascertained", "content", "holder-unnamed")
        .deviates(&["holder-unnamed"]),
        case(
            "card-member-unknown",
            "A member that ICVPMin does not know.",
            &changed("/vx/note", json!("text")),
        )?
        .deviates(&["member-unknown"]),
    ])
}

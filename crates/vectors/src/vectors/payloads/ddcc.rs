//! The WHO's DDCC, vaccination and test, in the form of the core data set and
//! in that of the early issuers.

use serde_json::{Value, json};

use super::super::cbor::{self, int, map, text};
use super::super::{Case, Claims, Error, Suite, v};
use super::{
    DDCC_TEST, DDCC_VACCINATION, around, edit, repeated, signed_by, with_claims, with_payload,
};

fn core(event: &str, value: Value) -> Value {
    let root = json!({
        "name": "Gabriele Musterfrau", "birthDate": "1998-02-26", "sex": "female",
        "certificate": {
            "issuer": {"identifier": {"value": "Ministry"}}, "hcid": {"value": "XX1"}, "version": "RC2"
        }
    });
    edit(root, &format!("/{event}"), Some(value))
}

fn vaccination() -> Value {
    core(
        "vaccination",
        json!({
            "vaccine": {"code": "1119349007", "system": "http://snomed.info/sct"},
            "brand": {"code": "EU/1/20/1528"}, "manufacturer": {"code": "ORG-100030215"},
            "lot": "123", "date": "2021-05-29", "dose": 1, "totalDoses": 2,
            "country": {"code": "XXX", "system": "urn:iso:std:iso:3166"},
            "disease": {"code": "840539006", "system": "http://snomed.info/sct"}
        }),
    )
}

fn test() -> Value {
    core("test", pcr())
}

fn pcr() -> Value {
    json!({
        "pathogen": {"code": "XN109", "system": "http://id.who.int/icd11/mms"},
        "type": {"code": "LP6464-4", "system": "http://loinc.org"},
        "date": "2021-05-30T10:12:22Z",
        "result": {"code": "260415000", "system": "http://snomed.info/sct"},
        "country": {"code": "XXX"}
    })
}

/// All members side by side.
fn early() -> Value {
    let coding = |code: &str| json!({"code": code, "system": "http://example.org"});
    json!({
        "name": "Gabriele Musterfrau", "birthDate": "1998-02-26", "hcid": "XX1", "pha": "Ministry",
        "valid_from": "2021-05-29", "valid_until": "2021-12-31",
        "vaccine": coding("1119349007"), "brand": coding("B"), "ma_holder": coding("H"),
        "lot": "123", "date": "2021-05-29", "dose": 1, "total_doses": 2,
        "country": coding("XXX"), "disease": coding("840539006")
    })
}

/// The claims with those members beside them.
fn at_root(claims: &Claims, payload: &Value) -> Vec<u8> {
    let mut members = claims.members();
    let others = payload.as_object().into_iter().flatten();
    members.extend(others.map(|(name, value)| (text(name), cbor::json(value))));
    map(&members)
}

fn period(member: &str, value: Value) -> Value {
    let mut period = json!({});
    period[member] = value;
    edit(vaccination(), "/certificate/period", Some(period))
}

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    let mut made = forms(suite)?;
    made.extend(periods(suite)?);
    made.extend(refused(suite)?);
    for case in made {
        suite.push(case);
    }
    Ok(())
}

fn forms(suite: &Suite) -> Result<Vec<Case>, Error> {
    let bare = around(DDCC_VACCINATION, &json!({})).without(-260);
    let root = |id: &str, what: &str, payload: &Value| {
        with_claims(suite, id, what, at_root(&bare, payload))
    };
    let array = json!([vaccination().pointer("/vaccination")]);
    let version = |version: Value| edit(vaccination(), "/certificate/version", Some(version));
    Ok(vec![
        with_payload(suite, DDCC_TEST, "ddcc-name-empty", "The name is empty: nobody can be compared with it.", &edit(test(), "/name", Some(json!(""))))?
            .flags(&["choice"]).fails("unascertained", "content", "holder-unnamed").deviates(&["schema-missing", "holder-unnamed"]),
        with_payload(suite, DDCC_VACCINATION, "ddcc-version-rc1", "The version of the core data set is the one before.", &version(json!("RC1")))?,
        with_payload(suite, DDCC_VACCINATION, "ddcc-version-unknown", "The version of the core data set was never published.", &version(json!("RC9")))?
            .flags(&["choice"]).fails("unascertained", "content", "ddcc-version-unknown"),
        with_payload(suite, DDCC_VACCINATION, "ddcc-version-number", "The version of the core data set is a number.", &version(json!(5)))?
            .flags(&["choice"]).fails("unascertained", "content", "ddcc-version-unknown").deviates(&["schema-type"]),
        with_payload(suite, DDCC_VACCINATION, "ddcc-vaccination", "ddcc, DDCCCoreDataSet.VS: a vaccination.", &vaccination())?,
        with_payload(suite, DDCC_TEST, "ddcc-test", "ddcc, DDCCCoreDataSet.TR: a test.", &test())?,
        with_payload(suite, DDCC_VACCINATION, "ddcc-vaccination-array", "The vaccination stands in an array.", &edit(vaccination(), "/vaccination", Some(array)))?
            .deviates(&["schema-type"]),
        with_claims(suite, "ddcc-payload-array", "The payload stands in an array of one.", repeated(DDCC_TEST, &test(), 1))?
            .deviates(&["payload-array"]),
        with_payload(suite, DDCC_VACCINATION, "ddcc-early", "ddcc-validator, WHO2FHIR: a vaccination as the early issuers wrote it, all members side by side.", &early())?
            .deviates(&["ddcc-early-form"]),
        root("ddcc-root-early", "The same beside the claims, without an hcert claim, as they did.", &early())?
            .deviates(&["ddcc-early-form", "hcert-at-root"]),
        root("ddcc-root-vaccination", "The core data set of a vaccination beside the claims.", &vaccination())?
            .deviates(&["hcert-at-root"]),
        root("ddcc-root-test", "The core data set of a test beside the claims.", &test())?
            .deviates(&["hcert-at-root"]),
        signed_by(suite, "usage-t", DDCC_TEST, "ddcc-test-usage-t", "hcert-spec appendix A: a test, by a key for tests.", &test())?
            .flags(&["key-usage"]),
        signed_by(suite, "usage-t", DDCC_VACCINATION, "ddcc-vaccination-usage-t", "A vaccination, by a key for tests.", &vaccination())?
            .flags(&["key-usage"]).invalid("key-usage", "key-usage"),
    ])
}

fn periods(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, payload: &Value| {
        with_payload(suite, DDCC_VACCINATION, id, what, payload)
    };
    let endless = |payload: &Value| around(DDCC_VACCINATION, payload).without(4).bytes();
    let (from, until) = (
        period("start", json!("2021-06-30")),
        period("end", json!("2021-06-30")),
    );
    let month = period("end", json!("2021-06"));
    let made = [
        case(
            "ddcc-period-before",
            "DDCCCoreDataSet, certificate.period: the second before its first day.",
            &from,
        )?
        .at("2021-06-29T23:59:59Z")
        .fails("not-yet-valid", "time", "record-not-yet-valid"),
        case(
            "ddcc-period-start",
            "The first second of its first day.",
            &from,
        )?
        .at("2021-06-30T00:00:00Z"),
        case(
            "ddcc-period-end",
            "FHIR R4, Period: the last second of its last day.",
            &until,
        )?
        .at("2021-06-30T23:59:59Z"),
        case("ddcc-period-over", "The second after it.", &until)?
            .at("2021-07-01T00:00:00Z")
            .fails("expired", "time", "record-expired"),
        case(
            "ddcc-period-end-month",
            "The last second of the month with which it ends.",
            &month,
        )?
        .at("2021-06-30T23:59:59Z"),
        case("ddcc-period-over-month", "The second after it.", &month)?
            .at("2021-07-01T00:00:00Z")
            .fails("expired", "time", "record-expired"),
    ];
    let mut made: Vec<_> = made.map(|case| case.flags(&["boundary", "choice"])).into();
    made.extend([
        with_claims(
            suite,
            "ddcc-exp-missing-period",
            "smart-trust, CWTPayload: no exp, and the period of the DDCC has an end.",
            endless(&period("end", json!("2021-12-31"))),
        )?
        .flags(&["expiry", "choice"])
        .deviates(&["exp-missing"]),
        with_claims(
            suite,
            "ddcc-exp-missing",
            "hcert-spec §3.3.5: neither exp nor an end of the period.",
            endless(&vaccination()),
        )?
        .flags(&["expiry", "choice"])
        .invalid("time", "exp-missing"),
    ]);
    Ok(made)
}

fn refused(suite: &Suite) -> Result<Vec<Case>, Error> {
    let case = |id: &str, what: &str, payload: &Value| {
        with_payload(suite, DDCC_VACCINATION, id, what, payload)
    };
    let both = edit(vaccination(), "/test", Some(pcr()));
    let keys = [(DDCC_VACCINATION, vaccination()), (DDCC_TEST, test())];
    let keys = keys.map(|(key, payload)| (int(key), cbor::json(&payload)));
    let bare = around(DDCC_VACCINATION, &json!({})).without(-260);
    let text_period = edit(vaccination(), "/certificate/period", Some(json!("always")));
    let two_totals = edit(vaccination(), "/vaccination/total_doses", Some(json!(3)));
    let two_ends = edit(vaccination(), "/valid_until", Some(json!("2022-01-01")));
    let made = [
        case(
            "ddcc-period-unreadable",
            "The end of the period is no date. It is never taken for no limit.",
            &period("end", json!("soon")),
        )?
        .invalid("content", "payload-period")
        .deviates(&["schema-format"]),
        case(
            "ddcc-counts-from-unreadable",
            "The day from which the dose counts (validFrom) is no date. It is never taken for the day of the dose.",
            &edit(vaccination(), "/vaccination/validFrom", Some(json!("soon"))),
        )?
        .invalid("content", "payload-period")
        .deviates(&["schema-format"]),
        case(
            "ddcc-period-member",
            "The period ends under a name that the model does not know. It is never taken for no limit.",
            &period("until", json!("2021-06-02")),
        )?
        .invalid("content", "payload-period"),
        case("ddcc-period-text", "The period is a text.", &text_period)?
            .invalid("content", "payload-period"),
        case(
            "ddcc-member-twice",
            "totalDoses and its earlier name total_doses, with two numbers.",
            &two_totals,
        )?
        .invalid("content", "payload-member-twice"),
        case(
            "ddcc-period-twice",
            "The end of the period in its earlier form stands beside the certificate.",
            &two_ends,
        )?
        .invalid("content", "payload-member-twice"),
        case(
            "ddcc-end-certificate",
            "An end in the certificate, and not in its period.",
            &edit(vaccination(), "/certificate/validUntil", Some(json!("2021-05-30"))),
        )?
        .invalid("content", "payload-period"),
        case(
            "ddcc-end-capital",
            "The period is named with a capital letter.",
            &edit(vaccination(), "/certificate/Period", Some(json!({"end": "2021-05-30"}))),
        )?
        .invalid("content", "payload-period"),
        case(
            "ddcc-end-vaccination",
            "The period stands in the vaccination.",
            &edit(vaccination(), "/vaccination/period", Some(json!({"end": "2021-05-30"}))),
        )?
        .invalid("content", "payload-period"),
        case(
            "ddcc-end-root",
            "An end beside the certificate.",
            &edit(vaccination(), "/validUntil", Some(json!("2021-05-30"))),
        )?
        .invalid("content", "payload-period"),
        case(
            "ddcc-shape",
            "A core data set without a vaccination.",
            &edit(vaccination(), "/vaccination", None),
        )?
        .invalid("content", "payload-shape"),
        case(
            "ddcc-empty",
            "The array of vaccinations is empty.",
            &edit(vaccination(), "/vaccination", Some(json!([]))),
        )?
        .invalid("content", "payload-empty"),
        with_claims(
            suite,
            "ddcc-several-records",
            "Two core data sets at one key.",
            repeated(DDCC_VACCINATION, &vaccination(), 2),
        )?
        .invalid("content", "hcert-several-records"),
        case(
            "ddcc-both",
            "A vaccination and a test in one core data set.",
            &both,
        )?
        .invalid("content", "hcert-several-payloads"),
        with_claims(
            suite,
            "ddcc-both-keys",
            "The hcert claim holds a vaccination at 3 and a test at 4.",
            Claims::around(map(&keys)).bytes(),
        )?
        .invalid("content", "hcert-several-payloads")
        .deviates(&["hcert-extra"]),
        with_claims(
            suite,
            "ddcc-both-root",
            "A vaccination and a test beside the claims.",
            at_root(&bare, &both),
        )?
        .invalid("content", "hcert-several-payloads"),
        with_claims(
            suite,
            "ddcc-beside-dcc",
            "A DCC in the hcert claim, and a DDCC beside the claims.",
            at_root(&Claims::of(&v()), &vaccination()),
        )?
        .invalid("content", "hcert-several-payloads"),
    ];
    Ok(made
        .map(|case| case.flags(&["entries", "choice"]).without_content())
        .into())
}

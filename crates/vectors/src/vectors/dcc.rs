//! The EU DCC (dcc-schema 1.0.0 to 1.3.3).

use serde_json::{Value, json};

use super::cbor::{self, int, map};
use super::{Case, Claims, Error, Suite, dcc_of, r, recovery, t, test, v, vaccination};

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    good(suite)?;
    versions(suite)?;
    members(suite)?;
    entries(suite)?;
    values(suite)
}

fn case(suite: &Suite, id: &str, what: &str, dcc: &Value) -> Result<Case, Error> {
    Case::new(id.to_owned(), what.to_owned(), &suite.certificate(dcc)?)
}

/// A DCC that is changed in some place.
fn changed(mut dcc: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut dcc);
    dcc
}

fn remove(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

fn good(suite: &mut Suite) -> Result<(), Error> {
    let antigen = changed(t(), |d| {
        d["t"][0]["tt"] = "LP217198-3".into();
        d["t"][0]["ma"] = "1232".into();
        remove(&mut d["t"][0], "nm");
    });
    let positive = changed(t(), |d| d["t"][0]["tr"] = "260373001".into());
    let names = changed(v(), |d| {
        d["nam"] = json!({"fn": "Παπαδόπουλος-Żółć", "fnt": "PAPADOPOULOS<ZOLC", "gn": "Šárka Ümit", "gnt": "SARKA<UEMIT"});
    });
    let mononym = changed(v(), |d| {
        d["ver"] = "1.3.2".into();
        d["nam"] = json!({"gn": "Gabriele", "gnt": "GABRIELE"});
    });
    for (id, what, dcc) in [
        ("valid-vaccination", "a vaccination", v()),
        ("valid-test-naat", "a NAAT test", t()),
        ("valid-test-antigen", "a rapid antigen test", antigen),
        (
            "valid-test-positive",
            "a positive test; it is authentic, and whether it is accepted is another question",
            positive,
        ),
        ("valid-recovery", "a recovery", r()),
        ("valid-names", "names outside ASCII", names),
        (
            "valid-one-name",
            "only a given name, which the schema allows from 1.3.2 on",
            mononym,
        ),
    ] {
        let what = format!(
            "dcc-schema: {what}. Nothing departs from the specification, so the strict policy agrees."
        );
        suite.push(case(suite, id, &what, &dcc)?.policy("strict"));
    }
    Ok(())
}

fn versions(suite: &mut Suite) -> Result<(), Error> {
    for version in [
        "1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1", "1.3.0", "1.3.1", "1.3.2", "1.3.3",
    ] {
        for (kind, dcc) in [("v", v()), ("t", t()), ("r", r())] {
            if kind != "v" && version != "1.0.0" && version != "1.3.3" {
                continue;
            }
            let dcc = changed(dcc, |d| d["ver"] = version.into());
            suite.push(case(
                suite,
                &format!("dcc-version-{version}-{kind}"),
                &format!("dcc-schema {version}: a payload is judged by its own ver."),
                &dcc,
            )?);
        }
    }
    for (id, what, ver, code) in [
        (
            "unknown-1-4-0",
            "ver 1.4.0 was never published; the nearest earlier one is applied",
            json!("1.4.0"),
            "schema-version",
        ),
        (
            "unknown-2-0-0",
            "ver 2.0.0 was never published",
            json!("2.0.0"),
            "schema-version",
        ),
        (
            "unknown-0-9-0",
            "ver 0.9.0 was never published",
            json!("0.9.0"),
            "schema-version",
        ),
        (
            "two-parts",
            "ver has two parts",
            json!("1.3"),
            "schema-pattern",
        ),
        ("empty", "ver is empty", json!(""), "schema-pattern"),
        ("number", "ver is a number", json!(1), "schema-type"),
        ("number-2", "ver is the number 2", json!(2), "schema-type"),
        ("array", "ver is an array", json!(["2.0.0"]), "schema-type"),
        ("null", "ver is null", json!(null), "schema-type"),
        (
            "letter",
            "ver has a letter before the numbers",
            json!("v2.0.0"),
            "schema-pattern",
        ),
        (
            "comma",
            "ver has commas between the numbers",
            json!("2,0,0"),
            "schema-pattern",
        ),
        ("word", "ver is no version", json!("x"), "schema-pattern"),
    ] {
        let dcc = changed(v(), |d| d["ver"] = ver);
        let made = case(
            suite,
            &format!("dcc-version-{id}"),
            &format!("dcc-schema: {what}."),
            &dcc,
        )?;
        let made = match id {
            // Its members could mean something else.
            "unknown-2-0-0" | "unknown-0-9-0" | "number-2" | "array" | "null" | "letter"
            | "comma" | "word" => made
                .fails("unascertained", "content", "dcc-version-unknown")
                .flags(&["choice"]),
            _ => made,
        };
        suite.push(made.deviates(&[code]));
    }
    let dcc = changed(v(), |d| remove(d, "ver"));
    suite.push(
        case(
            suite,
            "dcc-version-missing",
            "dcc-schema: ver is missing; the latest schema is applied.",
            &dcc,
        )?
        .flags(&["unpublished"])
        .deviates(&["schema-missing"]),
    );
    Ok(())
}

fn members(suite: &mut Suite) -> Result<(), Error> {
    type Row = (&'static str, &'static str, Value, &'static [&'static str]);
    let born = |dob: &str| changed(v(), |d| d["dob"] = dob.into());
    let early = |dcc: Value| changed(dcc, |d| d["ver"] = "1.2.1".into());
    let v0 = |name: &str, value: Value| changed(v(), |d| d["v"][0][name] = value);
    let t0 = |name: &str, value: Value| changed(t(), |d| d["t"][0][name] = value);
    let named = |name: &str, standard: &str| {
        let names = json!({"fn": name, "fnt": standard, "gn": name, "gnt": standard});
        changed(v(), |d| d["nam"] = names)
    };
    let rows: Vec<Row> = vec![
        (
            "dob-month",
            "1.1.0 and later: dob is a month",
            born("1998-02"),
            &[],
        ),
        (
            "dob-year",
            "1.1.0 and later: dob is a year",
            born("1998"),
            &[],
        ),
        (
            "dob-empty",
            "1.3.0 and later: dob is empty, as nothing is known",
            born(""),
            &[],
        ),
        (
            "dob-empty-early",
            "1.2.1: dob must not be empty yet",
            early(born("")),
            &["schema-pattern"],
        ),
        (
            "dob-year-early",
            "1.0.0: dob is a whole date",
            changed(born("1998"), |d| d["ver"] = "1.0.0".into()),
            &["schema-format", "schema-pattern"],
        ),
        (
            "dob-unknown-day",
            "dob is 1950-06-XX, as registers write an unknown day",
            born("1950-06-XX"),
            &["schema-pattern"],
        ),
        (
            "dob-zeros",
            "dob is 1950-00-00, as registers write an unknown day and month",
            born("1950-00-00"),
            &["schema-format"],
        ),
        (
            "dob-time",
            "dob is a date with a time",
            born("1998-02-26T00:00:00"),
            &["schema-pattern"],
        ),
        (
            "dob-century",
            "dob is in the 19th century",
            born("1899-12-31"),
            &["schema-pattern"],
        ),
        (
            "dob-no-day",
            "dob is the 30th of February",
            born("1998-02-30"),
            &["schema-format"],
        ),
        (
            "dob-month-13",
            "dob is 1990-13, a month that there is not",
            born("1990-13"),
            &["schema-format"],
        ),
        (
            "dob-month-0",
            "dob is 1990-00, as registers write an unknown month",
            born("1990-00"),
            &["schema-format"],
        ),
        (
            "dob-missing",
            "dob is missing",
            changed(v(), |d| remove(d, "dob")),
            &["schema-missing"],
        ),
        (
            "dob-null",
            "dob is null",
            changed(v(), |d| d["dob"] = Value::Null),
            &["schema-type"],
        ),
        (
            "nam-missing",
            "nam is missing",
            changed(v(), |d| remove(d, "nam")),
            &["schema-missing", "holder-unnamed"],
        ),
        (
            "nam-empty",
            "all names are empty",
            named("", ""),
            &["holder-unnamed"],
        ),
        (
            "nam-fillers",
            "all names are fillers",
            named("", "<<<"),
            &["holder-unnamed"],
        ),
        (
            "nam-blank",
            "all names are blanks and characters that are not seen",
            named(" \u{200b}\u{3164}", "<"),
            &["holder-unnamed"],
        ),
        (
            "nam-text",
            "nam is a text",
            changed(v(), |d| d["nam"] = "Musterfrau".into()),
            &["schema-type", "holder-unnamed"],
        ),
        (
            "fnt-missing",
            "nam.fnt is missing, which the schema requires before 1.3.2",
            changed(v(), |d| remove(&mut d["nam"], "fnt")),
            &["schema-missing"],
        ),
        (
            "fnt-lower-case",
            "nam.fnt is in lower case",
            changed(v(), |d| d["nam"]["fnt"] = "Musterfrau".into()),
            &["schema-pattern"],
        ),
        (
            "fn-80",
            "1.3.0 and later: nam.fn has 80 characters, the most",
            changed(v(), |d| d["nam"]["fn"] = "ü".repeat(80).into()),
            &[],
        ),
        (
            "fn-81",
            "nam.fn has 81 characters",
            changed(v(), |d| d["nam"]["fn"] = "ü".repeat(81).into()),
            &["schema-length"],
        ),
        (
            "fn-51-early",
            "1.2.1: nam.fn has 51 characters, one too many",
            early(changed(v(), |d| d["nam"]["fn"] = "x".repeat(51).into())),
            &["schema-length"],
        ),
        (
            "fn-null",
            "nam.fn is null",
            changed(v(), |d| d["nam"]["fn"] = Value::Null),
            &["schema-type"],
        ),
        (
            "is-81",
            "is has 81 characters",
            v0("is", "x".repeat(81).into()),
            &["schema-length"],
        ),
        (
            "nm-81",
            "nm has 81 characters",
            t0("nm", "x".repeat(81).into()),
            &["schema-length"],
        ),
        (
            "mp-missing",
            "a required member, mp, is missing",
            changed(v(), |d| remove(&mut d["v"][0], "mp")),
            &["schema-missing"],
        ),
        (
            "ci-missing",
            "a required member, ci, is missing",
            changed(r(), |d| remove(&mut d["r"][0], "ci")),
            &["schema-missing"],
        ),
        (
            "tc-missing",
            "1.3.0 and later: tc may be missing",
            changed(t(), |d| remove(&mut d["t"][0], "tc")),
            &[],
        ),
        (
            "tc-missing-early",
            "1.2.1: tc is required",
            early(changed(t(), |d| remove(&mut d["t"][0], "tc"))),
            &["schema-missing"],
        ),
        (
            "tg-number",
            "tg is a number, not a text",
            v0("tg", json!(840_539_006)),
            &["schema-type"],
        ),
        (
            "co-lower-case",
            "co has no capital letter",
            v0("co", "xx".into()),
            &["schema-pattern"],
        ),
        (
            "co-organisation",
            "co is an organisation, which the JSON specification allows",
            v0("co", "UNHCR".into()),
            &[],
        ),
        (
            "further-members",
            "members that the schema does not know are ignored",
            v0("note", json!({"a": [1, null]})),
            &[],
        ),
        (
            "dt-time",
            "dt is a date with a time, as some issuers write it",
            v0("dt", "2021-05-29T10:00:00Z".into()),
            &["schema-format"],
        ),
        (
            "dt-month-17",
            "dt is 2022-17-01, as in published samples of one country",
            v0("dt", "2022-17-01".into()),
            &["schema-format"],
        ),
        (
            "dt-tag",
            "dt stands inside tag 0",
            v0("dt", json!({"$tag": [0, "2021-05-29"]})),
            &["schema-tag"],
        ),
        (
            "sc-tag",
            "sc stands inside tag 0, as some issuers write it",
            t0("sc", json!({"$tag": [0, "2021-05-30T10:12:22Z"]})),
            &["schema-tag"],
        ),
        (
            "sc-no-offset",
            "sc has no offset from UTC",
            t0("sc", "2021-05-30T10:12:22".into()),
            &["schema-format"],
        ),
        (
            "sc-short-offset",
            "sc has an offset without minutes, which the JSON specification 1.3.0 lists",
            t0("sc", "2021-05-30T10:12:22+02".into()),
            &[],
        ),
        (
            "sc-basic-offset",
            "sc has an offset without a colon, which the JSON specification 1.3.0 lists",
            t0("sc", "2021-05-30T10:12:22+0200".into()),
            &[],
        ),
        (
            "sc-west-offset",
            "sc has a negative offset of half an hour",
            t0("sc", "2021-05-30T10:12:22-0330".into()),
            &[],
        ),
        (
            "sc-offset-24",
            "sc has an offset of 24 hours, which there is not",
            t0("sc", "2021-05-30T10:12:22+24:00".into()),
            &["schema-format"],
        ),
        (
            "sc-blank",
            "sc has a blank in the place of T",
            t0("sc", "2021-05-30 10:12:22Z".into()),
            &["schema-format"],
        ),
        (
            "sc-offset",
            "sc has an offset and a fraction",
            t0("sc", "2021-05-30T12:12:22.5+02:00".into()),
            &[],
        ),
        (
            "dr-early",
            "1.0.0: dr, which 1.2.0 dropped, is a date without a time",
            changed(t0("dr", "2021-05-30".into()), |d| d["ver"] = "1.0.0".into()),
            &["schema-format"],
        ),
        (
            "dr",
            "1.2.0 and later: dr is not in the schema and may be anything",
            t0("dr", "2021-05-30".into()),
            &[],
        ),
    ];
    for (id, what, dcc, deviations) in rows {
        let mut made = case(
            suite,
            &format!("dcc-{id}"),
            &format!("dcc-schema: {what}."),
            &dcc,
        )?;
        // Nobody can be compared with it.
        if deviations.contains(&"holder-unnamed") {
            made = made.fails("unascertained", "content", "holder-unnamed");
            made = made.flags(&["choice"]);
        }
        if !deviations.is_empty() {
            made = made.deviates(deviations);
        }
        made = match id {
            "dob-empty" => made.flags(&["unpublished"]),
            "fn-80" | "fn-81" | "fn-51-early" | "is-81" | "nm-81" => made.flags(&["boundary"]),
            _ => made,
        };
        suite.push(made);
    }
    suite.push(
        case(
            suite,
            "strict-dt-time",
            "The strict policy of this project refuses a date with a time.",
            &v0("dt", "2021-05-29T10:00:00Z".into()),
        )?
        .policy("strict")
        .flags(&["choice"])
        .invalid("policy", "strict")
        .deviates(&["schema-format"]),
    );
    for (id, what, dcc) in [
        (
            "strict-sc-short-offset",
            "The strict policy takes an offset without minutes (JSON specification 1.3.0, t/sc).",
            t0("sc", "2021-05-30T10:12:22+02".into()),
        ),
        (
            "strict-sc-basic-offset",
            "The strict policy takes an offset without a colon (JSON specification 1.3.0, t/sc).",
            t0("sc", "2021-05-30T10:12:22+0200".into()),
        ),
        (
            "strict-co-organisation",
            "The strict policy takes an organisation in co (JSON specification 1.3.0, co).",
            v0("co", "UNHCR".into()),
        ),
    ] {
        suite.push(case(suite, id, what, &dcc)?.policy("strict"));
    }
    suite.push(
        case(
            suite,
            "strict-dob-month-13",
            "The strict policy of this project refuses a month of birth that there is not.",
            &born("1990-13"),
        )?
        .policy("strict")
        .flags(&["choice"])
        .invalid("policy", "strict")
        .deviates(&["schema-format"]),
    );
    Ok(())
}

fn entries(suite: &mut Suite) -> Result<(), Error> {
    let group = |groups: Value| dcc_of(&groups);
    let early = |dcc: Value| changed(dcc, |d| d["ver"] = "1.2.1".into());
    let two = json!({"v": [vaccination(), vaccination()]});
    let mut made = vec![
        case(
            suite,
            "entries-two",
            "dcc-schema 1.3.0 and later: one entry, and here are two.",
            &group(two.clone()),
        )?
        .deviates(&["schema-entries"]),
        case(
            suite,
            "entries-two-early",
            "dcc-schema 1.2.1: a group may have several entries.",
            &early(group(two)),
        )?,
        case(
            suite,
            "entries-mixed",
            "dcc-schema: one group, and here are two, v and t.",
            &group(json!({"v": [vaccination()], "t": [test()]})),
        )?
        .deviates(&["schema-groups"]),
        case(
            suite,
            "entries-all-groups",
            "dcc-schema: one group, and here are all three.",
            &group(json!({"v": [vaccination()], "t": [test()], "r": [recovery()]})),
        )?
        .deviates(&["schema-groups"]),
        case(
            suite,
            "entries-empty-group",
            "dcc-schema: an empty group next to one with an entry.",
            &group(json!({"v": [vaccination()], "t": []})),
        )?
        .deviates(&["schema-entries", "schema-groups"]),
        case(
            suite,
            "entries-null-group",
            "dcc-schema: a group that is null next to one with an entry, as some issuers write it.",
            &group(json!({"v": [vaccination()], "r": null})),
        )?
        .deviates(&["schema-type", "schema-groups"]),
        case(
            suite,
            "entries-none",
            "dcc-schema: no group at all.",
            &group(json!({})),
        )?
        .invalid("content", "dcc-no-entry")
        .deviates(&["schema-groups"]),
        case(
            suite,
            "entries-none-empty",
            "dcc-schema: a group without an entry.",
            &group(json!({"v": []})),
        )?
        .invalid("content", "dcc-no-entry")
        .deviates(&["schema-entries"]),
        case(
            suite,
            "entries-none-null",
            "dcc-schema: a group that is null.",
            &group(json!({"v": null})),
        )?
        .invalid("content", "dcc-no-entry")
        .deviates(&["schema-type"]),
        case(
            suite,
            "entries-none-map",
            "dcc-schema: a group that is an entry, not an array around one.",
            &group(json!({"v": vaccination()})),
        )?
        .invalid("content", "dcc-group-not-an-array")
        .deviates(&["schema-type"]),
        case(
            suite,
            "entries-text",
            "dcc-schema: an entry that is a text.",
            &group(json!({"v": ["x"]})),
        )?
        .invalid("content", "dcc-entry-not-a-map")
        .deviates(&["schema-type"]),
        case(
            suite,
            "entries-null",
            "dcc-schema: an entry that is null.",
            &group(json!({"t": [null]})),
        )?
        .invalid("content", "dcc-entry-not-a-map")
        .deviates(&["schema-type"]),
        case(
            suite,
            "entries-second-null",
            "dcc-schema: a second entry that is null; the first one alone would be well.",
            &group(json!({"v": [vaccination(), null]})),
        )?
        .invalid("content", "dcc-entry-not-a-map")
        .deviates(&["schema-entries", "schema-type"]),
    ];
    for (id, what, value) in [
        ("text", "a text", cbor::text("x")),
        ("array", "an array", cbor::array(&[cbor::json(&v())])),
        ("null", "null", vec![cbor::NULL]),
        (
            "bytes",
            "a byte string around a map",
            cbor::bytes(&cbor::json(&v())),
        ),
    ] {
        let payload = Claims::around(map(&[(int(1), value)])).bytes();
        made.push(
            Case::new(
                format!("dcc-not-a-map-{id}"),
                format!("dcc-schema: the DCC is {what}, not a map."),
                &suite.message("dsc", payload)?,
            )?
            .invalid("content", "dcc-not-a-map")
            .deviates(&["schema-groups", "schema-missing"]),
        );
    }
    for case in made {
        let case = if case.step == Some("content") {
            case.without_content()
        } else {
            case
        };
        suite.push(case.flags(&["entries"]));
    }
    national(suite)
}

/// Groups that no schema knows.
fn national(suite: &mut Suite) -> Result<(), Error> {
    let entry = json!({"tg": "840539006", "df": "2021-05-01", "du": "2022-05-01", "co": "XX", "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:EXEMPTION"});
    let unknown = [
        (
            "entries-national-e",
            "An exemption in a group of its own (e), as Italy issued them: authentic, and of a kind that no schema knows.",
            json!({"e": [entry]}),
        ),
        (
            "entries-national-d",
            "A domestic pass in a group of its own (d), as the United Kingdom issued them.",
            json!({"d": [{"df": "2021-05-01T00:00:00Z", "du": "2022-05-01T00:00:00Z"}]}),
        ),
        (
            "entries-national-map",
            "Such a group that is a map, not an array around one.",
            json!({"e": entry}),
        ),
    ];
    for (id, what, groups) in unknown {
        suite.push(
            case(suite, id, what, &dcc_of(&groups))?
                .fails("unascertained", "content", "dcc-group-unknown")
                .deviates(&["schema-groups"])
                .skips("key-usage", "unknown-kind")
                .flags(&["entries", "choice"]),
        );
    }
    let empty = dcc_of(&json!({"e": []}));
    let beside = dcc_of(&json!({"v": [vaccination()], "e": [entry]}));
    suite.push(
        case(
            suite,
            "entries-national-empty",
            "Such a group without an entry states nothing.",
            &empty,
        )?
        .invalid("content", "dcc-no-entry")
        .deviates(&["schema-groups"])
        .without_content()
        .flags(&["entries"]),
    );
    suite.push(
        case(
            suite,
            "entries-national-beside",
            "Such a group beside a vaccination: what is known is read, and the group is named.",
            &beside,
        )?
        .deviates(&["group-unknown"])
        .flags(&["entries", "choice"]),
    );
    Ok(())
}

fn values(suite: &mut Suite) -> Result<(), Error> {
    let doses = |dn: Value, sd: Value| {
        changed(v(), |d| {
            d["v"][0]["dn"] = dn;
            d["v"][0]["sd"] = sd;
        })
    };
    let early = |dcc: Value| changed(dcc, |d| d["ver"] = "1.2.1".into());
    let unknown_vaccine = changed(v(), |d| {
        d["v"][0]["vp"] = "XXXXXXXXXX".into();
        d["v"][0]["mp"] = "EU/9/99/9999".into();
        d["v"][0]["ma"] = "ORG-999999999".into();
    });
    let unknown_test = changed(t(), |d| d["t"][0]["tt"] = "LP99999-9".into());
    let unknown_disease = changed(v(), |d| d["v"][0]["tg"] = "000000000".into());
    let none: &[&'static str] = &[];
    for (id, what, dcc, deviations) in [
        (
            "vaccine-unknown",
            "a vaccine outside the value sets. The certificate is authentic; the vaccine must not count as a known one",
            unknown_vaccine,
            none,
        ),
        (
            "test-unknown",
            "a type of test outside the value sets",
            unknown_test,
            none,
        ),
        (
            "disease-unknown",
            "a disease outside the value sets",
            unknown_disease,
            none,
        ),
        (
            "dose-3-of-2",
            "dose 3 of 2, a booster as some issuers write it",
            doses(json!(3), json!(2)),
            none,
        ),
        (
            "dose-0-of-2",
            "dose 0 of 2",
            doses(json!(0), json!(2)),
            &["schema-range"],
        ),
        (
            "dose-1-of-0",
            "dose 1 of 0, which a division or a comparison may take for complete",
            doses(json!(1), json!(0)),
            &["schema-range"],
        ),
        (
            "dose-negative",
            "dose -1 of 2",
            doses(json!(-1), json!(2)),
            &["schema-range"],
        ),
        (
            "dose-text",
            "dose \"2\" of 2; a text is no number",
            doses(json!("2"), json!(2)),
            &["schema-type"],
        ),
        (
            "dose-null",
            "dose null of 2",
            doses(Value::Null, json!(2)),
            &["schema-type"],
        ),
        (
            "dose-float",
            "dose 2.0 of 2.0, as some issuers write it",
            doses(json!(2.0), json!(2.0)),
            &["schema-float"],
        ),
        (
            "dose-fraction",
            "dose 1.5 of 2",
            doses(json!(1.5), json!(2)),
            &["schema-type"],
        ),
        (
            "dose-10",
            "1.3.0 and later: dose 10 of 10",
            doses(json!(10), json!(10)),
            none,
        ),
        (
            "dose-10-early",
            "1.2.1: dose 10 of 10 is above the range",
            early(doses(json!(10), json!(10))),
            &["schema-range"],
        ),
    ] {
        let mut made = case(
            suite,
            &format!("value-{id}"),
            &format!("dcc-schema: {what}."),
            &dcc,
        )?
        .flags(&["value"]);
        if !deviations.is_empty() {
            made = made.deviates(deviations);
        }
        suite.push(made);
    }
    Ok(())
}

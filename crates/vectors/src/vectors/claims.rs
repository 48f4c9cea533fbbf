//! The CWT claims (hcert-spec 1.0.8 §3.3.1; RFC 8392).

use super::cbor::{self, array, bytes, float, indefinite, int, json as cbor_json, map, tag, text};
use super::{Case, Claims, EXP, Error, IAT, NOW_SECONDS, Suite, t, v};

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    expiry(suite)?;
    start(suite)?;
    types(suite)?;
    issuer(suite)?;
    hcert(suite)?;
    payload_cbor(suite)
}

fn usual() -> Claims {
    Claims::of(&v())
}

fn case(suite: &Suite, id: &str, description: &str, payload: Vec<u8>) -> Result<Case, Error> {
    let (id, description) = (id.to_owned(), description.to_owned());
    Case::new(id, description, &suite.message("dsc", payload)?)
}

fn at(seconds: i64) -> String {
    hcert::Timestamp::from_seconds(seconds).to_string()
}

fn expiry(suite: &mut Suite) -> Result<(), Error> {
    let plain = |id: &str, what: &str| case(suite, id, what, usual().bytes());
    let with =
        |id: &str, what: &str, exp: Vec<u8>| case(suite, id, what, usual().set(4, exp).bytes());
    let without = usual().without(4).bytes();
    let mut made = vec![
        plain("expiry-second-before", "RFC 8392 §3.1.4: a second before exp.")?.at(at(EXP - 1)).flags(&["boundary"]),
        plain("expiry-at", "hcert-spec §3.3.5: after exp the certificate must be refused, so at exp itself it holds; RFC 8392 §3.1.4 would refuse it there.")?
            .at(at(EXP)).flags(&["boundary", "choice"]),
        plain("expiry-second-after", "hcert-spec §3.3.5: a second after exp.")?
            .at(at(EXP + 1)).flags(&["boundary"]).fails("expired", "time", "expired"),
        plain("expiry-time-zone", "RFC 3339 §4.2: the time of verification is given with an offset; two hours later by the clock is a second before exp.")?
            .at("2021-12-01T01:59:59+02:00").flags(&["boundary"]),
        case(suite, "exp-missing", "hcert-spec §3.3.5: exp is missing. A certificate that never expires is refused, unless a policy says otherwise.", without.clone())?
            .flags(&["unpublished"]).invalid("time", "exp-missing"),
        case(suite, "exp-missing-accepted", "The same under a policy that lets it pass.", without.clone())?
            .flags(&["unpublished", "choice"]).policy("accept-missing-expiry").deviates(&["exp-missing"]),
        with("exp-zero", "RFC 8392 §3.1.4: exp is 0, the first second of 1970; not a sign for no expiry.", int(0))?
            .fails("expired", "time", "expired").deviates(&["exp-outside-dsc"]),
        with("exp-small", "RFC 8392 §3.1.4: exp is 42, as published test data of one country had it.", int(42))?
            .fails("expired", "time", "expired").deviates(&["exp-outside-dsc"]),
        with("exp-float", "RFC 8392 §2: a NumericDate may be a float. Deterministic issuers write integers.", float(EXP as f64))?
            .deviates(&["claim-float"]),
        with("exp-float-fraction", "RFC 8392 §2: exp is half a second before the time of verification, and has a fraction, which is cut off.", float(EXP as f64 + 0.5))?
            .at(at(EXP + 1)).flags(&["boundary", "choice"]).fails("expired", "time", "expired").deviates(&["claim-float"]),
        with("exp-half-float", "RFC 8949 §3.3: exp is a float of 16 bits, 42.0.", vec![0xf9, 0x51, 0x40])?
            .fails("expired", "time", "expired").deviates(&["claim-float", "exp-outside-dsc"]),
        with("exp-tagged", "RFC 8392 §2: a NumericDate is written without tag 1. Some issuers write it.", tag(1, &int(EXP)))?
            .deviates(&["claim-tagged"]),
        with("exp-tagged-days", "RFC 8943: exp is a count of days since 1970, in tag 100. Tag 1 alone is one of seconds.", tag(100, &int(30_000)))?
            .flags(&["claim-type", "choice"]).invalid("time", "exp-unusable").deviates(&["claim-tagged"]),
        with("exp-bignum", "RFC 8949 §3.4.3: exp is a big number, which is the same number as the integer, only not in its shortest form.", tag(2, &bytes(&EXP.to_be_bytes())))?
            .flags(&["claim-type", "choice"]),
        with("exp-tagged-float", "RFC 8392 §2: a float inside tag 1.", tag(1, &float(EXP as f64)))?
            .deviates(&["claim-float", "claim-tagged"]),
    ];
    for (id, what, value, deviations) in [
        ("negative", "-1", int(-1), &[][..]),
        (
            "milliseconds",
            "a count of milliseconds",
            int(EXP * 1000),
            &[],
        ),
        (
            "huge",
            "9,223,372,036,854,775, as seen in WHO-network codes",
            int(9_223_372_036_854_775),
            &[],
        ),
        (
            "2-63",
            "2^63, which overflows a signed number",
            cbor::head(0, 1 << 63),
            &[],
        ),
        ("2-64", "2^64 − 1", cbor::head(0, u64::MAX), &[]),
        ("minus-2-64", "-2^64", cbor::head(1, u64::MAX), &[]),
        (
            "year-10000",
            "the first second of the year 10000",
            int(253_402_300_800),
            &[],
        ),
        (
            "nan",
            "NaN, as seen in WHO-network codes; every comparison with it is false",
            float(f64::NAN),
            &["claim-float"],
        ),
        (
            "infinite",
            "positive infinity",
            float(f64::INFINITY),
            &["claim-float"],
        ),
        (
            "minus-infinite",
            "negative infinity",
            float(f64::NEG_INFINITY),
            &["claim-float"],
        ),
        ("float-huge", "1e300", float(1e300), &["claim-float"]),
    ] {
        made.push(
            with(&format!("exp-unusable-{id}"), &format!("RFC 8392 §2: exp is {what}. A number that is no time of day never means that there is no expiry."), value)?
                .flags(&["claim-type"])
                .invalid("time", "exp-unusable")
                .deviates(deviations),
        );
    }
    made.push(
        with(
            "exp-last-second",
            "RFC 8392 §2: exp is the last second of the year 9999, the largest that is read.",
            int(253_402_300_799),
        )?
        .flags(&["boundary", "limit"])
        .deviates(&["exp-outside-dsc"]),
    );
    for case in made {
        suite.push(case.flags(&["expiry"]));
    }
    Ok(())
}

fn start(suite: &mut Suite) -> Result<(), Error> {
    let now = NOW_SECONDS;
    let iat =
        |id: &str, what: &str, value: Vec<u8>| case(suite, id, what, usual().set(6, value).bytes());
    let nbf =
        |id: &str, what: &str, value: Vec<u8>| case(suite, id, what, usual().set(5, value).bytes());
    let made = [
        iat("iat-at-skew", "hcert-spec §3.3.6: issued 60 seconds in the future, the tolerance for clocks that differ.", int(now + 60))?
            .flags(&["boundary", "choice"]),
        iat("iat-after-skew", "hcert-spec §3.3.6: issued 61 seconds in the future.", int(now + 61))?
            .flags(&["boundary", "choice"]).fails("not-yet-valid", "time", "issued-in-future"),
        iat("iat-float", "RFC 8392 §2: iat is a float, 60.9 seconds in the future. The fraction is cut off.", float(now as f64 + 60.9))?
            .flags(&["boundary", "claim-type"]).deviates(&["claim-float"]),
        iat("iat-tagged", "RFC 8392 §2: iat inside tag 1.", tag(1, &int(IAT)))?
            .flags(&["claim-type"]).deviates(&["claim-tagged"]),
        iat("iat-tagged-days", "RFC 8943: iat is a count of days since 1970, in tag 100: a day of 2052, and as seconds one of 1970.", tag(100, &int(30_000)))?
            .flags(&["claim-type", "choice"]).invalid("time", "start-unusable").deviates(&["claim-tagged"]),
        nbf("nbf-tagged-days", "The same for nbf.", tag(100, &int(30_000)))?
            .flags(&["claim-type", "choice"]).invalid("time", "start-unusable").deviates(&["claim-tagged"]),
        case(suite, "iat-missing", "hcert-spec §3.3.6: iat is missing. It decides nothing by itself.", usual().without(6).bytes())?
            .deviates(&["iat-missing"]),
        iat("start-unusable-iat-negative", "RFC 8392 §2: iat is -1.", int(-1))?
            .flags(&["claim-type"]).invalid("time", "start-unusable"),
        iat("start-unusable-iat-nan", "RFC 8392 §2: iat is NaN.", float(f64::NAN))?
            .flags(&["claim-type"]).invalid("time", "start-unusable").deviates(&["claim-float"]),
        nbf("nbf-past", "RFC 8392 §3.1.5: nbf, which HCERT does not use, has passed.", int(IAT))?,
        nbf("nbf-at-skew", "RFC 8392 §3.1.5: nbf is 60 seconds in the future.", int(now + 60))?
            .flags(&["boundary", "choice"]),
        nbf("nbf-after-skew", "RFC 8392 §3.1.5: nbf is 61 seconds in the future. HCERT does not use it; where it is, it counts.", int(now + 61))?
            .flags(&["boundary", "choice"]).fails("not-yet-valid", "time", "not-before"),
        case(suite, "nbf-future-and-expired", "RFC 8392 §3.1: exp has passed and nbf has not come. That it has expired weighs more.", usual().set(4, int(now - 1)).set(5, int(now + 61)).bytes())?
            .flags(&["choice"]).fails("expired", "time", "expired"),
    ];
    for case in made {
        suite.push(case.flags(&["expiry"]));
    }
    Ok(())
}

fn types(suite: &mut Suite) -> Result<(), Error> {
    for (id, what, claim, value) in [
        (
            "exp-text",
            "exp is the text of a date",
            4,
            text("2021-12-01T00:00:00Z"),
        ),
        (
            "exp-number-text",
            "exp is the text of a number",
            4,
            text("1638316800"),
        ),
        (
            "exp-null",
            "exp is null, which is not the same as missing",
            4,
            vec![cbor::NULL],
        ),
        ("exp-true", "exp is true", 4, vec![0xf5]),
        ("exp-array", "exp is an array", 4, array(&[int(EXP)])),
        (
            "exp-tagged-twice",
            "exp stands inside two tags",
            4,
            tag(1, &tag(1, &int(EXP))),
        ),
        ("iat-text", "iat is a text", 6, text("2021-06-01")),
        ("iat-null", "iat is null", 6, vec![cbor::NULL]),
        ("nbf-text", "nbf is a text", 5, text("2021-06-01")),
        ("iss-integer", "iss is an integer", 1, int(40)),
        ("iss-bytes", "iss is a byte string", 1, bytes(b"XX")),
        ("iss-null", "iss is null", 1, vec![cbor::NULL]),
        (
            "hcert-array",
            "the hcert claim is an array",
            -260,
            array(&[cbor_json(&v())]),
        ),
        (
            "hcert-bytes",
            "the hcert claim is a byte string around a map",
            -260,
            bytes(&map(&[(int(1), cbor_json(&v()))])),
        ),
        (
            "hcert-null",
            "the hcert claim is null",
            -260,
            vec![cbor::NULL],
        ),
    ] {
        suite.push(
            case(
                suite,
                &format!("cwt-claim-type-{id}"),
                &format!("RFC 8392 §3.1 and hcert-spec §3.3: {what}."),
                usual().set(claim, value).bytes(),
            )?
            .flags(&["claim-type"])
            .invalid("content", "cwt-claim-type")
            .without_claims(),
        );
    }
    for (id, what, key) in [
        ("name", "the byte string exp", bytes(b"exp")),
        ("digit", "the byte string 4", bytes(b"4")),
        (
            "number",
            "a byte string around the number 4",
            bytes(&int(4)),
        ),
    ] {
        let mut claims = usual().without(4).members();
        claims.push((key, int(EXP)));
        suite.push(
            case(
                suite,
                &format!("cwt-claim-type-exp-bytes-{id}"),
                &format!("RFC 8392 §3: {what} names exp. An end is none the less one."),
                map(&claims),
            )?
            .flags(&["claim-type", "choice"])
            .invalid("content", "cwt-claim-type")
            .without_claims(),
        );
    }
    for (id, what, claim) in [
        (
            "aud",
            "RFC 8392 §3.1.3: aud names for whom the certificate is. HCERT has none, and nothing here is held against it.",
            3,
        ),
        (
            "cnf",
            "RFC 8747 §3.1: cnf names the key that the holder has to prove to have.",
            8,
        ),
    ] {
        let claims = usual().set(claim, text("somebody")).bytes();
        let made = case(
            suite,
            &format!("claim-restricts-{id}"),
            what,
            claims.clone(),
        )?;
        suite.push(made.flags(&["choice"]).deviates(&["claim-restricts"]));
    }
    let mut claims = usual().members();
    claims.push((text("validUntil"), int(EXP)));
    suite.push(
        case(
            suite,
            "payload-period-claim",
            "An end among the claims, under a name that nobody reads.",
            map(&claims),
        )?
        .flags(&["choice"])
        .invalid("content", "payload-period")
        .without_claims(),
    );
    for (id, what, payload) in [
        ("array", "an array", array(&[usual().bytes()])),
        ("text", "a text", text("certificate")),
        (
            "bytes",
            "a byte string around the claims",
            bytes(&usual().bytes()),
        ),
        ("null", "null", vec![cbor::NULL]),
        (
            "tagged",
            "the claims inside tag 61",
            tag(61, &usual().bytes()),
        ),
    ] {
        suite.push(
            case(
                suite,
                &format!("cwt-not-claims-{id}"),
                &format!("RFC 8392 §7.1: the payload is {what}, not a map of claims."),
                payload,
            )?
            .flags(&["claim-type"])
            .invalid("content", "cwt-not-claims")
            .without_claims(),
        );
    }
    Ok(())
}

fn issuer(suite: &mut Suite) -> Result<(), Error> {
    let iss = |id: &str, what: &str, value: &str| {
        case(suite, id, what, usual().set(1, text(value)).bytes())
    };
    let made = [
        case(
            suite,
            "iss-missing",
            "hcert-spec §3.3.4: iss is optional.",
            usual().without(1).bytes(),
        )?,
        iss(
            "iss-lower-case",
            "hcert-spec §3.3.4: iss is an alpha-2 code of ISO 3166-1, in capitals.",
            "xx",
        )?
        .deviates(&["iss-form", "iss-country"]),
        iss(
            "iss-three-letters",
            "hcert-spec §3.3.4: iss is an alpha-3 code, as seen in WHO-network codes.",
            "XXX",
        )?
        .deviates(&["iss-form", "iss-country"]),
        iss(
            "iss-name",
            "hcert-spec §3.3.4: iss names an authority, as some national issuers do.",
            "Ministry of Health",
        )?
        .deviates(&["iss-form", "iss-country"]),
        iss("iss-empty", "hcert-spec §3.3.4: iss is empty.", "")?
            .deviates(&["iss-form", "iss-country"]),
        iss(
            "strict-iss-name",
            "The strict policy of this project refuses an iss that is no country code.",
            "Ministry of Health",
        )?
        .policy("strict")
        .flags(&["choice"])
        .invalid("policy", "strict")
        .deviates(&["iss-form", "iss-country"]),
    ];
    for case in made {
        suite.push(case.flags(&["claim-type"]));
    }
    Ok(())
}

fn hcert(suite: &mut Suite) -> Result<(), Error> {
    let made = [
        case(suite, "hcert-missing", "hcert-spec §3.3.7: there is no hcert claim (-260).", usual().without(-260).bytes())?
            .invalid("content", "hcert-missing").without_content(),
        case(suite, "hcert-missing-dcc-at-root", "hcert-spec §3.3.7: the DCC's members stand among the claims, not in the hcert claim, as seen in WHO-network codes.", {
            let mut members = usual().without(-260).members();
            members.extend(v().as_object().into_iter().flatten().map(|(k, v)| (text(k), cbor_json(v))));
            map(&members)
        })?
        .invalid("content", "hcert-missing").without_content(),
        case(suite, "hcert-extra", "hcert-spec §3.3.7: the hcert claim holds a second payload, at 2, next to the DCC at 1.", Claims::around(map(&[(int(1), cbor_json(&v())), (int(2), cbor_json(&t()))])).bytes())?
            .flags(&["entries"]).deviates(&["hcert-extra"]),
        case(suite, "hcert-extra-first", "hcert-spec §3.3.7: the same with the DCC in the second place.", Claims::around(map(&[(int(2), cbor_json(&t())), (int(1), cbor_json(&v()))])).bytes())?
            .flags(&["entries"]).deviates(&["hcert-extra"]),
        case(suite, "hcert-several-payloads", "hcert-spec §3.3.7: the hcert claim holds two payloads that are known, at 1 and -6. Each verifier could show another one.", Claims::around(map(&[(int(1), cbor_json(&v())), (int(-6), map(&[]))])).bytes())?
            .flags(&["entries", "choice"]).deviates(&["hcert-extra"]).invalid("content", "hcert-several-payloads").without_content(),
        case(suite, "hcert-unknown-payload-empty", "hcert-spec §3.3.7: the hcert claim is an empty map.", Claims::around(map(&[])).bytes())?
            .flags(&["choice"]).fails("unascertained", "content", "hcert-unknown-payload").without_content(),
        case(suite, "hcert-further-claims", "RFC 8392 §3: further claims (cti, one with a text key) are ignored; aud is noted.", {
            let mut members = usual().members();
            members.extend([(int(3), text("anybody")), (int(7), bytes(&[1])), (text("note"), text("x"))]);
            map(&members)
        })?.deviates(&["claim-restricts"]),
    ];
    for case in made {
        suite.push(case);
    }
    for (key, what) in [
        (2, "2, which is not assigned"),
        (-1, "-1, which is not assigned"),
        (1000, "1000, which is not assigned"),
    ] {
        let hcert = map(&[(int(key), map(&[(text("n"), text("x"))]))]);
        suite.push(
            case(suite, &format!("hcert-unknown-payload-{key}"), &format!("The hcert claim holds only a payload at {what}. An unknown kind is not false; it can't be judged."), Claims::around(hcert).bytes())?
                .flags(&["choice"])
                .fails("unascertained", "content", "hcert-unknown-payload")
                .without_content(),
        );
    }
    Ok(())
}

fn payload_cbor(suite: &mut Suite) -> Result<(), Error> {
    let whole = usual().bytes();
    let with = |key: Vec<u8>, value: Vec<u8>| {
        let mut members = usual().members();
        members.push((key, value));
        map(&members)
    };
    let dcc_with = |key: &str, value: Vec<u8>| {
        let mut members: Vec<_> = v()
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (text(k), cbor_json(v)))
            .collect();
        members.push((text(key), value));
        Claims::around(map(&[(int(1), map(&members))])).bytes()
    };
    let mut deep = vec![0x81; 100];
    deep.push(0);
    for (id, what, payload, code) in [
        (
            "duplicate-exp",
            "RFC 8949 §5.6: exp twice. Which one counts depends on the reader.",
            with(int(4), int(EXP + 1)),
            "cbor-duplicate-key",
        ),
        (
            "duplicate-exp-spelling",
            "RFC 8949 §5.6: exp twice, the second key in a longer head.",
            with(vec![0x18, 4], int(EXP + 1)),
            "cbor-duplicate-key",
        ),
        (
            "duplicate-hcert",
            "RFC 8949 §5.6: the hcert claim twice.",
            with(int(-260), map(&[(int(1), cbor_json(&t()))])),
            "cbor-duplicate-key",
        ),
        (
            "duplicate-in-dcc",
            "RFC 8949 §5.6: the group v twice in the DCC.",
            dcc_with("v", array(&[])),
            "cbor-duplicate-key",
        ),
        (
            "duplicate-unknown",
            "RFC 8949 §5.6: a key twice in a claim that nobody reads.",
            with(int(99), map(&[(int(1), int(1)), (int(1), int(2))])),
            "cbor-duplicate-key",
        ),
        (
            "trailing-byte",
            "RFC 8949 §5.3.1: a byte follows the claims.",
            [&whole[..], &[0]].concat(),
            "cbor-trailing",
        ),
        (
            "trailing-claims",
            "RFC 8949 §5.3.1: a second map of claims follows.",
            [&whole[..], &whole[..]].concat(),
            "cbor-trailing",
        ),
        (
            "cut-off",
            "RFC 8949 §3: the last byte is missing.",
            whole.get(..whole.len() - 1).unwrap_or_default().to_vec(),
            "cbor-cut-off",
        ),
        (
            "cut-off-empty",
            "RFC 8949 §3: the payload is empty.",
            vec![],
            "cbor-cut-off",
        ),
        (
            "cut-off-length",
            "RFC 8949 §3: a text in the DCC declares 2^63 bytes.",
            dcc_with("x", cbor::long_head(3, 1 << 63)),
            "cbor-cut-off",
        ),
        (
            "malformed-utf-8",
            "RFC 8949 §3.1: a text in the DCC is not UTF-8.",
            dcc_with("x", vec![0x62, 0xc3, 0x28]),
            "cbor-malformed",
        ),
        (
            "malformed-surrogate",
            "RFC 8949 §3.1: a text in the DCC holds a surrogate in UTF-8.",
            dcc_with("x", vec![0x63, 0xed, 0xa0, 0x80]),
            "cbor-malformed",
        ),
        (
            "malformed-reserved",
            "RFC 8949 §3: a head with the reserved additional information 30.",
            with(int(99), vec![0x1e]),
            "cbor-malformed",
        ),
        (
            "key-type-float",
            "RFC 8392 §3: a claim key is the float 4.0.",
            with(float(4.0), int(EXP + 1)),
            "cbor-key-type",
        ),
        (
            "key-type-array",
            "A map key in the DCC is an array.",
            with(int(99), map(&[(array(&[]), int(0))])),
            "cbor-key-type",
        ),
        (
            "too-deep",
            "100 arrays inside each other in a claim that nobody reads.",
            with(int(99), deep),
            "cbor-too-deep",
        ),
        (
            "too-many",
            "4,100 items in a claim that nobody reads.",
            with(int(99), [cbor::head(4, 4100), vec![0; 4100]].concat()),
            "cbor-too-many",
        ),
    ] {
        let limit: &[&str] = if id.starts_with("too-") {
            &["cbor-form", "limit"]
        } else {
            &["cbor-form"]
        };
        suite.push(
            case(suite, &format!("cwt-cbor-{id}"), what, payload)?
                .flags(limit)
                .invalid("content", code)
                .without_claims(),
        );
    }
    let mut reversed = usual().members();
    reversed.reverse();
    let pairs: Vec<_> = usual()
        .members()
        .into_iter()
        .flat_map(|(k, v)| [k, v])
        .collect();
    let long = usual().set(4, cbor::long_head(0, EXP as u64)).bytes();
    let chunked_text = indefinite(0x7f, &[text("Gabri"), text("ele")]);
    for case in [
        case(suite, "cwt-undefined", "RFC 8949 §3.3: undefined in a claim that nobody reads.", with(int(99), vec![0xf7]))?,
        case(suite, "cwt-cbor-malformed-simple-value", "RFC 8949 §3.3: an unassigned simple value in a claim that nobody reads. It is well-formed, but has no meaning; this project's decoder has no type for it.", with(int(99), vec![0xf0]))?
            .flags(&["choice"]).invalid("content", "cbor-malformed").without_claims(),
        case(suite, "cwt-bignum", "RFC 8949 §3.4.3: a big number of 12 bytes in a claim that nobody reads.", with(int(99), tag(2, &bytes(&[1; 12]))))?,
        case(suite, "cwt-bignum-long", "RFC 8949 §3.4.3: a big number of 40 bytes in a claim that nobody reads.", with(int(99), tag(2, &bytes(&[1; 40]))))?,
        case(suite, "cwt-unsorted", "RFC 8949 §4.2: the claims are not sorted, as in three quarters of the published certificates.", map(&reversed))?,
        case(suite, "cwt-long-integer", "RFC 8949 §4.2: exp is written in eight bytes where four are enough.", long)?,
        case(suite, "cwt-indefinite-map", "RFC 8949 §3.2.2: the map of claims has indefinite length.", indefinite(0xbf, &pairs))?
            .deviates(&["cbor-indefinite-length"]),
        case(suite, "cwt-indefinite-text", "RFC 8949 §3.2.3: a text in the DCC comes in chunks.", dcc_with("x", chunked_text))?
            .deviates(&["cbor-indefinite-length"]),
        Case::new("cwt-deterministic", "RFC 8949 §4.2: all of it is deterministic, and the strict policy has nothing to refuse.", &suite.message("dsc", whole)?)?
            .policy("strict"),
    ] {
        suite.push(case.flags(&["cbor-form"]));
    }
    Ok(())
}

//! What issuers of the WHO's network write beside the specification.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::cbor::{int, json, map, text};
use super::{Case, Claims, Error, IAT, Message, NOW_SECONDS, Suite, alg, kid_member, protected, v};

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    text_kid(suite)?;
    text_keys(suite)?;
    milliseconds(suite)?;
    base64(suite)
}

fn payload() -> Vec<u8> {
    Claims::of(&v()).bytes()
}

fn text_kid(suite: &mut Suite) -> Result<(), Error> {
    let kid = suite.pki.trusted("dsc")?.kid.clone();
    let member = |kid: &[u8]| (int(4), text(&BASE64_STANDARD.encode(kid)));
    let in_text = map(&[alg(-7), member(&kid)]);
    let in_bytes = protected(-7, &kid);
    let sign = |header: &[u8], unprotected: &[(Vec<u8>, Vec<u8>)]| {
        let message = Message::new(header.to_vec(), payload());
        suite.signed("dsc", message.unprotected(unprotected))
    };
    let made = [
        Case::new("kid-text", "RFC 9052 §3.1: kid is the padded base64 text of the identifier, as seen in WHO-network codes.", &sign(&in_text, &[])?)?
            .deviates(&["kid-text"]),
        Case::new("kid-text-unprotected", "The same in the unprotected header alone.", &sign(&map(&[alg(-7)]), &[member(&kid)])?)?
            .deviates(&["kid-text", "kid-unprotected"]),
        Case::new("kid-text-strict", "The strict policy of this project refuses a kid that is a text.", &sign(&in_text, &[])?)?
            .flags(&["choice"]).policy("strict").invalid("policy", "strict").deviates(&["kid-text"]),
        Case::new("kid-text-and-bytes", "The same kid as bytes in the protected header and as a text in the unprotected one.", &sign(&in_bytes, &[member(&kid)])?)?
            .deviates(&["kid-text"]),
        Case::new("kid-text-differs", "hcert-spec §3.3.3: the kids differ and the protected one is used, which is a text and unknown; the unprotected one is known.", &sign(&map(&[alg(-7), member(&[0; 8])]), &[kid_member(&kid)])?)?
            .fails("unascertained", "key", "unknown-key")
            .deviates(&["kid-differs", "kid-text"]),
    ];
    for case in made {
        suite.push(case.flags(&["header-source", "field"]));
    }
    Ok(())
}

fn text_keys(suite: &mut Suite) -> Result<(), Error> {
    let key = |number: i64, named: &[i64]| match named.contains(&number) {
        true => text(&number.to_string()),
        false => int(number),
    };
    let named = |names: &[i64]| {
        let members = Claims::of(&v()).0.into_iter();
        members
            .map(|(number, value)| (key(number, names), value))
            .collect::<Vec<_>>()
    };
    let case = |id: &str, what: &str, members: &[(Vec<u8>, Vec<u8>)]| {
        Case::new(id, what, &suite.message("dsc", map(members))?)
    };
    let inside = map(&[(text("1"), json(&v()))]);
    let inside = Claims::of(&v()).set(-260, inside).members();
    let twice = [named(&[]), vec![(text("4"), int(NOW_SECONDS * 2))]].concat();
    let made = [
        case("claim-key-text", "RFC 8392 §4: all claims are named by the texts of their numbers, as seen in WHO-network codes.", &named(&[1, 4, 6, -260]))?
            .deviates(&["claim-key-text"]),
        case("claim-key-text-hcert", "The hcert claim alone is named by a text.", &named(&[-260]))?
            .deviates(&["claim-key-text"]),
        case("claim-key-text-payload", "The payload in the hcert claim is named by a text.", &inside)?
            .deviates(&["claim-key-text"]),
        case("claim-key-text-twice", "exp stands there under its number and under the text of it. A reader could take either.", &twice)?
            .invalid("content", "cwt-claim-twice")
            .without_claims()
            .deviates(&["claim-key-text"]),
    ];
    for case in made {
        suite.push(case.flags(&["claim-type", "field"]));
    }
    Ok(())
}

fn milliseconds(suite: &mut Suite) -> Result<(), Error> {
    let case = |id: &str, what: &str, claim: i64, time: i64| {
        let payload = Claims::of(&v()).set(claim, int(time)).bytes();
        Case::new(id, what, &suite.message("dsc", payload)?)
    };
    let soon = (NOW_SECONDS + 61) * 1000;
    let made = [
        case("iat-milliseconds", "RFC 8392 §2: iat is a count of milliseconds, as seen in WHO-network codes. As a second count it would be after the year 9999.", 6, IAT * 1000)?
            .deviates(&["claim-milliseconds"]),
        case("iat-milliseconds-future", "iat is a count of milliseconds, 61 seconds in the future.", 6, soon)?
            .flags(&["boundary", "choice"])
            .fails("not-yet-valid", "time", "issued-in-future").deviates(&["claim-milliseconds"]),
        case("nbf-milliseconds", "RFC 8392 §3.1.5: nbf is a count of milliseconds.", 5, IAT * 1000)?
            .deviates(&["claim-milliseconds"]),
        case("nbf-milliseconds-future", "nbf is a count of milliseconds, 61 seconds in the future.", 5, soon)?
            .flags(&["boundary", "choice"])
            .fails("not-yet-valid", "time", "not-before").deviates(&["claim-milliseconds"]),
        case("start-unusable-iat-microseconds", "iat is a count of microseconds.", 6, IAT * 1_000_000)?
            .invalid("time", "start-unusable"),
    ];
    for case in made {
        suite.push(case.flags(&["claim-type", "expiry", "field"]));
    }
    Ok(())
}

fn base64(suite: &mut Suite) -> Result<(), Error> {
    let message = |tags: &[u8]| Ok::<_, Error>(suite.message("dsc", payload())?.tags(tags));
    let cwt = message(&[0xd8, 0x3d, 0xd2])?;
    // It has no zlib stage.
    let read = |id: &str, what: &str, input: String| {
        let mut case = Case::new(id, what, &cwt)?.input(input);
        case.stages.compressed = None;
        Ok::<_, Error>(case.deviates(&["text-base64", "cose-cwt-tag"]))
    };
    let text = BASE64_STANDARD.encode(cwt.bytes());
    let mut made = vec![
        read(
            "text-base64",
            "Base64 of 61(18(…)) without prefix, base45 and zlib, as a participant of the WHO's network prints it.",
            text.clone(),
        )?,
        read(
            "text-base64-url",
            "The same in the alphabet for URLs, without padding.",
            BASE64_URL_SAFE_NO_PAD.encode(cwt.bytes()),
        )?,
        read(
            "text-base64-strict",
            "The strict policy of this project refuses base64.",
            text.clone(),
        )?
        .flags(&["choice"])
        .policy("strict")
        .invalid("policy", "strict"),
        Case::text(
            "text-base64-prefixed",
            "After the prefix stands base64 in the place of base45.",
            format!("HC1:{text}"),
        )
        .invalid("decode", "base45-character"),
    ];
    for (id, what, tags) in [
        ("untagged", "an untagged COSE_Sign1", &[][..]),
        ("tag-18", "18(…), without the tag 61", &[0xd2]),
    ] {
        made.push(
            Case::text(
                format!("text-base64-{id}"),
                format!("Base64 of {what}. Nobody writes that, and no text is guessed at."),
                BASE64_STANDARD.encode(message(tags)?.bytes()),
            )
            .flags(&["choice"])
            .invalid("decode", "prefix"),
        );
    }
    for case in made {
        suite.push(case.flags(&["field"]));
    }
    Ok(())
}

//! COSE headers, keys and signatures as an attacker or a careless issuer
//! writes them (RFC 9052; hcert-spec 1.0.8 §3.3).

use ciborium::{Value, cbor};
use hcert::Limits;
use hcert::crypto::Algorithm;
use hcert::format::Unverified;
use hcert::issue::Signer;
use hcert::trust::{Dsc, KeyUsage, Kid, TrustStore};
use hcert::verify::{Outcome, Policy, Step, Verdict, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, ES256, PS256, Raw, RsaSigner, encode, header};
use hcert_testkit::text::unhex;
use rsa::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha256};

/// The verdict of a verifier that trusts key `a`, through the whole chain.
fn verify(cose: &[u8]) -> Verdict {
    Verifier::new(trust(&[&dsc("a", &[])])).verify(&raw::text(cose), NOW)
}

fn kid_a() -> Kid {
    dsc("a", &[]).kid()
}

fn raw_a() -> Raw {
    Raw::new(kid_a().as_bytes())
}

fn deviations(verdict: &Verdict) -> Vec<&'static str> {
    verdict.deviations().iter().map(|d| d.code()).collect()
}

#[track_caller]
fn assert_valid(cose: &[u8], expected: &[&str]) {
    let verdict = verify(cose);
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
    assert_eq!(deviations(&verdict), expected);
    let strict = Verifier::with_policy(trust(&[&dsc("a", &[])]), Policy::default().strict());
    let strict = strict.verify(&raw::text(cose), NOW);
    // hcert-spec §3.3.3 allows the kid in either header.
    let departs = expected.iter().any(|code| *code != "kid-unprotected");
    assert_eq!(strict.outcome() == Outcome::Valid, !departs);
}

#[track_caller]
fn assert_fails(verdict: &Verdict, step: Step, code: &str) {
    assert_eq!(verdict.step(step).word(), "failed", "{verdict:#?}");
    assert_eq!(verdict.step(step).code(), Some(code));
    assert_ne!(verdict.outcome(), Outcome::Valid);
    assert!(verdict.verified().is_none());
}

/// Refused before the signature is looked at: nothing of it is given away.
#[track_caller]
fn assert_refused(cose: &[u8], step: Step, code: &str) {
    let verdict = verify(cose);
    assert_fails(&verdict, step, code);
    assert!(verdict.signed_record().is_none() && verdict.signed_claims().is_none());
    let later = verdict.steps().filter(|(s, _)| *s > step);
    assert!(later.into_iter().all(|(_, r)| r.word() == "not-reached"));
}

fn store(entries: &[(&Kid, &Dsc)]) -> TrustStore {
    let mut builder = TrustStore::builder();
    for (kid, dsc) in entries {
        builder
            .add_certificate_der_as("test", (*kid).clone(), dsc.der())
            .unwrap();
    }
    builder.build().0
}

#[test]
fn a8_two_keys_under_one_kid_verify_in_both_orders() {
    let kid = Kid::new([7; 8]).unwrap();
    let (a, b) = (dsc("a", &[]), dsc("b", &[]));
    for order in [[&a, &b], [&b, &a]] {
        let verifier = Verifier::new(store(&order.map(|dsc| (&kid, dsc))));
        for (label, dsc) in [("a", &a), ("b", &b)] {
            let cose = Raw::new(kid.as_bytes()).sign(&signer(label));
            let verdict = verifier.verify(&raw::text(&cose), NOW);
            assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
            assert_eq!(verdict.signer().unwrap().public_key(), dsc.public_key());
        }
        let cose = Raw::new(kid.as_bytes()).sign(&signer("c"));
        let verdict = verifier.verify(&raw::text(&cose), NOW);
        assert_fails(&verdict, Step::Signature, "bad-signature");
    }
}

#[test]
fn a8_an_ec_and_an_rsa_key_under_one_kid_serve_their_own_algorithm() {
    let rsa = RsaSigner::new(2048);
    let mut builder = TrustStore::builder();
    builder
        .add_certificate_der("test", dsc("a", &[]).der())
        .unwrap()
        .add_public_key("test", kid_a(), rsa.public_key(), None, KeyUsage::ANY)
        .unwrap();
    let verifier = Verifier::new(builder.build().0);
    let ps256 = raw_a().protected(header(Some(PS256), Some(kid_a().as_bytes())));
    for (cose, algorithm) in [
        (raw_a().sign(&signer("a")), Algorithm::Es256),
        (ps256.sign(&rsa), Algorithm::Ps256),
    ] {
        let verdict = verifier.verify(&raw::text(&cose), NOW);
        assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
        let signer = verdict.signer().unwrap();
        assert_eq!(signer.public_key().algorithm(), Some(algorithm));
    }
}

#[test]
fn a8_a_trusted_key_does_not_sign_under_the_kid_of_another() {
    let (a, b) = (dsc("a", &[]), dsc("b", &[]));
    let verifier = Verifier::new(trust(&[&a, &b]));
    let cose = Raw::new(a.kid().as_bytes()).sign(&signer("b"));
    let verdict = verifier.verify(&raw::text(&cose), NOW);
    assert_fails(&verdict, Step::Signature, "bad-signature");
    assert!(verdict.signed_record().is_none());
}

#[test]
fn an_unknown_or_absent_kid_leaves_the_certificate_unascertained() {
    for (cose, code) in [
        (Raw::new(&[9; 8]).sign(&signer("a")), "unknown-key"),
        (Raw::new(&[]).sign(&signer("a")), "unknown-key"),
        (
            raw_a()
                .protected(header(Some(ES256), None))
                .sign(&signer("a")),
            "kid-missing",
        ),
    ] {
        assert_refused(&cose, Step::Key, code);
        assert_eq!(verify(&cose).outcome(), Outcome::Unascertained);
    }
}

#[test]
fn b1_kid_may_stand_unprotected_and_the_protected_one_wins() {
    let (kid, other) = (kid_a(), [9; 8]);
    let kid = kid.as_bytes();
    let alone = raw_a()
        .protected(header(Some(ES256), None))
        .unprotected(header(None, Some(kid)));
    assert_valid(&alone.sign(&signer("a")), &["kid-unprotected"]);
    let both = raw_a().unprotected(header(None, Some(kid)));
    assert_valid(&both.sign(&signer("a")), &[]);
    let differ = raw_a().unprotected(header(None, Some(&other)));
    assert_valid(&differ.sign(&signer("a")), &["kid-differs"]);
    let swapped = Raw::new(&other).unprotected(header(None, Some(kid)));
    assert_refused(&swapped.sign(&signer("a")), Step::Key, "unknown-key");
}

#[test]
fn b1_alg_speaks_unprotected_only_where_the_protected_header_has_none() {
    let id = kid_a();
    let kid = Some(id.as_bytes());
    let alone = raw_a()
        .protected(header(None, kid))
        .unprotected(header(Some(ES256), None));
    assert_valid(&alone.sign(&signer("a")), &["alg-unprotected"]);
    let differ = raw_a().unprotected(header(Some(PS256), None));
    assert_valid(&differ.sign(&signer("a")), &["alg-differs"]);
    let differ = raw_a()
        .protected(header(Some(PS256), kid))
        .unprotected(header(Some(ES256), None));
    assert_refused(
        &differ.sign(&signer("a")),
        Step::Algorithm,
        "alg-key-mismatch",
    );
    let none = raw_a().protected(header(None, kid));
    assert_refused(&none.sign(&signer("a")), Step::Algorithm, "alg-missing");
    // A text in the protected header is not overruled from outside.
    let text = raw_a()
        .protected(cbor!({1 => "ES256", 4 => Value::Bytes(id.as_bytes().to_vec())}).unwrap())
        .unprotected(header(Some(ES256), None));
    assert_refused(&text.sign(&signer("a")), Step::Algorithm, "alg-unsupported");
}

#[test]
fn b3_an_empty_protected_header_verifies_in_each_of_its_spellings() {
    let kid = kid_a();
    let outside = header(Some(ES256), Some(kid.as_bytes()));
    let expected = ["alg-unprotected", "kid-unprotected"];
    // 0x40, the empty byte string.
    let mut empty = raw_a().unprotected(outside);
    empty.protected = vec![];
    assert_valid(&empty.sign(&signer("a")), &expected);
    // 0x41 A0, the empty map: signed as it is sent …
    let mut map = empty.clone();
    map.protected = vec![0xa0];
    assert_valid(&map.sign(&signer("a")), &expected);
    // … or as RFC 9052 §4.4 has it, as the empty byte string.
    let signature = signer("a").sign(&empty.to_be_signed()).unwrap();
    assert_valid(&map.with_signature(&signature), &expected);
    // It is no way around the signature for a header that is not empty.
    let mut full = raw_a();
    full.unprotected = empty.unprotected.clone();
    assert_refused(
        &full.with_signature(&signature),
        Step::Signature,
        "bad-signature",
    );
}

#[test]
fn b3_headers_of_a_wrong_type_are_refused_in_either_header() {
    let kid = Value::Bytes(kid_a().as_bytes().to_vec());
    let bignum = Value::Tag(2, Box::new(Value::Bytes(vec![1, 0])));
    let negative = Value::Tag(3, Box::new(Value::Bytes(vec![6])));
    let mut wrong = Vec::new();
    for value in [
        Value::from(1),
        Value::from("kid"),
        Value::Array(vec![kid.clone()]),
        Value::Null,
        Value::Bool(true),
        Value::Float(1.0),
        Value::Map(vec![]),
        Value::Tag(24, Box::new(kid.clone())),
        Value::Bytes(vec![0; 256]),
    ] {
        wrong.push(cbor!({1 => ES256, 4 => value}).unwrap());
    }
    for value in [
        bignum,
        negative,
        Value::Bytes(vec![0x26]),
        Value::Array(vec![Value::from(ES256)]),
        Value::Float(-7.0),
        Value::Null,
        Value::Bool(false),
        Value::Map(vec![]),
    ] {
        wrong.push(cbor!({1 => value, 4 => kid.clone()}).unwrap());
    }
    for header in wrong {
        let inside = raw_a().protected(header.clone());
        assert_refused(&inside.sign(&signer("a")), Step::Decode, "cose-header-type");
        let outside = raw_a().unprotected(header);
        assert_refused(
            &outside.sign(&signer("a")),
            Step::Decode,
            "cose-header-type",
        );
    }
}

#[test]
fn b3_malformed_headers_are_refused() {
    let kid = Value::Bytes(kid_a().as_bytes().to_vec());
    let pair = |k: Value, v: Value| (k, v);
    let alg = pair(Value::from(1), Value::from(ES256));
    let id = pair(Value::from(4), kid.clone());
    let map = |members: Vec<(Value, Value)>| encode(&Value::Map(members));
    for (bytes, code) in [
        (encode(&Value::Array(vec![])), "cose-structure"),
        (encode(&Value::from(0)), "cose-structure"),
        (encode(&Value::Null), "cose-structure"),
        (encode(&Value::from("header")), "cose-structure"),
        (
            encode(&Value::Tag(18, Box::new(cbor!({}).unwrap()))),
            "cose-structure",
        ),
        (
            map(vec![alg.clone(), id.clone(), id.clone()]),
            "cbor-duplicate-key",
        ),
        (
            map(vec![alg.clone(), alg.clone(), id.clone()]),
            "cbor-duplicate-key",
        ),
        (
            map(vec![
                alg.clone(),
                id.clone(),
                pair(Value::Float(4.0), kid.clone()),
            ]),
            "cbor-key-type",
        ),
        (
            map(vec![
                pair(Value::Float(1.0), Value::from(ES256)),
                id.clone(),
            ]),
            "cbor-key-type",
        ),
        (map(vec![pair(Value::Null, Value::Null)]), "cbor-key-type"),
        (
            map(vec![
                alg.clone(),
                pair(Value::from(2), cbor!([4]).unwrap()),
                id.clone(),
            ]),
            "cose-critical",
        ),
        (
            map(vec![alg, id, pair(Value::from(2), Value::Null)]),
            "cose-critical",
        ),
        // A map of one member that ends before its value.
        (vec![0xa1, 0x01], "cbor-cut-off"),
        (vec![0xff], "cbor-malformed"),
    ] {
        let mut inside = raw_a();
        inside.protected = bytes.clone();
        assert_refused(&inside.sign(&signer("a")), Step::Decode, code);
        let mut outside = raw_a();
        outside.unprotected = bytes.clone();
        let verdict = verify(&outside.sign(&signer("a")));
        // A cut-off map takes the members that follow for its own, so there
        // the code may be another one.
        if code.starts_with("cose") || code.ends_with("key") || code.ends_with("type") {
            assert_fails(&verdict, Step::Decode, code);
        }
        assert_eq!(verdict.step(Step::Decode).word(), "failed");
    }
}

#[test]
fn further_header_parameters_are_let_be() {
    let kid = Value::Bytes(kid_a().as_bytes().to_vec());
    let more =
        cbor!({1 => ES256, 4 => kid, 3 => "application/cwt", -70000 => [1, {2 => 3}], "x" => null});
    let raw = raw_a().protected(more.unwrap());
    assert_valid(&raw.sign(&signer("a")), &[]);
}

#[test]
fn b2_a_signature_by_hand_needs_the_algorithm_too() {
    let key = dsc("a", &[]).public_key().clone();
    for (alg, verifies) in [
        (Some(ES256), true),
        (Some(PS256), false),
        (Some(-257), false),
        (None, false),
    ] {
        let header = header(alg, Some(kid_a().as_bytes()));
        let cose = raw_a().protected(header).sign(&signer("a"));
        let unverified = Unverified::from_cose(cose, &Limits::default()).unwrap();
        assert_eq!(unverified.authenticate(&key).is_ok(), verifies);
    }
}

#[test]
fn b2_an_algorithm_has_to_fit_the_key() {
    let rsa = RsaSigner::new(2048);
    let kid = Kid::new([1; 8]).unwrap();
    let mut builder = TrustStore::builder();
    builder
        .add_spki_der("test", kid.clone(), &rsa.spki_der())
        .unwrap()
        .add_certificate_der("test", dsc("a", &[]).der())
        .unwrap();
    let verifier = Verifier::new(builder.build().0);
    let verify = |cose: &[u8]| verifier.verify(&raw::text(cose), NOW);
    let with = |alg: i64, kid: &Kid| {
        let kid = kid.as_bytes();
        Raw::new(kid).protected(header(Some(alg), Some(kid)))
    };
    let refused = |cose: &[u8], code| assert_fails(&verify(cose), Step::Algorithm, code);

    assert_eq!(
        verify(&with(PS256, &kid).sign(&rsa)).outcome(),
        Outcome::Valid
    );
    refused(&with(ES256, &kid).sign(&rsa), "alg-key-mismatch");
    refused(&with(ES256, &kid).sign(&signer("a")), "alg-key-mismatch");
    refused(
        &with(PS256, &kid_a()).sign(&signer("a")),
        "alg-key-mismatch",
    );
    refused(&with(PS256, &kid_a()).sign(&rsa), "alg-key-mismatch");

    let rs256 = with(-257, &kid);
    let signature = rsa.sign_rs256(&rs256.to_be_signed());
    refused(&rs256.with_signature(&signature), "alg-unsupported");
    // The same signature under the name of PS256.
    let ps256 = with(PS256, &kid);
    let signature = rsa.sign_rs256(&ps256.to_be_signed());
    assert_fails(
        &verify(&ps256.with_signature(&signature)),
        Step::Signature,
        "bad-signature",
    );
    // HS256 with what is public as the secret.
    for (kid, spki) in [
        (&kid, rsa.spki_der()),
        (&kid_a(), dsc("a", &[]).public_key().spki_der().to_vec()),
    ] {
        let hs256 = with(5, kid);
        let mac = hmac_sha256(&spki, &hs256.to_be_signed());
        refused(&hs256.with_signature(&mac), "alg-unsupported");
    }
    for alg in [
        0,
        -6,
        -8,
        -16,
        -35,
        -36,
        -38,
        -47,
        -65535,
        i64::MAX,
        i64::MIN,
    ] {
        refused(&with(alg, &kid_a()).sign(&signer("a")), "alg-unsupported");
    }
    for name in ["none", "ES256", ""] {
        let id = Value::Bytes(kid_a().as_bytes().to_vec());
        let raw = raw_a().protected(cbor!({1 => name, 4 => id}).unwrap());
        refused(&raw.with_signature(&[]), "alg-unsupported");
        refused(&raw.sign(&signer("a")), "alg-unsupported");
    }
}

/// RFC 2104.
fn hmac_sha256(secret: &[u8], message: &[u8]) -> [u8; 32] {
    let mut key = [0; 64];
    if secret.len() > 64 {
        key[..32].copy_from_slice(&Sha256::digest(secret));
    } else {
        key[..secret.len()].copy_from_slice(secret);
    }
    let inner = Sha256::digest([&key.map(|b| b ^ 0x36)[..], message].concat());
    Sha256::digest([&key.map(|b| b ^ 0x5c)[..], &inner].concat()).into()
}

#[test]
fn rsa_keys_of_1024_bits_pass_under_the_dangerous_policy_alone() {
    let rsa = RsaSigner::new(1024);
    let kid = Kid::new([1; 8]).unwrap();
    let mut builder = TrustStore::builder();
    builder
        .add_spki_der("test", kid.clone(), &rsa.spki_der())
        .unwrap();
    let store = builder.build().0;
    let raw = Raw::new(kid.as_bytes()).protected(header(Some(PS256), Some(kid.as_bytes())));
    let text = raw::text(&raw.sign(&rsa));
    let verdict = Verifier::new(store.clone()).verify(&text, NOW);
    assert_fails(&verdict, Step::Algorithm, "rsa-too-short");
    let policy = Policy::default().dangerously_accept_rsa_1024();
    let verdict = Verifier::with_policy(store, policy).verify(&text, NOW);
    assert_eq!(verdict.outcome(), Outcome::Valid);
}

#[test]
fn b4_the_tags_of_the_field_are_read_and_no_others() {
    for (tags, expected) in [
        (&[0xd2][..], &[][..]),
        (&[0xd8, 18], &[]),
        (&[], &["cose-untagged"]),
        (&[0xd8, 61, 0xd2], &["cose-cwt-tag"]),
        (&[0xd8, 61], &["cose-cwt-tag", "cose-untagged"]),
    ] {
        let mut raw = raw_a();
        raw.tags = tags.to_vec();
        assert_valid(&raw.sign(&signer("a")), expected);
    }
    for (tags, code) in [
        (&[0xd8, 98][..], "cose-tag"),
        (&[0xd1], "cose-tag"),
        (&[0xd9, 0xd9, 0xf7, 0xd2], "cose-tag"),
        (&[0xd2, 0xd8, 61], "cose-structure"),
        (&[0xd2, 0xd2], "cose-structure"),
        (&[0xd8, 61, 0xd8, 61, 0xd2], "cose-tag"),
        (&[0xdb, 0x80, 0, 0, 0, 0, 0, 0, 18], "cose-tag"),
    ] {
        let mut raw = raw_a();
        raw.tags = tags.to_vec();
        assert_refused(&raw.sign(&signer("a")), Step::Decode, code);
    }
}

#[test]
fn b4_bytes_behind_any_layer_are_refused() {
    let good = raw_a().sign(&signer("a"));
    assert_eq!(verify(&good).outcome(), Outcome::Valid);
    let verifier = Verifier::new(trust(&[&dsc("a", &[])]));
    let text = raw::text(&good);
    // Behind the base45: another group is another byte behind the zlib stream.
    for tail in ["00", "000", " 0"] {
        let long = if raw::zlib(&good).len().is_multiple_of(2) {
            format!("{text}{tail}")
        } else {
            let mut stream = raw::zlib(&good);
            stream.extend(tail.bytes());
            hcert::format::hc1::text::encode(&stream)
        };
        assert_fails(&verifier.verify(&long, NOW), Step::Decode, "zlib-trailing");
    }
    assert_fails(
        &verifier.verify(&format!("{text}a"), NOW),
        Step::Decode,
        "base45-character",
    );
    // A second stream behind the first.
    let twice = [raw::zlib(&good), raw::zlib(&good)].concat();
    let twice = hcert::format::hc1::text::encode(&twice);
    assert_fails(&verifier.verify(&twice, NOW), Step::Decode, "zlib-trailing");

    let mut cose = raw_a();
    cose.suffix = vec![0xf6];
    assert_refused(&cose.sign(&signer("a")), Step::Decode, "cbor-trailing");
    let mut protected = raw_a();
    protected.protected.push(0xa0);
    assert_refused(&protected.sign(&signer("a")), Step::Decode, "cbor-trailing");
    let mut payload = raw_a();
    payload.payload.push(0xa0);
    let verdict = verify(&payload.sign(&signer("a")));
    assert_eq!(verdict.step(Step::Signature).word(), "passed");
    assert_fails(&verdict, Step::Content, "cbor-trailing");
}

#[test]
fn a_cose_sign1_has_exactly_its_four_members() {
    let good = raw_a().sign(&signer("a"));
    let mut five = good.clone();
    five[1] = 0x85;
    five.push(0x40);
    assert_refused(&five, Step::Decode, "cose-structure");
    let mut three = good.clone();
    three[1] = 0x83;
    assert_refused(&three, Step::Decode, "cose-structure");
    for replaced in [0xa2, 0x40, 0xf6, 0x04] {
        let mut other = good.clone();
        other[1] = replaced;
        assert_refused(&other, Step::Decode, "cose-structure");
    }
    // A detached payload (RFC 9052 §4.1).
    let Value::Tag(_, inner) = ciborium::from_reader(&good[..]).unwrap() else {
        panic!("tag 18 is lost");
    };
    for n in [0, 2, 3] {
        for wrong in [Value::Null, Value::from("text"), Value::Array(vec![])] {
            let mut members = inner.as_array().unwrap().clone();
            members[n] = wrong;
            assert_refused(
                &encode(&Value::Array(members)),
                Step::Decode,
                "cose-structure",
            );
        }
    }
}

#[test]
fn b8_indefinite_lengths_inside_cose_verify_and_are_reported() {
    let raw = raw_a();
    let signature = signer("a").sign(&raw.to_be_signed()).unwrap();
    let chunked = |bytes: &[u8]| {
        let mut out = vec![0x5f];
        for chunk in bytes.chunks(20) {
            out.extend(encode(&Value::Bytes(chunk.to_vec())));
        }
        out.push(0xff);
        out
    };
    let cose = [
        vec![0xd2, 0x9f],
        chunked(&raw.protected),
        vec![0xbf, 0xff],
        chunked(&raw.payload),
        chunked(&signature),
        vec![0xff],
    ];
    assert_valid(&cose.concat(), &["cbor-indefinite-length"]);
    let open = cose[..5].concat();
    assert_eq!(verify(&open).step(Step::Decode).word(), "failed");
}

#[test]
fn b5_signatures_of_another_form_are_refused() {
    let raw = raw_a();
    let good = signer("a").sign(&raw.to_be_signed()).unwrap();
    let (r, s) = good.split_at(32);
    let zero = [0; 32];
    // The order of P-256 (SEC 2 §2.4.2).
    let n = unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let top = [0xff; 32];
    let der = p256::ecdsa::Signature::from_slice(&good).unwrap().to_der();
    let mut wrong = vec![
        vec![],
        good[..63].to_vec(),
        [&good[..], &[0]].concat(),
        [&[0], &good[..]].concat(),
        der.as_bytes().to_vec(),
        [&good[..], &zero].concat(),
        [&zero[..16], r, &zero[..16], s].concat(),
        [&zero[..], s].concat(),
        [r, &zero].concat(),
        [zero, zero].concat(),
        [&n[..], s].concat(),
        [r, &n].concat(),
        [&n[..], &n].concat(),
        [&top[..], s].concat(),
        [r, &top].concat(),
        [s, r].concat(),
        vec![0; 64 * 1024 - 1024],
    ];
    wrong.extend((64..=72).filter(|n| *n != 64).map(|n| {
        let mut longer = der.as_bytes().to_vec();
        longer.resize(n, 0);
        longer
    }));
    for signature in wrong {
        assert_refused(
            &raw.with_signature(&signature),
            Step::Signature,
            "bad-signature",
        );
    }
}

#[test]
fn b6_the_malleable_twin_is_the_same_certificate() {
    let raw = raw_a();
    let good = signer("a").sign(&raw.to_be_signed()).unwrap();
    let signature = p256::ecdsa::Signature::from_slice(&good).unwrap();
    let (r, s) = signature.split_scalars();
    let twin = p256::ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap();
    let twin = twin.to_bytes().to_vec();
    assert_ne!(twin, good);
    assert_eq!(
        twin[..32],
        good[..32],
        "what revocation by signature looks at"
    );
    let verdicts = [good, twin].map(|s| verify(&raw.with_signature(&s)));
    for verdict in &verdicts {
        assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:#?}");
    }
    assert!(verdicts[0].signed_record() == verdicts[1].signed_record());
}

/// Revocation by signature takes the whole of a PS256 one, so it must have no
/// second spelling (RFC 8017 §8.1.2: as long as the modulus).
#[test]
fn b6_a_ps256_signature_has_one_spelling() {
    use rsa::traits::PublicKeyParts;
    let signer = RsaSigner::new(2048);
    let key = signer.public_key();
    let good = signer.sign(b"message").unwrap();
    assert!(key.verify(&[b"message"], &good).is_ok());
    let modulus = rsa::PublicKey::from_public_key_der(&signer.spki_der()).unwrap();
    let good_number = rsa::BoxedUint::from_be_slice_vartime(&good);
    let sum = good_number.concatenating_add(modulus.n().as_ref());
    for other in [
        [&[0], &good[..]].concat(),
        [&good[..], &[0]].concat(),
        sum.to_be_bytes_trimmed_vartime().into_vec(),
        vec![],
    ] {
        assert!(key.verify(&[b"message"], &other).is_err());
    }
}

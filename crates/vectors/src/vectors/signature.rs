//! Algorithms and signatures (hcert-spec 1.0.8 §3.3.2; RFC 9053 §2.1; RFC 8230 §2).

use super::cbor::{bytes, int, map, text};
use super::{Case, Claims, Error, Message, Suite, der, kid_member, protected, sign, v};

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    algorithms(suite)?;
    es256(suite)?;
    ps256(suite)
}

fn payload() -> Vec<u8> {
    Claims::of(&v()).bytes()
}

fn kid(suite: &Suite, entry: &str) -> Result<Vec<u8>, Error> {
    Ok(suite.pki.trusted(entry)?.kid.clone())
}

fn algorithms(suite: &mut Suite) -> Result<(), Error> {
    let (ec, rsa, p384) = (
        kid(suite, "dsc")?,
        kid(suite, "rsa-2048")?,
        kid(suite, "p-384")?,
    );
    let with = |algorithm: Vec<u8>, kid: &[u8]| {
        Message::new(map(&[(int(1), algorithm), kid_member(kid)]), payload())
    };
    let by_ec = |message: Message| -> Result<Message, Error> {
        let signature = suite.pki.sign("ec-1", &message.to_be_signed())?;
        Ok(message.with_signature(signature))
    };
    let rsa_pem = &suite.pki.key("rsa-2048")?.pem;

    let rs256 = with(int(-257), &rsa);
    let signature = sign::pkcs1(rsa_pem, &rs256.to_be_signed())?;
    let rs256 = rs256.with_signature(signature);
    let hmac = with(int(5), &ec);
    let secret = &suite.pki.key("ec-1")?.spki;
    let signature = sign::hmac(secret, &hmac.to_be_signed());
    let hmac = hmac.with_signature(signature);
    let mut made = vec![
        Case::new("alg-rs256", "hcert-spec §3.3.2: RS256 (-257) with a right signature of an RSA key. HCERT allows ES256 and PS256 alone.", &rs256)?
            .trust(&["rsa-2048"]).invalid("algorithm", "alg-unsupported"),
        Case::new("alg-hmac", "RFC 9052 §8: HMAC-SHA-256 (5) with the public key (its SubjectPublicKeyInfo) as the secret. Anybody can make it.", &hmac)?
            .invalid("algorithm", "alg-unsupported"),
    ];
    for (id, what, value) in [
        ("es384", "ES384 (-35)", int(-35)),
        ("eddsa", "EdDSA (-8)", int(-8)),
        ("ps384", "PS384 (-38)", int(-38)),
        ("zero", "the reserved number 0", int(0)),
        ("positive", "7, which is -7 without its sign", int(7)),
        ("private", "a number of the private range", int(-70_000)),
        ("huge", "-2^64", [&[0x3b][..], &[0xff; 8]].concat()),
        ("text-es256", "the text ES256", text("ES256")),
        ("text-none", "the text none", text("none")),
    ] {
        let message = by_ec(with(value, &ec))?;
        made.push(
            Case::new(
                format!("alg-{id}"),
                format!("hcert-spec §3.3.2: alg is {what}; the signature is a right ES256 one."),
                &message,
            )?
            .invalid("algorithm", "alg-unsupported"),
        );
    }
    let empty = with(text("none"), &ec);
    made.push(
        Case::new(
            "alg-none-empty-signature",
            "alg is the text none and the signature is empty.",
            &empty,
        )?
        .invalid("algorithm", "alg-unsupported"),
    );
    let es_on_rsa = by_ec(with(int(-7), &rsa))?;
    made.push(
        Case::new("alg-es256-rsa-key", "RFC 9053 §2.1: ES256 with the kid of an RSA key. The algorithm has to fit the key, not the message's wish.", &es_on_rsa)?
            .trust(&["rsa-2048"]).invalid("algorithm", "alg-key-mismatch"),
    );
    let ps_on_ec = with(int(-37), &ec);
    let signature = sign::pss(rsa_pem, &ps_on_ec.to_be_signed(), 32)?;
    made.push(
        Case::new(
            "alg-ps256-ec-key",
            "RFC 8230 §2: PS256 with the kid of a P-256 key.",
            &ps_on_ec.with_signature(signature),
        )?
        .invalid("algorithm", "alg-key-mismatch"),
    );
    made.push(
        Case::new("alg-es256-p-384-key", "RFC 9053 §2.1 with hcert-spec §3.3.2: ES256 with the kid of a P-384 key. ES256 is P-256 here.", &by_ec(with(int(-7), &p384))?)?
            .trust(&["p-384"]).invalid("algorithm", "alg-key-mismatch"),
    );
    made.push(
        Case::new(
            "alg-es256-label-ps256-signature",
            "RFC 9053 §2.1: labelled ES256, but signed with PS256 by the RSA key of the kid.",
            &{
                let message = with(int(-7), &rsa);
                let signature = sign::pss(rsa_pem, &message.to_be_signed(), 32)?;
                message.with_signature(signature)
            },
        )?
        .trust(&["rsa-2048"])
        .invalid("algorithm", "alg-key-mismatch"),
    );
    for case in made {
        suite.push(case.flags(&["algorithm-confusion"]));
    }
    Ok(())
}

fn es256(suite: &mut Suite) -> Result<(), Error> {
    let good = suite.message("dsc", payload())?;
    let raw = good.signature.clone();
    let (r, s) = raw.split_at(32);
    let with = |signature: Vec<u8>| good.clone().with_signature(signature);

    suite.push(
        Case::new("signature-twin", "RFC 9053 §2.1: the twin (r, n − s) of a right signature verifies as well, by the definition of ECDSA. Revocation by signature must therefore hash r alone.", &with(sign::twin(&raw)?))?
            .flags(&["malleability"]),
    );
    let zero = [0; 32];
    let mut padded = vec![0; 16];
    padded.extend_from_slice(r);
    padded.extend([0; 16]);
    padded.extend_from_slice(s);
    let plus_one = {
        let mut n = sign::ORDER;
        n[31] += 1;
        n
    };
    for (id, what, signature) in [
        (
            "der",
            "in DER (ECDSA-Sig-Value), not r‖s",
            der::ecdsa_signature(&raw),
        ),
        (
            "63-bytes",
            "without its last byte",
            raw.get(..63).unwrap_or_default().to_vec(),
        ),
        (
            "65-bytes",
            "with a zero byte after it",
            [&raw[..], &[0]].concat(),
        ),
        (
            "65-bytes-leading",
            "with a zero byte before it",
            [&[0][..], &raw].concat(),
        ),
        (
            "96-bytes",
            "with r and s padded to 48 bytes each; a reader that splits in the middle accepts it",
            padded,
        ),
        ("128-bytes", "twice", [&raw[..], &raw].concat()),
        ("empty", "empty", Vec::new()),
        ("r-zero", "with r = 0", [&zero[..], s].concat()),
        ("s-zero", "with s = 0", [r, &zero].concat()),
        ("both-zero", "with r = s = 0", vec![0; 64]),
        (
            "r-order",
            "with r = n, the order of the curve",
            [&sign::ORDER[..], s].concat(),
        ),
        (
            "s-order",
            "with s = n, the order of the curve",
            [r, &sign::ORDER].concat(),
        ),
        (
            "r-above-order",
            "with r = n + 1",
            [&plus_one[..], s].concat(),
        ),
        ("all-ones", "of 64 bytes 0xff", vec![0xff; 64]),
        ("swapped", "with r and s swapped", [s, r].concat()),
        (
            "little-endian",
            "with r and s in little endian",
            r.iter().rev().chain(s.iter().rev()).copied().collect(),
        ),
    ] {
        suite.push(
            Case::new(
                format!("signature-{id}"),
                format!("RFC 9053 §2.1: the signature is {what}."),
                &with(signature),
            )?
            .flags(&["signature-form"])
            .invalid("signature", "bad-signature"),
        );
    }
    // DER signatures have 70 to 72 bytes, by the top bits of r and s.
    for (id, length) in [("70", 70), ("71", 71), ("72", 72)] {
        let found = (0..64).find_map(|n| {
            let mut dcc = v();
            dcc["v"][0]["ci"] = format!("URN:UVCI:01:XX:DER{n}").into();
            let message = suite.certificate(&dcc).ok()?;
            let signature = der::ecdsa_signature(&message.signature);
            (signature.len() == length).then(|| message.with_signature(signature))
        });
        let message = found.ok_or("no DER signature of that length")?;
        suite.push(
            Case::new(
                format!("signature-der-{id}-bytes"),
                format!("RFC 9053 §2.1: the signature is in DER and has {length} bytes."),
                &message,
            )?
            .flags(&["signature-form"])
            .invalid("signature", "bad-signature"),
        );
    }

    let mut changed = v();
    changed["nam"]["fnt"] = "MUSTERMANN".into();
    let mut tampered = good.clone();
    tampered.payload = Claims::of(&changed).bytes();
    suite.push(
        Case::new(
            "signature-payload-changed",
            "RFC 9052 §4.4: the name was changed after signing.",
            &tampered,
        )?
        .invalid("signature", "bad-signature"),
    );
    let mut later = good.clone();
    later.payload = Claims::of(&v()).set(4, int(super::EXP + 1)).bytes();
    suite.push(
        Case::new(
            "signature-expiry-changed",
            "RFC 9052 §4.4: exp was raised by a second after signing.",
            &later,
        )?
        .invalid("signature", "bad-signature"),
    );
    let mut header = good.clone();
    header.protected = map(&[
        super::alg(-7),
        kid_member(&kid(suite, "dsc")?),
        (int(99), int(1)),
    ]);
    suite.push(
        Case::new(
            "signature-protected-changed",
            "RFC 9052 §4.4: a parameter was put into the protected header after signing.",
            &header,
        )?
        .invalid("signature", "bad-signature"),
    );
    let other = good
        .clone()
        .with_signature(suite.pki.sign("ec-2", &good.to_be_signed())?);
    suite.push(
        Case::new("signature-of-another-key", "The kid is that of one trusted key and the signature that of another one. Trying every key whatever the kid would accept it.", &other)?
            .trust(&["dsc", "dsc-2"])
            .flags(&["kid-collision"])
            .invalid("signature", "bad-signature"),
    );
    for (id, what, message) in [
        ("payload-alone", "the payload alone", good.payload.clone()),
        ("other-context", "the context COSE_Sign (\"Signature\")", {
            let [p, _, c, _] = good.members();
            super::cbor::array(&[text("Signature"), p, bytes(b""), c])
        }),
        (
            "with-external-data",
            "a Sig_structure with external data",
            {
                let [p, _, c, _] = good.members();
                super::cbor::array(&[text("Signature1"), p, bytes(b"HC1:"), c])
            },
        ),
    ] {
        let signature = suite.pki.sign("ec-1", &message)?;
        suite.push(
            Case::new(format!("signature-over-{id}"), format!("RFC 9052 §4.4: the signature is over {what}, not over the Sig_structure of COSE_Sign1."), &with(signature))?
                .invalid("signature", "bad-signature"),
        );
    }
    Ok(())
}

fn ps256(suite: &mut Suite) -> Result<(), Error> {
    let pem = &suite.pki.key("rsa-2048")?.pem.clone();
    let good = suite.message("rsa-2048", payload())?;
    suite.push(
        Case::new(
            "ps256-valid",
            "hcert-spec §3.3.2: PS256 with a key of 2048 bits.",
            &good,
        )?
        .trust(&["rsa-2048"]),
    );
    suite.push(
        Case::new(
            "ps256-strict",
            "hcert-spec §3.3.2: PS256 is no departure from the specification.",
            &good,
        )?
        .trust(&["rsa-2048"])
        .policy("strict"),
    );
    let message = good.to_be_signed();
    for (id, what, signature) in [
        (
            "salt-0",
            "a salt of 0 bytes, not of 32",
            sign::pss(pem, &message, 0)?,
        ),
        (
            "salt-20",
            "a salt of 20 bytes, not of 32",
            sign::pss(pem, &message, 20)?,
        ),
        (
            "salt-64",
            "a salt of 64 bytes, not of 32",
            sign::pss(pem, &message, 64)?,
        ),
        (
            "pkcs1",
            "RSASSA-PKCS1-v1_5 padding",
            sign::pkcs1(pem, &message)?,
        ),
        (
            "short",
            "no last byte",
            good.signature.get(..255).unwrap_or_default().to_vec(),
        ),
        (
            "long",
            "a zero byte before it",
            [&[0][..], &good.signature].concat(),
        ),
        ("zero", "256 zero bytes in its place", vec![0; 256]),
        (
            "ones",
            "a value above the modulus in its place",
            vec![0xff; 256],
        ),
        ("empty", "no byte at all", vec![]),
    ] {
        suite.push(
            Case::new(
                format!("ps256-{id}"),
                format!("RFC 8230 §2: the signature has {what}."),
                &good.clone().with_signature(signature),
            )?
            .trust(&["rsa-2048"])
            .flags(&["signature-form"])
            .invalid("signature", "bad-signature"),
        );
    }
    let short = suite.message("rsa-1024", payload())?;
    suite.push(
        Case::new("rsa-too-short", "RFC 8230 §6.1: an RSA key of 1024 bits, where at least 2048 are wanted. One country had such keys.", &short)?
            .trust(&["rsa-1024"])
            .invalid("algorithm", "rsa-too-short"),
    );
    suite.push(
        Case::new(
            "rsa-1024-accepted",
            "The same under a policy that lets keys of 1024 bits pass.",
            &short,
        )?
        .trust(&["rsa-1024"])
        .flags(&["choice"])
        .policy("accept-rsa-1024"),
    );
    let mislabelled = Message::new(protected(-257, &kid(suite, "rsa-1024")?), payload());
    let signature = sign::pkcs1(&suite.pki.key("rsa-1024")?.pem, &mislabelled.to_be_signed())?;
    suite.push(
        Case::new(
            "rsa-1024-rs256",
            "RS256 by a key of 1024 bits: the algorithm is refused before the length is looked at.",
            &mislabelled.with_signature(signature),
        )?
        .trust(&["rsa-1024"])
        .flags(&["algorithm-confusion"])
        .policy("accept-rsa-1024")
        .invalid("algorithm", "alg-unsupported"),
    );
    Ok(())
}

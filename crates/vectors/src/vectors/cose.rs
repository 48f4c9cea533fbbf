//! COSE_Sign1 and its headers (hcert-spec 1.0.8 §3.3; RFC 9052 §3 and §4.2).

use super::cbor::{self, array, bytes, indefinite, int, map, text};
use super::{Case, Claims, Error, Message, Suite, alg, kid_member, protected, v};

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    tags(suite)?;
    structure(suite)?;
    malformed(suite)?;
    forms(suite)?;
    header_types(suite)?;
    header_sources(suite)
}

fn payload() -> Vec<u8> {
    Claims::of(&v()).bytes()
}

fn tags(suite: &mut Suite) -> Result<(), Error> {
    let good = suite.message("dsc", payload())?;
    for (id, tags, what, deviations) in [
        (
            "18",
            &[0xd2][..],
            "tag 18, as the specification wants it",
            &[][..],
        ),
        (
            "18-long",
            &[0xd8, 0x12],
            "tag 18 in a longer head than needed",
            &[],
        ),
        (
            "none",
            &[],
            "no tag, as some issuers write it",
            &["cose-untagged"],
        ),
        (
            "61-18",
            &[0xd8, 0x3d, 0xd2],
            "tag 61 (CWT, RFC 8392 §6) around tag 18",
            &["cose-cwt-tag"],
        ),
        (
            "61",
            &[0xd8, 0x3d],
            "tag 61 (CWT) around an untagged structure",
            &["cose-cwt-tag", "cose-untagged"],
        ),
    ] {
        let mut case = Case::new(
            format!("cose-tag-{id}"),
            format!("RFC 9052 §2: {what}."),
            &good.clone().tags(tags),
        )?
        .flags(&["cose-tag"]);
        if !deviations.is_empty() {
            case = case.deviates(deviations);
        }
        suite.push(case);
    }
    for (id, tags, what, code) in [
        ("98", &[0xd8, 0x62][..], "tag 98, COSE_Sign", "cose-tag"),
        ("17", &[0xd1], "tag 17, COSE_Mac0", "cose-tag"),
        (
            "61-17",
            &[0xd8, 0x3d, 0xd1],
            "tag 17 inside tag 61",
            "cose-tag",
        ),
        (
            "55799",
            &[0xd9, 0xd9, 0xf7, 0xd2],
            "the self-description tag of CBOR in front",
            "cose-tag",
        ),
        (
            "61-61",
            &[0xd8, 0x3d, 0xd8, 0x3d, 0xd2],
            "tag 61 twice",
            "cose-tag",
        ),
        (
            "18-61",
            &[0xd2, 0xd8, 0x3d],
            "tag 61 inside tag 18, the wrong way round",
            "cose-structure",
        ),
        ("18-18", &[0xd2, 0xd2], "tag 18 twice", "cose-structure"),
    ] {
        let case = Case::new(
            format!("cose-tag-{id}"),
            format!("RFC 9052 §2: {what}."),
            &good.clone().tags(tags),
        )?;
        suite.push(case.flags(&["cose-tag"]).invalid("decode", code));
    }
    Ok(())
}

fn structure(suite: &mut Suite) -> Result<(), Error> {
    let good = suite.message("dsc", payload())?;
    let [p, u, c, s] = good.members();
    let header = good.protected.clone();
    let tagged = |item: Vec<u8>| [vec![0xd2], item].concat();
    for (id, what, cose) in [
        (
            "three-members",
            "the signature is missing",
            tagged(array(&[p.clone(), u.clone(), c.clone()])),
        ),
        (
            "five-members",
            "a fifth member",
            tagged(array(&[
                p.clone(),
                u.clone(),
                c.clone(),
                s.clone(),
                vec![0xf6],
            ])),
        ),
        (
            "map",
            "a map in the place of the array",
            tagged(map(&[(int(1), s.clone())])),
        ),
        (
            "bytes",
            "a byte string in the place of the array",
            tagged(bytes(b"certificate")),
        ),
        (
            "protected-map",
            "the protected header is a map, not a byte string around one",
            tagged(array(&[header, u.clone(), c.clone(), s.clone()])),
        ),
        (
            "protected-null",
            "the protected header is null",
            tagged(array(&[vec![0xf6], u.clone(), c.clone(), s.clone()])),
        ),
        (
            "protected-array",
            "the protected header holds an array",
            tagged(array(&[
                bytes(&array(&[int(-7)])),
                u.clone(),
                c.clone(),
                s.clone(),
            ])),
        ),
        (
            "unprotected-bytes",
            "the unprotected header is a byte string",
            tagged(array(&[p.clone(), bytes(&[0xa0]), c.clone(), s.clone()])),
        ),
        (
            "unprotected-null",
            "the unprotected header is null",
            tagged(array(&[p.clone(), vec![0xf6], c.clone(), s.clone()])),
        ),
        (
            "payload-null",
            "the payload is detached (null); HCERT has nowhere to take it from",
            tagged(array(&[p.clone(), u.clone(), vec![0xf6], s.clone()])),
        ),
        (
            "payload-map",
            "the payload is a map, not a byte string around one",
            tagged(array(&[
                p.clone(),
                u.clone(),
                good.payload.clone(),
                s.clone(),
            ])),
        ),
        (
            "signature-text",
            "the signature is a text",
            tagged(array(&[p.clone(), u.clone(), c.clone(), text("signature")])),
        ),
        (
            "signature-list",
            "a list of signatures, as in COSE_Sign",
            tagged(array(&[p, u, c, array(&[s])])),
        ),
    ] {
        suite.push(
            Case::cose(
                format!("cose-structure-{id}"),
                format!("RFC 9052 §4.2: {what}."),
                cose,
            )?
            .invalid("decode", "cose-structure"),
        );
    }
    Ok(())
}

fn malformed(suite: &mut Suite) -> Result<(), Error> {
    let good = suite.message("dsc", payload())?;
    let whole = good.bytes();
    let [p, u, _, s] = good.members();
    let extra = |value: Vec<u8>| good.clone().unprotected(&[(int(99), value)]).bytes();
    let in_protected = |header: Vec<u8>| -> Result<Vec<u8>, Error> {
        Ok(suite
            .signed("dsc", Message::new(header, payload()))?
            .bytes())
    };
    let kid = suite.pki.trusted("dsc")?.kid.clone();
    let mut deep = vec![0x81; 100];
    deep.push(0);
    let cases = [
        (
            "cut-off-last-byte",
            "RFC 8949 §3: the last byte is missing.",
            whole.get(..whole.len() - 1).unwrap_or_default().to_vec(),
            "cbor-cut-off",
        ),
        (
            "cut-off-head",
            "RFC 8949 §3: nothing follows the tag.",
            vec![0xd2],
            "cbor-cut-off",
        ),
        (
            "cut-off-payload-length",
            "RFC 8949 §3: the payload declares 2^63 bytes. Nothing may be allocated for what is not there.",
            [&[0xd2, 0x84], &p[..], &u, &cbor::long_head(2, 1 << 63), &s].concat(),
            "cbor-cut-off",
        ),
        (
            "cut-off-map-length",
            "RFC 8949 §3: the unprotected header declares 2^32 members.",
            [&[0xd2, 0x84], &p[..], &cbor::head(5, 1 << 32), &s, &s].concat(),
            "cbor-cut-off",
        ),
        (
            "malformed-reserved",
            "RFC 8949 §3: a head with the reserved additional information 28.",
            extra(vec![0x1c]),
            "cbor-malformed",
        ),
        (
            "malformed-break",
            "RFC 8949 §3.2.1: a break outside an item of indefinite length.",
            extra(vec![0xff]),
            "cbor-malformed",
        ),
        (
            "malformed-simple",
            "RFC 8949 §3.3: a simple value below 32 in two bytes.",
            extra(vec![0xf8, 0x14]),
            "cbor-malformed",
        ),
        (
            "malformed-utf-8",
            "RFC 8949 §3.1: a text that is not UTF-8.",
            extra(vec![0x62, 0xc3, 0x28]),
            "cbor-malformed",
        ),
        (
            "malformed-chunk-type",
            "RFC 8949 §3.2.3: a text chunk inside a byte string.",
            extra(vec![0x5f, 0x61, 0x61, 0xff]),
            "cbor-malformed",
        ),
        (
            "too-deep",
            "100 arrays inside each other; a reader that recurses needs a limit.",
            extra(deep),
            "cbor-too-deep",
        ),
        (
            "too-many",
            "4,100 items in a header.",
            extra([cbor::head(4, 4100), vec![0; 4100]].concat()),
            "cbor-too-many",
        ),
        (
            "trailing-byte",
            "RFC 8949 §5.3.1: a byte follows the structure.",
            [&whole[..], &[0]].concat(),
            "cbor-trailing",
        ),
        (
            "trailing-message",
            "RFC 8949 §5.3.1: a second message follows.",
            [&whole[..], &whole[..]].concat(),
            "cbor-trailing",
        ),
        (
            "trailing-in-protected",
            "RFC 9052 §3: a byte follows the map in the protected header.",
            in_protected([&protected(-7, &kid)[..], &[0]].concat())?,
            "cbor-trailing",
        ),
        (
            "duplicate-kid",
            "RFC 9052 §3: kid twice in the protected header. Which one counts depends on the reader.",
            in_protected(map(&[alg(-7), kid_member(&kid), kid_member(&[0; 8])]))?,
            "cbor-duplicate-key",
        ),
        (
            "duplicate-alg",
            "RFC 9052 §3: alg twice in the protected header.",
            in_protected(map(&[alg(-7), alg(-37), kid_member(&kid)]))?,
            "cbor-duplicate-key",
        ),
        (
            "duplicate-alg-spelling",
            "RFC 8949 §5.6: alg twice, the second label in a longer head.",
            in_protected(map(&[alg(-7), (vec![0x18, 1], int(-7)), kid_member(&kid)]))?,
            "cbor-duplicate-key",
        ),
        (
            "duplicate-unprotected",
            "RFC 9052 §3: a label twice in the unprotected header.",
            good.clone()
                .unprotected(&[kid_member(&kid), kid_member(&kid)])
                .bytes(),
            "cbor-duplicate-key",
        ),
        (
            "key-type",
            "RFC 9052 §1.5: a label is an integer or a text; here it is the float 4.0.",
            in_protected(map(&[alg(-7), (cbor::float(4.0), bytes(&kid))]))?,
            "cbor-key-type",
        ),
    ];
    for (id, description, cose, code) in cases {
        let limit: &[&str] = if id.starts_with("too-") {
            &["cbor-form", "limit"]
        } else {
            &["cbor-form"]
        };
        suite.push(
            Case::cose(format!("cose-cbor-{id}"), description, cose)?
                .flags(limit)
                .invalid("decode", code),
        );
    }
    Ok(())
}

fn forms(suite: &mut Suite) -> Result<(), Error> {
    let good = suite.message("dsc", payload())?;
    let [p, u, c, s] = good.members();
    let tagged = |item: Vec<u8>| [vec![0xd2], item].concat();
    for (id, what, cose) in [
        (
            "array",
            "the array of the COSE_Sign1",
            tagged(indefinite(
                0x9f,
                &[p.clone(), u.clone(), c.clone(), s.clone()],
            )),
        ),
        (
            "unprotected",
            "the unprotected header",
            tagged(array(&[
                p.clone(),
                indefinite(0xbf, &[]),
                c.clone(),
                s.clone(),
            ])),
        ),
        (
            "protected-bytes",
            "the byte string of the protected header, in chunks",
            tagged(array(&[
                cbor::chunked(&good.protected),
                u.clone(),
                c.clone(),
                s.clone(),
            ])),
        ),
        (
            "payload-bytes",
            "the byte string of the payload, in chunks",
            tagged(array(&[
                p.clone(),
                u.clone(),
                cbor::chunked(&good.payload),
                s.clone(),
            ])),
        ),
        (
            "signature-bytes",
            "the byte string of the signature, in chunks",
            tagged(array(&[
                p.clone(),
                u.clone(),
                c.clone(),
                cbor::chunked(&good.signature),
            ])),
        ),
    ] {
        suite.push(
            Case::written(
                format!("cose-indefinite-{id}"),
                format!("RFC 8949 §3.2: indefinite length of {what}. The Sig_structure (RFC 9052 §4.4) has definite lengths all the same."),
                &good,
                cose,
            )?
            .flags(&["cbor-form", "unpublished"])
            .deviates(&["cbor-indefinite-length"]),
        );
    }
    let kid = suite.pki.trusted("dsc")?.kid.clone();
    let header = indefinite(0xbf, &[int(1), int(-7), int(4), bytes(&kid)]);
    let message = suite.signed("dsc", Message::new(header, payload()))?;
    suite.push(
        Case::new("cose-indefinite-protected-map", "RFC 8949 §3.2: the map in the protected header has indefinite length. It is signed as it stands.", &message)?
            .flags(&["cbor-form", "unpublished"])
            .deviates(&["cbor-indefinite-length"]),
    );
    let long = [
        &[0xd2, 0x84][..],
        &p,
        &u,
        &cbor::long_head(2, good.payload.len() as u64),
        &good.payload,
        &s,
    ]
    .concat();
    suite.push(
        Case::written("cose-long-head", "RFC 9052 §4.4: the length of the payload is written in eight bytes; in the Sig_structure it is in its shortest form.", &good, long)?
            .flags(&["cbor-form"]),
    );
    let header = map(&[kid_member(&kid), alg(-7)]);
    let message = suite.signed("dsc", Message::new(header, payload()))?;
    suite.push(
        Case::new("cose-unsorted-protected", "RFC 9052 §3: the protected header is not sorted. It is signed as it stands, so it must not be encoded anew.", &message)?
            .flags(&["cbor-form"]),
    );
    let header = map(&[
        alg(-7),
        kid_member(&kid),
        (int(3), int(0)),
        (text("note"), text("x")),
    ]);
    let message = suite.signed("dsc", Message::new(header, payload()))?;
    suite.push(
        Case::new("cose-further-parameters", "RFC 9052 §3.1: the content type is that of a plain text (0), beside a further parameter with a text label.", &message)?
            .flags(&["header-type", "choice"])
            .invalid("decode", "cose-content-type"),
    );
    let header = map(&[
        alg(-7),
        kid_member(&kid),
        (int(-70_000), int(0)),
        (text("note"), text("x")),
    ]);
    let message = suite.signed("dsc", Message::new(header, payload()))?;
    suite.push(Case::new("cose-further-parameters-ignored", "RFC 9052 §3: further header parameters, a private one and one with a text label, are ignored.", &message)?);
    Ok(())
}

fn header_types(suite: &mut Suite) -> Result<(), Error> {
    let kid = suite.pki.trusted("dsc")?.kid.clone();
    let kid = &kid[..];
    let alg_of = |value: Vec<u8>| map(&[(int(1), value), kid_member(kid)]);
    let kid_of = |value: Vec<u8>| map(&[alg(-7), (int(4), value)]);
    for (id, what, header) in [
        ("kid-integer", "kid is an integer", kid_of(int(42))),
        (
            "kid-text",
            "kid is a text that is no base64",
            kid_of(text("kid")),
        ),
        (
            "kid-array",
            "kid is an array of bytes",
            kid_of(array(&[bytes(kid)])),
        ),
        ("kid-null", "kid is null", kid_of(vec![cbor::NULL])),
        ("kid-map", "kid is a map", kid_of(map(&[]))),
        ("alg-null", "alg is null", alg_of(vec![cbor::NULL])),
        (
            "alg-float",
            "alg is the float -7.0",
            alg_of(cbor::float(-7.0)),
        ),
        ("alg-bytes", "alg is a byte string", alg_of(bytes(&[0x26]))),
        (
            "alg-bignum",
            "alg is a big number",
            alg_of(cbor::tag(3, &bytes(&[6]))),
        ),
        (
            "alg-array",
            "alg is an array of algorithms",
            alg_of(array(&[int(-7), int(-37)])),
        ),
    ] {
        let message = suite.signed("dsc", Message::new(header, payload()))?;
        suite.push(
            Case::new(
                format!("cose-header-type-{id}"),
                format!("RFC 9052 §3.1: {what}."),
                &message,
            )?
            .flags(&["header-type"])
            .invalid("decode", "cose-header-type"),
        );
    }
    let kid_value = (int(4), int(42));
    let message = suite.message("dsc", payload())?.unprotected(&[kid_value]);
    suite.push(
        Case::new("cose-header-type-kid-unprotected", "RFC 9052 §3.1: kid is an integer in the unprotected header, next to a good protected one.", &message)?
            .flags(&["header-type", "choice"])
            .invalid("decode", "cose-header-type"),
    );
    let message = suite.signed(
        "dsc",
        Message::new(map(&[alg(-7), kid_member(&[9; 256])]), payload()),
    )?;
    suite.push(
        Case::new(
            "cose-header-type-kid-256",
            "A kid of 256 bytes, more than this project keeps for a key.",
            &message,
        )?
        .flags(&["header-type", "limit"])
        .invalid("decode", "cose-header-type"),
    );
    let crit = (int(2), array(&[int(4)]));
    let message = suite.signed(
        "dsc",
        Message::new(map(&[alg(-7), crit.clone(), kid_member(kid)]), payload()),
    )?;
    suite.push(
        Case::new("cose-critical", "RFC 9052 §3.1: crit names parameters that a reader must understand. HCERT defines none.", &message)?
            .flags(&["header-type", "choice"])
            .invalid("decode", "cose-critical"),
    );
    let ended = (int(15), map(&[(int(4), int(1_622_678_400))]));
    let message = suite.message("dsc", payload())?.unprotected(&[ended]);
    suite.push(
        Case::new("cose-header-claims", "RFC 9597: claims in a header, here an exp that is over. Certificates have them in the payload, and none is overlooked.", &message)?
            .flags(&["header-type", "choice"])
            .invalid("decode", "cose-header-claims"),
    );
    let ended = (text("CWT Claims"), map(&[(int(4), int(1_622_678_400))]));
    let message = suite.message("dsc", payload())?.unprotected(&[ended]);
    suite.push(
        Case::new(
            "cose-header-claims-name",
            "RFC 9597: the same under the name of the parameter.",
            &message,
        )?
        .flags(&["header-type", "choice"])
        .invalid("decode", "cose-header-claims"),
    );
    for (id, what, label, value, fails) in [
        (
            "content-type-document",
            "RFC 9052 §3.1: the content type is that of a document of this project, which another key of the same maker may sign.",
            3,
            text("application/x.hcert-document; purpose=rules"),
            true,
        ),
        (
            "content-type-json",
            "The content type is that of JSON (50).",
            3,
            int(50),
            true,
        ),
        (
            "content-type-cwt",
            "The content type is that of a CWT (61), as some issuers write it.",
            3,
            int(61),
            false,
        ),
        (
            "typ-snapshot",
            "RFC 9596: typ is that of a trust snapshot of this project.",
            16,
            text("application/x.hcert-trust-snapshot"),
            true,
        ),
        (
            "typ-cwt",
            "RFC 9596: typ is that of a CWT.",
            16,
            text("application/cwt"),
            false,
        ),
    ] {
        let header = map(&[alg(-7), (int(label), value), kid_member(kid)]);
        let made = Case::new(
            format!("cose-{id}"),
            what,
            &suite.signed("dsc", Message::new(header, payload()))?,
        )?;
        let made = made.flags(&["header-type", "choice"]);
        suite.push(match fails {
            true => made.invalid("decode", "cose-content-type"),
            false => made,
        });
    }
    let message = suite.message("dsc", payload())?.unprotected(&[crit]);
    suite.push(
        Case::new("cose-critical-unprotected", "RFC 9052 §3.1: crit has to be protected; in the unprotected header it is wrong in any case.", &message)?
            .flags(&["header-type"])
            .invalid("decode", "cose-critical"),
    );
    Ok(())
}

fn header_sources(suite: &mut Suite) -> Result<(), Error> {
    let kid = suite.pki.trusted("dsc")?.kid.clone();
    let other = suite.pki.trusted("dsc-2")?.kid.clone();
    let only_alg = map(&[alg(-7)]);
    let only_kid = map(&[kid_member(&kid)]);
    let usual = protected(-7, &kid);
    let sign = |header: &[u8], unprotected: &[(Vec<u8>, Vec<u8>)]| {
        suite.signed(
            "dsc",
            Message::new(header.to_vec(), payload()).unprotected(unprotected),
        )
    };
    let mut made = vec![
        Case::new("kid-unprotected", "hcert-spec §3.3.3: kid in the unprotected header alone, which the specification allows for and many issuers do. Nobody has signed it; a wrong one finds no key, or a key that does not verify.", &sign(&only_alg, &[kid_member(&kid)])?)?
            .deviates(&["kid-unprotected"]),
        Case::new("kid-in-both", "hcert-spec §3.3.3: the same kid in both headers.", &sign(&usual, &[kid_member(&kid)])?)?,
        Case::new("kid-differs-protected-known", "hcert-spec §3.3.3: two different kids; the protected one is used, and it is known.", &sign(&usual, &[kid_member(&other)])?)?
            .trust(&["dsc", "dsc-2"])
            .deviates(&["kid-differs"]),
        Case::new("kid-differs-unprotected-known", "hcert-spec §3.3.3: two different kids; only the unprotected one is known, and it is not used.", &sign(&protected(-7, &[0; 8]), &[kid_member(&kid)])?)?
            .fails("unascertained", "key", "unknown-key")
            .deviates(&["kid-differs"]),
        Case::new("kid-missing", "hcert-spec §3.3.3: no kid in either header. Nothing says that the certificate is false, and nothing tells which key to try.", &sign(&only_alg, &[])?)?
            .flags(&["choice"])
            .fails("unascertained", "key", "kid-missing"),
        Case::new("alg-unprotected", "hcert-spec §3.3.2: alg in the unprotected header alone. It must fit the key in any case, so it decides nothing.", &sign(&only_kid, &[alg(-7)])?)?
            .deviates(&["alg-unprotected"]),
        Case::new("alg-unprotected-wrong", "An alg in the unprotected header alone that does not fit the key.", &sign(&only_kid, &[alg(-37)])?)?
            .flags(&["algorithm-confusion"])
            .invalid("algorithm", "alg-key-mismatch")
            .deviates(&["alg-unprotected"]),
        Case::new("alg-differs", "RFC 9052 §3: two different algs; the protected one is used.", &sign(&usual, &[alg(-37)])?)?.deviates(&["alg-differs"]),
        Case::new("alg-differs-protected-wrong", "RFC 9052 §3: two different algs; the protected one is used, and does not fit the key.", &sign(&protected(-37, &kid), &[alg(-7)])?)?
            .flags(&["algorithm-confusion"])
            .invalid("algorithm", "alg-key-mismatch").deviates(&["alg-differs"]),
        Case::new("alg-missing", "hcert-spec §3.3.2: no alg in either header. It is not guessed from the key.", &sign(&only_kid, &[])?)?
            .invalid("algorithm", "alg-missing"),
        Case::new("header-protected-empty", "RFC 9052 §3: the protected header is the empty byte string, and both parameters are unprotected.", &sign(&[], &[alg(-7), kid_member(&kid)])?)?
            .deviates(&["alg-unprotected", "kid-unprotected"]),
        Case::new("header-protected-empty-map", "RFC 9052 §3 and §4.4: the protected header is a byte string around an empty map. It has no parameters, so an empty byte string was signed in its place.", &{
            let mut message = sign(&[], &[alg(-7), kid_member(&kid)])?;
            message.protected = map(&[]);
            message
        })?
        .deviates(&["alg-unprotected", "kid-unprotected"]),
        Case::new("header-protected-empty-map-signed", "The same, but signed over the byte string around the empty map, as encoders do that sign what they send.", &sign(&map(&[]), &[alg(-7), kid_member(&kid)])?)?
            .flags(&["choice"])
            .deviates(&["alg-unprotected", "kid-unprotected"]),
        Case::new("header-strict-kid-unprotected", "hcert-spec §3.3.3: verifiers must accept the kid in either header; the strict policy does so.", &sign(&only_alg, &[kid_member(&kid)])?)?
            .policy("strict")
            .deviates(&["kid-unprotected"]),
    ];
    for (id, entry, what) in [
        (
            "ascii",
            "kid-ascii",
            "6 ASCII characters, as one issuer had it in production",
        ),
        ("short", "kid-short", "3 bytes"),
        ("long", "kid-long", "32 bytes"),
    ] {
        let message = suite.message(entry, payload())?;
        made.push(
            Case::new(format!("kid-length-{id}"), format!("hcert-spec §3.3.3: a kid of {what}, not of 8 bytes. It is found as it stands in the trust list."), &message)?
                .trust(&[entry])
                .deviates(&["kid-length"]),
        );
    }
    let message = sign(&protected(-7, kid.get(..7).unwrap_or_default()), &[])?;
    made.push(
        Case::new(
            "kid-length-cut-off",
            "A kid of 7 bytes that is the beginning of a known one: kids are compared whole.",
            &message,
        )?
        .fails("unascertained", "key", "unknown-key")
        .deviates(&["kid-length"]),
    );
    for case in made {
        suite.push(case.flags(&["header-source"]));
    }
    Ok(())
}

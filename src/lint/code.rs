//! The layers of a code, from the text inwards.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use ciborium::Value;

use super::cbor::style;
use super::dsc::{self, Signer};
use super::{Linter, Report, dcc, member_name};
use crate::codec::cbor;
use crate::crypto::Algorithm;
use crate::envelope::cose::{CoseSign1, DeclaredAlgorithm};
use crate::format::hc1::cwt::{Claims, TimeClaim};
use crate::format::hc1::{ddcc, payload, text};
use crate::format::{DeviationCode, Format, Unverified};
use crate::qr::{EcLevel, QrSymbol};
use crate::record::{
    Entry, Generation, PayloadKind, ProductCatalogue, Record, TEMPLATE, ValueSets, YellowCard,
};

/// alg and kid (RFC 9052 §3.1).
const PARAMETERS: [i128; 2] = [1, 4];
/// iss, exp, nbf, iat, hcert.
const CLAIMS: [i128; 5] = [1, 4, 5, 6, -260];

pub(super) fn lint(linter: &Linter, code: &str, report: &mut Report) {
    let unverified = match Unverified::parse(code, &linter.limits) {
        Ok(other) if other.format() != Format::Hc1 => return read(linter, &other, report),
        Ok(unverified) => unverified,
        Err(error) => return report.error(error.code(), "", &error),
    };
    compression(linter, code, unverified.cose_bytes(), report);
    message(linter, &unverified, report);
}

impl Linter {
    fn catalogue(&self) -> ProductCatalogue {
        let builtin = ProductCatalogue::builtin;
        self.products.clone().unwrap_or_else(builtin)
    }
}

/// What reading says of a format that has no rules of its own here.
fn read(linter: &Linter, unverified: &Unverified, report: &mut Report) {
    let (content, noted) = unverified.unverified_content(&linter.catalogue());
    for deviation in unverified.deviations().iter().chain(&noted) {
        report.deviation(deviation);
    }
    let unread = content.claims().err().or(content.record().err());
    if let Some(error) = unread {
        report.error(error.code(), "", error);
    }
}

/// The same from the COSE_Sign1 on.
pub(super) fn lint_cose(linter: &Linter, bytes: &[u8], report: &mut Report) {
    match Unverified::from_cose(bytes.to_vec(), &linter.limits) {
        Ok(unverified) => message(linter, &unverified, report),
        Err(error) => report.error(error.code(), "", &error),
    }
}

fn message(linter: &Linter, unverified: &Unverified, report: &mut Report) {
    for deviation in unverified.deviations() {
        report.deviation(deviation);
    }
    headers(unverified, report);

    // The same bytes a second time, for what the headers do not show.
    let cose = unverified.cose_bytes().to_vec();
    let Ok(cose) = CoseSign1::parse(cose, &linter.limits, &mut Vec::new()) else {
        return;
    };
    report.fact("protected-bytes", cose.protected().len());
    encoding("cose", cose.bytes(), report);
    encoding("protected", cose.protected(), report);
    // The headers were checked as they were parsed, the payload was not.
    let payload = cose.unverified_payload();
    if cbor::check(payload, &linter.limits).is_ok() {
        encoding("cwt", payload, report);
    }

    let (claims, record) = content(linter, &cose, report);
    signer(linter, unverified, claims.as_ref(), record.as_ref(), report);
}

/// Whether a better compression would give a smaller symbol.
fn compression(linter: &Linter, code: &str, cose: &[u8], report: &mut Report) {
    use std::io::Write as _;
    if text::decode(code, &linter.limits, &mut Vec::new()).is_err() {
        return;
    }
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let Ok(best) = zlib.write_all(cose).and_then(|()| zlib.finish()) else {
        return;
    };
    let version = |text: &str| QrSymbol::encode(text, EcLevel::Q).map(|symbol| symbol.version());
    if let (Ok(now), Ok(best)) = (version(code.trim()), version(&text::encode(&best)))
        && best < now
    {
        report.find("zlib-level", "zlib");
    }
}

fn encoding(at: &str, bytes: &[u8], report: &mut Report) {
    let style = style(bytes);
    for (is, code) in [
        (style.unsorted, "cbor-unsorted"),
        (style.longer, "cbor-longer"),
        (style.longer_float, "cbor-longer-float"),
    ] {
        if is {
            report.find(code, at);
        }
    }
}

fn headers(unverified: &Unverified, report: &mut Report) {
    let Some((tags, protected, unprotected)) = taken_apart(unverified.cose_bytes()) else {
        return;
    };
    let tags: Vec<_> = tags.iter().map(u64::to_string).collect();
    let tags = if tags.is_empty() {
        "none".to_owned()
    } else {
        tags.join(" ")
    };
    report.fact("tags", tags);
    for (name, parameter) in [("alg", PARAMETERS[0]), ("kid", PARAMETERS[1])] {
        let at = match (has(&protected, parameter), has(&unprotected, parameter)) {
            (true, false) => "protected",
            (false, true) => "unprotected",
            (true, true) => "both",
            (false, false) => "none",
        };
        report.fact(if name == "alg" { "alg-at" } else { "kid-at" }, at);
        match (name, at) {
            ("kid", "none") => report.find("kid-missing", "kid"),
            ("kid", "both") => report.find("kid-twice", "kid"),
            _ => {}
        }
    }
    for (header, members) in [("protected", &protected), ("unprotected", &unprotected)] {
        for (key, _) in members {
            match integer(key) {
                Some(label) if PARAMETERS.contains(&label) => {}
                _ => report.find("cose-extra-header", format!("{header} {}", name_of(key))),
            }
        }
    }
    let length = unverified.signature().len();
    report.fact("signature-bytes", length);
    let right = match unverified.algorithm() {
        None => return report.find("alg-missing", "alg"),
        Some(DeclaredAlgorithm::Known(algorithm)) => {
            report.fact("alg", algorithm);
            match algorithm {
                Algorithm::Es256 => length == 64,
                Algorithm::Ps256 => {
                    report.find("alg-secondary", "alg");
                    (256..=512).contains(&length)
                }
            }
        }
        Some(_) => {
            report.fact("alg", "other");
            report.find("alg-unsupported", "alg");
            true
        }
    };
    if !right {
        report.find("signature-length", "signature");
    }
}

type Map = Vec<(Value, Value)>;

/// The tags, the protected and the unprotected header of a COSE_Sign1 that
/// was read before.
fn taken_apart(cose: &[u8]) -> Option<(Vec<u64>, Map, Map)> {
    let mut value: Value = ciborium::from_reader(cose).ok()?;
    let mut tags = Vec::new();
    while let Value::Tag(tag, inner) = value {
        tags.push(tag);
        value = *inner;
    }
    let mut members = value.into_array().ok()?.into_iter();
    let protected = match members.next()?.into_bytes().ok()? {
        empty if empty.is_empty() => Vec::new(),
        map => {
            let map: Value = ciborium::from_reader(&map[..]).ok()?;
            map.into_map().ok()?
        }
    };
    Some((tags, protected, members.next()?.into_map().ok()?))
}

fn integer(key: &Value) -> Option<i128> {
    key.as_integer().map(i128::from)
}

fn has(map: &Map, label: i128) -> bool {
    map.iter().any(|(key, _)| integer(key) == Some(label))
}

fn name_of(key: &Value) -> String {
    match (integer(key), key) {
        (Some(label), _) => label.to_string(),
        (None, Value::Text(name)) => member_name(name).to_owned(),
        _ => "?".to_owned(),
    }
}

fn content(
    linter: &Linter,
    cose: &CoseSign1,
    report: &mut Report,
) -> (Option<Claims>, Option<Record>) {
    let mut found = Vec::new();
    let bytes = cose.unverified_payload();
    let claims = Claims::parse_unverified(bytes, &linter.limits, &mut found);
    let products = linter.catalogue();
    let read = |claims| payload::read_unverified(claims, &products, &mut found);
    let record = claims.as_ref().ok().map(read);
    let kind = claims
        .as_ref()
        .ok()
        .and_then(|claims| claims.payload_kind().ok());
    for deviation in &found {
        report.deviation_of(kind, deviation);
    }
    let claims = match claims {
        Ok(claims) => claims,
        Err(error) => {
            report.error(error.code(), "cwt", error);
            return (None, None);
        }
    };
    let record = match record {
        Some(Err(error)) => {
            report.error(error.code(), "hcert", error);
            None
        }
        Some(Ok(record)) => Some(record),
        None => None,
    };
    // The payload's members are no claims where it stands beside them.
    if found.iter().all(|d| d.kind() != DeviationCode::HcertAtRoot) {
        further_claims(bytes, report);
    }
    times(linter, &claims, record.as_ref(), report);
    for entry in record.iter().flat_map(Record::entries) {
        if let Entry::YellowCard(card) = entry {
            yellow_card(card, &products, report);
        }
    }
    if let Ok((kind, value)) = &claims.payload_value() {
        report.fact("payload", kind.code());
        empty_texts(value, "", report);
        if record.as_ref().is_some_and(Record::is_of_unknown_version) {
            report.find("dcc-version-unknown", "ver");
        }
        let is_other = |record: &Record| record.is_of_other_version(&ddcc::PUBLISHED);
        if record.as_ref().is_some_and(is_other) {
            report.find("ddcc-version-unknown", "certificate.version");
        }
        if record
            .as_ref()
            .is_some_and(Record::has_link_of_unknown_version)
        {
            report.find("link-version-unknown", "v");
        }
        if *kind == PayloadKind::EuDcc {
            let sets = linter.value_sets.clone();
            let sets = sets.unwrap_or_else(ValueSets::builtin);
            dcc::lint(value, claims.issued_at().timestamp(), &sets, report);
        }
    }
    (Some(claims), record)
}

fn further_claims(cwt: &[u8], report: &mut Report) {
    let Ok(Value::Map(claims)) = ciborium::from_reader(cwt) else {
        return;
    };
    for (key, _) in &claims {
        let known = CLAIMS.iter().any(|claim| match key {
            // Reading reports the text in the place of a number.
            Value::Text(name) => *name == claim.to_string(),
            key => integer(key) == Some(*claim),
        });
        if !known {
            report.find("claim-extra", name_of(key));
        }
    }
}

fn yellow_card(card: &YellowCard, products: &ProductCatalogue, report: &mut Report) {
    report.fact("generation", card.generation().code());
    if card.has_product() && products.get(card.product()).is_none() {
        report.find("product-unknown", "vp");
    }
    if card.has_unknown_disease(products) {
        report.find("disease-unknown", "tg");
    }
    let has_template = card.generation() == Generation::Icvp2026;
    if has_template && card.template() != Some(TEMPLATE) {
        report.find("template-unknown", "v");
    }
}

fn times(linter: &Linter, claims: &Claims, record: Option<&Record>, report: &mut Report) {
    let (iat, nbf, exp) = (claims.issued_at(), claims.not_before(), claims.expires_at());
    for (name, claim) in [("iat", iat), ("nbf", nbf), ("exp", exp)] {
        if claim == TimeClaim::Unusable {
            report.find("claim-unusable", name);
        }
    }
    if nbf != TimeClaim::Absent {
        report.find("nbf", "nbf");
    }
    let by_record = record.map(Record::needs_expiry);
    let by_kind = || claims.payload_kind().unwrap_or_default().needs_expiry();
    if exp == TimeClaim::Absent && by_record.unwrap_or_else(by_kind) {
        report.note_deviation(DeviationCode::ExpMissing, "exp");
    }
    let (iat, exp) = (iat.timestamp(), exp.timestamp());
    if let (Some(iat), Some(exp)) = (iat, exp)
        && exp < iat
    {
        report.find("exp-before-iat", "exp");
    }
    if let Some(now) = linter.now {
        if exp.is_some_and(|exp| exp < now) {
            report.find("expired", "exp");
        }
        if iat.is_some_and(|iat| iat > now) {
            report.find("iat-future", "iat");
        }
    }
}

/// Empty texts anywhere in a payload.
fn empty_texts(value: &Value, at: &str, report: &mut Report) {
    match value {
        Value::Text(text) if text.is_empty() && at != "dob" => report.find("text-empty", at),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                empty_texts(item, &format!("{at}[{n}]"), report);
            }
        }
        Value::Map(members) => {
            for (key, value) in members {
                let dot = if at.is_empty() { "" } else { "." };
                empty_texts(value, &format!("{at}{dot}{}", name_of(key)), report);
            }
        }
        Value::Tag(_, inner) => empty_texts(inner, at, report),
        _ => {}
    }
}

/// What shows next to the key that signed.
fn signer(
    linter: &Linter,
    unverified: &Unverified,
    claims: Option<&Claims>,
    record: Option<&Record>,
    report: &mut Report,
) {
    let candidates: Vec<Signer<'_>> = match (&linter.dsc, &linter.trust, unverified.kid()) {
        (Some(dsc), ..) => vec![dsc.into()],
        (None, Some(trust), Some(kid)) => trust.candidates(kid).iter().map(Into::into).collect(),
        (None, Some(_), None) => Vec::new(),
        (None, None, _) => return,
    };
    let Some(first) = candidates.first() else {
        return report.find("key-unknown", "kid");
    };
    let signed = |signer: &&Signer<'_>| unverified.authenticate(signer.key).is_ok();
    let signed = candidates.iter().find(signed);
    let signer = signed.unwrap_or(first);
    report.fact(
        "signature",
        if signed.is_some() {
            "verifies"
        } else {
            "fails"
        },
    );
    match unverified.algorithm() {
        Some(DeclaredAlgorithm::Known(alg)) if signer.key.algorithm() == Some(*alg) => {
            if signed.is_none() {
                report.find("signature", "signature");
            }
        }
        _ => report.find("dsc-alg", "alg"),
    }
    if let (Some(kid), Some(dsc)) = (unverified.kid(), signer.dsc)
        && *kid != dsc.kid()
    {
        report.find("kid-not-of-dsc", "kid");
    }
    if let Some(record) = record {
        let mut usages = record.entries().iter().map(Entry::usage);
        if usages.any(|usage| !signer.usage.allows(usage)) {
            report.find("dsc-usage", "dsc");
        }
    }
    if let Some(claims) = claims {
        claims_of_signer(claims, signer, report);
    }
    match signer.dsc {
        Some(dsc) => dsc::lint(dsc, linter.now, report),
        None => dsc::lint_key(signer.key, report),
    }
}

fn claims_of_signer(claims: &Claims, signer: &Signer<'_>, report: &mut Report) {
    if let (Some(iss), Some(country)) = (claims.issuer(), signer.country)
        && iss != country
    {
        report.note_deviation(DeviationCode::IssCountry, "iss");
    }
    let Some((from, until)) = signer.validity else {
        return;
    };
    for (claim, code, at) in [
        (claims.issued_at(), DeviationCode::IatOutsideDsc, "iat"),
        (claims.expires_at(), DeviationCode::ExpOutsideDsc, "exp"),
    ] {
        if claim.timestamp().is_some_and(|t| t < from || t > until) {
            report.note_deviation(code, at);
        }
    }
}

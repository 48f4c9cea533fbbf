//! The array of the EU Digital COVID Certificate Gateway (DGCG), which the
//! WHO's network took over for its own interface.
//!
//! The trust anchor signs the UPLOAD and CSCA certificates of a state, and
//! those for TLS as well; a CSCA issues the document signers; an UPLOAD
//! certificate signs each of them on its way to the gateway.
//!
//! What stands beside a certificate in an entry is not signed, its type
//! neither: it can take a role away, and gives none.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use serde_json::Value;

use super::certificates::read_certificate_entry;
use super::roles::Role;
use super::{Check, Claims, Content, SignerDates};
use crate::Timestamp;
use crate::codec::text::{decode_base64, shown};
use crate::crypto::CertificateDigest;
use crate::crypto::kid::Kid;
use crate::crypto::published::refuse_published;
use crate::envelope::cms::{CmsError, SignedData};
use crate::envelope::signature::{Parts, Purposes, issued_by, issuer_of};
use crate::envelope::x509::Dsc;
use crate::trust::Anchor;
use crate::trust::error::LoadError;
use crate::trust::json::{self, parse_json};
use crate::trust::problem::ProblemKind;
use crate::trust::source::{Entry, Found, Source};

/// Without a look at the CMS signatures.
pub(super) fn read(source: &Source, list: &Value) -> Result<Vec<Entry>, LoadError> {
    let entries = list.as_array().ok_or(NOT_LIST)?;
    source.check_count(entries.len())?;
    // Document signers stand beside other types, so the type has to be there.
    let read = |entry| read_certificate_entry(source, entry, true);
    let mut entries = entries.iter().map(read).collect::<Vec<_>>();
    drop_excess(&mut entries);
    Ok(entries)
}

/// Under how many kids a certificate is kept, beside its own.
const MAX_KIDS: usize = 16;

/// Nothing signs the kid in an entry, so that whoever serves the array can
/// repeat a genuine entry under any number of them, and each would cost two
/// signatures now and its share of every verdict. Which are kept is no matter of
/// order.
fn drop_excess(entries: &mut [Entry]) {
    let mut kids: BTreeMap<CertificateDigest, BTreeSet<Kid>> = BTreeMap::new();
    let other_kid = |entry: &Entry| {
        let key = &entry.outcome.as_ref().ok()?.key;
        let digest = key.certificate_digest()?;
        (*key.kid() != Kid::prefix(digest.as_bytes())).then(|| (digest, key.kid().clone()))
    };
    for (digest, kid) in entries.iter().filter_map(other_kid) {
        let kept = kids.entry(digest).or_default();
        kept.insert(kid);
        if kept.len() > MAX_KIDS {
            kept.pop_last();
        }
    }
    for entry in entries {
        if let Some((digest, kid)) = other_kid(entry)
            && kids.get(&digest).is_some_and(|kept| !kept.contains(&kid))
        {
            entry.outcome = Err(ProblemKind::TooManyKids { max: MAX_KIDS });
        }
    }
}

const NOT_LIST: LoadError = LoadError::Form {
    expected: "an array of certificates",
};

pub(super) fn read_list(
    source: &Source,
    bytes: &[u8],
    fetched_at: Option<Timestamp>,
    check: Check<'_>,
) -> Result<Content, LoadError> {
    let (entries, signer_dates) = match check {
        Check::Unsigned => {
            let list = parse_json(bytes, &source.limits)?;
            (read(source, &list)?, SignerDates::None)
        }
        Check::Anchors(anchors) => {
            let list = json::parse(bytes, &source.limits)?;
            let entries = read_signed(source, &list, anchors, fetched_at)?;
            (entries, SignerDates::at(fetched_at))
        }
    };
    Ok(Content {
        entries,
        // Nobody signs the times in the entries.
        claims: Claims {
            signer_dates,
            ..Claims::default()
        },
    })
}

/// What the trust anchor signed, each certificate once. Nothing signs the
/// array, so whoever serves it can repeat an entry.
#[derive(Default)]
struct Authorities {
    roots: Vec<Dsc>,
    uploaders: Vec<Dsc>,
    seen: BTreeSet<(Role, CertificateDigest)>,
}

impl Authorities {
    fn add(&mut self, role: Role, certificate: Dsc) {
        if self.seen.insert((role, certificate.digest())) {
            match role {
                Role::Csca => self.roots.push(certificate),
                Role::Upload => self.uploaders.push(certificate),
            }
        }
    }
}

fn read_signed(
    source: &Source,
    list: &Value,
    anchors: &[Anchor],
    fetched_at: Option<Timestamp>,
) -> Result<Vec<Entry>, LoadError> {
    let mut entries = read(source, list)?;
    let list = list.as_array().ok_or(NOT_LIST)?;
    let mut authorities = Authorities::default();
    let mut checked = Vec::with_capacity(list.len());
    for entry in list {
        let role = Role::of(entry);
        checked.push(role.and_then(|role| {
            authority(source, entry, role, anchors, fetched_at)
                .map(|certificate| authorities.add(role, certificate))
                .err()
        }));
    }
    for ((entry, problem), read) in list.iter().zip(checked).zip(&mut entries) {
        if let Some(problem) = problem {
            read.outcome = Err(problem);
            continue;
        }
        let found = core::mem::replace(&mut read.outcome, Err(ProblemKind::NotIssued));
        read.outcome = found.and_then(|found| signer(source, &authorities, entry, found));
    }
    Ok(entries)
}

/// A CSCA or UPLOAD certificate that shows to be one, and that an anchor
/// signed by CMS. The signature comes last.
fn authority(
    source: &Source,
    entry: &Value,
    role: Role,
    anchors: &[Anchor],
    fetched_at: Option<Timestamp>,
) -> Result<Dsc, ProblemKind> {
    let der = member(entry, "rawData")?;
    source.check_size(&der)?;
    let cms = member(entry, "signature")?;
    source.check_size(&cms)?;
    let certificate = Dsc::from_der(&der)?;
    if !source.gateway.allow(&certificate, role) {
        return Err(ProblemKind::GatewayRole {
            listed: role.name(),
            digest: certificate.digest(),
        });
    }
    // How long a CSCA is valid limits its document signers instead.
    if role == Role::Upload && fetched_at.is_some_and(|at| !certificate.is_valid_at(at)) {
        return Err(ProblemKind::SignerNotInDate {
            from: certificate.not_before(),
            until: certificate.not_after(),
        });
    }
    refuse_published::<ProblemKind>(certificate.public_key())?;
    let problem = |error| ProblemKind::AnchorSignature { error };
    let cms = SignedData::parse(&cms).map_err(problem)?;
    cms.check_content(&der).map_err(problem)?;
    // The CMS names its signer. A key has no name, nor has a certificate
    // that was renewed.
    let is_named = |anchor: &&Anchor| match anchor {
        Anchor::Certificate(certificate) => cms.names(certificate),
        Anchor::Key(_) => false,
    };
    let named = anchors.iter().find(is_named);
    let candidates = named.map_or(anchors, core::slice::from_ref);
    let mut error = CmsError::Signature;
    for anchor in candidates {
        source.count_signature();
        match cms.verify(&der, anchor.public_key()) {
            Ok(()) => return Ok(certificate),
            Err(found) => error = found,
        }
    }
    Err(problem(error))
}

/// A document signer that a listed CSCA issued and a listed UPLOAD
/// certificate of the same country signed. Both are found by the names that
/// the entry has of them: each of its two signatures is checked once at most,
/// and after all else.
fn signer(
    source: &Source,
    authorities: &Authorities,
    entry: &Value,
    mut found: Found,
) -> Result<Found, ProblemKind> {
    let der = member(entry, "rawData")?;
    let certificate = Dsc::from_der(&der)?;
    let (root, country) = issuer(&certificate, authorities).ok_or(ProblemKind::NotIssued)?;
    if !Purposes::of(&certificate).is_some_and(|purposes| purposes.may_sign()) {
        return Err(ProblemKind::NotForSignatures);
    }
    // A document signer is no longer valid than what it hangs on.
    let from = certificate.not_before().max(root.not_before());
    let until = certificate.not_after().min(root.not_after());
    if from > until {
        return Err(ProblemKind::SignerNotInDate {
            from: root.not_before(),
            until: root.not_after(),
        });
    }
    let problem = |error| ProblemKind::UploadSignature { error };
    let cms = member(entry, "signature")?;
    source.check_size(&cms)?;
    let cms = SignedData::parse(&cms).map_err(problem)?;
    // Without a country nothing tells whose uploader it is.
    let country = country.ok_or(ProblemKind::NotUploaded)?;
    let uploader = authorities
        .uploaders
        .iter()
        .filter(|uploader| uploader.country() == Some(country) && cms.names(uploader))
        .max_by_key(|uploader| (uploader.not_before(), uploader.digest()))
        .ok_or(ProblemKind::NotUploaded)?;
    cms.check_content(&der).map_err(problem)?;
    source.count_signature();
    issued_by(&certificate, root, 0).map_err(|_| ProblemKind::NotIssued)?;
    source.count_signature();
    cms.verify(&der, uploader.public_key()).map_err(problem)?;
    if let Some(declared) = found.key.country.as_deref()
        && declared != country
    {
        found.notes.push(ProblemKind::CountryMismatch {
            declared: declared.into(),
            issuer: shown(country),
        });
    }
    found.key.country = Some(shown(country).into());
    found.key.validity = Some((from, until));
    Ok(found)
}

/// The CSCA of a document signer, and its country: the one that the entry
/// declares is not signed, the one in a certificate of the trust anchor is.
/// Several of one name and key that are not of one country have none: which of
/// them the list holds, whoever sends it decides.
fn issuer<'a>(signer: &Dsc, authorities: &'a Authorities) -> Option<(&'a Dsc, Option<&'a str>)> {
    let root = issuer_of(signer, &authorities.roots)?;
    let subject = Parts::of(root)?.subject;
    let is_equal = |other: &&Dsc| {
        other.public_key() == root.public_key()
            && Parts::of(other).is_some_and(|parts| parts.subject == subject)
    };
    let mut equal = authorities.roots.iter().filter(is_equal);
    let country = root.country();
    let agree = equal.all(|other| other.country() == country);
    Some((root, country.filter(|_| agree)))
}

fn member(entry: &Value, name: &'static str) -> Result<Vec<u8>, ProblemKind> {
    let text = entry
        .get(name)
        .and_then(Value::as_str)
        .ok_or(ProblemKind::Member {
            name,
            expected: "a text",
        })?;
    decode_base64(text).ok_or(ProblemKind::Base64 { name })
}

//! Keys, lists and reports as JSON.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::key::TrustedKey;
use super::list::ListInfo;
use super::list::gdhcn::GdhcnOrigin;
use super::problem::ProblemKind;
use super::report::{EntryProblem, LoadReport};
use super::usage::KeyUsage;
use super::{Kid, KidError, Stale};
use crate::codec::json::write::{Object, Why, WriteJson, document, object};
use crate::envelope::x509::CertificateError;
use crate::record::usage::Usage;

/// The kid in both ways in which it is written.
pub(crate) fn put_kid(object: &mut Object<'_>, kid: Option<&Kid>) {
    object.put("kid", &kid);
    let base64 = kid.map(|kid| BASE64_STANDARD.encode(kid.as_bytes()));
    object.put("kid_base64", &base64);
}

impl WriteJson for KeyUsage {
    /// Null is without a limit.
    fn write_json(&self, out: &mut String) {
        match self.is_limited() {
            false => out.push_str("null"),
            true => {
                let allowed = Usage::ALL.into_iter().filter(|usage| self.allows(*usage));
                let names: Vec<_> = allowed.map(Usage::name).collect();
                names.as_slice().write_json(out);
            }
        }
    }
}

impl WriteJson for TrustedKey {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            put_kid(object, Some(self.kid()));
            object.text("key", self.public_key().kind());
            object.put("key_sha256", &self.public_key().fingerprint().to_string());
            object.put("country", &self.country());
            object.put("usage", &self.usage());
            let subject = self.certificate().map(|dsc| dsc.subject());
            object.put("subject", &subject);
            let digest = self.certificate_digest().map(|digest| digest.to_string());
            object.put("certificate_sha256", &digest);
            object.put("not_before", &self.validity().map(|(from, _)| from));
            object.put("not_after", &self.validity().map(|(_, until)| until));
            let name = |listed| {
                let kid = BASE64_STANDARD.encode(self.kid().as_bytes());
                format!("{listed}#{kid}")
            };
            object.put("listed_as", &self.gdhcn().map(name));
            object.put("network", &self.gdhcn());
            object.put("origin", self.origin());
            object.list("lists", self.lists().map(ListInfo::label));
            object.put("vouched_for", &self.is_vouched_for());
        });
    }
}

impl WriteJson for GdhcnOrigin {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.text("environment", self.environment());
            object.put("domain", self.domain());
            object.put("participant", self.participant());
            object.text("usage", self.usage());
        });
    }
}

impl WriteJson for ListInfo {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("label", self.label());
            object.put("format", self.format().code());
            object.put("authenticated", &self.is_authenticated());
            object.put("identity", &self.identity());
            object.put("issuer", &self.issuer());
            object.put("issued_at", &self.issued_at());
            object.put("expires_at", &self.expires_at());
            object.put("newest_entry", &self.newest_entry());
            object.put("fetched_at", &self.fetched_at());
            object.put("valid_for", &self.valid_for());
            object.put("sequence", &self.sequence());
            object.put("signer_dates", self.signer_dates().code());
            object.put("snapshot_made_at", &self.snapshot_made_at());
        });
    }
}

impl LoadReport {
    /// The report as JSON, on one line: the document `trust_report` of
    /// `test-vectors/verdict-schema.json`, which `docs/json.md` explains. The
    /// [state](Self::state) has a form of its own.
    ///
    /// ```
    /// use hcert::trust::TrustStore;
    /// let (_, report) = TrustStore::builder().build();
    /// let json = report.to_json();
    /// assert!(json.starts_with(r#"{"version":1,"total":0,"loaded":0,"#));
    /// ```
    pub fn to_json(&self) -> String {
        document(|object| {
            object.put("total", &self.total);
            object.put("loaded", &self.loaded);
            object.put("duplicates", &self.duplicates);
            object.put("superseded", &self.superseded);
            object.put("rejected", &self.rejected);
            object.put("entry_signatures", &self.entry_signatures);
            object.list("lists", self.lists.iter().map(|list| &**list));
            object.list("problems", &self.problems);
            object.list("unmatched_denials", &self.unmatched_denials);
        })
    }
}

crate::codec::json::write::serialize_as_json!(LoadReport);

impl WriteJson for EntryProblem {
    fn write_json(&self, out: &mut String) {
        object(out, |object| {
            object.put("label", &self.label);
            object.put("position", &self.position);
            object.put("kid_text", &self.kid);
            object.explain(&self.problem);
            object.put("kept", &self.kept);
        });
    }
}

impl Why for Stale {
    fn code(&self) -> &'static str {
        self.code()
    }

    fn values(&self, values: &mut Object<'_>) {
        match self {
            Self::Expired { expires_at, now } => {
                values.put("expires_at", expires_at);
                values.put("now", now);
            }
            Self::TooOld {
                dated,
                max_age,
                now,
            } => {
                values.put("dated", dated);
                values.put("max_age", &max_age.as_secs());
                values.put("now", now);
            }
            Self::Undated { max_age } => values.put("max_age", &max_age.as_secs()),
            Self::FromFuture { dated, now } => {
                values.put("dated", dated);
                values.put("now", now);
            }
        }
    }
}

impl Why for ProblemKind {
    fn code(&self) -> &'static str {
        self.code()
    }

    fn values(&self, values: &mut Object<'_>) {
        match self {
            Self::Certificate(error) => match error {
                CertificateError::Encoding { offset } => values.put("at", offset),
                CertificateError::TrailingBytes { count } => values.put("count", count),
                CertificateError::RepeatedExtension { oid }
                | CertificateError::Extension { oid } => values.put("oid", *oid),
                CertificateError::Key(_) => {}
            },
            Self::Kid(KidError::TooLong { bytes, max }) | Self::TooLarge { bytes, max } => {
                values.put("found", bytes);
                values.put("max", max);
            }
            Self::Member { name, expected } => {
                values.put("name", *name);
                values.put("expected", *expected);
            }
            Self::Base64 { name } => values.put("name", *name),
            Self::NotADocumentSigner { certificate_type } => {
                values.put("declared", certificate_type);
            }
            Self::TooManyKids { max } => values.put("max", max),
            Self::UnusableKey { kind } => values.text("key", kind),
            Self::KidMismatch { declared, computed } => {
                values.put("declared", declared);
                values.put("computed", computed);
            }
            Self::KidMissing { computed } => values.put("computed", computed),
            Self::AnchorSignature { error } | Self::UploadSignature { error } => {
                values.put("cause", error.code());
            }
            Self::GatewayRole { listed, digest } => {
                values.put("declared", *listed);
                values.put("sha256", &digest.to_string());
            }
            Self::SignerNotInDate { from, until } => {
                values.put("from", from);
                values.put("until", until);
            }
            Self::CountryMismatch { declared, issuer } => {
                values.put("declared", declared);
                values.put("issuer", issuer);
            }
            Self::ParticipantCountry {
                participant,
                certificate,
            } => {
                values.put("participant", participant);
                values.put("country", certificate);
            }
            Self::Reference { to, elsewhere } => {
                values.put("to", to);
                values.put("elsewhere", elsewhere);
            }
            Self::JwkKeyType { kty, crv } => {
                values.put("kty", kty);
                values.put("crv", crv);
            }
            Self::JwkUse { declared } | Self::JwkAlgorithm { declared } => {
                values.put("declared", declared);
            }
            Self::JwkCoordinateLength { x, y } => {
                values.put("x", x);
                values.put("y", y);
            }
            Self::PublishedKey { name, private } => {
                values.put("name", *name);
                values.put("private", private);
            }
            Self::PemLabel { label } => values.put("label", label),
            Self::Key(_)
            | Self::Kid(KidError::Base64)
            | Self::ThumbprintMismatch
            | Self::NotIssued
            | Self::NotUploaded
            | Self::NotForSignatures
            | Self::CertificatesAlone
            | Self::Inactive
            | Self::IdMismatch
            | Self::JwkPrivateKey
            | Self::PemTruncated
            | Self::PemEncoding => {}
        }
    }
}

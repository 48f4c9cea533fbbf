//! An input under its label and limits, and the entries read from it.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::Cell;

use serde_json::Value;

use super::error::LoadError;
use super::key::TrustedKey;
use super::limits::LoadLimits;
use super::list::roles::GatewayRoles;
use crate::crypto::PublicKey;
use crate::crypto::kid::Kid;
use crate::envelope::signing::Signing;
use crate::envelope::x509::Dsc;
use crate::trust::problem::ProblemKind;

/// The label and the limits under which an input is read.
pub(super) struct Source {
    pub(super) label: Arc<str>,
    pub(super) limits: LoadLimits,
    pub(super) gateway: GatewayRoles,
    /// Whether an anchor is read, and no document signer.
    pub(super) is_anchor: bool,
    /// How many signatures were checked, entry by entry.
    pub(super) signatures: Cell<usize>,
}

impl Source {
    pub(super) fn count_signature(&self) {
        self.signatures.set(self.signatures.get().saturating_add(1));
    }

    /// The key of a certificate, under the declared kid or its own.
    pub(super) fn certificate(
        &self,
        declared: Option<Kid>,
        der: &[u8],
    ) -> Result<Found, ProblemKind> {
        self.check_size(der)?;
        let certificate = Dsc::from_der(der)?;
        let computed = certificate.kid();
        let note = match &declared {
            Some(declared) if *declared != computed => Some(ProblemKind::KidMismatch {
                declared: declared.clone(),
                computed: computed.clone(),
            }),
            _ => None,
        };
        let signing = match certificate.signing() {
            Signing::Allowed => None,
            // A pinned one has its uses judged where it signs.
            _ if self.is_anchor => None,
            Signing::CertificatesAlone => Some(ProblemKind::CertificatesAlone),
            Signing::Excluded => return Err(ProblemKind::NotForSignatures),
        };
        let kid = declared.unwrap_or(computed);
        Ok(Found {
            key: TrustedKey::from_certificate(kid, certificate, self.label.clone()),
            notes: note.into_iter().chain(signing).collect(),
        })
    }

    /// The same for an entry of a list, which should declare a kid.
    pub(super) fn listed_certificate(
        &self,
        declared: Option<Kid>,
        der: &[u8],
    ) -> Result<Found, ProblemKind> {
        let missing = declared.is_none();
        let mut found = self.certificate(declared, der)?;
        if missing {
            let computed = found.key.kid.clone();
            found.notes.push(ProblemKind::KidMissing { computed });
        }
        Ok(found)
    }

    /// A bare key, under the declared kid or a computed one.
    pub(super) fn public_key(&self, declared: Option<Kid>, key: PublicKey) -> Found {
        let mut notes = Vec::new();
        let kid = declared.unwrap_or_else(|| {
            let computed = Kid::of_public_key(&key);
            notes.push(ProblemKind::KidMissing {
                computed: computed.clone(),
            });
            computed
        });
        Found {
            key: TrustedKey::from_public_key(kid, key, self.label.clone()),
            notes,
        }
    }

    pub(super) fn spki(&self, declared: Option<Kid>, der: &[u8]) -> Result<Found, ProblemKind> {
        self.check_size(der)?;
        Ok(self.public_key(declared, PublicKey::from_spki_der(der)?))
    }

    pub(super) fn check_size(&self, der: &[u8]) -> Result<(), ProblemKind> {
        let max = self.limits.certificate_bytes;
        if der.len() > max {
            return Err(ProblemKind::TooLarge {
                bytes: der.len(),
                max,
            });
        }
        Ok(())
    }

    pub(super) fn check_count(&self, entries: usize) -> Result<(), LoadError> {
        let max = self.limits.entries;
        if entries > max {
            return Err(LoadError::TooManyEntries { entries, max });
        }
        Ok(())
    }
}

/// A key, and what is remarkable about its entry.
pub(super) struct Found {
    pub(super) key: TrustedKey,
    pub(super) notes: Vec<ProblemKind>,
}

/// One entry of an input, read.
pub(super) struct Entry {
    pub(super) kid: Option<String>,
    pub(super) outcome: Result<Found, ProblemKind>,
}

impl From<Result<Found, ProblemKind>> for Entry {
    fn from(outcome: Result<Found, ProblemKind>) -> Self {
        Self { kid: None, outcome }
    }
}

/// The kid that an entry declares; the empty text declares none.
pub(super) fn declared_kid(entry: &Value) -> Result<Option<&str>, ProblemKind> {
    match entry.get("kid") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|t| !t.is_empty())),
        Some(_) => Err(ProblemKind::Member {
            name: "kid",
            expected: "a text",
        }),
    }
}

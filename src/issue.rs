//! Issuing: a record and a signer make a certificate.
//!
//! The same record, times, key and version of this crate give the same
//! bytes: the CBOR is deterministic (RFC 8949 §4.2.1), the software signer
//! uses RFC 6979, and the compression starts anew each time.
//!
#![doc = include_str!("issue/compression.md")]

mod batch;
mod compress;
pub(crate) mod departure;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use ciborium::Value;
use core::fmt;

use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};

pub use crate::crypto::signer::{P256Signer, Signer, SignerError, SignerKeyError};
pub use compress::Compression;
pub use departure::{Departure, DepartureCode};

use crate::crypto::{Algorithm, KeyKind, Tables};
use crate::format::Unverified;
use crate::format::hc1::{payload, text};
use crate::qr::{EcLevel, QrError, QrSymbol};
use crate::record::{PayloadKind, ProductCatalogue, Record, RecordError, ValueSets};
use crate::revocation::Identifier;
use crate::trust::{Dsc, KeyUsage, Kid, Usage};
use crate::{Limits, Timestamp};

/// From when until when a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Time of issue (`iat`).
    pub issued_at: Timestamp,
    /// The last instant at which it holds (`exp`).
    pub expires_at: Timestamp,
}

/// Why a certificate can't be issued. What a good verifier would refuse is
/// not issued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The record is not correct.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// It would expire before it is issued.
    #[error("expires at {expires_at}, not after its issue at {issued_at}")]
    Period {
        /// Time of issue.
        issued_at: Timestamp,
        /// Time of expiry.
        expires_at: Timestamp,
    },
    /// It would expire after the document signer certificate.
    #[error("expires at {expires_at}, after the document signer certificate at {not_after}")]
    ExpAfterDsc {
        /// Time of expiry.
        expires_at: Timestamp,
        /// Last instant of the document signer certificate.
        not_after: Timestamp,
    },
    /// It would be issued before the document signer certificate is valid.
    #[error("issued at {issued_at}, before the document signer certificate at {not_before}")]
    IatBeforeDsc {
        /// Time of issue.
        issued_at: Timestamp,
        /// First instant of the document signer certificate.
        not_before: Timestamp,
    },
    /// It would be issued after the document signer certificate has expired.
    #[error("issued at {issued_at}, after the document signer certificate at {not_after}")]
    IatAfterDsc {
        /// Time of issue.
        issued_at: Timestamp,
        /// Last instant of the document signer certificate.
        not_after: Timestamp,
    },
    /// Only a yellow card can be issued without a time of expiry.
    #[error("a certificate of the kind {} needs a time of expiry", .payload.code())]
    ExpiryRequired {
        /// The kind of the payload.
        payload: PayloadKind,
    },
    /// It states something that happens after its issue.
    #[error("{at}: after its issue at {issued_at}")]
    EntryAfterIssue {
        /// The member.
        at: String,
        /// Time of issue.
        issued_at: Timestamp,
    },
    /// It departs from what the specification demands beyond the schema.
    #[error("{0}")]
    Departure(Departure),
    /// The document signer certificate is for other kinds of records.
    #[error("the document signer certificate is for {allowed}, and the record is a {found}")]
    KeyUsage {
        /// What the certificate allows.
        allowed: KeyUsage,
        /// What the record is.
        found: Usage,
    },
    /// The signer's algorithm does not fit the certificate's key.
    #[error("the signer makes {signer}, and the key of the certificate is {key}")]
    AlgKeyMismatch {
        /// What the signer makes.
        signer: Algorithm,
        /// The key of the document signer certificate.
        key: KeyKind,
    },
    /// The RSA key is shorter than 2048 bits.
    #[error("the RSA key has {bits} bits, fewer than 2048")]
    RsaTooShort {
        /// Its length.
        bits: usize,
    },
    /// The extensions of the document signer certificate don't let its key sign
    /// health certificates (RFC 5280 §4.2): no trust list that this crate loads
    /// takes it.
    #[error(
        "the document signer certificate does not let its key sign: its key usage names no \
         signature, or a critical extension is unknown or can't be read"
    )]
    NotForSignatures,
    /// `iss` is not two capital letters.
    #[error("the issuing country is not two capital letters; give it with Issuer::with_country")]
    Country,
    /// The signature does not verify with the certificate's key: another key
    /// made it, or it is of another form (ES256 is `r‖s`, not DER).
    #[error("the signature does not verify with the key of the document signer certificate")]
    WrongKey,
    /// The signer failed.
    #[error("the signer failed: {0}")]
    Signer(#[from] SignerError),
    /// Longer than what a verifier reads, with [`Limits`] as they are by default.
    #[error("{what} has {found} bytes, and a verifier reads {limit}: shorten the record's texts")]
    TooLong {
        /// The COSE_Sign1 structure, or the text.
        what: &'static str,
        /// Its length in bytes.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// CBOR could not be written.
    #[error("the certificate could not be encoded")]
    Encoding,
}

impl IssueError {
    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Record(e) => e.code(),
            Self::Period { .. } => "issue-period",
            Self::ExpAfterDsc { .. } => "exp-after-dsc",
            Self::IatBeforeDsc { .. } => "iat-before-dsc",
            Self::IatAfterDsc { .. } => "iat-after-dsc",
            Self::ExpiryRequired { .. } => "issue-expiry-required",
            Self::EntryAfterIssue { .. } => "issue-entry-after-issue",
            Self::Departure(departure) => departure.code(),
            Self::KeyUsage { .. } => "key-usage",
            Self::AlgKeyMismatch { .. } => "alg-key-mismatch",
            Self::RsaTooShort { .. } => "rsa-too-short",
            Self::NotForSignatures => "not-for-signatures",
            Self::Country => "issue-country",
            Self::WrongKey => "wrong-key",
            Self::Signer(e) => e.code(),
            Self::TooLong { .. } => "issue-too-long",
            Self::Encoding => "encoding",
        }
    }
}

/// Issues certificates under one document signer certificate.
///
/// ```
/// use core::time::Duration;
/// # use hcert::{Date, PartialDate, Timestamp, record::*};
/// use hcert::issue::{IssueError, Issuer, Signer, Validity};
/// use hcert::trust::Dsc;
///
/// fn issue(dsc: Dsc, signer: impl Signer, record: &Record) -> Result<String, IssueError> {
///     let issuer = Issuer::new(dsc, signer)?;
///     let issued_at = Timestamp::from_seconds(1_622_548_800);
///     let expires_at = issued_at + Duration::from_secs(180 * 86_400);
///     let validity = Validity { issued_at, expires_at };
///     let issued = issuer.issue(record, validity)?;
///     Ok(issued.text().to_owned())
/// }
/// ```
#[derive(Clone)]
pub struct Issuer<S> {
    dsc: Dsc,
    signer: S,
    country: Option<String>,
    compression: Compression,
    sets: ValueSets,
    /// Keeps the key prepared that each signature is verified with.
    tables: Arc<Tables>,
}

impl<S: fmt::Debug> fmt::Debug for Issuer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("dsc", &self.dsc)
            .field("signer", &self.signer)
            .field("country", &self.country)
            .field("compression", &self.compression)
            .finish()
    }
}

impl<S: Signer> Issuer<S> {
    /// An issuer in the country of the certificate.
    pub fn new(dsc: Dsc, signer: S) -> Result<Self, IssueError> {
        let key = dsc.public_key();
        if key.algorithm() != Some(signer.algorithm()) {
            return Err(IssueError::AlgKeyMismatch {
                signer: signer.algorithm(),
                key: key.kind().clone(),
            });
        }
        match key.kind() {
            KeyKind::Rsa { bits } if *bits < 2048 => {
                return Err(IssueError::RsaTooShort { bits: *bits });
            }
            _ => {}
        }
        if !dsc.lets_its_key_sign() {
            return Err(IssueError::NotForSignatures);
        }
        let country = dsc.country().map(str::to_owned);
        Ok(Self {
            dsc,
            signer,
            country,
            compression: Compression::default(),
            sets: ValueSets::builtin(),
            tables: Arc::default(),
        })
    }

    /// Sets the issuing country (`iss`), where it is not that of the certificate.
    #[must_use]
    pub fn with_country(mut self, alpha_2: &str) -> Self {
        self.country = Some(alpha_2.to_owned());
        self
    }

    /// Sets how hard to try for a small symbol.
    #[must_use]
    pub fn with_compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Sets the codes that an EU DCC may use; by default those that are
    /// compiled in. A code beyond them is warned of, and the result of a test
    /// refused.
    #[must_use]
    pub fn with_value_sets(mut self, sets: ValueSets) -> Self {
        self.sets = sets;
        self
    }

    /// The document signer certificate.
    pub fn dsc(&self) -> &Dsc {
        &self.dsc
    }

    /// Signs `record` and packs it.
    ///
    /// A record that was read from another certificate is written again, with
    /// what the current schema knows of it.
    pub fn issue(&self, record: &Record, validity: Validity) -> Result<Issued, IssueError> {
        let Validity {
            issued_at,
            expires_at,
        } = validity;
        self.issue_until(record, issued_at, Some(expires_at))
    }

    /// The same without a time of expiry, for a yellow card, which may hold
    /// for life. Any other record is refused.
    pub fn issue_without_expiry(
        &self,
        record: &Record,
        issued_at: Timestamp,
    ) -> Result<Issued, IssueError> {
        let payload = record.payload();
        if payload.needs_expiry() {
            return Err(IssueError::ExpiryRequired { payload });
        }
        self.issue_until(record, issued_at, None)
    }

    fn issue_until(
        &self,
        record: &Record,
        issued_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<Issued, IssueError> {
        record.check()?;
        self.check(record, issued_at, expires_at)?;
        let mut warnings = departure::departures(record, Some(issued_at), &self.sets);
        if let Some(n) = warnings.iter().position(|found| found.kind().is_refused()) {
            return Err(IssueError::Departure(warnings.swap_remove(n)));
        }
        let payload = self.claims(record, issued_at, expires_at)?;
        let algorithm = match self.signer.algorithm() {
            Algorithm::Es256 => iana::Algorithm::ES256,
            Algorithm::Ps256 => iana::Algorithm::PS256,
        };
        let kid = self.dsc.kid();
        let header = HeaderBuilder::new()
            .algorithm(algorithm)
            .key_id(kid.as_bytes().to_vec())
            .build();
        let message = CoseSign1Builder::new()
            .protected(header)
            .payload(payload)
            .try_create_signature(b"", |to_be_signed| self.sign(to_be_signed))?
            .build();
        let cose = message.to_tagged_vec().map_err(|_| IssueError::Encoding)?;
        let limits = Limits::default();
        check_length("the certificate", cose.len(), limits.max_inflated)?;
        let text = text::encode(&compress::compress(&cose, self.compression));
        check_length("the text", text.len(), limits.max_text)?;
        Ok(Issued {
            text,
            cose,
            kid,
            warnings,
        })
    }

    /// Verifies what comes back: a remote signer may hold another key, or
    /// answer in another form.
    fn sign(&self, to_be_signed: &[u8]) -> Result<Vec<u8>, IssueError> {
        let signature = self.signer.sign(to_be_signed)?;
        let key = self.dsc.public_key();
        self.tables.note_use(key);
        key.verify(&[to_be_signed], &signature)
            .map_err(|_| IssueError::WrongKey)?;
        self.tables.note_success(key);
        Ok(signature)
    }

    fn check(
        &self,
        record: &Record,
        issued_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<(), IssueError> {
        let (not_before, not_after) = (self.dsc.not_before(), self.dsc.not_after());
        if let Some(expires_at) = expires_at {
            if expires_at <= issued_at {
                return Err(IssueError::Period {
                    issued_at,
                    expires_at,
                });
            }
            if expires_at > not_after {
                return Err(IssueError::ExpAfterDsc {
                    expires_at,
                    not_after,
                });
            }
        }
        if issued_at > not_after {
            return Err(IssueError::IatAfterDsc {
                issued_at,
                not_after,
            });
        }
        if issued_at < not_before {
            return Err(IssueError::IatBeforeDsc {
                issued_at,
                not_before,
            });
        }
        // A day is that of the place, which may be 14 hours ahead (smart-icvp,
        // REQ-DE-13).
        if let Some(at) = departure::after_issue(record, issued_at) {
            return Err(IssueError::EntryAfterIssue { at, issued_at });
        }
        let allowed = self.dsc.usage();
        let mut usages = record.entries().iter().map(|entry| entry.usage());
        match usages.find(|usage| !allowed.allows(*usage)) {
            Some(found) => Err(IssueError::KeyUsage { allowed, found }),
            None => Ok(()),
        }
    }

    fn claims(
        &self,
        record: &Record,
        issued_at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<Vec<u8>, IssueError> {
        let country = self.country.as_deref().unwrap_or_default();
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(IssueError::Country);
        }
        let key = |n: i64| Value::from(n);
        let mut claims = vec![
            (key(1), Value::from(country)),
            (key(6), Value::from(issued_at.seconds())),
            (
                key(-260),
                Value::Map(vec![(
                    key(record.payload().claim_key()),
                    payload::write(record),
                )]),
            ),
        ];
        claims.extend(expires_at.map(|exp| (key(4), Value::from(exp.seconds()))));
        deterministic(Value::Map(claims))?
            .to_vec()
            .map_err(|_| IssueError::Encoding)
    }
}

fn check_length(what: &'static str, found: usize, limit: usize) -> Result<(), IssueError> {
    if found > limit {
        return Err(IssueError::TooLong { what, found, limit });
    }
    Ok(())
}

/// Sorts all maps by their encoded keys (RFC 8949 §4.2.1).
fn deterministic(value: Value) -> Result<Value, IssueError> {
    Ok(match value {
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(deterministic)
                .collect::<Result<_, _>>()?,
        ),
        Value::Map(members) => {
            let mut members = members
                .into_iter()
                .map(|(key, value)| {
                    let encoded = key.clone().to_vec().map_err(|_| IssueError::Encoding)?;
                    Ok((encoded, (key, deterministic(value)?)))
                })
                .collect::<Result<Vec<_>, IssueError>>()?;
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Map(members.into_iter().map(|(_, member)| member).collect())
        }
        other => other,
    })
}

/// A finished certificate. `Debug` shows the kid and the length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    text: String,
    cose: Vec<u8>,
    kid: Kid,
    warnings: Vec<Departure>,
}

impl Issued {
    /// What the specification advises against, or what is hardly true: to be
    /// looked at before the certificate is handed over.
    ///
    /// ```
    /// # fn example(issued: &hcert::issue::Issued) {
    /// for warning in issued.warnings() {
    ///     eprintln!("{}: {warning}", warning.code());
    /// }
    /// # }
    /// ```
    pub fn warnings(&self) -> &[Departure] {
        &self.warnings
    }

    /// The text for the QR symbol, `HC1:…`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The COSE_Sign1 structure inside.
    pub fn cose(&self) -> &[u8] {
        &self.cose
    }

    /// The key identifier: the first 8 bytes of SHA-256 over the document
    /// signer certificate.
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// What a revocation list names it by. Whoever keeps them beside the case can
    /// revoke the certificate without having kept the certificate.
    ///
    /// ```
    /// # fn example(issued: &hcert::issue::Issued) -> Result<(), Box<dyn std::error::Error>> {
    /// use hcert::Timestamp;
    /// use hcert::revocation::{SetBuilder, SetOptions};
    /// let mut builder = SetBuilder::new(SetOptions::default());
    /// for id in issued.identifiers() {
    ///     builder.add(issued.kid().as_bytes(), id.kind(), &id.hash()[..16])?;
    /// }
    /// let set = builder.build(Timestamp::parse("2026-08-22T12:00:00Z")?)?;
    /// # let _ = set;
    /// # Ok(())
    /// # }
    /// ```
    pub fn identifiers(&self) -> Vec<Identifier> {
        // It was made a moment ago, so all of it can be read.
        let limits = Limits::default();
        let Ok(unverified) = Unverified::from_cose(self.cose.clone(), &limits) else {
            return Vec::new();
        };
        let (content, _) = unverified.unverified_content(&ProductCatalogue::builtin());
        content.identifiers().to_vec()
    }

    /// The QR symbol at level Q, as hcert-spec §4.2.2 recommends.
    pub fn qr(&self) -> Result<QrSymbol, QrError> {
        QrSymbol::encode(&self.text, EcLevel::Q)
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("kid", &self.kid)
            .field("characters", &self.text.len())
            .finish_non_exhaustive()
    }
}

//! The store, its builder, and the report of what went in.

use core::fmt;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::Anchor;
use super::key::{KeyUsage, Kid, KidError, TrustedKey};
use super::list::cms::CmsError;
use super::list::gdhcn::{self, Environment, GdhcnAnchor, GdhcnError};
use super::list::{self, Check, ListBytes, ListFormat, ListInfo};
use super::published::published_key;
use super::text::shown;
use super::x509::{CertificateError, Dsc};
use super::{jwk, pem};
use crate::crypto::{KeyError, KeyKind, PublicKey};

/// What a builder accepts at most.
///
/// ```
/// use hcert::trust::{LoadLimits, TrustStore};
/// let mut limits = LoadLimits::default();
/// limits.entries = 1_000;
/// let builder = TrustStore::builder().with_limits(limits);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadLimits {
    /// Bytes of one input. 64 MiB by default.
    pub input_bytes: usize,
    /// Entries of the whole store, good and bad. 100,000 by default.
    pub entries: usize,
    /// Bytes of one DER certificate or public key. 64 KiB by default.
    pub certificate_bytes: usize,
}

impl Default for LoadLimits {
    fn default() -> Self {
        Self {
            input_bytes: 64 << 20,
            entries: 100_000,
            certificate_bytes: 64 << 10,
        }
    }
}

/// Why an input as a whole was refused. Nothing of it is in the store then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// More bytes than [`LoadLimits::input_bytes`].
    #[error("the input has {bytes} bytes, more than {max}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// With this input the store would exceed [`LoadLimits::entries`].
    #[error("{entries} entries, more than {max}")]
    TooManyEntries {
        /// The entries, at least.
        entries: usize,
        /// The limit.
        max: usize,
    },
    /// The JSON has far more values than the permitted entries could need.
    #[error("the JSON weighs more than {max} values")]
    TooComplex {
        /// The limit: 96 for each of [`LoadLimits::entries`], and some. An array
        /// counts as 4 values and an object as 8.
        max: usize,
    },
    /// None of the forms of [`ListFormat`].
    #[error(
        "neither a certificate or public key (DER, PEM), nor a JWK or JWK set, nor a JSON list of \
         certificates"
    )]
    Unrecognised,
    /// Not JSON.
    #[error("not JSON (line {line}, column {column})")]
    Json {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault, from 1.
        column: usize,
    },
    /// Signed JSON with a member that stands twice (RFC 8259 §4): two readers
    /// could take another one each.
    #[error("a member of a JSON object stands twice (line {line}, column {column})")]
    DuplicateMember {
        /// The line where it was found, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A signed form, and nothing to check the signature with.
    #[error(
        "the list ({}) is signed, and no anchor was given: pass {pass}", .format.code()
    )]
    AnchorMissing {
        /// The form.
        format: ListFormat,
        /// What to pass.
        pass: &'static str,
    },
    /// A form that carries no signature, where one was to be checked, or
    /// without the word that this is known.
    #[error("the list ({}) carries no signature: to trust it as it is, say so (trust_unsigned_list)", .format.code())]
    Unsigned {
        /// The form.
        format: ListFormat,
    },
    /// The form consists of two documents and one was given, or the other way
    /// round.
    #[error("the list ({}) needs as second document: {pass}", .format.code())]
    Companion {
        /// The form.
        format: ListFormat,
        /// What to pass.
        pass: &'static str,
    },
    /// The signature names another algorithm than the form has.
    #[error("the signature is not declared as {expected}, which this form has")]
    Algorithm {
        /// The form's algorithm.
        expected: &'static str,
    },
    /// The certificates beside the signature don't lead to the anchor.
    #[error("{fault}")]
    Chain {
        /// What is wrong.
        fault: &'static str,
    },
    /// The signature is by another key than the anchor's, or over other bytes.
    #[error("the list's signature does not verify with the anchor")]
    Signature,
    /// Not of the form that the caller named.
    #[error("not {expected}")]
    Form {
        /// What was expected.
        expected: &'static str,
    },
    /// A list of the WHO's network that can't be relied upon.
    #[error(transparent)]
    Gdhcn(#[from] GdhcnError),
}

impl LoadError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "trust-input-too-large",
            Self::TooManyEntries { .. } => "trust-too-many-entries",
            Self::TooComplex { .. } => "trust-too-complex",
            Self::Unrecognised => "trust-format-unrecognised",
            Self::Json { .. } => "trust-json",
            Self::DuplicateMember { .. } => "trust-duplicate-member",
            Self::AnchorMissing { .. } => "trust-anchor-missing",
            Self::Unsigned { .. } => "trust-unsigned",
            Self::Companion { .. } => "trust-companion",
            Self::Algorithm { .. } => "trust-algorithm",
            Self::Chain { .. } => "trust-chain",
            Self::Signature => "trust-signature",
            Self::Form { .. } => "trust-form",
            Self::Gdhcn(error) => error.code(),
        }
    }
}

/// What is wrong with one entry, or remarkable about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The certificate can't be read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The public key can't be read.
    #[error("the public key: {0}")]
    Key(#[from] KeyError),
    /// The kid can't be read.
    #[error(transparent)]
    Kid(#[from] KidError),
    /// More bytes than [`LoadLimits::certificate_bytes`].
    #[error("{bytes} bytes, more than {max}")]
    TooLarge {
        /// The length of the DER.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A member is absent or of the wrong type.
    #[error("the member `{name}` is not {expected}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A member is not base64.
    #[error("the member `{name}` is not base64")]
    Base64 {
        /// The member's name.
        name: &'static str,
    },
    /// Listed for another purpose (AUTHENTICATION, UPLOAD, CSCA): not a key
    /// that signs health certificates.
    #[error("listed as {certificate_type}, which is not a document signer")]
    NotADocumentSigner {
        /// The type that the list gives.
        certificate_type: String,
    },
    /// Kept: no HCERT algorithm can use the key, so that a verdict can say
    /// so where "unknown key" would mislead.
    #[error("no HCERT algorithm uses a key of the kind {kind}")]
    UnusableKey {
        /// What the key is.
        kind: KeyKind,
    },
    /// Kept under the declared kid, which is not the certificate's.
    #[error("the kid {declared} is not the certificate's, which is {computed}")]
    KidMismatch {
        /// The kid of the list.
        declared: Kid,
        /// The first 8 bytes of SHA-256 over the certificate.
        computed: Kid,
    },
    /// Kept under a computed kid: [`Kid::of_certificate`] or
    /// [`Kid::of_public_key`].
    #[error("no kid is declared; {computed} is computed")]
    KidMissing {
        /// The kid under which the key is kept.
        computed: Kid,
    },
    /// Kept: the thumbprint beside the certificate is not its SHA-256.
    #[error("the thumbprint is not the certificate's")]
    ThumbprintMismatch,
    /// The gateway's trust anchor did not sign this CSCA or UPLOAD entry.
    #[error("not signed by the trust anchor: {error}")]
    AnchorSignature {
        /// What is wrong.
        error: CmsError,
    },
    /// No CSCA that the trust anchor signed issued the certificate.
    #[error("no listed CSCA issued the certificate")]
    NotIssued,
    /// The signer of the entry's CMS is no listed UPLOAD certificate of the
    /// country.
    #[error("not uploaded by a listed certificate of the country")]
    NotUploaded,
    /// The CMS of the uploading certificate is wrong.
    #[error("the upload signature: {error}")]
    UploadSignature {
        /// What is wrong.
        error: CmsError,
    },
    /// Kept, with the issuer's country: the entry declares another one, which
    /// nobody signed.
    #[error("declared as of {declared}, issued by {issuer}")]
    CountryMismatch {
        /// The entry's country.
        declared: String,
        /// The country of the CSCA.
        issuer: String,
    },
    /// In the list of keys, but not in that of the active ones.
    #[error("the key is not active")]
    Inactive,
    /// The name of another list. Nothing is fetched, and the keys of that
    /// list are not vouched for by this one.
    #[error("a reference to {to}{}, which is not followed", if *elsewhere { ", of another host" } else { "" })]
    Reference {
        /// The name.
        to: String,
        /// Whether it is outside the environment of this list.
        elsewhere: bool,
    },
    /// The name of an entry says another domain, participant, usage or kid
    /// than its members do.
    #[error("the entry's name contradicts its members")]
    IdMismatch,
    /// A JWK of a type or curve that is unknown here (RFC 7518 §6).
    #[error("unknown key type {kty}{}", crv.as_ref().map(|c| format!(", curve {c}")).unwrap_or_default())]
    JwkKeyType {
        /// The member `kty`.
        kty: String,
        /// The member `crv`.
        crv: Option<String>,
    },
    /// A JWK that holds a private key: whoever has the list can sign with it.
    #[error("a private key is in the list")]
    JwkPrivateKey,
    /// Kept: `use` is not `sig` (RFC 7517 §4.2).
    #[error("the key's use is {declared}, not sig")]
    JwkUse {
        /// The member `use`.
        declared: String,
    },
    /// Kept: `alg` is not the algorithm that the key is used with here.
    #[error("the key's algorithm is declared as {declared}")]
    JwkAlgorithm {
        /// The member `alg`.
        declared: String,
    },
    /// Kept: a coordinate is not of 32 bytes (RFC 7518 §6.2.1.2), by a sign
    /// byte or for want of leading zeros.
    #[error("the coordinates have {x} and {y} bytes, not 32")]
    JwkCoordinateLength {
        /// Bytes of `x`.
        x: usize,
        /// Bytes of `y`.
        y: usize,
    },
    /// Anybody can sign with the key, or its maker has it for examples alone:
    /// [`published_key`].
    #[error("{}: {name}", if *private { "the private key of this key is published" } else { "the key is an example" })]
    PublishedKey {
        /// Whose key it is.
        name: &'static str,
        /// Whether the private half is published.
        private: bool,
    },
    /// A PEM block without an end.
    #[error("the PEM block has no end")]
    PemTruncated,
    /// A PEM block whose lines are not base64, or whose end names another
    /// kind of block.
    #[error("the PEM block is damaged")]
    PemEncoding,
    /// A PEM block that is neither a certificate nor a public key.
    #[error("a PEM block of the kind {label}")]
    PemLabel {
        /// The text between `BEGIN` and the hyphens.
        label: String,
    },
}

impl ProblemKind {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Certificate(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Kid(error) => error.code(),
            Self::TooLarge { .. } => "entry-too-large",
            Self::Member { .. } => "entry-member",
            Self::Base64 { .. } => "entry-base64",
            Self::NotADocumentSigner { .. } => "not-a-document-signer",
            Self::UnusableKey { .. } => "key-unusable",
            Self::KidMismatch { .. } => "kid-mismatch",
            Self::KidMissing { .. } => "kid-missing",
            Self::ThumbprintMismatch => "thumbprint-mismatch",
            Self::AnchorSignature { .. } => "anchor-signature",
            Self::NotIssued => "not-issued",
            Self::NotUploaded => "not-uploaded",
            Self::UploadSignature { .. } => "upload-signature",
            Self::CountryMismatch { .. } => "country-mismatch",
            Self::Inactive => "key-inactive",
            Self::Reference { .. } => "reference",
            Self::IdMismatch => "entry-id-mismatch",
            Self::JwkKeyType { .. } => "jwk-key-type",
            Self::JwkPrivateKey => "jwk-private-key",
            Self::JwkUse { .. } => "jwk-use",
            Self::JwkAlgorithm { .. } => "jwk-algorithm",
            Self::JwkCoordinateLength { .. } => "jwk-coordinate-length",
            Self::PublishedKey { .. } => "published-key",
            Self::PemTruncated => "pem-truncated",
            Self::PemEncoding => "pem-encoding",
            Self::PemLabel { .. } => "pem-label",
        }
    }
}

/// A problem with one entry of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryProblem {
    /// The label of the input, as the caller gave it.
    pub label: String,
    /// The entry's place in the input, from 0.
    pub position: usize,
    /// The kid as the input writes it, unprintable characters escaped.
    pub kid: Option<String>,
    /// What it is.
    pub problem: ProblemKind,
    /// Whether the key is in the store all the same.
    pub kept: bool,
}

impl fmt::Display for EntryProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, entry {}", self.label, self.position)?;
        if let Some(kid) = &self.kid {
            write!(f, " ({kid})")?;
        }
        write!(f, ": {}", self.problem)?;
        f.write_str(if self.kept { "; kept" } else { "; left out" })
    }
}

/// What went into a store. Every entry is counted once:
/// `loaded + duplicates + rejected == total`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadReport {
    /// Keys in the store.
    pub loaded: usize,
    /// Entries equal to an earlier one in kid, key, certificate, country and
    /// usage. The store has the first one, with its origin.
    pub duplicates: usize,
    /// Entries left out, each with one problem that says why.
    pub rejected: usize,
    /// Entries of all inputs.
    pub total: usize,
    /// What was noted, in the order of the entries.
    pub problems: Vec<EntryProblem>,
    /// What the lists say about themselves: those of
    /// [`add_signed_list`](TrustStoreBuilder::add_signed_list),
    /// [`add_gdhcn`](TrustStoreBuilder::add_gdhcn) and
    /// [`trust_unsigned_list`](TrustStoreBuilder::trust_unsigned_list).
    pub lists: Vec<ListInfo>,
}

/// The label and the limits under which an input is read.
pub(super) struct Source {
    pub(super) label: Arc<str>,
    pub(super) limits: LoadLimits,
}

impl Source {
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
        let kid = declared.unwrap_or(computed);
        Ok(Found {
            key: TrustedKey::from_certificate(kid, certificate, self.label.clone()),
            notes: note.into_iter().collect(),
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

/// Collects keys for a [`TrustStore`].
///
/// Each `add_…` takes a label first: a file name or whatever names the source
/// to the user. An error refuses the input as a whole and leaves the builder
/// as it was; what is wrong with a single entry goes into the [`LoadReport`].
///
/// ```
/// use hcert::trust::{ListFormat, TrustStore};
/// let mut builder = TrustStore::builder();
/// builder.add_list("acc.json", ListFormat::Certificates, br#"{"certificates":[
///     {"kid": "AAECAwQFBgc=", "rawData": "AAAA"}
/// ]}"#)?;
/// let (store, report) = builder.build();
/// assert!(store.is_empty());
/// assert_eq!(report.problems[0].problem.code(), "certificate-encoding");
/// assert_eq!(report.problems[0].kid.as_deref(), Some("AAECAwQFBgc="));
/// # Ok::<(), hcert::trust::LoadError>(())
/// ```
#[derive(Default)]
pub struct TrustStoreBuilder {
    limits: LoadLimits,
    keys: BTreeMap<Kid, Vec<TrustedKey>>,
    seen: HashSet<[u8; 32]>,
    report: LoadReport,
    environment: Option<Environment>,
    accept_published: bool,
}

impl TrustStoreBuilder {
    /// Sets the limits for what is added from now on.
    #[must_use]
    pub fn with_limits(mut self, limits: LoadLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes, from now on, keys that are refused otherwise because anybody can
    /// sign with them ([`ProblemKind::PublishedKey`]). For tests with the
    /// field's sample certificates, never for a store that decides anything.
    #[must_use]
    pub fn dangerously_accept_published_keys(mut self) -> Self {
        self.accept_published = true;
        self
    }

    /// Adds a DER certificate under its own kid ([`Dsc::kid`]).
    pub fn add_certificate_der(&mut self, label: &str, der: &[u8]) -> Result<&mut Self, LoadError> {
        self.add(label, der, |source| {
            Ok(vec![source.certificate(None, der).into()])
        })
    }

    /// Adds a DER certificate under the kid that its source declares.
    pub fn add_certificate_der_as(
        &mut self,
        label: &str,
        kid: Kid,
        der: &[u8],
    ) -> Result<&mut Self, LoadError> {
        self.add(label, der, |source| {
            Ok(vec![source.certificate(Some(kid), der).into()])
        })
    }

    /// Adds the `CERTIFICATE` and `PUBLIC KEY` blocks of a PEM text (RFC
    /// 7468). Text before, between and after the blocks is skipped; a block
    /// without an end is reported. A public key gets
    /// [`Kid::of_public_key`], which the report notes.
    pub fn add_pem(&mut self, label: &str, text: impl AsRef<[u8]>) -> Result<&mut Self, LoadError> {
        let text = text.as_ref();
        self.add(label, text, |source| pem::read(source, text))
    }

    /// Adds a key that the caller already has.
    pub fn add_public_key(
        &mut self,
        label: &str,
        kid: Kid,
        key: PublicKey,
        country: Option<&str>,
        usage: KeyUsage,
    ) -> Result<&mut Self, LoadError> {
        self.add(label, &[], |source| {
            let mut found = source.public_key(Some(kid), key);
            found.key.country = country.map(Into::into);
            found.key.usage = usage;
            Ok(vec![Ok(found).into()])
        })
    }

    /// Adds a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), for any usage.
    pub fn add_spki_der(
        &mut self,
        label: &str,
        kid: Kid,
        der: &[u8],
    ) -> Result<&mut Self, LoadError> {
        self.add(label, der, |source| {
            Ok(vec![source.spki(Some(kid), der).into()])
        })
    }

    /// Adds a JWK or a JWK set (RFC 7517 §4, §5): EC P-256 and RSA.
    ///
    /// With `x5c` the key is taken from its first certificate and `x`, `y`,
    /// `n`, `e` are not looked at: published lists write coordinates wrongly,
    /// certificates rightly.
    ///
    /// A JWK's `kid` is text, a COSE kid is bytes. If the text is base64
    /// (either alphabet, padded or not), the bytes are what it decodes to, as
    /// the EU's and the WHO's lists mean it; otherwise they are its UTF-8.
    pub fn add_jwk(&mut self, label: &str, json: &[u8]) -> Result<&mut Self, LoadError> {
        self.add(label, json, |source| {
            let value = list::parse_json(json, &source.limits)?;
            if value.get("keys").is_some() {
                jwk::read_set(source, &value)
            } else {
                jwk::read_one(source, &value)
            }
        })
    }

    /// Adds a list whose signatures one of `anchors` vouches for; see
    /// [`ListFormat`] for what each form needs. Nothing of it is added, and it
    /// is an error, if a signature over the whole list is wrong, or if the form
    /// has none.
    ///
    /// No clock is read: the list's own dates go into [`ListInfo`], and those
    /// of the certificates beside its signature are not looked at.
    ///
    /// ```no_run
    /// use hcert::trust::{Anchor, ListBytes, ListFormat, TrustStore};
    /// let mut builder = TrustStore::builder();
    /// let key = Anchor::from_bytes(&std::fs::read("signing-key.pem")?)?;
    /// let list = std::fs::read("prod-dsc-list.json")?;
    /// builder.add_signed_list("de", ListFormat::German, &list, &[key])?;
    ///
    /// let root = Anchor::from_bytes(&std::fs::read("root.crt")?)?;
    /// let (keys, active) = (std::fs::read("updates.jwt")?, std::fs::read("keylist.jwt")?);
    /// let both = ListBytes::from(&keys).with_companion(&active);
    /// builder.add_signed_list("ch", ListFormat::Swiss, both, &[root])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_signed_list<'a>(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: impl Into<ListBytes<'a>>,
        anchors: &[Anchor],
    ) -> Result<&mut Self, LoadError> {
        self.add_national(label, format, bytes.into(), Check::Anchors(anchors))
    }

    /// Adds a list that nobody vouches for but the caller: one of a form
    /// without signature, or one of a signed form whose signature **is not
    /// looked at**. Whoever can write the bytes decides who is trusted.
    pub fn trust_unsigned_list<'a>(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: impl Into<ListBytes<'a>>,
    ) -> Result<&mut Self, LoadError> {
        self.add_national(label, format, bytes.into(), Check::Unsigned)
    }

    fn add_national(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: ListBytes<'_>,
        check: Check<'_>,
    ) -> Result<&mut Self, LoadError> {
        let max = self.limits.input_bytes;
        if let Some(companion) = bytes.companion.filter(|bytes| bytes.len() > max) {
            let bytes = companion.len();
            return Err(LoadError::TooLarge { bytes, max });
        }
        let mut claims = None;
        self.add(label, bytes.list, |source| {
            let content = list::read_list(source, format, bytes, check)?;
            claims = Some(content.claims);
            Ok(content.entries)
        })?;
        self.report.lists.extend(claims.map(|claims| ListInfo {
            label: label.into(),
            format,
            authenticated: matches!(check, Check::Anchors(_)),
            claims,
        }));
        Ok(self)
    }

    /// Adds a list of a form without signature that the caller names. It is
    /// not checked to come from anybody: see [`ListFormat`]. Signed and
    /// national forms are refused: [`add_signed_list`](Self::add_signed_list),
    /// [`trust_unsigned_list`](Self::trust_unsigned_list).
    pub fn add_list(
        &mut self,
        label: &str,
        format: ListFormat,
        bytes: &[u8],
    ) -> Result<&mut Self, LoadError> {
        self.add(label, bytes, |source| {
            list::read(source, format, bytes, None)
        })
    }

    /// Adds bytes of a form that [`detect_format`](super::detect_format)
    /// finds, or refuses them as [`LoadError::Unrecognised`]. As with
    /// [`add_list`](Self::add_list), nothing checks where they come from.
    pub fn add_bytes(&mut self, label: &str, bytes: &[u8]) -> Result<&mut Self, LoadError> {
        self.add(label, bytes, |source| {
            let (format, json) =
                list::detect(bytes, &source.limits)?.ok_or(LoadError::Unrecognised)?;
            list::read(source, format, bytes, json)
        })
    }

    /// Adds a list of the WHO's network (GDHCN, version 2), after checking its
    /// proof against the signer's pinned key. A store takes lists of one
    /// environment alone.
    ///
    /// Document signers (DSC) and signing authorities (SCA) are kept, each
    /// with its domain and participant ([`TrustedKey::gdhcn`]): see
    /// [`TrustStore::select`]. References to other lists are reported and
    /// never followed.
    ///
    /// ```no_run
    /// use hcert::trust::{GdhcnAnchor, TrustStore};
    /// let mut builder = TrustStore::builder();
    /// builder.add_gdhcn("WHO", &std::fs::read("did.json")?, &GdhcnAnchor::prod())?;
    /// let (store, report) = builder.build();
    /// println!("of {:?}", report.lists[0].issued_at());
    /// let accepted = store.select(|key| key.gdhcn().is_some_and(|listed| {
    ///     listed.domain() == "DCC" && ["ESP", "PRT"].contains(&listed.participant())
    /// }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_gdhcn(
        &mut self,
        label: &str,
        bytes: &[u8],
        anchor: &GdhcnAnchor,
    ) -> Result<&mut Self, LoadError> {
        let added = anchor.environment();
        if let Some(has) = self.environment.filter(|has| *has != added) {
            return Err(GdhcnError::MixedEnvironments { has, added }.into());
        }
        let mut info = None;
        self.add(label, bytes, |source| {
            let (entries, list) = gdhcn::read(source, bytes, anchor)?;
            info = Some(list);
            Ok(entries)
        })?;
        self.environment = Some(added);
        self.report.lists.extend(info);
        Ok(self)
    }

    /// The store, and what became of each entry.
    pub fn build(self) -> (TrustStore, LoadReport) {
        let store = TrustStore {
            len: self.report.loaded,
            keys: Arc::new(self.keys),
            lists: self.report.lists.clone().into(),
        };
        (store, self.report)
    }

    /// Reads all entries of an input before the first one is added.
    fn add(
        &mut self,
        label: &str,
        input: &[u8],
        read: impl FnOnce(&Source) -> Result<Vec<Entry>, LoadError>,
    ) -> Result<&mut Self, LoadError> {
        let max = self.limits.input_bytes;
        if input.len() > max {
            return Err(LoadError::TooLarge {
                bytes: input.len(),
                max,
            });
        }
        let source = Source {
            label: label.into(),
            limits: self.limits,
        };
        let entries = read(&source)?;
        source.check_count(self.report.total.saturating_add(entries.len()))?;
        for (position, entry) in entries.into_iter().enumerate() {
            self.insert(label, position, entry);
        }
        Ok(self)
    }

    fn insert(&mut self, label: &str, position: usize, entry: Entry) {
        let report = &mut self.report;
        report.total += 1;
        let kid = entry.kid.as_deref().map(shown);
        let mut note = |problem, kept| {
            report.problems.push(EntryProblem {
                label: label.into(),
                position,
                kid: kid.clone(),
                problem,
                kept,
            });
        };
        let outcome = entry.outcome.and_then(|found| {
            let known = published_key(&found.key.key).filter(|_| !self.accept_published);
            known.map_or(Ok(found), |known| {
                Err(ProblemKind::PublishedKey {
                    name: known.name(),
                    private: known.is_private_key_published(),
                })
            })
        });
        let found = match outcome {
            Ok(found) => found,
            Err(problem) => {
                note(problem, false);
                report.rejected += 1;
                return;
            }
        };
        for problem in found.notes {
            note(problem, true);
        }
        let key = found.key;
        if key.key.algorithm().is_none() {
            let kind = key.key.kind().clone();
            note(ProblemKind::UnusableKey { kind }, true);
        }
        if self.seen.insert(key.identity()) {
            report.loaded += 1;
            self.keys.entry(key.kid.clone()).or_default().push(key);
        } else {
            report.duplicates += 1;
        }
    }
}

impl fmt::Debug for TrustStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStoreBuilder")
            .field("limits", &self.limits)
            .field("loaded", &self.report.loaded)
            .field("total", &self.report.total)
            .finish_non_exhaustive()
    }
}

/// The keys that a verifier trusts. It doesn't change, and cloning is cheap.
///
/// ```
/// use hcert::crypto::PublicKey;
/// use hcert::trust::{KeyUsage, Kid, TrustStore, Usage};
/// # use p256::pkcs8::EncodePublicKey;
/// # let der = p256::SecretKey::from_slice(&[7; 32]).unwrap().public_key().to_public_key_der().unwrap();
/// # let spki_der = der.as_bytes();
/// let key = PublicKey::from_spki_der(spki_der).unwrap();
/// let kid = Kid::from_base64("tCM87WnaaQE=").unwrap();
/// let mut builder = TrustStore::builder();
/// builder.add_public_key("by hand", kid.clone(), key, Some("ES"), Usage::Test.into())?;
/// let (store, _) = builder.build();
///
/// let found = &store.candidates(&kid)[0];
/// assert_eq!(found.country(), Some("ES"));
/// assert_eq!(found.usage().to_string(), "test");
/// # Ok::<(), hcert::trust::LoadError>(())
/// ```
#[derive(Clone, Default)]
pub struct TrustStore {
    keys: Arc<BTreeMap<Kid, Vec<TrustedKey>>>,
    lists: Arc<[ListInfo]>,
    len: usize,
}

impl TrustStore {
    /// A builder without keys.
    pub fn builder() -> TrustStoreBuilder {
        TrustStoreBuilder::default()
    }

    /// All keys under a kid, in the order in which they were added. None is
    /// better than another: try each.
    pub fn candidates(&self, kid: impl AsRef<[u8]>) -> &[TrustedKey] {
        self.keys.get(kid.as_ref()).map_or(&[], Vec::as_slice)
    }

    /// A store of those keys that `keep` says yes to.
    pub fn select(&self, keep: impl Fn(&TrustedKey) -> bool) -> Self {
        let keys: BTreeMap<_, Vec<_>> = self
            .keys
            .iter()
            .map(|(kid, keys)| {
                let kept = keys.iter().filter(|key| keep(key)).cloned();
                (kid.clone(), kept.collect::<Vec<_>>())
            })
            .filter(|(_, keys)| !keys.is_empty())
            .collect();
        Self {
            len: keys.values().map(Vec::len).sum(),
            keys: Arc::new(keys),
            lists: self.lists.clone(),
        }
    }

    /// All keys, by kid and then in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &TrustedKey> {
        self.keys.values().flatten()
    }

    /// What the lists that went in say about themselves.
    pub fn lists(&self) -> &[ListInfo] {
        &self.lists
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustStore({} keys, {} kids)", self.len, self.keys.len())
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

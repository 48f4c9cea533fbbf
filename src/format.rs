//! How certificates are written. [`Unverified`] reads each [`Format`]; nothing
//! that verifies, judges or shows a certificate knows which one it was.
//!
//! ```
//! use hcert::Limits;
//! use hcert::format::{Format, Unverified};
//! assert_eq!(Format::detect("HC1:NCF..."), Some(Format::Hc1));
//! assert_eq!(Format::detect("https://example.org"), None);
//! let error = Unverified::parse("HC2:...", &Limits::default()).unwrap_err();
//! assert_eq!(error.code(), "prefix-version");
//! ```

mod content;
// The stages of reading by themselves, for fuzz targets and conformance. The
// promise of stability doesn't cover them.
#[doc(hidden)]
pub mod hc1;
mod json;
#[cfg(feature = "lt1")]
mod lt1;

use alloc::vec::Vec;
use core::fmt;

pub use self::content::{Claims, Content, TimeClaim};
pub use self::hc1::DecodeError;
pub use self::hc1::text::TextError;
pub use crate::codec::cbor::CborError;
pub use crate::codec::zlib::ZlibError;
pub use crate::deviation::{Deviation, DeviationCode};
pub use crate::record::unreadable::{ContentError, GroupName};

use crate::Limits;
use crate::crypto::kid::Kid;
use crate::crypto::{BadSignature, PublicKey};
use crate::envelope::cose::CoseSign1;
pub use crate::envelope::cose::{CoseError, DeclaredAlgorithm};
use crate::record::ProductCatalogue;

macro_rules! formats {
    ($($(#[doc = $doc:literal])* $(#[cfg($cfg:meta)])? $name:ident($sealed:ty), $code:literal, $prefix:expr;)*) => {
        /// A format in which certificates are written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[doc = $doc])* $(#[cfg($cfg)])? $name,)*
        }

        impl Format {
            /// All of them.
            pub const ALL: &[Self] = &[$($(#[cfg($cfg)])? Self::$name,)*];

            /// A stable identifier of the format.
            pub const fn code(self) -> &'static str {
                match self {
                    $($(#[cfg($cfg)])? Self::$name => $code,)*
                }
            }

            /// How the text of a code in this format begins.
            pub const fn prefix(self) -> &'static str {
                match self {
                    $($(#[cfg($cfg)])? Self::$name => $prefix,)*
                }
            }
        }

        #[derive(Clone)]
        enum Envelope {
            $($(#[cfg($cfg)])? $name($sealed),)*
        }

        impl Envelope {
            fn parse(
                format: Format,
                text: &str,
                limits: &Limits,
                deviations: &mut Vec<Deviation>,
            ) -> Result<Self, DecodeError> {
                Ok(match format {
                    $($(#[cfg($cfg)])? Format::$name => Self::$name(Sealed::parse(text, limits, deviations)?),)*
                })
            }

            const fn format(&self) -> Format {
                match self {
                    $($(#[cfg($cfg)])? Self::$name(_) => Format::$name,)*
                }
            }

            fn sealed(&self) -> &dyn Sealed {
                match self {
                    $($(#[cfg($cfg)])? Self::$name(sealed) => sealed,)*
                }
            }
        }
    };
}

formats! {
    /// The EU's and the WHO network's container (hcert-spec 1.0.8).
    Hc1(hc1::Hc1), "hc1", hc1::text::PREFIX;
    /// Switzerland's light certificate (Federal Office of Public Health).
    #[cfg(feature = "lt1")]
    Lt1(lt1::Lt1), "lt1", lt1::PREFIX;
}

impl Format {
    /// The format of which the text of a code shows the marks.
    pub fn detect(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(['\r', '\n', '\t', ' ']);
        let mut all = Self::ALL.iter().copied();
        all.find(|format| text.starts_with(format.prefix()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Who says to have signed a certificate: a claim, and nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerRef<'a> {
    /// A key identifier.
    Kid {
        /// Within whose keys it is one; `None` where kids stand by themselves.
        issuer: Option<&'a str>,
        /// The key identifier.
        kid: &'a Kid,
        /// Whether the signature is over it. What is not signed, anybody could
        /// have exchanged for another kid of the same key.
        is_signed: bool,
    },
}

impl<'a> SignerRef<'a> {
    /// Whom a COSE_Sign1 names.
    fn of_cose(cose: &'a CoseSign1) -> Option<Self> {
        cose.kid().map(|kid| Self::Kid {
            issuer: None,
            kid,
            is_signed: cose.is_kid_signed(),
        })
    }

    /// The key identifier.
    pub const fn kid(&self) -> &'a Kid {
        match self {
            Self::Kid { kid, .. } => kid,
        }
    }
}

/// What the content is read with.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Reading<'a> {
    /// Resource limits.
    pub limits: &'a Limits,
    /// In which the product of a yellow card is looked up.
    pub products: &'a ProductCatalogue,
}

impl<'a> Reading<'a> {
    /// With these limits and products.
    pub const fn new(limits: &'a Limits, products: &'a ProductCatalogue) -> Self {
        Self { limits, products }
    }
}

/// What a format has to bring.
trait Sealed {
    /// Takes a text apart as far as a key can be looked up.
    fn parse(
        text: &str,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, DecodeError>
    where
        Self: Sized;

    fn signer(&self) -> Option<SignerRef<'_>>;

    fn algorithm(&self) -> Option<&DeclaredAlgorithm>;

    fn signature(&self) -> &[u8];

    /// The COSE_Sign1, of a format that has one.
    fn cose(&self) -> Option<&CoseSign1>;

    fn verify(&self, key: &PublicKey) -> Result<(), BadSignature>;

    /// Reads the content, whoever signed it.
    fn content(&self, with: &Reading<'_>, deviations: &mut Vec<Deviation>) -> Content;
}

/// What a format has to bring whose certificates are a COSE_Sign1.
trait InCose: Sized {
    fn parse(
        text: &str,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, DecodeError>;

    fn message(&self) -> &CoseSign1;

    fn content(&self, with: &Reading<'_>, deviations: &mut Vec<Deviation>) -> Content;
}

impl<T: InCose> Sealed for T {
    fn parse(
        text: &str,
        limits: &Limits,
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, DecodeError> {
        InCose::parse(text, limits, deviations)
    }

    fn signer(&self) -> Option<SignerRef<'_>> {
        SignerRef::of_cose(self.message())
    }

    fn algorithm(&self) -> Option<&DeclaredAlgorithm> {
        self.message().algorithm()
    }

    fn signature(&self) -> &[u8] {
        self.message().signature()
    }

    fn cose(&self) -> Option<&CoseSign1> {
        Some(self.message())
    }

    fn verify(&self, key: &PublicKey) -> Result<(), BadSignature> {
        self.message().verify(key)
    }

    fn content(&self, with: &Reading<'_>, deviations: &mut Vec<Deviation>) -> Content {
        InCose::content(self, with, deviations)
    }
}

/// A certificate that has been parsed as far as a key can be looked up, and
/// that nothing vouches for yet.
#[derive(Clone)]
pub struct Unverified {
    envelope: Envelope,
    deviations: Vec<Deviation>,
    limits: Limits,
}

impl Unverified {
    /// Takes the text of a code as far as its headers.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, DecodeError> {
        let mut deviations = Vec::new();
        // What nothing is detected in is refused as the format that most have.
        let format = Format::detect(text).unwrap_or(Format::Hc1);
        let envelope = Envelope::parse(format, text, limits, &mut deviations)?;
        Ok(Self::new(envelope, limits, deviations))
    }

    /// An HC1 certificate from the bytes of its COSE_Sign1, for codes that come
    /// by another way than a text.
    pub fn from_cose(bytes: Vec<u8>, limits: &Limits) -> Result<Self, DecodeError> {
        let mut deviations = Vec::new();
        let cose = hc1::Hc1::from_cose(bytes, limits, &mut deviations)?;
        Ok(Self::new(Envelope::Hc1(cose), limits, deviations))
    }

    fn new(envelope: Envelope, limits: &Limits, deviations: Vec<Deviation>) -> Self {
        let limits = limits.clone();
        Self {
            envelope,
            deviations,
            limits,
        }
    }

    /// Which format it is in.
    pub const fn format(&self) -> Format {
        self.envelope.format()
    }

    /// Who says to have signed it.
    pub fn signer(&self) -> Option<SignerRef<'_>> {
        self.envelope.sealed().signer()
    }

    /// The key identifier that the headers name.
    pub fn kid(&self) -> Option<&Kid> {
        self.signer().map(|signer| signer.kid())
    }

    /// The algorithm that the headers name.
    pub fn algorithm(&self) -> Option<&DeclaredAlgorithm> {
        self.envelope.sealed().algorithm()
    }

    /// The COSE_Sign1 structure, as it came out of the compression; empty for a
    /// format that has none.
    pub fn cose_bytes(&self) -> &[u8] {
        let cose = self.envelope.sealed().cose();
        cose.map(CoseSign1::bytes).unwrap_or_default()
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        self.envelope.sealed().signature()
    }

    /// Departures from the specification seen so far.
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Whether `key` made the signature, with the algorithm that the headers
    /// name. What it signed can be read then, and not before.
    pub fn authenticate(&self, key: &PublicKey) -> Result<Authentic<'_>, BadSignature> {
        self.envelope.sealed().verify(key)?;
        Ok(Authentic(self))
    }

    /// The content, which **nothing vouches for**: anybody can write it. For
    /// people who debug, not for decisions.
    pub fn unverified_content(&self, products: &ProductCatalogue) -> (Content, Vec<Deviation>) {
        self.content(&Reading::new(&self.limits, products))
    }

    fn content(&self, with: &Reading<'_>) -> (Content, Vec<Deviation>) {
        let mut deviations = Vec::new();
        let content = self.envelope.sealed().content(with, &mut deviations);
        (content, deviations)
    }
}

impl fmt::Debug for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified")
            .field("format", &self.format())
            .field("kid", &self.kid())
            .field("algorithm", &self.algorithm())
            .field("deviations", &self.deviations)
            .finish_non_exhaustive()
    }
}

/// A certificate whose signature a key made:
/// [`authenticate`](Unverified::authenticate) alone makes one.
#[derive(Debug, Clone, Copy)]
pub struct Authentic<'a>(&'a Unverified);

impl Authentic<'_> {
    /// What was signed, as far as it can be read, and the departures in it.
    pub fn read(self, with: &Reading<'_>) -> (Content, Vec<Deviation>) {
        self.0.content(with)
    }
}

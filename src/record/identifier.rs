//! What a revocation list names a certificate by.

use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};

use crate::crypto::Algorithm;
use crate::record::Record;

/// What an [`Identifier`] is the hash of.
///
/// The first three are those of the EU's gateway, with the type byte that
/// stands behind the kid in its lists. The others are computed for no format
/// that this crate reads yet: their bytes are this crate's own, and no
/// published list has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum IdentifierKind {
    /// `SIGNATURE`: for ES256 the first half of the signature, `r`; for PS256
    /// the whole. The twin `(r, n−s)` of an ECDSA signature, which verifies as
    /// well, has the same `r`. A certificate without an identifier in it, such
    /// as the yellow card (ICVP), has this one alone.
    Signature = 0x0a,
    /// `UCI`: the unique certificate identifier (`ci`; for a DDCC, `hcid`) in
    /// UTF-8, exactly as it stands in the certificate.
    ///
    /// The prefix `URN:UVCI:` and the check character behind `#` count where
    /// they stand, and are not added where they don't: so do the Corona-Warn-App
    /// (cwa-app-android, `RevocationCalculation.kt`) and the EU's apps
    /// (dgca-verifier-app-android), and so are the published samples.
    Uci = 0x0b,
    /// `COUNTRYCODEUCI`: the country's two letters, and behind them the same
    /// text. The country is that of the claim `iss`; where the entry names
    /// another one (`co`), both are looked for, as the apps do not agree.
    CountryCodeUci = 0x0c,
    /// The token identifier of an NZCP, its `jti` (from `cti`) as text.
    Jti = 0x80,
    /// The revocation identifier of a SMART Health Card, its `rid` as text.
    Rid = 0x81,
}

impl IdentifierKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Signature,
        Self::Uci,
        Self::CountryCodeUci,
        Self::Jti,
        Self::Rid,
    ];

    /// A stable identifier of the kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Uci => "uci",
            Self::CountryCodeUci => "country-code-uci",
            Self::Jti => "jti",
            Self::Rid => "rid",
        }
    }

    /// The byte that stands behind the kid in a list.
    pub const fn type_byte(self) -> u8 {
        self as u8
    }

    /// The kind with this [`type_byte`](Self::type_byte).
    pub fn from_type_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.type_byte() == byte)
    }

    /// As the gateway's JSON names it.
    pub(crate) fn from_gateway_name(name: &str) -> Option<Self> {
        Some(match name {
            "SIGNATURE" => Self::Signature,
            "UCI" => Self::Uci,
            "COUNTRYCODEUCI" => Self::CountryCodeUci,
            _ => return None,
        })
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The SHA-256 of what names a certificate. Lists hold a prefix of it, of 16
/// bytes as a rule.
///
/// It names one certificate, and so one person; `Debug` shows its kind alone.
///
/// ```
/// use hcert::revocation::{Identifier, IdentifierKind};
/// let uci = Identifier::of(IdentifierKind::Uci, b"URN:UVCI:01:SE:EHM/V12907267LAJW#E");
/// assert_eq!(uci.hash().len(), 32);
/// assert_eq!(format!("{uci:?}"), "Identifier(uci)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    kind: IdentifierKind,
    hash: [u8; 32],
}

impl Identifier {
    /// The identifier of that kind whose SHA-256 is known.
    pub const fn new(kind: IdentifierKind, hash: [u8; 32]) -> Self {
        Self { kind, hash }
    }

    /// Hashes what [`IdentifierKind`] says.
    pub fn of(kind: IdentifierKind, preimage: &[u8]) -> Self {
        Self::new(kind, Sha256::digest(preimage).into())
    }

    /// That of a signature made with this algorithm.
    pub fn of_signature(algorithm: Algorithm, signature: &[u8]) -> Self {
        let hashed = match algorithm {
            Algorithm::Es256 => signature.get(..signature.len() / 2),
            _ => None,
        };
        Self::of(IdentifierKind::Signature, hashed.unwrap_or(signature))
    }

    /// All those of a certificate, for every entry of it: what a verifier
    /// looks up, and what an issuer puts on its list.
    pub(crate) fn all(
        signature: Option<(Algorithm, &[u8])>,
        issuer: Option<&str>,
        record: Option<&Record>,
    ) -> Vec<Self> {
        // Of one entry: signature, UCI, and as a rule one spelling of the country.
        let mut all = Vec::with_capacity(4);
        if let Some((algorithm, signature)) = signature {
            all.push(Self::of_signature(algorithm, signature));
        }
        let entries = record.map(Record::entries).unwrap_or_default();
        for (entry, id) in entries
            .iter()
            .filter_map(|entry| Some((entry, entry.id()?)))
        {
            all.push(Self::of(IdentifierKind::Uci, id.as_bytes()));
            // The EU's app writes it in capitals, others as it stands.
            for country in [issuer, entry.country().or(Some(""))].into_iter().flatten() {
                all.push(Self::of_both(country, id));
                if country.chars().any(char::is_lowercase) {
                    all.push(Self::of_both(&country.to_uppercase(), id));
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    fn of_both(country: &str, id: &str) -> Self {
        let hash = Sha256::new().chain_update(country).chain_update(id);
        Self {
            kind: IdentifierKind::CountryCodeUci,
            hash: hash.finalize().into(),
        }
    }

    /// What it is the hash of.
    pub const fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// SHA-256, 32 bytes.
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({})", self.kind)
    }
}

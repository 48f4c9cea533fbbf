//! A trusted key: what it is called, what it may sign, and how long.

use core::fmt;
use std::sync::Arc;

use super::chain::{Chain, ChainLink};
use super::deny::Denial;
use super::list::gdhcn::GdhcnOrigin;
use super::list::{ListFormat, ListInfo};
use super::x509::Dsc;
use crate::Timestamp;
use crate::crypto::PublicKey;
use crate::crypto::kid::Kid;
use crate::record::usage::Usage;

/// What a key may sign: anything, or a set of [`Usage`].
///
/// ```
/// use hcert::trust::{KeyUsage, Usage};
/// let usage = KeyUsage::only([Usage::Vaccination, Usage::Test]);
/// assert!(usage.allows(Usage::Test));
/// assert!(!usage.allows(Usage::Recovery));
/// assert_eq!(usage.to_string(), "test, vaccination");
/// assert!(KeyUsage::ANY.allows(Usage::Recovery));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyUsage(Option<u8>);

impl KeyUsage {
    /// No limit.
    pub const ANY: Self = Self(None);

    /// Nothing but these; with none, nothing at all.
    pub fn only(usages: impl IntoIterator<Item = Usage>) -> Self {
        Self(Some(
            usages.into_iter().fold(0, |set, usage| set | usage.bit()),
        ))
    }

    /// Reads the object identifiers of an extended key usage extension, in
    /// dotted form. With none of the health OIDs
    /// `1.3.6.1.4.1.1847.2021.1.{1,2,3}` there is no limit; the older
    /// arc `1.3.6.1.4.1.0.1847.2021.1` means the same. Another OID of these
    /// arcs, and an arc itself, is a limit, too, and allows none of the kinds that
    /// are known.
    pub fn from_oids<'a>(oids: impl IntoIterator<Item = &'a str>) -> Self {
        const ARCS: [&str; 2] = ["1.3.6.1.4.1.1847.2021.1", "1.3.6.1.4.1.0.1847.2021.1"];
        let below = |oid: &'a str, arc: &str| {
            let rest = oid.strip_prefix(arc)?;
            (rest.is_empty() || rest.starts_with('.')).then_some(rest)
        };
        oids.into_iter()
            .filter_map(|oid| {
                let mut arcs = ARCS.into_iter();
                Some(match arcs.find_map(|arc| below(oid, arc))? {
                    ".1" => Usage::Test,
                    ".2" => Usage::Vaccination,
                    ".3" => Usage::Recovery,
                    _ => Usage::Other,
                })
            })
            .fold(Self::ANY, |Self(set), usage| {
                Self(Some(set.unwrap_or(0) | usage.bit()))
            })
    }

    /// Whether the key may sign records of this kind.
    pub const fn allows(self, usage: Usage) -> bool {
        match self.0 {
            None => true,
            Some(set) => set & usage.bit() != 0,
        }
    }

    /// What both allow.
    pub(crate) const fn both(self, other: Self) -> Self {
        match (self.0, other.0) {
            (None, limit) | (limit, None) => Self(limit),
            (Some(a), Some(b)) => Self(Some(a & b)),
        }
    }

    pub(super) const fn to_bits(self) -> Option<u8> {
        self.0
    }

    pub(super) const fn from_bits(set: u8) -> Option<Self> {
        if set < 8 { Some(Self(Some(set))) } else { None }
    }

    /// Whether the key is limited. A limited key signs no record that is
    /// outside the kinds of [`Usage`].
    pub const fn is_limited(self) -> bool {
        self.0.is_some()
    }
}

impl FromIterator<Usage> for KeyUsage {
    fn from_iter<T: IntoIterator<Item = Usage>>(usages: T) -> Self {
        Self::only(usages)
    }
}

impl From<Usage> for KeyUsage {
    fn from(usage: Usage) -> Self {
        Self::only([usage])
    }
}

impl fmt::Display for KeyUsage {
    /// `any`, `none`, or the kinds: `test, vaccination`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => return f.write_str("any"),
            Some(0) => return f.write_str("none"),
            Some(_) => {}
        }
        let allowed = Usage::ALL.into_iter().filter(|usage| self.allows(*usage));
        for (n, usage) in allowed.enumerate() {
            if n > 0 {
                f.write_str(", ")?;
            }
            f.write_str(usage.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyUsage({self})")
    }
}

/// A listing: a key of a trust store, with what its source said about it.
///
/// A key may have several, under other kids, in other certificates, lists,
/// domains or countries. Which of them a kid leads to proves nothing, so a
/// verdict is made of [all](crate::verify::Verified::listings).
#[derive(Debug, Clone)]
pub struct TrustedKey {
    pub(super) kid: Kid,
    pub(super) key: PublicKey,
    pub(super) certificate: Option<Dsc>,
    /// Of a certificate that may itself not be at hand.
    pub(super) validity: Option<(Timestamp, Timestamp)>,
    pub(super) certificate_sha256: Option<[u8; 32]>,
    pub(super) country: Option<Arc<str>>,
    pub(super) usage: KeyUsage,
    pub(super) origin: Arc<str>,
    pub(super) gdhcn: Option<Arc<GdhcnOrigin>>,
    pub(super) chain: Option<Arc<ChainLink>>,
    pub(super) vouchers: Vouchers,
    pub(super) denials: Arc<[Arc<Denial>]>,
}

/// Who says that a key is to be trusted.
#[derive(Debug, Clone, Default)]
pub(super) struct Vouchers {
    pub(super) caller: bool,
    pub(super) lists: Arc<[Arc<ListInfo>]>,
}

impl Vouchers {
    /// Whether anybody is left who vouches for the key.
    pub(super) fn remove(&mut self, list: &Arc<ListInfo>) -> bool {
        if self.lists.iter().any(|known| Arc::ptr_eq(known, list)) {
            let others = self.lists.iter().filter(|known| !Arc::ptr_eq(known, list));
            self.lists = others.cloned().collect();
        }
        self.caller || !self.lists.is_empty()
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.caller |= other.caller;
        if Arc::ptr_eq(&self.lists, &other.lists) {
            return;
        }
        // Most keys of a list have the same vouchers.
        if self.lists.is_empty() {
            self.lists = other.lists.clone();
            return;
        }
        let known = |list| self.lists.iter().any(|known| Arc::ptr_eq(known, list));
        let mut new = other.lists.iter().filter(|list| !known(list)).peekable();
        if new.peek().is_some() {
            self.lists = self.lists.iter().chain(new).cloned().collect();
        }
    }
}

impl TrustedKey {
    pub(super) fn from_certificate(kid: Kid, certificate: Dsc, origin: Arc<str>) -> Self {
        let key = certificate.public_key().clone();
        Self {
            country: certificate.country().map(Into::into),
            usage: certificate.usage(),
            validity: Some((certificate.not_before(), certificate.not_after())),
            certificate_sha256: Some(certificate.sha256()),
            certificate: Some(certificate),
            ..Self::from_public_key(kid, key, origin)
        }
    }

    pub(super) fn from_public_key(kid: Kid, key: PublicKey, origin: Arc<str>) -> Self {
        Self {
            kid,
            key,
            certificate: None,
            validity: None,
            certificate_sha256: None,
            country: None,
            usage: KeyUsage::ANY,
            origin,
            gdhcn: None,
            chain: None,
            vouchers: Vouchers::default(),
            denials: Arc::default(),
        }
    }

    /// The kid under which the source lists the key.
    pub fn kid(&self) -> &Kid {
        &self.kid
    }

    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The document signer certificate, if the source gave one; a
    /// [snapshot](super::TrustStore::to_snapshot) keeps only its
    /// [`validity`](Self::validity) and [SHA-256](Self::certificate_sha256).
    pub fn certificate(&self) -> Option<&Dsc> {
        self.certificate.as_ref()
    }

    /// The country as the source declares it, or else as the certificate
    /// does ([`Dsc::country`]). ISO 3166-1 alpha-2 by rule, not always. In the
    /// WHO's network it is the participant's.
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// What the key may sign.
    pub fn usage(&self) -> KeyUsage {
        self.usage
    }

    /// The first and the last second of the certificate's validity; `None`
    /// for a bare key.
    pub fn validity(&self) -> Option<(Timestamp, Timestamp)> {
        self.validity
    }

    /// SHA-256 over the DER of the certificate, if there is one.
    pub fn certificate_sha256(&self) -> Option<&[u8; 32]> {
        self.certificate_sha256.as_ref()
    }

    /// The lists that hold the key. One of them in time suffices for a
    /// verdict.
    pub fn lists(&self) -> impl Iterator<Item = &ListInfo> {
        self.vouchers.lists.iter().map(AsRef::as_ref)
    }

    /// Whether the caller added the key by itself, beside whatever lists may
    /// hold it: then no list's age counts.
    pub fn is_vouched_for(&self) -> bool {
        self.vouchers.caller
    }

    /// Whether it is one of a list that has the key without a certificate, and
    /// so says nothing of what that limits: where another listing has the
    /// certificate, its limits hold. The word of the caller, or of the maker of
    /// a snapshot, is taken as it is.
    pub(crate) fn is_silent(&self) -> bool {
        let vouched = |list: &ListInfo| list.format() == ListFormat::Snapshot;
        self.validity.is_none() && !self.vouchers.caller && !self.lists().any(vouched)
    }

    /// The entries of the [deny list](super::DenyList) that speak of the key.
    pub fn denials(&self) -> &[Arc<Denial>] {
        &self.denials
    }

    /// The label of the source, as the caller gave it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where the WHO's network lists the key; `None` for keys of any other
    /// source.
    pub fn gdhcn(&self) -> Option<&GdhcnOrigin> {
        self.gdhcn.as_deref()
    }

    /// Who signed the certificate, as far as the source tells. The first call
    /// verifies a signature.
    pub fn chain(&self) -> Chain {
        let certificate = self.certificate.as_ref();
        let link = self.chain.as_ref();
        link.map_or(Chain::NotChecked, |link| link.chain(certificate))
    }

    /// The order of a store, by kid and then by all that the listing says, so
    /// that nothing depends on the order in which listings came in. Equal for
    /// exact duplicates alone: only origin and lists don't count.
    pub(crate) fn order(&self) -> impl Ord + '_ {
        let gdhcn = self.gdhcn.as_deref().map(|listed| {
            let place = (listed.domain(), listed.participant(), listed.usage());
            (listed.environment(), place)
        });
        (
            self.kid.as_bytes(),
            self.key.spki_der(),
            gdhcn,
            self.country.as_deref(),
            self.certificate_sha256.as_ref(),
            self.validity,
            self.usage.0,
        )
    }

    /// The kids of the listing: that of the list, which may be signed by
    /// nobody, and that of the certificate.
    pub(crate) fn kids(&self) -> impl Iterator<Item = Kid> {
        let of_certificate = self.certificate_sha256.map(Kid::prefix);
        [Some(self.kid.clone()), of_certificate]
            .into_iter()
            .flatten()
    }
}

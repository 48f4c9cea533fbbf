//! A trusted key: what it is called, what it may sign, and how long.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::chain::{Chain, ChainLink};
use super::deny::{Denial, Names};
use super::list::gdhcn::GdhcnOrigin;
use super::list::{ListFormat, ListInfo};
use super::usage::KeyUsage;
use crate::Timestamp;
use crate::crypto::kid::Kid;
use crate::crypto::{CertificateDigest, KeyFingerprint, PublicKey};
use crate::envelope::x509::Dsc;

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
    pub(super) certificate_digest: Option<CertificateDigest>,
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
            certificate_digest: Some(certificate.digest()),
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
            certificate_digest: None,
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
    /// [`validity`](Self::validity) and [SHA-256](Self::certificate_digest).
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
    pub fn certificate_digest(&self) -> Option<CertificateDigest> {
        self.certificate_digest
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
            self.certificate_digest.as_ref(),
            self.validity,
            self.usage.0,
        )
    }

    /// The kids of the listing: that of the list, which may be signed by
    /// nobody, and that of the certificate.
    pub(crate) fn kids(&self) -> impl Iterator<Item = Kid> {
        let of_certificate = self
            .certificate_digest
            .map(|digest| Kid::prefix(digest.as_bytes()));
        [Some(self.kid.clone()), of_certificate]
            .into_iter()
            .flatten()
    }
}

impl Names {
    /// Of the key with this fingerprint, by its listings.
    pub(super) fn new<'a>(
        fingerprint: KeyFingerprint,
        listings: impl Iterator<Item = &'a TrustedKey>,
    ) -> Self {
        let mut names = Self {
            key: fingerprint,
            kids: vec![Kid::prefix(fingerprint.as_bytes())],
            certificates: Vec::new(),
        };
        for listing in listings {
            names.kids.extend(listing.kids());
            names.certificates.extend(listing.certificate_digest());
        }
        names.kids.sort();
        names.kids.dedup();
        names
    }
}

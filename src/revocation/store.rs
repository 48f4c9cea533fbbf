//! What a verifier looks certificates up in.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::{Identifier, IdentifierKind, RevocationInfo};

/// Something that knows which certificates are revoked: a list in any form,
/// or your own database.
pub trait RevocationSource: Send + Sync {
    /// Which list it is, and of when.
    fn info(&self) -> &RevocationInfo;

    /// Whether the certificate with this identifier, signed by a key with this
    /// kid of this country, is revoked.
    fn answer(&self, kid: &[u8], country: Option<&str>, identifier: &Identifier) -> Answer;
}

/// What a [`RevocationSource`] says about one identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It is on the list: the certificate is revoked.
    Listed,
    /// It would be on this list if it were revoked, and it is not.
    NotListed,
    /// The list does not name certificates by identifiers of this kind.
    OtherKind,
    /// The list is not about such certificates, or the part of it is not at
    /// hand in which it would be.
    NotCovered,
}

/// A certificate, as it is looked up.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The kid of its signer.
    pub kid: &'a [u8],
    /// Whether the kid is in the protected header. Outside of it, it can be
    /// exchanged by whoever shows the certificate for another one of the key.
    pub kid_is_signed: bool,
    /// Further kids of the same key: what is listed under one of them is
    /// revoked. If the kid is not signed, a list that does not know about one
    /// of them does not know about the certificate.
    pub other_kids: &'a [Vec<u8>],
    /// The country of its signer.
    pub country: Option<&'a str>,
    /// Further countries under which trust lists have the same key.
    pub other_countries: &'a [String],
    /// [`Content::identifiers`](crate::format::Content::identifiers).
    pub identifiers: &'a [Identifier],
}

impl<'a> Subject<'a> {
    /// A certificate with these identifiers under this kid.
    pub fn new(kid: &'a [u8], identifiers: &'a [Identifier]) -> Self {
        Self {
            kid,
            kid_is_signed: true,
            other_kids: &[],
            country: None,
            other_countries: &[],
            identifiers,
        }
    }
}

/// Whether a certificate is revoked, as far as the lists tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookUp {
    /// It is on a list. A certificate with several entries of which one is
    /// revoked is revoked.
    Revoked {
        /// By which identifier it is named there.
        kind: IdentifierKind,
        /// Which list, and of when.
        list: Arc<RevocationInfo>,
    },
    /// It is on none of the lists that would name it.
    NotListed {
        /// Those lists.
        lists: Vec<Arc<RevocationInfo>>,
    },
    /// No list says anything about it.
    NotCovered,
}

/// The revocation data that a verifier takes: several lists and sets. Cheap to
/// clone.
///
/// ```
/// use hcert::revocation::{Identifier, IdentifierKind, LookUp, RevocationList, Revocations, Subject};
/// // {h'0102030405060708 0a': [h'…16 bytes…']}
/// let certificate = Identifier::of(IdentifierKind::Signature, b"r of a signature");
/// let mut list = vec![0xa1, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 0x81, 0x50];
/// list.extend(&certificate.hash()[..16]);
///
/// let mut revocations = Revocations::new();
/// revocations.add(RevocationList::trust_unsigned("by hand", &list)?);
/// let kid = [1, 2, 3, 4, 5, 6, 7, 8];
/// let found = revocations.look_up(&Subject::new(&kid, &[certificate]));
/// assert!(matches!(found, LookUp::Revoked { kind: IdentifierKind::Signature, .. }));
/// let other = Identifier::of(IdentifierKind::Signature, b"another r");
/// let found = revocations.look_up(&Subject::new(&kid, &[other]));
/// assert!(matches!(found, LookUp::NotListed { lists } if lists[0].label() == "by hand"));
/// # Ok::<(), hcert::revocation::RevocationError>(())
/// ```
#[derive(Clone, Default)]
pub struct Revocations {
    sources: Vec<Added>,
}

#[derive(Clone)]
struct Added {
    info: Arc<RevocationInfo>,
    source: Arc<dyn RevocationSource>,
    /// Of which it covers the certificates. `None`: of all that it says.
    countries: Option<Arc<[String]>>,
}

impl Revocations {
    /// No data: nothing is covered.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a list. What is on any of them is revoked.
    pub fn add(&mut self, source: impl RevocationSource + 'static) -> &mut Self {
        self.push(source, None)
    }

    /// Adds a list of which the caller knows that it has the certificates of
    /// these countries alone (ISO 3166-1 alpha-2, as in
    /// [`TrustedKey::country`](crate::trust::TrustedKey::country)): it covers
    /// no others, whatever it says. Whom it names is still revoked.
    pub fn add_for_countries(
        &mut self,
        source: impl RevocationSource + 'static,
        countries: &[&str],
    ) -> &mut Self {
        let countries = countries.iter().map(|country| (*country).to_owned());
        self.push(source, Some(countries.collect()))
    }

    fn push(
        &mut self,
        source: impl RevocationSource + 'static,
        countries: Option<Arc<[String]>>,
    ) -> &mut Self {
        self.sources.push(Added {
            info: Arc::new(source.info().clone()),
            source: Arc::new(source),
            countries,
        });
        self.age_together();
        self
    }

    /// Lists that are all batches together say of no certificate more than the
    /// oldest of them does.
    fn age_together(&mut self) {
        let newest = self.sources.last().map(|added| &added.info);
        let Some(newest) = newest.filter(|info| info.is_one_of_all) else {
            return;
        };
        let identity = newest.identity.clone();
        let is_beside = |info: &RevocationInfo| info.is_one_of_all && info.identity == identity;
        let all = || self.sources.iter().map(|added| &added.info);
        let dates = all()
            .filter(|info| is_beside(info))
            .map(|info| info.dated());
        // `None` comes first.
        let oldest = dates.min().flatten();
        for added in &mut self.sources {
            if is_beside(&added.info) && added.info.dated() != oldest {
                let info = Arc::make_mut(&mut added.info);
                info.is_undated_together = oldest.is_none();
                info.as_of = oldest.or(info.as_of);
            }
        }
    }

    /// The lists, in the order in which they were added.
    pub fn lists(&self) -> impl Iterator<Item = &Arc<RevocationInfo>> {
        self.sources.iter().map(|added| &added.info)
    }

    /// Whether there are no lists.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Looks a certificate up in all lists.
    pub fn look_up(&self, subject: &Subject<'_>) -> LookUp {
        let mut lists = Vec::new();
        for added in &self.sources {
            let info = &added.info;
            let answer = |kid, country, id| added.source.answer(kid, country, id);
            let (mut asked, mut known) = (false, added.is_about(subject.country));
            for identifier in subject.identifiers {
                let own = answer(subject.kid, subject.country, identifier);
                asked |= own == Answer::NotListed;
                known &= own != Answer::NotCovered;
                let mut listed = own == Answer::Listed;
                for kid in subject.other_kids {
                    let other = answer(kid, subject.country, identifier);
                    known &= subject.kid_is_signed || other != Answer::NotCovered;
                    listed |= other == Answer::Listed;
                }
                let own = |other: &&String| Some(other.as_str()) == subject.country;
                for country in subject.other_countries.iter().filter(|other| !own(other)) {
                    let mut kids = subject.other_kids.iter().map(Vec::as_slice);
                    let is_listed = |kid| answer(kid, Some(country), identifier) == Answer::Listed;
                    listed = listed || is_listed(subject.kid) || kids.any(is_listed);
                }
                if listed {
                    return LookUp::Revoked {
                        kind: identifier.kind(),
                        list: info.clone(),
                    };
                }
            }
            if asked && known {
                lists.push(info.clone());
            }
        }
        match lists.is_empty() {
            true => LookUp::NotCovered,
            false => LookUp::NotListed { lists },
        }
    }
}

impl Added {
    fn is_about(&self, country: Option<&str>) -> bool {
        let own = |countries: &Arc<[String]>| {
            country.is_some_and(|country| {
                countries
                    .iter()
                    .any(|own| own.eq_ignore_ascii_case(country))
            })
        };
        self.countries.as_ref().is_none_or(own)
    }
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lists()).finish()
    }
}

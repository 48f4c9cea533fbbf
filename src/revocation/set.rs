//! Revocation sets: docs/revocation-set.md.

mod builder;
mod bytes;
mod error;
mod exact;
mod filter;
mod layout;
mod lists;
mod named;
mod options;
mod records;
mod signed;
mod table;

pub use builder::SetBuilder;
pub use error::SetError;
pub use named::NamedSet;
pub use options::{Precision, Progress, SetOptions, Stage};
pub(super) use signed::is_set;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hasher as _;
use core::ops::Range;

use siphasher::sip128::{Hash128, Hasher128 as _, SipHasher13};

use self::layout::{Layout, MAX_KID, Mode, PADDING};
use self::table::Table;
use super::IdentifierKind;
use super::part::identity_of;
use crate::Timestamp;
use crate::codec::item::power_of_two;
use crate::trust::Anchor;

/// A revocation set, read in place.
///
/// `B` are the bytes: a slice that was embedded, a `Vec`, an `Arc<[u8]>`, a
/// mapped file. A few offsets are read at opening; a look-up touches what it
/// needs. No hash can be read out of a set that isn't [exact](Self::is_exact), and
/// `Debug` shows none.
///
/// ```
/// use hcert::Timestamp;
/// use hcert::revocation::{IdentifierKind, RevocationSet, SetBuilder, SetOptions};
/// # use sha2::{Digest, Sha256};
/// let hash: [u8; 32] = Sha256::digest("URN:UVCI:01:SE:EHM/V12907267LAJW#E").into();
///
/// let mut builder = SetBuilder::new(SetOptions::default());
/// builder.add(b"kid of 1", IdentifierKind::Uci, &hash[..16])?;
/// builder.covers(b"kid of 2")?;
/// let bytes = builder.build(Timestamp::parse("2026-08-22T12:00:00Z")?)?;
///
/// let set = RevocationSet::trust_unsigned(&bytes)?;
/// assert!(set.contains(b"kid of 1", IdentifierKind::Uci, &hash));
/// assert!(!set.contains(b"kid of 2", IdentifierKind::Uci, &hash));
/// assert!(set.covers(b"kid of 2") && !set.covers(b"kid of 3"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
#[doc = include_str!("../../docs/revocation-set.md")]
#[derive(Clone)]
pub struct RevocationSet<B> {
    bytes: B,
    /// Where the set is in the bytes.
    range: Range<usize>,
    layout: Layout,
    /// The anchor whose signature was checked.
    signed_by: Option<Anchor>,
    /// Whose lists it would be by the other anchors.
    pinned_with: Vec<String>,
}

/// What a set was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetSource<'a> {
    /// Which list, in the words of the set's maker.
    pub identity: &'a str,
    /// When that list was made.
    pub dated: Option<Timestamp>,
}

/// Why bytes are not a revocation set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetFormError {
    /// Something else.
    #[error("not a revocation set")]
    Unrecognised,
    /// Of a version that this crate does not know.
    #[error("a revocation set of the version {found}, not {known}")]
    Version {
        /// The version found.
        found: u32,
        /// The version known.
        known: u32,
    },
    /// Cut off, or bytes follow.
    #[error("the revocation set has {found} bytes, not {expected}")]
    Length {
        /// How many there should be.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// Something that a set of this version can't have.
    #[error("malformed revocation set: {what}")]
    Part {
        /// Which part.
        what: &'static str,
    },
    /// A set without a signature, where one was to be checked.
    #[error("the revocation set is not signed; to accept it unsigned, use `trust_unsigned`")]
    Unsigned,
    /// A signed set, and nothing to check the signature with.
    #[error("the revocation set is signed: open it with the key of who signed it")]
    Signed,
    /// Not the COSE_Sign1 that [`SetBuilder::sign`] writes: cut off, with other headers,
    /// in another encoding.
    #[error("malformed revocation set: the envelope of its signature")]
    Envelope,
    /// Anybody can sign with an anchor, or its maker has it for examples alone:
    /// [`PublishedKey::of`](crate::trust::PublishedKey::of).
    #[error("anybody can sign with the pinned key, or it is an example")]
    PublishedKey,
    /// The signature is by another key than the anchors', or over other bytes.
    #[error("the signature of the revocation set does not verify with the anchor")]
    Signature,
}

impl SetFormError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unrecognised => "revocation-set-unrecognised",
            Self::Version { .. } => "revocation-set-version",
            Self::Length { .. } => "revocation-set-length",
            Self::Part { .. } => "revocation-set-part",
            Self::Unsigned => "revocation-set-unsigned",
            Self::Signed => "revocation-set-signed",
            Self::Envelope => "revocation-set-envelope",
            Self::PublishedKey => "revocation-set-published-key",
            Self::Signature => "revocation-set-signature",
        }
    }
}

impl RevocationSet<&[u8]> {
    /// Whether the bytes begin like a signed set, and so are for
    /// [`open`](Self::open). Those of any set have
    /// [`RevocationFormat::detect`](super::RevocationFormat::detect).
    pub fn is_signed(bytes: &[u8]) -> bool {
        signed::is_signed(bytes)
    }
}

impl<B: AsRef<[u8]>> RevocationSet<B> {
    /// Takes a set that is not signed: the caller vouches for the bytes, such
    /// as those embedded in its own program.
    pub fn trust_unsigned(bytes: B) -> Result<Self, SetFormError> {
        let all = bytes.as_ref();
        if signed::detect(all) {
            return Err(SetFormError::Signed);
        }
        let range = 0..all.len();
        Self::inside(bytes, range, None)
    }

    /// Opens a set that one of the anchors signed. All bytes are hashed, once.
    /// What is pinned together is one signer: a [state](crate::trust::TrustState)
    /// refuses a set that is older than one by any of the anchors.
    ///
    /// Bytes that can change afterwards, as those of a mapped file, must not:
    /// the signature is not looked at again.
    pub fn open(bytes: B, anchors: &[Anchor]) -> Result<Self, SetFormError> {
        let (anchor, range) = signed::verify(bytes.as_ref(), anchors)?;
        let pinned_with = anchors.iter().map(identity_of);
        let own = identity_of(&anchor);
        let pinned_with = pinned_with.filter(|other| *other != own).collect();
        let set = Self::inside(bytes, range, Some(anchor))?;
        Ok(Self { pinned_with, ..set })
    }

    /// Opens a set, signed or not, **without looking at the signature**: to
    /// look into it, not to rely on it.
    pub fn open_unverified(bytes: B) -> Result<Self, SetFormError> {
        match signed::detect(bytes.as_ref()) {
            true => {
                let range = signed::read(bytes.as_ref())?.payload_range();
                Self::inside(bytes, range, None)
            }
            false => Self::trust_unsigned(bytes),
        }
    }

    fn inside(
        bytes: B,
        range: Range<usize>,
        signed_by: Option<Anchor>,
    ) -> Result<Self, SetFormError> {
        let set = bytes.as_ref().get(range.clone());
        let layout = Layout::read(set.unwrap_or_default())?;
        Ok(Self {
            bytes,
            range,
            layout,
            signed_by,
            pinned_with: Vec::new(),
        })
    }

    fn set(&self) -> &[u8] {
        let set = self.bytes.as_ref().get(self.range.clone());
        set.unwrap_or_default()
    }

    /// Whether the identifier with this SHA-256 is in the set, for the signer
    /// with this kid. Entries that the lists had as a shorter hash are compared
    /// with as much of it.
    ///
    /// What is in it is always found. What isn't is found with the probability
    /// of [`false_positive_rate`](Self::false_positive_rate). Under a kid that
    /// the set does not [cover](Self::covers), `false` says nothing.
    pub fn contains(&self, kid: &[u8], kind: IdentifierKind, hash: &[u8; 32]) -> bool {
        if kid.len() > MAX_KID {
            return false;
        }
        let set = self.set();
        let any = self.layout.any_kid && !kid.is_empty();
        [Some(kid), any.then_some(&[][..])]
            .into_iter()
            .flatten()
            .any(|kid| self.contains_under(set, kid, kind.type_byte(), hash))
    }

    fn contains_under(&self, set: &[u8], kid: &[u8], kind: u8, hash: &[u8; 32]) -> bool {
        let mut tables = self.layout.tables();
        match self.layout.mode {
            Mode::Filter(shape) => tables.any(|table| {
                if table.kind != kind {
                    return false;
                }
                let hash = hash.get(..table.length).unwrap_or_default();
                let hashes = key(&self.layout.seed, kid, kind, hash);
                shape.contains(set, self.layout.data, hashes)
            }),
            Mode::Exact => {
                let Some(place) = self.layout.kid_place(set, kid) else {
                    return false;
                };
                let place = (self.layout.kids, place);
                let mut start = self.layout.data;
                tables.any(|table| {
                    let at = start;
                    let length = exact::length(self.layout.kids, &table).unwrap_or_default();
                    start += length as usize;
                    let hash = hash.get(..table.length).unwrap_or_default();
                    table.kind == kind && exact::contains(set, at, place, &table, hash)
                })
            }
        }
    }

    /// Whether the set speaks of the certificates of the signer with this kid.
    /// If not, nothing is known of them.
    pub fn covers(&self, kid: &[u8]) -> bool {
        let named = || !kid.is_empty() && self.layout.kid_place(self.set(), kid).is_some();
        self.layout.covers_all || named()
    }

    /// Whether it speaks of the certificates of all signers.
    pub fn covers_any_kid(&self) -> bool {
        self.layout.covers_all
    }

    /// The kids that it names, sorted by length and then bytewise.
    pub fn kids(&self) -> impl Iterator<Item = &[u8]> {
        self.layout.kids(self.set())
    }

    /// Sixteen bytes that are the same in two sets of one
    /// [`Precision`] if they are of the same kids and entries, and in no others.
    pub fn content_id(&self) -> [u8; 16] {
        self.layout.seed
    }

    /// How many different entries went into it.
    pub fn len(&self) -> usize {
        self.layout.entries as usize
    }

    /// Whether there is no entry. Kids may be covered nevertheless.
    pub fn is_empty(&self) -> bool {
        self.layout.entries == 0
    }

    /// How many bytes the set has, without a signature.
    pub fn bytes(&self) -> usize {
        self.range.len()
    }

    /// When it was made.
    pub fn made_at(&self) -> Timestamp {
        self.layout.made_at
    }

    /// Until when it counts, if its maker said so.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.layout.expires_at
    }

    /// The anchor whose signature holds, if it was opened as a signed one.
    pub fn signed_by(&self) -> Option<&Anchor> {
        self.signed_by.as_ref()
    }

    /// The lists that it was made of.
    pub fn sources(&self) -> impl Iterator<Item = SetSource<'_>> {
        self.layout.sources(self.set()).flatten()
    }

    /// The entries by kind (type byte), length of the hash in bytes, and count.
    pub fn tables(&self) -> impl Iterator<Item = (u8, usize, u64)> {
        let tables = self.layout.tables();
        tables.map(|table| (table.kind, table.length, table.entries))
    }

    pub(super) fn has_kind(&self, kind: IdentifierKind) -> bool {
        let mut tables = self.layout.tables();
        tables.any(|table| table.kind == kind.type_byte())
    }

    /// Whether hashes are held as they are.
    pub fn is_exact(&self) -> bool {
        self.layout.mode == Mode::Exact
    }

    /// At most how often an identifier is found that is not in the set: 0 if
    /// the set [is exact](Self::is_exact). It counts for one call of
    /// [`contains`](Self::contains). That two certificates have the same hash,
    /// or begin of it, is not in it.
    pub fn false_positive_rate(&self) -> f64 {
        let Mode::Filter(shape) = self.layout.mode else {
            return 0.0;
        };
        let tables: Vec<Table> = self.layout.tables().collect();
        let tests = tests(&tables, self.layout.any_kid) as f64;
        tests * power_of_two(-i16::from(shape.width))
    }
}

impl<B> fmt::Debug for RevocationSet<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationSet")
            .field("entries", &self.layout.entries)
            .field("kids", &self.layout.kids)
            .field("made_at", &self.layout.made_at)
            .finish_non_exhaustive()
    }
}

/// At most how many times a look-up asks the filter.
fn tests(tables: &[Table], any_kid: bool) -> u64 {
    let count = |kind| tables.iter().filter(|table| table.kind == kind).count();
    let most = tables.iter().map(|table| count(table.kind)).max();
    most.unwrap_or_default() as u64 * if any_kid { 2 } else { 1 }
}

/// What stands for an entry in the filter: each part fills words of eight bytes,
/// with zeros behind. The lengths go before, so that no two entries are the same
/// message.
#[inline(always)]
fn key(seed: &[u8; 16], kid: &[u8], kind: u8, hash: &[u8]) -> [u64; 2] {
    let [length, kid_length] = [hash.len(), kid.len()].map(|length| length as u64);
    let head = u64::from(kind) | length << 8 | kid_length << 16;
    // By words, which are mixed in as they come; bytes would be collected first.
    // `write_u64` takes a word as it lies in memory, on every machine.
    let (seeds, _) = seed.as_chunks::<8>();
    let seed = |n: usize| seeds.get(n).map_or(0, |seed| u64::from_le_bytes(*seed));
    let mut sip = SipHasher13::new_with_keys(seed(0), seed(1));
    sip.write_u64(head.to_le());
    for part in [kid, hash] {
        let (words, rest) = part.as_chunks::<8>();
        words
            .iter()
            .for_each(|word| sip.write_u64(u64::from_ne_bytes(*word)));
        if !rest.is_empty() {
            let mut last = [0; 8];
            last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            sip.write_u64(u64::from_ne_bytes(last));
        }
    }
    let Hash128 { h1, h2 } = sip.finish128();
    [h1, h2]
}

/// The zeros behind the last part.
fn pad(out: &mut Vec<u8>) {
    out.resize(out.len() + PADDING, 0);
}

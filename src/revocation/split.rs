//! A list of kids, indexes and chunks.

mod cbor;
mod protobuf;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::list::kid_map;
use super::table::HashTable;
use super::{
    Answer, Identifier, IdentifierKind, RevocationError, RevocationFormat, RevocationInfo,
    RevocationLimits, RevocationPart, RevocationSource,
};
use crate::Timestamp;
use crate::codec::text::hex;

/// A list in many documents ([`RevocationFormat::Split`]), of which an app has
/// as many as it needs. A certificate whose chunk is missing is not covered.
///
/// **An index and a chunk don't say which kid, kind and bytes they are for**:
/// that is in the address where they were fetched. So a signed chunk can be
/// put in another one's place; hashes that don't begin with the bytes of their
/// chunk are refused, and so is a chunk with another number of hashes than the
/// index says, or an index with another one than the list of kids (CBOR).
/// Which editions the parts are is remembered part by part
/// ([`TrustState::accept_revocations`](crate::trust::TrustState::accept_revocations)):
/// of an index by its newest entry, too.
///
/// ```
/// use hcert::revocation::{IdentifierKind, RevocationPart, SplitList};
/// let kid = [1, 2, 3, 4, 5, 6, 7, 8];
/// let part = |bytes| RevocationPart::trust_unsigned(bytes);
/// // {h'0102030405060708': {h'0a': 1}}
/// let kids = [0xa1, 0x48, 1, 2, 3, 4, 5, 6, 7, 8, 0xa1, 0x41, 0x0a, 1];
/// let mut list = SplitList::from_kids("DE", part(&kids)?)?;
/// // {h'aa': [1646129242, 1, {}]}
/// let index = [0xa1, 0x41, 0xaa, 0x83, 0x1a, 0x62, 0x1d, 0xf1, 0x5a, 1, 0xa0];
/// list.add_index(&kid, IdentifierKind::Signature, part(&index)?)?;
/// // [h'aa…']
/// let chunk = [&[0x81, 0x50][..], &[0xaa; 16]].concat();
/// list.add_chunk(&kid, IdentifierKind::Signature, 0xaa, None, part(&chunk)?)?;
/// assert_eq!(list.len(), 1);
/// # Ok::<(), hcert::revocation::RevocationError>(())
/// ```
#[derive(Clone)]
pub struct SplitList {
    info: RevocationInfo,
    limits: RevocationLimits,
    kids: Kids,
    indexes: BTreeMap<(Vec<u8>, IdentifierKind), Index>,
    chunks: BTreeMap<(Vec<u8>, IdentifierKind, u8, Option<u8>), HashTable>,
}

/// How many hashes begin with a byte, if it says so, and then with a second.
#[derive(Clone, Default)]
struct Branch {
    count: Option<u64>,
    second: BTreeMap<u8, Option<u64>>,
}

#[derive(Clone, Default)]
struct Index {
    first: BTreeMap<u8, Branch>,
    newest: Option<Timestamp>,
}

impl Index {
    /// How many hashes there are by it, if it says so.
    fn count(&self) -> Option<u64> {
        let mut counts = self.first.values().map(|branch| branch.count);
        counts.try_fold(0u64, |sum, count| Some(sum.saturating_add(count?)))
    }
}

/// The kinds of hashes of each kid, and how many, if it says so.
type Kids = BTreeMap<Vec<u8>, BTreeMap<IdentifierKind, Option<u64>>>;

impl SplitList {
    /// Begins with the list of kids: CBOR `{h'kid': {h'type byte': count}}`,
    /// or protobuf.
    pub fn from_kids(label: &str, part: RevocationPart<'_>) -> Result<Self, RevocationError> {
        Self::from_kids_with(label, part, &RevocationLimits::default())
    }

    /// The same within other limits, which are for the whole list.
    pub fn from_kids_with(
        label: &str,
        part: RevocationPart<'_>,
        limits: &RevocationLimits,
    ) -> Result<Self, RevocationError> {
        limits.check_size(&part.content)?;
        let kids = match kid_map::is(&part.content) {
            true => cbor::kids(&part.content)?,
            false => protobuf::kids(&part.content, limits)?,
        };
        let mut info = RevocationInfo::new(label, RevocationFormat::Split);
        part.describe(&mut info);
        info.parts.insert("kids".into(), part.edition(None));
        Ok(Self {
            info,
            limits: *limits,
            kids,
            indexes: BTreeMap::new(),
            chunks: BTreeMap::new(),
        })
    }

    /// Adds the index of a kid and kind: which bytes hashes begin with. CBOR
    /// `{h'first byte': [time, count, {h'second byte': [time, count]}]}`, or
    /// protobuf. In the place of an older one, whose chunks go with it.
    pub fn add_index(
        &mut self,
        kid: &[u8],
        kind: IdentifierKind,
        part: RevocationPart<'_>,
    ) -> Result<&mut Self, RevocationError> {
        self.limits.check_size(&part.content)?;
        let index = match kid_map::is(&part.content) {
            true => cbor::index(&part.content)?,
            false => protobuf::index(&part.content)?,
        };
        let declared = self.kids.get(kid).and_then(|kinds| kinds.get(&kind));
        let declared = *declared.ok_or(RevocationError::Part {
            fault: "the list of kids has no such kid and kind: fetch all parts again",
        })?;
        if let Some((declared, found)) = declared.zip(index.count())
            && declared != found
        {
            let found = usize::try_from(found).unwrap_or(usize::MAX);
            return Err(RevocationError::Count { found, declared });
        }
        let mut info = self.info.clone();
        part.join(&mut info)?;
        info.newest_entry = info.newest_entry.max(index.newest);
        let place = place_of(kid, kind);
        info.parts.retain(|name, _| {
            let chunk = name
                .strip_prefix("chunk/")
                .and_then(|name| name.strip_prefix(&place));
            !chunk.is_some_and(|rest| rest.starts_with('/'))
        });
        let edition = part.edition(index.newest);
        info.parts.insert(format!("index/{place}"), edition);
        self.info = info;
        // They may lack what the new index has.
        self.chunks
            .retain(|(of_kid, of_kind, ..), _| (of_kid.as_slice(), *of_kind) != (kid, kind));
        self.indexes.insert((kid.to_vec(), kind), index);
        Ok(self)
    }

    /// Adds the hashes that begin with a byte, or with two: CBOR `[h'hash',
    /// …]`, or protobuf. Its index has to be there before.
    pub fn add_chunk(
        &mut self,
        kid: &[u8],
        kind: IdentifierKind,
        first: u8,
        second: Option<u8>,
        part: RevocationPart<'_>,
    ) -> Result<&mut Self, RevocationError> {
        self.limits.check_size(&part.content)?;
        let fault = |fault| RevocationError::Part { fault };
        let index = self.indexes.get(&(kid.to_vec(), kind));
        let branch = index.and_then(|index| index.first.get(&first));
        let branch = branch.ok_or(fault(
            "the index has no hash with this first byte: fetch all parts again",
        ))?;
        let declared = match second {
            None => branch.count,
            Some(second) => *branch.second.get(&second).ok_or(fault(
                "the index has no hash with this second byte: fetch all parts again",
            ))?,
        };
        let mut limits = self.limits;
        limits.entries = limits.entries.saturating_sub(self.len());
        let hashes = match matches!(*part.content, [0x80..=0x9b | 0x9f, ..]) {
            true => kid_map::read_array(&part.content, &limits)?,
            false => protobuf::hashes(&part.content, &limits)?,
        };
        let belongs = |hash: &[u8]| {
            hash.first() == Some(&first) && second.is_none_or(|s| hash.get(1) == Some(&s))
        };
        if !hashes.iter().all(belongs) {
            return Err(fault(
                "a hash does not begin with the bytes of its chunk: fetch all parts again",
            ));
        }
        let found = hashes.len();
        if let Some(declared) = declared.filter(|declared| *declared != found as u64) {
            return Err(RevocationError::Count { found, declared });
        }
        let mut info = self.info.clone();
        part.join(&mut info)?;
        let bytes: Vec<u8> = [Some(first), second].into_iter().flatten().collect();
        let name = format!("chunk/{}/{}", place_of(kid, kind), hex(&bytes));
        info.parts.insert(name, part.edition(None));
        self.info = info;
        let place = (kid.to_vec(), kind, first, second);
        self.chunks.insert(place, hashes);
        Ok(self)
    }

    /// How many hashes of it are at hand.
    pub fn len(&self) -> usize {
        self.chunks.values().map(HashTable::len).sum()
    }

    /// Whether none is at hand.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every part that the list of kids and the indexes name is at
    /// hand.
    pub fn is_complete(&self) -> bool {
        let named =
            (self.kids.iter()).flat_map(|(kid, kinds)| kinds.keys().map(|k| (kid.clone(), *k)));
        named.into_iter().all(|(kid, kind)| {
            let Some(index) = self.indexes.get(&(kid.clone(), kind)) else {
                return false;
            };
            index.first.iter().all(|(first, branch)| {
                let has = |second| {
                    self.chunks
                        .contains_key(&(kid.clone(), kind, *first, second))
                };
                let seconds = &branch.second;
                has(None)
                    || (!seconds.is_empty() && seconds.keys().all(|second| has(Some(*second))))
            })
        })
    }

    /// All hashes at hand, with their kid and kind.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], IdentifierKind, &[u8])> {
        self.chunks.iter().flat_map(|((kid, kind, ..), hashes)| {
            hashes.iter().map(|hash| (kid.as_slice(), *kind, hash))
        })
    }
}

impl RevocationSource for SplitList {
    fn info(&self) -> &RevocationInfo {
        &self.info
    }

    fn answer(&self, kid: &[u8], _country: Option<&str>, identifier: &Identifier) -> Answer {
        let kind = identifier.kind();
        let listed = self.kids.get(kid);
        if !listed.is_some_and(|kinds| kinds.contains_key(&kind)) {
            return Answer::NotListed;
        }
        let [first, second, ..] = *identifier.hash();
        let Some(index) = self.indexes.get(&(kid.to_vec(), kind)) else {
            return Answer::NotCovered;
        };
        let Some(branch) = index.first.get(&first) else {
            return Answer::NotListed;
        };
        let chunk = |second| self.chunks.get(&(kid.to_vec(), kind, first, second));
        let chunks = [chunk(None), chunk(Some(second))];
        let mut at_hand = chunks.into_iter().flatten().peekable();
        if at_hand.peek().is_some() {
            return match at_hand.any(|hashes| hashes.contains(identifier.hash())) {
                true => Answer::Listed,
                false => Answer::NotListed,
            };
        }
        // With two levels, the index tells of the second byte as well.
        match branch.second.is_empty() || branch.second.contains_key(&second) {
            true => Answer::NotCovered,
            false => Answer::NotListed,
        }
    }
}

impl fmt::Debug for SplitList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitList")
            .field("info", &self.info)
            .field("kids", &self.kids.len())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// What an index is for, in the name of a part.
fn place_of(kid: &[u8], kind: IdentifierKind) -> String {
    format!("{}/{}", hex(kid), kind.code())
}

fn kind_of(byte: &[u8]) -> Result<IdentifierKind, RevocationError> {
    let kind = match byte {
        [byte] => IdentifierKind::from_type_byte(*byte),
        _ => None,
    };
    kind.ok_or_else(|| RevocationError::UnknownKind {
        kind: format!("{:02x?}", byte.get(..byte.len().min(8)).unwrap_or_default()),
    })
}

//! The EU's distribution service: lists, partitions, slices.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;

use crate::codec::json::Lean as Value;
use sha2::{Digest, Sha256};

use super::list::batch::{parse, text};
use super::set::SetError;
use super::slice::{PartialHashes, Slice};
use super::{
    Answer, Identifier, IdentifierKind, RevocationError, RevocationFormat, RevocationInfo,
    RevocationLimits, RevocationPart, RevocationSource, scope,
};
use crate::codec::instant;
use crate::codec::text::{hex, shown};
use crate::trust::Kid;

/// How many hexadecimal digits of a hash lead to its partition; the next one
/// leads to the chunk in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Point,
    Vector,
    Coordinate,
}

impl Mode {
    fn digits(self) -> usize {
        match self {
            Self::Point => 0,
            Self::Vector => 1,
            Self::Coordinate => 2,
        }
    }
}

/// The EU's distribution ([`RevocationFormat::Partitioned`]), of which an app
/// has as many slices as it needs. A certificate of whose chunk a slice is
/// missing is not covered.
///
/// Nothing of it is signed. A slice is held against its name in the
/// partitions, which is its SHA-256.
///
/// - lists: `[{kid, mode, hashTypes, expires, lastUpdated}]`; `mode` is
///   `POINT`, `VECTOR` or `COORDINATE`: no, one, or two hexadecimal digits of a
///   hash (`x`, `y`) lead to its partition.
/// - partitions of a kid: `[{kid, x, y, chunks: {digit: {expiry: {type, version,
///   hash}}}}]`, by the next digit and the time of expiry. The app's mock data
///   have no `kid` there; where there is one it has to be the right one.
/// - slices: see [`Slice`].
#[derive(Clone)]
pub struct PartitionedList {
    info: RevocationInfo,
    limits: RevocationLimits,
    kids: BTreeMap<Vec<u8>, Listed>,
    /// By SHA-256 in hexadecimal digits.
    slices: BTreeMap<String, Slice>,
}

type Hashes<'a> = (&'a [u8], &'a BTreeSet<IdentifierKind>, &'a PartialHashes);

#[derive(Clone)]
struct Listed {
    mode: Mode,
    kinds: BTreeSet<IdentifierKind>,
    /// By the digits that lead there: the types and names of slices. `None`:
    /// not at hand.
    chunks: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

impl Listed {
    /// Whether every hash of a slice begins with the digits of one of the
    /// places that name it: under other digits nobody would look for it.
    fn is_found_in(&self, slice: &str, hashes: &PartialHashes) -> bool {
        let Some(chunks) = &self.chunks else {
            return true;
        };
        let digits = self.mode.digits() + 1;
        let mut found = vec![false; 1 << (4 * digits)];
        let mut is_named = false;
        for (place, _) in chunks.iter().filter(|(_, names)| names.contains_key(slice)) {
            is_named = true;
            let number = usize::from_str_radix(place, 16).ok();
            if let Some(found) = number.and_then(|number| found.get_mut(number)) {
                *found = true;
            }
        }
        let belongs = |hash: &[u8]| {
            let first = hash.first_chunk().copied().map(u16::from_be_bytes);
            let place = first.map(|first| usize::from(first >> (16 - 4 * digits)));
            place.and_then(|place| found.get(place)) == Some(&true)
        };
        !is_named || hashes.hashes().all(belongs)
    }
}

impl PartitionedList {
    /// Begins with the lists.
    pub fn from_lists(label: &str, part: RevocationPart<'_>) -> Result<Self, RevocationError> {
        Self::from_lists_with(label, part, &RevocationLimits::default())
    }

    /// The same within other limits, each of which is for one document.
    pub fn from_lists_with(
        label: &str,
        part: RevocationPart<'_>,
        limits: &RevocationLimits,
    ) -> Result<Self, RevocationError> {
        limits.check_size(&part.content)?;
        let lists = parse(&part.content, limits)?;
        let lists = lists.as_array().ok_or(RevocationError::Form {
            expected: "lists: an array of `{kid, mode, hashTypes, …}`",
        })?;
        let mut info = RevocationInfo::new(label, RevocationFormat::Partitioned);
        part.describe(&mut info);
        let mut kids = BTreeMap::new();
        for list in lists {
            let kid = scope::kid_of_text(text(list, "kid")?)?;
            let kid = kid.as_bytes().to_vec();
            // When the last of the certificates has expired: nothing is made
            // of it, as of a batch's.
            instant::text(list, "expires")?;
            let updated = instant::text(list, "lastUpdated")?;
            info.newest_entry = info.newest_entry.max(updated);
            if kids.insert(kid, read_listed(list)?).is_some() {
                return Err(RevocationError::Part {
                    fault: "duplicate kid",
                });
            }
        }
        let edition = part.edition(info.newest_entry);
        info.parts.insert("lists".into(), edition);
        Ok(Self {
            info,
            limits: *limits,
            kids,
            slices: BTreeMap::new(),
        })
    }

    /// Adds all partitions of a kid.
    pub fn add_partitions(
        &mut self,
        kid: &[u8],
        part: RevocationPart<'_>,
    ) -> Result<&mut Self, RevocationError> {
        self.limits.check_size(&part.content)?;
        let partitions = parse(&part.content, &self.limits)?;
        let partitions = partitions.as_array().ok_or(RevocationError::Form {
            expected: "partitions: an array of `{x, y, chunks}`",
        })?;
        let listed = self.kids.get_mut(kid).ok_or(RevocationError::Part {
            fault: "the lists have no such kid: fetch all parts again",
        })?;
        let mut chunks = BTreeMap::<_, BTreeMap<_, _>>::new();
        for partition in partitions {
            if partition.get("kid").is_some_and(|of| !of.is_null())
                && Kid::from_base64(text(partition, "kid")?)?.as_bytes() != kid
            {
                return Err(RevocationError::Part {
                    fault: "a partition of another kid: fetch all parts again",
                });
            }
            let digits = [coordinate(partition, "x")?, coordinate(partition, "y")?].concat();
            if digits.len() != listed.mode.digits() {
                return Err(RevocationError::Part {
                    fault: "a partition has other coordinates than the mode of the kid asks for",
                });
            }
            let of_partition = partition.get("chunks").and_then(Value::as_object);
            let of_partition = of_partition.ok_or(RevocationError::Member {
                name: "chunks",
                expected: "an object",
            })?;
            for (digit, slices) in of_partition.iter() {
                let place = [&digits, hex_digit(digit).ok_or(NOT_DIGIT)?].concat();
                let slices = slices.as_object().ok_or(RevocationError::Member {
                    name: "chunks",
                    expected: "an object of objects",
                })?;
                let place = chunks.entry(place).or_default();
                for slice in slices.values() {
                    let name = text(slice, "hash")?.to_ascii_lowercase();
                    place.insert(name, text(slice, "type")?.to_owned());
                }
            }
        }
        let mut info = self.info.clone();
        part.join(&mut info)?;
        let name = format!("partitions/{}", hex(kid));
        info.parts.insert(name, part.edition(None));
        self.info = info;
        listed.chunks = Some(chunks);
        Ok(self)
    }

    /// Adds a slice that the partitions name.
    pub fn add_slice(&mut self, bytes: &[u8]) -> Result<&mut Self, RevocationError> {
        self.limits.check_size(bytes)?;
        let name = hex(&Sha256::digest(bytes));
        let chunks = self.kids.values().filter_map(|kid| kid.chunks.as_ref());
        let mut named = chunks.flat_map(BTreeMap::values);
        let kind = named.find_map(|slices| slices.get(&name));
        let kind = kind.ok_or(RevocationError::Part {
            fault: "no partition at hand names a slice with this SHA-256: fetch all parts again",
        })?;
        let slice = Slice::of_type(kind, bytes, &self.limits)?;
        if let Slice::Hashes(hashes) = &slice {
            for listed in self.kids.values() {
                if !listed.is_found_in(&name, hashes) {
                    return Err(RevocationError::Part {
                        fault: "a hash does not begin with the digits of its slice: \
                                fetch all parts again",
                    });
                }
            }
        }
        self.slices.insert(name, slice);
        Ok(self)
    }

    /// The hashes of each slice, with kid and kinds.
    pub(super) fn hashes(&self) -> impl Iterator<Item = Result<Hashes<'_>, SetError>> {
        self.kids.iter().flat_map(move |(kid, listed)| {
            let places = listed.chunks.iter().flat_map(BTreeMap::values);
            let names = places.flat_map(BTreeMap::keys);
            let slices = names.map(move |name| match self.slices.get(name) {
                Some(Slice::Hashes(hashes)) => Ok((kid.as_slice(), &listed.kinds, hashes)),
                Some(Slice::Bloom(_)) => Err(SetError::Filter),
                None => Err(SetError::Incomplete),
            });
            let unknown = listed.chunks.is_none().then_some(Err(SetError::Incomplete));
            unknown.into_iter().chain(slices)
        })
    }

    /// The names of the slices that are missing: SHA-256 in hexadecimal digits.
    pub fn missing_slices(&self) -> impl Iterator<Item = &str> {
        let chunks = self.kids.values().filter_map(|kid| kid.chunks.as_ref());
        let named = chunks.flat_map(BTreeMap::values).flat_map(BTreeMap::keys);
        let missing = named.filter(|name| !self.slices.contains_key(*name));
        missing.map(String::as_str)
    }
}

const NOT_DIGIT: RevocationError = RevocationError::Member {
    name: "chunks",
    expected: "an object whose members are hexadecimal digits",
};

fn read_listed(list: &Value) -> Result<Listed, RevocationError> {
    let mode = match text(list, "mode")? {
        "POINT" => Mode::Point,
        "VECTOR" => Mode::Vector,
        "COORDINATE" => Mode::Coordinate,
        _ => {
            return Err(RevocationError::Member {
                name: "mode",
                expected: "POINT, VECTOR or COORDINATE",
            });
        }
    };
    // The service writes `hashTypes`, the app's mock data `hashType`.
    let kinds = match (list.get("hashTypes"), list.get("hashType")) {
        (Some(kinds), None) | (None, Some(kinds)) => kinds.as_array(),
        _ => None,
    };
    let kinds = kinds.filter(|kinds| !kinds.is_empty());
    let kinds = kinds.ok_or(RevocationError::Member {
        name: "hashTypes",
        expected: "an array of texts, or there is a `hashType` as well",
    })?;
    let kind = |kind: &Value| {
        let name = kind.as_str().unwrap_or_default();
        let kind = IdentifierKind::from_gateway_name(name);
        kind.ok_or_else(|| RevocationError::UnknownKind { kind: shown(name) })
    };
    Ok(Listed {
        mode,
        kinds: kinds.iter().map(kind).collect::<Result<_, _>>()?,
        chunks: None,
    })
}

/// One hexadecimal digit, or none. Some write the absent one as a text.
fn coordinate<'a>(partition: &'a Value, name: &'static str) -> Result<&'a str, RevocationError> {
    match partition.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(value) => match value.as_str() {
            Some("null") => Ok(""),
            text => text.and_then(hex_digit).ok_or(RevocationError::Member {
                name,
                expected: "a hexadecimal digit",
            }),
        },
    }
}

fn hex_digit(text: &str) -> Option<&str> {
    let lower = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    matches!(text.as_bytes(), [digit] if lower(digit)).then_some(text)
}

impl RevocationSource for PartitionedList {
    fn info(&self) -> &RevocationInfo {
        &self.info
    }

    fn answer(&self, kid: &[u8], _country: Option<&str>, identifier: &Identifier) -> Answer {
        let Some(listed) = self.kids.get(kid) else {
            return Answer::NotListed;
        };
        if !listed.kinds.contains(&identifier.kind()) {
            return Answer::NotListed;
        }
        let Some(chunks) = &listed.chunks else {
            return Answer::NotCovered;
        };
        let digits = hex(identifier.hash().get(..2).unwrap_or_default());
        let place = digits.get(..=listed.mode.digits()).unwrap_or_default();
        let Some(slices) = chunks.get(place) else {
            return Answer::NotListed;
        };
        let mut complete = true;
        for name in slices.keys() {
            match self.slices.get(name) {
                Some(slice) if slice.might_contain(identifier.hash()) => return Answer::Listed,
                Some(_) => {}
                None => complete = false,
            }
        }
        match complete {
            true => Answer::NotListed,
            false => Answer::NotCovered,
        }
    }
}

impl fmt::Debug for PartitionedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartitionedList")
            .field("info", &self.info)
            .field("kids", &self.kids.len())
            .field("slices", &self.slices.len())
            .finish_non_exhaustive()
    }
}

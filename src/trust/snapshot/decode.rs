//! Reads a snapshot: its signature first, then all of it, or nothing.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{
    CHAINS, CONTENT_TYPE, FORMAT_NAME, MAX_LISTS, MEMBERS, SnapshotFormError, VERSION, label,
};
use crate::Timestamp;
use crate::codec::detcbor::Reader;
use crate::codec::instant;
use crate::codec::text::printable;
use crate::crypto::kid::Kid;
use crate::crypto::{CertificateDigest, KeyKind, PublicKey};
use crate::trust::Anchor;
use crate::trust::chain::ChainLink;
use crate::trust::error::LoadError;
use crate::trust::key::{TrustedKey, Vouchers};
use crate::trust::list::gdhcn::{Environment, GdhcnError, GdhcnOrigin, GdhcnUsage};
use crate::trust::list::{Check, Claims, ListFormat, ListInfo};
use crate::trust::signed::{self, Signed};
use crate::trust::source::{Entry, Found, Source};
use crate::trust::usage::KeyUsage;

type Result<T> = core::result::Result<T, SnapshotFormError>;

/// No element of a table is shorter.
const MIN_ENTRY_BYTES: usize = 1;

/// A snapshot, read.
pub(in crate::trust) struct Snapshot {
    /// The snapshot as a list of its own.
    pub(in crate::trust) own: ListInfo,
    /// The lists that went into it.
    pub(in crate::trust) lists: Vec<Arc<ListInfo>>,
    /// Each key knows the lists that hold it.
    pub(in crate::trust) entries: Vec<Entry>,
    /// Of the network's keys and lists in it.
    pub(in crate::trust) environment: Option<Environment>,
}

/// Whether the bytes begin like a snapshot, and if so, whether like a signed
/// one.
pub(in crate::trust) fn detect(bytes: &[u8]) -> Option<bool> {
    let mut reader = Reader::new(bytes);
    let mut unsigned = reader;
    if unsigned.array().is_ok() && unsigned.text() == Ok(FORMAT_NAME) {
        return Some(false);
    }
    let (_, header) = signed::header(&mut reader).ok()?;
    (header.content_type == Some(CONTENT_TYPE) && header.dates.is_none()).then_some(true)
}

pub(in crate::trust) fn read(
    source: &Source,
    bytes: &[u8],
    check: Check<'_>,
) -> core::result::Result<Snapshot, LoadError> {
    let (payload, anchor) = open(bytes, check)?;
    read_payload(source, payload, anchor, Keep::All)
}

/// Which keys of a snapshot become entries.
#[derive(Clone, Copy)]
pub(in crate::trust) enum Keep<'k> {
    All,
    /// All are read, and none is kept.
    Checked,
    /// All listings of the keys that one is listed of under this kid, if there
    /// is one. The others are passed over: they were [`Checked`](Self::Checked)
    /// before.
    Under(Option<&'k Kid>),
}

/// The payload, after whatever signature is asked for, and whose that is.
pub(in crate::trust) fn open<'b, 'k>(
    bytes: &'b [u8],
    check: Check<'k>,
) -> core::result::Result<(Reader<'b>, Option<&'k Anchor>), LoadError> {
    let is_signed = detect(bytes).ok_or(LoadError::Form {
        expected: "a snapshot of a trust store",
    })?;
    let format = ListFormat::Snapshot;
    match (is_signed, check) {
        (false, Check::Anchors(_)) => Err(LoadError::Unsigned { format }),
        (false, Check::Unsigned) => Ok((Reader::new(bytes), None)),
        (true, check) => {
            let signed = Signed::read(bytes)?;
            let anchor = match check {
                Check::Unsigned => None,
                Check::Anchors(anchors) => Some(signed.verify(anchors)?),
            };
            Ok((signed.reader, anchor))
        }
    }
}

/// What keys point at.
struct Tables {
    lists: Vec<Arc<ListInfo>>,
    /// The sets of lists that hold keys.
    holders: Vec<Arc<[Arc<ListInfo>]>>,
    texts: Vec<Arc<str>>,
    gdhcn: Vec<Arc<GdhcnOrigin>>,
    chains: [Arc<ChainLink>; CHAINS.len()],
}

pub(in crate::trust) fn read_payload(
    source: &Source,
    mut reader: Reader<'_>,
    anchor: Option<&Anchor>,
    keep: Keep<'_>,
) -> core::result::Result<Snapshot, LoadError> {
    let r = &mut reader;
    let at = r.at();
    let expected = "an array that begins with the format's name and version";
    let members = r.array()?;
    if members < 2 || r.text()? != FORMAT_NAME {
        return Err(SnapshotFormError::Unexpected { at, expected }.into());
    }
    let (found, known) = (r.uint()?, VERSION);
    if found != known {
        return Err(SnapshotFormError::Version { found, known }.into());
    }
    if members != MEMBERS {
        let expected = "an array of the eight members of version 1";
        return Err(SnapshotFormError::Unexpected { at, expected }.into());
    }
    let made_at = time(r)?;
    let authenticated = anchor.is_some();
    // The lists of duplicate keys are joined one by one.
    if { *r }.array()? > MAX_LISTS {
        let expected = "an array of at most 255 lists";
        return Err(SnapshotFormError::Unexpected {
            at: r.at(),
            expected,
        }
        .into());
    }
    let list = |r: &mut Reader<'_>| read_list(r, made_at, authenticated).map(Arc::new);
    let lists = read_all(source, r, list)?;
    let tables = Tables {
        holders: read_all(source, r, |r| read_holders(r, &lists))?,
        lists,
        texts: read_all(source, r, |r| text(r).map(Arc::from))?,
        gdhcn: read_all(source, r, |r| read_gdhcn(r).map(Arc::new))?,
        chains: CHAINS.map(|chain| Arc::new(ChainLink::known(chain))),
    };
    let entries = match keep {
        Keep::Under(kid) => tables.read_listings(source, r, kid)?,
        Keep::All | Keep::Checked => {
            let mut last: Option<Kid> = None;
            let mut key = |r: &mut Reader<'_>| {
                let at = r.at();
                let (key, notes) = (tables.read_key(source, r)?, Vec::new());
                if last.replace(key.kid.clone()) > Some(key.kid.clone()) {
                    return Err(SnapshotFormError::NotDeterministic { at });
                }
                Ok(Entry::from(Ok(Found { key, notes })))
            };
            match keep {
                Keep::All => read_all(source, r, key)?,
                _ => {
                    read_all(source, r, |r| key(r).map(drop))?;
                    Vec::new()
                }
            }
        }
    };
    reader.finish()?;
    Ok(Snapshot {
        own: ListInfo {
            label: source.label.to_string(),
            format: ListFormat::Snapshot,
            authenticated,
            fetched_at: None,
            claims: Claims {
                identity: anchor.map(|anchor| anchor.identifies(ListFormat::Snapshot)),
                issued_at: Some(made_at),
                ..Claims::default()
            },
        },
        entries,
        environment: tables.environment()?,
        lists: tables.lists,
    })
}

/// An array, of no more elements than the caller wants entries.
fn read_all<'a, T>(
    source: &Source,
    r: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T>,
) -> core::result::Result<Vec<T>, LoadError> {
    let count = r.array()?;
    source.check_count(count)?;
    // A count is only said; what is there pays for the room.
    let mut all = Vec::with_capacity(count.min(r.left() / MIN_ENTRY_BYTES));
    for _ in 0..count {
        all.push(read(r)?);
    }
    Ok(all)
}

fn text<'a>(r: &mut Reader<'a>) -> Result<&'a str> {
    let at = r.at();
    let text = r.text()?;
    match printable(text) {
        Cow::Borrowed(text) => Ok(text),
        Cow::Owned(_) => {
            let expected = "a text of printable characters";
            Err(SnapshotFormError::Unexpected { at, expected })
        }
    }
}

fn time(r: &mut Reader<'_>) -> Result<Timestamp> {
    let at = r.at();
    let expected = "a time of the years 1970 to 9999, in seconds";
    let time = instant::in_reach(Timestamp::from_seconds(r.int()?));
    time.ok_or(SnapshotFormError::Unexpected { at, expected })
}

/// Reads a text that names one of a set.
fn named<T>(
    r: &mut Reader<'_>,
    known: impl FnOnce(&str) -> Option<T>,
    expected: &'static str,
) -> Result<T> {
    let at = r.at();
    known(r.text()?).ok_or(SnapshotFormError::Unexpected { at, expected })
}

const fn missing(within: &'static str, name: &'static str) -> SnapshotFormError {
    SnapshotFormError::Missing { within, name }
}

fn read_list(r: &mut Reader<'_>, made_at: Timestamp, authenticated: bool) -> Result<ListInfo> {
    const WITHIN: &str = "a list";
    let (mut label, mut format, mut checked, mut fetched_at) = (None, None, None, None);
    let mut claims = Claims {
        snapshot_made_at: Some(made_at),
        ..Claims::default()
    };
    let mut members = r.map()?;
    while let Some(name) = members.next(r)? {
        match name {
            label::list::LABEL => label = Some(text(r)?.into()),
            label::list::FORM => {
                format = Some(named(
                    r,
                    ListFormat::from_code,
                    "the code of a list's form",
                )?);
            }
            label::list::AUTHENTICATED => checked = Some(r.boolean()?),
            label::list::IDENTITY => claims.identity = Some(text(r)?.into()),
            label::list::ISSUER => claims.issuer = Some(text(r)?.into()),
            label::list::ISSUED_AT => claims.issued_at = Some(time(r)?),
            label::list::EXPIRES_AT => claims.expires_at = Some(time(r)?),
            label::list::FETCHED_AT => fetched_at = Some(time(r)?),
            label::list::NEWEST_ENTRY => claims.newest_entry = Some(time(r)?),
            label::list::VALID_FOR => claims.valid_for = Some(r.uint()?),
            label::list::SEQUENCE => claims.sequence = Some(r.uint()?),
            label => {
                let within = WITHIN;
                return Err(SnapshotFormError::UnknownMember { within, label });
            }
        }
    }
    let checked = checked.ok_or(missing(WITHIN, "authenticated"))?;
    Ok(ListInfo {
        label: label.ok_or(missing(WITHIN, "label"))?,
        format: format.ok_or(missing(WITHIN, "form"))?,
        // The maker's word, if it is the maker's.
        authenticated: checked && authenticated,
        fetched_at,
        claims,
    })
}

/// Places in the table of lists, one at least, each higher than the one before.
fn read_holders(r: &mut Reader<'_>, lists: &[Arc<ListInfo>]) -> Result<Arc<[Arc<ListInfo>]>> {
    let at = r.at();
    let mut last = None;
    let held_by = (0..r.array()?).map(|_| {
        let at = r.at();
        let place = { *r }.uint()?;
        if last.replace(place) >= Some(place) {
            return Err(SnapshotFormError::NotDeterministic { at });
        }
        pointed_at(r, lists)
    });
    let held_by: Arc<[_]> = held_by.collect::<Result<_>>()?;
    if held_by.is_empty() {
        let expected = "one list at least";
        return Err(SnapshotFormError::Unexpected { at, expected });
    }
    Ok(held_by)
}

fn read_gdhcn(r: &mut Reader<'_>) -> Result<GdhcnOrigin> {
    let at = r.at();
    if r.array()? != 4 {
        let expected = "an array of environment, domain, participant and usage";
        return Err(SnapshotFormError::Unexpected { at, expected });
    }
    let environment = named(r, Environment::from_name, "the name of an environment")?;
    let (domain, participant) = (text(r)?, text(r)?);
    let usages = [GdhcnUsage::DocumentSigner, GdhcnUsage::SigningAuthority];
    let usage = |name: &str| usages.into_iter().find(|usage| usage.name() == name);
    let usage = named(r, usage, "DSC or SCA")?;
    Ok(GdhcnOrigin::new(environment, domain, participant, usage))
}

/// A key's entry, and what is looked for in it.
struct Glimpse<'a> {
    entry: Reader<'a>,
    kid: &'a [u8],
    /// Of one form for each key.
    key: &'a [u8],
}

impl<'a> Glimpse<'a> {
    /// Passes over an entry.
    fn pass(r: &mut Reader<'a>) -> Result<Self> {
        const DEPTH: u8 = 2;
        let (entry, mut kid, mut key) = (*r, None, None);
        let mut members = r.map()?;
        while let Some(name) = members.next(r)? {
            match name {
                label::key::KID => kid = Some(r.bytes()?),
                label::key::P256 | label::key::SPKI => key = Some(r.bytes()?),
                _ => r.skip(DEPTH)?,
            }
        }
        Ok(Self {
            entry,
            kid: kid.ok_or(missing("a key", "kid"))?,
            key: key.ok_or(missing("a key", "p256 or spki"))?,
        })
    }
}

impl Tables {
    /// What [`Keep::Under`] keeps.
    fn read_listings(
        &self,
        source: &Source,
        r: &mut Reader<'_>,
        kid: Option<&Kid>,
    ) -> core::result::Result<Vec<Entry>, LoadError> {
        let count = r.array()?;
        let start = *r;
        let mut under: Vec<&[u8]> = Vec::new();
        for _ in 0..count {
            let glimpse = Glimpse::pass(r)?;
            if kid.is_some_and(|kid| kid.as_bytes() == glimpse.kid) {
                under.push(glimpse.key);
            }
        }
        // Any number of them may stand under one kid.
        under.sort_unstable();
        under.dedup();
        let (mut entries, mut again) = (Vec::new(), start);
        for _ in 0..if under.is_empty() { 0 } else { count } {
            let mut glimpse = Glimpse::pass(&mut again)?;
            if under.binary_search(&glimpse.key).is_ok() {
                let (key, notes) = (self.read_key(source, &mut glimpse.entry)?, Vec::new());
                entries.push(Entry::from(Ok(Found { key, notes })));
            }
        }
        Ok(entries)
    }

    fn read_key(&self, source: &Source, r: &mut Reader<'_>) -> Result<TrustedKey> {
        const WITHIN: &str = "a key";
        let (mut kid, mut key, mut origin, mut held_by) = (None, None, None, None);
        let (mut certificate, mut country, mut gdhcn, mut chain) = (None, None, None, None);
        let mut usage = KeyUsage::ANY;
        let mut members = r.map()?;
        while let Some(name) = members.next(r)? {
            let at = r.at();
            let unexpected = |expected| SnapshotFormError::Unexpected { at, expected };
            match name {
                label::key::KID => {
                    let found = Kid::new(r.bytes()?);
                    kid = Some(found.map_err(|_| unexpected("a kid of at most 255 bytes"))?);
                }
                label::key::P256 => {
                    let coordinates = r.array_of("the 64 bytes of a point")?;
                    let found = PublicKey::from_p256_point(coordinates);
                    key = Some(found.map_err(|error| SnapshotFormError::Key { at, error })?);
                }
                label::key::SPKI if key.is_none() => {
                    key = Some(read_spki(source, at, r.bytes()?)?);
                }
                label::key::SPKI => return Err(unexpected("one key")),
                label::key::ORIGIN => origin = Some(pointed_at(r, &self.texts)?),
                label::key::HELD_BY => held_by = Some(pointed_at(r, &self.holders)?),
                label::key::CERTIFICATE => {
                    if r.array()? != 3 {
                        return Err(unexpected("a digest and two times"));
                    }
                    let digest: &[u8; 32] = r.array_of("a SHA-256")?;
                    certificate = Some((*digest, (time(r)?, time(r)?)));
                }
                label::key::COUNTRY => country = Some(pointed_at(r, &self.texts)?),
                label::key::USAGE => {
                    let limit = u8::try_from(r.uint()?).ok().and_then(KeyUsage::from_bits);
                    usage = limit.ok_or(unexpected("a set of usages, 0 to 15"))?;
                }
                label::key::GDHCN => gdhcn = Some(pointed_at(r, &self.gdhcn)?),
                label::key::CHAIN => chain = Some(pointed_at(r, &self.chains)?),
                label => {
                    let within = WITHIN;
                    return Err(SnapshotFormError::UnknownMember { within, label });
                }
            }
        }
        let kid = kid.ok_or(missing(WITHIN, "kid"))?;
        let key = key.ok_or(missing(WITHIN, "p256 or spki"))?;
        let origin = origin.ok_or(missing(WITHIN, "origin"))?;
        Ok(TrustedKey {
            certificate_digest: certificate.map(|(digest, _)| CertificateDigest::new(digest)),
            validity: certificate.map(|(_, validity)| validity),
            country,
            usage,
            gdhcn,
            chain,
            vouchers: Vouchers {
                caller: false,
                lists: held_by.ok_or(missing(WITHIN, "holders"))?,
            },
            ..TrustedKey::from_public_key(kid, key, origin)
        })
    }

    /// The environment of all that is of the WHO's network.
    fn environment(&self) -> core::result::Result<Option<Environment>, GdhcnError> {
        let of_lists = self.lists.iter().filter_map(|list| {
            let identity = list.identity()?;
            Environment::of_list(identity).filter(|_| list.format == ListFormat::Gdhcn)
        });
        let mut all = of_lists.chain(self.gdhcn.iter().map(|listed| listed.environment()));
        let Some(has) = all.next() else {
            return Ok(None);
        };
        match all.find(|other| *other != has) {
            None => Ok(Some(has)),
            Some(added) => Err(GdhcnError::MixedEnvironments { has, added }),
        }
    }
}

/// Any key but one of P-256, which has a shorter form, as this crate writes it.
fn read_spki(source: &Source, at: usize, der: &[u8]) -> Result<PublicKey> {
    let unexpected = |expected| SnapshotFormError::Unexpected { at, expected };
    if source.check_size(der).is_err() {
        return Err(unexpected("a key as short as the limits want it"));
    }
    let key =
        PublicKey::from_spki_der(der).map_err(|error| SnapshotFormError::Key { at, error })?;
    if *key.kind() == KeyKind::P256 || key.spki_der() != der {
        return Err(unexpected("a key in its one form"));
    }
    Ok(key)
}

fn pointed_at<T: ?Sized>(r: &mut Reader<'_>, table: &[Arc<T>]) -> Result<Arc<T>> {
    let at = r.at();
    let place = usize::try_from(r.uint()?).ok();
    let found = place.and_then(|place| table.get(place)).cloned();
    let expected = "the place of something in the snapshot";
    found.ok_or(SnapshotFormError::Unexpected { at, expected })
}

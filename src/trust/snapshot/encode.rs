//! Writes a store.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{CHAINS, FORMAT_NAME, MAX_LISTS, MEMBERS, SnapshotError, VERSION, label};
use crate::Timestamp;
use crate::codec::detcbor::Writer;
use crate::codec::instant;
use crate::codec::text::printable;
use crate::trust::key::TrustedKey;
use crate::trust::list::{Claims, ListFormat, ListInfo};
use crate::trust::store::TrustStore;

pub(super) fn payload(store: &TrustStore, made_at: Timestamp) -> Result<Vec<u8>, SnapshotError> {
    let unlimited = store.iter().filter(|key| {
        let has_certificate = |listing: &TrustedKey| listing.validity.is_some();
        let listings = store.several(key.public_key()).filter(|_| key.is_silent());
        listings.is_some_and(|listings| {
            listings.left_out.iter().any(has_certificate)
                && !listings.kept.iter().any(has_certificate)
        })
    });
    let keys = unlimited.count();
    if keys > 0 {
        return Err(SnapshotError::CertificateLeftOut { keys });
    }
    let mut lists: Vec<&ListInfo> = store.lists().iter().map(AsRef::as_ref).collect();
    let own = own_list(made_at);
    let own_index = lists.len();
    if store.iter().any(TrustedKey::is_vouched_for) {
        lists.push(&own);
    }
    if lists.len() > MAX_LISTS {
        let (lists, max) = (lists.len(), MAX_LISTS);
        return Err(SnapshotError::TooManyLists { lists, max });
    }
    let of_lists = lists.iter().flat_map(|list| times(list)).flatten();
    let mut times = of_lists.chain([made_at]);
    if let Some(time) = times.find(|time| instant::in_reach(*time).is_none()) {
        return Err(SnapshotError::Time { time });
    }
    let places: BTreeMap<*const ListInfo, usize> = (lists.iter().enumerate())
        .map(|(place, list)| (&raw const **list, place))
        .collect();
    let held_by = |key: &TrustedKey| -> Vec<usize> {
        let held_by = key.vouchers.lists.iter();
        let held_by = held_by.filter_map(|list| places.get(&(&raw const **list)).copied());
        let own = key.is_vouched_for().then_some(own_index);
        held_by.chain(own).collect()
    };
    let (mut holders, mut texts) = (Table::default(), Table::default());
    let mut gdhcn = Table::default();
    let keys: Vec<_> = (store.iter())
        .map(|key| {
            let places = Places {
                held_by: holders.place(held_by(key)),
                origin: texts.place(key.origin()),
                country: key.country().map(|country| texts.place(country)),
                gdhcn: key.gdhcn().map(|listed| gdhcn.place(listed)),
            };
            (key, places)
        })
        .collect();

    let mut out = Writer::default();
    out.array(MEMBERS).text(FORMAT_NAME).uint(VERSION);
    out.int(made_at.seconds());
    out.array(lists.len());
    for list in &lists {
        write_list(&mut out, list);
    }
    out.array(holders.items.len());
    for held_by in &holders.items {
        out.array(held_by.len());
        for place in held_by {
            out.uint(*place as u64);
        }
    }
    out.array(texts.items.len());
    for text in &texts.items {
        out.text(&printable(text));
    }
    out.array(gdhcn.items.len());
    for listed in &gdhcn.items {
        out.array(4).text(listed.environment().name());
        out.text(&printable(listed.domain()));
        out.text(&printable(listed.participant()));
        out.text(listed.usage().name());
    }
    out.array(keys.len());
    for (key, places) in keys {
        write_key(&mut out, key, &places);
    }
    Ok(out.finish())
}

/// What the maker of the snapshot vouched for by itself is a list to whoever
/// reads it.
fn own_list(made_at: Timestamp) -> ListInfo {
    ListInfo {
        label: "snapshot".into(),
        format: ListFormat::Snapshot,
        // By the signature of the snapshot, if it has one.
        authenticated: true,
        fetched_at: None,
        claims: Claims {
            issued_at: Some(made_at),
            ..Claims::default()
        },
    }
}

fn times(list: &ListInfo) -> [Option<Timestamp>; 4] {
    let claims = &list.claims;
    // What counts from when it was fetched does not begin anew with each
    // snapshot of a snapshot.
    let at_hand = claims
        .snapshot_made_at
        .filter(|_| claims.valid_for.is_some());
    [
        claims.issued_at,
        claims.expires_at,
        list.fetched_at.or(at_hand),
        claims.newest_entry,
    ]
}

fn write_list(out: &mut Writer, list: &ListInfo) {
    let claims = &list.claims;
    let texts = [
        (label::list::IDENTITY, &claims.identity),
        (label::list::ISSUER, &claims.issuer),
    ];
    let names = [
        label::list::ISSUED_AT,
        label::list::EXPIRES_AT,
        label::list::FETCHED_AT,
        label::list::NEWEST_ENTRY,
    ];
    let times = names.into_iter().zip(times(list));
    let numbers = [
        (label::list::VALID_FOR, claims.valid_for),
        (label::list::SEQUENCE, claims.sequence),
    ];
    let optional = texts.iter().filter(|(_, text)| text.is_some()).count()
        + times.clone().filter(|(_, time)| time.is_some()).count()
        + numbers
            .iter()
            .filter(|(_, number)| number.is_some())
            .count();
    out.map(3 + optional);
    out.uint(label::list::LABEL).text(&printable(&list.label));
    out.uint(label::list::FORM).text(list.format.code());
    out.uint(label::list::AUTHENTICATED)
        .boolean(list.authenticated);
    for (name, text) in texts {
        if let Some(text) = text {
            out.uint(name).text(&printable(text));
        }
    }
    for (name, time) in times {
        if let Some(time) = time {
            out.uint(name).int(time.seconds());
        }
    }
    for (name, number) in numbers {
        if let Some(number) = number {
            out.uint(name).uint(number);
        }
    }
}

/// Where things that a key points at stand.
struct Places {
    held_by: usize,
    origin: usize,
    country: Option<usize>,
    gdhcn: Option<usize>,
}

fn write_key(out: &mut Writer, key: &TrustedKey, places: &Places) {
    let certificate = key.certificate_digest.zip(key.validity);
    let chain = key.chain();
    let chain = CHAINS.iter().position(|known| *known == chain);
    let optional = [
        certificate.is_some(),
        places.country.is_some(),
        key.usage.is_limited(),
        places.gdhcn.is_some(),
        chain.is_some(),
    ];
    out.map(4 + optional.into_iter().filter(|there| *there).count());
    out.uint(label::key::KID).bytes(key.kid.as_bytes());
    match key.key.p256_point() {
        Some(point) => out.uint(label::key::P256).bytes(point),
        None => out.uint(label::key::SPKI).bytes(key.key.spki_der()),
    };
    out.uint(label::key::ORIGIN).uint(places.origin as u64);
    out.uint(label::key::HELD_BY).uint(places.held_by as u64);
    if let Some((digest, (not_before, not_after))) = certificate {
        out.uint(label::key::CERTIFICATE)
            .array(3)
            .bytes(digest.as_bytes());
        out.int(not_before.seconds()).int(not_after.seconds());
    }
    if let Some(place) = places.country {
        out.uint(label::key::COUNTRY).uint(place as u64);
    }
    if let Some(limit) = key.usage.to_bits() {
        out.uint(label::key::USAGE).uint(limit.into());
    }
    if let Some(place) = places.gdhcn {
        out.uint(label::key::GDHCN).uint(place as u64);
    }
    if let Some(place) = chain {
        out.uint(label::key::CHAIN).uint(place as u64);
    }
}

/// Values that are named by their place, in the order of their first use.
struct Table<T> {
    items: Vec<T>,
    places: BTreeMap<T, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            places: BTreeMap::new(),
        }
    }
}

impl<T: Ord + Clone> Table<T> {
    fn place(&mut self, item: T) -> usize {
        *self.places.entry(item).or_insert_with_key(|item| {
            self.items.push(item.clone());
            self.items.len() - 1
        })
    }
}

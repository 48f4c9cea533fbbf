//! Whether a revocation list names the certificate, and whether the lists can
//! be relied upon now. They age in the verifier, so this is asked every time.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::{Policy, Reason, RevocationPolicy, SkipReason, StepResult};
use crate::Timestamp;
use crate::crypto::{KeyFingerprint, PublicKey};
use crate::revocation::{Identifier, LookUp, RevocationInfo, Revocations, Subject};
use crate::trust::freshness::{Dates, Skew};
use crate::trust::{Kid, Stale, TrustStore};

/// What the keys are listed under. A kid in the unprotected header is not
/// signed: whoever shows a revoked certificate could name another kid of the
/// same key, under which no hash is listed. And one list names the key's
/// country, where another doesn't.
#[derive(Debug, Clone, Default)]
pub(super) struct NamesOfKeys(Arc<BTreeMap<KeyFingerprint, Names>>);

#[derive(Debug, Clone, Default)]
struct Names {
    kids: Vec<Vec<u8>>,
    countries: Vec<String>,
}

/// The same while they are collected: a list can have a key any number of times.
#[derive(Default)]
struct Collected {
    kids: BTreeSet<Vec<u8>>,
    /// By capital letters.
    countries: BTreeMap<String, String>,
}

impl NamesOfKeys {
    pub(super) fn of(trust: &TrustStore) -> Self {
        let mut all = BTreeMap::<_, Collected>::new();
        for key in trust.all_listings() {
            let known = all.entry(key.public_key().fingerprint()).or_default();
            let kids = key.kids();
            known.kids.extend(kids.map(|kid| kid.as_bytes().to_vec()));
            if let Some(country) = key.country() {
                let capitals = country.to_ascii_uppercase();
                let known = known.countries.entry(capitals);
                known.or_insert_with(|| country.to_owned());
            }
        }
        // Sorted: the answer for a certificate must not depend on the order of
        // lists.
        let names = |Collected { kids, countries }| Names {
            kids: kids.into_iter().collect(),
            countries: countries.into_values().collect(),
        };
        let all = all.into_iter().map(|(key, found)| (key, names(found)));
        Self(Arc::new(all.collect()))
    }

    /// Looks the certificate up under all names of the key that signed it, of
    /// which it states one. Whichever names it is revoked under, it is revoked;
    /// a list covers it that covers it as one of each country.
    pub(super) fn look_up(
        &self,
        revocations: &Revocations,
        key: &PublicKey,
        stated: &Kid,
        identifiers: &[Identifier],
        kid_is_signed: bool,
    ) -> LookUp {
        let fingerprint = key.fingerprint();
        let names = self.0.get(&fingerprint);
        let subject = Subject {
            kid: stated.as_bytes(),
            kid_is_signed,
            other_kids: match names.map(|names| &*names.kids).unwrap_or_default() {
                [one] if one == stated.as_bytes() => &[],
                kids => kids,
            },
            ..Subject::new(stated.as_bytes(), identifiers)
        };
        // A name that no trust list gives: lists need not know of it.
        let of_key = Kid::prefix(fingerprint.as_bytes());
        let of_key = Subject {
            kid: of_key.as_bytes(),
            ..Subject::new(of_key.as_bytes(), identifiers)
        };
        let countries = names.map(|names| &*names.countries).unwrap_or_default();
        let countries = match countries {
            [] => vec![None],
            known => known.iter().map(|known| Some(known.as_str())).collect(),
        };
        let mut covering: Option<Vec<Arc<RevocationInfo>>> = None;
        for country in countries {
            let by_key = revocations.look_up(&Subject { country, ..of_key });
            if let LookUp::Revoked { .. } = by_key {
                return by_key;
            }
            let lists = match revocations.look_up(&Subject { country, ..subject }) {
                LookUp::NotListed { lists } => lists,
                LookUp::NotCovered => Vec::new(),
                revoked => return revoked,
            };
            covering = Some(match covering {
                None => lists,
                Some(mut all) => {
                    all.retain(|known| lists.iter().any(|list| Arc::ptr_eq(known, list)));
                    all
                }
            });
        }
        match covering.unwrap_or_default() {
            lists if lists.is_empty() => LookUp::NotCovered,
            lists => LookUp::NotListed { lists },
        }
    }
}

/// What the policy makes of it. The lists that it relies upon go to `lists`.
pub(super) fn judge(
    found: LookUp,
    policy: &Policy,
    now: Timestamp,
    lists: &mut Vec<Arc<RevocationInfo>>,
) -> StepResult {
    let required = match policy.revocation {
        RevocationPolicy::Require { max_age } => Some(max_age),
        _ => None,
    };
    match found {
        // Also where the list has aged: what was revoked stays so.
        LookUp::Revoked { kind, list } => {
            let reason = Reason::Revoked {
                identifier: kind,
                list: list.label().to_owned(),
                dated: list.dated(),
            };
            lists.push(list);
            StepResult::Failed(reason)
        }
        LookUp::NotListed { lists: covering } => {
            let mut first = None;
            for list in covering {
                match check_age(&list, policy, required, now) {
                    Ok(()) => lists.push(list),
                    Err(why) => {
                        first.get_or_insert((list, why));
                    }
                }
            }
            match first {
                // One list in time suffices: each of them covers the key.
                Some((list, why)) if lists.is_empty() => match required {
                    Some(_) => StepResult::Failed(Reason::RevocationStale {
                        list: list.label().to_owned(),
                        why,
                    }),
                    None => StepResult::Skipped(SkipReason::RevocationDataStale { why }),
                },
                _ => StepResult::Passed,
            }
        }
        LookUp::NotCovered => match required {
            Some(_) => StepResult::Failed(Reason::RevocationMissing),
            None => StepResult::Skipped(SkipReason::RevocationNotCovered),
        },
    }
}

fn check_age(
    list: &RevocationInfo,
    policy: &Policy,
    max_age: Option<core::time::Duration>,
    now: Timestamp,
) -> Result<(), Stale> {
    let dates = Dates {
        made_at: list.made_at().filter(|_| !policy.retrospective),
        counted_from: list.dated(),
        expires_at: list.expires_at(),
    };
    let skew = Skew {
        slow: policy.issue_skew,
        fast: policy.expiry_skew,
    };
    dates.check(max_age, skew, now)
}

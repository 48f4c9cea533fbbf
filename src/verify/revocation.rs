//! Whether a revocation list names the certificate, and whether the lists can
//! be relied upon now. They age in the verifier, so this is asked every time.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Policy, Reason, RevocationPolicy, SkipReason, StepResult};
use crate::Timestamp;
use crate::revocation::{Identifier, LookUp, RevocationInfo, Revocations, Subject};
use crate::trust::freshness::{Dates, Skew};
use crate::trust::{Kid, Stale, TrustStore, TrustedKey};

/// What else the keys are listed under. A kid in the unprotected header is not
/// signed: whoever shows a revoked certificate could name another kid of the
/// same key, under which no hash is listed. And one list names the key's
/// country, where another doesn't.
#[derive(Debug, Clone, Default)]
pub(super) struct NamesOfKeys(Arc<HashMap<[u8; 32], Names>>);

#[derive(Debug, Clone, Default)]
struct Names {
    kids: Vec<Vec<u8>>,
    countries: Vec<String>,
    without_country: bool,
}

impl Names {
    fn are_several(&self) -> bool {
        let countries = self.countries.len() + usize::from(self.without_country);
        self.kids.len() > 1 || countries > 1
    }
}

impl NamesOfKeys {
    pub(super) fn of(trust: &TrustStore) -> Self {
        let mut all = HashMap::<_, Names>::new();
        for key in trust.iter() {
            let known = all.entry(key.public_key().fingerprint()).or_default();
            let of_certificate = key.certificate_sha256().map(|sha256| Kid::prefix(*sha256));
            for kid in [Some(key.kid().clone()), of_certificate]
                .into_iter()
                .flatten()
            {
                if !known.kids.iter().any(|known| known == kid.as_bytes()) {
                    known.kids.push(kid.as_bytes().to_vec());
                }
            }
            match key.country() {
                None => known.without_country = true,
                Some(country) if known.countries.iter().any(|known| known == country) => {}
                Some(country) => known.countries.push(country.to_owned()),
            }
        }
        all.retain(|_, names| names.are_several());
        Self(Arc::new(all))
    }

    /// Looks the certificate up under all names of its signer.
    pub(super) fn look_up(
        &self,
        revocations: &Revocations,
        signer: &TrustedKey,
        identifiers: &[Identifier],
        kid_is_signed: bool,
    ) -> LookUp {
        let names = match self.0.is_empty() {
            true => None,
            false => self.0.get(&signer.public_key().fingerprint()),
        };
        revocations.look_up(&Subject {
            kid: signer.kid().as_bytes(),
            kid_is_signed,
            other_kids: names.map(|names| &*names.kids).unwrap_or_default(),
            country: signer.country(),
            other_countries: names.map(|names| &*names.countries).unwrap_or_default(),
            identifiers,
        })
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
    max_age: Option<u64>,
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

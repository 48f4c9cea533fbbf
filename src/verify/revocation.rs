//! Whether a revocation list names the certificate, and whether the lists can
//! be relied upon now. They age in the verifier, so this is asked every time.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Policy, Reason, RevocationPolicy, SkipReason, StepResult};
use crate::Timestamp;
use crate::revocation::{Identifier, LookUp, RevocationInfo, Revocations, Subject};
use crate::trust::freshness::{Dates, Skew};
use crate::trust::{Stale, TrustStore, TrustedKey};

/// The kids of the keys that stand under several. A kid in the unprotected
/// header is not signed: whoever shows a revoked certificate could name
/// another kid of the same key, under which no hash is listed.
#[derive(Debug, Clone, Default)]
pub(super) struct KidsOfKeys(Arc<HashMap<[u8; 32], Vec<Vec<u8>>>>);

impl KidsOfKeys {
    pub(super) fn of(trust: &TrustStore) -> Self {
        let mut kids = HashMap::<_, Vec<Vec<u8>>>::new();
        for key in trust.iter() {
            let known = kids.entry(key.public_key().fingerprint()).or_default();
            let of_certificate = key.certificate().map(|certificate| certificate.kid());
            for kid in [Some(key.kid().clone()), of_certificate]
                .into_iter()
                .flatten()
            {
                if !known.iter().any(|known| known == kid.as_bytes()) {
                    known.push(kid.as_bytes().to_vec());
                }
            }
        }
        kids.retain(|_, kids| kids.len() > 1);
        Self(Arc::new(kids))
    }

    fn of_signer(&self, signer: &TrustedKey) -> &[Vec<u8>] {
        let kids = match self.0.is_empty() {
            true => None,
            false => self.0.get(&signer.public_key().fingerprint()),
        };
        kids.map(Vec::as_slice).unwrap_or_default()
    }

    /// Looks the certificate up under all kids of its signer.
    pub(super) fn look_up(
        &self,
        revocations: &Revocations,
        signer: &TrustedKey,
        identifiers: &[Identifier],
    ) -> LookUp {
        revocations.look_up(&Subject {
            kid: signer.kid().as_bytes(),
            other_kids: self.of_signer(signer),
            country: signer.country(),
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
                    None => StepResult::Skipped(SkipReason::RevocationDataStale),
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

//! Whether a list that holds the signer's key can be relied upon now. Lists
//! age in the store, so this is asked at every verification.

use super::{Policy, Reason, SkipReason, StepResult};
use crate::Timestamp;
use crate::trust::{ListInfo, TrustedKey};

/// One list in time suffices: each of them vouches for the key.
pub(super) fn trust_list(
    signer: &TrustedKey,
    policy: &Policy,
    latest_time: Option<Timestamp>,
    now: Timestamp,
) -> StepResult {
    if let Some(seen) = latest_time
        && !policy.retrospective
        && is_early(now, seen, policy)
    {
        // The list's own date says more, if it is the one.
        let of_list = signer.lists().find(|list| made_at(list) == Some(seen));
        return StepResult::Failed(match of_list {
            Some(list) => from_future(list, seen, now),
            None => Reason::ClockBehind { seen, now },
        });
    }
    if signer.is_vouched_for() {
        return StepResult::Skipped(SkipReason::NoList);
    }
    let mut results = signer.lists().map(|list| one_list(list, policy, now));
    let Some(mut first) = results.next() else {
        return StepResult::Skipped(SkipReason::NoList);
    };
    if let StepResult::Failed(_) = first
        && let Some(better) = results.find(|result| !matches!(result, StepResult::Failed(_)))
    {
        first = better;
    }
    first
}

fn one_list(list: &ListInfo, policy: &Policy, now: Timestamp) -> StepResult {
    let label = || list.label().to_owned();
    if let Some(dated) = made_at(list)
        && !policy.retrospective
        && is_early(now, dated, policy)
    {
        return StepResult::Failed(from_future(list, dated, now));
    }
    if let Some(expires_at) = list.expires_at()
        && !policy.expired_lists
        && now > expires_at.plus(policy.expiry_skew)
    {
        return StepResult::Failed(Reason::ListExpired {
            list: label(),
            expires_at,
            now,
        });
    }
    // The newest entry would make a list look older than it is.
    let dated = list.issued_at().or(list.fetched_at());
    match (policy.max_list_age, dated) {
        (Some(max_age), Some(dated)) => {
            let oldest = now.plus(i64::try_from(max_age).map_or(i64::MIN, |age| -age));
            if dated < oldest {
                return StepResult::Failed(Reason::ListTooOld {
                    list: label(),
                    dated,
                    max_age,
                    now,
                });
            }
            StepResult::Passed
        }
        (Some(max_age), None) => StepResult::Failed(Reason::ListUndated {
            list: label(),
            max_age,
        }),
        (None, None) if list.expires_at().is_none() => StepResult::Skipped(SkipReason::UndatedList),
        (None, _) => StepResult::Passed,
    }
}

/// The list did not exist before, or was not at hand.
fn made_at(list: &ListInfo) -> Option<Timestamp> {
    let dates = [list.issued_at(), list.newest_entry(), list.fetched_at()];
    dates.into_iter().max().flatten()
}

fn is_early(now: Timestamp, than: Timestamp, policy: &Policy) -> bool {
    now.plus(policy.issue_skew) < than
}

fn from_future(list: &ListInfo, dated: Timestamp, now: Timestamp) -> Reason {
    Reason::ListFromFuture {
        list: list.label().to_owned(),
        dated,
        now,
    }
}

//! Whether a list that holds the signer's key can be relied upon now. Lists
//! age in the store, so this is asked at every verification.

use super::{Policy, Reason, SkipReason, StepResult};
use crate::Timestamp;
use crate::trust::freshness::{Dates, Skew};
use crate::trust::{ListInfo, Stale, TrustedKey};
use alloc::borrow::ToOwned;

/// One list in time suffices: each of them vouches for the key. What says most
/// for it counts, whatever their order.
pub(super) fn trust_list(
    signer: &TrustedKey,
    policy: &Policy,
    latest_time: Option<Timestamp>,
    now: Timestamp,
) -> StepResult {
    if let Some(seen) = latest_time
        && !policy.retrospective
        && now + policy.issue_skew < seen
    {
        // The list's own date says more, if it is the one.
        let of_list = signer.lists().find(|list| made_at(list) == Some(seen));
        return StepResult::Failed(match of_list {
            Some(list) => reason(Stale::FromFuture { dated: seen, now }, list),
            None => Reason::ClockBehind { seen, now },
        });
    }
    if signer.is_vouched_for() {
        return StepResult::Skipped(SkipReason::NoList);
    }
    let rank = |result: &StepResult| match result {
        StepResult::Passed => 0,
        StepResult::Skipped(_) => 1,
        _ => 2,
    };
    let results = signer.lists().map(|list| {
        let result = one_list(list, policy, now);
        let dated = made_at(list).max(list.expires_at());
        (
            (rank(&result), core::cmp::Reverse(dated), list.label()),
            result,
        )
    });
    let best = results.min_by(|(a, _), (b, _)| a.cmp(b));
    best.map_or(StepResult::Skipped(SkipReason::NoList), |(_, best)| best)
}

fn one_list(list: &ListInfo, policy: &Policy, now: Timestamp) -> StepResult {
    let dates = Dates {
        made_at: made_at(list).filter(|_| !policy.retrospective),
        // The newest entry would make a list look older than it is.
        counted_from: list.issued_at().or(list.fetched_at()),
        expires_at: list.expires_at().filter(|_| !policy.expired_lists),
    };
    let skew = Skew {
        slow: policy.issue_skew,
        fast: policy.expiry_skew,
    };
    match dates.check(policy.max_list_age, skew, now) {
        Err(stale) => StepResult::Failed(reason(stale, list)),
        Ok(()) if dates.counted_from.is_none() && list.expires_at().is_none() => {
            StepResult::Skipped(SkipReason::UndatedList)
        }
        Ok(()) => StepResult::Passed,
    }
}

fn reason(stale: Stale, list: &ListInfo) -> Reason {
    let list = list.label().to_owned();
    match stale {
        Stale::Expired { expires_at, now } => Reason::ListExpired {
            list,
            expires_at,
            now,
        },
        Stale::TooOld {
            dated,
            max_age,
            now,
        } => Reason::ListTooOld {
            list,
            dated,
            max_age,
            now,
        },
        Stale::Undated { max_age } => Reason::ListUndated { list, max_age },
        Stale::FromFuture { dated, now } => Reason::ListFromFuture { list, dated, now },
    }
}

/// The list did not exist before, or was not at hand.
fn made_at(list: &ListInfo) -> Option<Timestamp> {
    let dates = [list.issued_at(), list.newest_entry(), list.fetched_at()];
    dates.into_iter().max().flatten()
}

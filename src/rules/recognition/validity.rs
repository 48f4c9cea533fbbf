//! When a certificate is valid, whatever a policy asks.

use crate::record::Record;
use crate::rules::Period;
use crate::trust::TrustedKey;
use crate::verify::Verified;

/// When the record holds by what it states itself.
pub(super) fn stated(record: &Record) -> Period {
    let (from, until) = record.period();
    let mut period = Period::ALWAYS;
    period.from = from.unwrap_or(period.from);
    period.until = until.map_or(period.until, |last| last.plus(1));
    if record.is_undated() {
        period.until = period.from;
    }
    period
}

/// When the certificate is valid: by its claims, a listing of its signer and its
/// record.
/// For the time of the verification the verdict counts, which has its own
/// tolerance.
pub(super) fn validity(verified: &Verified, listing: &TrustedKey) -> Period {
    let claims = verified.claims();
    let signer = verified.validity_of(listing);
    let starts = [
        claims.issued_at().timestamp(),
        claims.not_before().timestamp(),
        signer.map(|(first, _)| first),
    ];
    let ends = [
        claims.expires_at().timestamp(),
        signer.map(|(_, last)| last),
    ];
    let mut period = stated(verified.record());
    for start in starts.into_iter().flatten() {
        period.from = period.from.max(start);
    }
    for last in ends.into_iter().flatten() {
        period.until = period.until.min(last.plus(1));
    }
    let at = verified.verified_at();
    period.from = period.from.min(at);
    period.until = period.until.max(at.plus(1));
    period
}

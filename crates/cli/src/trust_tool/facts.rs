//! What there is to say about a key and about a list, the same in every
//! command.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::Timestamp;
use hcert::trust::{Kid, ListInfo, LoadReport, SignerDates, TrustStore, TrustedKey};
use serde_json::{Value, json};

use super::line;
use crate::trust_files::counted;

/// Numbers of what was counted, by its name.
pub type Counts = BTreeMap<String, usize>;

pub fn count(keys: &TrustStore, name: impl Fn(&TrustedKey) -> String) -> Counts {
    let mut counts = Counts::new();
    for key in keys.iter() {
        *counts.entry(name(key)).or_default() += 1;
    }
    counts
}

pub const IN_DATE: &str = "in-date";
pub const EXPIRED: &str = "expired";
pub const NOT_YET_VALID: &str = "not-yet-valid";
pub const UNDATED: &str = "undated";

/// How a key stands to its validity at a time.
pub fn validity(key: &TrustedKey, at: Timestamp) -> &'static str {
    match key.validity() {
        None => UNDATED,
        Some((from, _)) if at < from => NOT_YET_VALID,
        Some((_, until)) if at > until => EXPIRED,
        Some(_) => IN_DATE,
    }
}

/// The list of a store with one list.
pub fn info(store: &TrustStore) -> Option<&ListInfo> {
    store.lists().first().map(AsRef::as_ref)
}

pub fn is_authenticated(store: &TrustStore) -> bool {
    info(store).is_some_and(ListInfo::is_authenticated)
}

pub fn country(key: &TrustedKey) -> String {
    key.country().unwrap_or("not stated").into()
}

/// As lists write it.
pub fn kid(kid: &Kid) -> String {
    BASE64_STANDARD.encode(kid)
}

pub fn entries(report: &LoadReport) -> String {
    format!(
        "{}: {}, {} left out, {} given twice",
        report.total,
        counted(report.loaded, "key", "keys"),
        report.rejected,
        report.duplicates
    )
}

/// What a list says about itself, in words.
pub fn describe_list(out: &mut String, info: &ListInfo) {
    line(out, "Form", info.format().code());
    let texts = [("Name", info.identity()), ("Issuer", info.issuer())];
    for (label, text) in texts {
        text.inspect(|text| line(out, label, text));
    }
    for (label, date) in [
        ("Made at", info.issued_at()),
        ("Expires at", info.expires_at()),
        ("Newest entry", info.newest_entry()),
    ] {
        date.inspect(|date| line(out, label, &date.to_string()));
    }
    let seconds = info.valid_for();
    seconds.inspect(|s| line(out, "Valid for", &format!("{s} s after it was fetched")));
    if info.signer_dates() == SignerDates::NotJudged {
        let not = "NOT JUDGED: of certificates that sign, as no time of fetching is known";
        line(out, "Dates", not);
    }
    let number = info.sequence();
    number.inspect(|number| line(out, "Number", &number.to_string()));
}

/// The same as members of a JSON object.
pub fn list_json(store: Option<&TrustStore>) -> Vec<(&'static str, Value)> {
    let info = store.and_then(info);
    let text = |get: fn(&ListInfo) -> Option<&str>| json!(info.and_then(get));
    let number = |get: fn(&ListInfo) -> Option<u64>| json!(info.and_then(get));
    let date = |get: fn(&ListInfo) -> Option<Timestamp>| {
        json!(info.and_then(get).map(|date| date.to_string()))
    };
    vec![
        ("identity", text(ListInfo::identity)),
        ("issuer", text(ListInfo::issuer)),
        ("issued_at", date(ListInfo::issued_at)),
        ("expires_at", date(ListInfo::expires_at)),
        ("newest_entry", date(ListInfo::newest_entry)),
        ("valid_for", number(ListInfo::valid_for)),
        ("sequence", number(ListInfo::sequence)),
    ]
}

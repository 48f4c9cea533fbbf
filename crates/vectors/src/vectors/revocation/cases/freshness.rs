//! The dates of lists, against the time of verification.

use super::super::lists::BEFORE;
use super::{Case, DAY, fetched, given, signed};

pub fn all() -> Vec<Case> {
    let case = |id: &str, what: &str| Case::new(id, what).flags(&["freshness"]);
    let set = |id: &str, what: &str| Case::new(id, what).flags(&["freshness", "set"]);
    let fetched_before = || given("map-others").at(BEFORE);
    // 60 seconds after the time of verification, and one more.
    let (soon, later) = ("2021-07-01T12:01:00Z", "2021-07-01T12:01:01Z");
    let second = "2021-07-01T12:00:01Z";
    vec![
        case("age-at-the-limit", "Fetched exactly a day ago, and may be a day old.")
            .given(fetched_before()).require(DAY).relied(&["map-others"]),
        case("age-over-the-limit", "A second later.")
            .given(fetched_before()).require(DAY).at(second).stale("stale-too-old"),
        case("age-not-asked", "Fetched a day ago, and no age is asked for.")
            .given(fetched_before()).at(second).relied(&["map-others"]),
        case("undated-required", "Nothing says how old the list is, and an age is asked for.")
            .list("map-others").require(DAY).stale("stale-undated"),
        case("undated-not-asked", "Nothing says how old the list is, and no age is asked for.")
            .flags(&["freshness", "choice"]).list("map-others").relied(&["map-others"]),
        case("from-the-future", "Fetched later than it is now: the clock is wrong, and nothing is known.")
            .flags(&["freshness", "choice"])
            .given(given("map-others").at(later)).skipped("revocation-data-stale"),
        case("from-the-future-required", "The same, and a list is required.")
            .given(given("map-others").at(later)).require(DAY).stale("stale-from-future"),
        case("from-the-future-a-minute", "Fetched a minute later than it is now: clocks differ.")
            .flags(&["freshness", "choice"])
            .given(given("map-others").at(soon)).require(DAY).relied(&["map-others"]),
        case("document-dated", "The age of a signed list counts from when it was made, however late it was fetched.")
            .given(signed("document-1").at("2021-07-01T11:00:00Z")).require(DAY / 2).stale("stale-too-old"),
        case("document-at-its-end", "The last second of a list that has an end.")
            .given(signed("document-end")).require(DAY).relied(&["document-end"]),
        case("document-over", "A second later; no list is required.")
            .given(signed("document-end")).at(second).skipped("revocation-data-stale"),
        case("document-over-required", "The same, and a list is required.")
            .given(signed("document-end")).at(second).require(2 * DAY).stale("stale-expired"),
        case("document-over-names", "A list that is over names the certificate: what was revoked stays so.")
            .flags(&["freshness", "choice"])
            .given(signed("document-uci")).at(second).require(DAY).revoked("uci", "document-uci"),
        case("cms-signing-time", "The signing time of a CMS is the batch's date.")
            .given(given("cms-others").anchor("upload").all()).require(DAY).relied(&["cms-others"]),
        case("cms-signing-time-older", "The same, and it is too old.")
            .given(given("cms-others").anchor("upload").all()).require(3600).stale("stale-too-old"),
        case("it-fetched", "The age of Italy's list counts from when it was fetched.")
            .of("italian").trust(&["it"]).given(fetched("it-others")).require(DAY).relied(&["it-others"]),
        case("it-not-fetched", "creationDate of Italy's list is the newest entry's, and no date of the list: nobody signed it.")
            .flags(&["freshness", "choice"])
            .of("italian").trust(&["it"]).list("it-others").require(DAY).stale("stale-undated"),
        set("set-at-its-end", "The last second of a set that has an end.")
            .list("exact-end").require(DAY).relied(&["exact-end"]),
        set("set-over", "A second later; no list is required.")
            .list("exact-end").at(second).skipped("revocation-data-stale"),
        set("set-over-required", "The same, and a list is required.")
            .list("exact-end").at(second).require(DAY).stale("stale-expired"),
        set("set-of-an-older-list", "Made today of a list of yesterday: as old as that.")
            .list("exact-of-list").require(DAY / 2).stale("stale-too-old"),
        set("set-of-an-older-list-in-time", "The same, and it may be a day old.")
            .list("exact-of-list").require(DAY).relied(&["exact-of-list"]),
        case("one-in-time", "Of two lists that cover the key one is in time, which suffices.")
            .given(fetched_before()).given(given("exact-others"))
            .require(DAY / 2).relied(&["exact-others"]),
        case("in-time-and-not-covering", "The list that covers the key is too old, and the other one does not cover it.")
            .given(fetched_before()).given(fetched("batch-others"))
            .require(DAY / 2).stale("stale-too-old"),
    ]
}

//! Of whom a list says that they are not revoked.

use super::{Case, DAY, fetched, given};

pub fn all() -> Vec<Case> {
    [policies(), lists(), several()]
        .into_iter()
        .flatten()
        .collect()
}

fn policies() -> Vec<Case> {
    let case = |id: &str, what: &str| Case::new(id, what).flags(&["coverage"]);
    vec![
        case("no-data", "No list is given, and none is required.").skipped("no-revocation-data"),
        case("no-data-required", "No list is given, and one is required.")
            .require(DAY)
            .missing(),
        case("no-data-skip", "No list is given, and none is looked into.").skip(),
        case(
            "skip-revoked",
            "A list names the certificate, and the policy looks into none.",
        )
        .list("map-uci")
        .skip(),
        case(
            "required-and-revoked",
            "A list is required, and it names the certificate.",
        )
        .given(fetched("map-uci"))
        .require(DAY)
        .revoked("uci", "map-uci"),
        case(
            "required-and-covered",
            "A list is required, and it does not name the certificate.",
        )
        .given(fetched("map-others"))
        .require(DAY)
        .relied(&["map-others"]),
        case(
            "required-and-not-covered",
            "A list is required, and none says anything about the certificate.",
        )
        .given(fetched("batch-others"))
        .require(DAY)
        .missing(),
    ]
}

fn lists() -> Vec<Case> {
    let case = |id: &str, what: &str| Case::new(id, what).flags(&["coverage"]);
    let set = |id: &str, what: &str| Case::new(id, what).flags(&["coverage", "set"]);
    vec![
        case("map-without-the-kid", "A kid map is whole: a kid that is not on it has no revoked certificate.")
            .list("map-other-kid").relied(&["map-other-kid"]),
        case("map-empty", "A kid map that names nobody.").list("map-empty").relied(&["map-empty"]),
        case("batch-may-not-be-all", "A batch of the key does not name the certificate. Another may.")
            .flags(&["coverage", "choice"]).list("batch-others").skipped("revocation-not-covered"),
        case("batch-is-all", "The same, and the caller has fetched all batches.")
            .given(given("batch-others").all()).relied(&["batch-others"]),
        case("batch-of-another-key", "All batches of another key.")
            .given(given("batch-other-kid").all()).skipped("revocation-not-covered"),
        case("country-batch-is-all", "All batches for the country's keys.")
            .given(given("country-others").all()).relied(&["country-others"]),
        case("country-batch-of-a-bare-key", "All batches for the country's keys, and the key is trusted without a country.")
            .trust(&["bare"]).given(given("country-others").all()).skipped("revocation-not-covered"),
        case("country-batch-of-another", "All batches for the keys of another country.")
            .given(given("country-yy").all()).skipped("revocation-not-covered"),
        case("countries-own", "The caller knows that the list is about two countries, of which the key's is one.")
            .given(given("map-others").of_countries(&["YY", "XX"])).relied(&["map-others"]),
        case("countries-other", "The list is about another country, so it says nothing of this one, though a kid map is whole.")
            .given(given("map-others").of_countries(&["YY"])).skipped("revocation-not-covered"),
        case("countries-other-revoked", "The same, and it names the certificate all the same: what is on a list is revoked.")
            .flags(&["coverage", "choice"])
            .given(given("map-uci").of_countries(&["YY"])).revoked("uci", "map-uci"),
        case("it-own", "Italy's list does not name the certificate, which is of Italy.")
            .of("italian").trust(&["it"]).list("it-others").relied(&["it-others"]),
        case("it-other", "Italy's list says nothing of certificates of other countries.")
            .list("it-others").skipped("revocation-not-covered"),
        set("set-own", "A set that has the key's kid does not name the certificate.")
            .list("exact-others").relied(&["exact-others"]),
        set("set-filter", "The same as a filter.").list("filter-others").relied(&["filter-others"]),
        set("set-any-kid", "A set that covers all kids.").list("exact-any-kid").relied(&["exact-any-kid"]),
        set("set-elsewhere", "A set that covers another kid.")
            .list("exact-elsewhere").skipped("revocation-not-covered"),
        set("set-of-another-kind", "A set has UCIs alone, and the yellow card has none, so the set can't name it.")
            .flags(&["coverage", "set", "choice"])
            .of("yellow-card").list("exact-others").skipped("revocation-not-covered"),
    ]
}

fn several() -> Vec<Case> {
    let case = |id: &str, what: &str| Case::new(id, what).flags(&["coverage"]);
    vec![
        case(
            "second-list-revokes",
            "The second of two lists names the certificate.",
        )
        .list("map-others")
        .list("exact-uci")
        .revoked("uci", "exact-uci"),
        case(
            "one-list-covers",
            "One of two lists covers the key, which suffices.",
        )
        .given(fetched("batch-others"))
        .given(fetched("map-others"))
        .require(DAY)
        .relied(&["map-others"]),
    ]
}

//! What the library does, by topic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod allocation;
mod batch;
mod certificates;
mod certlogic;
mod chains;
#[path = "../../crates/cli/src/conformance_tool/mod.rs"]
#[allow(dead_code)]
mod conformance;
mod ddcc;
mod deny_list;
mod es256_verifier;
mod failures;
mod field_deviations;
mod gdhcn;
mod gdhcn_unsigned;
mod headers;
mod health_links;
mod hostile_input;
mod issue_all;
mod issue_and_verify;
mod issuing_refuses;
mod json_memory;
mod key_usage;
mod layers;
mod lint;
#[cfg(feature = "toml")]
mod listings;
mod lt1;
mod medication;
#[cfg(feature = "toml")]
mod policies;
mod privacy;
mod published_certlogic;
mod published_dgc_testdata;
mod published_documents;
mod published_gdhcn;
mod published_identifiers;
#[cfg(feature = "scan")]
mod published_images;
mod published_keys;
mod published_lint;
mod published_names;
mod published_revocation;
mod published_rules;
mod published_signed_lists;
mod published_snapshot;
mod published_trust;
mod published_trust_union;
mod published_value_sets;
mod published_yellow_card;
mod qr_render_scan;
#[cfg(feature = "toml")]
mod recognition;
#[cfg(feature = "toml")]
mod recognition_clauses;
mod recognition_documents;
#[cfg(feature = "toml")]
mod recognition_time;
mod revocation;
mod revocation_set;
mod rules;
#[cfg(all(feature = "scan", feature = "png"))]
mod scan_budget;
mod serology;
mod signed_documents;
mod signed_lists;
mod snapshot;
mod snapshot_bytes;
mod specification;
mod specification_clauses;
mod tampering;
mod test_vectors;
mod time;
mod times;
mod trust_freshness;
mod trust_store;
#[cfg(feature = "toml")]
mod unread_and_unknown;
mod value_sets;
mod verdict_json;
mod words;
mod yellow_card;
mod yellow_card_issuing;

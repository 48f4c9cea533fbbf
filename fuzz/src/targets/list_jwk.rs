//! JSON Web Keys, one and many. A private key is never taken.

use hcert::trust::ListFormat::{Jwk, JwkSet};
use crate::lists::{self, agree, load};
use serde_json::Value;

/// Checks one input.
pub fn run(data: &[u8]) {
    let loaded = load(|builder| builder.add_jwk("fuzz", data));
    let Some(json) = lists::json(data) else {
        assert!(loaded.is_err());
        return;
    };
    let (format, keys): (_, &[Value]) = match json.get("keys") {
        Some(keys) => (JwkSet, keys.as_array().map_or(&[], Vec::as_slice)),
        None => (Jwk, std::slice::from_ref(&json)),
    };
    agree(&loaded, &lists::unsigned(format, data));
    let Ok((_, report)) = loaded else { return };
    assert_eq!(report.total, keys.len());
    for (position, key) in keys.iter().enumerate() {
        if key.get("d").is_some() || key.get("k").is_some() {
            let mut problems = report.problems.iter();
            assert!(problems.any(|problem| problem.position == position && !problem.kept));
        }
    }
}


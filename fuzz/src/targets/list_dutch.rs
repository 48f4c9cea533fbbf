//! The Netherlands' keys, bare and in their envelope.

use hcert::trust::ListFormat::Dutch;
use crate::lists::{self, samples::base64};
use serde_json::json;

/// Checks one input.
pub fn run(data: &[u8]) {
    let loaded = lists::unsigned(Dutch, data);
    let Some(json) = lists::json(data) else {
        return;
    };
    if json
        .get("payload")
        .is_some_and(|payload| payload.is_string())
    {
        return;
    }
    if let Ok((_, report)) = &loaded {
        let keys = json.get("eu_keys").unwrap_or(&json).as_object().unwrap();
        // A kid without keys is one problem.
        let count = |keys: &serde_json::Value| keys.as_array().map_or(1, |keys| keys.len().max(1));
        assert_eq!(report.total, keys.values().map(count).sum::<usize>());
    }
    let envelope = json!({"payload": base64(data), "signature": ""}).to_string();
    lists::agree(&lists::unsigned(Dutch, &envelope), &loaded);
}


//! CBOR as JSON.

use alloc::string::ToString;
use alloc::vec::Vec;
use ciborium::Value;

/// JSON in the place of CBOR, for people and for tools that compare.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    use base64::Engine as _;
    use serde_json::Value as Json;
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Integer(n) => {
            let n = i128::from(*n);
            i64::try_from(n)
                .map(Json::from)
                .or_else(|_| u64::try_from(n).map(Json::from))
                .unwrap_or_else(|_| Json::String(n.to_string()))
        }
        Value::Float(n) => serde_json::Number::from_f64(*n).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.clone()),
        Value::Bytes(bytes) => Json::String(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(members) => {
            // The texts come last, so that no number and no bytes hide the
            // member whose name they look like.
            let (texts, others): (Vec<_>, Vec<_>) = members.iter().partition(|m| m.0.is_text());
            let named = others.into_iter().chain(texts).map(|(key, value)| {
                let key = match to_json(key) {
                    Json::String(text) => text,
                    other => other.to_string(),
                };
                (key, to_json(value))
            });
            Json::Object(named.collect())
        }
        Value::Tag(_, inner) => to_json(inner),
        _ => Json::Null,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec;
    use ciborium::cbor;

    #[test]
    fn a_member_is_not_hidden_behind_a_key_that_looks_like_it() {
        let text = |key: &str| (Value::from(key), Value::from("text"));
        // base64url of b6 is tg.
        let others = [Value::from(1), Value::Bytes(vec![0xb6])].map(|key| (key, Value::Null));
        for members in [
            [others.as_slice(), &[text("1"), text("tg")]].concat(),
            [&[text("1"), text("tg")], others.as_slice()].concat(),
        ] {
            let shown = to_json(&Value::Map(members));
            assert_eq!(shown, serde_json::json!({"1": "text", "tg": "text"}));
        }
        let shown = to_json(&cbor!({1 => "x"}).unwrap());
        assert_eq!(shown, serde_json::json!({"1": "x"}));
    }
}

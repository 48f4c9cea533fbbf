//! Health links.

use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::super::{Error, Suite};
use super::{HEALTH_LINK, edit, with_payload};

/// 2021-07-01T12:00:00Z.
const UNTIL: i64 = 1_625_140_800;

fn inner() -> Value {
    json!({"url": "https://ehr.example.org/manifest", "key": BASE64_URL_SAFE_NO_PAD.encode([7; 32]), "flag": "L"})
}

fn uri(json: &str) -> String {
    format!("shlink:/{}", BASE64_URL_SAFE_NO_PAD.encode(json))
}

fn payload(uri: &str) -> Value {
    json!([{"u": uri}])
}

fn changed(member: &str, value: Value) -> Value {
    let inner = edit(inner(), &format!("/{member}"), Some(value));
    payload(&uri(&inner.to_string()))
}

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    let case =
        |id: &str, what: &str, payload: &Value| with_payload(suite, HEALTH_LINK, id, what, payload);
    let usual = uri(&inner().to_string());
    let encoded = usual.trim_start_matches("shlink:/");
    // Of a length that needs padding.
    let padded = (0..3)
        .map(|n| BASE64_URL_SAFE.encode(format!("{}{}", inner(), " ".repeat(n))))
        .find(|text| text.ends_with('='))
        .unwrap_or_default();
    let twice = uri(r#"{"url":"https://a.example.org/","url":"https://b.example.org/"}"#);
    let made = [
        case(
            "link",
            "smart-health-links, ShlPayload; smart-trust, SmartHealthLink: a health link.",
            &payload(&usual),
        )?,
        case(
            "link-text",
            "The link is a text in place of a map with u, as in an earlier model.",
            &json!([usual]),
        )?
        .flags(&["choice"]),
        case(
            "link-verifiable",
            "IHE ITI VHL: vhlink in place of shlink.",
            &payload(&format!("vhlink:/{encoded}")),
        )?,
        case(
            "link-viewer",
            "A viewer's URL stands in front.",
            &payload(&format!("https://viewer.example.org/#{usual}")),
        )?,
        case(
            "link-two",
            "Two links.",
            &json!([{"u": usual}, {"u": usual}]),
        )?
        .flags(&["entries"]),
        case(
            "link-alone",
            "The link stands there without an array.",
            &json!({"u": usual}),
        )?
        .deviates(&["schema-type"]),
        case(
            "link-scheme",
            "Two slashes follow the scheme.",
            &payload(&format!("shlink://{encoded}")),
        )?
        .deviates(&["link-scheme"]),
        case(
            "link-padding",
            "RFC 7515 §2: the base64url is padded.",
            &payload(&format!("shlink:/{padded}")),
        )?
        .deviates(&["link-padding"]),
        case(
            "link-key",
            "ShlPayload: the key has 16 bytes in place of 32.",
            &changed("key", json!(BASE64_URL_SAFE_NO_PAD.encode([7; 16]))),
        )?
        .deviates(&["link-key"]),
        case(
            "link-url",
            "The URL is http.",
            &changed("url", json!("http://ehr.example.org/manifest")),
        )?
        .deviates(&["link-url"]),
        case(
            "link-milliseconds",
            "exp is a count of milliseconds.",
            &changed("exp", json!((UNTIL + 60) * 1000)),
        )?
        .deviates(&["link-milliseconds"]),
        case(
            "link-flags",
            "P and U exclude each other.",
            &changed("flag", json!("PU")),
        )?
        .deviates(&["link-flags"]),
        case(
            "link-version",
            "A version of the protocol that is not known.",
            &changed("v", json!(2)),
        )?
        .fails("unascertained", "content", "link-version-unknown")
        .deviates(&["link-version"]),
        case(
            "link-at-exp",
            "ShlPayload: the second of the link's exp.",
            &changed("exp", json!(UNTIL)),
        )?
        .flags(&["boundary", "choice"]),
        case(
            "link-expired",
            "The second after it.",
            &changed("exp", json!(UNTIL - 1)),
        )?
        .flags(&["boundary", "choice"])
        .fails("expired", "time", "record-expired"),
    ];
    let unread = [
        (
            "link-empty",
            "There is no link.",
            json!([]),
            "payload-empty",
        ),
        (
            "link-shape",
            "A map without u is no link.",
            json!([{"x": usual}]),
            "payload-shape",
        ),
        (
            "link-base64",
            "What follows the scheme is not base64url.",
            payload("shlink:/%%%"),
            "link-base64",
        ),
        (
            "link-json",
            "It holds no JSON object.",
            payload(&uri("[]")),
            "link-json",
        ),
        (
            "link-member-twice",
            "The URL stands there twice. Each reader could take another one.",
            payload(&twice),
            "link-member-twice",
        ),
        (
            "link-url-missing",
            "A URL that a browser would run as a program.",
            changed("url", json!("javascript:alert(1)")),
            "link-url-missing",
        ),
        (
            "link-exp",
            "exp is no count of seconds.",
            changed("exp", json!("tomorrow")),
            "link-exp",
        ),
        (
            "link-exp-capitals",
            "exp is named in capitals, and over.",
            changed("EXP", json!(1_600_000_000)),
            "link-exp",
        ),
        (
            "link-nbf",
            "A begin, for which a link has no member.",
            changed("nbf", json!(1_600_000_000)),
            "link-exp",
        ),
        (
            "link-exp-beside",
            "exp stands beside the link, and not in it.",
            json!([{"u": usual, "exp": 1_600_000_000}]),
            "link-exp",
        ),
    ];
    let mut made = Vec::from(made);
    for (id, what, payload, code) in unread {
        let case = case(id, what, &payload)?.flags(&["value"]);
        made.push(case.invalid("content", code).without_content());
    }
    made.push(
        case(
            "link-scheme-unknown",
            "Another scheme. It may be a link of a protocol to come.",
            &payload("xlink:/e30"),
        )?
        .flags(&["choice"])
        .fails("unascertained", "content", "link-scheme-unknown")
        .without_content(),
    );
    for case in made {
        suite.push(case);
    }
    Ok(())
}

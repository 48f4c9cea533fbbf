//! Health links: SMART (`shlink:/`) and verifiable (`vhlink:/`) ones.

use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use ciborium::{Value, cbor};
use hcert::Timestamp;
use hcert::record::{
    Entry, HealthLink, HealthLinkBuilder, HealthLinkError, HealthLinkKey, HealthLinkKind, Holder,
    PayloadKind, Record,
};
use hcert::verify::{Outcome, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::payload::*;
use hcert_testkit::pki;
use hcert_testkit::raw::{self, with};
use hcert_testkit::time::Plus as _;
use proptest::prelude::*;

const KEY: i64 = 5;
const URL: &str = "https://ehr.example.org/qr/SECRETURL";
/// 32 bytes of 0x5a.
const BYTES: [u8; 32] = [0x5a; 32];
const BASE64_KEY: &str = "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo";

fn link(json: &str) -> String {
    format!("shlink:/{}", BASE64_URL_SAFE_NO_PAD.encode(json))
}

/// A link of URL and key, and what else stands in it.
fn json(more: &str) -> String {
    format!(r#"{{"url":"{URL}","key":"{BASE64_KEY}"{more}}}"#)
}

fn payload(uri: &str) -> Value {
    cbor!([{"u" => uri}]).unwrap()
}

fn builder() -> HealthLinkBuilder {
    HealthLink::builder(HealthLinkKind::Smart, URL, HealthLinkKey::new(BYTES))
}

#[track_caller]
fn read_link(uri: &str, expected: &[&str]) -> HealthLink {
    let verified = valid(claims(KEY, payload(uri)), expected);
    assert_eq!(verified.record().payload(), PayloadKind::HealthLink);
    assert!(verified.record().holder() == &Holder::default());
    let Entry::HealthLink(link) = entry(verified.record()) else {
        panic!();
    };
    link.clone()
}

#[test]
fn the_parts_of_a_link_are_read() {
    let text =
        json(r#","exp":1640995200,"flag":"LP","label":"A summary","v":1,"extension":{"a":[1]}"#);
    let uri = link(&text);
    let found = read_link(&uri, &[]);
    assert_eq!((found.uri(), found.url()), (uri.as_str(), URL));
    assert_eq!(found.kind(), HealthLinkKind::Smart);
    assert_eq!(found.key().map(|key| *key.as_bytes()), Some(BYTES));
    assert_eq!(
        found.expires_at(),
        Some(Timestamp::from_seconds(1_640_995_200))
    );
    assert!(found.is_long_term() && found.needs_passcode() && !found.is_direct_file());
    assert_eq!(
        (found.label(), found.version()),
        (Some("A summary"), Some(1))
    );
    assert_eq!(found.viewer(), None);

    let verifiable = uri.replace("shlink", "vhlink");
    assert_eq!(
        read_link(&verifiable, &[]).kind(),
        HealthLinkKind::Verifiable
    );
    let viewed = format!("https://viewer.example.org/#{uri}");
    let viewed = read_link(&viewed, &[]);
    assert_eq!(viewed.viewer(), Some("https://viewer.example.org/"));
    assert_eq!(viewed.url(), URL);
    for viewer in ["javascript:x", "file:///", "", "//example.org/", "viewer"] {
        let error = HealthLink::parse(&format!("{viewer}#{uri}")).unwrap_err();
        assert_eq!(error.code(), "link-url-missing", "{viewer}");
    }
    // The rest is optional.
    let bare = read_link(&link(&json("")), &[]);
    assert_eq!(
        (bare.expires_at(), bare.flags(), bare.label()),
        (None, "", None)
    );
    assert_eq!(bare.version(), Some(1));
}

/// What a code of the network has: two slashes, padding, a padded key, http
/// and milliseconds.
#[test]
fn the_fields_own_form_is_read() {
    let text = format!(
        r#"{{"url":"http://example.org:8182/v2/manifests/1","flag":"P","exp":1640995200997,"key":"{BASE64_KEY}=","label":"AB"}}"#
    );
    let encoded = BASE64_URL_SAFE.encode(text);
    assert!(encoded.ends_with('='));
    let found = read_link(
        &format!("shlink://{encoded}"),
        &[
            "link-scheme [0].u",
            "link-padding [0].u",
            "link-url [0].u.url",
            "link-padding [0].u.key",
            "link-milliseconds [0].u.exp",
        ],
    );
    assert_eq!(
        found.expires_at(),
        Some(Timestamp::from_seconds(1_640_995_200))
    );
    assert_eq!(found.key().map(|key| *key.as_bytes()), Some(BYTES));
    // It is not issued so.
    let error = Record::health_links(vec![found]).unwrap_err();
    assert_eq!(error.code(), "link-scheme");
}

#[test]
fn what_departs_is_read_and_noted() {
    let long = "x".repeat(81);
    for (more, expected) in [
        (r#","exp":"1640995200""#, "schema-type [0].u.exp"),
        (r#","flag":"X""#, "link-flags [0].u.flag"),
        (r#","flag":"PU""#, "link-flags [0].u.flag"),
        (r#","flag":["P"]"#, "schema-type [0].u.flag"),
        (r#","label":7"#, "schema-type [0].u.label"),
        (
            &format!(r#","label":"{long}""#),
            "schema-length [0].u.label",
        ),
        (r#","v":"1""#, "schema-type [0].u.v"),
    ] {
        read_link(&link(&json(more)), &[expected]);
    }
    for (key, expected) in [
        (r#","key":"abcdef123456""#, "link-key [0].u.key"),
        (r#","key":"not base64""#, "link-key [0].u.key"),
        (
            &format!(r#","key":"{BASE64_KEY}AAAA""#),
            "link-key [0].u.key",
        ),
        (r#","key":{"k":"x"}"#, "schema-type [0].u.key"),
        ("", "schema-missing [0].u.key"),
    ] {
        let found = read_link(&link(&format!(r#"{{"url":"{URL}"{key}}}"#)), &[expected]);
        assert_eq!(found.key(), None);
    }
    let uri = link(&json(""));
    for one in [cbor!({"u" => uri}).unwrap(), Value::from(uri.as_str())] {
        valid(claims(KEY, one), &["schema-type "]);
    }
    // A text in the array is how smart-trust's schema has it.
    valid(claims(KEY, cbor!([uri]).unwrap()), &[]);
}

#[test]
fn a_version_that_is_not_known_leaves_the_link_open() {
    for version in ["2", "1.5", "-1", "0", "\"2\"", "\"one\"", "[1]"] {
        let uri = link(&json(&format!(r#","v":{version}"#)));
        let verdict = verify(claims(KEY, cbor!([{"u" => uri}]).unwrap()));
        assert_eq!(
            verdict.reason().map(|reason| reason.code()),
            Some("link-version-unknown"),
            "{version}"
        );
        assert_eq!(verdict.outcome(), Outcome::Unascertained);
    }
}

#[test]
fn what_is_no_link_is_refused() {
    let url = |url: &str| link(&format!(r#"{{"url":{url},"key":"{BASE64_KEY}"}}"#));
    let deep = format!("{{\"url\":\"{URL}\",\"x\":{}", "[".repeat(20_000));
    for (uri, error) in [
        ("shlink:/".into(), HealthLinkError::Json),
        ("shlink:/!!!".into(), HealthLinkError::Base64),
        ("shlink:/YQ==YQ".into(), HealthLinkError::Base64),
        (link("[]"), HealthLinkError::Json),
        (link("null"), HealthLinkError::Json),
        (link("{"), HealthLinkError::Json),
        (link("{}x"), HealthLinkError::Json),
        (link("\u{feff}{}"), HealthLinkError::Json),
        (link(&deep), HealthLinkError::Json),
        (
            link(&deep.replace("\"x\"", "\"label\"")),
            HealthLinkError::Json,
        ),
        (
            link(&json(r#","url":"https://example.com/""#)),
            HealthLinkError::MemberTwice,
        ),
        (link(&json(r#","key":null"#)), HealthLinkError::MemberTwice),
        (link("{}"), HealthLinkError::Url),
        (url("null"), HealthLinkError::Url),
        (url("7"), HealthLinkError::Url),
        (url(r#""""#), HealthLinkError::Url),
        (url(r#""https://""#), HealthLinkError::Url),
        (url(r#""javascript:alert(1)""#), HealthLinkError::Url),
        (url(r#""file:///etc/hosts""#), HealthLinkError::Url),
        (url(r#""https://example.org/a b""#), HealthLinkError::Url),
        (url(r#""https://example.org/\u0000""#), HealthLinkError::Url),
        (
            url(r#""https://example.org/\u001b[2J""#),
            HealthLinkError::Url,
        ),
    ] {
        assert_eq!(HealthLink::parse(&uri), Err(error), "{uri}");
        refused(claims(KEY, payload(&uri)), Outcome::Invalid, error.code());
    }
    for exp in [
        "-1",
        "1e300",
        "true",
        "\"soon\"",
        "\"\"",
        "253402300799001",
        "{}",
    ] {
        let uri = link(&json(&format!(r#","exp":{exp}"#)));
        refused(claims(KEY, payload(&uri)), Outcome::Invalid, "link-exp");
    }
    // It may be a protocol of tomorrow.
    for uri in [
        "",
        "xhlink:/eyJ9",
        "https://example.org/",
        "SHLINK:/eyJ9",
        "https://example.org/#x",
    ] {
        refused(
            claims(KEY, payload(uri)),
            Outcome::Unascertained,
            "link-scheme-unknown",
        );
    }
    for (payload, code) in [
        (Value::Array(vec![]), "payload-empty"),
        (Value::Null, "payload-shape"),
        (Value::from(5), "payload-shape"),
        (cbor!([{"url" => URL}]).unwrap(), "payload-shape"),
        (cbor!([{"u" => 1}]).unwrap(), "payload-shape"),
    ] {
        refused(claims(KEY, payload), Outcome::Invalid, code);
    }
}

#[test]
fn one_link_of_several_that_is_none_refuses_all() {
    let good = link(&json(""));
    let both = valid(
        claims(KEY, cbor!([{"u" => good}, {"u" => good}]).unwrap()),
        &[],
    );
    assert_eq!(both.record().entries().len(), 2);
    let bad = cbor!([{"u" => good}, {"u" => "shlink:/!"}]).unwrap();
    refused(claims(KEY, bad), Outcome::Invalid, "link-base64");
}

#[test]
fn a_link_holds_up_to_its_exp() {
    let at = Timestamp::parse("2021-07-01T00:00:00Z").unwrap();
    let other = builder().expires_at(at.plus(86_400)).build().unwrap();
    let record = Record::health_links(vec![builder().expires_at(at).build().unwrap(), other]);
    let issued = issued("a", &record.unwrap());
    for (now, code) in [(at, None), (at.plus(1), Some("record-expired"))] {
        let verdict = verifier().verify(issued.text(), now);
        assert_eq!(verdict.reason().map(|r| r.code()), code);
    }
    let late = verifier().verify(issued.text(), at.plus(1));
    assert_eq!(late.outcome(), Outcome::Expired);
    let fraction = link(&json(r#","exp":1625097600.9"#));
    assert_eq!(read_link(&fraction, &[]).expires_at(), Some(NOW));
    // The exp of the certificate is needed all the same.
    let verdict = verify(with(
        claims(KEY, payload(&link(&json(r#","exp":1640995200"#)))),
        4,
        None,
    ));
    assert_eq!(verdict.reason().map(|r| r.code()), Some("exp-missing"));
}

#[test]
fn only_what_conforms_is_issued() {
    let code = |builder: HealthLinkBuilder| builder.build().unwrap_err().code();
    let to = |url: &str| HealthLink::builder(HealthLinkKind::Smart, url, HealthLinkKey::new(BYTES));
    assert_eq!(code(to("http://example.org/")), "link-url");
    assert_eq!(code(to("ftp://example.org/")), "link-url-missing");
    assert_eq!(code(to("")), "link-url-missing");
    assert_eq!(code(builder().passcode().direct_file()), "link-flags");
    assert_eq!(code(builder().label(&"x".repeat(81))), "schema-length");
    assert_eq!(
        code(builder().expires_at(Timestamp::from_seconds(-1))),
        "link-exp"
    );
    let empty = Record::health_links(vec![]).unwrap_err();
    assert_eq!(empty.code(), "payload-empty");
    let owned = Record::new(holder(), builder().build().unwrap()).unwrap_err();
    assert_eq!(owned.code(), "record-lost");
    let flags = builder().passcode().long_term().passcode().build().unwrap();
    assert_eq!(flags.flags(), "LP");
}

#[test]
fn neither_key_nor_url_nor_label_is_printed() {
    let uri = link(&json(r#","label":"SECRETLABEL""#));
    let encoded = uri.strip_prefix("shlink:/").unwrap();
    // Base64url, and the numbers of the bytes.
    let secrets = ["SECRETURL", "SECRETLABEL", BASE64_KEY, encoded, "90, 90"];
    let link = HealthLink::parse(&uri).unwrap();
    let record = Record::health_links(vec![link.clone()]).unwrap();
    let building = builder().label("SECRETLABEL");
    let verdict = read(KEY, payload(&uri));
    silent(
        &[&link, link.key().unwrap(), &record, &building, &verdict],
        &secrets,
    );
    for more in [
        r#","exp":"SECRETLABEL""#,
        r#","v":"SECRETLABEL""#,
        r#","url":"SECRETURL""#,
        "SECRETLABEL",
    ] {
        let verdict = read(KEY, payload(&self::link(&json(more))));
        let reason = verdict.reason().map(ToString::to_string);
        silent(&[&verdict, &reason, &departures(&verdict)], &secrets);
    }
}

#[test]
fn a_key_for_records_does_not_sign_links() {
    let dsc = dsc("a", &[pki::EKU_VACCINATION]);
    let raw = raw::Raw::new(dsc.kid().as_bytes()).payload(claims(KEY, payload(&link(&json("")))));
    let text = raw::text(&raw.sign(&signer("a")));
    let verdict = Verifier::new(trust(&[&dsc])).verify(&text, NOW);
    assert_eq!(verdict.reason().map(|r| r.code()), Some("key-usage"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_link_comes_back(
        verifiable in any::<bool>(), path in "[!-~]{0,60}", key in any::<[u8; 32]>(),
        (long, second) in (any::<bool>(), 0u8..3),
        exp in prop::option::of(EXPIRES.seconds()..253_402_300_799),
        label in prop::option::of("\\PC{1,80}"),
    ) {
        let kind = if verifiable { HealthLinkKind::Verifiable } else { HealthLinkKind::Smart };
        let url = format!("https://example.org/{path}");
        let mut builder = HealthLink::builder(kind, &url, HealthLinkKey::new(key));
        builder = if long { builder.long_term() } else { builder };
        builder = match second { 0 => builder.passcode(), 1 => builder.direct_file(), _ => builder };
        if let Some(exp) = exp {
            builder = builder.expires_at(Timestamp::from_seconds(exp));
        }
        builder = builder.label(label.as_deref().unwrap_or_default());
        let link = builder.build().unwrap();
        prop_assert_eq!(link.url(), url.as_str());
        prop_assert_eq!(link.key().map(|k| *k.as_bytes()), Some(key));
        prop_assert_eq!(link.expires_at().map(Timestamp::seconds), exp);
        prop_assert_eq!(link.label(), label.as_deref());
        prop_assert_eq!(link.is_long_term(), long);
        prop_assert_eq!((link.needs_passcode(), link.is_direct_file()), (second == 0, second == 1));
        round_trip(&Record::health_links(vec![link]).unwrap());
    }

    #[test]
    fn no_text_makes_it_panic(text in "(shlink:/|vhlink://|)\\PC{0,60}", json in "\\PC{0,60}") {
        let _ = HealthLink::parse(&text);
        let _ = HealthLink::parse(&link(&json));
        let _ = HealthLink::parse(&link(&format!(r#"{{"url":"https://x","exp":{json}}}"#)));
    }
}

//! Keys, anchors, lists and certificates of `trust.json`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ciborium::cbor;
use hcert::Timestamp;
use hcert::issue::P256Signer;
use hcert::trust::{Anchor, Dsc, Kid, ListFormat, SignedDocument, TrustStore};
use hcert_testkit::lists::gdhcn::{DEV, Names, PROD};
use hcert_testkit::lists::{self, Listed, cms::item};
use hcert_testkit::pki::{self, TestKey};
use p256::pkcs8::EncodePublicKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::pki::Pki;
use super::super::{
    Claims, Error, Message, Suite, cbor, deflate, hex, keys, prefixed, protected, sign, v,
};
use super::{Fields, Part};

/// The label from which a key follows.
macro_rules! label {
    ($id:literal) => {
        concat!("hcert test vectors ", $id)
    };
}

/// A kid that no certificate has.
const RENAMED: &[u8] = b"renamed!";
const LIST: &str = label!("list");
const OTHER: &str = label!("other");
const CSCA_NAME: &str = "CN=Test CSCA,O=hcert test vectors,C=XX";
const UPLOAD_NAME: &str = "CN=Test UPLOAD,O=hcert test vectors,C=XX";
const TA_NAME: &str = "CN=Test trust anchor,O=hcert test vectors,C=EU";
const ROOT_NAME: &str = "CN=Test root,O=hcert test vectors,C=XX";
const SWISS_SIGNER: &str = "CN=CH01-AppContentCertificate,O=hcert test vectors,C=XX";

/// The keys that sign lists.
pub const SIGNERS: &[&str] = &["list", "other", "network", "ta", "upload", "root"];

/// Three editions: the time of issue, RFC 3339 and in seconds. Those of lists
/// that expire do so 30 days later.
pub const MADE: [(&str, i64); 3] = [
    ("2021-06-10T00:00:00Z", 1_623_283_200),
    ("2021-06-20T00:00:00Z", 1_624_147_200),
    ("2021-06-30T00:00:00Z", 1_625_011_200),
];
const LASTS: i64 = 30 * 86_400;

fn network(edition: usize) -> Names {
    Names {
        key: label!("network"),
        created: MADE[edition].0,
        ..PROD
    }
}

pub fn base64(bytes: impl AsRef<[u8]>) -> Value {
    json!(BASE64_STANDARD.encode(bytes))
}

/// A document signer: its kid, key and certificate.
pub struct Signer {
    pub kid: Kid,
    pub dsc: Dsc,
}

impl Signer {
    fn of(pki: &Pki, id: &str) -> Result<Self, Error> {
        let entry = pki.trusted(id)?;
        Ok(Self {
            kid: Kid::new(&entry.kid)?,
            dsc: Dsc::from_der(&entry.der)?,
        })
    }

    fn listed(&self) -> (Kid, &[u8]) {
        (self.kid.clone(), self.dsc.der())
    }
}

/// All that vectors refer to.
pub struct Material {
    pub dsc: Signer,
    /// Another key under the same kid.
    pub twin: Signer,
    /// The same key in another certificate, under the kid of the first.
    pub renewed: Signer,
    /// Another key.
    pub second: Signer,
    pub certificates: Part,
    pub anchors: Part,
    pub lists: Part,
}

impl Material {
    pub fn make(suite: &Suite) -> Result<Self, Error> {
        let mut material = Self {
            dsc: Signer::of(&suite.pki, "dsc")?,
            twin: Signer::of(&suite.pki, "dsc-2-as-dsc")?,
            renewed: Signer::of(&suite.pki, "ended-as-dsc")?,
            second: Signer::of(&suite.pki, "dsc-2")?,
            certificates: Part::new(),
            anchors: Part::new(),
            lists: Part::new(),
        };
        material.add_certificates(suite)?;
        material.add_anchors()?;
        material.add_national()?;
        material.add_swiss(suite)?;
        material.add_gateway()?;
        material.add_claims()?;
        material.add_network(suite)?;
        material.add_snapshots()?;
        Ok(material)
    }

    fn add_snapshots(&mut self) -> Result<(), Error> {
        let signer = P256Signer::from_pkcs8_pem(&TestKey::new(LIST).pkcs8_pem()?)?;
        let anchor = Anchor::Key(signer.public_key()?);
        let dsc = [(self.dsc.kid.clone(), self.dsc.dsc.der().to_vec())];
        let dsc: Vec<(Kid, &[u8])> = dsc
            .iter()
            .map(|(kid, der)| (kid.clone(), &der[..]))
            .collect();
        let store = |edition: usize| -> Result<TrustStore, Error> {
            let (_, made) = MADE[edition];
            let list = lists::swedish(&dsc, made, made + LASTS, LIST);
            let mut builder = TrustStore::builder();
            let anchors = std::slice::from_ref(&anchor);
            builder.add_signed_list("se", ListFormat::Swedish, &list, anchors)?;
            Ok(builder.build().0)
        };
        let at = |edition: usize, later: i64| Timestamp::from_seconds(MADE[edition].1 + later);
        let signed = store(0)?.to_signed_snapshot(at(0, 3600), &signer)?;
        let second = store(1)?.to_signed_snapshot(at(1, 3600), &signer)?;
        let late = store(0)?.to_signed_snapshot(at(1, 7200), &signer)?;
        let plain = store(0)?.to_snapshot(at(0, 3600))?;
        let mut changed = signed.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        // An array of eight, a text of 20 characters, and the version.
        let version_at = 1 + 1 + 20;
        let mut version = plain.clone();
        version[version_at] = 2;
        let mut name = plain.clone();
        name[2] ^= 1;
        let (before, after) = plain.split_at(version_at);
        let longer = [before, &[0x18], after].concat();
        let trailing = [&plain[..], &[0]].concat();
        for (id, comment, bytes) in [
            ("snapshot-1", "of se-1, made an hour after it", &signed[..]),
            ("snapshot-2", "of se-2, made an hour after it", &second),
            ("snapshot-late", "of se-1, made two hours after se-2", &late),
            (
                "snapshot-changed",
                "snapshot-1 with one bit changed",
                &changed,
            ),
            (
                "snapshot-unsigned",
                "snapshot-1 without its signature",
                &plain,
            ),
            ("snapshot-version", "of the version 2", &version),
            ("snapshot-name", "another name in its first member", &name),
            ("snapshot-longer-head", "the version in two bytes", &longer),
            ("snapshot-trailing", "with a byte after its end", &trailing),
            (
                "snapshot-cut",
                "without its last byte",
                &plain[..plain.len() - 1],
            ),
        ] {
            self.list(id, comment, "snapshot", bytes);
        }
        Ok(())
    }

    fn add_certificates(&mut self, suite: &Suite) -> Result<(), Error> {
        let usual = Claims::of(&v());
        let iat = |offset: i64| usual.clone().set(6, cbor::int(super::super::IAT + offset));
        for (id, comment, trust, claims) in [
            (
                "dsc",
                "signed by ec-1; iat 2021-06-01T00:00:00Z, exp 2021-12-01T00:00:00Z",
                "dsc",
                usual.clone(),
            ),
            (
                "twin",
                "signed by ec-2, under the kid of the other's certificate",
                "dsc-2-as-dsc",
                usual.clone(),
            ),
            (
                "second",
                "signed by ec-2, under its own kid",
                "dsc-2",
                usual.clone(),
            ),
            ("earlier", "as dsc, iat a second earlier", "dsc", iat(-1)),
            ("later", "as dsc, iat a second later", "dsc", iat(1)),
            (
                "undated",
                "as dsc, without iat",
                "dsc",
                usual.clone().without(6),
            ),
        ] {
            let message = suite.message(trust, claims.bytes())?;
            let input = prefixed(&deflate(&message.bytes(), 9)?);
            self.certificates.push(vec![
                ("id", json!(id)),
                ("comment", json!(comment)),
                ("kid", json!(self.dsc_of(id).kid.to_string())),
                ("input", json!(input)),
            ]);
        }
        let holder = cbor::map(&[
            (cbor::text("fn"), cbor::text("Musterfrau")),
            (cbor::text("fnt"), cbor::text("MUSTERFRAU")),
            (cbor::text("gn"), cbor::text("Gabriele")),
            (cbor::text("gnt"), cbor::text("GABRIELE")),
        ]);
        let light = cbor::map(&[
            (cbor::text("ver"), cbor::text("1.0.0")),
            (cbor::text("nam"), holder),
            (cbor::text("dob"), cbor::text("1998-02-26")),
        ]);
        let claims = usual.clone().without(-260);
        let claims = claims.set(-250, cbor::map(&[(cbor::int(1), light)]));
        for (id, comment, prefix, claims) in [
            (
                "light",
                "LT1: a light certificate, signed by ec-1",
                "LT1:",
                &claims,
            ),
            (
                "light-full",
                "LT1: a full certificate, signed by ec-1",
                "LT1:",
                &usual,
            ),
            (
                "light-as-hc1",
                "HC1: the claims of a light certificate",
                "HC1:",
                &claims,
            ),
        ] {
            let message = suite.message("dsc", claims.bytes())?;
            let input = prefixed(&deflate(&message.bytes(), 9)?);
            self.certificates.push(vec![
                ("id", json!(id)),
                ("comment", json!(comment)),
                ("kid", json!(self.dsc.kid.to_string())),
                ("input", json!(input.replacen("HC1:", prefix, 1))),
            ]);
        }
        let header = protected(suite.pki.key("ec-1")?.algorithm, RENAMED);
        let message = suite.signed("dsc", Message::new(header, usual.bytes()))?;
        self.certificates.push(vec![
            ("id", json!("renamed")),
            ("comment", json!("as dsc, under another kid")),
            ("kid", json!(hex(RENAMED))),
            ("input", json!(prefixed(&deflate(&message.bytes(), 9)?))),
        ]);
        Ok(())
    }

    fn dsc_of(&self, certificate: &str) -> &Signer {
        match certificate {
            "twin" => &self.twin,
            "second" => &self.second,
            _ => &self.dsc,
        }
    }

    fn anchor(
        &mut self,
        id: &str,
        comment: &str,
        kind: &str,
        environment: Option<&str>,
        der: &[u8],
    ) {
        self.anchors.push(vec![
            ("id", json!(id)),
            ("comment", json!(comment)),
            ("kind", json!(kind)),
            ("environment", json!(environment)),
            ("der", base64(der)),
        ]);
    }

    fn add_anchors(&mut self) -> Result<(), Error> {
        let spki = |label: &str| TestKey::new(label).spki_der();
        let own = |name: &str, label: &str, ca| lists::certificate(name, label, name, label, ca);
        self.anchor(
            "list",
            "signs the national lists",
            "key",
            None,
            &spki(LIST)?,
        );
        self.anchor("other", "signs none of them", "key", None, &spki(OTHER)?);
        let ta = own(TA_NAME, label!("ta"), false);
        self.anchor("ta", "the gateway's trust anchor", "certificate", None, &ta);
        let root = own(ROOT_NAME, label!("root"), true);
        self.anchor("root", "Switzerland's root", "certificate", None, &root);
        let other = own(ROOT_NAME, OTHER, true);
        let comment = "of the same name as root, with another key";
        self.anchor("other-root", comment, "certificate", None, &other);
        let key = spki(label!("network"))?;
        for environment in ["prod", "dev"] {
            let comment = "a key in the place of the network's signer";
            self.anchor(environment, comment, "gdhcn", Some(environment), &key);
        }
        let comment = "not the key that signs the lists";
        self.anchor("other-prod", comment, "gdhcn", Some("prod"), &spki(OTHER)?);
        Ok(())
    }

    fn list(&mut self, id: impl Into<String>, comment: &str, form: &str, bytes: impl AsRef<[u8]>) {
        let fields: Fields = vec![
            ("id", json!(id.into())),
            ("comment", json!(comment)),
            ("form", json!(form)),
            ("bytes", base64(bytes)),
            ("companion", Value::Null),
        ];
        self.lists.push(fields);
    }

    fn pair(
        &mut self,
        id: impl Into<String>,
        comment: &str,
        form: &str,
        bytes: impl AsRef<[u8]>,
        companion: impl AsRef<[u8]>,
    ) {
        self.list(id, comment, form, bytes);
        if let Some((_, value)) = self.lists.last_mut().and_then(|fields| fields.last_mut()) {
            *value = base64(companion);
        }
    }

    fn add_national(&mut self) -> Result<(), Error> {
        let dsc = [self.dsc.listed()].map(|(kid, der)| (kid, der.to_vec()));
        let (twin, twin_der) = (self.twin.kid.clone(), self.twin.dsc.der().to_vec());
        let dsc: Vec<(Kid, &[u8])> = dsc
            .iter()
            .map(|(kid, der)| (kid.clone(), &der[..]))
            .collect();
        let dsc: &Listed = &dsc;
        for (n, (time, seconds)) in MADE.iter().enumerate() {
            let end = seconds + LASTS;
            let n = n + 1;
            let list = lists::austrian(dsc);
            let signature = lists::austrian_signature(&list, *seconds, end, LIST);
            self.pair(format!("at-{n}"), "nbf and exp", "at", &list, &signature);
            if n == MADE.len() {
                continue;
            }
            let content = lists::certificates(dsc, time);
            let german = lists::german(&content, LIST);
            self.list(
                format!("de-{n}"),
                "its newest entry is the edition's",
                "de",
                &german,
            );
            let swedish = lists::swedish(dsc, *seconds, end, LIST);
            self.list(format!("se-{n}"), "iat and exp", "se", &swedish);
        }
        let (time, seconds) = MADE[0];
        let end = seconds + LASTS;
        let content = lists::certificates(dsc, time);
        let german = lists::german(&content, LIST);
        let flipped = |bytes: &[u8], at: usize| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1;
            bytes
        };
        let last = german.len() - 3;
        self.list(
            "de-changed",
            "de-1 with one bit changed",
            "de",
            flipped(&german, last),
        );
        let trailing = [&german[..], b"\r\n "].concat();
        self.list(
            "de-trailing",
            "de-1 with white space at the end",
            "de",
            trailing,
        );
        self.pair(
            "de-pair",
            "de-1 with a second document",
            "de",
            &german,
            b"{}",
        );
        self.list(
            "de-line",
            "a first line that is no signature",
            "de",
            format!("AAAA\n{content}"),
        );
        self.list(
            "de-no-json",
            "signed, and not JSON",
            "de",
            lists::german("{", LIST),
        );
        let twice = r#"{"certificates":[],"certificates":[]}"#;
        self.list(
            "de-twice",
            "signed, with a member that stands twice",
            "de",
            lists::german(twice, LIST),
        );
        let empty = r#"{"certificates":[]}"#;
        self.list(
            "de-undated",
            "without entries, and so without a date",
            "de",
            lists::german(empty, LIST),
        );

        let swedish = lists::swedish(dsc, seconds, end, LIST);
        let (payload_at, jose) = (60, r#"{"typ":"JOSE","alg":"ES256"}"#);
        self.list(
            "se-changed",
            "se-1 with one bit changed in its payload",
            "se",
            flipped(&swedish, payload_at),
        );
        self.list(
            "se-other",
            "se-1, signed by the key `other`",
            "se",
            lists::swedish(dsc, seconds, end, OTHER),
        );
        let sign = |message: &[u8]| lists::sign(LIST, message);
        let none = lists::jws(r#"{"alg":"none"}"#, "{}", sign);
        self.list("se-none", "`alg` says none", "se", none);
        self.list(
            "se-form",
            "a payload without a list",
            "se",
            lists::jws(jose, "{}", sign),
        );
        let twin = [(twin.clone(), &twin_der[..])];
        let stale = lists::swedish(&twin, seconds, end, LIST);
        self.list(
            "se-twin-1",
            "se-1 with the other key under the kid",
            "se",
            stale,
        );

        let list = lists::austrian(dsc);
        let signature = lists::austrian_signature(&list, seconds, end, LIST);
        self.list("at-alone", "at-1 without its signature", "at", &list);
        let changed = flipped(&list, list.len() / 2);
        self.pair(
            "at-changed",
            "at-1 with one bit changed",
            "at",
            changed,
            &signature,
        );
        let two = lists::austrian(&[dsc[0].clone(), twin[0].clone()]);
        self.pair(
            "at-swapped",
            "another list beside the signature of at-1",
            "at",
            &two,
            &signature,
        );
        let header = cbor!({42 => 2, 1 => -37})?;
        let claims = cbor!({4 => end, 5 => seconds})?;
        let wrong = lists::detached(&header, &claims, LIST);
        self.pair(
            "at-ps256",
            "signed as ES256, declared as PS256",
            "at",
            &list,
            wrong,
        );
        let list = lists::austrian(&twin);
        let (_, seconds) = MADE[2];
        let signature = lists::austrian_signature(&list, seconds, seconds + LASTS, LIST);
        self.pair(
            "at-twin-3",
            "at-3 with the other key under the kid",
            "at",
            &list,
            signature,
        );

        self.list(
            "plain",
            "certificates, signed by nobody",
            "certificates",
            &content,
        );
        let spki = self.dsc.dsc.public_key().spki_der();
        let kid = BASE64_STANDARD.encode(self.dsc.kid.as_bytes());
        let dutch = json!({kid: [{"subjectPk": BASE64_STANDARD.encode(spki), "keyUsage": []}]});
        self.list(
            "nl",
            "keys by kid, signed by nobody",
            "nl",
            dutch.to_string(),
        );
        self.list("nothing", "no list at all", "nl", r#"{"hello":1}"#);
        let two_forms = r#"{"certificates":[],"@context":[]}"#;
        let comment = "certificates, and a mark of the WHO's lists";
        self.list("two-forms", comment, "certificates", two_forms);
        let signer = P256Signer::from_pkcs8_pem(&TestKey::new(LIST).pkcs8_pem()?)?;
        let made = Timestamp::from_seconds(MADE[0].1);
        let rules = SignedDocument::sign("rules", b"[]", made, None, &signer)?;
        let comment = "a signed document of rules";
        self.list("rules", comment, "snapshot", rules);
        Ok(())
    }

    fn add_swiss(&mut self, suite: &Suite) -> Result<(), Error> {
        let key = rsa::PrivateKey::from_pkcs8_pem(keys::RSA_2048)?.to_public_key();
        let spki = key.to_public_key_pem(rsa::pkcs8::LineEnding::LF)?;
        let leaf = |subject: &str| {
            let spec = lists::spec(subject, ROOT_NAME, false);
            pki::certificate_over_pem(&spec, &spki, &TestKey::new(label!("root")))
        };
        // Without a signature no vector would hold.
        let signed_text = |leaf: &[u8], payload: &str| {
            let header = json!({"alg": "RS256", "x5c": [base64(leaf)]}).to_string();
            lists::jws(&header, payload, |message| {
                sign::pkcs1(keys::RSA_2048, message).unwrap_or_default()
            })
        };
        let document = |leaf: &[u8], payload: &Value| signed_text(leaf, &payload.to_string());
        let id = BASE64_STANDARD.encode(self.dsc.kid.as_bytes());
        let second = BASE64_STANDARD.encode(self.second.kid.as_bytes());
        let entry = |id: &str, key: &str| -> Result<Value, Error> {
            // The point ends a SubjectPublicKeyInfo, x and y without the 04.
            let spki = &suite.pki.key(key)?.spki;
            let (x, y) = spki[spki.len() - 64..].split_at(32);
            Ok(json!({
                "keyId": id, "use": "sig", "alg": "ES256", "crv": "P-256",
                "x": base64(x), "y": base64(y), "n": null, "e": null,
                "subjectPublicKeyInfo": null,
            }))
        };
        let keys = json!({"certs": [entry(&id, "ec-1")?, entry(&second, "ec-2")?]});
        let active = json!({"activeKeyIds": [id], "validDuration": 172_800_000});
        let good = leaf(SWISS_SIGNER)?;
        let [keys, active] = [document(&good, &keys), document(&good, &active)];
        let comment = "two keys, of which the first is active; validDuration 2 days";
        self.pair("ch", comment, "ch", &keys, &active);
        self.list("ch-alone", "ch without the active ids", "ch", &keys);
        self.pair(
            "ch-swapped",
            "ch, the documents exchanged",
            "ch",
            &active,
            &keys,
        );
        let mut changed = active.clone();
        let middle = changed.len() - 400;
        changed[middle] ^= 1;
        self.pair(
            "ch-changed",
            "ch with one bit changed in the active ids",
            "ch",
            &keys,
            changed,
        );
        let stranger = leaf("CN=Mail server,O=hcert test vectors,C=XX")?;
        let foreign = document(&stranger, &json!({"certs": []}));
        let comment = "signed under another certificate of the same root";
        self.pair("ch-stranger", comment, "ch", foreign, &active);
        for (name, value) in [
            ("float", "172800000.0"),
            ("exponent", "1.728e8"),
            ("text", "\"172800000\""),
            ("zero", "0"),
            ("array", "[172800000]"),
            ("null", "null"),
        ] {
            let ids = format!(r#"{{"activeKeyIds":["{id}"],"validDuration":{value}}}"#);
            let ids = signed_text(&good, &ids);
            let comment = format!("validDuration is {value}");
            self.pair(format!("ch-duration-{name}"), &comment, "ch", &keys, &ids);
        }
        let mut key = entry(&id, "ec-1")?;
        key["use"] = json!("l");
        let light = document(&good, &json!({ "certs": [key] }));
        let comment = "a key for light certificates alone";
        self.pair("ch-light", comment, "ch", &light, &active);
        for (name, value) in [
            ("empty", json!("")),
            ("array", json!(["v"])),
            ("null", Value::Null),
            ("unknown", json!("vx")),
        ] {
            let mut key = entry(&id, "ec-1")?;
            key["use"] = value.clone();
            let keys = document(&good, &json!({ "certs": [key] }));
            let comment = format!("the key's use is {value}");
            self.pair(format!("ch-use-{name}"), &comment, "ch", &keys, &active);
        }
        Ok(())
    }

    /// Times and limits that are written otherwise.
    fn add_claims(&mut self) -> Result<(), Error> {
        let kid = BASE64_STANDARD.encode(self.dsc.kid.as_bytes());
        let x5c = BASE64_STANDARD.encode(self.dsc.dsc.der());
        let swedish = |eku: &str, claims: &str| {
            let keys = format!(r#"[{{"kid":"{kid}","kty":"EC","x5c":["{x5c}"]}}]"#);
            let payload =
                format!(r#"{{{claims}"dsc_trust_list":{{"XX":{{"eku":{eku},"keys":{keys}}}}}}}"#);
            lists::jws(r#"{"typ":"JOSE","alg":"ES256"}"#, &payload, |message| {
                lists::sign(LIST, message)
            })
        };
        let (_, made) = MADE[0];
        let end = made + LASTS;
        for (name, claim) in [
            ("exp-float", format!(r#""exp":{end}.0,"#)),
            ("exp-fraction", format!(r#""exp":{end}.5,"#)),
            ("exp-exponent", format!(r#""exp":{end}0e-1,"#)),
            ("exp-text", format!(r#""exp":"{end}","#)),
            ("exp-milliseconds", format!(r#""exp":{end}000,"#)),
            ("exp-huge", r#""exp":1e300,"#.into()),
            ("exp-null", r#""exp":null,"#.into()),
            ("exp-array", format!(r#""exp":[{end}],"#)),
            ("exp-case", format!(r#""Exp":{end},"#)),
            ("nbf", format!(r#""iat":{made},"nbf":{end},"#)),
            ("nbf-text", format!(r#""iat":{made},"nbf":"{end}","#)),
        ] {
            let comment = claim.trim_end_matches(',').to_owned();
            self.list(format!("se-{name}"), &comment, "se", swedish("{}", &claim));
        }
        let tests = r#"["1.3.6.1.4.1.1847.2021.1.1"]"#;
        let unpadded = kid.trim_end_matches('=');
        let hex = self.dsc.kid.to_string();
        for (name, eku) in [
            ("unpadded", format!(r#"{{"{unpadded}":{tests}}}"#)),
            ("hex", format!(r#"{{"{hex}":{tests}}}"#)),
            ("array", tests.to_owned()),
            ("null", "null".into()),
            (
                "text",
                format!(r#"{{"{kid}":"1.3.6.1.4.1.1847.2021.1.1"}}"#),
            ),
            (
                "urn",
                format!(r#"{{"{kid}":["urn:oid:1.3.6.1.4.1.1847.2021.1.1"]}}"#),
            ),
            (
                "zero",
                format!(r#"{{"{kid}":["1.3.6.1.4.1.01847.2021.1.1"]}}"#),
            ),
            ("arc", format!(r#"{{"{kid}":["1.3.6.1.4.1.1847.2021.1"]}}"#)),
        ] {
            let comment = format!("eku is {eku}");
            self.list(format!("se-eku-{name}"), &comment, "se", swedish(&eku, ""));
        }
        for (name, member) in [
            ("eku", format!(r#""eku":{tests}"#)),
            ("exp", format!(r#""Exp":{made}"#)),
        ] {
            let key = format!(r#"{{"kid":"{kid}","kty":"EC","x5c":["{x5c}"],{member}}}"#);
            let payload = format!(r#"{{"dsc_trust_list":{{"XX":{{"keys":[{key}]}}}}}}"#);
            let header = r#"{"typ":"JOSE","alg":"ES256"}"#;
            let list = lists::jws(header, &payload, |message| lists::sign(LIST, message));
            let comment = format!("a key with {member}");
            self.list(format!("se-key-{name}"), &comment, "se", list);
        }

        let list = lists::austrian(&[self.dsc.listed()]);
        let digest = ciborium::Value::Bytes(Sha256::digest(&list).to_vec());
        let header = cbor!({42 => 2, 1 => -7})?;
        let tagged = ciborium::Value::Tag(1, Box::new(end.into()));
        for (name, comment, claims) in [
            (
                "exp-float",
                "exp as a float",
                cbor!({2 => digest, 4 => end as f64})?,
            ),
            (
                "exp-tag",
                "exp under tag 1",
                cbor!({2 => digest, 4 => tagged})?,
            ),
            (
                "exp-milliseconds",
                "exp in milliseconds",
                cbor!({2 => digest, 4 => end * 1000})?,
            ),
            (
                "exp-nan",
                "exp is NaN",
                cbor!({2 => digest, 4 => f64::NAN})?,
            ),
            (
                "exp-name",
                "`exp` beside 4",
                cbor!({2 => digest, 4 => end, "exp" => made})?,
            ),
            (
                "nbf-text",
                "nbf as a text",
                cbor!({2 => digest, 4 => end, 5 => "2099-01-01"})?,
            ),
        ] {
            let signature = lists::detached(&header, &claims, LIST);
            self.pair(format!("at-{name}"), comment, "at", &list, &signature);
        }
        Ok(())
    }

    fn add_gateway(&mut self) -> Result<(), Error> {
        let ta = lists::certificate(TA_NAME, label!("ta"), TA_NAME, label!("ta"), false);
        let csca = lists::certificate(CSCA_NAME, label!("csca"), CSCA_NAME, label!("csca"), true);
        let upload = lists::certificate(
            UPLOAD_NAME,
            label!("upload"),
            UPLOAD_NAME,
            label!("upload"),
            false,
        );
        let dsc = item("DSC", self.dsc.dsc.der(), &upload, label!("upload"));
        let mut renamed = dsc.clone();
        renamed["kid"] = base64(RENAMED);
        let root = item("CSCA", &csca, &ta, label!("ta"));
        let uploader = item("UPLOAD", &upload, &ta, label!("ta"));
        let by_itself = item("CSCA", &csca, &csca, label!("csca"));
        let by_other = item("DSC", self.dsc.dsc.der(), &upload, OTHER);
        // The same key and name, for the authentication of TLS clients.
        let mut tls = lists::spec(UPLOAD_NAME, UPLOAD_NAME, false);
        tls.eku = &["1.3.6.1.5.5.7.3.2"];
        let key = TestKey::new(label!("upload"));
        let tls = pki::certificate(&tls, &key, &key)?;
        let by_tls = item("DSC", self.dsc.dsc.der(), &tls, label!("upload"));
        let as_uploader = item("UPLOAD", &tls, &ta, label!("ta"));
        let by_csca = item("DSC", self.dsc.dsc.der(), &csca, label!("csca"));
        let csca_as_uploader = item("UPLOAD", &csca, &ta, label!("ta"));
        let upload_as_csca = item("CSCA", &upload, &ta, label!("ta"));
        for (id, comment, items) in [
            (
                "gateway",
                "a document signer, its CSCA, its uploader",
                [&dsc, &root, &uploader],
            ),
            (
                "gateway-no-root",
                "the CSCA is missing",
                [&dsc, &uploader, &uploader],
            ),
            (
                "gateway-no-uploader",
                "the uploader is missing",
                [&dsc, &root, &root],
            ),
            (
                "gateway-own-root",
                "a CSCA that the trust anchor did not sign",
                [&dsc, &by_itself, &uploader],
            ),
            (
                "gateway-forged",
                "uploaded with another key than the uploader's",
                [&by_other, &root, &uploader],
            ),
            (
                "gateway-tls-as-upload",
                "a certificate for TLS clients that is listed as UPLOAD",
                [&by_tls, &root, &as_uploader],
            ),
            (
                "gateway-csca-as-upload",
                "the CSCA that is listed as UPLOAD as well",
                [&by_csca, &root, &csca_as_uploader],
            ),
            (
                "gateway-upload-as-csca",
                "the uploader that is listed as CSCA",
                [&dsc, &upload_as_csca, &uploader],
            ),
            (
                "gateway-renamed",
                "gateway with another kid, which nobody signed",
                [&renamed, &root, &uploader],
            ),
        ] {
            self.list(id, comment, "gateway", json!(items).to_string());
        }
        Ok(())
    }

    fn add_network(&mut self, suite: &Suite) -> Result<(), Error> {
        let dsc = self.dsc.dsc.clone();
        let entry = |place: &str| network(0).entry(place, &dsc);
        let usual = || entry("DCC:XXA:DSC");
        let in_key = |name: &str, value: Value| {
            let mut entry = usual();
            entry["publicKeyJwk"][name] = value;
            entry
        };
        let signed = |entries: &[Value]| network(0).signed(network(0).document(entries));
        for (n, (time, _)) in MADE.iter().enumerate().take(2) {
            let names = network(n);
            let document = names.signed(names.document(&[names.entry("DCC:XXA:DSC", &dsc)]));
            let id = format!("gdhcn-{}", n + 1);
            self.list(
                id,
                &format!("of PROD, created {time}"),
                "gdhcn",
                document.to_string(),
            );
        }
        let good = signed(&[usual()]);
        let mut add = |id: &str, comment: &str, document: &Value| {
            self.list(
                format!("gdhcn-{id}"),
                comment,
                "gdhcn",
                document.to_string(),
            );
        };
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut document = good.clone();
            change(&mut document);
            document
        };
        let dev = Names {
            key: label!("network"),
            created: MADE[0].0,
            ..DEV
        };
        let of_dev = dev.signed(dev.document(&[dev.entry("DCC:XXA:DSC", &dsc)]));
        add("dev", "of DEV, created 2021-06-10T00:00:00Z", &of_dev);
        add(
            "changed",
            "gdhcn-1 with one letter changed in x5c",
            &changed(&|d| {
                let leaf = &mut d["verificationMethod"][0]["publicKeyJwk"]["x5c"][0];
                let mut text = leaf.as_str().unwrap_or_default().to_owned();
                let other = if &text[100..101] == "A" { "B" } else { "A" };
                text.replace_range(100..101, other);
                *leaf = json!(text);
            }),
        );
        // What the contexts don't define is no part of what is signed.
        add(
            "member-of-document",
            "gdhcn-1 and an unknown member",
            &changed(&|d| d["expires"] = json!("2031-01-01T00:00:00Z")),
        );
        add(
            "member-of-entry",
            "gdhcn-1 and an unknown member in an entry",
            &changed(&|d| d["verificationMethod"][0]["note"] = json!("x")),
        );
        add(
            "member-of-proof",
            "gdhcn-1 and an unknown member in the proof",
            &changed(&|d| d["proof"]["expires"] = json!("2031-01-01T00:00:00Z")),
        );
        add(
            "context",
            "gdhcn-1 and one more context, an inline one",
            &changed(&|d| {
                if let Some(contexts) = d["@context"].as_array_mut() {
                    contexts.push(json!({"domain": "https://smart.who.int/trust/ValueSet-Participants.jsonld"}));
                }
            }),
        );
        add(
            "other-context",
            "gdhcn-1 under the context of DEV",
            &changed(&|d| d["@context"][2] = dev.document(&[])["@context"][2].clone()),
        );
        add(
            "type",
            "gdhcn-1 with another type of key",
            &changed(&|d| d["verificationMethod"][0]["type"] = json!("JsonWebKey2021")),
        );
        add(
            "signer",
            "gdhcn-1 that names another signer",
            &changed(&|d| d["proof"]["verificationMethod"] = json!("did:web:example.org")),
        );
        add(
            "no-proof",
            "gdhcn-1 without its proof",
            &changed(&|d| {
                if let Some(d) = d.as_object_mut() {
                    d.remove("proof");
                }
            }),
        );
        add(
            "v1",
            "gdhcn-1 under the name of a list of version 1",
            &changed(&|d| d["id"] = json!("did:web:tng-cdn.who.int:trustlist")),
        );
        add(
            "host",
            "gdhcn-1 under another host's name",
            &changed(&|d| d["id"] = json!("did:web:tng-cdn.who.int.example.org:v2:trustlist")),
        );
        add(
            "header",
            "gdhcn-1 with a header that signs its payload another way",
            &changed(&|d| {
                let jws = d["proof"]["jws"].as_str().unwrap_or_default().to_owned();
                // {"alg":"ES256"}
                let signature = jws.rsplit('.').next().unwrap_or_default();
                d["proof"]["jws"] = json!(format!("eyJhbGciOiJFUzI1NiJ9..{signature}"));
            }),
        );
        let twice = good.to_string().replacen(
            r#""type":"JsonWebKey2020""#,
            r#""type":"JsonWebKey2020","type":"JsonWebKey2020""#,
            1,
        );
        self.list(
            "gdhcn-twice",
            "gdhcn-1 with a member that stands twice",
            "gdhcn",
            twice,
        );
        let mut raw = good.clone();
        raw["proof"]["jws"] = json!(raw_signature(&good)?);
        self.list(
            "gdhcn-raw",
            "gdhcn-1, its signature as r‖s in the place of DER",
            "gdhcn",
            raw.to_string(),
        );
        let same = signed(&[usual(), usual()]);
        self.list(
            "gdhcn-same-name",
            "two keys of one name",
            "gdhcn",
            same.to_string(),
        );

        let mut wide = usual();
        let spki = &suite.pki.key("ec-1")?.spki;
        let (x, y) = spki[spki.len() - 64..].split_at(32);
        let point = |bytes: &[u8]| json!(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes));
        wide["publicKeyJwk"]["x"] = point(&[&[0], x].concat());
        wide["publicKeyJwk"]["y"] = point(&y[1..]);
        let second = &suite.pki.key("ec-2")?.spki;
        let mut lies = usual();
        let (x, y) = second[second.len() - 64..].split_at(32);
        (lies["publicKeyJwk"]["x"], lies["publicKeyJwk"]["y"]) = (point(x), point(y));
        let mut elsewhere = usual();
        elsewhere["id"] = json!(elsewhere["id"].as_str().unwrap_or_default().replacen(
            "tng-cdn.",
            "tng-cdn-dev.",
            1
        ));
        let mut moved = usual();
        moved["participant"]["code"] = json!("#XXB");
        for (id, comment, entries) in [
            (
                "widths",
                "x of 33 bytes, y of 31, and the right certificate",
                vec![wide],
            ),
            (
                "coordinates",
                "x and y of another key than the certificate's",
                vec![lies],
            ),
            (
                "references",
                "a reference within the network, and one to another host",
                vec![
                    json!("did:web:tng-cdn.who.int:v2:trustlist:DCC"),
                    json!("did:web:tng-cdn-dev.who.int:v2:trustlist"),
                ],
            ),
            (
                "elsewhere",
                "signed for PROD, an entry of DEV's host",
                vec![elsewhere],
            ),
            (
                "moved",
                "an entry whose name says another participant",
                vec![moved],
            ),
            (
                "authority",
                "listed as SCA, and signs certificates",
                vec![entry("DCC:XXA:SCA")],
            ),
            (
                "use",
                "the key is for something unknown",
                vec![in_key("use", json!("x"))],
            ),
            (
                "key-ops",
                "the key is for encryption alone",
                vec![in_key("key_ops", json!(["encrypt"]))],
            ),
            (
                "key-exp",
                "the key has an end of its own",
                vec![in_key("exp", json!("1600000000"))],
            ),
            (
                "domains",
                "one certificate under two domains",
                vec![usual(), entry("PH4H:XXA:DSC")],
            ),
            (
                "other-domain",
                "listed for ICVP, which is for yellow cards",
                vec![entry("ICVP:XXA:DSC")],
            ),
            (
                "strange-domain",
                "listed for a domain of which nothing is known",
                vec![entry("XYZ:XXA:DSC")],
            ),
            (
                "two-domains",
                "one certificate, for ICVP first, and for DCC",
                vec![entry("ICVP:XXB:DSC"), usual()],
            ),
            (
                "two-domains-turned",
                "gdhcn-two-domains in the other order",
                vec![usual(), entry("ICVP:XXB:DSC")],
            ),
            (
                "wrong-domains",
                "one certificate, for ICVP and for an unknown domain",
                vec![entry("ICVP:XXB:DSC"), entry("XYZ:XXA:DSC")],
            ),
            (
                "wrong-domains-turned",
                "gdhcn-wrong-domains in the other order",
                vec![entry("XYZ:XXA:DSC"), entry("ICVP:XXB:DSC")],
            ),
        ] {
            self.list(
                format!("gdhcn-{id}"),
                comment,
                "gdhcn",
                signed(&entries).to_string(),
            );
        }
        Ok(())
    }
}

/// The detached JWS with `r‖s`, as RFC 7518 §3.4 has it and the network not.
fn raw_signature(document: &Value) -> Result<String, Error> {
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL;
    let jws = document["proof"]["jws"].as_str().unwrap_or_default();
    let (header, der) = jws.split_once("..").ok_or("no detached JWS")?;
    let signature = p256::ecdsa::Signature::from_der(&URL.decode(der)?)?;
    Ok(format!("{header}..{}", URL.encode(signature.to_bytes())))
}

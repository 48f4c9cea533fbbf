//! The lists of revoked certificates that the vectors refer to.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hcert::revocation::IdentifierKind;
use serde_json::{Value, json};

use super::super::{Error, cbor};
use super::Fields;
use super::certificates::{Certificates, Identifier, OTHER_KID};
use super::forms::{self, Entry, SetOf};

/// The keys that sign lists, and what for.
pub const SIGNERS: &[(&str, &str)] = &[
    ("revocation", "signs the lists"),
    ("upload", "signs the batches in CMS"),
    ("other", "signs none of them"),
];

pub const BEFORE: &str = "2021-06-30T12:00:00Z";
pub const TODAY: &str = "2021-07-01T06:00:00Z";
/// The end of those that have one.
pub const END: &str = "2021-07-01T12:00:00Z";

/// A certificate's identifiers by kind, and what they hash in `vaccination`.
pub const KINDS: [(&str, &str); 3] = [
    ("signature", "r"),
    ("uci", "ci"),
    ("country-code-uci", "country + ci"),
];

/// The label from which a signer's key follows.
pub fn label(id: &str) -> String {
    format!("hcert test vectors {id}")
}

pub fn base64(bytes: impl AsRef<[u8]>) -> Value {
    json!(BASE64_STANDARD.encode(bytes))
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}

pub struct Lists(pub Vec<Fields>);

/// When a list was made, until when it counts, of when its sources are.
#[derive(Clone, Copy, Default)]
struct Dates(
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

impl Lists {
    pub fn make(certificates: &Certificates) -> Result<Self, Error> {
        let mut lists = Self(Vec::new());
        lists.add_forms(certificates)?;
        lists.add_identifiers(certificates)?;
        lists.add_coverage(certificates)?;
        lists.add_sets(certificates)?;
        lists.add_dated(certificates)?;
        lists.add_signed(certificates)?;
        lists.add_damaged(certificates);
        lists.add_damaged_sets(certificates)?;
        Ok(lists)
    }

    fn add(
        &mut self,
        id: &str,
        comment: &str,
        form: &str,
        parts: Value,
        signer: Option<&str>,
        dates: Dates,
    ) {
        let encoding = match (form, signer) {
            ("it", _) | ("batch", None) => "text",
            _ => "base64",
        };
        self.0.push(vec![
            ("id", json!(id)),
            ("comment", json!(comment)),
            ("form", json!(form)),
            ("signer", json!(signer)),
            ("issued_at", json!(dates.0)),
            ("expires_at", json!(dates.1)),
            ("as_of", json!(dates.2)),
            ("encoding", json!(encoding)),
            ("parts", parts),
        ]);
    }

    fn map(&mut self, id: &str, comment: &str, map: &[u8]) {
        self.add(
            id,
            comment,
            "kid-map",
            json!([base64(map)]),
            None,
            Dates::default(),
        );
    }

    fn batch(&mut self, id: &str, comment: &str, batch: &str) {
        self.add(id, comment, "batch", json!([batch]), None, Dates::default());
    }

    fn italian(&mut self, id: &str, comment: &str, chunks: &[String]) {
        self.add(id, comment, "it", json!(chunks), None, Dates::default());
    }

    fn set(&mut self, id: &str, comment: &str, set: &[u8], dates: Dates) {
        self.add(id, comment, "set", json!([base64(set)]), None, dates);
    }

    fn signed(&mut self, id: &str, comment: &str, form: &str, bytes: &[u8], dates: Dates) {
        let signer = match form {
            "batch" => "upload",
            _ => "revocation",
        };
        self.add(
            id,
            comment,
            form,
            json!([base64(bytes)]),
            Some(signer),
            dates,
        );
    }

    /// Each kind of identifier of `vaccination` in each form.
    fn add_forms(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let kid = &certificates.kid[..];
        for (kind, of) in KINDS {
            let entries = [Entry::of(certificates.identifier("vaccination", of)?)];
            let names = |what: &str| format!("{what}, names vaccination by its {kind}");
            let map = forms::kid_map(kid, &entries);
            self.map(&format!("map-{kind}"), &names("a kid map"), &map);
            self.signed(
                &format!("cose-{kind}"),
                &names("a kid map in a COSE_Sign1"),
                "kid-map",
                &forms::cose(&map, "revocation")?,
                Dates::default(),
            );
            let batch = forms::batch("XX", Some(kid), &entries);
            self.batch(&format!("batch-{kind}"), &names("a batch"), &batch);
            self.signed(
                &format!("cms-{kind}"),
                &names("a batch in CMS"),
                "batch",
                &forms::cms(&batch),
                Dates(Some(TODAY), None, None),
            );
            self.batch(
                &format!("country-{kind}"),
                &names("a batch for all keys of XX"),
                &forms::batch("XX", None, &entries),
            );
            let of = |filter| SetOf {
                filter,
                kid: Some(kid),
                entries: &entries,
                made_at: TODAY,
                expires_at: None,
                of_list: None,
            };
            let dates = Dates(Some(TODAY), None, None);
            self.set(
                &format!("exact-{kind}"),
                &names("an exact set"),
                &forms::set(&of(false))?,
                dates,
            );
            self.signed(
                &format!("filter-{kind}"),
                &names("a filter"),
                "set",
                &forms::signed_set(&forms::set(&of(true))?)?,
                dates,
            );
        }
        let entry = |certificate| -> Result<Entry, Error> {
            let identifier = certificates.identifier(certificate, "ci")?;
            Ok(Entry::with_length(identifier, 32))
        };
        let (italian, foreign) = (entry("italian")?, entry("vaccination")?);
        let chunk = |entry: &Entry| forms::italian(1, 1, Some(1), std::slice::from_ref(entry));
        self.italian("it-uci", "Italy's list, names italian", &[chunk(&italian)]);
        self.italian(
            "it-foreign",
            "Italy's list, names vaccination",
            &[chunk(&foreign)],
        );
        let other = Entry::others(IdentifierKind::Uci, 1);
        let first = forms::italian(1, 2, Some(2), &other);
        let second = forms::italian(2, 2, Some(2), &[italian]);
        let parts = [second, first];
        self.italian("it-chunks", "in two chunks, the second first", &parts);
        self.italian("it-chunk-missing", "its second chunk alone", &parts[..1]);
        self.italian(
            "it-count",
            "says that it has two, and has one",
            &[forms::italian(1, 1, Some(2), &other)],
        );
        self.italian(
            "it-others",
            "names none of the certificates",
            &[forms::italian(1, 1, None, &other)],
        );
        Ok(())
    }

    fn add_identifiers(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let kid = &certificates.kid[..];
        let hashed = |kind, preimage: &[u8]| Identifier {
            kind,
            of: "",
            preimage: preimage.to_vec(),
        };
        for (id, certificate, of) in [
            ("map-test", "two-entries", "ci of t/0"),
            ("map-vaccination", "two-entries", "country + ci of v/0"),
            ("map-iss", "iss-other-country", "iss + ci"),
            ("map-iss-lower-case", "iss-lower-case", "iss + ci"),
            ("map-ci-plain", "ci-plain", "ci"),
            ("map-yellow-card", "yellow-card", "r"),
            ("map-ddcc", "ddcc", "hcid"),
            ("map-unreadable", "unreadable", "r"),
            ("map-kid-unsigned", "kid-unsigned", "r"),
        ] {
            let named = certificates.identifier(certificate, of)?;
            let comment = format!("names {certificate} by SHA-256 of {of}");
            self.map(id, &comment, &forms::kid_map(kid, &[Entry::of(named)]));
        }
        let rsa = certificates.identifier("ps256", "signature")?;
        let half = hashed("signature", &rsa.preimage[..128]);
        let ec = &certificates.certificate("vaccination")?.signature;
        let prefixed = format!(
            "URN:UVCI:{}",
            String::from_utf8_lossy(&certificates.identifier("ci-plain", "ci")?.preimage)
        );
        let uci = certificates.identifier("vaccination", "ci")?;
        for (id, comment, kid, entry) in [
            (
                "map-ps256",
                "names ps256 by SHA-256 of the whole signature",
                &certificates.rsa_kid[..],
                Entry::of(rsa),
            ),
            (
                "map-ps256-half",
                "has SHA-256 of the first half of the signature of ps256",
                &certificates.rsa_kid,
                Entry::of(&half),
            ),
            (
                "map-es256-whole",
                "has SHA-256 of the whole signature of vaccination",
                kid,
                Entry::of(&hashed("signature", ec)),
            ),
            (
                "map-ci-prefixed",
                "has SHA-256 of URN:UVCI: and the ci of ci-plain",
                kid,
                Entry::of(&hashed("uci", prefixed.as_bytes())),
            ),
            (
                "map-kind-confused",
                "has SHA-256 of the ci of vaccination, as if it were of the signature",
                kid,
                Entry {
                    kind: IdentifierKind::Signature,
                    ..Entry::of(uci)
                },
            ),
            (
                "map-short",
                "names vaccination by 8 bytes of the hash",
                kid,
                Entry::with_length(uci, 8),
            ),
            (
                "map-long",
                "names vaccination by all 32 bytes of the hash",
                kid,
                Entry::with_length(uci, 32),
            ),
            (
                "map-near",
                "has the first 15 bytes of the hash of vaccination, and another byte behind them",
                kid,
                Entry {
                    kind: IdentifierKind::Uci,
                    hash: flipped(&Entry::of(uci).hash, 15),
                },
            ),
            (
                "map-other-kid",
                "has the ci of vaccination under another signer's kid",
                b"12345678",
                Entry::of(uci),
            ),
        ] {
            self.map(id, comment, &forms::kid_map(kid, &[entry]));
        }
        Ok(())
    }

    fn add_coverage(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let kid = &certificates.kid[..];
        let others = Entry::others(IdentifierKind::Uci, 1);
        self.map("map-empty", "names nobody", &forms::kid_map(kid, &[]));
        self.map(
            "map-others",
            "names another certificate of dsc",
            &forms::kid_map(kid, &others),
        );
        for (id, comment, country, kid) in [
            (
                "batch-others",
                "names another certificate of dsc",
                "XX",
                Some(kid),
            ),
            (
                "batch-other-kid",
                "names another certificate, under KEY-01",
                "XX",
                Some(OTHER_KID),
            ),
            (
                "country-others",
                "names another certificate of XX",
                "XX",
                None,
            ),
            ("country-yy", "names a certificate of YY", "YY", None),
        ] {
            self.batch(id, comment, &forms::batch(country, kid, &others));
        }
        let named = Entry::of(certificates.identifier("vaccination", "ci")?);
        self.batch(
            "batches",
            "two batches, the second names vaccination",
            &forms::batch("XX", Some(kid), &[others[0].clone(), named]),
        );
        Ok(())
    }

    fn add_sets(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let kid = Some(&certificates.kid[..]);
        let uci = Entry::others(IdentifierKind::Uci, 1);
        let usual = |entries| SetOf {
            filter: false,
            kid,
            entries,
            made_at: TODAY,
            expires_at: None,
            of_list: None,
        };
        let today = Dates(Some(TODAY), None, None);
        let others = forms::set(&usual(&uci))?;
        self.set(
            "exact-others",
            "names another certificate of dsc",
            &others,
            today,
        );
        let any = forms::set(&SetOf {
            kid: None,
            ..usual(&[])
        })?;
        self.set(
            "exact-any-kid",
            "names nobody, and covers all kids",
            &any,
            today,
        );
        let elsewhere = forms::set(&SetOf {
            kid: Some(b"12345678"),
            ..usual(&uci)
        })?;
        self.set(
            "exact-elsewhere",
            "covers another signer's kid",
            &elsewhere,
            today,
        );
        let filter = SetOf {
            filter: true,
            ..usual(&uci)
        };
        self.set(
            "filter-others",
            "a filter, names others of dsc",
            &forms::set(&filter)?,
            today,
        );
        let end = SetOf {
            expires_at: Some(END),
            ..usual(&uci)
        };
        self.set(
            "exact-end",
            "exact-others with an end",
            &forms::set(&end)?,
            Dates(Some(TODAY), Some(END), None),
        );
        let of_list = SetOf {
            of_list: Some(BEFORE),
            ..usual(&uci)
        };
        self.set(
            "exact-of-list",
            "made of a list that is older than itself",
            &forms::set(&of_list)?,
            Dates(Some(TODAY), None, Some(BEFORE)),
        );
        for (id, made_at) in [("signed-1", BEFORE), ("signed-2", TODAY)] {
            let set = forms::set(&SetOf {
                made_at,
                ..usual(&uci)
            })?;
            let set = forms::signed_set(&set)?;
            let dates = Dates(Some(made_at), None, None);
            self.signed(id, "names another certificate of dsc", "set", &set, dates);
        }
        Ok(())
    }

    fn add_dated(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let others = Entry::others(IdentifierKind::Uci, 1);
        let map = forms::kid_map(&certificates.kid, &others);
        for (id, made_at, end) in [
            ("document-1", BEFORE, None),
            ("document-2", TODAY, None),
            ("document-end", BEFORE, Some(END)),
        ] {
            let document = forms::document("revocation", &map, made_at, end)?;
            let comment = "a kid map in a dated document, names another certificate of dsc";
            self.signed(
                id,
                comment,
                "kid-map",
                &document,
                Dates(Some(made_at), end, None),
            );
        }
        let named = Entry::of(certificates.identifier("vaccination", "ci")?);
        let map = forms::kid_map(&certificates.kid, &[named]);
        let document = forms::document("revocation", &map, BEFORE, Some(END))?;
        self.signed(
            "document-uci",
            "names vaccination by its uci",
            "kid-map",
            &document,
            Dates(Some(BEFORE), Some(END), None),
        );
        Ok(())
    }

    /// Signatures that do not hold.
    fn add_signed(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let none = Dates::default();
        let map = forms::kid_map(&certificates.kid, &Entry::others(IdentifierKind::Uci, 1));
        let cose = forms::cose(&map, "revocation")?;
        let (middle, end) = (cose.len() - 80, cose.len() - 1);
        for (id, comment, bytes) in [
            (
                "cose-others",
                "names another certificate of dsc",
                cose.clone(),
            ),
            (
                "cose-changed",
                "cose-others with one bit changed",
                flipped(&cose, middle),
            ),
            (
                "cose-cut",
                "cose-others without its last byte",
                cose[..end].to_vec(),
            ),
        ] {
            self.signed(id, comment, "kid-map", &bytes, none);
        }
        self.signed(
            "document-rules",
            "a kid map that was signed as rules",
            "kid-map",
            &forms::document("rules", &map, TODAY, None)?,
            none,
        );
        let entries = Entry::others(IdentifierKind::Uci, 1);
        let batch = forms::batch("XX", Some(&certificates.kid), &entries);
        let cms = forms::cms(&batch);
        let signed_today = Dates(Some(TODAY), None, None);
        let comment = "names another certificate of dsc";
        self.signed("cms-others", comment, "batch", &cms, signed_today);
        let hash = b"\"hash\"";
        let at = cms.windows(hash.len()).position(|window| window == hash);
        let changed = flipped(&cms, at.ok_or("the batch is not in its CMS")? + 10);
        self.signed(
            "cms-changed",
            "cms-others with a hash with one bit changed",
            "batch",
            &changed,
            none,
        );
        Ok(())
    }

    /// Lists that can't be read as a whole. Nobody signed them.
    fn add_damaged(&mut self, certificates: &Certificates) {
        let entries = Entry::others(IdentifierKind::Uci, 1);
        let map = forms::kid_map(&certificates.kid, &entries);
        let hash = cbor::bytes(&entries[0].hash);
        let key = |kind: u8| cbor::bytes(&[&certificates.kid[..], &[kind]].concat());
        let map_of = |key, hash| cbor::map(&[(key, cbor::array(&[hash]))]);
        let twice = (key(0x0b), cbor::array(std::slice::from_ref(&hash)));
        for (id, comment, bytes) in [
            (
                "map-cut",
                "without its last byte",
                map[..map.len() - 1].to_vec(),
            ),
            (
                "map-trailing",
                "with a byte after its end",
                [&map[..], &[0]].concat(),
            ),
            (
                "map-kind",
                "has hashes of the unknown kind 0d",
                map_of(key(0x0d), hash.clone()),
            ),
            (
                "map-hash",
                "a hash of 7 bytes",
                map_of(key(0x0b), cbor::bytes(&[7; 7])),
            ),
            (
                "map-text",
                "a text in the place of the kid",
                map_of(cbor::text("kid"), hash),
            ),
            (
                "map-twice",
                "a kid stands twice",
                cbor::map(&[twice.clone(), twice]),
            ),
        ] {
            self.map(id, comment, &bytes);
        }
        let batch = forms::batch("XX", Some(&certificates.kid), &entries);
        let renamed = |from: &str, to: &str| batch.replacen(from, to, 1);
        for (id, comment, text) in [
            (
                "batch-cut",
                "without its last character",
                batch[..batch.len() - 1].to_owned(),
            ),
            (
                "batch-twice",
                "the country stands twice",
                renamed("{", "{\"country\": \"YY\", "),
            ),
            (
                "batch-kind",
                "an unknown hashType",
                renamed("\"UCI\"", "\"DOB\""),
            ),
            (
                "batch-member",
                "without its entries",
                renamed("\"entries\"", "\"hashes\""),
            ),
            ("batch-none", "an empty array", "[]".to_owned()),
            ("batch-text", "a text, and no JSON", "UCI".to_owned()),
        ] {
            self.batch(id, comment, &text);
        }
    }

    fn add_damaged_sets(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let entries = Entry::others(IdentifierKind::Uci, 1);
        let set = forms::set(&SetOf {
            filter: false,
            kid: Some(&certificates.kid),
            entries: &entries,
            made_at: TODAY,
            expires_at: None,
            of_list: None,
        })?;
        let signed = forms::signed_set(&set)?;
        let none = Dates::default();
        for (id, comment, bytes) in [
            (
                "set-cut",
                "without its last byte",
                set[..set.len() - 1].to_vec(),
            ),
            ("set-version", "of the version 0", flipped(&set, 8)),
            (
                "set-name",
                "another name in its first bytes",
                flipped(&set, 0),
            ),
            ("set-mode", "neither exact nor a filter", {
                let mut set = set.clone();
                set[12] = 2;
                set
            }),
        ] {
            self.set(id, comment, &bytes, none);
        }
        for (id, comment, bytes) in [
            (
                "signed-changed",
                "signed-2 with one bit of an entry changed",
                flipped(&signed, signed.len() - 80),
            ),
            (
                "signed-cut",
                "signed-2 without its last byte",
                signed[..signed.len() - 1].to_vec(),
            ),
        ] {
            self.signed(id, comment, "set", &bytes, none);
        }
        Ok(())
    }
}

//! The lists of revoked certificates that the vectors refer to.

mod identifiers;
mod refused;
mod sets;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hcert::revocation::IdentifierKind;
use serde_json::{Value, json};

use super::super::Error;
use super::Fields;
use super::certificates::{Certificates, OTHER_KID};
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
        let foreign = Entry::of(certificates.identifier("vaccination", "ci")?);
        self.batch(
            "country-yy-uci",
            "a batch for all keys of YY, names vaccination by its uci",
            &forms::batch("YY", None, std::slice::from_ref(&foreign)),
        );
        let set = forms::set_of_any_kid(&[foreign], TODAY)?;
        self.set(
            "set-of-country",
            "an exact set, names vaccination by its uci under every kid, and covers nobody",
            &set,
            Dates(Some(TODAY), None, None),
        );
        self.batch(
            "batches",
            "two batches, the second names vaccination",
            &forms::batch("XX", Some(kid), &[others[0].clone(), named]),
        );
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
}

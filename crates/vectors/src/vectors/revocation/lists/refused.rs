//! Lists whose signature does not hold, or that can't be read.

use hcert::Timestamp;
use hcert::revocation::IdentifierKind;

use super::super::super::cbor;
use super::super::certificates::Certificates;
use super::super::forms::{self, Entry, SetOf};
use super::{Dates, Error, Lists, TODAY, flipped};

const SOON: &str = "2021-08-01T00:00:00Z";
const LATER: &str = "2021-09-01T00:00:00Z";

impl Lists {
    /// Signatures that do not hold.
    pub(super) fn add_signed(&mut self, certificates: &Certificates) -> Result<(), Error> {
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
        let end = Timestamp::parse(TODAY)?.seconds();
        let claims = |name: Vec<u8>, value: Vec<u8>| cbor::map(&[(name, value)]);
        let exp = || cbor::int(4);
        for (id, comment, claims) in [
            (
                "cose-exp-milliseconds",
                "exp in milliseconds",
                claims(exp(), cbor::int(end * 1000)),
            ),
            (
                "cose-exp-text",
                "exp is a text",
                claims(exp(), cbor::text(TODAY)),
            ),
            (
                "cose-exp-huge",
                "exp is 1e300",
                claims(exp(), cbor::float(1e300)),
            ),
            (
                "cose-exp-name",
                "`exp` by its name",
                claims(cbor::text("exp"), cbor::int(end)),
            ),
            (
                "cose-exp-array",
                "the claims are in an array",
                cbor::array(&[claims(exp(), cbor::int(end))]),
            ),
        ] {
            let bytes = forms::cose_with_claims(&claims, &map, "revocation")?;
            self.signed(id, comment, "kid-map", &bytes, none);
        }
        for (id, ends_at) in [("cose-end-1", SOON), ("cose-end-2", LATER)] {
            let cose = forms::cose_until(&map, "revocation", ends_at)?;
            let comment = "a kid map in a COSE_Sign1 whose header has an end and no date, names another certificate of dsc";
            let dates = Dates(None, Some(ends_at), None);
            self.signed(id, comment, "kid-map", &cose, dates);
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
    pub(super) fn add_damaged(&mut self, certificates: &Certificates) {
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
                "map-no-kid",
                "the type byte alone, and no kid before it",
                map_of(cbor::bytes(&[0x0b]), hash.clone()),
            ),
            (
                "map-text",
                "a text in the place of the kid",
                map_of(cbor::text("kid"), hash),
            ),
            (
                "map-twice",
                "duplicate kid",
                cbor::map(&[twice.clone(), twice]),
            ),
        ] {
            self.map(id, comment, &bytes);
        }
        let chunk = forms::italian(1, 1, None, &entries);
        let undated = chunk.replacen("\"2021-07-01T05:00:00Z\"", "\"yesterday\"", 1);
        let comment = "creationDate is no time";
        self.italian("it-date", comment, &[undated]);
        let batch = forms::batch("XX", Some(&certificates.kid), &entries);
        let renamed = |from: &str, to: &str| batch.replacen(from, to, 1);
        let any = forms::batch("XX", None, &entries);
        let hex = certificates
            .kid
            .iter()
            .fold(String::new(), |mut hex, byte| {
                use std::fmt::Write as _;
                let _ = write!(hex, "{byte:02x}");
                hex
            });
        for (id, comment, text) in [
            (
                "batch-cut",
                "without its last character",
                batch[..batch.len() - 1].to_owned(),
            ),
            (
                "batch-twice",
                "duplicate country",
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
            (
                "batch-country-blank",
                "a blank behind the country",
                any.replacen("\"XX\"", "\"XX \"", 1),
            ),
            (
                "batch-country-small",
                "the country in small letters",
                any.replacen("\"XX\"", "\"xx\"", 1),
            ),
            (
                "batch-country-three",
                "the country in three letters",
                any.replacen("\"XX\"", "\"XXX\"", 1),
            ),
            (
                "batch-country-empty",
                "an empty country",
                any.replacen("\"XX\"", "\"\"", 1),
            ),
            (
                "batch-country-number",
                "the country is a number",
                any.replacen("\"XX\"", "276", 1),
            ),
            (
                "batch-kid-small",
                "UNKNOWN_KID in small letters",
                any.replacen("UNKNOWN_KID", "unknown_kid", 1),
            ),
            (
                "batch-kid-hex",
                "the kid in hexadecimal digits",
                any.replacen("UNKNOWN_KID", &hex, 1),
            ),
            (
                "batch-kid-empty",
                "an empty kid",
                any.replacen("UNKNOWN_KID", "", 1),
            ),
            ("batch-none", "an empty array", "[]".to_owned()),
            ("batch-text", "a text, and no JSON", "UCI".to_owned()),
        ] {
            self.batch(id, comment, &text);
        }
    }

    pub(super) fn add_damaged_sets(&mut self, certificates: &Certificates) -> Result<(), Error> {
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

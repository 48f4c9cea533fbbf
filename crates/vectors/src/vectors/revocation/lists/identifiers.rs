//! Kid maps around other identifiers, and around what is none.

use hcert::revocation::IdentifierKind;

use super::super::certificates::{Certificates, Identifier};
use super::super::forms::{self, Entry};
use super::{Error, Lists, flipped};

impl Lists {
    pub(super) fn add_identifiers(&mut self, certificates: &Certificates) -> Result<(), Error> {
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
        let half = hashed(IdentifierKind::Signature, &rsa.preimage[..128]);
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
                Entry::of(&hashed(IdentifierKind::Signature, ec)),
            ),
            (
                "map-ci-prefixed",
                "has SHA-256 of URN:UVCI: and the ci of ci-plain",
                kid,
                Entry::of(&hashed(IdentifierKind::Uci, prefixed.as_bytes())),
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
}

//! Certificates with the identifiers that lists name them by, and the keys
//! under which they are trusted.

use hcert::revocation::IdentifierKind;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::{
    Claims, Error, Message, Suite, alg, cbor, dcc_of, deflate, hex, kid_member, object,
    object_lines, prefixed, sign, test, v, vaccination,
};
use super::Fields;
use super::lists::base64;

const SIGNATURE: IdentifierKind = IdentifierKind::Signature;
const UCI: IdentifierKind = IdentifierKind::Uci;
const COUNTRY_CODE_UCI: IdentifierKind = IdentifierKind::CountryCodeUci;

/// The second kid of the usual document signer.
pub const OTHER_KID: &[u8] = b"KEY-01";
/// The kid of the key that is listed for Italy.
pub const ITALIAN_KID: &[u8] = b"it-key-1";

const CI: &str = "URN:UVCI:01:XX:TESTVECTOR1";
const CI_OF_TEST: &str = "URN:UVCI:01:XX:TESTVECTOR2";
const CI_PLAIN: &str = "01/XX/TESTVECTOR4#P";
const CI_ITALIAN: &str = "URN:UVCI:01:IT:TESTVECTOR5#X";

/// What names a certificate.
#[derive(Clone)]
pub struct Identifier {
    pub kind: IdentifierKind,
    /// What is hashed, in words.
    pub of: &'static str,
    pub preimage: Vec<u8>,
}

impl Identifier {
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.preimage).to_vec()
    }
}

pub struct Certificate {
    pub id: &'static str,
    comment: &'static str,
    input: String,
    /// The trusted key that it is verified with when its identifiers are asked.
    trust: &'static str,
    pub signature: Vec<u8>,
    pub identifiers: Vec<Identifier>,
}

pub struct Certificates {
    pub all: Vec<Certificate>,
    pub trust: Vec<Fields>,
    /// That of the usual document signer.
    pub kid: Vec<u8>,
    pub rsa_kid: Vec<u8>,
}

type Named<'a> = &'a [(IdentifierKind, &'static str, &'a str)];

impl Certificates {
    pub fn make(suite: &Suite) -> Result<Self, Error> {
        let mut made = Self {
            all: Vec::new(),
            trust: Vec::new(),
            kid: suite.pki.trusted("dsc")?.kid.clone(),
            rsa_kid: suite.pki.trusted("rsa-2048")?.kid.clone(),
        };
        made.add_trust(suite)?;
        made.add_usual(suite)?;
        made.add_entries(suite)?;
        made.add_other_payloads(suite)?;
        made.add_kids(suite)?;
        Ok(made)
    }

    /// The identifier of a certificate that hashes this.
    pub fn identifier(&self, certificate: &str, of: &str) -> Result<&Identifier, Error> {
        let mut all = self.certificate(certificate)?.identifiers.iter();
        let found = all.find(|id| id.of == of);
        found.ok_or_else(|| format!("{certificate} has no identifier of {of}").into())
    }

    pub fn certificate(&self, id: &str) -> Result<&Certificate, Error> {
        let found = self.all.iter().find(|certificate| certificate.id == id);
        found.ok_or_else(|| format!("no certificate is named {id}").into())
    }

    fn add_trust(&mut self, suite: &Suite) -> Result<(), Error> {
        let dsc = suite.pki.trusted("dsc")?;
        let rsa = suite.pki.trusted("rsa-2048")?;
        let (ec_1, ec_2) = (suite.pki.key("ec-1")?, suite.pki.key("ec-2")?);
        for (id, comment, key, kid, certificate, spki, country) in [
            (
                "dsc",
                "the usual document signer",
                "ec-1",
                &dsc.kid[..],
                Some(&dsc.der),
                None,
                Some("XX"),
            ),
            (
                "dsc-other-kid",
                "the same certificate under another kid than its own",
                "ec-1",
                OTHER_KID,
                Some(&dsc.der),
                None,
                Some("XX"),
            ),
            (
                "bare",
                "the key of dsc under its kid, without a certificate or country",
                "ec-1",
                &dsc.kid,
                None,
                Some(&ec_1.spki),
                None,
            ),
            (
                "bare-other-kid",
                "the same under another kid",
                "ec-1",
                OTHER_KID,
                None,
                Some(&ec_1.spki),
                None,
            ),
            (
                "rsa-2048",
                "a document signer for PS256",
                "rsa-2048",
                &rsa.kid,
                Some(&rsa.der),
                None,
                Some("XX"),
            ),
            (
                "it",
                "a key that is listed for Italy",
                "ec-2",
                ITALIAN_KID,
                None,
                Some(&ec_2.spki),
                Some("IT"),
            ),
        ] {
            self.trust.push(vec![
                ("id", json!(id)),
                ("comment", json!(comment)),
                ("key", json!(key)),
                ("kid", json!(hex(kid))),
                ("certificate", certificate.map_or(Value::Null, base64)),
                ("spki", spki.map_or(Value::Null, base64)),
                ("country", json!(country)),
            ]);
        }
        Ok(())
    }

    /// The identifiers beside that of the signature are given as kind,
    /// description, and text.
    fn add(
        &mut self,
        id: &'static str,
        comment: &'static str,
        trust: &'static str,
        message: &Message,
        named: Named<'_>,
    ) -> Result<(), Error> {
        let signature = message.signature.clone();
        let (of, preimage) = match trust {
            "rsa-2048" => ("signature", &signature[..]),
            _ => ("r", &signature[..32]),
        };
        let named = named.iter().map(|(kind, of, text)| Identifier {
            kind: *kind,
            of,
            preimage: text.as_bytes().to_vec(),
        });
        let by_signature = Identifier {
            kind: SIGNATURE,
            of,
            preimage: preimage.to_vec(),
        };
        self.all.push(Certificate {
            id,
            comment,
            input: prefixed(&deflate(&message.bytes(), 9)?),
            trust,
            identifiers: [by_signature].into_iter().chain(named).collect(),
            signature,
        });
        Ok(())
    }

    fn add_usual(&mut self, suite: &Suite) -> Result<(), Error> {
        let usual = Claims::of(&v());
        let named: Named<'_> = &[
            (UCI, "ci", CI),
            (COUNTRY_CODE_UCI, "country + ci", &format!("XX{CI}")),
        ];
        let message = suite.message("dsc", usual.bytes())?;
        self.add(
            "vaccination",
            "a vaccination with an ES256 signature; iss and co are one country",
            "dsc",
            &message,
            named,
        )?;
        let twin = sign::twin(&message.signature)?;
        self.add(
            "twin",
            "the same with the signature (r, n − s), which verifies as well",
            "dsc",
            &message.clone().with_signature(twin),
            named,
        )?;
        let ps256 = suite.message("rsa-2048", usual.bytes())?;
        self.add(
            "ps256",
            "a PS256 signature, all of which is hashed",
            "rsa-2048",
            &ps256,
            named,
        )
    }

    fn add_entries(&mut self, suite: &Suite) -> Result<(), Error> {
        let two = dcc_of(&json!({"v": [vaccination()], "t": [test()]}));
        self.add(
            "two-entries",
            "a vaccination and a test, each with its ci",
            "dsc",
            &suite.message("dsc", Claims::of(&two).bytes())?,
            &[
                (UCI, "ci of v/0", CI),
                (COUNTRY_CODE_UCI, "country + ci of v/0", &format!("XX{CI}")),
                (UCI, "ci of t/0", CI_OF_TEST),
                (
                    COUNTRY_CODE_UCI,
                    "country + ci of t/0",
                    &format!("XX{CI_OF_TEST}"),
                ),
            ],
        )?;
        let with_iss = |iss| Claims::of(&v()).set(1, cbor::text(iss)).bytes();
        self.add(
            "iss-other-country",
            "iss and co are different countries",
            "dsc",
            &suite.message("dsc", with_iss("YY"))?,
            &[
                (UCI, "ci", CI),
                (COUNTRY_CODE_UCI, "iss + ci", &format!("YY{CI}")),
                (COUNTRY_CODE_UCI, "co + ci", &format!("XX{CI}")),
            ],
        )?;
        self.add(
            "iss-lower-case",
            "iss in lower case, which some apps hash as it stands, and some in capitals",
            "dsc",
            &suite.message("dsc", with_iss("yy"))?,
            &[
                (UCI, "ci", CI),
                (COUNTRY_CODE_UCI, "iss + ci", &format!("yy{CI}")),
                (COUNTRY_CODE_UCI, "iss in capitals + ci", &format!("YY{CI}")),
                (COUNTRY_CODE_UCI, "co + ci", &format!("XX{CI}")),
            ],
        )?;
        let mut entry = vaccination();
        entry["ci"] = json!(CI_PLAIN);
        let dcc = dcc_of(&json!({"v": [entry]}));
        self.add(
            "ci-plain",
            "a ci without URN:UVCI: and with a check character: hashed as it stands",
            "dsc",
            &suite.message("dsc", Claims::of(&dcc).bytes())?,
            &[
                (UCI, "ci", CI_PLAIN),
                (COUNTRY_CODE_UCI, "country + ci", &format!("XX{CI_PLAIN}")),
            ],
        )
    }

    fn add_other_payloads(&mut self, suite: &Suite) -> Result<(), Error> {
        let around = |key: i64, payload: &Value| {
            Claims::around(cbor::map(&[(cbor::int(key), cbor::json(payload))])).bytes()
        };
        let card = json!({
            "n": "Gabriele Musterfrau", "dob": "1998-02-26", "s": "female", "nt": "XXX",
            "vx": {
                "vp": "a3K3X000006MihuUAC", "dv": "2021-05-31", "bo": "123",
                "cn": "A clinician", "is": "An authority"
            },
            "v": "0.1.0", "d": "2021-05-31"
        });
        self.add(
            "yellow-card",
            "a yellow card (ICVP), which has no identifier in it",
            "dsc",
            &suite.message("dsc", around(-6, &card))?,
            &[],
        )?;
        let ddcc = json!({
            "name": "Gabriele Musterfrau", "birthDate": "1998-02-26", "sex": "female",
            "certificate": {
                "issuer": {"identifier": {"value": "Ministry"}},
                "hcid": {"value": "DDCC-TESTVECTOR6"}, "version": "RC2"
            },
            "vaccination": {
                "vaccine": {"code": "1119349007", "system": "http://snomed.info/sct"},
                "brand": {"code": "EU/1/20/1528"}, "manufacturer": {"code": "ORG-100030215"},
                "lot": "123", "date": "2021-05-29", "dose": 1, "totalDoses": 2,
                "country": {"code": "XXX", "system": "urn:iso:std:iso:3166"},
                "disease": {"code": "840539006", "system": "http://snomed.info/sct"}
            }
        });
        self.add(
            "ddcc",
            "a DDCC of the WHO: hcid stands for ci, and vaccination.country for co",
            "dsc",
            &suite.message("dsc", around(3, &ddcc))?,
            &[
                (UCI, "hcid", "DDCC-TESTVECTOR6"),
                (COUNTRY_CODE_UCI, "iss + hcid", "XXDDCC-TESTVECTOR6"),
                (COUNTRY_CODE_UCI, "co + hcid", "XXXDDCC-TESTVECTOR6"),
            ],
        )?;
        self.add(
            "unreadable",
            "a number stands in the place of the DCC",
            "dsc",
            &suite.message("dsc", Claims::of(&json!(7)).bytes())?,
            &[],
        )
    }

    fn add_kids(&mut self, suite: &Suite) -> Result<(), Error> {
        let named: Named<'_> = &[
            (UCI, "ci", CI),
            (COUNTRY_CODE_UCI, "country + ci", &format!("XX{CI}")),
        ];
        let payload = Claims::of(&v()).bytes();
        let unsigned = suite.signed("dsc", Message::new(cbor::map(&[alg(-7)]), payload.clone()))?;
        let kid = self.kid.clone();
        self.add(
            "kid-unsigned",
            "the kid stands in the unprotected header",
            "dsc",
            &unsigned.clone().unprotected(&[kid_member(&kid)]),
            named,
        )?;
        self.add(
            "kid-exchanged",
            "kid-unsigned, in which somebody wrote another kid of the same key",
            "dsc-other-kid",
            &unsigned.unprotected(&[kid_member(OTHER_KID)]),
            named,
        )?;
        let header = cbor::map(&[alg(-7), kid_member(OTHER_KID)]);
        self.add(
            "kid-other",
            "the issuer signed another kid than that of its certificate",
            "dsc-other-kid",
            &suite.signed("dsc", Message::new(header, payload))?,
            named,
        )?;
        let mut entry = vaccination();
        entry["ci"] = json!(CI_ITALIAN);
        entry["co"] = json!("IT");
        let claims = Claims::of(&dcc_of(&json!({"v": [entry]}))).set(1, cbor::text("IT"));
        let header = cbor::map(&[alg(-7), kid_member(ITALIAN_KID)]);
        self.add(
            "italian",
            "a vaccination of Italy",
            "it",
            &suite.signed("dsc-2", Message::new(header, claims.bytes()))?,
            &[
                (UCI, "ci", CI_ITALIAN),
                (COUNTRY_CODE_UCI, "country + ci", &format!("IT{CI_ITALIAN}")),
            ],
        )
    }
}

pub fn to_json(certificate: &Certificate) -> String {
    let identifiers: Vec<_> = certificate
        .identifiers
        .iter()
        .map(|identifier| {
            let fields = [
                ("kind", json!(identifier.kind.code())),
                ("of", json!(identifier.of)),
                ("preimage", json!(hex(&identifier.preimage))),
                ("sha256", json!(hex(&identifier.hash()))),
            ];
            format!("        {}", object(&fields))
        })
        .collect();
    let head = object_lines(
        &[
            ("id", json!(certificate.id)),
            ("comment", json!(certificate.comment)),
            ("trust", json!(certificate.trust)),
            ("input", json!(certificate.input)),
        ],
        6,
    );
    let head = head.trim_end_matches("\n    }");
    format!(
        "{head},\n      \"identifiers\": [\n{}\n      ]\n    }}",
        identifiers.join(",\n")
    )
}

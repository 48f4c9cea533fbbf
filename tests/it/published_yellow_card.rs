//! Yellow cards and vaccine products as they were published.
//!
//! The data is not part of this repository: `HCERT_VECTORS` names its folder.

use hcert::crypto::PublicKey;
use hcert::format::Unverified;
use hcert::record::{Entry, Generation, ProductCatalogue};
use hcert::trust::{GdhcnAnchor, KeyUsage, Kid, TrustStore};
use hcert::verify::{Outcome, Policy, Verifier};
use hcert::{Date, Limits, Timestamp};
use hcert_testkit::published;

/// The key that the two refused cards name (kid 514b897309a3a093), as x and y:
/// it was in the list until 2025 (WorldHealthOrganization/tng-cdn-dev@150e7270,
/// `v2.0.0/trustlist/-/XCL/DSC`).
const FORMER_KEY: [&str; 2] = [
    "f7bf8289b5a23fe6da241786d3624b59fc302fd0bee8404637a52d308936692c",
    "1c8db4528edd4c458e98e08d79b815a1da6c9a11b819e1ec38bc61aa35973aba",
];

fn coordinate(hex: &str) -> [u8; 32] {
    core::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn published_cards_against_the_development_list() {
    let (cards, list) = (
        published::find("gdhcn/icvp-qr.json"),
        published::find("gdhcn/DEV/v2/trustlist/did.json"),
    );
    let mut builder = TrustStore::builder();
    let list = std::fs::read(list).unwrap();
    builder
        .add_gdhcn("DEV", &list, &GdhcnAnchor::dev())
        .unwrap();
    let trust = builder.build().0;
    let verifier = |policy: Policy| Verifier::with_policy(trust.clone(), policy.retrospective());
    let now = Timestamp::parse("2025-10-01T12:00:00Z").unwrap();
    let [x, y] = FORMER_KEY.map(coordinate);
    let key = PublicKey::from_p256_coordinates(&x, &y).unwrap();
    let kid = Kid::new([0x51, 0x4b, 0x89, 0x73, 0x09, 0xa3, 0xa0, 0x93]).unwrap();
    let mut builder = TrustStore::builder();
    builder
        .add_public_key("former", kid, key, Some("XL"), KeyUsage::ANY)
        .unwrap();
    let former = Verifier::new(builder.build().0);
    let cards = published::read_json(&cards).unwrap();
    let (mut verified, mut refused) = (0, 0);
    for card in cards.as_array().unwrap() {
        let text = card["qr"].as_str().unwrap();
        let verdict = verifier(Policy::default()).verify(text, now);
        if card["expected"] != "signature-valid" {
            // Their key has left the list since they were made.
            assert_eq!(verdict.outcome(), Outcome::Unascertained);
            assert_eq!(verdict.reason().unwrap().code(), "unknown-key");
            let verdict = former.verify(text, now);
            assert_eq!(verdict.outcome(), Outcome::Invalid);
            assert_eq!(verdict.reason().unwrap().code(), "bad-signature");
            assert!(verdict.signed_record().is_none());
            let unverified = Unverified::parse(text, &Limits::default()).unwrap();
            let mut keys = trust.iter().map(|key| key.public_key());
            assert!(keys.all(|key| unverified.authenticate(key).is_err()));
            refused += 1;
            continue;
        }
        assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
        let found = verdict.deviations().iter().map(|d| (d.code(), d.at()));
        let expected = [
            ("iss-form", "iss"),
            ("card-issuer", "v"),
            ("card-validity", "v.vls"),
            ("iss-country", "iss"),
            ("exp-missing", "exp"),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
        let [Entry::YellowCard(found)] = verdict.verified().unwrap().record().entries() else {
            unreachable!()
        };
        let stated = &card["hcert"]["-6"];
        assert_eq!(found.generation(), Generation::Icvp2025);
        assert_eq!(found.product(), stated["v"]["vp"].as_str().unwrap());
        assert_eq!(found.disease(), Some("1D47"));
        assert_eq!(found.valid_from(), Some(Date::parse("2017-12-21").unwrap()));
        let person = verdict.signed_record().unwrap().holder();
        assert_eq!(person.full_name(), stated["n"].as_str());
        assert_eq!(person.document().unwrap().kind(), Some("NI"));
        let strict = verifier(Policy::default().strict()).verify(text, now);
        assert_eq!(strict.reason().unwrap().code(), "strict");
        verified += 1;
    }
    assert_eq!((verified, refused), (1, 2));
}

/// Our code of the vaccine by the words of the published types and displays,
/// with all but letters and digits left out.
const VACCINES: [(&str, &str); 11] = [
    ("YellowFever", "YF"),
    ("PolioVaccineOralOPVTrivalent", "tOPV"),
    ("PolioVaccineOralOPVBivalentTypes1and3", "bOPV"),
    ("PolioVaccineOralOPVMonovalentType1", "mOPV1"),
    ("PolioVaccineOralOPVMonovalentType2", "mOPV2"),
    ("PolioVaccineOralOPVMonovalentType3", "mOPV3"),
    ("PolioVaccineNovelOralnOPVType2", "nOPV2"),
    ("PolioVaccineInactivatedIPV", "IPV"),
    ("PolioVaccineInactivatedSabinsIPV", "sIPV"),
    (
        "DiphtheriaTetanusPertussiswholecellHepatitisBHaemophilusinfluenzaetypebPolioInactivated",
        "DTwP-HepB-Hib-IPV",
    ),
    (
        "DiphtheriaTetanusPertussisacellularHepatitisBHaemophilusinfluenzaetypebPolioInactivated",
        "DTaP-HepB-Hib-IPV",
    ),
];

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn every_published_product_is_in_the_catalogue() {
    let file = published::find("icvp/products.json");
    let letters = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let catalogue = ProductCatalogue::builtin();
    let json = published::read_json(&file).unwrap();
    let products = json["products"].as_array().unwrap();
    for published in products {
        let id = published["id"].as_str().unwrap();
        let ours = catalogue.get(id).expect(id);
        assert_eq!(ours.scheme(), published["scheme"].as_str().unwrap());
        let Some(display) = published["display"].as_str() else {
            assert_eq!(ours.vaccine(), published["abbreviation"].as_str().unwrap());
            let name = published["commercial_name"].as_str().unwrap();
            let blanks = name.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(ours.name(), Some(blanks.as_str()));
            continue;
        };
        let (kind, _) = VACCINES
            .iter()
            .find(|(_, ours_is)| *ours_is == ours.vaccine())
            .unwrap();
        if let Some(stated) = published["vaccine_type"].as_str() {
            assert_eq!(*kind, stated, "{id}");
        }
        // The date before it is dd/mm/yyyy.
        assert!(letters(&display[10..]).starts_with(kind), "{id}");
        let display = display.to_lowercase();
        for part in [ours.name(), ours.manufacturer()].into_iter().flatten() {
            let word = part.split_whitespace().next().unwrap().to_lowercase();
            assert!(display.contains(&word), "{id}: {part}");
        }
        let is_yellow_fever = ours.vaccine() == "YF";
        assert_eq!(
            ours.disease(),
            if is_yellow_fever { "1D47" } else { "1C81" }
        );
    }
    assert_eq!(catalogue.iter().count(), products.len(), "and no other");
}

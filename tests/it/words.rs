//! What records say, in words.

use hcert::record::{
    Coding, HealthLink, HealthLinkKey, HealthLinkKind, Holder, IdentityDocument, Medication,
    PayloadKind, Record, Test, Vaccination, When, YellowCard,
};
use hcert::words::{Language, describe, payload_name};
use hcert::{Date, PartialDate};
use hcert_testkit::fixtures::*;
use serde_json::{Value, json};

fn words(record: &Record) -> Vec<(&'static str, String)> {
    let lines = describe(record, Language::English).into_iter();
    lines.map(|line| (line.label, line.text)).collect()
}

/// The texts under a label.
fn under(record: &Record, label: &str) -> Vec<String> {
    let lines = words(record).into_iter();
    let found = lines.filter(|(name, _)| *name == label);
    found.map(|(_, text)| text).collect()
}

fn test_of(kind: &str, result: &str) -> Record {
    let json = json!({
        "nam": {"fn": "Musterfrau", "gn": "Gabriele"}, "dob": "1998-02-26",
        "t": [{"tg": "840539006", "tt": kind, "sc": "2021-05-30T10:12:22Z", "tr": result,
        "co": "XX", "is": "Ministry of Health", "ci": "URN:UVCI:01:XX:0#0"}],
    });
    Record::from_json(&json.to_string()).unwrap()
}

fn lines(expected: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let owned = expected
        .iter()
        .map(|(label, text)| (*label, (*text).into()));
    owned.collect()
}

const ID: &str = "URN:UVCI:01:XX:B5921A35D6A0D696421B3E2462178297";

#[test]
fn each_record_of_a_dcc_in_words() {
    let holder = [
        ("Holder", "Gabriele Musterfrau-Gößinger"),
        ("In passports", "MUSTERFRAU<GOESSINGER<<GABRIELE"),
        ("Born", "1998-02-26"),
    ];
    let id = uvci();
    assert!(id.as_str().starts_with(ID));
    let issued = [
        ("Country", "XX"),
        ("Certified by", "Ministry of Health"),
        ("Identifier", id.as_str()),
    ];
    for (record, entry) in [
        (
            vaccination(),
            &[
                ("Vaccination", "against COVID-19 (840539006), dose 2 of 2"),
                ("Given on", "2021-05-29"),
                ("Vaccine", "SARS-CoV-2 mRNA vaccine (1119349007)"),
                ("Product", "Comirnaty (EU/1/20/1528)"),
                (
                    "Manufacturer",
                    "Biontech Manufacturing GmbH (ORG-100030215)",
                ),
            ][..],
        ),
        (
            test(),
            &[
                ("Test", "for COVID-19 (840539006): negative (not detected)"),
                ("Kind", "nucleic acid amplification, such as PCR"),
                ("Name", "A PCR test"),
                ("Sampled at", "2021-05-30T10:12:22Z"),
                ("Centre", "Testing centre 1"),
            ],
        ),
        (
            recovery(),
            &[
                ("Recovery", "from COVID-19 (840539006)"),
                ("First positive", "2021-04-21"),
                ("Holds from", "2021-05-02"),
                ("Holds until", "2021-10-18"),
            ],
        ),
    ] {
        let expected = [&holder[..], entry, &issued].concat();
        assert_eq!(words(&record), lines(&expected));
    }
}

fn yellow_card(product: &str) -> Record {
    let card = YellowCard::builder()
        .product(product)
        .date(Date::parse("2026-05-04").unwrap())
        .batch("A123")
        .clinician("Dr. A. Doctor")
        .centre("Centre 1")
        .issued_on(Date::parse("2026-05-05").unwrap())
        .build();
    let holder = Holder::with_full_name("Aulo Agerio", PartialDate::parse("1975-08-23").unwrap())
        .with_sex("male")
        .with_nationality("CHL")
        .with_document(IdentityDocument::new("X0000001", Some("PPN")));
    Record::new(holder, card.unwrap()).unwrap()
}

#[test]
fn a_yellow_card_in_words() {
    let against_yellow_fever = yellow_card("YellowFeverProductd8a09f80301dc05e124f99ffe7711fc0");
    let expected = [
        ("Holder", "Aulo Agerio"),
        ("Born", "1975-08-23"),
        ("Sex", "male"),
        ("Nationality", "CHL"),
        ("Document", "X0000001 (passport)"),
        ("Yellow card", "vaccination against Yellow fever (1D47)"),
        (
            "Product",
            "STAMARIL (YellowFeverProductd8a09f80301dc05e124f99ffe7711fc0)",
        ),
        ("Manufacturer", "Sanofi Pasteur"),
        ("Given on", "2026-05-04"),
        ("Batch", "A123"),
        ("Clinician", "Dr. A. Doctor"),
        ("Centre", "Centre 1"),
        ("Valid", "from 2026-05-14 on, for life"),
        ("Issued on", "2026-05-05"),
        ("Form", "of 2026, template 0.1.0"),
    ];
    assert_eq!(words(&against_yellow_fever), lines(&expected));
    // Without a name of its own a product has that of its vaccine.
    let product = "YellowFeverProductd2c75a15ed309658b3968519ddb31690";
    let nameless = yellow_card(product);
    let expected = format!("Yellow fever, live ({product})");
    assert_eq!(under(&nameless, "Product"), [expected]);
    let product = "PolioVaccineInactivatedSProduct0854d534a200bbeffa8be0f57dad584a";
    let against_polio = yellow_card(product);
    assert_eq!(
        under(&against_polio, "Valid"),
        ["from 2026-05-04 on, without an end"]
    );
    assert_eq!(
        under(&against_polio, "Yellow card"),
        ["vaccination against Poliomyelitis (1C81)"]
    );
}

#[test]
fn a_ddcc_in_words() {
    let code = |code, words| Coding::new(code).with_display(words);
    let born = PartialDate::parse("1998-02-26").unwrap();
    let holder = || Holder::with_full_name("Gabriele Musterfrau", born);
    let who = [("Holder", "Gabriele Musterfrau"), ("Born", "1998-02-26")];
    let vaccination = Vaccination::builder()
        .vaccine(code("XM68M6", "mRNA vaccine"))
        .product(code("XM8NQ0", "A brand"))
        .manufacturer(code("XM1", "A manufacturer"))
        .batch("PT123F")
        .dose_number(1)
        .date(Date::parse("2021-07-08").unwrap())
        .country("XXX")
        .issuer("Ministry of Health")
        .hcid("XX0001")
        .centre("Centre 1")
        .practitioner("P-1")
        .next_dose(Date::parse("2021-08-08").unwrap())
        .certificate_period(None, When::from(Date::parse("2022-07-08").unwrap()))
        .build_ddcc();
    let record = Record::ddcc(holder(), vaccination.unwrap()).unwrap();
    let expected = [
        ("Vaccination", "against COVID-19 (840539006), dose 1"),
        ("Given on", "2021-07-08"),
        ("Vaccine", "mRNA vaccine (XM68M6)"),
        ("Product", "A brand (XM8NQ0)"),
        ("Manufacturer", "A manufacturer (XM1)"),
        ("Batch", "PT123F"),
        ("Centre", "Centre 1"),
        ("Clinician", "P-1"),
        ("Next dose", "2021-08-08"),
        ("Holds until", "2022-07-08"),
        ("Country", "XXX"),
        ("Certified by", "Ministry of Health"),
        ("Identifier", "XX0001"),
    ];
    assert_eq!(words(&record), lines(&[&who[..], &expected].concat()));

    let test = Test::builder()
        .kind_coding(code("94563-4", "SARS-CoV-2 IgG").with_system(Coding::LOINC))
        .result_coding(code("260373001", "Detected").with_system(Coding::SNOMED_CT))
        .origin(code("119364003", "Serum specimen"))
        .sampled_on(Date::parse("2021-07-08").unwrap())
        .country("XXX")
        .issuer("Ministry of Health")
        .hcid("XX0002")
        .build_ddcc();
    let record = Record::ddcc(holder(), test.unwrap()).unwrap();
    let expected = [
        (
            "Test",
            "for antibodies, COVID-19 (840539006): antibodies detected",
        ),
        (
            "Meaning",
            "this test tells neither that there is an infection nor that there is none",
        ),
        ("Kind", "antibody test, IgG (94563-4)"),
        ("Sample of", "Serum specimen (119364003)"),
        ("Sampled on", "2021-07-08"),
        ("Country", "XXX"),
        ("Certified by", "Ministry of Health"),
        ("Identifier", "XX0002"),
    ];
    assert_eq!(words(&record), lines(&[&who[..], &expected].concat()));
}

#[test]
fn a_medication_overview_in_words() {
    let date = |text| PartialDate::parse(text).unwrap();
    let line = |code| Medication::builder(code).effective_from(date("2015-03"));
    let first = line("L02BG03").dosage("1 tablet once daily").build();
    let second = line("A10BA02").effective_until(date("2016")).build();
    let holder = Holder::with_full_name("Gabriele Musterfrau", date("1972-05-01"));
    let record = Record::medication(
        holder.with_sex("female"),
        vec![first.unwrap(), second.unwrap()],
    );
    let expected = [
        ("Holder", "Gabriele Musterfrau"),
        ("Born", "1972-05-01"),
        ("Sex", "female"),
        ("Medicine", "code L02BG03"),
        ("Dosage", "1 tablet once daily"),
        ("Taken from", "2015-03"),
        ("Medicine", "code A10BA02"),
        ("Taken from", "2015-03"),
        ("Taken until", "2016"),
    ];
    assert_eq!(words(&record.unwrap()), lines(&expected));
}

#[test]
fn a_health_link_in_words_keeps_its_key_and_its_path() {
    let key = || HealthLinkKey::new([7; 32]);
    let link = |kind, url| HealthLink::builder(kind, url, key());
    let smart = link(
        HealthLinkKind::Smart,
        "https://user:word@ehr.example.org:8443/m/s3cr3t?_id=7f3a#x",
    );
    let smart = smart
        .label("Patient summary")
        .expires_at(hcert::Timestamp::parse("2027-01-01T00:00:00Z").unwrap());
    let verifiable = link(HealthLinkKind::Verifiable, "https://ehr.example.org").passcode();
    let network = link(HealthLinkKind::Verifiable, "https://ehr.example.org?q");
    let links = [smart, verifiable, network].map(|link| link.build().unwrap());
    let record = Record::health_links(links.to_vec()).unwrap();
    let meaning = "points to a record elsewhere; nothing is fetched, and its key is not shown";
    let expected = [
        ("Health link", meaning),
        ("Label", "Patient summary"),
        ("Kind", "SMART Health Link"),
        ("Held at", "https://ehr.example.org:8443"),
        ("Access", "whoever has this code"),
        ("Holds until", "2027-01-01T00:00:00Z"),
        ("Health link", meaning),
        ("Kind", "Verifiable Health Link"),
        ("Held at", "https://ehr.example.org"),
        ("Access", "with this code and a passcode"),
        ("Health link", meaning),
        ("Kind", "Verifiable Health Link"),
        ("Held at", "https://ehr.example.org"),
        (
            "Access",
            "with this code, for participants of the trust network",
        ),
    ];
    assert_eq!(words(&record), lines(&expected));
}

#[test]
fn an_antibody_test_is_never_called_negative_or_positive() {
    for (code, kind) in [
        ("94563-4", "antibody test, IgG (94563-4)"),
        ("94508-9", "antibody test, IgM (94508-9)"),
        ("94562-6", "antibody test, IgA (94562-6)"),
        ("94762-2", "antibody test, of any class (94762-2)"),
    ] {
        for (result, said) in [
            ("260373001", "antibodies detected"),
            ("260415000", "no antibodies detected"),
            ("419984006", "inconclusive"),
            ("10828004", "result code 10828004"),
        ] {
            let record = test_of(code, result);
            let expected = format!("for antibodies, COVID-19 (840539006): {said}");
            assert_eq!(under(&record, "Test"), [expected]);
            assert_eq!(under(&record, "Kind"), [kind]);
            assert_eq!(under(&record, "Meaning").len(), 1);
            let all = format!("{:?}", words(&record)).to_lowercase();
            assert!(!all.contains("negative") && !all.contains("positive"));
        }
    }
}

#[test]
fn only_a_test_that_is_known_to_look_for_the_virus_is_negative_or_positive() {
    let said = |kind, result| under(&test_of(kind, result), "Test").remove(0);
    for kind in ["LP6464-4", "LP217198-3"] {
        assert!(said(kind, "260415000").ends_with(": negative (not detected)"));
        assert!(said(kind, "260373001").ends_with(": POSITIVE (detected)"));
        assert!(said(kind, "1").ends_with(": result code 1"));
    }
    // Codes that nobody knows.
    for kind in ["medical-exemption", "LP217201-5"] {
        assert!(said(kind, "260415000").ends_with(": not detected"));
        assert!(said(kind, "260373001").ends_with(": detected"));
        let kind = under(&test_of(kind, "260415000"), "Kind").remove(0);
        assert!(kind.starts_with("code "), "{kind}");
    }
}

#[test]
fn values_that_look_like_places_of_a_text_are_values() {
    let mut json: Value = serde_json::from_str(
        r#"{"nam": {"fn": "{0}", "fnt": "X"}, "dob": "1998-02", "r": [{"tg": "{1}", "fr": "2021-04-21",
        "df": "2021-05-02", "du": "2021-10-18", "co": "XX", "is": "{9}", "ci": "URN:UVCI:01:XX:0#0"}]}"#,
    )
    .unwrap();
    let record = Record::from_json(&json.to_string()).unwrap();
    assert_eq!(under(&record, "Holder"), ["{0}"]);
    assert_eq!(under(&record, "Recovery"), ["from code {1}"]);
    assert_eq!(under(&record, "Certified by"), ["{9}"]);
    assert_eq!(under(&record, "Born"), ["1998-02 (the day is not known)"]);
    for (born, said) in [
        ("1998", "1998 (month and day are not known)"),
        ("", "not known"),
    ] {
        json["dob"] = born.into();
        let record = Record::from_json(&json.to_string()).unwrap();
        assert_eq!(under(&record, "Born"), [said]);
    }
}

#[test]
fn a_line_shows_no_personal_data_in_debug() {
    let shown = format!("{:?}", describe(&vaccination(), Language::English));
    assert!(shown.contains("Holder") && !shown.contains("Gabriele"));
    assert!(!shown.contains("1998") && !shown.contains(ID));
}

#[test]
fn every_payload_has_a_name() {
    let names = PayloadKind::ALL.map(|kind| payload_name(kind, Language::English));
    let different: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(different.len(), PayloadKind::ALL.len());
}

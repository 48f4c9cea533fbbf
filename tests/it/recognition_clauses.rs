//! What the clauses of recognition policies ask for.

use ciborium::Value;
use hcert::PartialDate;
use hcert::record::{
    AntibodyClass, Coding, Holder, Record, Test, TestKind, TestResult, Vaccination, YellowCard,
};
use hcert::rules::Recognition;
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{holder_only, t, v, with};

use crate::policies::*;

// Tests.

#[test]
fn tests_by_device_code_result_and_least_age() {
    let at = "2021-06-10T12:00:00Z";
    let devices = |devices: &str| {
        policy(&format!(
            "[[tests]]\nkinds = ['antigen']\nmax_age_hours = 24\ndevices = {devices}"
        ))
    };
    let record = negative(TestKind::RapidAntigen);
    accepted(&devices("['1331', '1232']"), &record, at);
    refused(&devices("['1331']"), &record, at, &["test.0"]);
    let without = with(
        with(t(), "tt", Some(Value::from(Coding::RAPID_ANTIGEN))),
        "ma",
        None,
    );
    let without = read("t", without).unwrap();
    refused(
        &devices("['1232']"),
        &without,
        "2021-05-30T12:00:00Z",
        &["test.0"],
    );

    // A positive test of some time ago, as for a recovery.
    let positive = policy(
        "[[tests]]\nkinds = ['naat']\nresult = 'positive'\nmin_age_hours = 264\nmax_age_hours = 4320",
    );
    let record = tested(TestKind::Naat, TestResult::Positive);
    refused(&positive, &record, "2021-06-21T09:59:59Z", &["test.0"]);
    accepted(&positive, &record, "2021-06-21T10:00:00Z");
    refused(
        &positive,
        &negative(TestKind::Naat),
        "2021-07-01T00:00:00Z",
        &["test.0"],
    );

    let antibodies = policy(
        "[[tests]]\nkinds = ['antibody-igg']\nresult = 'antibodies-detected'\nmax_age_hours = 2160",
    );
    let tested = |class, result| tested(TestKind::Antibody(class), result);
    let detected = TestResult::AntibodiesDetected;
    accepted(&antibodies, &tested(AntibodyClass::IgG, detected), at);
    refused(
        &antibodies,
        &tested(AntibodyClass::IgM, detected),
        at,
        &["test"],
    );
    let none = tested(AntibodyClass::IgG, TestResult::AntibodiesNotDetected);
    refused(&antibodies, &none, at, &["test.0"]);

    let by_code = policy("[[tests]]\ncodes = ['94500-6']\nmax_age_hours = 48");
    accepted(&by_code, &negative(TestKind::Other("94500-6")), at);
    refused(&by_code, &negative(TestKind::Naat), at, &["test"]);
}

#[test]
fn tests_of_the_ddcc() {
    let ddcc = |kind: Coding, result: Coding, pathogen: Coding| {
        let test = Test::builder()
            .disease(pathogen)
            .kind_coding(kind)
            .result_coding(result)
            .sampled_at(time("2021-06-10T10:00:00Z"))
            .country(Coding::new("XXX").with_system("urn:iso:std:iso:3166"))
            .issuer("Ministry of Health")
            .hcid("XX1");
        let holder = Holder::with_full_name("X", PartialDate::Unknown);
        Record::ddcc(holder, test.build_ddcc().unwrap()).unwrap()
    };
    let of = |system: &str, code: &str| Coding::new(code).with_system(system);
    let icd = |code| of("http://id.who.int/icd11/mms", code);
    let (naat, negative) = (
        of(Coding::LOINC, Coding::NAAT),
        of(Coding::SNOMED_CT, Coding::NOT_DETECTED),
    );
    let (policy, at) = (policy_of_tests(), "2021-06-10T12:00:00Z");
    let record = ddcc(naat.clone(), negative.clone(), icd("XN109"));
    accepted(&policy, &record, at);
    let acceptance = would(&policy, &record, time(at));
    let fields: Vec<_> = acceptance.results()[2]
        .affected()
        .iter()
        .map(|a| a.field())
        .collect();
    assert_eq!(
        fields,
        ["test.pathogen", "test.type", "test.result", "test.date"]
    );

    refused(
        &policy,
        &ddcc(naat.clone(), negative.clone(), icd("1D47")),
        at,
        &["test.0"],
    );
    // The same codes of other systems.
    let other = |code| of("http://example.com/", code);
    let record = ddcc(naat.clone(), negative.clone(), other("XN109"));
    refused(&policy, &record, at, &["test.0"]);
    refused(
        &policy,
        &ddcc(naat, other(Coding::NOT_DETECTED), icd("XN109")),
        at,
        &["test.0"],
    );
    refused(
        &policy,
        &ddcc(other(Coding::NAAT), negative.clone(), icd("XN109")),
        at,
        &["test"],
    );
    let own = policy_with_code("http://example.com/|PCR");
    accepted(
        &own,
        &ddcc(other("PCR"), negative.clone(), icd("XN109")),
        at,
    );
    let bare = policy_with_code("PCR");
    refused(
        &bare,
        &ddcc(other("PCR"), negative, icd("XN109")),
        at,
        &["test"],
    );
}

fn policy_with_code(code: &str) -> Recognition {
    policy(&format!(
        "[[tests]]\ncodes = ['{code}']\nmax_age_hours = 48"
    ))
}

// Vaccinations.

#[test]
fn doses_boosters_and_exceptions() {
    let policy = policy(
        "[[vaccinations]]\nid = 'v'\nproduct_groups = ['who-listed']\nproducts = ['Abdala']\n\
         from_day = 14\nuntil_day = 270\n\
         booster = { from_day = 0, until_day = 'unlimited', three_of_three = true }\n\
         [[vaccinations.exceptions]]\nproducts = ['EU/1/20/1525']\nfrom_day = 28\n\
         [[vaccinations.exceptions]]\nproducts = ['Abdala']\n\
         booster = { from_day = 7, until_day = 'unlimited' }\n\
         [[vaccinations.exceptions]]\nproducts = ['EU/1/21/1529']\ncomplete = false\nmin_doses = 1\n",
    );
    let (v, comirnaty) = (["vaccination.v"], "EU/1/20/1528");
    // Day 13, 14, 270, 271.
    let record = vaccinated(comirnaty, 2, 2);
    refused(&policy, &record, "2021-06-23T12:00:00Z", &v);
    accepted(&policy, &record, "2021-06-24T12:00:00Z");
    accepted(&policy, &record, "2022-03-07T12:00:00Z");
    refused(&policy, &record, "2022-03-08T12:00:00Z", &v);
    // A booster counts at once and without end.
    for (dose, of) in [(3, 2), (2, 1), (3, 3), (4, 4)] {
        let record = vaccinated(comirnaty, dose, of);
        accepted(&policy, &record, "2021-06-10T00:00:00Z");
        accepted(&policy, &record, "2023-06-10T00:00:00Z");
        refused(&policy, &record, "2021-06-09T23:59:59Z", &v);
    }
    // Later, as the exception says; what it leaves out is that of the clause.
    let record = vaccinated("EU/1/20/1525", 1, 1);
    refused(&policy, &record, "2021-07-07T23:59:59Z", &v);
    accepted(&policy, &record, "2021-07-08T00:00:00Z");
    refused(&policy, &record, "2022-03-08T00:00:00Z", &v);
    accepted(
        &policy,
        &vaccinated("EU/1/20/1525", 2, 1),
        "2021-06-11T00:00:00Z",
    );
    // A series of three is no booster there.
    let record = vaccinated("Abdala", 3, 3);
    refused(&policy, &record, "2021-06-23T00:00:00Z", &v);
    accepted(&policy, &record, "2021-06-24T00:00:00Z");
    accepted(&policy, &vaccinated("Abdala", 4, 3), "2021-06-17T00:00:00Z");
    // One dose suffices of one product, and of no other.
    accepted(
        &policy,
        &vaccinated("EU/1/21/1529", 1, 2),
        "2021-06-24T00:00:00Z",
    );
    refused(
        &policy,
        &vaccinated(comirnaty, 1, 2),
        "2021-06-24T00:00:00Z",
        &v,
    );
}

#[test]
fn vaccinations_by_count_product_and_disease() {
    let at = "2021-07-01T00:00:00Z";
    let two = policy(
        "[[vaccinations]]\nany_product = true\nmin_doses = 2\nfrom_day = 0\nuntil_day = 'unlimited'",
    );
    accepted(&two, &vaccinated("Sputnik-V", 2, 2), at);
    refused(&two, &vaccinated("Sputnik-V", 1, 1), at, &["vaccination.0"]);
    let zero = with(
        with(v(), "dn", Some(Value::from(0))),
        "sd",
        Some(Value::from(0)),
    );
    let none =
        policy("[[vaccinations]]\nany_product = true\nfrom_day = 0\nuntil_day = 'unlimited'");
    if let Some(record) = read("v", zero) {
        refused(&none, &record, at, &["vaccination.0"]);
    }
    let other = policy(
        "[[vaccinations]]\nproducts = ['EU/1/20/1528']\ndiseases = ['yellow-fever']\nfrom_day = 0\nuntil_day = 1",
    );
    refused(
        &other,
        &vaccinated("EU/1/20/1528", 2, 2),
        "2021-06-10T00:00:00Z",
        &["vaccination.0"],
    );

    // A DDCC has codes of any system.
    let ddcc = |brand: Coding| {
        let dose = Vaccination::builder()
            .disease(Coding::new("RA01").with_system("http://id.who.int/icd/release/11/mms"))
            .vaccine(Coding::new("1119349007").with_system(Coding::SNOMED_CT))
            .product(brand)
            .manufacturer("ORG-100030215")
            .batch("A1")
            .dose(2, 2)
            .date(date("2021-06-10"))
            .country(Coding::new("XXX").with_system("urn:iso:std:iso:3166"))
            .issuer("Ministry of Health")
            .hcid("XX1")
            .build_ddcc();
        Record::ddcc(
            Holder::with_full_name("X", PartialDate::Unknown),
            dose.unwrap(),
        )
        .unwrap()
    };
    let listed =
        policy("[[vaccinations]]\nproduct_groups = ['who-listed']\nfrom_day = 14\nuntil_day = 270");
    accepted(&listed, &ddcc("EU/1/20/1528".into()), at);
    let foreign = Coding::new("EU/1/20/1528").with_system("http://example.com");
    refused(&listed, &ddcc(foreign), at, &["vaccination.0"]);
}

#[test]
fn days_are_those_of_the_offset() {
    let clause = "[[vaccinations]]\nany_product = true\nfrom_day = 14\nuntil_day = 15";
    let east = policy(&format!("utc_offset = '+09:00'\n{clause}"));
    let record = vaccinated("X", 2, 2);
    refused(&east, &record, "2021-06-23T14:59:59Z", &["vaccination.0"]);
    accepted(&east, &record, "2021-06-23T15:00:00Z");
    accepted(&east, &record, "2021-06-25T14:59:59Z");
    refused(&east, &record, "2021-06-25T15:00:00Z", &["vaccination.0"]);
    assert_eq!(east.valid().from, time("2020-12-31T15:00:00Z"));
    assert_eq!(east.valid().until, time("2023-12-31T15:00:00Z"));
    let west = policy(&format!("utc_offset = '-03:30'\n{clause}"));
    accepted(&west, &record, "2021-06-24T03:30:00Z");
    refused(&west, &record, "2021-06-24T03:29:59Z", &["vaccination.0"]);
}

// Recoveries, yellow cards, ages.

#[test]
fn recoveries() {
    let strict = policy("[[recoveries]]\nfrom_day = 7\nuntil_day = 365");
    let r = ["recovery.0"];
    // First positive on 2021-06-10; it states 2021-06-21 to 2021-12-07.
    refused(&strict, &recovered(), "2021-06-20T23:59:59Z", &r);
    accepted(&strict, &recovered(), "2021-06-21T00:00:00Z");
    accepted(&strict, &recovered(), "2021-12-07T23:59:59Z");
    refused(&strict, &recovered(), "2021-12-08T00:00:00Z", &r);
    let own =
        policy("[[recoveries]]\nfrom_day = 7\nuntil_day = 365\nignore_stated_validity = true");
    refused(&own, &recovered(), "2021-06-16T23:59:59Z", &r);
    accepted(&own, &recovered(), "2021-06-17T00:00:00Z");
    accepted(&own, &recovered(), "2022-06-10T23:59:59Z");
    refused(&own, &recovered(), "2022-06-11T00:00:00Z", &r);
}

#[test]
fn yellow_cards_hold_as_long_as_they_say() {
    let card = YellowCard::builder()
        .product("YellowFeverProductd2c75a15ed309658b3968519ddb31690")
        .date(date("2021-06-10"))
        .batch("A123")
        .clinician("Dr. A. Doctor")
        .centre("Institut of Example")
        .build();
    let holder = Holder::with_full_name("Aulo Agerio", PartialDate::parse("1975-08-23").unwrap())
        .with_sex("male")
        .with_nationality("CHL");
    let card = Record::new(holder, card.unwrap()).unwrap();
    let fever = policy("[[yellow_cards]]\ndiseases = ['yellow-fever']");
    let failed = ["certificate", "yellow-card.0"];
    refused(&fever, &card, "2021-06-19T23:59:59Z", &failed);
    accepted(&fever, &card, "2021-06-20T00:00:00Z");
    accepted(&fever, &card, "2023-12-31T23:59:59Z");
    let acceptance = would(&fever, &card, time("2022-01-01T00:00:00Z"));
    let clause = &acceptance.results()[2];
    assert_eq!(
        clause.description().get("en"),
        "yellow card against yellow fever, within its own validity"
    );
    assert_eq!(clause.affected()[0].field(), "vx.vp");

    let polio = policy("[[yellow_cards]]\ndiseases = ['poliomyelitis']");
    refused(&polio, &card, "2022-01-01T00:00:00Z", &["yellow-card.0"]);
    let narrow = policy("[[yellow_cards]]\ndiseases = ['1D47']\nfrom_day = 28\nuntil_day = 100");
    refused(&narrow, &card, "2021-07-07T23:59:59Z", &["yellow-card.0"]);
    accepted(&narrow, &card, "2021-07-08T00:00:00Z");
    refused(&narrow, &card, "2021-09-19T00:00:00Z", &["yellow-card.0"]);
    let products = policy("[[yellow_cards]]\ndiseases = ['yellow-fever']\nproducts = ['Other']");
    refused(&products, &card, "2022-01-01T00:00:00Z", &["yellow-card.0"]);

    // The authority of a card is its centre.
    let by = |name: &str| {
        let document = format!(
            "name = 'P'\nversion = '7'\ncountry = 'XX'\nvalid_from = 2021-01-01\nvalid_until = 2023-12-31\nissuers = [{{ authorities = ['{name}'] }}]\n[[yellow_cards]]\ndiseases = ['yellow-fever']"
        );
        Recognition::from_toml(&document).unwrap()
    };
    accepted(&by("Institut of Example"), &card, "2022-01-01T00:00:00Z");
    refused(
        &by("Institute of Example"),
        &card,
        "2022-01-01T00:00:00Z",
        &["issuer"],
    );
}

#[test]
fn ages_of_holders() {
    let exempt = policy(
        "[[exemptions]]\nunder_years = 12\n[[tests]]\nkinds = ['naat']\nmax_age_hours = 24\n[[vaccinations]]\nany_product = true\nfrom_day = 0\nuntil_day = 1\n",
    );
    let at = |born: &str, arrival: &str| {
        let dcc = with(holder_only(), "dob", Some(Value::from(born)));
        let dcc = with(dcc, "v", Some(Value::Array(vec![v()])));
        would(&exempt, &read_all(dcc).unwrap(), time(arrival)).is_accepted()
    };
    // The twelfth birthday.
    assert!(at("2009-07-01", "2021-06-30T23:59:59Z"));
    assert!(!at("2009-07-01", "2021-07-01T00:00:00Z"));
    // Of a part of a date the first day counts.
    assert!(at("2009-07", "2021-06-30T23:59:59Z"));
    assert!(!at("2009-07", "2021-07-01T00:00:00Z"));
    assert!(!at("2009", "2021-07-01T00:00:00Z"));
    assert!(at("2010", "2021-12-31T23:59:59Z"));
    assert!(!at("", "2021-07-01T00:00:00Z"));
    assert!(!at("2009-13", "2021-07-01T00:00:00Z"));
    // Born on a leap day; not born yet.
    assert!(at("2012-02-29", "2023-07-01T00:00:00Z"));
    assert!(!at("2022-01-01", "2021-07-01T00:00:00Z"));
    let leap = policy("[[exemptions]]\nunder_years = 11");
    let child = |arrival: &str| {
        let dcc = with(holder_only(), "dob", Some(Value::from("2012-02-29")));
        let dcc = with(dcc, "v", Some(Value::Array(vec![v()])));
        would(&leap, &read_all(dcc).unwrap(), time(arrival)).is_accepted()
    };
    assert!(child("2023-02-27T23:59:59Z"));
    assert!(!child("2023-02-28T00:00:00Z"));

    // A test that isn't negative exempts nobody.
    let child = |result: &str| {
        let entry = with(t(), "tr", Some(Value::from(result)));
        let dcc = with(holder_only(), "dob", Some(Value::from("2015-01-01")));
        let dcc = with(dcc, "t", Some(Value::Array(vec![entry])));
        would(&exempt, &read_all(dcc).unwrap(), NOW).is_accepted()
    };
    assert!(child(Coding::NOT_DETECTED));
    assert!(!child(Coding::DETECTED) && !child("260415001"));

    let clause = "[[tests]]\nkinds = ['naat']\nmax_age_hours = 24\nholder_from_years = 11\nholder_under_years = 12";
    let ages = policy(clause);
    let on = |born: &str| {
        let dcc = with(holder_only(), "dob", Some(Value::from(born)));
        let dcc = with(dcc, "t", Some(Value::Array(vec![t()])));
        // Two days after the test was taken would be too late.
        would(&ages, &read_all(dcc).unwrap(), time("2021-05-30T12:00:00Z")).is_accepted()
    };
    for (born, is_accepted) in [
        ("2010-05-30", true),
        ("2010-05-31", false),
        ("2009-05-31", true),
        ("2009-05-30", false),
        ("2010-05", false),
        ("2010-04", true),
        ("2009-05", false),
        ("2010", false),
    ] {
        assert_eq!(on(born), is_accepted, "{born}");
    }
}

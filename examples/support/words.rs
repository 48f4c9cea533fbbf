//! What a record says, in English.
//!
//! The codes are those that most certificates carry (eHealth Network, "Value
//! Sets for EU Digital COVID Certificates"). A code that is not among them is
//! shown as it stands: nothing is guessed.

use hcert::record::{Entry, Record, TestKind, TestResult, codes};
use hcert::{PartialDate, Timestamp};

const KNOWN: &[(&str, &str)] = &[
    (codes::COVID_19, "COVID-19"),
    ("1119349007", "SARS-CoV-2 mRNA vaccine"),
    ("1119305005", "SARS-CoV-2 antigen vaccine"),
    ("J07BX03", "COVID-19 vaccine"),
    ("EU/1/20/1507", "Spikevax"),
    ("EU/1/20/1525", "Jcovden"),
    ("EU/1/20/1528", "Comirnaty"),
    ("EU/1/21/1529", "Vaxzevria"),
    ("EU/1/21/1618", "Nuvaxovid"),
    ("ORG-100001417", "Janssen-Cilag International"),
    ("ORG-100001699", "AstraZeneca AB"),
    ("ORG-100030215", "Biontech Manufacturing GmbH"),
    ("ORG-100031184", "Moderna Biotech Spain S.L."),
    ("ORG-100032020", "Novavax CZ a.s."),
];

const UNREADABLE: &str = "not stated, or not readable";

/// Lines of a label and a text. The texts are the issuer's.
pub fn describe(record: &Record) -> Vec<(&'static str, String)> {
    let holder = record.holder();
    let joined = |names: [Option<&str>; 2], between: &str| {
        let names: Vec<_> = names
            .into_iter()
            .flatten()
            .filter(|n| !n.is_empty())
            .collect();
        names.join(between)
    };
    let mut lines = vec![
        (
            "Holder",
            stated(&joined([holder.given_name(), holder.family_name()], " ")),
        ),
        (
            "In passports",
            stated(&joined(
                [holder.standard_family_name(), holder.standard_given_name()],
                "<<",
            )),
        ),
        ("Born", birth(holder.born(), holder.born_text())),
    ];
    for entry in record.entries() {
        match entry {
            Entry::Vaccination(entry) => {
                let dose = match (entry.dose_number(), entry.dose_total()) {
                    (Some(number), Some(total)) => format!("dose {number} of {total}"),
                    _ => format!("dose {UNREADABLE}"),
                };
                let against = code(entry.disease());
                lines.push(("Vaccination", format!("against {against}, {dose}")));
                lines.push(("Given on", or_unreadable(entry.date())));
                lines.push(("Vaccine", code(entry.vaccine())));
                lines.push(("Product", code(entry.product())));
                lines.push(("Manufacturer", code(entry.manufacturer())));
            }
            Entry::Test(entry) => {
                let result = match entry.result() {
                    TestResult::Negative => "negative (not detected)".to_owned(),
                    TestResult::Positive => "POSITIVE (detected)".to_owned(),
                    TestResult::Inconclusive => "inconclusive".to_owned(),
                    TestResult::AntibodiesDetected => "antibodies detected".to_owned(),
                    TestResult::AntibodiesNotDetected => "no antibodies detected".to_owned(),
                    other => format!("result {}", code(other.code())),
                };
                lines.push(("Test", format!("for {}: {result}", code(entry.disease()))));
                lines.push((
                    "Kind",
                    match entry.kind() {
                        TestKind::Naat => "nucleic acid amplification, such as PCR".into(),
                        TestKind::RapidAntigen => "rapid antigen test".into(),
                        TestKind::Antibody(class) => {
                            format!("antibody test ({class:?}, {})", entry.kind_code())
                        }
                        other => code(other.code()),
                    },
                ));
                lines.extend(entry.name().map(|name| ("Name", name.to_owned())));
                lines.extend(entry.device().map(|device| ("Device", code(device))));
                lines.push(("Sampled at", or_unreadable(entry.sampled_at())));
                let result_at = |at: Timestamp| ("Result at", at.to_string());
                lines.extend(entry.resulted_at().map(result_at));
                lines.extend(entry.centre().map(|centre| ("Centre", centre.to_owned())));
            }
            Entry::Recovery(entry) => {
                lines.push(("Recovery", format!("from {}", code(entry.disease()))));
                let first = or_unreadable(entry.first_positive());
                lines.push(("First positive", first));
                let (from, until) = (entry.valid_from(), entry.valid_until());
                lines.push(("Holds from", or_unreadable(from)));
                lines.push(("Holds until", or_unreadable(until)));
            }
            _ => lines.push(("Entry", "of a kind that this program does not know".into())),
        }
        lines.push(("Country", stated(entry.country())));
        lines.push(("Certified by", stated(entry.issuer())));
        lines.push(("Identifier", stated(entry.id())));
    }
    lines
}

fn code(code: &str) -> String {
    match KNOWN.iter().find(|(known, _)| *known == code) {
        Some((_, words)) => format!("{words} ({code})"),
        None if code.is_empty() => UNREADABLE.into(),
        None => format!("code {code}"),
    }
}

fn stated(text: &str) -> String {
    if text.is_empty() { UNREADABLE } else { text }.into()
}

fn or_unreadable(value: Option<impl ToString>) -> String {
    value.map_or_else(|| UNREADABLE.into(), |value| value.to_string())
}

fn birth(born: PartialDate, written: &str) -> String {
    match born {
        PartialDate::Day(day) => day.to_string(),
        PartialDate::Month { .. } => format!("{born} (the day is not known)"),
        PartialDate::Year(_) => format!("{born} (month and day are not known)"),
        PartialDate::Unknown if written.is_empty() => "not known".into(),
        PartialDate::Unknown => format!("{written:?}, which is no date"),
    }
}

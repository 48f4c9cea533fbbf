//! A record as JSON.

use alloc::collections::BTreeSet;

use super::{
    AntibodyClass, CertificateDetails, Coding, Entry, HealthLink, Holder, Medication, PayloadKind,
    Record, Recovery, Test, TestKind, TestResult, Text, Vaccination, When, YellowCard,
};
use crate::codec::json::write::{Object, WriteJson, document};
use crate::deviation::Deviation;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl Record {
    /// The record as JSON, on one line: the document `record` of
    /// `test-vectors/verdict-schema.json`, which `docs/json.md` explains.
    ///
    /// All of it is personal data.
    ///
    /// ```
    /// use hcert::record::Record;
    /// let record = Record::from_json(r#"{"nam": {"fn": "Musterfrau", "fnt": "MUSTERFRAU"},
    ///     "dob": "1964-08-12", "r": [{"tg": "840539006", "fr": "2021-05-30", "df": "2021-06-10",
    ///     "du": "2021-11-26", "co": "AT", "is": "Ministry of Health", "ci": "URN:UVCI:01:AT:0#0"}]}"#)?;
    /// let json: serde_json::Value = serde_json::from_str(&record.to_json()).unwrap();
    /// assert_eq!(json["version"], 1);
    /// assert_eq!(json["entries"][0]["type"], "recovery");
    /// assert_eq!(json["entries"][0]["valid_until"], "2021-11-26");
    /// # Ok::<(), hcert::record::RecordError>(())
    /// ```
    pub fn to_json(&self) -> String {
        document(|object| self.write_members(object, &[]))
    }

    /// The deviations say what is stated and can't be read.
    pub(crate) fn write_members(&self, object: &mut Object<'_>, deviations: &[Deviation]) {
        let deviations = &Places::of(deviations);
        let mut unreadable = Vec::new();
        object.put("payload", self.payload.code());
        let version = stated(&self.schema_version);
        object.put("schema_version", &version);
        if self.version_unread && version.is_none() {
            unreadable.push("/schema_version".to_owned());
        }
        // A link has no holder but the one of the record behind it.
        match self.payload == PayloadKind::HealthLink && self.holder == Holder::default() {
            true => object.put("holder", &None::<&str>),
            false => object.object("holder", |object| {
                self.holder.write(&mut Members {
                    object,
                    pointer: "/holder".to_owned(),
                    index: None,
                    deviations,
                    unreadable: &mut unreadable,
                });
            }),
        }
        object.objects(
            "entries",
            self.entries.iter().enumerate(),
            |object, (index, entry)| {
                entry.write(&mut Members {
                    object,
                    pointer: format!("/entries/{index}"),
                    index: Some(index),
                    deviations,
                    unreadable: &mut unreadable,
                });
            },
        );
        object.list("unreadable", &unreadable);
    }
}

crate::codec::json::write::serialize_as_json!(Record);

/// Where a record departs: there may be thousands of places, and entries that
/// ask for them.
struct Places<'a>(BTreeSet<(Option<usize>, &'a str)>);

impl<'a> Places<'a> {
    fn of(deviations: &'a [Deviation]) -> Self {
        let all = deviations.iter().flat_map(|deviation| {
            let at = deviation.at();
            let rest = at.match_indices('.').filter_map(|(n, _)| at.get(n + 1..));
            let indices = at.split('[').skip(1).filter_map(|part| {
                let digits = part.split(']').next()?;
                digits.parse().ok().map(Some)
            });
            let of_all = (!at.contains('[')).then_some(None);
            let entries: Vec<Option<usize>> = indices.chain(of_all).collect();
            let names: Vec<&str> = rest.chain([at]).collect();
            let pairs = move |index| names.clone().into_iter().map(move |name| (index, name));
            entries.into_iter().flat_map(pairs)
        });
        Self(all.collect())
    }

    /// Of the record as a whole, or of that entry.
    fn has(&self, index: Option<usize>, place: &str) -> bool {
        self.0.contains(&(None, place)) || (index.is_some() && self.0.contains(&(index, place)))
    }
}

/// The members of a holder or an entry.
struct Members<'a, 'b> {
    object: &'a mut Object<'b>,
    pointer: String,
    index: Option<usize>,
    deviations: &'a Places<'a>,
    unreadable: &'a mut Vec<String>,
}

impl Members<'_, '_> {
    /// A member that a record may have, and the places in payloads at which it
    /// stands.
    fn optional(&mut self, name: &str, places: &[&str], value: Option<impl WriteJson>) {
        if value.is_none() && self.departs(places) {
            self.note(name);
        }
        self.object.put(name, &value);
    }

    /// A member that a record has to have.
    fn required(&mut self, name: &str, value: Option<impl WriteJson>) {
        if value.is_none() {
            self.note(name);
        }
        self.object.put(name, &value);
    }

    fn note(&mut self, name: &str) {
        self.unreadable.push(format!("{}/{name}", self.pointer));
    }

    fn departs(&self, places: &[&str]) -> bool {
        let mut places = places.iter();
        places.any(|place| self.deviations.has(self.index, place))
    }
}

fn stated(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn coded(coding: &Coding) -> Option<&Coding> {
    Some(coding).filter(|coding| !coding.is_empty())
}

fn bare(code: &Text) -> Option<Coding> {
    stated(code).map(Coding::from)
}

impl WriteJson for Coding {
    fn write_json(&self, out: &mut String) {
        crate::codec::json::write::object(out, |object| {
            object.put("code", self.code());
            object.put("system", &self.system());
            object.put("display", &self.display());
        });
    }
}

impl WriteJson for When {
    fn write_json(&self, out: &mut String) {
        match self {
            Self::Date(date) => date.write_json(out),
            Self::Instant(time) => time.write_json(out),
        }
    }
}

impl Holder {
    fn write(&self, members: &mut Members<'_, '_>) {
        members.optional("full_name", &["n", "name"], self.full_name());
        members.optional("family_name", &["nam.fn"], self.family_name());
        members.optional(
            "standard_family_name",
            &["nam.fnt"],
            self.standard_family_name(),
        );
        members.optional("given_name", &["nam.gn"], self.given_name());
        members.optional(
            "standard_given_name",
            &["nam.gnt"],
            self.standard_given_name(),
        );
        let born = Some(self.born()).filter(|born| born.range().is_some());
        match stated(self.born_text()) {
            Some(_) => members.required("born", born),
            None => members.optional("born", &["dob", "birthDate"], born),
        }
        members.object.put("born_text", &stated(self.born_text()));
        members.optional("sex", &["s", "sex", "sex.code"], self.sex());
        members.optional("nationality", &["nt", "ntl"], self.nationality());
        let places = ["id", "nid", "identifier", "identifier.value"];
        let document = self.document();
        members.optional("document_number", &places, document.map(|d| d.number()));
        let kind = document.and_then(|document| document.kind());
        members.optional("document_kind", &["dt", "ndt"], kind);
        members.optional("guardian", &["gn"], self.guardian());
    }
}

impl Entry {
    fn write(&self, members: &mut Members<'_, '_>) {
        let (kind, write): (_, &dyn Fn(&mut Members<'_, '_>)) = match self {
            Self::Vaccination(entry) => ("vaccination", &|members| entry.write(members)),
            Self::Test(entry) => ("test", &|members| entry.write(members)),
            Self::Recovery(entry) => ("recovery", &|members| entry.write(members)),
            Self::YellowCard(entry) => ("yellow-card", &|members| entry.write(members)),
            Self::Medication(entry) => ("medication", &|members| entry.write(members)),
            Self::HealthLink(entry) => ("health-link", &|members| entry.write(members)),
        };
        members.object.put("type", kind);
        write(members);
    }
}

impl Vaccination {
    fn write(&self, members: &mut Members<'_, '_>) {
        members.optional("disease", &["tg", "disease"], coded(self.disease_coding()));
        members.optional("vaccine", &["vp", "vaccine"], coded(self.vaccine_coding()));
        members.optional("product", &["mp", "brand"], coded(self.product_coding()));
        members.optional(
            "manufacturer",
            &["ma", "manufacturer"],
            coded(self.manufacturer_coding()),
        );
        members.optional(
            "authorisation_holder",
            &["maholder", "ma_holder"],
            coded(self.authorisation_holder()),
        );
        members.optional("dose_number", &["dn", "dose"], self.dose_number());
        members.optional(
            "dose_total",
            &["sd", "totalDoses", "total_doses"],
            self.dose_total(),
        );
        members.required("date", self.date());
        members.optional("country", &["co", "country"], coded(self.country_coding()));
        members.optional("issuer", &["is", "issuer", "pha"], stated(self.issuer()));
        members.required("id", stated(self.id()));
        members.optional("batch", &["lot"], self.batch());
        members.optional("centre", &["centre"], self.centre());
        members.optional("practitioner", &["practitioner", "hw"], self.practitioner());
        members.optional(
            "valid_from",
            &["validFrom", "vaccine_valid"],
            self.valid_from(),
        );
        members.optional("next_dose", &["nextDose", "due_date"], self.next_dose());
        self.certificate().write(members);
    }
}

impl CertificateDetails {
    /// A bound that can't be read is an error of the whole content.
    fn write(&self, members: &mut Members<'_, '_>) {
        members.optional("certificate_kid", &["certificate.kid"], self.kid());
        let places = ["certificate.ddccid", "certificate.ddccid.value"];
        members.optional("ddcc_id", &places, self.ddcc_id());
        members
            .object
            .put("certificate_valid_from", &self.valid_from());
        members
            .object
            .put("certificate_valid_until", &self.valid_until());
    }
}

impl Test {
    fn write(&self, members: &mut Members<'_, '_>) {
        members.optional("disease", &["tg", "pathogen"], coded(self.disease_coding()));
        members.object.put("kind", kind_name(self.kind()));
        members.optional("kind_code", &["tt", "type"], coded(self.kind_coding()));
        members.optional("name", &["nm"], self.name());
        members.optional("device", &["ma"], self.device());
        match self.sampled_on() {
            Some(_) => members.object.put("sampled_at", &self.sampled_at()),
            None => members.required("sampled_at", self.sampled_at()),
        }
        members.object.put("sampled_on", &self.sampled_on());
        members.optional("resulted_at", &["dr"], self.resulted_at());
        members.object.put("result", result_name(self.result()));
        members.optional(
            "result_code",
            &["tr", "result"],
            coded(self.result_coding()),
        );
        let centre = self.centre_coding().and_then(coded);
        members.optional("centre", &["tc", "centre"], centre);
        members.optional("country", &["co", "country"], coded(self.country_coding()));
        members.optional("issuer", &["is", "issuer", "pha"], stated(self.issuer()));
        members.required("id", stated(self.id()));
        members.optional("brand", &["brand"], coded(self.brand()));
        members.optional(
            "manufacturer",
            &["manufacturer"],
            coded(self.manufacturer()),
        );
        members.optional("origin", &["origin"], coded(self.origin()));
        self.certificate().write(members);
    }
}

const fn kind_name(kind: TestKind<'_>) -> &'static str {
    match kind {
        TestKind::Naat => "naat",
        TestKind::RapidAntigen => "antigen-rapid",
        TestKind::Antigen => "antigen",
        TestKind::Antibody(AntibodyClass::IgA) => "antibody-iga",
        TestKind::Antibody(AntibodyClass::IgG) => "antibody-igg",
        TestKind::Antibody(AntibodyClass::IgM) => "antibody-igm",
        TestKind::Antibody(AntibodyClass::Total) => "antibody-total",
        TestKind::Antibody(AntibodyClass::Panel) => "antibody-panel",
        TestKind::Other(_) => "other",
    }
}

const fn result_name(result: TestResult<'_>) -> &'static str {
    match result {
        TestResult::Negative => "negative",
        TestResult::Positive => "positive",
        TestResult::Inconclusive => "inconclusive",
        TestResult::AntibodiesDetected => "antibodies-detected",
        TestResult::AntibodiesNotDetected => "antibodies-not-detected",
        TestResult::Detected => "detected",
        TestResult::NotDetected => "not-detected",
        TestResult::Other(_) => "other",
    }
}

impl Recovery {
    fn write(&self, members: &mut Members<'_, '_>) {
        members.required("disease", bare(&self.disease));
        members.required("first_positive", self.first_positive());
        members.required("valid_from", self.valid_from());
        members.required("valid_until", self.valid_until());
        members.required("country", bare(&self.country));
        members.required("issuer", stated(self.issuer()));
        members.required("id", stated(self.id()));
    }
}

impl YellowCard {
    fn write(&self, members: &mut Members<'_, '_>) {
        members.object.put("generation", self.generation().code());
        members.required("product", stated(self.product()));
        members.object.put("product_name", &self.product_name());
        members.optional("disease", &["tg"], self.disease());
        members.optional("manufacturer", &["ma"], self.manufacturer());
        members.optional("manufacturer_id", &["mid"], self.manufacturer_id());
        members.optional("trade_item", &["mp"], self.trade_item());
        members.optional("dose", &["dn"], self.dose());
        members.required("date", self.date());
        members.required("batch", stated(self.batch()));
        members.optional("clinician", &["cn"], self.clinician());
        members.optional("centre", &["is"], self.centre());
        members.object.put("valid_from", &self.valid_from());
        members.object.put("valid_until", &self.valid_until());
        let (from, until) = self.stated_validity();
        let mut bound = |name, bound, is_unread| match is_unread {
            true => members.required(name, bound),
            false => members.object.put(name, &bound),
        };
        bound("stated_from", from, self.unread_from);
        bound("stated_until", until, self.unread_until);
        // The version of the template stands beside the dose.
        members.optional("template", &["v"], self.template());
        members.optional("issued_on", &["d"], self.issued_on());
    }
}

impl Medication {
    fn write(&self, members: &mut Members<'_, '_>) {
        members.required("medicine", stated(self.medicine()));
        members.optional("effective_from", &["es"], self.effective_from());
        members.optional("effective_until", &["ee"], self.effective_until());
        members.optional("asserted_on", &["da"], self.asserted_on());
        members.optional("dosage", &["d"], self.dosage());
        members.optional("reason", &["r"], self.reason());
        members.optional("adherence", &["a"], self.adherence());
    }
}

impl HealthLink {
    /// The link holds the key, which has no member of its own.
    fn write(&self, members: &mut Members<'_, '_>) {
        members.object.put("kind", self.kind().code());
        members.object.put("uri", self.uri());
        members.object.put("viewer", &self.viewer());
        members.object.put("url", self.url());
        members.object.put("expires_at", &self.expires_at());
        members.optional("flags", &["flag"], stated(self.flags()));
        members.optional("label", &["label"], self.label());
        members.required("protocol_version", self.version());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::TestKinds;

    #[test]
    fn a_kind_of_test_has_its_name_in_the_table() {
        let table = |name: &str| {
            let text = format!("kinds\t2026\tx\ntest\ta:\t1\t{name}\n");
            TestKinds::from_tsv(&text).is_ok_and(|kinds| {
                let coding = Coding::new("1").with_system("a:");
                kind_name(kinds.kind_of(&coding)) == name
            })
        };
        for name in ["naat", "antigen-rapid", "antigen"] {
            assert!(table(name), "{name}");
        }
        for class in ["iga", "igg", "igm", "total", "panel"] {
            assert!(table(&format!("antibody-{class}")), "{class}");
        }
    }
}

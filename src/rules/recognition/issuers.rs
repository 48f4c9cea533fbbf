//! Whom a policy recognises.

use super::error::RecognitionError as Error;
use super::names::Sort;
use super::read::Table;
use crate::record::Entry;
use crate::record::translit::transliterate;
use crate::rules::{Period, country};
use crate::trust::TrustedKey;

pub(super) const MEMBERS: &[&str] = &[
    "domains",
    "participants",
    "countries",
    "authorities",
    "records",
];

/// What is known of the key that signed a certificate, from the trust list, and
/// of the certificate besides its record.
///
/// ```
/// use hcert::rules::IssuerFacts;
/// let issuer = IssuerFacts::default()
///     .with_country("ES")
///     .with_participant("DCC", "ESP");
/// assert_eq!(issuer.country(), Some("ES"));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IssuerFacts<'a> {
    country: Option<&'a str>,
    domain: Option<&'a str>,
    participant: Option<&'a str>,
    pub(super) validity: Option<Period>,
}

impl<'a> IssuerFacts<'a> {
    /// What a trust store says of the key.
    ///
    /// In the WHO's network the country is that of the participant, for whom
    /// the WHO vouches, and not what the participant's certificate says.
    pub fn of(key: &'a TrustedKey) -> Self {
        match key.gdhcn() {
            Some(origin) => Self::default()
                .with_country(origin.participant())
                .with_participant(origin.domain(), origin.participant()),
            None => Self::default().with_country(key.country().unwrap_or_default()),
        }
    }

    /// The country, ISO 3166-1 alpha-2; alpha-3 is looked up. What is neither
    /// is not known.
    #[must_use]
    pub fn with_country(mut self, country: &'a str) -> Self {
        self.country = country::code(country);
        self
    }

    /// The domain and the participant of the WHO's network, such as `DCC` and
    /// `ESP`; nothing, or `-`, is not known.
    #[must_use]
    pub fn with_participant(mut self, domain: &'a str, participant: &'a str) -> Self {
        let known = |text: &'a str| Some(text).filter(|text| !text.is_empty() && *text != "-");
        (self.domain, self.participant) = (known(domain), known(participant));
        self
    }

    /// When the certificate is valid, by `iat`, `nbf` and `exp`. Without this
    /// only what the record states counts.
    #[must_use]
    pub fn with_validity(mut self, period: Period) -> Self {
        self.validity = Some(period);
        self
    }

    /// The country, if it is known.
    pub fn country(&self) -> Option<&'a str> {
        self.country
    }

    /// The trust domain, if it is known.
    pub fn domain(&self) -> Option<&'a str> {
        self.domain
    }

    /// The participant of the WHO's network, if it is known.
    pub fn participant(&self) -> Option<&'a str> {
        self.participant
    }
}

/// Issuers: all that it says has to hold.
#[derive(Debug)]
pub(super) struct Row {
    domains: Vec<String>,
    participants: Vec<String>,
    countries: Vec<String>,
    authorities: Vec<String>,
    records: Vec<Sort>,
}

/// Whether an issuer is one of a row.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Belongs {
    Yes,
    No,
    /// Not known is what.
    Unknown(&'static str),
}

/// How the name of an authority is compared.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Spelling {
    Exact,
    Any,
}

/// What of a name is read: letters and digits, without marks, in capitals, as
/// far as a transliteration is known. Precomposed letters and combining marks,
/// blanks of all kinds and characters that are not seen make no difference.
fn likeness(name: &str) -> String {
    let is_mark = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    let letters = |c: &char| c.is_alphabetic() || is_mark(*c);
    let letters: String = name.chars().filter(letters).collect();
    let mut out = match transliterate(&letters) {
        Ok(known) => known.replace('<', ""),
        Err(_) => letters.to_uppercase(),
    };
    out.extend(name.chars().filter(|c| c.is_numeric()));
    out
}

impl Row {
    pub fn read(table: &Table<'_>) -> Result<Self, Error> {
        let capitals = |count: usize| {
            move |text: &str| {
                let is_code = text.len() == count && text.bytes().all(|b| b.is_ascii_uppercase());
                is_code.then(|| text.to_owned())
            }
        };
        let domain = |text: &str| {
            let is_letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
            (text != "-" && text.bytes().all(is_letter)).then(|| text.to_owned())
        };
        let row = Self {
            domains: table
                .list("domains", "a trust domain, such as DCC", domain)?
                .unwrap_or_default(),
            participants: table
                .list(
                    "participants",
                    "three capital letters, such as ESP",
                    capitals(3),
                )?
                .unwrap_or_default(),
            countries: table
                .list(
                    "countries",
                    "two capital letters (ISO 3166-1 alpha-2)",
                    capitals(2),
                )?
                .unwrap_or_default(),
            authorities: table
                .list("authorities", "a text", |text| Some(text.to_owned()))?
                .unwrap_or_default(),
            records: table
                .list("records", Sort::EXPECTED, Sort::parse)?
                .unwrap_or_default(),
        };
        let lists = [
            &row.domains,
            &row.participants,
            &row.countries,
            &row.authorities,
        ];
        if lists.into_iter().all(Vec::is_empty) {
            let at = table.path().to_owned();
            return Err(Error::Empty { at });
        }
        Ok(row)
    }

    /// The conditions that a certificate is held against, with what is known.
    fn conditions<'r>(
        &'r self,
        facts: &IssuerFacts<'r>,
        entry: &'r Entry,
    ) -> impl Iterator<Item = (&'static str, &'r [String], Option<&'r str>)> {
        [
            ("domain", &self.domains, facts.domain),
            ("participant", &self.participants, facts.participant),
            ("country", &self.countries, facts.country),
            ("authority", &self.authorities, authority(entry)),
        ]
        .into_iter()
        .filter(|(_, wanted, _)| !wanted.is_empty())
        .map(|(name, wanted, fact)| (name, wanted.as_slice(), fact))
    }

    /// Whether the issuer is one of the row. One that a policy recognises has
    /// to be named to the letter; one that it doesn't is meant in every spelling
    /// that reads the same.
    pub fn has<'r>(
        &'r self,
        facts: &IssuerFacts<'r>,
        entry: &'r Entry,
        spelling: Spelling,
    ) -> Belongs {
        let sort = Sort::of(entry);
        if !self.records.is_empty() && sort.is_none_or(|sort| !self.records.contains(&sort)) {
            return Belongs::No;
        }
        let mut out = Belongs::Yes;
        for (name, wanted, fact) in self.conditions(facts, entry) {
            let is_wanted = |fact: &str| match name {
                "country" => wanted
                    .iter()
                    .any(|wanted| wanted.eq_ignore_ascii_case(fact)),
                "authority" if spelling == Spelling::Any => wanted
                    .iter()
                    .any(|wanted| likeness(wanted) == likeness(fact)),
                _ => wanted.iter().any(|wanted| wanted == fact),
            };
            match fact.map(is_wanted) {
                Some(true) => {}
                Some(false) => return Belongs::No,
                None if out == Belongs::Yes => out = Belongs::Unknown(name),
                None => {}
            }
        }
        out
    }

    /// Which facts it looks at.
    pub fn looks_at(&self, name: &str) -> bool {
        !match name {
            "domain" => self.domains.is_empty(),
            "participant" => self.participants.is_empty(),
            "country" => self.countries.is_empty(),
            _ => self.authorities.is_empty(),
        }
    }

    pub fn words(&self) -> String {
        let part = |name: &str, many: &str, items: &[String]| match items {
            [] => None,
            [one] => Some(format!("{name} {one}")),
            items if items.len() <= 10 => Some(format!("{many} {}", items.join(", "))),
            items => Some(format!("one of {} {many}", items.len())),
        };
        let parts = [
            part("domain", "domains", &self.domains),
            part("participant", "participants", &self.participants),
            part("country", "countries", &self.countries),
            part("authority", "authorities", &self.authorities),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        let records: Vec<_> = self.records.iter().map(|sort| sort.name()).collect();
        match records.is_empty() {
            true => parts.join(", "),
            false => format!("{} (for {})", parts.join(", "), records.join(", ")),
        }
    }
}

/// The body that issued the certificate, in its own words.
pub(super) fn authority(entry: &Entry) -> Option<&str> {
    let name = match entry {
        Entry::YellowCard(card) => card.centre().unwrap_or_default(),
        other => other.issuer(),
    };
    Some(name).filter(|name| !name.is_empty())
}

//! Whom a policy recognises.

use super::error::RecognitionError as Error;
use super::names::Sort;
use super::read::Table;
use crate::record::Entry;
use crate::record::translit::transliterate;
use crate::rules::{Period, country};
use crate::trust::TrustedKey;
use crate::verify::Verified;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

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
    /// What a trust store says of the key in this listing. It may have others:
    /// [`Verified::listings`].
    ///
    /// In the WHO's network the country is that of the participant, for whom
    /// the WHO vouches, and not what the participant's certificate says.
    pub fn of(key: &'a TrustedKey) -> Self {
        let facts = Self::default().with_country(key.country().unwrap_or_default());
        match key.gdhcn() {
            Some(origin) => facts.with_participant(origin.domain(), origin.participant()),
            None => facts,
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

    fn get(&self, name: &str) -> Option<&'a str> {
        match name {
            "domain" => self.domain,
            "participant" => self.participant,
            "country" => self.country,
            _ => None,
        }
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

/// What is known of an issuer by all listings of its key.
///
/// No listing is better than another: their order, and the kid that leads to
/// one of them, need not be signed. So each of them that vouches for the
/// certificate can make it recognised, for as long as its certificate is valid,
/// and each of them at all can make it not recognised.
pub(super) struct Issuers<'a> {
    pub vouching: Vec<(IssuerFacts<'a>, Period)>,
    others: Vec<IssuerFacts<'a>>,
}

impl<'a> Issuers<'a> {
    pub fn of(verified: &'a Verified) -> Self {
        let vouching = verified.listings().map(|listing| {
            let valid = super::validity::validity(verified, listing);
            (IssuerFacts::of(listing), valid)
        });
        Self {
            vouching: vouching.collect(),
            others: verified.other_listings().map(IssuerFacts::of).collect(),
        }
    }

    pub fn one(facts: IssuerFacts<'a>, valid: Period) -> Self {
        Self {
            vouching: vec![(facts, valid)],
            others: Vec::new(),
        }
    }

    pub fn all(&self) -> impl Iterator<Item = &IssuerFacts<'a>> {
        let vouching = self.vouching.iter().map(|(facts, _)| facts);
        vouching.chain(&self.others)
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
                    |text| capitals(2)(text).map(|code| country::own_code(&code)),
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

    /// Whether the issuer is one of the row, to the letter.
    pub fn has<'r>(&'r self, facts: &IssuerFacts<'r>, entry: &'r Entry) -> Belongs {
        self.has_or(facts, entry, Spelling::Exact, |_, _| None)
    }

    /// The same where it would be the worse for the issuer: what a listing
    /// doesn't tell, another one may, and every spelling is meant that reads
    /// the same.
    pub fn may_have<'r>(
        &'r self,
        facts: &IssuerFacts<'r>,
        issuers: &Issuers<'r>,
        entry: &'r Entry,
    ) -> Belongs {
        self.has_or(facts, entry, Spelling::Any, |name, is_wanted| {
            let told = issuers.all().filter_map(|facts| facts.get(name));
            told.map(is_wanted).reduce(|a, b| a || b)
        })
    }

    /// What is not known of the issuer is asked of `otherwise`.
    fn has_or<'r>(
        &'r self,
        facts: &IssuerFacts<'r>,
        entry: &'r Entry,
        spelling: Spelling,
        otherwise: impl Fn(&'static str, &dyn Fn(&str) -> bool) -> Option<bool>,
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
            match fact.map(is_wanted).or_else(|| otherwise(name, &is_wanted)) {
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
    match entry {
        Entry::YellowCard(card) => card.centre().filter(|name| !name.is_empty()),
        other => other.issuer(),
    }
}

//! The yellow card: the International Certificate of Vaccination or
//! Prophylaxis (International Health Regulations, annex 6), as the WHO's
//! DVCMin and ICVPMin payloads carry it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use super::{Coding, ProductCatalogue};
use crate::Date;

/// The version of the certificate's template that is issued: the one that
/// smart-trust-phw fixes for the certificate (`DVC.fsh`, `version`).
pub(crate) const TEMPLATE: &str = "0.1.0";

/// Which of the three payloads of the yellow card it is; they are not
/// compatible with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Generation {
    /// The digital vaccination certificate of 2024 (`v` with `dn`, `tg`, `ma`),
    /// as the WHO's gdhcn-validator reads it.
    Dvc2024,
    /// smart-icvp 0.3.0 (`v` without them).
    Icvp2025,
    /// smart-trust-phw and smart-icvp of 2026 (`vx`): what is issued.
    #[default]
    Icvp2026,
}

impl Generation {
    /// A stable identifier: the year.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dvc2024 => "2024",
            Self::Icvp2025 => "2025",
            Self::Icvp2026 => "2026",
        }
    }
}

/// One vaccination or prophylaxis of a yellow card.
///
/// ```
/// use hcert::{Date, PartialDate, record::{Holder, Record, YellowCard}};
/// let card = YellowCard::builder()
///     .product("YellowFeverProductd2c75a15ed309658b3968519ddb31690")
///     .date(Date::parse("2026-05-04")?)
///     .batch("A123")
///     .clinician("Dr. A. Doctor")
///     .build()?;
/// assert_eq!(card.disease(), Some("1D47"));
/// assert_eq!(card.valid_from(), Some(Date::parse("2026-05-14")?));
/// assert_eq!(card.valid_until(), None, "for life");
/// let holder = Holder::with_full_name("Aulo Agerio", PartialDate::parse("1975-08-23")?)
///     .with_sex("male")
///     .with_nationality("CHL");
/// let record = Record::new(holder, card)?;
/// # let _ = record;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Default)]
pub struct YellowCard {
    pub(crate) generation: Generation,
    pub(crate) product: String,
    pub(crate) product_name: Option<String>,
    pub(crate) disease: Option<String>,
    pub(crate) manufacturer: Option<String>,
    pub(crate) manufacturer_id: Option<String>,
    pub(crate) trade_item: Option<String>,
    pub(crate) dose: Option<String>,
    pub(crate) date: Option<Date>,
    pub(crate) batch: String,
    pub(crate) clinician: Option<String>,
    pub(crate) centre: Option<String>,
    pub(crate) stated_from: Option<Date>,
    pub(crate) stated_until: Option<Date>,
    /// Whether the card states one that can't be read.
    pub(crate) unread_from: bool,
    pub(crate) unread_until: bool,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_until: Option<Date>,
    pub(crate) template: Option<String>,
    pub(crate) issued_on: Option<Date>,
}

impl YellowCard {
    /// Begins a card of the form of 2026.
    pub fn builder() -> YellowCardBuilder {
        YellowCardBuilder(Self {
            template: Some(TEMPLATE.into()),
            ..Self::default()
        })
    }

    /// Which payload it was read from.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// What was given (`vp`): a product's identifier, of either scheme of the
    /// catalogue. In the form of 2024 the code of a class of vaccines in
    /// ICD-11.
    pub fn product(&self) -> &str {
        &self.product
    }

    /// The product's commercial name, from the catalogue.
    pub fn product_name(&self) -> Option<&str> {
        self.product_name.as_deref()
    }

    /// The code of the disease (ICD-11): that of the product, and in the form
    /// of 2024 what the card states (`tg`).
    pub fn disease(&self) -> Option<&str> {
        self.disease.as_deref()
    }

    /// The manufacturer: that of the product, and in the form of 2024 what the
    /// card states (`ma`).
    pub fn manufacturer(&self) -> Option<&str> {
        self.manufacturer.as_deref()
    }

    /// The manufacturer's identifier (`mid`), in the form of 2024.
    pub fn manufacturer_id(&self) -> Option<&str> {
        self.manufacturer_id.as_deref()
    }

    /// The identifier of the trade item (`mp`), in the form of 2024.
    pub fn trade_item(&self) -> Option<&str> {
        self.trade_item.as_deref()
    }

    /// Which dose it is (`dn`), as it is written, in the form of 2024.
    pub fn dose(&self) -> Option<&str> {
        self.dose.as_deref()
    }

    /// The day of vaccination (`dv`, before 2026 `dt`), if it could be read.
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// The batch or lot (`bo`).
    pub fn batch(&self) -> &str {
        &self.batch
    }

    /// The supervising clinician (`cn`).
    pub fn clinician(&self) -> Option<&str> {
        self.clinician.as_deref()
    }

    /// The authority that issues the certificate or oversees the
    /// administering centre (`is`).
    pub fn centre(&self) -> Option<&str> {
        self.centre.as_deref()
    }

    /// The first day on which the card holds by the International Health
    /// Regulations: the tenth after a vaccination against yellow fever
    /// (annex 7, 2(a)(iv)), else the day of vaccination, or a later one that
    /// the card states. `None` if the day of vaccination is not known.
    pub fn valid_from(&self) -> Option<Date> {
        self.valid_from
    }

    /// The last day on which the card holds; `None` is without bound. Against
    /// yellow fever it holds for life (annex 7, as amended in 2016), against
    /// poliomyelitis without bound (smart-icvp, decision logic), else until
    /// the day that the card states.
    pub fn valid_until(&self) -> Option<Date> {
        self.valid_until
    }

    /// The period that the card states (`vls`, `vle`), in the forms before 2026:
    /// of a month or a year its first and its last day.
    pub fn stated_validity(&self) -> (Option<Date>, Option<Date>) {
        (self.stated_from, self.stated_until)
    }

    /// The version of the certificate's template (`v`), in the form of 2026.
    pub fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// The day on which the card was issued (`d`), in the form of 2026.
    pub fn issued_on(&self) -> Option<Date> {
        self.issued_on
    }

    /// Whether the card names its product out of the catalogue. `vp` of 2024
    /// is the code of a class of vaccines and the disease stands beside it, so
    /// there is nothing to look up.
    pub(crate) fn has_product(&self) -> bool {
        self.generation != Generation::Dvc2024
    }

    /// Derives what follows from the product, and the period.
    pub(crate) fn resolve(&mut self, products: &ProductCatalogue) {
        if self.has_product() {
            let product = products.get(&self.product);
            let owned = |text: &str| text.to_owned();
            self.product_name = product.and_then(|p| p.name()).map(owned);
            self.manufacturer = product.and_then(|p| p.manufacturer()).map(owned);
            self.disease = product.map(|p| p.disease().to_owned());
        }
        (self.valid_from, self.valid_until) = match self.rule() {
            Some(Rule::YellowFever) => (self.date.and_then(|date| date.plus_days(10)), None),
            Some(Rule::Poliomyelitis) => (self.date, None),
            Some(Rule::Stated) => {
                let later = |date| self.stated_from.map_or(date, |from| from.max(date));
                (self.date.map(later), self.stated_until)
            }
            None => (None, None),
        };
    }

    pub(crate) fn has_unread_period(&self) -> bool {
        self.unread_from || self.unread_until
    }

    /// Whether the Regulations set no period, so that the stated one counts.
    pub(crate) fn relies_on_stated_period(&self) -> bool {
        self.rule() == Some(Rule::Stated)
    }

    /// Whether it has no end because it holds for life.
    pub(crate) fn holds_for_life(&self) -> bool {
        self.rule() == Some(Rule::YellowFever)
    }

    /// The member that states another period than the Regulations set.
    pub(crate) fn other_period(&self) -> Option<&'static str> {
        if self.rule() != Some(Rule::YellowFever) {
            return None;
        }
        let differs = self.stated_from.is_some() && self.stated_from != self.valid_from;
        let ends = self.stated_until.map(|_| "v.vle");
        differs.then_some("v.vls").or(ends)
    }

    /// Whether the card names a disease that is neither one of the Regulations'
    /// nor in the catalogue: nothing tells whether it holds for life. That of a
    /// product is the catalogue's own.
    pub(crate) fn has_unknown_disease(&self, products: &ProductCatalogue) -> bool {
        let is_named = |code: &str| !products.has_disease(code);
        self.rule() == Some(Rule::Stated) && self.disease().is_some_and(is_named)
    }

    /// By the disease, in ICD-11 or SNOMED CT; `None` if it is not known.
    fn rule(&self) -> Option<Rule> {
        Some(match self.disease.as_deref()?.trim() {
            code if code.eq_ignore_ascii_case(Coding::YELLOW_FEVER) => Rule::YellowFever,
            code if code.eq_ignore_ascii_case(Coding::POLIOMYELITIS) => Rule::Poliomyelitis,
            "16541001" => Rule::YellowFever,
            "398102009" => Rule::Poliomyelitis,
            _ => Rule::Stated,
        })
    }
}

#[derive(PartialEq)]
enum Rule {
    YellowFever,
    Poliomyelitis,
    Stated,
}

impl fmt::Debug for YellowCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YellowCard(redacted)")
    }
}

/// Builds a [`YellowCard`]: product, date, batch, and the clinician or the
/// centre have to be set.
#[derive(Debug, Clone)]
#[must_use]
pub struct YellowCardBuilder(pub(crate) YellowCard);

impl YellowCardBuilder {
    /// The product's identifier in the catalogue.
    pub fn product(mut self, id: &str) -> Self {
        self.0.product = id.into();
        self
    }

    /// The day of vaccination.
    pub fn date(mut self, date: Date) -> Self {
        self.0.date = Some(date);
        self
    }

    /// The batch or lot, as the manufacturer writes it.
    pub fn batch(mut self, batch: &str) -> Self {
        self.0.batch = batch.into();
        self
    }

    /// The supervising clinician.
    pub fn clinician(mut self, name: &str) -> Self {
        self.0.clinician = stated(name);
        self
    }

    /// The authority that issues the certificate or oversees the
    /// administering centre; the WHO wants a participant of its network.
    pub fn centre(mut self, name: &str) -> Self {
        self.0.centre = stated(name);
        self
    }

    /// The day of issue, not before that of vaccination.
    pub fn issued_on(mut self, date: Date) -> Self {
        self.0.issued_on = Some(date);
        self
    }

    /// The version of the certificate's template, `0.1.0` unless set. A
    /// verifier that does not know it can't ascertain the card
    /// ([`Policy::known_template`](crate::verify::Policy::known_template)).
    pub fn template(mut self, version: &str) -> Self {
        self.0.template = stated(version);
        self
    }
}

/// An empty text says nothing.
fn stated(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.into())
}

//! The yellow card: the International Certificate of Vaccination or
//! Prophylaxis (International Health Regulations, annex 6), as the WHO's
//! DVCMin and ICVPMin payloads carry it.

use core::fmt;

use crate::Date;

/// Which of the three payloads of the yellow card it is; they are not
/// compatible with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Generation {
    /// The digital vaccination certificate of 2024 (`v` with `dn`, `tg`, `ma`).
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
#[derive(Clone, PartialEq, Default)]
pub struct YellowCard {
    pub(crate) generation: Generation,
    pub(crate) product: String,
    pub(crate) product_name: Option<String>,
    pub(crate) disease: Option<String>,
    pub(crate) manufacturer: Option<String>,
    pub(crate) date: Option<Date>,
    pub(crate) batch: String,
    pub(crate) clinician: Option<String>,
    pub(crate) centre: Option<String>,
    pub(crate) dose: Option<String>,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_until: Option<Date>,
    pub(crate) template: Option<String>,
    pub(crate) details: Option<String>,
}

impl YellowCard {
    /// Which payload it was read from.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// The product's identifier (`vp`), of either scheme of the catalogue.
    pub fn product(&self) -> &str {
        &self.product
    }

    /// The day of vaccination, if it could be read.
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

    /// The administering centre (`is`).
    pub fn centre(&self) -> Option<&str> {
        self.centre.as_deref()
    }
}

impl fmt::Debug for YellowCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YellowCard(redacted)")
    }
}

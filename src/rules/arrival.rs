//! Where and when a certificate is to be accepted.

use super::country;
use crate::Timestamp;
use alloc::borrow::ToOwned;
use alloc::string::String;

/// A place and a time of arrival.
///
/// ```
/// use hcert::{Timestamp, rules::Arrival};
/// let at = Timestamp::parse("2021-10-01T12:00:00Z")?;
/// let arrival = Arrival::new("ch", at);
/// assert_eq!((arrival.country(), arrival.region()), ("CH", None));
/// # Ok::<(), hcert::TimeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    country: String,
    region: Option<String>,
    at: Timestamp,
}

impl Arrival {
    /// In that country (ISO 3166-1 alpha-2, in any case; the EU's `UK` and `EL`
    /// are `GB` and `GR`), at that time.
    pub fn new(country: &str, at: Timestamp) -> Self {
        Self {
            country: country::own_code(country),
            region: None,
            at,
        }
    }

    /// In a region of the country, as its rules name it.
    pub fn in_region(mut self, region: &str) -> Self {
        let region = region.trim();
        self.region = (!region.is_empty()).then(|| region.to_owned());
        self
    }

    /// The same place at another time.
    pub fn at_time(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// The country, in capitals.
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The region, if one was asked for.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The time.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

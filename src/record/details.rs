//! What a DDCC states and no DCC.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::{Coding, When};
use crate::{Date, Timestamp};

/// What a DDCC states about the certificate itself, beside its issuer,
/// identifier and version (core data set, `certificate`).
#[derive(Clone, PartialEq, Default)]
pub struct CertificateDetails {
    pub(crate) kid: Option<String>,
    pub(crate) ddcc_id: Option<String>,
    pub(crate) valid_from: Option<When>,
    pub(crate) valid_until: Option<When>,
}

impl CertificateDetails {
    pub(super) const EMPTY: Self = Self {
        kid: None,
        ddcc_id: None,
        valid_from: None,
        valid_until: None,
    };

    /// The identifier of the key, in words of the payload (`kid`). The key is
    /// looked up by the header alone.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The identifier of the DDCC (`ddccid`).
    pub fn ddcc_id(&self) -> Option<&str> {
        self.ddcc_id.as_deref()
    }

    /// From when on it holds (`period.start`); the verifier judges it.
    pub fn valid_from(&self) -> Option<When> {
        self.valid_from
    }

    /// Until when it holds (`period.end`); the verifier judges it.
    pub fn valid_until(&self) -> Option<When> {
        self.valid_until
    }

    pub(super) fn period(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let from = self.valid_from.and_then(When::first);
        (from, self.valid_until.and_then(When::last))
    }
}

impl fmt::Debug for CertificateDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateDetails(redacted)")
    }
}

/// What most records have nothing of: boxed, so that many entries of a DCC
/// stay small.
#[derive(Clone)]
pub(crate) struct Extra<T>(Option<Box<T>>);

impl<T> Extra<T> {
    pub fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }
}

impl<T: Default> Extra<T> {
    pub(super) fn edit(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T> From<T> for Extra<T> {
    fn from(value: T) -> Self {
        Self(Some(Box::new(value)))
    }
}

impl<T> Default for Extra<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Default + PartialEq> PartialEq for Extra<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self.get(), other.get()) {
            (Some(a), Some(b)) => a == b,
            (Some(one), None) | (None, Some(one)) => *one == T::default(),
            (None, None) => true,
        }
    }
}

/// What a vaccination of a DDCC says beyond that of a DCC.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct VaccinationDetails {
    pub certificate: CertificateDetails,
    pub authorisation_holder: Coding,
    pub batch: Option<String>,
    pub centre: Option<String>,
    pub practitioner: Option<String>,
    pub valid_from: Option<Date>,
    pub next_dose: Option<Date>,
}

/// What a test of a DDCC says beyond that of a DCC.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct TestDetails {
    pub certificate: CertificateDetails,
    pub brand: Coding,
    pub manufacturer: Coding,
    pub origin: Coding,
    /// Where a day is all that is known of the time of sampling.
    pub sampled_on: Option<Date>,
}

//! Which payloads the keys of a trust domain may sign.

use crate::record::PayloadKind;
use crate::record::PayloadKind::{
    DdccTest, DdccVaccination, EuDcc, HealthLink, Medication, YellowCard,
};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Which kinds of payload the keys of a domain of the WHO's network may sign.
///
/// The network lists a key for a domain, "a set of use cases, specifications
/// and policies": its word for what the key is for. In the default policy a
/// listing vouches for a certificate only if its domain allows the payload. A
/// listing of another source names no domain, and is not limited by it.
///
/// [`builtin`](Self::builtin) has these rows:
///
/// | domain | payloads | source |
/// |---|---|---|
/// | `DDCC` | EU DCC (1), DDCC (3, 4) | smart-trust `Domains.fsh`: the domain is that of the guide smart.who.int/ddcc; `hcert.fsh`: the three payloads are models of that guide |
/// | `DCC` | the same | the older name, under which the lists have these keys. It is in no code system; production knew no other domain on 2026-08-22 |
/// | `ICVP` | yellow card (-6) | `Domains.fsh`: the domain is that of the guide smart-icvp |
/// | `RACSEL-DDVC` | yellow card (-6) | lists of DEV: the digital vaccination certificate of the network RACSEL, of which the payload -6 was made |
/// | `PH4H` | yellow card (-6), health link (5), medication overview (-7) | `Domains.fsh`: the guide smart-ph4h. What RACSEL's PH4H-app-backend issues; its published yellow card is signed with a key that DEV lists under PH4H |
/// | `IPS-PILGRIMAGE` | health link (5) | `Domains.fsh`: the guide smart-ips-pilgrimage, of which the health link is a model (`hcert.fsh`) |
///
/// Sources: WorldHealthOrganization/smart-trust,
/// `input/fsh/codesystems/Domains.fsh` and `input/fsh/models/hcert.fsh`; the
/// network's lists of 2026-08-22. The mapping of a domain to numbers of
/// payloads is this project's reading: the WHO publishes no such table.
///
/// Under a domain without a row a certificate is
/// [`Unascertained`](super::Outcome::Unascertained), under one whose row
/// doesn't have the payload [`Invalid`](super::Outcome::Invalid).
///
/// ```
/// use hcert::record::PayloadKind;
/// use hcert::verify::{Policy, TrustDomains};
/// let domains = TrustDomains::builtin().allow("IPS", [PayloadKind::HealthLink]);
/// assert_eq!(domains.allows("IPS", PayloadKind::HealthLink), Some(true));
/// assert_eq!(domains.allows("ICVP", PayloadKind::EuDcc), Some(false));
/// assert_eq!(domains.allows("XYZ", PayloadKind::EuDcc), None);
/// let policy = Policy::default().domains(domains);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct TrustDomains(Vec<(Box<str>, Vec<PayloadKind>)>);

const BUILTIN: &[(&str, &[PayloadKind])] = &[
    ("DCC", &[EuDcc, DdccVaccination, DdccTest]),
    ("DDCC", &[EuDcc, DdccVaccination, DdccTest]),
    ("ICVP", &[YellowCard]),
    ("IPS-PILGRIMAGE", &[HealthLink]),
    ("PH4H", &[YellowCard, HealthLink, Medication]),
    ("RACSEL-DDVC", &[YellowCard]),
];

impl TrustDomains {
    /// The table above.
    pub fn builtin() -> Self {
        let rows = BUILTIN.iter();
        let rows = rows.map(|(domain, payloads)| ((*domain).into(), payloads.to_vec()));
        Self(rows.collect())
    }

    /// No domain is known.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Also lets the keys of a domain sign these payloads. Names are compared
    /// letter by letter, as in [`GdhcnOrigin::domain`](crate::trust::GdhcnOrigin::domain).
    pub fn allow(mut self, domain: &str, payloads: impl IntoIterator<Item = PayloadKind>) -> Self {
        let place = self.0.iter().position(|(known, _)| &**known == domain);
        let place = place.unwrap_or_else(|| {
            self.0.push((domain.into(), Vec::new()));
            self.0.len() - 1
        });
        if let Some((_, row)) = self.0.get_mut(place) {
            row.extend(payloads);
        }
        self
    }

    /// Whether the keys of a domain may sign such a payload; `None` if the
    /// domain is not known.
    pub fn allows(&self, domain: &str, payload: PayloadKind) -> Option<bool> {
        let row = self.0.iter().find(|(known, _)| &**known == domain);
        row.map(|(_, payloads)| payloads.contains(&payload))
    }
}

impl Default for TrustDomains {
    /// [`builtin`](Self::builtin).
    fn default() -> Self {
        Self::builtin()
    }
}

use super::TrustDomains;
use crate::Limits;
use crate::format::hc1::ddcc;
use crate::record::{ProductCatalogue, TEMPLATE};
use crate::trust::freshness::Skew;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

/// What is asked of the revocation data that a verifier was given
/// ([`Verifier::with_revocations`](super::Verifier::with_revocations)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationPolicy {
    /// A certificate is valid only if a list covers it that is at most so old,
    /// counted from when it was made or, where it does not say so, from when
    /// it was fetched. Without one it is
    /// [`Unascertained`](super::Outcome::Unascertained).
    Require {
        /// In whole seconds.
        max_age: Duration,
    },
    /// Uses whatever data is available, and reports as skipped what it doesn't
    /// cover, or says that it is too old for. The default.
    #[default]
    BestEffort,
    /// Ignores revocation data.
    Skip,
}

/// What a verifier lets pass. The default refuses whatever is unsafe; each
/// method that weakens it says so in its name.
///
/// ```
/// use core::time::Duration;
/// use hcert::verify::Policy;
/// let policy = Policy::default().strict().issue_skew(Duration::ZERO);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Policy {
    pub(super) strict: bool,
    pub(super) expiry_skew: Duration,
    pub(super) issue_skew: Duration,
    pub(super) missing_exp: bool,
    pub(super) min_rsa_bits: usize,
    pub(super) limits: Limits,
    pub(super) products: ProductCatalogue,
    pub(super) templates: Vec<String>,
    pub(super) ddcc_versions: Vec<String>,
    pub(super) max_list_age: Option<Duration>,
    pub(super) expired_lists: bool,
    pub(super) retrospective: bool,
    pub(super) revocation: RevocationPolicy,
    /// `None`: each may sign everything.
    pub(super) domains: Option<TrustDomains>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            strict: false,
            expiry_skew: Skew::DEFAULT.fast,
            issue_skew: Skew::DEFAULT.slow,
            missing_exp: false,
            min_rsa_bits: 2048,
            limits: Limits::default(),
            products: ProductCatalogue::builtin(),
            // That of DVC.fsh, and the version that ICVPMin.fsh and the core
            // data dictionary give themselves; no other has been published.
            templates: vec![TEMPLATE.into(), "1".into()],
            ddcc_versions: ddcc::PUBLISHED.map(String::from).into(),
            max_list_age: None,
            expired_lists: false,
            retrospective: false,
            revocation: RevocationPolicy::default(),
            domains: Some(TrustDomains::builtin()),
        }
    }
}

impl Policy {
    /// Refuses every departure from the specification, including those common in
    /// practice.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// How long after `exp` a certificate still counts as in time, and a trust
    /// list after its own expiry, for clocks that run fast. In whole seconds.
    /// Default 0.
    pub fn expiry_skew(mut self, skew: Duration) -> Self {
        self.expiry_skew = skew;
        self
    }

    /// How far `iat` may lie in the future, and so may the time at which a
    /// trust list was made, for clocks that run slow. In whole seconds.
    /// Default 60 s.
    pub fn issue_skew(mut self, skew: Duration) -> Self {
        self.issue_skew = skew;
        self
    }

    /// Lets certificates without an `exp` claim pass: they never expire.
    pub fn dangerously_accept_missing_expiry(mut self) -> Self {
        self.missing_exp = true;
        self
    }

    /// Lets RSA keys of 1024 bits pass, which can be broken with effort. The
    /// default asks for 2048.
    pub fn dangerously_accept_rsa_1024(mut self) -> Self {
        self.min_rsa_bits = 1024;
        self
    }

    /// How old the trust list may be that holds the signer's key, in whole
    /// seconds: counted from when it was made, or, where it does not say so,
    /// from when the caller fetched it
    /// ([`ListBytes::with_fetched_at`](crate::trust::ListBytes::with_fetched_at)). From
    /// an older list, or one without either date, nothing is valid
    /// ([`Unascertained`](super::Outcome::Unascertained)). By default only the
    /// list's own time of expiry counts.
    pub fn max_list_age(mut self, age: Duration) -> Self {
        self.max_list_age = Some(age);
        self
    }

    /// Relies upon trust lists that say that they have expired: keys that
    /// were withdrawn since then pass.
    pub fn dangerously_accept_expired_lists(mut self) -> Self {
        self.expired_lists = true;
        self
    }

    /// What is asked of the revocation data. Default:
    /// [`BestEffort`](RevocationPolicy::BestEffort).
    ///
    /// ```
    /// use core::time::Duration;
    /// use hcert::verify::{Policy, RevocationPolicy};
    /// let day = Duration::from_secs(86_400);
    /// let policy = Policy::default().revocation(RevocationPolicy::Require { max_age: day });
    /// # let _ = policy;
    /// ```
    pub fn revocation(mut self, revocation: RevocationPolicy) -> Self {
        self.revocation = revocation;
        self
    }

    /// Verifies for a time before the trust lists were made, and before the
    /// latest time that the store knows to have come: to look at a certificate
    /// in retrospect. By default such a clock is taken to be wrong.
    pub fn retrospective(mut self) -> Self {
        self.retrospective = true;
        self
    }

    /// Which payloads the keys of the domains of the WHO's network may sign; by
    /// default [`TrustDomains::builtin`].
    pub fn domains(mut self, domains: TrustDomains) -> Self {
        self.domains = Some(domains);
        self
    }

    /// Lets a key sign payloads of every kind, whatever domain the WHO's network
    /// lists it for.
    pub fn dangerously_accept_any_domain(mut self) -> Self {
        self.domains = None;
        self
    }

    /// The vaccine products that a yellow card may name; by default those that
    /// are compiled in.
    pub fn products(mut self, catalogue: ProductCatalogue) -> Self {
        self.products = catalogue;
        self
    }

    /// Adds a version of the yellow card's template to those that are known,
    /// `0.1.0` and `1`. A card of another one is
    /// [`Unascertained`](super::Outcome::Unascertained).
    pub fn known_template(mut self, version: &str) -> Self {
        self.templates.push(version.into());
        self
    }

    /// Adds a version of the WHO's DDCC core data set to those that are known,
    /// `RC1` and `RC2`. A DDCC that states another one is
    /// [`Unascertained`](super::Outcome::Unascertained).
    ///
    /// ```
    /// use hcert::verify::Policy;
    /// let policy = Policy::default().known_ddcc_version("RC3");
    /// # let _ = policy;
    /// ```
    pub fn known_ddcc_version(mut self, version: &str) -> Self {
        self.ddcc_versions.push(version.into());
        self
    }

    /// The budgets for reading.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

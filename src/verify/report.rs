use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::{Outcome, Reason, SkipReason};
use crate::format::{Claims, Deviation, Format};
use crate::record::Record;
use crate::revocation::{Identifier, RevocationInfo};
use crate::trust::TrustedKey;
use crate::{Timestamp, trust::Kid};

/// A step of the verification, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Prefix, base45, zlib, COSE structure and headers.
    Decode,
    /// A trusted key has the identifier.
    Key,
    /// The algorithm is allowed and fits the key.
    Algorithm,
    /// The key made the signature.
    Signature,
    /// The trust list that holds the key is recent enough.
    TrustList,
    /// The document signer certificate is in time.
    KeyValidity,
    /// The key may sign every entry: by the key usage of its certificate, and by
    /// the domain for which the WHO's network lists it.
    KeyUsage,
    /// exp, iat and nbf.
    Time,
    /// Neither the key on the deny list, nor the certificate on a revocation
    /// list.
    Revocation,
    /// The content can be read; the product and the template of a yellow card
    /// are known.
    Content,
    /// What the policy asks beyond that.
    Policy,
}

impl Step {
    pub(super) const COUNT: usize = 11;

    /// All steps, in their order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Decode,
        Self::Key,
        Self::Algorithm,
        Self::Signature,
        Self::TrustList,
        Self::KeyValidity,
        Self::KeyUsage,
        Self::Time,
        Self::Revocation,
        Self::Content,
        Self::Policy,
    ];

    /// The name, such as `key-validity`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Key => "key",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::TrustList => "trust-list",
            Self::KeyValidity => "key-validity",
            Self::KeyUsage => "key-usage",
            Self::Time => "time",
            Self::Revocation => "revocation",
            Self::Content => "content",
            Self::Policy => "policy",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How a step went.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum StepResult {
    /// All is well.
    Passed,
    /// Something is wrong.
    Failed(Reason),
    /// There was nothing to look at.
    Skipped(SkipReason),
    /// An earlier step failed.
    NotReached,
}

impl StepResult {
    /// `passed`, `failed`, `skipped` or `not-reached`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
            Self::NotReached => "not-reached",
        }
    }

    /// What weighs most of several results of one step.
    pub(super) fn weight(&self) -> (u8, u8) {
        match self {
            Self::Passed => (0, 0),
            Self::Skipped(_) | Self::NotReached => (1, 0),
            Self::Failed(reason) => (2, reason.outcome().weight()),
        }
    }

    /// The stable identifier of why it failed or was skipped.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Failed(reason) => Some(reason.code()),
            Self::Skipped(why) => Some(why.code()),
            _ => None,
        }
    }

    /// The same in words, with what was compared.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Failed(reason) => Some(reason.to_string()),
            Self::Skipped(why) => Some(why.to_string()),
            _ => None,
        }
    }
}

/// The result of a verification: the outcome, and how each step went.
///
/// `Debug` shows no content.
#[derive(Clone)]
#[must_use]
pub struct Verdict {
    pub(super) format: Option<Format>,
    pub(super) outcome: Outcome,
    pub(super) steps: [StepResult; Step::COUNT],
    /// Of a valid certificate they are in the body.
    pub(super) deviations: Vec<Deviation>,
    pub(super) kid: Option<Kid>,
    pub(super) body: Body,
}

/// What a verdict holds of the certificate.
#[derive(Clone)]
pub(super) enum Body {
    /// The signature does not hold, so nothing.
    Nothing,
    /// The signature holds, and the outcome is not `valid`.
    Signed(Box<Signed>),
    Verified(Box<Verified>),
}

/// What is authentic in a certificate that is not valid.
#[derive(Clone)]
pub(super) struct Signed {
    pub signer: TrustedKey,
    pub also: Vec<TrustedKey>,
    pub claims: Option<Claims>,
    pub record: Option<Record>,
    pub looked_up: LookedUp,
}

/// What was looked up in the revocation lists.
#[derive(Clone, Default)]
pub(super) struct LookedUp {
    pub identifiers: Vec<Identifier>,
    pub lists: Vec<Arc<RevocationInfo>>,
}

impl Verdict {
    /// What the certificate is.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Each step and how it went.
    pub fn steps(&self) -> impl Iterator<Item = (Step, &StepResult)> {
        Step::ALL.into_iter().zip(&self.steps)
    }

    /// How one step went.
    pub fn step(&self, step: Step) -> &StepResult {
        let found = self.steps().find(|(s, _)| *s == step);
        found.map_or(&StepResult::NotReached, |(_, result)| result)
    }

    /// The reason that decided the outcome: of the failed steps, the first
    /// one that leads to it. `None` for a valid certificate.
    pub fn reason(&self) -> Option<&Reason> {
        self.steps.iter().find_map(|result| match result {
            StepResult::Failed(reason) if reason.outcome() == self.outcome => Some(reason),
            _ => None,
        })
    }

    /// Departures from the specification that were read anyway.
    pub fn deviations(&self) -> &[Deviation] {
        match &self.body {
            Body::Verified(verified) => &verified.deviations,
            _ => &self.deviations,
        }
    }

    /// The key identifier that the headers name. Before the signature holds
    /// it is a claim.
    pub fn kid(&self) -> Option<&Kid> {
        self.kid.as_ref()
    }

    /// The key that made the signature, in one of its
    /// [listings](Self::listings).
    pub fn signer(&self) -> Option<&TrustedKey> {
        self.listings().next()
    }

    /// The listings of the signer's key that lead to this outcome, the one that
    /// the [steps](Self::steps) speak of first. If it is valid, each vouches
    /// for the certificate by itself; else the others, if there are any, weigh
    /// more against it.
    ///
    /// Whichever listing the kid of the certificate leads to, and in whichever
    /// order lists were added, the same ones are asked.
    pub fn listings(&self) -> impl Iterator<Item = &TrustedKey> {
        let (signer, also) = match &self.body {
            Body::Nothing => (None, Default::default()),
            Body::Signed(signed) => (Some(&signed.signer), &*signed.also),
            Body::Verified(verified) => (Some(&verified.signer), &*verified.also),
        };
        signer.into_iter().chain(also)
    }

    /// The claims, once the signature holds, whatever the outcome.
    pub fn signed_claims(&self) -> Option<&Claims> {
        match &self.body {
            Body::Nothing => None,
            Body::Signed(signed) => signed.claims.as_ref(),
            Body::Verified(verified) => Some(&verified.claims),
        }
    }

    /// What the certificate says, once the signature holds, **whatever the
    /// outcome**: an expired or revoked certificate says it, too. To act on
    /// a certificate take [`verified`](Self::verified).
    pub fn signed_record(&self) -> Option<&Record> {
        match &self.body {
            Body::Nothing => None,
            Body::Signed(signed) => signed.record.as_ref(),
            Body::Verified(verified) => Some(&verified.record),
        }
    }

    /// What revocation lists name the certificate by
    /// ([`Content::identifiers`](crate::format::Content::identifiers)), once the signature holds.
    pub fn identifiers(&self) -> &[Identifier] {
        self.looked_up().map_or(&[], |looked| &looked.identifiers)
    }

    /// The revocation lists that the step [`Revocation`](Step::Revocation)
    /// relied upon: the one that names the certificate, or those that would
    /// if it were revoked. Empty if none was at hand.
    pub fn revocation_lists(&self) -> &[Arc<RevocationInfo>] {
        self.looked_up().map_or(&[], |looked| &looked.lists)
    }

    fn looked_up(&self) -> Option<&LookedUp> {
        match &self.body {
            Body::Nothing => None,
            Body::Signed(signed) => Some(&signed.looked_up),
            Body::Verified(verified) => Some(&verified.looked_up),
        }
    }

    /// The format of the certificate, if its text shows the marks of one.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// The certificate, if it is valid.
    pub fn verified(&self) -> Option<&Verified> {
        match &self.body {
            Body::Verified(verified) => Some(verified),
            _ => None,
        }
    }

    /// The certificate, if it is valid; else why it is not.
    ///
    /// ```
    /// # use hcert::{Timestamp, trust::TrustStore, verify::Verifier};
    /// # let verifier = Verifier::new(TrustStore::builder().build().0);
    /// let verdict = verifier.verify("HC1:000", Timestamp::from_seconds(1_640_995_200));
    /// match verdict.result() {
    ///     Ok(verified) => println!("valid: {} entries", verified.record().entries().len()),
    ///     Err(reason) => println!("{}: {reason}", verdict.outcome()),
    /// }
    /// # assert_eq!(verdict.result().unwrap_err().code(), "zlib-header");
    /// ```
    pub fn result(&self) -> Result<&Verified, &Reason> {
        const UNREACHED: &Reason = &Reason::BadSignature;
        match self.verified() {
            Some(verified) => Ok(verified),
            // What is not valid has a step that says why.
            None => Err(self.reason().unwrap_or(UNREACHED)),
        }
    }

    /// The certificate itself, if it is valid; else the verdict, as an error.
    ///
    /// ```
    /// # use hcert::{Timestamp, trust::TrustStore, verify::{Rejected, Verified, Verifier}};
    /// fn read(verifier: &Verifier, text: &str, now: Timestamp) -> Result<Verified, Rejected> {
    ///     verifier.verify(text, now).into_verified()
    /// }
    /// # let verifier = Verifier::new(TrustStore::builder().build().0);
    /// # let error = read(&verifier, "HC1:000", Timestamp::from_seconds(0)).unwrap_err();
    /// assert_eq!(error.to_string(), "invalid: no zlib header");
    /// ```
    pub fn into_verified(self) -> Result<Verified, Rejected> {
        match self.body {
            Body::Verified(verified) => Ok(*verified),
            _ => Err(Rejected(Box::new(self))),
        }
    }
}

/// The verdict on a certificate that is not valid, as an error.
#[derive(Debug, Clone)]
pub struct Rejected(Box<Verdict>);

impl Rejected {
    /// The verdict.
    pub fn verdict(&self) -> &Verdict {
        &self.0
    }

    /// The verdict itself.
    pub fn into_verdict(self) -> Verdict {
        *self.0
    }

    /// A stable identifier of the reason.
    pub fn code(&self) -> &'static str {
        self.0.reason().map_or("invalid", Reason::code)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.reason() {
            Some(reason) => write!(f, "{}: {reason}", self.0.outcome()),
            None => self.0.outcome().fmt(f),
        }
    }
}

impl core::error::Error for Rejected {}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict")
            .field("outcome", &self.outcome)
            .field("steps", &self.steps)
            .field("deviations", &self.deviations())
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// A certificate that is valid. Only [`Verifier`](super::Verifier) makes it.
#[derive(Clone)]
pub struct Verified {
    pub(super) signer: TrustedKey,
    pub(super) also: Vec<TrustedKey>,
    pub(super) others: Vec<TrustedKey>,
    pub(super) claims: Claims,
    pub(super) record: Record,
    pub(super) deviations: Vec<Deviation>,
    pub(super) revocation: StepResult,
    pub(super) looked_up: LookedUp,
    pub(super) at: Timestamp,
    /// How long certificates vouch for the key, where a listing has none.
    pub(super) certified: Option<(Timestamp, Timestamp)>,
}

impl Verified {
    /// What the certificate says.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Its claims: who issued it, when, and until when it holds.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The key that made the signature, in one of its
    /// [listings](Self::listings).
    pub fn signer(&self) -> &TrustedKey {
        &self.signer
    }

    /// The listings of the signer's key that vouch for the certificate. For each
    /// of them, a list that has it and its certificate are in time, and key
    /// usage and domain allow the record: what one listing lacks, another does
    /// not make up for. The first one is
    /// [`signer`](Self::signer).
    ///
    /// Whoever decides by the participant, the country or the domain of a key
    /// asks these for what accepts, and the
    /// [others](Self::other_listings) as well for what refuses.
    ///
    /// ```
    /// # fn is_recognised(verified: &hcert::verify::Verified) -> bool {
    /// let is_of = |participant| move |key: &hcert::trust::TrustedKey| {
    ///     key.gdhcn().is_some_and(|listed| listed.participant() == participant)
    /// };
    /// verified.listings().any(is_of("ESP"))
    ///     && !verified.listings().chain(verified.other_listings()).any(is_of("XXX"))
    /// # }
    /// ```
    pub fn listings(&self) -> impl Iterator<Item = &TrustedKey> {
        core::iter::once(&self.signer).chain(&self.also)
    }

    /// The listings of the signer's key that don't vouch for the certificate:
    /// of lists that are stale, for other records or domains, or left out by a
    /// [selection](crate::trust::TrustStore::select).
    pub fn other_listings(&self) -> impl Iterator<Item = &TrustedKey> {
        self.others.iter()
    }

    /// From when to when a [listing](Self::listings) vouches for the certificate:
    /// the [validity](TrustedKey::validity) of its own certificate, or, where a
    /// list has the key without one, that of the certificates in other listings
    /// of the key which allowed it. `None` if nobody has a certificate, and for
    /// a bare key that the caller or the maker of a snapshot vouches for.
    ///
    /// ```
    /// # fn last(verified: &hcert::verify::Verified) -> Option<hcert::Timestamp> {
    /// let known = verified.listings().filter_map(|listing| verified.validity_of(listing));
    /// known.map(|(_, last)| last).max()
    /// # }
    /// ```
    pub fn validity_of(&self, listing: &TrustedKey) -> Option<(Timestamp, Timestamp)> {
        if !listing.is_silent() {
            return listing.validity();
        }
        let is_of_signer = listing.public_key() == self.signer.public_key();
        self.certified.filter(|_| is_of_signer)
    }

    /// With what certificates say for the listings that have none, if there are
    /// any: found once, as a key can have many listings.
    pub(super) fn with_certified(mut self) -> Self {
        if !self.listings().any(TrustedKey::is_silent) {
            return self;
        }
        let allows = |key: &&TrustedKey| {
            let mut usages = self.record.usages();
            usages.all(|usage| key.usage().allows(usage))
        };
        let all = self.listings().chain(self.other_listings());
        let certified = all.filter(allows).filter_map(TrustedKey::validity);
        // Each of these held then: no gap between.
        let held = certified.filter(|(first, last)| (*first..=*last).contains(&self.at));
        self.certified = held.reduce(|(a, b), (c, d)| (a.min(c), b.max(d)));
        self
    }

    /// Departures from the specification that were read anyway.
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Whether it was looked up in a revocation list: `Passed`, or `Skipped`
    /// with the reason.
    pub fn revocation(&self) -> &StepResult {
        &self.revocation
    }

    /// What revocation lists name it by: what its issuer puts on the list to
    /// revoke it.
    pub fn identifiers(&self) -> &[Identifier] {
        &self.looked_up.identifiers
    }

    /// The revocation lists that it is not on and that would name it.
    pub fn revocation_lists(&self) -> &[Arc<RevocationInfo>] {
        &self.looked_up.lists
    }

    /// The time for which it was verified.
    pub fn verified_at(&self) -> Timestamp {
        self.at
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("record", &self.record)
            .field("claims", &self.claims)
            .field("verified_at", &self.at)
            .finish_non_exhaustive()
    }
}

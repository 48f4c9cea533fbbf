use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::freshness;
use super::report::{Body, LookedUp, Signed};
use super::revocation::{self, NamesOfKeys};
use super::{
    Outcome, Policy, Reason, RevocationPolicy, SkipReason, Step, StepResult, Verdict, Verified,
};
use crate::Timestamp;
use crate::crypto::{KeyKind, PublicKey};
use crate::envelope::cose::DeclaredAlgorithm;
use crate::format::{
    Authentic, Claims, Content, ContentError, Deviation, DeviationCode, Format, Reading, SignerRef,
    TimeClaim, Unverified,
};
use crate::record::{Entry, Generation, Record};
use crate::revocation::{RevocationInfo, Revocations};
use crate::trust::{Dsc, KeyUsage, Kid, TrustStore, TrustedKey};

/// Verifies certificates against a trust store. Cheap to clone, and one
/// serves all threads.
///
/// ```
/// use hcert::{Timestamp, trust::TrustStore, verify::{Outcome, Verifier}};
/// let (trust, report) = TrustStore::builder().build();
/// let verifier = Verifier::new(trust);
/// let now = Timestamp::parse("2021-06-01T12:00:00Z")?;
/// let verdict = verifier.verify("HC1:000", now);
/// assert_eq!(verdict.outcome(), Outcome::Invalid);
/// assert_eq!(verdict.reason().map(|r| r.code()), Some("zlib-header"));
/// # let _ = report;
/// # Ok::<(), hcert::TimeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    trust: TrustStore,
    policy: Policy,
    revocations: Revocations,
    names: NamesOfKeys,
}

impl Verifier {
    /// A verifier with the default policy.
    pub fn new(trust: TrustStore) -> Self {
        Self::with_policy(trust, Policy::default())
    }

    /// A verifier with a custom policy.
    pub fn with_policy(trust: TrustStore, policy: Policy) -> Self {
        Self {
            trust,
            policy,
            revocations: Revocations::new(),
            names: NamesOfKeys::default(),
        }
    }

    /// Looks certificates up in these revocation lists, as
    /// [`Policy::revocation`] says.
    ///
    /// ```
    /// use core::time::Duration;
    /// use hcert::revocation::Revocations;
    /// use hcert::trust::TrustStore;
    /// use hcert::verify::{Policy, RevocationPolicy, Verifier};
    /// let (trust, _) = TrustStore::builder().build();
    /// let day = Duration::from_secs(86_400);
    /// let policy = Policy::default().revocation(RevocationPolicy::Require { max_age: day });
    /// let revocations = Revocations::new();
    /// // revocations.add(RevocationList::open(…)?);
    /// let verifier = Verifier::with_policy(trust, policy).with_revocations(revocations);
    /// # let _ = verifier;
    /// ```
    #[must_use]
    pub fn with_revocations(mut self, revocations: Revocations) -> Self {
        self.names = NamesOfKeys::of(&self.trust);
        self.revocations = revocations;
        self
    }

    /// The revocation lists that it looks into.
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// The keys that it trusts.
    pub fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// Verifies the text of a QR symbol, as of `now`.
    pub fn verify(&self, text: &str, now: Timestamp) -> Verdict {
        match Unverified::parse(text, &self.policy.limits) {
            Ok(unverified) => self.verify_parsed(&unverified, now),
            Err(error) => {
                let progress = Progress {
                    format: Format::detect(text),
                    ..Progress::default()
                };
                progress.stop(Step::Decode, error.into())
            }
        }
    }

    /// Verifies a certificate that has been parsed already, as of `now`.
    pub fn verify_parsed(&self, unverified: &Unverified, now: Timestamp) -> Verdict {
        let mut progress = Progress {
            deviations: unverified.deviations().to_vec(),
            kid: unverified.kid().cloned(),
            format: Some(unverified.format()),
            ..Progress::default()
        };
        progress.passed(Step::Decode);

        let Some(signer) = unverified.signer() else {
            return progress.stop(Step::Key, Reason::KidMissing);
        };
        let kid = signer.kid();
        let candidates = self.trust.named(unverified.format(), &signer);
        let Some(first) = candidates.first() else {
            return progress.stop(Step::Key, Reason::UnknownKey { kid: kid.clone() });
        };
        progress.passed(Step::Key);

        let algorithm = match unverified.algorithm() {
            None => return progress.stop(Step::Algorithm, Reason::AlgMissing),
            Some(DeclaredAlgorithm::Known(algorithm)) => *algorithm,
            Some(other) => {
                let algorithm = other.clone();
                return progress.stop(Step::Algorithm, Reason::AlgUnsupported { algorithm });
            }
        };
        let fits = |c: &&TrustedKey| c.public_key().algorithm() == Some(algorithm);
        let mut fitting = candidates.iter().filter(fits);
        let strong = fitting.clone().filter(|c| self.is_long_enough(c));
        if strong.clone().next().is_none() {
            let weak = fitting.next();
            let reason = match weak.map(|c| c.public_key().kind()) {
                Some(KeyKind::Rsa { bits }) => Reason::RsaTooShort {
                    bits: *bits,
                    minimum: self.policy.min_rsa_bits,
                },
                _ => Reason::AlgKeyMismatch {
                    algorithm: DeclaredAlgorithm::Known(algorithm),
                    key: first.public_key().kind().clone(),
                },
            };
            return progress.stop(Step::Algorithm, reason);
        }
        progress.passed(Step::Algorithm);

        // Under one kid a key may stand several times, one after the other.
        let mut tried: Option<&PublicKey> = None;
        let mut authentic: Option<Authentic<'_>> = None;
        let signers = strong.filter(|c| {
            if tried.replace(c.public_key()) == Some(c.public_key()) {
                return false;
            }
            self.trust.note_use(c);
            let Ok(holds) = unverified.authenticate(c.public_key()) else {
                return false;
            };
            self.trust.note_success(c);
            authentic = Some(holds);
            true
        });
        let signers: Vec<&TrustedKey> = signers.collect();
        let (Some(first), Some(authentic)) = (signers.first().copied(), authentic) else {
            return progress.stop(Step::Signature, Reason::BadSignature);
        };
        progress.passed(Step::Signature);

        let reading = Reading::new(&self.policy.limits, &self.policy.products);
        let (content, noted) = authentic.read(&reading);
        progress.deviations.extend(noted);
        self.judge_content(&mut progress, &content, now);
        let revocations = signers
            .iter()
            .map(|key| self.key_revocation(key, &signer, now, &content));
        let heaviest = revocations.max_by_key(|(result, _)| result.weight());
        let (result, lists) = heaviest.unwrap_or_else(|| (skipped(), Vec::new()));
        progress.set(Step::Revocation, result);
        self.judge_all(progress, first, &signers, &content, now)
            .verdict(content, lists, now)
    }

    /// Judges all listings of the keys that made the signature. The kid has led
    /// to one of them, but it proves nothing, nor does the order of lists and
    /// entries. Each that vouches for the certificate by itself suffices; what
    /// is denied or revoked is so under all of them.
    fn judge_all<'a>(
        &'a self,
        progress: Progress,
        first: &'a TrustedKey,
        signers: &[&'a TrustedKey],
        content: &Content,
        now: Timestamp,
    ) -> Judged<'a> {
        let mut judged = Vec::new();
        let mut others = Vec::new();
        for signer in signers {
            let (kept, left_out) = match self.trust.several(signer.public_key()) {
                Some(listings) => (&*listings.kept, &*listings.left_out),
                None => (core::slice::from_ref(*signer), Default::default()),
            };
            let all = || kept.iter().chain(left_out);
            let mut certified: Vec<Limits> = Vec::new();
            for limits in all()
                .filter(|key| key.validity().is_some())
                .map(Limits::own)
            {
                if !certified.contains(&limits) {
                    certified.push(limits);
                }
            }
            for listing in kept {
                // A silent listing has the limits of one certificate, whole.
                let has_own = !listing.is_silent() || certified.is_empty();
                let own = has_own.then(|| Limits::own(listing));
                let of_others = certified.iter().filter(|_| !has_own);
                let of_others = of_others.map(|of| of.and(listing.usage()));
                let each = own.into_iter().chain(of_others).map(|limits| {
                    let progress = self.judge(progress.clone(), listing, &limits, content, now);
                    (progress.outcome(), progress, listing)
                });
                let fewest = |went: &Progress| went.count(|r| matches!(r, StepResult::Failed(_)));
                judged
                    .extend(each.min_by_key(|(outcome, went, _)| (outcome.weight(), fewest(went))));
            }
            others.extend(left_out);
        }
        let stated = progress.kid.as_ref();
        // Of those that lead to one outcome, the one that says most.
        judged.sort_by(|(a, a_went, a_key), (b, b_went, b_key)| {
            let rank = |went: &Progress, key: &TrustedKey| {
                let failed = went.count(|result| matches!(result, StepResult::Failed(_)));
                let skipped = went.count(|result| matches!(result, StepResult::Skipped(_)));
                let is_stated = Some(key.kid()) == stated;
                (failed, skipped, !is_stated, key.gdhcn().is_none())
            };
            let by_weight = a.weight().cmp(&b.weight());
            by_weight
                .then_with(|| rank(a_went, a_key).cmp(&rank(b_went, b_key)))
                .then_with(|| a_key.order().cmp(&b_key.order()))
        });
        let mut judged = judged.into_iter();
        // Each key that is found has a listing.
        let (outcome, progress, signer) = judged.next().unwrap_or_else(|| {
            let outcome = progress.outcome();
            (outcome, progress, first)
        });
        let (also, rest): (Vec<_>, Vec<_>) = judged.partition(|(other, ..)| *other == outcome);
        others.extend(rest.into_iter().map(|(.., key)| key));
        Judged {
            outcome,
            progress,
            signer,
            also: also.into_iter().map(|(.., key)| key).collect(),
            others,
        }
    }

    fn is_long_enough(&self, key: &TrustedKey) -> bool {
        match key.public_key().kind() {
            KeyKind::Rsa { bits } => *bits >= self.policy.min_rsa_bits,
            _ => true,
        }
    }

    /// The steps after the signature that are the same for all listings.
    fn judge_content(&self, progress: &mut Progress, content: &Content, now: Timestamp) {
        let record = content.record().ok();
        let claims = content.claims().ok();
        progress.set(
            Step::Time,
            claims.map_or(skipped(), |c| self.time(c, record, now)),
        );
        let error = content.claims().err().or(content.record().err());
        let unread = error.map(Reason::from);
        let refused = unread
            .or_else(|| self.unknown_card(record?))
            .or_else(|| (!record?.names_holder()).then_some(Reason::HolderUnnamed))
            .or_else(|| self.unknown_version(record?));
        progress.set(
            Step::Content,
            refused.map_or(StepResult::Passed, StepResult::Failed),
        );
    }

    /// The steps after the signature that ask a listing.
    fn judge(
        &self,
        mut progress: Progress,
        listing: &TrustedKey,
        limits: &Limits,
        content: &Content,
        now: Timestamp,
    ) -> Progress {
        let list = freshness::trust_list(listing, &self.policy, self.trust.latest_time(), now);
        progress.set(Step::TrustList, list);
        progress.set(Step::KeyValidity, key_validity(limits.validity, now));
        let record = content.record().ok();
        let usage = match content.record() {
            Ok(record) => self.key_usage(listing, limits.usage, record),
            Err(ContentError::UnknownGroup(_)) => StepResult::Skipped(SkipReason::UnknownKind),
            Err(_) => skipped(),
        };
        progress.set(Step::KeyUsage, usage);
        let claims = content.claims().ok();
        if let Some(claims) = claims {
            note_signer(claims, listing, limits.validity, &mut progress.deviations);
            if claims.expires_at() == TimeClaim::Absent
                && self.allows_missing_expiry(claims, record)
            {
                progress
                    .deviations
                    .push(Deviation::new(DeviationCode::ExpMissing, "exp"));
            }
        }
        // hcert-spec §3.3.3: verifiers must accept the kid in either header. And
        // what holds for life has no exp to state.
        let kind = claims.and_then(|claims| claims.payload_kind().ok());
        let needs_none = kind.is_some_and(|kind| !kind.needs_expiry());
        let refused = progress.deviations.iter().find(|d| match d.kind() {
            DeviationCode::KidUnprotected => false,
            DeviationCode::ExpMissing => self.policy.strict && !needs_none,
            _ => self.policy.strict,
        });
        let refused = refused.map(|d| StepResult::Failed(Reason::Deviation(d.clone())));
        progress.set(Step::Policy, refused.unwrap_or(StepResult::Passed));
        progress
    }

    /// Whether the key is denied or the certificate revoked, and the lists that
    /// were relied upon.
    fn key_revocation(
        &self,
        key: &TrustedKey,
        stated: &SignerRef<'_>,
        now: Timestamp,
        content: &Content,
    ) -> (StepResult, Vec<Arc<RevocationInfo>>) {
        let mut lists = Vec::new();
        let SignerRef::Kid { kid, is_signed, .. } = *stated;
        let denied = key_denied(key, kid, content.claims().ok());
        let result = denied.unwrap_or_else(|| match self.policy.revocation {
            RevocationPolicy::Skip => StepResult::Skipped(SkipReason::RevocationSkipped),
            RevocationPolicy::BestEffort if self.revocations.is_empty() => {
                StepResult::Skipped(SkipReason::NoRevocationData)
            }
            _ => {
                let (key, ids) = (key.public_key(), content.identifiers());
                let found = self
                    .names
                    .look_up(&self.revocations, key, kid, ids, is_signed);
                revocation::judge(found, &self.policy, now, &mut lists)
            }
        });
        (result, lists)
    }

    /// Looks at every entry: a key for tests must not sign a vaccination in the
    /// second place either.
    fn key_usage(&self, listing: &TrustedKey, allowed: KeyUsage, record: &Record) -> StepResult {
        let mut usages = record.usages();
        let usage = usages
            .find(|usage| !allowed.allows(*usage))
            .map(|found| Reason::KeyUsage { allowed, found });
        let reason = usage.or_else(|| self.domain(listing, record));
        reason.map_or(StepResult::Passed, StepResult::Failed)
    }

    fn domain(&self, listing: &TrustedKey, record: &Record) -> Option<Reason> {
        let domain = listing.gdhcn()?.domain();
        let payload = record.payload();
        // Lists of version 1 name none.
        let domains = self.policy.domains.as_ref().filter(|_| domain != "-")?;
        let domain = domain.to_owned();
        match domains.allows(&domain, payload) {
            Some(true) => None,
            Some(false) => Some(Reason::Domain { domain, payload }),
            None => Some(Reason::UnknownDomain { domain, payload }),
        }
    }

    fn allows_missing_expiry(&self, claims: &Claims, record: Option<&Record>) -> bool {
        self.policy.missing_exp || needs_no_expiry(claims, record)
    }

    /// Whether a yellow card names a product or a template that is not known.
    /// A payload of a version that is not known could mean something else.
    fn unknown_version(&self, record: &Record) -> Option<Reason> {
        if record.is_of_unknown_version() {
            return Some(Reason::UnknownVersion);
        }
        if record.is_of_other_version(&self.policy.ddcc_versions) {
            return Some(Reason::UnknownDdccVersion);
        }
        record
            .has_link_of_unknown_version()
            .then_some(Reason::UnknownLinkVersion)
    }

    fn unknown_card(&self, record: &Record) -> Option<Reason> {
        let cards = record.entries().iter().filter_map(|entry| match entry {
            Entry::YellowCard(card) => Some(card),
            _ => None,
        });
        let reasons = cards.filter_map(|card| {
            if card.has_product() && self.policy.products.get(card.product()).is_none() {
                return Some(Reason::UnknownProduct);
            }
            if card.has_unknown_disease(&self.policy.products) {
                return Some(Reason::UnknownDisease);
            }
            let is_known = |v| self.policy.templates.iter().any(|known| known == v);
            let has_template = card.generation() == Generation::Icvp2026;
            (has_template && !card.template().is_some_and(is_known))
                .then_some(Reason::UnknownTemplate)
        });
        reasons.max_by_key(|reason| reason.outcome().weight())
    }

    fn time(&self, claims: &Claims, record: Option<&Record>, now: Timestamp) -> StepResult {
        let expiry = match claims.expires_at() {
            TimeClaim::Absent if self.allows_missing_expiry(claims, record) => None,
            TimeClaim::Absent => Some(Reason::ExpMissing),
            TimeClaim::Unusable => Some(Reason::ExpUnusable),
            TimeClaim::At(expires_at)
                if claims.is_over(expires_at + self.policy.expiry_skew, now) =>
            {
                Some(Reason::Expired { expires_at, now })
            }
            TimeClaim::At(_) => None,
        };
        let latest = now + self.policy.issue_skew;
        let issue = match claims.issued_at() {
            TimeClaim::At(issued_at) if issued_at > latest => {
                Some(Reason::IssuedInFuture { issued_at, now })
            }
            TimeClaim::Unusable => Some(Reason::StartUnusable { claim: "iat" }),
            _ => None,
        };
        let start = match claims.not_before() {
            TimeClaim::At(not_before) if not_before > latest => {
                Some(Reason::NotBefore { not_before, now })
            }
            TimeClaim::Unusable => Some(Reason::StartUnusable { claim: "nbf" }),
            _ => None,
        };
        let (from, until) = record.map(Record::period).unwrap_or_default();
        let stated = if record.is_some_and(Record::is_undated) {
            Some(Reason::RecordUndated)
        } else if from.is_some_and(|from| now < from) {
            Some(Reason::RecordNotYetValid { now })
        } else if until.is_some_and(|until| now > until) {
            Some(Reason::RecordExpired { now })
        } else {
            None
        };
        let reasons = [expiry, issue, start, stated].into_iter().flatten();
        // The first of the heaviest.
        let heaviest = reasons.rev().max_by_key(|reason| reason.outcome().weight());
        heaviest.map_or(StepResult::Passed, StepResult::Failed)
    }
}

/// By the kind of the payload, which is known where the record is not, or by
/// what the record states.
fn needs_no_expiry(claims: &Claims, record: Option<&Record>) -> bool {
    let kind = claims.payload_kind();
    kind.is_ok_and(|kind| !kind.needs_expiry())
        || record.is_some_and(|record| !record.needs_expiry())
}

fn skipped() -> StepResult {
    StepResult::Skipped(SkipReason::NoContent)
}

/// A deny list beats every trust list, whatever listing the kid leads to.
fn key_denied(signer: &TrustedKey, kid: &Kid, claims: Option<&Claims>) -> Option<StepResult> {
    let issued_at = claims.and_then(|claims| claims.issued_at().timestamp());
    let denial = signer.denials().iter().find(|d| d.covers(issued_at))?;
    Some(StepResult::Failed(Reason::KeyDenied {
        kid: kid.clone(),
        why: denial.reason().map(Into::into),
    }))
}

/// How long the key of a listing counts and what it may sign.
#[derive(Clone, Copy, PartialEq)]
struct Limits {
    validity: Option<(Timestamp, Timestamp)>,
    usage: KeyUsage,
}

impl Limits {
    fn own(listing: &TrustedKey) -> Self {
        Self {
            validity: listing.validity(),
            usage: listing.usage(),
        }
    }

    fn and(self, usage: KeyUsage) -> Self {
        let usage = self.usage.both(usage);
        Self { usage, ..self }
    }
}

fn key_validity(validity: Option<(Timestamp, Timestamp)>, now: Timestamp) -> StepResult {
    match validity {
        Some((not_before, _)) if now < not_before => {
            StepResult::Failed(Reason::DscNotYetValid { not_before, now })
        }
        Some((_, not_after)) if now > not_after => {
            StepResult::Failed(Reason::DscExpired { not_after, now })
        }
        Some(_) => StepResult::Passed,
        None => StepResult::Skipped(SkipReason::BareKey),
    }
}

/// Departures that show only next to the signer's certificate.
fn note_signer(
    claims: &Claims,
    signer: &TrustedKey,
    validity: Option<(Timestamp, Timestamp)>,
    deviations: &mut Vec<Deviation>,
) {
    let mut note = |code, at: &str| deviations.push(Deviation::new(code, at));
    if let (Some(iss), Some(country)) = (claims.issuer_country(), signer.country())
        && iss != country
    {
        note(DeviationCode::IssCountry, "iss");
    }
    let outside = |time: TimeClaim| {
        let time = time.timestamp().zip(validity);
        time.is_some_and(|(t, (from, until))| !(from..=until).contains(&t))
    };
    let issued_at = claims.issued_at();
    // Some begin to sign before their period does.
    let key_until = signer.certificate().and_then(Dsc::key_until);
    let is_late = key_until.is_some_and(|end| issued_at.timestamp().is_some_and(|t| t > end));
    if outside(issued_at) || is_late {
        note(DeviationCode::IatOutsideDsc, "iat");
    }
    if outside(claims.expires_at()) {
        note(DeviationCode::ExpOutsideDsc, "exp");
    }
}

/// All steps, as of the listing that says most.
struct Judged<'a> {
    outcome: Outcome,
    progress: Progress,
    signer: &'a TrustedKey,
    /// Further ones that lead to the same outcome.
    also: Vec<&'a TrustedKey>,
    others: Vec<&'a TrustedKey>,
}

impl Judged<'_> {
    fn verdict(
        mut self,
        content: Content,
        lists: Vec<Arc<RevocationInfo>>,
        at: Timestamp,
    ) -> Verdict {
        let signer = self.signer.clone();
        let also = self.also.into_iter().cloned().collect();
        let Content {
            claims,
            record,
            identifiers,
        } = content;
        let looked_up = LookedUp { identifiers, lists };
        let body = match (self.outcome, claims, record) {
            (Outcome::Valid, Ok(claims), Ok(record)) => {
                let verified = Verified {
                    signer,
                    also,
                    others: self.others.into_iter().cloned().collect(),
                    claims,
                    record,
                    deviations: core::mem::take(&mut self.progress.deviations),
                    revocation: self.progress.get(Step::Revocation),
                    looked_up,
                    at,
                    certified: None,
                };
                Body::Verified(Box::new(verified.with_certified()))
            }
            (_, claims, record) => Body::Signed(Box::new(Signed {
                signer,
                also,
                claims: claims.ok(),
                record: record.ok(),
                looked_up,
            })),
        };
        self.progress.verdict(self.outcome, body)
    }
}

/// A verdict in the making.
#[derive(Clone)]
struct Progress {
    steps: [StepResult; Step::COUNT],
    deviations: Vec<Deviation>,
    kid: Option<crate::trust::Kid>,
    format: Option<Format>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            steps: [const { StepResult::NotReached }; Step::COUNT],
            deviations: Vec::new(),
            kid: None,
            format: None,
        }
    }
}

impl Progress {
    fn set(&mut self, step: Step, result: StepResult) {
        if let Some(slot) = self.steps.get_mut(step as usize) {
            *slot = result;
        }
    }

    fn get(&self, step: Step) -> StepResult {
        let result = self.steps.get(step as usize);
        result.map_or(StepResult::NotReached, Clone::clone)
    }

    fn count(&self, is: fn(&StepResult) -> bool) -> usize {
        self.steps.iter().filter(|result| is(result)).count()
    }

    fn passed(&mut self, step: Step) {
        self.set(step, StepResult::Passed);
    }

    /// A step failed that gates the ones after it.
    fn stop(mut self, step: Step, reason: Reason) -> Verdict {
        let outcome = reason.outcome();
        self.set(step, StepResult::Failed(reason));
        self.verdict(outcome, Body::Nothing)
    }

    fn outcome(&self) -> Outcome {
        let outcomes = self.steps.iter().filter_map(|result| match result {
            StepResult::Failed(reason) => Some(reason.outcome()),
            _ => None,
        });
        outcomes
            .max_by_key(|outcome| outcome.weight())
            .unwrap_or(Outcome::Valid)
    }

    fn verdict(self, outcome: Outcome, body: Body) -> Verdict {
        let Self {
            steps,
            deviations,
            kid,
            format,
        } = self;
        Verdict {
            format,
            outcome,
            steps,
            deviations,
            kid,
            body,
        }
    }
}

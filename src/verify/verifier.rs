use std::sync::Arc;

use super::freshness;
use super::report::{Body, LookedUp, Signed};
use super::revocation::{self, NamesOfKeys};
use super::{
    Outcome, Policy, Reason, RevocationPolicy, SkipReason, Step, StepResult, Verdict, Verified,
};
use crate::Timestamp;
use crate::crypto::KeyKind;
use crate::format::hc1::cose::DeclaredAlgorithm;
use crate::format::hc1::cwt::{Claims, ContentError, TimeClaim};
use crate::format::hc1::{Deviation, DeviationCode, Unverified, payload};
use crate::record::{Entry, Generation, Record};
use crate::revocation::{Identifier, RevocationInfo, Revocations};
use crate::trust::{TrustStore, TrustedKey};

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

    /// A verifier with a policy of one's own.
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
    /// use hcert::revocation::Revocations;
    /// use hcert::trust::TrustStore;
    /// use hcert::verify::{Policy, RevocationPolicy, Verifier};
    /// let (trust, _) = TrustStore::builder().build();
    /// let policy = Policy::default().revocation(RevocationPolicy::Require { max_age: 86_400 });
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
            Err(error) => Progress::default().stop(Step::Decode, error.into()),
        }
    }

    /// Verifies a certificate that has been parsed already, as of `now`.
    pub fn verify_parsed(&self, unverified: &Unverified, now: Timestamp) -> Verdict {
        let mut progress = Progress {
            deviations: unverified.deviations().to_vec(),
            kid: unverified.kid().cloned(),
            ..Progress::default()
        };
        progress.passed(Step::Decode);

        let Some(kid) = unverified.kid() else {
            return progress.stop(Step::Key, Reason::KidMissing);
        };
        let candidates = self.trust.candidates(kid);
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

        let mut signers = strong.filter(|c| {
            self.trust.note_use(c);
            let holds = unverified.verify_signature(c.public_key()).is_ok();
            if holds {
                self.trust.note_success(c);
            }
            holds
        });
        let Some(signer) = signers.next() else {
            return progress.stop(Step::Signature, Reason::BadSignature);
        };
        progress.passed(Step::Signature);

        let content = Content::read(unverified, &self.policy, &mut progress.deviations);
        // One key may be listed twice under one kid, with and without a
        // certificate or in two of them. The entry that speaks best for the
        // certificate counts: each of them is trusted. A denial is in all of
        // them, and so is what is on a revocation list.
        let others = (candidates.len() > 1).then(|| progress.clone());
        let mut best = self.judge(progress, signer, &content, now);
        if let Some(progress) = others.filter(|_| best.outcome != Outcome::Valid) {
            for signer in signers {
                let other = self.judge(progress.clone(), signer, &content, now);
                if other.outcome.weight() < best.outcome.weight() {
                    best = other;
                }
            }
        }
        best.verdict(content, now)
    }

    fn is_long_enough(&self, key: &TrustedKey) -> bool {
        match key.public_key().kind() {
            KeyKind::Rsa { bits } => *bits >= self.policy.min_rsa_bits,
            _ => true,
        }
    }

    /// The steps after the signature; all of them run.
    fn judge<'a>(
        &self,
        mut progress: Progress,
        signer: &'a TrustedKey,
        content: &Content,
        now: Timestamp,
    ) -> Judged<'a> {
        let list = freshness::trust_list(signer, &self.policy, self.trust.latest_time(), now);
        progress.set(Step::TrustList, list);
        progress.set(Step::KeyValidity, key_validity(signer, now));
        let record = content.record.as_ref().ok();
        let usage = match &content.record {
            Ok(record) => key_usage(signer, record),
            Err(ContentError::UnknownGroup(_)) => StepResult::Skipped(SkipReason::UnknownKind),
            Err(_) => skipped(),
        };
        progress.set(Step::KeyUsage, usage);
        let claims = content.claims.as_ref().ok();
        progress.set(
            Step::Time,
            claims.map_or(skipped(), |c| self.time(c, record, now)),
        );
        let mut lists = Vec::new();
        let revocation = key_denied(signer, claims)
            .unwrap_or_else(|| self.revocation(signer, now, content, &progress, &mut lists));
        progress.set(Step::Revocation, revocation);
        let error = content
            .claims
            .as_ref()
            .err()
            .or(content.record.as_ref().err());
        let unread = error.map(|e| Reason::from(*e));
        let refused = unread
            .or_else(|| self.unknown_card(record?))
            .or_else(|| (!record?.names_holder()).then_some(Reason::HolderUnnamed))
            .or_else(|| unknown_version(record?));
        progress.set(
            Step::Content,
            refused.map_or(StepResult::Passed, StepResult::Failed),
        );
        if let Some(claims) = claims {
            note_signer(claims, signer, &mut progress.deviations);
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

        Judged {
            outcome: progress.outcome(),
            progress,
            signer,
            lists,
        }
    }

    fn revocation(
        &self,
        signer: &TrustedKey,
        now: Timestamp,
        content: &Content,
        progress: &Progress,
        lists: &mut Vec<Arc<RevocationInfo>>,
    ) -> StepResult {
        match self.policy.revocation {
            RevocationPolicy::Skip => StepResult::Skipped(SkipReason::RevocationSkipped),
            RevocationPolicy::BestEffort if self.revocations.is_empty() => {
                StepResult::Skipped(SkipReason::NoRevocationData)
            }
            _ => {
                let mut deviations = progress.deviations.iter();
                let unsigned = deviations.any(|d| d.kind() == DeviationCode::KidUnprotected);
                let ids = &content.identifiers;
                let found = self
                    .names
                    .look_up(&self.revocations, signer, ids, !unsigned);
                revocation::judge(found, &self.policy, now, lists)
            }
        }
    }

    fn allows_missing_expiry(&self, claims: &Claims, record: Option<&Record>) -> bool {
        self.policy.missing_exp || needs_no_expiry(claims, record)
    }

    /// Whether a yellow card names a product or a template that is not known.
    fn unknown_card(&self, record: &Record) -> Option<Reason> {
        let cards = record.entries().iter().filter_map(|entry| match entry {
            Entry::YellowCard(card) => Some(card),
            _ => None,
        });
        let reasons = cards.filter_map(|card| {
            if card.has_product() && self.policy.products.get(card.product()).is_none() {
                return Some(Reason::UnknownProduct);
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
            // hcert-spec §3.3.5 speaks of expiry after exp, where RFC 8392 §3.1.4
            // has "on or after"; published vectors are verified at exp itself.
            TimeClaim::At(expires_at) if now > expires_at.plus(self.policy.expiry_skew) => {
                Some(Reason::Expired { expires_at, now })
            }
            TimeClaim::At(_) => None,
        };
        let latest = now.plus(self.policy.issue_skew);
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

/// A payload of a version that is not known could mean something else.
fn unknown_version(record: &Record) -> Option<Reason> {
    if record.is_of_unknown_version() {
        return Some(Reason::UnknownVersion);
    }
    let is_unknown =
        |entry: &Entry| matches!(entry, Entry::HealthLink(link) if link.version() != Some(1));
    let mut entries = record.entries().iter();
    entries
        .any(is_unknown)
        .then_some(Reason::UnknownLinkVersion)
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

/// A deny list beats every trust list.
fn key_denied(signer: &TrustedKey, claims: Option<&Claims>) -> Option<StepResult> {
    let issued_at = claims.and_then(|claims| claims.issued_at().timestamp());
    let denial = signer.denials().iter().find(|d| d.covers(issued_at))?;
    Some(StepResult::Failed(Reason::KeyDenied {
        kid: signer.kid().clone(),
        why: denial.reason().map(Into::into),
    }))
}

fn key_validity(signer: &TrustedKey, now: Timestamp) -> StepResult {
    let Some((not_before, not_after)) = signer.validity() else {
        return StepResult::Skipped(SkipReason::BareKey);
    };
    if now < not_before {
        StepResult::Failed(Reason::DscNotYetValid { not_before, now })
    } else if now > not_after {
        StepResult::Failed(Reason::DscExpired { not_after, now })
    } else {
        StepResult::Passed
    }
}

/// Looks at every entry: a key for tests must not sign a vaccination in the
/// second place either.
fn key_usage(signer: &TrustedKey, record: &Record) -> StepResult {
    let allowed = signer.usage();
    let mut usages = record.entries().iter().map(|entry| entry.usage());
    match usages.find(|usage| !allowed.allows(*usage)) {
        Some(found) => StepResult::Failed(Reason::KeyUsage { allowed, found }),
        None => StepResult::Passed,
    }
}

/// Departures that show only next to the signer's certificate.
fn note_signer(claims: &Claims, signer: &TrustedKey, deviations: &mut Vec<Deviation>) {
    let mut note = |code, at: &str| deviations.push(Deviation::new(code, at));
    if let (Some(iss), Some(country)) = (claims.issuer(), signer.country())
        && iss != country
    {
        note(DeviationCode::IssCountry, "iss");
    }
    let Some((not_before, not_after)) = signer.validity() else {
        return;
    };
    let outside = |time: TimeClaim| {
        let time = time.timestamp();
        time.is_some_and(|t| !(not_before..=not_after).contains(&t))
    };
    if outside(claims.issued_at()) {
        note(DeviationCode::IatOutsideDsc, "iat");
    }
    if outside(claims.expires_at()) {
        note(DeviationCode::ExpOutsideDsc, "exp");
    }
}

/// The signed content as far as it can be read.
struct Content {
    claims: Result<Claims, ContentError>,
    record: Result<Record, ContentError>,
    identifiers: Vec<Identifier>,
}

impl Content {
    fn read(unverified: &Unverified, policy: &Policy, deviations: &mut Vec<Deviation>) -> Self {
        let claims = unverified.claims(&policy.limits, deviations);
        let record = match &claims {
            Ok(claims) => payload::read(claims, &policy.products, deviations),
            Err(error) => Err(*error),
        };
        let of = (claims.as_ref().ok(), record.as_ref().ok());
        let identifiers = Identifier::of_certificate(unverified, of.0, of.1);
        Self {
            claims,
            record,
            identifiers,
        }
    }
}

/// All steps, as of one of the keys.
struct Judged<'a> {
    outcome: Outcome,
    progress: Progress,
    signer: &'a TrustedKey,
    /// The revocation lists that were relied upon.
    lists: Vec<Arc<RevocationInfo>>,
}

impl Judged<'_> {
    fn verdict(mut self, content: Content, at: Timestamp) -> Verdict {
        let signer = self.signer.clone();
        let looked_up = LookedUp {
            identifiers: content.identifiers,
            lists: self.lists,
        };
        let body = match (self.outcome, content.claims, content.record) {
            (Outcome::Valid, Ok(claims), Ok(record)) => Body::Verified(Box::new(Verified {
                signer,
                claims,
                record,
                deviations: core::mem::take(&mut self.progress.deviations),
                revocation: self.progress.get(Step::Revocation),
                looked_up,
                at,
            })),
            (_, claims, record) => Body::Signed(Box::new(Signed {
                signer,
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
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            steps: [const { StepResult::NotReached }; Step::COUNT],
            deviations: Vec::new(),
            kid: None,
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
        } = self;
        Verdict {
            outcome,
            steps,
            deviations,
            kid,
            body,
        }
    }
}

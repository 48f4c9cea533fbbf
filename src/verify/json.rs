//! The verdict as JSON: the one value that crosses every language border.

use super::report::{StepResult, Verdict, Verified};
use super::{Reason, SkipReason, Step};
use crate::codec::json::write::{Object, Why, document};
use crate::record::Record;
use crate::trust::to_json::put_kid;
use alloc::string::String;

impl Verdict {
    /// The verdict as JSON, on one line: the document `verdict` of
    /// `test-vectors/verdict-schema.json`, which `docs/json.md` explains.
    ///
    /// `record` is what a **valid** certificate says. Of one that is not valid it
    /// is null, and what it says stands in `signed_record`, if the signature
    /// holds. Before the signature holds, nothing of the content is shown.
    ///
    /// It holds personal data: for a log take [`report_json`](Self::report_json).
    ///
    /// ```
    /// # use hcert::{Timestamp, trust::TrustStore, verify::Verifier};
    /// # let verifier = Verifier::new(TrustStore::builder().build().0);
    /// let verdict = verifier.verify("HC1:000", Timestamp::from_seconds(1_640_995_200));
    /// let json: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
    /// assert_eq!((&json["version"], &json["outcome"]), (&1.into(), &"invalid".into()));
    /// assert_eq!(json["reason"]["code"], "zlib-header");
    /// assert!(json["record"].is_null() && json["signed_record"].is_null());
    /// ```
    pub fn to_json(&self) -> String {
        document(|object| {
            self.write_report(object, true);
            let record = self.verified().map(Verified::record);
            self.put_record(object, "record", record);
            let signed = self.signed_record().filter(|_| record.is_none());
            self.put_record(object, "signed_record", signed);
        })
    }

    /// The same without what the certificate says of a person: without
    /// `record`, `signed_record` and `revocation.identifiers`. For a log, or a
    /// gate that keeps numbers. It names nobody, and still tells the kind of
    /// certificate and when it was issued, to the second: who sees the same
    /// certificate twice can know it again.
    ///
    /// ```
    /// # use hcert::{Timestamp, trust::TrustStore, verify::Verifier};
    /// # let verifier = Verifier::new(TrustStore::builder().build().0);
    /// # let verdict = verifier.verify("HC1:000", Timestamp::from_seconds(1_640_995_200));
    /// let json: serde_json::Value = serde_json::from_str(&verdict.report_json()).unwrap();
    /// assert_eq!(json["outcome"], "invalid");
    /// assert_eq!(json.get("record"), None);
    /// ```
    pub fn report_json(&self) -> String {
        document(|object| self.write_report(object, false))
    }

    fn write_report(&self, object: &mut Object<'_>, with_identifiers: bool) {
        object.put("outcome", self.outcome().code());
        object.why("reason", self.reason());
        object.put("format", &self.format().map(|format| format.code()));
        put_kid(object, self.kid());
        let verified = self.verified();
        object.put("verified_at", &verified.map(Verified::verified_at));
        object.objects("steps", self.steps(), |object, (step, result)| {
            object.put("step", step.code());
            object.put("result", result.word());
            match result {
                StepResult::Failed(reason) => object.why("reason", Some(reason)),
                StepResult::Skipped(reason) => object.why("reason", Some(reason)),
                StepResult::Passed | StepResult::NotReached => {
                    object.why("reason", None::<&Reason>);
                }
            }
        });
        object.list("deviations", self.deviations());
        object.put("signer", &self.signer());
        object.list("listings", self.listings());
        let others = verified.into_iter().flat_map(Verified::other_listings);
        object.list("other_listings", others);
        match self.signed_claims() {
            Some(claims) => object.object("claims", |object| claims.write_members(object)),
            None => object.put("claims", &None::<&str>),
        }
        object.object("revocation", |object| {
            object.put("result", self.step(Step::Revocation).word());
            let lists = self.revocation_lists().iter();
            object.list("lists", lists.map(|list| &**list));
            if with_identifiers {
                object.list("identifiers", self.identifiers());
            }
        });
    }

    fn put_record(&self, object: &mut Object<'_>, name: &str, record: Option<&Record>) {
        match record {
            Some(record) => object.object(name, |object| {
                record.write_members(object, self.deviations());
            }),
            None => object.put(name, &None::<&str>),
        }
    }
}

crate::codec::json::write::serialize_as_json!(Verdict);

impl Why for SkipReason {
    fn code(&self) -> &'static str {
        (*self).code()
    }

    fn values(&self, values: &mut Object<'_>) {
        match self {
            Self::RevocationDataStale { why } => {
                values.put("cause", why.code());
                why.values(values);
            }
            Self::NoRevocationData
            | Self::RevocationSkipped
            | Self::RevocationNotCovered
            | Self::NoList
            | Self::UndatedList
            | Self::BareKey
            | Self::NoContent
            | Self::UnknownKind => {}
        }
    }
}

impl Why for Reason {
    fn code(&self) -> &'static str {
        self.code()
    }

    fn values(&self, values: &mut Object<'_>) {
        match self {
            Self::Decode(error) => error.values(values),
            Self::Content(error) => error.values(values),
            Self::UnknownKey { kid } => values.put("kid", kid),
            Self::AlgUnsupported { algorithm } => values.text("algorithm", algorithm),
            Self::AlgKeyMismatch { algorithm, key } => {
                values.text("algorithm", algorithm);
                values.text("key", key);
            }
            Self::RsaTooShort { bits, minimum } => {
                values.put("bits", bits);
                values.put("minimum", minimum);
            }
            Self::ListExpired {
                list,
                expires_at,
                now,
            } => {
                values.put("list", list);
                values.put("expires_at", expires_at);
                values.put("now", now);
            }
            Self::ListTooOld {
                list,
                dated,
                max_age,
                now,
            } => {
                values.put("list", list);
                values.put("dated", dated);
                values.put("max_age", &max_age.as_secs());
                values.put("now", now);
            }
            Self::ListUndated { list, max_age } => {
                values.put("list", list);
                values.put("max_age", &max_age.as_secs());
            }
            Self::ListFromFuture { list, dated, now } => {
                values.put("list", list);
                values.put("dated", dated);
                values.put("now", now);
            }
            Self::ClockBehind { seen, now } => {
                values.put("seen", seen);
                values.put("now", now);
            }
            Self::KeyDenied { kid, why } => {
                values.put("kid", kid);
                values.put("why", why);
            }
            Self::Revoked {
                identifier,
                list,
                dated,
            } => {
                values.put("identifier", identifier.code());
                values.put("list", list);
                values.put("dated", dated);
            }
            Self::RevocationStale { list, why } => {
                values.put("list", list);
                values.put("cause", why.code());
                why.values(values);
            }
            Self::DscExpired { not_after, now } => {
                values.put("not_after", not_after);
                values.put("now", now);
            }
            Self::DscNotYetValid { not_before, now } | Self::NotBefore { not_before, now } => {
                values.put("not_before", not_before);
                values.put("now", now);
            }
            Self::KeyUsage { allowed, found } => {
                values.put("allowed", allowed);
                values.put("usage", found.name());
            }
            Self::Domain { domain, payload } | Self::UnknownDomain { domain, payload } => {
                values.put("domain", domain);
                values.put("payload", payload.code());
            }
            Self::Expired { expires_at, now } => {
                values.put("expires_at", expires_at);
                values.put("now", now);
            }
            Self::StartUnusable { claim } => values.put("claim", *claim),
            Self::IssuedInFuture { issued_at, now } => {
                values.put("issued_at", issued_at);
                values.put("now", now);
            }
            Self::RecordNotYetValid { now } | Self::RecordExpired { now } => {
                values.put("now", now);
            }
            Self::Deviation(deviation) => values.put("deviation", deviation),
            Self::KidMissing
            | Self::AlgMissing
            | Self::BadSignature
            | Self::RevocationMissing
            | Self::ExpMissing
            | Self::ExpUnusable
            | Self::RecordUndated
            | Self::UnknownVersion
            | Self::UnknownDdccVersion
            | Self::UnknownLinkVersion
            | Self::HolderUnnamed
            | Self::UnknownProduct
            | Self::UnknownDisease
            | Self::UnknownTemplate => {}
        }
    }
}

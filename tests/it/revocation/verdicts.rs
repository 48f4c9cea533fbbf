//! What the verifier makes of revocation data.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciborium::{Value, cbor};
use hcert::Timestamp;
use hcert::issue::Signer;
use hcert::revocation::{
    Answer, Identifier, IdentifierKind, RevocationFormat, RevocationInfo, RevocationList,
    RevocationPart, RevocationSource, Revocations, SplitList,
};
use hcert::trust::{KeyUsage, Kid, SignedDocument, TrustStore};
use hcert::verify::{
    Outcome, Policy, Reason, RevocationPolicy, SkipReason, Step, StepResult, Verdict, Verifier,
};
use hcert_testkit::fixtures::{self, NOW, dsc, issued, signer, trust, vaccination};
use hcert_testkit::lists::detached;
use hcert_testkit::raw::{self, Raw, cwt, holder_only, with};
use hcert_testkit::time::Plus as _;
use p256::ecdsa::Signature;

use super::{SIGNATURE, UCI, batch, key, kid_map};

const DAY: u64 = 86_400;
const REQUIRED: RevocationPolicy = RevocationPolicy::Require {
    max_age: Duration::from_secs(DAY),
};

fn certificate() -> String {
    issued("a", &vaccination()).text().to_owned()
}

fn identifiers(text: &str) -> Vec<Identifier> {
    let verdict = Verifier::new(trust(&[&dsc("a", &[])])).verify(text, NOW);
    assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
    verdict.verified().unwrap().identifiers().to_vec()
}

fn of_kind(text: &str, kind: IdentifierKind) -> Identifier {
    let all = identifiers(text).into_iter();
    let of_kind: Vec<_> = all.filter(|id| id.kind() == kind).collect();
    assert_eq!(of_kind.len(), 1);
    of_kind[0]
}

/// What an issuer keeps is what a verifier looks up.
#[test]
fn the_issuer_names_a_certificate_as_the_verifier_does() {
    for record in [vaccination(), fixtures::test(), fixtures::recovery()] {
        let issued = issued("a", &record);
        let verdict = Verifier::new(trust(&[&dsc("a", &[])])).verify(issued.text(), NOW);
        assert_eq!(verdict.outcome(), Outcome::Valid);
        assert_eq!(issued.identifiers(), verdict.identifiers());
        assert_eq!(issued.identifiers().len(), 3);
    }
}

/// A list of the signer's certificates, under its kid.
fn naming(ids: &[&Identifier]) -> RevocationList {
    naming_at(dsc("a", &[]).kid().as_bytes(), ids)
}

pub fn naming_at(kid: &[u8], ids: &[&Identifier]) -> RevocationList {
    let groups: Vec<_> = ids
        .iter()
        .map(|id| (kid, id.kind(), vec![&id.hash()[..16]]))
        .collect();
    let groups: Vec<_> = groups
        .iter()
        .map(|(kid, kind, hashes)| (*kid, *kind, hashes.as_slice()))
        .collect();
    RevocationList::trust_unsigned("list of XX", &kid_map(&groups)).unwrap()
}

fn verifier(policy: RevocationPolicy, lists: Vec<RevocationList>) -> Verifier {
    let mut revocations = Revocations::new();
    for list in lists {
        revocations.add(list);
    }
    let trust = trust(&[&dsc("a", &[])]);
    Verifier::with_policy(trust, Policy::default().revocation(policy)).with_revocations(revocations)
}

pub fn step(verdict: &Verdict) -> &StepResult {
    verdict.step(Step::Revocation)
}

#[track_caller]
pub fn is_revoked(verdict: &Verdict, by: IdentifierKind) {
    assert_eq!(verdict.outcome(), Outcome::Revoked, "{verdict:?}");
    let Some(Reason::Revoked { identifier, .. }) = verdict.reason() else {
        panic!("{verdict:?}");
    };
    assert_eq!(*identifier, by);
    assert!(verdict.verified().is_none());
}

#[test]
fn each_identifier_revokes() {
    let text = certificate();
    for id in identifiers(&text) {
        let verdict = verifier(RevocationPolicy::BestEffort, vec![naming(&[&id])]);
        is_revoked(&verdict.verify(&text, NOW), id.kind());
        // Of another kind the same hash is another one's.
        let other = match id.kind() {
            UCI => SIGNATURE,
            _ => UCI,
        };
        let other = naming(&[&Identifier::new(other, *id.hash())]);
        let verdict = verifier(RevocationPolicy::BestEffort, vec![other]).verify(&text, NOW);
        assert_eq!(verdict.outcome(), Outcome::Valid, "{verdict:?}");
    }
}

#[test]
fn the_report_names_the_list_and_its_date_and_nothing_of_the_holder() {
    let text = certificate();
    let uci = of_kind(&text, UCI);
    let list = naming(&[&uci]).with_fetched_at(NOW.plus(-60));
    let verdict = verifier(RevocationPolicy::BestEffort, vec![list]).verify(&text, NOW);
    is_revoked(&verdict, UCI);
    let reason = verdict.reason().unwrap();
    assert_eq!(reason.code(), "revoked");
    assert_eq!(
        reason.to_string(),
        format!(
            "the certificate is revoked: its uci is on the revocation list list of XX, dated {}",
            NOW.plus(-60)
        )
    );
    assert_eq!(verdict.revocation_lists()[0].label(), "list of XX");
    assert_eq!(verdict.revocation_lists()[0].dated(), Some(NOW.plus(-60)));
    assert_eq!(verdict.identifiers(), identifiers(&text));

    let uvci = hcert_testkit::fixtures::uvci();
    let hash: String = uci.hash().iter().map(|b| format!("{b:02x}")).collect();
    let shown = format!("{verdict:?} {reason} {:?}", verdict.identifiers());
    for secret in [uvci.as_str(), &uvci.as_str()[15..30], &hash[..12]] {
        assert!(!shown.contains(secret), "{shown}");
    }

    // Not listed: the lists that would name it.
    let list = naming(&[]).with_fetched_at(NOW);
    let verdict = verifier(RevocationPolicy::BestEffort, vec![list]).verify(&text, NOW);
    assert_eq!(step(&verdict), &StepResult::Passed);
    let verified = verdict.verified().unwrap();
    assert_eq!(verified.revocation(), &StepResult::Passed);
    assert_eq!(verified.revocation_lists()[0].label(), "list of XX");
}

/// docs/failures.md B6.
#[test]
fn the_malleable_twin_has_the_same_identifiers_and_verdict() {
    let issued = issued("a", &vaccination());
    let cose = issued.cose();
    let at = cose.len() - 64;
    let signature = Signature::from_slice(&cose[at..]).unwrap();
    let (r, s) = signature.split_scalars();
    let twin = Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap();
    let twin = [&cose[..at], &twin.to_bytes()[..]].concat();
    assert_ne!(twin, cose);
    let twin = raw::text(&twin);
    let text = issued.text();
    assert_eq!(identifiers(text), identifiers(&twin));
    let list = naming(&[&of_kind(text, SIGNATURE)]);
    let verifier = verifier(RevocationPolicy::BestEffort, vec![list]);
    for text in [text, &twin] {
        is_revoked(&verifier.verify(text, NOW), SIGNATURE);
    }
}

/// docs/failures.md E1: an app looked at the first entry alone.
#[test]
fn one_revoked_entry_revokes_the_certificate() {
    let sign = |groups: Value| {
        let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(cwt(groups));
        raw::text(&raw.sign(&signer("a")))
    };
    let entry = |ci: &str| with(raw::v(), "ci", Some(Value::from(ci)));
    let two = Value::Array(vec![
        entry("URN:UVCI:01:XX:FIRST"),
        entry("URN:UVCI:01:XX:SECOND"),
    ]);
    let vaccinations = sign(with(holder_only(), "v", Some(two)));
    let mixed = with(holder_only(), "v", Some(Value::Array(vec![raw::v()])));
    let mixed = sign(with(mixed, "t", Some(Value::Array(vec![raw::t()]))));
    for (text, ids) in [
        (
            &vaccinations,
            ["URN:UVCI:01:XX:FIRST", "URN:UVCI:01:XX:SECOND"],
        ),
        (
            &mixed,
            ["URN:UVCI:01:XX:VACCINATION#E", "URN:UVCI:01:XX:TEST#M"],
        ),
    ] {
        for id in ids {
            for id in [
                Identifier::of(UCI, id.as_bytes()),
                Identifier::of(IdentifierKind::CountryCodeUci, format!("XX{id}").as_bytes()),
            ] {
                let verifier = verifier(RevocationPolicy::BestEffort, vec![naming(&[&id])]);
                is_revoked(&verifier.verify(text, NOW), id.kind());
            }
        }
    }
}

#[test]
fn country_code_uci_is_looked_for_with_both_countries() {
    // `iss` and `co` differ, and so do the apps.
    let claims = with(cwt(raw::dcc()), 1, Some(Value::from("xy")));
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(claims);
    let text = raw::text(&raw.sign(&signer("a")));
    for country in ["xy", "XY", "XX"] {
        let id = format!("{country}URN:UVCI:01:XX:VACCINATION#E");
        let id = Identifier::of(IdentifierKind::CountryCodeUci, id.as_bytes());
        let verifier = verifier(RevocationPolicy::BestEffort, vec![naming(&[&id])]);
        is_revoked(&verifier.verify(&text, NOW), IdentifierKind::CountryCodeUci);
    }
}

#[test]
fn ps256_is_named_by_the_whole_signature() {
    let rsa = raw::RsaSigner::new(2048);
    let kid = Kid::new(b"rsa").unwrap();
    let raw = Raw::new(b"rsa").protected(raw::header(Some(raw::PS256), Some(b"rsa")));
    let signature = rsa.sign(&raw.to_be_signed()).unwrap();
    let text = raw::text(&raw.with_signature(&signature));
    let mut trust = TrustStore::builder();
    let added = trust.add_public_key("rsa", kid, rsa.public_key(), None, KeyUsage::ANY);
    added.unwrap();
    let (trust, _) = trust.build();
    let id = Identifier::of(SIGNATURE, &signature);
    let half = Identifier::of(SIGNATURE, &signature[..128]);
    for (id, outcome) in [(id, Outcome::Revoked), (half, Outcome::Valid)] {
        let mut revocations = Revocations::new();
        revocations.add(naming_at(b"rsa", &[&id]));
        let verifier = Verifier::new(trust.clone()).with_revocations(revocations);
        assert_eq!(verifier.verify(&text, NOW).outcome(), outcome);
    }
}

#[test]
fn what_the_policy_makes_of_it() {
    use RevocationPolicy::{BestEffort, Skip};
    let text = certificate();
    let revoked = || naming(&[&of_kind(&text, UCI)]);
    let of_another = RevocationList::trust_unsigned(
        "another key",
        batch("AQIDBAUGBwg=", "UCI", &[&[7; 16]])
            .to_string()
            .as_bytes(),
    );
    let of_another = || of_another.clone().unwrap().with_fetched_at(NOW);
    let aged = |seconds: i64| naming(&[]).with_fetched_at(NOW.plus(-seconds));
    let late = i64::try_from(DAY).unwrap() + 1;
    let skipped = SkipReason::NoRevocationData.code();
    for (policy, lists, outcome, code) in [
        // As without any of this.
        (BestEffort, vec![], Outcome::Valid, skipped),
        (Skip, vec![], Outcome::Valid, "revocation-skipped"),
        (
            REQUIRED,
            vec![],
            Outcome::Unascertained,
            "revocation-missing",
        ),
        // Data that say nothing about the certificate.
        (
            BestEffort,
            vec![of_another()],
            Outcome::Valid,
            "revocation-not-covered",
        ),
        (
            REQUIRED,
            vec![of_another()],
            Outcome::Unascertained,
            "revocation-missing",
        ),
        // Data that do.
        (BestEffort, vec![revoked()], Outcome::Revoked, "revoked"),
        (Skip, vec![revoked()], Outcome::Valid, "revocation-skipped"),
        (REQUIRED, vec![revoked()], Outcome::Revoked, "revoked"),
        (REQUIRED, vec![aged(60)], Outcome::Valid, ""),
        (
            REQUIRED,
            vec![aged(late)],
            Outcome::Unascertained,
            "revocation-stale",
        ),
        (BestEffort, vec![aged(late)], Outcome::Valid, ""),
        // Undated.
        (
            REQUIRED,
            vec![naming(&[])],
            Outcome::Unascertained,
            "revocation-stale",
        ),
        (BestEffort, vec![naming(&[])], Outcome::Valid, ""),
        // From the future.
        (
            REQUIRED,
            vec![aged(-3600)],
            Outcome::Unascertained,
            "revocation-stale",
        ),
        (
            BestEffort,
            vec![aged(-3600)],
            Outcome::Valid,
            "revocation-data-stale",
        ),
        // One in time suffices; on any is on one.
        (REQUIRED, vec![aged(late), aged(60)], Outcome::Valid, ""),
        (
            REQUIRED,
            vec![aged(60), revoked()],
            Outcome::Revoked,
            "revoked",
        ),
    ] {
        let verdict = verifier(policy, lists).verify(&text, NOW);
        assert_eq!(verdict.outcome(), outcome, "{policy:?} {verdict:?}");
        assert_eq!(step(&verdict).code().unwrap_or_default(), code);
        assert_eq!(verdict.verified().is_some(), outcome == Outcome::Valid);
        // What was relied upon, and nothing else.
        let relied = verdict.revocation_lists().iter().map(|list| list.dated());
        let expected = match (outcome, code) {
            (Outcome::Revoked, _) => 1,
            (_, "") => 1,
            _ => 0,
        };
        assert_eq!(relied.count(), expected, "{policy:?} {verdict:?}");
    }
}

/// The age is that at the time of use, not of loading.
#[test]
fn data_age_in_the_verifier() {
    let text = certificate();
    let verifier = verifier(REQUIRED, vec![naming(&[]).with_fetched_at(NOW)]);
    let at = |seconds: u64| NOW.plus(i64::try_from(seconds).unwrap());
    assert_eq!(verifier.verify(&text, at(DAY)).outcome(), Outcome::Valid);
    let verdict = verifier.verify(&text, at(DAY + 1));
    assert_eq!(verdict.outcome(), Outcome::Unascertained);
    let Some(Reason::RevocationStale { list, why }) = verdict.reason() else {
        panic!("{verdict:?}");
    };
    assert_eq!(list, "list of XX");
    assert_eq!(why.code(), "stale-too-old");
    let undated = self::verifier(REQUIRED, vec![naming(&[])]).verify(&text, NOW);
    let reason = undated.reason().unwrap().to_string();
    assert!(reason.contains("say when it was fetched"), "{reason}");
}

#[test]
fn a_signed_list_has_its_own_dates() {
    let text = certificate();
    let made = NOW.plus(-3600);
    let sign = |ends| SignedDocument::sign("revocation", &[0xa0], made, ends, &signer("list"));
    let list = |ends| {
        let file = sign(ends).unwrap();
        RevocationList::open("signed", &file, &key("list")).unwrap()
    };
    for (policy, ends, code) in [
        (REQUIRED, None, ""),
        (REQUIRED, Some(NOW), ""),
        (REQUIRED, Some(NOW.plus(-1)), "revocation-stale"),
        (
            RevocationPolicy::BestEffort,
            Some(NOW.plus(-1)),
            "revocation-data-stale",
        ),
    ] {
        let list = list(ends);
        assert_eq!(list.info().issued_at(), Some(made));
        assert_eq!(list.info().expires_at(), ends);
        let verdict = verifier(policy, vec![list]).verify(&text, NOW);
        assert_eq!(step(&verdict).code().unwrap_or_default(), code);
    }
}

/// Fetched at the same time, one of them says when it was made.
#[test]
fn a_list_in_parts_is_as_old_as_the_oldest() {
    let made = NOW.plus(-400 * 86_400);
    let text = certificate();
    let own = dsc("a", &[]).kid();
    let count = Value::Map(vec![(Value::Bytes(vec![0x0a]), Value::from(1))]);
    let kids = Value::Map(vec![(Value::Bytes(own.as_bytes().to_vec()), count)]);
    let index = Value::Array(vec![0.into(), 1.into(), Value::Map(vec![])]);
    let index = Value::Map(vec![(Value::Bytes(vec![0xaa]), index)]);
    let dated = |part: &Value| {
        let part = raw::encode(part);
        SignedDocument::sign("revocation", &part, made, None, &signer("list")).unwrap()
    };
    let undated = |part: &Value| detached(&cbor!({1 => -7}).unwrap(), part, "list");
    let list = |kids: &[u8], index: &[u8], fetched_at: Option<Timestamp>| {
        let [kids, index] = [kids, index].map(|bytes| {
            let part = RevocationPart::open(bytes, &key("list")).unwrap();
            match fetched_at {
                Some(time) => part.with_fetched_at(time),
                None => part,
            }
        });
        let mut list = SplitList::from_kids("DE", kids).unwrap();
        list.add_index(own.as_bytes(), SIGNATURE, index).unwrap();
        list
    };
    for (kids, index) in [
        (dated(&kids), undated(&index)),
        (undated(&kids), dated(&index)),
    ] {
        let fetched = list(&kids, &index, Some(NOW));
        assert_eq!(fetched.info().issued_at(), None);
        assert_eq!(fetched.info().dated(), Some(made));
        let mut revocations = Revocations::new();
        revocations.add(fetched);
        let policy = Policy::default().revocation(REQUIRED);
        let verifier = Verifier::with_policy(trust(&[&dsc("a", &[])]), policy);
        let verdict = verifier.with_revocations(revocations).verify(&text, NOW);
        assert_eq!(step(&verdict).code(), Some("revocation-stale"));
        // Of one part nothing is known.
        assert_eq!(list(&kids, &index, None).info().dated(), None);
    }
    let fetched = list(&undated(&kids), &undated(&index), Some(NOW));
    assert_eq!(fetched.info().dated(), Some(NOW));
}

/// A set of both is as old as the oldest, too.
#[test]
fn batches_that_are_all_together_are_as_old_as_the_oldest() {
    let text = certificate();
    let dsc = dsc("a", &[]);
    let kid = STANDARD.encode(dsc.kid().as_bytes());
    let batch = |kid: &str, days: Option<i64>| {
        let entry = serde_json::json!({"hash": STANDARD.encode([7; 16])});
        let batch = serde_json::json!({"country": "XX", "expires": "2030-01-01T00:00:00Z",
            "kid": kid, "hashType": "SIGNATURE", "entries": [entry]});
        let list = RevocationList::trust_unsigned("batch", batch.to_string().as_bytes()).unwrap();
        let list = list.with_all_batches();
        match days {
            Some(days) => list.with_fetched_at(NOW.plus(-days * 86_400)),
            None => list,
        }
    };
    let code = |lists: Vec<RevocationList>| {
        let policy = Policy::default().revocation(REQUIRED);
        let mut revocations = Revocations::new();
        for list in lists {
            revocations.add(list);
        }
        let verifier = Verifier::with_policy(trust(&[&dsc]), policy);
        let verdict = verifier.with_revocations(revocations).verify(&text, NOW);
        step(&verdict).code()
    };
    let [new, old, undated] = [
        batch(&kid, Some(0)),
        batch("UNKNOWN_KID", Some(400)),
        batch("UNKNOWN_KID", None),
    ];
    assert_eq!(code(vec![new.clone()]), None);
    assert_eq!(code(vec![new.clone(), batch("UNKNOWN_KID", Some(0))]), None);
    for other in [&old, &undated] {
        for lists in [
            vec![&new, other],
            vec![other, &new],
            vec![&new, other, &new],
        ] {
            let lists = lists.into_iter().cloned().collect();
            assert_eq!(code(lists), Some("revocation-stale"));
        }
    }
    // What is whole by itself has its own age.
    let whole = naming(&[]).with_fetched_at(NOW);
    assert_eq!(code(vec![old, whole]), None);
}

/// A certificate whose content can't be read is still named by its signature.
#[test]
fn revoked_weighs_more_than_unreadable() {
    let raw = Raw::new(dsc("a", &[]).kid().as_bytes()).payload(cwt(Value::from(7)));
    let cose = raw.sign(&signer("a"));
    let text = raw::text(&cose);
    let r = &cose[cose.len() - 64..][..32];
    let list = naming(&[&Identifier::of(SIGNATURE, r)]);
    let verdict = verifier(RevocationPolicy::BestEffort, vec![list]).verify(&text, NOW);
    is_revoked(&verdict, SIGNATURE);
    let verdict = verifier(RevocationPolicy::BestEffort, vec![]).verify(&text, NOW);
    assert_eq!(verdict.outcome(), Outcome::Invalid);
}

/// A list of one country says nothing about those of others.
#[test]
fn a_national_list_covers_its_country() {
    let text = certificate();
    let verify = |countries: &[&str], list: RevocationList| {
        let mut revocations = Revocations::new();
        revocations.add_for_countries(list, countries);
        let trust = trust(&[&dsc("a", &[])]);
        let verifier = Verifier::new(trust).with_revocations(revocations);
        verifier.verify(&text, NOW)
    };
    assert_eq!(
        step(&verify(&["YY", "XX"], naming(&[]))),
        &StepResult::Passed
    );
    assert_eq!(step(&verify(&["xx"], naming(&[]))), &StepResult::Passed);
    let code = step(&verify(&["YY"], naming(&[]))).code();
    assert_eq!(code, Some("revocation-not-covered"));
    let named = naming(&[&of_kind(&text, UCI)]);
    is_revoked(&verify(&["YY"], named), UCI);
}

/// A data base of the caller's.
struct Everybody(RevocationInfo);

impl RevocationSource for Everybody {
    fn info(&self) -> &RevocationInfo {
        &self.0
    }

    fn answer(&self, _: &[u8], _: Option<&str>, id: &Identifier) -> Answer {
        match id.kind() {
            SIGNATURE => Answer::OtherKind,
            _ => Answer::Listed,
        }
    }
}

#[test]
fn a_source_of_ones_own() {
    let info = RevocationInfo::new("data base", RevocationFormat::Other);
    let mut revocations = Revocations::new();
    revocations.add(Everybody(info));
    let trust = trust(&[&dsc("a", &[])]);
    let verifier = Verifier::new(trust).with_revocations(revocations);
    is_revoked(&verifier.verify(&certificate(), NOW), UCI);
    let lists: Vec<_> = verifier.revocations().lists().map(Arc::as_ref).collect();
    assert_eq!(lists[0].label(), "data base");
    assert_eq!(lists[0].dated(), None::<Timestamp>);
}

//! What a document signer may sign (hcert-spec 1.0.8, extended key usage),
//! and payloads with more or fewer entries than one.

use ciborium::{Value, cbor};
use hcert::trust::{KeyUsage, TrustStore, Usage};
use hcert::verify::{Outcome, Step, Verdict, Verifier};
use hcert_testkit::fixtures::*;
use hcert_testkit::raw::{self, Raw, cwt, dcc, holder_only, r, t, v, with};

const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
const ARCS: [&str; 2] = ["1.3.6.1.4.1.1847.2021.1", "1.3.6.1.4.1.0.1847.2021.1"];

/// A DCC with these groups.
fn groups(groups: &[(&str, &[Value])]) -> Value {
    groups.iter().fold(holder_only(), |dcc, (name, entries)| {
        with(dcc, *name, Some(Value::Array(entries.to_vec())))
    })
}

/// The verdict on `claims`, signed by a key with that extended key usage.
fn verify(eku: &[&str], claims: Value) -> Verdict {
    let dsc = dsc("a", eku);
    let cose = Raw::new(dsc.kid().as_bytes())
        .payload(claims)
        .sign(&signer("a"));
    let verdict = Verifier::new(trust(&[&dsc])).verify(&raw::text(&cose), NOW);
    assert_eq!(verdict.step(Step::Signature).word(), "passed");
    verdict
}

fn deviations(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let all = verdict.deviations().iter();
    all.map(|d| (d.code(), d.at().to_owned())).collect()
}

/// Some of test 1, vaccination 2, recovery 3, none of them in particular.
type Kinds = &'static [u8];

#[test]
fn a9_a_limited_key_signs_its_kinds_and_no_others() {
    let payloads: [(Kinds, Value); 7] = [
        (&[1], groups(&[("t", &[t()])])),
        (&[2], groups(&[("v", &[v()])])),
        (&[3], groups(&[("r", &[r()])])),
        (&[2, 1], groups(&[("v", &[v()]), ("t", &[t()])])),
        (&[3, 2], groups(&[("v", &[v()]), ("r", &[r()])])),
        (
            &[1, 2, 3],
            groups(&[("t", &[t()]), ("v", &[v()]), ("r", &[r()])]),
        ),
        (&[1, 3], groups(&[("t", &[t(), t()]), ("r", &[r()])])),
    ];
    let keys: [Kinds; 8] = [&[], &[1], &[2], &[3], &[1, 2], &[1, 3], &[2, 3], &[1, 2, 3]];
    for arc in ARCS {
        for allowed in keys {
            for other in [false, true] {
                let mut oids: Vec<_> = allowed.iter().map(|n| format!("{arc}.{n}")).collect();
                oids.extend(other.then(|| CODE_SIGNING.to_owned()));
                let oids: Vec<_> = oids.iter().map(String::as_str).collect();
                for (found, dcc) in &payloads {
                    let verdict = verify(&oids, cwt(dcc.clone()));
                    let may = allowed.is_empty() || found.iter().all(|k| allowed.contains(k));
                    let expected = if may { None } else { Some("key-usage") };
                    let step = verdict.step(Step::KeyUsage);
                    assert_eq!(step.code(), expected, "{oids:?} {found:?}");
                    let outcome = if may {
                        Outcome::Valid
                    } else {
                        Outcome::Invalid
                    };
                    assert_eq!(verdict.outcome(), outcome);
                }
            }
        }
    }
}

#[test]
fn a9_both_arcs_add_up_and_their_neighbours_mean_nothing() {
    let both = [format!("{}.1", ARCS[0]), format!("{}.2", ARCS[1])];
    let both: Vec<_> = both.iter().map(String::as_str).collect();
    for (dcc, may) in [
        (groups(&[("t", &[t()])]), true),
        (groups(&[("v", &[v()])]), true),
        (groups(&[("r", &[r()])]), false),
    ] {
        let verdict = verify(&both, cwt(dcc));
        assert_eq!(verdict.outcome() == Outcome::Valid, may);
    }
    let oid = "1.3.6.1.4.1.1847.2021.2.1";
    let verdict = verify(&[oid], cwt(dcc()));
    assert_eq!(verdict.outcome(), Outcome::Valid, "{oid} sets no limit");
    // A limit to a kind that is not known is one, and so is the arc itself.
    for oid in [
        "1.3.6.1.4.1.1847.2021.1",
        "1.3.6.1.4.1.1847.2021.1.4",
        "1.3.6.1.4.1.1847.2021.1.1.1",
        "1.3.6.1.4.1.0.1847.2021.1.0",
    ] {
        let verdict = verify(&[oid], cwt(dcc()));
        assert_eq!(verdict.outcome(), Outcome::Invalid, "{oid} is another kind");
    }
}

#[test]
fn a9_a_limit_that_the_source_sets_on_a_bare_key_holds() {
    let dsc = dsc("a", &[]);
    let text = raw::text(&Raw::new(dsc.kid().as_bytes()).sign(&signer("a")));
    for (usage, outcome) in [
        (KeyUsage::ANY, Outcome::Valid),
        (Usage::Vaccination.into(), Outcome::Valid),
        (Usage::Test.into(), Outcome::Invalid),
        (KeyUsage::only([]), Outcome::Invalid),
    ] {
        let mut builder = TrustStore::builder();
        let key = dsc.public_key().clone();
        builder
            .add_public_key("test", dsc.kid(), key, None, usage)
            .unwrap();
        let verdict = Verifier::new(builder.build().0).verify(&text, NOW);
        assert_eq!(verdict.outcome(), outcome, "{usage}");
    }
}

#[test]
fn e1_mixed_groups_are_read_and_reported() {
    let verdict = verify(&[], cwt(groups(&[("v", &[v()]), ("t", &[t()])])));
    assert_eq!(verdict.outcome(), Outcome::Valid);
    let kinds: Vec<_> = verdict
        .signed_record()
        .unwrap()
        .entries()
        .iter()
        .map(|e| e.usage())
        .collect();
    assert_eq!(kinds, [Usage::Vaccination, Usage::Test]);
    assert_eq!(deviations(&verdict), [("schema-groups", String::new())]);
}

#[test]
fn e1_every_entry_of_a_group_is_in_the_record() {
    let second = with(v(), "ci", Some(Value::from("URN:UVCI:01:XX:SECOND")));
    let verdict = verify(&[], cwt(groups(&[("v", &[v(), second])])));
    assert_eq!(verdict.outcome(), Outcome::Valid);
    let entries = verdict.signed_record().unwrap().entries();
    let ids: Vec<_> = entries.iter().map(|e| e.id()).collect();
    assert_eq!(
        ids,
        ["URN:UVCI:01:XX:VACCINATION#E", "URN:UVCI:01:XX:SECOND"].map(Some)
    );
    assert_eq!(deviations(&verdict), [("schema-entries", "v".into())]);
    // A wrong one in the second place is not overlooked.
    for wrong in [Value::Null, Value::from("entry"), Value::Array(vec![])] {
        let verdict = verify(&[], cwt(groups(&[("v", &[v(), wrong])])));
        assert_eq!(verdict.outcome(), Outcome::Invalid);
        assert_eq!(verdict.reason().unwrap().code(), "dcc-entry-not-a-map");
    }
}

#[test]
fn e1_without_an_entry_there_is_nothing_to_be_valid() {
    let none: &[Value] = &[];
    let null = |name: &str| with(holder_only(), name, Some(Value::Null));
    for dcc in [
        holder_only(),
        groups(&[("v", none)]),
        groups(&[("v", none), ("t", none), ("r", none)]),
        null("v"),
        with(null("v"), "t", Some(Value::Array(vec![]))),
    ] {
        let verdict = verify(&[&format!("{}.1", ARCS[0])], cwt(dcc));
        assert_eq!(verdict.outcome(), Outcome::Invalid);
        assert_eq!(verdict.step(Step::Content).code(), Some("dcc-no-entry"));
        assert_eq!(verdict.step(Step::KeyUsage).code(), Some("no-content"));
        assert!(verdict.signed_record().is_none());
    }
}

#[test]
fn e1_a_group_that_cannot_be_read_does_not_pass_a_limited_key() {
    let entries = Value::Array(vec![v()]);
    let for_tests = format!("{}.1", ARCS[0]);
    for group in [v(), Value::Tag(24, Box::new(entries)), Value::from("v")] {
        for dcc in [holder_only(), groups(&[("t", &[t()])])] {
            let claims = cwt(with(dcc, "v", Some(group.clone())));
            for eku in [&[][..], &[for_tests.as_str()]] {
                let verdict = verify(eku, claims.clone());
                assert_eq!(verdict.outcome(), Outcome::Invalid);
                let content = verdict.step(Step::Content).code();
                assert_eq!(content, Some("dcc-group-not-an-array"));
                assert!(verdict.signed_record().is_none());
            }
        }
    }
}

#[test]
fn e1_null_and_empty_groups_beside_a_full_one_hide_nothing() {
    for empty in [Value::Null, Value::Array(vec![])] {
        let dcc = ["t", "r"]
            .iter()
            .fold(dcc(), |dcc, name| with(dcc, *name, Some(empty.clone())));
        let verdict = verify(&[], cwt(dcc.clone()));
        assert_eq!(verdict.outcome(), Outcome::Valid);
        assert_eq!(verdict.signed_record().unwrap().entries().len(), 1);
        assert!(!verdict.deviations().is_empty());
        // The key for tests does not get by because t comes along.
        let verdict = verify(&[&format!("{}.1", ARCS[0])], cwt(dcc));
        assert_eq!(verdict.step(Step::KeyUsage).code(), Some("key-usage"));
    }
}

#[test]
fn e1_a_second_payload_in_the_hcert_claim_is_reported() {
    let claims = |hcert: Value| with(cwt(dcc()), -260, Some(hcert));
    let verdict = verify(&[], claims(cbor!({1 => dcc(), 2 => {"v" => [1]}}).unwrap()));
    assert_eq!(verdict.outcome(), Outcome::Valid);
    assert_eq!(deviations(&verdict), [("hcert-extra", "hcert".into())]);

    let verdict = verify(&[], claims(cbor!({2 => dcc()}).unwrap()));
    assert_eq!(verdict.outcome(), Outcome::Unascertained);
    assert_eq!(verdict.reason().unwrap().code(), "hcert-unknown-payload");

    for (hcert, code) in [
        (cbor!([dcc()]).unwrap(), "cwt-claim-type"),
        (Value::Null, "cwt-claim-type"),
        (cbor!({}).unwrap(), "hcert-unknown-payload"),
        (cbor!({1 => null}).unwrap(), "dcc-not-a-map"),
        (cbor!({1 => [dcc()]}).unwrap(), "dcc-not-a-map"),
    ] {
        let verdict = verify(&[], claims(hcert));
        assert_eq!(verdict.step(Step::Content).code(), Some(code));
        assert_ne!(verdict.outcome(), Outcome::Valid);
    }
    let verdict = verify(&[], with(cwt(dcc()), -260, None));
    assert_eq!(verdict.step(Step::Content).code(), Some("hcert-missing"));
}

#[test]
fn b8_a_claim_or_member_that_stands_twice_is_refused() {
    let twice = |value: Value, key: Value| {
        let mut members = value.into_map().unwrap();
        let member = members.iter().find(|(k, _)| *k == key).cloned();
        members.extend(member);
        Value::Map(members)
    };
    let hcert = |dcc| with(cwt(dcc), 99, None);
    let entry = with(
        holder_only(),
        "v",
        Some(cbor!([twice(v(), "ci".into())]).unwrap()),
    );
    for claims in [
        twice(cwt(dcc()), 4.into()),
        twice(cwt(dcc()), (-260).into()),
        hcert(twice(dcc(), "v".into())),
        hcert(twice(dcc(), "dob".into())),
        hcert(entry),
    ] {
        let verdict = verify(&[], claims);
        assert_eq!(verdict.outcome(), Outcome::Invalid);
        assert_eq!(
            verdict.step(Step::Content).code(),
            Some("cbor-duplicate-key")
        );
        assert!(verdict.signed_record().is_none() && verdict.signed_claims().is_none());
    }
}

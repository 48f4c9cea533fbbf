//! Runs a vector of `revocation.json` through the public API.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hcert::Timestamp;
use hcert::crypto::PublicKey;
use hcert::revocation::{
    ItalianList, RevocationError, RevocationInfo, RevocationList, RevocationPart, RevocationSet,
    RevocationSource, Revocations, SetFormError,
};
use hcert::trust::{Anchor, KeyUsage, Kid, SignedDocument, TrustState, TrustStore};
use hcert::verify::{Policy, Reason, RevocationPolicy, Step, StepResult, Verdict, Verifier};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::fields::{array, bytes, text, time, unhex};

type Error = Box<dyn std::error::Error>;

/// A line for each thing that is other than the vector declares.
pub fn disagreements(file: &Value, vector: &Value) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let verdict = verdict_noting(file, vector, &mut found)?;
    let (expected, actual) = (&vector["expected"], summary(&verdict));
    if *expected != actual {
        let id = text(vector, "id")?;
        found.push(format!(
            "{id}: declared {expected}, this crate says {actual}"
        ));
    }
    Ok(found)
}

/// What the library says in a vector.
#[allow(dead_code)] // Who only compares needs no more than that.
pub fn verdict(file: &Value, vector: &Value) -> Result<Verdict, Error> {
    verdict_noting(file, vector, &mut Vec::new())
}

fn verdict_noting(file: &Value, vector: &Value, found: &mut Vec<String>) -> Result<Verdict, Error> {
    let id = text(vector, "id")?;
    let (mut revocations, mut state) = (Revocations::new(), TrustState::default());
    for given in array(vector, "lists")? {
        let list = find(file, "lists", text(given, "list")?)?;
        let mut ignored = Revocations::new();
        let held = match given["held"] == true {
            true => &mut revocations,
            false => &mut ignored,
        };
        let loaded = load(file, list, given, held, &mut state)?;
        let code = loaded.as_ref().err().copied();
        if json!(code) != given["expected"] {
            let declared = &given["expected"];
            found.push(format!(
                "{id}, {}: declared {declared}, this crate says {code:?}",
                list["id"]
            ));
        }
        if let Ok(info) = loaded {
            let dates = [info.issued_at(), info.expires_at(), info.as_of()];
            for (name, actual) in ["issued_at", "expires_at", "as_of"].into_iter().zip(dates) {
                if optional_time(list, name)? != actual {
                    found.push(format!("{id}, {}: {name} is {actual:?}", list["id"]));
                }
            }
            if info.format().code() != list["form"] {
                found.push(format!(
                    "{id}, {}: of the form {:?}",
                    list["id"],
                    info.format()
                ));
            }
        }
    }
    let policy = Policy::default().revocation(policy(&vector["policy"])?);
    let trust = store(file, array(vector, "trust")?)?;
    let verifier = Verifier::with_policy(trust, policy).with_revocations(revocations);
    let certificate = find(file, "certificates", text(vector, "certificate")?)?;
    Ok(verifier.verify(text(certificate, "input")?, time(vector, "time")?))
}

/// The same for the identifiers that a certificate declares.
pub fn identifier_disagreements(file: &Value, certificate: &Value) -> Result<Vec<String>, Error> {
    let id = text(certificate, "id")?;
    let mut found = Vec::new();
    let mut declared = BTreeSet::new();
    for identifier in array(certificate, "identifiers")? {
        let preimage = unhex(text(identifier, "preimage")?)?;
        let hash = text(identifier, "sha256")?;
        if hex(&Sha256::digest(preimage)) != hash {
            found.push(format!("{id}: {hash} is not SHA-256 of its preimage"));
        }
        declared.insert((text(identifier, "kind")?, hash.to_owned()));
    }
    let trust = store(file, std::slice::from_ref(&certificate["trust"]))?;
    let now = Timestamp::parse("2021-07-01T12:00:00Z")?;
    let verdict = Verifier::new(trust).verify(text(certificate, "input")?, now);
    let identifiers = verdict.identifiers().iter();
    let actual: BTreeSet<_> = identifiers
        .map(|identifier| (identifier.kind().code(), hex(identifier.hash())))
        .collect();
    if declared != actual {
        found.push(format!(
            "{id}: declared {declared:?}, this crate says {actual:?}"
        ));
    }
    Ok(found)
}

/// Takes a list into the revocation data, or gives the code of why not.
fn load(
    file: &Value,
    list: &Value,
    given: &Value,
    into: &mut Revocations,
    state: &mut TrustState,
) -> Result<Result<RevocationInfo, &'static str>, Error> {
    let label = text(list, "id")?;
    let mut parts = Vec::new();
    for part in array(list, "parts")? {
        let part = part.as_str().ok_or("a part is no text")?;
        parts.push(match text(list, "encoding")? {
            "text" => part.as_bytes().to_vec(),
            _ => BASE64_STANDARD.decode(part)?,
        });
    }
    let one = || parts.first().cloned().ok_or("there is no part");
    let checked_with = match given["anchor"].as_str() {
        None => None,
        Some(id) => Some(anchor(file, id)?),
    };
    let fetched_at = optional_time(given, "fetched_at")?;
    let countries = given["countries"].as_array();
    let countries = countries.map(|all| all.iter().filter_map(Value::as_str).collect());
    let taking = Taking {
        into,
        state,
        countries,
    };
    Ok(match text(list, "form")? {
        "set" => open_set(label, one()?, checked_with.as_ref())
            .map_err(|error| error.code())
            .and_then(|set| taking.take(set)),
        "it" => {
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            let list = ItalianList::trust_unsigned(label, &parts);
            let list = list.map(|list| match fetched_at {
                Some(time) => list.with_fetched_at(time),
                None => list,
            });
            let list = list.map_err(|error| error.code());
            list.and_then(|list| taking.take(list))
        }
        _ => {
            let list = open_list(label, &one()?, checked_with.as_ref());
            let list = list.map(|list| match fetched_at {
                Some(time) => list.with_fetched_at(time),
                None => list,
            });
            let list = list.map(|list| match given["all_batches"] == true {
                true => list.with_all_batches(),
                false => list,
            });
            let list = list.map_err(|error| error.code());
            list.and_then(|list| taking.take(list))
        }
    })
}

fn open_list(
    label: &str,
    bytes: &[u8],
    anchor: Option<&Anchor>,
) -> Result<RevocationList, RevocationError> {
    match anchor {
        None => RevocationList::trust_unsigned(label, bytes),
        Some(anchor) => {
            let document = SignedDocument::open("revocation", bytes, anchor)?;
            RevocationList::read(label, RevocationPart::of_document(&document)?)
        }
    }
}

fn open_set(
    label: &str,
    bytes: Vec<u8>,
    anchor: Option<&Anchor>,
) -> Result<impl RevocationSource + 'static, SetFormError> {
    let set = match anchor {
        None => RevocationSet::trust_unsigned(bytes)?,
        Some(anchor) => RevocationSet::open(bytes, std::slice::from_ref(anchor))?,
    };
    Ok(set.named(label))
}

struct Taking<'a> {
    into: &'a mut Revocations,
    state: &'a mut TrustState,
    countries: Option<Vec<&'a str>>,
}

impl Taking<'_> {
    /// Unless it is older than the edition before.
    fn take(self, list: impl RevocationSource + 'static) -> Result<RevocationInfo, &'static str> {
        let info = list.info().clone();
        let accepted = self.state.accept_revocations(&info);
        accepted.map_err(|error| error.code())?;
        match self.countries {
            None => self.into.add(list),
            Some(countries) => self.into.add_for_countries(list, &countries),
        };
        Ok(info)
    }
}

/// The key that a list's signature is checked with.
pub fn anchor(file: &Value, id: &str) -> Result<Anchor, Error> {
    let der = bytes(find(file, "anchors", id)?, "der")?;
    Ok(Anchor::from_bytes(&der)?)
}

/// These entries of `trust`, in this order.
pub fn store(file: &Value, ids: &[Value]) -> Result<TrustStore, Error> {
    let mut builder = TrustStore::builder();
    for id in ids {
        let id = id.as_str().ok_or("a trusted key's id is no text")?;
        let entry = find(file, "trust", id)?;
        let kid = Kid::new(unhex(text(entry, "kid")?)?)?;
        match entry["certificate"].is_null() {
            true => {
                let key = PublicKey::from_spki_der(&bytes(entry, "spki")?)?;
                let country = entry["country"].as_str();
                builder.add_public_key(id, kid, key, country, KeyUsage::ANY)?
            }
            false => builder.add_certificate_der_as(id, kid, &bytes(entry, "certificate")?)?,
        };
    }
    let (store, report) = builder.build();
    match report.loaded == ids.len() {
        true => Ok(store),
        false => Err(format!("{report:?}").into()),
    }
}

fn policy(declared: &Value) -> Result<RevocationPolicy, Error> {
    Ok(match text(declared, "revocation")? {
        "best-effort" => RevocationPolicy::BestEffort,
        "skip" => RevocationPolicy::Skip,
        "require" => RevocationPolicy::Require {
            max_age: Duration::from_secs(
                declared["max_age"].as_u64().ok_or("max_age is no number")?,
            ),
        },
        other => return Err(format!("no policy is named {other}").into()),
    })
}

fn summary(verdict: &Verdict) -> Value {
    let step = verdict.step(Step::Revocation);
    let (mut identifier, mut why) = (None, None);
    match step {
        StepResult::Failed(Reason::Revoked {
            identifier: kind, ..
        }) => {
            identifier = Some(kind.code());
        }
        StepResult::Failed(Reason::RevocationStale { why: stale, .. }) => {
            why = Some(stale.code());
        }
        _ => {}
    }
    let lists = verdict.revocation_lists().iter();
    json!({
        "outcome": verdict.outcome().code(),
        "code": step.code(),
        "why": why,
        "identifier": identifier,
        "lists": lists.map(|list| list.label()).collect::<Vec<_>>(),
    })
}

fn find<'a>(file: &'a Value, part: &str, id: &str) -> Result<&'a Value, Error> {
    let found = array(file, part)?.iter().find(|item| item["id"] == id);
    found.ok_or_else(|| format!("{part}: {id} is missing").into())
}

fn optional_time(value: &Value, name: &str) -> Result<Option<Timestamp>, Error> {
    match value[name].is_null() {
        true => Ok(None),
        false => time(value, name).map(Some),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

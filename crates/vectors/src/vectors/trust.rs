//! Which key counts, when, and for what (hcert-spec 1.0.8 §3.3, §5 and appendix A).

use super::cbor::int;
use super::pki::USAGES;
use super::{Case, Claims, Error, Message, Suite, dcc_of, r, recovery, t, test, v, vaccination};
use serde_json::{Value, json};

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    candidates(suite)?;
    validity(suite)?;
    usage(suite)
}

fn payload() -> Vec<u8> {
    Claims::of(&v()).bytes()
}

fn candidates(suite: &mut Suite) -> Result<(), Error> {
    let usual = suite.message("dsc", payload())?;
    suite.push(
        Case::new("key-unknown", "hcert-spec §5: no key of the trust list has the kid. Nothing says that the certificate is false; the list may be old.", &usual)?
            .trust(&["dsc-2", "rsa-2048"])
            .flags(&["choice"])
            .fails("unascertained", "key", "unknown-key"),
    );
    suite.push(
        Case::new(
            "key-empty-list",
            "hcert-spec §5: the trust list is empty.",
            &usual,
        )?
        .trust(&[])
        .flags(&["choice"])
        .fails("unascertained", "key", "unknown-key"),
    );
    suite.push(
        Case::new("key-bare", "A trusted key without a certificate has no period of validity and no limit of usage; that its validity was not looked at is reported.", &usual)?
            .trust(&["bare"])
            .flags(&["choice"])
            .skips("key-validity", "bare-key"),
    );
    let second = suite.signed(
        "dsc-2-as-dsc",
        Message::new(suite.header("dsc")?, payload()),
    )?;
    for (id, trust) in [
        ("first", ["dsc", "dsc-2-as-dsc"]),
        ("second", ["dsc-2-as-dsc", "dsc"]),
    ] {
        for (signer, message) in [("dsc", &usual), ("dsc-2", &second)] {
            suite.push(
                Case::new(format!("kid-collision-dsc-{id}-signed-by-{signer}"), format!("hcert-spec §3.3.3: two keys under one kid, all of which are to be tried. dsc is listed {id}; {signer} has signed."), message)?
                    .trust(&trust)
                    .flags(&["kid-collision", "unpublished"]),
            );
        }
    }
    let rsa = suite.message("rsa-2048-as-dsc", payload())?;
    for (id, trust) in [
        ("ec-first", ["dsc", "rsa-2048-as-dsc"]),
        ("rsa-first", ["rsa-2048-as-dsc", "dsc"]),
    ] {
        for (algorithm, message) in [("es256", &usual), ("ps256", &rsa)] {
            suite.push(
                Case::new(format!("kid-collision-{id}-{algorithm}"), "hcert-spec §3.3.3: an EC and an RSA key under one kid. Only a key that fits the algorithm is tried.", message)?
                    .trust(&trust)
                    .flags(&["kid-collision", "algorithm-confusion", "unpublished"]),
            );
        }
    }
    suite.push(
        Case::new(
            "kid-collision-none-signed",
            "hcert-spec §3.3.3: two keys under one kid, neither of which has signed.",
            &second,
        )?
        .trust(&["dsc", "rsa-2048-as-dsc"])
        .flags(&["kid-collision"])
        .invalid("signature", "bad-signature"),
    );
    suite.push(
        Case::new("kid-collision-one-key-two-certificates", "One key in two certificates under one kid, of which the first has expired. The entry that speaks best counts, as each is trusted.", &usual)?
            .trust(&["ended-as-dsc", "dsc"])
            .at("2021-09-01T00:00:00Z")
            .flags(&["kid-collision", "choice"]),
    );
    let ca_false = suite.message("ca-false", payload())?;
    suite.push(
        Case::new("certificate-explicit-default", "X.690 §11.5: the certificate writes out cA FALSE, which DER leaves out. Some national certificates do, and have to load.", &ca_false)?
            .trust(&["ca-false"]),
    );
    Ok(())
}

fn validity(suite: &mut Suite) -> Result<(), Error> {
    // Both sides of 2021-08-01T00:00:00Z, the end of one and the start of the other.
    let ended = suite.message("ended", payload())?;
    let start = 1_627_776_000;
    let fresh = suite.message("to-come", Claims::of(&v()).set(6, int(start)).bytes())?;
    let early = suite.message("to-come", payload())?;
    for case in [
        Case::new("dsc-last-second", "RFC 5280 §4.1.2.5: notAfter itself is within the validity of the document signer. That the certificate would outlive it is a departure from hcert-spec §3.3.5.", &ended)?
            .trust(&["ended"]).at("2021-08-01T00:00:00Z").flags(&["boundary"]).deviates(&["exp-outside-dsc"]),
        Case::new("dsc-expired", "RFC 5280 §4.1.2.5: a second after notAfter. The validity is judged at the time of verification, not of issue.", &ended)?
            .trust(&["ended"]).at("2021-08-01T00:00:01Z").flags(&["boundary", "choice"])
            .fails("expired", "key-validity", "dsc-expired").deviates(&["exp-outside-dsc"]),
        Case::new("dsc-first-second", "RFC 5280 §4.1.2.5: notBefore itself is within the validity of the document signer.", &fresh)?
            .trust(&["to-come"]).at("2021-08-01T00:00:00Z").flags(&["boundary"]),
        Case::new("dsc-not-yet-valid", "RFC 5280 §4.1.2.5: a second before notBefore.", &fresh)?
            .trust(&["to-come"]).at("2021-07-31T23:59:59Z").flags(&["boundary"])
            .fails("not-yet-valid", "key-validity", "dsc-not-yet-valid"),
        Case::new("dsc-expired-and-certificate-expired", "Both the document signer and the certificate have expired; the first step that says so decides.", &ended)?
            .trust(&["ended"]).at("2022-01-01T00:00:00Z")
            .fails("expired", "key-validity", "dsc-expired").also("time", "expired").deviates(&["exp-outside-dsc"]),
        Case::new("iat-outside-dsc", "hcert-spec §3.3.6: issued before the document signer was valid, as in official samples of one country.", &early)?
            .trust(&["to-come"]).at("2021-09-01T00:00:00Z").deviates(&["iat-outside-dsc"]),
        Case::new("exp-outside-dsc", "hcert-spec §3.3.5: exp must not exceed the validity of the document signer. It does; the document signer is still valid.", &ended)?
            .trust(&["ended"]).deviates(&["exp-outside-dsc"]),
        Case::new("iss-country", "hcert-spec §3.3.4: iss names another country than the document signer, as territories do that use a key of their state.", &suite.message("dsc", Claims::of(&v()).set(1, super::cbor::text("YY")).bytes())?)?
            .deviates(&["iss-country"]),
        Case::new("strict-exp-outside-dsc", "The strict policy of this project refuses an exp beyond the validity of the document signer.", &ended)?
            .trust(&["ended"]).policy("strict").flags(&["choice"])
            .invalid("policy", "strict").deviates(&["exp-outside-dsc"]),
    ] {
        suite.push(case);
    }
    Ok(())
}

/// Every key usage against every kind of content.
fn usage(suite: &mut Suite) -> Result<(), Error> {
    let both = dcc_of(&json!({"v": [vaccination()], "t": [test()]}));
    let contents: [(&str, &str, Value, &[&str]); 5] = [
        ("v", "a vaccination", v(), &["v"]),
        ("t", "a test", t(), &["t"]),
        ("r", "a recovery", r(), &["r"]),
        ("v-and-t", "a vaccination and a test", both, &["v", "t"]),
        ("nothing", "no entry at all", dcc_of(&json!({})), &[]),
    ];
    let none = ("none", "dsc".to_owned(), &[][..], &[][..]);
    let named = USAGES
        .iter()
        .map(|(name, oids, allowed)| (*name, format!("usage-{name}"), *oids, *allowed));
    for (name, entry, oids, allowed) in std::iter::once(none).chain(named) {
        for (content, words, dcc, found) in &contents {
            let message = suite.message(&entry, Claims::of(dcc).bytes())?;
            let usage = match (name, oids) {
                ("none", _) => "no extended key usage".to_owned(),
                (_, []) => "an empty sequence of extended key usages".to_owned(),
                (_, oids) => format!("the extended key usage {}", oids.join(" and ")),
            };
            let meaning = if allowed.is_empty() {
                "any record, as no health usage is named".to_owned()
            } else {
                format!("only {}", allowed.join(" and "))
            };
            let description = format!(
                "hcert-spec appendix A: {usage} allows {meaning}; the certificate states {words}."
            );
            let mut case = Case::new(format!("usage-{name}-{content}"), description, &message)?
                .trust(&[&entry])
                .flags(&["key-usage"]);
            if found.is_empty() {
                case = case.invalid("content", "dcc-no-entry").without_content();
            } else if !allowed.is_empty() && found.iter().any(|kind| !allowed.contains(kind)) {
                case = case.invalid("key-usage", "key-usage");
            }
            if found.len() != 1 {
                case = case.flags(&["entries"]).deviates(&["schema-groups"]);
            }
            suite.push(case);
        }
    }
    let message = suite.message("usage-t", payload())?;
    suite.push(
        Case::new("usage-and-expired", "A key for tests has signed a vaccination that has expired, too. What weighs more decides: the certificate is false, not merely old.", &message)?
            .trust(&["usage-t"])
            .at("2021-12-01T00:00:01Z")
            .flags(&["key-usage", "choice"])
            .invalid("key-usage", "key-usage")
            .also("time", "expired"),
    );
    let mut two = v();
    two["v"] = json!([vaccination()]);
    two["r"] = json!([recovery()]);
    let message = suite.message("usage-v", Claims::of(&two).bytes())?;
    suite.push(
        Case::new("usage-second-group", "hcert-spec appendix A: a key for vaccinations has signed a vaccination and a recovery. Each entry counts, not the first one alone.", &message)?
            .trust(&["usage-v"])
            .flags(&["key-usage", "entries"])
            .invalid("key-usage", "key-usage")
            .deviates(&["schema-groups"]),
    );
    Ok(())
}

//! `trust inspect`: what is in a list.

use hcert_testkit::programs::Files;
use hcert_testkit::{fixtures, pki};
use serde_json::{Value, json};

use super::lists::*;
use super::run;

#[test]
fn inspect_counts_what_is_in_the_list() {
    let files = Files::new("inspect");
    let own = files.anchor("list");
    let vaccination = fixtures::dsc("beta", &[pki::EKU_VACCINATION]);
    let mut wrong_kid = entry(&fixtures::dsc("gamma", &[]), "XY");
    wrong_kid["kid"] = kid(&vaccination).into();
    let list = german(&[
        entry(&fixtures::dsc("alpha", &[]), "XX"),
        entry(&vaccination, "XX"),
        wrong_kid,
        json!({"kid": "AAAA", "rawData": "AAAA"}),
    ]);
    let list = files.write("de.json", list);
    let inspect = |more: &[&str]| run(&[&["inspect"], more, &[&list]].concat());

    let ran = inspect(&["--json", "--anchor", &own, "--at", "2022-01-01T00:00:00Z"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let line = ran.line();
    assert_eq!(line["authenticated"], true);
    assert_eq!(
        line["entries"],
        json!({"total": 4, "loaded": 3, "rejected": 1, "duplicates": 0, "unsigned": 0})
    );
    assert_eq!(line["countries"], json!({"XX": 2, "XY": 1}));
    assert_eq!(line["usages"], json!({"any": 2, "vaccination": 1}));
    assert_eq!(line["algorithms"], json!({"P-256": 3}));
    assert_eq!(line["chains"], json!({"not-checked": 3}));
    assert_eq!(line["validity"], json!({"in-date": 3}));
    assert_eq!(line["newest_entry"], "2021-06-01T00:00:00Z");
    assert_eq!(
        (&line["gdhcn"], &line["shared_kids"]),
        (&Value::Null, &1.into())
    );
    assert_eq!(
        line["remarks"],
        json!({
            "kid-mismatch": {"count": 1, "left_out": 0},
            "certificate-encoding": {"count": 1, "left_out": 1},
        })
    );
    for (at, expected) in [
        ("2020-12-31T23:59:59Z", "not-yet-valid"),
        ("2021-01-01T00:00:00Z", "in-date"),
        ("2023-01-01T00:00:00Z", "in-date"),
        ("2023-01-01T00:00:01Z", "expired"),
    ] {
        let line = inspect(&["--json", "--at", at]).line();
        assert_eq!(line["validity"], json!({expected: 3}), "{at}");
    }

    let words = inspect(&["--anchor", &own]).out;
    assert!(words.contains("checked, and holds"), "{words}");
    assert!(words.contains("kid-mismatch: 1, 0 left out"), "{words}");
    let all = inspect(&["--all"]).out;
    assert!(all.contains("entry 3 (AAAA): "), "{all}");
    let all = inspect(&["--all", "--json"]).line();
    assert_eq!(all["report"]["problems"].as_array().unwrap().len(), 2);
}

#[test]
fn inspect_says_when_it_did_not_look_at_the_signature() {
    let files = Files::new("unchecked");
    let own = files.anchor("list");
    let good = german(&[entry(&fixtures::dsc("alpha", &[]), "XX")]);
    let bad = files.write("bad", good.replace("\"XX\"", "\"XY\""));
    let ran = run(&["inspect", &bad]);
    assert_eq!(ran.status, 0);
    assert!(ran.out.contains("NOT CHECKED"), "{}", ran.out);
    assert_eq!(
        run(&["inspect", "--json", &bad]).line()["authenticated"],
        false
    );
    // With an anchor it is refused, and nothing of it is shown.
    let ran = run(&["inspect", "--anchor", &own, &bad]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("REFUSED"), "{}", ran.out);
    assert!(!ran.out.contains("XY"), "{}", ran.out);
    let line = run(&["inspect", "--json", "--anchor", &own, &bad]).line();
    assert_eq!(
        (&line["reason"]["code"], &line["countries"]),
        (&"trust-signature".into(), &Value::Null)
    );

    let plain = json!({"certificates": [entry(&fixtures::dsc("alpha", &[]), "XX")]});
    let plain = files.write("plain", plain.to_string());
    let ran = run(&["inspect", &plain]);
    assert!(ran.out.contains("NONE"), "{}", ran.out);
    // The pin holds for what has no signature, too.
    let ran = run(&["inspect", "--anchor", &own, &plain]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("REFUSED"), "{}", ran.out);

    let entry = gdhcn_entry(DEV, &fixtures::dsc("alpha", &[]));
    let list = files.write("did.json", gdhcn(DEV, "dev", &[entry]));
    assert!(run(&["inspect", &list]).out.contains("NOT CHECKED"));
    let line = run(&["inspect", "--json", &list]).line();
    let counts = json!({
        "environments": {"dev": 1}, "domains": {"DCC": 1},
        "participants": {"XXA": 1}, "roles": {"DSC": 1},
    });
    assert_eq!(line["gdhcn"], counts);
    assert_eq!(line["chains"], json!({"no-authority": 1}));
    assert_eq!(run(&["inspect", "--trust-env", "dev", &list]).status, 1);
}

#[test]
fn what_a_list_says_does_not_steer_the_terminal() {
    let files = Files::new("terminal");
    let dsc = fixtures::dsc("alpha", &[]);
    let mut strange = entry(&dsc, "\u{1b}[31mX\u{202e}");
    strange["kid"] = "\u{1b}[31m!".into();
    let list = json!({"certificates": [strange, entry(&dsc, "\u{1b}[31mX")]});
    let list = files.write("list\u{1b}[31m", list.to_string());
    let none = files.write("none.json", json!({"certificates": []}).to_string());
    for arguments in [
        &["inspect", "--all", &list][..],
        &["inspect", &list],
        &["verify", &list],
        &["diff", &none, &list],
        &["lint", "--all", &list],
    ] {
        let ran = run(arguments);
        assert_ne!(ran.out, "");
        let steers = |text: &str| text.contains(['\u{1b}', '\u{202e}']);
        assert!(!steers(&ran.out) && !steers(&ran.err), "{}", ran.out);
    }
}

#[test]
fn switzerlands_list_ends_after_the_time_of_its_older_file() {
    let files = Files::new("inspect-swiss");
    let [keys, active, root] = swiss();
    let (root, keys) = (files.write("root", root), files.write("keys", keys));
    let active = files.write("active", active);
    let written = |path: &str, seconds: u64| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        file.set_modified(time).unwrap();
    };
    let expires = || {
        let ran = run(&["inspect", "--json", "--anchor", &root, &keys, &active]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        ran.line()["expires_at"].clone()
    };
    // 2021-06-01 and -05, in whatever of the two; validDuration is two days.
    for (one, other) in [
        (1_622_505_600, 1_622_851_200),
        (1_622_851_200, 1_622_505_600),
    ] {
        written(&keys, one);
        written(&active, other);
        assert_eq!(expires(), "2021-06-03T00:00:00Z");
    }
}

//! `trust diff`.

use hcert_testkit::programs::Files;
use hcert_testkit::{fixtures, pki};
use serde_json::json;

use super::lists::*;
use super::run;

#[test]
fn diff_names_keys_that_came_went_and_changed() {
    let files = Files::new("diff");
    let own = files.anchor("list");
    let [alpha, beta, gamma] = ["alpha", "beta", "gamma"].map(|label| fixtures::dsc(label, &[]));
    let old = files.write("old", german(&[entry(&alpha, "XX"), entry(&beta, "XX")]));
    let new = files.write("new", german(&[entry(&gamma, "XX"), entry(&beta, "XY")]));
    let ran = run(&["diff", "--json", "--anchor", &own, &old, &new]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    let line = ran.line();
    assert_eq!(line["added"][0]["kid"], kid(&gamma));
    assert_eq!(line["removed"][0]["kid"], kid(&alpha));
    assert_eq!(line["changed"][0]["kid"], kid(&beta));
    let change = json!([{"member": "country", "old": "XX", "new": "XY"}]);
    assert_eq!(line["changed"][0]["changes"], change);
    for (name, count) in [("added", 1), ("removed", 1), ("changed", 1)] {
        assert_eq!(line[name].as_array().unwrap().len(), count);
    }
    assert_eq!(
        (&line["same"], &line["unchanged"]),
        (&false.into(), &0.into())
    );
    assert_eq!(line["old"]["authenticated"], true);

    let words = run(&["diff", "--anchor", &own, &old, &new]).out;
    for part in [
        format!("- {}", kid(&alpha)),
        format!("+ {}", kid(&gamma)),
        format!("! {}", kid(&beta)),
        "country: XX -> XY".into(),
    ] {
        assert!(words.contains(&part), "{part} in {words}");
    }

    // Another order, form and envelope make no other keys.
    let plain = json!({"certificates": [entry(&beta, "XX"), entry(&alpha, "XX")]});
    let plain = files.write("plain", plain.to_string());
    let ran = run(&["diff", "--json", &old, &plain]);
    assert_eq!((ran.status, &ran.line()["unchanged"]), (0, &2.into()));
    assert!(ran.err.contains("signature not checked"), "{}", ran.err);
    // The same key with another certificate, which moves its kid.
    let limited = fixtures::dsc("beta", &[pki::EKU_TEST]);
    let limited = files.write(
        "limited",
        german(&[entry(&alpha, "XX"), entry(&limited, "XX")]),
    );
    let line = run(&["diff", "--json", &old, &limited]).line();
    assert_eq!(line["added"].as_array().unwrap().len(), 1);
    // A list that is refused is compared with nothing.
    let other = files.anchor("other");
    let ran = run(&["diff", "--anchor", &other, &old, &new]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("trust-signature"), "{}", ran.err);
}

#[test]
fn diff_says_when_the_new_list_is_older() {
    let files = Files::new("older");
    let alpha = fixtures::dsc("alpha", &[]);
    let mut late = entry(&alpha, "XX");
    late["timestamp"] = "2021-06-02T00:00:00Z".into();
    let early = files.write("early", german(&[entry(&alpha, "XX")]));
    let late = files.write("late", german(&[late]));
    let ran = run(&["diff", &late, &early]);
    assert_eq!(ran.status, 0);
    assert!(ran.err.contains("older than"), "{}", ran.err);
    assert!(!run(&["diff", &early, &late]).err.contains("older than"));
}

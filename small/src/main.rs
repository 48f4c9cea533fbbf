//! Verifies certificates, prints what that took, and ends.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod board;

/// On a machine with an operating system there is nothing to measure.
#[cfg(not(target_os = "none"))]
fn main() {
    let snapshot = hcert_small::open().expect("the snapshot is signed");
    for (name, text, now, expected) in hcert_small::CASES {
        let verdict = hcert_small::verify(&snapshot, text, now);
        let outcome = verdict.map(|verdict| verdict.outcome());
        println!("{name}: {outcome:?}");
        assert_eq!(outcome, Some(expected));
    }
}

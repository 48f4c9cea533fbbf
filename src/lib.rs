//! Signed travel certificates that verify offline: vaccination, test and
//! recovery records, and the digital yellow card, as `HC1:…` QR codes, the
//! format of the EU Digital COVID Certificate that the WHO's network (GDHCN)
//! runs on.
//!
//! Everything that a verdict depends on is an argument: the certificate, the
//! trusted keys, the time. The crate opens no socket and reads no clock, so
//! the same arguments give the same verdict on any machine and any day.
//!
//! # Verify
//!
//! ```no_run
//! use std::time::SystemTime;
//! use hcert::{trust::TrustStore, verify::Verifier};
//!
//! let mut builder = TrustStore::builder();
//! builder.add_bytes("trust.json", &std::fs::read("trust.json")?)?;
//! let (trust, report) = builder.build();
//! for problem in &report.problems {
//!     eprintln!("{problem}");
//! }
//! let verifier = Verifier::new(trust);
//!
//! # let text = String::new();
//! let verdict = verifier.verify(&text, SystemTime::now().into());
//! match verdict.result() {
//!     Ok(verified) => println!("valid: {}", verified.record().entries().len()),
//!     Err(reason) => println!("{}: {reason}", verdict.outcome()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`trust::TrustStore`] holds the issuers' keys: document signer
//!   certificates, bare keys, lists. What can't be used is reported.
//! - [`verify::Verifier`] goes through the [steps](verify::Step) and gives a
//!   [`verify::Verdict`]: one of six [outcomes](verify::Outcome), how each
//!   step went, and every departure from the specification. Only a valid
//!   certificate gives a [`verify::Verified`].
//! - [`record::Record`] is what the certificate says. Compare the
//!   [holder](record::Holder) with an identity document: a certificate
//!   carries neither picture nor document number, and anybody can show a copy.
//!
//! Authentic does not mean accepted: whether a four-day-old negative test suffices
//! is the rule of a place, not a property of the certificate. [`rules`] asks
//! them, from a `Verified`:
//!
//! ```
//! use hcert::rules::{Arrival, RuleSet, Subject};
//! use hcert::{Timestamp, verify::Verified};
//!
//! fn may_enter(verified: &Verified, rules: &RuleSet, now: Timestamp) -> bool {
//!     let acceptance = rules.evaluate(&Subject::from(verified), &Arrival::new("CH", now));
//!     for rule in acceptance.failed() {
//!         println!("{}: {}", rule.identifier(), rule.description().get("en"));
//!     }
//!     acceptance.is_accepted()
//! }
//! ```
//!
//! # Issue
//!
//! ```
//! use std::time::Duration;
//! use hcert::issue::{Issuer, P256Signer, Validity};
//! use hcert::record::{Holder, Record, Test, TestKind, TestResult, Uvci};
//! use hcert::{PartialDate, Timestamp, trust::Dsc};
//!
//! # fn issue(dsc_der: &[u8], key_pem: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let issuer = Issuer::new(Dsc::from_der(dsc_der)?, P256Signer::from_pkcs8_pem(key_pem)?)?;
//! let test = Test::builder()
//!     .kind(TestKind::Naat)
//!     .sampled_at(Timestamp::parse("2021-05-30T10:12:22Z")?)
//!     .result(TestResult::Negative)
//!     .centre("Testing centre 1")
//!     .country("AT")
//!     .issuer("Ministry of Health")
//!     .id(&Uvci::from_opaque("AT", "B5921A35D6A0D696421B3E2462178297")?)
//!     .build()?;
//! let holder = Holder::new("Gößinger", "Gabriele", PartialDate::parse("1998-02-26")?)?;
//! let issued_at = Timestamp::parse("2021-05-30T18:00:00Z")?;
//! let expires_at = issued_at + Duration::from_secs(3 * 86_400);
//! let validity = Validity { issued_at, expires_at };
//! let issued = issuer.issue(&Record::new(holder, test)?, validity)?;
//! std::fs::write("certificate.svg", issued.qr()?.to_svg(&Default::default()))?;
//! # Ok(()) }
//! ```
//!
//! A hardware module or a remote service signs as an [`issue::Signer`].
//!
//! # Features
//!
//! Features add, and change nothing but what is read: a text of a format that
//! is left out is no certificate. Without any the crate verifies `HC1:`
//! certificates with keys from all forms of trust lists, needs `alloc` alone and
//! asks for no random numbers: for a small machine or a browser.
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `std` | yes | threads ([`verify_all`](verify::Verifier::verify_all)), tables for keys seen often, `SystemTime`, a faster inflater |
//! | `issue` | yes | [`issue`]: issuing, signing of lists and snapshots |
//! | `lint` | yes | [`lint`] |
//! | `lt1` | yes | the format of Switzerland's light certificate |
//! | `p256-verify` | yes | ES256 verified by the crate of that name, in half the time that `p256` takes, and with `std` in a third and with tables for keys seen often |
//! | `png` | yes | QR symbols as PNG |
//! | `qr` | yes | [`qr`]: QR symbols as SVG and text |
//! | `revocation` | yes | the formats of [`revocation`] lists; a source of your own is looked up without it |
//! | `rules` | yes | [`rules`]: CertLogic, recognition policies |
//! | `toml` | yes | [recognition policies](rules::Recognition) in TOML |
//! | `trust-lists` | yes | signatures by P-384, which some national roots make |
//! | `aws-lc-rs` | no | PS256 verified by the crate of that name, which is C code, many times as fast; needs a C compiler |
//! | `serde` | no | `Serialize` for what has `to_json`: the same document |
//! | `scan` | no | finding and reading QR symbols in PNG, JPEG, GIF and WebP images |
//!
//! # What is read, and what is refused
//!
//! The field departs from the specification in many ways; what is safe to
//! read is read, and each departure is a [`Deviation`](format::Deviation)
//! with a stable code. [`Policy::strict`](verify::Policy::strict) refuses
//! them. Tolerance ends where security begins: the algorithm has to fit the
//! key, duplicate map keys and trailing bytes are refused in every layer, and
//! untrusted input has [resource limits](Limits).
//!
//! Errors and `Debug` never show anything about the holder.
//!
//! # JSON
//!
//! [`Verdict::to_json`](verify::Verdict::to_json),
//! [`Record::to_json`](record::Record::to_json),
//! [`Acceptance::to_json`](rules::Acceptance::to_json),
//! [`LoadReport::to_json`](trust::LoadReport::to_json) and
//! [`Report::to_json`](lint::Report::to_json) write one line each by a schema
//! with a version, for programs in other languages and for logs: `docs/json.md`
//! and `test-vectors/verdict-schema.json`. For a log there is
//! [`Verdict::report_json`](verify::Verdict::report_json), which names nobody.

#![no_std]
// What only some features use stands with what it belongs to. With all of them
// on, nothing is unused.
#![cfg_attr(
    not(all(
        feature = "issue",
        feature = "lint",
        feature = "revocation",
        feature = "rules",
        feature = "std"
    )),
    allow(dead_code)
)]

/// Compiles the program in README.md.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Compiles the code of the page.
#[cfg(doctest)]
#[doc = include_str!("../docs/trust-lists.md")]
struct TrustLists;

/// Compiles the code of the page.
#[cfg(all(doctest, feature = "toml"))]
#[doc = include_str!("../docs/recognition.md")]
struct RecognitionPolicies;

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod codec;
pub mod crypto;
mod deviation;
mod envelope;
pub mod format;
#[cfg(feature = "issue")]
pub mod issue;
mod lazy;
mod limits;
#[cfg(feature = "lint")]
pub mod lint;
#[cfg(feature = "std")]
mod parallel;
#[cfg(feature = "qr")]
pub mod qr;
pub mod record;
pub mod revocation;
#[cfg(feature = "rules")]
pub mod rules;
mod time;
pub mod trust;
pub mod verify;
pub mod words;

pub use limits::Limits;
pub use time::{Date, PartialDate, TimeError, Timestamp};

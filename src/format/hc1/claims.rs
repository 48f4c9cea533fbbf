//! What claims are called.

pub(super) const CLAIM_ISS: i128 = 1;
pub(super) const CLAIM_EXP: i128 = 4;
pub(super) const CLAIM_NBF: i128 = 5;
pub(super) const CLAIM_IAT: i128 = 6;
pub(super) const CLAIM_HCERT: i128 = -260;
pub(super) const CLAIMS: [i128; 5] = [CLAIM_ISS, CLAIM_EXP, CLAIM_NBF, CLAIM_IAT, CLAIM_HCERT];

/// The claim that a text stands for, by its number or by its name (RFC 8392
/// §3.1, which are those of a JWT): a time that is named otherwise is one all
/// the same.
pub(crate) fn claim_named(text: &str) -> Option<i128> {
    const NAMES: [(&str, i128); 4] = [
        ("iss", CLAIM_ISS),
        ("exp", CLAIM_EXP),
        ("nbf", CLAIM_NBF),
        ("iat", CLAIM_IAT),
    ];
    let text = text.trim();
    let mut names = NAMES.iter();
    let named = names.find(|(name, _)| text.eq_ignore_ascii_case(name));
    if let Some((_, number)) = named {
        return Some(*number);
    }
    let number: f64 = text.parse().ok()?;
    CLAIMS.into_iter().find(|claim| *claim as f64 == number)
}

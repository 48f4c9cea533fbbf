//! Instants and durations as lists, documents and bundles write them: one
//! reader for all. An absent member is absent; one that can't be read is an
//! error, never "no limit".
//!
//! An instant is a number of seconds since 1970 (RFC 7519 §2, RFC 8392 §2): an
//! integer, a float that has a fraction or not, in CBOR with tag 1 or without.
//! A fraction is cut off. Texts, arrays, objects, booleans, null, NaN and
//! infinities are no instants, nor is a number outside of the years 1970 to
//! 9999: those are milliseconds.

use alloc::string::String;
use serde_json::{Map, Value};

use crate::Timestamp;
use crate::codec::cbor::{Key, Walk, major};
use crate::codec::json::Members;
use crate::time::LAST_SECOND;

/// A member that is there, and can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) name: &'static str,
    pub(crate) expected: &'static str,
}

const LAST_F64: f64 = LAST_SECOND as f64;

const SECONDS: &str = "a number of seconds since 1970, up to the year 9999";
const DATE_TIME: &str = "an RFC 3339 date and time of the years 1970 to 9999";
const MILLISECONDS: &str = "a number of milliseconds above 0, up to 8,000 years";
const SPELLING: &str = "spelt as it is registered";
const ALIKE: &str = "the same in the header and in the payload";

/// The instant, if it lies in the years 1970 to 9999.
pub(crate) fn in_reach(time: Timestamp) -> Option<Timestamp> {
    (0..=LAST_SECOND).contains(&time.seconds()).then_some(time)
}

/// The same for a number that some other reader has read.
pub(crate) fn check(name: &'static str, time: Option<Timestamp>) -> Result<(), Unreadable> {
    let expected = SECONDS;
    match time.is_none_or(|time| in_reach(time).is_some()) {
        true => Ok(()),
        false => Err(Unreadable { name, expected }),
    }
}

fn whole(number: f64) -> Option<Timestamp> {
    // NaN is in no range.
    (0.0..LAST_F64 + 1.0)
        .contains(&number)
        .then(|| Timestamp::from_seconds(number as i64))
}

/// The instant of a JSON number.
fn of_json(value: &Value) -> Option<Timestamp> {
    match value.as_i64() {
        Some(seconds) => in_reach(Timestamp::from_seconds(seconds)),
        None => whole(value.as_f64()?),
    }
}

/// RFC 3339, with the years 1970 to 9999.
pub(crate) fn of_text(text: &str) -> Option<Timestamp> {
    in_reach(Timestamp::parse(text).ok()?)
}

/// Whether a member has that name but for capital letters and blanks: somebody
/// meant it, and no reader takes it.
pub(crate) fn is_misspelt(object: &impl Members, name: &str) -> bool {
    object.any_name(&|found| found != name && found.trim().eq_ignore_ascii_case(name))
}

/// The member of that name, if it is there, and no other spelling of it.
fn member_of<'a>(object: &'a Value, name: &'static str) -> Result<Option<&'a Value>, Unreadable> {
    let expected = SPELLING;
    match is_misspelt(object, name) {
        true => Err(Unreadable { name, expected }),
        false => Ok(object.get(name)),
    }
}

/// The member of that name: RFC 3339.
pub(crate) fn text(
    object: &impl Members,
    name: &'static str,
) -> Result<Option<Timestamp>, Unreadable> {
    let expected = SPELLING;
    if is_misspelt(object, name) {
        return Err(Unreadable { name, expected });
    }
    let Some(text) = object.text(name) else {
        return Ok(None);
    };
    let time = text.and_then(of_text);
    let expected = DATE_TIME;
    time.map(Some).ok_or(Unreadable { name, expected })
}

/// The member of that name, a duration in milliseconds, in whole seconds.
pub(crate) fn milliseconds(object: &Value, name: &'static str) -> Result<Option<u64>, Unreadable> {
    let Some(value) = member_of(object, name)? else {
        return Ok(None);
    };
    let number = value.as_f64();
    let number = number.filter(|number| *number > 0.0 && *number <= LAST_F64 * 1000.0);
    let expected = MILLISECONDS;
    let number = number.ok_or(Unreadable { name, expected })?;
    Ok(Some((number / 1000.0) as u64))
}

/// What claims say of the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// `iat` or `nbf`, the later of the two: nothing counts before.
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    /// Whether they say whom they are for (`aud`).
    pub(crate) audience: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    Expires,
    NotBefore,
    IssuedAt,
    Audience,
}

impl Claim {
    const ALL: [Self; 4] = [
        Self::Expires,
        Self::NotBefore,
        Self::IssuedAt,
        Self::Audience,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Expires => "exp",
            Self::NotBefore => "nbf",
            Self::IssuedAt => "iat",
            Self::Audience => "aud",
        }
    }

    /// RFC 8392 §4.
    const fn number(self) -> i128 {
        match self {
            Self::Expires => 4,
            Self::NotBefore => 5,
            Self::IssuedAt => 6,
            Self::Audience => 3,
        }
    }

    /// The claim of which this is the name, in small letters or not.
    fn resembling(name: &[u8]) -> Option<Self> {
        let name = name.trim_ascii();
        let mut all = Self::ALL.into_iter();
        all.find(|claim| name.eq_ignore_ascii_case(claim.name().as_bytes()))
    }

    /// The claim whose number is written as a text.
    fn of_digits(name: &[u8]) -> Option<Self> {
        let number = core::str::from_utf8(name)
            .ok()?
            .trim()
            .parse::<i128>()
            .ok()?;
        let mut all = Self::ALL.into_iter();
        all.find(|claim| claim.number() == number)
    }

    fn unreadable(self, expected: &'static str) -> Unreadable {
        let name = self.name();
        Unreadable { name, expected }
    }
}

impl Claims {
    fn set(&mut self, claim: Claim, time: Option<Timestamp>) -> Result<(), Unreadable> {
        if claim == Claim::Audience {
            self.audience = true;
            return Ok(());
        }
        let time = time.ok_or(claim.unreadable(SECONDS))?;
        match claim {
            // Zero is how "no end" is written by those who have none.
            Claim::Expires if time.seconds() == 0 => return Err(claim.unreadable(SECONDS)),
            Claim::Expires => self.expires_at = Some(time),
            _ => self.issued_at = self.issued_at.max(Some(time)),
        }
        Ok(())
    }

    /// The claims of a JWT (RFC 7519 §4.1).
    pub(crate) fn of_json(claims: &Map<String, Value>) -> Result<Self, Unreadable> {
        let mut read = Self::default();
        for (name, value) in claims {
            match Claim::resembling(name.as_bytes()) {
                Some(claim) if claim.name() == name => read.set(claim, of_json(value))?,
                // Somebody meant it.
                Some(claim) => return Err(claim.unreadable(SPELLING)),
                None => {}
            }
        }
        Ok(read)
    }

    /// The claims of a CWT (RFC 8392 §4), in a map that nothing follows.
    /// Nothing but their values is decoded, whatever else the map holds.
    /// `Ok(None)`: there is no well-formed map.
    pub(crate) fn of_cbor(map: &[u8]) -> Result<Option<Self>, Unreadable> {
        // Each item has a byte, so that the input bounds the walk.
        let limits = crate::Limits {
            max_items: map.len(),
            max_depth: usize::MAX,
            ..crate::Limits::default()
        };
        let mut walk = Walk::new(map, &limits);
        let head = match walk.head() {
            Ok(head) if head.major == major::MAP => head,
            _ => return Ok(None),
        };
        let (mut read, mut fault) = (Self::default(), None);
        let walked = walk.map(head, 0, 0, |walk, key, depth| {
            let start = walk.at;
            walk.item(depth)?;
            let value = map.get(start..walk.at).unwrap_or_default();
            let claim = match key {
                Key::Text(name) | Key::Bytes(name) => {
                    Claim::resembling(name).or_else(|| Claim::of_digits(name))
                }
                number => {
                    let number = number.integer();
                    let mut all = Claim::ALL.into_iter();
                    let claim = all.find(|claim| number == Some(claim.number()));
                    if let Some(claim) = claim {
                        let set = read.set(claim, of_cbor(value));
                        fault = fault.or(set.err());
                    }
                    None
                }
            };
            // By its name beside numbers: others read the one or the other.
            fault = fault.or(claim.map(|claim| claim.unreadable(SPELLING)));
            Ok(())
        });
        match (walked, walk.remaining(), fault) {
            (Ok(()), 0, None) => Ok(Some(read)),
            (Ok(()), 0, Some(fault)) => Err(fault),
            _ => Ok(None),
        }
    }

    /// Whether any of the claims is there.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// With those that stand in another place: whatever is in both has to be
    /// the same (RFC 9597 §2).
    pub(crate) fn and(self, other: Self) -> Result<Self, Unreadable> {
        let both = |claim: Claim, a: Option<Timestamp>, b: Option<Timestamp>| match a.xor(b) {
            None if a != b => Err(claim.unreadable(ALIKE)),
            one => Ok(one.or(a)),
        };
        Ok(Self {
            issued_at: both(Claim::IssuedAt, self.issued_at, other.issued_at)?,
            expires_at: both(Claim::Expires, self.expires_at, other.expires_at)?,
            audience: self.audience || other.audience,
        })
    }
}

/// The encoded member of that number, of a map that was found to be well-formed.
pub(crate) fn member(map: &[u8], number: i128) -> Option<&[u8]> {
    let limits = crate::Limits::default();
    let mut walk = Walk::new(map, &limits);
    let head = walk.head().ok().filter(|head| head.major == major::MAP)?;
    let mut found = None;
    let walked = walk.map(head, 0, 0, |walk, key, depth| {
        let start = walk.at;
        walk.item(depth)?;
        if key.integer() == Some(number) {
            found = map.get(start..walk.at);
        }
        Ok(())
    });
    walked.ok()?;
    found
}

/// The instant of an encoded number, under tag 1 (RFC 8949 §3.4.2) or not.
fn of_cbor(value: &[u8]) -> Option<Timestamp> {
    use ciborium::Value;
    // A number, and nothing large.
    let value: Value = match value {
        [0..=0x1b | 0xc1 | 0xf9..=0xfb, ..] if value.len() <= 10 => {
            ciborium::from_reader(value).ok()?
        }
        _ => return None,
    };
    let number = match &value {
        Value::Tag(1, number) => number,
        number => number,
    };
    instant(number)
}

/// The instant of a CBOR number.
pub(crate) fn instant(number: &ciborium::Value) -> Option<Timestamp> {
    if let Some(seconds) = number.as_integer() {
        let seconds = i64::try_from(i128::from(seconds)).ok()?;
        return in_reach(Timestamp::from_seconds(seconds));
    }
    whole(number.as_float()?)
}

/// Claims that an array of one, a byte string or a tag hides, as no reader of
/// claims takes them out. At most a few layers.
pub(crate) fn hides_claims(payload: &[u8]) -> bool {
    let mut inside = payload;
    for layer in 0..8 {
        let limits = crate::Limits::default();
        let mut walk = Walk::new(inside, &limits);
        let Ok(head) = walk.head() else {
            return false;
        };
        inside = match (head.major, head.argument) {
            (major::MAP, _) => {
                let claims = Claims::of_cbor(inside);
                return layer > 0
                    && claims.map_or(true, |claims| claims.is_some_and(|c| !c.is_empty()));
            }
            (major::TAG, _) | (major::ARRAY, Some(1)) => inside.get(walk.at..).unwrap_or_default(),
            (major::ARRAY, None) => {
                let inner = inside.get(walk.at..).unwrap_or_default();
                inner.strip_suffix(&[0xff]).unwrap_or(inner)
            }
            (major::BYTES, Some(length)) if Ok(walk.remaining()) == usize::try_from(length) => {
                inside.get(walk.at..).unwrap_or_default()
            }
            _ => return false,
        };
    }
    // Nobody wraps content so often.
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_620_734_400);

    fn json_claim(value: Value) -> Result<Claims, Unreadable> {
        Claims::of_json(json!({"exp": value}).as_object().unwrap())
    }

    #[test]
    fn number_forms_of_json_are_one_instant() {
        for text in [
            "1620734400",
            "1620734400.0",
            "1620734400.75",
            "1.6207344e9",
            "16207344E2",
            "162073440000e-2",
        ] {
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(json_claim(value).unwrap().expires_at, Some(NOON), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_of_seconds_is_unreadable() {
        let all = json!([
            null, true, "1620734400", "2021-05-11T12:00:00Z", [1_620_734_400],
            {"s": 1_620_734_400}, -1, 0, 1_620_734_400_000_i64, 253_402_300_800_i64,
            u64::MAX, i64::MIN, 1e300, -1e300, 1e19, -0.5,
        ]);
        for value in all.as_array().unwrap() {
            let fault = json_claim(value.clone()).unwrap_err();
            assert_eq!(fault.name, "exp", "{value}");
        }
    }

    #[test]
    fn a_claim_that_is_spelt_otherwise_is_unreadable() {
        for name in ["EXP", "Exp", " exp", "nbF", "IAT "] {
            let claims = json!({name: 1_620_734_400});
            assert!(
                Claims::of_json(claims.as_object().unwrap()).is_err(),
                "{name}"
            );
        }
        let other = json!({"expires": 1, "issued": "x"});
        assert!(
            Claims::of_json(other.as_object().unwrap())
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn nothing_counts_before_the_later_of_iat_and_nbf() {
        for (iat, nbf) in [(5, 9), (9, 5)] {
            let claims = json!({"iat": iat, "nbf": nbf});
            let claims = Claims::of_json(claims.as_object().unwrap()).unwrap();
            assert_eq!(claims.issued_at, Some(Timestamp::from_seconds(9)));
        }
    }

    #[test]
    fn durations_are_above_zero_and_end() {
        let read = |value: Value| milliseconds(&json!({ "d": value }), "d");
        assert_eq!(read(json!(172_800_000)), Ok(Some(172_800)));
        assert_eq!(read(json!(172_800_000.0)), Ok(Some(172_800)));
        assert_eq!(
            read(serde_json::from_str("1728e5").unwrap()),
            Ok(Some(172_800))
        );
        assert_eq!(read(json!(1)), Ok(Some(0)));
        for value in [
            json!(0),
            json!(-1),
            json!(-0.0),
            json!(1e300),
            json!(u64::MAX),
            json!(null),
            json!("172800000"),
            json!([172_800_000]),
            json!({"ms": 1}),
            json!(true),
        ] {
            assert!(read(value.clone()).is_err(), "{value}");
        }
        assert_eq!(milliseconds(&json!({}), "d"), Ok(None));
    }
}

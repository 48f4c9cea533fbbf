//! The WHO's payloads beside the DCC, each in the forms that occur, and the
//! rules that they are held against.

mod card;
mod ddcc;
mod link;
mod medication;

use serde_json::Value;

use super::cbor::{array, int, json, map};
use super::{Case, Claims, Error, Suite};

const DDCC_VACCINATION: i64 = 3;
const DDCC_TEST: i64 = 4;
const HEALTH_LINK: i64 = 5;
const YELLOW_CARD: i64 = -6;
const MEDICATION: i64 = -7;

pub fn add(suite: &mut Suite) -> Result<(), Error> {
    card::add(suite)?;
    ddcc::add(suite)?;
    medication::add(suite)?;
    link::add(suite)
}

/// The usual claims around a payload at that key of the hcert claim.
fn around(kind: i64, payload: &Value) -> Claims {
    Claims::around(map(&[(int(kind), json(payload))]))
}

/// A certificate with those claims.
fn with_claims(suite: &Suite, id: &str, what: &str, claims: Vec<u8>) -> Result<Case, Error> {
    let case = Case::new(id, what, &suite.message("dsc", claims)?)?;
    Ok(case.flags(&["payload"]))
}

/// A certificate with a payload and nothing unusual around it.
fn with_payload(
    suite: &Suite,
    kind: i64,
    id: &str,
    what: &str,
    payload: &Value,
) -> Result<Case, Error> {
    with_claims(suite, id, what, around(kind, payload).bytes())
}

/// The same by the key of another trust entry.
fn signed_by(
    suite: &Suite,
    trust: &str,
    kind: i64,
    id: &str,
    what: &str,
    payload: &Value,
) -> Result<Case, Error> {
    let message = suite.message(trust, around(kind, payload).bytes())?;
    Ok(Case::new(id, what, &message)?
        .flags(&["payload"])
        .trust(&[trust]))
}

/// A value with the member at a JSON pointer (RFC 6901) set, or removed.
fn edit(mut value: Value, pointer: &str, member: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    if let Some(Value::Object(members)) = value.pointer_mut(parent) {
        match member {
            Some(member) => members.insert(name.into(), member),
            None => members.remove(name),
        };
    }
    value
}

/// That payload in an array, as often as that.
fn repeated(kind: i64, payload: &Value, count: usize) -> Vec<u8> {
    let items = vec![json(payload); count];
    Claims::around(map(&[(int(kind), array(&items))])).bytes()
}

//! The members of a file of vectors, as those who run them read them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hcert::Timestamp;
use serde_json::Value;

type Error = Box<dyn std::error::Error>;

/// The member that is an array.
pub fn array<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], Error> {
    let array = value[name].as_array();
    Ok(array.ok_or_else(|| format!("{name} is no array"))?)
}

/// The member that is a text.
pub fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Error> {
    let text = value[name].as_str();
    text.ok_or_else(|| format!("{name} is no text").into())
}

/// The member that is a time.
pub fn time(value: &Value, name: &str) -> Result<Timestamp, Error> {
    Ok(Timestamp::parse(text(value, name)?)?)
}

/// The member that is bytes in base64.
pub fn bytes(value: &Value, name: &str) -> Result<Vec<u8>, Error> {
    Ok(BASE64_STANDARD.decode(text(value, name)?)?)
}

/// Bytes out of hexadecimal.
pub fn unhex(text: &str) -> Result<Vec<u8>, Error> {
    let pairs = text.as_bytes().chunks(2).map(str::from_utf8);
    pairs
        .map(|pair| Ok(u8::from_str_radix(pair?, 16)?))
        .collect()
}

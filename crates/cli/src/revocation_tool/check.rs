//! `revocation check`: whether a certificate is in a set.

use hcert::revocation::{Answer, Identifier, RevocationSource as _};
use serde_json::json;

use super::{Error, Options, from_hex, kind, kind_name, print};
use crate::json;

pub const HELP: &str = "\
Says whether a certificate is in a revocation set.

Usage: hcert revocation check [--anchor KEY]… [--json] SET KID KIND HASH

  --anchor KEY  check the signature with this certificate or public key; may be
                repeated
  --json        print one JSON object: status, made_at, false_positive_rate
  --help        print this

KID is the signer's in hex; KIND is signature, uci or country-code-uci; HASH is
the SHA-256 in hex, or as much of it as the set has. Without --anchor the
signature of the set is not looked at.

Exit status: 0 not revoked, 1 revoked, 2 wrong usage, or a set that can't be read
or is refused, 3 the set doesn't speak of that signer, or has none of that kind.
";

pub fn run(options: &Options) -> Result<u8, Error> {
    let [path, words @ ..] = options.values.as_slice() else {
        return Err(lexopt::Error::from("no SET is given").into());
    };
    let words: Option<Vec<_>> = words.iter().map(|word| word.to_str()).collect();
    let Some([kid_hex, kind_word, hash_hex]) = words.as_deref() else {
        return Err(lexopt::Error::from("SET KID KIND HASH are needed").into());
    };
    let wrong = |what: &str| lexopt::Error::from(what);
    let (mut kid, mut given) = (Vec::new(), Vec::new());
    from_hex(kid_hex, &mut kid).ok_or(wrong("KID is not hex"))?;
    let kind = kind(kind_word).ok_or(wrong("KIND is signature, uci or country-code-uci"))?;
    let whole = from_hex(hash_hex, &mut given).is_some() && (4..=32).contains(&given.len());
    if !whole {
        return Err(wrong("HASH is not 4 to 32 bytes in hex").into());
    }
    let set = options.open_or_fail(path)?;
    let lengths = set.tables().filter(|(byte, ..)| *byte == kind.type_byte());
    if let Some(longest) = lengths.map(|(_, length, _)| length).max()
        && longest > given.len()
    {
        let kind = kind_name(kind.type_byte());
        let few = format!("the set has {longest} bytes of each {kind} hash; HASH needs as many");
        return Err(wrong(&few).into());
    }
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(given) {
        *to = from;
    }
    let made_at = set.made_at().to_string();
    let set = set.named("set");
    let (status, exit) = match set.answer(&kid, None, &Identifier::new(kind, hash)) {
        Answer::Listed => ("revoked", 1),
        Answer::NotListed => ("not-revoked", 0),
        _ => ("not-covered", 3),
    };
    let set = set.set();
    print(&match options.json {
        true => {
            json::object(&[
                ("status", json!(status)),
                ("made_at", json!(made_at)),
                ("false_positive_rate", json!(set.false_positive_rate())),
            ]) + "\n"
        }
        false => format!("{status}, by the set of {made_at}\n"),
    })?;
    Ok(exit)
}

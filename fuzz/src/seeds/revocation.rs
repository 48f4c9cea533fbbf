//! Seeds for revocation lists.

use std::path::Path;

use crate::payloads::encode;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use ciborium::{Value, cbor};
use serde_json::Value as Json;

use super::{Corpus, Error};

const KID: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

const JSON: [&str; 6] = [
    r#"{"country":"XX","expires":"2022-11-01T00:00:00Z","kid":"9cWXDDA52FQ=","hashType":"UCI","entries":[{"hash":"qqqqqqqqqqqqqqqqqqqqqg=="}]}"#,
    r#"[{"country":"XX","expires":"2022-11-01T00:00:00Z","kid":"UNKNOWN_KID","hashType":"SIGNATURE","entries":[]}]"#,
    r#"{"id":"x","version":2,"chunk":1,"lastChunk":1,"revokedUcvi":["ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="],"totalNumberUCVI":1}"#,
    r#"{"fromVersion":1,"version":2,"chunk":1,"lastChunk":1,"delta":{"insertions":["qqqqqqqqqqqqqqqqqqqqqg=="],"deletions":["ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="]}}"#,
    concat!(
        r#"[{"kid":"9cWXDDA52FQ=","mode":"POINT","hashTypes":["SIGNATURE","UCI"],"expires":"2023-01-01T12:00:00Z","lastUpdated":"2022-01-01T12:00:00Z"}]"#,
        "\0",
        r#"[{"x":"null","y":null,"chunks":{"a":{"2023-01-01T12:00:00Z":{"type":"BLOOMFILTER","version":"1.0","hash":"00ff"}}}}]"#,
    ),
    concat!(
        r#"{"version":3,"chunk":1,"lastChunk":2,"revokedUcvi":[]}"#,
        "\0",
        r#"{"version":3,"chunk":2,"lastChunk":2,"revokedUcvi":["qqqqqqqqqqqqqqqqqqqqqg=="]}"#,
    ),
];

pub fn ours(corpus: &mut Corpus) -> Result<(), Error> {
    for json in JSON {
        corpus.add("revocation_json", json.as_bytes())?;
    }
    let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
    let hash = bytes(&[0xaa; 16]);
    let key = bytes(&[&KID[..], &[0x0a]].concat());
    let hashes = Value::Array(vec![hash.clone(), bytes(&[1; 18])]);
    corpus.add("revocation_cose", &encode(&Value::Map(vec![(key, hashes)])))?;
    corpus.add("revocation_cose", JSON[0].as_bytes())?;

    let place = cbor!([1_646_129_242, 1]).unwrap();
    let second = Value::Map(vec![(bytes(&[0xaa]), place)]);
    let branch = Value::Array(vec![1_646_129_242.into(), 1.into(), second]);
    let kinds = Value::Map(vec![(bytes(&[0x0a]), 1.into())]);
    let chunk = encode(&Value::Array(vec![hash]));
    let in_cbor = [
        encode(&Value::Map(vec![(bytes(&KID), kinds)])),
        encode(&Value::Map(vec![(bytes(&[0xaa]), branch)])),
        chunk.clone(),
        chunk,
    ];
    let field = |number: u8, content: &[u8]| {
        let head = [number << 3 | 2, content.len() as u8];
        [&head[..], content].concat()
    };
    let chunk = field(1, &[0xaa; 16]);
    let in_protobuf = [
        field(1, &[field(1, &KID), field(2, &[0x0a])].concat()),
        field(1, &[field(1, &[0xaa]), field(2, &[0xaa])].concat()),
        chunk.clone(),
        chunk,
    ];
    for parts in [in_cbor, in_protobuf] {
        let parts = parts.iter().map(|part| {
            let length = u16::try_from(part.len()).unwrap().to_be_bytes();
            [&length[..], part].concat()
        });
        corpus.add("revocation_split", &parts.collect::<Vec<_>>().concat())?;
    }

    let rate = 1e-12f32.to_be_bytes();
    let words = [
        0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0, 0xff, 0, 1, 2, 3, 4,
    ];
    let filter = [&[0, 1, 3, 0], &rate[..], &words].concat();
    let hashes = [&[0, 1], &rate[..], &[0, 0, 0, 2, 4], &[0xaa; 4], &[1; 4]].concat();
    for slice in [&filter[..], &hashes, &[4, 1, 2, 3, 4], &[b'a'; 128]] {
        corpus.add("revocation_slice", slice)?;
    }
    Ok(())
}

pub fn published(corpus: &mut Corpus, directory: &Path) -> Result<(), Error> {
    let read = |name: &str| std::fs::read(directory.join("revocation").join(name));
    let list = read("cwa-server-chunk.lst")?;
    corpus.add("revocation_cose", &list)?;
    let Value::Tag(_, cose) = ciborium::from_reader::<Value, _>(&list[..])? else {
        return Err("the list is no COSE_Sign1".into());
    };
    let payload = cose.as_array().and_then(|members| members.get(2));
    let payload = payload.and_then(Value::as_bytes);
    corpus.add("revocation_cose", payload.ok_or("no payload")?)?;
    let [lists, partitions] =
        ["lists", "partitions"].map(|name| read(&format!("dgca-mock-{name}.json")));
    corpus.add(
        "revocation_json",
        &[&lists?[..], b"\0", &partitions?].concat(),
    )?;
    let slice: Json = serde_json::from_slice(&read("dgca-mock-slice.json")?)?;
    let content = slice["content"].as_str().ok_or("no content")?;
    corpus.add("revocation_slice", &BASE64_STANDARD.decode(content)?)
}

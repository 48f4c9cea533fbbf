//! Certificates are read as x509-cert reads them: the same are refused, and
//! of the others the same is read.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hcert::crypto::KeyKind;
use hcert::trust::{CertificateError, Dsc};
use hcert_testkit::{fixtures, published};
use serde_json::Value;
use x509_cert::Certificate;
use x509_cert::der::asn1::{Any, ObjectIdentifier};
use x509_cert::der::{Decode, Encode, Tag, Tagged};
use x509_cert::name::Name;

/// Whether x509-cert reads what no certificate has, and is refused: a tag that
/// X.680 added late, or one attribute twice at one level of a name.
fn is_odd(certificate: &Certificate) -> bool {
    let tbs = certificate.tbs_certificate();
    let is_late = |any: &Any| {
        let tag = any.tag();
        let known = [
            Tag::Boolean,
            Tag::Integer,
            Tag::BitString,
            Tag::OctetString,
            Tag::Null,
            Tag::ObjectIdentifier,
            Tag::Real,
            Tag::Enumerated,
            Tag::Utf8String,
            Tag::NumericString,
            Tag::PrintableString,
            Tag::TeletexString,
            Tag::VideotexString,
            Tag::Ia5String,
            Tag::UtcTime,
            Tag::GeneralizedTime,
            Tag::VisibleString,
            Tag::BmpString,
            Tag::Sequence,
            Tag::Set,
        ];
        let is_short = tag.number().value() < 31;
        let is_universal = !(tag.is_application() || tag.is_context_specific() || tag.is_private());
        !is_short || (is_universal && !known.contains(&tag))
    };
    let names = [tbs.subject(), tbs.issuer()];
    let mut values = names.into_iter().flat_map(Name::iter);
    let algorithms = [
        tbs.signature(),
        &tbs.subject_public_key_info().algorithm,
        certificate.signature_algorithm(),
    ];
    let mut parameters = algorithms
        .into_iter()
        .filter_map(|of| of.parameters.as_ref());
    let repeats = |name: &Name| {
        name.iter_rdn().any(|rdn| {
            let all: Vec<_> = rdn.iter().collect();
            (1..all.len()).any(|n| all[..n].contains(&all[n]))
        })
    };
    values.any(|of| is_late(&of.value)) || parameters.any(is_late) || names.into_iter().any(repeats)
}

/// Whether both read it, after which they are found to agree.
fn compare(der: &[u8]) -> bool {
    let certificate = match (Certificate::from_der(der), Dsc::from_der(der)) {
        (Err(error), Err(CertificateError::Encoding { offset })) => {
            let expected = error.position().filter(|_| der.len() <= 4096);
            assert_eq!(offset, expected.map(u32::from), "{der:02x?}");
            return false;
        }
        (Err(_), Err(CertificateError::TrailingBytes { .. })) => return false,
        (
            Ok(_),
            Err(
                CertificateError::Key(_)
                | CertificateError::Extension { .. }
                | CertificateError::RepeatedExtension { .. },
            ),
        ) => return false,
        (Ok(certificate), Err(CertificateError::Encoding { .. })) if is_odd(&certificate) => {
            return false;
        }
        (Ok(certificate), Ok(dsc)) => (certificate, dsc),
        (theirs, ours) => panic!("{theirs:?}\n{ours:?}\n{der:02x?}"),
    };
    let (certificate, dsc) = certificate;
    let tbs = certificate.tbs_certificate();
    assert_eq!(dsc.der(), der);
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
    assert_eq!(
        dsc.not_before().seconds(),
        seconds(tbs.validity().not_before)
    );
    assert_eq!(dsc.not_after().seconds(), seconds(tbs.validity().not_after));
    for (name, shown) in [(tbs.subject(), dsc.subject()), (tbs.issuer(), dsc.issuer())] {
        if is_plain(name) {
            assert_eq!(shown, name.to_string());
        }
    }
    if is_plain(tbs.subject()) && is_plain(tbs.issuer()) {
        let country = of_type(tbs.subject(), "2.5.4.6").or(of_type(tbs.issuer(), "2.5.4.6"));
        assert_eq!(dsc.country(), country.map(|c| c.to_uppercase()).as_deref());
        assert_eq!(
            dsc.common_name(),
            of_type(tbs.subject(), "2.5.4.3").as_deref()
        );
    }
    let spki = tbs.subject_public_key_info().to_der().unwrap();
    match dsc.public_key().kind() {
        KeyKind::P256 if spki.len() != 91 => {}
        KeyKind::Rsa { .. } => {}
        _ => assert_eq!(dsc.public_key().spki_der(), spki),
    }
    let has = |oid: &str| {
        let oid = ObjectIdentifier::new(oid).unwrap();
        let mut all = tbs.extensions().into_iter().flatten();
        all.any(|extension| extension.extn_id == oid)
    };
    assert_eq!(dsc.extended_key_usage().is_some(), has("2.5.29.37"));
    assert!(!dsc.is_ca() || has("2.5.29.19"));
    true
}

/// Of attributes and characters that are shown by everybody alike.
fn is_plain(name: &Name) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if name.iter_rdn().any(|rdn| rdn.is_empty()) {
        return false;
    }
    let mut attributes = name.iter();
    attributes.all(|attribute| {
        let text = String::from_utf8_lossy(attribute.value.value());
        let known = ["2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.11"];
        known.contains(&attribute.oid.to_string().as_str())
            && [12, 19, 22].contains(&attribute.value.to_der().unwrap()[0])
            && !text.is_empty()
            && text.chars().all(|c| plain(c) || c == ' ')
            && text.trim() == text
    })
}

fn of_type(name: &Name, oid: &str) -> Option<String> {
    let mut attributes = name.iter();
    let found = attributes.find(|attribute| attribute.oid.to_string() == oid)?;
    Some(String::from_utf8(found.value.value().to_vec()).unwrap())
}

fn published_certificates() -> Vec<Vec<u8>> {
    fn collect(value: &Value, out: &mut Vec<Vec<u8>>) {
        match value {
            Value::String(text) if text.starts_with("MII") => {
                out.extend(BASE64_STANDARD.decode(text));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
            Value::Object(members) => members.values().for_each(|item| collect(item, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    for folder in ["trust-lists", "gdhcn"] {
        for file in published::json_files(&published::find(folder)) {
            collect(&published::read_json(&file).unwrap_or_default(), &mut out);
        }
    }
    out.sort();
    out.dedup();
    out
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn published_certificates_are_read_the_same() {
    let all = published_certificates();
    let read = all.iter().filter(|der| compare(der)).count();
    println!("{read} of {} certificates are read", all.len());
    assert!(read > 1_000, "{read}");
}

/// A certificate with all that the mutations are to meet.
fn fictitious() -> Vec<u8> {
    fixtures::dsc("a", &["1.3.6.1.4.1.1847.2021.1.1"])
        .der()
        .to_vec()
}

/// An element: its tag, and its content or the elements inside.
#[derive(Clone)]
enum Node {
    Plain(u8, Vec<u8>),
    Nested(u8, Vec<Node>),
}

fn parse(mut der: &[u8]) -> Vec<Node> {
    let mut out = Vec::new();
    while let [tag, first, rest @ ..] = der {
        let digits = usize::from(first & 0x7f) * usize::from(first >> 7);
        let length = match first {
            0..=0x7f => usize::from(*first),
            _ => rest[..digits]
                .iter()
                .fold(0, |n, d| n << 8 | usize::from(*d)),
        };
        let content = &rest[digits..digits + length];
        out.push(match tag & 0x20 {
            0 => Node::Plain(*tag, content.to_vec()),
            _ => Node::Nested(*tag, parse(content)),
        });
        der = &rest[digits + length..];
    }
    out
}

fn write(nodes: &[Node], out: &mut Vec<u8>) {
    for node in nodes {
        let (tag, content) = match node {
            Node::Plain(tag, content) => (*tag, content.clone()),
            Node::Nested(tag, inner) => {
                let mut content = Vec::new();
                write(inner, &mut content);
                (*tag, content)
            }
        };
        out.push(tag);
        match content.len() {
            n @ 0..=0x7f => out.push(n as u8),
            n @ 0x80..=0xff => out.extend([0x81, n as u8]),
            n => out.extend([0x82, (n >> 8) as u8, n as u8]),
        }
        out.extend(content);
    }
}

/// Deterministic: xorshift64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

fn count(nodes: &[Node]) -> usize {
    let inner = |node: &Node| match node {
        Node::Plain(..) => 0,
        Node::Nested(_, inner) => count(inner),
    };
    nodes.iter().map(|node| 1 + inner(node)).sum()
}

/// Changes the siblings around the nth node of all, as the dice fall.
fn mutate(nodes: &mut Vec<Node>, n: &mut usize, dice: &mut Dice) -> bool {
    for at in 0..nodes.len() {
        if *n == 0 {
            change(nodes, at, dice);
            return true;
        }
        *n -= 1;
        if let Node::Nested(_, inner) = &mut nodes[at]
            && mutate(inner, n, dice)
        {
            return true;
        }
    }
    false
}

fn change(nodes: &mut Vec<Node>, at: usize, dice: &mut Dice) {
    const TAGS: [u8; 24] = [
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x09, 0x0a, 0x0c, 0x13, 0x14, 0x17, 0x18, 0x1c,
        0x1e, 0x30, 0x31, 0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa3,
    ];
    let other = dice.roll(nodes.len());
    let small = [0, 1, 0x7f, 0x80, 0xff][dice.roll(5)];
    match dice.roll(8) {
        0 => drop(nodes.remove(at)),
        1 => nodes.insert(other, nodes[at].clone()),
        2 => nodes.swap(at, other),
        3 => nodes.insert(at, Node::Plain(TAGS[dice.roll(24)], vec![0; dice.roll(3)])),
        4 => nodes[at] = Node::Nested(TAGS[dice.roll(24)], vec![nodes[at].clone()]),
        5 => match &mut nodes[at] {
            Node::Plain(tag, _) | Node::Nested(tag, _) => *tag = TAGS[dice.roll(24)],
        },
        roll => match &mut nodes[at] {
            Node::Nested(_, inner) => inner.truncate(dice.roll(inner.len() + 1)),
            Node::Plain(_, content) if roll == 6 => content.insert(0, small),
            Node::Plain(_, content) => match content.len() {
                0 => content.push(small),
                length => content[dice.roll(length)] = small,
            },
        },
    }
}

/// How many of them are read, of certificates with elements that are missing,
/// repeated, swapped, wrapped, renamed and changed.
fn compare_rebuilt(certificate: &[u8], rounds: usize, dice: &mut Dice) -> usize {
    let tree = parse(certificate);
    let mut read = 0;
    for _ in 0..rounds {
        let mut tree = tree.clone();
        for _ in 0..=dice.roll(2) {
            let mut place = dice.roll(count(&tree).max(1));
            mutate(&mut tree, &mut place, dice);
        }
        let mut der = Vec::new();
        write(&tree, &mut der);
        read += usize::from(compare(&der));
    }
    read
}

#[test]
fn rebuilt_certificates_are_read_the_same() {
    let mut dice = Dice(2021);
    let read = compare_rebuilt(&fictitious(), 60_000, &mut dice);
    println!("{read} of 60000 are read");
    assert!((1_000..59_000).contains(&read), "{read}");
}

#[test]
#[ignore = "needs HCERT_VECTORS"]
fn rebuilt_published_certificates_are_read_the_same() {
    let mut dice = Dice(2021);
    let all = published_certificates();
    for certificate in all.iter().step_by(all.len().div_ceil(30).max(1)) {
        compare_rebuilt(certificate, 1_000, &mut dice);
    }
}

#[test]
fn damaged_certificates_are_read_the_same() {
    let certificate = fictitious();
    for length in 0..certificate.len() {
        assert!(!compare(&certificate[..length]), "{length}");
    }
    let mut read = 0;
    for at in 0..certificate.len() {
        for value in 0..=255 {
            let mut damaged = certificate.clone();
            damaged[at] = value;
            read += usize::from(compare(&damaged));
        }
    }
    assert!((1_000..200_000).contains(&read), "{read}");
    assert!(!compare(&[certificate, vec![0]].concat()));
}

/// Lengths as BER allows them, and DER does not.
#[test]
fn lengths_in_more_octets_than_needed_are_refused() {
    let certificate = fictitious();
    let [0x30, 0x82, high, low, content @ ..] = &certificate[..] else {
        panic!("shorter than 256 bytes");
    };
    for header in [
        &[0x30, 0x83, 0, *high, *low][..],
        &[0x30, 0x84, 0, 0, *high, *low],
        &[0x30, 0x85, 0, 0, 0, *high, *low],
        &[0x30, 0x80],
    ] {
        assert!(!compare(&[header, content].concat()));
    }
}

/// x509-cert sorts them in quadratic time: two seconds for 60 kB.
#[test]
fn a_name_has_few_attributes_at_one_level() {
    let with = |count: u32| {
        let mut tree = parse(&fictitious());
        let [Node::Nested(0x30, outer)] = &mut tree[..] else {
            panic!("not a certificate");
        };
        let Node::Nested(0x30, tbs) = &mut outer[0] else {
            panic!("without fields");
        };
        // The subject.
        let Node::Nested(0x30, rdns) = &mut tbs[5] else {
            panic!("without a subject");
        };
        let attribute = |n: u32| {
            let oid = Node::Plain(6, vec![0x55, 4, 3]);
            let text = Node::Plain(12, format!("{n:05}").into_bytes());
            Node::Nested(0x30, vec![oid, text])
        };
        rdns.push(Node::Nested(
            0x31,
            (0..count).rev().map(attribute).collect(),
        ));
        let mut der = Vec::new();
        write(&tree, &mut der);
        der
    };
    assert!(compare(&with(16)));
    let most = Dsc::from_der(&with(16)).unwrap();
    let sorted = most.subject().starts_with("CN=00000+CN=00001+CN=00002+");
    assert!(sorted, "{}", most.subject());
    for count in [17, 4_000] {
        let refused = Dsc::from_der(&with(count)).unwrap_err();
        assert_eq!(refused.code(), "certificate-encoding");
    }
}

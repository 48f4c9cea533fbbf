//! X.509 certificates (RFC 5280) as DER, with the freedom to encode what a
//! library for them would refuse.

/// What is written into a certificate. The issuer is always the test CSCA.
pub struct Certificate<'a> {
    pub common_name: &'a str,
    pub serial: u8,
    /// `YYMMDDhhmmssZ`.
    pub not_before: &'a str,
    pub not_after: &'a str,
    /// The extended key usage; `None` leaves the extension out.
    pub usage: Option<&'a [&'a str]>,
    /// Writes BasicConstraints with `cA FALSE`, the default that DER leaves out.
    pub explicit_ca_false: bool,
    /// SubjectPublicKeyInfo.
    pub spki: &'a [u8],
}

impl Certificate<'_> {
    /// The part that is signed.
    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut extensions = vec![extension("2.5.29.15", true, &[3, 2, 7, 0x80])];
        if self.explicit_ca_false {
            extensions.push(extension("2.5.29.19", true, &sequence(&[tlv(1, &[0])])));
        }
        if let Some(usage) = self.usage {
            let oids: Vec<_> = usage.iter().map(|dotted| oid(dotted)).collect();
            extensions.push(extension("2.5.29.37", false, &sequence(&oids)));
        }
        sequence(&[
            tlv(0xa0, &tlv(2, &[2])),
            tlv(2, &[self.serial]),
            ecdsa_with_sha256(),
            name("Test CSCA"),
            sequence(&[
                tlv(0x17, self.not_before.as_bytes()),
                tlv(0x17, self.not_after.as_bytes()),
            ]),
            name(self.common_name),
            self.spki.to_vec(),
            tlv(0xa3, &sequence(&extensions)),
        ])
    }
}

/// The certificate, from the part that is signed and its signature in DER.
pub fn certificate(to_be_signed: Vec<u8>, signature: &[u8]) -> Vec<u8> {
    let signature = tlv(3, &[&[0][..], signature].concat());
    sequence(&[to_be_signed, ecdsa_with_sha256(), signature])
}

/// ECDSA-Sig-Value (RFC 3279 §2.2.3) from `r‖s`.
pub fn ecdsa_signature(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(raw.len() / 2);
    sequence(&[integer(r), integer(s)])
}

fn integer(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|b| **b == 0).count();
    let mut digits: Vec<u8> = big_endian.iter().copied().skip(zeros).collect();
    if digits.first().is_none_or(|b| b & 0x80 != 0) {
        digits.insert(0, 0);
    }
    tlv(2, &digits)
}

fn ecdsa_with_sha256() -> Vec<u8> {
    sequence(&[oid("1.2.840.10045.4.3.2")])
}

fn name(common_name: &str) -> Vec<u8> {
    let attribute =
        |dotted, tag, value: &str| tlv(0x31, &sequence(&[oid(dotted), tlv(tag, value.as_bytes())]));
    sequence(&[
        attribute("2.5.4.6", 0x13, "XX"),
        attribute("2.5.4.10", 0x0c, "hcert test vectors"),
        attribute("2.5.4.3", 0x0c, common_name),
    ])
}

fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { tlv(1, &[0xff]) } else { vec![] };
    sequence(&[oid(dotted), flag, tlv(4, value)])
}

fn oid(dotted: &str) -> Vec<u8> {
    let mut arcs = dotted
        .split('.')
        .map(|arc| arc.parse::<u64>().unwrap_or_default());
    let first = 40 * arcs.next().unwrap_or_default() + arcs.next().unwrap_or_default();
    let mut out = Vec::new();
    for arc in std::iter::once(first).chain(arcs) {
        let groups = (0..10).rev().map(|n| (n, arc >> (7 * n)));
        for (n, shifted) in groups.filter(|(n, shifted)| *n == 0 || *shifted != 0) {
            out.push((shifted & 0x7f) as u8 | if n == 0 { 0 } else { 0x80 });
        }
    }
    tlv(6, &out)
}

fn sequence(items: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &items.concat())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    out.extend_from_slice(content);
    out
}

//! What the linter knows to say: for each code its severity, the clause that
//! it is about, what is wrong and how to fix it.
//!
//! `hcert-spec` is eu-dcc-hcert-spec 1.0.8, `dcc-schema` ehn-dcc-schema 1.3.3,
//! `UVCI` Annex 2 of the eHealth Network's guidelines on verifiable
//! vaccination certificates, `ISO 18004` the QR Code standard of 2015.

use super::Severity::{self, Error, Note, Warning};
use crate::record::PayloadKind;

/// A row of the table. Where `words` is empty the library's own error or
/// deviation says what is wrong.
pub(super) struct Rule {
    pub code: &'static str,
    pub severity: Severity,
    pub clause: &'static str,
    pub words: &'static str,
    pub help: &'static str,
}

/// The row of a code.
pub(super) fn rule(code: &str) -> Option<&'static Rule> {
    let mut rules = OWN.iter().chain(READING);
    rules.find(|rule| rule.code == code)
}

const PAYLOAD: &str = "hcert-spec §3.3.7";
const ICVP: &str = "smart-icvp ICVPMin";
const LINK: &str = "SMART Health Links, payload";

/// The specification of a payload.
pub(super) const fn specification(kind: PayloadKind) -> &'static str {
    match kind {
        PayloadKind::EuDcc => "dcc-schema",
        PayloadKind::DdccVaccination | PayloadKind::DdccTest => "WHO DDCC core data set",
        PayloadKind::HealthLink => LINK,
        PayloadKind::YellowCard => ICVP,
        PayloadKind::Medication => "smart-ph4h MedicationOverviewMin",
        PayloadKind::Light => "light certificate (FOPH)",
    }
}

/// A fact of the library: an error or a deviation.
const fn of(
    code: &'static str,
    severity: Severity,
    clause: &'static str,
    help: &'static str,
) -> Rule {
    own(code, severity, clause, "", help)
}

const fn own(
    code: &'static str,
    severity: Severity,
    clause: &'static str,
    words: &'static str,
    help: &'static str,
) -> Rule {
    Rule {
        code,
        severity,
        clause,
        words,
        help,
    }
}

/// Codes of [`DecodeError`](crate::format::DecodeError),
/// [`ContentError`](crate::format::ContentError),
/// [`CertificateError`](crate::trust::CertificateError) and
/// [`DeviationCode`](crate::deviation::DeviationCode).
#[rustfmt::skip]
const READING: &[Rule] = &[
    // Text.
    of("text-too-long", Error, "ISO 18004 table 7", "a symbol holds 4,296 characters at most: pass one code alone"),
    of("prefix", Error, "hcert-spec §4.2.2", "put HC1: in capitals in front of the base45 text, and nothing before it"),
    of("prefix-version", Error, "hcert-spec §4.2.2", "write HC1:, the only version of the container"),
    of("base45-character", Error, "RFC 9285 §4.2", "write digits, capitals, blank and $%*+-./: alone; no escapes, no line breaks"),
    of("base45-group", Error, "RFC 9285 §4", "encode it again: a character was lost, added or changed"),
    of("text-surroundings", Warning, "hcert-spec §4.2.2", "put the code alone into the symbol, without line ends or blanks before it"),
    of("text-base64", Warning, "hcert-spec §4.2", "write HC1:, base45 and zlib around the COSE message; most readers know nothing else"),
    // zlib.
    of("zlib-header", Error, "hcert-spec §4.2.1; RFC 1950 §2.2", "compress the COSE message as a zlib stream: neither raw deflate nor no compression"),
    of("zlib-dictionary", Error, "RFC 1950 §2.2", "compress without a preset dictionary"),
    of("zlib-damaged", Error, "RFC 1950 §2.2; RFC 1951", "compress it again; compare the text with the one that was written"),
    of("zlib-cut-off", Error, "RFC 1950 §2.2", "flush and finish the stream before it is encoded"),
    of("zlib-too-large", Error, "hcert-spec §4.2.1", "no certificate is so large: look at what is compressed"),
    of("zlib-trailing", Error, "RFC 1950 §2.2", "end the data with the checksum of the stream"),
    // CBOR.
    of("cbor-cut-off", Error, "RFC 8949 §3", "write all members that a length announces"),
    of("cbor-malformed", Error, "RFC 8949 §5.3", "write with an encoder that passes the examples of RFC 8949, appendix A"),
    of("cbor-too-deep", Error, "RFC 8949 §10", "nest less: no certificate needs so many levels"),
    of("cbor-too-many", Error, "RFC 8949 §10", "write less: no certificate needs so many items"),
    of("cbor-duplicate-key", Error, "RFC 8949 §5.6", "write each key of a map once"),
    of("cbor-key-type", Error, "RFC 8392 §3; RFC 9052 §1.5", "name claims, parameters and members by integers or texts"),
    of("cbor-trailing", Error, "RFC 8949 §5.1", "write nothing after the item"),
    of("cbor-indefinite-length", Warning, "RFC 8949 §4.2.1", "write definite lengths; some readers know no others"),
    // COSE.
    of("cose-tag", Error, "RFC 9052 §2", "write COSE_Sign1, tag 18"),
    of("cose-structure", Error, "RFC 9052 §4.2", "write [protected: bstr, unprotected: map, payload: bstr, signature: bstr]"),
    of("cose-header-type", Error, "RFC 9052 §3.1", "write alg (1) as an integer and kid (4) as a byte string"),
    of("cose-header-claims", Error, "hcert-spec §3.3.1", "write the claims into the payload alone, not into header 15, under whatever name"),
    of("cose-content-type", Error, "hcert-spec §3.3.1; RFC 9596", "leave the content type (3) and typ (16) out, or write 61, application/cwt"),
    of("cose-critical", Error, "RFC 9052 §3.1", "leave crit (2) out: no reader of certificates knows what it could name"),
    of("cose-untagged", Warning, "hcert-spec §3.2; RFC 9052 §4.2", "put tag 18 (byte d2) in front of the array"),
    of("cose-cwt-tag", Warning, "hcert-spec §3.2; RFC 8392 §6", "leave tag 61 out: tag 18 comes first"),
    of("alg-unprotected", Error, "hcert-spec §3.3.1, §3.3.2", "put alg into the protected header, so that the signature covers it"),
    of("alg-differs", Error, "RFC 9052 §3", "name alg once, in the protected header"),
    of("kid-unprotected", Note, "hcert-spec §3.3.3", "put kid into the protected header, unless the signing service can't"),
    of("kid-differs", Warning, "RFC 9052 §3; hcert-spec §3.3.3", "name kid once, in the protected header"),
    of("kid-length", Warning, "hcert-spec §3.3.3", "write the first 8 bytes of the SHA-256 of the document signer certificate"),
    of("kid-text", Warning, "RFC 9052 §3.1", "write the bytes as a byte string, not as base64 in a text"),
    // CWT.
    of("cwt-not-claims", Error, "RFC 8392 §3", "sign a map with the keys 1, 4, 6 and -260"),
    of("cwt-claim-type", Error, "hcert-spec §3.3; RFC 8392 §3.1", "write iss as a text, exp and iat as integers, hcert as a map"),
    of("cwt-claim-twice", Error, "RFC 8949 §5.6", "write each claim once, under its number"),
    of("hcert-missing", Error, "hcert-spec §3.3.7", "put the payload under the integer key -260"),
    of("hcert-unknown-payload", Error, "hcert-spec §3.3.7", "put the EU DCC under key 1 of the hcert claim, other payloads under theirs"),
    of("hcert-several-payloads", Error, "hcert-spec §3.3.7", "issue a certificate for each payload"),
    of("hcert-extra", Warning, "hcert-spec §3.3.7", "leave out what stands beside the payload"),
    of("claim-float", Warning, "hcert-spec §3.3.5, §3.3.6", "write the time as a whole number of seconds; readers round a fraction each in their way"),
    of("claim-milliseconds", Error, "RFC 8392 §2", "write seconds since 1970"),
    of("claim-tagged", Warning, "RFC 8392 §2", "write the number of seconds without a CBOR tag"),
    of("claim-key-text", Warning, "RFC 8392 §3; hcert-spec §3.3.1", "write the claim's number as an integer, not as a text"),
    of("claim-restricts", Error, "hcert-spec §3.3; RFC 8392 §3.1.3", "leave aud (3) and cnf (8) out: verifiers don't look at them"),
    of("iat-missing", Error, "hcert-spec §3.3.6", "write iat (6), the time of issue"),
    of("exp-missing", Error, "hcert-spec §3.3.5", "write exp (4), the time of expiry"),
    of("iss-form", Warning, "hcert-spec §3.3.4", "write the ISO 3166-1 alpha-2 code of the issuer's country, or leave iss out"),
    of("iss-country", Warning, "hcert-spec §3.3.4", "write the country of the document signer certificate"),
    of("iat-outside-dsc", Error, "hcert-spec §3.3.6", "issue within the validity of the document signer certificate"),
    of("exp-outside-dsc", Error, "hcert-spec §3.3.5", "let exp end no later than the document signer certificate"),
    of("hcert-at-root", Warning, "hcert-spec §3.3.7", "put the payload under its key into the hcert claim (-260)"),
    of("hcert-several-records", Error, "hcert-spec §3.3.7", "issue a certificate for each"),
    // Payloads of every kind.
    of("payload-empty", Error, PAYLOAD, "write what the certificate is to state"),
    of("payload-array", Warning, PAYLOAD, "write the payload itself in the place of the array"),
    of("payload-member-twice", Error, PAYLOAD, "write the member once, under its current name"),
    of("payload-period", Error, PAYLOAD, "write the period of validity as dates, under the names of the specification and where it has them"),
    of("member-unknown", Note, PAYLOAD, "leave it out: readers ignore it"),
    // The yellow card.
    of("card-no-dose", Error, ICVP, "write the dose"),
    of("card-several-doses", Error, ICVP, "issue a card for each dose"),
    of("card-two-dates", Error, ICVP, "write the day of vaccination once"),
    of("card-issuer", Error, "IHR annex 6 (4); smart-icvp ICVPMin", "name the supervising clinician (cn) or the issuing authority (is)"),
    of("card-validity", Warning, "IHR annex 7", "leave the period out, or write that of the regulations"),
    of("card-dates", Error, "smart-icvp REQ-DE-13", "write a day of issue that is not before the vaccination"),
    of("card-date-name", Note, ICVP, "write dv instead of dt"),
    // The DDCC.
    of("ddcc-early-form", Warning, "WHO DDCC core data set", "write the members that the core data set has today"),
    // The health link.
    of("link-scheme", Warning, LINK, "write one slash: shlink:/ or vhlink:/"),
    of("link-scheme-unknown", Error, LINK, "begin with shlink:/ or vhlink:/"),
    of("link-base64", Error, LINK, "write the JSON in base64url"),
    of("link-json", Error, LINK, "write a JSON object"),
    of("link-member-twice", Error, LINK, "write each member once"),
    of("link-url-missing", Error, LINK, "write url, the address of the manifest or file"),
    of("link-exp", Error, LINK, "write exp as a finite number of seconds since 1970"),
    of("link-padding", Note, "RFC 7515 §2", "leave the padding of base64url out"),
    of("link-key", Error, LINK, "write 32 random bytes in base64url: 43 characters"),
    of("link-url", Error, LINK, "use https"),
    of("link-milliseconds", Warning, LINK, "write seconds since 1970"),
    of("link-flags", Warning, LINK, "write L, P and U alone, in this order, and not P with U"),
    of("link-version", Warning, LINK, "write version 1, or leave v out"),
    // The EU DCC.
    of("payload-shape", Error, "hcert-spec §3.3.7", "write the payload in the shape that its specification gives"),
    of("dcc-not-a-map", Error, "dcc-schema", "write a map with the text keys ver, nam, dob and one of v, t, r"),
    of("dcc-no-entry", Error, "dcc-schema", "write one vaccination (v), test (t) or recovery (r)"),
    of("dcc-group-unknown", Error, "dcc-schema", "write the entry as a vaccination (v), test (t) or recovery (r): verifiers elsewhere can't tell what a national group states"),
    of("group-unknown", Warning, "dcc-schema", "leave the group out: no schema knows it, and verifiers pass it over"),
    of("holder-unnamed", Error, "dcc-schema nam", "write a name with a letter in it: nobody can be compared with the certificate"),
    of("dcc-group-not-an-array", Error, "dcc-schema v, t, r", "write the entry inside an array of one"),
    of("dcc-entry-not-a-map", Error, "dcc-schema v, t, r", "write the entry as a map with text keys"),
    of("schema-missing", Error, "dcc-schema required", "write the member"),
    of("schema-type", Error, "dcc-schema type", "write the type that the schema names; leave out what is not known, where null would stand"),
    of("schema-pattern", Error, "dcc-schema pattern", "write the text in the form that the schema's pattern describes"),
    of("schema-length", Error, "dcc-schema maxLength", "shorten the text"),
    of("schema-range", Error, "dcc-schema minimum, maximum", "write a number within the range"),
    of("schema-entries", Error, "dcc-schema minItems, maxItems", "write exactly one entry; issue a certificate for each further one"),
    of("schema-groups", Error, "dcc-schema oneOf", "write exactly one of v, t, r and leave the other two out, also as null or []"),
    of("schema-format", Error, "dcc-schema format", "write dates of the calendar as YYYY-MM-DD without a time, times by RFC 3339 with seconds and offset"),
    of("schema-tag", Warning, "hcert-spec §3.3.7", "write dates and times as plain texts, without a CBOR tag"),
    of("schema-float", Warning, "dcc-schema type", "write the whole number as a CBOR integer"),
    of("schema-version", Warning, "dcc-schema ver", "name a version that was published; 1.3.3 is the last"),
    // The document signer certificate.
    of("certificate-encoding", Error, "RFC 5280 §4.1", "pass an X.509 certificate in DER or PEM"),
    of("certificate-trailing-bytes", Error, "RFC 5280 §4.1", "end the file with the certificate"),
    of("certificate-repeated-extension", Error, "RFC 5280 §4.2", "write each extension once"),
    of("certificate-extension", Error, "RFC 5280 §4.2", "encode the extension in DER"),
    of("key-encoding", Error, "RFC 5280 §4.1.2.7", "write the key as a DER SubjectPublicKeyInfo"),
    of("key-point", Error, "RFC 5480 §2.2", "write a point on P-256"),
    of("key-rsa", Error, "RFC 8017 §3.1", "use an RSA key of 2048 to 4096 bits with an odd exponent of 3 or more"),
];

/// What only the linter looks for.
#[rustfmt::skip]
const OWN: &[Rule] = &[
    // What reads, and is of a version that may mean something else.
    own("link-version-unknown", Error, LINK, "the version of the link's protocol is not known", "write version 1, or leave v out"),
    own("ddcc-version-unknown", Error, "WHO DDCC core data set", "the version of the core data set is not known", "write RC2 in certificate.version"),
    own("dcc-version-unknown", Error, "dcc-schema ver", "the major version of the schema is not known", "write the version of the schema that the certificate follows, such as 1.3.3"),
    // Compression and encoding.
    own("zlib-level", Note, "hcert-spec §4.2.1", "a better compression gives a smaller QR symbol", "compress with level 9, or with zopfli"),
    own("cbor-unsorted", Note, "RFC 8949 §4.2.1", "the keys of a map are not in bytewise order", "use the deterministic encoding; no verifier asks for it, but equal data then give equal bytes"),
    own("cbor-longer", Note, "RFC 8949 §4.2.1", "a number or length is written in more bytes than it needs", "use the shortest form; the symbol gets smaller"),
    own("cbor-longer-float", Note, "RFC 8949 §4.2.1", "a floating-point number is wider than it needs to be", "use the shortest float that holds the value, or an integer"),
    // COSE.
    own("alg-missing", Error, "hcert-spec §3.3.2", "no alg in either header", "write alg (1) into the protected header: -7 for ES256"),
    own("alg-unsupported", Error, "hcert-spec §3.3.2", "alg is neither ES256 nor PS256", "sign with ES256, or with PS256"),
    own("alg-secondary", Note, "hcert-spec §3.3.2", "PS256, the secondary algorithm", "use ES256 where the rules for your keys allow it: the symbol gets smaller"),
    own("kid-missing", Error, "hcert-spec §3.3.3", "no kid in either header", "write kid (4): the first 8 bytes of the SHA-256 of the document signer certificate"),
    own("kid-twice", Note, "RFC 9052 §3", "kid stands in both headers", "write it once, in the protected header"),
    own("cose-extra-header", Note, "hcert-spec §3.3.1", "a header parameter that the specification does not name", "leave it out: alg and kid suffice"),
    own("signature-length", Error, "RFC 9053 §2.1; RFC 8230 §2", "the signature does not have the length of its algorithm", "write r and s as 32 bytes each (not DER) for ES256, as many bytes as the modulus for PS256"),
    own("signature", Error, "RFC 9052 §4.4", "the signature does not verify under the given key", "sign the Sig_structure with the key of the certificate, over the bytes that are sent"),
    own("key-unknown", Warning, "hcert-spec §3.3.3", "none of the given keys has that kid: the signature is not checked", "pass the document signer certificate, or the list that holds it"),
    own("kid-not-of-dsc", Warning, "hcert-spec §3.3.3", "kid is not derived from the document signer certificate", "write the first 8 bytes of the SHA-256 of its DER"),
    // CWT.
    own("claim-extra", Note, "hcert-spec §3.3.1", "a claim that the specification does not name", "leave it out"),
    own("claim-unusable", Error, "hcert-spec §3.3.5, §3.3.6; RFC 8392 §2", "a time is not a valid time (seconds since 1970, up to the year 9999)", "write seconds since 1970, not milliseconds, as a finite number"),
    own("nbf", Note, "hcert-spec §3.3.1", "nbf is there, which the specification does not use", "leave it out: most verifiers do not look at it"),
    own("exp-before-iat", Error, "hcert-spec §3.3.5", "expires before it is issued", "let exp be later than iat"),
    own("expired", Note, "hcert-spec §3.3.5", "expired", "issue it again, if it is still to be used"),
    own("iat-future", Warning, "hcert-spec §3.3.6", "issued in the future", "write the time of issue as it is, in UTC"),
    // Payload.
    own("text-empty", Warning, PAYLOAD, "an empty text", "write the value, or leave an optional member out"),
    own("member-extra", Note, "dcc-schema", "a member that the current schema does not know", "leave it out: readers ignore it, and strict ones refuse it"),
    own("schema-current", Note, "dcc-schema 1.3.3", "departs from the current schema, though not from that of its own version", "write by schema 1.3.3"),
    own("version-old", Note, "dcc-schema ver", "not the current version of the schema", "write by schema 1.3.3 and name it in ver"),
    own("entries-several", Warning, "dcc-schema 1.3.0 maxItems", "more than one entry", "issue a certificate for each: since 1.3.0 there is exactly one"),
    own("dob-partial", Note, "dcc-schema dob", "the date of birth is not a full date", "write the full date, if it is known"),
    own("name-missing", Note, "dcc-schema nam", "a part of the name is missing", "write fn, fnt, gn and gnt, unless the holder has no such name"),
    own("name-transliteration", Note, "dcc-schema nam; ICAO Doc 9303-3 §6", "the standardised name is not the transliteration of the name", "write it as the holder's travel document does"),
    own("time-fraction", Note, "dcc-schema sc; RFC 3339 §5.6", "a time with fractions of a second", "write whole seconds"),
    own("date-after-issue", Warning, "hcert-spec §3.3.6", "dated after the certificate was issued", "check the clock and the time zone"),
    own("period", Error, "dcc-schema df, du", "ends before it begins", "let du be no earlier than df"),
    own("country-form", Warning, "dcc-schema co; ISO 3166-1", "neither a country code of two capital letters nor an organisation of up to ten", "write the alpha-2 code, or the organisation in capitals"),
    own("product-unknown", Error, "smart-icvp, decision logic", "the product is not in the catalogue", "write the id of a prequalified product"),
    own("disease-unknown", Error, "gdhcn-validator DvcHCertPayloadModel", "the disease is not in the catalogue", "write its code of ICD-11 in tg, such as 1D47"),
    own("template-unknown", Error, "smart-icvp, decision logic", "the version of the template is not known", "write the published version in v"),
    own("value-unknown", Note, "DCC value sets", "a code that is not in the value set", "write a code of the value set, or check against its newest edition"),
    own("value-inactive", Note, "DCC value sets", "a code that the value set keeps for earlier certificates alone", "write an active code"),
    own("uvci-prefix", Warning, "UVCI", "the identifier does not begin with URN:UVCI:", "write URN:UVCI: in front, in capitals"),
    own("uvci-version", Warning, "UVCI", "the version of the identifier is not 01", "write 01 after the prefix"),
    own("uvci-form", Warning, "UVCI", "the identifier is not of the form of a UVCI", "write URN:UVCI:01:CC:… in capitals, digits, / and :, with # before a check character"),
    own("uvci-country", Note, "UVCI", "the identifier names another country than co", "write the country that issues"),
    own("uvci-check", Note, "UVCI; dgc-testdata issue 55", "the check character does not fit", "compute Luhn mod 38 over all before the #, prefix included, or leave it out"),
    // The document signer certificate.
    own("dsc-key-type", Error, "hcert-spec §3.3.2", "a key that neither ES256 nor PS256 can use", "use P-256, or RSA with 2048 bits or more"),
    own("dsc-key-length", Error, "hcert-spec §3.3.2", "an RSA key of less than 2048 bits", "use P-256, or RSA with 2048 bits or more"),
    own("dsc-published-key", Error, "hcert-spec §6.2", "the private half of the key is published: anybody can sign with it", "make a key of your own, in a hardware module"),
    own("dsc-alg", Error, "hcert-spec §3.3.2", "alg is not for the key of the certificate", "name ES256 for a P-256 key, PS256 for an RSA key"),
    own("dsc-usage", Error, "hcert-spec §5, extended key usage", "the certificate does not allow its key to sign this kind of record", "sign with a key for it, or have the certificate issued anew"),
    own("dsc-eku-none", Note, "hcert-spec §5, extended key usage", "no extended key usage: the key may sign any kind of record", "name the kinds with 1.3.6.1.4.1.1847.2021.1.{1,2,3}, if they are to be limited"),
    own("dsc-eku-empty", Warning, "RFC 5280 §4.2.1.12", "an extended key usage without a purpose", "name a purpose, or leave the extension out"),
    own("dsc-eku-legacy", Note, "hcert-spec §5, extended key usage", "the health purposes stand under the older arc 1.3.6.1.4.1.0.1847.2021.1", "write them under 1.3.6.1.4.1.1847.2021.1"),
    own("dsc-eku-other", Note, "hcert-spec §5, extended key usage", "a purpose that is not one of health certificates", "leave it out: verifiers ignore it"),
    own("dsc-basic-constraints", Note, "RFC 5280 §4.2.1.9; X.690 §11.5", "the basic constraints write out the default CA:FALSE, which is not DER", "write an empty sequence; strict parsers refuse the other"),
    own("dsc-ca", Warning, "hcert-spec §5", "an authority signs certificates of persons itself", "sign with a document signer that the authority issued"),
    own("dsc-key-usage", Warning, "RFC 5280 §4.2.1.3", "the key usage does not allow digital signatures", "set digitalSignature"),
    own("dsc-signature-sha1", Warning, "hcert-spec §5; RFC 9155", "the certificate is signed with SHA-1, which proves nothing any more", "have it issued anew with SHA-256"),
    own("dsc-country", Warning, "hcert-spec §5", "the certificate names no country", "put C, the ISO 3166-1 alpha-2 code, into its subject"),
    own("dsc-authority-key", Note, "hcert-spec §5; RFC 5280 §4.2.1.1", "no authority key identifier", "have it name the key of the authority, as the specification demands"),
    own("dsc-subject-key", Note, "hcert-spec §5; RFC 5280 §4.2.1.2", "no subject key identifier", "have it derived from the key"),
    own("dsc-expired", Warning, "hcert-spec §5", "the certificate has expired: nothing that it signed verifies", "issue it again with a key in time"),
    own("dsc-not-yet-valid", Warning, "hcert-spec §5", "the certificate is not yet valid", "check its validity and the clock"),
    // The QR symbol.
    own("qr-none", Error, "hcert-spec §4.2.2", "no QR symbol can be read in the picture", "draw it larger, sharper, dark on light, with a quiet zone of 4 modules"),
    own("qr-mode", Error, "hcert-spec §4.2.2; ISO 18004 §7.4.4", "the symbol is not in alphanumeric mode", "encode the text as one alphanumeric segment (mode 2), not as bytes"),
    own("qr-segments", Note, "hcert-spec §4.2.2; ISO 18004 §7.4", "the symbol holds numeric segments beside alphanumeric ones", "encode the text as one alphanumeric segment"),
    own("qr-level", Warning, "hcert-spec §4.2.2", "the error correction level is below Q", "use level Q"),
    own("qr-version", Note, "ISO 18004 §7.4.1", "the symbol is larger than the text needs at its level", "let the encoder choose the smallest version"),
    own("qr-modules-too-small", Warning, "hcert-spec §4.2.2", "even at a diagonal of 60 mm the modules are smaller than four dots of a 300 dpi printer", "compress better, shorten the text, or print it larger"),
    own("qr-quiet-zone", Warning, "ISO 18004 §6.3.8", "less than 4 light modules around the symbol in the picture", "leave 4 modules free on each side"),
    own("qr-reversed", Warning, "ISO 18004 §6.2", "light on dark", "print it dark on light: some readers know nothing else"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::DeviationCode;
    use crate::issue::DepartureCode;
    use alloc::vec::Vec;

    #[test]
    fn every_deviation_has_a_rule_and_every_rule_its_words() {
        let missing: Vec<_> = DeviationCode::ALL
            .iter()
            .map(|code| code.code())
            .filter(|code| rule(code).is_none())
            .collect();
        assert_eq!(missing, [""; 0], "add them to READING");
        for (n, rule) in READING.iter().chain(OWN).enumerate() {
            assert_eq!(rule.words.is_empty(), n < READING.len(), "{}", rule.code);
            assert!(!rule.clause.is_empty() && !rule.help.is_empty());
            let twice = READING.iter().chain(OWN).filter(|r| r.code == rule.code);
            assert_eq!(twice.count(), 1, "{}", rule.code);
        }
    }

    #[test]
    fn a_code_that_the_issuer_knows_too_means_the_same_in_both() {
        let mut shared = 0;
        for code in DepartureCode::ALL {
            assert!(!code.clause().is_empty() && !code.help().is_empty());
            if let Some(rule) = rule(code.code()) {
                shared += 1;
                let ours = (rule.clause, rule.words, rule.help);
                assert_eq!(ours, (code.clause(), code.words(), code.help()));
            }
        }
        assert_eq!(shared, 2, "value-unknown and value-inactive");
    }
}

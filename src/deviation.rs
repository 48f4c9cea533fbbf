use alloc::string::String;
use core::fmt;

/// A departure from the specification that was read anyway.
///
/// `at` names the place (`v[0].dn`, `exp`), never a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deviation {
    code: DeviationCode,
    at: String,
}

impl Deviation {
    pub(crate) fn new(code: DeviationCode, at: impl Into<String>) -> Self {
        Self {
            code,
            at: at.into(),
        }
    }

    /// Which departure.
    pub fn kind(&self) -> DeviationCode {
        self.code
    }

    /// The stable identifier of the departure.
    pub fn code(&self) -> &'static str {
        self.code.code()
    }

    /// Where: a claim, a header or a path in the payload. May be empty.
    pub fn at(&self) -> &str {
        &self.at
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            f.write_str(self.code.words())
        } else {
            write!(f, "{}: {}", self.at, self.code.words())
        }
    }
}

macro_rules! deviations {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $words:literal;)*) => {
        /// The departures from the specification that are known and read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum DeviationCode {
            $($(#[$doc])* $name,)*
        }

        impl DeviationCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable identifier.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What it means, in English.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

deviations! {
    /// Line ends or tabs around the text, or blanks before it.
    TextSurroundings = "text-surroundings", "white space around the code";
    /// Base64 of the tagged COSE_Sign1 instead of prefix, zlib and base45.
    TextBase64 = "text-base64", "base64 in place of the prefix, zlib and base45";
    /// COSE_Sign1 without tag 18 (hcert-spec §3.2; RFC 9052 §4.2).
    CoseUntagged = "cose-untagged", "COSE_Sign1 without its tag 18";
    /// COSE_Sign1 inside the CWT tag 61 (RFC 8392 §6).
    CoseCwtTag = "cose-cwt-tag", "COSE_Sign1 inside the CWT tag 61";
    /// An array, map or string of indefinite length.
    CborIndefinite = "cbor-indefinite-length", "CBOR of indefinite length";
    /// `alg` stands in the unprotected header alone (hcert-spec §3.3.2).
    AlgUnprotected = "alg-unprotected", "alg is in the unprotected header alone";
    /// The two headers name two algorithms; the protected one is used.
    AlgDiffers = "alg-differs", "protected and unprotected alg differ";
    /// `kid` stands in the unprotected header alone, which hcert-spec §3.3.3
    /// allows where it is required; even the strict policy lets it pass.
    KidUnprotected = "kid-unprotected", "kid is in the unprotected header alone";
    /// The two headers name two keys; the protected one is used (hcert-spec §3.3.3).
    KidDiffers = "kid-differs", "protected and unprotected kid differ";
    /// A kid that is not 8 bytes long (hcert-spec §3.3.3).
    KidLength = "kid-length", "kid is not 8 bytes long";
    /// A kid as the base64 text of its bytes, where the bytes belong (RFC 9052
    /// §3.1).
    KidText = "kid-text", "kid is a text in base64";
    /// A time as a floating-point number; the fraction is cut off.
    ClaimFloat = "claim-float", "a time is a floating-point number";
    /// A time inside a CBOR tag. Tag 1 is read; a number under another one is no
    /// second count.
    ClaimTagged = "claim-tagged", "a time stands inside a CBOR tag";
    /// iat or nbf counts milliseconds, where RFC 8392 §2 has seconds.
    ClaimMilliseconds = "claim-milliseconds", "a time is in milliseconds";
    /// A claim is named by a text, such as `"-260"`, where a number belongs.
    ClaimKeyText = "claim-key-text", "a claim is named by a text instead of a number";
    /// A registered claim restricts for whom the certificate holds: `aud` (RFC
    /// 8392 §3.1.3) or `cnf` (RFC 8747 §3.1). HCERT has neither, and nothing
    /// here is held against them.
    ClaimRestricts = "claim-restricts", "a claim restricts for whom the certificate holds, and is not looked at";
    /// No `iat` (hcert-spec §3.3.6).
    IatMissing = "iat-missing", "no time of issue";
    /// No `exp`, under a policy that lets it pass.
    ExpMissing = "exp-missing", "no time of expiry";
    /// `iss` is not two capital letters (hcert-spec §3.3.4).
    IssForm = "iss-form", "iss is not an ISO 3166-1 alpha-2 code";
    /// `iss` names another country than the document signer certificate.
    IssCountry = "iss-country", "iss is not the country of the document signer";
    /// Issued outside the validity of the document signer certificate
    /// (hcert-spec §3.3.6), or after the end of the period that it gives its
    /// private key (RFC 3280 §4.2.1.4).
    IatOutsideDsc = "iat-outside-dsc", "issued outside the validity of the document signer certificate";
    /// Expires outside the validity of the document signer certificate
    /// (hcert-spec §3.3.5).
    ExpOutsideDsc = "exp-outside-dsc", "expires outside the validity of the document signer certificate";
    /// The hcert claim holds more than one payload; one of them is read.
    HcertExtra = "hcert-extra", "the hcert claim holds more than one payload";
    /// A member that the schema requires is missing.
    SchemaMissing = "schema-missing", "a required member is missing";
    /// A member of another type than the schema wants.
    SchemaType = "schema-type", "a member is of the wrong type";
    /// A text that does not match the schema's pattern.
    SchemaPattern = "schema-pattern", "a text does not match the pattern of the schema";
    /// A text longer than the schema allows.
    SchemaLength = "schema-length", "a text is longer than the schema allows";
    /// A number outside the schema's range.
    SchemaRange = "schema-range", "a number is outside the range of the schema";
    /// A group with fewer or more entries than the schema allows.
    SchemaEntries = "schema-entries", "a group has too few or too many entries";
    /// Not exactly one of the groups v, t and r.
    SchemaGroups = "schema-groups", "not exactly one of the groups v, t, r";
    /// A group of entries that no schema knows; it is not read.
    GroupUnknown = "group-unknown", "a group of entries is of a kind that is not known";
    /// No name in which there is a letter or a digit: nobody can be compared
    /// with the certificate.
    HolderUnnamed = "holder-unnamed", "no name is stated that anybody can be compared with";
    /// A date or time that is not of the form that the schema names.
    SchemaFormat = "schema-format", "a date or time is not of the required form";
    /// A CBOR tag where JSON has none.
    SchemaTag = "schema-tag", "a member stands inside a CBOR tag";
    /// A whole number written as a floating-point number.
    SchemaFloat = "schema-float", "a whole number is a floating-point number";
    /// A schema version that was never published; the nearest one is applied.
    SchemaVersion = "schema-version", "no schema of that version is known";
    /// A member that the specification of the payload does not know; it is not read.
    MemberUnknown = "member-unknown", "the specification knows no such member";
    /// A yellow card that names neither the supervising clinician (`cn`) nor
    /// the issuing authority (`is`; International Health Regulations, annex 6, 4).
    CardIssuer = "card-issuer", "neither the clinician nor the issuing authority is named";
    /// A yellow card that states another period of validity than the
    /// International Health Regulations set (annex 7); theirs counts.
    CardValidity = "card-validity", "the stated period of validity is not that of the regulations";
    /// A yellow card that was issued before the vaccination (smart-icvp, REQ-DE-13).
    CardDates = "card-dates", "issued before the day of vaccination";
    /// The day of vaccination under its earlier name `dt` instead of `dv`.
    CardDateName = "card-date-name", "the day of vaccination has its earlier name dt";
    /// The payload stands beside the claims instead of in the hcert claim, as
    /// the early issuers of the DDCC did.
    HcertAtRoot = "hcert-at-root", "the payload stands beside the claims, not in the hcert claim";
    /// A DDCC with the members that the early issuers used.
    DdccEarlyForm = "ddcc-early-form", "a DDCC in the form of the early issuers";
    /// A payload that is one of its kind stands in an array.
    PayloadArray = "payload-array", "the payload stands in an array of one";
    /// A health link begins with `shlink://` or `vhlink://`.
    LinkScheme = "link-scheme", "a health link has two slashes after its scheme";
    /// Base64url with padding, which RFC 7515 §2 leaves out.
    LinkPadding = "link-padding", "base64url with padding";
    /// The key of a health link is not 32 bytes in base64url.
    LinkKey = "link-key", "the key of a health link is not 32 bytes in base64url";
    /// The URL of a health link is http.
    LinkUrl = "link-url", "the URL of a health link is not https";
    /// A health link expires at a count of milliseconds; it is read as such.
    LinkMilliseconds = "link-milliseconds", "a health link has milliseconds in place of seconds";
    /// Flags of a health link that are not known, or `P` with `U`.
    LinkFlags = "link-flags", "the flags of a health link are not known, or exclude each other";
    /// A version of the health link's protocol that is not known.
    LinkVersion = "link-version", "the protocol version of a health link is not 1";
}

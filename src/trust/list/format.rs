//! The forms of trust lists.

/// A form in which trusted keys are handed around.
///
/// The **signed** ones say below what is signed and which [`Anchor`](crate::trust::Anchor) that
/// needs: load them with
/// [`add_signed_list`](crate::trust::TrustStoreBuilder::add_signed_list). The other
/// ones don't prove who made them: the caller has to have them from somebody
/// that it trusts, over a way that nobody else can write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListFormat {
    /// One DER certificate (RFC 5280 §4.1).
    CertificateDer,
    /// One DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    PublicKeyDer,
    /// PEM blocks (RFC 7468).
    Pem,
    /// One JSON Web Key (RFC 7517 §4).
    Jwk,
    /// A JWK set, `{"keys": […]}` (RFC 7517 §5).
    JwkSet,
    /// `{"certificates": [{"kid": …, "rawData": …}]}`, both base64: what is
    /// inside Germany's signed list, and how the EU's acceptance environment
    /// was published.
    Certificates,
    /// The array that the EU Digital COVID Certificate Gateway answers with:
    /// `[{"kid", "country", "certificateType", "rawData", "signature", …}]`.
    ///
    /// Each entry carries a CMS signature by its member state. **It is not
    /// looked at here**, so the array is worth what its transport is worth.
    GatewaySignaturesIgnored,
    /// **Signed, entry by entry**: the same array, its CMS signatures checked.
    ///
    /// Anchor: the gateway's trust anchor (certificate or key). It has to have
    /// signed each CSCA and UPLOAD entry, and each has to show by its
    /// certificate that it is one, or be named by the caller
    /// ([`GatewayRoles`](crate::trust::GatewayRoles)). A DSC entry counts if a CSCA of those issued it and
    /// an UPLOAD certificate of the CSCA's country signed it; a CSCA without a
    /// country has no such. The key's country is the CSCA's (the entry's own
    /// is not signed), and it is valid as long as both certificates are. That the UPLOAD certificate is valid
    /// is judged at [`ListBytes::with_fetched_at`](crate::trust::ListBytes::with_fetched_at), and **not without it**
    /// ([`ListInfo::signer_dates`](crate::trust::ListInfo::signer_dates)).
    /// **Nothing signs the array as a whole**: entries may be missing, and
    /// whoever has the honest bytes of one that was withdrawn can put it back.
    /// Kids and dates beside a certificate are as whoever sent it wrote them,
    /// so the list has no date but [`ListBytes::with_fetched_at`](crate::trust::ListBytes::with_fetched_at).
    Gateway,
    /// **Signed**: Germany's list (CovPass). Line 1 is base64 of an ES256
    /// signature over all that follows, which is [`Certificates`](Self::Certificates).
    ///
    /// Anchor: the list's signing key (`signing-key.pem`).
    German,
    /// **Signed**: Sweden's list (DIGG): a JWS, ES256, over `dsc_trust_list`,
    /// with its dates in `iat` and `exp`.
    ///
    /// Anchor: the certificate in its header's `x5c`, or that one's key.
    Swedish,
    /// **Signed**: Switzerland's two documents, each a JWS, RS256: the keys
    /// (`certs`), and as [companion](crate::trust::ListBytes::with_companion) the ids of
    /// those that are active (`activeKeyIds`). Others are left out.
    ///
    /// Anchor: the federal root certificate; `x5c` has to lead to it from a
    /// certificate with the common name `CH01-AppContentCertificate`. Each
    /// certificate has to let its key do what it does, and to be valid at
    /// [`ListBytes::with_fetched_at`](crate::trust::ListBytes::with_fetched_at); **without that its dates are not judged**
    /// ([`ListInfo::signer_dates`](crate::trust::ListInfo::signer_dates)).
    Swiss,
    /// **Signed**: Austria's list (hcert-kotlin, version 2): CBOR, and as
    /// [companion](crate::trust::ListBytes::with_companion) a COSE_Sign1, ES256, with its
    /// SHA-256 and dates.
    ///
    /// Anchor: the list's signing certificate or key.
    Austrian,
    /// Unsigned: the Netherlands' keys by kid, or `{payload, signature}`
    /// around them, whose signature is not looked at.
    Dutch,
    /// Unsigned: the Corona-Warn-App's protobuf of kids and certificates.
    CwaProtobuf,
    /// Unsigned: `{kid: {…, publicKeyPem}}`, as Italy's and France's lists are
    /// mirrored.
    KeysByKid,
    /// Unsigned: Poland's array of `{identyfikator, identyfikatorKlucza,
    /// certyfikat}`.
    Polish,
    /// Signed: a list of the WHO's network (GDHCN v2), a DID document with a
    /// proof. Its anchor is one of an environment:
    /// [`add_gdhcn`](crate::trust::TrustStoreBuilder::add_gdhcn). Lists of version 1
    /// have a signer that can't be resolved, and are refused there:
    /// [`trust_unsigned_list`](crate::trust::TrustStoreBuilder::trust_unsigned_list)
    /// takes both versions without looking at the proof.
    Gdhcn,
    /// A [snapshot](crate::trust::SnapshotView) of a whole store, **signed** or unsigned.
    ///
    /// Anchor: the key of whoever made it.
    Snapshot,
}

impl ListFormat {
    const ALL: [Self; 18] = [
        Self::CertificateDer,
        Self::PublicKeyDer,
        Self::Pem,
        Self::Jwk,
        Self::JwkSet,
        Self::Certificates,
        Self::GatewaySignaturesIgnored,
        Self::Gateway,
        Self::German,
        Self::Swedish,
        Self::Swiss,
        Self::Austrian,
        Self::Dutch,
        Self::CwaProtobuf,
        Self::KeysByKid,
        Self::Polish,
        Self::Gdhcn,
        Self::Snapshot,
    ];

    /// The form of that [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// A stable identifier of the form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CertificateDer => "certificate-der",
            Self::PublicKeyDer => "public-key-der",
            Self::Pem => "pem",
            Self::Jwk => "jwk",
            Self::JwkSet => "jwk-set",
            Self::Certificates => "certificates",
            Self::GatewaySignaturesIgnored => "gateway-signatures-ignored",
            Self::Gateway => "gateway",
            Self::German => "de",
            Self::Swedish => "se",
            Self::Swiss => "ch",
            Self::Austrian => "at",
            Self::Dutch => "nl",
            Self::CwaProtobuf => "cwa",
            Self::KeysByKid => "keys-by-kid",
            Self::Polish => "pl",
            Self::Gdhcn => "gdhcn",
            Self::Snapshot => "snapshot",
        }
    }

    /// For a form that carries a signature: the anchor that it needs, in
    /// words for the user.
    pub const fn anchor_hint(self) -> Option<&'static str> {
        Some(match self {
            Self::Gateway => "the gateway's trust anchor certificate",
            Self::German => "the public key that signs the list (signing-key.pem)",
            Self::Swedish => "the list signer's certificate",
            Self::Swiss => "the Swiss federal root certificate",
            Self::Austrian => "the list signer's certificate",
            Self::Gdhcn => "the network's signer of an environment, with add_gdhcn",
            Self::Snapshot => "the public key of whoever made the snapshot",
            _ => return None,
        })
    }

    /// For a form in two documents: what the second one is.
    pub const fn companion_hint(self) -> Option<&'static str> {
        Some(match self {
            Self::Swiss => "the list of active key ids",
            Self::Austrian => "the list's detached signature",
            _ => return None,
        })
    }
}

//! What the certificates that a gateway's anchor signed may do.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;

use serde_json::Value;

use crate::crypto::CertificateDigest;
use crate::envelope::signature::Purposes;
use crate::envelope::x509::Dsc;

/// What the caller knows of certificates that a gateway's trust anchor signed
/// ([`ListFormat::Gateway`](super::ListFormat::Gateway)), each by its SHA-256.
///
/// The anchor signs certificates of three kinds, and signs nothing that says
/// which is which. The certificates themselves tell mostly (certificate
/// governance of the gateway, §4): one with CA:TRUE that is for signing
/// certificates and not for signatures is a CSCA; one that is no authority's,
/// and is for signatures and not for TLS, is an UPLOAD certificate, as those
/// for TLS have to have `clientAuth`. **Those that could be two things are
/// neither**, such as an UPLOAD certificate with `clientAuth` (of one in seven
/// states) or a CSCA with `digitalSignature`, until the caller says what they
/// are: [`ProblemKind::GatewayRole`](crate::trust::ProblemKind::GatewayRole) has their SHA-256. Compare it with what
/// the state, or the gateway, through another channel, says.
///
/// ```
/// use hcert::trust::{GatewayRoles, TrustStore};
/// let upload = hcert::crypto::CertificateDigest::new([7; 32]);
/// let roles = GatewayRoles::default().with_upload(upload);
/// let builder = TrustStore::builder().with_gateway_roles(roles);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayRoles {
    uploads: Arc<BTreeSet<CertificateDigest>>,
    cscas: Arc<BTreeSet<CertificateDigest>>,
}

impl GatewayRoles {
    /// The certificate with this SHA-256 is an UPLOAD certificate, and no
    /// CSCA.
    #[must_use]
    pub fn with_upload(mut self, digest: CertificateDigest) -> Self {
        Arc::make_mut(&mut self.uploads).insert(digest);
        self
    }

    /// The certificate with this SHA-256 is a CSCA, and no UPLOAD certificate.
    #[must_use]
    pub fn with_csca(mut self, digest: CertificateDigest) -> Self {
        Arc::make_mut(&mut self.cscas).insert(digest);
        self
    }

    /// Whether a certificate may do what it is listed for.
    pub(super) fn allow(&self, certificate: &Dsc, listed: Role) -> bool {
        let Some(purposes) = Purposes::of(certificate) else {
            return false;
        };
        let digest = certificate.digest();
        let named = (self.uploads.contains(&digest), self.cscas.contains(&digest));
        match (named, listed) {
            ((true, true), _) => false,
            ((true, _), role) => role == Role::Upload,
            ((_, true), role) => role == Role::Csca,
            (_, Role::Upload) => purposes.is_of_signer_alone(),
            (_, Role::Csca) => purposes.is_of_authority_alone(),
        }
    }
}

/// What an entry says that its certificate is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Csca,
    Upload,
}

impl Role {
    pub(super) fn of(entry: &Value) -> Option<Self> {
        match entry.get("certificateType")?.as_str()? {
            "CSCA" => Some(Self::Csca),
            "UPLOAD" => Some(Self::Upload),
            _ => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Csca => "CSCA",
            Self::Upload => "UPLOAD",
        }
    }
}

//! Where in the WHO's network a key is listed.

use alloc::boxed::Box;
use core::fmt;

/// An environment of the network. Each has its own lists, signer and hosts,
/// and they never mix: a [`TrustStoreBuilder`](crate::trust::TrustStoreBuilder)
/// takes the lists of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// Production.
    Prod,
    /// User acceptance tests.
    Uat,
    /// Development.
    Dev,
}

impl Environment {
    pub(super) const ALL: [Self; 3] = [Self::Prod, Self::Uat, Self::Dev];

    /// `prod`, `uat` or `dev`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prod => "prod",
            Self::Uat => "uat",
            Self::Dev => "dev",
        }
    }

    /// The environment of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The host of the environment's lists, which is part of their names.
    pub const fn host(self) -> &'static str {
        match self {
            Self::Prod => "tng-cdn.who.int",
            Self::Uat => "tng-cdn-uat.who.int",
            Self::Dev => "tng-cdn-dev.who.int",
        }
    }

    /// The environment that a list of this name belongs to.
    pub(in crate::trust) fn of_list(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.host() == host(id))
    }

    /// The name of the key that signs the environment's lists.
    pub(super) const fn signer(self) -> &'static str {
        match self {
            Self::Prod => {
                "did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-prod:main:WHO:signing:DID"
            }
            Self::Uat => {
                "did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-uat:main:WHO:signing:DID"
            }
            Self::Dev => {
                "did:web:raw.githubusercontent.com:WorldHealthOrganization:tng-participants-dev:main:WHO:signing:DID"
            }
        }
    }

    pub(super) const fn context_suffix(self) -> &'static str {
        match self {
            Self::Prod => "",
            Self::Uat => "-UAT",
            Self::Dev => "-DEV",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the network says a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GdhcnUsage {
    /// `DSC`: a document signer.
    DocumentSigner,
    /// `SCA`, which the lists also write `CSCA`: the authority over a
    /// participant's document signers. Some participants sign certificates
    /// with it directly.
    SigningAuthority,
}

impl GdhcnUsage {
    /// `DSC` or `SCA`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DocumentSigner => "DSC",
            Self::SigningAuthority => "SCA",
        }
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        match code {
            "DSC" => Some(Self::DocumentSigner),
            "SCA" | "CSCA" => Some(Self::SigningAuthority),
            _ => None,
        }
    }
}

impl fmt::Display for GdhcnUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Under what a key is listed in the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GdhcnOrigin {
    pub(super) environment: Environment,
    pub(super) domain: Box<str>,
    pub(super) participant: Box<str>,
    pub(super) usage: GdhcnUsage,
}

impl GdhcnOrigin {
    pub(in crate::trust) fn new(
        environment: Environment,
        domain: &str,
        participant: &str,
        usage: GdhcnUsage,
    ) -> Self {
        Self {
            environment,
            domain: domain.into(),
            participant: participant.into(),
            usage,
        }
    }

    /// The environment of the list.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The trust domain, such as `DCC` or `PH4H`; `-` in a list of version 1,
    /// which names none.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Who signs: ISO 3166-1 alpha-3 (`ESP`), or a code of the network's own
    /// (`XCL`). The certificate's country is alpha-2.
    pub fn participant(&self) -> &str {
        &self.participant
    }

    /// What the key is for. Lists of version 1 hold document signers alone.
    pub fn usage(&self) -> GdhcnUsage {
        self.usage
    }
}

impl fmt::Display for GdhcnOrigin {
    /// `DCC:ESP:DSC`, as in the names of the lists.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.domain, self.participant, self.usage)
    }
}

/// The host of a `did:web`.
pub(super) fn host(did: &str) -> &str {
    let rest = did.strip_prefix("did:web:").unwrap_or_default();
    rest.split([':', '#']).next().unwrap_or_default()
}

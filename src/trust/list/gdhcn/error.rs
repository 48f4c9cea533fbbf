use super::origin::Environment;
use alloc::string::String;

/// Why a document of the network was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GdhcnError {
    /// Without a proof, like the documents of the network's signers.
    #[error("the document is not signed")]
    Unsigned,
    /// A list of the first version, whose signer can't be resolved.
    #[error("a list of version 1, which can't be verified: use the one under /v2/")]
    OldVersion,
    /// Signed for another environment than the anchor's.
    #[error("a list of the environment {found}, not {expected}")]
    Environment {
        /// The anchor's.
        expected: Environment,
        /// The document's.
        found: Environment,
    },
    /// The store already has keys of another environment, or takes them alone.
    #[error(
        "of the environment {added}, which never mixes with {has}: that was loaded, remembered or asked for before"
    )]
    MixedEnvironments {
        /// The environment of the store.
        has: Environment,
        /// The environment of the list.
        added: Environment,
    },
    /// Another list than the one that the anchor is for.
    #[error("the list is {found}, where {expected} is asked for")]
    OtherList {
        /// The anchor's.
        expected: String,
        /// What the document calls itself.
        found: String,
    },
    /// Not a name of one of the network's lists.
    #[error("{id} is not a trust list of the network")]
    NotATrustList {
        /// What the document calls itself.
        id: String,
    },
    /// Contexts that say something else than the network's would.
    #[error("unknown contexts: {found}")]
    Context {
        /// The first that differs.
        found: String,
    },
    /// A member that would be unsigned, or that no list of the network has.
    #[error("the unknown member `{name}` in {within}")]
    UnknownMember {
        /// The object.
        within: &'static str,
        /// The member's name.
        name: String,
    },
    /// Two members of one name.
    #[error("a member occurs twice in {within}")]
    RepeatedMember {
        /// The object.
        within: &'static str,
    },
    /// A member is absent or not what it has to be.
    #[error("the member `{name}` is not {expected}")]
    Member {
        /// The member's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// Two keys of one name, which the signature could not tell apart.
    #[error("{id} is listed twice")]
    RepeatedId {
        /// The name.
        id: String,
    },
    /// Not signed by the environment's signer.
    #[error("signed by {found}, which is not the environment's signer")]
    Signer {
        /// The name of the signer.
        found: String,
    },
    /// The signature's header is not the one that the network uses.
    #[error("the signature is not a detached JWS with the header of the network")]
    Header,
    /// The signature does not hold under the anchor's key.
    #[error("the signature does not verify under the pinned key")]
    Signature,
}

impl GdhcnError {
    /// A stable identifier of the reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsigned => "gdhcn-unsigned",
            Self::OldVersion => "gdhcn-old-version",
            Self::Environment { .. } => "gdhcn-environment",
            Self::MixedEnvironments { .. } => "gdhcn-mixed-environments",
            Self::OtherList { .. } => "gdhcn-other-list",
            Self::NotATrustList { .. } => "gdhcn-not-a-trust-list",
            Self::Context { .. } => "gdhcn-context",
            Self::UnknownMember { .. } => "gdhcn-unknown-member",
            Self::RepeatedMember { .. } => "gdhcn-repeated-member",
            Self::Member { .. } => "gdhcn-member",
            Self::RepeatedId { .. } => "gdhcn-repeated-id",
            Self::Signer { .. } => "gdhcn-signer",
            Self::Header => "gdhcn-header",
            Self::Signature => "gdhcn-signature",
        }
    }
}

//! Whether a listed certificate was signed by an authority of its list.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::envelope::signature::{Fault, LinkFault, issued_by};
use crate::envelope::x509::Dsc;
use once_cell::race::OnceBox;

/// Most authorities of the issuer's name that are tried: a list that
/// nobody signed may have thousands of them for thousands of keys.
const MAX_TRIED: usize = 16;

/// What is known about who signed a key's certificate.
///
/// A trust list is trusted as a whole, so no verdict depends on this: it
/// tells how well the list is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Chain {
    /// The source names no authorities.
    NotChecked,
    /// Listed as an authority itself.
    Authority,
    /// Signed by an authority of the same list and participant.
    Checked,
    /// None of the participant's authorities in the list signed it, or there
    /// are none. Of authorities of one name the first 16 are tried.
    NoAuthority,
    /// An authority bears the issuer's name, but its signature is of a kind
    /// that this crate does not verify: P-521, Brainpool, or SHA-1.
    Unsupported,
}

impl Chain {
    /// A stable identifier.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotChecked => "not-checked",
            Self::Authority => "authority",
            Self::Checked => "checked",
            Self::NoAuthority => "no-authority",
            Self::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The authorities that come into question. To verify with them takes longer
/// than to load the list, and so is done when somebody asks.
pub(super) struct ChainLink {
    authority: bool,
    authorities: Arc<[Dsc]>,
    found: OnceBox<Chain>,
}

impl ChainLink {
    pub(super) fn new(authority: bool, authorities: Arc<[Dsc]>) -> Self {
        Self {
            authority,
            authorities,
            found: OnceBox::new(),
        }
    }

    /// What somebody found out who had the certificates.
    pub(super) fn known(chain: Chain) -> Self {
        Self {
            authority: chain == Chain::Authority,
            authorities: Arc::default(),
            found: OnceBox::with_value(Box::new(chain)),
        }
    }

    pub(super) fn chain(&self, certificate: Option<&Dsc>) -> Chain {
        *self.found.get_or_init(|| Box::new(self.find(certificate)))
    }

    fn find(&self, certificate: Option<&Dsc>) -> Chain {
        if self.authority {
            return Chain::Authority;
        }
        let Some(certificate) = certificate else {
            return Chain::NotChecked;
        };
        let mut chain = Chain::NoAuthority;
        let mut tried = 0;
        for authority in self.authorities.iter() {
            match issued_by(certificate, authority, 0) {
                Ok(()) => return Chain::Checked,
                Err(LinkFault::Name) => continue,
                Err(LinkFault::Signature(Fault::Algorithm)) => chain = Chain::Unsupported,
                Err(_) => {}
            }
            tried += 1;
            if tried == MAX_TRIED {
                break;
            }
        }
        chain
    }
}

impl fmt::Debug for ChainLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainLink({} authorities)", self.authorities.len())
    }
}

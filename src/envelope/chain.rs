//! A signer's certificate and those between it and a pinned one.

use crate::Timestamp;
use crate::crypto::published::{PublishedKey, published_key};
use crate::envelope::signature::{Purposes, issued_by};
use crate::envelope::x509::Dsc;

/// Why a chain proves nothing.
pub(crate) enum ChainFault {
    Broken(&'static str),
    Published(&'static PublishedKey),
}

/// The signer that the chain leads to from the pinned certificate, which is
/// trusted because it is pinned. The pinned one may have thousands of others
/// under it, so that the signer has to have that common name.
pub(crate) fn signer_under<'a>(
    pinned: &Dsc,
    chain: &'a [Dsc],
    common_name: &str,
    at: Option<Timestamp>,
) -> Result<&'a Dsc, ChainFault> {
    let broken = |fault| Err(ChainFault::Broken(fault));
    // It signs for whoever it issued certificates to, not for itself.
    let Some(leaf) = chain.first().filter(|leaf| *leaf != pinned) else {
        return broken("no certificate of a signer under the pinned one is there");
    };
    if leaf.common_name() != Some(common_name) {
        return broken("the signer's certificate has another common name");
    }
    // The pinned one itself may be sent along.
    let sent = chain.strip_suffix(core::slice::from_ref(pinned));
    let path = sent.unwrap_or(chain);
    let with_pinned = || path.iter().chain([pinned]);
    if let Some(known) = with_pinned().find_map(|of| published_key(of.public_key())) {
        return Err(ChainFault::Published(known));
    }
    for (below, (certificate, issuer)) in path.iter().zip(with_pinned().skip(1)).enumerate() {
        if issued_by(certificate, issuer, below).is_err() {
            return broken("x5c does not lead to the pinned certificate");
        }
    }
    if !Purposes::of(leaf).is_some_and(|purposes| purposes.may_sign()) {
        return broken("the signer's certificate is not for signatures");
    }
    if at.is_some_and(|at| path.iter().any(|certificate| !certificate.is_valid_at(at))) {
        return broken("a certificate of the chain was not valid when this was fetched");
    }
    Ok(leaf)
}

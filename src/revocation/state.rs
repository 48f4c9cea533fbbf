//! Editions of revocation lists, remembered beside those of trust lists.

use super::RevocationInfo;
use crate::trust::state::{PART, named};
use crate::trust::{Edition, LoadError, TrustState};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl TrustState {
    /// The same as [`accept`](Self::accept) for a signed revocation list or
    /// set, by what it says about itself. One that is not signed is not
    /// remembered.
    ///
    /// Lists and sets of one signer are editions of one list, whatever their
    /// form. A list in parts is as old as its oldest part, so call it when all
    /// are there; each part that has a date is compared with the same part
    /// before as well.
    pub fn accept_revocations(&mut self, list: &RevocationInfo) -> Result<(), LoadError> {
        match list.identity() {
            Some(identity) => self.accept_list(identity, list, list.identities_beside()),
            None => Ok(()),
        }
    }

    /// The same for one of several lists that one signer keeps side by side,
    /// with the same danger as
    /// [`dangerously_accept_as`](Self::dangerously_accept_as).
    pub fn dangerously_accept_revocations_as(
        &mut self,
        name: &str,
        list: &RevocationInfo,
    ) -> Result<(), LoadError> {
        match list.identity() {
            Some(identity) => {
                let beside = list.identities_beside().iter();
                let beside: Result<Vec<_>, _> = beside.map(|other| named(other, name)).collect();
                self.accept_list(&named(identity, name)?, list, &beside?)
            }
            None => Ok(()),
        }
    }

    fn accept_list(
        &mut self,
        identity: &str,
        list: &RevocationInfo,
        beside: &[String],
    ) -> Result<(), LoadError> {
        let whole = Edition {
            issued_at: list.issued_at(),
            sequence: list.sequence(),
            expires_at: list.expires_at(),
            ..Edition::default()
        };
        let parts = list.parts().iter();
        let parts = parts.map(|(part, edition)| (format!("{PART}{part}"), *edition));
        let all: Vec<_> = [(String::new(), whole)].into_iter().chain(parts).collect();
        for (part, edition) in &all {
            for identity in [identity]
                .into_iter()
                .chain(beside.iter().map(String::as_str))
            {
                self.check_edition(&format!("{identity}{part}"), *edition)?;
            }
        }
        for (part, edition) in &all {
            self.note(&format!("{identity}{part}"), *edition);
        }
        Ok(())
    }
}

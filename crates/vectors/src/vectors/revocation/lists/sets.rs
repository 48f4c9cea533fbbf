//! Sets that name none of the certificates.

use hcert::revocation::IdentifierKind;

use super::super::certificates::Certificates;
use super::super::forms::{self, Entry, SetOf};
use super::{BEFORE, Dates, END, Error, Lists, TODAY};

impl Lists {
    pub(super) fn add_sets(&mut self, certificates: &Certificates) -> Result<(), Error> {
        let kid = Some(&certificates.kid[..]);
        let uci = Entry::others(IdentifierKind::Uci, 1);
        let usual = |entries| SetOf {
            filter: false,
            kid,
            entries,
            made_at: TODAY,
            expires_at: None,
            of_list: None,
        };
        let today = Dates(Some(TODAY), None, None);
        let others = forms::set(&usual(&uci))?;
        self.set(
            "exact-others",
            "names another certificate of dsc",
            &others,
            today,
        );
        let any = forms::set(&SetOf {
            kid: None,
            ..usual(&[])
        })?;
        self.set(
            "exact-any-kid",
            "names nobody, and covers all kids",
            &any,
            today,
        );
        let elsewhere = forms::set(&SetOf {
            kid: Some(b"12345678"),
            ..usual(&uci)
        })?;
        self.set(
            "exact-elsewhere",
            "covers another signer's kid",
            &elsewhere,
            today,
        );
        let filter = SetOf {
            filter: true,
            ..usual(&uci)
        };
        self.set(
            "filter-others",
            "a filter, names others of dsc",
            &forms::set(&filter)?,
            today,
        );
        let end = SetOf {
            expires_at: Some(END),
            ..usual(&uci)
        };
        self.set(
            "exact-end",
            "exact-others with an end",
            &forms::set(&end)?,
            Dates(Some(TODAY), Some(END), None),
        );
        let of_list = SetOf {
            of_list: Some(BEFORE),
            ..usual(&uci)
        };
        self.set(
            "exact-of-list",
            "made of a list that is older than itself",
            &forms::set(&of_list)?,
            Dates(Some(TODAY), None, Some(BEFORE)),
        );
        for (id, made_at) in [("signed-1", BEFORE), ("signed-2", TODAY)] {
            let set = forms::set(&SetOf {
                made_at,
                ..usual(&uci)
            })?;
            let set = forms::signed_set(&set)?;
            let dates = Dates(Some(made_at), None, None);
            self.signed(id, "names another certificate of dsc", "set", &set, dates);
        }
        Ok(())
    }
}

use core::borrow::Borrow;
use core::ops::ControlFlow;

use super::{Compression, IssueError, Issued, Issuer, Signer, Validity};
use crate::parallel;
use crate::record::Record;

impl<S: Signer + Sync> Issuer<S> {
    /// Issues a certificate for each of many records on all cores. `each` gets
    /// every record with what became of it, in their order and on this thread:
    /// there the results are stored and progress is shown.
    /// [`ControlFlow::Break`] ends the work, and what was broken with is
    /// returned.
    ///
    /// The certificates are those of [`issue`](Self::issue), byte for byte as
    /// far as the signer is deterministic, as [`P256Signer`](super::P256Signer)
    /// is. A record that is refused stops nothing. `records` is read at
    /// most 32 a thread ahead, and nothing is handed over before that many are
    /// there.
    ///
    /// ```
    /// # use core::ops::ControlFlow;
    /// # use hcert::issue::{IssueError, Issuer, Signer, Validity};
    /// # use hcert::record::Record;
    /// fn print_all<S: Signer + Sync>(
    ///     issuer: &Issuer<S>,
    ///     records: &[Record],
    ///     validity: Validity,
    /// ) -> Result<(), IssueError> {
    ///     let mut done = 0;
    ///     let all = issuer.issue_all(records, validity, |_record, issued| match issued {
    ///         Ok(issued) => {
    ///             done += 1;
    ///             println!("{}", issued.text());
    ///             eprintln!("{done} of {}", records.len());
    ///             ControlFlow::Continue(())
    ///         }
    ///         Err(error) => ControlFlow::Break(error),
    ///     });
    ///     match all {
    ///         ControlFlow::Continue(()) => Ok(()),
    ///         ControlFlow::Break(error) => Err(error),
    ///     }
    /// }
    /// ```
    ///
    /// # Panics
    /// Where the iterator, the signer or `each` does.
    pub fn issue_all<T, B>(
        &self,
        records: impl IntoIterator<Item = T>,
        validity: Validity,
        each: impl FnMut(T, Result<Issued, IssueError>) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        T: Borrow<Record> + Send,
    {
        self.issue_all_on(parallel::cores(), records, validity, each)
    }

    /// Like [`issue_all`](Self::issue_all), on `threads` threads including the
    /// caller's. More than there are cores pay where the signer waits for a module
    /// or a service.
    pub fn issue_all_on<T, B>(
        &self,
        threads: usize,
        records: impl IntoIterator<Item = T>,
        validity: Validity,
        each: impl FnMut(T, Result<Issued, IssueError>) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        T: Borrow<Record> + Send,
    {
        // A few milliseconds of work.
        let chunk = match self.compression {
            Compression::Fast => 8,
            Compression::Smallest => 1,
        };
        let issue = |record: &T| self.issue(record.borrow(), validity);
        parallel::in_order(threads, chunk, records, issue, each)
    }
}

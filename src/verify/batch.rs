use core::ops::ControlFlow;

use super::{Verdict, Verifier};
use crate::{Timestamp, parallel};

/// Texts that one thread takes at a time: a millisecond of work, beside which
/// handing it over costs nothing.
const CHUNK: usize = 32;

impl Verifier {
    /// Verifies many texts on all cores, as of `now`. `each` gets every text
    /// with its verdict, in their order and on this thread: there the results
    /// are stored and progress is shown. [`ControlFlow::Break`] ends the work,
    /// and what was broken with is returned.
    ///
    /// The verdicts are those of [`verify`](Self::verify). A stream of any
    /// length takes no more memory than a short one: `texts` is read at
    /// most 128 texts a thread ahead. Results start only
    /// once that many texts are buffered; use `verify` for codes that arrive one
    /// at a time.
    ///
    /// ```
    /// use core::ops::ControlFlow;
    /// use hcert::{Timestamp, trust::TrustStore, verify::Verifier};
    /// let verifier = Verifier::new(TrustStore::builder().build().0);
    /// let now = Timestamp::parse("2021-06-01T12:00:00Z")?;
    /// let mut outcomes = Vec::new();
    /// let all = verifier.verify_all(["HC1:000", "HC2:000"], now, |_text, verdict| {
    ///     outcomes.push(verdict.reason().map(|r| r.code()));
    ///     match outcomes.len() {
    ///         1_000_000 => ControlFlow::Break("a million is enough"),
    ///         _ => ControlFlow::Continue(()),
    ///     }
    /// });
    /// assert_eq!(all, ControlFlow::Continue(()));
    /// assert_eq!(outcomes, [Some("zlib-header"), Some("prefix-version")]);
    /// # Ok::<(), hcert::TimeError>(())
    /// ```
    ///
    /// # Panics
    /// Where the iterator or `each` does.
    pub fn verify_all<T, B>(
        &self,
        texts: impl IntoIterator<Item = T>,
        now: Timestamp,
        each: impl FnMut(T, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        T: AsRef<str> + Send,
    {
        self.verify_all_on(parallel::cores(), texts, now, each)
    }

    /// Like [`verify_all`](Self::verify_all), on `threads` threads including the
    /// caller's.
    pub fn verify_all_on<T, B>(
        &self,
        threads: usize,
        texts: impl IntoIterator<Item = T>,
        now: Timestamp,
        each: impl FnMut(T, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        T: AsRef<str> + Send,
    {
        let verify = |text: &T| self.verify(text.as_ref(), now);
        parallel::in_order(threads, CHUNK, texts, verify, each)
    }
}

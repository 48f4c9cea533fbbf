use core::ops::ControlFlow;
use core::sync::atomic::{AtomicBool, Ordering};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::{Verdict, Verifier};
use crate::Timestamp;

/// Texts that one thread takes at a time: a millisecond of work, beside which
/// handing it over costs nothing.
const CHUNK: usize = 32;

/// Chunks that wait or are worked on, for each thread.
const AHEAD: usize = 4;

/// Texts, and where their verdicts go.
type Job<T> = (Vec<T>, Sender<Vec<(T, Verdict)>>);

impl Verifier {
    /// Verifies many texts on all cores, as of `now`. `each` gets every text
    /// with its verdict, in their order and on this thread: there the results
    /// are stored and progress is shown. [`ControlFlow::Break`] ends the work,
    /// and what was broken with is returned.
    ///
    /// The verdicts are those of [`verify`](Self::verify). A stream of any
    /// length takes no more memory than a short one: `texts` is read a few
    /// hundred texts ahead. So nothing is said of the first ones before that
    /// many are there; codes that come one by one are for `verify`.
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
        let cores = thread::available_parallelism().map_or(1, usize::from);
        self.verify_all_on(cores, texts, now, each)
    }

    /// The same on that many threads beside this one; with 0 or 1 on this one
    /// alone.
    pub fn verify_all_on<T, B>(
        &self,
        threads: usize,
        texts: impl IntoIterator<Item = T>,
        now: Timestamp,
        mut each: impl FnMut(T, Verdict) -> ControlFlow<B>,
    ) -> ControlFlow<B>
    where
        T: AsRef<str> + Send,
    {
        // One that goes on behind its end is not asked for more.
        let mut texts = texts.into_iter().fuse();
        if threads < 2 {
            return texts.try_for_each(|text| {
                let verdict = self.verify(text.as_ref(), now);
                each(text, verdict)
            });
        }
        let (jobs, queue) = channel::<Job<T>>();
        let queue = Mutex::new(queue);
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            // Also where `each` panics, the threads are to end.
            let (_end, jobs) = (EndsOnDrop(&ended), jobs);
            let (mut running, mut to_come) = (0, threads);
            let mut waiting: VecDeque<Receiver<_>> = VecDeque::new();
            loop {
                while waiting.len() < AHEAD.saturating_mul(threads) {
                    let chunk: Vec<_> = texts.by_ref().take(CHUNK).collect();
                    let (done, verdicts) = channel();
                    if chunk.is_empty() || jobs.send((chunk, done)).is_err() {
                        break;
                    }
                    waiting.push_back(verdicts);
                    // Few texts take few threads; what the system doesn't
                    // grant is done without.
                    if to_come > 0 {
                        let work = || self.work(&queue, &ended, now);
                        let thread = thread::Builder::new().spawn_scoped(scope, work);
                        running += usize::from(thread.is_ok());
                        to_come = if thread.is_ok() { to_come - 1 } else { 0 };
                    }
                }
                let Some(verdicts) = waiting.pop_front() else {
                    return ControlFlow::Continue(());
                };
                if running == 0 {
                    self.work_off(&queue, &ended, now);
                }
                let Ok(verdicts) = verdicts.recv() else {
                    // A thread has panicked, and so does the scope at its end.
                    return ControlFlow::Continue(());
                };
                for (text, verdict) in verdicts {
                    each(text, verdict)?;
                }
            }
        })
    }

    fn work<T: AsRef<str>>(
        &self,
        queue: &Mutex<Receiver<Job<T>>>,
        ended: &AtomicBool,
        now: Timestamp,
    ) {
        while let Some(job) = queue.lock().ok().and_then(|queue| queue.recv().ok()) {
            self.work_on(job, ended, now);
        }
    }

    /// What is in the queue, without waiting for more.
    fn work_off<T: AsRef<str>>(
        &self,
        queue: &Mutex<Receiver<Job<T>>>,
        ended: &AtomicBool,
        now: Timestamp,
    ) {
        while let Some(job) = queue.lock().ok().and_then(|queue| queue.try_recv().ok()) {
            self.work_on(job, ended, now);
        }
    }

    fn work_on<T: AsRef<str>>(&self, (texts, done): Job<T>, ended: &AtomicBool, now: Timestamp) {
        let mut verdicts = Vec::with_capacity(texts.len());
        for text in texts {
            if ended.load(Ordering::Relaxed) {
                return;
            }
            let verdict = self.verify(text.as_ref(), now);
            verdicts.push((text, verdict));
        }
        // Nobody waits for them if `each` has ended it.
        let _ = done.send(verdicts);
    }
}

struct EndsOnDrop<'a>(&'a AtomicBool);

impl Drop for EndsOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

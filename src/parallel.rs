//! Work on many things at once, in their order.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::ControlFlow;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvError, Sender, TryRecvError, channel};
use std::thread;

/// Chunks that wait or are worked on, for each thread.
const AHEAD: usize = 4;

/// Things, and where they go with what was made of them.
type Job<T, R> = (Vec<T>, Sender<Vec<(T, R)>>);

/// As many threads as there are cores.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Gives `each` everything in order, with what `work` makes of it on that many
/// threads, of which this is one. A thread takes `chunk` things at a time.
pub(crate) fn in_order<T: Send, R: Send, B>(
    threads: usize,
    chunk: usize,
    things: impl IntoIterator<Item = T>,
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(T, R) -> ControlFlow<B>,
) -> ControlFlow<B> {
    // One that goes on behind its end is not asked for more.
    let mut things = things.into_iter().fuse();
    if threads < 2 {
        return things.try_for_each(|thing| {
            let result = work(&thing);
            each(thing, result)
        });
    }
    let (jobs, queue) = channel::<Job<T, R>>();
    let queue = Mutex::new(queue);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        // Also where `each` panics, the threads are to end.
        let (_end, jobs) = (EndsOnDrop(&ended), jobs);
        let mut to_come = threads - 1;
        let mut waiting: VecDeque<Receiver<_>> = VecDeque::new();
        loop {
            while waiting.len() < AHEAD.saturating_mul(threads) {
                let taken: Vec<_> = things.by_ref().take(chunk).collect();
                let (done, results) = channel();
                if taken.is_empty() || jobs.send((taken, done)).is_err() {
                    break;
                }
                waiting.push_back(results);
                // Few things take few threads; what the system doesn't grant is
                // done without.
                if to_come > 0 {
                    let run = || run(&queue, &ended, &work);
                    let thread = thread::Builder::new().spawn_scoped(scope, run);
                    to_come = if thread.is_ok() { to_come - 1 } else { 0 };
                }
            }
            let Some(results) = waiting.pop_front() else {
                return ControlFlow::Continue(());
            };
            // This thread works, too, while it waits for the next results.
            let results = loop {
                match results.try_recv() {
                    Err(TryRecvError::Empty) if work_here(&queue, &ended, &work) => {}
                    Err(TryRecvError::Empty) => break results.recv(),
                    Ok(results) => break Ok(results),
                    Err(TryRecvError::Disconnected) => break Err(RecvError),
                }
            };
            let Ok(results) = results else {
                // A thread has panicked, and so does the scope at its end.
                return ControlFlow::Continue(());
            };
            for (thing, result) in results {
                each(thing, result)?;
            }
        }
    })
}

fn run<T, R>(queue: &Mutex<Receiver<Job<T, R>>>, ended: &AtomicBool, work: &impl Fn(&T) -> R) {
    while let Some(job) = queue.lock().ok().and_then(|queue| queue.recv().ok()) {
        work_on(job, ended, work);
    }
}

/// A job out of the queue, if there is one. A thread that waits for jobs holds
/// the queue, which is empty then.
fn work_here<T, R>(
    queue: &Mutex<Receiver<Job<T, R>>>,
    ended: &AtomicBool,
    work: &impl Fn(&T) -> R,
) -> bool {
    let job = queue
        .try_lock()
        .ok()
        .and_then(|queue| queue.try_recv().ok());
    let is_there = job.is_some();
    if let Some(job) = job {
        work_on(job, ended, work);
    }
    is_there
}

fn work_on<T, R>((things, done): Job<T, R>, ended: &AtomicBool, work: &impl Fn(&T) -> R) {
    let mut results = Vec::with_capacity(things.len());
    for thing in things {
        if ended.load(Ordering::Relaxed) {
            return;
        }
        let result = work(&thing);
        results.push((thing, result));
    }
    // Nobody waits for them if `each` has ended it.
    let _ = done.send(results);
}

struct EndsOnDrop<'a>(&'a AtomicBool);

impl Drop for EndsOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

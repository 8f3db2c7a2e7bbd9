//! The pool: threads that sleep until somebody has work, and help with it.
//!
//! A job is a counter of pieces that nobody has taken yet. Whoever has time takes the next one: the caller too, so that a helper that is
//! late costs nothing, and the caller waits for nothing but pieces that helpers have begun.

use std::any::Any;
use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// How long a helper that has run out of pieces looks for more before it sleeps.
const HELPERS_PATIENCE: Duration = Duration::from_micros(5);
/// How long a caller looks whether the helpers are done before it sleeps. Being woken takes about as long.
const CALLERS_PATIENCE: Duration = Duration::from_micros(30);

/// One call's pieces.
struct Job {
    /// The next piece that nobody has taken.
    next: AtomicUsize,
    /// Pieces that have ended.
    done: AtomicUsize,
    pieces: usize,
    /// Alive as long as the caller waits, that is, while a piece that was taken has not ended.
    f: *const (dyn Fn(usize) + Sync),
    caller: Thread,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

// SAFETY: `f` is Sync, and is called only while the caller keeps it alive; the rest is Send and Sync.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Job {
    /// Takes pieces until there are none.
    fn work(&self) {
        loop {
            let i = self.next.fetch_add(1, Ordering::Relaxed);
            if i >= self.pieces {
                return;
            }
            // SAFETY: piece i has not ended, so the caller still waits.
            let f = unsafe { &*self.f };
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| f(i))) {
                self.panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
            }
            if self.done.fetch_add(1, Ordering::AcqRel) + 1 == self.pieces {
                // Costs next to nothing if that is this thread, or one that does not sleep.
                self.caller.unpark();
            }
        }
    }

    fn is_taken(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.pieces
    }

    fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire) == self.pieces
    }
}

#[derive(Default)]
struct State {
    /// Jobs that may have pieces left, the oldest first.
    jobs: VecDeque<Arc<Job>>,
    threads: usize,
    asleep: usize,
}

#[derive(Default)]
struct Pool {
    state: Mutex<State>,
    wake: Condvar,
    /// Jobs so far, to be watched without the lock.
    posted: AtomicUsize,
}

/// Made by the first job, and again by the first one in a forked process, where none of its threads are.
static POOL: AtomicPtr<Pool> = AtomicPtr::new(std::ptr::null_mut());

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Does this thread work on a piece?
pub(super) fn inside() -> bool {
    INSIDE.get()
}

#[cfg(unix)]
extern "C" fn forget() {
    POOL.store(std::ptr::null_mut(), Ordering::Relaxed);
}

fn pool() -> &'static Pool {
    let pool = POOL.load(Ordering::Acquire);
    // SAFETY: pools are never freed.
    unsafe { pool.as_ref() }.unwrap_or_else(start)
}

#[cold]
fn start() -> &'static Pool {
    #[cfg(unix)]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        // SAFETY: the handler is sound in a forked child: it stores a word.
        ONCE.call_once(|| unsafe {
            libc::pthread_atfork(None, None, Some(forget));
        });
    }
    let new = Box::into_raw(Box::<Pool>::default());
    match POOL.compare_exchange(std::ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: just made; pools are never freed once they are in POOL.
        Ok(_) => unsafe { &*new },
        Err(other) => {
            // SAFETY: nobody has seen the new one, and the other is a pool.
            unsafe {
                drop(Box::from_raw(new));
                &*other
            }
        }
    }
}

/// Lets threads that are too many know it.
pub(super) fn resized() {
    // SAFETY: pools are never freed.
    if let Some(pool) = unsafe { POOL.load(Ordering::Acquire).as_ref() } {
        // Not between a thread's look at the number and its sleep.
        drop(pool.lock());
        pool.wake.notify_all();
    }
}

/// Runs all pieces on up to `threads` threads and returns when they have ended.
pub(super) fn run(pieces: usize, threads: usize, f: &(dyn Fn(usize) + Sync)) {
    let pool = pool();
    // SAFETY: only the lifetime changes; this function returns when no piece is left that could call it.
    let f = unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), &'static (dyn Fn(usize) + Sync)>(f) };
    let job = Arc::new(Job {
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        pieces,
        f,
        caller: std::thread::current(),
        panic: Mutex::new(None),
    });
    pool.post(&job, threads - 1);
    INSIDE.set(true);
    job.work();
    INSIDE.set(false);
    pool.withdraw(&job);
    if !job.is_done() {
        let start = Instant::now();
        while !job.is_done() {
            if start.elapsed() < CALLERS_PATIENCE {
                std::hint::spin_loop();
            } else {
                std::thread::park();
            }
        }
    }
    let panic = job.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Offers a job to `helpers` threads.
    fn post(&'static self, job: &Arc<Job>, helpers: usize) {
        let mut state = self.lock();
        state.jobs.push_back(job.clone());
        self.posted.fetch_add(1, Ordering::Release);
        while state.threads < helpers {
            let name = format!("wengert-{}", state.threads + 1);
            // Without more threads the caller does more itself.
            if std::thread::Builder::new().name(name).spawn(|| self.help()).is_err() {
                break;
            }
            state.threads += 1;
        }
        let wake = state.asleep > 0;
        drop(state);
        // One is enough: whoever wakes up wakes the next.
        if wake {
            self.wake.notify_one();
        }
    }

    /// Takes a job whose pieces are all taken off the list.
    fn withdraw(&self, job: &Arc<Job>) {
        let mut state = self.lock();
        if let Some(i) = state.jobs.iter().position(|j| Arc::ptr_eq(j, job)) {
            state.jobs.remove(i);
        }
    }

    /// A thread's life.
    fn help(&self) {
        INSIDE.set(true);
        let mut state = self.lock();
        loop {
            if state.threads >= super::num_threads() {
                state.threads -= 1;
                return;
            }
            while state.jobs.front().is_some_and(|j| j.is_taken()) {
                state.jobs.pop_front();
            }
            if let Some(job) = state.jobs.iter().find(|j| !j.is_taken()).cloned() {
                let more = state.asleep > 0;
                drop(state);
                if more && job.next.load(Ordering::Relaxed) + 1 < job.pieces {
                    self.wake.notify_one();
                }
                job.work();
                drop(job);
                self.watch();
                state = self.lock();
                continue;
            }
            state.asleep += 1;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
    }

    /// Waits a moment for the next job.
    fn watch(&self) {
        let seen = self.posted.load(Ordering::Acquire);
        let start = Instant::now();
        while self.posted.load(Ordering::Acquire) == seen && start.elapsed() < HELPERS_PATIENCE {
            std::hint::spin_loop();
        }
    }
}

//! The pool: from several threads at once, nested, resized, after panics and in a forked process.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};
use std::thread::ThreadId;
use std::time::{Duration, Instant};
use wengert_kernels::parallel::{for_each, for_ranges, num_threads, set_num_threads};

/// The number of threads is the process's, so tests take turns.
static ALONE: Mutex<()> = Mutex::new(());

fn with_threads(n: usize, f: impl FnOnce()) {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    set_num_threads(n);
    assert_eq!(num_threads(), n);
    f();
}

/// Runs `n` pieces and checks that each ran once.
fn each_once(n: usize) {
    let counts: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
    for_each(n, |i| {
        counts[i].fetch_add(1, SeqCst);
    });
    assert!(counts.iter().all(|c| c.load(SeqCst) == 1), "{n} pieces");
}

/// The threads that `pieces` pieces, each of which waits for the others, run on; so there must be as many threads.
fn who(pieces: usize) -> HashSet<ThreadId> {
    let (all, meet) = (Mutex::new(HashSet::new()), Barrier::new(pieces));
    for_each(pieces, |_| {
        all.lock().unwrap().insert(std::thread::current().id());
        meet.wait();
    });
    all.into_inner().unwrap()
}

#[test]
fn every_piece_runs_once() {
    with_threads(4, || {
        for n in [0, 1, 2, 3, 5, 100, 10_000] {
            each_once(n);
        }
        (0..2000).for_each(|i| each_once(i % 7));
        let seen = Mutex::new(Vec::new());
        for_ranges(1000, 64, |from, to| seen.lock().unwrap().push((from, to)));
        let mut seen = seen.into_inner().unwrap();
        seen.sort();
        assert_eq!(seen.len(), 16);
        assert_eq!((seen[0], seen[15]), ((0, 64), (960, 1000)));
    });
}

#[test]
fn threads_come_and_go() {
    with_threads(3, || {
        let three = who(3);
        assert_eq!(three.len(), 3);
        assert!(three.contains(&std::thread::current().id()), "the caller takes part");
        assert_eq!(who(3), three, "the same threads again");
        set_num_threads(6);
        assert_eq!(who(6).len(), 6);
        set_num_threads(2);
        // (Two pieces that wait for each other, often enough to meet every thread that there still is.)
        std::thread::sleep(Duration::from_millis(50));
        let few: HashSet<ThreadId> = (0..200).flat_map(|_| who(2)).collect();
        assert_eq!(few.len(), 2);
        set_num_threads(1);
        let one = Mutex::new(HashSet::new());
        for_each(100, |_| {
            one.lock().unwrap().insert(std::thread::current().id());
        });
        assert_eq!(one.into_inner().unwrap(), HashSet::from([std::thread::current().id()]));
    });
}

#[test]
fn several_callers_at_once() {
    with_threads(3, || {
        std::thread::scope(|s| {
            for _ in 0..5 {
                s.spawn(|| (0..500).for_each(|i| each_once(i % 40)));
            }
        });
    });
}

#[test]
fn a_call_within_a_piece_runs_in_place() {
    with_threads(4, || {
        let count = AtomicUsize::new(0);
        for_each(16, |_| {
            let outer = std::thread::current().id();
            for_each(16, |_| {
                assert_eq!(std::thread::current().id(), outer);
                count.fetch_add(1, SeqCst);
            });
        });
        assert_eq!(count.load(SeqCst), 256);
        // Afterwards the caller is outside again.
        assert_eq!(who(4).len(), 4);
    });
}

#[test]
fn a_panic_reaches_the_caller_when_all_pieces_are_done() {
    with_threads(3, || {
        for round in 0..50 {
            let done = AtomicUsize::new(0);
            let caught = catch_unwind(AssertUnwindSafe(|| {
                for_each(40, |i| {
                    if i == round % 40 {
                        panic!("piece {i}");
                    }
                    std::thread::sleep(Duration::from_micros(10));
                    done.fetch_add(1, SeqCst);
                });
            }));
            let message = caught.expect_err("the panic is passed on");
            assert_eq!(message.downcast_ref::<String>().unwrap(), &format!("piece {}", round % 40));
            assert_eq!(done.load(SeqCst), 39);
        }
        each_once(1000);
        assert_eq!(who(3).len(), 3);
    });
}

#[test]
fn a_caller_waits_for_no_piece_that_others_hold_up() {
    with_threads(2, || {
        // The only helper is kept busy by one caller; another caller does all of its own work meanwhile.
        let (release, begun) = (Barrier::new(3), Barrier::new(3));
        std::thread::scope(|s| {
            s.spawn(|| {
                for_each(2, |_| {
                    begun.wait();
                    release.wait();
                });
            });
            begun.wait();
            let here = std::thread::current().id();
            let others = AtomicUsize::new(0);
            for_each(100, |_| {
                others.fetch_add((std::thread::current().id() != here) as usize, SeqCst);
            });
            assert_eq!(others.load(SeqCst), 0);
            release.wait();
        });
    });
}

#[test]
#[cfg(target_os = "linux")]
fn idle_threads_use_no_time() {
    with_threads(4, || {
        assert_eq!(who(4).len(), 4);
        let used = || {
            // SAFETY: all zeros is a valid value of the struct, and it outlives the call.
            let t = unsafe {
                let mut t: libc::timespec = std::mem::zeroed();
                libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t);
                t
            };
            Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
        };
        let (start, before) = (Instant::now(), used());
        std::thread::sleep(Duration::from_millis(200));
        let (wall, cpu) = (start.elapsed(), used() - before);
        assert!(cpu < wall / 20, "{cpu:?} of processor time in {wall:?} of rest");
    });
}

#[test]
#[cfg(unix)]
fn a_forked_process_has_a_pool_of_its_own() {
    with_threads(3, || {
        assert_eq!(who(3).len(), 3);
        for _ in 0..5 {
            // SAFETY: the child only computes and leaves by _exit; the pool sleeps while the process is forked.
            let child = unsafe { libc::fork() };
            assert!(child >= 0);
            if child == 0 {
                // `who` needs three threads that run at once.
                let fine = catch_unwind(|| {
                    each_once(1000);
                    who(3).len() == 3
                });
                // SAFETY: ends the child without running the parent's exit code.
                unsafe { libc::_exit(if matches!(fine, Ok(true)) { 0 } else { 1 }) }
            }
            let (mut status, start) = (0, Instant::now());
            // SAFETY: `status` outlives the calls; the child is this process's.
            unsafe {
                while libc::waitpid(child, &mut status, libc::WNOHANG) == 0 {
                    if start.elapsed() > Duration::from_secs(20) {
                        libc::kill(child, libc::SIGKILL);
                    }
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            assert_eq!(status, 0, "the child's status; 9 if it got stuck");
            assert_eq!(who(3).len(), 3, "the parent's pool still works");
        }
    });
}

//! The workloads of `cargo xtask bench`, as a process that is asked for one measurement at a time.
//!
//! A line `NAME THREADS` on standard input is answered with nanoseconds per unit of work (an operation, a node, a step). The PyTorch
//! side (`xtask/python/bench_torch.py`) speaks the same protocol, so that the two can be measured in turn. `--list` prints the
//! workloads, `--limits` what the machine can do.

mod limits;
mod work;

use std::io::{BufRead, Write};
use std::time::Duration;

/// A measurement lasts about so long: short, so that both sides of a comparison meet the same moods of the machine.
const SLICE: Duration = Duration::from_millis(60);

fn main() {
    let workloads = work::all();
    let asked = |option: &str| std::env::args().any(|a| a == option);
    if asked("--list") {
        for w in &workloads {
            println!("{}\t{}\t{}", w.name, w.unit, w.goal);
        }
        return;
    }
    if asked("--limits") {
        limits::print();
        return;
    }
    // Inputs of one workload at a time: they are large.
    let mut prepared: Option<(String, work::Run)> = None;
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("standard input is text");
        let Some((name, threads)) = line.split_once(' ') else { continue };
        let Some(w) = workloads.iter().find(|w| w.name == name) else {
            println!("error no workload {name}");
            continue;
        };
        wengert::set_num_threads(threads.parse().unwrap_or(1));
        if prepared.as_ref().is_none_or(|(of, _)| of != name) {
            drop(prepared.take());
            wengert::memory::empty_cache();
            let mut run = (w.prepare)();
            run();
            prepared = Some((name.to_string(), run));
        }
        let (_, run) = prepared.as_mut().expect("prepared above");
        println!("{}", measure(run));
        std::io::stdout().flush().expect("standard output is open");
    }
}

/// The median of as many runs as fit in a slice, in nanoseconds per unit. The first counts only if there is no time for another:
/// the other side has just had the caches.
fn measure(run: &mut work::Run) -> f64 {
    let mut one = || {
        let (time, units) = run();
        (time, time.as_nanos() as f64 / units as f64)
    };
    let (mut total, first) = one();
    let mut samples = Vec::new();
    while total < SLICE && samples.len() < 1000 {
        let (time, sample) = one();
        total += time;
        samples.push(sample);
    }
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(first)
}

//! The workloads of `cargo xtask bench`, as a process that is asked for one measurement at a time.
//!
//! A line `NAME THREADS` on standard input is answered with nanoseconds per unit of work (an operation, a node, a step). The PyTorch
//! side (`xtask/python/bench_torch.py`) speaks the same protocol, so that the two can be measured in turn.

mod work;

use std::io::{BufRead, Write};
use std::time::Duration;

fn main() {
    let workloads = work::all();
    if std::env::args().any(|a| a == "--list") {
        for w in &workloads {
            println!("{}\t{}", w.name, w.unit);
        }
        return;
    }
    let mut prepared: std::collections::HashMap<String, work::Run> = std::collections::HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("standard input is text");
        let Some((name, threads)) = line.split_once(' ') else { continue };
        let Some(w) = workloads.iter().find(|w| w.name == name) else {
            println!("error no workload {name}");
            continue;
        };
        wengert::set_num_threads(threads.parse().unwrap_or(1));
        // Inputs of one workload at a time: they are large.
        if !prepared.contains_key(name) {
            prepared.clear();
            wengert::memory::empty_cache();
        }
        let run = prepared.entry(name.to_string()).or_insert_with(|| (w.prepare)());
        println!("{}", measure(run));
        std::io::stdout().flush().expect("standard output is open");
    }
}

/// The median of as many runs as fit in a fifth of a second, at least three, in nanoseconds per unit.
fn measure(run: &mut work::Run) -> f64 {
    run();
    let mut samples: Vec<f64> = Vec::new();
    let mut total = Duration::ZERO;
    while samples.len() < 3 || (total < Duration::from_millis(200) && samples.len() < 1000) {
        let (time, units) = run();
        total += time;
        samples.push(time.as_nanos() as f64 / units as f64);
    }
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

//! Cost of handing work to threads: calls of `for_each` whose pieces wait for a fixed time, back to back and after a rest.
//!
//! `cargo run --release -p wengert-kernels --example parallel_speed`

use std::time::{Duration, Instant};
use wengert_kernels::parallel::for_each;

fn wait(us: f64) {
    let start = Instant::now();
    while start.elapsed().as_secs_f64() * 1e6 < us {
        std::hint::spin_loop();
    }
}

fn main() {
    for rest in [0, 200] {
        for (pieces, us) in [(2, 0.0), (2, 10.0), (2, 100.0), (16, 10.0)] {
            let mut times: Vec<f64> = (0..2000)
                .map(|_| {
                    if rest > 0 {
                        std::thread::sleep(Duration::from_micros(rest));
                    }
                    let start = Instant::now();
                    for_each(pieces, |_| wait(us));
                    start.elapsed().as_secs_f64() * 1e6
                })
                .collect();
            times.sort_by(f64::total_cmp);
            let mean = times.iter().sum::<f64>() / times.len() as f64;
            println!(
                "{pieces:2} pieces of {us:5.1} us, {rest:3} us apart: median {:7.2}, 95 % {:7.2}, 99 % {:7.2}, mean {mean:7.2} us",
                times[1000], times[1900], times[1980]
            );
        }
    }
}

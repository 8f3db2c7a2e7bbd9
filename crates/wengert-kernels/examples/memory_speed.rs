//! Cost of blocks, and of the first touch of fresh ones (compare with `WENGERT_HUGE_PAGES=0`).
//!
//! `cargo run --release -p wengert-kernels --example memory_speed`

use std::hint::black_box;
use std::time::Instant;
use wengert_kernels::memory::{self, Block};

/// Prints the median time of `f` per repetition, in nanoseconds.
fn report(name: &str, repeat: usize, mut f: impl FnMut()) {
    let mut times: Vec<f64> = (0..15)
        .map(|_| {
            let start = Instant::now();
            (0..repeat).for_each(|_| f());
            start.elapsed().as_secs_f64() * 1e9 / repeat as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:50} {:12.1} ns", times[7]);
}

fn faults() -> i64 {
    #[cfg(unix)]
    // SAFETY: all zeros is a valid value of the struct, and it outlives the call.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage.ru_minflt
    }
    #[cfg(not(unix))]
    0
}

fn main() {
    for size in [64, 4096, 65536, 65537, 1 << 20, 64 << 20] {
        report(&format!("block of {size}, from the cache"), 1000, || drop(black_box(Block::new(size))));
    }
    report("64 blocks of 4096, then freed: one", 1000, || {
        let blocks: [Option<Block>; 64] = std::array::from_fn(|_| Block::new(4096));
        drop(black_box(blocks));
    });
    report("general allocator, 4096", 1000, || drop(black_box(Vec::<u8>::with_capacity(4096))));
    for mib in [1, 3, 4, 16, 64, 256] {
        let size = mib << 20;
        memory::empty_cache();
        let before = faults();
        let mut count = 0;
        report(&format!("fresh block of {mib} MiB, filled"), 1, || {
            let block = Block::new(size).expect("enough memory");
            // SAFETY: the block has that many bytes.
            unsafe { black_box(block.ptr()).write_bytes(1, size) };
            drop(block);
            memory::empty_cache();
            count += 1;
        });
        println!("    {} page faults each", (faults() - before) / count);
        report(&format!("kept block of {mib} MiB, filled"), 1, || {
            let block = Block::new(size).expect("enough memory");
            // SAFETY: the block has that many bytes.
            unsafe { black_box(block.ptr()).write_bytes(1, size) };
        });
        println!("    {} MiB cached", memory::cached() >> 20);
    }
}

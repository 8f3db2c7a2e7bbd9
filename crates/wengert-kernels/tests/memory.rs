//! Tensor memory as the operating system sees it. One test at a time: the counters are the process's.

#![cfg(target_os = "linux")]

use std::sync::Mutex;
use wengert_kernels::memory::{self, Block};

static ALONE: Mutex<()> = Mutex::new(());

/// Page faults of this thread so far.
fn faults() -> i64 {
    // SAFETY: all zeros is a valid value of the struct, and it outlives the call.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::getrusage(libc::RUSAGE_THREAD, &mut usage), 0);
        usage.ru_minflt
    }
}

/// Bytes of the process that are in memory.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn touched(bytes: usize) -> Block {
    let block = Block::new(bytes).unwrap();
    // SAFETY: the block has that many bytes.
    unsafe { block.ptr().write_bytes(1, bytes) };
    block
}

/// What a training step does: many blocks that live together, large and small, freed in another order.
fn step() {
    let sizes = (0..400).map(|i| 100 + i * 37).chain((0..40).map(|i| 70_000 + i * 90_001)).chain([9_000_000; 3]);
    let mut blocks: Vec<Block> = sizes.map(touched).collect();
    let half = blocks.split_off(blocks.len() / 2);
    drop(blocks);
    drop(half);
}

#[test]
fn a_repeated_pattern_takes_no_memory_from_the_system() {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    step();
    step();
    let (before, cached) = (faults(), memory::cached());
    let system = (memory::system_allocations(), memory::system_bytes());
    for _ in 0..20 {
        step();
    }
    // The loop touches some 5,000 pages each time; a few faults are the test's own.
    let faults = faults() - before;
    assert!(faults < 20, "{faults} page faults");
    assert_eq!(memory::cached(), cached);
    assert_eq!((memory::system_allocations(), memory::system_bytes()), system);
}

#[test]
fn counters() {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    let (start, system) = (memory::allocated(), memory::system_allocations());
    memory::reset_peak();
    let small: Vec<Block> = (0..100).map(|_| Block::new(1000).unwrap()).collect();
    let small_size = small[0].size();
    assert!((1000..=1125).contains(&small_size));
    assert_eq!(memory::allocated(), start + 100 * small_size);
    // No other test asks for this size, so that it is fresh.
    let large = Block::new(7_700_000).unwrap();
    let most = start + 100 * small_size + large.size();
    assert_eq!(memory::allocated(), most);
    assert_eq!(memory::peak(), most);
    assert!(memory::system_allocations() > system);
    let cached = memory::cached();
    let size = large.size();
    drop(large);
    assert_eq!(memory::cached(), cached + size);
    assert_eq!(memory::allocated(), most - size);
    // A block may be freed by another thread, whose lists are handed on when it ends.
    std::thread::spawn(move || drop(small)).join().unwrap();
    assert_eq!(memory::allocated(), start);
    assert_eq!(memory::cached(), cached + size + 100 * small_size);
    assert_eq!(memory::peak(), most);
    memory::reset_peak();
    assert_eq!(memory::peak(), start);
}

#[test]
fn blocks_freed_by_one_thread_are_taken_by_another() {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    let (send, receive) = std::sync::mpsc::sync_channel::<Block>(64);
    let consumer = std::thread::spawn(move || {
        for block in receive {
            drop(block);
        }
        memory::cached()
    });
    let before = memory::system_allocations();
    for _ in 0..50_000 {
        send.send(Block::new(20_000).unwrap()).unwrap();
    }
    drop(send);
    consumer.join().unwrap();
    let taken = memory::system_allocations() - before;
    assert!(taken < 1000, "{taken} blocks from the system for 50,000 of which 64 were alive at once");
}

#[test]
fn an_emptied_cache_is_memory_for_others() {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    memory::empty_cache();
    let start = resident();
    let large: Vec<Block> = (0..20).map(|i| touched(3_000_000 + i * 100_000)).collect();
    let small: Vec<Block> = (0..4000).map(|_| touched(10_000)).collect();
    let held: usize = large.iter().chain(&small).map(Block::size).sum();
    assert!(resident() > start + held / 10 * 9);
    drop((large, small));
    assert!(resident() > start + held / 10 * 9, "freed blocks are kept");
    assert!(memory::cached() >= held);
    memory::empty_cache();
    assert_eq!(memory::cached(), 0);
    assert!(resident() < start + held / 10, "{} of {held} bytes are still there", resident() - start);
}

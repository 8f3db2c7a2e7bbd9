//! Memory over a long training. A binary of its own: page faults and resident size are the process's.

#![cfg(target_os = "linux")]

use wengert::{DType, Generator, Tensor, memory, ops};
use wengert_nn::Module;
use wengert_nn::optim::{Adam, AdamOptions, Optimizer};
use wengert_nn::{Linear, ReLU, Sequential};

/// Page faults of the process so far that needed no disk, and its pages in memory.
fn faults_and_pages() -> (u64, u64) {
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let stat = read("/proc/self/stat");
    // The name of the program, which may hold spaces, ends with a parenthesis; the faults are the eighth field after it.
    let faults = stat.rsplit(')').next().unwrap().split_whitespace().nth(7).unwrap().parse().unwrap();
    let pages = read("/proc/self/statm").split(' ').nth(1).unwrap().parse().unwrap();
    (faults, pages)
}

#[test]
fn a_thousand_steps_take_no_page_after_the_tenth() {
    wengert::manual_seed(0);
    let mut model = Sequential::new();
    model.push(Linear::new(300, 400));
    model.push(ReLU);
    model.push(Linear::new(400, 10));
    let mut optimizer = Adam::new(model.parameters(), AdamOptions::default()).unwrap();
    let x = Tensor::randn_of(&[100, 300], DType::F32, &Generator::new(1));
    let classes = Tensor::randint(0, 10, &[100]);
    let mut step = || {
        optimizer.zero_grad();
        // A chain that waits, a product with its bias and activation, a loss.
        let noisy = &x + &x.sin() * 0.1;
        let loss = model.forward(&noisy).unwrap().cross_entropy(&classes, ops::CrossEntropyOptions::default());
        loss.backward();
        optimizer.step();
    };
    for _ in 0..10 {
        step();
    }
    let ((faults, pages), held) = (faults_and_pages(), memory::allocated());
    for _ in 10..1000 {
        step();
    }
    let ((more_faults, more_pages), still_held) = (faults_and_pages(), memory::allocated());
    // Reading the counters takes pages, and so do threads that start late; 990 steps that took one each would show.
    assert!(more_faults - faults < 100, "{} page faults in 990 steps", more_faults - faults);
    assert!(more_pages < pages + 100, "{pages} pages in memory became {more_pages}");
    assert_eq!(held, still_held);
    println!("{} page faults in 990 steps, {pages} pages became {more_pages}", more_faults - faults);

    drop((x, classes, model, optimizer));
    let cached = memory::cached();
    memory::empty_cache();
    assert!(cached > 1 << 20 && memory::cached() < cached / 10, "{cached} bytes kept became {}", memory::cached());
    let (_, after) = faults_and_pages();
    assert!(after + (cached as u64 / 4096) / 2 < more_pages, "{more_pages} pages became {after}");
}

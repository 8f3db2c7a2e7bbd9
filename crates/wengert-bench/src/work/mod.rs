//! What is measured. Every workload has a twin of the same name in `xtask/python/bench_torch.py`.

mod elementwise;
mod linalg;
mod nn;
mod optim;
mod rows;
mod small;
mod transforms;

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wengert::{Generator, Tensor};

/// One measurement: the time, and how many units of work it was.
pub type Run = Box<dyn FnMut() -> (Duration, usize)>;

/// A workload: inputs are made by `prepare`, outside the measurement.
pub struct Workload {
    /// The name on both sides.
    pub name: &'static str,
    /// What one unit is.
    pub unit: &'static str,
    /// What it is to reach.
    pub goal: Goal,
    /// Makes inputs and gives the function to measure.
    pub prepare: fn() -> Run,
}

/// What a workload is to reach.
#[derive(Clone, Copy)]
pub enum Goal {
    /// Nothing in particular.
    Open,
    /// So many times the speed of its twin.
    Ratio(f64),
    /// So many nanoseconds at most.
    Nanoseconds(f64),
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Goal::Open => Ok(()),
            Goal::Ratio(r) => write!(f, "{r} x"),
            Goal::Nanoseconds(ns) => write!(f, "{ns} ns"),
        }
    }
}

fn timed(f: impl FnOnce()) -> Duration {
    let t = Instant::now();
    f();
    t.elapsed()
}

fn each(mut f: impl FnMut() + 'static) -> Run {
    Box::new(move || (timed(&mut f), 1))
}

fn normal(shape: &[usize]) -> Tensor {
    Tensor::randn_of(shape, wengert::DType::F32, &Generator::new(0))
}

fn or_stop<T>(r: wengert::Result<T>) -> T {
    r.unwrap_or_else(|e| panic!("{e}"))
}

/// Waits for the numbers of a result as somebody who needs them would: what is pending is evaluated, nothing is copied.
fn ready(t: &Tensor) {
    black_box(t.array().view().ptr);
}

/// [`ready`] for the gradients of leaves.
fn grads_ready(leaves: &[&Tensor]) {
    for leaf in leaves {
        ready(&leaf.grad().expect("backward has reached the leaf"));
    }
}

/// Forward from some leaves, and backward from there with a given gradient.
fn there_and_back(leaves: Vec<Tensor>, gradient: Tensor, forward: impl Fn(&[Tensor]) -> Tensor + 'static) -> Run {
    each(move || {
        leaves.iter().for_each(Tensor::zero_grad);
        let y = forward(&leaves);
        ready(&y);
        or_stop(y.backward_with(Some(&gradient), wengert::autograd::Options::default()));
        grads_ready(&leaves.iter().collect::<Vec<_>>());
    })
}

/// Every workload, in the order of the table.
pub fn all() -> Vec<Workload> {
    [small::list(), elementwise::list(), linalg::list(), rows::list(), nn::list(), optim::list(), transforms::list()]
        .into_iter()
        .flatten()
        .collect()
}

/// `list! { "name", "unit", Goal => run; ... }`: workloads whose expressions are evaluated when they are prepared.
macro_rules! list {
    ($($name:literal, $unit:literal, $goal:expr => $prepare:expr;)*) => {
        vec![$($crate::work::Workload { name: $name, unit: $unit, goal: $goal, prepare: || $prepare }),*]
    };
}
use list;

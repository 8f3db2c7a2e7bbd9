//! Random programs, run immediately and deferred: all values, gradients and errors are the same, bit for bit.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wengert::autograd::{Options, backward_with};
use wengert::deferral::Guard;
use wengert::testing::bytes;
use wengert::{DType, Error, Generator, Result, Tensor, no_grad, ops};

/// Programs in all, in each mode.
const PROGRAMS: u32 = 10_000;
const STEPS: usize = 24;

/// One instruction: which operation, on which tensors, with which number.
type Step = [u8; 4];

/// What a program shows: the words of its errors and numbers that it read on the way, then all values and gradients.
#[derive(PartialEq, Debug)]
struct Shown {
    log: Vec<String>,
    values: Vec<(String, Vec<u8>)>,
}

fn leaves() -> Vec<Tensor> {
    let make = |shape: &[usize], dtype, seed| Tensor::randn_of(shape, dtype, &Generator::new(seed));
    vec![
        make(&[4, 6], DType::F32, 1).requires_grad_(true),
        make(&[4, 6], DType::F32, 2),
        make(&[6], DType::F32, 3).requires_grad_(true),
        make(&[4, 1], DType::F64, 4).requires_grad_(true),
        make(&[6, 4], DType::BF16, 5),
        Tensor::from_slice(&[3i64, -1, 4, 1, -5, 9], &[6]),
    ]
}

/// A result is a new tensor, or (in-place operations) none.
fn step(t: &[Tensor], [code, a, b, k]: Step) -> Result<Option<Tensor>> {
    let (x, y) = (&t[a as usize % t.len()], &t[b as usize % t.len()]);
    let number = [0.5, -2.0, 3.0, 0.0][k as usize % 4];
    let dim = k as isize % 2;
    let new = match code % 48 {
        0 => ops::sin(x),
        1 => ops::tanh(x),
        2 => ops::exp(x),
        3 => ops::neg(x),
        4 => ops::relu(x),
        5 => ops::sigmoid(x),
        6 => ops::abs(x),
        7 => ops::mul(x, number),
        8 => ops::add(x, number),
        9 => ops::pow(x, 2),
        10 | 11 => ops::add(x, y),
        12 => ops::sub(x, y),
        13 | 14 => ops::mul(x, y),
        15 => ops::div(x, y),
        16 => ops::maximum(x, y),
        17 => ops::where_self(&ops::gt(x, y)?, x, y),
        18 => ops::t(x),
        19 => ops::reshape(x, &[-1]),
        20 => ops::reshape(x, &[4, -1]),
        21 => ops::select(x, dim, k as isize % 3),
        22 => ops::narrow(x, dim, 1, 3),
        23 => ops::expand(x, &[4, 6]),
        24 => ops::unsqueeze(x, dim),
        25 => Ok(x.detach()),
        26 => ops::to_dtype(x, [DType::F16, DType::F32, DType::F64, DType::I32][k as usize % 4]),
        27 => ops::sum_dim(x, &[dim], k & 4 == 0),
        28 => ops::softmax(x, dim),
        29 => ops::sum(x),
        30 => ops::matmul(x, y),
        31 => ops::clone_tensor(x),
        32 => ops::amax_dim(x, &[dim], false),
        33 => ops::clamp(x, Some(number.into()), None),
        34 => return ops::add_(x, y).map(|_| None),
        35 => return ops::mul_(x, number).map(|_| None),
        36 => return no_grad(|| ops::add_(x, number)).map(|_| None),
        37 => return no_grad(|| ops::copy_(x, y)).map(|_| None),
        38 => return no_grad(|| ops::fill_(&ops::select(x, 0, 1)?, number)).map(|_| None),
        39 => return no_grad(|| ops::mul_(x, y)).map(|_| None),
        40 => return no_grad(|| ops::sigmoid_(x)).map(|_| None),
        42 => return ops::mul_(&ops::select(x, dim, k as isize % 3)?, number).map(|_| None),
        43 => return ops::add_(&ops::narrow(&ops::t(x)?, 0, 1, 2)?, y).map(|_| None),
        44 => return ops::copy_(&ops::select(x, 0, 0)?, y).map(|_| None),
        45 => return x.try_set(1.., y).map(|_| None),
        41 => {
            return Err(Error::runtime(format!(
                "read {:?}",
                x.to_vec::<f64>().iter().fold(0u64, |h, v| h.rotate_left(7) ^ v.to_bits())
            )));
        }
        _ => {
            let retain = k & 1 == 1;
            let root = if x.dtype().is_float() { ops::sum(x)? } else { return Ok(None) };
            backward_with(&[&root], None, Options { retain_graph: Some(retain), ..Options::default() }, None)?;
            return Ok(None);
        }
    };
    new.map(Some)
}

fn run(program: &[Step], drops: bool) -> Shown {
    let mut tensors = leaves();
    let first = tensors.clone();
    let mut log = Vec::new();
    for (i, s) in program.iter().enumerate() {
        match step(&tensors, *s) {
            Ok(Some(t)) if t.numel() <= 600 => tensors.push(t),
            Ok(_) => {}
            Err(e) => log.push(format!("{i}: {}", e.message())),
        }
        // Forgetting handles leaves expressions alone with their inputs.
        if drops && tensors.len() > 6 && s[3] % 5 == 0 {
            tensors.remove(s[2] as usize % tensors.len());
        }
    }
    let mut values = Vec::new();
    for t in first.iter().chain(&tensors) {
        values.push((format!("{:?} {:?}", t.shape(), t.dtype()), bytes(t)));
        if let Some(g) = t.grad() {
            values.push((format!("grad {:?} {:?}", g.shape(), g.dtype()), bytes(&g)));
        }
    }
    Shown { log, values }
}

#[test]
fn random_programs_do_not_see_deferral() {
    let config = Config { cases: PROGRAMS, failure_persistence: None, ..Config::default() };
    // The same programs each time; another seed is another search.
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let programs = (prop::collection::vec(any::<Step>(), 1..STEPS), any::<bool>());
    let outcome = runner.run(&programs, |(program, drops)| {
        let immediate = {
            let _off = Guard::off();
            run(&program, drops)
        };
        let deferred = {
            let _on = Guard::from(1);
            run(&program, drops)
        };
        prop_assert_eq!(immediate, deferred);
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("{e}"));
}

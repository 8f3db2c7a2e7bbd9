//! The same numbers in other memory layouts give the same results.

use super::call::{Outcome, run, try_run};
use super::numbers::{Tolerance, epsilon};
use super::{Case, same};
use wengert::testing::Check;
use wengert::{DType, Tensor};
use wengert_kernels::Layout;
use wengert_kernels::layout::row_major;

pub fn check(case: &mut Case, outcome: &Outcome) {
    let inputs = &case.sample.inputs;
    let narrowest = inputs.iter().filter(|t| t.dtype().is_float()).map(|t| epsilon(t.dtype())).fold(0.0, f64::max);
    let outputs = outcome.outputs.iter().filter(|y| y.numbers.dtype.is_float()).map(|y| epsilon(y.numbers.dtype));
    // Sums may be taken in another order.
    let eps = 64.0 * outputs.fold(narrowest, f64::max);
    let tolerance = Tolerance { relative: eps, of_largest: eps, absolute: 0.0 };
    if inputs.iter().all(|t| t.numel() <= 1) || case.skipped(Check::Strided) {
        return;
    }
    for (name, layout) in [("transposed memory", transposed as fn(&[usize]) -> Layout), ("spread memory", spread)] {
        let inputs: Vec<Tensor> = inputs.iter().map(|t| placed(t, layout(t.shape()))).collect();
        let result = run(case.sample, &inputs).and_then(|got| same(outcome, &got, tolerance));
        case.check(name, result);
    }
    // Expanded inputs are other numbers, so they are compared with a dense copy of themselves, which may fail as well.
    let expanded: Vec<Tensor> = inputs.iter().map(expanded).collect();
    let dense: Vec<Tensor> = expanded.iter().map(|t| placed(t, Layout::contiguous(t.shape()))).collect();
    let result = match (try_run(case.sample, &dense), try_run(case.sample, &expanded)) {
        (Ok(Ok(dense)), Ok(Ok(got))) => same(&dense, &got, tolerance),
        (Ok(Err(_)), Ok(Err(_))) => return,
        (Ok(Ok(_)), Ok(Err(e))) => Err(format!("fails only when expanded: {e}")),
        (Ok(Err(e)), Ok(Ok(_))) => Err(format!("fails only when dense: {e}")),
        (Err(panic), _) | (_, Err(panic)) => Err(panic),
    };
    case.check("expanded inputs", result);
}

/// Column-major.
fn transposed(shape: &[usize]) -> Layout {
    let back: Vec<usize> = (0..shape.len()).rev().collect();
    let reversed: Vec<usize> = shape.iter().rev().copied().collect();
    Layout::contiguous(&reversed).permute(&back)
}

/// Every second element, from the fourth on.
fn spread(shape: &[usize]) -> Layout {
    let strides = row_major(shape).iter().map(|s| 2 * s).collect();
    Layout { shape: shape.into(), strides, offset: 3 }
}

/// The same numbers in memory of this layout; what lies between is NaN, or an integer that nobody expects.
fn placed(t: &Tensor, layout: Layout) -> Tensor {
    let places = places(&layout);
    let memory = match t.dtype().is_float() {
        true => {
            let mut memory = vec![f64::NAN; layout.extent().max(1)];
            places.iter().zip(t.to_vec::<f64>()).for_each(|(&at, v)| memory[at] = v);
            Tensor::from_slice(&memory, &[memory.len()])
        }
        false => {
            let mut memory = vec![-99_i64; layout.extent().max(1)];
            places.iter().zip(t.to_vec::<i64>()).for_each(|(&at, v)| memory[at] = v);
            Tensor::from_slice(&memory, &[memory.len()])
        }
    };
    let stored = if t.dtype() == DType::F64 { memory.array().clone() } else { memory.array().copy_as(t.dtype()) };
    Tensor::from_array(stored.with_layout(layout))
}

/// Where each element lies, in row-major order.
fn places(layout: &Layout) -> Vec<usize> {
    let place = |index: usize| {
        let (mut rest, mut at) = (index, layout.offset as isize);
        for (&n, &s) in layout.shape.iter().zip(&layout.strides).rev() {
            at += (rest % n) as isize * s;
            rest /= n;
        }
        at as usize
    };
    (0..layout.numel()).map(place).collect()
}

/// The first index of the first dimension that has several, everywhere along it.
fn expanded(t: &Tensor) -> Tensor {
    let mut layout = t.array().layout().clone();
    if let Some(d) = layout.shape.iter().position(|&n| n > 1) {
        layout.strides[d] = 0;
    }
    Tensor::from_array(t.array().with_layout(layout))
}

//! Deferred and immediate evaluation give the same bits, of values and of gradients.

use super::Case;
use super::call::{Outcome, cast, caught, gradients, leaves, outcome};
use super::threads::{bits, enlarged};
use wengert::deferral::Guard;
use wengert::testing::Sample;
use wengert::{DType, Result, Tensor, ops};

pub fn check(case: &mut Case) {
    let sample = case.sample;
    case.check("deferred", bits(&chained(sample, &sample.inputs, false), &chained(sample, &sample.inputs, true)));
    // Half types round after every operation, fused or not.
    for dtype in [DType::F16, DType::BF16] {
        let inputs = cast(&sample.inputs, dtype);
        case.check("deferred, half type", bits(&chained(sample, &inputs, false), &chained(sample, &inputs, true)));
    }
    if let Some(large) = enlarged(sample) {
        case.check("deferred, large inputs", bits(&chained(sample, &large, false), &chained(sample, &large, true)));
    }
}

/// The sample between two elementwise operations, which a deferred call takes in and is taken into.
fn chained(sample: &Sample, inputs: &[Tensor], deferred: bool) -> std::result::Result<Outcome, String> {
    let _guard = if deferred { Guard::from(1) } else { Guard::off() };
    caught(|| -> Result<Outcome> {
        let leaves = leaves(inputs);
        let before: Vec<Tensor> = leaves.iter().map(same).collect::<Result<_>>()?;
        let outputs: Vec<Tensor> = (sample.call)(&before)?.iter().map(same).collect::<Result<_>>()?;
        Ok(outcome(&outputs, gradients(&leaves, &outputs)))
    })?
    .map_err(|e| e.to_string())
}

/// The same numbers by way of an operation.
fn same(t: &Tensor) -> Result<Tensor> {
    match t.dtype() {
        DType::Bool => ops::logical_or(t, t),
        d if d.is_complex() => Ok(t.clone()),
        d if d.is_float() => ops::mul(t, 1.0),
        _ => ops::mul(t, 1),
    }
}

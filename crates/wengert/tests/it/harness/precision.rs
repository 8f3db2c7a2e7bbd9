//! Narrower floats give what double precision gives for the same (rounded) inputs.

use super::Case;
use super::call::{Outcome, cast, run, try_run};
use super::numbers::{Numbers, Tolerance, close, epsilon};
use wengert::error::Kind;
use wengert::testing::Check;
use wengert::{DType, Tensor};

pub fn check(case: &mut Case) {
    let sample = case.sample;
    let double = |t: &Tensor| !t.dtype().is_float() || t.dtype() == DType::F64;
    let floats = sample.inputs.iter().any(|t| t.dtype().is_float());
    if !floats || !sample.inputs.iter().all(double) || case.skipped(Check::Precision) {
        return;
    }
    for dtype in [DType::F32, DType::BF16, DType::F16] {
        let narrow = cast(&sample.inputs, dtype);
        let name = format!("in {}", dtype.name());
        let got = match try_run(sample, &narrow) {
            Ok(Ok(got)) => got,
            Ok(Err(e)) if e.kind() == Kind::NotImplemented => {
                case.skip(&name, e.message());
                continue;
            }
            Ok(Err(e)) => {
                case.check(&name, Err(e.to_string()));
                continue;
            }
            Err(panic) => {
                case.check(&name, Err(panic));
                continue;
            }
        };
        let result = run(sample, &cast(&narrow, DType::F64)).and_then(|wide| compare(&wide, &got, dtype));
        case.check(&name, result);
    }
}

fn compare(wide: &Outcome, got: &Outcome, dtype: DType) -> Result<(), String> {
    // Single precision has digits to spare for a rounding in each step; halves are rounded once, or a few times.
    let factor = if dtype == DType::F32 { 64.0 } else { 4.0 };
    let eps = factor * epsilon(dtype);
    let near = |wide: &Numbers, got: &Numbers, eps: f64, absolute: f64| {
        let expected = if got.dtype.is_float() { wide.rounded(dtype).rounded(got.dtype) } else { wide.clone() };
        close(&expected, got, Tolerance { relative: eps, of_largest: eps, absolute })
    };
    for (i, (w, g)) in wide.outputs.iter().zip(&got.outputs).enumerate() {
        near(&w.numbers, &g.numbers, eps, 0.0).map_err(|text| format!("output {i}: {text}"))?;
    }
    for (i, (w, g)) in wide.grads.iter().zip(&got.grads).enumerate() {
        if let (Some(w), Some(g)) = (w, g) {
            near(w, g, 2.0 * eps, eps).map_err(|text| format!("gradient {i}: {text}"))?;
        }
    }
    Ok(())
}

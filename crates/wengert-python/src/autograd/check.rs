//! `gradcheck` and `gradgradcheck` of functions of Python's.

use super::{raised, tensor, tensors};
use crate::convert;
use crate::error::OrRaise;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use wengert::Tensor;
use wengert::autograd::{self, GradcheckOptions, GradgradcheckOptions};

fn called<'a>(f: &'a Bound<PyAny>) -> impl Fn(&[Tensor]) -> wengert::Result<Vec<Tensor>> + 'a {
    move |ins| {
        let run = || tensors(&f.call1((convert::tuple(f.py(), ins.iter().cloned())?,))?);
        run().map_err(raised)
    }
}

fn options(given: &Bound<PyDict>) -> PyResult<GradcheckOptions> {
    let mut o = GradcheckOptions::default();
    for (key, value) in given {
        match key.extract::<String>()?.as_str() {
            "eps" => o.eps = value.extract()?,
            "atol" => o.atol = value.extract()?,
            "rtol" => o.rtol = value.extract()?,
            "raise_exception" => o.raise_exception = value.extract()?,
            "nondet_tol" => o.nondet_tol = value.extract()?,
            "check_undefined_grad" => o.check_undefined_grad = value.extract()?,
            "check_grad_dtypes" => o.check_grad_dtypes = value.extract()?,
            "check_batched_grad" => o.check_batched_grad = value.extract()?,
            "check_batched_forward_grad" => o.check_batched_forward_grad = value.extract()?,
            "check_forward_ad" => o.check_forward_ad = value.extract()?,
            "check_backward_ad" => o.check_backward_ad = value.extract()?,
            "fast_mode" => o.fast_mode = value.extract()?,
            _ => {}
        }
    }
    Ok(o)
}

/// Compares gradients with differences. `f` takes a tuple of tensors and gives a list of them.
#[pyfunction]
fn _gradcheck(f: &Bound<PyAny>, inputs: &Bound<PyAny>, given: &Bound<PyDict>) -> PyResult<bool> {
    autograd::gradcheck(called(f), &tensors(inputs)?, options(given)?).or_raise()
}

/// Compares second derivatives with differences.
#[pyfunction]
#[pyo3(signature = (f, inputs, grad_outputs, non_contiguous, forward_over_reverse, reverse_over_reverse, given))]
fn _gradgradcheck(
    f: &Bound<PyAny>,
    inputs: &Bound<PyAny>,
    grad_outputs: Option<&Bound<PyAny>>,
    non_contiguous: bool,
    forward_over_reverse: bool,
    reverse_over_reverse: bool,
    given: &Bound<PyDict>,
) -> PyResult<bool> {
    let weights = match grad_outputs {
        Some(g) => Some(g.try_iter()?.map(|o| tensor(&o?)).collect::<PyResult<Vec<_>>>()?),
        None => None,
    };
    let options = GradgradcheckOptions {
        check: options(given)?,
        grad_outputs: weights.as_deref(),
        gen_non_contig_grad_outputs: non_contiguous,
        check_fwd_over_rev: forward_over_reverse,
        check_rev_over_rev: reverse_over_reverse,
    };
    autograd::gradgradcheck(called(f), &tensors(inputs)?, options).or_raise()
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_gradcheck, module)?)?;
    module.add_function(wrap_pyfunction!(_gradgradcheck, module)?)
}

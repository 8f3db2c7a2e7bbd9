//! Transforms of functions (`torch.func`, forward mode): one call on a level. Trees of arguments, dimensions and chunks are Python's matter.

use super::{object, optional, raised, tensor, tensors};
use crate::convert;
use crate::error::OrRaise;
use crate::place;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use std::cell::RefCell;
use wengert::Tensor;
use wengert::autograd::forward_ad::{self, DualLevel};
use wengert::func::Randomness;
use wengert::func::flat::{self, Recorded};

/// A function of Python's, from a tuple of tensors to a list of them, as one of the library's.
fn called<'a>(f: &'a Bound<PyAny>) -> impl Fn(&[Tensor]) -> wengert::Result<Vec<Tensor>> + 'a {
    move |ins| {
        let run = || {
            let given = f.call1((convert::tuple(f.py(), ins.iter().cloned())?,))?;
            tensors(&given)
        };
        run().map_err(raised)
    }
}

/// One call of `f` for a batch; the tensors that are mapped over have it as their first dimension, and so have the results that are said to be.
#[pyfunction]
fn _vmap_call<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    size: usize,
    randomness: &str,
    inputs: &Bound<'py, PyAny>,
    mapped: Vec<bool>,
) -> PyResult<(Bound<'py, PyTuple>, Vec<bool>)> {
    let randomness = match randomness {
        "error" => Randomness::Error,
        "different" => Randomness::Different,
        "same" => Randomness::Same,
        other => {
            return Err(PyValueError::new_err(format!(
                "Only allowed values for randomness are 'error', 'different', or 'same'. Got {other}"
            )));
        }
    };
    let inputs: Vec<_> = tensors(inputs)?.into_iter().zip(mapped).collect();
    let _place = place::here(py);
    let outs = flat::in_batch(size, randomness, &inputs, called(f)).or_raise()?;
    let (outs, mapped): (Vec<_>, Vec<_>) = outs.into_iter().unzip();
    Ok((convert::tuple(py, outs)?, mapped))
}

/// One run of a function, recorded.
#[pyclass(name = "_Recorded", frozen)]
pub struct PyRecorded(Recorded);

/// Runs and records `f`. `through`: the record whose gradients `f` computes.
#[pyfunction]
#[pyo3(signature = (f, inputs, through=None))]
fn _record(
    py: Python,
    f: &Bound<PyAny>,
    inputs: &Bound<PyAny>,
    through: Option<&Bound<PyRecorded>>,
) -> PyResult<PyRecorded> {
    let _place = place::here(py);
    let record = Recorded::run(&tensors(inputs)?, called(f)).or_raise()?;
    Ok(PyRecorded(match through {
        Some(other) => record.through(&other.get().0),
        None => record,
    }))
}

#[pymethods]
impl PyRecorded {
    /// Its results, for those who know nothing of the record.
    fn outputs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        convert::tuple(py, self.0.outputs())
    }
    /// Gradients of the inputs from those of the results; `None` for what is not reached.
    fn pull<'py>(
        &self,
        py: Python<'py>,
        cotangents: &Bound<'py, PyAny>,
        retain: bool,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let cotangents = cotangents.try_iter()?.map(|o| optional(&o?)).collect::<PyResult<Vec<_>>>()?;
        let _place = place::here(py);
        let grads = self.0.pull(&cotangents, retain).or_raise()?;
        super::tuple(py, &grads)
    }
}

/// One call of `f` in forward mode: results, and tangents or `None`.
#[pyfunction]
fn _along<'py>(
    py: Python<'py>,
    f: &Bound<'py, PyAny>,
    primals: &Bound<'py, PyAny>,
    tangents: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyTuple>)> {
    let _place = place::here(py);
    let outs = flat::along(&tensors(primals)?, &tensors(tangents)?, called(f)).or_raise()?;
    let (outs, tangents): (Vec<_>, Vec<_>) = outs.into_iter().unzip();
    Ok((convert::tuple(py, outs)?, super::tuple(py, &tangents)?))
}

thread_local! {
    static LEVELS: RefCell<Vec<DualLevel>> = const { RefCell::new(Vec::new()) };
}

/// Enters a level of forward mode, and tells its number.
#[pyfunction]
fn _enter_dual_level() -> usize {
    let level = DualLevel::enter();
    LEVELS.with_borrow_mut(|levels| {
        levels.push(level);
        levels.len() - 1
    })
}

/// Leaves the level of that number, the innermost one.
#[pyfunction]
fn _exit_dual_level(level: usize) -> PyResult<()> {
    let left = LEVELS.with_borrow_mut(|levels| if levels.len() == level + 1 { levels.pop() } else { None });
    match left {
        Some(_) => Ok(()),
        None => Err(PyRuntimeError::new_err(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported.",
        )),
    }
}

/// A tensor with a tangent on the innermost level.
#[pyfunction]
fn _make_dual<'py>(
    py: Python<'py>,
    primal: &Bound<'py, PyAny>,
    tangent: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let _place = place::here(py);
    let made = forward_ad::make_dual(&tensor(primal)?, &tensor(tangent)?).or_raise()?;
    object(py, Some(&made))
}

/// Value and tangent on the innermost level.
#[pyfunction]
fn _unpack_dual<'py>(py: Python<'py>, of: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let (value, tangent) = forward_ad::unpack_dual(&tensor(of)?);
    PyList::new(py, [object(py, Some(&value))?, object(py, tangent.as_ref())?])
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_vmap_call, module)?)?;
    module.add_function(wrap_pyfunction!(_record, module)?)?;
    module.add_function(wrap_pyfunction!(_along, module)?)?;
    module.add_function(wrap_pyfunction!(_enter_dual_level, module)?)?;
    module.add_function(wrap_pyfunction!(_exit_dual_level, module)?)?;
    module.add_function(wrap_pyfunction!(_make_dual, module)?)?;
    module.add_function(wrap_pyfunction!(_unpack_dual, module)?)
}

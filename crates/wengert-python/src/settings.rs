//! Settings of the process: the default dtype, the number of threads, how tensors are printed.

use crate::error::OrRaise;
use crate::types::{as_dtype, dtype_object};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt};
use wengert::dtype::{default_dtype, set_default_dtype};
use wengert::print::{PrintChange, Profile, print_options, set_print_options};
use wengert_kernels::parallel;

/// The dtype of tensors that are made from floats without one.
#[pyfunction]
fn get_default_dtype(py: Python) -> Bound<PyAny> {
    dtype_object(py, default_dtype())
}

/// Sets the dtype of tensors that are made from floats without one.
#[pyfunction]
#[pyo3(name = "set_default_dtype", signature = (d, /))]
fn set_default(d: &Bound<PyAny>) -> PyResult<()> {
    let only = "only floating-point types are supported as the default type";
    let dtype = as_dtype(d).ok_or_else(|| PyTypeError::new_err(format!("invalid dtype object: {only}")))?;
    if !dtype.is_float() {
        return Err(PyTypeError::new_err(only));
    }
    set_default_dtype(dtype).or_raise()
}

/// The number of threads that one operation may use.
#[pyfunction]
fn get_num_threads() -> usize {
    parallel::num_threads()
}

/// Sets the number of threads that one operation may use. Results do not depend on it.
#[pyfunction]
#[pyo3(signature = (n, /))]
fn set_num_threads(n: &Bound<PyAny>) -> PyResult<()> {
    if !n.is_instance_of::<PyInt>() || n.is_instance_of::<PyBool>() {
        let class = n.get_type().name()?.to_string();
        return Err(PyRuntimeError::new_err(format!("set_num_threads expects an int, but got {class}")));
    }
    match n.extract::<i64>() {
        Ok(n @ 1..) => parallel::set_num_threads(usize::try_from(n)?),
        _ => return Err(PyRuntimeError::new_err("set_num_threads expects a positive integer")),
    }
    Ok(())
}

/// A number of elements or digits; infinity, for a threshold, is none at all.
fn count(name: &str, value: Option<&Bound<PyAny>>) -> PyResult<Option<usize>> {
    let Some(value) = value else { return Ok(None) };
    if let Ok(n) = value.extract::<usize>() {
        return Ok(Some(n));
    }
    match value.extract::<f64>() {
        Ok(x) if x >= 0.0 => Ok(Some(x as usize)), // infinity becomes the largest
        _ => Err(PyTypeError::new_err(format!(
            "set_printoptions(): argument '{name}' must be a number that is not negative, not {}",
            value.repr()?
        ))),
    }
}

/// Sets how tensors are printed: `precision` digits after the point, only the `edgeitems` at either end of a dimension if there are more than `threshold` elements,
/// lines of `linewidth` columns, scientific notation always, never or (None) as the numbers suggest. `profile` ("default", "short", "full") sets all of them first.
#[pyfunction]
#[pyo3(signature = (precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None))]
fn set_printoptions(
    precision: Option<&Bound<PyAny>>,
    threshold: Option<&Bound<PyAny>>,
    edgeitems: Option<&Bound<PyAny>>,
    linewidth: Option<&Bound<PyAny>>,
    profile: Option<&str>,
    sci_mode: Option<bool>,
) -> PyResult<()> {
    let change = PrintChange {
        profile: profile.and_then(Profile::named),
        precision: count("precision", precision)?,
        threshold: count("threshold", threshold)?,
        edgeitems: count("edgeitems", edgeitems)?,
        linewidth: count("linewidth", linewidth)?,
        sci_mode,
    };
    set_print_options(print_options().changed(&change));
    Ok(())
}

/// How tensors are printed: precision, threshold, edgeitems, linewidth, sci_mode.
#[pyfunction]
fn _printoptions() -> (usize, usize, usize, usize, Option<bool>) {
    let o = print_options();
    (o.precision, o.threshold, o.edgeitems, o.linewidth, o.sci_mode)
}

/// Adds the functions.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_default_dtype, module)?)?;
    module.add_function(wrap_pyfunction!(set_default, module)?)?;
    module.add_function(wrap_pyfunction!(get_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(set_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(_printoptions, module)?)?;
    module.add_function(wrap_pyfunction!(set_printoptions, module)?)
}

//! Results of calls as objects.

use crate::tensor::wrap;
use crate::types;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt, PyTuple};
use wengert::Scalar;
use wengert::table::Out;

/// A number of Python's.
pub fn number(py: Python, s: Scalar) -> Bound<PyAny> {
    match s {
        Scalar::Bool(b) => PyBool::new(py, b).to_owned().into_any(),
        Scalar::Int(i) => PyInt::new(py, i).into_any(),
        Scalar::Float(f) => PyFloat::new(py, f).into_any(),
    }
}

/// What a call gives: a tensor, a tuple of them, a number, nothing.
#[inline]
pub fn out(py: Python, out: Out) -> PyResult<Bound<PyAny>> {
    Ok(match out {
        Out::Tensor(t) => return wrap(py, t),
        Out::Tensors(t) => tuple(py, t)?.into_any(),
        Out::Scalar(s) => number(py, s),
        Out::DType(d) => types::dtype_object(py, d),
        Out::Nothing => py.None().into_bound(py),
    })
}

/// A tuple of tensors.
pub fn tuple(py: Python, tensors: impl IntoIterator<Item = wengert::Tensor>) -> PyResult<Bound<PyTuple>> {
    let objects: Vec<_> = tensors.into_iter().map(|t| wrap(py, t)).collect::<PyResult<_>>()?;
    PyTuple::new(py, objects)
}

static MAKER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Several tensors as a tuple with names: `torch.return_types.max`.
pub fn named<'py>(py: Python<'py>, name: &str, fields: &[&str], result: Out) -> PyResult<Bound<'py, PyAny>> {
    let Out::Tensors(tensors) = result else { return out(py, result) };
    let make = MAKER
        .get_or_try_init(py, || py.import("wengert.return_types")?.getattr(intern!(py, "_make")).map(Bound::unbind))?;
    let fields = PyTuple::new(py, fields)?;
    make.bind(py).call1((name, fields, tuple(py, tensors)?))
}

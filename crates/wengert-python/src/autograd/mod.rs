//! Reverse and forward mode from Python: modes, backward, hooks, functions of the user's own, transforms. The classes around them are Python's
//! (`wengert.autograd`).

mod check;
pub mod function;
pub mod hooks;
mod modes;
mod node;
mod run;
mod saved;
mod transforms;
mod watch;

use pyo3::prelude::*;
use std::sync::Arc;
use wengert::Error;

/// Adds the functions and classes to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    run::add(module)?;
    modes::add(module)?;
    node::add(module)?;
    hooks::add(module)?;
    saved::add(module)?;
    function::add(module)?;
    transforms::add(module)?;
    check::add(module)?;
    watch::add(module)
}

/// What Python code raised that the library called, as an error of the library: it comes out of the library as itself.
pub fn raised(e: PyErr) -> Error {
    Error::runtime("a function of Python's raised an exception").with_payload(Arc::new(e))
}

/// What [`raised`] took in.
pub fn taken_back(e: &Error) -> Option<PyErr> {
    let inner = e.payload()?.downcast_ref::<PyErr>()?;
    Some(Python::attach(|py| inner.clone_ref(py)))
}

/// The tensors of a list or tuple of Python's.
pub fn tensors(objects: &Bound<PyAny>) -> PyResult<Vec<wengert::Tensor>> {
    objects.try_iter()?.map(|o| tensor(&o?)).collect()
}

/// The tensor in an object.
pub fn tensor(object: &Bound<PyAny>) -> PyResult<wengert::Tensor> {
    match crate::tensor::as_tensor(object) {
        Some(t) => Ok(t.tensor().clone()),
        None => Err(pyo3::exceptions::PyTypeError::new_err(format!(
            "expected Tensor, but got {}",
            object.get_type().name()?
        ))),
    }
}

/// A tensor, or nothing for `None`.
pub fn optional(object: &Bound<PyAny>) -> PyResult<Option<wengert::Tensor>> {
    if object.is_none() { Ok(None) } else { tensor(object).map(Some) }
}

/// An object for a tensor, `None` for nothing.
pub fn object<'py>(py: Python<'py>, t: Option<&wengert::Tensor>) -> PyResult<Bound<'py, PyAny>> {
    match t {
        Some(t) => crate::tensor::wrap(py, t.clone()),
        None => Ok(py.None().into_bound(py)),
    }
}

/// A tuple of tensors and `None`s.
pub fn tuple<'py>(py: Python<'py>, ts: &[Option<wengert::Tensor>]) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
    let objects = ts.iter().map(|t| object(py, t.as_ref())).collect::<PyResult<Vec<_>>>()?;
    pyo3::types::PyTuple::new(py, objects)
}

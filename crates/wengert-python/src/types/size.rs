//! `torch.Size`: its class is written in Python (`wengert/_size.py`); here its objects are made quickly.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};
use std::ptr::null_mut;

static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A shape as Python sees it.
pub fn size<'py>(py: Python<'py>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    let class = CLASS.get_or_try_init(py, || {
        py.import("wengert._size")?.getattr("Size")?.cast_into::<PyType>().map(Bound::unbind).map_err(PyErr::from)
    })?;
    let args = PyTuple::new(py, [PyTuple::new(py, shape)?])?;
    // SAFETY: what the class's own constructor calls in the end, after it looked at the items; the result is a new reference or null.
    unsafe {
        let new = ffi::PyTuple_Type.tp_new.expect("tuples can be made");
        let object = new(class.as_ptr().cast(), args.as_ptr(), null_mut());
        Bound::from_owned_ptr_or_err(py, object)
    }
}

/// Is it a `torch.Size`?
pub fn is_size(object: &Bound<PyAny>) -> bool {
    CLASS.get(object.py()).is_some_and(|class| object.is_instance(class.bind(object.py())).unwrap_or(false))
}

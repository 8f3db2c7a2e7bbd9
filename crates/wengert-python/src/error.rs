//! Errors of the library as Python's exceptions.

use pyo3::exceptions::{PyIndexError, PyNotImplementedError, PyOSError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use wengert::error::Kind;
use wengert::{Error, Tensor};

pyo3::create_exception!(
    torch._C,
    _LinAlgError,
    PyRuntimeError,
    "A matrix that is singular, or not positive definite: what was asked for does not exist."
);

/// Adds the class of `torch.linalg.LinAlgError`.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add("_LinAlgError", module.py().get_type::<_LinAlgError>())
}

/// An error of the library as PyTorch's class of exception. Its text is PyTorch's words alone: programs print it and compare it. What to do about it, and other lines
/// that are involved, are its notes; its own line is the traceback's.
pub fn exception(e: Error) -> PyErr {
    if let Some(own) = crate::autograd::taken_back(&e) {
        return own;
    }
    let text = e.message().to_owned();
    let raised = match e.kind() {
        Kind::Runtime => PyRuntimeError::new_err(text),
        Kind::Index => PyIndexError::new_err(text),
        Kind::Type => PyTypeError::new_err(text),
        Kind::Value => PyValueError::new_err(text),
        Kind::NotImplemented => PyNotImplementedError::new_err(text),
        Kind::Linalg => _LinAlgError::new_err(text),
        Kind::Io => PyOSError::new_err(text),
    };
    noted(raised, e.notes().collect())
}

/// The exception with notes. Python 3.11 shows them below the text; older ones, where an exception has no such thing, do not.
pub fn noted(raised: PyErr, notes: Vec<String>) -> PyErr {
    if !notes.is_empty() {
        // An exception without its notes is better than another exception.
        Python::attach(|py| raised.value(py).setattr("__notes__", notes).ok());
    }
    raised
}

/// An error if a tensor has no memory of its own to look at, since it stands for a batch.
pub fn needs_memory(t: &Tensor) -> PyResult<()> {
    t.check_numbers().map_err(|_| {
        let raised = PyRuntimeError::new_err("Cannot access data pointer of Tensor that doesn't have storage");
        noted(raised, vec!["note: it stands for a batch inside a transform".to_owned()])
    })
}

/// `?` between the library and Python.
pub trait OrRaise<T> {
    /// The value, or the exception.
    fn or_raise(self) -> PyResult<T>;
}

impl<T> OrRaise<T> for wengert::Result<T> {
    #[inline]
    fn or_raise(self) -> PyResult<T> {
        self.map_err(exception)
    }
}

//! Errors of the library as Python's exceptions.

use pyo3::exceptions::{PyIndexError, PyNotImplementedError, PyOSError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::{PyErr, PyResult};
use wengert::Error;
use wengert::error::Kind;

/// An error of the library as PyTorch's class of exception.
pub fn exception(e: Error) -> PyErr {
    if let Some(own) = crate::autograd::taken_back(&e) {
        return own;
    }
    let mut text = e.to_string();
    // PyTorch's words come first; which call it was, the traceback shows.
    if let Some(rest) = e.operation().and_then(|op| text.strip_prefix(op)?.strip_prefix(": ")) {
        text = rest.to_string();
    }
    match e.kind() {
        Kind::Runtime => PyRuntimeError::new_err(text),
        Kind::Index => PyIndexError::new_err(text),
        Kind::Type => PyTypeError::new_err(text),
        Kind::Value => PyValueError::new_err(text),
        Kind::NotImplemented => PyNotImplementedError::new_err(text),
        Kind::Io => PyOSError::new_err(text),
    }
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

//! The Python module `wengert._C`: the class of tensors, the functions of the table, argument parsing, errors. No mathematics.

mod arguments;
mod convert;
mod dispatch;
mod docs;
mod error;
mod overrides;
mod place;
mod signature;
mod tensor;
mod types;

use pyo3::prelude::*;

/// The module.
#[pymodule]
fn _C(module: &Bound<PyModule>) -> PyResult<()> {
    types::add(module)?;
    overrides::add(module)?;
    tensor::add(module)?;
    dispatch::add(module)
}

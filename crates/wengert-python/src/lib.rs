//! The Python module `wengert._C`: the class of tensors, the functions of the table, argument parsing, errors. No mathematics.

#![expect(non_snake_case, reason = "Python's name of the module")]

mod arguments;
mod autograd;
mod convert;
mod create;
mod dispatch;
mod dlpack;
mod docs;
mod error;
mod numpy;
mod optim;
mod overrides;
mod place;
mod settings;
mod signature;
mod storage;
mod tensor;
mod types;
mod written;

use pyo3::prelude::*;

/// The module.
#[pymodule]
fn _C(module: &Bound<PyModule>) -> PyResult<()> {
    error::add(module)?;
    types::add(module)?;
    overrides::add(module)?;
    tensor::add(module)?;
    create::add(module)?;
    numpy::add(module)?;
    dlpack::add(module)?;
    storage::add(module)?;
    settings::add(module)?;
    written::add(module)?;
    dispatch::add(module)?;
    autograd::add(module)?;
    optim::add(module)
}

//! The small objects beside tensors: dtypes, devices, layouts, memory formats, generators, limits of dtypes, sizes.

mod device;
mod dtype;
mod generator;
mod info;
mod named;
mod size;

pub use device::{Device, as_device};
pub use dtype::{as_dtype, dtype_object};
pub use generator::as_generator;
pub use named::{as_layout, as_memory_format, layout_object};
pub use size::{is_size, size};

use pyo3::prelude::*;

/// Adds the classes and their instances to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    dtype::add(module)?;
    named::add(module)?;
    device::add(module)?;
    generator::add(module)?;
    info::add(module)
}

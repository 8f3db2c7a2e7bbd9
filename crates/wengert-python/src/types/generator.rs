//! `torch.Generator`.

use super::device::{self, Device};
use crate::error::OrRaise;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use std::cell::RefCell;
use wengert::Generator;
use wengert::random::{self, Fork, default_generator};

/// A stream of random numbers.
#[pyclass(name = "Generator", module = "torch._C", frozen, subclass, weakref)]
#[derive(Debug)]
pub struct PyGenerator(Generator);

/// The stream of a generator object.
pub fn as_generator(object: &Bound<PyAny>) -> Option<Generator> {
    object.cast::<PyGenerator>().ok().map(|g| g.get().0.clone())
}

/// A seed: an integer of 64 bits, with or without sign.
pub fn seed_of(seed: &Bound<PyAny>) -> PyResult<u64> {
    let number: i128 = seed.extract().map_err(|e: PyErr| {
        let py = seed.py();
        if e.is_instance_of::<pyo3::exceptions::PyOverflowError>(py) {
            return PyValueError::new_err("Overflow when unpacking long long");
        }
        let class = seed.get_type().name().map(|n| n.to_string()).unwrap_or_default();
        PyRuntimeError::new_err(format!("manual_seed expected a long, but got {class}"))
    })?;
    if !(i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&number) {
        return Err(PyValueError::new_err("Overflow when unpacking long long"));
    }
    Ok(number as u64)
}

#[pymethods]
impl PyGenerator {
    #[new]
    #[pyo3(signature = (device=None))]
    fn new(device: Option<&Bound<PyAny>>) -> PyResult<PyGenerator> {
        if let Some(given) = device
            && !given.is_none()
        {
            let device = device::as_device(given)?.ok_or_else(|| {
                let class = given.get_type().name().map(|n| n.to_string()).unwrap_or_default();
                PyTypeError::new_err(format!(
                    "Generator(): argument 'device' (position 1) must be torch.device, not {class}"
                ))
            })?;
            device.require_cpu()?;
        }
        Ok(PyGenerator(Generator::new(wengert_kernels::random::Generator::DEFAULT_SEED)))
    }
    /// Starts the stream anew from a seed, and returns the generator.
    fn manual_seed<'py>(slf: Bound<'py, Self>, seed: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        slf.get().0.manual_seed(seed_of(seed)?);
        Ok(slf)
    }
    /// Starts the stream anew from a seed of the system's entropy, and returns that.
    fn seed(&self) -> u64 {
        self.0.seed()
    }
    /// The seed it was last given.
    fn initial_seed(&self) -> u64 {
        self.0.initial_seed()
    }
    /// Where its numbers are made: the CPU.
    #[getter]
    fn device(&self) -> Device {
        Device::CPU
    }
    /// A generator with the same state and a stream of its own.
    fn clone_state(&self) -> PyResult<PyGenerator> {
        let clone = Generator::new(0);
        clone.set_state(&self.0.state()).or_raise()?;
        Ok(PyGenerator(clone))
    }
    /// The state as bytes, in PyTorch's layout.
    fn _state_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.state())
    }
    /// Goes back to a state that `_state_bytes` gave.
    fn _set_state_bytes(&self, state: &[u8]) -> PyResult<()> {
        self.0.set_state(state).or_raise()
    }
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let function = super::named::module(py)?.getattr("_generator_of")?;
        (function, (self._state_bytes(py),)).into_pyobject(py)
    }
}

/// A generator in that state: how one comes out of a pickle.
#[pyfunction]
#[pyo3(name = "_generator_of")]
fn generator_of(state: &[u8]) -> PyResult<PyGenerator> {
    let generator = Generator::new(0);
    generator.set_state(state).or_raise()?;
    Ok(PyGenerator(generator))
}

thread_local! {
    static FORKS: RefCell<Vec<Fork>> = const { RefCell::new(Vec::new()) };
}

/// Gives this thread a default generator of its own, until `_join_rng`.
#[pyfunction]
#[pyo3(name = "_fork_rng")]
fn fork_rng() {
    FORKS.with_borrow_mut(|forks| forks.push(random::fork()));
}

/// Ends the last `_fork_rng` of this thread.
#[pyfunction]
#[pyo3(name = "_join_rng")]
fn join_rng() {
    FORKS.with_borrow_mut(Vec::pop);
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_class::<PyGenerator>()?;
    module.add("default_generator", PyGenerator(default_generator()))?;
    module.add_function(wrap_pyfunction!(fork_rng, module)?)?;
    module.add_function(wrap_pyfunction!(join_rng, module)?)?;
    module.add_function(wrap_pyfunction!(generator_of, module)?)
}

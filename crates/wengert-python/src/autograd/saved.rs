//! Hooks for what the graph saves, and saved tensors as objects.

use super::{object, raised, tensor};
use crate::error::OrRaise;
use crate::tensor::wrap;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use std::cell::RefCell;
use wengert::Tensor;
use wengert::autograd::{DisabledSavedTensorsHooks, Node, SavedTensor, SavedTensorsGuard, SavedTensorsHooks};

enum Guard {
    Hooks(#[expect(dead_code, reason = "it acts when it is dropped")] SavedTensorsGuard),
    Disabled(#[expect(dead_code, reason = "it acts when it is dropped")] DisabledSavedTensorsHooks),
}

thread_local! {
    static GUARDS: RefCell<Vec<Guard>> = const { RefCell::new(Vec::new()) };
}

/// Two functions of Python's as a pair of hooks.
fn pair(pack: Py<PyAny>, unpack: Py<PyAny>) -> SavedTensorsHooks {
    let pack = move |t: &Tensor| Python::attach(|py| pack.call1(py, (wrap(py, t.clone())?,))).map_err(raised);
    let unpack = move |packed: &Py<PyAny>| {
        Python::attach(|py| {
            let made = unpack.bind(py).call1((packed.bind(py),))?;
            tensor(&made).map_err(|_| {
                let class = made.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
                PyTypeError::new_err(format!(
                    "Output of saved tensor unpack_hook expected to be a Tensor but got result of type {class}"
                ))
            })
        })
        .map_err(raised)
    };
    SavedTensorsHooks::new(pack, unpack)
}

/// What is saved from here on goes through these hooks, until [`_pop_saved_hooks`].
#[pyfunction]
fn _push_saved_hooks(pack: Py<PyAny>, unpack: Py<PyAny>) -> PyResult<()> {
    let guard = pair(pack, unpack).set().or_raise()?;
    GUARDS.with_borrow_mut(|g| g.push(Guard::Hooks(guard)));
    Ok(())
}

/// Such hooks are errors from here on, until [`_pop_saved_hooks`].
#[pyfunction]
fn _disable_saved_hooks(message: &str) -> PyResult<()> {
    let guard = DisabledSavedTensorsHooks::set(message).or_raise()?;
    GUARDS.with_borrow_mut(|g| g.push(Guard::Disabled(guard)));
    Ok(())
}

/// Ends the last of these.
#[pyfunction]
fn _pop_saved_hooks() {
    let last = GUARDS.with_borrow_mut(Vec::pop);
    drop(last);
}

/// A tensor that a node saved.
#[pyclass(name = "SavedTensor", module = "torch._C._autograd", frozen)]
#[derive(Debug)]
pub struct PySavedTensor(Option<SavedTensor>);

impl PySavedTensor {
    /// What a node saved by that name. After it was freed the names are gone, and any name is one of what was there.
    pub fn find(node: &Node, name: &str) -> Option<PySavedTensor> {
        let found = node.saved_tensors().into_iter().find(|s| s.name() == name);
        match found {
            Some(saved) => Some(PySavedTensor(Some(saved))),
            None => node.saved_value(name).is_err().then_some(PySavedTensor(None)),
        }
    }

    fn saved(&self) -> PyResult<&SavedTensor> {
        self.0.as_ref().ok_or_else(|| {
            PyRuntimeError::new_err(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you \
                 call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or \
                 if you need to access saved variables after calling backward.",
            )
        })
    }
}

#[pymethods]
impl PySavedTensor {
    /// Packs it now, and lets backward unpack it.
    fn register_hooks(&self, pack_hook: Py<PyAny>, unpack_hook: Py<PyAny>) -> PyResult<()> {
        self.saved()?.register_hooks(&pair(pack_hook, unpack_hook)).or_raise()
    }
    /// The tensor itself.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let t = self.saved()?.get().or_raise()?;
        object(py, Some(&t))
    }
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add("_SavedTensor", module.py().get_type::<PySavedTensor>())?;
    module.add_function(wrap_pyfunction!(_push_saved_hooks, module)?)?;
    module.add_function(wrap_pyfunction!(_disable_saved_hooks, module)?)?;
    module.add_function(wrap_pyfunction!(_pop_saved_hooks, module)?)
}

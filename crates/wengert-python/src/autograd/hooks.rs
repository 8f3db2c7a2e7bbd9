//! Hooks: functions of Python's that backward calls.

use super::node::PyNode;
use super::{object, optional, raised, tensor, tensors, tuple};
use crate::error::OrRaise;
use crate::place;
use crate::tensor::{as_tensor, wrap};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use std::cell::UnsafeCell;
use std::sync::{Arc, Weak};
use wengert::Tensor;
use wengert::autograd::{self, HookHandle, MultiGradMode};

/// Removes hooks.
#[pyclass(name = "_HookHandle", frozen)]
#[derive(Debug)]
pub struct Handle(HookHandle);

#[pymethods]
impl Handle {
    /// The hook does not run from now on.
    fn remove(&self) {
        self.0.remove();
    }
}

/// A hook as the library owns it. It is read and taken under the interpreter's lock alone.
pub struct Hook(UnsafeCell<Option<Py<PyAny>>>);

// SAFETY: see above; what it holds may move between threads.
unsafe impl Send for Hook {}
// SAFETY: as above.
unsafe impl Sync for Hook {}

impl Hook {
    /// The hook of a tensor, which is told of it: see Note [cycles through the library].
    fn of(tensor: &Bound<PyAny>, hook: Py<PyAny>) -> Arc<Hook> {
        let made = Arc::new(Hook(UnsafeCell::new(Some(hook))));
        if let Some(inside) = as_tensor(tensor) {
            inside.remember(tensor.py(), &made);
        }
        made
    }
    /// The function, until a collection of cycles has taken it.
    fn function<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        // SAFETY: the lock is held.
        unsafe { &*self.0.get() }.as_ref().map(|f| f.bind(py).clone())
    }
    /// Shows the function to a collection of cycles, if the library alone has the hook.
    pub fn visit(hook: &Weak<Hook>, visit: &PyVisit) -> Result<(), PyTraverseError> {
        match hook.upgrade() {
            // This handle is the other one.
            // SAFETY: collections run under the interpreter's lock.
            Some(hook) if Arc::strong_count(&hook) == 2 => visit.call(unsafe { &*hook.0.get() }),
            _ => Ok(()),
        }
    }
    /// Drops the function.
    pub fn clear(&self) {
        // SAFETY: the lock is held. It is dropped when its place is empty.
        drop(unsafe { (*self.0.get()).take() });
    }
}

/// What messages call a hook.
fn hook_name(hook: &Bound<PyAny>) -> String {
    let name = hook.getattr("__name__").or_else(|_| hook.get_type().getattr("__name__"));
    name.and_then(|n| n.extract::<String>()).unwrap_or_else(|_| "hook".to_string())
}

/// May a hook give this for that gradient?
fn fits(hook: &Bound<PyAny>, old: Option<&Tensor>, new: Option<&Tensor>) -> PyResult<()> {
    let Some(new) = new else { return Ok(()) };
    let Some(old) = old else {
        return Err(PyRuntimeError::new_err("can't replace a None gradient with a non-None value"));
    };
    let name = hook_name(hook);
    if new.dtype() != old.dtype() {
        return Err(PyRuntimeError::new_err(format!(
            "hook '{name}' has changed the type of value (was torch.{}Tensor got torch.{}Tensor)",
            old.dtype().scalar_name(),
            new.dtype().scalar_name()
        )));
    }
    if new.shape() != old.shape() {
        return Err(PyRuntimeError::new_err(format!("hook '{name}' has changed the size of value")));
    }
    Ok(())
}

fn not_a_tensor(given: &Bound<PyAny>) -> PyErr {
    let class = given.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
    PyTypeError::new_err(format!("expected Variable, but hook returned '{class}'"))
}

/// The hook of a tensor: it gets the gradient and may give another one.
#[pyfunction]
fn _register_hook(py: Python, of: &Bound<PyAny>, hook: Py<PyAny>) -> PyResult<Handle> {
    let hook = Hook::of(of, hook);
    let of = tensor(of)?;
    let _place = place::here(py);
    let call = move |g: &Tensor| {
        Python::attach(|py| {
            let Some(hook) = &hook.function(py) else { return Ok(None) };
            let given = hook.call1((wrap(py, g.clone())?,))?;
            if given.is_none() {
                return Ok(None);
            }
            let new = tensor(&given).map_err(|_| not_a_tensor(&given))?;
            fits(hook, Some(g), Some(&new))?;
            Ok(Some(new))
        })
        .map_err(raised)
    };
    of.try_register_hook(call).or_raise().map(Handle)
}

/// The hook of a leaf after its gradient was added to.
#[pyfunction]
fn _register_post_accumulate_grad_hook(py: Python, of: &Bound<PyAny>, hook: Py<PyAny>) -> PyResult<Handle> {
    let hook = Hook::of(of, hook);
    let of = tensor(of)?;
    let _place = place::here(py);
    let call = move |leaf: &Tensor| {
        Python::attach(|py| {
            let Some(hook) = hook.function(py) else { return Ok(()) };
            let given = hook.call1((wrap(py, leaf.clone())?,))?;
            match given.is_none() {
                true => Ok(()),
                false => Err(PyTypeError::new_err(format!(
                    "expected Variable, but hook returned '{}'",
                    given.get_type().name()?
                ))),
            }
        })
        .map_err(raised)
    };
    of.try_register_post_accumulate_grad_hook(call).or_raise().map(Handle)
}

/// One hook for many tensors: it gets a tuple of gradients (`all`), or the first one.
#[pyfunction]
fn _register_multi_grad_hook(py: Python, of: &Bound<PyAny>, hook: Py<PyAny>, all: bool) -> PyResult<Handle> {
    let of = tensors(of)?;
    let of: Vec<&Tensor> = of.iter().collect();
    let _place = place::here(py);
    let mode = if all { MultiGradMode::All } else { MultiGradMode::Any };
    let call = move |gs: &[Option<Tensor>]| {
        Python::attach(|py| {
            match all {
                true => hook.bind(py).call1((tuple(py, gs)?,))?,
                false => hook.bind(py).call1((object(py, gs.iter().flatten().next())?,))?,
            };
            Ok(())
        })
        .map_err(raised)
    };
    autograd::register_multi_grad_hook(&of, mode, call).or_raise().map(Handle)
}

/// What a hook of a node gave for `old`: a tuple, or one gradient where there is one.
fn replaced(
    hook: &Bound<PyAny>,
    given: &Bound<PyAny>,
    old: &[Option<Tensor>],
) -> PyResult<Option<Vec<Option<Tensor>>>> {
    if given.is_none() {
        return Ok(None);
    }
    let given: Vec<Bound<PyAny>> = match given.cast::<PyTuple>() {
        Ok(t) => t.iter().collect(),
        Err(_) => vec![given.clone()],
    };
    if given.len() != old.len() {
        return Err(PyRuntimeError::new_err(format!(
            "hook '{}' has returned an incorrect number of values (got {}, but expected {})",
            hook_name(hook),
            given.len(),
            old.len()
        )));
    }
    let new = given.iter().map(|g| optional(g).map_err(|_| not_a_tensor(g))).collect::<PyResult<Vec<_>>>()?;
    old.iter().zip(&new).try_for_each(|(old, new)| fits(hook, old.as_ref(), new.as_ref()))?;
    Ok(Some(new))
}

impl PyNode {
    pub(super) fn add_hook(&self, py: Python, hook: Py<PyAny>) -> Handle {
        let _place = place::here(py);
        let listed = self.node().listed();
        Handle(self.node().try_register_hook(move |inputs, outputs| {
            Python::attach(|py| {
                let hook = hook.bind(py);
                let shown: Vec<Option<Tensor>> = listed.iter().map(|&i| inputs[i].clone()).collect();
                let given = hook.call1((tuple(py, &shown)?, tuple(py, outputs)?))?;
                let Some(new) = replaced(hook, &given, &shown)? else { return Ok(None) };
                let mut all = inputs.to_vec();
                for (&i, new) in listed.iter().zip(new) {
                    all[i] = new;
                }
                Ok(Some(all))
            })
            .map_err(raised)
        }))
    }

    pub(super) fn add_prehook(&self, py: Python, hook: Py<PyAny>) -> Handle {
        let _place = place::here(py);
        Handle(self.node().try_register_prehook(move |outputs| {
            Python::attach(|py| {
                let hook = hook.bind(py);
                let given = hook.call1((tuple(py, outputs)?,))?;
                replaced(hook, &given, outputs)
            })
            .map_err(raised)
        }))
    }
}

/// Counts a write that autograd does not see.
#[pyfunction]
fn _increment_version(of: &Bound<PyAny>) -> PyResult<()> {
    if of.cast::<PyString>().is_ok() {
        return Err(PyTypeError::new_err("increment_version expects tensors"));
    }
    tensor(of)?.increment_version();
    Ok(())
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_class::<Handle>()?;
    module.add_function(wrap_pyfunction!(_register_hook, module)?)?;
    module.add_function(wrap_pyfunction!(_register_post_accumulate_grad_hook, module)?)?;
    module.add_function(wrap_pyfunction!(_register_multi_grad_hook, module)?)?;
    module.add_function(wrap_pyfunction!(_increment_version, module)?)
}

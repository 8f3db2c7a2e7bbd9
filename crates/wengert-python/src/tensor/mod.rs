//! The class of tensors.
//!
//! One tensor is one object: the library keeps a place for it (`Tensor::foreign`), which is set while the object lives. So `x.grad is x.grad`, and a hook gets the
//! `Parameter` itself.

mod attributes;
mod index;
mod numbers;
mod object;
mod operators;
mod reshape;

pub use index::{getitem, setitem};

use crate::autograd::function;
use crate::autograd::hooks::Hook;
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use pyo3::{PyTraverseError, PyVisit};
use std::cell::UnsafeCell;
use std::ptr::null_mut;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicPtr, AtomicUsize};
use std::sync::{Arc, Weak};
use wengert::Tensor;

/// A tensor of Python's. All access is under the interpreter's lock.
#[pyclass(name = "Tensor", module = "torch", subclass, weakref, frozen)]
pub struct PyTensor {
    /// Replaced where PyTorch gives a tensor another shape or memory (`set_data`, `resize_`, `t_`).
    tensor: UnsafeCell<Tensor>,
    /// The object that this is the inside of.
    this: AtomicPtr<ffi::PyObject>,
    /// The object of the gradient: it lives as long as nobody replaces the gradient, with all that was attached to it.
    grad: UnsafeCell<Option<Py<PyAny>>>,
    /// What users attached to it: the slot of Python's `__dict__`, made when it is needed.
    attached: UnsafeCell<Option<Py<PyDict>>>,
    /// The hooks that were registered through this object. The library owns them; collections of cycles must know them.
    hooks: UnsafeCell<Vec<Weak<Hook>>>,
}

// SAFETY: the cells are read and written under the interpreter's lock alone, and what they hold may move between threads.
unsafe impl Send for PyTensor {}
// SAFETY: as above.
unsafe impl Sync for PyTensor {}

impl PyTensor {
    /// The inside of an object that is being made.
    pub fn new(tensor: Tensor) -> PyTensor {
        PyTensor {
            tensor: UnsafeCell::new(tensor),
            this: AtomicPtr::new(null_mut()),
            grad: UnsafeCell::new(None),
            attached: UnsafeCell::new(None),
            hooks: UnsafeCell::new(Vec::new()),
        }
    }

    /// The tensor. Not to be held while other Python code may run.
    #[inline]
    pub fn tensor(&self) -> &Tensor {
        // SAFETY: replaced only in `replace`, under the interpreter's lock, which the caller holds.
        unsafe { &*self.tensor.get() }
    }

    /// Makes this object stand for another tensor.
    pub fn replace(&self, _py: Python, tensor: Tensor) {
        self.leave();
        tensor.foreign().store(self.this.load(Relaxed).cast(), Relaxed);
        // SAFETY: the lock is held, and the old tensor is dropped after the new one is in place.
        let old = unsafe { std::mem::replace(&mut *self.tensor.get(), tensor) };
        drop(old);
    }

    /// Takes the object's address out of the tensor.
    fn leave(&self) {
        let place = self.tensor().foreign();
        // Two steps suffice under the lock, and cost less than one exchange.
        if place.load(Relaxed) == self.this.load(Relaxed).cast() {
            place.store(null_mut(), Relaxed);
        }
    }

    /// Says which object it is the inside of.
    fn settle(&self, this: *mut ffi::PyObject) {
        self.this.store(this, Relaxed);
        self.tensor().foreign().store(this.cast(), Relaxed);
    }

    /// Remembers a hook that was registered through this object.
    pub fn remember(&self, _py: Python, hook: &Arc<Hook>) {
        // SAFETY: the lock is held, and no code of others runs.
        let hooks = unsafe { &mut *self.hooks.get() };
        if hooks.len() == hooks.capacity() {
            hooks.retain(|h| h.strong_count() > 0);
        }
        hooks.push(Arc::downgrade(hook));
    }

    /// The slot of the gradient's object.
    #[expect(clippy::mut_from_ref, reason = "a cell under the interpreter's lock")]
    fn grad_slot(&self, _py: Python) -> &mut Option<Py<PyAny>> {
        // SAFETY: the lock is held; callers keep the reference for one statement.
        unsafe { &mut *self.grad.get() }
    }
}

#[pymethods]
impl PyTensor {
    /// What was attached to it.
    #[getter(__dict__)]
    fn attributes<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        // SAFETY: the lock is held, and making a dictionary runs no code of others.
        let attached = unsafe { &mut *self.attached.get() };
        attached.get_or_insert_with(|| PyDict::new(py).unbind()).bind(py).clone()
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // SAFETY: collections run under the interpreter's lock.
        let (attached, grad, hooks) = unsafe { (&*self.attached.get(), &*self.grad.get(), &*self.hooks.get()) };
        visit.call(attached)?;
        visit.call(grad)?;
        // Note [cycles through the library]: what the tensor owns is visited if the tensor is this object's alone. Then nobody else can come by those
        // references. If others have it, they go uncounted, and what they lead to is taken for reachable.
        let tensor = self.tensor();
        if !hooks.is_empty() && tensor.owns_hooks() {
            hooks.iter().try_for_each(|hook| Hook::visit(hook, &visit))?;
        }
        match tensor.owned_function_value() {
            Some(value) => function::visit(value, &visit),
            None => Ok(()),
        }
    }
    fn __clear__(&self) {
        // SAFETY: the lock is held. What goes is dropped when its slot is empty.
        let (attached, grad, hooks) = unsafe {
            ((*self.attached.get()).take(), (*self.grad.get()).take(), std::mem::take(&mut *self.hooks.get()))
        };
        drop((attached, grad));
        // A function's `ctx` is cleared for itself.
        if self.tensor().owns_hooks() {
            hooks.iter().filter_map(Weak::upgrade).for_each(|hook| hook.clear());
        }
    }
}

impl Drop for PyTensor {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The class, once it was made: for quick checks.
static CLASS: AtomicUsize = AtomicUsize::new(0);
/// `Parameter`, whose objects are treated as tensors.
static PARAMETER: AtomicUsize = AtomicUsize::new(0);

/// The object of a tensor: the one that it has, or a new one.
#[inline]
pub fn wrap(py: Python, tensor: Tensor) -> PyResult<Bound<PyAny>> {
    let known = tensor.foreign().load(Relaxed).cast::<ffi::PyObject>();
    // SAFETY: the address is that of a living object, or of one that is just being freed: then its count is 0.
    if !known.is_null() && unsafe { ffi::Py_REFCNT(known) } > 0 {
        return Ok(unsafe { Bound::from_borrowed_ptr(py, known) });
    }
    // SAFETY: the class lives forever.
    unsafe { object::allocate(py, class(), PyTensor::new(tensor)) }
}

/// A new object of a subclass (or the class itself) for a tensor.
pub fn wrap_as<'py>(class: &Bound<'py, PyType>, tensor: Tensor) -> PyResult<Bound<'py, PyAny>> {
    if !class.is_subclass_of::<PyTensor>()? {
        return Err(PyTypeError::new_err(format!("{} is not a subclass of Tensor", class.name()?)));
    }
    // SAFETY: a class derived from ours.
    unsafe { object::allocate(class.py(), class.as_type_ptr(), PyTensor::new(tensor)) }
}

/// The inside of an object, if it is a tensor.
#[inline]
pub fn as_tensor<'a>(object: &'a Bound<PyAny>) -> Option<&'a PyTensor> {
    // SAFETY: objects of our class, or of one derived from it, are laid out as ours.
    unsafe {
        let class = class();
        let of = ffi::Py_TYPE(object.as_ptr());
        let ours = of == class || ffi::PyType_IsSubtype(of, class) != 0;
        ours.then(|| object.cast_unchecked::<PyTensor>().get())
    }
}

/// Is it a tensor or a `Parameter`, and of no other derived class?
#[inline]
pub fn is_exact(object: &Bound<PyAny>) -> bool {
    // SAFETY: reading the type of a living object.
    let class = unsafe { ffi::Py_TYPE(object.as_ptr()) } as usize;
    class == CLASS.load(Relaxed) || class == PARAMETER.load(Relaxed)
}

/// The class as Python's C functions know it.
#[inline]
fn class() -> *mut ffi::PyTypeObject {
    CLASS.load(Relaxed) as *mut ffi::PyTypeObject
}

/// Says which class is `Parameter`. It lives forever.
#[pyfunction]
fn _set_parameter_class(class: &Bound<PyType>) {
    PARAMETER.store(class.clone().into_ptr() as usize, Relaxed);
}

/// Adds the class to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    let class = module.py().get_type::<PyTensor>();
    CLASS.store(class.as_type_ptr() as usize, Relaxed);
    object::complete(&class)?;
    module.add_function(wrap_pyfunction!(_set_parameter_class, module)?)?;
    module.add("Tensor", &class)?;
    module.add("TensorBase", class)
}

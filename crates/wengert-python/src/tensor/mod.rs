//! The class of tensors.
//!
//! One tensor is one object: the library keeps a place for it (`Tensor::foreign`), which is set while the object lives. So `x.grad is x.grad`, and a hook gets the
//! `Parameter` itself.

mod attributes;
mod index;
mod numbers;
mod operators;
mod reshape;

pub use index::{getitem, setitem};

use pyo3::exceptions::PyAttributeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::cell::{Cell, UnsafeCell};
use std::ptr::null_mut;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicPtr, AtomicUsize};
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
    /// What users attached to it. Objects of derived classes have a `__dict__` of Python's; a tensor's own is made when it is needed, since Python 3.11 and 3.12 would make it at once.
    attached: UnsafeCell<Option<Py<PyDict>>>,
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
        let this = self.this.load(Relaxed);
        let _ = self.tensor().foreign().compare_exchange(this.cast(), null_mut(), Relaxed, Relaxed);
    }

    /// Says which object it is the inside of.
    fn settle(&self, this: *mut ffi::PyObject) {
        self.this.store(this, Relaxed);
        self.tensor().foreign().store(this.cast(), Relaxed);
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
    fn __getattr__<'py>(this: &Bound<'py, Self>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = this.get().attached(this.py()).map(|d| d.get_item(name)).transpose()?.flatten() {
            return Ok(value);
        }
        let class = this.get_type().name()?;
        Err(PyAttributeError::new_err(format!("'{class}' object has no attribute '{name}'")))
    }
    fn __setattr__(this: &Bound<Self>, name: &Bound<PyString>, value: &Bound<PyAny>) -> PyResult<()> {
        // SAFETY: living objects, and the error is asked for.
        if unsafe { ffi::PyObject_GenericSetAttr(this.as_ptr(), name.as_ptr(), value.as_ptr()) } == 0 {
            return Ok(());
        }
        let error = PyErr::fetch(this.py());
        if !this.get().keeps_attributes(this, name, &error)? {
            return Err(error);
        }
        this.get().attributes(this.py()).set_item(name, value)
    }
    fn __delattr__(this: &Bound<Self>, name: &Bound<PyString>) -> PyResult<()> {
        // SAFETY: living objects, and the error is asked for.
        if unsafe { ffi::PyObject_GenericSetAttr(this.as_ptr(), name.as_ptr(), null_mut()) } == 0 {
            return Ok(());
        }
        let error = PyErr::fetch(this.py());
        if !this.get().keeps_attributes(this, name, &error)? {
            return Err(error);
        }
        this.get().attributes(this.py()).del_item(name).map_err(|_| error)
    }
}

impl PyTensor {
    fn attached<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        // SAFETY: the lock is held.
        unsafe { &*self.attached.get() }.as_ref().map(|d| d.bind(py).clone())
    }
    /// Is a failed assignment one of an attribute that the class does not know, to an object without Python's `__dict__`?
    fn keeps_attributes(&self, this: &Bound<Self>, name: &Bound<PyString>, error: &PyErr) -> PyResult<bool> {
        let class = this.get_type();
        Ok(class.is(this.py().get_type::<PyTensor>())
            && error.is_instance_of::<PyAttributeError>(this.py())
            && class.getattr_opt(name)?.is_none())
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
    let made = Bound::new(py, PyTensor::new(tensor))?;
    made.get().settle(made.as_ptr());
    Ok(made.into_any())
}

thread_local! {
    /// What the next constructor is to hold.
    static ORDERED: Cell<Option<Tensor>> = const { Cell::new(None) };
}

impl PyTensor {
    /// What [`wrap_as`] asked the constructor to hold.
    pub fn ordered() -> Option<PyTensor> {
        ORDERED.take().map(PyTensor::new)
    }
}

/// A new object of a subclass (or the class itself) for a tensor.
pub fn wrap_as<'py>(class: &Bound<'py, pyo3::types::PyType>, tensor: Tensor) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    ORDERED.set(Some(tensor));
    let base = py.get_type::<PyTensor>();
    let made = base.call_method1("__new__", (class,));
    ORDERED.set(None);
    made
}

/// The inside of an object, if it is a tensor.
#[inline]
pub fn as_tensor<'a>(object: &'a Bound<PyAny>) -> Option<&'a PyTensor> {
    // SAFETY: objects of our class, or of one derived from it, are laid out as ours.
    unsafe {
        let class = CLASS.load(Relaxed) as *mut ffi::PyTypeObject;
        let of = ffi::Py_TYPE(object.as_ptr());
        if of == class || ffi::PyType_IsSubtype(of, class) != 0 {
            let inside = object.cast_unchecked::<PyTensor>().get();
            if inside.this.load(Relaxed).is_null() {
                inside.settle(object.as_ptr());
            }
            return Some(inside);
        }
    }
    None
}

/// Is it a tensor or a `Parameter`, and of no other derived class?
#[inline]
pub fn is_exact(object: &Bound<PyAny>) -> bool {
    // SAFETY: reading the type of a living object.
    let class = unsafe { ffi::Py_TYPE(object.as_ptr()) } as usize;
    class == CLASS.load(Relaxed) || class == PARAMETER.load(Relaxed)
}

/// Says which class is `Parameter`. It lives forever.
#[pyfunction]
fn _set_parameter_class(class: &Bound<pyo3::types::PyType>) {
    PARAMETER.store(class.clone().into_ptr() as usize, Relaxed);
}

/// Adds the class to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    let class = module.py().get_type::<PyTensor>();
    CLASS.store(class.as_type_ptr() as usize, Relaxed);
    // SAFETY: a name that lives forever. Python's messages show it, without the module.
    unsafe { (*class.as_type_ptr()).tp_name = c"Tensor".as_ptr() };
    module.add_function(wrap_pyfunction!(_set_parameter_class, module)?)?;
    module.add("Tensor", &class)?;
    module.add("TensorBase", class)
}

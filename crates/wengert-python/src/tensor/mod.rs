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

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use pyo3::{Borrowed, PyTraverseError, PyVisit};
use std::cell::UnsafeCell;
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
    /// What users attached to it: the slot of Python's `__dict__`, made when it is needed.
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
        visit.call(unsafe { &*self.attached.get() })
    }
    fn __clear__(&self) {
        // SAFETY: the lock is held. The dictionary is dropped when the slot is empty.
        drop(unsafe { (*self.attached.get()).take() });
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
    unsafe { allocate(py, CLASS.load(Relaxed) as *mut ffi::PyTypeObject, PyTensor::new(tensor)) }
}

/// A new object of a subclass (or the class itself) for a tensor.
pub fn wrap_as<'py>(class: &Bound<'py, PyType>, tensor: Tensor) -> PyResult<Bound<'py, PyAny>> {
    if !class.is_subclass_of::<PyTensor>()? {
        return Err(PyTypeError::new_err(format!("{} is not a subclass of Tensor", class.name()?)));
    }
    // SAFETY: a class derived from ours.
    unsafe { allocate(class.py(), class.as_type_ptr(), PyTensor::new(tensor)) }
}

/// A new object with this inside. All are made here, without the steps of `object.__new__`, which would make a dictionary for each (Python 3.11).
///
/// # Safety
/// `class` is ours or one derived from it.
#[inline]
unsafe fn allocate(py: Python, class: *mut ffi::PyTypeObject, inside: PyTensor) -> PyResult<Bound<PyAny>> {
    // SAFETY: memory for an object of this class, zeros behind its header. That is what PyO3 writes there, but for the contents, as `complete` asserts: so
    // writing these completes the object.
    unsafe {
        let alloc = (*class).tp_alloc.unwrap_or(ffi::PyType_GenericAlloc);
        let made = Bound::from_owned_ptr_or_err(py, alloc(class, 0))?;
        let place = std::ptr::from_ref(made.cast_unchecked::<PyTensor>().get()).cast_mut();
        place.write(inside);
        (*place).settle(made.as_ptr());
        Ok(made)
    }
}

/// `this[index]`: Python's slot without PyO3's steps, for the most frequent of all calls.
unsafe extern "C" fn subscript(this: *mut ffi::PyObject, index: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: Python calls with the lock held, a tensor and an object, which live as long as the call.
    unsafe {
        let py = Python::assume_attached();
        let (this, index) = (Borrowed::from_ptr(py, this), Borrowed::from_ptr(py, index));
        crate::dispatch::guarded(py, || getitem(&this.cast_unchecked(), &index))
    }
}

/// `Tensor.__new__`.
unsafe extern "C" fn construct(
    class: *mut ffi::PyTypeObject,
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: Python calls with the lock held, a tuple, and a dictionary or null.
    unsafe {
        let py = Python::assume_attached();
        crate::dispatch::guarded(py, || {
            let args = Bound::from_borrowed_ptr(py, args).cast_into_unchecked::<PyTuple>();
            let kwargs = Bound::from_borrowed_ptr_or_opt(py, kwargs).map(|k| k.cast_into_unchecked::<PyDict>());
            allocate(py, class, PyTensor::__new__(&args, kwargs.as_ref())?)
        })
    }
}

/// The inside of an object, if it is a tensor.
#[inline]
pub fn as_tensor<'a>(object: &'a Bound<PyAny>) -> Option<&'a PyTensor> {
    // SAFETY: objects of our class, or of one derived from it, are laid out as ours.
    unsafe {
        let class = CLASS.load(Relaxed) as *mut ffi::PyTypeObject;
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

/// Says which class is `Parameter`. It lives forever.
#[pyfunction]
fn _set_parameter_class(class: &Bound<PyType>) {
    PARAMETER.store(class.clone().into_ptr() as usize, Relaxed);
}

/// What PyO3 has no word for: the constructor, the name, and the slot of the attributes, which makes them Python's own business.
fn complete(class: &Bound<PyType>) -> PyResult<()> {
    let probe = Bound::new(class.py(), PyTensor::new(Tensor::zeros(&[0])))?;
    let start = probe.as_ptr().addr();
    let (inside, attached) = ((&raw const *probe.get()).addr() - start, probe.get().attached.get().addr() - start);
    // SAFETY: nobody else knows the class yet, and the name lives forever. Bytes of a living object, within its size.
    unsafe {
        let class = class.as_type_ptr();
        (*class).tp_name = c"Tensor".as_ptr();
        (*class).tp_new = Some(construct);
        (*(*class).tp_as_mapping).mp_subscript = Some(subscript);
        operators::put_in_place(class);
        (*class).tp_dictoffset = attached as ffi::Py_ssize_t;
        ffi::PyType_Modified(class);
        let size = (*class).tp_basicsize as usize;
        let mut rest = (size_of::<ffi::PyObject>()..inside).chain(inside + size_of::<PyTensor>()..size);
        let zero = rest.all(|i| *probe.as_ptr().cast::<u8>().add(i) == 0);
        assert!(zero, "objects are laid out otherwise");
    }
    Ok(())
}

/// Adds the class to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    let class = module.py().get_type::<PyTensor>();
    CLASS.store(class.as_type_ptr() as usize, Relaxed);
    complete(&class)?;
    module.add_function(wrap_pyfunction!(_set_parameter_class, module)?)?;
    module.add("Tensor", &class)?;
    module.add("TensorBase", class)
}

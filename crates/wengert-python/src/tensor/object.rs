//! How objects of tensors are made and freed: the slots of the class that PyO3 has no word for.

use super::{PyTensor, getitem, operators};
use crate::dispatch::guarded;
use pyo3::Borrowed;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use std::cell::UnsafeCell;
use std::os::raw::c_void;
use std::ptr::null_mut;
use wengert::Tensor;

/// A new object with this inside. All are made here, without the steps of `object.__new__`, which would make a dictionary for each (Python 3.11).
///
/// # Safety
/// `class` is ours or one derived from it, and the interpreter's lock is held.
#[inline]
pub unsafe fn allocate(py: Python, class: *mut ffi::PyTypeObject, inside: PyTensor) -> PyResult<Bound<PyAny>> {
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

/// Memory of freed objects of the class itself, which the next ones take, as Python does for its own small objects.
struct Freed(UnsafeCell<([*mut ffi::PyObject; Freed::MOST], usize)>);

// SAFETY: read and written under the interpreter's lock alone.
unsafe impl Sync for Freed {}

impl Freed {
    const MOST: usize = 64;
}

static FREED: Freed = Freed(UnsafeCell::new(([null_mut(); Freed::MOST], 0)));

/// `tp_alloc` of the class itself; derived ones have `PyType_GenericAlloc`.
unsafe extern "C" fn alloc(class: *mut ffi::PyTypeObject, items: ffi::Py_ssize_t) -> *mut ffi::PyObject {
    // SAFETY: the lock is held. What was freed was an object of the class itself, its header and size are as for a new one.
    unsafe {
        let (list, count) = &mut *FREED.0.get();
        if *count == 0 || class != super::class() || cfg!(Py_GIL_DISABLED) {
            return ffi::PyType_GenericAlloc(class, items);
        }
        *count -= 1;
        let object = list[*count];
        let header = size_of::<ffi::PyObject>();
        object.cast::<u8>().add(header).write_bytes(0, (*class).tp_basicsize as usize - header);
        ffi::PyObject_Init(object, class);
        ffi::PyObject_GC_Track(object.cast());
        object
    }
}

/// `tp_free` of the class itself: objects of derived classes are Python's to free.
unsafe extern "C" fn free(object: *mut c_void) {
    // SAFETY: an object of the class without contents that the collector does not track any more; the lock is held.
    unsafe {
        let (list, count) = &mut *FREED.0.get();
        let keep = *count < Freed::MOST && ffi::Py_TYPE(object.cast()) == super::class() && !cfg!(Py_GIL_DISABLED);
        if !keep {
            return ffi::PyObject_GC_Del(object);
        }
        ffi::PyObject_GC_UnTrack(object);
        list[*count] = object.cast();
        *count += 1;
    }
}

/// `this[index]`: Python's slot without PyO3's steps, for the most frequent of all calls.
unsafe extern "C" fn subscript(this: *mut ffi::PyObject, index: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: Python calls with the lock held, a tensor and an object, which live as long as the call.
    unsafe {
        let py = Python::assume_attached();
        let (this, index) = (Borrowed::from_ptr(py, this), Borrowed::from_ptr(py, index));
        guarded(py, || getitem(&this.cast_unchecked(), &index))
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
        guarded(py, || {
            let args = Bound::from_borrowed_ptr(py, args).cast_into_unchecked::<PyTuple>();
            let kwargs = Bound::from_borrowed_ptr_or_opt(py, kwargs).map(|k| k.cast_into_unchecked::<PyDict>());
            allocate(py, class, PyTensor::__new__(&args, kwargs.as_ref())?)
        })
    }
}

/// Gives the class its slots. That of the attributes makes them Python's own business.
pub fn complete(class: &Bound<PyType>) -> PyResult<()> {
    let probe = Bound::new(class.py(), PyTensor::new(Tensor::zeros(&[0])))?;
    let start = probe.as_ptr().addr();
    let (inside, attached) = ((&raw const *probe.get()).addr() - start, probe.get().attached.get().addr() - start);
    // SAFETY: nobody else knows the class yet, and the name lives forever. Bytes of a living object, within its size.
    unsafe {
        let class = class.as_type_ptr();
        let size = (*class).tp_basicsize as usize;
        let mut rest = (size_of::<ffi::PyObject>()..inside).chain(inside + size_of::<PyTensor>()..size);
        let zero = rest.all(|i| *probe.as_ptr().cast::<u8>().add(i) == 0);
        assert!(zero, "objects are laid out otherwise");
        // Python's messages show it, without the module.
        (*class).tp_name = c"Tensor".as_ptr();
        (*class).tp_new = Some(construct);
        (*class).tp_alloc = Some(alloc);
        (*class).tp_free = Some(free);
        (*(*class).tp_as_mapping).mp_subscript = Some(subscript);
        operators::put_in_place(class);
        (*class).tp_dictoffset = attached as ffi::Py_ssize_t;
        ffi::PyType_Modified(class);
    }
    Ok(())
}

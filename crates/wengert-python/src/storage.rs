//! Storages as objects, and tensors over them: what checkpoints and copies are made of. The rest of `UntypedStorage` is Python
//! (`wengert/storage.py`).

use crate::error::OrRaise;
use crate::numpy::of_buffer;
use crate::tensor::{PyTensor, wrap};
use crate::types;
use pyo3::exceptions::{PyBufferError, PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::os::raw::c_int;
use std::ptr::null_mut;
use wengert::array::{Array, Exposed};
use wengert::{DType, Tensor};
use wengert_kernels::Layout;

/// The memory of tensors, as bytes.
#[pyclass(name = "UntypedStorage", module = "torch.storage", frozen, weakref)]
#[derive(Debug)]
pub struct PyStorage(Array);

impl PyStorage {
    fn of(array: &Array) -> PyResult<PyStorage> {
        // A number that is an operand has no memory, and tensors never are one.
        array
            .bytes()
            .map(PyStorage)
            .ok_or_else(|| PyRuntimeError::new_err("Cannot access data pointer of Tensor that doesn't have storage"))
    }
}

#[pymethods]
impl PyStorage {
    /// So many bytes of any value, or the bytes of a buffer or a sequence of numbers, copied.
    #[new]
    #[pyo3(signature = (data = None, *, device = None))]
    fn new(data: Option<&Bound<PyAny>>, device: Option<&Bound<PyAny>>) -> PyResult<PyStorage> {
        if let Some(device) = device.map(types::as_device).transpose()?.flatten() {
            device.require_cpu()?;
        }
        let Some(data) = data else { return Ok(PyStorage(Array::try_empty(&[0], DType::U8).or_raise()?)) };
        if let Ok(n) = data.extract::<usize>() {
            return Ok(PyStorage(Array::try_empty(&[n], DType::U8).or_raise()?));
        }
        // SAFETY: asking an object whether it has a buffer.
        if unsafe { ffi::PyObject_CheckBuffer(data.as_ptr()) } == 0 {
            let bytes: Vec<u8> = data.extract().map_err(|_| {
                PyTypeError::new_err("UntypedStorage(): expected a size, or a buffer or sequence of bytes")
            })?;
            return Ok(PyStorage(Array::from_slice(&bytes)));
        }
        Ok(PyStorage(of_buffer(data, false)?.copy_as(DType::U8)))
    }
    /// Size in bytes.
    fn nbytes(&self) -> usize {
        self.0.numel()
    }
    /// Address of the first byte.
    fn data_ptr(&self) -> usize {
        self.0.view().ptr.addr()
    }
    /// A number that is the same for all that share the memory.
    #[getter]
    fn _cdata(&self) -> usize {
        self.0.storage_address()
    }
    fn __eq__(&self, other: &Bound<PyAny>) -> bool {
        other.cast::<PyStorage>().is_ok_and(|o| o.get()._cdata() == self._cdata())
    }
    fn __hash__(&self) -> usize {
        self._cdata()
    }
    /// The bytes, to read and to write.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("no buffer to fill"));
        }
        let exposed = Box::new(slf.get().0.exposed());
        let n = slf.get().nbytes() as ffi::Py_ssize_t;
        // SAFETY: the interpreter gave a buffer to fill; the object in it keeps the memory alive.
        unsafe {
            if ffi::PyBuffer_FillInfo(view, slf.as_ptr(), exposed.ptr().cast(), n, 0, flags) < 0 {
                return Err(PyErr::fetch(slf.py()));
            }
            (*view).internal = Box::into_raw(exposed).cast();
        }
        Ok(())
    }
    unsafe fn __releasebuffer__(&self, view: *mut ffi::Py_buffer) {
        // SAFETY: what `__getbuffer__` put there, once.
        unsafe {
            let exposed = std::mem::replace(&mut (*view).internal, null_mut()).cast::<Exposed>();
            drop((!exposed.is_null()).then(|| Box::from_raw(exposed)));
        }
    }
}

#[pymethods]
impl PyTensor {
    /// The memory that it and its views share.
    fn untyped_storage(&self, py: Python) -> PyResult<PyStorage> {
        // Most of the class's methods are Python's, added when the module is imported.
        static METHODS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
        METHODS.get_or_try_init(py, || py.import("wengert.storage").map(Bound::unbind))?;
        PyStorage::of(self.tensor().array())
    }
}

/// The tensor of these sizes and strides, in elements, over a storage.
#[pyfunction]
fn _tensor_from_storage<'py>(
    storage: &Bound<'py, PyStorage>,
    dtype: &Bound<'py, PyAny>,
    offset: usize,
    size: Vec<usize>,
    stride: Vec<isize>,
) -> PyResult<Bound<'py, PyAny>> {
    let dtype = types::as_dtype(dtype).ok_or_else(|| PyTypeError::new_err("there are no tensors of this dtype"))?;
    if size.len() != stride.len() {
        return Err(PyRuntimeError::new_err(format!(
            "mismatch in length of strides and shape: {} sizes and {} strides",
            size.len(),
            stride.len()
        )));
    }
    let layout = Layout { shape: size.into(), strides: stride.into(), offset };
    wrap(storage.py(), Tensor::from_array(storage.get().0.reinterpreted(layout, dtype).or_raise()?))
}

/// A storage that shares the memory of a buffer.
#[pyfunction]
fn _storage_from_buffer(buffer: &Bound<PyAny>) -> PyResult<PyStorage> {
    of_buffer(buffer, true).map(PyStorage)
}

/// Adds the class and the functions to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_class::<PyStorage>()?;
    module.add_function(wrap_pyfunction!(_tensor_from_storage, module)?)?;
    module.add_function(wrap_pyfunction!(_storage_from_buffer, module)?)
}

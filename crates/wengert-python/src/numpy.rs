//! numpy's arrays and other buffers as tensors that share their memory, and the other way round.
//!
//! Both ways go through `__array_struct__`, a C structure that describes an array: numpy is neither linked nor imported before a
//! program uses it.

use crate::arguments::type_name;
use crate::error::{OrRaise, needs_memory};
use crate::tensor::{PyTensor, wrap};
use crate::types;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyUserWarning, PyValueError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyMemoryView};
use std::ffi::CStr;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr::{NonNull, null, null_mut};
use std::sync::atomic::{AtomicBool, Ordering};
use wengert::array::{Array, Exposed};
use wengert::{DType, Tensor, ops};
use wengert_kernels::Layout;

/// numpy's `PyArrayInterface`.
#[repr(C)]
struct Interface {
    two: c_int,
    nd: c_int,
    kind: c_char,
    itemsize: c_int,
    flags: c_int,
    shape: *mut isize,
    strides: *mut isize,
    data: *mut c_void,
    descr: *mut c_void,
}

const ALIGNED: c_int = 0x100;
const NATIVE: c_int = 0x200;
const WRITABLE: c_int = 0x400;

/// The letter and the size by which numpy knows a dtype; `None` if it does not.
fn kind(dtype: DType) -> Option<u8> {
    Some(match dtype {
        DType::Bool => b'b',
        DType::U8 => b'u',
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => b'i',
        DType::F16 | DType::F32 | DType::F64 => b'f',
        DType::C64 | DType::C128 => b'c',
        DType::BF16 => return None,
    })
}

fn dtype_of(kind: u8, itemsize: c_int) -> Option<DType> {
    DType::ALL.into_iter().find(|d| self::kind(*d) == Some(kind) && d.size() as c_int == itemsize)
}

// To numpy ----------------------------------------------------------------------------------------------------------------------------

/// A tensor's memory in the hands of numpy: what the array keeps alive.
#[pyclass(name = "_Memory", frozen)]
struct Memory {
    exposed: Exposed,
    dtype: DType,
}

/// The structure and what it points to, freed with its capsule.
#[repr(C)]
struct Described {
    interface: Interface,
    _dims: Box<[isize]>,
}

unsafe extern "C" fn free(capsule: *mut ffi::PyObject) {
    // SAFETY: called once by the interpreter, with a capsule made below.
    unsafe { drop(Box::from_raw(ffi::PyCapsule_GetPointer(capsule, null()).cast::<Described>())) }
}

#[pymethods]
impl Memory {
    #[getter]
    fn __array_struct__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let layout = self.exposed.array().layout();
        let size = self.dtype.size();
        let sizes = layout.shape.iter().map(|n| *n as isize);
        let mut dims: Box<[isize]> = sizes.chain(layout.strides.iter().map(|s| s * size as isize)).collect();
        let (shape, strides) = dims.split_at_mut(layout.ndim());
        let interface = Interface {
            two: 2,
            nd: layout.ndim() as c_int,
            kind: kind(self.dtype).expect("numpy knows it") as c_char,
            itemsize: size as c_int,
            flags: ALIGNED | NATIVE | WRITABLE,
            shape: shape.as_mut_ptr(),
            strides: strides.as_mut_ptr(),
            data: self.exposed.ptr().cast(),
            descr: null_mut(),
        };
        let described = Box::into_raw(Box::new(Described { interface, _dims: dims }));
        // SAFETY: the capsule owns the box from now on. Without a name, as numpy wants it.
        unsafe {
            let capsule = ffi::PyCapsule_New(described.cast(), null(), Some(free));
            Bound::from_owned_ptr_or_err(py, capsule)
        }
    }
}

fn numpy<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyModule>> {
    static NUMPY: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = NUMPY.get_or_try_init(py, || {
        py.import("numpy").map(Bound::unbind).map_err(|_| PyRuntimeError::new_err("Numpy is not available"))
    })?;
    Ok(module.bind(py))
}

fn asarray<'py>(py: Python<'py>, object: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static ASARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let asarray = ASARRAY.get_or_try_init(py, || numpy(py)?.getattr("asarray").map(Bound::unbind))?;
    asarray.bind(py).call1((object,))
}

/// An array over a tensor's memory.
fn to_numpy<'py>(py: Python<'py>, t: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    let dtype = t.dtype();
    if kind(dtype).is_none() {
        return Err(PyTypeError::new_err(format!("Got unsupported ScalarType {}", dtype.scalar_name())));
    }
    needs_memory(t)?;
    let array = t.array().clone();
    let exposed = if array.is_pending() { py.detach(|| array.exposed()) } else { array.exposed() };
    asarray(py, Bound::new(py, Memory { exposed, dtype })?.into_any())
}

#[pymethods]
impl PyTensor {
    /// Its numbers as numpy's array, which shares the memory. With `force`, what cannot be shared is copied first.
    #[pyo3(signature = (*, force = false))]
    fn numpy<'py>(&self, py: Python<'py>, force: bool) -> PyResult<Bound<'py, PyAny>> {
        let t = self.tensor();
        if t.requires_grad() && !force {
            return Err(PyRuntimeError::new_err(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
            ));
        }
        to_numpy(py, t)
    }
    /// What numpy calls for an array of it.
    #[pyo3(signature = (dtype = None, copy = None))]
    fn __array__<'py>(
        this: &Bound<'py, Self>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let array = this.get().numpy(py, false)?;
        let same = match dtype {
            Some(dtype) => array.getattr(intern!(py, "dtype"))?.eq(dtype)?,
            None => true,
        };
        match (same, copy) {
            (true, Some(true)) => array.call_method0(intern!(py, "copy")),
            (true, _) => Ok(array),
            (false, Some(false)) => {
                Err(PyValueError::new_err("Unable to avoid copy while creating an array as requested."))
            }
            (false, _) => array.call_method1(intern!(py, "astype"), (dtype,)),
        }
    }
    /// What numpy calls with the result of one of its functions of this tensor.
    #[pyo3(signature = (array, context = None, return_scalar = false))]
    fn __array_wrap__<'py>(
        &self,
        array: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        return_scalar: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (_, _) = (context, return_scalar);
        let py = array.py();
        let t = shared(array)?;
        // PyTorch has had bytes here since before it had bools.
        let t = if t.dtype() == DType::Bool { ops::to_dtype(&t, DType::U8).or_raise()? } else { t };
        wrap(py, t)
    }
}

// From numpy --------------------------------------------------------------------------------------------------------------------------

/// Is it an array of numpy's?
pub fn is_ndarray(object: &Bound<PyAny>) -> bool {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    if CLASS.get(py).is_none() {
        // Nobody has an array before numpy is imported.
        let modules = py.import("sys").and_then(|sys| sys.getattr("modules"));
        if !modules.is_ok_and(|m| m.contains("numpy").unwrap_or(false)) {
            return false;
        }
    }
    let class = CLASS.get_or_try_init(py, || numpy(py)?.getattr("ndarray").map(Bound::unbind));
    class.is_ok_and(|class| object.is_instance(class.bind(py)).unwrap_or(false))
}

/// The dtype of one of numpy's numbers; `None` for others.
pub fn dtype_of_number(object: &Bound<PyAny>) -> PyResult<Option<DType>> {
    // SAFETY: the name of a type lives as long as the type.
    let name = unsafe { CStr::from_ptr((*ffi::Py_TYPE(object.as_ptr())).tp_name) };
    if !name.to_bytes().starts_with(b"numpy.") {
        return Ok(None);
    }
    let dtype = object.getattr(intern!(object.py(), "dtype"))?;
    let kind: char = dtype.getattr(intern!(object.py(), "kind"))?.extract()?;
    Ok(dtype_of(kind as u8, dtype.getattr(intern!(object.py(), "itemsize"))?.extract()?))
}

/// A warning that is given once in a program.
pub(crate) fn warn_once(py: Python, given: &AtomicBool, text: &CStr) -> PyResult<()> {
    if given.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    PyErr::warn(py, &py.get_type::<PyUserWarning>(), text, 1)
}

fn unsupported(array: &Bound<PyAny>) -> PyErr {
    let name = array.getattr("dtype").and_then(|d| d.getattr("type")).and_then(|t| t.getattr("__name__"));
    let name = name.map_or_else(|_| "object".into(), |n| n.to_string());
    PyTypeError::new_err(format!(
        "can't convert np.ndarray of type numpy.{name}. The only supported types are: float64, float32, float16, complex64, \
         complex128, int64, int32, int16, int8, uint8, and bool."
    ))
}

/// A tensor over the memory of an array. Arrays that cannot be written give one too: whoever shares it is warned by [`shared`].
fn over(array: &Bound<PyAny>) -> PyResult<(Tensor, bool)> {
    let py = array.py();
    if !is_ndarray(array) {
        return Err(PyTypeError::new_err(format!("expected np.ndarray (got {})", type_name(array.as_borrowed()))));
    }
    let capsule = array.getattr(intern!(py, "__array_struct__"))?.cast_into::<PyCapsule>()?;
    // SAFETY: numpy's capsule without a name holds its structure, which lives as long as the capsule.
    let i = unsafe { capsule.pointer_checked(None)?.cast::<Interface>().as_ref() };
    if i.two != 2 || i.nd < 0 {
        return Err(PyValueError::new_err("an array that does not describe itself"));
    }
    let dtype = dtype_of(i.kind as u8, i.itemsize).ok_or_else(|| unsupported(array))?;
    if i.flags & NATIVE == 0 {
        return Err(PyValueError::new_err(
            "given numpy array has byte order different from the native byte order. Conversion between byte orders is currently not \
             supported.",
        ));
    }
    let (mut shape, mut strides) = (Vec::new(), Vec::new());
    for d in 0..i.nd as usize {
        // SAFETY: the structure has `nd` sizes and strides.
        let (n, stride) = unsafe { (*i.shape.add(d), *i.strides.add(d)) };
        shape.push(n as usize);
        strides.push(stride);
    }
    let size = dtype.size() as isize;
    if strides.iter().any(|s| s % size != 0) {
        return Err(PyValueError::new_err(
            "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the memory.",
        ));
    }
    if strides.iter().any(|s| *s < 0) {
        return Err(PyValueError::new_err(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not currently supported. \
             (You can probably work around this by making a copy of your array  with array.copy().) ",
        ));
    }
    let last: isize = shape.iter().zip(&strides).map(|(n, s)| (*n as isize - 1).max(0) * s).sum();
    let nbytes = if shape.contains(&0) { 0 } else { last as usize + dtype.size() };
    let strides: Vec<isize> = strides.iter().map(|s| s / size).collect();
    let layout = Layout { shape: shape.into(), strides: strides.into(), offset: 0 };
    let data = NonNull::new(i.data.cast()).unwrap_or(NonNull::dangling());
    // SAFETY: the array has these bytes, and lives as long as its owner here.
    let bytes = unsafe { Array::of_others(data, nbytes, Box::new(array.clone().unbind())) };
    let tensor = Tensor::from_array(bytes.reinterpreted(layout, dtype).or_raise()?);
    Ok((tensor, i.flags & WRITABLE != 0))
}

/// A tensor that shares the memory of an array.
pub fn shared(array: &Bound<PyAny>) -> PyResult<Tensor> {
    static WARNED: AtomicBool = AtomicBool::new(false);
    let (tensor, writable) = over(array)?;
    if !writable {
        let text = c"The given NumPy array is not writable, and PyTorch does not support non-writable tensors. This means writing to this tensor will result in undefined behavior. You may want to copy the array to protect its data or make it writable before converting it to a tensor. This type of warning will be suppressed for the rest of this program.";
        warn_once(array.py(), &WARNED, text)?;
    }
    Ok(tensor)
}

/// A tensor with the numbers of an array.
pub fn copied(array: &Bound<PyAny>) -> PyResult<Tensor> {
    let (tensor, _) = over(array)?;
    Ok(Tensor::from_array(tensor.array().copy_as(tensor.dtype())))
}

/// The tensor that shares the memory of an array of numpy's.
#[pyfunction]
fn from_numpy<'py>(ndarray: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    wrap(ndarray.py(), shared(ndarray)?)
}

/// Is it an array of numpy's?
#[pyfunction]
fn _is_ndarray(object: &Bound<PyAny>) -> bool {
    is_ndarray(object)
}

// Buffers -----------------------------------------------------------------------------------------------------------------------------

/// The bytes of an object with a buffer, shared. If it `must_write` and the buffer cannot be written, there is a warning.
pub fn of_buffer(object: &Bound<PyAny>, must_write: bool) -> PyResult<Array> {
    static WARNED: AtomicBool = AtomicBool::new(false);
    let py = object.py();
    // SAFETY: asking an object whether it has a buffer.
    if unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) } == 0 {
        return Err(PyValueError::new_err("object does not implement Python buffer protocol."));
    }
    // A memory view holds the buffer as long as it lives, and can be dropped like any object.
    let owner = PyMemoryView::from(object)?;
    let mut view = ffi::Py_buffer::new();
    // SAFETY: asking for contiguous bytes; the view is released below, and its memory is held by `owner`.
    let (ptr, n, readonly) = unsafe {
        if ffi::PyObject_GetBuffer(owner.as_ptr(), &raw mut view, ffi::PyBUF_SIMPLE) < 0 {
            return Err(PyErr::fetch(py));
        }
        let found = (view.buf, view.len, view.readonly != 0);
        ffi::PyBuffer_Release(&raw mut view);
        found
    };
    if readonly && must_write {
        let text = c"The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can write to the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the buffer to protect its data or make it writable before converting it to a tensor. This type of warning will be suppressed for the rest of this program.";
        warn_once(py, &WARNED, text)?;
    }
    let data = NonNull::new(ptr.cast()).unwrap_or(NonNull::dangling());
    // SAFETY: the memory view keeps these bytes in their place as long as it lives.
    Ok(unsafe { Array::of_others(data, n as usize, Box::new(owner.unbind())) })
}

/// Numbers in the memory of a buffer, from `offset` bytes on; `count` of them, or all.
#[pyfunction]
#[pyo3(signature = (buffer, *, dtype, count = -1, offset = 0, requires_grad = false))]
fn frombuffer<'py>(
    buffer: &Bound<'py, PyAny>,
    dtype: &Bound<'py, PyAny>,
    count: isize,
    offset: isize,
    requires_grad: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = buffer.py();
    let dtype = types::as_dtype(dtype)
        .ok_or_else(|| PyTypeError::new_err("frombuffer(): argument 'dtype' must be torch.dtype"))?;
    let bytes = of_buffer(buffer, true)?;
    let (have, size) = (bytes.numel() as isize, dtype.size() as isize);
    let wrong = |text: String| Err(PyValueError::new_err(text));
    if have == 0 || count == 0 {
        return wrong(format!("both buffer length ({have}) and count ({count}) must not be 0"));
    }
    if offset < 0 || offset >= have {
        return wrong(format!(
            "offset ({offset} bytes) must be non-negative and no greater than buffer length ({have} bytes) minus 1"
        ));
    }
    if count > 0 && count.checked_mul(size).is_none_or(|n| n > have - offset) {
        return wrong(format!(
            "requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be greater than actual buffer \
             length ({have} bytes)"
        ));
    }
    if count < 0 && (have - offset) % size != 0 {
        return wrong(format!(
            "buffer length ({} bytes) after offset ({offset} bytes) must be a multiple of element size ({size})",
            have - offset
        ));
    }
    let n = if count > 0 { count } else { (have - offset) / size } as usize;
    // An array of its own for the part: its elements must lie at multiples of their size from its beginning.
    let exposed = bytes.exposed();
    // SAFETY: the offset lies inside, and the bytes behind it live as long as `exposed`.
    let part = unsafe {
        let first = NonNull::new_unchecked(exposed.ptr().offset(offset));
        Array::of_others(first, n * size as usize, Box::new(exposed))
    };
    let made = part.reinterpreted(Layout::contiguous(&[n]), dtype).or_raise()?;
    let tensor = Tensor::from_array(made);
    if requires_grad {
        tensor.set_requires_grad(true).or_raise()?;
    }
    wrap(py, tensor)
}

/// Adds the functions to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(from_numpy, module)?)?;
    module.add_function(wrap_pyfunction!(_is_ndarray, module)?)?;
    module.add_function(wrap_pyfunction!(frombuffer, module)?)
}

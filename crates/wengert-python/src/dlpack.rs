//! DLPack: tensors that share memory with those of other libraries. The structures are those of its header, version 1.0.

use crate::error::OrRaise;
use crate::tensor::{PyTensor, wrap};
use pyo3::exceptions::{PyAssertionError, PyBufferError, PyRuntimeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::ffi::{CStr, c_void};
use std::ptr::NonNull;
use wengert::array::{Array, Exposed};
use wengert::{DType, Tensor};
use wengert_kernels::Layout;

const CPU: i32 = 1;
const PLAIN: &CStr = c"dltensor";
const VERSIONED: &CStr = c"dltensor_versioned";
const COPIED: u64 = 2;

#[repr(C)]
#[derive(Clone, Copy)]
struct Device {
    kind: i32,
    id: i32,
}

#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq)]
struct Type {
    code: u8,
    bits: u8,
    lanes: u16,
}

#[repr(C)]
struct DlTensor {
    data: *mut c_void,
    device: Device,
    ndim: i32,
    dtype: Type,
    shape: *mut i64,
    strides: *mut i64,
    byte_offset: u64,
}

/// `DLManagedTensor`.
#[repr(C)]
struct Managed {
    tensor: DlTensor,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Managed)>,
}

/// `DLManagedTensorVersioned`.
#[repr(C)]
struct Versioned {
    major: u32,
    minor: u32,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Versioned)>,
    flags: u64,
    tensor: DlTensor,
}

/// Both kinds of structures: what holds a tensor, and a function that frees it.
trait Holder: Sized {
    const NAME: &'static CStr;
    const USED: &'static CStr;
    fn new(tensor: DlTensor, context: *mut c_void, flags: u64) -> Self;
    fn tensor(&self) -> &DlTensor;
    fn context(&self) -> *mut c_void;
    fn deleter(&self) -> Option<unsafe extern "C" fn(*mut Self)>;
}

impl Holder for Managed {
    const NAME: &'static CStr = PLAIN;
    const USED: &'static CStr = c"used_dltensor";
    fn new(tensor: DlTensor, context: *mut c_void, _flags: u64) -> Managed {
        Managed { tensor, context, deleter: Some(free::<Managed>) }
    }
    fn tensor(&self) -> &DlTensor {
        &self.tensor
    }
    fn context(&self) -> *mut c_void {
        self.context
    }
    fn deleter(&self) -> Option<unsafe extern "C" fn(*mut Managed)> {
        self.deleter
    }
}

impl Holder for Versioned {
    const NAME: &'static CStr = VERSIONED;
    const USED: &'static CStr = c"used_dltensor_versioned";
    fn new(tensor: DlTensor, context: *mut c_void, flags: u64) -> Versioned {
        Versioned { major: 1, minor: 0, context, deleter: Some(free::<Versioned>), flags, tensor }
    }
    fn tensor(&self) -> &DlTensor {
        &self.tensor
    }
    fn context(&self) -> *mut c_void {
        self.context
    }
    fn deleter(&self) -> Option<unsafe extern "C" fn(*mut Versioned)> {
        self.deleter
    }
}

// From us -----------------------------------------------------------------------------------------------------------------------------

/// What our structures point to.
struct Context {
    _exposed: Exposed,
    dims: Box<[i64]>,
}

/// Frees a structure of ours.
unsafe extern "C" fn free<H: Holder>(holder: *mut H) {
    // SAFETY: the structure and its context are boxes that `export` gave away, and whoever has them calls this once.
    unsafe {
        let holder = Box::from_raw(holder);
        drop(Box::from_raw(holder.context().cast::<Context>()));
    }
}

/// Frees what nobody took out of a capsule.
unsafe extern "C" fn abandon<H: Holder>(capsule: *mut ffi::PyObject) {
    // SAFETY: called by the interpreter with a capsule of ours; it has the first name as long as nobody took its structure.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, H::NAME.as_ptr()) == 1 {
            free(ffi::PyCapsule_GetPointer(capsule, H::NAME.as_ptr()).cast::<H>());
        }
    }
}

fn type_of(dtype: DType) -> Type {
    let code = match dtype {
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => 0,
        DType::U8 => 1,
        DType::F16 | DType::F32 | DType::F64 => 2,
        DType::BF16 => 4,
        DType::C64 | DType::C128 => 5,
        DType::Bool => 6,
    };
    Type { code, bits: 8 * dtype.size() as u8, lanes: 1 }
}

/// A capsule with a tensor's memory.
fn export<'py, H: Holder>(py: Python<'py>, t: &Tensor, flags: u64) -> PyResult<Bound<'py, PyAny>> {
    if t.requires_grad() {
        return Err(PyBufferError::new_err("Can't export tensors that require gradient, use tensor.detach()"));
    }
    if t.array().storage().is_none() {
        return Err(PyBufferError::new_err("Can't export a tensor that stands for a batch inside a transform"));
    }
    let exposed = t.array().exposed();
    let layout = exposed.array().layout();
    let sizes = layout.shape.iter().map(|n| *n as i64);
    let dims: Box<[i64]> = sizes.chain(layout.strides.iter().map(|s| *s as i64)).collect();
    let (data, n) = (exposed.ptr().cast(), layout.ndim());
    let context = Box::into_raw(Box::new(Context { _exposed: exposed, dims }));
    // SAFETY: just made; the slice stays where it is until the context is freed.
    let (shape, strides) = unsafe { (*context).dims.split_at_mut(n) };
    let tensor = DlTensor {
        data,
        device: Device { kind: CPU, id: 0 },
        ndim: n as i32,
        dtype: type_of(t.dtype()),
        shape: shape.as_mut_ptr(),
        strides: strides.as_mut_ptr(),
        byte_offset: 0,
    };
    let holder = Box::into_raw(Box::new(H::new(tensor, context.cast(), flags)));
    // SAFETY: the capsule owns the structure until somebody takes it and gives the capsule the second name.
    unsafe {
        let capsule = ffi::PyCapsule_New(holder.cast(), H::NAME.as_ptr(), Some(abandon::<H>));
        if capsule.is_null() {
            free(holder);
        }
        Bound::from_owned_ptr_or_err(py, capsule)
    }
}

#[pymethods]
impl PyTensor {
    /// Its memory as a DLPack capsule. With `max_version` of 1.0 or later, one of that version.
    #[pyo3(signature = (*, stream = None, max_version = None, dl_device = None, copy = None))]
    fn __dlpack__<'py>(
        &self,
        py: Python<'py>,
        stream: Option<&Bound<'py, PyAny>>,
        max_version: Option<(u32, u32)>,
        dl_device: Option<(i32, i32)>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if stream.is_some() {
            return Err(PyAssertionError::new_err("stream should be None on cpu."));
        }
        if dl_device.is_some_and(|(kind, _)| kind != CPU) {
            return Err(PyBufferError::new_err("tensors can be exported to the processor alone"));
        }
        let t = self.tensor();
        let copied = (copy == Some(true)).then(|| Tensor::from_array(t.array().copy_as(t.dtype())));
        let flags = if copied.is_some() { COPIED } else { 0 };
        let t = if t.requires_grad() { t } else { copied.as_ref().unwrap_or(t) };
        if max_version.is_some_and(|(major, _)| major >= 1) {
            export::<Versioned>(py, t, flags)
        } else {
            export::<Managed>(py, t, flags)
        }
    }
    /// The kind and number of its device, as DLPack has them.
    fn __dlpack_device__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let kind = py.import("wengert.utils.dlpack")?.getattr("DLDeviceType")?.call1((CPU,))?;
        (kind, 0).into_pyobject(py)
    }
}

// To us -------------------------------------------------------------------------------------------------------------------------------

/// A structure that somebody gave us; dropping it gives the memory back.
struct Taken<H: Holder>(NonNull<H>);

// SAFETY: DLPack's deleters may be called from any thread.
unsafe impl<H: Holder> Send for Taken<H> {}
// SAFETY: nothing is done with it but dropping.
unsafe impl<H: Holder> Sync for Taken<H> {}

impl<H: Holder> Drop for Taken<H> {
    fn drop(&mut self) {
        // SAFETY: the structure is ours since we took it out of its capsule.
        unsafe {
            if let Some(deleter) = self.0.as_ref().deleter() {
                deleter(self.0.as_ptr());
            }
        }
    }
}

fn import<H: Holder + 'static>(capsule: &Bound<PyAny>) -> PyResult<Tensor> {
    // SAFETY: a capsule of this name holds such a structure; it is ours once the name says that it is used.
    let taken = unsafe {
        let holder = ffi::PyCapsule_GetPointer(capsule.as_ptr(), H::NAME.as_ptr());
        let holder = NonNull::new(holder.cast::<H>()).ok_or_else(|| PyErr::fetch(capsule.py()))?;
        if ffi::PyCapsule_SetName(capsule.as_ptr(), H::USED.as_ptr()) < 0 {
            return Err(PyErr::fetch(capsule.py()));
        }
        Taken(holder)
    };
    // SAFETY: it lives as long as `taken`.
    let t = unsafe { taken.0.as_ref() }.tensor();
    if t.device.kind != CPU {
        return Err(PyRuntimeError::new_err(format!("Unsupported device_type: {}", t.device.kind)));
    }
    let dtype = DType::ALL.into_iter().find(|d| type_of(*d) == t.dtype).ok_or_else(|| {
        let Type { code, bits, lanes } = t.dtype;
        PyBufferError::new_err(format!("unsupported DLPack type: code {code}, {bits} bits, {lanes} lanes"))
    })?;
    let n = t.ndim.max(0) as usize;
    // SAFETY: the structure has so many sizes, and strides or none.
    let (shape, strides) = unsafe {
        let list = |p: *const i64| if n == 0 { &[] } else { std::slice::from_raw_parts(p, n) };
        (list(t.shape), (!t.strides.is_null()).then(|| list(t.strides)))
    };
    let shape: Vec<usize> = shape.iter().map(|s| (*s).max(0) as usize).collect();
    let mut layout = Layout::contiguous(&shape);
    if let Some(strides) = strides {
        if strides.iter().zip(&shape).any(|(s, n)| *s < 0 && *n > 1) {
            return Err(PyBufferError::new_err("tensors with negative strides are not supported"));
        }
        layout.strides = strides.iter().map(|s| (*s).max(0) as isize).collect();
    }
    let last: usize = shape.iter().zip(&layout.strides).map(|(n, s)| n.saturating_sub(1) * *s as usize).sum();
    let nbytes = if shape.contains(&0) { 0 } else { (last + 1) * dtype.size() };
    // SAFETY: its maker says that the first element is there.
    let first = unsafe { t.data.cast::<u8>().add(t.byte_offset as usize) };
    let first = NonNull::new(first).unwrap_or(NonNull::dangling());
    // SAFETY: the elements that shape and strides reach lie there until the structure is given back.
    let bytes = unsafe { Array::of_others(first, nbytes, Box::new(taken)) };
    Ok(Tensor::from_array(bytes.reinterpreted(layout, dtype).or_raise()?))
}

/// The tensor in a DLPack capsule.
#[pyfunction]
fn _from_dlpack<'py>(capsule: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: asking an object whether it is a capsule of a name.
    let is = |name: &CStr| unsafe { ffi::PyCapsule_IsValid(capsule.as_ptr(), name.as_ptr()) == 1 };
    let tensor = if is(VERSIONED) {
        import::<Versioned>(capsule)?
    } else if is(PLAIN) {
        import::<Managed>(capsule)?
    } else {
        return Err(PyRuntimeError::new_err(
            "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already \
             constructed a tensor from it once.",
        ));
    };
    wrap(capsule.py(), tensor)
}

/// Adds the function to the module.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_from_dlpack, module)?)
}

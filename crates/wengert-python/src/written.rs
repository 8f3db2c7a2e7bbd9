//! Attributes, methods and functions that are written by hand: before them, classes and modes that take calls over are asked.
//!
//! PyO3 makes plain descriptors of them. They are replaced, once, by ones that look at the tensor's class first and then call PyO3's C function.

use crate::dispatch::guarded;
use crate::overrides;
use crate::tensor::{PyTensor, is_exact};
use pyo3::Borrowed;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple, PyType};
use smallvec::SmallVec;
use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr::null_mut;
use std::sync::OnceLock;

/// A function or method of PyO3's.
pub struct Written {
    def: *const ffi::PyMethodDef,
    /// What it gets as `self` if it is no method.
    module: *mut ffi::PyObject,
    /// The descriptor or function that was replaced. It keeps the others alive.
    original: Py<PyAny>,
}
// SAFETY: both point to what lives as long as the original, and are read only.
unsafe impl Send for Written {}
// SAFETY: as above.
unsafe impl Sync for Written {}

impl Written {
    /// The method behind a descriptor, or the function behind an object of Python's.
    pub fn of(object: &Bound<PyAny>) -> Option<Written> {
        // SAFETY: the types say how the objects are laid out.
        let (def, module) = unsafe {
            let class = ffi::Py_TYPE(object.as_ptr());
            if class == &raw mut ffi::PyMethodDescr_Type {
                ((*object.as_ptr().cast::<ffi::PyMethodDescrObject>()).d_method, null_mut())
            } else if class == &raw mut ffi::PyCFunction_Type {
                let function = object.as_ptr().cast::<ffi::PyCFunctionObject>();
                ((*function).m_ml, (*function).m_self)
            } else {
                return None;
            }
        };
        // SAFETY: of a living object.
        let flags = unsafe { (*def).ml_flags };
        let known = flags == ffi::METH_NOARGS || flags == ffi::METH_FASTCALL | ffi::METH_KEYWORDS;
        known.then(|| Written { def, module, original: object.clone().unbind() })
    }

    /// What its documentation says, with the signature.
    pub fn doc(&self) -> *const std::ffi::c_char {
        // SAFETY: see `Written`.
        unsafe { (*self.def).ml_doc }
    }

    /// The call itself.
    ///
    /// # Safety
    /// As for a C function of Python's: the lock is held, there are as many arguments as `n` and `names` say, and `this` is a tensor if it is a method.
    #[inline]
    pub unsafe fn call(
        &self,
        this: *mut ffi::PyObject,
        args: *const *mut ffi::PyObject,
        n: usize,
        names: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        let this = if self.module.is_null() { this } else { self.module };
        // SAFETY: the flags say which function it is; the caller's promise is that of the function.
        unsafe {
            let def = &*self.def;
            if def.ml_flags != ffi::METH_NOARGS {
                return (def.ml_meth.PyCFunctionFastWithKeywords)(this, args, n as ffi::Py_ssize_t, names);
            }
            if n == 0 && names.is_null() {
                return (def.ml_meth.PyCFunction)(this, null_mut());
            }
            // Python has the words for it.
            let given =
                (0..n + if names.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(names) as usize }).map(|i| *args.add(i));
            let all: SmallVec<[*mut ffi::PyObject; 6]> = std::iter::once(this).chain(given).collect();
            ffi::PyObject_Vectorcall(self.original.as_ptr(), all.as_ptr(), n + 1, names)
        }
    }
}

/// An attribute's functions.
struct Attribute {
    get: ffi::getter,
    set: Option<ffi::setter>,
    closure: *mut c_void,
    name: CString,
    /// The descriptor that users see.
    object: OnceLock<Py<PyAny>>,
}

impl Attribute {
    /// Whoever takes the call over gets the descriptor's own `__get__`, `__set__` or `__delete__`.
    fn ask<'py>(
        &self,
        this: &Bound<'py, PyAny>,
        rest: &[&Bound<'py, PyAny>],
        how: &str,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let called = || {
            let descriptor = self.object.get().expect("set when it was made").bind(this.py());
            Ok((descriptor.getattr(how)?, format!("{}.{how}", self.name.to_string_lossy())))
        };
        overrides::of_tensor(this, rest, None, called)
    }
}

unsafe extern "C" fn get(this: *mut ffi::PyObject, closure: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: Python calls with the lock held, a tensor, and the closure of `put`, which lives forever.
    unsafe {
        let (py, a) = (Python::assume_attached(), &*closure.cast::<Attribute>());
        let object = Borrowed::from_ptr(py, this);
        if is_exact(&object) && !overrides::modes() {
            return (a.get)(this, a.closure);
        }
        guarded(py, || match a.ask(&object, &[], "__get__")? {
            Some(answer) => Ok(answer),
            None => Bound::from_owned_ptr_or_err(py, (a.get)(this, a.closure)),
        })
    }
}

unsafe extern "C" fn set(this: *mut ffi::PyObject, value: *mut ffi::PyObject, closure: *mut c_void) -> c_int {
    // SAFETY: as in `get`; there is no value if the attribute is deleted.
    unsafe {
        let (py, a) = (Python::assume_attached(), &*closure.cast::<Attribute>());
        let Some(original) = a.set else { return -1 };
        let object = Borrowed::from_ptr(py, this);
        if is_exact(&object) && !overrides::modes() {
            return original(this, value, a.closure);
        }
        let value_object = Bound::from_borrowed_ptr_or_opt(py, value);
        let asked = match &value_object {
            Some(v) => a.ask(&object, &[v], "__set__"),
            None => a.ask(&object, &[], "__delete__"),
        };
        match asked {
            Ok(Some(_)) => 0,
            Ok(None) => original(this, value, a.closure),
            Err(e) => {
                e.restore(py);
                -1
            }
        }
    }
}

/// An attribute whose getter is a callable of Python's.
unsafe extern "C" fn get_by_call(this: *mut ffi::PyObject, closure: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: the closure is the callable, which lives forever.
    unsafe { ffi::PyObject_CallOneArg(closure.cast(), this) }
}

/// Gives the class of tensors an attribute.
fn put(class: &Bound<PyType>, attribute: Attribute, doc: *const std::ffi::c_char) -> PyResult<()> {
    let attribute: &'static Attribute = Box::leak(Box::new(attribute));
    let def = Box::leak(Box::new(ffi::PyGetSetDef {
        name: attribute.name.as_ptr(),
        get: Some(get),
        set: attribute.set.map(|_| set as ffi::setter),
        doc,
        closure: (&raw const *attribute).cast_mut().cast(),
    }));
    // SAFETY: the definition lives forever; a new reference or an error.
    let descriptor =
        unsafe { Bound::from_owned_ptr_or_err(class.py(), ffi::PyDescr_NewGetSet(class.as_type_ptr(), def))? };
    class.setattr(PyString::new(class.py(), &attribute.name.to_string_lossy()), &descriptor)?;
    let _ = attribute.object.set(descriptor.unbind());
    Ok(())
}

/// The class's own names and what stands there.
fn members<'py>(class: &Bound<'py, PyType>) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
    class.getattr("__dict__")?.call_method0("items")?.try_iter()?.map(|pair| pair?.extract()).collect()
}

/// Replaces the attributes that PyO3 made.
pub fn attributes(class: &Bound<PyType>) -> PyResult<()> {
    for (name, object) in members(class)? {
        // SAFETY: the type says how the object is laid out, and its definition lives as long as the class.
        let def = unsafe {
            if name.starts_with("__") || ffi::Py_TYPE(object.as_ptr()) != &raw mut ffi::PyGetSetDescr_Type {
                continue;
            }
            *(*object.as_ptr().cast::<ffi::PyGetSetDescrObject>()).d_getset
        };
        let Some(get) = def.get else { continue };
        let name = CString::new(name)?;
        put(class, Attribute { get, set: def.set, closure: def.closure, name, object: OnceLock::new() }, def.doc)?;
    }
    Ok(())
}

/// The methods that PyO3 made, by name. `as_subclass` is not among them: it is how results change their class.
pub fn methods(class: &Bound<PyType>) -> PyResult<Vec<(&'static str, Written)>> {
    let found = members(class)?.into_iter().filter(|(name, _)| name != "as_subclass");
    Ok(found.filter_map(|(name, object)| Some((&*name.leak(), Written::of(&object)?))).collect())
}

/// An attribute of tensors that is read by `get(tensor)`.
#[pyfunction]
fn _add_attribute(name: &str, get: Py<PyAny>, doc: &str) -> PyResult<()> {
    Python::attach(|py| {
        let doc: &'static CStr = Box::leak(CString::new(doc)?.into_boxed_c_str());
        let closure = get.into_ptr().cast();
        let name = CString::new(name)?;
        let attribute = Attribute { get: get_by_call, set: None, closure, name, object: OnceLock::new() };
        put(&py.get_type::<PyTensor>(), attribute, doc.as_ptr())
    })
}

/// Adds the function and replaces the attributes.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    attributes(&module.py().get_type::<PyTensor>())?;
    module.add_function(wrap_pyfunction!(_add_attribute, module)?)
}

/// The arguments of a C function of Python's.
pub type Positional<'a, 'py> = SmallVec<[Borrowed<'a, 'py, PyAny>; 6]>;
/// Those by name.
pub type Named<'a, 'py> = SmallVec<[(Borrowed<'a, 'py, PyString>, Borrowed<'a, 'py, PyAny>); 4]>;

/// Collects the arguments of a C function; of a method, `this` is the first one.
///
/// # Safety
/// As [`Written::call`].
pub unsafe fn collect<'a, 'py>(
    py: Python<'py>,
    this: Option<*mut ffi::PyObject>,
    args: *const *mut ffi::PyObject,
    n: usize,
    names: *mut ffi::PyObject,
) -> (Positional<'a, 'py>, Named<'a, 'py>) {
    let (mut positional, mut keywords) = (Positional::new(), Named::new());
    // SAFETY: the caller's arguments live as long as the call, and names are strings.
    unsafe {
        if let Some(this) = this {
            positional.push(Borrowed::from_ptr(py, this));
        }
        positional.extend((0..n).map(|i| Borrowed::from_ptr(py, *args.add(i))));
        if !names.is_null() {
            let names: Borrowed<PyTuple> = Borrowed::from_ptr(py, names).cast_unchecked();
            for i in 0..names.len() {
                let name = Borrowed::from_ptr(py, ffi::PyTuple_GET_ITEM(names.as_ptr(), i as isize));
                keywords.push((name.cast_unchecked(), Borrowed::from_ptr(py, *args.add(n + i))));
            }
        }
    }
    (positional, keywords)
}

//! `__torch_function__`: classes derived from `Tensor`, and others, that take calls over.

use crate::tensor::is_exact;
use pyo3::Borrowed;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use smallvec::SmallVec;

type Keywords<'a, 'py> = [(Borrowed<'a, 'py, PyString>, Borrowed<'a, 'py, PyAny>)];

/// The `__torch_function__` that says: treat it as a tensor.
static DISABLED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// What Python does with a call that is taken over: `wengert.overrides._handle`.
static HANDLER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Adds the marker that classes set to be treated as tensors.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    #[pyfunction]
    #[pyo3(signature = (func, types, args = None, kwargs = None))]
    fn _disabled_torch_function_impl<'py>(
        func: Bound<'py, PyAny>,
        types: Bound<'py, PyAny>,
        args: Option<Bound<'py, PyTuple>>,
        kwargs: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = types;
        let py = func.py();
        let _off = off(true);
        let args = args.unwrap_or_else(|| PyTuple::empty(py));
        func.call(args, kwargs.as_ref())
    }
    #[pyfunction]
    fn _torch_function_off(set: bool) -> bool {
        OFF.replace(set)
    }
    let f = wrap_pyfunction!(_disabled_torch_function_impl, module)?;
    DISABLED.get_or_init(module.py(), || f.clone().into_any().unbind());
    module.add_function(f)?;
    module.add_function(wrap_pyfunction!(_torch_function_off, module)?)
}

thread_local! {
    static OFF: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// While it lives, nobody takes calls over.
pub struct Off(bool);
impl Drop for Off {
    fn drop(&mut self) {
        OFF.set(self.0);
    }
}
/// See [`Off`].
pub fn off(set: bool) -> Off {
    Off(OFF.replace(set))
}

/// Could an argument of this type take calls over? A quick look: numbers, strings, lists and tensors themselves do not.
#[inline]
fn is_plain(object: Borrowed<PyAny>) -> bool {
    if is_exact(&object) {
        return true;
    }
    // SAFETY: reads the flags of a living object's type.
    unsafe {
        let class = pyo3::ffi::Py_TYPE(object.as_ptr());
        let basic = pyo3::ffi::Py_TPFLAGS_LONG_SUBCLASS
            | pyo3::ffi::Py_TPFLAGS_UNICODE_SUBCLASS
            | pyo3::ffi::Py_TPFLAGS_DICT_SUBCLASS;
        // A class of C, and no tensor: it does not know us.
        (*class).tp_flags & (basic | pyo3::ffi::Py_TPFLAGS_HEAPTYPE) != pyo3::ffi::Py_TPFLAGS_HEAPTYPE
    }
}

/// The argument's `__torch_function__`, unless it is missing or disabled.
fn taker<'py>(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    let class = object.get_type();
    if class.is(py.get_type::<crate::tensor::PyTensor>()) {
        return Ok(None);
    }
    let name = intern!(py, "__torch_function__");
    let Some(f) = class.getattr_opt(name)? else { return Ok(None) };
    let disabled = DISABLED.get(py).is_some_and(|d| f.is(d));
    Ok((!disabled && !object.is_instance_of::<PyType>()).then_some(f))
}

/// Gives the call to an argument that wants it. `None`: nobody does.
#[inline]
pub fn call<'py>(
    py: Python<'py>,
    name: &str,
    method: bool,
    positional: &[Borrowed<'_, 'py, PyAny>],
    keywords: &Keywords<'_, 'py>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let plain =
        |v: Borrowed<PyAny>| is_plain(v) && v.cast_exact::<PyList>().is_err() && v.cast_exact::<PyTuple>().is_err();
    if positional.iter().all(|v| plain(*v)) && keywords.iter().all(|(_, v)| plain(*v)) || OFF.get() {
        return Ok(None);
    }
    overridden(py, name, method, positional, keywords)
}

fn overridden<'py>(
    py: Python<'py>,
    name: &str,
    method: bool,
    positional: &[Borrowed<'_, 'py, PyAny>],
    keywords: &Keywords<'_, 'py>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut takers: SmallVec<[Bound<PyAny>; 2]> = SmallVec::new();
    let mut look = |v: Borrowed<'_, 'py, PyAny>| -> PyResult<()> {
        if !is_plain(v) && taker(v)?.is_some() {
            takers.push(v.to_owned());
        }
        Ok(())
    };
    for v in positional.iter().copied().chain(keywords.iter().map(|(_, v)| *v)) {
        match (v.cast_exact::<PyList>(), v.cast_exact::<PyTuple>()) {
            (Ok(list), _) => list.iter().try_for_each(|v| look(v.as_borrowed()))?,
            (_, Ok(tuple)) => tuple.iter().try_for_each(|v| look(v.as_borrowed()))?,
            _ => look(v)?,
        }
    }
    if takers.is_empty() {
        return Ok(None);
    }
    let handler =
        HANDLER.get_or_try_init(py, || py.import("wengert.overrides")?.getattr("_handle").map(Bound::unbind))?;
    let args = PyTuple::new(py, positional)?;
    let kwargs = PyDict::new(py);
    for (k, v) in keywords {
        kwargs.set_item(k, v)?;
    }
    handler.bind(py).call1((name, method, PyTuple::new(py, takers)?, args, kwargs)).map(Some)
}

/// [`call`] for an operator of Python's.
#[cold]
pub fn operator<'py>(
    py: Python<'py>,
    name: &str,
    operands: &[&Bound<'py, PyAny>],
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if OFF.get() {
        return Ok(None);
    }
    let operands: SmallVec<[Borrowed<PyAny>; 2]> = operands.iter().map(|o| o.as_borrowed()).collect();
    overridden(py, name, true, &operands, &[])
}

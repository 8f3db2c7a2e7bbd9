//! `x[...]` and `x[...] = value`.

use super::{PyTensor, as_tensor, is_exact, wrap};
use crate::arguments::{integer, overflow, scalar, type_name};
use crate::error::OrRaise;
use crate::{create, numpy, overrides, place};
use pyo3::exceptions::{PyIndexError, PyTypeError, PyUserWarning, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyEllipsis, PyInt, PySlice, PyString, PyTuple};
use smallvec::SmallVec;
use wengert::tensor::Item;
use wengert::{DType, Operand, Tensor, ops};

/// `this[index]`.
#[inline]
pub fn getitem<'py>(this: &Bound<'py, PyTensor>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = this.py();
    if (!is_exact(this.as_any()) || !overrides::is_plain(index.as_borrowed()) || overrides::modes())
        && let Some(result) = overrides::operator(py, "__getitem__", &[this.as_any(), index])?
    {
        return Ok(result);
    }
    let tensor = this.get().tensor();
    let _place = place::here(py);
    if index.cast_exact::<PyInt>().is_ok()
        && let Some(i) = integer(index.as_borrowed())?
    {
        let size = tensor.shape().first().map_or(0, |&n| n as i64);
        if (-size..size).contains(&i) {
            return wrap(py, ops::select(tensor, 0, i as isize).or_raise()?);
        }
        // The other path has the words for it.
    }
    let tensor = tensor.clone();
    let result = match entries(index)? {
        Entries::One(item) => tensor.try_i(item), // a slice alone is a view of its own even if it takes all
        Entries::Several(items) => tensor.try_i(&items[..]),
    }
    .or_raise()?;
    // `x[...]` and the like: another tensor, as in PyTorch, and not `x` itself.
    let result = if result.is_same(&tensor) { ops::alias(&tensor).or_raise()? } else { result };
    wrap(py, result)
}

/// `this[index] = value`.
pub fn setitem(this: &Bound<PyTensor>, index: &Bound<PyAny>, value: &Bound<PyAny>) -> PyResult<()> {
    let py = this.py();
    let plain = is_exact(this.as_any())
        && overrides::is_plain(index.as_borrowed())
        && overrides::is_plain(value.as_borrowed())
        && !overrides::modes();
    if !plain && overrides::operator(py, "__setitem__", &[this.as_any(), index, value])?.is_some() {
        return Ok(());
    }
    let tensor = this.get().tensor().clone();
    let entries = entries(index)?;
    let _place = place::here(py);
    let value = if let Some(t) = as_tensor(value) {
        Operand::from(t.tensor())
    } else if let Some(s) = scalar(value.as_borrowed()).map_err(|_| overflow())? {
        Operand::from(s)
    } else {
        return Err(PyTypeError::new_err(format!(
            "can't assign a {} to a torch.{}Tensor",
            type_name(value.as_borrowed()),
            tensor.dtype().scalar_name()
        )));
    };
    match entries {
        Entries::One(item) => tensor.try_set(item, value),
        Entries::Several(items) => tensor.try_set(&items[..], value),
    }
    .or_raise()
}

/// An index as it was written.
enum Entries {
    One(Item),
    Several(SmallVec<[Item; 4]>),
}

/// The entries of an index: of a tuple, of a list that stands for one, or the one that it is.
fn entries(index: &Bound<PyAny>) -> PyResult<Entries> {
    if let Ok(tuple) = index.cast::<PyTuple>() {
        return tuple.iter().map(|i| item(&i)).collect::<PyResult<_>>().map(Entries::Several);
    }
    if let Some(several) = as_tuple(index)? {
        let text = c"Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an error or a different result";
        PyErr::warn(index.py(), &index.py().get_type::<PyUserWarning>(), text, 1)?;
        return several.iter().map(item).collect::<PyResult<_>>().map(Entries::Several);
    }
    item(index).map(Entries::One)
}

/// The entries of a sequence that counts as a tuple, by the rule of numpy's first versions: a short one in which there is more than numbers.
fn as_tuple<'py>(index: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    if index.is_exact_instance_of::<PyInt>() || !is_sequence(index) || numpy::is_ndarray(index) {
        return Ok(None);
    }
    let n = index.len().unwrap_or(usize::MAX);
    if n >= 32 {
        return Ok(None);
    }
    let entries: Vec<_> = (0..n).map(|i| index.get_item(i)).collect::<PyResult<_>>()?;
    let is_entry = |v: &Bound<PyAny>| {
        as_tensor(v).is_some()
            || v.is_none()
            || v.cast::<PySlice>().is_ok()
            || v.cast::<PyEllipsis>().is_ok()
            || is_sequence(v)
    };
    Ok(entries.iter().any(is_entry).then_some(entries))
}

/// What Python's protocol of sequences takes for one. (Tensors have a case of their own.)
fn is_sequence(object: &Bound<PyAny>) -> bool {
    // SAFETY: looks at the type of a living object.
    as_tensor(object).is_none() && unsafe { ffi::PySequence_Check(object.as_ptr()) } != 0
}

fn item(index: &Bound<PyAny>) -> PyResult<Item> {
    if index.is_none() {
        return Ok(Item::NewAxis);
    }
    if index.cast::<PyEllipsis>().is_ok() {
        return Ok(Item::Ellipsis);
    }
    if let Ok(b) = index.cast::<PyBool>() {
        return Ok(Item::Bool(b.is_true()));
    }
    if let Some(t) = as_tensor(index) {
        warn_of_bytes(index.py(), t.tensor())?;
        return Ok(Item::Tensor(t.tensor().clone()));
    }
    if let Ok(slice) = index.cast::<PySlice>() {
        let part = |name: &str| -> PyResult<Option<isize>> {
            let v = slice.getattr(name)?;
            if v.is_none() { Ok(None) } else { bound(&v).map(Some) }
        };
        return Ok(Item::Slice { start: part("start")?, end: part("stop")?, step: part("step")?.unwrap_or(1) });
    }
    if is_sequence(index) {
        return numbers(index).map(Item::Tensor);
    }
    match integer(index.as_borrowed()) {
        Ok(Some(i)) => Ok(Item::At(i as isize)),
        Err(e) if e.is_instance_of::<PyValueError>(index.py()) => Err(e),
        _ => Err(PyIndexError::new_err(format!(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})",
            type_name(index.as_borrowed())
        ))),
    }
}

/// A bound of a slice; what is too large for a size is the largest.
fn bound(value: &Bound<PyAny>) -> PyResult<isize> {
    // SAFETY: looks at the type of a living object; a new reference or an error; without a class of exceptions there is none.
    unsafe {
        if ffi::PyIndex_Check(value.as_ptr()) == 0 {
            return Err(PyTypeError::new_err("slice indices must be integers or None or have an __index__ method"));
        }
        let index = Bound::from_owned_ptr_or_err(value.py(), ffi::PyNumber_Index(value.as_ptr()))?;
        Ok(ffi::PyNumber_AsSsize_t(index.as_ptr(), std::ptr::null_mut()))
    }
}

/// A sequence of numbers as indices, or of truth values as a mask.
fn numbers(index: &Bound<PyAny>) -> PyResult<Tensor> {
    if index.cast::<PyString>().is_ok() || index.cast::<PyBytes>().is_ok() {
        return Err(PyTypeError::new_err(format!("new(): invalid data type '{}'", index.get_type().name()?)));
    }
    let list = create::from_data(index, None)?;
    if list.numel() > 0 && matches!(list.dtype(), DType::Bool | DType::U8) {
        warn_of_bytes(index.py(), &list)?;
        return Ok(list);
    }
    // As the constructors of old do it: of any number the part before the point.
    ops::to_dtype(&list, DType::I64).or_raise()
}

fn warn_of_bytes(py: Python, index: &Tensor) -> PyResult<()> {
    if index.dtype() != DType::U8 || index.ndim() == 0 {
        return Ok(());
    }
    let text = c"indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.";
    PyErr::warn(py, &py.get_type::<PyUserWarning>(), text, 1)
}

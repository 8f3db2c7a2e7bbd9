//! `x[...]` and `x[...] = value`.

use super::{PyTensor, as_tensor, is_exact, wrap};
use crate::arguments::{integer, scalar};
use crate::error::OrRaise;
use crate::{create, numpy, overrides, place};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyInt, PyList, PySlice, PyTuple};
use smallvec::SmallVec;
use wengert::tensor::Item;
use wengert::{Operand, Tensor, ops};

type Items = SmallVec<[Item; 4]>;

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
        if tensor.ndim() == 0 {
            return Err(zero_dim());
        }
        let size = tensor.shape()[0] as i64;
        if (-size..size).contains(&i) {
            return wrap(py, ops::select(tensor, 0, i as isize).or_raise()?);
        }
        // The other path has the words for it.
    }
    let tensor = tensor.clone();
    let result = if index.is_instance_of::<PySlice>() {
        tensor.try_i(item(&tensor, index)?) // a slice alone is a view of its own even if it takes all
    } else {
        tensor.try_i(&items(&tensor, index)?[..])
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
    let items = items(&tensor, index)?;
    let _place = place::here(py);
    if let Some(t) = as_tensor(value) {
        return tensor.try_set(&items[..], t.tensor()).or_raise();
    }
    let value = match scalar(value.as_borrowed())? {
        Some(s) => return tensor.try_set(&items[..], Operand::from(s)).or_raise(),
        None if value.cast::<PyList>().is_ok() || value.cast::<PyTuple>().is_ok() || create::is_array(value) => {
            create::from_data(value, Some(tensor.dtype()))?
        }
        None => {
            return Err(PyTypeError::new_err(format!(
                "can't assign a {} to a torch.{}Tensor",
                value.get_type().name()?,
                tensor.dtype().scalar_name()
            )));
        }
    };
    tensor.try_set(&items[..], &value).or_raise()
}

fn zero_dim() -> PyErr {
    PyIndexError::new_err(
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number",
    )
}

/// The entries of an index: of a tuple, or the one that it is.
fn items(tensor: &Tensor, index: &Bound<PyAny>) -> PyResult<Items> {
    if let Ok(tuple) = index.cast::<PyTuple>() {
        return tuple.iter().map(|i| item(tensor, &i)).collect();
    }
    Ok(Items::from_iter([item(tensor, index)?]))
}

fn item(tensor: &Tensor, index: &Bound<PyAny>) -> PyResult<Item> {
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
        let t = t.tensor();
        // A number in a tensor is a number; a mask, too, has no dimensions then.
        if t.ndim() == 0 && t.dtype().is_int() {
            return Ok(Item::At(t.item_as::<i64>().or_raise()? as isize));
        }
        return Ok(Item::Tensor(t.clone()));
    }
    if !index.is_exact_instance_of::<PyInt>() && numpy::is_ndarray(index) {
        let t = numpy::copied(index)?;
        return Ok(if t.ndim() == 0 && t.dtype().is_int() {
            Item::At(t.item_as::<i64>().or_raise()? as isize)
        } else {
            Item::Tensor(t)
        });
    }
    if let Some(i) = integer(index.as_borrowed())? {
        if tensor.ndim() == 0 {
            return Err(zero_dim());
        }
        return Ok(Item::At(i as isize));
    }
    if let Ok(slice) = index.cast::<PySlice>() {
        let part = |name: &str| -> PyResult<Option<isize>> {
            let v = slice.getattr(name)?;
            if v.is_none() {
                return Ok(None);
            }
            match integer(v.as_borrowed())? {
                Some(n) => Ok(Some(n as isize)),
                None => Err(PyTypeError::new_err("slice indices must be integers or None or have an __index__ method")),
            }
        };
        return Ok(Item::Slice { start: part("start")?, end: part("stop")?, step: part("step")?.unwrap_or(1) });
    }
    if index.cast::<PyList>().is_ok() || index.cast::<PyTuple>().is_ok() || create::is_array(index) {
        let list = create::from_data(index, None)?;
        // An empty list is one of indices.
        let list = if list.numel() == 0 { ops::to_dtype(&list, wengert::DType::I64).or_raise()? } else { list };
        return Ok(Item::Tensor(list));
    }
    Err(PyTypeError::new_err(format!(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})",
        index.get_type().name()?
    )))
}

//! What changes a tensor's own shape or memory: this object stands for another tensor from then on.

use super::{PyTensor, as_tensor};
use crate::arguments::integer;
use crate::error::OrRaise;
use crate::place;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wengert::error::Result;
use wengert::{Tensor, ops};

#[pymethods]
impl PyTensor {
    /// A matrix transposed, in place.
    fn t_<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        become_view(this, ops::t)
    }
    /// Two dimensions exchanged, in place.
    fn transpose_<'py>(this: &Bound<'py, Self>, dim0: isize, dim1: isize) -> PyResult<Bound<'py, PyAny>> {
        become_view(this, |t| ops::transpose(t, dim0, dim1))
    }
    /// Two dimensions exchanged, in place.
    fn swapaxes_<'py>(this: &Bound<'py, Self>, axis0: isize, axis1: isize) -> PyResult<Bound<'py, PyAny>> {
        become_view(this, |t| ops::transpose(t, axis0, axis1))
    }
    /// Two dimensions exchanged, in place.
    fn swapdims_<'py>(this: &Bound<'py, Self>, dim0: isize, dim1: isize) -> PyResult<Bound<'py, PyAny>> {
        become_view(this, |t| ops::transpose(t, dim0, dim1))
    }
    /// Dimensions of size 1 dropped, in place.
    #[pyo3(signature = (dim = None))]
    fn squeeze_<'py>(this: &Bound<'py, Self>, dim: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let Some(dim) = dim else { return become_view(this, ops::squeeze) };
        if let Some(d) = integer(dim.as_borrowed())? {
            return become_view(this, |t| ops::squeeze_dim(t, d as isize));
        }
        let dims: Vec<isize> = dim.extract()?;
        become_view(this, |t| ops::squeeze_dims(t, &dims))
    }
    /// A dimension of size 1 added, in place.
    fn unsqueeze_<'py>(this: &Bound<'py, Self>, dim: isize) -> PyResult<Bound<'py, PyAny>> {
        become_view(this, |t| ops::unsqueeze(t, dim))
    }
    /// Another layout over its memory, in place.
    #[pyo3(signature = (size, stride, storage_offset = None))]
    fn as_strided_<'py>(
        this: &Bound<'py, Self>,
        size: Vec<usize>,
        stride: Vec<isize>,
        storage_offset: Option<usize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        become_view(this, |t| ops::as_strided(t, &size, &stride, storage_offset))
    }
    /// Another size, in place. Elements keep their order in memory; new ones are zeros.
    #[pyo3(signature = (*sizes, memory_format = None))]
    fn resize_<'py>(
        this: &Bound<'py, Self>,
        sizes: &Bound<'py, PyTuple>,
        memory_format: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = memory_format;
        let sizes: Vec<usize> = match sizes.get_item(0) {
            Ok(first) if sizes.len() == 1 && integer(first.as_borrowed())?.is_none() => first.extract()?,
            _ => sizes.extract()?,
        };
        resize(this, &sizes)
    }
    /// The size of another tensor, in place.
    #[pyo3(signature = (other, memory_format = None))]
    fn resize_as_<'py>(
        this: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        memory_format: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = memory_format;
        let Some(other) = as_tensor(other) else {
            return Err(PyTypeError::new_err("resize_as_(): argument 'the_template' (position 1) must be Tensor"));
        };
        resize(this, other.tensor().shape())
    }
    /// The memory, size and strides of another tensor, in place; without one, empty.
    #[pyo3(signature = (source = None))]
    fn set_<'py>(this: &Bound<'py, Self>, source: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let inside = this.get();
        refuse_leaf(inside.tensor())?;
        let made = match source {
            None => Tensor::full_of(&[0], 0, inside.tensor().dtype()),
            Some(s) => {
                let s = as_tensor(s)
                    .ok_or_else(|| PyTypeError::new_err("set_(): argument 'source' (position 1) must be Tensor"))?;
                if s.tensor().dtype() != inside.tensor().dtype() {
                    return Err(PyRuntimeError::new_err(
                        "Could not set tensor of one type to a tensor of another type",
                    ));
                }
                Tensor::from_array(s.tensor().array().clone())
            }
        };
        inside.replace(this.py(), made);
        Ok(this.clone().into_any())
    }
    /// An object of a derived class for the same tensor.
    #[staticmethod]
    #[pyo3(signature = (cls, data, require_grad = false))]
    fn _make_subclass<'py>(
        cls: &Bound<'py, pyo3::types::PyType>,
        data: &Bound<'py, PyAny>,
        require_grad: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(data) = as_tensor(data) else {
            return Err(PyTypeError::new_err("_make_subclass(): argument 'data' (position 2) must be Tensor"));
        };
        let made = data.tensor().detach();
        made.set_requires_grad(require_grad).or_raise()?;
        super::wrap_as(cls, made)
    }
    /// The same tensor as an object of another class.
    fn as_subclass<'py>(&self, cls: &Bound<'py, pyo3::types::PyType>) -> PyResult<Bound<'py, PyAny>> {
        super::wrap_as(cls, ops::alias(self.tensor()).or_raise()?)
    }
}

fn refuse_leaf(t: &Tensor) -> PyResult<()> {
    if t.requires_grad() && t.is_leaf() {
        return Err(PyRuntimeError::new_err(
            "a leaf Variable that requires grad is being used in an in-place operation.",
        ));
    }
    Ok(())
}

/// This object stands for a view of what it stood for.
fn become_view<'py>(
    this: &Bound<'py, PyTensor>,
    op: impl Fn(&Tensor) -> Result<Tensor>,
) -> PyResult<Bound<'py, PyAny>> {
    let inside = this.get();
    let old = inside.tensor().clone();
    let _place = place::here(this.py());
    refuse_leaf(&old)?;
    let view = op(&old).or_raise()?;
    let tracked = view.requires_grad() || old.is_view();
    let made = if tracked { view } else { Tensor::from_array(view.array().clone()) };
    if !made.is_inference() {
        made.increment_version();
    }
    inside.replace(this.py(), made);
    Ok(this.clone().into_any())
}

fn resize<'py>(this: &Bound<'py, PyTensor>, sizes: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    let inside = this.get();
    let old = inside.tensor().clone();
    if old.requires_grad() {
        return Err(PyRuntimeError::new_err("cannot resize variables that require grad"));
    }
    if old.shape() == sizes {
        return Ok(this.clone().into_any());
    }
    let (n, offset) = (sizes.iter().product::<usize>(), old.array().layout().offset);
    let mut strides = vec![1isize; sizes.len()];
    for i in (0..sizes.len().saturating_sub(1)).rev() {
        strides[i] = strides[i + 1] * sizes[i + 1].max(1) as isize;
    }
    let room = old.array().storage().map_or(1, |s| s.nbytes() / old.dtype().size().max(1));
    let made = if offset + n <= room {
        let flat = Tensor::from_array(old.array().clone());
        Tensor::from_array(ops::as_strided(&flat, sizes, &strides, Some(offset)).or_raise()?.array().clone())
    } else {
        let made = Tensor::full_of(&[n], 0, old.dtype());
        let kept = room.saturating_sub(offset);
        let flat = Tensor::from_array(old.array().clone());
        let all = ops::as_strided(&flat, &[kept], &[1], Some(offset)).or_raise()?;
        ops::copy_(&ops::narrow(&made, 0, 0, kept).or_raise()?, &all).or_raise()?;
        Tensor::from_array(ops::view(&made, &sizes.to_vec()[..]).or_raise()?.array().clone())
    };
    inside.replace(this.py(), made);
    Ok(this.clone().into_any())
}

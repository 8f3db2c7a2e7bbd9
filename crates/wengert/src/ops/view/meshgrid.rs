//! meshgrid.

use crate::error::{Error, Named, Result};
use crate::ops::{expand, view};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::Dims;

/// The grid that vectors span: for each of them a view of the grid's shape that varies along its own dimension only.
///
/// With `indexing` `"ij"` vector `k` varies along dimension `k`; with `"xy"` the first two dimensions are swapped, as for pictures.
///
/// # Errors
/// If a tensor has more than one dimension, the dtypes differ, or `indexing` is neither.
#[track_caller]
pub fn meshgrid(tensors: &[&Tensor], indexing: &str) -> Result<Vec<Tensor>> {
    let shape = grid_shape(tensors, indexing).named("meshgrid")?;
    let mut out = Vec::with_capacity(tensors.len());
    for (k, t) in tensors.iter().enumerate() {
        let mut own = Dims::from_elem(1, shape.len());
        own[place(k, shape.len(), indexing)] = t.numel();
        out.push(expand(&view(t, &own)?, &shape)?);
    }
    Ok(out)
}

/// The dimension along which vector `k` of `n` varies.
fn place(k: usize, n: usize, indexing: &str) -> usize {
    if indexing == "xy" && n > 1 && k < 2 { 1 - k } else { k }
}

fn grid_shape(tensors: &[&Tensor], indexing: &str) -> Result<Dims> {
    if tensors.is_empty() {
        return Err(Error::runtime("meshgrid expects a non-empty TensorList"));
    }
    if let Some(t) = tensors.iter().find(|t| t.ndim() > 1) {
        return Err(Error::runtime(format!(
            "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: a tensor of shape {:?}",
            t.shape()
        )));
    }
    if tensors.iter().any(|t| t.dtype() != tensors[0].dtype()) {
        return Err(Error::runtime("meshgrid expects all tensors to have the same dtype"));
    }
    if indexing != "ij" && indexing != "xy" {
        return Err(Error::runtime(format!(
            "torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: {indexing}"
        )));
    }
    let n = tensors.len();
    let mut shape = Dims::from_elem(1, n);
    for (k, t) in tensors.iter().enumerate() {
        shape[place(k, n, indexing)] = t.numel();
    }
    Ok(shape)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("meshgrid(Tensor[] tensors) -> Tensor[]", |a| meshgrid(&a.tensors(0), "ij")),
    bind!("meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]", |a| meshgrid(&a.tensors(0), a.str(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[3]), uniform(2, -2.0, 2.0, &[2]));
    let (i, s) = (ints(3, -9, 9, &[4]), uniform(4, -2.0, 2.0, &[]));
    vec![
        Entry::new("meshgrid(Tensor[] tensors, *, str indexing) -> Tensor[]")
            .sample("torch.meshgrid(a, b, indexing='ij')", [a.clone(), b.clone()], |t| meshgrid(&[&t[0], &t[1]], "ij"))
            .sample("torch.meshgrid(a, b, c, indexing='xy')", [a.clone(), b.clone(), s.clone()], |t| {
                meshgrid(&[&t[0], &t[1], &t[2]], "xy")
            })
            .sample("torch.meshgrid(a, indexing='xy')", [i.clone()], |t| meshgrid(&[&t[0]], "xy"))
            .error(
                [a.clone(), i.clone()],
                |t| meshgrid(&[&t[0], &t[1]], "ij"),
                "meshgrid expects all tensors to have the same dtype",
            )
            .error(
                [uniform(5, 0.0, 1.0, &[2, 2])],
                |t| meshgrid(&[&t[0]], "ij"),
                "torch.meshgrid: Expected 0D or 1D tensor in the tensor list",
            ),
    ]
}

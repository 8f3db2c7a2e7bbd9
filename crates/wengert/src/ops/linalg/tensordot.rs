//! tensordot, inner.

use crate::error::{Error, Named, Result};
use crate::ops::{dot, mm, mul, permute_dims, reshape, view, wrap_dim};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::Dims;

/// Sums products over pairs of dimensions: `dims_self[i]` of the input with `dims_other[i]` of the other. What is left of the
/// input's dimensions comes first in the result, then what is left of the other's.
///
/// # Errors
/// If the lists differ in length, a pair in size, or the dtypes differ.
#[track_caller]
pub fn tensordot(input: &Tensor, other: &Tensor, dims_self: &[isize], dims_other: &[isize]) -> Result<Tensor> {
    let (from, to) = pairs(input, other, dims_self, dims_other).named("tensordot")?;
    let free = |t: &Tensor, used: &Dims| -> Dims { (0..t.ndim()).filter(|d| !used.contains(d)).collect() };
    let (left, right) = (free(input, &from), free(other, &to));
    let sizes = |t: &Tensor, dims: &Dims| -> Dims { dims.iter().map(|&d| t.shape()[d]).collect() };
    let (rows, columns) = (sizes(input, &left), sizes(other, &right));
    let (m, n): (usize, usize) = (rows.iter().product(), columns.iter().product());
    let k: usize = sizes(input, &from).iter().product();
    let chain = |a: &Dims, b: &Dims| -> Dims { a.iter().chain(b).copied().collect() };
    let (a, b) = (permute_dims(input, &chain(&left, &from))?, permute_dims(other, &chain(&to, &right))?);
    if a.ndim() == 1 && b.ndim() == 1 && !from.is_empty() {
        return view(&dot(&a, &b)?, &[0usize; 0]);
    }
    let (a, b) = (reshape(&a, &[m, k])?, reshape(&b, &[k, n])?);
    view(&mm(&a, &b)?, &chain(&rows, &columns))
}

fn pairs(a: &Tensor, b: &Tensor, dims_a: &[isize], dims_b: &[isize]) -> Result<(Dims, Dims)> {
    if dims_a.len() != dims_b.len() {
        return Err(Error::runtime("both dimension lists should have same length"));
    }
    if a.dtype() != b.dtype() {
        return Err(Error::runtime("both inputs should have same dtype"));
    }
    let (mut from, mut to) = (Dims::new(), Dims::new());
    for (&x, &y) in dims_a.iter().zip(dims_b) {
        let (d, e) = (wrap_dim(x, a.ndim())?, wrap_dim(y, b.ndim())?);
        if a.shape().get(d) != b.shape().get(e) {
            return Err(Error::runtime(format!(
                "contracted dimensions need to match, but first has size {} in dim {x} and second has size {} in dim {y}",
                a.shape().get(d).unwrap_or(&1),
                b.shape().get(e).unwrap_or(&1)
            )));
        }
        if from.contains(&d) || to.contains(&e) {
            return Err(Error::runtime(format!("dim {d} appears multiple times in the list of dims")));
        }
        from.push(d);
        to.push(e);
    }
    Ok((from, to))
}

/// Sums products over the last dimension of both; numbers are multiplied.
///
/// # Errors
/// If the last dimensions differ in size.
#[track_caller]
pub fn inner(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    if input.ndim() == 0 || other.ndim() == 0 {
        return mul(input, other);
    }
    if input.shape().last() != other.shape().last() {
        return Err(Error::runtime(format!(
            "inner() the last dimension must match on both input tensors but got shapes {:?} and {:?}",
            input.shape(),
            other.shape()
        )))
        .named("inner");
    }
    tensordot(input, other, &[-1], &[-1])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("torch::tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor", |a| {
        tensordot(a.tensor(0), a.tensor(1), a.ints(2), a.ints(3))
    }),
    bind!("inner(Tensor self, Tensor other) -> Tensor", |a| inner(a.tensor(0), a.tensor(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 3, 4]), uniform(2, -2.0, 2.0, &[4, 2, 5]));
    let (m, v, s) = (uniform(3, -2.0, 2.0, &[3, 4]), uniform(4, -2.0, 2.0, &[4]), uniform(5, -2.0, 2.0, &[]));
    let i = ints(6, -9, 9, &[3, 4]);
    vec![
        Entry::new("tensordot(Tensor input, Tensor other, int[] dims_self, int[] dims_other) -> Tensor")
            .sample("torch.tensordot(a, b, ([0, 2], [1, 0]))", [a.clone(), b.clone()], |t| {
                tensordot(&t[0], &t[1], &[0, 2], &[1, 0])
            })
            .sample("torch.tensordot(a, b, ([-1], [1]))", [a.clone(), m.clone()], |t| {
                tensordot(&t[0], &t[1], &[-1], &[1])
            })
            .sample("torch.tensordot(a, a, 2)", [i.clone()], |t| tensordot(&t[0], &t[0], &[0, 1], &[0, 1]))
            .sample("torch.tensordot(a, b, 0)", [v.clone(), m.clone()], |t| tensordot(&t[0], &t[1], &[], &[]))
            .error(
                [m.clone()],
                |t| tensordot(&t[0], &t[0], &[0, 1], &[1]),
                "both dimension lists should have same length",
            )
            .error(
                [m.clone()],
                |t| tensordot(&t[0], &t[0], &[0], &[1]),
                "contracted dimensions need to match, but first has size 3 in dim 0 and second has size 4 in dim 1",
            ),
        Entry::new("inner(Tensor input, Tensor other) -> Tensor")
            .sample("torch.inner(a, b)", [v.clone(), v.clone()], |t| inner(&t[0], &t[1]))
            .sample("torch.inner(a, b)", [a.clone(), m.clone()], |t| inner(&t[0], &t[1]))
            .sample("torch.inner(a, b)", [m.clone(), s.clone()], |t| inner(&t[0], &t[1]))
            .error(
                [m.clone(), a.clone()],
                |t| inner(&t[0], &crate::ops::matrix_transpose(&t[1])?),
                "inner() the last dimension must match on both input tensors but got shapes [3, 4] and [2, 4, 3]",
            ),
    ]
}

//! flatten, unflatten, ravel, atleast_1d to atleast_3d.

use super::reshape::list_text;
use crate::error::{Error, Named, Result};
use crate::ops::{Sizes, contiguous, reshape, unsqueeze, view, wrap_dim};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, uniform};
use wengert_kernels::Dims;

/// The dimensions `start_dim` to `end_dim` (included) as one; a view where strides allow it.
///
/// # Errors
/// If a dimension is out of range, or `start_dim` comes after `end_dim`.
#[track_caller]
pub fn flatten(input: &Tensor, start_dim: isize, end_dim: isize) -> Result<Tensor> {
    let n = input.ndim();
    let (start, end) = (wrap_dim(start_dim, n).named("flatten")?, wrap_dim(end_dim, n).named("flatten")?);
    if start > end {
        return Err(Error::runtime("flatten() has invalid args: start_dim cannot come after end_dim")).named("flatten");
    }
    if n == 0 {
        return reshape(input, &[1usize]);
    }
    if start == end {
        return Ok(input.clone());
    }
    let mut shape = Dims::from_slice(&input.shape()[..start]);
    shape.push(input.shape()[start..=end].iter().product());
    shape.extend_from_slice(&input.shape()[end + 1..]);
    reshape(input, &shape)
}

/// Dimension `dim` as several of the given `sizes`, one of which may be -1: a view.
///
/// # Errors
/// If `dim` is out of range, or the sizes do not multiply to its size.
#[track_caller]
pub fn unflatten<S: Sizes + ?Sized>(input: &Tensor, dim: isize, sizes: &S) -> Result<Tensor> {
    view(input, &unflattened(input.shape(), dim, sizes).named("unflatten")?)
}

fn unflattened<S: Sizes + ?Sized>(shape: &[usize], dim: isize, sizes: &S) -> Result<Dims> {
    let given = sizes.given();
    if given.is_empty() {
        return Err(Error::runtime("unflatten: sizes must be non-empty"));
    }
    if shape.is_empty() {
        return Err(Error::index(format!("Dimension specified as {dim} but tensor has no dimensions")));
    }
    let d = wrap_dim(dim, shape.len())?;
    let mut out = Dims::from_slice(&shape[..d]);
    let fits = given.iter().all(|&n| n >= -1);
    out.extend(sizes.sizes(shape[d]).map_err(|e| {
        if !fits || e.message().starts_with("shape '") {
            Error::runtime(format!(
                "unflatten: Provided sizes {} don't multiply up to the size of dim {d} ({}) in the input tensor",
                list_text(&given),
                shape[d]
            ))
        } else {
            e
        }
    })?);
    out.extend_from_slice(&shape[d + 1..]);
    Ok(out)
}

/// All elements in one dimension, in row-major order; a view if they lie so.
///
/// # Errors
/// None.
#[track_caller]
pub fn ravel(input: &Tensor) -> Result<Tensor> {
    view(&contiguous(input)?, &[input.numel()])
}

/// With at least one dimension: a number becomes a vector of one element.
///
/// # Errors
/// None.
#[track_caller]
pub fn atleast_1d(input: &Tensor) -> Result<Tensor> {
    if input.ndim() == 0 { reshape(input, &[1usize]) } else { Ok(input.clone()) }
}

/// With at least two dimensions: a vector becomes a row.
///
/// # Errors
/// None.
#[track_caller]
pub fn atleast_2d(input: &Tensor) -> Result<Tensor> {
    match input.ndim() {
        0 => reshape(input, &[1usize, 1]),
        1 => unsqueeze(input, 0),
        _ => Ok(input.clone()),
    }
}

/// With at least three dimensions: a vector becomes `[1, n, 1]`, a matrix `[m, n, 1]`.
///
/// # Errors
/// None.
#[track_caller]
pub fn atleast_3d(input: &Tensor) -> Result<Tensor> {
    match input.ndim() {
        0 => reshape(input, &[1usize, 1, 1]),
        1 => unsqueeze(&unsqueeze(input, 0)?, -1),
        2 => unsqueeze(input, -1),
        _ => Ok(input.clone()),
    }
}

fn each(tensors: &[&Tensor], f: fn(&Tensor) -> Result<Tensor>) -> Result<Vec<Tensor>> {
    tensors.iter().map(|t| f(t)).collect()
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)", |a| {
        flatten(a.tensor(0), a.dim(1), a.dim(2))
    }),
    bind!("unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)", |a| {
        unflatten(a.tensor(0), a.dim(1), a.ints(2))
    }),
    bind!("ravel(Tensor(a) self) -> Tensor(a)", |a| ravel(a.tensor(0))),
    bind!("torch::atleast_1d(Tensor self) -> Tensor", |a| atleast_1d(a.tensor(0))),
    bind!("torch::atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]", |a| each(&a.tensors(0), atleast_1d)),
    bind!("torch::atleast_2d(Tensor self) -> Tensor", |a| atleast_2d(a.tensor(0))),
    bind!("torch::atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]", |a| each(&a.tensors(0), atleast_2d)),
    bind!("torch::atleast_3d(Tensor self) -> Tensor", |a| atleast_3d(a.tensor(0))),
    bind!("torch::atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]", |a| each(&a.tensors(0), atleast_3d)),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, v, s) = (uniform(1, -2.0, 2.0, &[2, 3, 4]), uniform(2, -2.0, 2.0, &[4]), uniform(3, -2.0, 2.0, &[]));
    let m = uniform(4, -2.0, 2.0, &[2, 3]);
    vec![
        Entry::new("flatten(Tensor(a) input, int start_dim=0, int end_dim=-1) -> Tensor(a)")
            .sample("a.flatten()", [a.clone()], |t| flatten(&t[0], 0, -1))
            .sample("a.flatten(1)", [a.clone()], |t| flatten(&t[0], 1, -1))
            .sample("a.flatten(0, -2)", [a.clone()], |t| flatten(&t[0], 0, -2))
            .sample("a.flatten(1, 1)", [a.clone()], |t| flatten(&t[0], 1, 1))
            .sample("a.flatten()", [s.clone()], |t| flatten(&t[0], 0, -1))
            .error(
                [a.clone()],
                |t| flatten(&t[0], 2, 1),
                "flatten() has invalid args: start_dim cannot come after end_dim",
            )
            .error(
                [a.clone()],
                |t| flatten(&t[0], 0, 3),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("unflatten(Tensor(a) input, int dim, SymInt[] sizes) -> Tensor(a)")
            .sample("a.unflatten(2, (2, -1))", [a.clone()], |t| unflatten(&t[0], 2, &[2, -1]))
            .sample("a.unflatten(-2, (1, 3))", [a.clone()], |t| unflatten(&t[0], -2, &[1, 3]))
            .error(
                [a.clone()],
                |t| unflatten(&t[0], 2, &[3, 2]),
                "unflatten: Provided sizes [3, 2] don't multiply up to the size of dim 2 (4) in the input tensor",
            )
            .error([a.clone()], |t| unflatten(&t[0], 2, &[0usize; 0]), "unflatten: sizes must be non-empty"),
        Entry::new("ravel(Tensor(a) input) -> Tensor(a)")
            .sample("a.ravel()", [a.clone()], |t| ravel(&t[0]))
            .sample("a.mT.ravel()", [a.clone()], |t| ravel(&crate::ops::matrix_transpose(&t[0])?))
            .sample("a.ravel()", [s.clone()], |t| ravel(&t[0])),
        Entry::new("atleast_1d(Tensor input) -> Tensor")
            .sample("torch.atleast_1d(a)", [s.clone()], |t| atleast_1d(&t[0]))
            .sample("torch.atleast_1d(a)", [v.clone()], |t| atleast_1d(&t[0])),
        Entry::new("atleast_2d(Tensor input) -> Tensor")
            .sample("torch.atleast_2d(a)", [s.clone()], |t| atleast_2d(&t[0]))
            .sample("torch.atleast_2d(a)", [v.clone()], |t| atleast_2d(&t[0])),
        Entry::new("atleast_3d(Tensor input) -> Tensor")
            .sample("torch.atleast_3d(a)", [s.clone()], |t| atleast_3d(&t[0]))
            .sample("torch.atleast_3d(a)", [v.clone()], |t| atleast_3d(&t[0]))
            .sample("torch.atleast_3d(a)", [m.clone()], |t| atleast_3d(&t[0])),
    ]
}

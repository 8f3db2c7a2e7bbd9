//! diagonal, diag, diag_embed.

use super::pick::{Pick, embed_as, show, show_copy};
use crate::error::{Error, Named, Result};
use crate::ops::{as_strided, clone_tensor, fill_, narrow, ravel, wrap_dim};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};
use wengert_kernels::{Dims, Layout};

/// The elements with equal indices in two dimensions, which become one dimension at the end.
#[derive(Clone, Debug)]
pub(crate) struct Diagonal {
    offset: isize,
    dim1: usize,
    dim2: usize,
}

impl Pick for Diagonal {
    const VIEW: (&'static str, &'static str) = ("diagonal", "DiagonalBackward0");
    const BACKWARD: (&'static str, &'static str) = ("diagonal_backward", "DiagonalBackwardBackward0");
    fn layout(&self, input: &Layout) -> Layout {
        let (d1, d2) = (self.dim1, self.dim2);
        let (down, right) = ((-self.offset).max(0), self.offset.max(0));
        let rest: Dims = (0..input.ndim()).filter(|&d| d != d1 && d != d2).collect();
        let mut out = input.permute(&rest);
        let len = (input.shape[d1] as isize - down).min(input.shape[d2] as isize - right).max(0);
        out.shape.push(len as usize);
        out.strides.push(input.strides[d1] + input.strides[d2]);
        if out.numel() > 0 {
            out.offset = out.offset.strict_add_signed(down * input.strides[d1] + right * input.strides[d2]);
        }
        out
    }
    fn behind_batch(&self) -> Diagonal {
        Diagonal { offset: self.offset, dim1: self.dim1 + 1, dim2: self.dim2 + 1 }
    }
}

impl Diagonal {
    pub(crate) fn of(offset: isize, dim1: isize, dim2: isize, ndim: usize) -> Result<Diagonal> {
        let (d1, d2) = (wrap_dim(dim1, ndim)?, wrap_dim(dim2, ndim)?);
        if d1 == d2 {
            return Err(Error::runtime(format!("diagonal dimensions cannot be identical {dim1}, {dim2}")));
        }
        Ok(Diagonal { offset, dim1: d1, dim2: d2 })
    }
}

/// The diagonal of the planes of `dim1` and `dim2`, `offset` places to the right of the main one (or below it, if negative), as the
/// last dimension of the result: a view.
///
/// # Errors
/// If a dimension is out of range, or both are the same.
#[track_caller]
pub fn diagonal(input: &Tensor, offset: isize, dim1: isize, dim2: isize) -> Result<Tensor> {
    show(input, Diagonal::of(offset, dim1, dim2, input.ndim()).named("diagonal")?)
}

/// The diagonal of a matrix as a copy, or for a vector the square matrix that has it on the diagonal and zeros elsewhere.
///
/// # Errors
/// If the input has neither one dimension nor two.
#[track_caller]
pub fn diag(input: &Tensor, diagonal: isize) -> Result<Tensor> {
    match input.ndim() {
        1 => diag_embed(input, diagonal, 0, 1),
        2 => {
            let pick = Diagonal { offset: diagonal, dim1: 0, dim2: 1 };
            show_copy(("diag", "DiagonalBackward0_copy"), input, pick)
        }
        n => Err(Error::runtime(format!("diag(): Supports 1D or 2D tensors. Got {n}D"))).named("diag"),
    }
}

/// Zeros, with the last dimension of `input` on the diagonal of two new dimensions `dim1` and `dim2` of the result.
///
/// # Errors
/// If a dimension is out of range, or both are the same.
#[track_caller]
pub fn diag_embed(input: &Tensor, offset: isize, dim1: isize, dim2: isize) -> Result<Tensor> {
    let n = input.ndim();
    let pick = Diagonal::of(offset, dim1, dim2, n + 1).named("diag_embed")?;
    if n == 0 {
        let message = "Dimension out of range (expected to be in range of [-1, 0], but got -2)";
        return Err(Error::index(message)).named("diag_embed");
    }
    let size = input.shape()[n - 1] + offset.unsigned_abs();
    let mut shape = Dims::from_slice(&input.shape()[..n - 1]);
    shape.insert(pick.dim1.min(pick.dim2), size);
    shape.insert(pick.dim1.max(pick.dim2), size);
    embed_as(("diag_embed", "DiagEmbedBackward0"), input, pick, &shape)
}

/// A matrix with all elements of `input`, in row-major order, on a diagonal.
///
/// # Errors
/// None.
#[track_caller]
pub fn diagflat(input: &Tensor, offset: isize) -> Result<Tensor> {
    diag(&ravel(input)?, offset)
}

/// Writes a number on the main diagonal. With `wrap` a matrix with more rows than columns has it again below, with a row between.
///
/// # Errors
/// If there are fewer than two dimensions, or more than two of different sizes; those of in-place writes in general.
#[track_caller]
pub fn fill_diagonal_(input: &Tensor, value: impl Into<Scalar>, wrap: bool) -> Result<Tensor> {
    let shape = input.shape();
    let equal = shape.windows(2).all(|w| w[0] == w[1]);
    if shape.len() < 2 || (shape.len() > 2 && !equal) {
        let text = if shape.len() < 2 {
            "dimensions must larger than 1"
        } else {
            "all dimensions of input must be of equal length"
        };
        return Err(Error::runtime(text)).named("fill_diagonal_");
    }
    let step: isize = input.strides().iter().sum();
    let n = shape.iter().copied().min().unwrap_or(0);
    let value = value.into();
    fill_(&as_strided(input, &[n], &[step], None)?, value)?;
    if wrap && shape.len() == 2 && shape[0] > shape[1] + 1 {
        for start in (shape[1] + 1..shape[0]).step_by(shape[1] + 1) {
            let rest = narrow(input, 0, start as isize, (shape[0] - start).min(shape[1]))?;
            fill_(&diagonal(&rest, 0, 0, 1)?, value)?;
        }
    }
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)", |a| {
        diagonal(a.tensor(0), a.dim(1), a.dim(2), a.dim(3))
    }),
    bind!("diag(Tensor self, int diagonal=0) -> Tensor", |a| diag(a.tensor(0), a.dim(1))),
    bind!("diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor", |a| {
        diag_embed(a.tensor(0), a.dim(1), a.dim(2), a.dim(3))
    }),
    bind!("Tensor::fill_diagonal_(Tensor(a!) self, Scalar fill_value, bool wrap=False) -> Tensor(a!)", |a| {
        fill_diagonal_(a.tensor(0), a.scalar(1), a.bool(2))
    }),
    bind!("diagflat(Tensor self, int offset=0) -> Tensor", |a| diagflat(a.tensor(0), a.dim(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, m, v) = (uniform(1, -2.0, 2.0, &[3, 2, 4]), uniform(2, -2.0, 2.0, &[3, 4]), uniform(3, -2.0, 2.0, &[3]));
    vec![
        Entry::new("diagonal(Tensor(a) input, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)")
            .sample("a.diagonal()", [m.clone()], |t| diagonal(&t[0], 0, 0, 1))
            .sample("a.diagonal(1, -1, 0)", [a.clone()], |t| diagonal(&t[0], 1, -1, 0))
            .sample("a.diagonal(-2)", [m.clone()], |t| diagonal(&t[0], -2, 0, 1))
            .sample("a.diagonal(7)", [m.clone()], |t| diagonal(&t[0], 7, 0, 1))
            .error([a.clone()], |t| diagonal(&t[0], 0, 0, 0), "diagonal dimensions cannot be identical 0, 0")
            .error(
                [v.clone()],
                |t| diagonal(&t[0], 0, 0, 1),
                "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
            ),
        Entry::new("diag(Tensor input, int diagonal=0) -> Tensor")
            .sample("torch.diag(a)", [m.clone()], |t| diag(&t[0], 0))
            .sample("torch.diag(a, -1)", [m.clone()], |t| diag(&t[0], -1))
            .sample("torch.diag(a)", [v.clone()], |t| diag(&t[0], 0))
            .sample("torch.diag(a, 1)", [v.clone()], |t| diag(&t[0], 1))
            .sample("torch.diag(a, -2)", [ints(4, -9, 9, &[2])], |t| diag(&t[0], -2))
            .error([a.clone()], |t| diag(&t[0], 0), "diag(): Supports 1D or 2D tensors. Got 3D"),
        Entry::new("diag_embed(Tensor input, int offset=0, int dim1=-2, int dim2=-1) -> Tensor")
            .sample("torch.diag_embed(a)", [m.clone()], |t| diag_embed(&t[0], 0, -2, -1))
            .sample("torch.diag_embed(a, 1, 2, 0)", [m.clone()], |t| diag_embed(&t[0], 1, 2, 0))
            .error([v.clone()], |t| diag_embed(&t[0], 0, 1, 1), "diagonal dimensions cannot be identical 1, 1"),
        Entry::new("diagflat(Tensor input, int offset=0) -> Tensor")
            .sample("torch.diagflat(a)", [v.clone()], |t| diagflat(&t[0], 0))
            .sample("torch.diagflat(a, -1)", [uniform(4, -2.0, 2.0, &[2, 2])], |t| diagflat(&t[0], -1)),
        Entry::new("fill_diagonal_(Tensor input, Scalar value, bool wrap=False) -> Tensor")
            .sample("a.clone().fill_diagonal_(9)", [m.clone()], |t| fill_diagonal_(&clone_tensor(&t[0])?, 9, false))
            .skip(Check::SecondBackward, "nothing is saved that could be freed")
            .sample("a.clone().fill_diagonal_(9, wrap=True)", [uniform(5, -2.0, 2.0, &[8, 2])], |t| {
                fill_diagonal_(&clone_tensor(&t[0])?, 9, true)
            })
            .skip(Check::SecondBackward, "nothing is saved that could be freed")
            .sample("a.clone().fill_diagonal_(0.5)", [uniform(6, -2.0, 2.0, &[2, 2, 2])], |t| {
                fill_diagonal_(&clone_tensor(&t[0])?, 0.5, false)
            })
            .skip(Check::SecondBackward, "nothing is saved that could be freed")
            .error([a], |t| fill_diagonal_(&t[0], 1, false), "all dimensions of input must be of equal length")
            .error([v], |t| fill_diagonal_(&t[0], 1, false), "dimensions must larger than 1"),
    ]
}

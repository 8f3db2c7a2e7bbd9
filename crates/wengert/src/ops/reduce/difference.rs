//! Along a dimension: diff, trapezoid, cumulative_trapezoid; distances: dist.

use super::{cumsum, norm_dim, sum_dim};
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{add, cat, div, mul, narrow, ne, reshape, select, slice, sub, wrap_dim};
use crate::scalar::Scalar;
use crate::table::{Args, Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, bools, ints, uniform};

/// Each element less the one before it along `dim`, `n` times; `prepend` and `append` are joined to the input first. Of booleans it is
/// whether they differ.
///
/// # Errors
/// If the input has no dimensions, `dim` is out of range or `n` negative.
#[track_caller]
pub fn diff(input: &Tensor, n: i64, dim: isize, prepend: Option<&Tensor>, append: Option<&Tensor>) -> Result<Tensor> {
    if input.ndim() == 0 {
        return Err(Error::runtime("diff expects input to be at least one-dimensional")).named("diff");
    }
    if n < 0 {
        return Err(Error::runtime(format!("order must be non-negative but got {n}"))).named("diff");
    }
    let d = wrap_dim(dim, input.ndim()).named("diff")?;
    let mut x = match (prepend, append) {
        (None, None) => input.clone(),
        _ => cat(&[prepend, Some(input), append].into_iter().flatten().collect::<Vec<_>>(), dim)?,
    };
    for _ in 0..n {
        let size = x.shape()[d];
        if size == 0 {
            break;
        }
        let (later, sooner) = (narrow(&x, dim, 1, size - 1)?, narrow(&x, dim, 0, size - 1)?);
        x = if x.dtype() == DType::Bool { ne(&later, &sooner)? } else { sub(&later, &sooner)? };
    }
    Ok(x)
}

/// Sums of neighbours along `dim`.
fn pairs(y: &Tensor, dim: isize) -> Result<Tensor> {
    add(&slice(y, dim, None, Some(-1), 1)?, &slice(y, dim, Some(1), None, 1)?)
}

/// The widths of the steps: a number, or from the points `x`, one list of them or as many as values.
fn widths(y: &Tensor, x: &Tensor, dim: isize) -> Result<Tensor> {
    if x.ndim() != 1 {
        return diff(x, 1, dim, None, None);
    }
    let d = wrap_dim(dim, y.ndim())?;
    if x.numel() != y.shape()[d] {
        return Err(Error::runtime(format!(
            "There must be one `x` value for each sample point, but got {} for dim {d} of size {}",
            x.numel(),
            y.shape()[d]
        )));
    }
    let mut shape = vec![1; y.ndim()];
    shape[d] = x.numel().saturating_sub(1);
    reshape(&diff(x, 1, 0, None, None)?, &shape)
}

/// The integral of `input` along `dim` by the trapezoidal rule, over points `x` (one list, or as many as values) or at distance 1.
///
/// # Errors
/// If `dim` is out of range or the points do not fit.
#[track_caller]
pub fn trapezoid(input: &Tensor, x: Option<&Tensor>, dim: isize) -> Result<Tensor> {
    match x {
        Some(x) => {
            let steps = mul(&pairs(input, dim)?, &widths(input, x, dim).named("trapezoid")?)?;
            div(&sum_dim(&steps, &[dim], false)?, 2)
        }
        None => trapezoid_dx(input, 1, dim),
    }
}

/// [`trapezoid`] over points at distance `dx`.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn trapezoid_dx(input: &Tensor, dx: impl Into<Scalar>, dim: isize) -> Result<Tensor> {
    let d = wrap_dim(dim, input.ndim()).named("trapezoid")?;
    if input.ndim() == 0 || input.shape()[d] == 0 {
        return mul(&sum_dim(input, &[dim], false)?, 0.0);
    }
    let ends = div(&add(&select(input, dim, 0)?, &select(input, dim, -1)?)?, 2)?;
    mul(&sub(&sum_dim(input, &[dim], false)?, &ends)?, dx.into())
}

/// The integrals up to each point: as [`trapezoid`], one element fewer along `dim`.
///
/// # Errors
/// As [`trapezoid`].
#[track_caller]
pub fn cumulative_trapezoid(input: &Tensor, x: Option<&Tensor>, dim: isize) -> Result<Tensor> {
    match x {
        Some(x) => {
            let width = widths(input, x, dim).named("cumulative_trapezoid")?;
            div(&cumsum(&mul(&pairs(input, dim)?, &width)?, dim)?, 2)
        }
        None => cumulative_trapezoid_dx(input, 1, dim),
    }
}

/// [`cumulative_trapezoid`] over points at distance `dx`.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn cumulative_trapezoid_dx(input: &Tensor, dx: impl Into<Scalar>, dim: isize) -> Result<Tensor> {
    cumsum(&mul(&pairs(input, dim)?, dx.into().to_f64() / 2.0)?, dim)
}

/// The `p`-norm of the difference, with broadcasting.
///
/// # Errors
/// If the shapes do not broadcast; for integers and booleans.
#[track_caller]
pub fn dist(input: &Tensor, other: &Tensor, p: impl Into<Scalar>) -> Result<Tensor> {
    norm_dim(&sub(input, other)?, p.into().to_f64(), &[], false)
}

fn over_points(a: &Args) -> Result<Tensor> {
    trapezoid(a.tensor(0), Some(a.tensor(1)), a.dim(2))
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor", |a| {
        diff(a.tensor(0), a.int(1), a.dim(2), a.opt_tensor(3), a.opt_tensor(4))
    }),
    bind!("trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", |a| over_points(a)),
    bind!("trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor", |a| {
        trapezoid_dx(a.tensor(0), a.scalar(1), a.dim(2))
    }),
    bind!("trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", |a| over_points(a)),
    bind!("trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor", |a| {
        trapezoid_dx(a.tensor(0), a.float(1), a.dim(2))
    }),
    bind!("cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", |a| {
        cumulative_trapezoid(a.tensor(0), Some(a.tensor(1)), a.dim(2))
    }),
    bind!("cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor", |a| {
        cumulative_trapezoid_dx(a.tensor(0), a.scalar(1), a.dim(2))
    }),
    bind!("dist(Tensor self, Tensor other, Scalar p=2) -> Tensor", |a| dist(a.tensor(0), a.tensor(1), a.scalar(2))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = || uniform(1, -2.0, 2.0, &[3, 4]);
    let whole = || ints(2, -9, 9, &[2, 5]);
    vec![
        Entry::new("diff(Tensor input, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor")
            .sample("torch.diff(a)", [a()], |t| diff(&t[0], 1, -1, None, None))
            .sample("torch.diff(a, 2, 0)", [a()], |t| diff(&t[0], 2, 0, None, None))
            .sample("torch.diff(a, prepend=b)", [a(), uniform(3, -2.0, 2.0, &[3, 2])], |t| {
                diff(&t[0], 1, -1, Some(&t[1]), None)
            })
            .sample("torch.diff(a, n=7)", [whole()], |t| diff(&t[0], 7, -1, None, None))
            .sample("torch.diff(a)", [bools(4, &[2, 5])], |t| diff(&t[0], 1, -1, None, None))
            .error(
                [uniform(1, 0.0, 1.0, &[])],
                |t| diff(&t[0], 1, -1, None, None),
                "diff expects input to be at least one-dimensional",
            ),
        Entry::new("trapezoid(Tensor input, Tensor? x=None, *, int dim=-1) -> Tensor")
            .sample("torch.trapezoid(a)", [a()], |t| trapezoid(&t[0], None, -1))
            .skip(Check::SecondBackward, "PyTorch's own products with numbers save no tensor")
            .sample("torch.trapezoid(a, dx=0.5, dim=0)", [a()], |t| trapezoid_dx(&t[0], 0.5, 0))
            .skip(Check::SecondBackward, "PyTorch's own products with numbers save no tensor")
            .sample("torch.trapezoid(a, b)", [a(), uniform(5, 0.0, 3.0, &[4])], |t| trapezoid(&t[0], Some(&t[1]), -1))
            .sample("torch.trapezoid(a, dx=2)", [whole()], |t| trapezoid_dx(&t[0], 2, -1)),
        Entry::new("cumulative_trapezoid(Tensor input, Tensor? x=None, *, int dim=-1) -> Tensor")
            .sample("torch.cumulative_trapezoid(a)", [a()], |t| cumulative_trapezoid(&t[0], None, -1))
            .skip(Check::SecondBackward, "PyTorch's own products with numbers save no tensor")
            .sample("torch.cumulative_trapezoid(a, b, dim=0)", [a(), uniform(5, 0.0, 3.0, &[3])], |t| {
                cumulative_trapezoid(&t[0], Some(&t[1]), 0)
            })
            .sample("torch.cumulative_trapezoid(a, dx=3)", [a()], |t| cumulative_trapezoid_dx(&t[0], 3, -1))
            .skip(Check::SecondBackward, "PyTorch's own products with numbers save no tensor"),
        Entry::new("dist(Tensor input, Tensor other, Scalar p=2) -> Tensor")
            .sample("torch.dist(a, b)", [a(), uniform(6, -2.0, 2.0, &[4])], |t| dist(&t[0], &t[1], 2))
            .sample("torch.dist(a, b, 1)", [a(), uniform(6, -2.0, 2.0, &[4])], |t| dist(&t[0], &t[1], 1)),
    ]
}

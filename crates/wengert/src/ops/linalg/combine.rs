//! Products of several kinds: addbmm, kron, cross, vecdot, matrix_power.

use super::{addmm, matmul};
use crate::error::{Error, Named, Result};
use crate::ops::{broadcast_tensors, expand, inv, mul, reshape, roll, sub, sum_dim, transpose, wrap_dim};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};

/// `beta * input + alpha * (the sum of the products of two batches of matrices)`.
///
/// # Errors
/// If shapes or dtypes do not fit.
#[track_caller]
pub fn addbmm(
    input: &Tensor,
    batch1: &Tensor,
    batch2: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    for (t, what) in [(batch1, "batch1"), (batch2, "batch2")] {
        if t.ndim() != 3 {
            return Err(Error::runtime(format!("{what} must be a 3D tensor"))).named("addbmm");
        }
    }
    let (&[b, n, m], &[b2, m2, p]) = (batch1.shape(), batch2.shape()) else { unreachable!("three dimensions") };
    if b != b2 {
        let text = format!("batch1 and batch2 must have same number of batches, got {b} and {b2}");
        return Err(Error::runtime(text)).named("addbmm");
    }
    if m != m2 {
        return Err(Error::runtime(format!("Incompatible matrix sizes for bmm ({n}x{m} and {m2}x{p})")))
            .named("addbmm");
    }
    let input = expand(input, &[n, p])?;
    // Side by side, the batch is one product.
    let rows = reshape(&transpose(batch1, 0, 1)?, &[n, b * m])?;
    addmm(&input, &rows, &reshape(batch2, &[b * m, p])?, beta, alpha)
}

/// The Kronecker product: every element of `input` times the whole of `other`.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn kron(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    let n = input.ndim().max(other.ndim());
    let padded = |t: &Tensor| -> Vec<usize> { [vec![1; n - t.ndim()], t.shape().to_vec()].concat() };
    let (a, b) = (padded(input), padded(other));
    let each = |f: &dyn Fn(usize) -> [usize; 2]| -> Vec<usize> { (0..n).flat_map(f).collect() };
    let left = reshape(input, &each(&|d| [a[d], 1])[..])?;
    let right = reshape(other, &each(&|d| [1, b[d]])[..])?;
    let shape: Vec<usize> = (0..n).map(|d| a[d] * b[d]).collect();
    reshape(&mul(&left, &right)?, &shape[..])
}

/// The vector products of vectors of three elements along `dim`, with broadcasting.
///
/// # Errors
/// If the numbers of dimensions differ, or the size along `dim` is not 3.
#[track_caller]
pub fn cross(input: &Tensor, other: &Tensor, dim: isize) -> Result<Tensor> {
    if input.ndim() != other.ndim() {
        return Err(Error::runtime("linalg.cross: inputs must have the same number of dimensions.")).named("cross");
    }
    let d = wrap_dim(dim, input.ndim()).named("cross")?;
    let size = |t: &Tensor| t.shape().get(d).copied().unwrap_or(1);
    if size(input) != 3 || size(other) != 3 {
        return Err(Error::runtime(format!(
            "linalg.cross: inputs dimension {dim} must have length 3. Got {} and {}",
            size(input),
            size(other)
        )))
        .named("cross");
    }
    let both = broadcast_tensors(&[input, other])?;
    let next = |t: &Tensor, by: isize| roll(t, &[-by], &[dim]);
    let (a, b) = (&both[0], &both[1]);
    sub(&mul(&next(a, 1)?, &next(b, 2)?)?, &mul(&next(a, 2)?, &next(b, 1)?)?)
}

/// PyTorch's older `torch.cross`: along the first dimension of size 3, if none is given.
fn cross_anywhere(input: &Tensor, other: &Tensor, dim: Option<isize>) -> Result<Tensor> {
    let first = || input.shape().iter().position(|&n| n == 3).map(|d| d as isize);
    match dim.or_else(first) {
        Some(dim) => cross(input, other, dim),
        None => Err(Error::runtime("no dimension of size 3 in input")),
    }
}

/// The inner products of vectors along `dim`, with broadcasting.
///
/// # Errors
/// If the shapes do not broadcast or `dim` is out of range.
#[track_caller]
pub fn vecdot(input: &Tensor, other: &Tensor, dim: isize) -> Result<Tensor> {
    sum_dim(&mul(input, other)?, &[dim], false)
}

/// Square matrices to the power `n`, by squaring; a negative power is one of the inverse.
///
/// # Errors
/// If the matrices are not square, or have no inverse and `n` is negative.
#[track_caller]
pub fn matrix_power(input: &Tensor, n: i64) -> Result<Tensor> {
    super::square_matrices("matrix_power", input).named("matrix_power")?;
    let (base, mut left) = if n < 0 { (inv(input)?, n.unsigned_abs()) } else { (input.clone(), n as u64) };
    if left == 0 {
        let one = crate::ops::to_dtype(&super::identity(input.size(-1)), input.dtype())?;
        return expand(&one, input.shape());
    }
    let (mut square, mut product) = (base, None::<Tensor>);
    loop {
        if left & 1 == 1 {
            product = Some(match product {
                Some(p) => matmul(&p, &square)?,
                None => square.clone(),
            });
        }
        left >>= 1;
        match product {
            Some(p) if left == 0 => return Ok(p),
            _ => square = matmul(&square, &square)?,
        }
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", |a| {
        addbmm(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3), a.scalar(4))
    }),
    bind!("kron(Tensor self, Tensor other) -> Tensor", |a| kron(a.tensor(0), a.tensor(1))),
    bind!("cross(Tensor self, Tensor other, int? dim=None) -> Tensor", |a| cross_anywhere(
        a.tensor(0),
        a.tensor(1),
        a.opt_dim(2)
    )),
    bind!("linalg::cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor", |a| cross(
        a.tensor(0),
        a.tensor(1),
        a.dim(2)
    )),
    bind!("linalg::vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor", |a| vecdot(
        a.tensor(0),
        a.tensor(1),
        a.dim(2)
    )),
    bind!("matrix_power(Tensor self, int n) -> Tensor", |a| matrix_power(a.tensor(0), a.int(1))),
    bind!("linalg::matrix_power(Tensor self, int n) -> Tensor", |a| matrix_power(a.tensor(0), a.int(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = || uniform(1, -2.0, 2.0, &[2, 3]);
    let square = || uniform(2, -1.0, 1.0, &[3, 3]);
    vec![
        Entry::new("addbmm(Tensor input, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")
            .sample(
                "torch.addbmm(a, b, c, beta=0.5, alpha=2)",
                [a(), uniform(3, -2.0, 2.0, &[4, 2, 5]), uniform(4, -2.0, 2.0, &[4, 5, 3])],
                |t| addbmm(&t[0], &t[1], &t[2], 0.5, 2),
            )
            .error(
                [a(), uniform(3, -2.0, 2.0, &[4, 2, 5]), uniform(4, -2.0, 2.0, &[3, 5, 3])],
                |t| addbmm(&t[0], &t[1], &t[2], 1, 1),
                "batch1 and batch2 must have same number of batches, got 4 and 3",
            ),
        Entry::new("kron(Tensor input, Tensor other) -> Tensor")
            .sample("torch.kron(a, b)", [a(), uniform(5, -2.0, 2.0, &[2, 2])], |t| kron(&t[0], &t[1]))
            .sample("torch.kron(a, b)", [a(), ints(5, -3, 4, &[2])], |t| kron(&t[0], &t[1])),
        Entry::new("cross(Tensor input, Tensor other, int dim=-1) -> Tensor")
            .sample("torch.linalg.cross(a, b)", [a(), uniform(6, -2.0, 2.0, &[1, 3])], |t| cross(&t[0], &t[1], -1))
            .sample("torch.cross(a, b, dim=0)", [square(), uniform(6, -2.0, 2.0, &[3, 3])], |t| cross(&t[0], &t[1], 0))
            .error(
                [a(), a()],
                |t| cross(&t[0], &t[1], 0),
                "linalg.cross: inputs dimension 0 must have length 3. Got 2 and 2",
            ),
        Entry::new("linalg.vecdot(Tensor input, Tensor other, *, int dim=-1) -> Tensor").sample(
            "torch.linalg.vecdot(a, b)",
            [a(), uniform(6, -2.0, 2.0, &[2, 3])],
            |t| vecdot(&t[0], &t[1], -1),
        ),
        Entry::new("matrix_power(Tensor input, int n) -> Tensor")
            .sample("torch.matrix_power(a, 3)", [square()], |t| matrix_power(&t[0], 3))
            .sample("torch.matrix_power(a, 6)", [uniform(2, -1.0, 1.0, &[2, 2, 2])], |t| matrix_power(&t[0], 6))
            .sample("torch.matrix_power(a, -2)", [square()], |t| matrix_power(&t[0], -2))
            .skip(Check::Precision, "half precision is refused")
            .sample("torch.matrix_power(a, 2)", [ints(7, -3, 4, &[2, 2])], |t| matrix_power(&t[0], 2))
            .error(
                [a()],
                |t| matrix_power(&t[0], 2),
                "linalg.matrix_power: A must be batches of square matrices, but they are 2 by 3 matrices",
            ),
    ]
}

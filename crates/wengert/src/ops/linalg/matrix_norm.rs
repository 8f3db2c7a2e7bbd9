//! Norms of matrices and of anything: matrix_norm, linalg.norm, cond.

use super::{inv, no_halves, svdvals};
use crate::error::{Error, Named, Result};
use crate::ops::{
    amax_dim, amin_dim, cast, div, movedim, mul, narrow, norm_dim, squeeze_dim, sum_dim, unsqueeze, wrap_dim,
};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, uniform};

/// Which norm of a matrix: by a word (`"fro"`, `"nuc"`) or by a number (1, -1, 2, -2 and the infinities).
#[derive(Clone, Copy, Debug)]
pub enum MatrixOrd<'a> {
    /// `"fro"`: the square root of the sum of squares; `"nuc"`: the sum of the singular values.
    Word(&'a str),
    /// 1 and infinity: the largest sum of magnitudes of a column or of a row; 2: the largest singular value; negative: the smallest.
    Number(f64),
}

fn matrix_dims(input: &Tensor, dims: &[isize]) -> Result<(isize, isize)> {
    if input.ndim() < 2 {
        return Err(Error::runtime("linalg.matrix_norm: The input tensor A must have at least 2 dimensions."));
    }
    let &[rows, columns] = dims else {
        return Err(Error::runtime(format!("linalg.matrix_norm: dim must be a 2-tuple. Got {dims:?}")));
    };
    let (r, c) = (wrap_dim(rows, input.ndim())?, wrap_dim(columns, input.ndim())?);
    if r == c {
        return Err(Error::runtime(format!("linalg.matrix_norm: dims must be different. Got ({rows}, {columns})")));
    }
    Ok((r as isize, c as isize))
}

/// The norm of matrices over two dimensions, rows and columns, which are dropped or, with `keepdim`, become 1.
///
/// # Errors
/// If there are not two dimensions, or the order is not one of [`MatrixOrd`]'s; for integers and booleans.
#[track_caller]
pub fn matrix_norm(input: &Tensor, ord: MatrixOrd, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    let (rows, columns) = matrix_dims(input, dims).named("linalg.matrix_norm")?;
    let unknown = |ord: String| {
        Err(Error::runtime(format!("linalg.matrix_norm: Order {ord} not supported."))).named("linalg.matrix_norm")
    };
    let p = match ord {
        MatrixOrd::Word("fro") => return norm_dim(input, 2.0, &[rows, columns], keepdim),
        MatrixOrd::Word("nuc") => {
            let values = svdvals(&movedim(input, &[rows, columns], &[-2, -1])?)?;
            return keep(&sum_dim(&values, &[-1], false)?, rows, columns, keepdim);
        }
        MatrixOrd::Word(word) => return unknown(word.to_string()),
        MatrixOrd::Number(p) => p,
    };
    let ends = |t: &Tensor, dim: isize, keepdim: bool| match p > 0.0 {
        true => amax_dim(t, &[dim], keepdim),
        false => amin_dim(t, &[dim], keepdim),
    };
    if p.abs() == 2.0 {
        let values = svdvals(&movedim(input, &[rows, columns], &[-2, -1])?)?;
        return keep(&ends(&values, -1, false)?, rows, columns, keepdim);
    }
    let (over, along) = match p.abs() {
        1.0 => (rows, columns),
        f64::INFINITY => (columns, rows),
        _ => return unknown(if p == p.trunc() { format!("{p:.0}") } else { format!("{p}") }),
    };
    let sums = norm_dim(input, 1.0, &[over], true)?;
    let out = ends(&sums, along, true)?;
    if keepdim {
        return Ok(out);
    }
    squeeze_dim(&squeeze_dim(&out, rows.max(columns))?, rows.min(columns))
}

/// Puts two dimensions of size 1 back.
fn keep(out: &Tensor, rows: isize, columns: isize, keepdim: bool) -> Result<Tensor> {
    if !keepdim {
        return Ok(out.clone());
    }
    unsqueeze(&unsqueeze(out, rows.min(columns))?, rows.max(columns))
}

/// PyTorch's `linalg.norm`: without an order the Euclidean norm over the dimensions, or of everything; with one, that of vectors for one
/// dimension and of matrices for two.
fn norm_of(input: &Tensor, ord: Option<MatrixOrd>, dims: Option<&[isize]>, keepdim: bool) -> Result<Tensor> {
    let Some(ord) = ord else { return norm_dim(input, 2.0, dims.unwrap_or(&[]), keepdim) };
    if let Some(d) = dims
        && !(1..=2).contains(&d.len())
    {
        return Err(Error::runtime(format!(
            "linalg.norm: If dim is specified, it must be of length 1 or 2. Got {d:?}"
        )));
    }
    if dims.is_none() && !(1..=2).contains(&input.ndim()) && matches!(ord, MatrixOrd::Number(_)) {
        return Err(Error::runtime(format!(
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {}D.",
            input.ndim()
        )));
    }
    let pair = dims.unwrap_or(&[-2, -1]);
    match ord {
        MatrixOrd::Number(p) if dims.map_or(input.ndim(), <[isize]>::len) == 1 => {
            norm_dim(input, p, dims.unwrap_or(&[]), keepdim)
        }
        ord => matrix_norm(input, ord, pair, keepdim),
    }
}

/// The condition of matrices: the norm times that of the inverse; by singular values for the Euclidean norm.
fn cond(input: &Tensor, ord: MatrixOrd) -> Result<Tensor> {
    if input.ndim() < 2 {
        return Err(Error::runtime("linalg.cond: The input tensor must have at least 2 dimensions."));
    }
    match ord {
        MatrixOrd::Number(p) if p.abs() == 2.0 => {
            let s = svdvals(input)?;
            let (first, last) = (narrow(&s, -1, 0, 1)?, narrow(&s, -1, s.size(-1) as isize - 1, 1)?);
            let (top, bottom) = if p > 0.0 { (first, last) } else { (last, first) };
            squeeze_dim(&div(&top, &bottom)?, -1)
        }
        ord => mul(&matrix_norm(input, ord, &[-2, -1], false)?, &matrix_norm(&inv(input)?, ord, &[-2, -1], false)?),
    }
}

fn number(s: Scalar) -> MatrixOrd<'static> {
    MatrixOrd::Number(s.to_f64())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "linalg::norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        |a| norm_of(&cast(a.tensor(0), a.opt_dtype(4))?, a.opt_scalar(1).map(number), a.opt_ints(2), a.bool(3))
    ),
    bind!(
        "linalg::norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        |a| norm_of(&cast(a.tensor(0), a.opt_dtype(4))?, Some(MatrixOrd::Word(a.str(1))), a.opt_ints(2), a.bool(3))
    ),
    bind!(
        "linalg::matrix_norm(Tensor self, Scalar ord, int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        |a| matrix_norm(&cast(a.tensor(0), a.opt_dtype(4))?, number(a.scalar(1)), a.ints(2), a.bool(3))
    ),
    bind!(
        "linalg::matrix_norm.str_ord(Tensor self, str ord=\"fro\", int[] dim=[-2, -1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        |a| matrix_norm(&cast(a.tensor(0), a.opt_dtype(4))?, MatrixOrd::Word(a.str(1)), a.ints(2), a.bool(3))
    ),
    bind!("linalg::cond(Tensor self, Scalar? p=None) -> Tensor", |a| cond(
        a.tensor(0),
        number(a.opt_scalar(1).unwrap_or(Scalar::Int(2)))
    )),
    bind!("linalg::cond.p_str(Tensor self, str p) -> Tensor", |a| cond(a.tensor(0), MatrixOrd::Word(a.str(1)))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = || uniform(1, -2.0, 2.0, &[3, 4]);
    let several = || uniform(2, -2.0, 2.0, &[2, 3, 2]);
    let by = |p: f64| move |t: &[Tensor]| matrix_norm(&t[0], MatrixOrd::Number(p), &[-2, -1], false);
    let entries = vec![
        Entry::new("linalg.matrix_norm(Tensor input, Scalar ord, int[] dim=[-2,-1], bool keepdim=False) -> Tensor")
            .sample("torch.linalg.matrix_norm(a)", [a()], |t| {
                matrix_norm(&t[0], MatrixOrd::Word("fro"), &[-2, -1], false)
            })
            .sample("torch.linalg.matrix_norm(a, 'nuc', (0, 1), True)", [several()], |t| {
                matrix_norm(&t[0], MatrixOrd::Word("nuc"), &[0, 1], true)
            })
            .sample("torch.linalg.matrix_norm(a, 1)", [several()], by(1.0))
            .sample("torch.linalg.matrix_norm(a, -1)", [a()], by(-1.0))
            .sample("torch.linalg.matrix_norm(a, float('inf'))", [a()], by(f64::INFINITY))
            .sample("torch.linalg.matrix_norm(a, 2)", [a()], by(2.0))
            .sample("torch.linalg.matrix_norm(a, -2)", [several()], by(-2.0))
            .error([a()], by(3.0), "linalg.matrix_norm: Order 3 not supported.")
            .error(
                [uniform(1, 0.0, 1.0, &[2])],
                by(1.0),
                "linalg.matrix_norm: The input tensor A must have at least 2 dimensions.",
            ),
        Entry::new("linalg.norm(Tensor input, Scalar? ord=None, int[1]? dim=None, bool keepdim=False) -> Tensor")
            .sample("torch.linalg.norm(a)", [several()], |t| norm_of(&t[0], None, None, false))
            .sample("torch.linalg.norm(a, 1)", [a()], |t| norm_of(&t[0], Some(MatrixOrd::Number(1.0)), None, false))
            .sample("torch.linalg.norm(a, 3, 1)", [a()], |t| {
                norm_of(&t[0], Some(MatrixOrd::Number(3.0)), Some(&[1]), false)
            }),
        Entry::new("linalg.cond(Tensor input, Scalar? p=None) -> Tensor")
            .sample("torch.linalg.cond(a)", [uniform(3, -1.0, 1.0, &[3, 3])], |t| cond(&t[0], MatrixOrd::Number(2.0)))
            .sample("torch.linalg.cond(a.detach(), 1)", [uniform(3, -1.0, 1.0, &[3, 3])], |t| {
                cond(&t[0].detach(), MatrixOrd::Number(1.0))
            })
            .skip(Check::NotSmall, "PyTorch cannot go backward through it"),
    ];
    entries.into_iter().map(no_halves).collect()
}

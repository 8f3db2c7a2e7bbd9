//! tril, triu.

use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::cast;
use crate::ops::{fill_zero, narrowed, start_from};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, ints, uniform};

/// Keeps one side of a diagonal of each matrix. It is its own transpose.
#[derive(Debug)]
struct Triangle {
    upper: bool,
    diagonal: isize,
}

impl Primitive for Triangle {
    fn name(&self) -> &'static str {
        if self.upper { "triu" } else { "tril" }
    }
    fn node_name(&self) -> &'static str {
        if self.upper { "TriuBackward0" } else { "TrilBackward0" }
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        if ins[0].shape.len() < 2 {
            return Err(Error::runtime("input tensor must have at least 2 dimensions"));
        }
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        start_from(ins[0], &mut outs[0]);
        let n = outs[0].shape().len();
        let (rows, cols) = (outs[0].shape()[n - 2], outs[0].shape()[n - 1]);
        // Row by row, of all matrices at once, the other side of the diagonal is overwritten.
        for i in 0..rows {
            let row = narrowed(outs[0].layout(), n - 2, i, 1);
            let edge = (i as isize).saturating_add(self.diagonal);
            let rest = if self.upper {
                narrowed(&row, n - 1, 0, edge.clamp(0, cols as isize) as usize)
            } else {
                let first = edge.saturating_add(1).clamp(0, cols as isize) as usize;
                narrowed(&row, n - 1, first, cols - first)
            };
            if rest.numel() > 0 {
                fill_zero(&mut outs[0].with_layout(rest).view_mut());
            }
        }
        Ok(())
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Triangle { upper: self.upper, diagonal: self.diagonal })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(apply1(Triangle { ..*self }, &[(&g[0]).into()])?)]))
    }
}

/// The lower triangle of a matrix or of each matrix of a batch: what is right of the `diagonal` becomes zero.
///
/// The main diagonal is 0, those above it are positive.
///
/// # Errors
/// If there are fewer than two dimensions.
#[track_caller]
pub fn tril(input: &Tensor, diagonal: isize) -> Result<Tensor> {
    apply1(Triangle { upper: false, diagonal }, &[input.into()])
}

/// [`tril`] in place.
///
/// # Errors
/// Those of [`tril`] and of in-place writes in general.
#[track_caller]
pub fn tril_(input: &Tensor, diagonal: isize) -> Result<Tensor> {
    apply_in_place(Triangle { upper: false, diagonal }, "tril_", input, &[])?;
    Ok(input.clone())
}

/// The upper triangle of a matrix or of each matrix of a batch: what is left of the `diagonal` becomes zero.
///
/// # Errors
/// If there are fewer than two dimensions.
#[track_caller]
pub fn triu(input: &Tensor, diagonal: isize) -> Result<Tensor> {
    apply1(Triangle { upper: true, diagonal }, &[input.into()])
}

/// [`triu`] in place.
///
/// # Errors
/// Those of [`triu`] and of in-place writes in general.
#[track_caller]
pub fn triu_(input: &Tensor, diagonal: isize) -> Result<Tensor> {
    apply_in_place(Triangle { upper: true, diagonal }, "triu_", input, &[])?;
    Ok(input.clone())
}

/// Rows and columns of the elements that [`tril`] keeps of a `row` x `col` matrix, in row-major order: `int64` of shape `[2, n]`.
///
/// # Errors
/// None.
pub fn tril_indices(row: usize, col: usize, offset: isize) -> Result<Tensor> {
    Ok(indices(row, col, |i, j| j <= i.saturating_add(offset)))
}

/// Rows and columns of the elements that [`triu`] keeps of a `row` x `col` matrix, in row-major order: `int64` of shape `[2, n]`.
///
/// # Errors
/// None.
pub fn triu_indices(row: usize, col: usize, offset: isize) -> Result<Tensor> {
    Ok(indices(row, col, |i, j| j >= i.saturating_add(offset)))
}

fn indices(rows: usize, cols: usize, keep: impl Fn(isize, isize) -> bool) -> Tensor {
    let all = (0..rows as isize).flat_map(|i| (0..cols as isize).map(move |j| (i, j)));
    let kept: Vec<(isize, isize)> = all.filter(|&(i, j)| keep(i, j)).collect();
    let data: Vec<i64> = kept.iter().map(|x| x.0 as i64).chain(kept.iter().map(|x| x.1 as i64)).collect();
    Tensor::from_slice(&data, &[2, kept.len()])
}

fn index_count(what: &str, n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::runtime(format!("{what} must be non-negative, got{n}")))
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("tril(Tensor self, SymInt diagonal=0) -> Tensor", |a| tril(a.tensor(0), a.dim(1))),
    bind!("triu(Tensor self, SymInt diagonal=0) -> Tensor", |a| triu(a.tensor(0), a.dim(1))),
    bind!("Tensor::tril_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)", |a| tril_(a.tensor(0), a.dim(1))),
    bind!("Tensor::triu_(Tensor(a!) self, SymInt diagonal=0) -> Tensor(a!)", |a| triu_(a.tensor(0), a.dim(1))),
    bind!(
        "tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool requires_grad=False) -> Tensor",
        |a| cast(
            &tril_indices(index_count("row", a.int(0))?, index_count("col", a.int(1))?, a.dim(2))?,
            a.opt_dtype(3)
        )
    ),
    bind!(
        "triu_indices(int row, int col, int offset=0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool requires_grad=False) -> Tensor",
        |a| cast(
            &triu_indices(index_count("row", a.int(0))?, index_count("col", a.int(1))?, a.dim(2))?,
            a.opt_dtype(3)
        )
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, m) = (uniform(1, -2.0, 2.0, &[2, 3, 3]), uniform(2, -2.0, 2.0, &[3, 4]));
    let (i, b) = (ints(3, -9, 9, &[4, 3]), bools(4, &[3, 3]));
    let v = uniform(5, 0.0, 1.0, &[3]);
    let reason = "indices have no derivative";
    vec![
        Entry::new("tril(Tensor input, SymInt diagonal=0) -> Tensor")
            .sample("a.tril()", [m.clone()], |t| tril(&t[0], 0))
            .sample("a.tril(-1)", [a.clone()], |t| tril(&t[0], -1))
            .sample("a.mT.tril(2)", [a.clone()], |t| tril(&crate::ops::matrix_transpose(&t[0])?, 2))
            .sample("a.tril(1)", [i.clone()], |t| tril(&t[0], 1))
            .sample("a.tril()", [b.clone()], |t| tril(&t[0], 0))
            .error([v.clone()], |t| tril(&t[0], 0), "input tensor must have at least 2 dimensions"),
        Entry::new("triu(Tensor input, SymInt diagonal=0) -> Tensor")
            .sample("a.triu()", [m.clone()], |t| triu(&t[0], 0))
            .sample("a.triu(-1)", [a.clone()], |t| triu(&t[0], -1))
            .sample("a.triu(2)", [i.clone()], |t| triu(&t[0], 2))
            .sample("a.triu(-7)", [m.clone()], |t| triu(&t[0], -7))
            .error([v.clone()], |t| triu(&t[0], 0), "input tensor must have at least 2 dimensions"),
        Entry::new("tril_indices(int row, int col, int offset=0) -> Tensor").not_differentiable(reason).sample(
            "torch.tril_indices(3, 4, -1)",
            [],
            |_| tril_indices(3, 4, -1),
        ),
        Entry::new("triu_indices(int row, int col, int offset=0) -> Tensor").not_differentiable(reason).sample(
            "torch.triu_indices(3, 4, 1)",
            [],
            |_| triu_indices(3, 4, 1),
        ),
    ]
}

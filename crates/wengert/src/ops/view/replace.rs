//! select_scatter, slice_scatter, diagonal_scatter: a copy with a part replaced.

use super::diagonal::Diagonal;
use super::pick::{Pick, show};
use super::select::{select_of, slice_of};
use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::start_from;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::{Layout, tile};

/// The first input with the second in place of the chosen elements.
#[derive(Debug)]
struct Replace<P> {
    pick: P,
    names: (&'static str, &'static str),
}

impl<P: Pick> Primitive for Replace<P> {
    fn name(&self) -> &'static str {
        self.names.0
    }
    fn node_name(&self) -> &'static str {
        self.names.1
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let part = self.pick.layout(&Layout::contiguous(ins[0].shape)).shape;
        // A number replaces all of them: the rule for the gradient of the first input.
        if !ins[1].wrapped && part[..] != *ins[1].shape {
            return Err(Error::runtime(format!(
                "expected src to have a size equal to the slice of self. src size = {:?}, slice size = {:?}",
                ins[1].shape,
                &part[..]
            )));
        }
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        start_from(ins[0], &mut outs[0]);
        let part = self.pick.layout(outs[0].layout());
        let source = ins[1].layout().expand(&part.shape).expect("infer checked the shapes");
        tile::copy(ins[1].with_layout(source).view(), &mut outs[0].with_layout(part).view_mut());
        Ok(())
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Replace { pick: self.pick.behind_batch(), names: self.names })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let rest = || apply1(Replace { pick: self.pick.clone(), names: self.names }, &[(&g[0]).into(), 0.into()]);
        let rest = if s.needs(0) { Some(rest()?) } else { None };
        let source = if s.needs(1) { Some(show(&g[0], self.pick.clone())?) } else { None };
        Ok(Grads::from([rest, source]))
    }
}

/// A copy of `input` with `value`, a number or a tensor of the part's shape, in place of the chosen elements.
#[track_caller]
pub(super) fn replace(
    names: (&'static str, &'static str),
    input: &Tensor,
    pick: impl Pick,
    value: Operand,
) -> Result<Tensor> {
    apply1(Replace { pick, names }, &[input.into(), value])
}

/// A copy of `input` with `src` at `index` of dimension `dim`.
///
/// # Errors
/// If `dim` or `index` is out of range, or `src` has not the shape of that part.
#[track_caller]
pub fn select_scatter(input: &Tensor, src: &Tensor, dim: isize, index: isize) -> Result<Tensor> {
    let pick = select_of(input.shape(), dim, index).named("select_scatter")?;
    apply1(Replace { pick, names: ("select_scatter", "SelectScatterBackward0") }, &[input.into(), src.into()])
}

/// A copy of `input` with `src` at the indices `start..end` of dimension `dim`, every `step`-th of them.
///
/// # Errors
/// If `dim` is out of range, `step` is not positive, or `src` has not the shape of that part.
#[track_caller]
pub fn slice_scatter(
    input: &Tensor,
    src: &Tensor,
    dim: isize,
    start: Option<isize>,
    end: Option<isize>,
    step: isize,
) -> Result<Tensor> {
    let pick = slice_of(input.shape(), dim, start, end, step).named("slice_scatter")?;
    apply1(Replace { pick, names: ("slice_scatter", "SliceScatterBackward0") }, &[input.into(), src.into()])
}

/// A copy of `input` with `src` on a diagonal (see [`diagonal`](crate::ops::diagonal)).
///
/// # Errors
/// If a dimension is out of range or given twice, or `src` has not the shape of the diagonal.
#[track_caller]
pub fn diagonal_scatter(input: &Tensor, src: &Tensor, offset: isize, dim1: isize, dim2: isize) -> Result<Tensor> {
    let pick = Diagonal::of(offset, dim1, dim2, input.ndim()).named("diagonal_scatter")?;
    apply1(Replace { pick, names: ("diagonal_scatter", "DiagonalScatterBackward0") }, &[input.into(), src.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor", |a| {
        select_scatter(a.tensor(0), a.tensor(1), a.dim(2), a.dim(3))
    }),
    bind!(
        "slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor",
        |a| slice_scatter(a.tensor(0), a.tensor(1), a.dim(2), a.opt_dim(3), a.opt_dim(4), a.dim(5))
    ),
    bind!("diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor", |a| {
        diagonal_scatter(a.tensor(0), a.tensor(1), a.dim(2), a.dim(3), a.dim(4))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, i) = (uniform(1, -2.0, 2.0, &[3, 4]), ints(2, -9, 9, &[3, 4]));
    let (row, column, part) =
        (uniform(3, -2.0, 2.0, &[4]), uniform(4, -2.0, 2.0, &[3]), uniform(5, -2.0, 2.0, &[3, 2]));
    let pair = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    vec![
        Entry::new("select_scatter(Tensor input, Tensor src, int dim, SymInt index) -> Tensor")
            .sample("a.select_scatter(b, 0, 1)", pair(&a, &row), |t| select_scatter(&t[0], &t[1], 0, 1))
            .sample("a.t().select_scatter(b, 0, -1)", pair(&a, &column), |x| {
                select_scatter(&crate::ops::t(&x[0])?, &x[1], 0, -1)
            })
            .error(pair(&a, &column), |t| select_scatter(&t[0], &t[1], 0, 0), "expected src to have a size equal to the slice of self. src size = [3], slice size = [4]"),
        Entry::new("slice_scatter(Tensor input, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor")
            .sample("a.slice_scatter(b, 1, 0, None, 2)", pair(&a, &part), |t| slice_scatter(&t[0], &t[1], 1, Some(0), None, 2))
            .sample("a.slice_scatter(a[:2] + 1, 0, -2)", [i.clone()], |t| {
                slice_scatter(&t[0], &(crate::ops::narrow(&t[0], 0, 0, 2)? + 1), 0, Some(-2), None, 1)
            })
            .error(pair(&a, &part), |t| slice_scatter(&t[0], &t[1], 1, None, None, 1), "src size = [3, 2], slice size = [3, 4]"),
        Entry::new("diagonal_scatter(Tensor input, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor")
            .sample("a.diagonal_scatter(b, 1)", pair(&a, &column), |t| diagonal_scatter(&t[0], &t[1], 1, 0, 1))
            .error(pair(&a, &row), |t| diagonal_scatter(&t[0], &t[1], 0, 0, 1), "src size = [4], slice size = [3]"),
    ]
}

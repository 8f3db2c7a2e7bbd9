//! sum, sum_dim, sum_to.

use super::Over;
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::{Category, DType, c_name};
use crate::error::{Error, Result};
use crate::ops::{expand, reshape, to_dtype};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::layout::broadcast;
use wengert_kernels::reduce::Reduction;

/// Linear; its transpose is `expand`.
#[derive(Debug)]
struct Sum(Over);

/// Sums and products of integers and booleans are `int64`.
pub(crate) fn sum_dtype(d: DType) -> DType {
    if d.category() <= Category::Int { DType::I64 } else { d }
}

impl Primitive for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }
    fn node_name(&self) -> &'static str {
        if self.0.all { "SumBackward0" } else { "SumBackward1" }
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&self.0.shape(ins[0].shape), sum_dtype(ins[0].dtype)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.0.reduce(Reduction::Sum, ins[0], &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Sum(self.0.behind_batch()))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(expand(&self.0.restore(&g[0])?, s.shape(0))?)]))
    }
}

/// The sum of all elements. Integers and booleans give `int64`.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sum(input: &Tensor) -> Result<Tensor> {
    apply1(Sum(Over::all(input)), &[input.into()])
}

/// The sum over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with `keepdim`, become 1.
///
/// # Errors
/// If a dimension is out of range or given twice.
#[track_caller]
pub fn sum_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    apply1(Sum(Over::dims("sum", input, dims, keepdim)?), &[input.into()])
}

/// Can a tensor of shape `from` be summed to shape `to`: is it `to` broadcast?
pub(crate) fn can_sum_to(from: &[usize], to: &[usize]) -> bool {
    broadcast(from, to).as_deref() == Some(from)
}

/// The transpose of broadcasting: sums over the dimensions in which `input` is larger than `shape` (`sum_to_size`).
///
/// # Errors
/// If `input` is not `shape` broadcast.
#[track_caller]
pub fn sum_to(input: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let from = input.shape();
    if from == shape {
        return Ok(input.clone());
    }
    if !can_sum_to(from, shape) {
        return Err(Error::runtime(format!("size {{{shape:?}}} is not expandable to size {{{from:?}}}.")));
    }
    let lead = from.len() - shape.len();
    let dims: SmallVec<[isize; 5]> =
        (0..from.len()).filter(|&d| d < lead || (shape[d - lead] == 1 && from[d] != 1)).map(|d| d as isize).collect();
    let summed = sum_dim(input, &dims, true)?;
    reshape(&summed, shape)
}

/// `input` in the dtype that an optional argument asks for.
pub(crate) fn cast(input: &Tensor, dtype: Option<DType>) -> Result<Tensor> {
    dtype.map_or_else(|| Ok(input.clone()), |dtype| to_dtype(input, dtype))
}

/// An in-place call may name no other dtype than that of its tensor.
pub(crate) fn only_own_dtype(input: &Tensor, dtype: Option<DType>) -> Result<()> {
    match dtype {
        Some(dtype) if dtype != input.dtype() => Err(Error::runtime(format!(
            "Bad in-place call: input tensor dtype {} and output tensor dtype {} should match",
            c_name(input.dtype()),
            c_name(dtype)
        ))),
        _ => Ok(()),
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("sum(Tensor self, *, ScalarType? dtype=None) -> Tensor", |a| match a.opt_dtype(1) {
        None => sum(a.tensor(0)),
        dtype => sum(&cast(a.tensor(0), dtype)?),
    }),
    bind!("sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", |a| {
        sum_dim(&cast(a.tensor(0), a.opt_dtype(3))?, a.opt_ints(1).unwrap_or(&[]), a.bool(2))
    }),
    bind!("Tensor::sum_to_size(Tensor self, SymInt[] size) -> Tensor", |a| sum_to(a.tensor(0), &a.sizes(1)?)),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    vec![
        Entry::new("sum(Tensor input, int[]? dim=None, bool keepdim=False) -> Tensor")
            .sample("a.sum()", [a.clone()], |t| sum(&t[0]))
            .sample("a.sum(1)", [a.clone()], |t| sum_dim(&t[0], &[1], false))
            .sample("a.sum((0, -1), keepdim=True)", [a.clone()], |t| sum_dim(&t[0], &[0, -1], true))
            .sample("a.sum(0)", [ints(2, -9, 9, &[3, 2])], |t| sum_dim(&t[0], &[0], false))
            .error(
                [a.clone()],
                |t| sum_dim(&t[0], &[3], false),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("sum_to_size(Tensor input, SymInt[] size) -> Tensor").sample(
            "a.sum_to_size(3, 1)",
            [a.clone()],
            |t| sum_to(&t[0], &[3, 1]),
        ),
    ]
}

//! searchsorted, bucketize.

use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::{DType, promote_types};
use crate::error::{Error, Result};
use crate::ops::gather;
use crate::ops::reshape;
use crate::place::Caller;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::sort::searchsorted as kernel;

/// Places in sorted lines.
#[derive(Debug)]
struct Search {
    right: bool,
    out: DType,
    name: &'static str,
}

impl Primitive for Search {
    fn name(&self) -> &'static str {
        self.name
    }
    fn node_name(&self) -> &'static str {
        "SearchsortedBackward0"
    }
    fn family(&self) -> Family {
        Family::NoGrad
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let (sorted, values) = (ins[0].shape, ins[1].shape);
        if values.is_empty() && sorted.len() != 1 {
            return Err(Error::runtime(format!(
                "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor dim({}) and input value's dim(0) numel(1)",
                sorted.len()
            )));
        }
        let last = sorted.len().saturating_sub(1);
        let lines = sorted.len() == values.len() && sorted[..last] == values[..last];
        if sorted.len() != 1 && !lines {
            return Err(Error::runtime(format!(
                "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor {sorted:?} and input value tensor {values:?}"
            )));
        }
        Ok(one(values, self.out))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let dtype = promote_types(ins[0].dtype(), ins[1].dtype());
        let (sorted, values) = (ins[0].copy_as(dtype), ins[1].copy_as(dtype));
        let mut places = Array::empty(values.shape(), DType::I64);
        kernel(sorted.view(), values.view(), self.right, places.view_mut());
        wengert_kernels::tile::copy(places.view(), &mut outs[0].view_mut());
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let sorted = batch.front(0)?;
        let values = batch.front(1)?;
        let op = Search { right: self.right, out: self.out, name: self.name };
        if !batch.is_batched(0) && batch.rank(0) == 1 {
            return Batch::one(apply1(op, &[batch.operand(0), (&values).into()])?);
        }
        if batch.rank(0) > 1 {
            return Batch::one(apply1(op, &[(&sorted).into(), (&values).into()])?);
        }
        let lines = reshape(&values, &[batch.size() as isize, -1])?;
        Batch::one(reshape(&apply1(op, &[(&sorted).into(), (&lines).into()])?, values.shape())?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, _: &Grads, s: &Saved) -> Result<Grads> {
        Ok((0..s.len()).map(|_| None).collect())
    }
}

fn width(out_int32: bool) -> DType {
    if out_int32 { DType::I32 } else { DType::I64 }
}

/// For each of `values` (a tensor or a number) the place in the sorted last dimension of `sorted_sequence` where it could be inserted:
/// before elements equal to it, or with `right` after them. `sorted_sequence` is one line for all, or has a line for each of values'.
///
/// # Errors
/// If the shapes do not fit.
#[track_caller]
pub fn searchsorted<'a>(
    sorted_sequence: &Tensor,
    values: impl Into<Operand<'a>>,
    out_int32: bool,
    right: bool,
) -> Result<Tensor> {
    let op = Search { right, out: width(out_int32), name: "searchsorted" };
    apply1(op, &[sorted_sequence.into(), values.into()])
}

/// For each element the number of the bucket that it falls in: bucket `i` ends at `boundaries[i]`, which belongs to it, or with `right`
/// to the next.
///
/// # Errors
/// If `boundaries` is not a vector.
#[track_caller]
pub fn bucketize(input: &Tensor, boundaries: &Tensor, out_int32: bool, right: bool) -> Result<Tensor> {
    if boundaries.ndim() != 1 {
        let n = boundaries.ndim();
        let error = Error::runtime(format!("boundaries tensor must be 1 dimension, but got dim({n})"));
        return Err(error.at("bucketize", Caller::here()));
    }
    let op = Search { right, out: width(out_int32), name: "bucketize" };
    apply1(op, &[boundaries.into(), input.into()])
}

/// The sequence as `sorter` orders it.
#[track_caller]
fn in_order(sequence: &Tensor, sorter: Option<&Tensor>) -> Result<Tensor> {
    let Some(sorter) = sorter else { return Ok(sequence.clone()) };
    if sorter.shape() != sequence.shape() {
        return Err(Error::runtime(format!(
            "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor {:?}and got sorter tensor {:?}",
            sequence.shape(),
            sorter.shape()
        )));
    }
    gather(sequence, -1, sorter)
}

/// `right`, unless `side` says it in words.
fn is_right(right: bool, side: Option<&str>) -> Result<bool> {
    match side {
        None => Ok(right),
        Some("right") => Ok(true),
        Some("left") if right => Err(Error::runtime(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True",
        )),
        Some("left") => Ok(false),
        Some(other) => {
            Err(Error::runtime(format!("torch.searchsorted(): side can only be 'left' or 'right' but got {other}")))
        }
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "torch::searchsorted.Tensor(Tensor sorted_sequence, Tensor input, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
        |a| searchsorted(
            &in_order(a.tensor(0), a.opt_tensor(5))?,
            a.operand(1),
            a.bool(2),
            is_right(a.bool(3), a.opt_str(4))?
        )
    ),
    bind!(
        "torch::searchsorted.Scalar(Tensor sorted_sequence, Scalar input, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
        |a| searchsorted(
            &in_order(a.tensor(0), a.opt_tensor(5))?,
            a.operand(1),
            a.bool(2),
            is_right(a.bool(3), a.opt_str(4))?
        )
    ),
    bind!(
        "torch::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
        |a| { bucketize(a.tensor(0), a.tensor(1), a.bool(2), a.bool(3)) }
    ),
    bind!(
        "torch::bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
        |a| {
            let op = Search { right: a.bool(3), out: width(a.bool(2)), name: "bucketize" };
            apply1(op, &[a.tensor(1).into(), a.operand(0)])
        }
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let line = floats(&[-1.0, 0.0, 0.0, 0.5, 2.0], &[5]);
    let lines = floats(&[-1.0, 0.0, 1.0, 0.0, 0.5, 0.75], &[2, 3]);
    let (v, w) = (floats(&[-3.0, -1.0, 0.0, 0.7, 2.0, 9.0, f64::NAN], &[7]), uniform(1, -1.5, 1.5, &[2, 4]));
    let i = ints(2, -3, 3, &[2, 3]);
    let two = |x: &Tensor, y: &Tensor| [x.detach(), y.detach()];
    let places = "places have no derivative";
    vec![
        Entry::new("searchsorted(Tensor sorted_sequence, Tensor values, *, bool out_int32=False, bool right=False) -> Tensor")
            .not_differentiable(places)
            .sample("torch.searchsorted(a, b)", two(&line, &v), |t| searchsorted(&t[0], &t[1], false, false))
            .sample("torch.searchsorted(a, b, right=True)", two(&line, &v), |t| searchsorted(&t[0], &t[1], false, true))
            .sample("torch.searchsorted(a, b)", two(&lines, &w), |t| searchsorted(&t[0], &t[1], false, false))
            .sample("torch.searchsorted(a, b, out_int32=True)", two(&line, &i), |t| searchsorted(&t[0], &t[1], true, false))
            .sample("torch.searchsorted(a, 0.25)", [line.clone()], |t| searchsorted(&t[0], 0.25, false, false))
            .error(two(&lines, &v), |t| searchsorted(&t[0], &t[1], false, false), "boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor [2, 3] and input value tensor [7]")
            .error([lines.clone()], |t| searchsorted(&t[0], 1.0, false, false), "input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor dim(2)"),
        Entry::new("bucketize(Tensor input, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor")
            .not_differentiable(places)
            .sample("torch.bucketize(b, a)", two(&line, &w), |t| bucketize(&t[1], &t[0], false, false))
            .sample("torch.bucketize(b, a, right=True)", two(&line, &i), |t| bucketize(&t[1], &t[0], false, true))
            .error(two(&lines, &w), |t| bucketize(&t[1], &t[0], false, false), "boundaries tensor must be 1 dimension, but got dim(2)"),
    ]
}

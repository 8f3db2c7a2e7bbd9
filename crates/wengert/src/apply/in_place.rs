//! The in-place door.

use super::{arrays, numbers, settle};
use crate::array::{Array, Write};
use crate::autograd::{self, WATCHED, before_write, check_call, mode, pack_saved};
use crate::dtype::{DType, can_cast};
use crate::error::{Error, Result};
use crate::ops::copy_;
use crate::place::Caller;
use crate::primitive::{Meta, Op};
use crate::scalar::Operand;
use crate::tensor::{self, Tensor};
use crate::transforms;
use smallvec::SmallVec;
use std::slice::from_ref;
use wengert_kernels::Layout;

/// The in-place door: `target` is the operation's first input and takes its result. Bumps the version; the graph goes on
/// from the new value, which for a view means: from its base.
///
/// # Errors
/// Those of the operation; a leaf that requires grad or a view of one; a view that the graph cannot follow (made in `no_grad`, or as one
/// of several); an expanded target, or inputs that overlap it other than element for element; a result whose shape or dtype `target`
/// cannot hold; an inference tensor outside of inference mode. Nothing is written then.
#[track_caller]
pub fn apply_in_place(op: impl Into<Op>, name: &'static str, target: &Tensor, others: &[Operand]) -> Result<()> {
    let op = op.into();
    let location = Caller::here();
    in_place(op, name, target, others, location).map_err(|e| e.at(name, location))
}

pub(super) fn in_place(
    op: Op,
    name: &'static str,
    target: &Tensor,
    others: &[Operand],
    location: Caller,
) -> Result<()> {
    let mut ins: SmallVec<[Operand; 4]> = SmallVec::new();
    ins.push(Operand::Tensor(target));
    ins.extend_from_slice(others);
    let modes = mode::bits();
    if modes & mode::TRANSFORM != 0 && transforms::write(&op, name, &ins, location)? {
        return Ok(());
    }
    let tracked = mode::records(modes) && ins.iter().any(|x| x.requires_grad());
    refuse_inference_write(target, modes)?;
    if tracked {
        refuse_leaf(target)?;
        settle(&op, &ins)?;
        // Expressions hold arrays, too: not so that anybody sees them.
        target.array().flush_readers();
    }
    let layout = target.array().layout();
    if !op.writes_one_value() {
        refuse_overlap(target)?;
    }
    let scalars = numbers(&ins);
    let copies: SmallVec<[Option<Array>; 4]>;
    let mut arrays = arrays(&ins, &scalars);
    let metas: SmallVec<[Meta; 4]> = arrays.iter().map(|a| Meta::of(a)).collect();
    let out = match op.pointwise() {
        Some(p) => p.outline(&metas)?, // what does not fit is refused before what has no kernel
        None => op.infer(&metas)?.swap_remove(0),
    };
    refuse_misfit(&out.shape, out.dtype, target)?;
    if op.pointwise().is_some() {
        arrays[1..].iter().try_for_each(|a| refuse_partial_overlap(a, target.array()))?;
    }
    // Inputs that overlap the target in memory, but not element for element, are read from a copy.
    copies = arrays
        .iter()
        .map(|a| {
            let shared = a.shares_memory(target.array());
            (shared && a.layout() != layout).then(|| a.copy_as(a.dtype()))
        })
        .collect();
    for (a, c) in arrays.iter_mut().zip(&copies) {
        if let Some(c) = c {
            *a = c;
        }
    }
    // What backward reads of the old value must outlive the write.
    let readers = op.saves().inputs[0];
    let old = tracked && ins.iter().enumerate().any(|(j, x)| x.requires_grad() && readers >> j.min(7) & 1 == 1);
    let old = old.then(|| Tensor::from_array(target.array().copy_as(target.dtype())));
    let before = (modes & mode::ANOMALY != 0).then(|| (op.clone(), before_write(target)));
    let mut result = [target.array().clone()];
    if op.writes_over_input() {
        op.eval(&arrays, &mut result)?;
    } else {
        let mut made = [Array::try_empty(&out.shape, out.dtype)?];
        op.eval(&arrays, &mut made)?;
        made[0].copy_into(&mut result[0].view_mut());
    }
    let recorded = tracked && target.dtype().is_differentiable();
    if !target.is_inference() {
        let node = recorded.then(|| if target.is_view() { "CopySlices" } else { op.node_name() });
        target.array().bump(Write { operation: name, location: location.place(), node });
    }
    if recorded {
        autograd::record_in_place(op, &mut ins, old, target, location);
        if modes & WATCHED != 0 {
            pack_saved(from_ref(target.base().unwrap_or(target)))?;
        }
    }
    if let Some((op, before)) = before {
        ins[0] = Operand::Tensor(target);
        check_call(&*op, &ins, from_ref(target), Some(before))?;
    }
    Ok(())
}

/// What a function gave, written into `target`: the in-place form of an operation that has none of its own. `name` is that of the in-place operation.
///
/// # Errors
/// A result whose shape or dtype `target` cannot hold, and those of in-place writes in general.
#[track_caller]
pub fn assign(name: &'static str, target: &Tensor, result: &Tensor) -> Result<()> {
    let location = Caller::here();
    refuse_misfit(result.shape(), result.dtype(), target).map_err(|e| e.at(name, location))?;
    copy_(target, result).map(drop)
}

/// A tensor that requires grad, and that nothing was computed for, must stay as it is; nor may a view be written that the graph cannot
/// follow.
pub(super) fn refuse_leaf(target: &Tensor) -> Result<()> {
    let hint = "update parameters inside `no_grad(|| ...)`, or work on a copy";
    if let Some(base) = target.base() {
        target.refuse_write(false)?;
        if target.requires_grad() && base.is_leaf() {
            return Err(Error::runtime(
                "a view of a leaf Variable that requires grad is being used in an in-place operation.",
            )
            .hint(hint));
        }
    }
    if target.flags() & tensor::REQUIRES_GRAD != 0 && target.is_leaf() {
        return Err(
            Error::runtime("a leaf Variable that requires grad is being used in an in-place operation.").hint(hint)
        );
    }
    Ok(())
}

pub(super) fn refuse_inference_write(target: &Tensor, modes: u8) -> Result<()> {
    if target.flags() & tensor::INFERENCE == 0 || modes & mode::INFERENCE != 0 {
        return Ok(());
    }
    Err(Error::runtime(
        "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing \
         inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
    ))
}

pub(super) fn refuse_overlap(target: &Tensor) -> Result<()> {
    if target.array().layout().has_overlap() {
        return Err(Error::runtime(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
        ));
    }
    Ok(())
}

/// A result that the target cannot hold.
pub(crate) fn refuse_misfit(shape: &[usize], dtype: DType, target: &Tensor) -> Result<()> {
    if shape != target.shape() {
        return Err(Error::runtime(format!(
            "output with shape {:?} doesn't match the broadcast shape {shape:?}",
            target.shape()
        )));
    }
    if !can_cast(dtype, target.dtype()) {
        return Err(Error::runtime(format!(
            "result type {} can't be cast to the desired output type {}",
            dtype.scalar_name(),
            target.dtype().scalar_name()
        )));
    }
    Ok(())
}

/// Input and target are both dense, in one storage, and overlap without being the same: the result would depend on the order of writing.
/// (Where it is hard to tell, PyTorch lets it pass; we then read a copy.)
pub(crate) fn refuse_partial_overlap(input: &Array, target: &Array) -> Result<()> {
    if input.layout() == target.layout() { Ok(()) } else { refuse_shared(input, target) }
}

/// [`refuse_partial_overlap`] where even the same elements are refused.
pub(crate) fn refuse_shared(input: &Array, target: &Array) -> Result<()> {
    if !input.shares_memory(target) {
        return Ok(());
    }
    let (a, b) = (input.layout(), target.layout());
    let apart = a.extent() <= b.offset || b.extent() <= a.offset;
    if apart || !is_dense(a) || !is_dense(b) {
        return Ok(());
    }
    Err(Error::runtime(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.",
    ))
}

/// Are the elements, in whatever order, one piece of memory, each once?
fn is_dense(layout: &Layout) -> bool {
    !layout.has_overlap() && layout.extent() - layout.offset.min(layout.extent()) == layout.numel()
}

//! In-place writes while a transform is at work: the operation's result, computed as ever, is copied into what the target holds, level by
//! level.

use super::{Kind, LevelId, Role, Wrapper, interpret, level, living};
use crate::apply::{apply_in_place, refuse_misfit};
use crate::autograd::mode;
use crate::error::{Error, Result};
use crate::ops::{self, CopySlices};
use crate::place::Caller;
use crate::primitive::Op;
use crate::scalar::Operand;
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// Does what the in-place door does; `false`: no input is on the level of a transform. The target is the first of `ins`.
pub(crate) fn write(op: &Op, name: &'static str, ins: &[Operand], location: Caller) -> Result<bool> {
    let Some(top) = ins.iter().filter_map(|x| x.tensor()).filter_map(living).map(|w| w.level).max() else {
        return Ok(false);
    };
    let target = ins[0].tensor().expect("the target is a tensor");
    let at_top = |t: &Tensor| living(t).is_some_and(|w| w.level == top);
    let kind = level::kind(top).expect("living wrappers are of running levels");
    if matches!(kind, Kind::Batch { .. }) && !at_top(target) {
        return Err(Error::runtime(format!(
            "vmap: {name}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements than \
             `self`. This happened due to `other` being vmapped over but `self` not being vmapped over in a vmap. Please try to use \
             out-of-place operators instead of {name}. If said operator is being called inside the PyTorch framework, please file a bug \
             report instead."
        )));
    }
    if mode::is_grad_enabled() && target.is_tracked_leaf() {
        return Err(Error::runtime("a leaf Variable that requires grad is being used in an in-place operation.")
            .hint("the argument of a transformed function is a leaf: work on a copy"));
    }
    // What backward reads of the old value must outlive the write.
    let old = if op.saves().inputs[0] != 0 { Some(ops::clone_tensor(target)?) } else { None };
    let mut read: SmallVec<[Operand; 4]> = SmallVec::from_slice(ins);
    if let Some(old) = &old {
        read[0] = Operand::Tensor(old);
    }
    let mut out = interpret(op, &read, location)?.expect("an input is on a level").swap_remove(0);
    refuse_misfit(out.shape(), out.dtype(), target)?;
    if out.dtype() != target.dtype() {
        out = ops::to_dtype(&out, target.dtype())?;
    }
    let (value, tangent) = parts(&out, top);
    if !at_top(target) {
        raise_with_base(target, top, kind, tangent.as_ref())?;
    }
    let held = living(target).expect("it is on the level now");
    {
        let _below = level::below(top);
        apply_in_place(ops::COPY, name, &held.inner, &[(&value).into()])?;
        if let Role::Dual(own) = &held.role {
            write_tangent(target, own.as_ref(), tangent, name)?;
        }
    }
    if let (Kind::Grad { .. }, Some(edge)) = (kind, out.own_edge().filter(|_| at_top(&out))) {
        match target.base() {
            None => target.move_to(Some(edge)),
            Some(base) => {
                let slices = CopySlices::new(op.clone(), base.array().layout(), target.array().layout());
                let whole = slices.put(base, Some(&out))?;
                base.move_to(whole.own_edge());
            }
        }
    }
    Ok(true)
}

/// What a result is below a level, and its tangent.
fn parts(out: &Tensor, level: LevelId) -> (Tensor, Option<Tensor>) {
    match out.wrapper() {
        Some(Wrapper { level: own, inner, role: Role::Dual(tangent) }) if own == level => (inner, tangent),
        Some(w) if w.level == level => (w.inner, None),
        _ => (out.clone(), None),
    }
}

fn write_tangent(target: &Tensor, own: Option<&Tensor>, new: Option<Tensor>, name: &'static str) -> Result<()> {
    match (own, new) {
        (Some(own), Some(new)) => apply_in_place(ops::COPY, name, own, &[(&new).into()]),
        (Some(own), None) => ops::zero_(own).map(drop),
        (None, Some(new)) => {
            target.set_role(Role::Dual(Some(ops::clone_tensor(&new)?)));
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

/// Puts a tensor of lower levels, and the base that it is a view of, on a level: what it was so far is inside.
fn raise_with_base(t: &Tensor, level: LevelId, kind: Kind, new: Option<&Tensor>) -> Result<()> {
    let dual = kind == Kind::Dual;
    let role_of = |base: &Tensor| match new {
        Some(new) if dual => Role::Dual(Some(new.new_full(base.shape(), 0))),
        _ if dual => Role::Dual(None),
        _ => Role::Tracked,
    };
    let Some(base) = t.base() else {
        let role = if dual { Role::Dual(None) } else { Role::Tracked };
        return raise(t, level, role, None);
    };
    if living(base).is_none_or(|w| w.level != level) {
        raise(base, level, role_of(base), None)?;
    }
    settle(t)
}

/// A view whose base was put on a level since goes there, too.
pub(super) fn settle(t: &Tensor) -> Result<()> {
    let Some(w) = t.base().filter(|_| !t.is_wrapped()).and_then(living) else { return Ok(()) };
    let base = t.base().expect("it has one");
    let role = match &w.role {
        Role::Batched => return Ok(()),
        Role::Tracked => Role::Tracked,
        Role::Dual(None) => Role::Dual(None),
        Role::Dual(Some(tangent)) => {
            let _below = level::below(w.level);
            let slices = CopySlices::new(ops::COPY.into(), base.array().layout(), t.array().layout());
            let part = slices.show(tangent)?.ok_or_else(|| {
                Error::not_implemented(
                    "an in-place write of a tensor with a tangent into a view of a base that is not contiguous",
                )
            })?;
            Role::Dual(Some(part))
        }
    };
    raise(t, w.level, role, Some(&w.inner))
}

fn raise(t: &Tensor, level: LevelId, role: Role, base: Option<&Tensor>) -> Result<()> {
    t.refresh()?;
    let inner = t.lowered(base)?;
    t.raise(Wrapper { level, inner, role });
    Ok(())
}

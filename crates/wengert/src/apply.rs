//! The doors. Every call of a primitive passes here; nothing else evaluates or records.

mod divert;
mod in_place;
mod many;
mod out;
mod view;

#[doc(hidden)]
pub use divert::{Form, diverted};
pub use in_place::{apply_in_place, assign};
pub(crate) use in_place::{refuse_misfit, refuse_partial_overlap, refuse_shared};
pub use many::write_in_place;
pub use out::into_out;
pub(crate) use view::apply_unfollowed;

use crate::array::Array;
use crate::autograd::mode::{DIVERTED, FORMULA, TRANSFORM};
use crate::autograd::{self, Cut, CutReason, WATCHED, mode, watch};
use crate::error::{Error, Result};
use crate::place::{self, Caller};
use crate::pointwise::Pointwise;
use crate::primitive::{Family, Meta, Metas, Op, OutMeta, few};
use crate::scalar::Operand;
use crate::tensor::{self, Tensor};
use crate::transforms;
use smallvec::SmallVec;
use std::slice::{from_mut, from_ref};

/// Results of a primitive.
pub type Outs = SmallVec<[Tensor; 1]>;

/// The functional door: infer, evaluate, record.
#[track_caller]
pub fn apply(op: impl Into<Op>, ins: &[Operand]) -> Result<Outs> {
    let op = op.into();
    let location = Caller::here();
    if mode::has(TRANSFORM | DIVERTED)
        && let Some(outs) = elsewhere(&op, ins, location).map_err(|e| e.at(op.name(), location))?
    {
        return Ok(outs);
    }
    match op.pointwise() {
        Some(p) => Ok(few([elementwise(p, ins, location)?].into_iter())),
        None if op.family() == Family::View => view::apply_view(op, ins, location),
        None => computed(op, ins, location),
    }
}

/// What is neither elementwise nor a view.
#[inline]
fn computed(op: Op, ins: &[Operand], location: Caller) -> Result<Outs> {
    let scalars = numbers(ins);
    let arrays = arrays(ins, &scalars);
    let outs = evaluate(&op, &arrays).map_err(|e| e.at(op.name(), location))?;
    let modes = mode::bits();
    let watched = (modes & WATCHED != 0).then(|| op.clone());
    let flags = flags_of(ins);
    let recorded =
        op.family() != Family::NoGrad && is_recorded(&op, ins, modes, flags).map_err(|e| e.at(op.name(), location))?;
    let mut outs = match recorded {
        true => autograd::record(op, ins, outs, location),
        false => few(outs.into_iter().map(|a| Tensor::plain(a, modes))),
    };
    for out in outs.iter_mut().filter(|out| leaves(recorded && out.requires_grad(), flags)) {
        note(out, recorded, ins, modes, location);
    }
    if let Some(op) = watched {
        watch(&*op, ins, &outs).map_err(|e| e.at(op.name(), location))?;
    }
    Ok(outs)
}

/// A call that a transform takes over, or that goes through another door.
#[cold]
fn elsewhere(op: &Op, ins: &[Operand], location: Caller) -> Result<Option<Outs>> {
    if mode::has(TRANSFORM)
        && let Some(outs) = transforms::interpret(op, ins, location)?
    {
        return Ok(Some(outs));
    }
    if mode::has(DIVERTED) { divert::divert(op, ins, location) } else { Ok(None) }
}

/// [`apply`] for a primitive with one output.
#[track_caller]
pub fn apply1(op: impl Into<Op>, ins: &[Operand]) -> Result<Tensor> {
    let op = op.into();
    if mode::has(TRANSFORM | DIVERTED) {
        return Ok(apply(op, ins)?.swap_remove(0));
    }
    let location = Caller::here();
    match op.pointwise() {
        Some(p) => elementwise(p, ins, location),
        None if op.family() == Family::View => view::apply_view1(op, ins, location),
        None => computed1(op, ins, location),
    }
}

/// The functional door for elementwise operations: most calls, and the quickest.
#[inline]
fn elementwise(p: &'static Pointwise, ins: &[Operand], location: Caller) -> Result<Tensor> {
    let modes = mode::bits();
    // Nothing but computing is asked of the call, as in most formulas.
    if modes & !FORMULA == 0
        && let [Operand::Tensor(a), Operand::Tensor(b)] = ins
        && (modes == FORMULA || !leaves(false, a.flags() | b.flags()))
        && let Some(out) = p.pair(a.array(), b.array())
    {
        return Ok(Tensor::plain(out, 0));
    }
    let out = p.call(ins).map_err(|e| e.at(p.name, location))?;
    placed(p.into(), p.vjp.is_some(), ins, out, modes, location)
}

/// [`computed`] for an operation with one result.
#[inline]
fn computed1(op: Op, ins: &[Operand], location: Caller) -> Result<Tensor> {
    let out = match ins {
        [Operand::Tensor(t)] => evaluate1(&op, &[t.array()]),
        _ => evaluate1(&op, &arrays(ins, &numbers(ins))),
    };
    let out = out.map_err(|e| e.at(op.name(), location))?;
    let differentiable = op.family() != Family::NoGrad;
    placed(op, differentiable, ins, out, mode::bits(), location)
}

/// The only result of a call, as a tensor that has its place in the graph, if there is one for it.
#[inline(always)]
fn placed(op: Op, differentiable: bool, ins: &[Operand], out: Array, modes: u8, location: Caller) -> Result<Tensor> {
    let flags = flags_of(ins);
    let recorded = differentiable && is_recorded(&op, ins, modes, flags).map_err(|e| e.at(op.name(), location))?;
    let watched = (modes & WATCHED != 0).then(|| op.clone());
    let mut out = match recorded {
        true => autograd::record1(op, ins, out, location),
        false => Tensor::plain(out, modes),
    };
    if leaves(recorded, flags) {
        note(&mut out, recorded, ins, modes, location);
    }
    if let Some(op) = watched {
        watch(&*op, ins, from_ref(&out)).map_err(|e| e.at(op.name(), location))?;
    }
    Ok(out)
}

/// The flags that any input has.
#[inline]
fn flags_of(ins: &[Operand]) -> u8 {
    ins.iter().fold(0, |flags, x| flags | x.flags())
}

/// Does something of the graph leave it here, or did it before this call, whose inputs have these flags?
#[inline]
fn leaves(recorded: bool, flags: u8) -> bool {
    flags & if recorded { tensor::CUT } else { tensor::CUT | tensor::REQUIRES_GRAD } != 0
}

/// Notes where that was, for `explain_grad`: in a result that is not recorded, or in the node of one that is.
#[cold]
#[inline(never)]
fn note(out: &mut Tensor, recorded: bool, ins: &[Operand], modes: u8, location: Caller) {
    if out.requires_grad() {
        return autograd::note_cut_inputs(out, ins);
    }
    if out.is_wrapped() || place::of_formula().is_some() {
        return;
    }
    let reason = match modes & (mode::GRAD | mode::INFERENCE) {
        mode::GRAD => CutReason::NotDifferentiable,
        0 => CutReason::NoGrad,
        _ => CutReason::InferenceMode,
    };
    debug_assert!(!recorded || reason == CutReason::NotDifferentiable);
    let cut = autograd::cut_of(ins, Cut { reason, location: location.place() });
    *out = Tensor::cut_off(out.array().clone(), modes, cut);
}

/// Is this call to be recorded? If so, views among the inputs have taken their places in the graph as it is now.
#[inline]
fn is_recorded(op: &Op, ins: &[Operand], modes: u8, flags: u8) -> Result<bool> {
    if !mode::records(modes) {
        return Ok(false);
    }
    if flags & (tensor::VIEW | tensor::INFERENCE | tensor::WRAPPED) == 0 {
        return Ok(flags & tensor::REQUIRES_GRAD != 0);
    }
    settle(op, ins)
}

#[inline(never)]
fn settle(op: &Op, ins: &[Operand]) -> Result<bool> {
    if !ins.iter().any(|x| x.requires_grad()) {
        return Ok(false);
    }
    refuse_saved_inference(op, ins)?;
    for t in ins.iter().filter_map(|x| x.tensor()) {
        t.refresh()?;
    }
    Ok(true)
}

/// Inference tensors cannot be saved: nobody would see that they were overwritten.
fn refuse_saved_inference(op: &Op, ins: &[Operand]) -> Result<()> {
    if !ins.iter().any(|x| x.flags() & tensor::INFERENCE != 0) {
        return Ok(());
    }
    let asked = ins.iter().enumerate().fold(0u8, |mask, (i, x)| mask | u8::from(x.requires_grad()) << i.min(7));
    let saves = op.saves();
    let saved = |(i, x): (usize, &Operand)| x.flags() & tensor::INFERENCE != 0 && i < 8 && saves.inputs[i] & asked != 0;
    if ins.iter().enumerate().any(saved) {
        return Err(Error::runtime(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked \
             by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use \
             `torch.no_grad()` instead of `torch.inference_mode()`.",
        ));
    }
    Ok(())
}

fn numbers(ins: &[Operand]) -> SmallVec<[Array; 2]> {
    few(ins.iter().filter_map(|x| match x {
        Operand::Scalar(s) => Some(Array::scalar(*s)),
        Operand::Tensor(_) => None,
    }))
}

fn arrays<'a>(ins: &[Operand<'a>], scalars: &'a [Array]) -> SmallVec<[&'a Array; 4]> {
    let mut scalars = scalars.iter();
    few(ins.iter().map(|x| match x {
        Operand::Tensor(t) => t.array(),
        Operand::Scalar(_) => scalars.next().expect("one array for each number"),
    }))
}

/// An error if one stands for a batch whose `vmap` is over.
pub(crate) fn readable<'a>(mut ins: impl Iterator<Item = &'a Array>) -> Result<()> {
    if ins.any(Array::has_no_numbers) {
        return Err(Error::runtime("a tensor of a vmap is used after that vmap has ended")
            .hint("return it from the function instead of keeping it"));
    }
    Ok(())
}

/// What the outputs will be.
#[inline]
fn infer(op: &Op, ins: &[&Array]) -> Result<Metas> {
    readable(ins.iter().copied())?;
    match ins {
        [x] => op.infer(&[Meta::of(x)]),
        _ => op.infer(&few::<_, 4>(ins.iter().map(|a| Meta::of(a)))),
    }
}

fn evaluate(op: &Op, ins: &[&Array]) -> Result<SmallVec<[Array; 1]>> {
    let metas = infer(op, ins)?;
    if let [out] = &metas[..] {
        return Ok(few([evaluate_to(op, ins, out)?].into_iter()));
    }
    let mut outs: SmallVec<[Array; 1]> = SmallVec::new();
    for m in metas {
        outs.push(Array::try_empty(&m.shape, m.dtype)?);
    }
    op.eval(ins, &mut outs)?;
    Ok(outs)
}

/// [`evaluate`] for an operation with one result.
#[inline]
fn evaluate1(op: &Op, ins: &[&Array]) -> Result<Array> {
    evaluate_to(op, ins, &infer(op, ins)?[0])
}

#[inline]
fn evaluate_to(op: &Op, ins: &[&Array], out: &OutMeta) -> Result<Array> {
    if let Some(pending) = op.expression(ins, out) {
        return Ok(pending);
    }
    let mut out = Array::try_empty(&out.shape, out.dtype)?;
    op.eval(ins, from_mut(&mut out))?;
    Ok(out)
}

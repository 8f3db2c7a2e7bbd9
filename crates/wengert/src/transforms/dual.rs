//! Forward mode: values with tangents.
//!
//! An operation's own rule ([`Primitive::jvp`]) comes first, then its family's: an elementwise operation applies its vector-Jacobian
//! product, whose Jacobian is diagonal, to the tangent of each input; a linear one is applied to the tangents. Everything else
//! differentiates its vector-Jacobian product, which is linear in the cotangent, once more: J t is the gradient of <u J, t> with respect
//! to u.

use super::reverse::Recorded;
use super::{Fallback, Inner, LevelId, Role, Value, Wrapper, fell_back, level};
use crate::apply::{Outs, apply};
use crate::array::Array;
use crate::autograd::{mode, save_tangents};
use crate::error::Result;
use crate::few::Few;
use crate::ops;
use crate::pointwise::Pointwise;
use crate::primitive::{Family, Grads, Needs, Op, OutMeta, Primitive, Saved, SavedTensor, few};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use parking_lot::Mutex;
use rustc_hash::FxHashMap as HashMap;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::{Arc, Weak};

/// A value with its tangent.
pub(crate) fn wrap(level: LevelId, primal: Tensor, tangent: Option<Tensor>) -> Tensor {
    Tensor::wrapped(primal.array().clone(), Wrapper { level, inner: primal, role: Role::Dual(tangent) })
}

/// One call on values and on tangents.
pub(super) fn call(op: &Op, level: LevelId, ins: &[Inner]) -> Result<Outs> {
    let (outs, tangents) = {
        let _below = level::below(level);
        let operands: SmallVec<[Operand; 4]> = few(ins.iter().map(Inner::operand));
        let outs = apply(op.clone(), &operands)?;
        let moves = ins.iter().any(|x| x.tangent.is_some()) && op.family() != Family::NoGrad;
        let tangents = if moves { tangents(op, ins, &outs)? } else { Grads::default() };
        if moves && mode::is_grad_enabled() {
            save_tangents(&outs, level, |i, of_output| match of_output {
                true => tangents.get(i.into()).cloned(),
                false => ins.get(usize::from(i)).and_then(|x| x.tangent.clone()),
            });
        }
        (outs, tangents)
    };
    // Without a tangent it is a constant of this level.
    Ok(few(outs.into_iter().enumerate().map(|(i, out)| match tangents.get(i) {
        Some(t) if out.dtype().is_differentiable() => wrap(level, out, Some(t.clone())),
        _ => out,
    })))
}

/// The tangent of what a node saved. A node may lead to itself by that of its own result: so it lasts as long as its level, and no longer.
pub(crate) struct Tangent {
    level: LevelId,
    value: Mutex<Option<Tensor>>,
}

thread_local! {
    /// Those of the levels that are running.
    static SAVED: RefCell<HashMap<LevelId, Vec<Weak<Tangent>>>> = RefCell::default();
}

impl Tangent {
    pub fn new(level: LevelId, value: Tensor) -> Arc<Tangent> {
        let tangent = Arc::new(Tangent { level, value: Mutex::new(Some(value)) });
        SAVED.with_borrow_mut(|saved| {
            let list = saved.entry(level).or_default();
            if list.len() == list.capacity() {
                list.retain(|t| t.strong_count() > 0);
            }
            list.push(Arc::downgrade(&tangent));
        });
        tangent
    }

    /// A value with this tangent, if its level is running.
    pub fn on(&self, value: Tensor) -> Tensor {
        match (level::kind(self.level), self.value.lock().clone()) {
            (Some(_), Some(tangent)) => wrap(self.level, value, Some(tangent)),
            _ => value,
        }
    }
}

/// Lets go of what was saved on a level that ends.
pub(super) fn forget(level: LevelId) {
    let saved = SAVED.try_with(|saved| saved.borrow_mut().remove(&level)).ok().flatten();
    for tangent in saved.into_iter().flatten().filter_map(|t| t.upgrade()) {
        let value = tangent.value.lock().take();
        drop(value);
    }
}

/// Without the tangents on running levels.
pub(crate) fn without_tangents(t: &Tensor) -> Tensor {
    let mut t = t.clone();
    while let Some(Wrapper { inner, role: Role::Dual(_), .. }) = t.wrapper() {
        t = inner;
    }
    t
}

/// The tangents of the results, of their shapes and dtypes.
fn tangents(op: &Op, ins: &[Inner], outs: &[Tensor]) -> Result<Grads> {
    if let Some(p) = op.pointwise() {
        return Ok(Grads::one(pointwise(p, ins, &outs[0])?));
    }
    let given = Grads(ins.iter().map(|x| x.tangent.clone()).collect());
    let metas = metas(ins);
    let all = |_: usize| true;
    let own = op.jvp(&given, &saved(op, ins, outs, &metas, &all))?;
    let rule = match own {
        Some(tangents) => tangents,
        None if matches!(op.family(), Family::Linear | Family::View) => linear(op, ins)?,
        None => {
            fell_back(Fallback::Forward, op);
            transposed_twice(op, ins, outs)?
        }
    };
    rule.0.into_iter().zip(outs).map(|(t, out)| t.map(|t| fit(t, out)).transpose()).collect()
}

/// Of the shape and dtype of the result.
fn fit(tangent: Tensor, out: &Tensor) -> Result<Tensor> {
    let tangent = if tangent.shape() == out.shape() { tangent } else { ops::expand(&tangent, out.shape())? };
    if tangent.dtype() == out.dtype() { Ok(tangent) } else { ops::to_dtype(&tangent, out.dtype()) }
}

/// The sum over the inputs of what the formula makes of each tangent. (PyTorch does so for operations of one input; the argument is
/// the same.)
fn pointwise(p: &'static Pointwise, ins: &[Inner], out: &Tensor) -> Result<Option<Tensor>> {
    let (op, metas) = (p.into(), metas(ins));
    let mut sum: Option<Tensor> = None;
    for (i, x) in ins.iter().enumerate() {
        let Some(t) = &x.tangent else { continue };
        let only = |j: usize| j == i;
        let s = saved(&op, ins, std::slice::from_ref(out), &metas, &only);
        let mut part = p.vjp(&Grads::one(Some(fit(t.clone(), out)?)), &s)?;
        if let Some(part) = part.0[i].take() {
            let part = fit(part, out)?;
            sum = Some(match sum {
                None => part,
                Some(before) => ops::add(&before, &part)?,
            });
        }
    }
    Ok(sum)
}

/// The operation itself on the tangents; inputs that do not move have a tangent of zero, those without derivative stay.
fn linear(op: &Op, ins: &[Inner]) -> Result<Grads> {
    let zeros: SmallVec<[Option<Tensor>; 4]> = few(ins.iter().map(|x| match (&x.value, &x.tangent) {
        (Value::Tensor(t), None) if t.dtype().is_differentiable() => Some(Tensor::zeros_like(t)),
        _ => None,
    }));
    let operands: SmallVec<[Operand; 4]> = few(ins.iter().zip(&zeros).map(|(x, zero)| match (&x.tangent, zero) {
        (Some(t), _) | (None, Some(t)) => Operand::Tensor(t),
        (None, None) => x.operand(),
    }));
    Ok(apply(op.clone(), &operands)?.into_iter().map(Some).collect())
}

/// J t as the gradient of u -> <u J, t> at any u: for every operation whose formula can be differentiated.
fn transposed_twice(op: &Op, ins: &[Inner], outs: &[Tensor]) -> Result<Grads> {
    let differentiable: SmallVec<[bool; 4]> =
        few(outs.iter().enumerate().map(|(i, out)| out.dtype().is_differentiable() && op.differentiable(i)));
    let of: Vec<Tensor> =
        outs.iter().zip(&differentiable).filter(|(_, d)| **d).map(|(out, _)| Tensor::zeros_like(out)).collect();
    let moving: SmallVec<[usize; 4]> = few((0..ins.len()).filter(|&i| ins[i].tangent.is_some()));
    let metas = metas(ins);
    let wanted = |i: usize| ins[i].tangent.is_some();
    let run = Recorded::run(&of, |us| {
        let mut us = us.iter();
        let g = Grads(few(differentiable.iter().map(|d| d.then(|| us.next().expect("one for each").clone()))));
        let mut back = op.vjp(&g, &saved(op, ins, outs, &metas, &wanted))?;
        let mut rows = Vec::with_capacity(moving.len());
        for &i in &moving {
            let t = ins[i].tangent.as_ref().expect("it moves");
            rows.push(match back.0[i].take() {
                Some(row) => ops::sum_to(&row, t.shape())?,
                None => Tensor::zeros_like(t),
            });
        }
        Ok(rows)
    })?;
    let ts: Vec<Option<Tensor>> = few::<_, 4>(moving.iter().map(|&i| ins[i].tangent.clone())).into_iter().collect();
    let mut of = run.pull(&ts, false)?.into_iter();
    Ok(Grads(few(differentiable.iter().map(|d| if *d { of.next().flatten() } else { None }))))
}

fn metas(ins: &[Inner]) -> SmallVec<[(u8, OutMeta); 4]> {
    few(ins.iter().enumerate().take(8).map(|(i, x)| {
        let meta = match &x.value {
            Value::Tensor(t) => OutMeta::of(t.array()),
            Value::Number(s) => OutMeta::new(&[], s.dtype()),
        };
        (i as u8, meta)
    }))
}

/// What a formula reads of a call that was not recorded.
fn saved<'a>(
    op: &Op,
    ins: &'a [Inner],
    outs: &'a [Tensor],
    metas: &'a [(u8, OutMeta)],
    wanted: &'a dyn Fn(usize) -> bool,
) -> Saved<'a> {
    let saves = op.saves();
    let mut tensors = Few::None;
    for (i, x) in ins.iter().enumerate().take(8).filter(|(i, _)| saves.inputs[*i] != 0) {
        let tensor = match &x.value {
            Value::Tensor(t) => SavedTensor::Leaf(t),
            Value::Number(s) => SavedTensor::Own(Tensor::from_array(Array::scalar(*s))),
        };
        tensors.push((i as u8, tensor));
    }
    for (i, out) in outs.iter().enumerate().take(8).filter(|(i, _)| saves.outputs >> i & 1 == 1) {
        tensors.push((0x80 | i as u8, SavedTensor::Leaf(out)));
    }
    let by_columns =
        ins.iter().enumerate().take(8).fold(0, |bits, (i, x)| {
            bits | u8::from(x.tensor().is_some_and(|t| t.array().layout().is_by_columns())) << i
        });
    Saved { tensors, shapes: saves.shapes, by_columns, metas, needs: Needs::Inputs { count: ins.len(), wanted } }
}

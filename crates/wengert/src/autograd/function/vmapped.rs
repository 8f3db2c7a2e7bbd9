//! A [`Function`] of whole batches: its rules run on tensors that stand for a batch.

use super::Function;
use super::context::{Context, ForwardContext, Source};
use crate::error::Result;
use crate::ops;
use crate::tensor::Tensor;
use crate::transforms::batched;
use crate::transforms::level::{self, Kind, LevelId, Randomness};
use parking_lot::Mutex;
use std::sync::Arc;

/// The function below a `vmap`: it sees batches where the other one sees examples.
pub(super) struct Vmapped {
    function: Arc<dyn Function>,
    kind: Kind,
    size: usize,
    ins: Vec<bool>,
    /// Which results and which saved tensors have the batch at the front; known after `forward`.
    batched: Mutex<(Vec<bool>, Vec<bool>)>,
}

impl Vmapped {
    pub fn new(function: Arc<dyn Function>, size: usize, randomness: Randomness, ins: Vec<bool>) -> Vmapped {
        Vmapped { function, kind: Kind::Batch { size, randomness }, size, ins, batched: Mutex::default() }
    }

    /// Which results and which saved tensors have the batch at the front.
    pub fn batched(&self) -> (Vec<bool>, Vec<bool>) {
        self.batched.lock().clone()
    }

    /// The saved tensors as they are on the level.
    fn saved(&self, ctx: &Context, level: LevelId) -> Result<Vec<Tensor>> {
        let (_, of_saved) = self.batched();
        Ok(ctx.saved_tensors()?.into_iter().zip(of_saved).map(|(t, on)| wrap(level, t, on)).collect())
    }
}

fn wrap(level: LevelId, t: Tensor, on: bool) -> Tensor {
    if on { batched(level, t) } else { t }
}

fn wrap_all(level: LevelId, tensors: &[Option<Tensor>], on: &[bool]) -> Vec<Option<Tensor>> {
    tensors.iter().zip(on).map(|(t, on)| t.clone().map(|t| wrap(level, t, *on))).collect()
}

/// What a tensor is below the level, and whether it has the batch at the front there.
fn unwrap(level: LevelId, t: &Tensor) -> (Tensor, bool) {
    match t.wrapper() {
        Some(w) if w.level == level => (w.inner, true),
        _ => (t.clone(), false),
    }
}

impl Function for Vmapped {
    fn name(&self) -> &'static str {
        self.function.name()
    }

    fn forward(&self, ctx: &mut ForwardContext, inputs: &[&Tensor]) -> Result<Vec<Tensor>> {
        let entered = level::enter(self.kind);
        let ins: Vec<Tensor> =
            inputs.iter().zip(&self.ins).map(|(x, on)| wrap(entered.id, (*x).clone(), *on)).collect();
        let mut inner = ForwardContext::new(ctx.needs_input_grad.clone());
        let outs = self.function.forward(&mut inner, &ins.iter().collect::<Vec<_>>())?;
        // The same tensor stays the same: an input that is a result, a result that is saved.
        let same = |list: &[Tensor], t: &Tensor| list.iter().position(|x| x.is_same(t));
        let below = |t: &Tensor| match same(&ins, t) {
            Some(i) => (inputs[i].clone(), self.ins[i]),
            None => unwrap(entered.id, t),
        };
        let results: Vec<(Tensor, bool)> = outs.iter().map(below).collect();
        let below = |t: &Tensor| same(&outs, t).map_or_else(|| below(t), |o| results[o].clone());
        let saved: Vec<(Tensor, bool)> = inner.to_save.iter().map(below).collect();
        let first = |list: &[Tensor]| list.iter().map(|t| below(t).0).collect::<Vec<_>>();
        ctx.dirty = first(&inner.dirty);
        ctx.non_differentiable = first(&inner.non_differentiable);
        ctx.materializes = inner.materializes;
        ctx.value = inner.value;
        ctx.to_save = saved.iter().map(|(t, _)| t.clone()).collect();
        let flags = |list: &[(Tensor, bool)]| list.iter().map(|(_, on)| *on).collect();
        *self.batched.lock() = (flags(&results), flags(&saved));
        Ok(results.into_iter().map(|(t, _)| t).collect())
    }

    fn backward(&self, ctx: &Context, grads: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let entered = level::enter(self.kind);
        let saved = self.saved(ctx, entered.id)?;
        let grads = wrap_all(entered.id, grads, &self.batched().0);
        let inner = Context { source: Source::List(&saved), value: ctx.value, needs: ctx.needs };
        let results = self.function.backward(&inner, &grads)?;
        let fit = |(i, g): (usize, &Option<Tensor>)| {
            let Some(g) = g else { return Ok(None) };
            let (g, has_batch) = unwrap(entered.id, g);
            match (self.ins.get(i), has_batch) {
                (Some(true), false) => at_front(&g, self.size).map(Some),
                (Some(false), true) => ops::sum_dim(&g, &[0], false).map(Some),
                _ => Ok(Some(g)),
            }
        };
        results.iter().enumerate().map(fit).collect()
    }

    fn once_differentiable(&self) -> bool {
        self.function.once_differentiable()
    }

    fn jvp(&self, ctx: &Context, tangents: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let entered = level::enter(self.kind);
        let saved = self.saved(ctx, entered.id)?;
        let tangents = wrap_all(entered.id, tangents, &self.ins);
        let inner = Context { source: Source::List(&saved), value: ctx.value, needs: ctx.needs };
        let results = self.function.jvp(&inner, &tangents)?;
        let (of_outs, _) = self.batched();
        let fit = |(t, on): (&Option<Tensor>, bool)| {
            let Some(t) = t else { return Ok(None) };
            let (t, has_batch) = unwrap(entered.id, t);
            if on && !has_batch { at_front(&t, self.size).map(Some) } else { Ok(Some(t)) }
        };
        results.iter().zip(of_outs).map(fit).collect()
    }
}

/// The same for all examples.
fn at_front(t: &Tensor, size: usize) -> Result<Tensor> {
    let mut shape = vec![size];
    shape.extend_from_slice(t.shape());
    ops::expand(t, &shape[..])
}

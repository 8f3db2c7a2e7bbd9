//! A [`Function`] while transforms are at work: its rules take the place of those that operations have.

use super::Function;
use super::context::{Context, Source};
use super::run::{CustomCall, Finished, Origin, run as run_any};
use super::vmapped::Vmapped;
use crate::autograd::node::Edge;
use crate::autograd::saved::{OTHER, OUTPUT, SavedValue, SavedValues, Value, save_tangents};
use crate::autograd::{is_grad_enabled, record};
use crate::error::{Error, Result};
use crate::few::Few;
use crate::ops;
use crate::place::Caller;
use crate::primitive::OutMeta;
use crate::tensor::Tensor;
use crate::transforms::level::{self, Randomness};
use crate::transforms::{Kind, LevelId, Role, Wrapper, batched, dual, living, tracked};
use std::sync::Arc;

/// What [`Function::vmap`] is told.
#[derive(Clone, Debug)]
pub struct VmapInfo {
    /// Number of examples.
    pub batch_size: usize,
    /// Where each input has its batch dimension; `None`: it is the same for all examples.
    pub in_dims: Vec<Option<usize>>,
    /// What random operations are to do.
    pub randomness: Randomness,
}

type Ran = (Vec<Tensor>, Finished);

/// Runs the function on the highest level among its inputs; `None`: there is none.
pub(super) fn run(
    function: &Arc<dyn Function>,
    ins: &[&Tensor],
    location: Caller,
    needs_saved: bool,
) -> Result<Option<Ran>> {
    let wrappers: Vec<Option<Wrapper>> = ins.iter().map(|x| living(x)).collect();
    let Some(top) = wrappers.iter().flatten().map(|w| w.level).max() else { return Ok(None) };
    let on_top: Vec<Option<Wrapper>> = wrappers.into_iter().map(|w| w.filter(|w| w.level == top)).collect();
    let inner: Vec<Tensor> =
        ins.iter().zip(&on_top).map(|(x, w)| w.as_ref().map_or_else(|| (*x).clone(), |w| w.inner.clone())).collect();
    let call = Call { function, ins, on_top: &on_top, inner: inner.iter().collect(), level: top, location };
    match level::kind(top).expect("living wrappers are of running levels") {
        Kind::Batch { size, randomness } => call.batch(size, randomness, needs_saved),
        Kind::Dual => call.dual(),
        Kind::Grad { .. } => call.tracked(),
    }
    .map(Some)
}

struct Call<'a> {
    function: &'a Arc<dyn Function>,
    ins: &'a [&'a Tensor],
    on_top: &'a [Option<Wrapper>],
    /// The inputs one level below.
    inner: Vec<&'a Tensor>,
    level: LevelId,
    location: Caller,
}

impl Call<'_> {
    fn below(&self) -> Result<Ran> {
        let _below = level::below(self.level);
        run_any(self.function, &self.inner, self.location, true)
    }

    /// `jvp` makes the tangents.
    fn dual(self) -> Result<Ran> {
        let (outs, done) = self.below()?;
        let tangents: Vec<Option<Tensor>> = self
            .on_top
            .iter()
            .map(|w| w.as_ref().and_then(|w| if let Role::Dual(t) = &w.role { t.clone() } else { None }))
            .collect();
        if tangents.iter().all(Option::is_none) {
            return Ok((outs, done));
        }
        let results = {
            let _below = level::below(self.level);
            let saved = self.saved(&outs, &done);
            let moves = |i: usize| tangents.get(i).is_some_and(Option::is_some);
            let ctx = Context { source: Source::List(&saved), value: done.value.as_deref(), needs: &moves };
            self.function.jvp(&ctx, &tangents)?
        };
        if results.len() != outs.len() {
            return Err(Error::runtime(format!(
                "Expected custom autograd function {}'s jvp to return {} tangents, one for each output, but got {}",
                self.function.name(),
                outs.len(),
                results.len()
            )));
        }
        if is_grad_enabled() {
            save_tangents(&outs, self.level, |i, of_output| {
                if of_output { &results } else { &tangents }.get(usize::from(i)).cloned().flatten()
            });
        }
        let place = |((i, out), t): ((usize, Tensor), Option<Tensor>)| match t {
            Some(t) if out.dtype().is_differentiable() && !done.non_differentiable[i] => {
                if t.shape() != out.shape() {
                    return Err(Error::runtime(format!(
                        "{}'s jvp returned a tangent of shape {:?} for an output of shape {:?}",
                        self.function.name(),
                        t.shape(),
                        out.shape()
                    )));
                }
                Ok(dual(self.level, out, Some(t)))
            }
            _ => Ok(out),
        };
        let outs = outs.into_iter().enumerate().zip(results).map(place).collect::<Result<_>>()?;
        Ok((outs, done))
    }

    /// What was saved, one level below.
    fn saved(&self, outs: &[Tensor], done: &Finished) -> Vec<Tensor> {
        let tensor = |origin: &Origin| match origin {
            Origin::Input(i) => self.inner[*i].clone(),
            Origin::Output(i) => outs[*i].clone(),
            Origin::Other(t) => t.clone(),
        };
        done.saved.iter().map(tensor).collect()
    }

    /// Run below, recorded here.
    fn tracked(self) -> Result<Ran> {
        let (outs, done) = self.below()?;
        let edge = |i: usize| -> Option<Edge> { self.on_top[i].as_ref().and_then(|_| self.ins[i].own_edge()) };
        let edges = Few::from_fn(self.ins.len(), edge);
        if !is_grad_enabled() || edges.iter().all(Option::is_none) {
            return Ok((outs, done));
        }
        let mut saved: SavedValues = Few::None;
        for (origin, t) in done.saved.iter().zip(self.saved(&outs, &done)) {
            let which = match origin {
                Origin::Input(i) if *i < OTHER as usize => *i as u8,
                Origin::Output(i) if *i < OTHER as usize => OUTPUT | *i as u8,
                _ => OTHER,
            };
            saved.push(SavedValue { which, version: t.version(), value: Value::Below(t, self.level) });
        }
        let metas = outs.iter().map(|out| OutMeta::of(out.array())).collect();
        let call = CustomCall::new(self.function, &done);
        let node = record::function_node(call, edges, metas, saved, self.location)?;
        let place = |(i, out): (usize, Tensor)| match node.is_differentiable(i, out.dtype()) {
            true => tracked(self.level, out, Edge { node: node.clone(), output: i }),
            false => out,
        };
        Ok((outs.into_iter().enumerate().map(place).collect(), done))
    }

    /// The function's rule, or the function itself on whole batches. Only the latter tells what it saved, for levels above.
    fn batch(self, size: usize, randomness: Randomness, needs_saved: bool) -> Result<Ran> {
        let is_batched: Vec<bool> = self.on_top.iter().map(Option::is_some).collect();
        if !needs_saved && let Some(outs) = self.rule(&is_batched, size, randomness)? {
            let non_differentiable = vec![false; outs.len()];
            return Ok((outs, Finished { saved: Vec::new(), non_differentiable, materializes: true, value: None }));
        }
        let whole = Arc::new(Vmapped::new(self.function.clone(), size, randomness, is_batched));
        let (outs, mut done) = {
            let _below = level::below(self.level);
            let function: Arc<dyn Function> = whole.clone();
            run_any(&function, &self.inner, self.location, needs_saved)?
        };
        let wrap = |t: Tensor, on: bool| if on { batched(self.level, t) } else { t };
        let (of_outs, of_saved) = whole.batched();
        for (origin, on) in done.saved.iter_mut().zip(of_saved) {
            if let Origin::Other(t) = origin {
                *t = wrap(t.clone(), on);
            }
        }
        Ok((outs.into_iter().zip(of_outs).map(|(out, on)| wrap(out, on)).collect(), done))
    }

    fn rule(&self, is_batched: &[bool], batch_size: usize, randomness: Randomness) -> Result<Option<Vec<Tensor>>> {
        let in_dims = is_batched.iter().map(|&b| b.then_some(0)).collect();
        let info = VmapInfo { batch_size, in_dims, randomness };
        let below = level::below(self.level);
        let Some((outs, dims)) = self.function.vmap(&info, &self.inner)? else { return Ok(None) };
        if outs.len() != dims.len() {
            return Err(Error::runtime(format!(
                "{}'s vmap returned {} outputs, but {} out_dims",
                self.function.name(),
                outs.len(),
                dims.len()
            )));
        }
        let to_front = |(out, dim): (&Tensor, &Option<usize>)| match dim {
            None | Some(0) => Ok(out.clone()),
            Some(d) => ops::movedim(out, &[*d as isize], &[0]),
        };
        let outs: Vec<Tensor> = outs.iter().zip(&dims).map(to_front).collect::<Result<_>>()?;
        drop(below);
        let place = |(out, dim): (Tensor, Option<usize>)| if dim.is_some() { batched(self.level, out) } else { out };
        Ok(Some(outs.into_iter().zip(dims).map(place).collect()))
    }
}

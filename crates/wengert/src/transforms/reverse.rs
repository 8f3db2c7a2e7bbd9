//! A function run once and recorded, to be differentiated in reverse mode: the core of `vjp`, `grad`, and of the forward rule of
//! operations that have none.

use super::level::{self, Kind, LevelId};
use super::tracked_leaf;
use crate::autograd::{Edge, Goal, Node, Task, enable_grad, is_grad_enabled, no_grad, run};
use crate::error::Result;
use crate::ops;
use crate::tensor::Tensor;
use rustc_hash::FxHashSet as HashSet;

/// The record of one run.
pub struct Recorded {
    /// The level on which it is recorded; `None` if nothing was transforming around it.
    level: Option<LevelId>,
    inputs: Vec<Tensor>,
    outputs: Vec<Tensor>,
    /// Were calls recorded around it?
    outside: bool,
    /// Does the result depend on something else that is recorded?
    tracked: bool,
}

impl Recorded {
    /// Runs `f` on stand-ins for `inputs`; those of integers and booleans are constants.
    pub fn run(inputs: &[Tensor], f: impl FnOnce(&[Tensor]) -> Result<Vec<Tensor>>) -> Result<Recorded> {
        let outside = is_grad_enabled();
        if level::any() {
            let entered = level::enter(Kind::Grad { outside });
            let inputs: Vec<Tensor> = inputs
                .iter()
                .map(|x| tracked_leaf(entered.id, x, x.dtype().is_differentiable()))
                .collect::<Result<_>>()?;
            let outputs = f(&inputs)?;
            return Ok(Recorded { level: Some(entered.id), inputs, outputs, outside, tracked: true });
        }
        let stand_in = |x: &Tensor| -> Result<Tensor> {
            if outside && x.requires_grad() {
                return ops::alias(x);
            }
            let x = x.detach();
            if x.dtype().is_differentiable() {
                x.set_requires_grad(true)?;
            }
            Ok(x)
        };
        let inputs: Vec<Tensor> = inputs.iter().map(stand_in).collect::<Result<_>>()?;
        let outputs = enable_grad(|| f(&inputs))?;
        let tracked = outside && leads_elsewhere(&outputs, &inputs);
        Ok(Recorded { level: None, inputs, outputs, outside, tracked })
    }

    /// Of a pullback: what was recorded for that is no graph of anybody else's.
    pub fn through(mut self, pullback: &Recorded) -> Recorded {
        self.tracked = pullback.tracked;
        self
    }

    /// The results, for those who know nothing of this record.
    pub fn outputs(&self) -> Vec<Tensor> {
        self.outputs.iter().map(|out| self.output(out)).collect()
    }

    fn output(&self, out: &Tensor) -> Tensor {
        match self.level {
            None if self.tracked => out.clone(),
            None => out.detach(),
            Some(level) => match out.wrapper() {
                Some(w) if w.level == level => w.inner,
                _ => out.clone(),
            },
        }
    }

    /// Which inputs result `i` depends on; `None`: on nothing that is differentiated.
    pub fn reaches(&self, i: usize) -> Result<Option<Vec<bool>>> {
        let out = &self.outputs[i];
        if !self.is_own(out) || out.own_edge().is_none() {
            return Ok(None);
        }
        let mut cotangents = vec![None; self.outputs.len()];
        cotangents[i] = Some(Tensor::full_like(&self.output(out), 1.0));
        let grads = no_grad(|| self.pull(&cotangents, true))?;
        Ok(Some(grads.iter().map(Option::is_some).collect()))
    }

    /// Was it recorded here?
    fn is_own(&self, out: &Tensor) -> bool {
        match (self.level, out.wrapper()) {
            (None, _) => true,
            (Some(level), Some(w)) => w.level == level,
            (Some(_), None) => false,
        }
    }

    /// The gradients of the inputs from those of the results; `None` for constants and for what the results do not depend on.
    /// Differentiable in everything that was recorded around it.
    pub fn pull(&self, cotangents: &[Option<Tensor>], retain: bool) -> Result<Vec<Option<Tensor>>> {
        let mut roots = Vec::new();
        for (out, g) in self.outputs.iter().zip(cotangents) {
            if let (true, Some(edge), Some(g)) = (self.is_own(out), out.own_edge(), g) {
                roots.push((edge, g.clone()));
            }
        }
        let record = self.outside
            && is_grad_enabled()
            && (self.level.is_some() || self.tracked || cotangents.iter().flatten().any(Tensor::requires_grad));
        let edges: Vec<Option<Edge>> = self.inputs.iter().map(Tensor::own_edge).collect();
        let wanted: Vec<Edge> = edges.iter().flatten().cloned().collect();
        let create_graph = self.level.is_none() && record;
        let task =
            Task { roots, retain_graph: retain || create_graph, create_graph, record, goal: Goal::Capture(&wanted) };
        let mut grads = run(task)?.into_iter();
        Ok(edges.iter().map(|e| e.as_ref().and_then(|_| grads.next().flatten())).collect())
    }
}

/// Does the graph of `outputs` lead anywhere but to these inputs?
fn leads_elsewhere(outputs: &[Tensor], inputs: &[Tensor]) -> bool {
    if inputs.iter().any(|x| x.requires_grad() && !x.is_leaf()) {
        return true;
    }
    let mine: HashSet<_> = inputs.iter().filter_map(|x| x.own_edge()).map(|e| e.node.key()).collect();
    let mut stack: Vec<Node> = outputs.iter().filter_map(|out| out.own_edge()).map(|e| e.node).collect();
    let mut seen: HashSet<_> = stack.iter().map(Node::key).collect();
    while let Some(node) = stack.pop() {
        if node.leaf().is_some() && !mine.contains(&node.key()) {
            return true;
        }
        for next in node.next().flatten() {
            if seen.insert(next.key()) {
                stack.push(next.clone());
            }
        }
    }
    false
}

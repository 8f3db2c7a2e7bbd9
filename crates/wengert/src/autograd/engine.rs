//! The engine: runs backward nodes from the youngest to the oldest. It knows nodes and edges, and no operation.
//!
//! Ready nodes wait in a heap by descending sequence number. Since a node is younger than all nodes it leads to, a node at the
//! top of the heap has received every gradient that it ever will; nothing has to be counted beforehand.

use super::accumulate::accumulate;
use super::mode::GradMode;
use super::node::{Edge, Node};
use crate::error::{Error, Result};
use crate::ops;
use crate::primitive::{Grads, OutMeta};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::collections::{BinaryHeap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// What one run of the engine is to do.
pub(crate) struct Task<'a> {
    /// Where to start, with which gradients.
    pub roots: Vec<(Edge, Tensor)>,
    /// Keep what nodes saved.
    pub retain_graph: bool,
    /// Record the formulas, for derivatives of higher order.
    pub create_graph: bool,
    /// Gradients to hand out; if given, nothing is accumulated into leaves and only what leads there is run.
    pub wanted: Option<&'a [Edge]>,
}

/// A hash for sequence numbers, which are distinct already: one multiplication.
#[derive(Default)]
struct Spread(u64);
impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("sequence numbers are u64")
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
}
type BySequence<V> = HashMap<u64, V, BuildHasherDefault<Spread>>;

/// A node that has received gradients and waits for its turn.
struct Waiting {
    node: Node,
    grads: Grads,
}

/// Runs the task. Returns the gradients for `wanted`, `None` where nothing arrived.
pub(crate) fn run(task: Task) -> Result<Vec<Option<Tensor>>> {
    let needed = task.wanted.map(|w| nodes_toward(&task.roots, w));
    let _mode = GradMode::set(task.create_graph);
    let mut out: Vec<Option<Tensor>> = vec![None; task.wanted.map_or(0, <[Edge]>::len)];
    let mut captures: BySequence<SmallVec<[(usize, usize); 1]>> = BySequence::default();
    for (k, edge) in task.wanted.unwrap_or_default().iter().enumerate() {
        captures.entry(edge.node.header().sequence).or_default().push((edge.output, k));
    }
    let mut ready = Ready::default();
    for (edge, grad) in task.roots {
        ready.add(&edge, grad)?;
    }
    let mut needs: SmallVec<[bool; 4]> = SmallVec::new();
    while let Some(Waiting { node, grads }) = ready.pop() {
        let header = node.header();
        keep_retained(&node, &grads);
        if let Some(list) = captures.get(&header.sequence) {
            for &(output, k) in list {
                out[k] = grads.get(output).cloned();
            }
        }
        if let Some(needed) = &needed
            && !needed.get(&header.sequence).copied().unwrap_or(false)
        {
            continue;
        }
        needs.clear();
        needs.extend(header.edges.iter().map(|e| {
            e.as_ref().is_some_and(|e| match &needed {
                None => true,
                Some(n) => n.contains_key(&e.node.header().sequence),
            })
        }));
        let result = node.apply(&node, grads, &needs)?;
        if !task.retain_graph {
            node.release();
        }
        if result.len() != header.edges.len() {
            return Err(Error::runtime(format!(
                "Function {} returned an incorrect number of gradients (expected {}, got {})",
                node.name(),
                header.edges.len(),
                result.len()
            )));
        }
        for (i, (grad, edge)) in result.0.into_iter().zip(&header.edges).enumerate() {
            if let (Some(grad), Some(edge), true) = (grad, edge, needs[i]) {
                let grad = fit(grad, &edge.node.header().outputs[edge.output], &node, i)?;
                ready.add(edge, grad)?;
            }
        }
    }
    Ok(out)
}

#[derive(Default)]
struct Ready {
    heap: BinaryHeap<u64>,
    waiting: BySequence<Waiting>,
}

impl Ready {
    fn add(&mut self, edge: &Edge, grad: Tensor) -> Result<()> {
        let sequence = edge.node.header().sequence;
        let waiting = self.waiting.entry(sequence).or_insert_with(|| {
            self.heap.push(sequence);
            let outputs = edge.node.header().outputs.len();
            Waiting { node: edge.node.clone(), grads: std::iter::repeat_with(|| None).take(outputs).collect() }
        });
        let slot = &mut waiting.grads.0[edge.output];
        *slot = Some(match slot.take() {
            None => grad,
            Some(old) => ops::add(&old, &grad)?,
        });
        Ok(())
    }
    fn pop(&mut self) -> Option<Waiting> {
        let sequence = self.heap.pop()?;
        self.waiting.remove(&sequence)
    }
}

/// Gives gradients that have arrived in full to the tensors that asked to retain theirs.
fn keep_retained(node: &Node, grads: &Grads) {
    let retained = node.header().retained.lock().clone();
    for (output, tensor) in retained {
        if let (Some(tensor), Some(grad)) = (tensor.upgrade(), grads.get(output)) {
            tensor.state().extra_mut().grad = Some(grad.clone());
        }
    }
}

/// Fits a gradient to the output it is for: summed to its shape, cast to its dtype. This is why no formula undoes broadcasting.
fn fit(grad: Tensor, to: &OutMeta, node: &Node, i: usize) -> Result<Tensor> {
    let mut grad = grad;
    if *grad.shape() != to.shape[..] {
        if !ops::can_sum_to(grad.shape(), &to.shape) {
            return Err(Error::runtime(format!(
                "Function {} returned an invalid gradient at index {i} - got {:?} but expected shape compatible with {:?}",
                node.name(),
                grad.shape(),
                &to.shape[..]
            )));
        }
        grad = ops::sum_to(&grad, &to.shape)?;
    }
    if grad.dtype() != to.dtype {
        grad = ops::to_dtype(&grad, to.dtype)?;
    }
    Ok(grad)
}

/// The nodes on the way from the roots to the wanted edges: `true` for those that must run, `false` for the wanted ones
/// that lead no further.
fn nodes_toward(roots: &[(Edge, Tensor)], wanted: &[Edge]) -> BySequence<bool> {
    let mut seen: BySequence<Node> = BySequence::default();
    let mut stack: Vec<Node> = roots.iter().map(|(e, _)| e.node.clone()).collect();
    while let Some(node) = stack.pop() {
        let sequence = node.header().sequence;
        if seen.contains_key(&sequence) {
            continue;
        }
        stack.extend(node.next().flatten().cloned());
        seen.insert(sequence, node);
    }
    let mut needed: BySequence<bool> = wanted.iter().map(|e| (e.node.header().sequence, false)).collect();
    let mut order: Vec<u64> = seen.keys().copied().collect();
    order.sort_unstable();
    for sequence in order {
        if seen[&sequence].next().flatten().any(|n| needed.contains_key(&n.header().sequence)) {
            needed.insert(sequence, true);
        }
    }
    needed
}

/// Adds captured gradients to leaves, for `backward` with `inputs`.
pub(crate) fn accumulate_into(leaves: &[Tensor], grads: Vec<Option<Tensor>>) -> Result<()> {
    for (leaf, grad) in leaves.iter().zip(grads) {
        if let Some(grad) = grad {
            accumulate(leaf, grad)?;
        }
    }
    Ok(())
}

//! The engine: runs backward nodes from the youngest to the oldest. It knows nodes and edges, and no operation.
//!
//! Since a node is younger than all nodes it leads to, the youngest that waits has received every gradient that it ever will; nothing
//! has to be counted beforehand.

use super::accumulate::accumulate;
use super::mode::GradMode;
use super::node::{Edge, Key, Node};
use crate::error::{Error, Result};
use crate::ops;
use crate::primitive::{Grads, Needs};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::collections::{BTreeMap, HashMap};

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

/// The nodes on the way to the wanted edges: `true` for those that must run, `false` for the wanted ones that lead no further.
pub(crate) type Needed = HashMap<Key, bool>;

/// Runs the task. Returns the gradients for `wanted`, `None` where nothing arrived.
pub(crate) fn run(task: Task) -> Result<Vec<Option<Tensor>>> {
    // Nodes own those they lead to, so these keep all alive: everything below only borrows.
    let (roots, grads): (Vec<Edge>, Vec<Tensor>) = task.roots.into_iter().unzip();
    let needed = task.wanted.map(|w| nodes_toward(&roots, w));
    let _mode = GradMode::set(task.create_graph);
    let mut out: Vec<Option<Tensor>> = vec![None; task.wanted.map_or(0, <[Edge]>::len)];
    let mut captures: HashMap<Key, SmallVec<[(usize, usize); 1]>> = HashMap::new();
    for (k, edge) in task.wanted.unwrap_or_default().iter().enumerate() {
        captures.entry(edge.node.key()).or_default().push((edge.output, k));
    }
    let mut ready = Ready::new(task.create_graph);
    for (edge, grad) in roots.iter().zip(grads) {
        ready.add(edge, grad)?;
    }
    while let Some(Waiting { key, node, grads }) = ready.pop() {
        if node.has_retained() {
            keep_retained(node, &grads);
        }
        if let Some(needed) = &needed {
            for &(output, k) in captures.get(&key).into_iter().flatten() {
                out[k] = grads.get(output).cloned();
            }
            if !needed.get(&key).copied().unwrap_or(false) {
                continue;
            }
        }
        let edges = node.edges();
        let needs = Needs { edges, only: needed.as_ref() };
        let mut result = node.apply(grads, needs, task.retain_graph)?;
        if result.len() != edges.len() {
            return Err(Error::runtime(format!(
                "Function {} returned an incorrect number of gradients (expected {}, got {})",
                node.name(),
                edges.len(),
                result.len()
            )));
        }
        for (i, (grad, edge)) in result.0.iter_mut().zip(edges).enumerate() {
            if let (Some(grad), Some(edge)) = (grad.take(), edge)
                && needs.get(i)
            {
                ready.add(edge, fit(grad, edge, node, i)?)?;
            }
        }
    }
    Ok(out)
}

/// A node that has received gradients and waits for its turn.
struct Waiting<'a> {
    key: Key,
    node: &'a Node,
    grads: Grads,
}

impl<'a> Waiting<'a> {
    #[inline]
    fn new(key: Key, edge: &'a Edge, grad: Tensor) -> Waiting<'a> {
        let grads = match edge.node.output_count() {
            1 => Grads::one(Some(grad)),
            n => {
                let mut grads: Grads = (0..n).map(|_| None).collect();
                grads.0[edge.output] = Some(grad);
                grads
            }
        };
        Waiting { key, node: &edge.node, grads }
    }
}

/// The nodes that wait. Mostly the youngest leads to the next one, which therefore has a place of its own.
struct Ready<'a> {
    /// If it is there, it is younger than all others.
    youngest: Option<Waiting<'a>>,
    others: BTreeMap<Key, Waiting<'a>>,
    /// The youngest of `others`, or less than any.
    bound: Key,
    create_graph: bool,
}

impl<'a> Ready<'a> {
    fn new(create_graph: bool) -> Ready<'a> {
        Ready { youngest: None, others: BTreeMap::new(), bound: (0, 0), create_graph }
    }

    #[inline]
    fn add(&mut self, edge: &'a Edge, grad: Tensor) -> Result<()> {
        let key = edge.node.key();
        match &mut self.youngest {
            Some(w) if w.key == key => return add_to(&mut w.grads, edge.output, grad, self.create_graph),
            Some(w) if w.key < key => {
                let before = std::mem::replace(w, Waiting::new(key, edge, grad));
                self.bound = before.key;
                self.others.insert(before.key, before);
                return Ok(());
            }
            None if key > self.bound => {
                self.youngest = Some(Waiting::new(key, edge, grad));
                return Ok(());
            }
            _ => {}
        }
        if let Some(w) = self.others.get_mut(&key) {
            return add_to(&mut w.grads, edge.output, grad, self.create_graph);
        }
        self.bound = self.bound.max(key);
        self.others.insert(key, Waiting::new(key, edge, grad));
        Ok(())
    }

    #[inline]
    fn pop(&mut self) -> Option<Waiting<'a>> {
        if let Some(w) = self.youngest.take() {
            return Some(w);
        }
        let (_, w) = self.others.pop_last()?;
        self.bound = self.others.last_key_value().map_or((0, 0), |(key, _)| *key);
        Some(w)
    }
}

/// Smaller sums are made anew: a new small tensor costs less than the checks of a write in place.
const WORTH_WRITING: usize = 1 << 16;

/// Adds to the gradient of an output; in place where the sum so far is large and nobody else's, and nothing is to be fused.
#[inline]
fn add_to(grads: &mut Grads, output: usize, grad: Tensor, create_graph: bool) -> Result<()> {
    let slot = &mut grads.0[output];
    *slot = Some(match slot.take() {
        None => grad,
        Some(old)
            if !create_graph && old.numel() >= WORTH_WRITING && both_ready(&old, &grad) && old.owns_its_memory() =>
        {
            ops::add_(&old, &grad)?;
            old
        }
        Some(old) => ops::add(&old, &grad)?,
    });
    Ok(())
}

fn both_ready(a: &Tensor, b: &Tensor) -> bool {
    !a.array().is_pending() && !b.array().is_pending()
}

/// Gives gradients that have arrived in full to the tensors that asked to retain theirs.
#[cold]
fn keep_retained(node: &Node, grads: &Grads) {
    for (output, tensor) in node.retained() {
        if let (Some(tensor), Some(grad)) = (tensor.upgrade(), grads.get(output)) {
            tensor.put_grad(Some(grad.clone()));
        }
    }
}

/// Fits a gradient to the output it is for: summed to its shape, cast to its dtype. This is why no formula undoes broadcasting.
#[inline]
fn fit(grad: Tensor, edge: &Edge, node: &Node, i: usize) -> Result<Tensor> {
    let (shape, dtype) = edge.node.output(edge.output);
    let mut grad = grad;
    if !same(grad.shape(), shape) {
        if !ops::can_sum_to(grad.shape(), shape) {
            return Err(Error::runtime(format!(
                "Function {} returned an invalid gradient at index {i} - got {:?} but expected shape compatible with {shape:?}",
                node.name(),
                grad.shape(),
            )));
        }
        grad = ops::sum_to(&grad, shape)?;
    }
    if grad.dtype() != dtype {
        grad = ops::to_dtype(&grad, dtype)?;
    }
    Ok(grad)
}

/// Are these the same sizes? For so few numbers a loop is quicker than the library's comparison.
#[inline]
fn same(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b)
}

fn nodes_toward(roots: &[Edge], wanted: &[Edge]) -> Needed {
    let mut seen: HashMap<Key, &Node> = HashMap::new();
    let mut stack: Vec<&Node> = roots.iter().map(|e| &e.node).collect();
    while let Some(node) = stack.pop() {
        if seen.insert(node.key(), node).is_none() {
            stack.extend(node.next().flatten());
        }
    }
    let mut needed: Needed = wanted.iter().map(|e| (e.node.key(), false)).collect();
    let mut order: Vec<(Key, &Node)> = seen.into_iter().collect();
    order.sort_unstable_by_key(|(key, _)| *key);
    for (key, node) in order {
        if node.next().flatten().any(|n| needed.contains_key(&n.key())) {
            needed.insert(key, true);
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

//! The engine: runs backward nodes from the youngest to the oldest. It knows nodes and edges, and no operation.
//!
//! Since a node is younger than all nodes it leads to, the youngest that waits has received every gradient that it ever will; nothing
//! has to be counted beforehand.

use super::anomaly::check_node;
use super::hooks::Hooks;
use super::interrupt::Pulse;
use super::mode::{self, ANOMALY, Bit, CREATE_GRAPH, FORMULA, GradMode};
use super::node::{Edge, Key, Node};
use crate::error::{Error, Result};
use crate::ops;
use crate::primitive::{Grads, Needs};
use crate::tensor::Tensor;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one run of the engine is to do.
pub(crate) struct Task<'a> {
    /// Where to start, with which gradients.
    pub roots: Vec<(Edge, Tensor)>,
    /// Keep what nodes saved.
    pub retain_graph: bool,
    /// Give back what was saved at its place in the graph, for derivatives of higher order.
    pub create_graph: bool,
    /// Record the formulas: that asks for it, or a graph around this one.
    pub record: bool,
    pub goal: Goal<'a>,
}

/// How far a run goes.
#[derive(Clone, Copy)]
pub(crate) enum Goal<'a> {
    /// To all leaves, whose gradients are accumulated.
    Leaves,
    /// To these, of which the leaves accumulate; nothing else is run but what leads there.
    Only(&'a [Edge]),
    /// To these, whose gradients are handed out and accumulated nowhere.
    Capture(&'a [Edge]),
}

/// The nodes on the way to the wanted edges: `true` for those that must run, `false` for the wanted ones whose gradient is enough.
pub(crate) type Needed = HashMap<Key, bool>;

/// A run, as hooks see it.
pub(super) struct Run<'a> {
    roots: &'a [Edge],
    needed: Option<&'a Needed>,
    token: OnceCell<Arc<()>>,
    reached: OnceCell<HashSet<Key>>,
}

impl Run<'_> {
    /// Lives as long as the run.
    pub fn token(&self) -> &Arc<()> {
        self.token.get_or_init(Arc::default)
    }
    /// Will this node have its turn?
    pub fn visits(&self, node: Key) -> bool {
        match self.needed {
            Some(needed) => needed.contains_key(&node),
            None => self.reached.get_or_init(|| reachable(self.roots).into_keys().collect()).contains(&node),
        }
    }
}

/// Note [re-entrance]: a hook or a formula may run backward itself, and so on. Runs within runs go on where there is stack.
const RED_ZONE: usize = 96 << 10;
const MORE_STACK: usize = 2 << 20;

thread_local! {
    /// How many runs this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

struct Depth;

impl Depth {
    fn enter() -> Depth {
        DEPTH.set(DEPTH.get() + 1);
        Depth
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Runs the task. Returns the gradients to capture, `None` where nothing arrived.
pub(crate) fn run(task: Task) -> Result<Vec<Option<Tensor>>> {
    let inner = DEPTH.get() > 0;
    let _depth = Depth::enter();
    if inner { stacker::maybe_grow(RED_ZONE, MORE_STACK, || run_here(task)) } else { run_here(task) }
}

fn run_here(task: Task) -> Result<Vec<Option<Tensor>>> {
    // Nodes own those they lead to, so these keep all alive: everything below only borrows.
    let (roots, grads): (Vec<Edge>, Vec<Tensor>) = task.roots.into_iter().unzip();
    let needed = match task.goal {
        Goal::Leaves => None,
        Goal::Only(wanted) => Some(nodes_toward(&roots, wanted, true)),
        Goal::Capture(wanted) => Some(nodes_toward(&roots, wanted, false)),
    };
    let mut captures = Captures::new(task.goal);
    let run = Run { roots: &roots, needed: needed.as_ref(), token: OnceCell::new(), reached: OnceCell::new() };
    let _mode = GradMode::set(task.record);
    let _create = Bit::set(CREATE_GRAPH, task.create_graph);
    let _formulas = Bit::set(FORMULA, !task.record);
    let watched = mode::has(ANOMALY);
    let mut ready = Ready::new(task.record);
    for (edge, grad) in roots.iter().zip(grads) {
        ready.add(edge, grad)?;
    }
    let mut pulse = Pulse::new();
    while let Some(Waiting { key, node, mut grads }) = ready.pop() {
        pulse.beat(grads.get(0).map_or(0, Tensor::numel))?;
        let hooks = node.hooks();
        if let Some(needed) = &needed {
            let runs = needed.get(&key).copied().unwrap_or(false);
            // As in PyTorch, what a node that runs hands out is the gradient before the hooks of its tensors.
            if runs {
                captures.take(key, &grads);
            }
            if let Some(hooks) = hooks {
                hooks.on_tensors(node, &mut grads, &run)?;
            }
            if !runs {
                captures.take(key, &grads);
                continue;
            }
        } else if let Some(hooks) = hooks {
            hooks.on_tensors(node, &mut grads, &run)?;
        }
        let needs = Needs::Edges { edges: node.edges(), only: needed.as_ref() };
        let mut result = match hooks {
            None => step(node, grads, needs, task.retain_graph, watched)?,
            Some(hooks) => step_with_hooks(hooks, node, grads, needs, task.retain_graph, watched)?,
        };
        for (i, (grad, edge)) in result.0.iter_mut().zip(node.edges()).enumerate() {
            let Some(edge) = edge else { continue };
            if needed.is_some() && !needs.get(i) {
                continue;
            }
            match grad.take() {
                Some(grad) => {
                    let grad = if fits(&grad, edge) { grad } else { fit(grad, edge, node, i)? };
                    // Leaves are last. A product that waits as long would keep its factors alive, the activations.
                    if edge.node.leaf().is_some() {
                        grad.array().evaluate_blocks();
                    }
                    ready.add(edge, grad)?;
                }
                None => ready.add_undefined(edge),
            }
        }
    }
    Ok(captures.out)
}

/// Runs a node.
#[inline]
fn step(node: &Node, grads: Grads, needs: Needs, retain_graph: bool, watched: bool) -> Result<Grads> {
    let expected = node.edges().len();
    if needs.only_some() && expected > 0 && needs.mask() == 0 {
        // It was asked for itself, and nothing behind it.
        return Ok(skip(node, retain_graph));
    }
    let result = match watched {
        true => apply_watched(node, grads, needs, retain_graph)?,
        false => node.apply(grads, needs, retain_graph)?,
    };
    if result.len() != expected {
        return Err(wrong_number(node, expected, result.len()));
    }
    Ok(result)
}

/// Runs a node whose results are looked at in anomaly mode, beside what it saved.
#[cold]
#[inline(never)]
fn apply_watched(node: &Node, grads: Grads, needs: Needs, retain_graph: bool) -> Result<Grads> {
    if node.leaf().is_some() {
        return node.apply(grads, needs, retain_graph);
    }
    let result = node.apply(grads.clone(), needs, true)?;
    check_node(node, &grads, &result)?;
    if !retain_graph {
        node.release();
    }
    Ok(result)
}

#[cold]
fn skip(node: &Node, retain_graph: bool) -> Grads {
    if !retain_graph {
        node.release();
    }
    node.edges().iter().map(|_| None).collect()
}

#[cold]
fn wrong_number(node: &Node, expected: usize, got: usize) -> Error {
    let message =
        format!("Function {} returned an incorrect number of gradients (expected {expected}, got {got})", node.name());
    made_at(Error::runtime(message), node)
}

/// Names the line of the forward call.
fn made_at(e: Error, node: &Node) -> Error {
    match node.location() {
        Some(l) => e.note(format!("{} was made at {l}", node.name())),
        None => e,
    }
}

#[cold]
#[inline(never)]
fn step_with_hooks(
    hooks: &Hooks,
    node: &Node,
    mut grads: Grads,
    needs: Needs,
    retain_graph: bool,
    watched: bool,
) -> Result<Grads> {
    hooks.before_node(node, &mut grads)?;
    let outputs = if hooks.has_after() { grads.clone() } else { Grads::default() };
    let mut result = step(node, grads, needs, retain_graph, watched)?;
    if let Some(leaf) = node.leaf() {
        hooks.after_accumulation(leaf)?;
    }
    if hooks.has_after() {
        for (i, (grad, edge)) in result.0.iter_mut().zip(node.edges()).enumerate() {
            if let (Some(new), Some(edge)) = (grad.take(), edge) {
                *grad = Some(fit(new, edge, node, i)?);
            }
        }
        hooks.after_node(node, &mut result, &outputs)?;
    }
    Ok(result)
}

/// Gradients to hand out.
struct Captures {
    /// Which outputs of a node, and their places in `out`.
    of: HashMap<Key, SmallVec<[(usize, usize); 1]>>,
    out: Vec<Option<Tensor>>,
}

impl Captures {
    fn new(goal: Goal) -> Captures {
        let wanted = if let Goal::Capture(wanted) = goal { wanted } else { &[] };
        let mut of: HashMap<Key, SmallVec<[(usize, usize); 1]>> = HashMap::default();
        for (k, edge) in wanted.iter().enumerate() {
            of.entry(edge.node.key()).or_default().push((edge.output, k));
        }
        Captures { of, out: vec![None; wanted.len()] }
    }

    fn take(&mut self, key: Key, grads: &Grads) {
        for &(output, k) in self.of.get(&key).into_iter().flatten() {
            self.out[k] = grads.get(output).cloned();
        }
    }
}

/// A node that has received gradients and waits for its turn.
struct Waiting<'a> {
    key: Key,
    node: &'a Node,
    grads: Grads,
}

impl<'a> Waiting<'a> {
    #[inline]
    fn new(key: Key, edge: &'a Edge, grad: Option<Tensor>) -> Waiting<'a> {
        let grads = match edge.node.output_count() {
            1 => Grads::one(grad),
            n => {
                let mut grads: Grads = (0..n).map(|_| None).collect();
                grads.0[edge.output] = grad;
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
    record: bool,
}

impl<'a> Ready<'a> {
    fn new(record: bool) -> Ready<'a> {
        Ready { youngest: None, others: BTreeMap::new(), bound: (0, 0), record }
    }

    #[inline]
    fn add(&mut self, edge: &'a Edge, grad: Tensor) -> Result<()> {
        let key = edge.node.key();
        match &mut self.youngest {
            Some(w) if w.key == key => return add_to(&mut w.grads, edge.output, grad, self.record),
            None if key > self.bound => {
                self.youngest = Some(Waiting::new(key, edge, Some(grad)));
                return Ok(());
            }
            _ => {}
        }
        match self.others.get_mut(&key) {
            Some(w) => add_to(&mut w.grads, edge.output, grad, self.record),
            None => {
                self.insert(Waiting::new(key, edge, Some(grad)));
                Ok(())
            }
        }
    }

    /// The node has its turn although nothing arrives along this edge.
    #[cold]
    fn add_undefined(&mut self, edge: &'a Edge) {
        let key = edge.node.key();
        if self.youngest.as_ref().is_none_or(|w| w.key != key) && !self.others.contains_key(&key) {
            self.insert(Waiting::new(key, edge, None));
        }
    }

    /// Puts a node where it belongs that does not wait yet.
    #[inline]
    fn insert(&mut self, new: Waiting<'a>) {
        let older = match &mut self.youngest {
            Some(w) if w.key < new.key => std::mem::replace(w, new),
            None if new.key > self.bound => {
                self.youngest = Some(new);
                return;
            }
            _ => new,
        };
        self.bound = self.bound.max(older.key);
        self.others.insert(older.key, older);
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

/// Adds to the gradient of an output. Where gradients are recorded, or wrapped by a transform, the sum is a call like others.
#[inline]
fn add_to(grads: &mut Grads, output: usize, grad: Tensor, record: bool) -> Result<()> {
    let slot = &mut grads.0[output];
    *slot = Some(match slot.take() {
        None => grad,
        Some(sum) if record => ops::add(&sum, &grad)?,
        Some(sum) => ops::add_up(sum, &grad)?,
    });
    Ok(())
}

/// Has the gradient the shape and dtype of the output it is for?
#[inline]
fn fits(grad: &Tensor, edge: &Edge) -> bool {
    let (shape, dtype) = edge.node.output(edge.output);
    grad.dtype() == dtype && same(grad.shape(), shape)
}

/// Fits a gradient to the output it is for: summed to its shape, cast to its dtype. This is why no formula undoes broadcasting.
#[inline(never)]
fn fit(grad: Tensor, edge: &Edge, node: &Node, i: usize) -> Result<Tensor> {
    let (shape, dtype) = edge.node.output(edge.output);
    let mut grad = grad;
    if !same(grad.shape(), shape) {
        if !ops::can_sum_to(grad.shape(), shape) {
            let message = format!(
                "Function {} returned an invalid gradient at index {i} - got {:?} but expected shape compatible with {shape:?}",
                node.name(),
                grad.shape(),
            );
            return Err(made_at(Error::runtime(message), node));
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

/// All nodes that the roots lead to.
fn reachable(roots: &[Edge]) -> HashMap<Key, &Node> {
    let mut seen: HashMap<Key, &Node> = HashMap::default();
    let mut stack: Vec<&Node> = roots.iter().map(|e| &e.node).collect();
    while let Some(node) = stack.pop() {
        if seen.insert(node.key(), node).is_none() {
            stack.extend(node.next().flatten());
        }
    }
    seen
}

/// The nodes between the roots and the wanted ones, and those: `run_them` or only if they lead to another.
fn nodes_toward(roots: &[Edge], wanted: &[Edge], run_them: bool) -> Needed {
    let mut needed: Needed = wanted.iter().map(|e| (e.node.key(), run_them)).collect();
    let mut order: Vec<(Key, &Node)> = reachable(roots).into_iter().collect();
    order.sort_unstable_by_key(|(key, _)| *key);
    for (key, node) in order {
        if node.next().flatten().any(|n| needed.contains_key(&n.key())) {
            needed.insert(key, true);
        }
    }
    needed
}

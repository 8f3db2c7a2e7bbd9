//! Recording: the node of a primitive, and what it saves.

use super::accumulate::AccumulateGrad;
use super::mode::Ascribe;
use super::node::{Backward, Edge, Header, Node};
use crate::apply::Outs;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::primitive::{Grads, Op, OutMeta, Saved, few};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::panic::Location;
use std::sync::Arc;

/// The node of any primitive.
struct OpNode {
    header: Header,
    op: Op,
    /// `None` once released.
    saved: Mutex<Option<SavedSet>>,
    /// Does it save tensors? Nodes that do not may run any number of times: shapes are kept.
    saves: bool,
    metas: SavedMetas,
}

#[derive(Default)]
struct SavedSet {
    /// By number of the input.
    inputs: SmallVec<[(u8, SavedTensor); 2]>,
    outputs: SmallVec<[(u8, SavedTensor); 1]>,
}

type SavedMetas = SmallVec<[(u8, OutMeta); 1]>;

/// A tensor as it was when it was saved: its numbers and its place in the graph, not the tensor itself, whose place may change in place.
struct SavedTensor {
    array: Array,
    version: u32,
    link: Link,
}

enum Link {
    /// Without history.
    None,
    /// A leaf that requires grad: it is its own place in the graph.
    Leaf(Tensor),
    /// Output of another node.
    Edge(Edge),
    /// Output of the node that saves it. Note [saved output]: no strong link to itself.
    Own(usize),
}

impl SavedTensor {
    fn input(t: &Tensor) -> SavedTensor {
        let link = match t.state().edge.clone() {
            Some(edge) => Link::Edge(edge),
            None if t.requires_grad() => Link::Leaf(t.clone()),
            None => Link::None,
        };
        SavedTensor { array: t.array().clone(), version: t.array().version(), link }
    }

    fn unpack(&self, node: &OpNode, me: &Node) -> Result<Tensor> {
        if self.array.version() != self.version {
            return Err(stale(self, node));
        }
        Ok(match &self.link {
            Link::Leaf(t) => t.clone(),
            // A number comes back as a number: in promotion it stays the least, and keeps its precision.
            Link::None => Tensor::from_array(self.array.clone()),
            Link::Edge(e) => Tensor::with_edge(self.array.clone(), e.clone()),
            Link::Own(output) => Tensor::with_edge(self.array.clone(), Edge { node: me.clone(), output: *output }),
        })
    }
}

/// PyTorch's message for a saved tensor that was overwritten, with both lines.
fn stale(saved: &SavedTensor, node: &OpNode) -> Error {
    let shape: Vec<String> = saved.array.shape().iter().map(usize::to_string).collect();
    let origin = match &saved.link {
        Link::Edge(e) => format!(", which is output {} of {},", e.output, e.node.name()),
        Link::Own(output) => format!(", which is output {output} of {},", node.name()),
        _ => String::new(),
    };
    let write = saved.array.storage().and_then(|s| s.last_write());
    let overwritten = match write {
        Some(w) => format!("overwritten by {} at {}", w.operation, w.location),
        None => "overwritten since".to_string(),
    };
    Error::runtime(format!(
        "one of the variables needed for gradient computation has been modified by an inplace operation: \
         [torch.{}Tensor [{}]]{origin} is at version {}; expected version {} instead.",
        saved.array.dtype().scalar_name(),
        shape.join(", "),
        saved.array.version(),
        saved.version,
    ))
    .hint(format!(
        "it was saved by {} at {} and {overwritten}; use the out-of-place form there, or write to a clone()",
        node.name(),
        node.header.location,
    ))
}

/// PyTorch's message for a graph that was freed, with the node's line.
fn freed(node: &OpNode) -> Error {
    Error::runtime(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). \
         Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). \
         Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved \
         tensors after calling backward.",
    )
    .hint(format!("the freed node is {}, made at {}", node.name(), node.header.location))
}

impl Backward for OpNode {
    fn name(&self) -> &str {
        self.op.node_name()
    }
    fn header(&self) -> &Header {
        &self.header
    }

    fn apply(&self, me: &Node, g: Grads, needs: &[bool]) -> Result<Grads> {
        // An undefined gradient of the only output counts as zero; rules with several outputs look themselves.
        if g.len() == 1 && g.get(0).is_none() {
            return Ok(needs.iter().map(|_| None).collect());
        }
        let saved = self.unpack(me, needs)?;
        let _line = Ascribe::to(self.header.location);
        self.op.vjp(&g, &saved)
    }

    fn release(&self) {
        if self.saves {
            // Dropped outside the lock: freeing may reach other nodes.
            let set = self.saved.lock().take();
            drop(set);
        }
    }

    fn saved(&self) -> Vec<(String, OutMeta)> {
        let guard = self.saved.lock();
        let Some(set) = &*guard else { return Vec::new() };
        let meta = |t: &SavedTensor| OutMeta::new(t.array.shape(), t.array.dtype());
        let inputs = set.inputs.iter().map(|(i, t)| (format!("input{i}"), meta(t)));
        inputs.chain(set.outputs.iter().map(|(i, t)| (format!("output{i}"), meta(t)))).collect()
    }
}

impl OpNode {
    fn unpack(&self, me: &Node, needs: &[bool]) -> Result<Saved> {
        let mut out = Saved {
            inputs: SmallVec::new(),
            outputs: SmallVec::new(),
            metas: SmallVec::new(),
            needs: SmallVec::from_slice(needs),
        };
        for (i, m) in &self.metas {
            let i = *i as usize;
            out.metas.resize(out.metas.len().max(i + 1), None);
            out.metas[i] = Some(m.clone());
        }
        let guard = self.saved.lock();
        let Some(set) = &*guard else { return Err(freed(self)) };
        for (i, t) in &set.inputs {
            let i = *i as usize;
            out.inputs.resize(out.inputs.len().max(i + 1), None);
            // Read only by gradients that nobody wants this time? Then a stale value is no harm either.
            let readers = self.op.saves().inputs[i];
            if !needs.iter().enumerate().any(|(j, &n)| n && readers >> j.min(7) & 1 == 1) {
                continue;
            }
            out.inputs[i] = Some(t.unpack(self, me)?);
        }
        for (i, t) in &set.outputs {
            let i = *i as usize;
            out.outputs.resize(out.outputs.len().max(i + 1), None);
            out.outputs[i] = Some(t.unpack(self, me)?);
        }
        Ok(out)
    }
}

/// The edge into a tensor: its node, or a leaf's accumulator; `None` if it does not require grad.
pub(crate) fn edge_of(t: &Tensor) -> Option<Edge> {
    if !t.requires_grad() {
        return None;
    }
    let edge = t.state().edge.clone();
    Some(edge.unwrap_or_else(|| AccumulateGrad::edge(t)))
}

fn node(
    op: Op,
    edges: SmallVec<[Option<Edge>; 2]>,
    outputs: SmallVec<[OutMeta; 1]>,
    saved: SavedSet,
    metas: SavedMetas,
    location: &'static Location<'static>,
) -> Node {
    let saves = !saved.outputs.is_empty() || saved.inputs.iter().any(|(_, t)| t.array.as_scalar().is_none());
    let header = Header::new(edges, outputs, location);
    Node::new(Arc::new(OpNode { header, op, saved: Mutex::new(Some(saved)), saves, metas }))
}

/// Shapes that the operation's rule will read.
fn save_metas(op: &Op, ins: &[Operand]) -> SavedMetas {
    let saves = op.saves();
    let mut out = SavedMetas::new();
    for (i, x) in ins.iter().enumerate().take(saves.inputs.len()) {
        if saves.shapes >> i & 1 == 1 {
            let meta = match x {
                Operand::Tensor(t) => OutMeta::new(t.shape(), t.dtype()),
                Operand::Scalar(s) => OutMeta::new(&[], s.dtype()),
            };
            out.push((i as u8, meta));
        }
    }
    out
}

/// Inputs that the operation's rule will read, for the gradients that can be asked for.
fn save_inputs(op: &Op, ins: &[Operand], old: Option<&Tensor>, edges: &[Option<Edge>]) -> SavedSet {
    let saves = op.saves();
    let mut set = SavedSet::default();
    for (i, x) in ins.iter().enumerate().take(saves.inputs.len()) {
        let readers = saves.inputs[i];
        if edges.iter().enumerate().any(|(j, e)| e.is_some() && readers >> j.min(7) & 1 == 1) {
            let saved = match x {
                Operand::Tensor(t) if i == 0 && old.is_some() => {
                    SavedTensor { array: old.expect("just checked").array().clone(), ..SavedTensor::input(t) }
                        .at_version(0)
                }
                Operand::Tensor(t) => SavedTensor::input(t),
                Operand::Scalar(s) => SavedTensor { array: Array::scalar(*s), version: 0, link: Link::None },
            };
            set.inputs.push((i as u8, saved));
        }
    }
    set
}

impl SavedTensor {
    fn at_version(mut self, version: u32) -> SavedTensor {
        self.version = version;
        self
    }
}

fn save_outputs<'a>(op: &Op, outs: impl Iterator<Item = &'a Tensor>, set: &mut SavedSet) {
    let saves = op.saves();
    for (i, t) in outs.enumerate().take(8) {
        if saves.outputs >> i & 1 == 1 {
            let link = if differentiable(op, i, t) { Link::Own(i) } else { Link::None };
            set.outputs.push((i as u8, SavedTensor { array: t.array().clone(), version: t.array().version(), link }));
        }
    }
}

fn differentiable(op: &Op, i: usize, t: &Tensor) -> bool {
    t.dtype().is_differentiable() && op.differentiable(i)
}

/// Makes the node of a functional call and puts the outputs on it.
pub(crate) fn record(op: Op, ins: &[Operand], outs: &mut Outs, location: &'static Location<'static>) {
    let edges: SmallVec<[Option<Edge>; 2]> = few(ins.iter().map(|x| x.tensor().and_then(edge_of)));
    let mut saved = save_inputs(&op, ins, None, &edges);
    save_outputs(&op, outs.iter(), &mut saved);
    let outputs = few(outs.iter().map(|t| OutMeta::new(t.shape(), t.dtype())));
    let view = op.family() == crate::primitive::Family::View;
    let metas = save_metas(&op, ins);
    let node = node(op.clone(), edges, outputs, saved, metas, location);
    for (i, out) in outs.iter_mut().enumerate() {
        if differentiable(&op, i, out) {
            out.set_edge(Edge { node: node.clone(), output: i }, view);
        }
    }
}

/// Makes the node of an in-place call and moves `target` onto it. `old` is the value that `target` had, if the rule reads it.
pub(crate) fn record_in_place(
    op: Op,
    ins: &[Operand],
    old: Option<Tensor>,
    target: &Tensor,
    location: &'static Location<'static>,
) {
    let edges: SmallVec<[Option<Edge>; 2]> = few(ins.iter().map(|x| x.tensor().and_then(edge_of)));
    let mut saved = save_inputs(&op, ins, old.as_ref(), &edges);
    for (_, t) in &mut saved.inputs {
        // Another input in the target's memory: what it was is overwritten by now, and backward must say so.
        if t.array.shares_memory(target.array()) {
            t.version -= 1;
        }
    }
    save_outputs(&op, std::iter::once(target), &mut saved);
    let mut outputs = SmallVec::new();
    outputs.push(OutMeta::new(target.shape(), target.dtype()));
    let metas = save_metas(&op, ins);
    let node = node(op, edges, outputs, saved, metas, location);
    target.set_edge(Edge { node, output: 0 }, false);
}

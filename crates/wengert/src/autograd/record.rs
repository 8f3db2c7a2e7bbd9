//! Recording: the node of a call of a primitive.

use super::function::{CustomCall, run_backward};
use super::hooks::Hooks;
use super::node::{Edge, Node, next_sequence};
use super::saved::{Keeps, KeepsCell, OUTPUT, SavedValue, SavedValues, Takeable, Value};
use crate::apply::Outs;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::few::Few;
use crate::ops::{CopySlices, part_of};
use crate::place::{self, Ascribe, Caller, Place};
use crate::primitive::{Family, Grads, Meta, Metas, Needs, Op, OutMeta, Primitive, Saved, Saves};
use crate::scalar::Operand;
use crate::shared::Last;
use crate::tensor::Tensor;
use crate::transforms::{Inner, LevelId, tracked};
use smallvec::SmallVec;
use std::sync::{Arc, OnceLock};

/// The node of a call. It is made in place, in one block of memory.
pub(super) struct OpNode {
    pub sequence: u64,
    pub edges: Few<Option<Edge>>,
    pub op: Op,
    /// The user's line.
    pub location: Place,
    pub outputs: Outputs,
    pub keeps: KeepsCell,
    pub saved: Takeable<SavedValues>,
    /// Shapes that the formula reads, as in [`Saves`].
    pub shapes: u8,
    /// Bit `i`: input `i`, whose shape is read, is a matrix with dense columns.
    pub by_columns: u8,
    /// The shapes of inputs without an edge; at the end of an edge it is known what goes in.
    pub metas: Vec<(u8, OutMeta)>,
    pub hooks: OnceLock<Arc<Hooks>>,
}

/// Shape and dtype of each output of a call; there is at least one.
pub(super) struct Outputs {
    first: OutMeta,
    others: Vec<OutMeta>,
}

impl Outputs {
    #[inline]
    pub fn len(&self) -> usize {
        1 + self.others.len()
    }
    #[inline]
    pub fn get(&self, i: usize) -> &OutMeta {
        if i == 0 { &self.first } else { &self.others[i - 1] }
    }
}

impl OpNode {
    #[inline]
    pub(super) fn apply(&self, me: &Node, g: &Grads, needs: Needs, retain: bool) -> Result<Grads> {
        if self.keeps.get() == Keeps::Function {
            return run_backward(self, me, g, needs, retain);
        }
        // Undefined gradients count as zero. If only some are, the rule looks itself.
        if g.0.iter().all(Option::is_none) {
            if !retain {
                self.release();
            }
            return Ok(self.edges.iter().map(|_| None).collect());
        }
        let saved = self.unpack(me, needs, retain)?;
        let _line = Ascribe::to(self.location);
        self.op.vjp(g, &saved)
    }

    pub(super) fn differentiable(&self, output: usize, dtype: DType) -> bool {
        dtype.is_differentiable() && self.op.differentiable(output)
    }
}

/// A node with edges into the inputs and those inputs that the rule will read, for the gradients that can be asked for. `old` is what an
/// in-place call overwrote.
#[inline]
fn node(
    op: Op,
    saves: &Saves,
    ins: &[Operand],
    edges: impl FnOnce() -> Few<Option<Edge>>,
    old: Option<&Tensor>,
    outputs: impl FnOnce() -> Outputs,
    location: Caller,
) -> Last<OpNode> {
    // Moving a node costs as much as all the rest: it is written field by field where it stays.
    // SAFETY: every field is written, and what is read was written before.
    unsafe {
        Last::emplace(|node: *mut OpNode| {
            (&raw mut (*node).edges).write(edges());
            let edges = &(*node).edges;
            let (mut asked, mut newest) = (0u8, 0);
            for (i, e) in edges.iter().enumerate() {
                if let Some(e) = e {
                    asked |= 1 << i.min(7);
                    newest = e.node.sequence().max(newest);
                }
            }
            (&raw mut (*node).sequence).write(next_sequence(newest));
            let keeps = keeps(saves, ins, asked);
            (&raw mut (*node).keeps).write(KeepsCell::new(keeps));
            (&raw mut (*node).saved).write(Takeable::new(match keeps {
                Keeps::Nothing => Few::None,
                _ => save_inputs(saves, ins, asked, old, edges),
            }));
            let (metas, by_columns) = match (saves.shapes, ins) {
                (0, _) => (Vec::new(), 0),
                (1, [Operand::Tensor(t)]) if edges[0].is_some() => {
                    (Vec::new(), u8::from(t.array().layout().is_by_columns()))
                }
                _ => metas(saves, ins, edges),
            };
            (&raw mut (*node).metas).write(metas);
            (&raw mut (*node).by_columns).write(by_columns);
            (&raw mut (*node).shapes).write(saves.shapes);
            (&raw mut (*node).outputs).write(outputs());
            (&raw mut (*node).op).write(op);
            (&raw mut (*node).location).write(location.place());
            (&raw mut (*node).hooks).write(OnceLock::new());
        })
    }
}

#[inline]
fn keeps(saves: &Saves, ins: &[Operand], asked: u8) -> Keeps {
    let mut keeps = Keeps::Nothing;
    for (i, (x, readers)) in ins.iter().zip(saves.inputs).enumerate() {
        if readers & asked == 0 {
            continue;
        }
        let attribute = matches!(x, Operand::Scalar(_)) && saves.attributes >> i & 1 == 1;
        if !attribute {
            return Keeps::Values;
        }
        keeps = Keeps::Attributes;
    }
    keeps
}

#[inline]
fn save_inputs(saves: &Saves, ins: &[Operand], asked: u8, old: Option<&Tensor>, edges: &[Option<Edge>]) -> SavedValues {
    let read = |i: usize| saves.inputs[i] & asked != 0;
    let save = |i: usize| {
        let which = i as u8;
        match (&ins[i], old) {
            (Operand::Tensor(_), Some(old)) if i == 0 => {
                SavedValue { which, version: 0, value: Value::Array(old.array().clone()) }
            }
            (Operand::Tensor(t), _) => SavedValue::input(which, t, edges[i].as_ref()),
            (Operand::Scalar(s), _) => SavedValue { which, version: 0, value: Value::Number(*s) },
        }
    };
    match ins.len() {
        1 if read(0) => Few::One([save(0)]),
        2 if read(0) && read(1) => Few::Two([save(0), save(1)]),
        2 if read(0) => Few::One([save(0)]),
        2 if read(1) => Few::One([save(1)]),
        n => {
            let mut values = Few::None;
            for i in (0..n.min(8)).filter(|&i| read(i)) {
                values.push(save(i));
            }
            values
        }
    }
}

/// Saves output `i` if the rule will read it.
#[inline]
fn save_output(node: &mut OpNode, saves: &Saves, i: usize, array: &Array) {
    if i < 8 && saves.outputs >> i & 1 == 1 {
        let which = OUTPUT | i as u8;
        let value = SavedValue { which, version: array.version(), value: Value::Array(array.clone()) };
        node.saved.get_mut().push(value);
        node.keeps.set(Keeps::Values);
    }
}

/// The shapes that the rule will read and that no edge tells; and which of the inputs have dense columns.
fn metas(saves: &Saves, ins: &[Operand], edges: &[Option<Edge>]) -> (Vec<(u8, OutMeta)>, u8) {
    let mut metas = Vec::new();
    let mut by_columns = 0;
    let mut left = saves.shapes;
    while left != 0 {
        let i = left.trailing_zeros() as usize;
        left &= left - 1;
        let Some(x) = ins.get(i) else { break };
        if let Operand::Tensor(t) = x {
            by_columns |= u8::from(t.array().layout().is_by_columns()) << i;
        }
        if edges[i].is_none() {
            let meta = match x {
                Operand::Tensor(t) => OutMeta::of(t.array()),
                Operand::Scalar(s) => OutMeta::new(&[], s.dtype()),
            };
            metas.push((i as u8, meta));
        }
    }
    (metas, by_columns)
}

/// The edges to where the inputs were made.
#[inline]
fn edges_of(ins: &[Operand]) -> Few<Option<Edge>> {
    Few::from_fn(ins.len(), |i| ins[i].tensor().and_then(Tensor::edge))
}

/// Makes the node of a functional call, and of the arrays that it computed tensors on it.
pub(crate) fn record(op: Op, ins: &[Operand], mut arrays: SmallVec<[Array; 1]>, location: Caller) -> Outs {
    let mut outs = Outs::new();
    if arrays.len() == 1
        && let Some(array) = arrays.pop()
    {
        outs.push(record1(op, ins, array, location));
        return outs;
    }
    let edges = record_outputs(op, ins, &arrays, location);
    for (array, edge) in arrays.into_iter().zip(edges) {
        outs.push(match edge {
            Some(edge) => Tensor::with_edge(array, edge),
            None => Tensor::from_array(array),
        });
    }
    outs
}

/// Makes the node of a call: an edge for each output, `None` for those that are not differentiable.
pub(crate) fn record_outputs(
    op: Op,
    ins: &[Operand],
    arrays: &[Array],
    location: Caller,
) -> SmallVec<[Option<Edge>; 1]> {
    let saves = op.saves();
    let Some((first, others)) = arrays.split_first() else { return SmallVec::new() };
    let outputs = || Outputs { first: OutMeta::of(first), others: others.iter().map(OutMeta::of).collect() };
    let mut node = node(op, &saves, ins, || edges_of(ins), None, outputs, location);
    for (i, a) in arrays.iter().enumerate() {
        save_output(&mut node, &saves, i, a);
    }
    let node = Node::of(node);
    let mut edges = SmallVec::new();
    for (i, array) in arrays.iter().enumerate() {
        let edge = Edge { node: node.clone(), output: i };
        edges.push(node.is_differentiable(i, array.dtype()).then_some(edge));
    }
    edges
}

/// [`record`] for one output.
#[inline]
pub(crate) fn record1(op: Op, ins: &[Operand], array: Array, location: Caller) -> Tensor {
    match record_output(op, ins, &array, location) {
        Some(edge) => Tensor::with_edge(array, edge),
        None => Tensor::from_array(array),
    }
}

/// [`record_outputs`] for one output.
#[inline]
pub(crate) fn record_output(op: Op, ins: &[Operand], array: &Array, location: Caller) -> Option<Edge> {
    if !(array.dtype().is_differentiable() && op.differentiable(0)) {
        return None;
    }
    let saves = op.saves();
    let outputs = || Outputs { first: OutMeta::of(array), others: Vec::new() };
    let mut node = node(op, &saves, ins, || edges_of(ins), None, outputs, location);
    save_output(&mut node, &saves, 0, array);
    Some(Edge { node: Node::of(node), output: 0 })
}

/// Makes the node of a call on a level of reverse mode: with the edges of the handles there, and saved values of the level below.
pub(crate) fn record_on_level(
    op: Op,
    edges: SmallVec<[Option<Edge>; 4]>,
    inner: &[Inner],
    outs: Outs,
    level: LevelId,
    location: Caller,
) -> Outs {
    let saves = op.saves();
    let edges = Few::from_fn(edges.len(), |i| edges[i].clone());
    let asked = Needs::all(&edges).mask();
    let newest = edges.iter().flatten().map(|e| e.node.sequence()).max().unwrap_or(0);
    let operands: SmallVec<[Operand; 4]> = inner.iter().map(Inner::operand).collect();
    let mut saved: SavedValues = Few::None;
    let below =
        |which: u8, t: &Tensor| SavedValue { which, version: t.version(), value: Value::Below(t.clone(), level) };
    for (i, x) in operands.iter().enumerate().take(8).filter(|(i, _)| saves.inputs[*i] & asked != 0) {
        saved.push(match x {
            Operand::Tensor(t) => below(i as u8, t),
            Operand::Scalar(s) => SavedValue { which: i as u8, version: 0, value: Value::Number(*s) },
        });
    }
    for (i, out) in outs.iter().enumerate().take(8).filter(|(i, _)| saves.outputs >> i & 1 == 1) {
        saved.push(below(OUTPUT | i as u8, out));
    }
    let keeps = match (keeps(&saves, &operands, asked), saves.outputs) {
        (keeps, 0) => keeps,
        _ => Keeps::Values,
    };
    let (metas, by_columns) = metas(&saves, &operands, &[const { None }; 8]);
    let metas_of = |outs: &[Tensor]| outs.iter().map(|out| OutMeta::of(out.array())).collect();
    let outputs = Outputs { first: OutMeta::of(outs[0].array()), others: metas_of(&outs[1..]) };
    let node = Node::of(Last::new(OpNode {
        sequence: next_sequence(newest),
        edges,
        op,
        location: location.place(),
        outputs,
        keeps: KeepsCell::new(keeps),
        saved: Takeable::new(saved),
        shapes: saves.shapes,
        by_columns,
        metas,
        hooks: OnceLock::new(),
    }));
    let place = |(i, out): (usize, Tensor)| match node.is_differentiable(i, out.dtype()) {
        true => tracked(level, out, Edge { node: node.clone(), output: i }),
        false => out,
    };
    outs.into_iter().enumerate().map(place).collect()
}

/// The node of a call of a [`Function`](super::Function).
pub(super) fn function_node(
    call: CustomCall,
    edges: Few<Option<Edge>>,
    outputs: Vec<OutMeta>,
    saved: SavedValues,
    location: Caller,
) -> Result<Node> {
    let mut outputs = outputs.into_iter();
    let Some(first) = outputs.next() else {
        return Err(Error::runtime(format!("{} must have a result", call.name())));
    };
    let newest = edges.iter().flatten().map(|e| e.node.sequence()).max().unwrap_or(0);
    Ok(Node::of(Last::new(OpNode {
        sequence: next_sequence(newest),
        edges,
        op: call.into(),
        location: location.place(),
        outputs: Outputs { first, others: outputs.collect() },
        keeps: KeepsCell::new(Keeps::Function),
        saved: Takeable::new(saved),
        shapes: 0,
        by_columns: 0,
        metas: Vec::new(),
        hooks: OnceLock::new(),
    })))
}

/// Makes the node of an in-place call and moves `target` onto it, or the base of `target` if that is a view. `ins` begins with `target`;
/// `old` is the value that it had, if the rule reads it.
pub(crate) fn record_in_place<'a>(
    op: Op,
    ins: &mut [Operand<'a>],
    old: Option<Tensor>,
    target: &'a Tensor,
    location: Caller,
) {
    let op = if op.family() == Family::NoGrad { Overwrite(op).into() } else { op };
    let (mut saves, base) = (op.saves(), target.base());
    let (op, moved) = match base {
        Some(base) => {
            ins[0] = Operand::Tensor(base);
            (CopySlices::new(op, base.array().layout(), target.array().layout()).into(), base)
        }
        None => (op, target),
    };
    let view_shape = base.is_some() && saves.shapes & 1 == 1;
    if view_shape {
        saves.shapes &= !1;
    }
    let outputs = || Outputs { first: OutMeta::of(moved.array()), others: Vec::new() };
    let mut node = node(op, &saves, ins, || edges_of(ins), old.as_ref(), outputs, location);
    if view_shape {
        // The formula is that of the view, but the edge is the base's.
        node.shapes |= 1;
        node.metas.push((0, OutMeta::of(target.array())));
        node.by_columns |= u8::from(target.array().layout().is_by_columns());
    }
    let OpNode { saved, edges, .. } = &mut *node;
    for v in saved.get_mut().iter_mut() {
        // Another input in the target's memory: what it was is overwritten by now, and backward must say so.
        if v.array(edges).is_some_and(|a| a.shares_version(target.array())) {
            v.version -= 1;
        }
    }
    save_output(&mut node, &saves, 0, target.array());
    moved.move_to(Some(Edge { node: Node::of(node), output: 0 }));
}

/// The place in the graph of a view, made anew: as a view of its base as that is now.
pub(crate) fn view_of_base(base: &Tensor, view: &Array) -> Edge {
    let location =
        place::of_formula().or_else(|| Some(view.last_write()?.location)).map_or_else(Caller::here, Caller::from);
    let op = part_of(base.array().layout(), view.layout());
    let saves = op.saves();
    let ins = [Operand::Tensor(base)];
    let outputs = || Outputs { first: OutMeta::of(view), others: Vec::new() };
    let node = node(op, &saves, &ins, || edges_of(&ins), None, outputs, location);
    Edge { node: Node::of(node), output: 0 }
}

/// The place in the graph of a value that a write to a part of a base saved: as a view of the base, which is at `edge`.
pub(super) fn view_of_saved(slices: &CopySlices, edge: Edge, value: &Array, location: Caller) -> Edge {
    let op = slices.part();
    let saves = op.saves();
    let outputs = || Outputs { first: OutMeta::of(value), others: Vec::new() };
    let node = node(op, &saves, &[Operand::Scalar(0.into())], || Few::One([Some(edge)]), None, outputs, location);
    Edge { node: Node::of(node), output: 0 }
}

/// What an operation without derivative left in place of a value: the gradient of that is zero.
#[derive(Debug)]
struct Overwrite(Op);

impl Primitive for Overwrite {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn node_name(&self) -> &'static str {
        self.0.node_name()
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        self.0.infer(ins)
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.0.eval(ins, outs)
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok((0..s.len()).map(|i| (i == 0 && s.needs(0)).then(|| Tensor::zeros_like(&g[0]))).collect())
    }
}

//! Recording: the node of a call of a primitive.

use super::mode::Ascribe;
use super::node::{Edge, Node, next_sequence};
use super::saved::{Keeps, OUTPUT, SavedValue, SavedValues, Takeable, Value};
use crate::apply::Outs;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;
use crate::primitive::{Family, Grads, Needs, Op, OutMeta, Saves};
use crate::scalar::Operand;
use crate::tensor::{Extra, Tensor};
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::panic::Location;
use std::sync::{OnceLock, Weak};

pub(super) type Edges = SmallVec<[Option<Edge>; 2]>;
type Metas = SmallVec<[(u8, OutMeta, bool); 1]>;

/// The node of a call. It is made in place, in one block of memory.
pub(super) struct OpNode {
    pub sequence: u64,
    pub op: Op,
    /// The user's line.
    pub location: &'static Location<'static>,
    pub edges: Edges,
    /// Shape and dtype of each output.
    pub outputs: SmallVec<[OutMeta; 1]>,
    pub keeps: Keeps,
    pub saved: Takeable<SavedValues>,
    /// Shapes of inputs that the formula reads. They are small, and stay.
    pub metas: Metas,
    #[expect(clippy::type_complexity, reason = "a list of weak handles behind a lock, which hardly any node has")]
    pub retained: OnceLock<Box<Mutex<Vec<(usize, Weak<Extra>)>>>>,
}

impl OpNode {
    #[inline]
    pub(super) fn apply(&self, me: &Node, g: &Grads, needs: Needs, retain: bool) -> Result<Grads> {
        // An undefined gradient of the only output counts as zero; rules with several outputs look themselves.
        if g.len() == 1 && g.get(0).is_none() {
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

#[inline]
fn edges(ins: &[Operand]) -> Edges {
    let mut edges = Edges::new();
    for x in ins {
        edges.push(x.tensor().and_then(Tensor::edge));
    }
    edges
}

/// Shapes that the operation's rule will read.
#[inline]
fn metas(saves: Saves, ins: &[Operand]) -> Metas {
    let mut metas = Metas::new();
    if saves.shapes == 0 {
        return metas;
    }
    for (i, x) in ins.iter().enumerate().take(8) {
        if saves.shapes >> i & 1 == 1 {
            let (meta, by_columns) = match x {
                Operand::Tensor(t) => (OutMeta::of(t.array()), t.array().layout().is_by_columns()),
                Operand::Scalar(s) => (OutMeta::new(&[], s.dtype()), false),
            };
            metas.push((i as u8, meta, by_columns));
        }
    }
    metas
}

/// Inputs that the operation's rule will read, for the gradients that can be asked for. `old` is what an in-place call overwrote.
#[inline]
fn save_inputs(saves: Saves, ins: &[Operand], old: Option<&Tensor>, edges: &[Option<Edge>]) -> (SavedValues, Keeps) {
    let mut values = SavedValues::new();
    let mut keeps = Keeps::Nothing;
    let asked = Needs::all(edges).mask();
    for (i, x) in ins.iter().enumerate().take(8) {
        if saves.inputs[i] & asked == 0 {
            continue;
        }
        let which = i as u8;
        let value = match (x, old) {
            (Operand::Tensor(_), Some(old)) if i == 0 => {
                SavedValue { which, version: 0, value: Value::Array(old.array().clone()) }
            }
            (Operand::Tensor(t), _) => SavedValue::input(which, t, edges[i].as_ref()),
            (Operand::Scalar(s), _) => SavedValue { which, version: 0, value: Value::Number(*s) },
        };
        let attribute = matches!(x, Operand::Scalar(_)) && saves.attributes >> i & 1 == 1;
        if !attribute {
            keeps = Keeps::Values;
        } else if keeps == Keeps::Nothing {
            keeps = Keeps::Attributes;
        }
        values.push(value);
    }
    (values, keeps)
}

/// An output that the operation's rule will read.
#[inline]
fn save_output(saves: Saves, i: usize, array: &Array, values: &mut SavedValues, keeps: &mut Keeps) {
    if i < 8 && saves.outputs >> i & 1 == 1 {
        let which = OUTPUT | i as u8;
        values.push(SavedValue { which, version: array.version(), value: Value::Array(array.clone()) });
        *keeps = Keeps::Values;
    }
}

/// Younger than all that it leads to.
#[inline]
fn sequence(edges: &[Option<Edge>]) -> u64 {
    next_sequence(edges.iter().flatten().map(|e| e.node.sequence()).max().unwrap_or(0))
}

/// Makes the node of a functional call, and of the arrays that it computed tensors on it.
#[inline]
pub(crate) fn record(
    op: Op,
    ins: &[Operand],
    arrays: SmallVec<[Array; 1]>,
    location: &'static Location<'static>,
) -> Outs {
    let saves = op.saves();
    let view = op.family() == Family::View;
    let edges = edges(ins);
    let (mut values, mut keeps) = save_inputs(saves, ins, None, &edges);
    let mut outputs = SmallVec::new();
    for (i, a) in arrays.iter().enumerate() {
        save_output(saves, i, a, &mut values, &mut keeps);
        outputs.push(OutMeta::of(a));
    }
    let node = Node::of(OpNode {
        sequence: sequence(&edges),
        location,
        outputs,
        keeps,
        saved: Takeable::new(values),
        metas: metas(saves, ins),
        retained: OnceLock::new(),
        edges,
        op,
    });
    let mut outs = Outs::new();
    for (i, array) in arrays.into_iter().enumerate() {
        outs.push(match node.is_differentiable(i, array.dtype()) {
            true => Tensor::with_edge(array, Edge { node: node.clone(), output: i }, view),
            false => Tensor::from_array(array),
        });
    }
    outs
}

/// Makes the node of an in-place call and moves `target` onto it. `old` is the value that `target` had, if the rule reads it.
pub(crate) fn record_in_place(
    op: Op,
    ins: &[Operand],
    old: Option<Tensor>,
    target: &Tensor,
    location: &'static Location<'static>,
) {
    let saves = op.saves();
    let edges = edges(ins);
    let (mut values, mut keeps) = save_inputs(saves, ins, old.as_ref(), &edges);
    for v in &mut values {
        // Another input in the target's memory: what it was is overwritten by now, and backward must say so.
        if v.array(&edges).is_some_and(|a| a.shares_memory(target.array())) {
            v.version -= 1;
        }
    }
    save_output(saves, 0, target.array(), &mut values, &mut keeps);
    let mut outputs = SmallVec::new();
    outputs.push(OutMeta::of(target.array()));
    let node = Node::of(OpNode {
        sequence: sequence(&edges),
        location,
        outputs,
        keeps,
        saved: Takeable::new(values),
        metas: metas(saves, ins),
        retained: OnceLock::new(),
        edges,
        op,
    });
    target.move_to(Edge { node, output: 0 });
}

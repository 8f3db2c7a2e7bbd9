//! What a node saves for its formula, and how the formula gets it back.

use super::inspect::argument;
use super::mode::{self, Bit, CREATE_GRAPH, GradMode};
use super::node::{Edge, Node, operation};
use super::record::{OpNode, view_of_saved};
use super::saved_hooks::Packed;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::few::Few;
use crate::primitive::{Needs, OutMeta, Saved, SavedTensor};
use crate::scalar::Scalar;
use crate::tensor::Tensor;
use crate::transforms::{LevelId, Tangent, tracked};
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// An input or an output as it was when it was saved: its numbers and their version. Its place in the graph is the node's own edge of
/// that input, or for an output the node itself. (Note [saved output]: so a node never owns itself.)
#[derive(Clone)]
pub(super) struct SavedValue {
    /// Which input; with [`OUTPUT`], which output.
    pub which: u8,
    pub version: u32,
    pub value: Value,
}

/// Marks outputs in [`SavedValue::which`].
pub(super) const OUTPUT: u8 = 0x80;
/// In [`SavedValue::which`]: a tensor that a [`Function`](super::Function) saved and that is neither an input nor an output.
pub(super) const OTHER: u8 = 0x7f;

#[derive(Clone)]
pub(super) enum Value {
    /// An input that is a leaf that requires grad: it is found at the end of the node's edge.
    Leaf,
    Array(Array),
    /// A tensor on which a level of reverse mode stands, and that level.
    Below(Tensor, LevelId),
    /// A number comes back as a number: in promotion it stays the least, and keeps its precision.
    Number(Scalar),
    /// What a pack hook made of it.
    Packed(Arc<Packed>),
    /// One of the others, with its tangent on a level of forward mode.
    Dual(Box<(Value, Arc<Tangent>)>),
}

impl Value {
    /// Without a tangent.
    pub fn plain(&self) -> &Value {
        if let Value::Dual(dual) = self { &dual.0 } else { self }
    }
}

pub(super) type SavedValues = Few<SavedValue>;

/// Is there something to free after the first backward pass?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeps {
    /// Nothing is saved.
    Nothing,
    /// Numbers that belong to the operation: the node can run any number of times.
    Attributes,
    /// Saved values.
    Values,
    /// Saved values, some of which went through hooks.
    Hooked,
    /// What a [`Function`](super::Function) saved: it asks for it itself.
    Function,
}

/// [`Keeps`] of a node, which hooks may change later.
pub(super) struct KeepsCell(AtomicU8);

impl KeepsCell {
    #[inline]
    pub fn new(keeps: Keeps) -> KeepsCell {
        KeepsCell(AtomicU8::new(keeps as u8))
    }
    #[inline]
    pub fn get(&self) -> Keeps {
        match self.0.load(Ordering::Relaxed) {
            0 => Keeps::Nothing,
            1 => Keeps::Attributes,
            2 => Keeps::Values,
            3 => Keeps::Hooked,
            _ => Keeps::Function,
        }
    }
    #[inline]
    pub fn set(&self, keeps: Keeps) {
        self.0.store(keeps as u8, Ordering::Relaxed);
    }
}

impl SavedValue {
    /// Of input `which`, whose edge is given.
    #[inline]
    pub fn input(which: u8, t: &Tensor, edge: Option<&Edge>) -> SavedValue {
        let value = match edge {
            Some(e) if e.node.leaf().is_some() => Value::Leaf,
            _ => Value::Array(t.array().clone()),
        };
        SavedValue { which, version: t.array().version(), value }
    }

    /// The array, which for a leaf is at the end of an edge; numbers have none.
    pub fn array<'a>(&'a self, edges: &'a [Option<Edge>]) -> Option<&'a Array> {
        match self.value.plain() {
            Value::Leaf => Some(leaf(self.which, edges).array()),
            Value::Array(a) => Some(a),
            Value::Below(t, _) => Some(t.array()),
            Value::Number(_) | Value::Packed(_) | Value::Dual(_) => None,
        }
    }

    /// Shape and dtype.
    pub fn meta(&self, edges: &[Option<Edge>]) -> OutMeta {
        match (self.value.plain(), self.array(edges)) {
            (Value::Number(s), _) => OutMeta::new(&[], s.dtype()),
            (Value::Packed(p), _) => p.meta().clone(),
            (_, Some(a)) => OutMeta::of(a),
            (_, None) => unreachable!("only numbers and packed values have no array"),
        }
    }

    /// Was it overwritten since?
    #[inline]
    pub fn is_stale(&self, edges: &[Option<Edge>]) -> bool {
        self.array(edges).is_some_and(|a| a.version() != self.version)
    }
}

fn leaf(input: u8, edges: &[Option<Edge>]) -> &Tensor {
    edges[input as usize].as_ref().and_then(|e| e.node.leaf()).expect("a saved leaf has an edge")
}

impl OpNode {
    /// What the formula reads. Moved out of the node, unless it is to be retained.
    #[inline]
    pub(super) fn unpack<'a>(&'a self, me: &Node, needs: Needs<'a>, retain: bool) -> Result<Saved<'a>> {
        let mut out =
            Saved { tensors: Few::None, shapes: self.shapes, by_columns: self.by_columns, metas: &self.metas, needs };
        match self.keeps.get() {
            Keeps::Nothing => {}
            // The usual backward: every gradient is wanted, and then the node is done with.
            Keeps::Values if !retain && needs.is_all() => {
                // Written where it stays: moving what is saved costs more than making it a tensor.
                let tensors = &mut out.tensors;
                let taken = self.saved.take(|values| {
                    if values.iter().any(|v| v.is_stale(&self.edges)) {
                        return Err(self.first_stale(values, |_| true));
                    }
                    *tensors = Few::from_fn(values.len(), |k| {
                        let v = &mut values[k];
                        let value = std::mem::replace(&mut v.value, Value::Leaf);
                        (v.which, self.unpack_one(v.which, value, me))
                    });
                    Ok(())
                });
                taken.unwrap_or_else(|| Err(self.freed()))?;
            }
            Keeps::Hooked => out.tensors = self.unpack_hooked(me, needs, retain)?,
            _ => out.tensors = self.unpack_some(me, needs, retain)?,
        }
        Ok(out)
    }

    /// [`OpNode::unpack`] where not all gradients are wanted, or the graph is retained.
    #[inline(never)]
    fn unpack_some<'a>(&'a self, me: &Node, needs: Needs<'a>, retain: bool) -> Result<Few<(u8, SavedTensor<'a>)>> {
        // Read only by gradients that nobody wants this time? Then a stale value is no harm either.
        let (asked, saves) = (needs.mask(), self.op.saves());
        let is_read = |v: &SavedValue| v.which & OUTPUT != 0 || saves.inputs[v.which as usize] & asked != 0;
        let retain = retain || self.keeps.get() == Keeps::Attributes;
        let unpack = |values: &[SavedValue]| {
            if values.iter().any(|v| is_read(v) && v.is_stale(&self.edges)) {
                return Err(self.first_stale(values, is_read));
            }
            let mut tensors = Few::None;
            values
                .iter()
                .filter(|v| is_read(v))
                .for_each(|v| tensors.push((v.which, self.unpack_one(v.which, v.value.clone(), me))));
            Ok(tensors)
        };
        let tensors = match retain {
            true => self.saved.read(|values| unpack(values)),
            false => self.saved.take(|values| {
                let tensors = unpack(values)?;
                *values = Few::None;
                Ok(tensors)
            }),
        };
        tensors.unwrap_or_else(|| Err(self.freed()))
    }

    #[inline]
    fn unpack_one<'a>(&'a self, which: u8, value: Value, me: &Node) -> SavedTensor<'a> {
        match value {
            Value::Leaf => SavedTensor::Leaf(leaf(which, &self.edges)),
            Value::Array(array) => SavedTensor::Own(self.link(which, array, me)),
            other => SavedTensor::Own(self.unpack_rare(which, other, me)),
        }
    }

    #[cold]
    fn unpack_rare(&self, which: u8, value: Value, me: &Node) -> Tensor {
        match value {
            Value::Below(t, level) => self.link_on_level(which, t, level, me),
            Value::Number(s) => Tensor::from_array(Array::scalar(s)),
            Value::Dual(dual) => match dual.0 {
                Value::Leaf => dual.1.on(leaf(which, &self.edges).clone()),
                Value::Array(array) => dual.1.on(self.link(which, array, me)),
                other => self.unpack_rare(which, other, me),
            },
            Value::Leaf | Value::Array(_) | Value::Packed(_) => unreachable!("others have a path of their own"),
        }
    }

    #[cold]
    fn first_stale(&self, values: &[SavedValue], is_read: impl Fn(&SavedValue) -> bool) -> Error {
        let stale = values.iter().find(|v| is_read(v) && v.is_stale(&self.edges));
        self.stale(stale.expect("one was found"))
    }

    /// [`OpNode::unpack`] where hooks have a say. They are the user's code: nothing is taken before they are through.
    #[cold]
    fn unpack_hooked<'a>(&'a self, me: &Node, needs: Needs<'a>, retain: bool) -> Result<Few<(u8, SavedTensor<'a>)>> {
        let (asked, saves) = (needs.mask(), self.op.saves());
        let is_read = |v: &SavedValue| v.which & OUTPUT != 0 || saves.inputs[v.which as usize] & asked != 0;
        let values = self.values()?;
        let mut tensors = Few::None;
        for v in values.iter().filter(|v| is_read(v)) {
            tensors.push((v.which, SavedTensor::Own(self.recall(v, me)?)));
        }
        if !retain {
            self.release();
        }
        Ok(tensors)
    }

    /// Was what it saved freed?
    pub(super) fn is_freed(&self) -> bool {
        self.saved.read(|_| ()).is_none()
    }

    /// Handles to all that is saved.
    pub(super) fn values(&self) -> Result<Vec<SavedValue>> {
        self.saved.read(|values| values.to_vec()).ok_or_else(|| self.freed())
    }

    /// A saved value as a tensor: unpacked if it was packed, else checked for being the one that was saved.
    pub(super) fn recall(&self, v: &SavedValue, me: &Node) -> Result<Tensor> {
        if v.is_stale(&self.edges) {
            return Err(self.stale(v));
        }
        Ok(match &v.value {
            Value::Packed(p) if v.which == OTHER => p.unpack()?,
            Value::Packed(p) => self.link(v.which, p.unpack()?.array().clone(), me),
            Value::Leaf => leaf(v.which, &self.edges).clone(),
            Value::Array(array) => self.link(v.which, array.clone(), me),
            Value::Below(t, level) => self.link_on_level(v.which, t.clone(), *level, me),
            Value::Number(s) => Tensor::from_array(Array::scalar(*s)),
            Value::Dual(_) => self.unpack_rare(v.which, v.value.clone(), me),
        })
    }

    /// A tensor of saved numbers, at its place in the graph if the formula is recorded.
    #[inline]
    fn link(&self, which: u8, array: Array, me: &Node) -> Tensor {
        let modes = mode::bits();
        if modes & mode::GRAD != 0
            && let Some(edge) = self.edge_of_saved(which, &array, me)
        {
            return Tensor::with_edge(array, edge);
        }
        Tensor::plain(array, modes)
    }

    /// A tensor below the level of this node, where the formula is run; or on the level, if the formula is to be differentiated there.
    #[cold]
    fn link_on_level(&self, which: u8, value: Tensor, level: LevelId, me: &Node) -> Tensor {
        if mode::has(CREATE_GRAPH)
            && let Some(edge) = self.edge_of_saved(which, value.array(), me)
        {
            return tracked(level, value, edge);
        }
        value
    }

    fn edge_of_saved(&self, which: u8, array: &Array, me: &Node) -> Option<Edge> {
        let edge = if which & OUTPUT == 0 {
            self.edges.get(which as usize).cloned().flatten()?
        } else {
            let output = (which & !OUTPUT) as usize;
            self.differentiable(output, array.dtype()).then(|| Edge { node: me.clone(), output })?
        };
        match self.op.copy_slices() {
            // What was written is a view of the base, before as after.
            Some(slices) if which & !OUTPUT == 0 => Some(view_of_saved(slices, edge, array, self.location.into())),
            _ => Some(edge),
        }
    }

    /// Frees what is saved.
    pub(super) fn release(&self) {
        if !matches!(self.keeps.get(), Keeps::Nothing | Keeps::Attributes) {
            self.saved.take(|values| {
                *values = Few::None;
                Ok(())
            });
        }
    }

    /// PyTorch's name of a saved value: that of the input, or `result`.
    pub(super) fn saved_name(&self, v: &SavedValue) -> String {
        let which = usize::from(v.which & !OUTPUT);
        match (v.which & OUTPUT, self.outputs.len()) {
            (0, _) if v.which == OTHER => "tensor".to_string(),
            (0, _) => argument(self.op.arguments(), which, self.edges.len()).0.to_string(),
            (_, 1) => "result".to_string(),
            _ => format!("result{which}"),
        }
    }

    /// A saved value by that name, as a tensor at its place in the graph.
    pub(super) fn saved_value(&self, me: &Node, name: &str) -> Result<Option<Tensor>> {
        if self.keeps.get() == Keeps::Nothing {
            return Ok(None);
        }
        let values = self.values()?;
        let _record = (GradMode::set(true), Bit::set(CREATE_GRAPH, true));
        values.iter().find(|v| self.saved_name(v) == name).map(|v| self.recall(v, me)).transpose()
    }

    /// Names and shapes of what is saved, for displays of the graph.
    pub(super) fn list_saved(&self) -> Vec<(String, OutMeta)> {
        let describe = |v: &SavedValue| (self.saved_name(v), v.meta(&self.edges));
        self.saved.read(|values| values.iter().map(describe).collect()).unwrap_or_default()
    }

    /// PyTorch's message for a saved tensor that was overwritten, with both lines.
    #[cold]
    fn stale(&self, saved: &SavedValue) -> Error {
        let array = saved.array(&self.edges).expect("only arrays are overwritten");
        let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
        let (which, name) = (saved.which & !OUTPUT, self.op.node_name());
        let origin = if saved.which & OUTPUT != 0 {
            let own = self.differentiable(which as usize, array.dtype());
            own.then(|| format!(", which is output {which} of {},", operation(name)))
        } else {
            let edge = self.edges.get(which as usize).and_then(Option::as_ref).filter(|e| e.node.leaf().is_none());
            // As in PyTorch, this is what the tensor was made by as it is now.
            let written = array.last_write().and_then(|w| w.node).map(|name| (0, operation(name)));
            let now = if array.is_part() { Some((0, "AsStrided".into())) } else { written };
            edge.map(|e| now.unwrap_or((e.output, e.node.operation())))
                .map(|(output, name)| format!(", which is output {output} of {name},"))
        };
        let overwritten = match array.last_write() {
            Some(w) => format!("overwritten by {} at {}", w.operation, w.location),
            None => "overwritten since".to_string(),
        };
        Error::runtime(format!(
            "one of the variables needed for gradient computation has been modified by an inplace operation: \
             [torch.{}Tensor [{}]]{} is at version {}; expected version {} instead.",
            array.dtype().scalar_name(),
            shape.join(", "),
            origin.unwrap_or_default(),
            array.version(),
            saved.version,
        ))
        .hint(format!(
            "it was saved by {name} at {} and {overwritten}; use the out-of-place form there, or write to a clone()",
            self.location,
        ))
    }

    /// PyTorch's message for a graph that was freed, with the node's line.
    #[cold]
    pub(super) fn freed(&self) -> Error {
        Error::runtime(
            "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). \
             Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). \
             Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved \
             tensors after calling backward.",
        )
        .hint(format!("the freed node is {}, made at {}", self.op.node_name(), self.location))
    }
}

/// Gives tangents to what the node of these new results saved: `of` says which an input or output has. So the gradient has one, too.
pub(crate) fn save_tangents(outs: &[Tensor], level: LevelId, of: impl Fn(u8, bool) -> Option<Tensor>) {
    let Some(node) = outs.iter().find_map(Tensor::grad_fn) else { return };
    let Some(op) = node.op() else { return };
    op.saved.change(|values| {
        for v in values.iter_mut().filter(|v| matches!(v.value, Value::Leaf | Value::Array(_))) {
            if let Some(tangent) = of(v.which & !OUTPUT, v.which & OUTPUT != 0) {
                let value = std::mem::replace(&mut v.value, Value::Leaf);
                v.value = Value::Dual(Box::new((value, Tangent::new(level, tangent))));
            }
        }
    });
}

/// Something that many may read until one takes it away; a lock of one word, since it is taken once and hardly ever fought for.
pub(super) struct Takeable<T> {
    /// [`GONE`], plus the number of those who are reading.
    state: AtomicU32,
    value: UnsafeCell<T>,
}

const GONE: u32 = 1 << 31;

// SAFETY: `state` says who may use the value: several readers, or the one who took it.
unsafe impl<T: Send + Sync> Sync for Takeable<T> {}

/// Ends reading, also if the reader panics.
struct Reading<'a>(&'a AtomicU32);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

impl<T> Takeable<T> {
    #[inline]
    pub fn new(value: T) -> Takeable<T> {
        Takeable { state: AtomicU32::new(0), value: UnsafeCell::new(value) }
    }

    /// The value, before anybody else can see it.
    #[inline]
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// Hands the value, if it is still there, to `f`, as to the last one who sees it; if `f` fails, it stays. Waits for those who are
    /// reading.
    #[inline]
    pub fn take<R>(&self, f: impl FnOnce(&mut T) -> Result<R>) -> Option<Result<R>> {
        loop {
            match self.state.compare_exchange_weak(0, GONE, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => break,
                Err(state) if state & GONE != 0 => return None,
                Err(_) => std::thread::yield_now(),
            }
        }
        // SAFETY: nobody was reading, and nobody will while the value is gone.
        let result = f(unsafe { &mut *self.value.get() });
        if result.is_err() {
            self.state.fetch_sub(GONE, Ordering::Release);
        }
        Some(result)
    }

    /// Changes the value, if it is still there. Nobody else sees it meanwhile, so `f` must not call what the user wrote.
    pub fn change<R>(&self, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut result = None;
        // An error puts it back.
        _ = self.take(|value| -> Result<()> {
            result = Some(f(value));
            Err(Error::runtime(""))
        });
        result
    }

    /// Looks at the value, if it is still there.
    pub fn read<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        let before = self.state.fetch_add(1, Ordering::Acquire);
        let _reading = Reading(&self.state);
        // SAFETY: it is there, and stays while we are counted.
        (before & GONE == 0).then(|| f(unsafe { &*self.value.get() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_many_takes_it() {
        for _ in 0..200 {
            let value = Takeable::new(vec![1, 2, 3]);
            let taken: usize = std::thread::scope(|s| {
                let readers: Vec<_> = (0..2).map(|_| s.spawn(|| value.read(|v| assert_eq!(v.len(), 3)))).collect();
                let takers: Vec<_> = (0..2).map(|_| s.spawn(|| value.take(|v| Ok(std::mem::take(v))))).collect();
                readers.into_iter().for_each(|r| _ = r.join().unwrap());
                takers.into_iter().map(|t| usize::from(t.join().unwrap().is_some())).sum()
            });
            assert_eq!(taken, 1);
            assert!(value.read(|_| ()).is_none());
        }
        let value = Takeable::new(1);
        assert!(value.take(|_| Err::<(), _>(Error::runtime("no"))).unwrap().is_err());
        assert_eq!(value.read(|v| *v), Some(1));
    }
}

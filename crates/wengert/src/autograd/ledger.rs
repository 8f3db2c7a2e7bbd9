//! The ledger: what a graph keeps alive.

use super::node::{Key, Node};
use super::saved::Value;
use crate::array::Array;
use crate::dtype::DType;
use crate::place::Place;
use crate::tensor::Tensor;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// What the graph of a tensor keeps alive, one row for each saved value, the oldest first.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The rows.
    pub rows: Vec<LedgerRow>,
}

/// A value that a node saved.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    /// Memory that it keeps alive and that no row above does: that of the whole storage, of which the tensor may be a part. For what a hook
    /// packed, which may lie anywhere, 0.
    pub bytes: usize,
    /// Sizes of the tensor.
    pub shape: Vec<usize>,
    /// Its element type.
    pub dtype: DType,
    /// The node that saved it: `MulBackward0`.
    pub operation: &'static str,
    /// What it is to that node: `self`, `result`.
    pub name: String,
    /// The line of the forward call.
    pub location: Option<Place>,
    /// How it is kept.
    pub kind: LedgerKind,
}

/// How a saved value is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LedgerKind {
    /// Its memory lives because of the graph (though others may hold it, too).
    Saved,
    /// A leaf that requires grad: its owner, mostly a model, keeps it anyway.
    Leaf,
    /// In memory that is counted in the row with this number (from 0).
    Shared(usize),
    /// Not computed yet: the memory is what computing it will read, as far as no row above has it.
    Pending,
    /// What a pack hook made of it.
    Packed,
}

/// What the graph of `tensor` keeps alive.
///
/// ```
/// use wengert::{Tensor, autograd::ledger};
/// let w = Tensor::ones(&[100, 100]).requires_grad_(true);
/// let y = w.exp().sin();
/// let ledger = ledger(&y);
/// assert_eq!(ledger.bytes(), 40_000); // the result of exp, saved by both
/// println!("{ledger}");
/// ```
pub fn ledger(tensor: &Tensor) -> Ledger {
    let mut nodes: HashMap<Key, Node> = HashMap::new();
    let mut stack: Vec<Node> = tensor.grad_fn().into_iter().collect();
    while let Some(node) = stack.pop() {
        if let Entry::Vacant(place) = nodes.entry(node.key()) {
            stack.extend(node.next().flatten().cloned());
            place.insert(node);
        }
    }
    let mut nodes: Vec<Node> = nodes.into_values().collect();
    nodes.sort_unstable_by_key(Node::key);
    let (mut rows, mut seen) = (Vec::new(), Seen::default());
    for node in &nodes {
        seen.add(node, &mut rows);
    }
    Ledger { rows }
}

/// Storages that have a row.
#[derive(Default)]
struct Seen(HashMap<usize, usize>);

impl Seen {
    fn add(&mut self, node: &Node, rows: &mut Vec<LedgerRow>) {
        let Some(op) = node.op() else { return };
        for v in op.values().unwrap_or_default() {
            let (bytes, kind) = match (&v.value, v.array(&op.edges)) {
                (Value::Number(_), _) => continue,
                (Value::Packed(_), _) | (_, None) => (0, LedgerKind::Packed),
                (Value::Leaf, Some(a)) => self.memory(a, rows.len(), LedgerKind::Leaf),
                (_, Some(a)) => self.memory(a, rows.len(), LedgerKind::Saved),
            };
            let meta = v.meta(&op.edges);
            rows.push(LedgerRow {
                bytes,
                shape: meta.shape.to_vec(),
                dtype: meta.dtype,
                operation: node.name(),
                name: op.saved_name(&v),
                location: node.location(),
                kind,
            });
        }
    }

    /// Bytes that an array keeps alive and that no row has yet.
    fn memory(&mut self, array: &Array, row: usize, kind: LedgerKind) -> (usize, LedgerKind) {
        let Some(id) = identity(array) else { return (0, LedgerKind::Packed) };
        if let Some(&row) = self.0.get(&id) {
            return (0, LedgerKind::Shared(row));
        }
        self.0.insert(id, row);
        if !array.is_pending() {
            return (nbytes(array), kind);
        }
        let (mut bytes, mut stack) = (0, array.pending_inputs());
        let mut looked: HashSet<usize> = HashSet::new();
        while let Some(a) = stack.pop() {
            let Some(id) = identity(&a) else { continue };
            if !looked.insert(id) {
                continue;
            }
            if a.is_pending() {
                stack.extend(a.pending_inputs());
            } else if let Entry::Vacant(place) = self.0.entry(id) {
                place.insert(row);
                bytes += nbytes(&a);
            }
        }
        (bytes, LedgerKind::Pending)
    }
}

fn identity(array: &Array) -> Option<usize> {
    array.storage().map(|s| std::ptr::from_ref(s).addr())
}

fn nbytes(array: &Array) -> usize {
    array.storage().map_or(0, crate::array::Storage::nbytes)
}

impl Ledger {
    /// All memory that the graph keeps alive, leaves included; shared memory counts once.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|r| r.bytes).sum()
    }
    /// That of leaves, which their owners keep anyway.
    pub fn leaf_bytes(&self) -> usize {
        self.rows.iter().filter(|r| r.kind == LedgerKind::Leaf).map(|r| r.bytes).sum()
    }
}

/// A table: one line for each row, then the sums.
impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![["row", "bytes", "tensor", "saved by", "as", "line"].map(String::from)];
        for (i, r) in self.rows.iter().enumerate() {
            let bytes = match r.kind {
                LedgerKind::Shared(row) => format!("= row {row}"),
                LedgerKind::Packed => "packed".to_string(),
                LedgerKind::Leaf => format!("{} leaf", grouped(r.bytes)),
                LedgerKind::Pending => format!("{} pending", grouped(r.bytes)),
                LedgerKind::Saved => grouped(r.bytes),
            };
            let tensor = format!("{} {:?}", r.dtype.to_string().trim_start_matches("torch."), r.shape);
            let line = r.location.map(|l| l.to_string()).unwrap_or_default();
            lines.push([i.to_string(), bytes, tensor, r.operation.to_string(), r.name.clone(), line]);
        }
        let widths: Vec<usize> =
            (0..6).map(|c| lines.iter().map(|l| l[c].chars().count()).max().unwrap_or(0)).collect();
        for line in &lines {
            let mut text = String::new();
            for (c, (word, width)) in line.iter().zip(&widths).enumerate() {
                match c {
                    0 | 1 => text += &format!("{word:>width$}  "),
                    _ => text += &format!("{word:<width$}  "),
                }
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        let (all, leaves) = (self.bytes(), self.leaf_bytes());
        write!(f, "{} bytes in all, {} of them in leaves", grouped(all), grouped(leaves))
    }
}

/// `12,345,678`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

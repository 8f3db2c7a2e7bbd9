//! `vmap`: values with a batch dimension, which is always at the front of what is inside.

use super::{Fallback, Inner, LevelId, Randomness, Role, Value, Wrapper, fell_back, level};
use crate::apply::{Outs, apply};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Family, Meta, Op, few};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use wengert_kernels::{Dims, Layout};

/// The inputs of one call for a whole batch, for [`Primitive::vmap`](crate::primitive::Primitive::vmap).
pub struct Batch<'a> {
    size: usize,
    randomness: Randomness,
    ins: &'a [Inner],
}

impl Batch<'_> {
    /// Number of examples.
    pub fn size(&self) -> usize {
        self.size
    }
    /// What random operations do.
    pub fn randomness(&self) -> Randomness {
        self.randomness
    }
    /// Number of inputs.
    pub fn len(&self) -> usize {
        self.ins.len()
    }
    /// Are there no inputs?
    pub fn is_empty(&self) -> bool {
        self.ins.is_empty()
    }
    /// Differs input `i` from example to example?
    pub fn is_batched(&self, i: usize) -> bool {
        self.ins[i].wrapped
    }
    /// Input `i` as it is: with the batch at the front if [it has one](Batch::is_batched). Numbers are operands, too.
    pub fn operand(&self, i: usize) -> Operand<'_> {
        self.ins[i].operand()
    }
    /// Input `i`, which is a tensor, as it is.
    pub fn value(&self, i: usize) -> &Tensor {
        self.ins[i].tensor().expect("this input is a tensor")
    }
    /// The inputs with these tensors in their places; `None`: as it is.
    fn operands<'b>(&'b self, tensors: &'b [Option<Tensor>]) -> SmallVec<[Operand<'b>; 4]> {
        few(tensors.iter().enumerate().map(|(i, t)| t.as_ref().map_or_else(|| self.operand(i), Operand::Tensor)))
    }
    /// Number of dimensions of input `i` in one example.
    pub fn rank(&self, i: usize) -> usize {
        self.shape(i).len()
    }
    /// Sizes of input `i` in one example.
    pub fn shape(&self, i: usize) -> &[usize] {
        let shape = self.ins[i].tensor().map_or(&[][..], Tensor::shape);
        if self.ins[i].wrapped { &shape[1..] } else { shape }
    }
    /// Input `i` with the batch at the front, whether it differs or not.
    ///
    /// # Errors
    /// None for tensors.
    pub fn front(&self, i: usize) -> Result<Tensor> {
        let value = match &self.ins[i].value {
            Value::Tensor(t) if self.ins[i].wrapped => return Ok(t.clone()),
            Value::Tensor(t) => t.clone(),
            Value::Number(s) => Tensor::from_array(Array::scalar(*s).stored()),
        };
        repeated(&value, self.size)
    }
    /// Input `i` with the batch at the front and, between that and its own dimensions, so many of size 1 that it has `rank` without
    /// the batch.
    ///
    /// # Errors
    /// None for tensors.
    pub fn front_with_rank(&self, i: usize, rank: usize) -> Result<Tensor> {
        aligned(&self.front(i)?, rank)
    }
    /// Calls another operation on the same inputs, all tensors with the batch at the front.
    ///
    /// # Errors
    /// Those of the operation.
    #[track_caller]
    pub fn call(&self, op: impl Into<Op>) -> Result<Option<Outs>> {
        self.call_aligned(op, &[])
    }
    /// [`Batch::call`], with dimensions of size 1 behind the batch for inputs that are to have so many of their own.
    ///
    /// # Errors
    /// Those of the operation.
    #[track_caller]
    pub fn call_aligned(&self, op: impl Into<Op>, ranks: &[Option<usize>]) -> Result<Option<Outs>> {
        let mut tensors: SmallVec<[Option<Tensor>; 4]> = SmallVec::new();
        for i in 0..self.len() {
            tensors.push(match (&self.ins[i].value, ranks.get(i).copied().flatten()) {
                (Value::Number(_), _) => None,
                (Value::Tensor(t), _) if t.array().as_scalar().is_some() => None,
                (Value::Tensor(_), Some(rank)) => Some(self.front_with_rank(i, rank)?),
                (Value::Tensor(_), None) => Some(self.front(i)?),
            });
        }
        apply(op, &self.operands(&tensors)).map(Some)
    }
    /// [`Batch::call`] of an operation along a dimension, which takes a tensor without dimensions as if it had one. The results have
    /// as many dimensions as input `like`.
    ///
    /// # Errors
    /// Those of the operation.
    #[track_caller]
    pub fn call_as_vectors(&self, op: impl Into<Op>, like: usize) -> Result<Option<Outs>> {
        let outs = self.call_aligned(op, &[Some(1); 8])?;
        match outs {
            Some(outs) if self.rank(like) == 0 => {
                outs.iter().map(|out| ops::squeeze_dim(out, 1)).collect::<Result<_>>().map(Some)
            }
            outs => Ok(outs),
        }
    }
    /// One result.
    ///
    /// # Errors
    /// None.
    pub fn one(out: Tensor) -> Result<Option<Outs>> {
        Ok(Some(Outs::from_iter([out])))
    }
}

/// Sizes with those of a batch in front.
pub(crate) fn with_batch(size: usize, shape: &[usize]) -> Dims {
    let mut whole = Dims::from_elem(size, 1);
    whole.extend_from_slice(shape);
    whole
}

/// The same value for each example of a batch.
pub(crate) fn repeated(value: &Tensor, size: usize) -> Result<Tensor> {
    ops::expand(value, &with_batch(size, value.shape())[..])
}

/// A value with the batch at the front, and behind that so many dimensions of size 1 that it has `rank` more.
pub(crate) fn aligned(value: &Tensor, rank: usize) -> Result<Tensor> {
    let missing = (rank + 1).saturating_sub(value.ndim());
    if missing == 0 {
        return Ok(value.clone());
    }
    ops::unsqueeze_dims(value, &(1..=missing).collect::<SmallVec<[usize; 5]>>())
}

/// A tensor that shows one example of `value`, whose first dimension is the batch.
pub(crate) fn wrap(level: LevelId, value: Tensor) -> Tensor {
    let Layout { shape, strides, offset } = value.array().layout();
    let layout = Layout { shape: shape[1..].into(), strides: strides[1..].into(), offset: *offset };
    let shown = Array::without_numbers(layout, value.dtype(), Some(value.array().clone()));
    Tensor::wrapped(shown, Wrapper { level, inner: value, role: Role::Batched })
}

/// One call for the whole batch.
pub(super) fn call(op: &Op, level: LevelId, (size, randomness): (usize, Randomness), ins: &[Inner]) -> Result<Outs> {
    let outs = {
        let _below = level::below(level);
        let batch = Batch { size, randomness, ins };
        let by_rule = match op.pointwise() {
            Some(p) => Some(pointwise(p, &batch)?),
            None => op.vmap(&batch)?,
        };
        match by_rule {
            Some(outs) => outs,
            None => one_by_one(op, &batch)?,
        }
    };
    Ok(few(outs.into_iter().map(|out| wrap(level, out))))
}

/// Element by element: dimensions are compared from the right, so inputs with fewer of their own get some behind the batch.
fn pointwise(p: &'static Pointwise, batch: &Batch) -> Result<Outs> {
    let rank = (0..batch.len()).map(|i| batch.rank(i)).max().unwrap_or(0);
    let own: SmallVec<[Array; 4]> = few((0..batch.len()).map(|i| match batch.operand(i) {
        Operand::Tensor(t) if batch.is_batched(i) => {
            Array::without_numbers(Layout::contiguous(batch.shape(i)), t.dtype(), None)
        }
        Operand::Tensor(t) => t.array().clone(),
        Operand::Scalar(s) => Array::scalar(s),
    }));
    let metas: SmallVec<[Meta; 4]> = few(own.iter().map(Meta::of));
    // In one example a tensor may have no dimensions, and so weigh less in promotion than it does with the batch.
    let computed = p.computed(&metas);
    let cast = !matches!(p.promote, Promote::First | Promote::Logical);
    let mut ins: SmallVec<[Option<Tensor>; 4]> = SmallVec::new();
    for i in 0..batch.len() {
        ins.push(match batch.operand(i) {
            Operand::Scalar(_) => None,
            Operand::Tensor(t) if t.array().as_scalar().is_some() => Some(t.clone()),
            Operand::Tensor(t) => {
                let t = if batch.is_batched(i) { aligned(t, rank)? } else { t.clone() };
                let condition = p.promote == Promote::Where && i == 0;
                Some(if cast && !condition && t.dtype() != computed { ops::to_dtype(&t, computed)? } else { t })
            }
        });
    }
    apply(p, &batch.operands(&ins))
}

/// The loop that does what no rule does.
fn one_by_one(op: &Op, batch: &Batch) -> Result<Outs> {
    if batch.size == 0 {
        return Err(Error::runtime(format!(
            "Batching rule not implemented for aten::{}; the fallback path doesn't work on vmap over dims of size 0.",
            op.name()
        )));
    }
    if op.family() == Family::View {
        return Err(Error::not_implemented(format!("vmap of the view {} has no batching rule", op.name())));
    }
    fell_back(Fallback::Loop, op);
    let mut columns: SmallVec<[Vec<Tensor>; 1]> = SmallVec::new();
    for b in 0..batch.size {
        let ins: SmallVec<[Option<Tensor>; 4]> = (0..batch.len())
            .map(|i| batch.is_batched(i).then(|| ops::select(batch.value(i), 0, b as isize)).transpose())
            .collect::<Result<_>>()?;
        for (k, out) in apply(op.clone(), &batch.operands(&ins))?.into_iter().enumerate() {
            if columns.len() == k {
                columns.push(Vec::with_capacity(batch.size));
            }
            columns[k].push(out);
        }
    }
    columns.iter().map(|outs| ops::stack(&outs.iter().collect::<Vec<_>>(), 0)).collect()
}

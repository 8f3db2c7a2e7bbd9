//! In-place writes to a part of a base, as the graph sees them: an operation on the base.

use super::pick::{Pick, show};
use super::replace::replace;
use super::unfold::{part_of, places};
use crate::array::Array;
use crate::error::Result;
use crate::ops::{index_put, index_select, reshape, sum_to, to_dtype, zeros_without_memory};
use crate::primitive::{Family, Grads, Meta, Metas, Op, Primitive, Saved, Saves};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use wengert_kernels::Layout;

/// An in-place operation on a view, seen from the base: all of the base is as it was, but what the view shows is the operation's result.
/// Its inputs are those of the operation, with the base in place of the view.
#[derive(Debug)]
pub struct CopySlices {
    inner: Op,
    /// Where base and view lie in their storage.
    base: Layout,
    view: Layout,
    slots: Option<Slots>,
}

impl CopySlices {
    pub(crate) fn new(inner: Op, base: &Layout, view: &Layout) -> CopySlices {
        CopySlices { inner, base: base.clone(), view: view.clone(), slots: Slots::of(base, view) }
    }

    /// The view as an operation on the base.
    pub(crate) fn part(&self) -> Op {
        part_of(&self.base, &self.view)
    }

    /// What the view shows of a tensor with the base's shape.
    fn take(&self, g: &Tensor) -> Result<Tensor> {
        match &self.slots {
            Some(slots) => show(g, slots.clone()),
            None => reshape(&index_select(&self.spread(g)?, 0, &places(&self.view))?, &self.view.shape),
        }
    }

    /// What the view shows of a dense tensor with the base's shape, as a view of that; `None` if there is no such view.
    pub(crate) fn show(&self, whole: &Tensor) -> Result<Option<Tensor>> {
        match &self.slots {
            Some(slots) if whole.is_contiguous() => show(whole, slots.clone()).map(Some),
            _ => Ok(None),
        }
    }

    /// A tensor with the base's shape, with `value` where the view is.
    pub(crate) fn put(&self, g: &Tensor, value: Option<&Tensor>) -> Result<Tensor> {
        if let Some(slots) = &self.slots {
            let value = value.map_or(Operand::Scalar(0.into()), Operand::Tensor);
            return replace(("copy_slices", "CopySlicesBackward0"), g, slots.clone(), value);
        }
        let value = match value {
            Some(value) => reshape(value, &[-1])?,
            None => Tensor::full_of(&[1], 0, g.dtype()),
        };
        let all = index_put(&self.spread(g)?, &[Some(&places(&self.view))], &value, false)?;
        reshape(&index_select(&all, 0, &places(&self.base))?, &self.base.shape)
    }

    /// A tensor with the base's shape, laid out in memory as the base is, with zeros between.
    fn spread(&self, g: &Tensor) -> Result<Tensor> {
        let size = self.base.extent().max(self.view.extent());
        let zeros = zeros_without_memory(&[size], g.dtype());
        index_put(&zeros, &[Some(&places(&self.base))], &reshape(g, &[-1])?, false)
    }
}

impl Primitive for CopySlices {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn node_name(&self) -> &'static str {
        "CopySlices"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        unreachable!("it is recorded, never called")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("it is recorded, never called")
    }
    fn copy_slices(&self) -> Option<&CopySlices> {
        Some(self)
    }
    fn saves(&self) -> Saves {
        self.inner.saves()
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let part = self.take(&g[0])?;
        let mut grads = self.inner.vjp(&Grads::one(Some(part)), s)?;
        // The inner formula's gradient is not fitted to an edge, for the edge is that of the base.
        let of_view = match grads.0[0].take() {
            Some(v) => Some(sum_to(&to_dtype(&v, g[0].dtype())?, &self.view.shape)?),
            None => None,
        };
        grads.0[0] = if s.needs(0) { Some(self.put(&g[0], of_view.as_ref())?) } else { None };
        Ok(grads)
    }
}

/// Elements at fixed places of a tensor that is dense in row-major order.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    part: Layout,
    /// Dimensions of a batch in front, each of which has the whole tensor behind it.
    batch: usize,
}

impl Slots {
    /// Those that `part` shows of `whole`, if that is dense and holds them all; both lie in one storage.
    pub fn of(whole: &Layout, part: &Layout) -> Option<Slots> {
        let end = whole.offset + whole.numel();
        let inside = part.numel() == 0 || (part.offset >= whole.offset && part.extent() <= end);
        (whole.is_contiguous() && inside).then(|| {
            let offset = if part.numel() == 0 { 0 } else { part.offset - whole.offset };
            Slots { part: Layout { offset, ..part.clone() }, batch: 0 }
        })
    }

    /// Does it certainly show no element twice?
    pub fn each_once(&self) -> bool {
        let mut dims: Vec<(usize, usize)> = self
            .part
            .shape
            .iter()
            .zip(&self.part.strides)
            .map(|(&n, &s)| (s.unsigned_abs(), n))
            .filter(|d| d.1 > 1)
            .collect();
        dims.sort_unstable();
        let mut reach = 0;
        dims.into_iter().all(|(step, n)| {
            let apart = step > reach;
            reach += step * (n - 1);
            apart
        })
    }
}

impl Pick for Slots {
    const VIEW: (&'static str, &'static str) = ("as_strided", "AsStridedBackward0");
    const BACKWARD: (&'static str, &'static str) = ("as_strided_backward", "AsStridedBackwardBackward0");
    const DENSE: bool = true;
    fn layout(&self, input: &Layout) -> Layout {
        let mut out = self.part.clone();
        out.offset += input.offset;
        for d in (0..self.batch).rev() {
            out.shape.insert(0, input.shape[d]);
            out.strides.insert(0, input.strides[d]);
        }
        out
    }
    fn behind_batch(&self) -> Slots {
        Slots { part: self.part.clone(), batch: self.batch + 1 }
    }
}

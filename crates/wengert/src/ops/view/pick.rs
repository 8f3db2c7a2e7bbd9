//! Views that show some of the elements (`select`, `slice`, `diagonal`), and the transposes of such views.

use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::tensor::Tensor;
use std::fmt;
use wengert_kernels::tile::{self, Program};
use wengert_kernels::{Dims, Layout, ViewMut};

/// A choice of elements by position, each at most once, that another layout of the same memory can show.
pub(crate) trait Pick: fmt::Debug + Clone + Send + Sync + 'static {
    /// Name and node name of the view.
    const VIEW: (&'static str, &'static str);
    /// Name and node name of its backward operation, which is an operation like others.
    const BACKWARD: (&'static str, &'static str);
    /// Is it known only where they lie in an input that is dense in row-major order?
    const DENSE: bool = false;
    /// Where the chosen elements of `input` lie. The attributes were checked when the pick was made.
    fn layout(&self, input: &Layout) -> Layout;
    /// The same choice in each tensor of a batch, whose dimension is at the front.
    fn behind_batch(&self) -> Self;
}

/// Shows the chosen elements, as a view.
#[derive(Debug)]
struct Show<P>(P);

impl<P: Pick> Primitive for Show<P> {
    fn name(&self) -> &'static str {
        P::VIEW.0
    }
    fn node_name(&self) -> &'static str {
        P::VIEW.1
    }
    fn family(&self) -> Family {
        Family::View
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        unreachable!("views have `alias`")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("views have `alias`")
    }
    fn alias(&self, input: &Layout) -> Result<Layout> {
        Ok(self.0.layout(input))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        Batch::one(show(&batch.front(0)?, self.0.behind_batch())?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(embed_as(P::BACKWARD, &g[0], self.0.clone(), s.shape(0))?)]))
    }
}

/// Copies the chosen elements.
#[derive(Debug)]
struct Copied<P> {
    pick: P,
    names: (&'static str, &'static str),
}

impl<P: Pick> Primitive for Copied<P> {
    fn name(&self) -> &'static str {
        self.names.0
    }
    fn node_name(&self) -> &'static str {
        self.names.1
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&self.pick.layout(&Layout::contiguous(ins[0].shape)).shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let input = if P::DENSE { ins[0].contiguous() } else { ins[0].clone() };
        tile::copy(input.with_layout(self.pick.layout(input.layout())).view(), &mut outs[0].view_mut());
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Copied { pick: self.pick.behind_batch(), names: self.names })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(embed_as(P::BACKWARD, &g[0], self.pick.clone(), s.shape(0))?)]))
    }
}

/// The transpose of [`Show`]: zeros of `shape`, with the input where the chosen elements are.
#[derive(Debug)]
struct Embed<P> {
    pick: P,
    shape: Dims,
    names: (&'static str, &'static str),
}

impl<P: Pick> Primitive for Embed<P> {
    fn name(&self) -> &'static str {
        self.names.0
    }
    fn node_name(&self) -> &'static str {
        self.names.1
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&self.shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        fill_zero(&mut outs[0].view_mut());
        let mut part = outs[0].with_layout(self.pick.layout(outs[0].layout()));
        tile::copy(ins[0].view(), &mut part.view_mut());
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let mut shape = Dims::from_elem(batch.size(), 1);
        shape.extend_from_slice(&self.shape);
        batch.call(Embed { pick: self.pick.behind_batch(), shape, names: self.names })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(show(&g[0], self.pick.clone())?)]))
    }
}

/// `len` indices of dimension `dim` from `start` on.
pub(crate) fn narrowed(layout: &Layout, dim: usize, start: usize, len: usize) -> Layout {
    let mut out = layout.clone();
    out.shape[dim] = len;
    // An empty array stays where it is: what it would start at may lie outside of the storage.
    if out.numel() > 0 {
        out.offset = out.offset.strict_add_signed(start as isize * layout.strides[dim]);
    }
    out
}

/// Writes zeros.
pub(crate) fn fill_zero(out: &mut ViewMut) {
    let mut p = Program::new(&out.layout.shape);
    p.scalar(0i64, out.dtype);
    p.run(out);
}

/// The chosen elements as a view, or as a copy where the input is not as the pick needs it.
#[track_caller]
pub(crate) fn show<P: Pick>(input: &Tensor, pick: P) -> Result<Tensor> {
    if P::DENSE && !input.is_contiguous() {
        return show_copy(P::VIEW, input, pick);
    }
    apply1(Show(pick), &[input.into()])
}

/// The chosen elements as a copy, under a name of its own.
#[track_caller]
pub(crate) fn show_copy(names: (&'static str, &'static str), input: &Tensor, pick: impl Pick) -> Result<Tensor> {
    apply1(Copied { pick, names }, &[input.into()])
}

/// Zeros of `shape` with `input` at the chosen elements, under a name of its own.
#[track_caller]
pub(crate) fn embed_as(
    names: (&'static str, &'static str),
    input: &Tensor,
    pick: impl Pick,
    shape: &[usize],
) -> Result<Tensor> {
    apply1(Embed { pick, shape: Dims::from_slice(shape), names }, &[input.into()])
}

/// `input` in the corner of zeros of `shape`, which is at least as large in every dimension.
#[track_caller]
pub(crate) fn embed_corner(input: &Tensor, shape: &[usize]) -> Result<Tensor> {
    if input.shape() == shape {
        return Ok(input.clone());
    }
    embed_as(("constant_pad_nd", "ConstantPadNdBackward0"), input, Corner(Dims::from_slice(input.shape())), shape)
}

/// The first elements of every dimension; at most so many.
#[derive(Clone, Debug)]
struct Corner(Dims);

impl Pick for Corner {
    const VIEW: (&'static str, &'static str) = ("slice", "SliceBackward0");
    const BACKWARD: (&'static str, &'static str) = ("slice_backward", "SliceBackwardBackward0");
    fn layout(&self, input: &Layout) -> Layout {
        let shape = self.0.iter().zip(&input.shape).map(|(a, b)| *a.min(b)).collect();
        Layout { shape, ..input.clone() }
    }
    fn behind_batch(&self) -> Corner {
        Corner(std::iter::once(usize::MAX).chain(self.0.iter().copied()).collect())
    }
}

/// Zeros that are one number in memory.
pub(crate) fn zeros_without_memory(shape: &[usize], dtype: DType) -> Tensor {
    let zero = Tensor::full_of(&[], 0, dtype).array().clone();
    let layout = zero.layout().expand(shape).expect("a number broadcasts to any shape");
    Tensor::from_array(zero.with_layout(layout))
}

//! A part of a tensor that views show (`x[1, :3]`), and assignment to it.
//!
//! The part is written through the tensor itself, not through a view of it, so that the graph goes on from the tensor.

use super::pick::{Pick, show};
use super::select::{Select, Slice};
use super::squeeze::unsqueezed;
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::error::Result;
use crate::ops::{alias, apart, expand_layout, start_from, unsqueeze_dims};
use crate::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves, one};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use wengert_kernels::{Layout, tile};

/// One view after another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region(SmallVec<[Step; 4]>);

#[derive(Clone, Debug)]
enum Step {
    Select(Select),
    Slice(Slice),
    /// A new dimension of size 1.
    Insert(usize),
}

impl Region {
    /// One index of a dimension; the caller has checked it.
    pub fn select(&mut self, dim: usize, index: usize) {
        self.0.push(Step::Select(Select { dim, index }));
    }
    /// Some indices of a dimension of this size; does nothing if these are all and `keep_all` is false.
    pub fn slice(
        &mut self,
        (dim, size): (usize, usize),
        start: Option<isize>,
        end: Option<isize>,
        step: usize,
        keep_all: bool,
    ) -> usize {
        let slice = Slice::of(dim, size, start, end, step);
        let len = slice.len;
        if keep_all || len != size {
            self.0.push(Step::Slice(slice));
        }
        len
    }
    /// A new dimension.
    pub fn insert(&mut self, dim: usize) {
        self.0.push(Step::Insert(dim));
    }
    /// Is it all of the tensor?
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the part of `input` lies.
    fn layout(&self, input: &Layout) -> Layout {
        self.0.iter().fold(input.clone(), |l, step| match step {
            Step::Select(s) => s.layout(&l),
            Step::Slice(s) => s.layout(&l),
            Step::Insert(d) => unsqueezed(&l, &[*d]),
        })
    }

    /// The part as a view, by as many nodes as there are steps; all of it is an alias.
    #[track_caller]
    pub fn view(&self, input: &Tensor) -> Result<Tensor> {
        if self.is_all() { alias(input) } else { self.steps(input) }
    }

    /// The part as a view; all of it is the tensor itself.
    #[track_caller]
    pub fn steps(&self, input: &Tensor) -> Result<Tensor> {
        let mut t = input.clone();
        for step in &self.0 {
            t = match step {
                Step::Select(s) => show(&t, s.clone())?,
                Step::Slice(s) => show(&t, s.clone())?,
                Step::Insert(d) => unsqueeze_dims(&t, &[*d])?,
            };
        }
        Ok(t)
    }

    /// Writes `value`, broadcast and cast, over the part of `input`.
    ///
    /// # Errors
    /// If it does not broadcast; those of in-place writes in general.
    #[track_caller]
    pub fn assign(self, input: &Tensor, value: Operand) -> Result<()> {
        apply_in_place(Assign(self), "__setitem__", input, &[value])
    }
}

/// Writes the second input over a part of the first.
#[derive(Debug)]
struct Assign(Region);

impl Primitive for Assign {
    fn name(&self) -> &'static str {
        "__setitem__"
    }
    fn node_name(&self) -> &'static str {
        "CopySlices"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let part = self.0.layout(&Layout::contiguous(ins[0].shape));
        expand_layout(&Layout::contiguous(ins[1].shape), &part.shape)?;
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let value = apart(ins[1], &outs[0]);
        start_from(ins[0], &mut outs[0]);
        let part = self.0.layout(outs[0].layout());
        let value = value.with_layout(expand_layout(value.layout(), &part.shape)?);
        tile::copy(value.view(), &mut outs[0].with_layout(part).view_mut());
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let rest = if s.needs(0) { Some(apply1(Assign(self.0.clone()), &[(&g[0]).into(), 0.into()])?) } else { None };
        let value = if s.needs(1) { Some(self.0.steps(&g[0])?) } else { None };
        Ok(Grads::from([rest, value]))
    }
}

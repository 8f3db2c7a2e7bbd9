//! A part of a tensor that views show (`x[1, :3]`).

use super::pick::show;
use super::select::{Select, Slice};
use crate::error::Result;
use crate::ops::{alias, unsqueeze_dims};
use crate::tensor::Tensor;
use smallvec::SmallVec;

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
}

//! A tensor as a list of real numbers, in row-major order: what is moved, and what derivatives are taken of.
//!
//! Every dtype that can require grad comes through here and nowhere else: an element of a real dtype is one coordinate. (One of a complex
//! dtype will be two, its real and imaginary part; the gradient of a real function by both is PyTorch's complex gradient.)

use crate::array::Array;
use crate::error::Result;
use crate::ops;
use crate::tensor::Tensor;
use crate::testing::uniform;
use std::fmt;
use wengert_kernels::Layout;

/// How many coordinates a tensor has.
pub fn count(t: &Tensor) -> usize {
    t.numel()
}

/// The coordinates.
pub fn of(t: &Tensor) -> Vec<f64> {
    t.to_vec()
}

/// A dense tensor of `like`'s shape and dtype with these coordinates.
pub fn tensor(like: &Tensor, coordinates: &[f64]) -> Result<Tensor> {
    ops::to_dtype(&Tensor::from_slice(coordinates, like.shape()), like.dtype())
}

/// A leaf with these coordinates, in `like`'s dtype and layout.
pub fn leaf(like: &Tensor, coordinates: &[f64]) -> Tensor {
    let layout = like.array().layout();
    let mut memory = vec![0.0; layout.extent()];
    for (index, value) in coordinates.iter().enumerate() {
        let (mut rest, mut at) = (index, layout.offset as isize);
        for (&n, &s) in layout.shape.iter().zip(&layout.strides).rev() {
            at += (rest % n) as isize * s;
            rest /= n;
        }
        memory[at as usize] = *value;
    }
    let memory = Array::from_slice(&memory).copy_as(like.dtype());
    Tensor::from_array(memory.with_layout(layout.clone())).requires_grad_(true)
}

/// The same numbers with a gap behind each.
pub fn with_gaps(t: &Tensor) -> Tensor {
    let spread: Vec<f64> = of(t).into_iter().flat_map(|v| [v, f64::NAN]).collect();
    let mut layout = Layout::contiguous(t.shape());
    layout.strides.iter_mut().for_each(|s| *s *= 2);
    Tensor::from_array(Array::from_slice(&spread).copy_as(t.dtype()).with_layout(layout))
}

/// A gradient for `like`: numbers between 0.5 and 1.5 in size, of both signs, so that none hides an error.
pub fn cotangent(seed: u64, like: &Tensor) -> Result<Tensor> {
    let values: Vec<f64> = uniform(seed, -1.0, 1.0, like.shape()).to_vec();
    let values: Vec<f64> = values.into_iter().map(|v| v + 0.5f64.copysign(v)).collect();
    tensor(like, &values)
}

/// A place in a tensor: number of the coordinate and shape, shown as `[1, 0]`, and not at all for a scalar.
pub struct Place<'a>(pub usize, pub &'a [usize]);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1.is_empty() {
            return Ok(());
        }
        let mut rest = self.0;
        let mut at: Vec<usize> = self.1.iter().rev().map(|&n| (rest % n, rest /= n).0).collect();
        at.reverse();
        write!(f, "{at:?}")
    }
}

//! wengert: PyTorch's define-by-run autograd in Rust.
//!
//! A [`Tensor`] is a multi-dimensional array of numbers that remembers how it was computed. Operations are methods and operators, which
//! panic at your line when shapes do not fit, or the functions of [`ops`], which return [`Result`]. [`Tensor::backward`] and
//! [`autograd::grad`] differentiate, to any order.
//!
//! ```
//! use wengert::{Tensor, tensor};
//!
//! let w = tensor!([[1.0, -1.0], [0.5, 2.0]]).requires_grad_(true);
//! let x = tensor!([3.0, 4.0]);
//! let y = w.matmul(&x).tanh().sum();
//! y.backward();
//! println!("{y}\n{}", w.grad().unwrap());
//! ```
//!
//! Where to look: creation and reading in [`Tensor`], all operations in [`ops`], differentiation in [`autograd`], random numbers in
//! [`random`], files in [`io`], printing in [`print`](mod@print). Your own operation implements [`primitive::Primitive`] and goes
//! through [`apply`](apply::apply); [`testing`] checks it as it checks ours.
#![warn(missing_docs)]

pub mod apply;
pub mod array;
pub mod autograd;
pub mod deferral;
pub mod dtype;
pub mod error;
mod few;
pub mod func;
mod generated;
pub mod io;
mod once;
pub mod ops;
pub mod place;
pub mod pointwise;
pub mod primitive;
pub mod print;
pub mod random;
pub mod scalar;
mod shared;
pub mod table;
pub mod tensor;
pub mod testing;
mod transforms;

pub use autograd::{inference_mode, no_grad};
pub use dtype::DType;
pub use error::{Error, Result};
pub use place::Place;
pub use random::{Generator, manual_seed};
pub use scalar::{Operand, Scalar};
pub use tensor::Tensor;
pub use wengert_kernels::memory;
pub use wengert_kernels::parallel::{num_threads, set_num_threads};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

//! wengert: PyTorch's define-by-run autograd in Rust.
#![warn(missing_docs)]

pub mod apply;
pub mod array;
pub mod autograd;
pub mod dtype;
pub mod error;
mod generated;
pub mod ops;
pub mod pointwise;
pub mod primitive;
pub mod print;
pub mod random;
pub mod scalar;
pub mod tensor;
pub mod testing;

pub use autograd::no_grad;
pub use dtype::DType;
pub use error::{Error, Result};
pub use random::{Generator, manual_seed};
pub use scalar::{Operand, Scalar};
pub use tensor::Tensor;

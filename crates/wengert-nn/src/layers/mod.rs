//! Layers: [`Module`](crate::Module)s to build networks from.

mod activation;
mod dropout;
mod flatten;
mod linear;
mod normalization;
mod sequential;

pub use activation::{GELU, ReLU, Sigmoid, Tanh};
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use linear::{Linear, LinearOptions};
pub use normalization::LayerNorm;
pub use sequential::Sequential;

#[cfg(test)]
mod tests;

//! The ground floor of wengert: loops over memory. It knows dtype, layout and threads; no tensor, no graph.
#![warn(missing_docs)]

pub mod cpu;
pub mod dtype;
pub mod finite;
pub mod index;
pub mod layout;
pub mod math;
pub mod matmul;
pub mod memory;
pub mod narrow;
pub mod nll;
pub mod norm;
pub mod optim;
pub mod parallel;
pub mod random;
pub mod reduce;
pub mod scan;
pub mod softmax;
pub mod sort;
pub mod tile;
pub mod view;
mod walk;

pub use dtype::{Category, DType, Element};
pub use layout::{Dims, Layout, Strides};
pub use view::{View, ViewMut};

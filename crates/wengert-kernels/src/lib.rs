//! The ground floor of wengert: loops over memory. It knows dtype, layout and threads; no tensor, no graph.
#![warn(missing_docs)]

pub mod cpu;
pub mod dtype;
pub mod layout;
pub mod math;
pub mod memory;
pub mod parallel;
pub mod random;
pub mod reduce;
pub mod tile;
pub mod view;

pub use dtype::{Category, DType, Element};
pub use layout::{Dims, Layout, Strides};
pub use view::{View, ViewMut};

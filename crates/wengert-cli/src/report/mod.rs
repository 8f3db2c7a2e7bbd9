mod curves;
mod font;

pub use curves::{Curve, png, svg};

mod curves;
mod font;
mod table;

pub use curves::{Curve, png, svg};
pub use table::{Norms, csv, parameters};

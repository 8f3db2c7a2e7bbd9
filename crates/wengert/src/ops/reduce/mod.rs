//! Reductions over dimensions.

// <modules> written by `cargo xtask gen`
mod sum;

pub use sum::*;
// </modules>

mod shape;
pub(crate) use shape::*;

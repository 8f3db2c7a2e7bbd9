//! Elementwise operations: one static [`Pointwise`](crate::pointwise::Pointwise) each.

// <modules> written by `cargo xtask gen`
mod arith;

pub use arith::*;
// </modules>

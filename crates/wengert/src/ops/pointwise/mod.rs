//! Elementwise operations: one static [`Pointwise`](crate::pointwise::Pointwise) each.

// <modules> written by `cargo xtask gen`
mod arith;

pub use arith::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/pointwise/arith.rs", arith::entries);
}
// </modules>

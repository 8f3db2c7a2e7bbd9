//! Reductions over dimensions.

// <modules> written by `cargo xtask gen`
mod sum;

pub use sum::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/reduce/sum.rs", sum::entries);
}
// </modules>

mod shape;
pub(crate) use shape::*;

//! Copies and casts.

// <modules> written by `cargo xtask gen`
mod to;

pub use to::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/copy/to.rs", to::entries);
}
// </modules>

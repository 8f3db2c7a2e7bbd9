//! Views: the same memory seen with another layout.

// <modules> written by `cargo xtask gen`
mod expand;
mod reshape;

pub use expand::*;
pub use reshape::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/view/expand.rs", expand::entries);
    out.file("crates/wengert/src/ops/view/reshape.rs", reshape::entries);
}
// </modules>

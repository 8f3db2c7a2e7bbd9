//! Reading and writing at indices.

// <modules> written by `cargo xtask gen`
mod gather;
mod scatter;

pub use gather::*;
pub use scatter::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/index/gather.rs", gather::entries);
    out.file("crates/wengert/src/ops/index/scatter.rs", scatter::entries);
}
// </modules>

mod common;

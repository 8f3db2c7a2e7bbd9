//! Views: the same memory seen with another layout.

// <modules> written by `cargo xtask gen`
mod diagonal;
mod expand;
mod flatten;
mod meshgrid;
mod permute;
mod reshape;
mod select;
mod split;
mod squeeze;

pub use diagonal::*;
pub use expand::*;
pub use flatten::*;
pub use meshgrid::*;
pub use permute::*;
pub use reshape::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/view/expand.rs", expand::entries);
    out.file("crates/wengert/src/ops/view/reshape.rs", reshape::entries);
}
pub use select::*;
pub use split::*;
pub use squeeze::*;
// </modules>

mod pick;
pub(crate) use pick::*;

//! Views: the same memory seen with another layout.

// <modules> written by `cargo xtask gen`
mod alias;
mod diagonal;
mod expand;
mod flatten;
mod meshgrid;
mod permute;
mod replace;
mod reshape;
mod select;
mod split;
mod squeeze;
mod unfold;

pub use alias::*;
pub use diagonal::*;
pub use expand::*;
pub use flatten::*;
pub use meshgrid::*;
pub use permute::*;
pub use replace::*;
pub use reshape::*;
pub use select::*;
pub use split::*;
pub use squeeze::*;
pub use unfold::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/view/alias.rs", alias::entries);
    out.file("crates/wengert/src/ops/view/diagonal.rs", diagonal::entries);
    out.file("crates/wengert/src/ops/view/expand.rs", expand::entries);
    out.file("crates/wengert/src/ops/view/flatten.rs", flatten::entries);
    out.file("crates/wengert/src/ops/view/meshgrid.rs", meshgrid::entries);
    out.file("crates/wengert/src/ops/view/permute.rs", permute::entries);
    out.file("crates/wengert/src/ops/view/replace.rs", replace::entries);
    out.file("crates/wengert/src/ops/view/reshape.rs", reshape::entries);
    out.file("crates/wengert/src/ops/view/select.rs", select::entries);
    out.file("crates/wengert/src/ops/view/split.rs", split::entries);
    out.file("crates/wengert/src/ops/view/squeeze.rs", squeeze::entries);
    out.file("crates/wengert/src/ops/view/unfold.rs", unfold::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(alias::BINDINGS);
    out.add(diagonal::BINDINGS);
    out.add(expand::BINDINGS);
    out.add(flatten::BINDINGS);
    out.add(meshgrid::BINDINGS);
    out.add(permute::BINDINGS);
    out.add(replace::BINDINGS);
    out.add(reshape::BINDINGS);
    out.add(select::BINDINGS);
    out.add(split::BINDINGS);
    out.add(squeeze::BINDINGS);
    out.add(unfold::BINDINGS);
}
// </modules>

mod copy_slices;
mod pick;
mod region;
pub(crate) use copy_slices::*;
pub(crate) use pick::*;
pub(crate) use region::*;
pub(crate) use unfold::part_of;

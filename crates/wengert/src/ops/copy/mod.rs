//! Copies and casts.

// <modules> written by `cargo xtask gen`
mod cat;
mod combine;
mod flip;
mod pad;
mod pad_modes;
mod repeat;
mod to;
mod tri;

pub use cat::*;
pub use combine::*;
pub use flip::*;
pub use pad::*;
pub use pad_modes::*;
pub use repeat::*;
pub use to::*;
pub use tri::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/copy/cat.rs", cat::entries);
    out.file("crates/wengert/src/ops/copy/combine.rs", combine::entries);
    out.file("crates/wengert/src/ops/copy/flip.rs", flip::entries);
    out.file("crates/wengert/src/ops/copy/pad.rs", pad::entries);
    out.file("crates/wengert/src/ops/copy/pad_modes.rs", pad_modes::entries);
    out.file("crates/wengert/src/ops/copy/repeat.rs", repeat::entries);
    out.file("crates/wengert/src/ops/copy/to.rs", to::entries);
    out.file("crates/wengert/src/ops/copy/tri.rs", tri::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(cat::BINDINGS);
    out.add(combine::BINDINGS);
    out.add(flip::BINDINGS);
    out.add(pad::BINDINGS);
    out.add(pad_modes::BINDINGS);
    out.add(repeat::BINDINGS);
    out.add(to::BINDINGS);
    out.add(tri::BINDINGS);
}
// </modules>

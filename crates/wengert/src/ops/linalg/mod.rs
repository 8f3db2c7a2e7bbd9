//! Products of matrices and vectors.

// <modules> written by `cargo xtask gen`
mod einsum;
mod matmul;
mod mm;
mod multi_dot;
mod tensordot;
mod trace;
mod vector;

pub use einsum::*;
pub use matmul::*;
pub use mm::*;
pub use multi_dot::*;
pub use tensordot::*;
pub use trace::*;
pub use vector::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/linalg/einsum.rs", einsum::entries);
    out.file("crates/wengert/src/ops/linalg/matmul.rs", matmul::entries);
    out.file("crates/wengert/src/ops/linalg/mm.rs", mm::entries);
    out.file("crates/wengert/src/ops/linalg/multi_dot.rs", multi_dot::entries);
    out.file("crates/wengert/src/ops/linalg/tensordot.rs", tensordot::entries);
    out.file("crates/wengert/src/ops/linalg/trace.rs", trace::entries);
    out.file("crates/wengert/src/ops/linalg/vector.rs", vector::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(einsum::BINDINGS);
    out.add(matmul::BINDINGS);
    out.add(mm::BINDINGS);
    out.add(multi_dot::BINDINGS);
    out.add(tensordot::BINDINGS);
    out.add(trace::BINDINGS);
    out.add(vector::BINDINGS);
}
// </modules>

mod equation;
mod product;

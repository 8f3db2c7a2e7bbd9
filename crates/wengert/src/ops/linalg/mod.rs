//! Products of matrices and vectors.

// <modules> written by `cargo xtask gen`
mod combine;
mod dense;
mod einsum;
mod factor;
mod inverse;
mod matmul;
mod matrix_norm;
mod mm;
mod multi_dot;
mod tensordot;
mod trace;
mod vector;

pub use combine::*;
pub use einsum::*;
pub use factor::*;
pub use inverse::*;
pub use matmul::*;
pub use matrix_norm::*;
pub use mm::*;
pub use multi_dot::*;
pub use tensordot::*;
pub use trace::*;
pub use vector::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/linalg/combine.rs", combine::entries);
    out.file("crates/wengert/src/ops/linalg/einsum.rs", einsum::entries);
    out.file("crates/wengert/src/ops/linalg/factor.rs", factor::entries);
    out.file("crates/wengert/src/ops/linalg/inverse.rs", inverse::entries);
    out.file("crates/wengert/src/ops/linalg/matmul.rs", matmul::entries);
    out.file("crates/wengert/src/ops/linalg/matrix_norm.rs", matrix_norm::entries);
    out.file("crates/wengert/src/ops/linalg/mm.rs", mm::entries);
    out.file("crates/wengert/src/ops/linalg/multi_dot.rs", multi_dot::entries);
    out.file("crates/wengert/src/ops/linalg/tensordot.rs", tensordot::entries);
    out.file("crates/wengert/src/ops/linalg/trace.rs", trace::entries);
    out.file("crates/wengert/src/ops/linalg/vector.rs", vector::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(combine::BINDINGS);
    out.add(einsum::BINDINGS);
    out.add(factor::BINDINGS);
    out.add(inverse::BINDINGS);
    out.add(matmul::BINDINGS);
    out.add(matrix_norm::BINDINGS);
    out.add(mm::BINDINGS);
    out.add(multi_dot::BINDINGS);
    out.add(tensordot::BINDINGS);
    out.add(trace::BINDINGS);
    out.add(vector::BINDINGS);
}
// </modules>

mod equation;
mod product;

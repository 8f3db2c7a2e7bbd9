//! Products of matrices and vectors.

// <modules> written by `cargo xtask gen`
mod einsum;
mod matmul;
mod mm;
mod tensordot;
mod vector;

pub use einsum::*;
pub use matmul::*;
pub use mm::*;
pub use tensordot::*;
pub use vector::*;
// </modules>

mod equation;
mod product;

//! Products of matrices and vectors.

// <modules> written by `cargo xtask gen`
mod matmul;
mod mm;
mod vector;

pub use matmul::*;
pub use mm::*;
pub use vector::*;
// </modules>

mod product;

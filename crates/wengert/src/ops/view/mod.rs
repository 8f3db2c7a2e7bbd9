//! Views: the same memory seen with another layout.

// <modules> written by `cargo xtask gen`
mod expand;
mod reshape;

pub use expand::*;
pub use reshape::*;
// </modules>

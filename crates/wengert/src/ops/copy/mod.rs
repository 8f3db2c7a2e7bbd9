//! Copies and casts.

// <modules> written by `cargo xtask gen`
mod cat;
mod flip;
mod repeat;
mod to;
mod tri;

pub use cat::*;
pub use flip::*;
pub use repeat::*;
pub use to::*;
pub use tri::*;
// </modules>

//! Copies and casts.

// <modules> written by `cargo xtask gen`
mod to;

pub use to::*;
// </modules>

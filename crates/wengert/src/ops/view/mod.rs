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
pub use select::*;
pub use split::*;
pub use squeeze::*;
// </modules>

mod pick;
pub(crate) use pick::*;

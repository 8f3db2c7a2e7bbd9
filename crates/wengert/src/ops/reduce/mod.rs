//! Reductions over dimensions.

// <modules> written by `cargo xtask gen`
mod amax;
mod argmax;
mod logical;
mod logsumexp;
mod max_dim;
mod mean;
mod nansum;
mod norm;
mod sum;
mod var;

pub use amax::*;
pub use argmax::*;
pub use logical::*;
pub use logsumexp::*;
pub use max_dim::*;
pub use mean::*;
pub use nansum::*;
pub use norm::*;
pub use sum::*;
pub use var::*;
// </modules>

mod shape;
pub(crate) use shape::*;

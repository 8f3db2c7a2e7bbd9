//! Softmax, losses, normalization: what networks are trained with.

// <modules> written by `cargo xtask gen`
mod nll_loss;
mod reduction;
mod softmax;

pub use nll_loss::*;
pub use reduction::*;
pub use softmax::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/nn/nll_loss.rs", nll_loss::entries);
    out.file("crates/wengert/src/ops/nn/softmax.rs", softmax::entries);
}
// </modules>

//! Softmax, losses, normalization: what networks are trained with.

// <modules> written by `cargo xtask gen`
mod batch_norm;
mod binary_cross_entropy;
mod cross_entropy;
mod distance;
mod element_loss;
mod huber_loss;
mod kl_div;
mod layer_norm;
mod mse_loss;
mod nll_loss;
mod reduction;
mod shuffle;
mod softmax;

pub use batch_norm::*;
pub use binary_cross_entropy::*;
pub use cross_entropy::*;
pub use distance::*;
pub use huber_loss::*;
pub use kl_div::*;
pub use layer_norm::*;
pub use mse_loss::*;
pub use nll_loss::*;
pub use reduction::*;
pub use shuffle::*;
pub use softmax::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/nn/batch_norm.rs", batch_norm::entries);
    out.file("crates/wengert/src/ops/nn/binary_cross_entropy.rs", binary_cross_entropy::entries);
    out.file("crates/wengert/src/ops/nn/cross_entropy.rs", cross_entropy::entries);
    out.file("crates/wengert/src/ops/nn/distance.rs", distance::entries);
    out.file("crates/wengert/src/ops/nn/huber_loss.rs", huber_loss::entries);
    out.file("crates/wengert/src/ops/nn/kl_div.rs", kl_div::entries);
    out.file("crates/wengert/src/ops/nn/layer_norm.rs", layer_norm::entries);
    out.file("crates/wengert/src/ops/nn/mse_loss.rs", mse_loss::entries);
    out.file("crates/wengert/src/ops/nn/nll_loss.rs", nll_loss::entries);
    out.file("crates/wengert/src/ops/nn/shuffle.rs", shuffle::entries);
    out.file("crates/wengert/src/ops/nn/softmax.rs", softmax::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(batch_norm::BINDINGS);
    out.add(binary_cross_entropy::BINDINGS);
    out.add(cross_entropy::BINDINGS);
    out.add(distance::BINDINGS);
    out.add(huber_loss::BINDINGS);
    out.add(kl_div::BINDINGS);
    out.add(layer_norm::BINDINGS);
    out.add(mse_loss::BINDINGS);
    out.add(nll_loss::BINDINGS);
    out.add(shuffle::BINDINGS);
    out.add(softmax::BINDINGS);
}
// </modules>

//! Reductions over dimensions.

// <modules> written by `cargo xtask gen`
mod agree;
mod amax;
mod argmax;
mod cummax;
mod cumsum;
mod difference;
mod logical;
mod logsumexp;
mod max_dim;
mod mean;
mod median;
mod nansum;
mod norm;
mod prod;
mod quantile;
mod recurrence;
mod statistics;
mod sum;
mod var;

pub use agree::*;
pub use amax::*;
pub use argmax::*;
pub use cummax::*;
pub use cumsum::*;
pub use difference::*;
pub use logical::*;
pub use logsumexp::*;
pub use max_dim::*;
pub use mean::*;
pub use median::*;
pub use nansum::*;
pub use norm::*;
pub use prod::*;
pub use quantile::*;
pub(crate) use recurrence::*;
pub use statistics::*;
pub use sum::*;
pub use var::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/reduce/agree.rs", agree::entries);
    out.file("crates/wengert/src/ops/reduce/amax.rs", amax::entries);
    out.file("crates/wengert/src/ops/reduce/argmax.rs", argmax::entries);
    out.file("crates/wengert/src/ops/reduce/cummax.rs", cummax::entries);
    out.file("crates/wengert/src/ops/reduce/cumsum.rs", cumsum::entries);
    out.file("crates/wengert/src/ops/reduce/difference.rs", difference::entries);
    out.file("crates/wengert/src/ops/reduce/logical.rs", logical::entries);
    out.file("crates/wengert/src/ops/reduce/logsumexp.rs", logsumexp::entries);
    out.file("crates/wengert/src/ops/reduce/max_dim.rs", max_dim::entries);
    out.file("crates/wengert/src/ops/reduce/mean.rs", mean::entries);
    out.file("crates/wengert/src/ops/reduce/median.rs", median::entries);
    out.file("crates/wengert/src/ops/reduce/nansum.rs", nansum::entries);
    out.file("crates/wengert/src/ops/reduce/norm.rs", norm::entries);
    out.file("crates/wengert/src/ops/reduce/prod.rs", prod::entries);
    out.file("crates/wengert/src/ops/reduce/quantile.rs", quantile::entries);
    out.file("crates/wengert/src/ops/reduce/statistics.rs", statistics::entries);
    out.file("crates/wengert/src/ops/reduce/sum.rs", sum::entries);
    out.file("crates/wengert/src/ops/reduce/var.rs", var::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(agree::BINDINGS);
    out.add(amax::BINDINGS);
    out.add(argmax::BINDINGS);
    out.add(cummax::BINDINGS);
    out.add(cumsum::BINDINGS);
    out.add(difference::BINDINGS);
    out.add(logical::BINDINGS);
    out.add(logsumexp::BINDINGS);
    out.add(max_dim::BINDINGS);
    out.add(mean::BINDINGS);
    out.add(median::BINDINGS);
    out.add(nansum::BINDINGS);
    out.add(norm::BINDINGS);
    out.add(prod::BINDINGS);
    out.add(quantile::BINDINGS);
    out.add(statistics::BINDINGS);
    out.add(sum::BINDINGS);
    out.add(var::BINDINGS);
}
// </modules>

mod shape;
pub(crate) use shape::*;

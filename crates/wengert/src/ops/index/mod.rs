//! Reading and writing at indices.

// <modules> written by `cargo xtask gen`
mod advanced;
mod embedding;
mod embedding_bag;
mod gather;
mod mask;
mod overwrite;
mod put;
mod scatter;
mod scatter_reduce;
mod search;
mod slices;
mod sort;
mod take;
mod unique;

pub use advanced::*;
pub use embedding::*;
pub use embedding_bag::*;
pub use gather::*;
pub use mask::*;
pub use overwrite::*;
pub use put::*;
pub use scatter::*;
pub use scatter_reduce::*;
pub use search::*;
pub use slices::*;
pub use sort::*;
pub use take::*;
pub use unique::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/index/advanced.rs", advanced::entries);
    out.file("crates/wengert/src/ops/index/embedding.rs", embedding::entries);
    out.file("crates/wengert/src/ops/index/embedding_bag.rs", embedding_bag::entries);
    out.file("crates/wengert/src/ops/index/gather.rs", gather::entries);
    out.file("crates/wengert/src/ops/index/mask.rs", mask::entries);
    out.file("crates/wengert/src/ops/index/overwrite.rs", overwrite::entries);
    out.file("crates/wengert/src/ops/index/put.rs", put::entries);
    out.file("crates/wengert/src/ops/index/scatter.rs", scatter::entries);
    out.file("crates/wengert/src/ops/index/scatter_reduce.rs", scatter_reduce::entries);
    out.file("crates/wengert/src/ops/index/search.rs", search::entries);
    out.file("crates/wengert/src/ops/index/slices.rs", slices::entries);
    out.file("crates/wengert/src/ops/index/sort.rs", sort::entries);
    out.file("crates/wengert/src/ops/index/take.rs", take::entries);
    out.file("crates/wengert/src/ops/index/unique.rs", unique::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(advanced::BINDINGS);
    out.add(embedding::BINDINGS);
    out.add(embedding_bag::BINDINGS);
    out.add(gather::BINDINGS);
    out.add(mask::BINDINGS);
    out.add(overwrite::BINDINGS);
    out.add(put::BINDINGS);
    out.add(scatter::BINDINGS);
    out.add(scatter_reduce::BINDINGS);
    out.add(search::BINDINGS);
    out.add(slices::BINDINGS);
    out.add(sort::BINDINGS);
    out.add(take::BINDINGS);
    out.add(unique::BINDINGS);
}
// </modules>

mod common;
pub(crate) use common::*;

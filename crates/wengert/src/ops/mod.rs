//! Every operation, one place each: scalar function, shape and dtype rule, formula, documentation, samples.
//!
//! The public functions return `Result`; those whose first argument is `input` have a method of the same name on
//! [`Tensor`](crate::Tensor) that panics at the caller's line instead (generated). In-place forms end in `_`, as in PyTorch.

// <modules> written by `cargo xtask gen`
mod copy;
mod create;
mod index;
mod linalg;
mod nn;
mod pointwise;
mod reduce;
mod view;

pub use copy::*;
pub use create::*;
pub use index::*;
pub use linalg::*;
pub use nn::*;
pub use pointwise::*;
pub use reduce::*;
pub use view::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    copy::table(out);
    index::table(out);
    linalg::table(out);
    nn::table(out);
    pointwise::table(out);
    reduce::table(out);
    view::table(out);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    copy::bindings(out);
    create::bindings(out);
    index::bindings(out);
    linalg::bindings(out);
    nn::bindings(out);
    pointwise::bindings(out);
    reduce::bindings(out);
    view::bindings(out);
}
// </modules>

mod dims;
pub use dims::*;

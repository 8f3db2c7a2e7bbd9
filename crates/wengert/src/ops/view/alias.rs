//! alias.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::Result;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, uniform};
use wengert_kernels::Layout;

/// The same memory with the same layout.
#[derive(Debug)]
struct Alias;

impl Primitive for Alias {
    fn name(&self) -> &'static str {
        "alias"
    }
    fn node_name(&self) -> &'static str {
        "AliasBackward0"
    }
    fn family(&self) -> Family {
        Family::View
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        unreachable!("views have `alias`")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("views have `alias`")
    }
    fn alias(&self, input: &Layout) -> Result<Layout> {
        Ok(input.clone())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Alias)
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(g[0].clone())]))
    }
}

/// Another tensor of the same memory: a view of all of it, as `x[...]` gives it.
///
/// # Errors
/// None.
#[track_caller]
pub fn alias(input: &Tensor) -> Result<Tensor> {
    apply1(Alias, &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("detach(Tensor(a) self) -> Tensor(a)", |a| Result::<_>::Ok(a.tensor(0).detach())),
    bind!("detach_(Tensor(a!) self) -> Tensor(a!)", |a| a.tensor(0).try_detach_().map(|()| a.tensor(0).clone())),
];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        Entry::new("alias(Tensor(a) input) -> Tensor(a)")
            .sample("a[...]", [uniform(1, -2.0, 2.0, &[2, 3])], |t| alias(&t[0])),
    ]
}

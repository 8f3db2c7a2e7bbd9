//! alias, view of another dtype.

use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};
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

/// The same memory read as numbers of another dtype; where its size is another, the last dimension grows or shrinks by that factor. Writes to either are seen by both. The
/// result is not in the graph.
///
/// # Errors
/// If the last dimension does not lie in memory in one piece that comes out even, where sizes differ.
#[track_caller]
pub fn view_dtype(input: &Tensor, dtype: DType) -> Result<Tensor> {
    if input.dtype() == dtype {
        return alias(input);
    }
    let layout = reread(input, dtype).named("view")?;
    Ok(input.detached(input.array().stored().reinterpreted(layout, dtype).named("view")?))
}

/// The layout in elements of another dtype.
fn reread(input: &Tensor, dtype: DType) -> Result<Layout> {
    if input.is_wrapped() {
        return Err(Error::not_implemented("view(dtype) inside of a transform"));
    }
    let (from, to) = (input.dtype().size(), dtype.size());
    let mut layout = input.array().layout().clone();
    if from == to {
        return Ok(layout);
    }
    let what = format!("to view {} as {} (different element sizes)", input.dtype().scalar_name(), dtype.scalar_name());
    let Some(last) = layout.shape.len().checked_sub(1) else {
        return Err(Error::runtime(format!("self.dim() cannot be 0 {what}")));
    };
    if layout.strides[last] != 1 {
        return Err(Error::runtime(format!("self.stride(-1) must be 1 {what}, but got {}", layout.strides[last])));
    }
    if from > to {
        let times = from / to;
        layout.shape[last] *= times;
        layout.offset *= times;
        layout.strides[..last].iter_mut().for_each(|s| *s *= times as isize);
        return Ok(layout);
    }
    let times = to / from;
    let uneven = |name: String, n: isize| {
        Err(Error::runtime(format!("self.{name} must be divisible by {times} {what}, but got {n}")))
    };
    if !layout.shape[last].is_multiple_of(times) {
        return uneven("size(-1)".to_string(), layout.shape[last] as isize);
    }
    if !layout.offset.is_multiple_of(times) {
        return uneven("storage_offset()".to_string(), layout.offset as isize);
    }
    if let Some(d) = (0..last).find(|&d| layout.strides[d] % times as isize != 0) {
        return uneven(format!("stride({d})"), layout.strides[d]);
    }
    layout.shape[last] /= times;
    layout.offset /= times;
    layout.strides[..last].iter_mut().for_each(|s| *s /= times as isize);
    Ok(layout)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("Tensor::view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)", |a| view_dtype(a.tensor(0), a.dtype(1))),
    bind!("detach(Tensor(a) self) -> Tensor(a)", |a| Result::<_>::Ok(a.tensor(0).detach())),
    bind!("detach_(Tensor(a!) self) -> Tensor(a!)", |a| a.tensor(0).try_detach_().map(|()| a.tensor(0).clone())),
];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        Entry::new("alias(Tensor(a) input) -> Tensor(a)")
            .sample("a[...]", [uniform(1, -2.0, 2.0, &[2, 3])], |t| alias(&t[0])),
        Entry::new("view_dtype(Tensor(a) input, ScalarType dtype) -> Tensor(a)")
            .not_differentiable("bits have no derivative")
            .sample("a.view(torch.int32)", [ints(2, -9, 9, &[2, 3])], |t| view_dtype(&t[0], DType::I32))
            .skip(Check::Strided, "elements must lie side by side")
            .skip(Check::Batched, "it is not defined within a transform")
            .sample("a.view(torch.float64)", [ints(3, 0, 1 << 60, &[4])], |t| view_dtype(&t[0], DType::F64))
            .skip(Check::Batched, "it is not defined within a transform")
            .error(
                [ints(2, -9, 9, &[])],
                |t| view_dtype(&t[0], DType::I32),
                "self.dim() cannot be 0 to view Long as Int (different element sizes)",
            ),
    ]
}

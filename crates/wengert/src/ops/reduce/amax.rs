//! amax, amin, and max and min of all elements.

use super::Over;
use crate::apply::apply1;
use crate::array::Array;
use crate::error::Result;
use crate::ops::{div, eq, isnan, logical_and, logical_or, sum, sum_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::reduce::Reduction;

/// The largest or smallest element. Equal ones share the gradient evenly.
#[derive(Debug)]
struct Extreme {
    max: bool,
    /// `max()` and not `amax()`: the same numbers, but PyTorch records another node, whose rule differs where there is a NaN.
    whole: bool,
    over: Over,
}

impl Primitive for Extreme {
    fn name(&self) -> &'static str {
        match (self.whole, self.max) {
            (true, true) => "max",
            (true, false) => "min",
            (false, true) => "amax",
            (false, false) => "amin",
        }
    }
    fn node_name(&self) -> &'static str {
        match (self.whole, self.max) {
            (true, true) => "MaxBackward1",
            (true, false) => "MinBackward1",
            (false, true) => "AmaxBackward0",
            (false, false) => "AminBackward0",
        }
    }
    fn family(&self) -> Family {
        Family::Reduce
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        self.over.refuse_empty(self.name(), ins[0].shape)?;
        Ok(one(&self.over.shape(ins[0].shape), ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let op = if self.max { Reduction::Max } else { Reduction::Min };
        self.over.reduce(op, ins[0], &mut outs[0]);
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        self.over.jvp(self, t, s).map(Some)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Extreme { max: self.max, whole: false, over: self.over.behind_batch() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0]).output(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (x, y) = (s.input(0), self.over.restore(s.output(0))?);
        let same = eq(x, &y)?;
        let gx = if self.whole {
            // A NaN result belongs to the NaNs among the elements.
            let same = logical_or(&same, &logical_and(&isnan(x)?, &isnan(&y)?)?)?;
            &same * div(&g[0], &sum(&same)?)?
        } else {
            let count = sum_dim(&same, &self.over.signed(), true)?;
            (self.over.restore(&g[0])? * &same) / count
        };
        Ok(Grads::from([Some(gx)]))
    }
}

/// The largest element. Equal ones share the gradient evenly (`amax()`).
///
/// # Errors
/// If there is no element.
#[track_caller]
pub fn amax(input: &Tensor) -> Result<Tensor> {
    apply1(Extreme { max: true, whole: false, over: Over::all(input) }, &[input.into()])
}

/// The largest elements over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with
/// `keepdim`, become 1. Equal ones share the gradient evenly.
///
/// # Errors
/// If a dimension is out of range or given twice, or has no element to choose from.
#[track_caller]
pub fn amax_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    let over = Over { all: dims.is_empty(), ..Over::dims("amax", input, dims, keepdim)? };
    apply1(Extreme { max: true, whole: false, over }, &[input.into()])
}

/// The smallest element. Equal ones share the gradient evenly (`amin()`).
///
/// # Errors
/// If there is no element.
#[track_caller]
pub fn amin(input: &Tensor) -> Result<Tensor> {
    apply1(Extreme { max: false, whole: false, over: Over::all(input) }, &[input.into()])
}

/// The smallest elements over `dims`, as [`amax_dim`].
///
/// # Errors
/// As [`amax_dim`].
#[track_caller]
pub fn amin_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    let over = Over { all: dims.is_empty(), ..Over::dims("amin", input, dims, keepdim)? };
    apply1(Extreme { max: false, whole: false, over }, &[input.into()])
}

/// The largest element. Equal ones share the gradient evenly, and a NaN wins. With indices: [`max_dim`](crate::ops::max_dim).
///
/// # Errors
/// If there is no element.
#[track_caller]
pub fn max(input: &Tensor) -> Result<Tensor> {
    apply1(Extreme { max: true, whole: true, over: Over::all(input) }, &[input.into()])
}

/// The smallest element. Equal ones share the gradient evenly, and a NaN wins. With indices: [`min_dim`](crate::ops::min_dim).
///
/// # Errors
/// If there is no element.
#[track_caller]
pub fn min(input: &Tensor) -> Result<Tensor> {
    apply1(Extreme { max: false, whole: true, over: Over::all(input) }, &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor", |a| amax_dim(
        a.tensor(0),
        a.ints(1),
        a.bool(2)
    )),
    bind!("amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor", |a| amin_dim(
        a.tensor(0),
        a.ints(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let ties = floats(&[1.0, 3.0, 3.0, -2.0, 3.0, -2.0], &[2, 3]);
    let nan = floats(&[1.0, f64::NAN, 3.0, -2.0, 0.5, 4.0], &[2, 3]);
    let none = uniform(1, 0.0, 1.0, &[2, 0, 3]);
    vec![
        Entry::new("amax(Tensor input, int[1] dim=[], bool keepdim=False) -> Tensor")
            .sample("a.amax()", [a.clone()], |t| amax(&t[0]))
            .sample("a.amax(1)", [a.clone()], |t| amax_dim(&t[0], &[1], false))
            .sample("a.amax((0, -1), keepdim=True)", [a.clone()], |t| amax_dim(&t[0], &[0, -1], true))
            .sample("a.amax(0)", [uniform(2, -2.0, 2.0, &[])], |t| amax_dim(&t[0], &[0], false))
            .kink("a.amax()", [ties.clone()], |t| amax(&t[0]))
            .kink("a.amax(1)", [ties.clone()], |t| amax_dim(&t[0], &[1], false))
            .kink("a.amax(1)", [nan.clone()], |t| amax_dim(&t[0], &[1], false))
            .sample("a.amax(0)", [ints(2, -9, 9, &[3, 2])], |t| amax_dim(&t[0], &[0], false))
            .sample("a.amax(1)", [bools(3, &[4, 2])], |t| amax_dim(&t[0], &[1], false))
            .sample("a.amax(2)", [none.clone()], |t| amax_dim(&t[0], &[2], false))
            .error([none.clone()], |t| amax(&t[0]), "amax(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.")
            .error([none.clone()], |t| amax_dim(&t[0], &[1], false), "amax(): Expected reduction dim 1 to have non-zero size."),
        Entry::new("amin(Tensor input, int[1] dim=[], bool keepdim=False) -> Tensor")
            .sample("a.amin()", [a.clone()], |t| amin(&t[0]))
            .sample("a.amin((0, 2))", [a.clone()], |t| amin_dim(&t[0], &[0, 2], false))
            .kink("a.amin()", [ties.clone()], |t| amin(&t[0]))
            .sample("a.amin(1)", [ints(2, -9, 9, &[3, 2])], |t| amin_dim(&t[0], &[1], false)),
        Entry::new("max(Tensor input) -> Tensor")
            .sample("a.max()", [a.clone()], |t| max(&t[0]))
            .kink("a.max()", [ties.clone()], |t| max(&t[0]))
            .kink("a.max()", [nan.clone()], |t| max(&t[0]))
            .sample("a.max()", [ints(2, -9, 9, &[3, 2])], |t| max(&t[0]))
            .error([none.clone()], |t| max(&t[0]), "max(): Expected reduction dim to be specified for input.numel() == 0."),
        Entry::new("min(Tensor input) -> Tensor")
            .sample("a.min()", [a], |t| min(&t[0]))
            .kink("a.min()", [ties], |t| min(&t[0]))
            .kink("a.min()", [nan], |t| min(&t[0]))
            .sample("a.min()", [bools(3, &[4, 2])], |t| min(&t[0]))
            .error([none], |t| min(&t[0]), "min(): Expected reduction dim to be specified for input.numel() == 0."),
    ]
}

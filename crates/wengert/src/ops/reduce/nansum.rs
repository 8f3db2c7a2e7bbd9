//! nansum, nanmean.

use super::{Over, cast, sum_dtype};
use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::{div, eq, isnan, logical_not, mul, sum_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::kernels;
use wengert_kernels::reduce::Reduction;
use wengert_kernels::tile::Kernels;

/// The sum of the elements that are not NaN.
#[derive(Debug)]
struct NanSum(Over);

static NAN_TO_ZERO: Kernels = kernels! { f32, f64 => |x: T| -> T { if x.is_nan() { 0.0 } else { x } } };

impl Primitive for NanSum {
    fn name(&self) -> &'static str {
        "nansum"
    }
    fn node_name(&self) -> &'static str {
        "NansumBackward0"
    }
    fn family(&self) -> Family {
        Family::Reduce
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&self.0.shape(ins[0].shape), sum_dtype(ins[0].dtype)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.0.reduce_with(Reduction::Sum, ins[0], &mut outs[0], |p| {
            let last = p.last();
            if let Some(micro) = NAN_TO_ZERO.get(p.compute(last)) {
                p.step(micro, &[last]);
            }
        });
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        self.0.jvp(self, t, s).map(Some)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(NanSum(self.0.behind_batch()))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::one(Some(mul(&self.0.restore(&g[0])?, &logical_not(&isnan(s.input(0))?)?)?)))
    }
}

/// The sum of all elements that are not NaN. Integers and booleans give `int64`.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn nansum(input: &Tensor) -> Result<Tensor> {
    nansum_dim(input, &[], false)
}

/// The sum of elements that are not NaN over `dims` (all of them if empty; negative ones count from the end), which are
/// dropped or, with `keepdim`, become 1.
///
/// # Errors
/// If a dimension is out of range or given twice.
#[track_caller]
pub fn nansum_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    apply1(NanSum(Over::dims("nansum", input, dims, keepdim)?), &[input.into()])
}

/// The mean of all elements that are not NaN; NaN if there are none.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn nanmean(input: &Tensor) -> Result<Tensor> {
    nanmean_dim(input, &[], false)
}

/// The mean of elements that are not NaN over `dims` (all of them if empty; negative ones count from the end), which are
/// dropped or, with `keepdim`, become 1. [`nansum_dim`] over a count, as in PyTorch.
///
/// # Errors
/// For integers and booleans; if a dimension is out of range or given twice.
#[track_caller]
pub fn nanmean_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    if !input.dtype().is_differentiable() {
        return Err(Error::not_implemented(format!(
            "nanmean(): expected input to have floating point or complex dtype but got {}",
            input.dtype().scalar_name()
        )))
        .named("nanmean");
    }
    let x = input.detach();
    let count = sum_dim(&eq(&x, &x)?, dims, keepdim)?;
    div(&nansum_dim(input, dims, keepdim)?, &count)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", |a| {
        nansum_dim(&cast(a.tensor(0), a.opt_dtype(3))?, a.opt_ints(1).unwrap_or(&[]), a.bool(2))
    }),
    bind!("nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", |a| {
        nanmean_dim(&cast(a.tensor(0), a.opt_dtype(3))?, a.opt_ints(1).unwrap_or(&[]), a.bool(2))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let nan = f64::NAN;
    let a = floats(&[1.0, nan, 3.0, nan, 0.5, 4.0, -1.0, 2.5], &[2, 4]);
    let blank = floats(&[nan, nan, 3.0, -1.5], &[2, 2]);
    vec![
        Entry::new("nansum(Tensor input, int[1]? dim=None, bool keepdim=False) -> Tensor")
            .kink("a.nansum()", [a.clone()], |t| nansum(&t[0]))
            .kink("a.nansum(1)", [a.clone()], |t| nansum_dim(&t[0], &[1], false))
            .kink("a.nansum((0, -1), keepdim=True)", [a.clone()], |t| nansum_dim(&t[0], &[0, -1], true))
            .kink("a.nansum(1)", [blank.clone()], |t| nansum_dim(&t[0], &[1], false))
            .sample("a.nansum(0)", [ints(2, -9, 9, &[3, 2])], |t| nansum_dim(&t[0], &[0], false))
            .sample("a.nansum()", [uniform(1, 0.0, 1.0, &[0, 3])], |t| nansum(&t[0])),
        Entry::new("nanmean(Tensor input, int[1]? dim=None, bool keepdim=False) -> Tensor")
            .kink("a.nanmean()", [a.clone()], |t| nanmean(&t[0]))
            .kink("a.nanmean(0)", [a.clone()], |t| nanmean_dim(&t[0], &[0], false))
            .kink("a.nanmean(-1, keepdim=True)", [a], |t| nanmean_dim(&t[0], &[-1], true))
            .kink("a.nanmean(1)", [blank], |t| nanmean_dim(&t[0], &[1], false))
            .error(
                [ints(2, 0, 9, &[3])],
                |t| nanmean(&t[0]),
                "nanmean(): expected input to have floating point or complex dtype but got Long",
            ),
    ]
}

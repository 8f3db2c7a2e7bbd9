//! mean, mean_dim.

use super::Over;
use super::sum::cast;
use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::{div, expand};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::reduce::Reduction;

/// Linear; its transpose is `expand` with a factor.
#[derive(Debug)]
struct Mean(Over);

impl Primitive for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }
    fn node_name(&self) -> &'static str {
        if self.0.all { "MeanBackward0" } else { "MeanBackward1" }
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let dtype = ins[0].dtype;
        if !dtype.is_differentiable() {
            return Err(Error::not_implemented(format!(
                "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {}",
                dtype.scalar_name()
            ))
            .hint("convert it first, for example with to_dtype(DType::F32)"));
        }
        Ok(one(&self.0.shape(ins[0].shape), dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.0.reduce(Reduction::Mean, ins[0], &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Mean(self.0.behind_batch()))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let shape = s.shape(0);
        let g = div(&self.0.restore(&g[0])?, self.0.count(shape) as f64)?;
        Ok(Grads::from([Some(expand(&g, shape)?)]))
    }
}

/// The mean of all elements; NaN if there are none.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn mean(input: &Tensor) -> Result<Tensor> {
    apply1(Mean(Over::all(input)), &[input.into()])
}

/// The mean over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with `keepdim`, become 1.
///
/// # Errors
/// For integers and booleans; if a dimension is out of range or given twice.
#[track_caller]
pub fn mean_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    apply1(Mean(Over::dims("mean", input, dims, keepdim)?), &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("mean(Tensor self, *, ScalarType? dtype=None) -> Tensor", |a| mean(&cast(a.tensor(0), a.opt_dtype(1))?)),
    bind!("mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", |a| {
        mean_dim(&cast(a.tensor(0), a.opt_dtype(3))?, a.opt_ints(1).unwrap_or(&[]), a.bool(2))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    vec![
        Entry::new("mean(Tensor input, int[]? dim=None, bool keepdim=False) -> Tensor")
            .sample("a.mean()", [a.clone()], |t| mean(&t[0]))
            .sample("a.mean(1)", [a.clone()], |t| mean_dim(&t[0], &[1], false))
            .sample("a.mean((0, -1), keepdim=True)", [a.clone()], |t| mean_dim(&t[0], &[0, -1], true))
            .sample("a.mean(-1)", [uniform(2, -2.0, 2.0, &[])], |t| mean_dim(&t[0], &[-1], false))
            .sample("a.mean()", [none.clone()], |t| mean(&t[0]))
            .sample("a.mean(0)", [none.clone()], |t| mean_dim(&t[0], &[0], false))
            .sample("a.mean(1)", [none], |t| mean_dim(&t[0], &[1], false))
            .error([ints(2, 0, 9, &[3])], |t| mean(&t[0]), "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long")
            .error([a], |t| mean_dim(&t[0], &[1, -2], false), "dim 1 appears multiple times in the list of dims"),
    ]
}

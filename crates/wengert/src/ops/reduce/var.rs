//! var, std, var_mean, std_mean.

use super::{Over, as_outer_r_inner};
use crate::apply::{apply, apply1};
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::{div, eq, expand, masked_fill, mean_dim, mul, where_self};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::reduce::{Reduction, var_mean as kernel};

/// Variance or standard deviation, with or without the mean, in one pass.
#[derive(Debug)]
struct Var {
    /// The square root.
    root: bool,
    /// With a second output: the mean.
    mean: bool,
    correction: f64,
    over: Over,
}

impl Primitive for Var {
    fn name(&self) -> &'static str {
        match (self.root, self.mean) {
            (false, false) => "var",
            (true, false) => "std",
            (false, true) => "var_mean",
            (true, true) => "std_mean",
        }
    }
    fn node_name(&self) -> &'static str {
        match (self.root, self.mean) {
            (false, false) => "VarBackward0",
            (true, false) => "StdBackward0",
            (false, true) => "VarMeanBackward0",
            (true, true) => "StdMeanBackward0",
        }
    }
    fn family(&self) -> Family {
        Family::Reduce
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let dtype = ins[0].dtype;
        if !dtype.is_differentiable() {
            let name = if self.mean { self.name() } else { "std and var" };
            return Err(Error::not_implemented(format!("{name} only support floating point and complex dtypes"))
                .hint("convert it first, for example with to_dtype(DType::F32)"));
        }
        let out = OutMeta::new(&self.over.shape(ins[0].shape), dtype);
        Ok(Metas::from_elem(out, 1 + usize::from(self.mean)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        match outs {
            [out] => {
                let op = if self.root { Reduction::Std(self.correction) } else { Reduction::Var(self.correction) };
                self.over.reduce(op, ins[0], out);
            }
            [out, mean] => {
                let (mut out, mut mean) = (out.view_mut(), mean.view_mut());
                as_outer_r_inner(ins[0], &self.over.dims, |p, outer, r, inner| {
                    kernel(self.correction, self.root, p, outer, r, inner, &mut out, &mut mean);
                });
            }
            _ => unreachable!("infer gives one or two"),
        }
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        self.over.jvp(self, t, s).map(Some)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Var { over: self.over.behind_batch(), ..*self })
    }
    fn saves(&self) -> Saves {
        let saves = Saves::NONE.input(0, &[0]);
        if self.root { saves.output(0) } else { saves }
    }

    // d var/dx = 2 (x - mean) / (n - correction); d std = d var / (2 std), taken as 0 where std is 0, as PyTorch does.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let x = s.input(0);
        let mut out = None;
        if let Some(g) = g.get(0) {
            let mut g = g.clone();
            if self.root {
                let y = s.output(0);
                // Zero where the deviation is, and so is the derivative of that.
                g = div(&g, &masked_fill(&mul(y, 2.0)?, &eq(y, 0.0)?, f64::INFINITY)?)?;
            }
            let mean = mean_dim(x, &self.over.signed(), true)?;
            let g = self.over.restore(&g)?;
            let n = self.over.count(x.shape()) as f64 - self.correction;
            // Without dims PyTorch guards against a divisor that is not positive, with dims it divides.
            out = Some(if n <= 0.0 && (self.over.all || x.ndim() == 0) {
                g * where_self(&eq(x, &mean)?, f64::NAN, f64::INFINITY)?
            } else {
                (g * (2.0 / n)) * (x - mean)
            });
        }
        if let Some(g) = g.get(1) {
            let g = div(&self.over.restore(g)?, self.over.count(x.shape()) as f64)?;
            let g = expand(&g, x.shape())?;
            out = Some(match out {
                Some(other) => other + g,
                None => g,
            });
        }
        Ok(Grads::one(out))
    }
}

#[track_caller]
fn over(name: &'static str, input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Over> {
    Ok(Over { all: dims.is_empty(), ..Over::dims(name, input, dims, keepdim)? })
}

#[track_caller]
fn one(root: bool, input: &Tensor, dims: &[isize], correction: f64, keepdim: bool) -> Result<Tensor> {
    let over = over(if root { "std" } else { "var" }, input, dims, keepdim)?;
    apply1(Var { root, mean: false, correction, over }, &[input.into()])
}

#[track_caller]
fn both(root: bool, input: &Tensor, dims: &[isize], correction: f64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    let over = over(if root { "std_mean" } else { "var_mean" }, input, dims, keepdim)?;
    let mut outs = apply(Var { root, mean: true, correction, over }, &[input.into()])?.into_iter();
    Ok((outs.next().expect("two outputs"), outs.next().expect("two outputs")))
}

/// The variance of all elements with Bessel's correction: divided by one less than their number. NaN for one element or none.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn var(input: &Tensor) -> Result<Tensor> {
    one(false, input, &[], 1.0, false)
}

/// The variance over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with `keepdim`,
/// become 1. The divisor is the number of elements less `correction` (1 is Bessel's, 0 the biased variance), or 0 if that is negative.
///
/// # Errors
/// For integers and booleans; if a dimension is out of range or given twice.
#[track_caller]
pub fn var_dim(input: &Tensor, dims: &[isize], correction: f64, keepdim: bool) -> Result<Tensor> {
    one(false, input, dims, correction, keepdim)
}

/// The standard deviation of all elements: the square root of [`var`]. Its gradient where it is 0 is 0.
///
/// # Errors
/// As [`var`].
#[track_caller]
pub fn std(input: &Tensor) -> Result<Tensor> {
    one(true, input, &[], 1.0, false)
}

/// The standard deviation over `dims`: the square root of [`var_dim`]. Its gradient where it is 0 is 0.
///
/// # Errors
/// As [`var_dim`].
#[track_caller]
pub fn std_dim(input: &Tensor, dims: &[isize], correction: f64, keepdim: bool) -> Result<Tensor> {
    one(true, input, dims, correction, keepdim)
}

/// Variance and mean of all elements in one pass: [`var`](crate::ops::var) and [`mean`](crate::ops::mean).
///
/// # Errors
/// As [`var`].
#[track_caller]
pub fn var_mean(input: &Tensor) -> Result<(Tensor, Tensor)> {
    both(false, input, &[], 1.0, false)
}

/// Variance and mean over `dims` in one pass: [`var_dim`] and [`mean_dim`].
///
/// # Errors
/// As [`var_dim`].
#[track_caller]
pub fn var_mean_dim(input: &Tensor, dims: &[isize], correction: f64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    both(false, input, dims, correction, keepdim)
}

/// Standard deviation and mean of all elements in one pass: [`std`](crate::ops::std()) and [`mean`](crate::ops::mean).
///
/// # Errors
/// As [`var`].
#[track_caller]
pub fn std_mean(input: &Tensor) -> Result<(Tensor, Tensor)> {
    both(true, input, &[], 1.0, false)
}

/// Standard deviation and mean over `dims` in one pass: [`std_dim`] and [`mean_dim`].
///
/// # Errors
/// As [`var_dim`].
#[track_caller]
pub fn std_mean_dim(input: &Tensor, dims: &[isize], correction: f64, keepdim: bool) -> Result<(Tensor, Tensor)> {
    both(true, input, dims, correction, keepdim)
}

fn bessel(unbiased: bool) -> f64 {
    if unbiased { 1.0 } else { 0.0 }
}

fn or_bessel(correction: Option<Scalar>) -> f64 {
    correction.map_or(1.0, Scalar::to_f64)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor", |a| var_dim(
        a.tensor(0),
        a.opt_ints(1).unwrap_or(&[]),
        bessel(a.bool(2)),
        a.bool(3)
    )),
    bind!(
        "var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
        |a| var_dim(a.tensor(0), a.opt_ints(1).unwrap_or(&[]), or_bessel(a.opt_scalar(2)), a.bool(3))
    ),
    bind!("var(Tensor self, bool unbiased=True) -> Tensor", |a| var_dim(a.tensor(0), &[], bessel(a.bool(1)), false)),
    bind!("std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor", |a| std_dim(
        a.tensor(0),
        a.opt_ints(1).unwrap_or(&[]),
        bessel(a.bool(2)),
        a.bool(3)
    )),
    bind!(
        "std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
        |a| std_dim(a.tensor(0), a.opt_ints(1).unwrap_or(&[]), or_bessel(a.opt_scalar(2)), a.bool(3))
    ),
    bind!("std(Tensor self, bool unbiased=True) -> Tensor", |a| std_dim(a.tensor(0), &[], bessel(a.bool(1)), false)),
    bind!(
        "torch::var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
        |a| var_mean_dim(a.tensor(0), a.opt_ints(1).unwrap_or(&[]), bessel(a.bool(2)), a.bool(3))
    ),
    bind!(
        "torch::var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
        |a| var_mean_dim(a.tensor(0), a.opt_ints(1).unwrap_or(&[]), or_bessel(a.opt_scalar(2)), a.bool(3))
    ),
    bind!("torch::var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)", |a| var_mean_dim(
        a.tensor(0),
        &[],
        bessel(a.bool(1)),
        false
    )),
    bind!(
        "torch::std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
        |a| std_mean_dim(a.tensor(0), a.opt_ints(1).unwrap_or(&[]), bessel(a.bool(2)), a.bool(3))
    ),
    bind!(
        "torch::std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
        |a| std_mean_dim(a.tensor(0), a.opt_ints(1).unwrap_or(&[]), or_bessel(a.opt_scalar(2)), a.bool(3))
    ),
    bind!("torch::std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)", |a| std_mean_dim(
        a.tensor(0),
        &[],
        bessel(a.bool(1)),
        false
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let same = floats(&[1.5, 1.5, 1.5, 0.0, 1.0, -1.0], &[2, 3]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    let number = uniform(3, 0.0, 1.0, &[]);
    let signature = |name| match name {
        "var" => "var(Tensor input, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
        _ => "std(Tensor input, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
    };
    vec![
        Entry::new(signature("var"))
            .sample("a.var()", [a.clone()], |t| var(&t[0]))
            .sample("a.var(1)", [a.clone()], |t| var_dim(&t[0], &[1], 1.0, false))
            .sample("a.var((0, -1), correction=0, keepdim=True)", [a.clone()], |t| var_dim(&t[0], &[0, -1], 0.0, true))
            .sample("a.var(2, correction=1.5)", [a.clone()], |t| var_dim(&t[0], &[2], 1.5, false))
            .sample("a.var(1)", [same.clone()], |t| var_dim(&t[0], &[1], 1.0, false))
            .kink("a.var(1, correction=3)", [same.clone()], |t| var_dim(&t[0], &[1], 3.0, false))
            .kink("a.var(1, correction=4)", [a.clone()], |t| var_dim(&t[0], &[1], 4.0, false))
            .kink("a.var()", [number.clone()], |t| var(&t[0]))
            .sample("a.var(correction=0)", [number.clone()], |t| var_dim(&t[0], &[], 0.0, false))
            .sample("a.var(0)", [none.clone()], |t| var_dim(&t[0], &[0], 1.0, false))
            .error([ints(2, 0, 9, &[3])], |t| var(&t[0]), "std and var only support floating point and complex dtypes")
            .error([a.clone()], |t| var_dim(&t[0], &[3], 1.0, false), "Dimension out of range (expected to be in range of [-3, 2], but got 3)"),
        Entry::new(signature("std"))
            .sample("a.std()", [a.clone()], |t| std(&t[0]))
            .sample("a.std(1)", [a.clone()], |t| std_dim(&t[0], &[1], 1.0, false))
            .sample("a.std((0, -1), correction=0, keepdim=True)", [a.clone()], |t| std_dim(&t[0], &[0, -1], 0.0, true))
            .kink("a.std(1)", [same.clone()], |t| std_dim(&t[0], &[1], 1.0, false))
            .kink("a.std(1, correction=4)", [a.clone()], |t| std_dim(&t[0], &[1], 4.0, false))
            .sample("a.std(1)", [none.clone()], |t| std_dim(&t[0], &[1], 1.0, false))
            .error([ints(2, 0, 9, &[3])], |t| std(&t[0]), "std and var only support floating point and complex dtypes"),
        Entry::new("var_mean(Tensor input, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)")
            .sample("torch.var_mean(a)", [a.clone()], |t| var_mean(&t[0]))
            .sample("torch.var_mean(a, 1, correction=0)", [a.clone()], |t| var_mean_dim(&t[0], &[1], 0.0, false))
            .sample("torch.var_mean(a, (0, 2), keepdim=True)", [a.clone()], |t| var_mean_dim(&t[0], &[0, 2], 1.0, true))
            .sample("torch.var_mean(a, 0)", [none.clone()], |t| var_mean_dim(&t[0], &[0], 1.0, false))
            .error([ints(2, 0, 9, &[3])], |t| var_mean(&t[0]), "var_mean only support floating point and complex dtypes"),
        Entry::new("std_mean(Tensor input, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)")
            .sample("torch.std_mean(a)", [a.clone()], |t| std_mean(&t[0]))
            .sample("torch.std_mean(a, (0, 2), correction=0)", [a], |t| std_mean_dim(&t[0], &[0, 2], 0.0, false))
            .kink("torch.std_mean(a, 1)", [same], |t| std_mean_dim(&t[0], &[1], 1.0, false))
            .error([ints(2, 0, 9, &[3])], |t| std_mean(&t[0]), "std_mean only support floating point and complex dtypes"),
    ]
}

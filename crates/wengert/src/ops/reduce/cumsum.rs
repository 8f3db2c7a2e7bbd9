//! cumsum, logcumsumexp.

use super::{linear_recurrence, neighbours};
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::{cast, exp, only_own_dtype, sum_dtype, wrap_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::scan::{self, Along};

/// Running sums. Linear; the transpose runs the other way.
#[derive(Debug)]
struct Cumsum(Along);

impl Primitive for Cumsum {
    fn name(&self) -> &'static str {
        "cumsum"
    }
    fn node_name(&self) -> &'static str {
        "CumsumBackward0"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, sum_dtype(ins[0].dtype)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        scan::cumsum(ins[0].view(), self.0, outs[0].view_mut());
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call_as_vectors(Cumsum(Along { dim: self.0.dim + 1, ..self.0 }), 0)
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::one(Some(apply1(Cumsum(Along { reverse: !self.0.reverse, ..self.0 }), &[(&g[0]).into()])?)))
    }
}

/// Running sums along `dim`: element `i` is the sum of elements `0..=i`. Integers and booleans give `int64`.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn cumsum(input: &Tensor, dim: isize) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("cumsum")?;
    apply1(Cumsum(dim.into()), &[input.into()])
}

/// [`cumsum`] into `input`.
///
/// # Errors
/// Those of [`cumsum`] and of in-place writes in general.
#[track_caller]
pub fn cumsum_(input: &Tensor, dim: isize) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("cumsum_")?;
    apply_in_place(Cumsum(dim.into()), "cumsum_", input, &[])?;
    Ok(input.clone())
}

/// Running logarithms of sums of exponentials.
#[derive(Debug)]
struct LogCumsumExp {
    dim: usize,
}

impl Primitive for LogCumsumExp {
    fn name(&self) -> &'static str {
        "logcumsumexp"
    }
    fn node_name(&self) -> &'static str {
        "LogcumsumexpBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let dtype = ins[0].dtype;
        if !dtype.is_differentiable() {
            let text = format!("\"logcumsumexp_out_cpu\" not implemented for '{}'", dtype.scalar_name());
            return Err(Error::not_implemented(text));
        }
        Ok(one(ins[0].shape, dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        scan::logcumsumexp(ins[0].view(), self.dim, outs[0].view_mut());
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let Some(t) = t.get(0) else { return Ok(Some(Grads::one(None))) };
        let (x, y) = (s.input(0), s.output(0));
        if x.ndim() == 0 {
            return Ok(Some(Grads::one(Some(t.clone()))));
        }
        // y[i] = log(exp(y[i-1]) + exp(x[i])), differentiated.
        let along = Along { dim: self.dim, reverse: false };
        let kept = exp(&(neighbours(y, along, -f64::INFINITY)? - y))?;
        Ok(Some(Grads::one(Some(linear_recurrence(&kept, &(t * exp(&(x - y))?), along, false)?))))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call_as_vectors(LogCumsumExp { dim: self.dim + 1 }, 0)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0]).output(0)
    }

    // dx[i] = sum over k >= i of g[k] exp(x[i] - y[k]). The results y never fall, so that with t[i] = sum of g[k] exp(y[i] - y[k]),
    // which is t[i] = g[i] + exp(y[i] - y[i+1]) t[i+1], no exponential can overflow.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (x, y) = (s.input(0), s.output(0));
        if x.ndim() == 0 {
            return Ok(Grads::one(Some(g[0].clone())));
        }
        let along = Along { dim: self.dim, reverse: true };
        let ratio = exp(&(y - neighbours(y, along, f64::INFINITY)?))?;
        let t = linear_recurrence(&ratio, &g[0], along, false)?;
        Ok(Grads::one(Some(t * exp(&(x - y))?)))
    }
}

/// Running logarithms of sums of exponentials along `dim`, without overflow: element `i` is `log(sum(exp(input[0..=i])))`.
///
/// # Errors
/// For integers and booleans; if `dim` is out of range.
#[track_caller]
pub fn logcumsumexp(input: &Tensor, dim: isize) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("logcumsumexp")?;
    apply1(LogCumsumExp { dim }, &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", |a| cumsum(
        &cast(a.tensor(0), a.opt_dtype(2))?,
        a.dim(1)
    )),
    bind!("Tensor::cumsum_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)", |a| {
        only_own_dtype(a.tensor(0), a.opt_dtype(2)).and_then(|()| cumsum_(a.tensor(0), a.dim(1)))
    }),
    bind!("logcumsumexp(Tensor self, int dim) -> Tensor", |a| logcumsumexp(a.tensor(0), a.dim(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    let inf = f64::INFINITY;
    let wide = floats(&[-1000.0, 999.0, 1000.0, -999.0, 0.0, 3.0], &[2, 3]);
    let odd = floats(&[-inf, -inf, 1.0, 2.0, -inf, 0.5, 2.0, -1.0, 2.0, 1.0, f64::NAN, 1.0], &[4, 3]);
    vec![
        Entry::new("cumsum(Tensor input, int dim) -> Tensor")
            .sample("a.cumsum(0)", [a.clone()], |t| cumsum(&t[0], 0))
            .sample("a.cumsum(1)", [a.clone()], |t| cumsum(&t[0], 1))
            .sample("a.cumsum(-1)", [a.clone()], |t| cumsum(&t[0], -1))
            .sample("a.cumsum(0)", [uniform(2, -2.0, 2.0, &[])], |t| cumsum(&t[0], 0))
            .sample("a.cumsum(1)", [none.clone()], |t| cumsum(&t[0], 1))
            .sample("a.cumsum(0)", [ints(2, -9, 9, &[3, 2])], |t| cumsum(&t[0], 0))
            .sample("a.cumsum(0)", [bools(3, &[5])], |t| cumsum(&t[0], 0))
            .error(
                [a.clone()],
                |t| cumsum(&t[0], 3),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("logcumsumexp(Tensor input, int dim) -> Tensor")
            .sample("a.logcumsumexp(0)", [a.clone()], |t| logcumsumexp(&t[0], 0))
            .sample("a.logcumsumexp(1)", [a.clone()], |t| logcumsumexp(&t[0], 1))
            .sample("a.logcumsumexp(-1)", [a.clone()], |t| logcumsumexp(&t[0], -1))
            .sample("a.logcumsumexp(1)", [wide], |t| logcumsumexp(&t[0], 1))
            .skip(crate::testing::Check::Precision, "half types cannot tell numbers so large apart")
            .kink("a.logcumsumexp(1)", [odd], |t| logcumsumexp(&t[0], 1))
            .sample("a.logcumsumexp(0)", [uniform(2, -2.0, 2.0, &[])], |t| logcumsumexp(&t[0], 0))
            .sample("a.logcumsumexp(0)", [none], |t| logcumsumexp(&t[0], 0))
            .error(
                [ints(2, -9, 9, &[3])],
                |t| logcumsumexp(&t[0], 0),
                "\"logcumsumexp_out_cpu\" not implemented for 'Long'",
            )
            .error(
                [a],
                |t| logcumsumexp(&t[0], 3),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
    ]
}

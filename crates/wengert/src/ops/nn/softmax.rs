//! softmax, log_softmax, softmin.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::cast;
use crate::ops::{Over, as_outer_r_inner, exp, neg, sum_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::softmax as kernel;

/// Softmax or its logarithm along a dimension. The derivative is made of the output.
#[derive(Clone, Debug)]
struct Softmax {
    log: bool,
    over: Over,
}

impl Primitive for Softmax {
    fn name(&self) -> &'static str {
        if self.log { "log_softmax" } else { "softmax" }
    }
    fn node_name(&self) -> &'static str {
        if self.log { "LogSoftmaxBackward0" } else { "SoftmaxBackward0" }
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let Meta { shape, dtype, .. } = ins[0];
        if !dtype.is_differentiable() {
            // PyTorch has a kernel of its own where the dimension is the last one.
            let last = self.over.dims.first().is_none_or(|d| d + 1 == shape.len());
            let kernel = if last { "_lastdim_kernel_impl" } else { "_kernel_impl" };
            let text = format!("\"{}{kernel}\" not implemented for '{}'", self.name(), dtype.scalar_name());
            return Err(Error::not_implemented(text).hint("convert it first, for example with to_dtype(DType::F32)"));
        }
        Ok(one(shape, dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let mut out = outs[0].view_mut();
        let f = if self.log { kernel::log_softmax } else { kernel::softmax };
        as_outer_r_inner(ins[0], &self.over.dims, |p, outer, r, inner| f(p, outer, r, inner, &mut out));
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let (Some(t), y) = (t.get(0), s.output(0)) else { return Ok(Some(Grads::one(None))) };
        let sum = |x: &Tensor| match self.over.dims[..] {
            [] => Ok(x.clone()),
            _ => sum_dim(x, &self.over.signed(), true),
        };
        let t = if self.log { t - sum(&(exp(y)? * t))? } else { y * (t - sum(&(y * t))?) };
        Ok(Some(Grads::one(Some(t))))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Softmax { log: self.log, over: self.over.behind_batch() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let back = SoftmaxBackward(self.clone());
        Ok(Grads::one(Some(apply1(back, &[(&g[0]).into(), s.output(0).into()])?)))
    }
}

/// The gradient of a softmax from that of its output, g, and the output, y, in one pass: y (g - sum(g y)); for the logarithm
/// g - exp(y) sum(g).
#[derive(Debug)]
struct SoftmaxBackward(Softmax);

impl SoftmaxBackward {
    fn sum(&self, x: &Tensor) -> Result<Tensor> {
        match self.0.over.dims[..] {
            [] => Ok(x.clone()),
            _ => sum_dim(x, &self.0.over.signed(), true),
        }
    }
}

impl Primitive for SoftmaxBackward {
    fn name(&self) -> &'static str {
        if self.0.log { "_log_softmax_backward_data" } else { "_softmax_backward_data" }
    }
    fn node_name(&self) -> &'static str {
        if self.0.log { "LogSoftmaxBackwardDataBackward0" } else { "SoftmaxBackwardDataBackward0" }
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[1].shape, ins[1].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let mut out = outs[0].view_mut();
        let f = if self.0.log { kernel::log_softmax_backward } else { kernel::softmax_backward };
        let dims = &self.0.over.dims;
        as_outer_r_inner(ins[0], dims, |g, outer, r, inner| {
            as_outer_r_inner(ins[1], dims, |y, _, _, _| f(g, y, outer, r, inner, &mut out));
        });
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let (g, y) = (s.input(0), s.input(1));
        let mut out: Option<Tensor> = None;
        let mut add = |t: Tensor| out = Some(out.take().map_or(t.clone(), |before| before + &t));
        if self.0.log {
            let p = exp(y)?;
            if let Some(tg) = t.get(0) {
                add(tg - &p * self.sum(tg)?);
            }
            if let Some(ty) = t.get(1) {
                add(neg(&(ty * p * self.sum(g)?))?);
            }
        } else {
            if let Some(tg) = t.get(0) {
                add(y * (tg - self.sum(&(y * tg))?));
            }
            if let Some(ty) = t.get(1) {
                add(ty * (g - self.sum(&(y * g))?) - y * self.sum(&(ty * g))?);
            }
        }
        Ok(Some(Grads::one(out)))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(SoftmaxBackward(Softmax { log: self.0.log, over: self.0.over.behind_batch() }))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[1]).input(1, &[0, 1])
    }
    fn vjp(&self, h: &Grads, s: &Saved) -> Result<Grads> {
        let (h, y) = (&h[0], s.input(1));
        let (mut dg, mut dy) = (None, None);
        if self.0.log {
            let p = exp(y)?;
            if s.needs(0) {
                dg = Some(h - self.sum(&(h * &p))?);
            }
            if s.needs(1) {
                dy = Some(neg(&(h * p * self.sum(s.input(0))?))?);
            }
        } else {
            if s.needs(0) {
                dg = Some(apply1(SoftmaxBackward(self.0.clone()), &[h.into(), y.into()])?);
            }
            if s.needs(1) {
                let g = s.input(0);
                dy = Some(h * (g - self.sum(&(g * y))?) - g * self.sum(&(h * y))?);
            }
        }
        Ok(Grads::from([dg, dy]))
    }
}

/// `exp(input)` over its sum along `dim`, without overflow.
///
/// # Errors
/// For integers and booleans; if `dim` is out of range.
#[track_caller]
pub fn softmax(input: &Tensor, dim: isize) -> Result<Tensor> {
    apply1(Softmax { log: false, over: Over::dim("softmax", input, dim, true)? }, &[input.into()])
}

/// The logarithm of [`softmax`] along `dim`, accurate where that is small.
///
/// # Errors
/// For integers and booleans; if `dim` is out of range.
#[track_caller]
pub fn log_softmax(input: &Tensor, dim: isize) -> Result<Tensor> {
    apply1(Softmax { log: true, over: Over::dim("log_softmax", input, dim, true)? }, &[input.into()])
}

/// [`softmax`] of `-input`.
///
/// # Errors
/// As [`softmax`].
#[track_caller]
pub fn softmin(input: &Tensor, dim: isize) -> Result<Tensor> {
    softmax(&neg(input)?, dim)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", |a| {
        softmax(&cast(a.tensor(0), a.opt_dtype(2))?, a.dim(1))
    }),
    bind!("log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", |a| {
        log_softmax(&cast(a.tensor(0), a.opt_dtype(2))?, a.dim(1))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let inf = f64::INFINITY;
    let odd = floats(&[-inf, 1.0, 2.0, -inf, -inf, -inf, inf, 0.0, 1.0], &[3, 3]);
    let wide = floats(&[1000.0, 999.0, 998.5, -1000.0, -1001.0, 3.0], &[2, 3]);
    let number = uniform(2, -2.0, 2.0, &[]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    vec![
        Entry::new("softmax.int(Tensor input, int dim) -> Tensor")
            .sample("a.softmax(0)", [a.clone()], |t| softmax(&t[0], 0))
            .sample("a.softmax(1)", [a.clone()], |t| softmax(&t[0], 1))
            .sample("a.softmax(-1)", [a.clone()], |t| softmax(&t[0], -1))
            .sample("a.softmax(0)", [number.clone()], |t| softmax(&t[0], 0))
            .sample("a.softmax(1)", [wide.clone()], |t| softmax(&t[0], 1))
            .kink("a.softmax(1)", [odd.clone()], |t| softmax(&t[0], 1))
            .sample("a.softmax(0)", [none.clone()], |t| softmax(&t[0], 0))
            .sample("a.softmax(1)", [none.clone()], |t| softmax(&t[0], 1))
            .error(
                [ints(2, -9, 9, &[3, 2])],
                |t| softmax(&t[0], 1),
                "\"softmax_lastdim_kernel_impl\" not implemented for 'Long'",
            )
            .error(
                [a.clone()],
                |t| softmax(&t[0], 3),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("log_softmax.int(Tensor input, int dim) -> Tensor")
            .sample("a.log_softmax(0)", [a.clone()], |t| log_softmax(&t[0], 0))
            .sample("a.log_softmax(1)", [a.clone()], |t| log_softmax(&t[0], 1))
            .sample("a.log_softmax(-1)", [a.clone()], |t| log_softmax(&t[0], -1))
            .sample("a.log_softmax(0)", [number], |t| log_softmax(&t[0], 0))
            .sample("a.log_softmax(1)", [wide], |t| log_softmax(&t[0], 1))
            .kink("a.log_softmax(1)", [odd], |t| log_softmax(&t[0], 1))
            .sample("a.log_softmax(1)", [none], |t| log_softmax(&t[0], 1))
            .error(
                [ints(2, -9, 9, &[3, 2])],
                |t| log_softmax(&t[0], 0),
                "\"log_softmax_kernel_impl\" not implemented for 'Long'",
            ),
        Entry::new("softmin(Tensor input, int dim) -> Tensor").sample("F.softmin(a, 1)", [a], |t| softmin(&t[0], 1)),
    ]
}

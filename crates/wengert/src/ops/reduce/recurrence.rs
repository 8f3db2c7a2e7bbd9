//! First-order linear recurrences: what the derivatives of running products and their like are made of.
//!
//! The derivative of a recurrence is one again, in the other direction, so that formulas made of them have derivatives of any
//! order; and they never divide, so that zeros among factors do no harm.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::Result;
use crate::ops::{cat, narrow};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::tensor::Tensor;
use wengert_kernels::Dims;
use wengert_kernels::scan::{self, Along};

/// `s[i] = b[i] + a[i] s[i-1]` along a dimension, with `late` `b[i] + a[i-1] s[i-1]`. Inputs `a`, `b` have one shape and dtype.
#[derive(Debug)]
struct Recurrence {
    along: Along,
    late: bool,
}

impl Primitive for Recurrence {
    fn name(&self) -> &'static str {
        "linear_recurrence"
    }
    fn node_name(&self) -> &'static str {
        "LinearRecurrenceBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[1].shape, ins[1].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (a, b) = (ins[0].contiguous(), ins[1].contiguous());
        scan::recurrence(a.view(), b.view(), self.along, self.late, &mut outs[0].view_mut());
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let own = match t.get(0) {
            None => None,
            Some(ta) if self.late => Some(neighbours(&(ta * s.output(0)), self.along, 0.0)?),
            Some(ta) => Some(ta * neighbours(s.output(0), self.along, 0.0)?),
        };
        let own = match (own, t.get(1)) {
            (Some(own), Some(tb)) => own + tb,
            (Some(own), None) => own,
            (None, Some(tb)) => tb.clone(),
            (None, None) => return Ok(Some(Grads::one(None))),
        };
        Ok(Some(Grads::one(Some(linear_recurrence(s.input(0), &own, self.along, self.late)?))))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let along = Along { dim: self.along.dim + 1, ..self.along };
        batch.call(Recurrence { along, late: self.late })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0, 1]).output(0)
    }

    // With t[i] = g[i] + a[i+1] t[i+1]: the gradient of b[i] is t[i], that of a[i] is t[i] s[i-1].
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let back = Along { reverse: !self.along.reverse, ..self.along };
        let t = linear_recurrence(s.input(0), &g[0], back, !self.late)?;
        let ga = match (s.needs(0), self.late) {
            (false, _) => None,
            (true, false) => Some(&t * neighbours(s.output(0), self.along, 0.0)?),
            (true, true) => Some(neighbours(&t, back, 0.0)? * s.output(0)),
        };
        Ok(Grads::from([ga, Some(t)]))
    }
}

/// See [`Recurrence`].
#[track_caller]
pub(crate) fn linear_recurrence(a: &Tensor, b: &Tensor, along: Along, late: bool) -> Result<Tensor> {
    apply1(Recurrence { along, late }, &[a.into(), b.into()])
}

/// For each element the one before it (with `along.reverse` the one after it), and `first` where there is none.
#[track_caller]
pub(crate) fn neighbours(x: &Tensor, along: Along, first: f64) -> Result<Tensor> {
    let (n, dim) = (x.shape()[along.dim], along.dim as isize);
    if n == 0 {
        return Ok(x.clone());
    }
    let mut shape = Dims::from_slice(x.shape());
    shape[along.dim] = 1;
    let edge = Tensor::full_of(&shape, first, x.dtype());
    if along.reverse {
        cat(&[&narrow(x, dim, 1, n - 1)?, &edge], dim)
    } else {
        cat(&[&edge, &narrow(x, dim, 0, n - 1)?], dim)
    }
}

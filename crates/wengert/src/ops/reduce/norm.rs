//! norm, norm_dim: vector norms.

use super::{Over, cast};
use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::{abs, div, eq, isnan, logical_or, masked_fill, mul, pow, sign, sum_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::reduce::Reduction;

/// The vector norm of an order over dimensions.
#[derive(Debug)]
struct Norm {
    p: f64,
    over: Over,
}

impl Norm {
    /// Orders without a value for no elements refuse them.
    fn refuse_empty(&self, shape: &[usize]) -> Result<()> {
        let p = self.p;
        if shape.iter().product::<usize>() != 0 || (p >= 0.0 && p != f64::INFINITY) {
            return Ok(());
        }
        let (what, why) = match self.over.dims.iter().find(|&&d| shape[d] == 0) {
            _ if self.over.all => ("an empty tensor ".to_string(), ""),
            Some(d) => (format!("the dimension {d}"), "this dimension is empty and "),
            None => return Ok(()),
        };
        Err(Error::runtime(format!(
            "linalg.vector_norm cannot compute the {p} norm on {what}because {why}the operation does not have an identity"
        )))
    }
}

impl Primitive for Norm {
    fn name(&self) -> &'static str {
        "norm"
    }
    fn node_name(&self) -> &'static str {
        "LinalgVectorNormBackward0"
    }
    fn family(&self) -> Family {
        Family::Reduce
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let Meta { shape, dtype, .. } = ins[0];
        if !dtype.is_differentiable() {
            return Err(Error::not_implemented(format!(
                "linalg.vector_norm: Expected a floating point or complex tensor as input. Got {}",
                dtype.scalar_name()
            ))
            .hint("convert it first, for example with to_dtype(DType::F32)"));
        }
        self.refuse_empty(shape)?;
        Ok(one(&self.over.shape(shape), dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.over.reduce(Reduction::Norm(self.p), ins[0], &mut outs[0]);
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        self.over.jvp(self, t, s).map(Some)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Norm { p: self.p, over: self.over.behind_batch() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0]).output(0)
    }

    // d|x|_p / dx = sign(x) (|x| / |x|_p)^(p-1), with PyTorch's choices at kinks: 0 at zeros, shared evenly among the largest.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let p = self.p;
        if p == 0.0 {
            // A count: PyTorch leaves the gradient undefined.
            return Ok(Grads::one(None));
        }
        let x = s.input(0);
        let (g, y) = (self.over.restore(&g[0])?, self.over.restore(s.output(0))?);
        let or_zero = |t: Tensor, of: &Tensor| masked_fill(&t, &eq(of, 0.0)?, 0.0);
        let gx = if p == 1.0 {
            g * sign(x)?
        } else if p == 2.0 {
            g * or_zero(div(x, &y)?, &y)?
        } else if p.is_infinite() {
            let size = abs(x)?;
            let chosen = logical_or(&eq(&size, &y)?, &isnan(&size)?)?;
            let share = div(&g, &sum_dim(&chosen, &self.over.signed(), true)?)?;
            sign(x)? * mul(&share, &chosen)?
        } else if p < 1.0 {
            sign(x)? * or_zero(pow(&abs(x)?, p - 1.0)?, x)? * g * pow(&y, 1.0 - p)?
        } else {
            // Divided by infinity, and not masked afterwards: the derivative of that, too, is zero where the norm is.
            let scale = div(&g, &masked_fill(&pow(&y, p - 1.0)?, &eq(&y, 0.0)?, f64::INFINITY)?)?;
            let power = if p < 2.0 { sign(x)? * pow(&abs(x)?, p - 1.0)? } else { x * pow(&abs(x)?, p - 2.0)? };
            power * scale
        };
        Ok(Grads::one(Some(gx)))
    }
}

/// The Euclidean norm of all elements. Its gradient at zero is zero.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn norm(input: &Tensor) -> Result<Tensor> {
    apply1(Norm { p: 2.0, over: Over::all(input) }, &[input.into()])
}

/// The vector norm of order `p` over `dims` (all of them if empty; negative ones count from the end), which are dropped or,
/// with `keepdim`, become 1: `sum(|x|^p)^(1/p)`; for 0 how many are not zero, for infinity the largest magnitude, for -infinity the
/// smallest. Also PyTorch's `linalg.vector_norm`.
///
/// Its gradient is zero where the norm is zero. Elements that tie for the largest or smallest magnitude share it evenly.
///
/// # Errors
/// For integers and booleans; if a dimension is out of range or given twice; for no elements if `p` is negative or infinite.
#[track_caller]
pub fn norm_dim(input: &Tensor, p: f64, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    let over = Over { all: dims.is_empty(), ..Over::dims("norm", input, dims, keepdim)? };
    apply1(Norm { p, over }, &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "norm(Tensor self, Scalar? p=2, int[1]? dim=None, bool keepdim=False, ScalarType? dtype=None) -> Tensor",
        |a| norm_dim(
            &cast(a.tensor(0), a.opt_dtype(4))?,
            a.opt_scalar(1).map_or(2.0, Scalar::to_f64),
            a.opt_ints(2).unwrap_or(&[]),
            a.bool(3)
        )
    ),
    bind!(
        "linalg::vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
        |a| norm_dim(
            &cast(a.tensor(0), a.opt_dtype(4))?,
            a.scalar(1).to_f64(),
            a.opt_ints(2).unwrap_or(&[]),
            a.bool(3)
        )
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let inf = f64::INFINITY;
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let zeros = floats(&[0.0, 0.0, 0.0, 3.0, 0.0, -4.0], &[2, 3]);
    let ties = floats(&[1.0, -3.0, 3.0, -2.0, 2.0, 2.0], &[2, 3]);
    let odd = floats(&[1.0, f64::NAN, inf, -2.0], &[2, 2]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    let dim = |p: f64| move |t: &[Tensor]| norm_dim(&t[0], p, &[1], false);
    vec![
        Entry::new("norm(Tensor input, Scalar p=2, int[1]? dim=None, bool keepdim=False) -> Tensor")
            .sample("a.norm()", [a.clone()], |t| norm(&t[0]))
            .sample("a.norm(2, 1)", [a.clone()], dim(2.0))
            .sample("a.norm(2, (0, -1), keepdim=True)", [a.clone()], |t| norm_dim(&t[0], 2.0, &[0, -1], true))
            .sample("a.norm(1, 1)", [a.clone()], dim(1.0))
            .sample("a.norm(3)", [a.clone()], |t| norm_dim(&t[0], 3.0, &[], false))
            .sample("a.norm(1.5, 1)", [a.clone()], dim(1.5))
            .sample("a.norm(0.5, 1)", [a.clone()], dim(0.5))
            .sample("a.norm(-1, 1)", [a.clone()], dim(-1.0))
            .sample("a.norm(float('inf'), 1)", [a.clone()], dim(inf))
            .sample("a.norm(float('-inf'), 1)", [a.clone()], dim(-inf))
            .sample("a.norm()", [uniform(2, -2.0, -1.0, &[])], |t| norm(&t[0]))
            .kink("a.norm(0, 1)", [zeros.clone()], dim(0.0))
            .kink("a.norm(1, 1)", [zeros.clone()], dim(1.0))
            .kink("a.norm(2, 1)", [zeros.clone()], dim(2.0))
            .kink("a.norm(3, 1)", [zeros.clone()], dim(3.0))
            .kink("a.norm(1.5, 1)", [zeros.clone()], dim(1.5))
            .kink("a.norm(0.5, 1)", [zeros.clone()], dim(0.5))
            .kink("a.norm(-1, 1)", [zeros.clone()], dim(-1.0))
            .kink("a.norm(float('inf'), 1)", [zeros], dim(inf))
            .kink("a.norm(float('inf'), 1)", [ties.clone()], dim(inf))
            .kink("a.norm(float('-inf'), 1)", [ties], dim(-inf))
            .kink("a.norm(2, 1)", [odd.clone()], dim(2.0))
            .kink("a.norm(float('inf'), 1)", [odd], dim(inf))
            .sample("a.norm(2, 0)", [none.clone()], |t| norm_dim(&t[0], 2.0, &[0], false))
            .sample("a.norm(float('inf'), 1)", [none.clone()], dim(inf))
            .error([ints(2, 0, 9, &[3])], |t| norm(&t[0]), "linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long")
            .error([none.clone()], move |t| norm_dim(&t[0], inf, &[], false), "linalg.vector_norm cannot compute the inf norm on an empty tensor because the operation does not have an identity")
            .error([none], |t| norm_dim(&t[0], -1.0, &[0], false), "linalg.vector_norm cannot compute the -1 norm on the dimension 0because this dimension is empty"),
    ]
}

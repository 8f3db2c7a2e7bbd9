//! max_dim, min_dim: values and indices.

use super::Over;
use super::as_outer_r_inner;
use crate::apply::apply;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;
use crate::ops::{gather, maximum, minimum, scatter, squeeze_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::reduce::extreme_with_index;

/// The first largest or smallest elements along a dimension, and where they are. The gradient goes to the chosen ones.
#[derive(Debug)]
struct ExtremeDim {
    max: bool,
    over: Over,
}

impl Primitive for ExtremeDim {
    fn name(&self) -> &'static str {
        if self.max { "max" } else { "min" }
    }
    fn node_name(&self) -> &'static str {
        if self.max { "MaxBackward0" } else { "MinBackward0" }
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        self.over.refuse_empty(self.name(), ins[0].shape)?;
        let shape = self.over.shape(ins[0].shape);
        Ok(Metas::from_iter([OutMeta::new(&shape, ins[0].dtype), OutMeta::new(&shape, DType::I64)]))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let [values, indices] = outs else { unreachable!("infer gives two") };
        let (mut values, mut indices) = (values.view_mut(), indices.view_mut());
        as_outer_r_inner(ins[0], &self.over.dims, |p, outer, r, inner| {
            extreme_with_index(self.max, p, outer, r, inner, &mut values, &mut indices);
        });
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let Some(t) = t.get(0) else { return Ok(Some(Grads::from([None, None]))) };
        let Some(&dim) = self.over.dims.first() else { return Ok(Some(Grads::from([Some(t.clone()), None]))) };
        let picked = gather(t, dim as isize, &self.over.restore(s.output(1))?)?;
        let picked = if self.over.keepdim { picked } else { squeeze_dim(&picked, dim as isize)? };
        Ok(Some(Grads::from([Some(picked), None])))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(ExtremeDim { max: self.max, over: self.over.behind_batch() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(1).shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let Some(g) = g.get(0) else { return Ok(Grads::one(None)) };
        let Some(&dim) = self.over.dims.first() else { return Ok(Grads::one(Some(g.clone()))) };
        let (g, index) = (self.over.restore(g)?, self.over.restore(s.output(1))?);
        let zeros = Tensor::full_of(s.shape(0), 0, g.dtype());
        Ok(Grads::one(Some(scatter(&zeros, dim as isize, &index, &g)?)))
    }
}

#[track_caller]
fn extreme(max: bool, input: &Tensor, dim: isize, keepdim: bool) -> Result<(Tensor, Tensor)> {
    let over = Over::dim(if max { "max" } else { "min" }, input, dim, keepdim)?;
    let mut outs = apply(ExtremeDim { max, over }, &[input.into()])?.into_iter();
    Ok((outs.next().expect("two outputs"), outs.next().expect("two outputs")))
}

/// The largest elements along `dim` and their indices (`int64`). `dim` is dropped or, with `keepdim`, becomes 1.
///
/// The first of equal elements is chosen and alone gets the gradient; a NaN wins.
///
/// # Errors
/// If `dim` is out of range or has no element to choose from.
#[track_caller]
pub fn max_dim(input: &Tensor, dim: isize, keepdim: bool) -> Result<(Tensor, Tensor)> {
    extreme(true, input, dim, keepdim)
}

/// The smallest elements along `dim` and their indices, as [`max_dim`].
///
/// # Errors
/// As [`max_dim`].
#[track_caller]
pub fn min_dim(input: &Tensor, dim: isize, keepdim: bool) -> Result<(Tensor, Tensor)> {
    extreme(false, input, dim, keepdim)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("max(Tensor self) -> Tensor", |a| super::max(a.tensor(0))),
    bind!("max.other(Tensor self, Tensor other) -> Tensor", |a| maximum(a.tensor(0), a.tensor(1))),
    bind!("max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", |a| max_dim(
        a.tensor(0),
        a.dim(1),
        a.bool(2)
    )),
    bind!("min(Tensor self) -> Tensor", |a| super::min(a.tensor(0))),
    bind!("min.other(Tensor self, Tensor other) -> Tensor", |a| minimum(a.tensor(0), a.tensor(1))),
    bind!("min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", |a| min_dim(
        a.tensor(0),
        a.dim(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let ties = floats(&[1.0, 3.0, 3.0, -2.0, -2.0, 4.0], &[2, 3]);
    let nan = floats(&[1.0, f64::NAN, 3.0, f64::NAN, -2.0, -2.0], &[2, 3]);
    let none = uniform(1, 0.0, 1.0, &[2, 0, 3]);
    vec![
        Entry::new("max.dim(Tensor input, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)")
            .sample("a.max(1)", [a.clone()], |t| max_dim(&t[0], 1, false))
            .sample("a.max(-1, keepdim=True)", [a.clone()], |t| max_dim(&t[0], -1, true))
            .sample("a.max(0)", [uniform(2, -2.0, 2.0, &[])], |t| max_dim(&t[0], 0, false))
            .kink("a.max(1)", [ties.clone()], |t| max_dim(&t[0], 1, false))
            .kink("a.max(1)", [nan.clone()], |t| max_dim(&t[0], 1, false))
            .sample("a.max(0)", [ints(2, -3, 3, &[4, 2])], |t| max_dim(&t[0], 0, false))
            .sample("a.max(0)", [bools(3, &[4, 2])], |t| max_dim(&t[0], 0, false))
            .sample("a.max(2)", [none.clone()], |t| max_dim(&t[0], 2, false))
            .error(
                [none.clone()],
                |t| max_dim(&t[0], 1, false),
                "max(): Expected reduction dim 1 to have non-zero size.",
            )
            .error(
                [a.clone()],
                |t| max_dim(&t[0], 3, false),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("min.dim(Tensor input, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)")
            .sample("a.min(1)", [a.clone()], |t| min_dim(&t[0], 1, false))
            .sample("a.min(0, keepdim=True)", [a], |t| min_dim(&t[0], 0, true))
            .kink("a.min(1)", [ties], |t| min_dim(&t[0], 1, false))
            .kink("a.min(1)", [nan], |t| min_dim(&t[0], 1, false))
            .sample("a.min(0)", [ints(2, -3, 3, &[4, 2])], |t| min_dim(&t[0], 0, false))
            .error([none], |t| min_dim(&t[0], 1, false), "min(): Expected reduction dim 1 to have non-zero size."),
    ]
}

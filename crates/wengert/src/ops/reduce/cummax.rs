//! cummax, cummin.

use crate::apply::apply;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Named, Result};
use crate::ops::{gather, scatter_add, wrap_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::scan;

/// Running maxima or minima and where they are. The gradient goes to the chosen elements.
#[derive(Debug)]
struct Cumulative {
    max: bool,
    dim: usize,
}

impl Primitive for Cumulative {
    fn name(&self) -> &'static str {
        if self.max { "cummax" } else { "cummin" }
    }
    fn node_name(&self) -> &'static str {
        if self.max { "CummaxBackward0" } else { "CumminBackward0" }
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let shape = ins[0].shape;
        Ok(Metas::from_iter([OutMeta::new(shape, ins[0].dtype), OutMeta::new(shape, DType::I64)]))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let [values, indices] = outs else { unreachable!("infer gives two") };
        let kernel = if self.max { scan::cummax } else { scan::cummin };
        kernel(ins[0].view(), self.dim, values.view_mut(), indices.view_mut());
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let Some(t) = t.get(0) else { return Ok(Some(Grads::from([None, None]))) };
        let picked = gather(t, self.dim as isize, s.output(1))?;
        Ok(Some(Grads::from([Some(picked), None])))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call_as_vectors(Cumulative { max: self.max, dim: self.dim + 1 }, 0)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(1).shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let Some(g) = g.get(0) else { return Ok(Grads::one(None)) };
        if s.shape(0).is_empty() {
            return Ok(Grads::one(Some(g.clone())));
        }
        let zeros = Tensor::zeros_like(g);
        Ok(Grads::one(Some(scatter_add(&zeros, self.dim as isize, s.output(1), g)?)))
    }
}

#[track_caller]
fn cumulative(max: bool, input: &Tensor, dim: isize) -> Result<(Tensor, Tensor)> {
    let name = if max { "cummax" } else { "cummin" };
    let dim = wrap_dim(dim, input.ndim()).named(name)?;
    let mut outs = apply(Cumulative { max, dim }, &[input.into()])?.into_iter();
    Ok((outs.next().expect("two outputs"), outs.next().expect("two outputs")))
}

/// Running maxima along `dim` and their indices (`int64`): element `i` is the largest of elements `0..=i`.
///
/// The last of equal elements is chosen and alone gets the gradient; a NaN stays.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn cummax(input: &Tensor, dim: isize) -> Result<(Tensor, Tensor)> {
    cumulative(true, input, dim)
}

/// Running minima along `dim` and their indices, as [`cummax`].
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn cummin(input: &Tensor, dim: isize) -> Result<(Tensor, Tensor)> {
    cumulative(false, input, dim)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)", |a| cummax(a.tensor(0), a.dim(1))),
    bind!("cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)", |a| cummin(a.tensor(0), a.dim(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let ties = floats(&[1.0, 3.0, 3.0, 3.0, -2.0, -2.0], &[2, 3]);
    let nan = floats(&[1.0, f64::NAN, 3.0, f64::NAN, 5.0, 2.0], &[6]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    vec![
        Entry::new("cummax(Tensor input, int dim) -> (Tensor values, Tensor indices)")
            .sample("a.cummax(0)", [a.clone()], |t| cummax(&t[0], 0))
            .sample("a.cummax(1)", [a.clone()], |t| cummax(&t[0], 1))
            .sample("a.cummax(-1)", [a.clone()], |t| cummax(&t[0], -1))
            .sample("a.cummax(0)", [uniform(2, -2.0, 2.0, &[])], |t| cummax(&t[0], 0))
            .kink("a.cummax(1)", [ties.clone()], |t| cummax(&t[0], 1))
            .kink("a.cummax(0)", [nan.clone()], |t| cummax(&t[0], 0))
            .sample("a.cummax(0)", [ints(2, -3, 3, &[4, 2])], |t| cummax(&t[0], 0))
            .sample("a.cummax(0)", [bools(3, &[4, 2])], |t| cummax(&t[0], 0))
            .sample("a.cummax(1)", [none.clone()], |t| cummax(&t[0], 1))
            .error(
                [a.clone()],
                |t| cummax(&t[0], 3),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("cummin(Tensor input, int dim) -> (Tensor values, Tensor indices)")
            .sample("a.cummin(0)", [a.clone()], |t| cummin(&t[0], 0))
            .sample("a.cummin(-1)", [a], |t| cummin(&t[0], -1))
            .kink("a.cummin(1)", [ties], |t| cummin(&t[0], 1))
            .kink("a.cummin(0)", [nan], |t| cummin(&t[0], 0))
            .sample("a.cummin(1)", [ints(2, -3, 3, &[4, 2])], |t| cummin(&t[0], 1))
            .sample("a.cummin(0)", [none], |t| cummin(&t[0], 0)),
    ]
}

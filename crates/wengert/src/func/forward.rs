//! Forward mode: `jvp`, `linearize`.

use super::reverse::recorded;
use super::tree::{Pair, Returns, Tree};
use crate::error::{Error, Result};
use crate::ops;
use crate::tensor::Tensor;
use crate::transforms::level::{self, Kind, LevelId};
use crate::transforms::reverse::Recorded;
use crate::transforms::{Role, dual};

/// The results of `f` and their directional derivatives along `tangents` (`torch.func.jvp`).
///
/// # Errors
/// Those of `f`; if a tangent's shape is not that of its argument.
pub fn jvp<I: Tree, R: Returns>(f: impl FnOnce(&I) -> R, primals: &I, tangents: &I) -> Result<(R::Value, R::Value)> {
    let level = level::enter(Kind::Dual);
    let mut duals = Vec::new();
    for (i, (x, t)) in primals.leaves().into_iter().zip(tangents.leaves()).enumerate() {
        check_tangent(i, &x, &t)?;
        duals.push(dual(level.id, x, Some(t)));
    }
    let out = f(&primals.with_leaves(duals)?).into_result()?;
    let (values, tangents): (Vec<_>, Vec<_>) = out.leaves().iter().map(|out| parts(out, level.id)).unzip();
    drop(level);
    let tangents = values.iter().zip(tangents).map(|(v, t)| t.unwrap_or_else(|| Tensor::zeros_like(v))).collect();
    Ok((out.with_leaves(values)?, out.with_leaves(tangents)?))
}

/// [`jvp`] as a function of primals and tangents.
pub fn jvp_of<I: Tree, R: Returns>(f: impl Fn(&I) -> R) -> impl Fn(&Pair<I>) -> Result<Pair<R::Value>> {
    move |(primals, tangents)| jvp(&f, primals, tangents)
}

/// A value and its tangent at a level.
pub(crate) fn parts(out: &Tensor, level: LevelId) -> (Tensor, Option<Tensor>) {
    match out.wrapper() {
        Some(w) if w.level == level => match w.role {
            Role::Dual(tangent) => (w.inner, tangent),
            _ => (out.clone(), None),
        },
        _ => (out.clone(), None),
    }
}

/// An error unless the tangent fits.
pub(crate) fn check_tangent(i: usize, x: &Tensor, t: &Tensor) -> Result<()> {
    if x.shape() != t.shape() {
        return Err(Error::runtime(format!(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. \
             Tensor is of size {:?} while the given forward gradient is of size {:?}.",
            x.shape(),
            t.shape()
        ))
        .hint(format!("it is tensor number {i}")));
    }
    if x.dtype() != t.dtype() {
        return Err(Error::runtime(format!(
            "Expected tangent to have the same dtype as primal, got {} and {} at index {i}",
            t.dtype(),
            x.dtype()
        )));
    }
    if !x.dtype().is_differentiable() {
        return Err(Error::runtime(format!(
            "jvp(f, primals, tangents): primal {i} is of {}, which has no tangent",
            x.dtype()
        )));
    }
    Ok(())
}

/// Results, and the derivative there.
pub type WithDerivative<I, O> = (O, Linearized<I, O>);

/// The derivative of a function at a point, as a linear function: what [`linearize`] returns.
pub struct Linearized<I, O> {
    record: Recorded,
    inputs: I,
    outputs: O,
}

/// The results of `f`, and its derivative there as a linear function that does not run `f` again (`torch.func.linearize`).
///
/// The transpose of the vector-Jacobian product, recorded once.
///
/// # Errors
/// Those of `f`.
pub fn linearize<I: Tree, R: Returns>(f: impl FnOnce(&I) -> R, inputs: &I) -> Result<WithDerivative<I, R::Value>> {
    let (outputs, back) = recorded(f, inputs, "linearize")?;
    let zeros: Vec<Tensor> = outputs.leaves().iter().map(Tensor::zeros_like).collect();
    let record = Recorded::run(&zeros, |us| {
        let us: Vec<Option<Tensor>> = us.iter().cloned().map(Some).collect();
        let grads = back.pull(&us, true)?;
        Ok(grads.into_iter().zip(inputs.leaves()).map(|(g, x)| g.unwrap_or_else(|| Tensor::zeros_like(&x))).collect())
    })?;
    let record = record.through(&back);
    let value = outputs.with_leaves(outputs.leaves())?;
    Ok((value, Linearized { record, inputs: inputs.with_leaves(inputs.leaves())?, outputs }))
}

impl<I: Tree, O: Tree> Linearized<I, O> {
    /// The directional derivatives of the results along `tangents`.
    ///
    /// # Errors
    /// If a tangent's shape is not that of its argument.
    pub fn call(&self, tangents: &I) -> Result<O> {
        let tangents = tangents.leaves();
        for (i, (x, t)) in self.inputs.leaves().iter().zip(&tangents).enumerate() {
            check_tangent(i, x, t)?;
        }
        let out = self.record.pull(&tangents.into_iter().map(Some).collect::<Vec<_>>(), true)?;
        let like = self.outputs.leaves();
        let out = out.into_iter().zip(&like).map(|(t, v)| match t {
            Some(t) => ops::expand(&t, v.shape()),
            None => Ok(Tensor::zeros_like(v)),
        });
        self.outputs.with_leaves(out.collect::<Result<_>>()?)
    }
}

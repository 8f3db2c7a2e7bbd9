//! Whole Jacobians and Hessians: a product for each element of a basis, all of them in one batch.

use super::forward::jvp;
use super::reverse::{Pullback, grad, recorded, vjp};
use super::tree::{HessianOf, JacobianOf, Returns, Tree};
use super::vmap::for_each;
use crate::error::Result;
use crate::ops;
use crate::tensor::Tensor;
use wengert_kernels::Dims;

/// How many products are computed at a time; the default is all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chunked {
    /// Rows (of [`jacrev`]) or columns (of [`jacfwd`]) at a time.
    pub chunk_size: Option<usize>,
}

/// The Jacobian by reverse mode, row by row (`torch.func.jacrev`): for each result and each argument a tensor of the result's sizes and
/// then the argument's.
pub fn jacrev<I: Tree, R: Returns>(f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<JacobianOf<R::Value, I>> {
    Chunked::default().jacrev(f)
}

/// The Jacobian by forward mode, column by column (`torch.func.jacfwd`). Shapes as in [`jacrev`].
pub fn jacfwd<I: Tree, R: Returns>(f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<JacobianOf<R::Value, I>> {
    Chunked::default().jacfwd(f)
}

/// Second derivatives of a function that returns a scalar, or of each of its results (`torch.func.hessian`): forward mode over reverse
/// mode.
pub fn hessian<I: Tree, R: Returns>(f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<HessianOf<R::Value, I>> {
    jacfwd(jacrev(f))
}

/// The product of the Hessian of a scalar function with a vector, by forward mode over reverse mode; with it the gradient.
///
/// # Errors
/// Those of `f`; if `f` does not return one number; if a vector's shape is not that of its argument.
pub fn hvp<I: Tree, R: Returns<Value = Tensor>>(f: impl Fn(&I) -> R, inputs: &I, vectors: &I) -> Result<(I, I)> {
    jvp(grad(f), inputs, vectors)
}

impl Chunked {
    /// [`jacrev`], so many rows at a time.
    pub fn jacrev<I: Tree, R: Returns>(self, f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<JacobianOf<R::Value, I>> {
        move |inputs| {
            let (outputs, back) = vjp(&f, inputs)?;
            let outs = outputs.leaves();
            let rows = self.rows(&back, &outs)?;
            let ins = inputs.leaves();
            let mut start = 0;
            outputs.try_map(&mut |out| {
                let n = out.numel();
                let blocks = rows.iter().zip(&ins).map(|(all, x)| {
                    let own = ops::narrow(all, 0, start as isize, n)?;
                    let mut shape = Dims::from_slice(out.shape());
                    shape.extend_from_slice(x.shape());
                    ops::reshape(&own, &shape[..])
                });
                let tree = inputs.with_leaves(blocks.collect::<Result<_>>()?);
                start += n;
                tree
            })
        }
    }

    /// For each argument the rows of the Jacobian of all results together.
    fn rows<I: Tree, O: Tree>(self, back: &Pullback<I, O>, outs: &[Tensor]) -> Result<Vec<Tensor>> {
        in_chunks(outs, self.chunk_size, |size, basis| {
            let rows = for_each(size, &basis, |gs| Ok(back.pull(gs)?.into_iter().map(Some).collect()))?;
            Ok(rows.into_iter().flatten().collect())
        })
    }

    /// [`jacfwd`], so many columns at a time.
    pub fn jacfwd<I: Tree, R: Returns>(self, f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<JacobianOf<R::Value, I>> {
        move |inputs| {
            let ins = inputs.leaves();
            let mut structure = None;
            let columns = in_chunks(&ins, self.chunk_size, |size, basis| {
                let columns = for_each(size, &basis, |ts| {
                    let (value, tangents) =
                        jvp(&f, inputs, &inputs.with_leaves(ts.iter().flatten().cloned().collect())?)?;
                    let tangents = tangents.leaves().into_iter().map(Some).collect();
                    structure = Some(value);
                    Ok(tangents)
                })?;
                Ok(columns.into_iter().flatten().collect())
            })?;
            let structure = match structure {
                Some(s) => s,
                // Arguments without elements: one run tells the results.
                None => recorded(&f, inputs, "jacfwd")?.0,
            };
            let mut columns = columns.into_iter();
            structure.try_map(&mut |out| {
                let columns = columns.next().expect("one for each result");
                // The elements of the argument come first: they go behind those of the result.
                let columns = ops::movedim(&columns, &[0], &[-1])?;
                let mut start = 0;
                let blocks = ins.iter().map(|x| {
                    let own = ops::narrow(&columns, -1, start as isize, x.numel())?;
                    start += x.numel();
                    let mut shape = Dims::from_slice(out.shape());
                    shape.extend_from_slice(x.shape());
                    ops::reshape(&own, &shape[..])
                });
                inputs.with_leaves(blocks.collect::<Result<_>>()?)
            })
        }
    }
}

/// Calls `f` with the standard basis of all elements of `tensors` together, so many at a time, and puts its results together.
fn in_chunks(
    tensors: &[Tensor],
    chunk: Option<usize>,
    mut f: impl FnMut(usize, Vec<Option<Tensor>>) -> Result<Vec<Tensor>>,
) -> Result<Vec<Tensor>> {
    let n: usize = tensors.iter().map(Tensor::numel).sum();
    let chunk = chunk.unwrap_or(n).clamp(1, n.max(1));
    let mut parts: Vec<Vec<Tensor>> = Vec::new();
    for start in (0..n.max(1)).step_by(chunk) {
        let size = chunk.min(n - start.min(n));
        parts.push(f(size, basis(tensors, start, size)?)?);
    }
    if parts.len() == 1 {
        return Ok(parts.swap_remove(0));
    }
    (0..parts[0].len()).map(|k| ops::cat(&parts.iter().map(|p| &p[k]).collect::<Vec<_>>(), 0)).collect()
}

/// Rows `start` to `start + size` of the identity over all elements of `tensors`, cut into theirs and with their shapes.
fn basis(tensors: &[Tensor], start: usize, size: usize) -> Result<Vec<Option<Tensor>>> {
    let mut first = 0;
    let mut out = Vec::with_capacity(tensors.len());
    for t in tensors {
        let n = t.numel();
        let rows = Tensor::full_of(&[size, n], 0, t.dtype());
        let (lo, hi) = (start.max(first), (start + size).min(first + n));
        if lo < hi {
            let block = ops::narrow(
                &ops::narrow(&rows, 0, (lo - start) as isize, hi - lo)?,
                1,
                (lo - first) as isize,
                hi - lo,
            )?;
            ops::fill_(&ops::diagonal(&block, 0, 0, 1)?, 1.0)?;
        }
        let mut shape = Dims::from_elem(size, 1);
        shape.extend_from_slice(t.shape());
        out.push(Some(ops::reshape(&rows, &shape[..])?));
        first += n;
    }
    Ok(out)
}

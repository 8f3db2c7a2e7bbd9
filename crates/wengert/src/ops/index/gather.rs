//! gather, take_along_dim.

use super::common::{as_vector, long_index, out_of_range};
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{expand, remainder, reshape, scatter_add, wrap_dim, zeros_without_memory};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::Dims;
use wengert_kernels::index::gather as kernel;

/// For each position of the index, the element of the input at that index of one dimension. Its transpose is `scatter_add`.
#[derive(Debug)]
struct Gather {
    dim: usize,
}

impl Primitive for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }
    fn node_name(&self) -> &'static str {
        "GatherBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~index"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let (input, index) = (as_vector(ins[0].shape), as_vector(ins[1].shape));
        let out = Ok(one(ins[1].shape, ins[0].dtype));
        if index.contains(&0) {
            return out;
        }
        if input.len() != index.len() {
            return Err(Error::runtime("Index tensor must have the same number of dimensions as input tensor"));
        }
        match (0..input.len()).find(|&d| d != self.dim && index[d] > input[d]) {
            Some(d) => Err(Error::runtime(format!(
                "Size does not match at dimension {d} expected index {:?} to be no larger than self {:?} apart from dimension {}",
                ins[1].shape, ins[0].shape, self.dim
            ))),
            None => out,
        }
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        if ins[1].numel() == 0 {
            return Ok(());
        }
        kernel(ins[0].view(), self.dim, ins[1].view(), outs[0].view_mut()).map_err(out_of_range)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call_as_vectors(Gather { dim: self.dim + 1 }, 1)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0).input(1, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let zeros = zeros_without_memory(s.shape(0), g[0].dtype());
        Ok(Grads::from([Some(scatter_add(&zeros, self.dim as isize, s.input(1), &g[0])?), None]))
    }
}

/// Picks elements along `dim`: the result has the shape of `index`, and `out[i, j, k] = input[i, index[i, j, k], k]` for `dim` 1.
///
/// # Errors
/// If `index` is not of integers, has another number of dimensions, is larger than the input in another dimension, or holds an index
/// out of range.
///
/// ```
/// use wengert::{ops, tensor};
/// let x = tensor!([[1, 2, 3], [4, 5, 6]]);
/// assert_eq!(ops::gather(&x, 1, &tensor!([[2], [0]]))?.to_vec::<i64>(), [3, 4]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn gather(input: &Tensor, dim: isize, index: &Tensor) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("gather")?;
    let index =
        long_index(index, |_| Error::runtime("gather(): Expected dtype int32/int64 for index")).named("gather")?;
    apply1(Gather { dim }, &[input.into(), (&index).into()])
}

/// [`gather`] with broadcasting in the other dimensions, for indices as `argsort` and `argmax` give them. An index outside of the
/// dimension is taken modulo its size, as in PyTorch.
///
/// # Errors
/// If `indices` is not `int64` or has another number of dimensions.
#[track_caller]
pub fn take_along_dim(input: &Tensor, indices: &Tensor, dim: isize) -> Result<Tensor> {
    let d = along(input, indices, dim).named("take_along_dim")?;
    let n = input.shape()[d];
    let indices = remainder(indices, n.max(1) as i64)?;
    let mut shape = Dims::new();
    for (e, (&a, &b)) in input.shape().iter().zip(indices.shape()).enumerate() {
        shape.push(if e == d || a == 1 { b } else { a });
    }
    let mut own = shape.clone();
    own[d] = n;
    gather(&expand(input, &own)?, d as isize, &expand(&indices, &shape)?)
}

/// The elements with these numbers in row-major order, in one dimension (`take_along_dim` without a dimension).
///
/// # Errors
/// If `indices` is not of integers, or holds a number out of range.
#[track_caller]
pub fn take_along_all(input: &Tensor, indices: &Tensor) -> Result<Tensor> {
    let wrong = |d: DType| {
        Error::runtime(format!("torch.take_along_dim(): dtype of indices should be Long but got {}", d.scalar_name()))
    };
    let indices = long_index(indices, wrong).named("take_along_dim")?;
    gather(&reshape(input, &[-1])?, 0, &reshape(&indices, &[-1])?)
}

fn along(input: &Tensor, indices: &Tensor, dim: isize) -> Result<usize> {
    if indices.dtype() != DType::I64 {
        return Err(Error::runtime(format!(
            "torch.take_along_dim(): dtype of indices should be Long but got {}",
            indices.dtype().scalar_name()
        )));
    }
    if input.ndim() != indices.ndim() {
        return Err(Error::runtime(format!(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got {} dimensions for input, and {} dimensions for indices",
            input.ndim(),
            indices.ndim()
        )));
    }
    wrap_dim(dim, input.ndim())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor", |a| {
        gather(a.tensor(0), a.dim(1), a.tensor(2))
    }),
    bind!("take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor", |a| match a.opt_dim(2) {
        Some(dim) => take_along_dim(a.tensor(0), a.tensor(1), dim),
        None => take_along_all(a.tensor(0), a.tensor(1)),
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, i) = (uniform(1, -2.0, 2.0, &[3, 4]), ints(2, 0, 3, &[2, 4]));
    let (j, s) = (ints(3, 0, 4, &[3, 6]), uniform(4, -2.0, 2.0, &[]));
    let big = Tensor::from_slice(&[5i64], &[1, 1]);
    let pair = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    vec![
        Entry::new("gather(Tensor input, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor")
            .sample("a.gather(0, b)", pair(&a, &i), |t| gather(&t[0], 0, &t[1]))
            .sample("a.gather(-1, b)", pair(&a, &j), |t| gather(&t[0], -1, &t[1]))
            .sample("a.gather(0, b.int())", pair(&ints(5, -9, 9, &[3, 4]), &i), |t| {
                gather(&t[0], 0, &crate::ops::to_dtype(&t[1], DType::I32)?)
            })
            .sample("a.t().gather(1, b[:, :3].t())", pair(&a, &i), |x| {
                let index = crate::ops::narrow(&x[1], 1, 0, 3)?;
                gather(&crate::ops::t(&x[0])?, 1, &crate::ops::t(&index)?)
            })
            .sample("a.gather(0, b)", pair(&s, &ints(0, 0, 1, &[2])), |t| gather(&t[0], 0, &t[1]))
            .sample("a.gather(0, b)", pair(&a, &ints(0, 0, 1, &[0])), |t| gather(&t[0], 0, &t[1]))
            .error(pair(&a, &big), |t| gather(&t[0], 1, &t[1]), "index 5 is out of bounds for dimension 1 with size 4")
            .error(pair(&a, &ints(0, -1, 0, &[1, 1])), |t| gather(&t[0], 1, &t[1]), "index -1 is out of bounds for dimension 1 with size 4")
            .error(pair(&a, &ints(0, 0, 1, &[2])), |t| gather(&t[0], 1, &t[1]), "Index tensor must have the same number of dimensions as input tensor")
            .error(
                pair(&a, &ints(0, 0, 1, &[1, 5])),
                |t| gather(&t[0], 0, &t[1]),
                "Size does not match at dimension 1 expected index [1, 5] to be no larger than self [3, 4] apart from dimension 0",
            )
            .error(pair(&a, &floats(&[0.0], &[1, 1])), |t| gather(&t[0], 0, &t[1]), "gather(): Expected dtype int32/int64 for index"),
        Entry::new("take_along_dim(Tensor input, Tensor indices, int dim) -> Tensor")
            .sample("a.take_along_dim(b, 0)", pair(&a, &ints(6, -3, 3, &[2, 1])), |t| take_along_dim(&t[0], &t[1], 0))
            .sample("a.take_along_dim(b, -1)", pair(&uniform(7, -2.0, 2.0, &[1, 4]), &j), |t| take_along_dim(&t[0], &t[1], -1))
            .error(
                pair(&a, &ints(0, 0, 1, &[2])),
                |t| take_along_dim(&t[0], &t[1], 0),
                "input and indices should have the same number of dimensions, but got 2 dimensions for input, and 1 dimensions for indices",
            ),
        Entry::new("take_along_all(Tensor input, Tensor indices) -> Tensor")
            .sample("a.take_along_dim(b)", pair(&a, &ints(8, 0, 12, &[2, 4])), |t| take_along_all(&t[0], &t[1])),
    ]
}

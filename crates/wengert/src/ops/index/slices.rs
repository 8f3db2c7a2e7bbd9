//! index_select, index_add.

use super::common::from_rows;
use super::common::{apart, long_index, out_of_range, scaled, start_from};
use super::common::{row_numbers, rows};
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{flatten, movedim, reshape, squeeze_dim, unflatten, wrap_dim, zeros_without_memory};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::Dims;
use wengert_kernels::index::{Combine, index_combine, index_select as kernel};

/// Slices of one dimension, in any order and number. Its transpose is `index_add`.
#[derive(Debug)]
struct IndexSelect {
    dim: usize,
}

impl Primitive for IndexSelect {
    fn name(&self) -> &'static str {
        "index_select"
    }
    fn node_name(&self) -> &'static str {
        "IndexSelectBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~index"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let n = ins[1].shape[0];
        let mut shape = Dims::from_slice(ins[0].shape);
        match shape.get_mut(self.dim) {
            Some(size) => *size = n,
            None if n != 1 => {
                return Err(Error::runtime(format!(
                    "index_select(): Index to scalar can have only 1 value, got {n} value(s)"
                )));
            }
            None => {}
        }
        Ok(one(&shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        kernel(ins[0].view(), self.dim, ins[1].view(), outs[0].view_mut())
            .map_err(|e| Error::index("index out of range in self").hint(e.to_string()))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if !batch.is_batched(1) && batch.rank(0) > 0 {
            let op = IndexSelect { dim: self.dim + 1 };
            return Batch::one(apply1(op, &[(&batch.front(0)?).into(), batch.operand(1)])?);
        }
        let input = rows(batch, 0, self.dim)?;
        let index = row_numbers(batch, 1, input.shape()[1])?;
        let out = index_select(&flatten(&input, 0, 1)?, 0, &flatten(&index, 0, 1)?)?;
        let out = unflatten(&out, 0, &[batch.size() as isize, -1])?;
        let vector = batch.rank(0) == 0;
        Batch::one(if vector { squeeze_dim(&out, 1)? } else { movedim(&out, &[1], &[self.dim as isize + 1])? })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0).input(1, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let zeros = zeros_without_memory(s.shape(0), g[0].dtype());
        Ok(Grads::from([Some(index_add(&zeros, self.dim as isize, s.input(1), &g[0], 1)?), None]))
    }
}

/// A vector of indices: a number counts as one.
#[track_caller]
pub(super) fn vector(index: &Tensor) -> Result<Tensor> {
    if index.ndim() == 0 { reshape(index, &[1usize]) } else { Ok(index.clone()) }
}

/// The slices `index` of dimension `dim`, in that order.
///
/// # Errors
/// If `index` is not a vector of integers, or holds one out of range; negative ones are.
///
/// ```
/// use wengert::{ops, tensor};
/// let x = tensor!([[1, 2], [3, 4], [5, 6]]);
/// assert_eq!(ops::index_select(&x, 0, &tensor!([2, 0, 2]))?.to_vec::<i64>(), [5, 6, 1, 2, 5, 6]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn index_select(input: &Tensor, dim: isize, index: &Tensor) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("index_select")?;
    if index.ndim() > 1 {
        return Err(Error::index("index_select(): Index is supposed to be a vector")).named("index_select");
    }
    let wrong = |_| Error::runtime("index_select(): Expected dtype int32 or int64 for index");
    let index = vector(&long_index(index, wrong).named("index_select")?)?;
    apply1(IndexSelect { dim }, &[input.into(), (&index).into()])
}

/// Adds slices of a source to the input's at the indices of one dimension.
#[derive(Debug)]
struct IndexAdd {
    dim: usize,
    alpha: Scalar,
}

impl Primitive for IndexAdd {
    fn name(&self) -> &'static str {
        "index_add"
    }
    fn node_name(&self) -> &'static str {
        "IndexAddBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~index source"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let (input, source, n) = (ins[0].shape, ins[2].shape, ins[1].shape[0]);
        let same = input.len() == source.len() && (0..input.len()).all(|d| d == self.dim || input[d] == source[d]);
        if !same {
            return Err(Error::runtime(format!(
                "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = {input:?} source.shape = {source:?}"
            )));
        }
        let size = source.get(self.dim).copied().unwrap_or(1);
        if size != n {
            return Err(Error::runtime(format!(
                "index_add_(): Number of indices ({n}) should be equal to source.size(dim): ({size}), for dim: {}",
                self.dim
            )));
        }
        if ins[0].dtype != ins[2].dtype {
            return Err(Error::runtime(format!(
                "index_add_(): self ({}) and source ({}) must have the same scalar type",
                ins[0].dtype.scalar_name(),
                ins[2].dtype.scalar_name()
            )));
        }
        Ok(one(input, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (index, source) = (apart(ins[1], &outs[0]), apart(ins[2], &outs[0]));
        let source = if self.alpha.to_f64() == 1.0 { source } else { scaled(&source, self.alpha) };
        start_from(ins[0], &mut outs[0]);
        index_combine(outs[0].view_mut(), self.dim, index.view(), source.view(), Combine::Add).map_err(out_of_range)
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let (input, source) = (rows(batch, 0, self.dim)?, rows(batch, 2, self.dim)?);
        let index = row_numbers(batch, 1, input.shape()[1])?;
        let flat = |t: &Tensor| flatten(t, 0, 1);
        let out = index_add(&flat(&input)?, 0, &flat(&index)?, &flat(&source)?, self.alpha)?;
        Batch::one(from_rows(batch, 0, self.dim, &reshape(&out, input.shape())?)?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(1, &[2])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let source = if s.needs(2) {
            let picked = index_select(&g[0], self.dim as isize, s.input(1))?;
            Some(if self.alpha.to_f64() == 1.0 { picked } else { &picked * self.alpha })
        } else {
            None
        };
        Ok(Grads::from([s.when(0, || g[0].clone()), None, source]))
    }
}

fn add_of(input: &Tensor, dim: isize, index: &Tensor, alpha: Scalar) -> Result<(IndexAdd, Tensor)> {
    let dim = wrap_dim(dim, input.ndim())?;
    if alpha.is_float() && !input.dtype().is_differentiable() {
        return Err(Error::runtime("For integral input tensors, argument alpha must not be a floating point number."));
    }
    if index.ndim() > 1 {
        return Err(Error::index(format!(
            "index_add_(): Index is supposed to be a vector, but got dim: {} with type: {} and size: {:?}",
            index.ndim(),
            index.dtype().scalar_name(),
            index.shape()
        )));
    }
    let wrong = |d: DType| {
        Error::runtime(format!("index_add_(): Expected dtype int32/int64 for index but got: {}", d.scalar_name()))
    };
    Ok((IndexAdd { dim, alpha }, vector(&long_index(index, wrong)?)?))
}

/// A copy of `input` with `alpha` times the slices of `source` added to its slices `index` of dimension `dim`. Several at one place
/// add up, in their order.
///
/// # Errors
/// If `index` is not a vector of integers, or holds one out of range; if shapes or dtypes do not fit.
#[track_caller]
pub fn index_add(
    input: &Tensor,
    dim: isize,
    index: &Tensor,
    source: &Tensor,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    let (op, index) = add_of(input, dim, index, alpha.into()).named("index_add")?;
    apply1(op, &[input.into(), (&index).into(), source.into()])
}

/// [`index_add`] into `input`.
///
/// # Errors
/// Those of [`index_add`] and of in-place writes in general.
#[track_caller]
pub fn index_add_(
    input: &Tensor,
    dim: isize,
    index: &Tensor,
    source: &Tensor,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    let (op, index) = add_of(input, dim, index, alpha.into()).named("index_add_")?;
    apply_in_place(op, "index_add_", input, &[(&index).into(), source.into()])?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("index_select(Tensor self, int dim, Tensor index) -> Tensor", |a| index_select(
        a.tensor(0),
        a.dim(1),
        a.tensor(2)
    )),
    bind!("index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor", |a| {
        index_add(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.scalar(4))
    }),
    bind!(
        "Tensor::index_add_(Tensor(a!) self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor(a!)",
        |a| { index_add_(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.scalar(4)) }
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, i) = (uniform(1, -2.0, 2.0, &[3, 4]), Tensor::from_slice(&[2i64, 0, 2], &[3]));
    let (whole, s) = (ints(2, -9, 9, &[3, 4]), uniform(3, -2.0, 2.0, &[]));
    let (b, c) = (uniform(4, -2.0, 2.0, &[3, 4]), uniform(5, -2.0, 2.0, &[3, 3]));
    let far = Tensor::from_slice(&[0i64, 7], &[2]);
    let two = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let three = |x: &Tensor, y: &Tensor, z: &Tensor| [x.clone(), y.clone(), z.clone()];
    vec![
        Entry::new("index_select(Tensor input, int dim, Tensor index) -> Tensor")
            .sample("a.index_select(0, b)", two(&a, &i), |t| index_select(&t[0], 0, &t[1]))
            .sample("a.index_select(-1, b)", two(&a, &i), |t| index_select(&t[0], -1, &t[1]))
            .sample("a.t().index_select(0, b.int())", two(&whole, &i), |x| {
                index_select(&crate::ops::t(&x[0])?, 0, &crate::ops::to_dtype(&x[1], DType::I32)?)
            })
            .sample("a.index_select(1, b[1])", two(&a, &i), |t| index_select(&t[0], 1, &crate::ops::select(&t[1], 0, 1)?))
            .sample("a.index_select(0, b)", two(&s, &ints(0, 0, 1, &[1])), |t| index_select(&t[0], 0, &t[1]))
            .sample("a.index_select(0, b)", two(&a, &ints(0, 0, 1, &[0])), |t| index_select(&t[0], 0, &t[1]))
            .error(two(&a, &far), |t| index_select(&t[0], 0, &t[1]), "index out of range in self")
            .error(two(&a, &ints(0, 0, 1, &[1, 1])), |t| index_select(&t[0], 0, &t[1]), "index_select(): Index is supposed to be a vector")
            .error(two(&a, &a), |t| index_select(&t[0], 0, &crate::ops::select(&t[1], 0, 0)?), "index_select(): Expected dtype int32 or int64 for index")
            .error(two(&s, &ints(0, 0, 1, &[2])), |t| index_select(&t[0], 0, &t[1]), "index_select(): Index to scalar can have only 1 value, got 2 value(s)"),
        Entry::new("index_add(Tensor input, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor")
            .sample("a.index_add(0, b, c)", three(&a, &i, &b), |t| index_add(&t[0], 0, &t[1], &t[2], 1))
            .sample("a.index_add(1, b, c, alpha=-0.5)", three(&a, &i, &c), |t| index_add(&t[0], 1, &t[1], &t[2], -0.5))
            .sample("a.index_add(0, b, a, alpha=3)", two(&whole, &i), |t| index_add(&t[0], 0, &t[1], &t[0], 3))
            .sample("a.index_add(0, b, a)", two(&s, &ints(0, 0, 1, &[])), |t| index_add(&t[0], 0, &t[1], &t[0], 1))
            .error(three(&a, &far, &b), |t| index_add(&t[0], 0, &t[1], &crate::ops::narrow(&t[2], 0, 0, 2)?, 1), "index 7 is out of bounds for dimension 0 with size 3")
            .error(three(&a, &far, &b), |t| index_add(&t[0], 0, &t[1], &t[2], 1), "index_add_(): Number of indices (2) should be equal to source.size(dim): (3), for dim: 0")
            .error(three(&a, &i, &c), |t| index_add(&t[0], 0, &t[1], &t[2], 1), "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = [3, 4] source.shape = [3, 3]")
            .error(three(&a, &i, &whole), |t| index_add(&t[0], 0, &t[1], &t[2], 1), "index_add_(): self (Double) and source (Long) must have the same scalar type"),
    ]
}

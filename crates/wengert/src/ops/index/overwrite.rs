//! index_copy, index_fill.

use super::common::{apart, as_vector, start_from, tensor_dtype};
use super::common::{from_rows, row_numbers, row_numbers_of, rows};
use super::slices::vector;
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{add, expand, flatten, index_select, lt, reshape, sum, to_dtype, where_self, wrap_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use crate::transforms::aligned;
use smallvec::SmallVec;
use wengert_kernels::index::{Combine, index_combine, index_put};
use wengert_kernels::{Dims, Layout, View};

/// Writes slices of a source over the input's at the indices of one dimension.
#[derive(Debug)]
struct IndexCopy {
    dim: usize,
}

impl Primitive for IndexCopy {
    fn name(&self) -> &'static str {
        "index_copy"
    }
    fn node_name(&self) -> &'static str {
        "IndexCopyBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~index source"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let (input, source, n) = (ins[0].shape, ins[2].shape, ins[1].shape[0]);
        if !source.is_empty() && !input.is_empty() && source.len() != input.len() {
            return Err(Error::index(format!(
                "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source dimensionality ({}), destination dimensionality ({})",
                source.len(),
                input.len()
            )));
        }
        let slice = |s: &[usize]| -> Dims { (0..s.len()).filter(|&d| d != self.dim).map(|d| s[d]).collect() };
        let (to, from) = (slice(input), slice(source));
        if to != from {
            let text = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
            return Err(Error::runtime(format!(
                "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: {} at dimension {} and source slice shape: {} at dimension {}.",
                text(&to),
                self.dim,
                text(&from),
                if source.is_empty() { 0 } else { self.dim }
            )));
        }
        let size = source.get(self.dim).copied().unwrap_or(1);
        if size != n {
            return Err(Error::index(format!(
                "index_copy_(): Number of indices ({n}) should be equal to source.size(dim) ({size})"
            )));
        }
        if ins[0].dtype != ins[2].dtype {
            return Err(Error::runtime(format!(
                "index_copy_(): self and source expected to have the same dtype, but got (self) {} and (source) {}",
                ins[0].dtype.scalar_name(),
                ins[2].dtype.scalar_name()
            )));
        }
        Ok(one(input, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (index, source) = (apart(ins[1], &outs[0]), apart(ins[2], &outs[0]));
        start_from(ins[0], &mut outs[0]);
        index_combine(outs[0].view_mut(), self.dim, index.view(), source.view(), Combine::Set)
            .map_err(|e| Error::index(format!("index_copy_(): {e}")))
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let (input, source) = (rows(batch, 0, self.dim)?, rows(batch, 2, self.dim)?);
        let index = row_numbers(batch, 1, input.shape()[1])?;
        let flat = |t: &Tensor| flatten(t, 0, 1);
        let out = index_copy(&flat(&input)?, 0, &flat(&index)?, &flat(&source)?)?;
        Batch::one(from_rows(batch, 0, self.dim, &reshape(&out, input.shape())?)?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(1, &[0, 2])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let dim = self.dim as isize;
        let input = if s.needs(0) { Some(index_fill(&g[0], dim, s.input(1), 0)?) } else { None };
        let source = if s.needs(2) { Some(index_select(&g[0], dim, s.input(1))?) } else { None };
        Ok(Grads::from([input, None, source]))
    }
}

fn copy_of(input: &Tensor, dim: isize, index: &Tensor) -> Result<(IndexCopy, Tensor)> {
    let dim = wrap_dim(dim, input.ndim())?;
    if index.ndim() > 1 {
        return Err(Error::index(format!("index_copy_(): Index should have dimension 1 or 0 (got {})", index.ndim())));
    }
    if index.dtype() != DType::I64 {
        return Err(Error::runtime(format!(
            "index_copy_(): Expected a long tensor for index, but got {}",
            index.dtype().scalar_name()
        )));
    }
    Ok((IndexCopy { dim }, vector(index)?))
}

/// A copy of `input` with the slices of `source` in place of its slices `index` of dimension `dim`. Of several at one place the last
/// counts; gradients are right only if there are none.
///
/// # Errors
/// If `index` is not a vector of `int64`, or holds one out of range; if shapes or dtypes do not fit.
#[track_caller]
pub fn index_copy(input: &Tensor, dim: isize, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    let (op, index) = copy_of(input, dim, index).named("index_copy")?;
    apply1(op, &[input.into(), (&index).into(), source.into()])
}

/// [`index_copy`] into `input`.
///
/// # Errors
/// Those of [`index_copy`] and of in-place writes in general.
#[track_caller]
pub fn index_copy_(input: &Tensor, dim: isize, index: &Tensor, source: &Tensor) -> Result<Tensor> {
    let (op, index) = copy_of(input, dim, index).named("index_copy_")?;
    apply_in_place(op, "index_copy_", input, &[(&index).into(), source.into()])?;
    Ok(input.clone())
}

/// Writes one number over the input's slices at the indices of one dimension.
#[derive(Debug)]
struct IndexFill {
    dim: usize,
    /// The number is a tensor.
    tensor: bool,
}

impl Primitive for IndexFill {
    fn name(&self) -> &'static str {
        "index_fill"
    }
    fn node_name(&self) -> &'static str {
        if self.tensor { "IndexFillBackward1" } else { "IndexFillBackward0" }
    }
    fn arguments(&self) -> &'static str {
        "self ~index ~value"
    }
    fn family(&self) -> Family {
        if self.tensor { Family::Linear } else { Family::Other }
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        if !ins[2].shape.is_empty() {
            return Err(Error::runtime(format!(
                "index_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s).",
                ins[2].shape.len()
            )));
        }
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let index = apart(ins[1], &outs[0]);
        let value = ins[2].copy_as(outs[0].dtype());
        start_from(ins[0], &mut outs[0]);
        // A number is filled as a vector of one element.
        let mut shape = Dims::from_slice(as_vector(ins[0].shape()));
        let mut target = if ins[0].shape().is_empty() {
            outs[0].with_layout(Layout { offset: outs[0].layout().offset, ..Layout::contiguous(&[1]) })
        } else {
            outs[0].clone()
        };
        shape[self.dim] = index.numel();
        let values = value.with_layout(value.layout().expand(&shape).expect("a number broadcasts to any shape"));
        let indices: SmallVec<[Option<View>; 4]> =
            (0..shape.len()).map(|d| (d == self.dim).then(|| index.view())).collect();
        index_put(target.view_mut(), &indices, self.dim, values.view(), Combine::Set)
            .map_err(|e| Error::index(e.to_string()))
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        if self.tensor {
            return Ok(None);
        }
        let t = t.get(0).map(|t| index_fill(t, self.dim as isize, s.input(1), 0)).transpose()?;
        Ok(Some(Grads::one(t)))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let input = rows(batch, 0, self.dim)?;
        let (index, n) = (batch.front_with_rank(1, 1)?, input.shape()[1]);
        // Negative ones count from the end.
        let index = row_numbers_of(&where_self(&lt(&index, 0)?, &add(&index, n as i64)?, &index)?, n)?;
        let flat = |t: &Tensor| flatten(t, 0, 1);
        let op = IndexFill { dim: 0, tensor: self.tensor };
        let out = if batch.is_batched(2) {
            // A number of its own for each example: it fills a source.
            let mut shape = Dims::from_slice(&[batch.size(), index.shape()[1]]);
            shape.extend_from_slice(&input.shape()[2..]);
            let value = to_dtype(&aligned(batch.value(2), shape.len() - 1)?, input.dtype())?;
            index_copy(&flat(&input)?, 0, &flat(&index)?, &flat(&expand(&value, &shape[..])?)?)?
        } else {
            apply1(op, &[(&flat(&input)?).into(), (&flat(&index)?).into(), batch.operand(2)])?
        };
        Batch::one(from_rows(batch, 0, self.dim, &reshape(&out, input.shape())?)?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(1, &[0, 2])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let dim = self.dim as isize;
        let input = if s.needs(0) { Some(index_fill(&g[0], dim, s.input(1), 0)?) } else { None };
        let value = if s.needs(2) { Some(sum(&index_select(&g[0], dim, s.input(1))?)?) } else { None };
        Ok(Grads::from([input, None, value]))
    }
}

fn fill_of(input: &Tensor, dim: isize, index: &Tensor, value: Operand) -> Result<(IndexFill, Tensor)> {
    let dim = wrap_dim(dim, input.ndim())?;
    if index.dtype() != DType::I64 {
        return Err(Error::index("index_fill_(): Expected dtype int64 for index."));
    }
    if index.ndim() > 1 {
        return Err(Error::runtime("Index has to be a vector/scalar"));
    }
    Ok((IndexFill { dim, tensor: tensor_dtype(value).is_some() }, vector(index)?))
}

/// A copy of `input` with one number in all elements of its slices `index` of dimension `dim`. Negative indices count from the end.
///
/// # Errors
/// If `index` is not a vector of `int64`, or holds one out of range; if `value` is a tensor with dimensions.
#[track_caller]
pub fn index_fill<'a>(input: &Tensor, dim: isize, index: &Tensor, value: impl Into<Operand<'a>>) -> Result<Tensor> {
    let value = value.into();
    let (op, index) = fill_of(input, dim, index, value).named("index_fill")?;
    apply1(op, &[input.into(), (&index).into(), value])
}

/// [`index_fill`] into `input`.
///
/// # Errors
/// Those of [`index_fill`] and of in-place writes in general.
#[track_caller]
pub fn index_fill_<'a>(input: &Tensor, dim: isize, index: &Tensor, value: impl Into<Operand<'a>>) -> Result<Tensor> {
    let value = value.into();
    let (op, index) = fill_of(input, dim, index, value).named("index_fill_")?;
    apply_in_place(op, "index_fill_", input, &[(&index).into(), value])?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor", |a| {
        index_copy(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3))
    }),
    bind!("Tensor::index_copy_(Tensor(a!) self, int dim, Tensor index, Tensor source) -> Tensor(a!)", |a| {
        index_copy_(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3))
    }),
    bind!("index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor", |a| {
        index_fill(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
    bind!("index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor", |a| {
        index_fill(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
    bind!("Tensor::index_fill_.int_Tensor(Tensor(a!) self, int dim, Tensor index, Tensor value) -> Tensor(a!)", |a| {
        index_fill_(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
    bind!("Tensor::index_fill_.int_Scalar(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)", |a| {
        index_fill_(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, i) = (uniform(1, -2.0, 2.0, &[3, 4]), Tensor::from_slice(&[2i64, 0], &[2]));
    let (whole, s) = (ints(2, -9, 9, &[3, 4]), uniform(3, -2.0, 2.0, &[]));
    let (b, c) = (uniform(4, -2.0, 2.0, &[2, 4]), uniform(5, -2.0, 2.0, &[3, 2]));
    let far = Tensor::from_slice(&[0i64, 7], &[2]);
    let two = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let three = |x: &Tensor, y: &Tensor, z: &Tensor| [x.clone(), y.clone(), z.clone()];
    vec![
        Entry::new("index_copy(Tensor input, int dim, Tensor index, Tensor source) -> Tensor")
            .sample("a.index_copy(0, b, c)", three(&a, &i, &b), |t| index_copy(&t[0], 0, &t[1], &t[2]))
            .sample("a.index_copy(-1, b, c)", three(&a, &i, &c), |t| index_copy(&t[0], -1, &t[1], &t[2]))
            .sample("a.index_copy(0, b, a[:2] * 2)", two(&whole, &i), |t| {
                index_copy(&t[0], 0, &t[1], &(crate::ops::narrow(&t[0], 0, 0, 2)? * 2))
            })
            .error(three(&a, &far, &b), |t| index_copy(&t[0], 0, &t[1], &t[2]), "index_copy_(): index 7 is out of bounds for dimension 0 with size 3")
            .error(three(&a, &i, &c), |t| index_copy(&t[0], 0, &t[1], &t[2]), "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: 4 at dimension 0 and source slice shape: 2 at dimension 0.")
            .error(three(&a, &i, &a), |t| index_copy(&t[0], 0, &t[1], &t[2]), "index_copy_(): Number of indices (2) should be equal to source.size(dim) (3)"),
        Entry::new("index_fill(Tensor input, int dim, Tensor index, Scalar value) -> Tensor")
            .sample("a.index_fill(0, b, 2.5)", two(&a, &i), |t| index_fill(&t[0], 0, &t[1], 2.5))
            .sample("a.index_fill(1, b - 4, 1.5)", two(&whole, &i), |t| index_fill(&t[0], 1, &(&t[1] - 4), 1.5))
            .sample("a.index_fill(0, b[1], -1)", two(&s, &i), |t| index_fill(&t[0], 0, &crate::ops::select(&t[1], 0, 1)?, -1))
            .skip(crate::testing::Check::NotSmall, "the only element is overwritten")
            .error(two(&a, &far), |t| index_fill(&t[0], 0, &t[1], 1), "index 7 is out of bounds for dimension 0 with size 3")
            .error(two(&a, &ints(0, 0, 1, &[1, 1])), |t| index_fill(&t[0], 0, &t[1], 1), "Index has to be a vector/scalar"),
        Entry::new("index_fill.int_Tensor(Tensor input, int dim, Tensor index, Tensor value) -> Tensor")
            .sample("a.index_fill(0, b, c)", three(&a, &i, &s), |t| index_fill(&t[0], 0, &t[1], &t[2]))
            .error(three(&a, &i, &b), |t| index_fill(&t[0], 0, &t[1], &t[2]), "index_fill_ only supports a 0-dimensional value tensor, but got tensor with 2 dimension(s)."),
    ]
}

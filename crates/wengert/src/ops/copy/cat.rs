//! cat, stack, hstack, vstack, dstack, column_stack.

use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::result_type;
use crate::error::{Error, Named, Result};
use crate::ops::{atleast_1d, atleast_2d, atleast_3d, narrow, narrowed, reshape, select, to_dtype, wrap_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::{Dims, tile};

/// The inputs one after the other along a dimension.
#[derive(Debug)]
struct Cat {
    dim: usize,
    /// Size of each input in that dimension; `None` for empty vectors, which are skipped whatever the shape of the others.
    sizes: SmallVec<[Option<usize>; 4]>,
}

impl Primitive for Cat {
    fn name(&self) -> &'static str {
        "cat"
    }
    fn node_name(&self) -> &'static str {
        "CatBackward0"
    }
    fn arguments(&self) -> &'static str {
        "tensors*"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let first = self.sizes.iter().position(Option::is_some).unwrap_or(0);
        let mut shape = Dims::from_slice(ins[first].shape);
        for (i, m) in ins.iter().enumerate().filter(|(i, _)| self.sizes[*i].is_some()) {
            if m.shape.len() != shape.len() {
                return Err(Error::runtime(format!(
                    "Tensors must have same number of dimensions: got {} and {}",
                    shape.len(),
                    m.shape.len()
                )));
            }
            if let Some(d) = (0..shape.len()).find(|&d| d != self.dim && m.shape[d] != shape[d]) {
                return Err(Error::runtime(format!(
                    "Sizes of tensors must match except in dimension {}. Expected size {} but got size {} for tensor number {i} in the list.",
                    self.dim, shape[d], m.shape[d]
                )));
            }
        }
        shape[self.dim] = self.sizes.iter().flatten().sum();
        Ok(one(&shape, result_type(ins)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let mut start = 0;
        for (a, size) in ins.iter().zip(&self.sizes) {
            if let Some(n) = *size {
                let piece = narrowed(outs[0].layout(), self.dim, start, n);
                tile::copy(a.view(), &mut outs[0].with_layout(piece).view_mut());
                start += n;
            }
        }
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        // Empty vectors are skipped whatever the shape of the others; with a batch they would be matrices.
        if self.sizes.iter().any(Option::is_none) {
            let kept: Vec<Tensor> =
                (0..batch.len()).filter(|&i| self.sizes[i].is_some()).map(|i| batch.front(i)).collect::<Result<_>>()?;
            return match &kept[..] {
                [] => Batch::one(batch.front(0)?),
                kept => Batch::one(cat(&kept.iter().collect::<Vec<_>>(), self.dim as isize + 1)?),
            };
        }
        batch.call(Cat { dim: self.dim + 1, sizes: self.sizes.clone() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mut start = 0;
        let mut out = Grads::default();
        for (i, size) in self.sizes.iter().enumerate() {
            let n = size.unwrap_or(0);
            out.0.push(match (s.needs(i), size) {
                (false, _) => None,
                (true, Some(n)) => Some(narrow(&g[0], self.dim as isize, start, *n)?),
                (true, None) => Some(Tensor::full_of(&[0], 0, g[0].dtype())),
            });
            start += n as isize;
        }
        Ok(out)
    }
}

/// The tensors one after the other along `dim`, in their common dtype. Vectors without elements are skipped.
///
/// # Errors
/// If there are none, one has no dimensions, or the shapes differ in another dimension.
///
/// ```
/// use wengert::{ops, tensor};
/// let (x, y) = (tensor!([[1, 2]]), tensor!([[3, 4]]));
/// assert_eq!(ops::cat(&[&x, &y], 0)?.shape(), [2, 2]);
/// assert_eq!(ops::cat(&[&x, &y], 1)?.to_vec::<i64>(), [1, 2, 3, 4]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn cat(tensors: &[&Tensor], dim: isize) -> Result<Tensor> {
    let op = cat_of(tensors, dim).named("cat")?;
    match with_floats(tensors)? {
        Some(cast) => apply1(op, &operands(&cast.iter().collect::<Vec<_>>())),
        None => apply1(op, &operands(tensors)),
    }
}

/// The tensors with integers among floats cast to the dtype of the result: what is linear in all its inputs has no others.
fn with_floats(tensors: &[&Tensor]) -> Result<Option<Vec<Tensor>>> {
    if tensors.iter().all(|t| t.dtype() == tensors[0].dtype()) {
        return Ok(None);
    }
    let dtype = result_type(&tensors.iter().map(|t| Meta::of(t.array())).collect::<Vec<_>>());
    if !dtype.is_differentiable() {
        return Ok(None);
    }
    let cast = |t: &&Tensor| if t.dtype().is_differentiable() { Ok((*t).clone()) } else { to_dtype(t, dtype) };
    tensors.iter().map(cast).collect::<Result<_>>().map(Some)
}

fn operands<'a>(tensors: &[&'a Tensor]) -> SmallVec<[Operand<'a>; 8]> {
    tensors.iter().map(|&t| t.into()).collect()
}

fn cat_of(tensors: &[&Tensor], dim: isize) -> Result<Cat> {
    if tensors.is_empty() {
        return Err(Error::value("torch.cat(): expected a non-empty list of Tensors"));
    }
    if let Some(i) = tensors.iter().position(|t| t.ndim() == 0) {
        return Err(Error::runtime(format!("zero-dimensional tensor (at position {i}) cannot be concatenated")));
    }
    let empty = |t: &Tensor| *t.shape() == [0];
    let first = tensors.iter().find(|t| !empty(t)).unwrap_or(&tensors[0]);
    let d = wrap_dim(dim, first.ndim())?;
    let skips = first.shape() != [0];
    let size = |t: &&Tensor| if skips && empty(t) { None } else { Some(t.shape().get(d).copied().unwrap_or(0)) };
    Ok(Cat { dim: d, sizes: tensors.iter().map(size).collect() })
}

/// [`cat`] under another name.
///
/// # Errors
/// Those of [`cat`].
#[track_caller]
pub fn concatenate(tensors: &[&Tensor], dim: isize) -> Result<Tensor> {
    cat(tensors, dim)
}

/// [`cat`] under another name.
///
/// # Errors
/// Those of [`cat`].
#[track_caller]
pub fn concat(tensors: &[&Tensor], dim: isize) -> Result<Tensor> {
    cat(tensors, dim)
}

/// The inputs, all of one shape, along a new dimension.
#[derive(Debug)]
struct Stack {
    dim: usize,
}

impl Primitive for Stack {
    fn name(&self) -> &'static str {
        "stack"
    }
    fn node_name(&self) -> &'static str {
        "StackBackward0"
    }
    fn arguments(&self) -> &'static str {
        "tensors*"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        if let Some(i) = (1..ins.len()).find(|&i| ins[i].shape != ins[0].shape) {
            return Err(Error::runtime(format!(
                "stack expects each tensor to be equal size, but got {:?} at entry 0 and {:?} at entry {i}",
                ins[0].shape, ins[i].shape
            )));
        }
        let mut shape = Dims::from_slice(ins[0].shape);
        shape.insert(self.dim, ins.len());
        Ok(one(&shape, result_type(ins)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        for (i, a) in ins.iter().enumerate() {
            let mut part = narrowed(outs[0].layout(), self.dim, i, 1);
            part.shape.remove(self.dim);
            part.strides.remove(self.dim);
            tile::copy(a.view(), &mut outs[0].with_layout(part).view_mut());
        }
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Stack { dim: self.dim + 1 })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mut out = Grads::default();
        for i in 0..s.len() {
            out.0.push(if s.needs(i) { Some(select(&g[0], self.dim as isize, i as isize)?) } else { None });
        }
        Ok(out)
    }
}

/// The tensors, all of one shape, along a new dimension `dim` of the result, in their common dtype.
///
/// # Errors
/// If there are none, their shapes differ, or `dim` is out of range.
#[track_caller]
pub fn stack(tensors: &[&Tensor], dim: isize) -> Result<Tensor> {
    if tensors.is_empty() {
        return Err(Error::runtime("stack expects a non-empty TensorList")).named("stack");
    }
    let dim = wrap_dim(dim, tensors[0].ndim() + 1).named("stack")?;
    match with_floats(tensors)? {
        Some(cast) => apply1(Stack { dim }, &operands(&cast.iter().collect::<Vec<_>>())),
        None => apply1(Stack { dim }, &operands(tensors)),
    }
}

/// The tensors side by side: along the second dimension, vectors along their only one.
///
/// # Errors
/// Those of [`cat`].
#[track_caller]
pub fn hstack(tensors: &[&Tensor]) -> Result<Tensor> {
    let list = raised(tensors, "hstack expects a non-empty TensorList", atleast_1d).named("hstack")?;
    let dim = if list[0].ndim() == 1 { 0 } else { 1 };
    cat(&list.iter().collect::<Vec<_>>(), dim)
}

/// The tensors one under the other, vectors as rows.
///
/// # Errors
/// Those of [`cat`].
#[track_caller]
pub fn vstack(tensors: &[&Tensor]) -> Result<Tensor> {
    let list = raised(tensors, "vstack expects a non-empty TensorList", atleast_2d).named("vstack")?;
    cat(&list.iter().collect::<Vec<_>>(), 0)
}

/// The tensors along the third dimension, which they get if they have fewer.
///
/// # Errors
/// Those of [`cat`].
#[track_caller]
pub fn dstack(tensors: &[&Tensor]) -> Result<Tensor> {
    let list = raised(tensors, "dstack expects a non-empty TensorList", atleast_3d).named("dstack")?;
    cat(&list.iter().collect::<Vec<_>>(), 2)
}

/// The tensors side by side, vectors as columns.
///
/// # Errors
/// Those of [`cat`].
#[track_caller]
pub fn column_stack(tensors: &[&Tensor]) -> Result<Tensor> {
    let column = |t: &Tensor| if t.ndim() < 2 { reshape(t, &[t.numel(), 1]) } else { Ok(t.clone()) };
    let list = raised(tensors, "column_stack expects a non-empty TensorList", column).named("column_stack")?;
    cat(&list.iter().collect::<Vec<_>>(), 1)
}

fn raised(tensors: &[&Tensor], empty: &str, raise: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Vec<Tensor>> {
    if tensors.is_empty() {
        return Err(Error::runtime(empty));
    }
    tensors.iter().map(|t| raise(t)).collect()
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("torch::cat(Tensor[] tensors, int dim=0) -> Tensor", |a| cat(&a.tensors(0), a.dim(1))),
    bind!("torch::concat(Tensor[] tensors, int dim=0) -> Tensor", |a| concat(&a.tensors(0), a.dim(1))),
    bind!("torch::concatenate(Tensor[] tensors, int dim=0) -> Tensor", |a| concatenate(&a.tensors(0), a.dim(1))),
    bind!("torch::stack(Tensor[] tensors, int dim=0) -> Tensor", |a| stack(&a.tensors(0), a.dim(1))),
    bind!("torch::hstack(Tensor[] tensors) -> Tensor", |a| hstack(&a.tensors(0))),
    bind!("torch::vstack(Tensor[] tensors) -> Tensor", |a| vstack(&a.tensors(0))),
    bind!("torch::row_stack(Tensor[] tensors) -> Tensor", |a| vstack(&a.tensors(0))),
    bind!("torch::dstack(Tensor[] tensors) -> Tensor", |a| dstack(&a.tensors(0))),
    bind!("torch::column_stack(Tensor[] tensors) -> Tensor", |a| column_stack(&a.tensors(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[1, 3]));
    let (u, v) = (uniform(3, -2.0, 2.0, &[3]), uniform(4, -2.0, 2.0, &[3]));
    let none = uniform(5, 0.0, 1.0, &[0]);
    let s = uniform(6, -2.0, 2.0, &[]);
    let i = ints(7, -9, 9, &[2, 3]);
    vec![
        Entry::new("cat(Tensor[] tensors, int dim=0) -> Tensor")
            .sample("torch.cat([a, b])", [a.clone(), b.clone()], |t| cat(&[&t[0], &t[1]], 0))
            .sample("torch.cat([a, a, b.expand(2, 3)], -1)", [a.clone(), b.clone()], |t| {
                cat(&[&t[0], &t[0], &crate::ops::expand(&t[1], &[2, 3])?], -1)
            })
            .sample("torch.cat([a, b])", [i.clone(), b.clone()], |t| cat(&[&t[0], &t[1]], 0))
            .sample("torch.cat([a, b])", [i.clone(), crate::testing::bools(8, &[1, 3])], |t| cat(&[&t[0], &t[1]], 0))
            .sample("torch.cat([a, b], 1)", [none.clone(), a.clone()], |t| cat(&[&t[0], &t[1]], 1))
            .skip(crate::testing::Check::NotSmall, "an empty input has no gradient")
            .sample("torch.cat([a, a])", [none.clone()], |t| cat(&[&t[0], &t[0]], 0))
            .skip(crate::testing::Check::NotSmall, "an empty input has no gradient")
            .error([a.clone()], |_| cat(&[], 0), "torch.cat(): expected a non-empty list of Tensors")
            .error([a.clone(), s.clone()], |t| cat(&[&t[0], &t[1]], 0), "zero-dimensional tensor (at position 1) cannot be concatenated")
            .error(
                [a.clone(), b.clone()],
                |t| cat(&[&t[0], &t[1]], 1),
                "Sizes of tensors must match except in dimension 1. Expected size 2 but got size 1 for tensor number 1 in the list.",
            )
            .error([a.clone(), v.clone()], |t| cat(&[&t[0], &t[1]], 0), "Tensors must have same number of dimensions: got 2 and 1")
            .error([a.clone()], |t| cat(&[&t[0]], 2), "Dimension out of range (expected to be in range of [-2, 1], but got 2)"),
        Entry::new("concatenate(Tensor[] tensors, int dim=0) -> Tensor")
            .sample("torch.concatenate([a, b])", [a.clone(), b.clone()], |t| concatenate(&[&t[0], &t[1]], 0)),
        Entry::new("concat(Tensor[] tensors, int dim=0) -> Tensor")
            .sample("torch.concat([a, b])", [a.clone(), b.clone()], |t| concat(&[&t[0], &t[1]], 0)),
        Entry::new("stack(Tensor[] tensors, int dim=0) -> Tensor")
            .sample("torch.stack([a, b])", [u.clone(), v.clone()], |t| stack(&[&t[0], &t[1]], 0))
            .sample("torch.stack([a, b, a], -1)", [u.clone(), v.clone()], |t| stack(&[&t[0], &t[1], &t[0]], -1))
            .sample("torch.stack([a, a])", [s.clone()], |t| stack(&[&t[0], &t[0]], 0))
            .sample("torch.stack([a, b], 1)", [i.clone(), a.clone()], |t| stack(&[&t[0], &t[1]], 1))
            .error([a.clone()], |_| stack(&[], 0), "stack expects a non-empty TensorList")
            .error(
                [a.clone(), v.clone()],
                |t| stack(&[&t[0], &t[1]], 0),
                "stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [3] at entry 1",
            )
            .error([a.clone()], |t| stack(&[&t[0]], 3), "Dimension out of range (expected to be in range of [-3, 2], but got 3)"),
        Entry::new("hstack(Tensor[] tensors) -> Tensor")
            .sample("torch.hstack([a, b])", [u.clone(), v.clone()], |t| hstack(&[&t[0], &t[1]]))
            .sample("torch.hstack([a, a])", [a.clone()], |t| hstack(&[&t[0], &t[0]]))
            .sample("torch.hstack([a, b])", [s.clone(), v.clone()], |t| hstack(&[&t[0], &t[1]])),
        Entry::new("vstack(Tensor[] tensors) -> Tensor")
            .sample("torch.vstack([a, b])", [u.clone(), a.clone()], |t| vstack(&[&t[0], &t[1]])),
        Entry::new("dstack(Tensor[] tensors) -> Tensor")
            .sample("torch.dstack([a, b])", [u.clone(), v.clone()], |t| dstack(&[&t[0], &t[1]]))
            .sample("torch.dstack([a, a])", [a.clone()], |t| dstack(&[&t[0], &t[0]])),
        Entry::new("column_stack(Tensor[] tensors) -> Tensor")
            .sample("torch.column_stack([a, b])", [u.clone(), v.clone()], |t| column_stack(&[&t[0], &t[1]])),
    ]
}

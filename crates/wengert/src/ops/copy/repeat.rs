//! repeat, tile, repeat_interleave.

use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{clone_row_major, expand, index_select, ravel, reshape, sum_dim, unsqueeze, view, wrap_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};
use wengert_kernels::{Dims, Layout, tile as tiles};

/// Copies side by side, along every dimension.
#[derive(Debug)]
struct Repeat {
    /// At least as many as the input has dimensions.
    repeats: Dims,
}

impl Repeat {
    /// Input shape, with leading ones up to the number of repeats.
    fn padded(&self, shape: &[usize]) -> Dims {
        let mut out = Dims::from_elem(1, self.repeats.len() - shape.len());
        out.extend_from_slice(shape);
        out
    }
    /// Repeats and sizes in turn: the shape in which the copies are dimensions of their own.
    fn apart(&self, shape: &[usize]) -> Dims {
        self.repeats.iter().zip(self.padded(shape)).flat_map(|(&r, n)| [r, n]).collect()
    }
}

impl Primitive for Repeat {
    fn name(&self) -> &'static str {
        "repeat"
    }
    fn node_name(&self) -> &'static str {
        "RepeatBackward0"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let shape: Dims = self.repeats.iter().zip(self.padded(ins[0].shape)).map(|(&r, n)| r * n).collect();
        Ok(one(&shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let shape = self.apart(ins[0].shape());
        // The input with a dimension of stride 0 before each of its own.
        let mut source = ins[0].layout().expand(&self.padded(ins[0].shape())).expect("leading ones broadcast");
        for d in (0..self.repeats.len()).rev() {
            source.shape.insert(d, self.repeats[d]);
            source.strides.insert(d, 0);
        }
        debug_assert_eq!(source.shape, shape);
        let mut out = outs[0].with_layout(Layout::contiguous(&shape));
        tiles::copy(ins[0].with_layout(source).view(), &mut out.view_mut());
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let repeats = std::iter::once(1).chain(self.repeats.iter().copied()).collect();
        batch.call_aligned(Repeat { repeats }, &[Some(self.repeats.len())])
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let copies: Vec<isize> = (0..self.repeats.len()).map(|d| 2 * d as isize).collect();
        if copies.is_empty() {
            return Ok(Grads::from([Some(g[0].clone())]));
        }
        let apart = reshape(&g[0], &self.apart(s.shape(0)))?;
        Ok(Grads::from([Some(reshape(&sum_dim(&apart, &copies, false)?, s.shape(0))?)]))
    }
}

/// Copies side by side: `repeats[d]` of them along dimension `d`. More repeats than dimensions give new leading dimensions.
///
/// # Errors
/// If there are fewer repeats than dimensions.
///
/// ```
/// use wengert::{ops, tensor};
/// assert_eq!(ops::repeat(&tensor!([1, 2]), &[2, 2])?.shape(), [2, 4]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn repeat(input: &Tensor, repeats: &[usize]) -> Result<Tensor> {
    if repeats.len() < input.ndim() {
        return Err(Error::runtime(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
        ))
        .named("repeat");
    }
    apply1(Repeat { repeats: Dims::from_slice(repeats) }, &[input.into()])
}

/// [`repeat`], where missing leading repeats count as 1 (NumPy's `tile`).
///
/// # Errors
/// None.
#[track_caller]
pub fn tile(input: &Tensor, dims: &[usize]) -> Result<Tensor> {
    let mut repeats = Dims::from_elem(1, input.ndim().saturating_sub(dims.len()));
    repeats.extend_from_slice(dims);
    repeat(input, &repeats)
}

/// Each element `repeats` times in a row, all elements in one dimension.
///
/// # Errors
/// None.
#[track_caller]
pub fn repeat_interleave(input: &Tensor, repeats: usize) -> Result<Tensor> {
    repeat_interleave_dim(&ravel(input)?, repeats, 0)
}

/// Each index of dimension `dim` `repeats` times in a row.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn repeat_interleave_dim(input: &Tensor, repeats: usize, dim: isize) -> Result<Tensor> {
    let d = wrap_dim(dim, input.ndim()).named("repeat_interleave")?;
    let input = if input.ndim() == 0 { ravel(input)? } else { input.clone() };
    let mut shape = Dims::from_slice(input.shape());
    shape.insert(d + 1, repeats);
    let copies = clone_row_major(&expand(&unsqueeze(&input, d as isize + 1)?, &shape)?)?;
    shape[d] *= shape.remove(d + 1);
    view(&copies, &shape)
}

/// Each element of `input` as many times in a row as `repeats` says for it, all elements in one dimension.
///
/// # Errors
/// As [`repeat_interleave_tensor_dim`].
#[track_caller]
pub fn repeat_interleave_tensor(input: &Tensor, repeats: &Tensor) -> Result<Tensor> {
    repeat_interleave_tensor_dim(&reshape(input, &[-1])?, repeats, 0)
}

/// Each index of dimension `dim` as many times in a row as `repeats` says for it, or for all of them if it has one element.
///
/// # Errors
/// If `dim` is out of range; if `repeats` is not of integers, holds a negative one, or has not the size of the dimension.
#[track_caller]
pub fn repeat_interleave_tensor_dim(input: &Tensor, repeats: &Tensor, dim: isize) -> Result<Tensor> {
    let index = interleaved(input, repeats, dim).named("repeat_interleave")?;
    index_select(input, dim, &index)
}

/// For each index of the result, that of the input.
fn interleaved(input: &Tensor, repeats: &Tensor, dim: isize) -> Result<Tensor> {
    let d = wrap_dim(dim, input.ndim())?;
    let n = input.shape().get(d).copied().unwrap_or(1);
    if !matches!(repeats.dtype(), DType::I32 | DType::I64) {
        let name = repeats.dtype().scalar_name();
        return Err(Error::not_implemented(format!("\"repeat_interleave_cpu\" not implemented for '{name}'")));
    }
    if repeats.ndim() > 1 {
        return Err(Error::runtime("repeats must be 0-dim or 1-dim tensor"));
    }
    let mut counts = repeats.to_vec::<i64>();
    if counts.len() == 1 {
        counts = vec![counts[0]; n];
    }
    if counts.len() != n {
        return Err(Error::runtime(format!(
            "repeats must have the same size as input along dim, but got repeats.size(0) = {} and input.size({d}) = {n}",
            counts.len()
        )));
    }
    if counts.iter().any(|&c| c < 0) {
        return Err(Error::runtime("repeats can not be negative"));
    }
    let index: Vec<i64> = (0i64..).zip(&counts).flat_map(|(i, &c)| (0..c).map(move |_| i)).collect();
    Ok(Tensor::from_slice(&index, &[index.len()]))
}

/// Refuses negative numbers of repetitions in terms of the result's sizes.
fn negative(input: &Tensor, repeats: &[isize]) -> Result<()> {
    if repeats.iter().all(|&r| r >= 0) {
        return Ok(());
    }
    let lead = repeats.len().saturating_sub(input.ndim());
    let sizes: Vec<isize> = repeats
        .iter()
        .enumerate()
        .map(|(d, &r)| r * d.checked_sub(lead).map_or(1, |d| input.shape()[d] as isize))
        .collect();
    let bad = sizes.iter().find(|&&n| n < 0).copied().unwrap_or(-1);
    Err(Error::runtime(format!("Trying to create tensor with negative dimension {bad}: {sizes:?}")))
}

/// `output_size` only spares PyTorch a look at the numbers; a wrong one is an error.
fn checked(out: Tensor, output_size: Option<i64>, dim: isize) -> Result<Tensor> {
    let n = out.size(dim) as i64;
    match output_size {
        Some(size) if size != n => Err(Error::runtime("allocated size does not match required size")
            .hint(format!("the result has {n} along the dimension, not {size}"))),
        _ => Ok(out),
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("Tensor::repeat(Tensor self, SymInt[] repeats) -> Tensor", |a| {
        negative(a.tensor(0), a.ints(1))?;
        repeat(a.tensor(0), &a.sizes(1)?)
    }),
    bind!("tile(Tensor self, SymInt[] dims) -> Tensor", |a| {
        negative(a.tensor(0), a.ints(1))?;
        tile(a.tensor(0), &a.sizes(1)?)
    }),
    bind!("repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor", |a| {
        let places = Tensor::arange(a.tensor(0).shape().first().copied().unwrap_or(1) as i64);
        checked(repeat_interleave_tensor(&places, a.tensor(0))?, a.opt_int(1), 0)
    }),
    bind!(
        "repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
        |a| match a.opt_dim(2) {
            Some(dim) => checked(repeat_interleave_tensor_dim(a.tensor(0), a.tensor(1), dim)?, a.opt_int(3), dim),
            None => checked(repeat_interleave_tensor(a.tensor(0), a.tensor(1))?, a.opt_int(3), 0),
        }
    ),
    bind!(
        "repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor",
        |a| {
            let n = usize::try_from(a.int(1)).map_err(|_| Error::runtime("Repeats must be non-negative"))?;
            match a.opt_dim(2) {
                Some(dim) => checked(repeat_interleave_dim(a.tensor(0), n, dim)?, a.opt_int(3), dim),
                None => checked(repeat_interleave(a.tensor(0), n)?, a.opt_int(3), 0),
            }
        }
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, s) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[]));
    let i = ints(3, -9, 9, &[2, 1]);
    vec![
        Entry::new("repeat(Tensor input, SymInt[] repeats) -> Tensor")
            .sample("a.repeat(2, 1)", [a.clone()], |t| repeat(&t[0], &[2, 1]))
            .sample("a.t().repeat(2, 3, 2)", [a.clone()], |t| repeat(&crate::ops::t(&t[0])?, &[2, 3, 2]))
            .sample("a.repeat(1, 0)", [a.clone()], |t| repeat(&t[0], &[1, 0]))
            .sample("a.repeat(3)", [s.clone()], |t| repeat(&t[0], &[3]))
            .sample("a.repeat(())", [s.clone()], |t| repeat(&t[0], &[]))
            .sample("a.repeat(1, 3)", [i.clone()], |t| repeat(&t[0], &[1, 3]))
            .error([a.clone()], |t| repeat(&t[0], &[2]), "Number of dimensions of repeat dims can not be smaller than"),
        Entry::new("tile(Tensor input, SymInt[] dims) -> Tensor")
            .sample("a.tile((2,))", [a.clone()], |t| tile(&t[0], &[2]))
            .sample("a.tile((2, 1, 2))", [a.clone()], |t| tile(&t[0], &[2, 1, 2])),
        Entry::new("repeat_interleave.self_int(Tensor input, SymInt repeats) -> Tensor")
            .sample("a.repeat_interleave(2)", [a.clone()], |t| repeat_interleave(&t[0], 2))
            .sample("a.repeat_interleave(3)", [s.clone()], |t| repeat_interleave(&t[0], 3)),
        Entry::new("repeat_interleave.self_int_dim(Tensor input, SymInt repeats, int dim) -> Tensor")
            .sample("a.repeat_interleave(2, dim=0)", [a.clone()], |t| repeat_interleave_dim(&t[0], 2, 0))
            .sample("a.repeat_interleave(2, dim=-1)", [i.clone()], |t| repeat_interleave_dim(&t[0], 2, -1))
            .error(
                [a.clone()],
                |t| repeat_interleave_dim(&t[0], 2, 4),
                "Dimension out of range (expected to be in range of [-2, 1], but got 4)",
            ),
        Entry::new("repeat_interleave.self_Tensor(Tensor input, Tensor repeats, int? dim=None) -> Tensor")
            .sample("a.repeat_interleave(b)", [a.clone(), ints(4, 0, 4, &[6])], |t| {
                repeat_interleave_tensor(&t[0], &t[1])
            })
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.repeat_interleave(b, dim=-1)", [a.clone(), ints(5, 0, 4, &[3])], |t| {
                repeat_interleave_tensor_dim(&t[0], &t[1], -1)
            })
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.repeat_interleave(b, dim=0)", [i.clone(), ints(6, 3, 4, &[])], |t| {
                repeat_interleave_tensor_dim(&t[0], &t[1], 0)
            })
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .error(
                [a.clone(), ints(4, 0, 4, &[4])],
                |t| repeat_interleave_tensor_dim(&t[0], &t[1], 1),
                "repeats must have the same size as input along dim, but got repeats.size(0) = 4 and input.size(1) = 3",
            )
            .error(
                [a.clone(), ints(4, -2, -1, &[1])],
                |t| repeat_interleave_tensor_dim(&t[0], &t[1], 1),
                "repeats can not be negative",
            ),
    ]
}

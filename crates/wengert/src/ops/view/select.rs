//! select, slice, narrow.

use super::pick::{Pick, narrowed, show};
use crate::error::{Error, Named, Result};
use crate::ops::clone_tensor;
use crate::ops::wrap_dim;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use crate::transforms::needs_numbers;
use wengert_kernels::{Dims, Layout, Strides};

/// One index of one dimension.
#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub(super) dim: usize,
    pub(super) index: usize,
}

impl Pick for Select {
    const VIEW: (&'static str, &'static str) = ("select", "SelectBackward0");
    const BACKWARD: (&'static str, &'static str) = ("select_backward", "SelectBackwardBackward0");
    fn layout(&self, input: &Layout) -> Layout {
        let mut out = Layout { shape: Dims::new(), strides: Strides::new(), offset: input.offset };
        for d in (0..input.ndim()).filter(|&d| d != self.dim) {
            out.shape.push(input.shape[d]);
            out.strides.push(input.strides[d]);
        }
        if input.numel() > 0 {
            out.offset = out.offset.strict_add_signed(self.index as isize * input.strides[self.dim]);
        }
        out
    }
    fn behind_batch(&self) -> Select {
        Select { dim: self.dim + 1, index: self.index }
    }
}

/// Every `step`-th index of one dimension, `len` of them from `start` on.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    dim: usize,
    start: usize,
    pub(super) len: usize,
    step: usize,
}

impl Pick for Slice {
    const VIEW: (&'static str, &'static str) = ("slice", "SliceBackward0");
    const BACKWARD: (&'static str, &'static str) = ("slice_backward", "SliceBackwardBackward0");
    fn layout(&self, input: &Layout) -> Layout {
        let mut out = narrowed(input, self.dim, self.start, self.len);
        out.strides[self.dim] *= self.step as isize;
        out
    }
    fn behind_batch(&self) -> Slice {
        Slice { dim: self.dim + 1, ..self.clone() }
    }
}

impl Slice {
    /// Indices `start..end` in steps of `step`, as Python takes them: negative ones count from the end, and both are cut to the
    /// dimension.
    pub(super) fn of(dim: usize, size: usize, start: Option<isize>, end: Option<isize>, step: usize) -> Slice {
        let cut = |i: isize| (if i < 0 { i.saturating_add_unsigned(size) } else { i }).clamp(0, size as isize) as usize;
        let start = start.map_or(0, cut);
        let end = end.map_or(size, cut).max(start);
        Slice { dim, start, len: (end - start).div_ceil(step), step }
    }
}

/// `input` at `index` of dimension `dim`, which is dropped: a view. A negative index counts from the end.
///
/// # Errors
/// If `dim` or `index` is out of range.
///
/// ```
/// use wengert::{ops, tensor};
/// let x = tensor!([[1, 2, 3], [4, 5, 6]]);
/// assert_eq!(ops::select(&x, 1, -1)?.to_vec::<i64>(), [3, 6]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn select(input: &Tensor, dim: isize, index: isize) -> Result<Tensor> {
    show(input, select_of(input.shape(), dim, index).named("select")?)
}

pub(super) fn select_of(shape: &[usize], dim: isize, index: isize) -> Result<Select> {
    if shape.is_empty() {
        return Err(Error::index("select() cannot be applied to a 0-dim tensor."));
    }
    let d = wrap_dim(dim, shape.len())?;
    let n = shape[d] as isize;
    if index < -n || index >= n {
        return Err(Error::index(format!(
            "select(): index {index} out of range for tensor of size {shape:?} at dimension {dim}"
        )));
    }
    Ok(Select { dim: d, index: if index < 0 { index + n } else { index } as usize })
}

/// Indices `start..end` of dimension `dim`, every `step`-th of them: a view, as Python's `x[start:end:step]`.
///
/// Negative bounds count from the end, and bounds outside of the dimension are cut to it; the default is all of it.
///
/// # Errors
/// If `dim` is out of range or `step` is not positive.
#[track_caller]
pub fn slice(input: &Tensor, dim: isize, start: Option<isize>, end: Option<isize>, step: isize) -> Result<Tensor> {
    show(input, slice_of(input.shape(), dim, start, end, step).named("slice")?)
}

pub(super) fn slice_of(
    shape: &[usize],
    dim: isize,
    start: Option<isize>,
    end: Option<isize>,
    step: isize,
) -> Result<Slice> {
    if shape.is_empty() {
        return Err(Error::index("slice() cannot be applied to a 0-dim tensor."));
    }
    let dim = wrap_dim(dim, shape.len())?;
    if step <= 0 {
        return Err(Error::runtime("slice step must be positive"));
    }
    Ok(Slice::of(dim, shape[dim], start, end, step as usize))
}

/// `length` indices of dimension `dim` from `start` on: a view. A negative `start` counts from the end.
///
/// # Errors
/// If the piece does not lie inside the dimension.
#[track_caller]
pub fn narrow(input: &Tensor, dim: isize, start: isize, length: usize) -> Result<Tensor> {
    show(input, narrow_of(input.shape(), dim, start, length).named("narrow")?)
}

fn narrow_of(shape: &[usize], dim: isize, start: isize, length: usize) -> Result<Slice> {
    if shape.is_empty() {
        return Err(Error::runtime("narrow() cannot be applied to a 0-dim tensor."));
    }
    let dim = wrap_dim(dim, shape.len())?;
    let n = shape[dim] as isize;
    if start < -n || start > n {
        return Err(Error::index(format!(
            "start out of range (expected to be in range of [{}, {n}], but got {start})",
            -n
        )));
    }
    let start = if start < 0 { start + n } else { start };
    if length > (n - start) as usize {
        return Err(Error::runtime(format!("start ({start}) + length ({length}) exceeds dimension size ({n}).")));
    }
    Ok(Slice { dim, start: start as usize, len: length, step: 1 })
}

fn length(n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::runtime("narrow(): length must be non-negative."))
}

/// The index in a tensor without dimensions.
fn place(start: &Tensor) -> Result<isize> {
    if start.ndim() > 0 || !start.dtype().is_int() {
        return Err(Error::runtime("start must be an 0-dim integral Tensor."));
    }
    needs_numbers(start)?;
    Ok(start.array().as_scalar().map_or(0, |s| s.to_i64()) as isize)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)", |a| select(
        a.tensor(0),
        a.dim(1),
        a.dim(2)
    )),
    bind!("narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)", |a| {
        narrow(a.tensor(0), a.dim(1), place(a.tensor(2))?, length(a.int(3))?)
    }),
    bind!("narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)", |a| {
        narrow(a.tensor(0), a.dim(1), a.dim(2), length(a.int(3))?)
    }),
    bind!("narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor", |a| {
        clone_tensor(&narrow(a.tensor(0), a.dim(1), a.dim(2), length(a.int(3))?)?)
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[3, 4, 5]);
    vec![
        Entry::new("select(Tensor(a) input, int dim, SymInt index) -> Tensor(a)")
            .sample("a.select(1, 2)", [a.clone()], |t| select(&t[0], 1, 2))
            .sample("a.select(-1, -2)", [a.clone()], |t| select(&t[0], -1, -2))
            .sample("a.select(0, 1)", [ints(2, -9, 9, &[4])], |t| select(&t[0], 0, 1))
            .error(
                [a.clone()],
                |t| select(&t[0], 1, 4),
                "select(): index 4 out of range for tensor of size [3, 4, 5] at dimension 1",
            )
            .error(
                [a.clone()],
                |t| select(&select(&t[0], 0, 0)?, -3, 0),
                "Dimension out of range (expected to be in range of [-2, 1], but got -3)",
            )
            .error(
                [uniform(3, 0.0, 1.0, &[])],
                |t| select(&t[0], 0, 0),
                "select() cannot be applied to a 0-dim tensor.",
            ),
        Entry::new(
            "slice(Tensor(a) input, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)",
        )
        .sample("a[:, 1:3]", [a.clone()], |t| slice(&t[0], 1, Some(1), Some(3), 1))
        .sample("a[..., 1::2]", [a.clone()], |t| slice(&t[0], -1, Some(1), None, 2))
        .sample("a[-2:99]", [a.clone()], |t| slice(&t[0], 0, Some(-2), Some(99), 1))
        .sample("a[:, 3:1]", [a.clone()], |t| slice(&t[0], 1, Some(3), Some(1), 1))
        .sample("a[-99:-1:3]", [ints(2, -9, 9, &[8])], |t| slice(&t[0], 0, Some(-99), Some(-1), 3))
        .error([a.clone()], |t| slice(&t[0], 0, None, None, 0), "slice step must be positive")
        .error(
            [uniform(3, 0.0, 1.0, &[])],
            |t| slice(&t[0], 0, None, None, 1),
            "slice() cannot be applied to a 0-dim tensor.",
        ),
        Entry::new("narrow(Tensor(a) input, int dim, SymInt start, SymInt length) -> Tensor(a)")
            .sample("a.narrow(1, 1, 2)", [a.clone()], |t| narrow(&t[0], 1, 1, 2))
            .sample("a.narrow(-1, -3, 2)", [a.clone()], |t| narrow(&t[0], -1, -3, 2))
            .sample("a.narrow(0, 3, 0)", [a.clone()], |t| narrow(&t[0], 0, 3, 0))
            .error([a.clone()], |t| narrow(&t[0], 0, 2, 2), "start (2) + length (2) exceeds dimension size (3).")
            .error(
                [a.clone()],
                |t| narrow(&t[0], 0, 4, 0),
                "start out of range (expected to be in range of [-3, 3], but got 4)",
            ),
    ]
}

//! put, index_reduce, unravel_index.

use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{
    copy_, expand, index_put, index_put_, ravel, remainder, reshape, scatter_reduce, scatter_reduce_, view, wrap_dim,
};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};
use crate::transforms::level;

fn check_put(input: &Tensor, index: &Tensor, source: &Tensor) -> Result<()> {
    if index.dtype() != DType::I64 {
        return Err(Error::runtime(format!(
            "put_(): Expected a long tensor for index, but got {}",
            index.dtype().scalar_name()
        )));
    }
    if input.dtype() != source.dtype() {
        return Err(Error::runtime(format!(
            "put_(): self and source expected to have the same dtype, but got self.dtype = {} and source.dtype = {}",
            input.dtype().scalar_name(),
            source.dtype().scalar_name()
        )));
    }
    if index.numel() != source.numel() {
        return Err(Error::index(format!(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = {}, index.numel() = {}",
            source.numel(),
            index.numel()
        )));
    }
    Ok(())
}

/// Are the numbers those of elements?
fn check_numbers(input: &Tensor, index: &Tensor) -> Result<()> {
    if level::any() {
        return Ok(());
    }
    let n = input.numel() as i64;
    match index.array().to_vec::<i64>().iter().find(|&&i| i < -n || i >= n) {
        Some(i) => Err(Error::index(format!("out of range: tried to access index {i} on a tensor of {n} elements."))),
        None => Ok(()),
    }
}

/// A copy with the elements of `source` at the numbers `index`, counted in row-major order; with `accumulate` they are added to what is there.
///
/// # Errors
/// If `index` is not `int64`, has another number of elements than `source`, or holds a number out of range; if dtypes differ.
#[track_caller]
pub fn put(input: &Tensor, index: &Tensor, source: &Tensor, accumulate: bool) -> Result<Tensor> {
    check_put(input, index, source).and_then(|()| check_numbers(input, index)).named("put")?;
    let flat = index_put(&ravel(input)?, &[Some(&ravel(index)?)], &ravel(source)?, accumulate)?;
    reshape(&flat, input.shape())
}

/// [`put`] into `input`.
///
/// # Errors
/// Those of [`put`] and of in-place writes in general.
#[track_caller]
pub fn put_(input: &Tensor, index: &Tensor, source: &Tensor, accumulate: bool) -> Result<Tensor> {
    check_put(input, index, source).and_then(|()| check_numbers(input, index)).named("put_")?;
    if input.is_contiguous() && input.ndim() > 0 {
        index_put_(&view(input, &[-1])?, &[Some(&ravel(index)?)], &ravel(source)?, accumulate)?;
    } else {
        copy_(input, &put(input, index, source, accumulate)?)?;
    }
    Ok(input.clone())
}

/// `index` for the slices of `source` as an index of each of its elements.
#[track_caller]
fn spread(input: &Tensor, dim: isize, index: &Tensor, source: &Tensor, reduce: &str) -> Result<Tensor> {
    let d = wrap_dim(dim, input.ndim())?;
    if !["prod", "mean", "amax", "amin"].contains(&reduce) {
        return Err(Error::runtime(format!(
            "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}."
        )));
    }
    let outside = |s: &[usize]| s.iter().enumerate().filter(|(e, _)| *e != d).map(|(_, &n)| n).collect::<Vec<_>>();
    if outside(input.shape()) != outside(source.shape()) {
        return Err(Error::runtime(format!(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = {:?} source.shape = {:?}",
            input.shape(),
            source.shape()
        )));
    }
    if source.ndim() > 0 && index.numel() != source.shape()[d] {
        return Err(Error::runtime(format!(
            "index_reduce_(): Number of indices ({}) should be equal to source.size(dim): ({}), for dim: {d}",
            index.numel(),
            source.shape()[d]
        )));
    }
    let mut shape = vec![1; source.ndim()];
    if let Some(n) = shape.get_mut(d) {
        *n = index.numel();
    }
    expand(&reshape(index, &shape)?, source.shape())
}

/// A copy in which slice `index[i]` of dimension `dim` is reduced with slice `i` of `source`: by `prod`, `mean`, `amax` or `amin`. Without `include_self`
/// what was there does not count.
///
/// # Errors
/// If shapes do not fit, an index is out of range, or there is no such reduction.
#[track_caller]
pub fn index_reduce(
    input: &Tensor,
    dim: isize,
    index: &Tensor,
    source: &Tensor,
    reduce: &str,
    include_self: bool,
) -> Result<Tensor> {
    let index = spread(input, dim, index, source, reduce).named("index_reduce")?;
    scatter_reduce(input, dim, &index, source, reduce, include_self)
}

/// [`index_reduce`] into `input`.
///
/// # Errors
/// Those of [`index_reduce`] and of in-place writes in general.
#[track_caller]
pub fn index_reduce_(
    input: &Tensor,
    dim: isize,
    index: &Tensor,
    source: &Tensor,
    reduce: &str,
    include_self: bool,
) -> Result<Tensor> {
    let index = spread(input, dim, index, source, reduce).named("index_reduce_")?;
    scatter_reduce_(input, dim, &index, source, reduce, include_self)
}

/// The coordinates, one tensor for each dimension of `shape`, of elements numbered in row-major order.
///
/// # Errors
/// If `input` is not of integers.
#[track_caller]
pub fn unravel_index(input: &Tensor, shape: &[usize]) -> Result<Vec<Tensor>> {
    if !input.dtype().is_int() {
        return Err(Error::type_(format!("expected 'indices' to be integer dtype, but got {}", input.dtype())))
            .named("unravel_index");
    }
    let mut behind: i64 = 1;
    let mut out = Vec::with_capacity(shape.len());
    for &n in shape.iter().rev() {
        out.push(remainder(&crate::ops::floor_divide(input, behind)?, n as i64)?);
        behind *= n as i64;
    }
    out.reverse();
    Ok(out)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor", |a| {
        put(a.tensor(0), a.tensor(1), a.tensor(2), a.bool(3))
    }),
    bind!("Tensor::put_(Tensor(a!) self, Tensor index, Tensor source, bool accumulate=False) -> Tensor(a!)", |a| {
        put_(a.tensor(0), a.tensor(1), a.tensor(2), a.bool(3))
    }),
    bind!(
        "index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
        |a| index_reduce(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.str(4), a.bool(5))
    ),
    bind!(
        "Tensor::index_reduce_(Tensor(a!) self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor(a!)",
        |a| index_reduce_(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.str(4), a.bool(5))
    ),
    bind!("torch::unravel_index(Tensor indices, SymInt[1] shape) -> Tensor[]", |a| {
        unravel_index(a.tensor(0), &a.sizes(1)?)
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, s) = (uniform(1, -2.0, 2.0, &[3, 4]), uniform(2, -2.0, 2.0, &[2, 2]));
    let places = ints(0, 3, 4, &[2, 2]);
    let apart = Tensor::from_slice(&[0i64, 7, -1, 4], &[2, 2]);
    let (i, b) = (Tensor::from_slice(&[2i64, 0, 2], &[3]), uniform(3, 0.5, 2.0, &[3, 4]));
    let three = |x: &Tensor, y: &Tensor, z: &Tensor| [x.clone(), y.clone(), z.clone()];
    let by = |reduce: &'static str, include| move |t: &[Tensor]| index_reduce(&t[0], 0, &t[2], &t[1], reduce, include);
    vec![
        Entry::new("put(Tensor input, Tensor index, Tensor source, bool accumulate=False) -> Tensor")
            .sample("a.put(c, b)", three(&a, &s, &apart), |t| put(&t[0], &t[2], &t[1], false))
            .sample("a.put(c, b, accumulate=True)", three(&a, &s, &places), |t| put(&t[0], &t[2], &t[1], true))
            .error(three(&a, &s, &a), |t| put(&t[0], &t[2], &t[1], false), "put_(): Expected a long tensor for index, but got Double")
            .error(
                three(&a, &b, &apart),
                |t| put(&t[0], &t[2], &t[1], false),
                "put_(): Expected source and index to have the same number of elements, but got source.numel() = 12, index.numel() = 4",
            ),
        Entry::new("index_reduce(Tensor input, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor")
            .sample("a.index_reduce(0, c, b, 'prod')", three(&a, &b, &i), by("prod", true))
            .skip(Check::Gradgradcheck, "as `scatter_reduce`, PyTorch has no second derivative of products")
            .sample("a.index_reduce(0, c, b, 'mean', include_self=False)", three(&a, &b, &i), by("mean", false))
            .sample("a.index_reduce(0, c, b, 'amax')", three(&a, &b, &i), by("amax", true))
            .error(three(&a, &b, &i), by("sum", true), "index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got sum."),
        Entry::new("unravel_index(Tensor input, SymInt[] shape) -> Tensor[]")
            .not_differentiable("indices have no derivative")
            .sample("torch.unravel_index(a, (3, 4))", [ints(4, 0, 12, &[2, 3])], |t| unravel_index(&t[0], &[3, 4]))
            .error([a], |t| unravel_index(&t[0], &[3, 4]), "expected 'indices' to be integer dtype, but got torch.float64"),
    ]
}

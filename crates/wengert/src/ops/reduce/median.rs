//! median, nanmedian, mode: one element that stands for all.

use super::sum;
use crate::DType;
use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::{
    any_dim, argmax_dim, cat, clamp_min, cummax, div, eq, floor_divide, gather, isnan, kthvalue, logical_and,
    logical_not, logical_or, mul, narrow, ne, reshape, sort, squeeze_dim, sub, sum_dim, to_dtype, where_self, wrap_dim,
};
use crate::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};

/// What `choose` chooses along `dim`, as indices with that dimension kept: values and indices.
fn chosen(
    name: &'static str,
    input: &Tensor,
    dim: isize,
    keepdim: bool,
    choose: impl FnOnce(&Tensor, usize) -> Result<Tensor>,
) -> Result<(Tensor, Tensor)> {
    let d = wrap_dim(dim, input.ndim()).named(name)?;
    if input.ndim() == 0 {
        return Ok((gather(input, 0, &Tensor::full_of(&[], 0, DType::I64))?, Tensor::full_of(&[], 0, DType::I64)));
    }
    if input.shape()[d] == 0 {
        let text = format!("{name}(): Expected reduction dim {d} to have non-zero size.");
        return Err(Error::index(text)).named(name);
    }
    let index = choose(&input.detach(), d)?;
    let values = gather(input, d as isize, &index)?;
    if keepdim {
        return Ok((values, index));
    }
    Ok((squeeze_dim(&values, d as isize)?, squeeze_dim(&index, d as isize)?))
}

/// One value of all elements, the second input; those that are equal to it share its gradient evenly.
#[derive(Debug)]
struct OneOfAll {
    name: &'static str,
    node: &'static str,
}

impl Primitive for OneOfAll {
    fn name(&self) -> &'static str {
        self.name
    }
    fn node_name(&self) -> &'static str {
        self.node
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[1].shape, ins[1].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        ins[1].copy_into(&mut outs[0].view_mut());
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0]).output(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (x, y) = (s.input(0), s.output(0));
        let same = logical_or(&eq(x, y)?, &logical_and(&isnan(x)?, &isnan(y)?)?)?;
        Ok(Grads::from([Some(mul(&same, &div(&g[0], &sum(&same)?)?)?), None]))
    }
}

/// The same of all elements; NaN if there are none.
fn of_all(op: OneOfAll, input: &Tensor, f: impl FnOnce(&Tensor) -> Result<(Tensor, Tensor)>) -> Result<Tensor> {
    if input.numel() == 0 && input.dtype().is_float() {
        return Tensor::try_full(&[], f64::NAN, input.dtype());
    }
    let (value, _) = f(&reshape(&input.detach(), &[input.numel()])?)?;
    apply1(op, &[input.into(), (&value).into()])
}

fn middle(x: &Tensor, d: usize) -> Result<Tensor> {
    let dim = d as isize;
    let (_, index) = kthvalue(x, x.shape()[d].div_ceil(2), dim, true)?;
    if !x.dtype().is_float() {
        return Ok(index);
    }
    let nan = isnan(x)?;
    where_self(&any_dim(&nan, &[dim], true)?, &argmax_dim(&to_dtype(&nan, DType::U8)?, dim, true)?, &index)
}

fn middle_of_numbers(x: &Tensor, d: usize) -> Result<Tensor> {
    let dim = d as isize;
    if !x.dtype().is_float() {
        return middle(x, d);
    }
    // NaN stands at the end.
    let (_, order) = sort(x, dim, false, true)?;
    let count = sum_dim(&logical_not(&isnan(x)?)?, &[dim], true)?;
    gather(&order, dim, &clamp_min(&floor_divide(&sub(&count, 1)?, 2)?, 0)?)
}

/// The median of all elements: the lower one of two in the middle; NaN if one is. Equal elements share the gradient
/// evenly.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn median(input: &Tensor) -> Result<Tensor> {
    if input.dtype() == DType::Bool {
        return Err(Error::not_implemented("\"median_cpu\" not implemented for 'Bool'"));
    }
    of_all(OneOfAll { name: "median", node: "MedianBackward0" }, input, |x| median_dim(x, 0, false))
}

/// The medians along `dim`, and where they are; `dim` is dropped or, with `keepdim`, becomes 1. As [`median`].
///
/// # Errors
/// For booleans; if `dim` is out of range or empty.
#[track_caller]
pub fn median_dim(input: &Tensor, dim: isize, keepdim: bool) -> Result<(Tensor, Tensor)> {
    chosen("median", input, dim, keepdim, middle)
}

/// [`median`] of the elements that are not NaN; NaN if there are none.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn nanmedian(input: &Tensor) -> Result<Tensor> {
    of_all(OneOfAll { name: "nanmedian", node: "NanmedianBackward0" }, input, |x| nanmedian_dim(x, 0, false))
}

/// [`median_dim`] of the elements that are not NaN.
///
/// # Errors
/// As [`median_dim`].
#[track_caller]
pub fn nanmedian_dim(input: &Tensor, dim: isize, keepdim: bool) -> Result<(Tensor, Tensor)> {
    chosen("nanmedian", input, dim, keepdim, middle_of_numbers)
}

/// The end of the longest run of equal elements in their order: the first of several.
fn most_frequent(x: &Tensor, d: usize) -> Result<Tensor> {
    let (dim, n) = (d as isize, x.shape()[d]);
    let (sorted, order) = sort(x, dim, false, true)?;
    let mut shape = vec![1; x.ndim()];
    shape[d] = n;
    let place = reshape(&Tensor::arange(n as i64), &shape)?;
    let starts = ne(&narrow(&sorted, dim, 1, n - 1)?, &narrow(&sorted, dim, 0, n - 1)?)?;
    let first = ne(&narrow(&sorted, dim, 0, 1)?, &narrow(&sorted, dim, 0, 1)?)?;
    let starts = cat(&[&first, &starts], dim)?;
    let (start, _) = cummax(&where_self(&starts, &place, 0)?, dim)?;
    gather(&order, dim, &argmax_dim(&sub(&place, &start)?, dim, true)?)
}

/// The most frequent elements along `dim`, the smallest of several, and where they are last; `dim` is dropped or, with `keepdim`,
/// becomes 1.
///
/// # Errors
/// If `dim` is out of range or empty.
#[track_caller]
pub fn mode(input: &Tensor, dim: isize, keepdim: bool) -> Result<(Tensor, Tensor)> {
    chosen("mode", input, dim, keepdim, most_frequent)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("median(Tensor self) -> Tensor", |a| median(a.tensor(0))),
    bind!("median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", |a| {
        median_dim(a.tensor(0), a.dim(1), a.bool(2))
    }),
    bind!("nanmedian(Tensor self) -> Tensor", |a| nanmedian(a.tensor(0))),
    bind!("nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", |a| {
        nanmedian_dim(a.tensor(0), a.dim(1), a.bool(2))
    }),
    bind!("mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)", |a| mode(
        a.tensor(0),
        a.dim(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let nan = f64::NAN;
    let a = uniform(1, -2.0, 2.0, &[3, 5]);
    let gaps = floats(&[1.0, 3.0, nan, 2.0, 4.0, nan, nan, 0.5], &[2, 4]);
    let repeated = || ints(2, 0, 3, &[3, 7]);
    vec![
        Entry::new("median(Tensor input) -> Tensor")
            .sample("a.median()", [a.clone()], |t| median(&t[0]))
            .sample("a.median()", [gaps.clone()], |t| median(&t[0]))
            .sample("a.median()", [ints(3, -9, 9, &[6])], |t| median(&t[0])),
        Entry::new("median.dim(Tensor input, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)")
            .sample("a.median(1)", [a.clone()], |t| median_dim(&t[0], 1, false))
            .sample("a.median(0, keepdim=True)", [a.clone()], |t| median_dim(&t[0], 0, true))
            .sample("a.median(1)[0]", [gaps.clone()], |t| median_dim(&t[0], 1, false).map(|m| m.0))
            .error(
                [floats(&[], &[0, 2])],
                |t| median_dim(&t[0], 0, false),
                "median(): Expected reduction dim 0 to have non-zero size.",
            ),
        Entry::new("nanmedian(Tensor input) -> Tensor")
            .sample("a.nanmedian()", [a.clone()], |t| nanmedian(&t[0]))
            .sample("a.nanmedian()", [gaps.clone()], |t| nanmedian(&t[0])),
        Entry::new("nanmedian.dim(Tensor input, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)")
            .sample("a.nanmedian(1)", [gaps.clone()], |t| nanmedian_dim(&t[0], 1, false)),
        Entry::new("mode(Tensor input, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)")
            .sample("a.mode()", [repeated()], |t| mode(&t[0], -1, false))
            .sample("a.mode(0, True)", [repeated()], |t| mode(&t[0], 0, true))
            .kink("a.mode()", [floats(&[1.5, 1.5, 2.5, 2.5, 3.5], &[5])], |t| mode(&t[0], -1, false)),
    ]
}

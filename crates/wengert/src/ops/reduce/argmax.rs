//! argmax, argmin.

use super::Over;
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::reshape;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::reduce::Reduction;

/// The number of the first largest or smallest element along a dimension.
#[derive(Debug)]
struct ArgExtreme {
    max: bool,
    over: Over,
}

impl Primitive for ArgExtreme {
    fn name(&self) -> &'static str {
        if self.max { "argmax" } else { "argmin" }
    }
    fn node_name(&self) -> &'static str {
        self.name()
    }
    fn family(&self) -> Family {
        Family::NoGrad
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let Meta { shape, dtype, .. } = ins[0];
        if dtype == DType::Bool {
            return Err(Error::not_implemented(format!("{}(): does not support bool input", self.name())));
        }
        self.over.refuse_empty(self.name(), shape)?;
        Ok(one(&self.over.shape(shape), DType::I64))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let op = if self.max { Reduction::ArgMax } else { Reduction::ArgMin };
        self.over.reduce(op, ins[0], &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(ArgExtreme { max: self.max, over: self.over.behind_batch() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, _: &Grads, _: &Saved) -> Result<Grads> {
        unreachable!("indices have no derivative")
    }
}

/// Among all elements, which are numbered in row-major order.
#[track_caller]
fn of_all(max: bool, input: &Tensor) -> Result<Tensor> {
    let name = if max { "argmax" } else { "argmin" };
    if input.numel() == 0 {
        let text = format!("{name}(): Expected reduction dim to be specified for input.numel() == 0.");
        return Err(Error::index(text)).named(name);
    }
    let flat = reshape(&input.detach(), &[input.numel()])?;
    apply1(ArgExtreme { max, over: Over::all(&flat) }, &[(&flat).into()])
}

/// The number, in row-major order, of the largest element as `int64`: the first of equal ones; the first NaN wins.
///
/// # Errors
/// For booleans; if there is no element.
#[track_caller]
pub fn argmax(input: &Tensor) -> Result<Tensor> {
    of_all(true, input)
}

/// The numbers of the largest elements along `dim`, which is dropped or, with `keepdim`, becomes 1.
///
/// # Errors
/// For booleans; if `dim` is out of range or has no element to choose from.
#[track_caller]
pub fn argmax_dim(input: &Tensor, dim: isize, keepdim: bool) -> Result<Tensor> {
    apply1(ArgExtreme { max: true, over: Over::dim("argmax", input, dim, keepdim)? }, &[input.into()])
}

/// The number, in row-major order, of the smallest element as `int64`, as [`argmax`].
///
/// # Errors
/// As [`argmax`].
#[track_caller]
pub fn argmin(input: &Tensor) -> Result<Tensor> {
    of_all(false, input)
}

/// The numbers of the smallest elements along `dim`, as [`argmax_dim`].
///
/// # Errors
/// As [`argmax_dim`].
#[track_caller]
pub fn argmin_dim(input: &Tensor, dim: isize, keepdim: bool) -> Result<Tensor> {
    apply1(ArgExtreme { max: false, over: Over::dim("argmin", input, dim, keepdim)? }, &[input.into()])
}

/// PyTorch's one function for both: a missing dimension means all elements, and `keepdim` then keeps every dimension.
fn choose(max: bool, input: &Tensor, dim: Option<isize>, keepdim: bool) -> Result<Tensor> {
    match dim {
        Some(dim) if max => argmax_dim(input, dim, keepdim),
        Some(dim) => argmin_dim(input, dim, keepdim),
        None if keepdim => reshape(&of_all(max, input)?, &vec![1; input.ndim()]),
        None => of_all(max, input),
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor", |a| choose(
        true,
        a.tensor(0),
        a.opt_dim(1),
        a.bool(2)
    )),
    bind!("argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor", |a| choose(
        false,
        a.tensor(0),
        a.opt_dim(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let nan = floats(&[1.0, f64::NAN, 3.0, f64::NAN, -2.0, -2.0], &[2, 3]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    let why = "indices are integers";
    vec![
        Entry::new("argmax(Tensor input, int? dim=None, bool keepdim=False) -> Tensor")
            .not_differentiable(why)
            .sample("a.argmax()", [a.clone()], |t| argmax(&t[0]))
            .sample("a.argmax(1)", [a.clone()], |t| argmax_dim(&t[0], 1, false))
            .sample("a.argmax(-1, keepdim=True)", [a.clone()], |t| argmax_dim(&t[0], -1, true))
            .sample("a.argmax(1)", [nan.clone()], |t| argmax_dim(&t[0], 1, false))
            .sample("a.argmax(0)", [ints(2, -2, 2, &[5, 2])], |t| argmax_dim(&t[0], 0, false))
            .sample("a.argmax()", [uniform(1, 0.0, 1.0, &[])], |t| argmax(&t[0]))
            .sample("a.argmax(1)", [none.clone()], |t| argmax_dim(&t[0], 1, false))
            .error(
                [none.clone()],
                |t| argmax(&t[0]),
                "argmax(): Expected reduction dim to be specified for input.numel() == 0.",
            )
            .error([none], |t| argmax_dim(&t[0], 0, false), "argmax(): Expected reduction dim 0 to have non-zero size.")
            .error([bools(1, &[3])], |t| argmax(&t[0]), "argmax(): does not support bool input")
            .error(
                [a.clone()],
                |t| argmax_dim(&t[0], 3, false),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("argmin(Tensor input, int? dim=None, bool keepdim=False) -> Tensor")
            .not_differentiable(why)
            .sample("a.argmin()", [a.clone()], |t| argmin(&t[0]))
            .sample("a.argmin(0)", [a], |t| argmin_dim(&t[0], 0, false))
            .sample("a.argmin(-1)", [nan], |t| argmin_dim(&t[0], -1, false)),
    ]
}

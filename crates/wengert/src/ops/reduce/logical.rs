//! all, any, count_nonzero.

use super::Over;
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::reduce::Reduction;

/// Which elements are zero, put together.
#[derive(Debug)]
struct Truth {
    name: &'static str,
    op: Reduction,
    over: Over,
}

impl Primitive for Truth {
    fn name(&self) -> &'static str {
        self.name
    }
    fn node_name(&self) -> &'static str {
        self.name
    }
    fn family(&self) -> Family {
        Family::NoGrad
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let dtype = match (self.op, ins[0].dtype) {
            (Reduction::CountNonzero, _) => DType::I64,
            // PyTorch's old boolean type stays what it was.
            (_, DType::U8) => DType::U8,
            _ => DType::Bool,
        };
        Ok(one(&self.over.shape(ins[0].shape), dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.over.reduce(self.op, ins[0], &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Truth { name: self.name, op: self.op, over: self.over.behind_batch() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, _: &Grads, _: &Saved) -> Result<Grads> {
        unreachable!("truth has no derivative")
    }
}

/// No dimensions mean none here, and not all, as elsewhere.
#[track_caller]
fn over(name: &'static str, input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Over> {
    let mut over = Over::dims(name, input, dims, keepdim)?;
    if dims.is_empty() {
        over.dims.clear();
    }
    Ok(over)
}

/// Is no element zero? True if there are none. `bool`, but `uint8` for `uint8`.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn all(input: &Tensor) -> Result<Tensor> {
    apply1(Truth { name: "all", op: Reduction::All, over: Over::all(input) }, &[input.into()])
}

/// [`all`] over `dims`, which are dropped or, with `keepdim`, become 1. No dims: each element for itself, as in PyTorch.
///
/// # Errors
/// If a dimension is out of range or given twice.
#[track_caller]
pub fn all_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    apply1(Truth { name: "all", op: Reduction::All, over: over("all", input, dims, keepdim)? }, &[input.into()])
}

/// Is any element not zero? False if there are none. `bool`, but `uint8` for `uint8`.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn any(input: &Tensor) -> Result<Tensor> {
    apply1(Truth { name: "any", op: Reduction::Any, over: Over::all(input) }, &[input.into()])
}

/// [`any`] over `dims`, as [`all_dim`].
///
/// # Errors
/// As [`all_dim`].
#[track_caller]
pub fn any_dim(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    apply1(Truth { name: "any", op: Reduction::Any, over: over("any", input, dims, keepdim)? }, &[input.into()])
}

/// How many elements are not zero, as `int64`. A NaN is not zero.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn count_nonzero(input: &Tensor) -> Result<Tensor> {
    count_nonzero_dim(input, &[])
}

/// [`count_nonzero`] over `dims`, which are dropped (all of them if empty).
///
/// # Errors
/// If a dimension is out of range or given twice.
#[track_caller]
pub fn count_nonzero_dim(input: &Tensor, dims: &[isize]) -> Result<Tensor> {
    let over = Over::dims("count_nonzero", input, dims, false)?;
    apply1(Truth { name: "count_nonzero", op: Reduction::CountNonzero, over }, &[input.into()])
}

/// PyTorch's one function for both: missing dimensions mean all of them.
fn truth(input: &Tensor, dims: Option<&[isize]>, keepdim: bool, every: bool) -> Result<Tensor> {
    let all: SmallVec<[isize; 5]>;
    let dims = match dims {
        Some(dims) => dims,
        None => {
            all = (0..input.ndim() as isize).collect();
            &all
        }
    };
    if every { all_dim(input, dims, keepdim) } else { any_dim(input, dims, keepdim) }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("all(Tensor self) -> Tensor", |a| all(a.tensor(0))),
    bind!("all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor", |a| truth(
        a.tensor(0),
        a.opt_ints(1),
        a.bool(2),
        true
    )),
    bind!("all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor", |a| all_dim(
        a.tensor(0),
        &[a.dim(1)],
        a.bool(2)
    )),
    bind!("any(Tensor self) -> Tensor", |a| any(a.tensor(0))),
    bind!("any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor", |a| truth(
        a.tensor(0),
        a.opt_ints(1),
        a.bool(2),
        false
    )),
    bind!("any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor", |a| any_dim(
        a.tensor(0),
        &[a.dim(1)],
        a.bool(2)
    )),
    bind!("count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor", |a| count_nonzero_dim(a.tensor(0), a.ints(1))),
    bind!("count_nonzero(Tensor self, int? dim=None) -> Tensor", |a| a
        .opt_dim(1)
        .map_or_else(|| count_nonzero(a.tensor(0)), |dim| count_nonzero_dim(a.tensor(0), &[dim]))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = floats(&[0.0, 1.0, -0.0, f64::NAN, 2.0, -1.0], &[3, 2]);
    let b = bools(1, &[2, 3, 4]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    let why = "a truth value or a count";
    vec![
        Entry::new("all(Tensor input, int[]? dim=None, bool keepdim=False) -> Tensor")
            .not_differentiable(why)
            .sample("a.all()", [b.clone()], |t| all(&t[0]))
            .sample("a.all(1)", [b.clone()], |t| all_dim(&t[0], &[1], false))
            .sample("a.all((0, -1), keepdim=True)", [b.clone()], |t| all_dim(&t[0], &[0, -1], true))
            .sample("a.all(())", [a.clone()], |t| all_dim(&t[0], &[], false))
            .sample("a.all(1)", [a.clone()], |t| all_dim(&t[0], &[1], false))
            .sample("a.all(0)", [none.clone()], |t| all_dim(&t[0], &[0], false))
            .sample("a.to(torch.uint8).all(0)", [ints(2, 0, 2, &[2, 5])], |t| {
                all_dim(&crate::ops::to_dtype(&t[0], DType::U8)?, &[0], false)
            })
            .error(
                [b.clone()],
                |t| all_dim(&t[0], &[3], false),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("any(Tensor input, int[]? dim=None, bool keepdim=False) -> Tensor")
            .not_differentiable(why)
            .sample("a.any()", [b.clone()], |t| any(&t[0]))
            .sample("a.any((0, 2))", [b.clone()], |t| any_dim(&t[0], &[0, 2], false))
            .sample("a.any(1)", [a.clone()], |t| any_dim(&t[0], &[1], false))
            .sample("a.any(1)", [none.clone()], |t| any_dim(&t[0], &[1], false)),
        Entry::new("count_nonzero(Tensor input, int[]? dim=None) -> Tensor")
            .not_differentiable(why)
            .sample("torch.count_nonzero(a)", [a], |t| count_nonzero(&t[0]))
            .sample("torch.count_nonzero(a, dim=(0, -1))", [b], |t| count_nonzero_dim(&t[0], &[0, -1]))
            .sample("torch.count_nonzero(a, dim=0)", [ints(2, -1, 2, &[4, 3])], |t| count_nonzero_dim(&t[0], &[0]))
            .sample("torch.count_nonzero(a)", [none], |t| count_nonzero(&t[0])),
    ]
}

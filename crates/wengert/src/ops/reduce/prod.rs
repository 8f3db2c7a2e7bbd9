//! prod, cumprod.

use super::{Over, linear_recurrence, neighbours};
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::error::{Named, Result};
use crate::ops::{cast, only_own_dtype, reshape, sum_dtype, wrap_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::reduce::Reduction;
use wengert_kernels::scan::{self, Along};

/// The product of all elements or along one dimension.
#[derive(Debug)]
struct Prod(Over);

impl Primitive for Prod {
    fn name(&self) -> &'static str {
        "prod"
    }
    fn node_name(&self) -> &'static str {
        if self.0.all { "ProdBackward0" } else { "ProdBackward1" }
    }
    fn family(&self) -> Family {
        Family::Reduce
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&self.0.shape(ins[0].shape), sum_dtype(ins[0].dtype)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.0.reduce(Reduction::Prod, ins[0], &mut outs[0]);
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        self.0.jvp(self, t, s).map(Some)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if self.0.dims.len() < 2 {
            return batch.call(Prod(self.0.behind_batch()));
        }
        let flat = reshape(&batch.front(0)?, &[batch.size() as isize, -1])?;
        let over = Over { dims: SmallVec::from_slice(&[1]), keepdim: false, all: false };
        Batch::one(apply1(Prod(over), &[(&flat).into()])?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0])
    }

    // The gradient of a factor is the product of the others: of those before it and those after it, without a division.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let x = s.input(0);
        let others = match self.0.dims[..] {
            [] => return Ok(Grads::one(Some(g[0].clone()))),
            [dim] => others(x, dim)?,
            _ => reshape(&others(&reshape(x, &[x.numel()])?, 0)?, x.shape())?,
        };
        Ok(Grads::one(Some(self.0.restore(&g[0])? * others)))
    }
}

/// For each element the product of all others along `dim`.
fn others(x: &Tensor, dim: usize) -> Result<Tensor> {
    let before = |reverse| {
        let along = Along { dim, reverse };
        neighbours(&apply1(Cumprod(along), &[x.into()])?, along, 1.0)
    };
    Ok(before(false)? * before(true)?)
}

/// The product of all elements, 1 if there are none. Integers and booleans give `int64`.
///
/// The gradient is right where there are zeros.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn prod(input: &Tensor) -> Result<Tensor> {
    apply1(Prod(Over::all(input)), &[input.into()])
}

/// The product along `dim`, which is dropped or, with `keepdim`, becomes 1. Integers and booleans give `int64`.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn prod_dim(input: &Tensor, dim: isize, keepdim: bool) -> Result<Tensor> {
    apply1(Prod(Over::dim("prod", input, dim, keepdim)?), &[input.into()])
}

/// Running products.
#[derive(Debug)]
struct Cumprod(Along);

impl Primitive for Cumprod {
    fn name(&self) -> &'static str {
        "cumprod"
    }
    fn node_name(&self) -> &'static str {
        "CumprodBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, sum_dtype(ins[0].dtype)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        scan::cumprod(ins[0].view(), self.0, outs[0].view_mut());
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let Some(t) = t.get(0) else { return Ok(Some(Grads::one(None))) };
        let (x, y) = (s.input(0), s.output(0));
        if x.ndim() == 0 {
            return Ok(Some(Grads::one(Some(t.clone()))));
        }
        // y[i] = x[i] y[i-1], differentiated.
        let own = t * neighbours(y, self.0, 1.0)?;
        Ok(Some(Grads::one(Some(linear_recurrence(x, &own, self.0, false)?))))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call_as_vectors(Cumprod(Along { dim: self.0.dim + 1, ..self.0 }), 0)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0]).output(0)
    }

    // dx[i] = y[i-1] (g[i] + g[i+1] x[i+1] + g[i+2] x[i+1] x[i+2] + ...), and the bracket is a recurrence from the other end.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (x, y) = (s.input(0), s.output(0));
        if x.ndim() == 0 {
            return Ok(Grads::one(Some(g[0].clone())));
        }
        let back = Along { reverse: !self.0.reverse, ..self.0 };
        let bracket = linear_recurrence(x, &g[0], back, true)?;
        Ok(Grads::one(Some(bracket * neighbours(y, self.0, 1.0)?)))
    }
}

/// Running products along `dim`: element `i` is the product of elements `0..=i`. Integers and booleans give `int64`.
///
/// The gradient is right where there are zeros.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn cumprod(input: &Tensor, dim: isize) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("cumprod")?;
    apply1(Cumprod(dim.into()), &[input.into()])
}

/// [`cumprod`] into `input`.
///
/// # Errors
/// Those of [`cumprod`] and of in-place writes in general.
#[track_caller]
pub fn cumprod_(input: &Tensor, dim: isize) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("cumprod_")?;
    apply_in_place(Cumprod(dim.into()), "cumprod_", input, &[])?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("prod(Tensor self, *, ScalarType? dtype=None) -> Tensor", |a| prod(&cast(a.tensor(0), a.opt_dtype(1))?)),
    bind!("prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", |a| {
        prod_dim(&cast(a.tensor(0), a.opt_dtype(3))?, a.dim(1), a.bool(2))
    }),
    bind!("cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", |a| cumprod(
        &cast(a.tensor(0), a.opt_dtype(2))?,
        a.dim(1)
    )),
    bind!("Tensor::cumprod_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)", |a| {
        only_own_dtype(a.tensor(0), a.opt_dtype(2)).and_then(|()| cumprod_(a.tensor(0), a.dim(1)))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let one_zero = floats(&[1.5, 0.0, -2.0, 3.0, 0.5, 2.0], &[2, 3]);
    let zeros = floats(&[0.0, 0.0, -2.0, 3.0, 0.0, 2.0], &[2, 3]);
    let number = uniform(2, 0.5, 2.0, &[]);
    let none = uniform(1, 0.0, 1.0, &[0, 3]);
    let whole = ints(2, -9, 9, &[3, 2]);
    vec![
        Entry::new("prod(Tensor input, int? dim=None, bool keepdim=False) -> Tensor")
            .sample("a.prod()", [uniform(1, 0.5, 2.0, &[2, 3])], |t| prod(&t[0]))
            .sample("a.prod(1)", [a.clone()], |t| prod_dim(&t[0], 1, false))
            .sample("a.prod(-1, keepdim=True)", [a.clone()], |t| prod_dim(&t[0], -1, true))
            .sample("a.prod()", [one_zero.clone()], |t| prod(&t[0]))
            .sample("a.prod(1)", [one_zero.clone()], |t| prod_dim(&t[0], 1, false))
            .sample("a.prod(1)", [zeros.clone()], |t| prod_dim(&t[0], 1, false))
            .sample("a.prod()", [number.clone()], |t| prod(&t[0]))
            .sample("a.prod(0)", [number.clone()], |t| prod_dim(&t[0], 0, true))
            .sample("a.prod()", [none.clone()], |t| prod(&t[0]))
            .sample("a.prod(0)", [none.clone()], |t| prod_dim(&t[0], 0, false))
            .sample("a.prod(0)", [whole.clone()], |t| prod_dim(&t[0], 0, false))
            .sample("a.prod()", [bools(3, &[2])], |t| prod(&t[0]))
            .error(
                [a.clone()],
                |t| prod_dim(&t[0], 3, false),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
        Entry::new("cumprod(Tensor input, int dim) -> Tensor")
            .sample("a.cumprod(0)", [a.clone()], |t| cumprod(&t[0], 0))
            .sample("a.cumprod(1)", [a.clone()], |t| cumprod(&t[0], 1))
            .sample("a.cumprod(-1)", [a.clone()], |t| cumprod(&t[0], -1))
            .sample("a.cumprod(1)", [one_zero], |t| cumprod(&t[0], 1))
            .sample("a.cumprod(1)", [zeros], |t| cumprod(&t[0], 1))
            .sample("a.cumprod(0)", [number], |t| cumprod(&t[0], 0))
            .sample("a.cumprod(0)", [none], |t| cumprod(&t[0], 0))
            .sample("a.cumprod(0)", [whole], |t| cumprod(&t[0], 0))
            .error(
                [a],
                |t| cumprod(&t[0], 3),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
    ]
}

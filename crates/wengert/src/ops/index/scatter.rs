//! scatter, scatter_add.

use super::common::{apart, as_vector, long_index, out_of_range, start_from, tensor_dtype};
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::{embed_corner, gather, wrap_dim};
use crate::ops::{scatter_reduce, scatter_reduce_};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Operand;
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::index::{Combine, scatter as kernel};

/// Shapes of input, index and source of a scatter along `dim` that fit together.
pub(super) fn check(ins: &[Meta], dim: usize) -> Result<Metas> {
    let (input, index) = (as_vector(ins[0].shape), as_vector(ins[1].shape));
    let out = Ok(one(ins[0].shape, ins[0].dtype));
    if index.contains(&0) {
        return out;
    }
    if input.len() != index.len() {
        return Err(Error::runtime("Index tensor must have the same number of dimensions as self tensor"));
    }
    let over_input = (0..input.len()).any(|d| d != dim && index[d] > input[d]);
    let shapes = (ins[1].shape, ins[0].shape);
    if ins[2].wrapped {
        return if over_input {
            Err(Error::runtime(format!(
                "Expected index {:?} to be no larger than self {:?} apart from dimension {dim}",
                shapes.0, shapes.1
            )))
        } else {
            out
        };
    }
    let source = as_vector(ins[2].shape);
    if source.len() != index.len() {
        return Err(Error::runtime("Index tensor must have the same number of dimensions as src tensor"));
    }
    if over_input || (0..source.len()).any(|d| index[d] > source[d]) {
        return Err(Error::runtime(format!(
            "Expected index {:?} to be no larger than self {:?} apart from dimension {dim} and to be no larger size than src {:?}",
            shapes.0, shapes.1, ins[2].shape
        )));
    }
    out
}

/// Writes the source's elements to the indices of one dimension, or adds them to what is there.
#[derive(Debug)]
struct Scatter {
    dim: usize,
    add: bool,
    /// The source is one number.
    value: bool,
}

impl Primitive for Scatter {
    fn name(&self) -> &'static str {
        if self.add { "scatter_add" } else { "scatter" }
    }
    fn node_name(&self) -> &'static str {
        match (self.add, self.value) {
            (true, _) => "ScatterAddBackward0",
            (false, false) => "ScatterBackward0",
            (false, true) => "ScatterBackward1",
        }
    }
    fn arguments(&self) -> &'static str {
        "self ~index src"
    }
    fn family(&self) -> Family {
        if self.value { Family::Other } else { Family::Linear }
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        check(ins, self.dim)
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let index = apart(ins[1], &outs[0]);
        let mut source = apart(ins[2], &outs[0]);
        if self.value {
            let number = source.copy_as(outs[0].dtype());
            source = number.with_layout(number.layout().expand(as_vector(index.shape())).expect("a number broadcasts"));
        }
        start_from(ins[0], &mut outs[0]);
        if index.numel() == 0 {
            return Ok(());
        }
        let how = if self.add { Combine::Add } else { Combine::Set };
        kernel(outs[0].view_mut(), self.dim, index.view(), source.view(), how).map_err(out_of_range)
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        // Only a number in place of the source makes it other than linear.
        if !self.value {
            return Ok(None);
        }
        let t = t.get(0).map(|t| scatter(t, self.dim as isize, s.input(1), 0)).transpose()?;
        Ok(Some(Grads::one(t)))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call_as_vectors(Scatter { dim: self.dim + 1, add: self.add, value: self.value }, 0)
    }
    fn saves(&self) -> Saves {
        let readers: &[usize] = if self.add { &[2] } else { &[0, 2] };
        Saves::NONE.input(1, readers).shape(2)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let dim = self.dim as isize;
        let input = match (s.needs(0), self.add) {
            (false, _) => None,
            (true, true) => Some(g[0].clone()),
            (true, false) => Some(scatter(&g[0], dim, s.input(1), 0)?),
        };
        let source = if s.needs(2) {
            let picked = gather(&g[0], dim, s.input(1))?;
            Some(embed_corner(&picked, s.shape(2))?)
        } else {
            None
        };
        Ok(Grads::from([input, None, source]))
    }
}

#[track_caller]
fn prepared(input: &Tensor, dim: isize, index: &Tensor, src: Operand, add: bool) -> Result<(Scatter, Tensor)> {
    let dim = wrap_dim(dim, input.ndim())?;
    let index = long_index(index, |_| Error::runtime("scatter(): Expected dtype int32/int64 for index"))?;
    if tensor_dtype(src).is_some_and(|d| d != input.dtype()) {
        return Err(Error::runtime("scatter(): Expected self.dtype to be equal to src.dtype"));
    }
    Ok((Scatter { dim, add, value: src.tensor().is_none() }, index))
}

/// A copy of `input` in which the elements of `src` (or one number) stand at the indices along `dim`: `out[i, index[i, j, k], k] =
/// src[i, j, k]` for `dim` 1. Of several at one place the last counts; gradients are right only if there are none.
///
/// # Errors
/// If `index` is not of integers or larger than `src`, or than `input` in another dimension; if dtypes differ; for an index out of
/// range.
#[track_caller]
pub fn scatter<'a>(input: &Tensor, dim: isize, index: &Tensor, src: impl Into<Operand<'a>>) -> Result<Tensor> {
    let src = src.into();
    let (op, index) = prepared(input, dim, index, src, false).named("scatter")?;
    apply1(op, &[input.into(), (&index).into(), src])
}

/// [`scatter`] into `input`.
///
/// # Errors
/// Those of [`scatter`] and of in-place writes in general.
#[track_caller]
pub fn scatter_<'a>(input: &Tensor, dim: isize, index: &Tensor, src: impl Into<Operand<'a>>) -> Result<Tensor> {
    let src = src.into();
    let (op, index) = prepared(input, dim, index, src, false).named("scatter_")?;
    apply_in_place(op, "scatter_", input, &[(&index).into(), src])?;
    Ok(input.clone())
}

/// A copy of `input` with the elements of `src` added at the indices along `dim`: `out[i, index[i, j, k], k] += src[i, j, k]` for
/// `dim` 1. Several at one place add up, in their order.
///
/// # Errors
/// Those of [`scatter`].
#[track_caller]
pub fn scatter_add(input: &Tensor, dim: isize, index: &Tensor, src: &Tensor) -> Result<Tensor> {
    let (op, index) = prepared(input, dim, index, src.into(), true).named("scatter_add")?;
    apply1(op, &[input.into(), (&index).into(), src.into()])
}

/// [`scatter_add`] into `input`.
///
/// # Errors
/// Those of [`scatter`] and of in-place writes in general.
#[track_caller]
pub fn scatter_add_(input: &Tensor, dim: isize, index: &Tensor, src: &Tensor) -> Result<Tensor> {
    let (op, index) = prepared(input, dim, index, src.into(), true).named("scatter_add_")?;
    apply_in_place(op, "scatter_add_", input, &[(&index).into(), src.into()])?;
    Ok(input.clone())
}

/// One number in the shape of an index.
fn spread(input: &Tensor, index: &Tensor, value: Scalar) -> Tensor {
    input.new_full(index.shape(), value)
}

/// PyTorch's older names of reductions: `add` and `multiply`.
fn reduction(name: &str) -> Result<&'static str> {
    match name {
        "add" => Ok("sum"),
        "multiply" => Ok("prod"),
        _ => Err(Error::runtime("reduce argument must be either add or multiply.")),
    }
}

#[track_caller]
fn scatter_with(input: &Tensor, dim: isize, index: &Tensor, src: &Tensor, reduce: &str) -> Result<Tensor> {
    scatter_reduce(input, dim, index, src, reduction(reduce)?, true)
}

#[track_caller]
fn scatter_with_(input: &Tensor, dim: isize, index: &Tensor, src: &Tensor, reduce: &str) -> Result<Tensor> {
    scatter_reduce_(input, dim, index, src, reduction(reduce)?, true)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", |a| {
        scatter(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
    bind!("scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor", |a| {
        scatter_with(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.str(4))
    }),
    bind!("scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor", |a| {
        scatter(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
    bind!("scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor", |a| {
        scatter_with(a.tensor(0), a.dim(1), a.tensor(2), &spread(a.tensor(0), a.tensor(2), a.scalar(3)), a.str(4))
    }),
    bind!("Tensor::scatter_.src(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)", |a| {
        scatter_(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
    bind!(
        "Tensor::scatter_.reduce(Tensor(a!) self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor(a!)",
        |a| { scatter_with_(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.str(4)) }
    ),
    bind!("Tensor::scatter_.value(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)", |a| {
        scatter_(a.tensor(0), a.dim(1), a.tensor(2), a.operand(3))
    }),
    bind!(
        "Tensor::scatter_.value_reduce(Tensor(a!) self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor(a!)",
        |a| {
            let src = spread(a.tensor(0), a.tensor(2), a.scalar(3));
            scatter_with_(a.tensor(0), a.dim(1), a.tensor(2), &src, a.str(4))
        }
    ),
    bind!("scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", |a| {
        scatter_add(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3))
    }),
    bind!("Tensor::scatter_add_(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)", |a| {
        scatter_add_(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[3, 4]), uniform(2, -2.0, 2.0, &[2, 4]));
    // No place twice.
    let i = Tensor::from_slice(&[0i64, 1, 2, 0, 1, 2, 0, 2], &[2, 4]);
    let j = Tensor::from_slice(&[3i64, 1, 0, 2, 2, 1], &[3, 2]);
    let twice = ints(3, 0, 3, &[5, 3]);
    let three = |x: &Tensor, y: &Tensor, z: &Tensor| [x.clone(), y.clone(), z.clone()];
    let (s, one) = (uniform(4, -2.0, 2.0, &[]), ints(0, 0, 1, &[1]));
    let whole = ints(5, -9, 9, &[3, 4]);
    let far = Tensor::from_slice(&[5i64], &[1, 1]);
    vec![
        Entry::new("scatter(Tensor input, int dim, Tensor index, Tensor src) -> Tensor")
            .sample("a.scatter(0, b, c)", three(&a, &i, &b), |t| scatter(&t[0], 0, &t[1], &t[2]))
            .sample("a.scatter(-1, b, c.t()[:3])", three(&a, &j, &uniform(6, -2.0, 2.0, &[2, 4])), |x| {
                scatter(&x[0], -1, &x[1], &crate::ops::narrow(&crate::ops::t(&x[2])?, 0, 0, 3)?)
            })
            .sample("a.scatter(0, b, c)", three(&s, &one, &uniform(7, -2.0, 2.0, &[1])), |t| scatter(&t[0], 0, &t[1], &t[2]))
            .skip(crate::testing::Check::NotSmall, "the only element is overwritten")
            .sample("a.scatter(0, b, c)", three(&whole, &i, &whole), |t| scatter(&t[0], 0, &t[1], &t[2]))
            .error(three(&a, &far, &b), |t| scatter(&t[0], 1, &t[1], &t[2]), "index 5 is out of bounds for dimension 1 with size 4")
            .error(three(&a, &twice, &b), |t| scatter(&t[0], 0, &t[1], &t[2]), "Expected index [5, 3] to be no larger than self [3, 4] apart from dimension 0 and to be no larger size than src [2, 4]")
            .error(three(&a, &one, &b), |t| scatter(&t[0], 0, &t[1], &t[2]), "Index tensor must have the same number of dimensions as self tensor")
            .error(three(&a, &i, &whole), |t| scatter(&t[0], 0, &t[1], &t[2]), "scatter(): Expected self.dtype to be equal to src.dtype")
            .error([a.clone(), floats(&[0.0], &[1, 1])], |t| scatter(&t[0], 0, &t[1], 1), "scatter(): Expected dtype int32/int64 for index"),
        Entry::new("scatter.value(Tensor input, int dim, Tensor index, Scalar value) -> Tensor")
            .sample("a.scatter(0, b, 2.5)", [a.clone(), i.clone()], |t| scatter(&t[0], 0, &t[1], 2.5))
            .sample("a.scatter(1, b, 1.5)", [whole.clone(), j.clone()], |t| scatter(&t[0], 1, &t[1], 1.5))
            .sample("a.scatter(0, b, 1)", [a.clone(), ints(0, 0, 1, &[0])], |t| scatter(&t[0], 0, &t[1], 1)),
        Entry::new("scatter_add(Tensor input, int dim, Tensor index, Tensor src) -> Tensor")
            .sample("a.scatter_add(0, b, c)", three(&a, &twice, &uniform(8, -2.0, 2.0, &[5, 3])), |t| {
                scatter_add(&t[0], 0, &t[1], &t[2])
            })
            .sample("a.scatter_add(1, b, c)", three(&whole, &j, &whole), |t| scatter_add(&t[0], 1, &t[1], &t[2]))
            .sample("a.scatter_add(0, b, c)", three(&s, &one, &uniform(9, -2.0, 2.0, &[1])), |t| {
                scatter_add(&t[0], 0, &t[1], &t[2])
            })
            .error(three(&a, &far, &b), |t| scatter_add(&t[0], 0, &t[1], &t[2]), "index 5 is out of bounds for dimension 0 with size 3"),
    ]
}

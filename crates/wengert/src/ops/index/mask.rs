//! nonzero, argwhere, masked_select, masked_scatter.

use super::common::{apart, start_from};
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{embed_corner, masked_fill, reshape, unbind, zeros_without_memory};
use crate::pointwise::broadcast_all;
use crate::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves, one};
use crate::table::Out;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, bools, ints, uniform};
use crate::transforms::needs_numbers;
use wengert_kernels::index::{count_nonzero, masked_scatter as scatter, masked_select as select, nonzero as find};

/// Where the elements are that are not zero.
#[derive(Debug)]
struct Nonzero {
    /// How many there are: the shape of the result is known only after a look at the numbers.
    count: usize,
}

impl Primitive for Nonzero {
    fn name(&self) -> &'static str {
        "nonzero"
    }
    fn node_name(&self) -> &'static str {
        "NonzeroBackward0"
    }
    fn family(&self) -> Family {
        Family::NoGrad
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&[self.count, ins[0].shape.len()], DType::I64))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        if outs[0].numel() > 0 {
            find(ins[0].view(), outs[0].view_mut());
        }
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, _: &Grads, s: &Saved) -> Result<Grads> {
        Ok((0..s.len()).map(|_| None).collect())
    }
}

/// The indices of the elements that are not zero, in row-major order: `int64` of shape `[how many, dimensions]`.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn nonzero(input: &Tensor) -> Result<Tensor> {
    needs_numbers(input).named("nonzero")?;
    apply1(Nonzero { count: count_nonzero(input.array().view()) }, &[input.into()])
}

/// [`nonzero`] with a vector for each dimension, as index tensors are given.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn nonzero_tuple(input: &Tensor) -> Result<Vec<Tensor>> {
    let input = if input.ndim() == 0 { reshape(&input.detach(), &[1usize])? } else { input.clone() };
    unbind(&nonzero(&input)?, 1)
}

/// [`nonzero`] under another name.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn argwhere(input: &Tensor) -> Result<Tensor> {
    nonzero(input)
}

/// The elements where a mask is true.
#[derive(Debug)]
struct MaskedSelect {
    count: usize,
}

/// A layout that broadcasts to a shape, as an array.
fn expanded(a: &Array, shape: &[usize]) -> Array {
    a.with_layout(a.layout().expand(shape).expect("infer checked the shapes"))
}

impl Primitive for MaskedSelect {
    fn name(&self) -> &'static str {
        "masked_select"
    }
    fn node_name(&self) -> &'static str {
        "MaskedSelectBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~mask"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&[self.count], ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let shape = broadcast_all(&[Meta::of(ins[0]), Meta::of(ins[1])])?;
        select(expanded(ins[0], &shape).view(), expanded(ins[1], &shape).view(), outs[0].view_mut());
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0).input(1, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mask = s.input(1);
        let own = Meta { shape: s.shape(0), dtype: s.dtype(0), wrapped: false };
        let shape = broadcast_all(&[own, Meta::of(mask.array())])?;
        let zeros = zeros_without_memory(&shape, g[0].dtype());
        Ok(Grads::from([Some(masked_scatter(&zeros, mask, &g[0])?), None]))
    }
}

/// The elements where `mask` is true, in row-major order, in one dimension. Input and mask broadcast.
///
/// # Errors
/// If the mask is not of booleans, or the shapes do not broadcast.
#[track_caller]
pub fn masked_select(input: &Tensor, mask: &Tensor) -> Result<Tensor> {
    let count = selected(input, mask).named("masked_select")?;
    apply1(MaskedSelect { count }, &[input.into(), mask.into()])
}

fn selected(input: &Tensor, mask: &Tensor) -> Result<usize> {
    if mask.dtype() != DType::Bool {
        return Err(Error::runtime("masked_select: expected BoolTensor for mask"));
    }
    // The mask is tensor a in the message.
    needs_numbers(mask)?;
    let shape = broadcast_all(&[Meta::of(mask.array()), Meta::of(input.array())])?;
    let times = shape.iter().product::<usize>().checked_div(mask.numel()).unwrap_or(0);
    Ok(count_nonzero(mask.array().view()) * times)
}

/// Writes the elements of a source, in order, to where a mask is true.
#[derive(Debug)]
struct MaskedScatter;

impl Primitive for MaskedScatter {
    fn name(&self) -> &'static str {
        "masked_scatter"
    }
    fn node_name(&self) -> &'static str {
        "MaskedScatterBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~mask source"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        if ins[1].dtype != DType::Bool {
            return Err(Error::runtime(format!(
                "masked_scatter_ only supports boolean masks, but got mask with dtype {}",
                ins[1].dtype.scalar_name()
            )));
        }
        if ins[0].dtype != ins[2].dtype {
            return Err(Error::runtime(format!(
                "masked_scatter: expected self and source to have same dtypes but got{} and {}",
                ins[0].dtype.scalar_name(),
                ins[2].dtype.scalar_name()
            )));
        }
        Ok(one(&broadcast_all(&[ins[1], ins[0]])?, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let shape = outs[0].shape().to_vec();
        let mask = expanded(&apart(ins[1], &outs[0]), &shape);
        let source = apart(ins[2], &outs[0]).contiguous();
        let source = source.with_layout(wengert_kernels::Layout {
            offset: source.layout().offset,
            ..wengert_kernels::Layout::contiguous(&[source.numel()])
        });
        if count_nonzero(mask.view()) > source.numel() {
            return Err(Error::runtime("Number of elements of source < number of ones in mask"));
        }
        start_from(&expanded(ins[0], &shape), &mut outs[0]);
        scatter(outs[0].view_mut(), mask.view(), source.view());
        Ok(())
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(1, &[0, 2]).shape(2)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let input = if s.needs(0) { Some(masked_fill(&g[0], s.input(1), 0)?) } else { None };
        let source = if s.needs(2) {
            let used = masked_select(&g[0], s.input(1))?;
            let all = embed_corner(&used, &[s.shape(2).iter().product()])?;
            Some(reshape(&all, s.shape(2))?)
        } else {
            None
        };
        Ok(Grads::from([input, None, source]))
    }
}

/// A copy of `input` with the elements of `source`, in row-major order, where `mask` is true. Input and mask broadcast.
///
/// # Errors
/// If the mask is not of booleans, the shapes do not broadcast, the dtypes differ, or `source` has too few elements.
#[track_caller]
pub fn masked_scatter(input: &Tensor, mask: &Tensor, source: &Tensor) -> Result<Tensor> {
    apply1(MaskedScatter, &[input.into(), mask.into(), source.into()])
}

/// [`masked_scatter`] into `input`.
///
/// # Errors
/// Those of [`masked_scatter`] and of in-place writes in general.
#[track_caller]
pub fn masked_scatter_(input: &Tensor, mask: &Tensor, source: &Tensor) -> Result<Tensor> {
    apply_in_place(MaskedScatter, "masked_scatter_", input, &[mask.into(), source.into()])?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("nonzero(Tensor self) -> Tensor", |a| nonzero(a.tensor(0))),
    bind!("nonzero.tuple(Tensor self, *, bool as_tuple) -> Tensor[]", |a| match a.bool(1) {
        true => nonzero_tuple(a.tensor(0)).map(Out::from),
        false => nonzero(a.tensor(0)).map(Out::from),
    }),
    bind!("argwhere(Tensor self) -> Tensor", |a| argwhere(a.tensor(0))),
    bind!("masked_select(Tensor self, Tensor mask) -> Tensor", |a| masked_select(a.tensor(0), a.tensor(1))),
    bind!("masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor", |a| {
        masked_scatter(a.tensor(0), a.tensor(1), a.tensor(2))
    }),
    bind!("Tensor::masked_scatter_(Tensor(a!) self, Tensor mask, Tensor source) -> Tensor(a!)", |a| {
        masked_scatter_(a.tensor(0), a.tensor(1), a.tensor(2))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, mask) = (uniform(1, -2.0, 2.0, &[3, 4]), bools(2, &[3, 4]));
    let (row, whole) = (bools(3, &[4]), ints(4, -1, 2, &[2, 3, 2]));
    let source = uniform(5, -2.0, 2.0, &[2, 6]);
    let two = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let three = |x: &Tensor, y: &Tensor, z: &Tensor| [x.clone(), y.clone(), z.clone()];
    let places = "indices have no derivative";
    vec![
        Entry::new("nonzero(Tensor input) -> Tensor")
            .not_differentiable(places)
            .sample("a.nonzero()", [whole.clone()], |t| nonzero(&t[0]))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.nonzero()", [mask.clone()], |t| nonzero(&t[0]))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.t().nonzero()", [mask.clone()], |x| nonzero(&crate::ops::t(&x[0])?))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.nonzero()", [uniform(6, 1.0, 2.0, &[])], |t| nonzero(&t[0]))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.nonzero()", [ints(0, 0, 1, &[3])], |t| nonzero(&t[0]))
            .skip(Check::Batched, "the shape of the result depends on numbers"),
        Entry::new("nonzero_tuple(Tensor input) -> Tensor[]")
            .not_differentiable(places)
            .sample("a.nonzero(as_tuple=True)", [whole.clone()], |t| nonzero_tuple(&t[0]))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.nonzero(as_tuple=True)", [uniform(6, 1.0, 2.0, &[])], |t| nonzero_tuple(&t[0]))
            .skip(Check::Batched, "the shape of the result depends on numbers"),
        Entry::new("argwhere(Tensor input) -> Tensor")
            .not_differentiable(places)
            .sample("a.argwhere()", [whole.clone()], |t| argwhere(&t[0]))
            .skip(Check::Batched, "the shape of the result depends on numbers"),
        Entry::new("masked_select(Tensor input, Tensor mask) -> Tensor")
            .sample("a.masked_select(b)", two(&a, &mask), |t| masked_select(&t[0], &t[1]))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.masked_select(b)", two(&a, &row), |t| masked_select(&t[0], &t[1]))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a[0].masked_select(b)", two(&a, &mask), |t| {
                masked_select(&crate::ops::select(&t[0], 0, 0)?, &t[1])
            })
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.masked_select(a > 0)", [whole.clone()], |t| masked_select(&t[0], &crate::ops::gt(&t[0], 0)?))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .error(two(&a, &a), |t| masked_select(&t[0], &t[1]), "masked_select: expected BoolTensor for mask")
            .error(
                two(&a, &bools(0, &[2, 4])),
                |t| masked_select(&t[0], &t[1]),
                "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
            ),
        Entry::new("masked_scatter(Tensor input, Tensor mask, Tensor source) -> Tensor")
            .sample("a.masked_scatter(b, c)", three(&a, &mask, &source), |t| masked_scatter(&t[0], &t[1], &t[2]))
            .sample("a.masked_scatter(b, c.t())", three(&a, &row, &source), |x| {
                masked_scatter(&x[0], &x[1], &crate::ops::t(&x[2])?)
            })
            .error(
                three(&a, &row, &uniform(7, 0.0, 1.0, &[2])),
                |t| masked_scatter(&t[0], &t[1], &t[2]),
                "Number of elements of source < number of ones in mask",
            )
            .error(
                three(&a, &a, &source),
                |t| masked_scatter(&t[0], &t[1], &t[2]),
                "masked_scatter_ only supports boolean masks, but got mask with dtype Double",
            ),
    ]
}

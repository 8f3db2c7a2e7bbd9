//! scatter_reduce.

use super::common::{apart, long_index, out_of_range, start_from};
use super::scatter::check;
use crate::apply::{apply_in_place, apply1};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{div, embed_corner, eq, gather, logical_and, masked_fill, mul, scatter, scatter_add, to_dtype};
use crate::ops::{where_self, wrap_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::index::{Combine, scatter as kernel};
use wengert_kernels::kernels;
use wengert_kernels::tile::{Kernels, Program};

/// What becomes of the elements that meet at one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reduce {
    Sum,
    Prod,
    Mean,
    Amax,
    Amin,
}

impl Reduce {
    fn parse(name: &str) -> Result<Reduce> {
        Ok(match name {
            "sum" => Reduce::Sum,
            "prod" => Reduce::Prod,
            "mean" => Reduce::Mean,
            "amax" => Reduce::Amax,
            "amin" => Reduce::Amin,
            other => {
                return Err(Error::runtime(format!(
                    "reduce argument must be either sum, prod, mean, amax or amin, got {other}"
                )));
            }
        })
    }
    fn combine(self) -> Combine {
        match self {
            Reduce::Sum | Reduce::Mean => Combine::Add,
            Reduce::Prod => Combine::Mul,
            Reduce::Amax => Combine::Max,
            Reduce::Amin => Combine::Min,
        }
    }
}

#[derive(Clone, Debug)]
struct ScatterReduce {
    dim: usize,
    reduce: Reduce,
    include_self: bool,
}

static OVER: Kernels = kernels! {
    f32, f64 => |a: T, b: T| -> T { a / b };
    i64 => |a: T, b: T| -> T { a.wrapping_div_euclid(b) };
};

impl ScatterReduce {
    /// Divides by how many met at each place.
    fn divide(&self, index: &Array, out: &mut Array) -> Result<()> {
        let (dtype, shape) = (out.dtype(), out.shape().to_vec());
        let ones = Tensor::full_of(index.shape(), 1, DType::I64);
        let start = Tensor::full_of(&shape, i64::from(self.include_self), DType::I64);
        let mut counts = start.array().clone();
        kernel(counts.view_mut(), self.dim, index.view(), ones.array().view(), Combine::Add).map_err(out_of_range)?;
        // Where none met, the element stays.
        let at_least_one = crate::ops::clamp_min(&Tensor::from_array(counts), 1)?;
        let sum = out.copy_as(dtype);
        let mut p = Program::new(&shape);
        let (x, n) = (p.load(sum.view(), dtype), p.load(at_least_one.array().view(), dtype));
        let micro = dtype.compute().and_then(|c| OVER.get(c)).expect("infer refused booleans");
        let mean = p.step(micro, &[x, n]);
        p.round(mean, dtype);
        p.run(&mut out.view_mut());
        Ok(())
    }
}

impl Primitive for ScatterReduce {
    fn name(&self) -> &'static str {
        "scatter_reduce"
    }
    fn node_name(&self) -> &'static str {
        "ScatterReduceBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~index src"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        if self.reduce == Reduce::Mean && ins[0].dtype == DType::Bool {
            return Err(Error::not_implemented("\"scatter_gather_tensor_cpu_reduce_mean\" not implemented for 'Bool'"));
        }
        check(ins, self.dim)
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (index, source) = (apart(ins[1], &outs[0]), apart(ins[2], &outs[0]));
        start_from(ins[0], &mut outs[0]);
        if index.numel() == 0 {
            return Ok(());
        }
        let mut write = |source: &Array, how| {
            kernel(outs[0].view_mut(), self.dim, index.view(), source.view(), how).map_err(out_of_range)
        };
        if !self.include_self {
            // Something that does not count takes the place of what was there.
            let neutral = match self.reduce {
                Reduce::Sum | Reduce::Mean => Some(0),
                Reduce::Prod => Some(1),
                Reduce::Amax | Reduce::Amin => None,
            };
            match neutral {
                Some(n) => write(Tensor::full_of(source.shape(), n, source.dtype()).array(), Combine::Set)?,
                None => write(&source, Combine::Set)?,
            }
        }
        write(&source, self.reduce.combine())?;
        if self.reduce == Reduce::Mean { self.divide(&index, &mut outs[0]) } else { Ok(()) }
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let op = ScatterReduce { dim: self.dim + 1, ..self.clone() };
        batch.call_as_vectors(op, 0)
    }
    fn saves(&self) -> Saves {
        let s = Saves::NONE.input(1, &[0, 2]).shape(2);
        match self.reduce {
            Reduce::Sum | Reduce::Mean => s.shape(0),
            _ => s.input(0, &[0, 2]).input(2, &[0, 2]).output(0).shape(0),
        }
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (g, dim, index) = (&g[0], self.dim as isize, s.input(1));
        let full = |t: Result<Tensor>| embed_corner(&t?, s.shape(2));
        let (input, source) = match self.reduce {
            Reduce::Sum => (g.clone(), full(gather(g, dim, index))?),
            Reduce::Mean => {
                let start = Tensor::full_of(s.shape(0), i64::from(self.include_self), g.dtype());
                let ones = Tensor::full_of(index.shape(), 1, g.dtype());
                let counts = scatter_add(&start, dim, index, &ones)?;
                let counts = masked_fill(&counts, &eq(&counts, 0)?, 1)?;
                let g = div(g, &counts)?;
                (g.clone(), full(gather(&g, dim, index))?)
            }
            Reduce::Amax | Reduce::Amin => {
                let (x, out, source) = (s.input(0), s.output(0), corner(s.input(2), index.shape())?);
                let is = |a: &Tensor, b: &Tensor| to_dtype(&eq(a, b)?, g.dtype());
                let x_is = is(x, out)?;
                let source_is = is(&source, &gather(out, dim, index)?)?;
                // Those that are equal share the gradient.
                let shared = div(g, &scatter_add(&x_is, dim, index, &source_is)?)?;
                (mul(&x_is, &shared)?, full(mul(&source_is, &gather(&shared, dim, index)?))?)
            }
            Reduce::Prod => self.prod(g, s)?,
        };
        let input = if self.include_self { input } else { scatter(&input, dim, index, 0)? };
        Ok(Grads::from([s.needs(0).then_some(input), None, s.needs(2).then_some(source)]))
    }
}

impl ScatterReduce {
    /// The gradients of a product: by division, but for a single zero, which gets the product of the others.
    fn prod(&self, g: &Tensor, s: &Saved) -> Result<(Tensor, Tensor)> {
        let (x, out, dim, index) = (s.input(0), s.output(0), self.dim as isize, s.input(1));
        let source = corner(s.input(2), index.shape())?;
        let again = |x: &Tensor, source: &Tensor| apply1(self.clone(), &[x.into(), index.into(), source.into()]);
        let no_zero = masked_fill(x, &eq(x, 0)?, 1)?;
        let input = div(&mul(g, &again(&no_zero, &source)?)?, &no_zero)?;
        let zero = eq(&source, 0)?;
        let none = crate::ops::zeros_without_memory(s.shape(0), g.dtype());
        let zeros = gather(&scatter_add(&none, dim, index, &to_dtype(&zero, g.dtype())?)?, dim, index)?;
        let single = logical_and(&zero, &eq(&zeros, 1)?)?;
        let others = again(x, &masked_fill(&source, &single, 1)?)?;
        let of_single = gather(&mul(g, &others)?, dim, index)?;
        let of_rest = div(&gather(&mul(g, out)?, dim, index)?, &masked_fill(&source, &zero, 1)?)?;
        Ok((input, embed_corner(&where_self(&single, &of_single, &of_rest)?, s.shape(2))?))
    }
}

/// The first elements of every dimension.
fn corner(t: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let mut t = t.clone();
    for (d, &n) in shape.iter().enumerate() {
        if t.shape()[d] != n {
            t = crate::ops::narrow(&t, d as isize, 0, n)?;
        }
    }
    Ok(t)
}

fn prepared(input: &Tensor, dim: isize, index: &Tensor, src: &Tensor, reduce: &str) -> Result<(usize, Tensor, Reduce)> {
    let reduce = Reduce::parse(reduce)?;
    let dim = wrap_dim(dim, input.ndim())?;
    let index = long_index(index, |_| Error::runtime("scatter(): Expected dtype int32/int64 for index"))?;
    if src.dtype() != input.dtype() {
        return Err(Error::runtime("scatter(): Expected self.dtype to be equal to src.dtype"));
    }
    Ok((dim, index, reduce))
}

/// A copy of `input` in which the elements of `src` that meet at one place, by the indices along `dim` (see
/// [`scatter`](crate::ops::scatter)), are reduced together: `"sum"`, `"prod"`, `"mean"`, `"amax"` or `"amin"`. With `include_self` what
/// was there counts too.
///
/// # Errors
/// If `reduce` is none of these; those of [`scatter`](crate::ops::scatter).
#[track_caller]
pub fn scatter_reduce(
    input: &Tensor,
    dim: isize,
    index: &Tensor,
    src: &Tensor,
    reduce: &str,
    include_self: bool,
) -> Result<Tensor> {
    let (dim, index, reduce) = prepared(input, dim, index, src, reduce).named("scatter_reduce")?;
    apply1(ScatterReduce { dim, reduce, include_self }, &[input.into(), (&index).into(), src.into()])
}

/// [`scatter_reduce`] into `input`.
///
/// # Errors
/// Those of [`scatter_reduce`] and of in-place writes in general.
#[track_caller]
pub fn scatter_reduce_(
    input: &Tensor,
    dim: isize,
    index: &Tensor,
    src: &Tensor,
    reduce: &str,
    include_self: bool,
) -> Result<Tensor> {
    let (dim, index, reduce) = prepared(input, dim, index, src, reduce).named("scatter_reduce_")?;
    let op = ScatterReduce { dim, reduce, include_self };
    apply_in_place(op, "scatter_reduce_", input, &[(&index).into(), src.into()])?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor",
        |a| scatter_reduce(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.str(4), a.bool(5))
    ),
    bind!(
        "Tensor::scatter_reduce_.two(Tensor(a!) self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor(a!)",
        |a| scatter_reduce_(a.tensor(0), a.dim(1), a.tensor(2), a.tensor(3), a.str(4), a.bool(5))
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[3, 4]), uniform(2, -2.0, 2.0, &[5, 4]));
    let i = ints(3, 0, 2, &[4, 3]);
    let (whole, half) = (ints(4, -9, 9, &[3, 4]), ints(5, -9, 9, &[5, 4]));
    let with_zero = Tensor::from_slice(&[2.0, 0.0, 3.0, -1.5, 0.0], &[5]);
    let places = Tensor::from_slice(&[0i64, 0, 0, 1, 2], &[5]);
    let three = |x: &Tensor, y: &Tensor, z: &Tensor| [x.clone(), y.clone(), z.clone()];
    let call = |reduce: &'static str, keep| move |t: &[Tensor]| scatter_reduce(&t[0], 0, &t[1], &t[2], reduce, keep);
    vec![
        Entry::new("scatter_reduce(Tensor input, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor")
            .sample("a.scatter_reduce(0, b, c[:4, :3], 'sum')", three(&a, &i, &b), |t| {
                scatter_reduce(&t[0], 0, &t[1], &corner(&t[2], &[4, 3])?, "sum", true)
            })
            .sample("a.scatter_reduce(0, b, c[:4, :3], 'sum', include_self=False)", three(&a, &i, &b), |t| {
                scatter_reduce(&t[0], 0, &t[1], &corner(&t[2], &[4, 3])?, "sum", false)
            })
            .sample("a.scatter_reduce(0, b, c[:4, :3], 'mean')", three(&a, &i, &b), |t| {
                scatter_reduce(&t[0], 0, &t[1], &corner(&t[2], &[4, 3])?, "mean", true)
            })
            .sample("a.scatter_reduce(0, b, c[:4, :3], 'mean', include_self=False)", three(&a, &i, &b), |t| {
                scatter_reduce(&t[0], 0, &t[1], &corner(&t[2], &[4, 3])?, "mean", false)
            })
            .sample("a.scatter_reduce(0, b, c[:4, :3], 'prod')", three(&a, &i, &b), |t| {
                scatter_reduce(&t[0], 0, &t[1], &corner(&t[2], &[4, 3])?, "prod", true)
            })
            .kink("a.scatter_reduce(0, b, c, 'prod')", three(&uniform(6, 1.0, 2.0, &[3]), &places, &with_zero), call("prod", true))
            .sample("a.scatter_reduce(0, b, c[:4, :3], 'amax')", three(&a, &i, &b), |t| {
                scatter_reduce(&t[0], 0, &t[1], &corner(&t[2], &[4, 3])?, "amax", true)
            })
            .sample("a.scatter_reduce(0, b, c[:4, :3], 'amin', include_self=False)", three(&a, &i, &b), |t| {
                scatter_reduce(&t[0], 0, &t[1], &corner(&t[2], &[4, 3])?, "amin", false)
            })
            .sample("a.scatter_reduce(0, b, c, 'mean')", three(&whole, &i, &half), call("mean", true))
            .sample("a.scatter_reduce(0, b, c, 'amax', include_self=False)", three(&whole, &i, &half), call("amax", false))
            .error(three(&a, &i, &b), call("foo", true), "reduce argument must be either sum, prod, mean, amax or amin, got foo")
            .error(three(&a, &i, &half), call("sum", true), "scatter(): Expected self.dtype to be equal to src.dtype"),
    ]
}

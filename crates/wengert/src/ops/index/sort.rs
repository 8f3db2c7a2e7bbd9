//! sort, argsort, msort, topk, kthvalue.

use crate::apply::apply;
use crate::array::Array;
use crate::autograd::GradMode;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{gather, scatter, squeeze_dim, unsqueeze, wrap_dim, zeros_without_memory};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::{Dims, sort as kernels};

/// What is taken of the elements of one dimension in their order.
#[derive(Clone, Copy, Debug)]
enum Take {
    /// All of them.
    All { descending: bool, stable: bool },
    /// The largest or smallest.
    Top { k: usize, largest: bool },
    /// The one at a place, counted from 0.
    Nth { k: usize, keepdim: bool },
}

/// Elements of one dimension in their order, and their indices. The gradient goes to the elements that were chosen.
#[derive(Debug)]
struct Ordered {
    dim: usize,
    take: Take,
}

impl Primitive for Ordered {
    fn name(&self) -> &'static str {
        match self.take {
            Take::All { .. } => "sort",
            Take::Top { .. } => "topk",
            Take::Nth { .. } => "kthvalue",
        }
    }
    fn node_name(&self) -> &'static str {
        match self.take {
            Take::All { stable: false, .. } => "SortBackward0",
            Take::All { stable: true, .. } => "SortBackward1",
            Take::Top { .. } => "TopkBackward0",
            Take::Nth { .. } => "KthvalueBackward0",
        }
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let mut shape = Dims::from_slice(ins[0].shape);
        let n = shape.get(self.dim).copied().unwrap_or(1);
        match self.take {
            Take::All { .. } => {}
            Take::Top { k, .. } if k > n => return Err(Error::runtime("selected index k out of range")),
            Take::Top { k, .. } => {
                if ins[0].dtype == DType::Bool {
                    return Err(Error::not_implemented("topk does not support bool dtypes on CPU"));
                }
                if let Some(size) = shape.get_mut(self.dim) {
                    *size = k;
                }
            }
            Take::Nth { k, .. } if k >= n => {
                let dim = self.dim;
                return Err(Error::runtime(format!("kthvalue(): selected number k out of range for dimension {dim}")));
            }
            Take::Nth { keepdim, .. } => {
                if ins[0].dtype == DType::Bool {
                    return Err(Error::not_implemented("\"kthvalue_cpu\" not implemented for 'Bool'"));
                }
                match shape.get_mut(self.dim) {
                    Some(size) if keepdim => *size = 1,
                    Some(_) => drop(shape.remove(self.dim)),
                    None => {}
                }
            }
        }
        Ok([OutMeta::new(&shape, ins[0].dtype), OutMeta::new(&shape, DType::I64)].into_iter().collect())
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let [values, indices] = outs else { unreachable!("infer gave two outputs") };
        if values.numel() == 0 {
            return Ok(());
        }
        // Numbers are vectors of one element here, and what was dropped is there again with size 1.
        let whole = |a: &Array, dropped: bool| {
            let mut layout = a.layout().clone();
            if layout.shape.is_empty() || dropped {
                layout.shape.insert(self.dim, 1);
                layout.strides.insert(self.dim, 1);
            }
            a.with_layout(layout)
        };
        let input = whole(ins[0], false);
        let dropped = matches!(self.take, Take::Nth { keepdim: false, .. });
        let (mut values, mut indices) = (whole(values, dropped), whole(indices, dropped));
        let (x, v, i) = (input.view(), values.view_mut(), indices.view_mut());
        match self.take {
            Take::All { descending, .. } => kernels::sort(x, self.dim, descending, v, i),
            Take::Top { k, largest } => kernels::topk(x, k, self.dim, largest, v, i),
            Take::Nth { k, .. } => kernels::kthvalue(x, k, self.dim, v, i),
        }
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let Some(t) = t.get(0) else { return Ok(Some(Grads::from([None, None]))) };
        let (dim, indices) = (self.dim as isize, s.output(1));
        let dropped = matches!(self.take, Take::Nth { keepdim: false, .. }) && !s.shape(0).is_empty();
        let picked = match dropped {
            true => squeeze_dim(&gather(t, dim, &unsqueeze(indices, dim)?)?, dim)?,
            false => gather(t, dim, indices)?,
        };
        Ok(Some(Grads::from([Some(picked), None])))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let take = match self.take {
            // A vector's number keeps its dimension, which is then the batch's.
            Take::Nth { k, .. } if batch.rank(0) == 0 => Take::Nth { k, keepdim: true },
            take => take,
        };
        batch.call_as_vectors(Ordered { dim: self.dim + 1, take }, 0)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0).output(1)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let Some(g) = g.get(0) else { return Ok(Grads::from([None])) };
        let (mut g, mut indices) = (g.clone(), s.output(1).clone());
        if matches!(self.take, Take::Nth { keepdim: false, .. }) && !s.shape(0).is_empty() {
            g = unsqueeze(&g, self.dim as isize)?;
            indices = unsqueeze(&indices, self.dim as isize)?;
        }
        let zeros = zeros_without_memory(s.shape(0), g.dtype());
        Ok(Grads::from([Some(scatter(&zeros, self.dim as isize, &indices, &g)?)]))
    }
}

#[track_caller]
fn ordered(input: &Tensor, dim: usize, take: Take) -> Result<(Tensor, Tensor)> {
    let mut outs = apply(Ordered { dim, take }, &[input.into()])?.into_iter();
    match (outs.next(), outs.next()) {
        (Some(values), Some(indices)) => Ok((values, indices)),
        _ => unreachable!("two outputs"),
    }
}

/// The elements along `dim` in ascending or descending order, and where they were. Equal elements keep their order, with `stable` or
/// without; NaN is the largest.
///
/// # Errors
/// If `dim` is out of range.
///
/// ```
/// use wengert::{ops, tensor};
/// let (values, indices) = ops::sort(&tensor!([3, 1, 2]), -1, true, false)?;
/// assert_eq!(values.to_vec::<i64>(), [3, 2, 1]);
/// assert_eq!(indices.to_vec::<i64>(), [0, 2, 1]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn sort(input: &Tensor, dim: isize, descending: bool, stable: bool) -> Result<(Tensor, Tensor)> {
    let dim = wrap_dim(dim, input.ndim()).named("sort")?;
    ordered(input, dim, Take::All { descending, stable })
}

/// Where the elements along `dim` are, in ascending or descending order.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn argsort(input: &Tensor, dim: isize, descending: bool, stable: bool) -> Result<Tensor> {
    let dim = wrap_dim(dim, input.ndim()).named("argsort")?;
    let take = Take::All { descending, stable };
    let _mode = GradMode::set(false);
    Ok(ordered(input, dim, take)?.1)
}

/// The elements along the first dimension in ascending order.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn msort(input: &Tensor) -> Result<Tensor> {
    Ok(sort(input, 0, false, false)?.0)
}

/// The `k` largest (or smallest) elements along `dim`, in order, and where they are.
///
/// # Errors
/// If `k` is larger than the dimension, or `dim` is out of range.
#[track_caller]
pub fn topk(input: &Tensor, k: usize, dim: isize, largest: bool) -> Result<(Tensor, Tensor)> {
    let d = wrap_dim(dim, input.ndim()).named("topk")?;
    ordered(input, d, Take::Top { k: if input.ndim() == 0 { 1.max(k) } else { k }, largest })
}

/// The `k`-th smallest element along `dim`, counted from 1, and where it is.
///
/// # Errors
/// If the dimension does not have `k` elements, or `dim` is out of range.
#[track_caller]
pub fn kthvalue(input: &Tensor, k: usize, dim: isize, keepdim: bool) -> Result<(Tensor, Tensor)> {
    let dim = wrap_dim(dim, input.ndim()).named("kthvalue")?;
    let k = k.wrapping_sub(1);
    ordered(input, dim, Take::Nth { k, keepdim })
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
        |a| { sort(a.tensor(0), a.dim(2), a.bool(3), a.opt_bool(1).unwrap_or(false)) }
    ),
    bind!("sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)", |a| {
        sort(a.tensor(0), a.dim(1), a.bool(2), false)
    }),
    bind!("argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor", |a| {
        argsort(a.tensor(0), a.dim(1), a.bool(2), false)
    }),
    bind!("argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor", |a| {
        argsort(a.tensor(0), a.dim(2), a.bool(3), a.bool(1))
    }),
    bind!("msort(Tensor self) -> Tensor", |a| msort(a.tensor(0))),
    bind!(
        "topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)",
        |a| {
            let k = usize::try_from(a.int(1)).map_err(|_| Error::runtime("selected index k out of range"))?;
            topk(a.tensor(0), k, a.dim(2), a.bool(3))
        }
    ),
    bind!("kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)", |a| {
        kthvalue(a.tensor(0), usize::try_from(a.int(1)).unwrap_or(0), a.dim(2), a.bool(3))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, i) = (uniform(1, -2.0, 2.0, &[3, 4]), ints(2, -3, 3, &[2, 6]));
    let (s, nan) = (uniform(3, -2.0, 2.0, &[]), floats(&[1.0, f64::NAN, -2.0, f64::INFINITY, 0.5], &[5]));
    let range = "Dimension out of range (expected to be in range of [-2, 1], but got 2)";
    let places = "indices have no derivative";
    vec![
        Entry::new("sort(Tensor input, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)")
            .sample("a.sort()", [a.clone()], |t| sort(&t[0], -1, false, false))
            .sample("a.sort(0, descending=True)", [a.clone()], |t| sort(&t[0], 0, true, false))
            .sample("a.sort(stable=True)", [i.clone()], |t| sort(&t[0], -1, false, true))
            .sample("a.sort(dim=0, descending=True, stable=True)", [a.clone()], |t| sort(&t[0], 0, true, true))
            .sample("a.t().sort(dim=1, descending=True, stable=True)", [i.clone()], |x| sort(&crate::ops::t(&x[0])?, 1, true, true))
            .sample("a.sort()", [s.clone()], |t| sort(&t[0], -1, false, false))
            .kink("a.sort()", [nan.clone()], |t| sort(&t[0], 0, false, false))
            .sample("a.sort(1)", [uniform(4, 0.0, 1.0, &[2, 0])], |t| sort(&t[0], 1, false, false))
            .error([a.clone()], |t| sort(&t[0], 2, false, false), range),
        Entry::new("argsort(Tensor input, int dim=-1, bool descending=False, bool stable=False) -> Tensor")
            .not_differentiable(places)
            .sample("a.argsort()", [a.clone()], |t| argsort(&t[0], -1, false, false))
            .sample("a.argsort(0, descending=True)", [a.clone()], |t| argsort(&t[0], 0, true, false)),
        Entry::new("msort(Tensor input) -> Tensor").sample("a.msort()", [a.clone()], |t| msort(&t[0])),
        Entry::new("topk(Tensor input, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)")
            .sample("a.topk(2)", [a.clone()], |t| topk(&t[0], 2, -1, true))
            .sample("a.topk(2, 0, largest=False)", [a.clone()], |t| topk(&t[0], 2, 0, false))
            .sample("a.topk(1)", [s.clone()], |t| topk(&t[0], 1, -1, true))
            .sample("a.topk(0)", [a.clone()], |t| topk(&t[0], 0, -1, true))
            .error([a.clone()], |t| topk(&t[0], 5, -1, true), "selected index k out of range")
            .error([a.clone()], |t| topk(&t[0], 1, 2, true), range),
        Entry::new("kthvalue(Tensor input, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)")
            .sample("a.kthvalue(2)", [a.clone()], |t| kthvalue(&t[0], 2, -1, false))
            .sample("a.kthvalue(3, 0, keepdim=True)", [a.clone()], |t| kthvalue(&t[0], 3, 0, true))
            .sample("a.kthvalue(1)", [s.clone()], |t| kthvalue(&t[0], 1, 0, false))
            .error([a.clone()], |t| kthvalue(&t[0], 0, -1, false), "kthvalue(): selected number k out of range for dimension 1")
            .error([a.clone()], |t| kthvalue(&t[0], 5, -1, false), "kthvalue(): selected number k out of range for dimension 1"),
    ]
}

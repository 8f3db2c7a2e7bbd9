//! What all reductions share: which dimensions, what shape, in what order the kernel sees the elements.

use crate::array::{Array, Fusion};
use crate::error::{Error, Named, Result};
use crate::ops::{sum_dim, unsqueeze_dims, wrap_dim, wrap_dims};
use crate::primitive::{Grads, Meta, Primitive, Saved};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use wengert_kernels::reduce::{Reduction, reduce, sum_of_few};
use wengert_kernels::tile::{Program, TILE};
use wengert_kernels::{Dims, View};

/// The dimensions of a reduction.
#[derive(Clone, Debug)]
pub(crate) struct Over {
    /// Sorted, each once.
    pub dims: SmallVec<[usize; 5]>,
    /// Reduced dimensions stay with size 1 instead of going.
    pub keepdim: bool,
    /// Called without dims. PyTorch names some nodes by that.
    pub all: bool,
}

impl Over {
    /// All dimensions, dropped: a call without dims.
    pub fn all(input: &Tensor) -> Over {
        let mut dims = SmallVec::new();
        (0..input.ndim()).for_each(|d| dims.push(d));
        Over { dims, keepdim: false, all: true }
    }

    /// These dimensions, or all if there are none; negative ones count from the end.
    #[track_caller]
    pub fn dims(name: &'static str, input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Over> {
        let dims = wrap_dims(dims, input.ndim()).named(name)?;
        Ok(Over { dims, keepdim, all: false })
    }

    /// One dimension. That of a 0-dimensional tensor is none at all.
    #[track_caller]
    pub fn dim(name: &'static str, input: &Tensor, dim: isize, keepdim: bool) -> Result<Over> {
        let dim = wrap_dim(dim, input.ndim()).named(name)?;
        let dims = (input.ndim() > 0).then_some(dim).into_iter().collect();
        Ok(Over { dims, keepdim, all: false })
    }

    /// The same dimensions of tensors with a batch dimension at the front.
    pub fn behind_batch(&self) -> Over {
        Over { dims: self.dims.iter().map(|d| d + 1).collect(), keepdim: self.keepdim, all: false }
    }

    /// The shape of the result.
    pub fn shape(&self, shape: &[usize]) -> Dims {
        if self.all && !self.keepdim {
            return Dims::new();
        }
        let kept = |d: usize| !self.dims.contains(&d);
        if self.keepdim {
            shape.iter().enumerate().map(|(d, &n)| if kept(d) { n } else { 1 }).collect()
        } else {
            shape.iter().enumerate().filter(|(d, _)| kept(*d)).map(|(_, &n)| n).collect()
        }
    }

    /// How many elements meet in one.
    pub fn count(&self, shape: &[usize]) -> usize {
        self.dims.iter().map(|&d| shape[d]).product()
    }

    /// The dimensions as arguments of another reduction.
    pub fn signed(&self) -> SmallVec<[isize; 5]> {
        self.dims.iter().map(|&d| d as isize).collect()
    }

    /// A result (or its gradient) with the reduced dimensions back as 1, so that it broadcasts against the input.
    pub fn restore(&self, reduced: &Tensor) -> Result<Tensor> {
        if self.keepdim || self.dims.is_empty() { Ok(reduced.clone()) } else { unsqueeze_dims(reduced, &self.dims) }
    }

    /// The forward rule of a reduction: every element counts in one result alone, so the tangent of that is the sum of those of its
    /// elements, each times the derivative that the formula gives for a gradient of one.
    pub fn jvp(&self, op: &dyn Primitive, t: &Grads, s: &Saved) -> Result<Grads> {
        let Some(t) = t.get(0) else { return Ok(Grads::default()) };
        let outputs = op.infer(&[Meta { shape: t.shape(), dtype: t.dtype(), wrapped: false }])?.len();
        let ones = t.new_ones(&self.shape(t.shape()));
        let mut tangents = Grads::default();
        for k in 0..outputs {
            let g = Grads((0..outputs).map(|i| (i == k).then(|| ones.clone())).collect());
            let derivative = op.vjp(&g, s)?.0.swap_remove(0);
            tangents.0.push(match derivative {
                None => None,
                Some(d) if self.dims.is_empty() => Some(d * t),
                Some(d) => Some(sum_dim(&(d * t), &self.signed(), self.keepdim)?),
            });
        }
        Ok(tangents)
    }

    /// Refuses to look for an extreme among no elements.
    pub fn refuse_empty(&self, name: &str, shape: &[usize]) -> Result<()> {
        if shape.iter().product::<usize>() != 0 {
            return Ok(());
        }
        let dims = self.dims.iter().find(|&&d| shape[d] == 0);
        match dims {
            Some(_) if self.all => Err(Error::runtime(format!(
                "{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
            ))),
            Some(d) => Err(Error::index(format!("{name}(): Expected reduction dim {d} to have non-zero size."))),
            None => Ok(()),
        }
    }

    /// The kernel's work: `input` reduced into `out`.
    pub fn reduce(&self, op: Reduction, input: &Array, out: &mut Array) {
        if !(self.all && reduce_few(op, input, out)) {
            self.reduce_with(op, input, out, |_| ());
        }
    }

    /// [`Over::reduce`] of what `step` makes of the input, element by element.
    pub fn reduce_with(&self, op: Reduction, input: &Array, out: &mut Array, step: impl FnOnce(&mut Program)) {
        let mut out = out.view_mut();
        as_outer_r_inner(input, &self.dims, |p, outer, r, inner| {
            step(p);
            reduce(op, p, outer, r, inner, &mut out);
        });
    }
}

/// Sum or mean of all of few dense numbers, to the same bits as the way through a program.
fn reduce_few(op: Reduction, input: &Array, out: &mut Array) -> bool {
    let n = input.numel();
    if !matches!(op, Reduction::Sum | Reduction::Mean) || n == 0 || n > TILE || input.is_pending() {
        return false;
    }
    let Some(sum) = sum_of_few(&input.view()) else { return false };
    let result = if op == Reduction::Mean { sum / n as f64 } else { sum };
    let mut out = out.view_mut();
    if let Some([out]) = out.as_slice_mut::<f32>() {
        *out = result as f32;
    } else if let Some([out]) = out.as_slice_mut::<f64>() {
        *out = result;
    } else {
        return false;
    }
    true
}

/// An array as the kernels want it: `f(source, outer, r, inner)` with the reduced dimensions as one in the middle.
///
/// Neighbouring reduced dimensions stay where they are; scattered ones are moved to the end, which costs strided loads.
pub(crate) fn as_outer_r_inner<R>(
    input: &Array,
    dims: &[usize],
    f: impl FnOnce(&mut Program, usize, usize, usize) -> R,
) -> R {
    let shape = input.shape();
    let neighbours = dims.windows(2).all(|w| w[1] == w[0] + 1);
    let size = |ds: &[usize]| ds.iter().map(|&d| shape[d]).product::<usize>();
    let all: SmallVec<[usize; 5]> = (0..shape.len()).collect();
    if neighbours && let (Some(&first), Some(&last)) = (dims.first(), dims.last()) {
        return f(Fusion::of(input).program(), size(&all[..first]), size(dims), size(&all[last + 1..]));
    }
    let mut order: SmallVec<[usize; 5]> = all.iter().copied().filter(|d| !dims.contains(d)).collect();
    let outer = size(&order);
    order.extend_from_slice(dims);
    let layout = input.layout().permute(&order);
    let view = View { layout: &layout, ..input.view() };
    f(&mut Program::of_view(view), outer, size(dims), 1)
}

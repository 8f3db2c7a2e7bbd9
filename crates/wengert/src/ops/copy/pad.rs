//! constant_pad_nd.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::narrowed;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::tile::{self, Program};
use wengert_kernels::{Dims, Layout};

/// More indices before and after those of some dimensions, or fewer.
#[derive(Debug)]
struct Pad {
    /// For each dimension, how many come before and how many after.
    pads: SmallVec<[(isize, isize); 5]>,
    value: Scalar,
}

impl Primitive for Pad {
    fn name(&self) -> &'static str {
        "constant_pad_nd"
    }
    fn node_name(&self) -> &'static str {
        "ConstantPadNdBackward0"
    }
    fn family(&self) -> Family {
        if self.value.to_f64() == 0.0 { Family::Linear } else { Family::Other }
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let mut shape = Dims::new();
        for (&n, &(before, after)) in ins[0].shape.iter().zip(&self.pads) {
            let size = n as isize + before + after;
            if size < 0 {
                return Err(Error::runtime("narrow(): length must be non-negative."));
            }
            shape.push(size as usize);
        }
        Ok(one(&shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let dtype = outs[0].dtype();
        let mut p = Program::new(outs[0].shape());
        match self.value {
            Scalar::Float(v) if dtype.is_float() => p.scalar(v, dtype),
            v => p.scalar(v.to_i64(), dtype),
        };
        p.run(&mut outs[0].view_mut());
        // What is left of the input, there and here.
        let (mut from, mut to): (Layout, Layout) = (ins[0].layout().clone(), outs[0].layout().clone());
        for (d, &(before, after)) in self.pads.iter().enumerate() {
            let (cut, shift) = ((-before).max(0) as usize, before.max(0) as usize);
            let kept = (ins[0].shape()[d] as isize + before.min(0) + after.min(0)).max(0) as usize;
            from = narrowed(&from, d, cut, kept);
            to = narrowed(&to, d, shift, kept);
        }
        if from.numel() > 0 {
            tile::copy(ins[0].with_layout(from).view(), &mut outs[0].with_layout(to).view_mut());
        }
        Ok(())
    }
    fn jvp(&self, t: &Grads, _: &Saved) -> Result<Option<Grads>> {
        let Some(t) = t.get(0) else { return Ok(Some(Grads::one(None))) };
        let op = Pad { pads: self.pads.clone(), value: 0.into() };
        Ok(Some(Grads::one(Some(apply1(op, &[t.into()])?))))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let pads = std::iter::once((0, 0)).chain(self.pads.iter().copied()).collect();
        batch.call(Pad { pads, value: self.value })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        let pads = self.pads.iter().map(|&(before, after)| (-before, -after)).collect();
        Ok(Grads::from([Some(apply1(Pad { pads, value: 0.into() }, &[(&g[0]).into()])?)]))
    }
}

/// A copy with `value` around it: `pad` has how many indices come before and after, for the last dimension, then for the one before
/// it, and so on. Negative ones cut.
///
/// # Errors
/// If there is an odd number of pads or more than two for each dimension, or more is cut than there is.
///
/// ```
/// use wengert::{ops, tensor};
/// let x = ops::constant_pad_nd(&tensor!([[1, 2]]), &[1, 0, 0, 1], 9)?;
/// assert_eq!(x.to_vec::<i64>(), [9, 1, 2, 9, 9, 9]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn constant_pad_nd(input: &Tensor, pad: &[isize], value: impl Into<Scalar>) -> Result<Tensor> {
    let pads = pads(input.ndim(), pad).named("constant_pad_nd")?;
    apply1(Pad { pads, value: value.into() }, &[input.into()])
}

fn pads(ndim: usize, pad: &[isize]) -> Result<SmallVec<[(isize, isize); 5]>> {
    if !pad.len().is_multiple_of(2) {
        return Err(Error::runtime(format!("Length of pad must be even but instead it equals {}", pad.len())));
    }
    if pad.len() > 2 * ndim {
        return Err(Error::runtime(format!(
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length is {}while the input has {ndim}dimensions.",
            pad.len()
        )));
    }
    let mut out = SmallVec::from_elem((0, 0), ndim);
    for (p, slot) in pad.chunks(2).zip(out.iter_mut().rev()) {
        *slot = (p[0], p[1]);
    }
    Ok(out)
}

pub(crate) static BINDINGS: &[Binding] =
    &[bind!("torch::constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor", |a| {
        constant_pad_nd(a.tensor(0), a.ints(1), a.scalar(2))
    })];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, i) = (uniform(1, -2.0, 2.0, &[2, 3, 4]), ints(2, -9, 9, &[2, 3]));
    vec![
        Entry::new("constant_pad_nd(Tensor input, SymInt[] pad, Scalar value=0) -> Tensor")
            .sample("F.pad(a, (1, 2))", [a.clone()], |t| constant_pad_nd(&t[0], &[1, 2], 0))
            .sample("F.pad(a, (-1, 2, 0, 1, 1, 0), value=2.5)", [a.clone()], |t| {
                constant_pad_nd(&t[0], &[-1, 2, 0, 1, 1, 0], 2.5)
            })
            .sample("F.pad(a, (-3, 1, -1, -1))", [a.clone()], |t| constant_pad_nd(&t[0], &[-3, 1, -1, -1], 0))
            .sample("torch.constant_pad_nd(a.t(), (1, -1), 2.5)", [i.clone()], |x| {
                constant_pad_nd(&crate::ops::t(&x[0])?, &[1, -1], 2.5)
            })
            .error(
                [a.clone()],
                |t| constant_pad_nd(&t[0], &[1, 1, 1], 0),
                "Length of pad must be even but instead it equals 3",
            )
            .error(
                [i.clone()],
                |t| constant_pad_nd(&t[0], &[0; 6], 0),
                "Length of pad should be no more than twice the number of dimensions",
            )
            .error([i.clone()], |t| constant_pad_nd(&t[0], &[-2, -2], 0), "narrow(): length must be non-negative."),
    ]
}

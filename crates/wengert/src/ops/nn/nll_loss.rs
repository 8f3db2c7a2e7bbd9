//! nll_loss.

use super::{Reduction, refuse_grad};
use crate::apply::{apply, apply1};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{
    div, expand, flatten, index_select, logical_not, masked_fill, mul, ne, reshape, sum, sum_dim, to_dtype,
};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints, uniform};
use crate::transforms::aligned;
use smallvec::SmallVec;
use wengert_kernels::Dims;
use wengert_kernels::nll::{self, BadClass, Classes};

/// What [`nll_loss`] leaves to choose.
#[derive(Clone, Copy, Debug)]
pub struct NllLossOptions<'a> {
    /// What each class counts.
    pub weight: Option<&'a Tensor>,
    /// Targets of this class do not count.
    pub ignore_index: i64,
    /// What becomes of the losses.
    pub reduction: Reduction,
}

impl Default for NllLossOptions<'_> {
    fn default() -> Self {
        NllLossOptions { weight: None, ignore_index: -100, reduction: Reduction::Mean }
    }
}

/// Inputs: log-probabilities, targets, and perhaps weights. Outputs: the loss, and the weight of all that counts.
#[derive(Clone, Debug)]
struct NllLoss {
    reduction: Reduction,
    ignore_index: i64,
    /// PyTorch has another node for images.
    images: bool,
}

/// Reads the targets and weights of a call and hands them to the kernel as classes; `shape` is that of the log-probabilities.
fn with_classes<R>(
    ignore: i64,
    shape: &[usize],
    target: &Array,
    weight: Option<&&Array>,
    f: impl FnOnce(&Classes) -> R,
) -> Result<R> {
    let target: Vec<i64> = target.to_vec();
    let weight: Option<Vec<f64>> = weight.map(|w| w.to_vec());
    let (classes, inner) = match shape {
        [classes] => (*classes, 1),
        [_, classes, rest @ ..] => (*classes, rest.iter().product()),
        [] => unreachable!("infer wants dimensions"),
    };
    let c = Classes { target: &target, weight: weight.as_deref(), ignore, classes, inner };
    c.check().map_err(|BadClass(t)| Error::index(format!("Target {t} is out of bounds.")))?;
    Ok(f(&c))
}

impl NllLoss {
    /// PyTorch's checks, in its order. `x` has 1 or 2 dimensions, or 4 as images.
    fn check(&self, x: Meta, target: Meta, weight: Option<&Meta>) -> Result<()> {
        let (xs, ts) = (x.shape, target.shape);
        if !matches!(target.dtype, DType::I64 | DType::U8) {
            let text = format!("expected target dtype to be Long or Byte, but got {}", target.dtype.scalar_name());
            return Err(Error::runtime(text).hint("targets are the numbers of classes, as int64"));
        }
        let classes = xs[usize::from(xs.len() > 1)];
        if self.images {
            if [xs[0], xs[2], xs[3]] != *ts {
                return Err(Error::runtime(format!("size mismatch (got input: {xs:?} , target: {ts:?}")));
            }
        } else if ts.len() > 1 {
            return Err(Error::runtime("0D or 1D target tensor expected, multi-target not supported"));
        }
        if let Some(w) = weight {
            if *w.shape != [classes] {
                return Err(Error::runtime(if self.images {
                    "weight tensor should be defined either for all or no classes".to_string()
                } else {
                    format!(
                        "weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {:?}",
                        w.shape
                    )
                }));
            }
            if w.dtype != x.dtype {
                let (want, got) = (x.dtype.scalar_name(), w.dtype.scalar_name());
                return Err(Error::runtime(format!("expected scalar type {want} but found {got}")));
            }
        }
        if !x.dtype.is_float() {
            let kernel = if self.images { "nll_loss2d_forward_out_frame" } else { "nll_loss_out_frame" };
            let text = format!("\"{kernel}\" not implemented for '{}'", x.dtype.scalar_name());
            return Err(Error::not_implemented(text));
        }
        Ok(())
    }
}

impl Primitive for NllLoss {
    fn name(&self) -> &'static str {
        "nll_loss"
    }
    fn node_name(&self) -> &'static str {
        if self.images { "NllLoss2DBackward0" } else { "NllLossBackward0" }
    }
    fn arguments(&self) -> &'static str {
        "self ~target ~weight"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        self.check(ins[0], ins[1], ins.get(2))?;
        let shape: &[usize] = match (self.reduction, ins[0].shape) {
            (Reduction::None, [_, _, ..]) => ins[1].shape,
            _ => &[],
        };
        Ok(Metas::from_iter([OutMeta::new(shape, ins[0].dtype), OutMeta::new(&[], ins[0].dtype)]))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let [loss, total] = outs else { unreachable!("infer gives two") };
        let x = ins[0].contiguous();
        with_classes(self.ignore_index, x.shape(), ins[1], ins.get(2), |classes| {
            let put = |v: f64, out: &mut Array| {
                *out = Array::from_slice(&[v]).copy_as(out.dtype()).with_layout(out.layout().clone())
            };
            if self.reduction == Reduction::None {
                nll::nll(x.view(), classes, &mut loss.view_mut());
                put(0.0, total);
                return;
            }
            let (sum, weight) = nll::nll_sum(x.view(), classes);
            put(if self.reduction == Reduction::Mean { sum / weight } else { sum }, loss);
            put(weight, total);
        })
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let Some(t) = t.get(0) else { return Ok(Some(Grads::from([None, None]))) };
        // Linear in the log-probabilities.
        let ones = match (self.reduction, s.shape(0)) {
            (Reduction::None, [_, _, ..]) => s.input(1).shape(),
            _ => &[],
        };
        let of = self.vjp(&Grads::from([Some(t.new_ones(ones)), None]), s)?;
        let each = of.get(0).expect("its tangent is there, so it is wanted") * t;
        let out = if ones.is_empty() && s.shape(0).len() > 1 || s.shape(0).len() == 1 {
            sum(&each)?
        } else {
            sum_dim(&each, &[1], false)?
        };
        Ok(Some(Grads::from([Some(out), None])))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if (2..batch.len()).any(|i| batch.is_batched(i)) {
            return Ok(None);
        }
        let (x, target) = (batch.front(0)?, batch.front(1)?);
        let vector = batch.rank(0) == 1;
        // Examples of examples in one dimension; a vector and its target are one.
        let flat = |t: &Tensor, keep: bool| if keep { Ok(t.clone()) } else { flatten(t, 0, 1) };
        let of_target = vector && batch.rank(1) == 0;
        let flat_target = if vector && !of_target { flatten(&target, 0, 1)? } else { flat(&target, of_target)? };
        let each = NllLoss { reduction: Reduction::None, ..self.clone() };
        let weight = (batch.len() == 3).then(|| batch.operand(2));
        let flat_x = flat(&x, vector)?;
        let ins: SmallVec<[Operand; 3]> =
            [Operand::from(&flat_x), (&flat_target).into()].into_iter().chain(weight).collect();
        let losses = apply(each, &ins)?.swap_remove(0);
        let counts = ne(&flat_target, self.ignore_index)?;
        let counts = match weight {
            Some(Operand::Tensor(w)) => {
                let safe = masked_fill(&flat_target, &logical_not(&counts)?, 0)?;
                let of = reshape(&index_select(w, 0, &reshape(&safe, &[-1])?)?, safe.shape())?;
                mul(&of, &counts)?
            }
            _ => to_dtype(&counts, x.dtype())?,
        };
        let by_example = |t: &Tensor| reshape(t, &[batch.size() as isize, -1]);
        let total = sum_dim(&by_example(&counts)?, &[1], false)?;
        let loss = match self.reduction {
            Reduction::None if vector => losses,
            Reduction::None => reshape(&losses, target.shape())?,
            Reduction::Sum => sum_dim(&by_example(&losses)?, &[1], false)?,
            Reduction::Mean => div(&sum_dim(&by_example(&losses)?, &[1], false)?, &total)?,
        };
        Ok(Some([loss, total].into_iter().collect()))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(1, &[0]).input(2, &[0]).output(1).shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mut grads: Grads = (0..s.len()).map(|_| None).collect();
        if let (Some(g), true) = (g.get(0), s.needs(0)) {
            let back = NllLossBackward { of: self.clone(), shape: Dims::from_slice(s.shape(0)) };
            let mut ins: SmallVec<[Operand; 4]> =
                SmallVec::from_slice(&[g.into(), s.output(1).into(), s.input(1).into()]);
            if s.len() == 3 {
                ins.push(s.input(2).into());
            }
            grads.0[0] = Some(apply1(back, &ins)?);
        }
        Ok(grads)
    }
    fn differentiable(&self, output: usize) -> bool {
        output == 0
    }
}

/// The transpose of [`NllLoss`], which is linear in the log-probabilities. Inputs: the gradient of the loss, the weight of all,
/// targets, and perhaps weights.
#[derive(Debug)]
struct NllLossBackward {
    of: NllLoss,
    /// Of the log-probabilities.
    shape: Dims,
}

impl Primitive for NllLossBackward {
    fn name(&self) -> &'static str {
        "nll_loss_backward"
    }
    fn node_name(&self) -> &'static str {
        if self.of.images { "NllLoss2DBackwardBackward0" } else { "NllLossBackwardBackward0" }
    }
    fn arguments(&self) -> &'static str {
        "grad_output self ~target ~weight"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(crate::primitive::one(&self.shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let g = ins[0].contiguous();
        let total = match self.of.reduction {
            Reduction::Mean => ins[1].to_vec::<f64>()[0],
            _ => 1.0,
        };
        with_classes(self.of.ignore_index, &self.shape, ins[2], ins.get(3), |classes| {
            nll::nll_transposed(g.view(), classes, total, &mut outs[0].view_mut());
        })
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if (3..batch.len()).any(|i| batch.is_batched(i)) {
            return Ok(None);
        }
        let (mut g, total, target) = (batch.front(0)?, batch.front(1)?, batch.front(2)?);
        let vector = self.shape.len() == 1;
        if self.of.reduction == Reduction::Mean {
            g = div(&g, &total)?;
        }
        let of_target = vector && batch.rank(2) == 0;
        let flat_target = if of_target { target.clone() } else { flatten(&target, 0, 1)? };
        if self.of.reduction != Reduction::None {
            g = expand(&aligned(&g, target.ndim() - 1)?, target.shape())?;
        }
        let flat_g = reshape(&g, flat_target.shape())?;
        let mut shape = Dims::from_elem(batch.size(), 1);
        shape.extend_from_slice(&self.shape);
        let mut flat_shape = shape.clone();
        if !vector {
            flat_shape.remove(0);
            flat_shape[0] *= batch.size();
        }
        let op = NllLossBackward { of: NllLoss { reduction: Reduction::None, ..self.of.clone() }, shape: flat_shape };
        let one = Tensor::full_of(&[], 1, flat_g.dtype());
        let weight = (batch.len() == 4).then(|| batch.operand(3));
        let ins: SmallVec<[Operand; 4]> =
            [Operand::from(&flat_g), (&one).into(), (&flat_target).into()].into_iter().chain(weight).collect();
        Batch::one(reshape(&apply(op, &ins)?.swap_remove(0), &shape[..])?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(2, &[0]).input(3, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mut grads: Grads = (0..s.len()).map(|_| None).collect();
        if s.needs(0) {
            let mut ins: SmallVec<[Operand; 3]> = SmallVec::from_slice(&[(&g[0]).into(), s.input(2).into()]);
            if s.len() == 4 {
                ins.push(s.input(3).into());
            }
            grads.0[0] = Some(apply(self.of.clone(), &ins)?.swap_remove(0));
        }
        Ok(grads)
    }
}

/// The negative log likelihood: for each target the log-probability of its class, negative and weighted.
///
/// `input` holds log-probabilities, `[classes]`, `[n, classes]` or `[n, classes, d1, d2, ...]`; `target` the numbers of classes as
/// `int64`, of the same shape without the classes. `Reduction::None` gives the shape of `target`; the mean is over the weights.
///
/// # Errors
/// A target out of range (`IndexError`) or not of integers; shapes that do not match; a weight that is not one number for each
/// class or requires a gradient.
#[track_caller]
pub fn nll_loss(input: &Tensor, target: &Tensor, options: NllLossOptions) -> Result<Tensor> {
    let images = prepare(input.shape(), target.shape())
        .and_then(|i| refuse_grad("nll_loss_forward", "weight", options.weight).map(|()| i))
        .named("nll_loss")?;
    let op = NllLoss { reduction: options.reduction, ignore_index: options.ignore_index, images: images.is_some() };
    let weight = options.weight.map(Operand::from);
    let call = |x: &Tensor, t: &Tensor| {
        let ins: SmallVec<[Operand; 3]> = [x.into(), t.into()].into_iter().chain(weight).collect();
        Ok(apply(op, &ins)?.swap_remove(0))
    };
    match images {
        Some([xs, ts]) if xs[..] != *input.shape() => {
            let loss = call(&reshape(input, &xs)?, &reshape(&target.detach(), &ts)?)?;
            if options.reduction == Reduction::None { reshape(&loss, target.shape()) } else { Ok(loss) }
        }
        _ => call(input, target),
    }
}

/// The first checks; for three dimensions and more the shapes `[n, classes, d1, d2]` and `[n, d1, d2]` that PyTorch makes of them.
fn prepare(x: &[usize], target: &[usize]) -> Result<Option<[Dims; 2]>> {
    if x.is_empty() {
        return Err(Error::value("Expected 1 or more dimensions (got 0)"));
    }
    let batch = target.first().copied().unwrap_or(0);
    if x.len() == 1 {
        if target.len() == 1 && batch != 1 {
            let text = format!("For 1D input, 1D target must have size 1, but got target size: {batch}");
            return Err(Error::value(text));
        }
        return Ok(None);
    }
    if x[0] != batch {
        let text = format!("Expected input batch_size ({}) to match target batch_size ({batch}).", x[0]);
        return Err(Error::value(text));
    }
    match x {
        [_, _] => Ok(None),
        [_, _, _, _] => Ok(Some([Dims::from_slice(x), Dims::from_slice(target)])),
        [n, classes, rest @ ..] => {
            if target[1..] != *rest {
                let mut want = vec![*n];
                want.extend_from_slice(rest);
                return Err(Error::runtime(format!("Expected target size {want:?}, got {target:?}")));
            }
            let size = rest.iter().product();
            Ok(Some([Dims::from_slice(&[*n, *classes, 1, size]), Dims::from_slice(&[*n, 1, size])]))
        }
        _ => unreachable!("shorter shapes are dealt with"),
    }
}

pub(crate) static BINDINGS: &[Binding] = &[bind!(
    "nn::nll_loss(Tensor self, Tensor target, Tensor? weight=None, str reduction='mean', SymInt ignore_index=-100) -> Tensor",
    |a| nll_loss(
        a.tensor(0),
        a.tensor(1),
        NllLossOptions { weight: a.opt_tensor(2), reduction: a.str(3).parse()?, ignore_index: a.int(4) }
    )
)];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -3.0, 0.0, &[3, 4]);
    let t = floats(&[1.0, 3.0, 0.0], &[3]);
    let t = crate::ops::to_dtype(&t, DType::I64).expect("a cast");
    let w = uniform(2, 0.5, 2.0, &[4]);
    let (a3, t3) = (uniform(3, -3.0, 0.0, &[2, 4, 3]), ints(4, 0, 4, &[2, 3]));
    let (a4, t4) = (uniform(5, -3.0, 0.0, &[2, 4, 3, 2]), ints(6, 0, 4, &[2, 3, 2]));
    let with = |reduction| NllLossOptions { reduction, ..Default::default() };
    let plain = |t: &[Tensor]| nll_loss(&t[0], &t[1], NllLossOptions::default());
    let both = || vec![a.clone(), t.clone()];
    vec![
        Entry::new("nll_loss(Tensor input, Tensor target, Tensor? weight=None, int ignore_index=-100, str reduction='mean') -> Tensor")
            .sample("F.nll_loss(a, b)", both(), plain)
            .sample("F.nll_loss(a, b, reduction='sum')", both(), move |t| nll_loss(&t[0], &t[1], with(Reduction::Sum)))
            .sample("F.nll_loss(a, b, reduction='none')", both(), move |t| nll_loss(&t[0], &t[1], with(Reduction::None)))
            .sample("F.nll_loss(a, b, weight=c.detach())", [a.clone(), t.clone(), w.clone()], |t| {
                let w = t[2].detach();
                nll_loss(&t[0], &t[1], NllLossOptions { weight: Some(&w), ..Default::default() })
            })
            .skip(Check::NotSmall, "weights get no gradient")
            .sample("F.nll_loss(a, b, ignore_index=3)", both(), |t| {
                nll_loss(&t[0], &t[1], NllLossOptions { ignore_index: 3, ..Default::default() })
            })
            .kink("F.nll_loss(a, b - 100)", [a.clone(), Tensor::full(&[3], 0)], |t| {
                nll_loss(&t[0], &(&t[1] - 100), NllLossOptions::default())
            })
            .sample("F.nll_loss(a, b)", [uniform(7, -3.0, 0.0, &[4]), ints(8, 0, 4, &[])], plain)
            .sample("F.nll_loss(a, b)", [a3.clone(), t3.clone()], plain)
            .sample("F.nll_loss(a, b, reduction='none')", [a3.clone(), t3], move |t| nll_loss(&t[0], &t[1], with(Reduction::None)))
            .sample("F.nll_loss(a, b)", [a4.clone(), t4.clone()], plain)
            .sample("F.nll_loss(a, b, weight=c.detach(), reduction='none')", [a4.clone(), t4.clone(), w.clone()], |t| {
                let w = t[2].detach();
                nll_loss(&t[0], &t[1], NllLossOptions { weight: Some(&w), reduction: Reduction::None, ..Default::default() })
            })
            .sample("F.nll_loss(a, b)", [uniform(1, 0.0, 1.0, &[0, 4]), ints(1, 0, 4, &[0])], plain)
            .error([a.clone(), Tensor::full(&[3], 5)], plain, "Target 5 is out of bounds.")
            .error([a.clone(), Tensor::full(&[2], 1)], plain, "Expected input batch_size (3) to match target batch_size (2).")
            .error([a.clone(), w.clone()], plain, "Expected input batch_size (3) to match target batch_size (4).")
            .error([a.clone(), uniform(1, 0.0, 3.0, &[3])], plain, "expected target dtype to be Long or Byte, but got Double")
            .error([a.clone(), Tensor::full(&[3, 1], 1)], plain, "0D or 1D target tensor expected, multi-target not supported")
            .error([a3, Tensor::full(&[2, 2], 1)], plain, "Expected target size [2, 3], got [2, 2]")
            .error([a4, Tensor::full(&[2, 2, 2], 1)], plain, "size mismatch (got input: [2, 4, 3, 2] , target: [2, 2, 2]")
            .error([a.clone(), t.clone(), uniform(1, 0.0, 1.0, &[3])], |t| {
                nll_loss(&t[0], &t[1], NllLossOptions { weight: Some(&t[2].detach()), ..Default::default() })
            }, "weight tensor should be defined either for all 4 classes or no classes but got weight tensor of shape: [3]")
            .error([a.clone(), t.clone(), w], |t| {
                let w = t[2].detach().requires_grad_(true);
                nll_loss(&t[0], &t[1], NllLossOptions { weight: Some(&w), ..Default::default() })
            }, "The function 'nll_loss_forward' is not differentiable with respect to argument 'weight'."),
    ]
}

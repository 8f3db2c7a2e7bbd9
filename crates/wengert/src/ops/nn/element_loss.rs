//! What losses of an input and a target, element by element, have in common: [`ElementLoss`].

use super::{Reduction, widened};
use crate::array::{Array, Fusion};
use crate::dtype::{DType, can_cast, result_type};
use crate::error::{Error, Result};
use crate::ops::{div, mean_dim, mul, sum, sum_dim};
use crate::pointwise::broadcast_all;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::tensor::Tensor;
use wengert_kernels::kernels;
use wengert_kernels::layout::broadcast;
use wengert_kernels::reduce::{self, reduce};
use wengert_kernels::tile::{Compute, Kernels};

/// A loss as such.
#[derive(Debug)]
pub(super) struct LossRule {
    /// PyTorch's name.
    pub name: &'static str,
    /// PyTorch's node name.
    pub node: &'static str,
    /// PyTorch's name of the kernel, for its message about dtypes.
    pub kernel_name: &'static str,
    /// The loss of one element from input, target, and perhaps a number.
    pub kernels: Kernels,
    /// In which dtype it comes out.
    pub dtype: LossDtype,
    /// What must hold for each element of input and target, and for how PyTorch says so.
    pub range: Option<Kernels>,
    /// The gradients of input and target, where they are wanted.
    pub gradient: fn(&Place) -> Result<[Option<Tensor>; 2]>,
}

/// The dtype of a loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LossDtype {
    /// The common one.
    Common,
    /// That of the input, whatever the target is.
    Input,
    /// That of the target, whatever the input is.
    Target,
    /// Both must have the same.
    Same,
}

/// Where a gradient is asked for.
pub(super) struct Place<'a> {
    /// The gradient of the loss of each element.
    pub g: Tensor,
    pub input: &'a Tensor,
    pub target: &'a Tensor,
    /// Of [`ElementLoss`].
    pub number: f64,
    /// Of [`ElementLoss`].
    pub positive: Option<&'a Tensor>,
    /// Which of the two are wanted.
    pub needs: [bool; 2],
}

impl Place<'_> {
    /// One gradient for each that is wanted.
    pub fn each(
        &self,
        input: impl FnOnce() -> Result<Tensor>,
        target: impl FnOnce() -> Result<Tensor>,
    ) -> Result<[Option<Tensor>; 2]> {
        let a = if self.needs[0] { Some(input()?) } else { None };
        let b = if self.needs[1] { Some(target()?) } else { None };
        Ok([a, b])
    }
}

/// A loss with its choices. Inputs: input, target, perhaps what positives count (`pos_weight`), perhaps a weight.
#[derive(Debug)]
pub(super) struct ElementLoss {
    pub rule: &'static LossRule,
    pub reduction: Reduction,
    /// A number that the loss depends on, if it does (`beta`, `delta`).
    pub number: Option<f64>,
    pub positive: bool,
    pub weight: bool,
}

impl ElementLoss {
    /// Without choices.
    pub fn of(rule: &'static LossRule, reduction: Reduction) -> ElementLoss {
        ElementLoss { rule, reduction, number: None, positive: false, weight: false }
    }

    /// The dtypes in which it is computed and in which it comes out.
    fn dtypes(&self, ins: &[Meta]) -> Result<(DType, DType)> {
        let common = result_type(&ins[..2]);
        let (input, target) = (ins[0].dtype, ins[1].dtype);
        if self.rule.dtype == LossDtype::Same && input != target {
            let (want, got) = (input.scalar_name(), target.scalar_name());
            return Err(Error::runtime(format!("Found dtype {got} but expected {want}")));
        }
        let out = match self.rule.dtype {
            LossDtype::Common | LossDtype::Same => common,
            LossDtype::Input => input,
            LossDtype::Target => target,
        };
        let refused = if self.rule.dtype == LossDtype::Target { input } else { common };
        if !refused.is_float() {
            let (kernel, dtype) = (self.rule.kernel_name, refused.scalar_name());
            return Err(Error::not_implemented(format!("\"{kernel}\" not implemented for '{dtype}'")));
        }
        if !can_cast(common, out) {
            let (from, to) = (common.scalar_name(), out.scalar_name());
            let text = format!("result type {from} can't be cast to the desired output type {to}");
            return Err(Error::runtime(text));
        }
        Ok((common, out))
    }

    /// Everything that has the shape of the losses.
    fn check_weights(&self, ins: &[Meta], shape: &[usize]) -> Result<()> {
        for w in &ins[2..] {
            let both = broadcast_all(&[Meta { shape, ..ins[0] }, *w])?;
            if both[..] != *shape {
                return Err(Error::runtime(format!(
                    "output with shape {shape:?} doesn't match the broadcast shape {:?}",
                    &both[..]
                )));
            }
        }
        Ok(())
    }
}

static TIMES: Kernels = kernels! { f32, f64 => |a: T, b: T| -> T { a * b } };

impl Primitive for ElementLoss {
    fn name(&self) -> &'static str {
        self.rule.name
    }
    fn node_name(&self) -> &'static str {
        self.rule.node
    }
    fn arguments(&self) -> &'static str {
        "self target ~pos_weight ~weight"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let (_, dtype) = self.dtypes(ins)?;
        let shape = broadcast_all(&ins[..2])?;
        self.check_weights(ins, &shape)?;
        Ok(one(if self.reduction == Reduction::None { &shape } else { &[] }, dtype))
    }

    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let metas: Vec<Meta> = ins.iter().map(|a| Meta::of(a)).collect();
        let (dtype, _) = self.dtypes(&metas)?;
        let shape = broadcast_all(&metas[..2])?;
        let compute = dtype.compute().expect("losses are real");
        if let Some(range) = &self.rule.range {
            for (a, what) in ins.iter().zip(["input", "target"]) {
                if !holds(range, a, dtype) {
                    return Err(Error::runtime(format!("all elements of {what} should be between 0 and 1")));
                }
            }
        }
        let mut f = Fusion::new(&shape);
        let mut operands = vec![f.load(ins[0], dtype), f.load(ins[1], dtype)];
        let mut rest = ins[2..].iter();
        if let Some(number) = self.number {
            operands.push(f.program().scalar(number, dtype));
        }
        if self.positive {
            operands.push(f.load(rest.next().expect("the operation has it"), dtype));
        }
        let mut loss = f.program().step(self.rule.kernels.get(compute).expect("losses are of floats"), &operands);
        if self.weight {
            let w = f.load(rest.next().expect("the operation has it"), dtype);
            loss = f.program().step(TIMES.get(compute).expect("losses are of floats"), &[loss, w]);
        }
        let mut out = outs[0].view_mut();
        let p = f.program();
        let n = p.numel();
        match self.reduction {
            Reduction::None => {
                p.round(loss, out.dtype);
                p.run(&mut out);
            }
            Reduction::Mean => reduce(reduce::Reduction::Mean, p, 1, n, 1, &mut out),
            Reduction::Sum => reduce(reduce::Reduction::Sum, p, 1, n, 1, &mut out),
        }
        Ok(())
    }

    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        // Each element's loss depends on its own numbers alone.
        let metas = [(s.input(0), t.get(0)), (s.input(1), t.get(1))];
        let shape = broadcast(metas[0].0.shape(), metas[1].0.shape()).expect("infer has checked it");
        let ones = match self.reduction {
            Reduction::None => metas[0].0.new_ones(&shape),
            _ => metas[0].0.new_ones(&[]),
        };
        let grads = self.vjp(&Grads::one(Some(ones)), s)?;
        let mut out: Option<Tensor> = None;
        for (i, (_, t)) in metas.iter().enumerate() {
            if let (Some(d), Some(t)) = (grads.get(i), t) {
                let part = d * *t;
                out = Some(out.map_or(part.clone(), |before| before + &part));
            }
        }
        let out = match (out, self.reduction) {
            (Some(out), Reduction::Mean | Reduction::Sum) => Some(sum(&out)?),
            (out, _) => out,
        };
        Ok(Some(Grads::one(out)))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let rank = (0..batch.len()).map(|i| batch.rank(i)).max().unwrap_or(0);
        let each = ElementLoss { reduction: Reduction::None, ..*self };
        let Some(losses) = batch.call_aligned(each, &[Some(rank); 4])? else { return Ok(None) };
        if self.reduction == Reduction::None || rank == 0 {
            return Ok(Some(losses));
        }
        let dims: Vec<isize> = (1..=rank as isize).collect();
        let reduce = if self.reduction == Reduction::Mean { mean_dim } else { sum_dim };
        Batch::one(reduce(&losses[0], &dims, false)?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0, 1]).input(1, &[0, 1]).input(2, &[0, 1]).input(3, &[0, 1])
    }

    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (input, target) = (&widened(s.input(0))?, &widened(s.input(1))?);
        let mut g = widened(&g[0])?;
        if self.reduction == Reduction::Mean {
            let shape = broadcast(input.shape(), target.shape()).expect("infer has checked it");
            g = div(&g, shape.iter().product::<usize>() as f64)?;
        }
        if self.weight {
            g = mul(&g, s.input(s.len() - 1))?;
        }
        let [a, b] = (self.rule.gradient)(&Place {
            g,
            input,
            target,
            number: self.number.unwrap_or(f64::NAN),
            positive: self.positive.then(|| s.input(2)),
            needs: [s.needs(0), s.needs(1)],
        })?;
        let mut grads: Grads = (0..s.len()).map(|_| None).collect();
        (grads.0[0], grads.0[1]) = (a, b);
        Ok(grads)
    }
}

/// Does a predicate hold for all elements?
fn holds(predicate: &Kernels, a: &Array, dtype: DType) -> bool {
    let mut f = Fusion::new(a.shape());
    let x = f.load(a, dtype);
    let p = f.program();
    p.step(predicate.get(p.compute(x)).expect("predicates are of floats"), &[x]);
    debug_assert_eq!(p.compute(p.last()), Compute::Bool);
    let mut out = Array::empty(&[], DType::Bool);
    reduce(reduce::Reduction::All, p, 1, a.numel(), 1, &mut out.view_mut());
    out.to_vec::<bool>()[0]
}

//! layer_norm.

use super::widened;
use crate::apply::apply;
use crate::array::Array;
use crate::autograd::is_grad_enabled;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::{as_outer_r_inner, mean_dim, mul, rsqrt, to_dtype, var_mean_dim};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use crate::transforms::level;
use smallvec::SmallVec;
use wengert_kernels::Dims;
use wengert_kernels::norm::{self, LayerNormGrads};
use wengert_kernels::tile::Program;

/// Inputs: the tensor, perhaps a weight, perhaps a bias. Outputs: the normalized tensor, its means, and one over its deviations.
#[derive(Debug)]
struct LayerNorm {
    normalized: Dims,
    eps: f64,
    weight: bool,
    bias: bool,
}

impl LayerNorm {
    /// PyTorch's checks, in its order.
    fn check(&self, ins: &[Meta]) -> Result<()> {
        let (shape, normalized) = (ins[0].shape, &self.normalized[..]);
        if normalized.is_empty() {
            return Err(Error::runtime(
                "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []",
            ));
        }
        let names = [("weight", self.weight), ("bias", self.bias)].into_iter().filter(|(_, given)| *given);
        for (m, (name, _)) in ins[1..].iter().zip(names) {
            if m.shape != normalized {
                return Err(Error::runtime(format!(
                    "Expected {name} to be of same shape as normalized_shape, but got {name} of shape {:?} and normalized_shape = {normalized:?}",
                    m.shape
                )));
            }
        }
        if !shape.ends_with(normalized) {
            let list: Vec<String> = normalized.iter().map(usize::to_string).collect();
            return Err(Error::runtime(format!(
                "Given normalized_shape={normalized:?}, expected input with shape [*, {}], but got input of size{shape:?}",
                list.join(", ")
            )));
        }
        let dtype = ins[0].dtype;
        if ins[1..].iter().any(|m| m.dtype != dtype) {
            if ins[1..].iter().any(|m| m.dtype != DType::F32) {
                return Err(Error::runtime("mixed dtype (CPU): expect parameter to have scalar type of Float"));
            }
            if !matches!(dtype, DType::F16 | DType::BF16) {
                return Err(Error::runtime("mixed dtype (CPU): all inputs must share same datatype."));
            }
        }
        if !dtype.is_float() {
            let text = format!("\"LayerNormKernelImpl\" not implemented for '{}'", dtype.scalar_name());
            return Err(Error::not_implemented(text));
        }
        Ok(())
    }

    /// The gradients in one pass, by a kernel that is not differentiated.
    fn all_at_once(&self, g: &Tensor, s: &Saved) -> Result<Grads> {
        let places: SmallVec<[(usize, Part); 3]> = [Part::Input]
            .into_iter()
            .chain(self.weight.then_some(Part::Weight))
            .chain(self.bias.then_some(Part::Bias))
            .enumerate()
            .filter(|(i, _)| s.needs(*i))
            .collect();
        let mut ins: SmallVec<[Operand; 5]> = SmallVec::new();
        ins.extend([g.into(), s.input(0).into(), s.output(1).into(), s.output(2).into()]);
        if self.weight && s.needs(0) {
            ins.push(s.input(1).into());
        }
        let op = LayerNormBackward {
            normalized: self.normalized.clone(),
            parts: places.iter().map(|(_, part)| *part).collect(),
        };
        let outs = apply(op, &ins)?;
        let mut grads: Grads = (0..s.len()).map(|_| None).collect();
        for ((i, _), out) in places.into_iter().zip(outs) {
            grads.0[i] = Some(out);
        }
        Ok(grads)
    }

    fn dims(&self) -> SmallVec<[isize; 5]> {
        (1..=self.normalized.len() as isize).map(|d| -d).collect()
    }

    /// The normalized input and one over its deviations, as functions of the input: what was saved of them is constant, and a derivative
    /// of the formulas needs more.
    fn z_and_scale(&self, s: &Saved) -> Result<(Tensor, Tensor)> {
        let x = widened(s.input(0))?;
        let (variance, mean) = var_mean_dim(&x, &self.dims(), 0.0, true)?;
        let scale = rsqrt(&(variance + self.eps))?;
        Ok(((x - mean) * &scale, scale))
    }
}

impl Primitive for LayerNorm {
    fn name(&self) -> &'static str {
        "layer_norm"
    }
    fn node_name(&self) -> &'static str {
        "NativeLayerNormBackward0"
    }
    fn arguments(&self) -> &'static str {
        if self.weight { "input weight bias" } else { "input bias" }
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        self.check(ins)?;
        let Meta { shape, dtype, .. } = ins[0];
        let mut rows = Dims::from_slice(shape);
        let lead = rows.len() - self.normalized.len();
        rows[lead..].fill(1);
        // Statistics of half types keep single precision.
        let rows = OutMeta::new(&rows, if dtype == DType::F64 { DType::F64 } else { DType::F32 });
        Ok(Metas::from_iter([OutMeta::new(shape, dtype), rows.clone(), rows]))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let [out, mean, scale] = outs else { unreachable!("infer gives three") };
        let r = self.normalized.iter().product();
        let parameters: SmallVec<[Array; 2]> = ins[1..].iter().map(|p| dense(p, mean.dtype())).collect();
        let mut rest = parameters.iter().map(Array::view);
        let mut next = |given: bool| if given { rest.next() } else { None };
        let (weight, bias) = (next(self.weight), next(self.bias));
        // Backward reads it again: what is pending is stored, and not computed twice.
        let p = Program::of_view(ins[0].view());
        let (mut mean, mut scale) = (mean.view_mut(), scale.view_mut());
        norm::layer_norm(&p, r, weight, bias, self.eps, &mut out.view_mut(), &mut mean, &mut scale);
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let mut out: Option<Tensor> = None;
        let mut add = |t: Tensor| out = Some(out.take().map_or(t.clone(), |before| before + &t));
        let dims = self.dims();
        if t.get(0).is_some() || (self.weight && t.get(1).is_some()) {
            let (z, scale) = self.z_and_scale(s)?;
            if let Some(tx) = t.get(0) {
                let tx = widened(tx)?;
                let tz = scale * (&tx - mean_dim(&tx, &dims, true)? - &z * mean_dim(&(&z * &tx), &dims, true)?);
                add(if self.weight { mul(&tz, s.input(1))? } else { tz });
            }
            if let Some(tw) = t.get(1).filter(|_| self.weight) {
                add(z * tw);
            }
        }
        if let Some(tb) = t.get(t.len() - 1).filter(|_| self.bias) {
            add(widened(tb)?);
        }
        Ok(Some(Grads::from([out, None, None])))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if !(1..batch.len()).any(|i| batch.is_batched(i)) {
            let input = batch.front(0)?;
            let op = LayerNorm { normalized: self.normalized.clone(), ..*self };
            let ins: SmallVec<[Operand; 3]> =
                std::iter::once(Operand::from(&input)).chain((1..batch.len()).map(|i| batch.operand(i))).collect();
            return apply(op, &ins).map(Some);
        }
        let plain = LayerNorm { normalized: self.normalized.clone(), eps: self.eps, weight: false, bias: false };
        let mut outs = apply(plain, &[(&batch.front(0)?).into()])?;
        let rank = batch.rank(0);
        if self.weight {
            outs[0] = mul(&outs[0], &batch.front_with_rank(1, rank)?)?;
        }
        if self.bias {
            outs[0] = &outs[0] + batch.front_with_rank(batch.len() - 1, rank)?;
        }
        outs[0] = to_dtype(&outs[0], batch.value(0).dtype())?;
        Ok(Some(outs))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0, 1]).input(1, &[0]).output(1).output(2)
    }

    // With z = (x - mean) s and h = g w: dx = s (h - mean(h) - z mean(h z)), dw = g z, db = g.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mut grads: Grads = (0..s.len()).map(|_| None).collect();
        let Some(g) = g.get(0) else { return Ok(grads) };
        // Within a transform the formula is batched, or differentiated in its turn.
        if !is_grad_enabled() && !level::any() && (s.needs(0) || (self.weight && s.needs(1))) {
            return self.all_at_once(g, s);
        }
        let g = widened(g)?;
        let dims = self.dims();
        if s.needs(0) || (self.weight && s.needs(1)) {
            let (z, scale) = self.z_and_scale(s)?;
            if s.needs(0) {
                let h = if self.weight { mul(&g, s.input(1))? } else { g.clone() };
                let along = mean_dim(&(&h * &z), &dims, true)?;
                grads.0[0] = Some((&h - mean_dim(&h, &dims, true)? - &z * along) * scale);
            }
            if self.weight && s.needs(1) {
                grads.0[1] = Some(&g * z);
            }
        }
        if self.bias {
            *grads.0.last_mut().expect("the bias is the last input") = Some(g);
        }
        Ok(grads)
    }
    fn differentiable(&self, output: usize) -> bool {
        output == 0
    }
}

/// What gradients there are.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Part {
    Input,
    Weight,
    Bias,
}

/// Some of the gradients of [`LayerNorm`], for when no graph is recorded. Inputs: the gradient of the result, the input, its means and
/// one over its deviations, and perhaps the weight.
#[derive(Debug)]
struct LayerNormBackward {
    normalized: Dims,
    parts: SmallVec<[Part; 3]>,
}

impl Primitive for LayerNormBackward {
    fn name(&self) -> &'static str {
        "native_layer_norm_backward"
    }
    fn node_name(&self) -> &'static str {
        "NativeLayerNormBackwardBackward0"
    }
    fn family(&self) -> Family {
        Family::NoGrad
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let of = |part: &Part| match part {
            Part::Input => OutMeta::new(ins[1].shape, ins[1].dtype),
            // The engine casts sums to the dtype of the parameter.
            Part::Weight | Part::Bias => OutMeta::new(&self.normalized, ins[2].dtype),
        };
        Ok(self.parts.iter().map(of).collect())
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let &[g, x, mean, scale, ref weight @ ..] = ins else { unreachable!("there are four inputs at least") };
        let weight = weight.first().map(|w| dense(w, mean.dtype()));
        let weight = weight.as_ref().map(Array::view);
        let mut grads = LayerNormGrads::default();
        for (part, out) in self.parts.iter().zip(outs) {
            *match part {
                Part::Input => &mut grads.input,
                Part::Weight => &mut grads.weight,
                Part::Bias => &mut grads.bias,
            } = Some(out.view_mut());
        }
        let r = self.normalized.iter().product();
        let dims: SmallVec<[usize; 5]> = (x.shape().len() - self.normalized.len()..x.shape().len()).collect();
        let (mean, scale) = (mean.contiguous(), scale.contiguous());
        as_outer_r_inner(g, &dims, |g, _, _, _| {
            as_outer_r_inner(x, &dims, |x, _, _, _| {
                norm::layer_norm_backward(g, x, r, mean.view(), scale.view(), weight, grads);
            });
        });
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, _: &Grads, _: &Saved) -> Result<Grads> {
        unreachable!("it is used where nothing is recorded")
    }
}

/// A parameter as the kernel wants it.
fn dense(a: &Array, dtype: DType) -> Array {
    if a.dtype() == dtype { a.contiguous() } else { a.copy_as(dtype) }
}

/// Subtracts the mean over the last dimensions, whose sizes are `normalized_shape`, divides by the standard deviation (biased, with `eps`
/// added to the variance), and then multiplies by `weight` and adds `bias`, which have that shape.
///
/// # Errors
/// If the last sizes of `input` or those of a parameter differ from `normalized_shape`, which must not be empty; if dtypes are mixed
/// (but parameters in single precision go with a half-precision `input`) or of integers.
#[track_caller]
pub fn layer_norm(
    input: &Tensor,
    normalized_shape: &[usize],
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    eps: f64,
) -> Result<Tensor> {
    let op = LayerNorm {
        normalized: Dims::from_slice(normalized_shape),
        eps,
        weight: weight.is_some(),
        bias: bias.is_some(),
    };
    let ins: SmallVec<[Operand; 3]> = [input].into_iter().chain(weight).chain(bias).map(Operand::from).collect();
    Ok(apply(op, &ins)?.swap_remove(0))
}

pub(crate) static BINDINGS: &[Binding] = &[bind!(
    "torch::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor",
    |a| layer_norm(a.tensor(0), &a.sizes(1)?, a.opt_tensor(2), a.opt_tensor(3), a.float(4))
)];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let (w, b) = (uniform(2, 0.5, 2.0, &[4]), uniform(3, -1.0, 1.0, &[4]));
    let (w2, b2) = (uniform(4, 0.5, 2.0, &[3, 4]), uniform(5, -1.0, 1.0, &[3, 4]));
    let eps = 1e-5;
    let plain = move |t: &[Tensor]| layer_norm(&t[0], &[4], None, None, eps);
    let affine = move |t: &[Tensor]| layer_norm(&t[0], &[4], Some(&t[1]), Some(&t[2]), eps);
    vec![
        Entry::new("layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor")
            .sample("F.layer_norm(a, (4,))", [a.clone()], plain)
            .sample("F.layer_norm(a, (4,), b, c)", [a.clone(), w.clone(), b.clone()], affine)
            .sample("F.layer_norm(a, (3, 4), b, c, 0.1)", [a.clone(), w2, b2], |t| layer_norm(&t[0], &[3, 4], Some(&t[1]), Some(&t[2]), 0.1))
            .sample("F.layer_norm(a, (4,), b)", [a.clone(), w.clone()], move |t| layer_norm(&t[0], &[4], Some(&t[1]), None, eps))
            .sample("F.layer_norm(a, (4,), None, b)", [a.clone(), b.clone()], move |t| layer_norm(&t[0], &[4], None, Some(&t[1]), eps))
            .sample("F.layer_norm(a, (4,))", [uniform(6, 100.0, 101.0, &[4])], plain)
            .skip(crate::testing::Check::Reference, "far from zero PyTorch's own moments lose digits: the values differ by 1e-11 of their size")
            .sample("F.layer_norm(a, (4,), b, c)", [uniform(1, 0.0, 1.0, &[0, 4]), w.clone(), b], affine)
            .sample("F.layer_norm(a, (0,))", [uniform(1, 0.0, 1.0, &[3, 0])], move |t| layer_norm(&t[0], &[0], None, None, eps))
            .error([uniform(1, 0.0, 1.0, &[3, 5])], plain, "Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[3, 5]")
            .error([a.clone()], move |t| layer_norm(&t[0], &[], None, None, eps), "Expected normalized_shape to be at least 1-dimensional")
            .error([a.clone(), uniform(1, 0.0, 1.0, &[3]), w.clone()], affine, "Expected weight to be of same shape as normalized_shape, but got weight of shape [3] and normalized_shape = [4]")
            .error([ints(1, 0, 3, &[2, 4])], plain, "\"LayerNormKernelImpl\" not implemented for 'Long'")
            .error([a, crate::ops::to_dtype(&w, DType::F32).expect("a cast"), w], affine, "mixed dtype (CPU): expect parameter to have scalar type of Float"),
    ]
}

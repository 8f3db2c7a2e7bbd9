//! layer_norm.

use super::widened;
use crate::apply::apply;
use crate::array::Array;
use crate::autograd::is_grad_enabled;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::{mean_dim, mul, rsqrt, var_mean_dim};
use crate::primitive::{Family, Grads, Meta, Metas, OutMeta, Primitive, Saved, Saves};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::Dims;
use wengert_kernels::kernels;
use wengert_kernels::reduce::var_mean;
use wengert_kernels::tile::{Kernels, Program};

/// Inputs: the tensor, perhaps a weight, perhaps a bias. Outputs: the normalized tensor, its means, and one over its deviations.
#[derive(Debug)]
struct LayerNorm {
    normalized: Dims,
    eps: f64,
    weight: bool,
    bias: bool,
}

static INVERSE_ROOT: Kernels = kernels! { f32, f64 => |v: T, eps: T| -> T { 1.0 / (v + eps).sqrt() } };
static NORMALIZED: Kernels = kernels! { f32, f64 => |x: T, mean: T, scale: T| -> T { (x - mean) * scale } };
static TIMES: Kernels = kernels! { f32, f64 => |x: T, weight: T| -> T { x * weight } };
static PLUS: Kernels = kernels! { f32, f64 => |x: T, bias: T| -> T { x + bias } };

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

    fn dims(&self) -> SmallVec<[isize; 5]> {
        (1..=self.normalized.len() as isize).map(|d| -d).collect()
    }
}

impl Primitive for LayerNorm {
    fn name(&self) -> &'static str {
        "layer_norm"
    }
    fn node_name(&self) -> &'static str {
        "NativeLayerNormBackward0"
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
        let x = ins[0];
        let n = self.normalized.iter().product::<usize>();
        let lead = &x.shape()[..x.shape().len() - self.normalized.len()];
        let p = Program::of_view(x.view());
        let mut variance = Array::empty(mean.shape(), mean.dtype());
        let outer = lead.iter().product();
        var_mean(0.0, false, &p, outer, n, 1, &mut variance.view_mut(), &mut mean.view_mut());
        let wide = mean.dtype();
        let compute = wide.compute().expect("a float");
        let micro = |k: &'static Kernels| k.get(compute).expect("of floats");
        let mut p = Program::new(mean.shape());
        let (v, eps) = (p.load(variance.view(), wide), p.scalar(self.eps, wide));
        p.step(micro(&INVERSE_ROOT), &[v, eps]);
        p.run(&mut scale.view_mut());
        let mut p = Program::new(x.shape());
        let ports = [p.load(x.view(), x.dtype()), p.load(mean.view(), wide), p.load(scale.view(), wide)];
        let mut y = p.step(micro(&NORMALIZED), &ports);
        let mut rest = ins[1..].iter();
        for (given, k) in [(self.weight, &TIMES), (self.bias, &PLUS)] {
            if given {
                let w = p.load(rest.next().expect("the operation has it").view(), wide);
                y = p.step(micro(k), &[y, w]);
            }
        }
        p.run(&mut out.view_mut());
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0, 1]).input(1, &[0]).output(1).output(2)
    }

    // With z = (x - mean) s and h = g w: dx = s (h - mean(h) - z mean(h z)), dw = g z, db = g.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mut grads: Grads = (0..s.len()).map(|_| None).collect();
        let Some(g) = g.get(0) else { return Ok(grads) };
        let g = widened(g)?;
        let dims = self.dims();
        let z_and_scale = || -> Result<(Tensor, Tensor)> {
            let x = widened(s.input(0))?;
            // The saved statistics are constants; a derivative of this formula needs them as functions of x.
            let (mean, scale) = if is_grad_enabled() {
                let (variance, mean) = var_mean_dim(&x, &dims, 0.0, true)?;
                (mean, rsqrt(&(variance + self.eps))?)
            } else {
                (s.output(1).clone(), s.output(2).clone())
            };
            Ok(((x - mean) * &scale, scale))
        };
        if s.needs(0) || (self.weight && s.needs(1)) {
            let (z, scale) = z_and_scale()?;
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

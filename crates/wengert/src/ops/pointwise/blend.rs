//! Sums with weights in one pass: lerp, addcmul, addcdiv.

use super::{common_dtype, named, when};
use crate::apply::{apply_in_place, apply1};
use crate::error::{Error, Result};
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::kernels;

static LERP_TENSOR: Pointwise = Pointwise {
    name: "lerp",
    node: "LerpBackward1",
    arguments: "self end weight",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64 => |start: T, end: T, weight: T| -> T {
            // From the nearer end, so that weights 0 and 1 give the ends exactly.
            let step = end - start;
            if weight.abs() < 0.5 { start + weight * step } else { end - step * (1.0 - weight) }
        };
    },
    kernel_name: "lerp_kernel_tensor",
    saves: Saves::NONE.input(0, &[2]).input(1, &[2]).attribute(2, &[0, 1]),
    vjp: Some(|g, s| {
        let d = &g[0];
        let rest = |w: &Tensor| match w.array().as_scalar() {
            Some(w) => d * (1.0 - w.to_f64()),
            None => d * (1 - w),
        };
        Ok(Grads::from([
            s.when(0, || rest(s.input(2))),
            s.when(1, || d * s.input(2)),
            s.when(2, || d * (s.input(1) - s.input(0))),
        ]))
    }),
    ..Pointwise::DEFAULT
};
static LERP: Pointwise = Pointwise {
    node: "LerpBackward0",
    arguments: "self end ~weight",
    kernel_name: "lerp_kernel_scalar",
    ..LERP_TENSOR
};

/// `input + weight * (end - input)`: on the way from `input` to `end`, elementwise with broadcasting. The weight is a number or a
/// tensor.
///
/// # Errors
/// If the dtypes differ or the shapes do not broadcast; for integers and booleans.
#[track_caller]
pub fn lerp<'a>(input: &Tensor, end: &Tensor, weight: impl Into<Operand<'a>>) -> Result<Tensor> {
    let weight = weight.into();
    let op = named("lerp", interpolation(input, end, weight))?;
    apply1(op, &[input.into(), end.into(), weight])
}

/// [`lerp`] into `input`.
///
/// # Errors
/// Those of [`lerp`] and of in-place writes in general.
#[track_caller]
pub fn lerp_<'a>(input: &Tensor, end: &Tensor, weight: impl Into<Operand<'a>>) -> Result<Tensor> {
    let weight = weight.into();
    let op = named("lerp_", interpolation(input, end, weight))?;
    apply_in_place(op, "lerp_", input, &[end.into(), weight])?;
    Ok(input.clone())
}

fn interpolation(input: &Tensor, end: &Tensor, weight: Operand) -> Result<&'static Pointwise> {
    // A 0-dim weight may be of another dtype, as a number may.
    let tensor = weight.tensor().filter(|w| w.ndim() > 0);
    for (name, t) in [("end", Some(end)), ("weight", tensor)] {
        if let Some(t) = t
            && t.dtype() != input.dtype()
        {
            return Err(Error::runtime(format!(
                "expected dtype {} for `{name}` but got dtype {}",
                c_name(input),
                c_name(t)
            )));
        }
    }
    Ok(if weight.tensor().is_some() { &LERP_TENSOR } else { &LERP })
}

/// What PyTorch's message calls a dtype.
fn c_name(t: &Tensor) -> String {
    t.dtype().scalar_name().to_lowercase()
}

static ADDCMUL: Pointwise = Pointwise {
    name: "addcmul",
    node: "AddcmulBackward0",
    arguments: "self tensor1 tensor2 ~value",
    kernels: kernels! {
        f32, f64 => |x: T, a: T, b: T, value: T| -> T { x + value * a * b };
        i64 => |x: T, a: T, b: T, value: T| -> T { x.wrapping_add(value.wrapping_mul(a).wrapping_mul(b)) };
    },
    kernel_name: "addcmul_cpu_out",
    saves: Saves::NONE.input(1, &[2]).input(2, &[1]).attribute(3, &[1, 2]),
    vjp: Some(|g, s| {
        let d = &g[0];
        Ok(Grads::from([
            s.when(0, || d.clone()),
            s.when(1, || d * (s.input(2) * s.input(3))),
            s.when(2, || d * (s.input(1) * s.input(3))),
            None,
        ]))
    }),
    ..Pointwise::DEFAULT
};

/// `input + value * tensor1 * tensor2`, elementwise with broadcasting. `value` does not count in promotion.
///
/// # Errors
/// If the shapes do not broadcast; for booleans.
#[track_caller]
pub fn addcmul(input: &Tensor, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Result<Tensor> {
    let value = factor(input, tensor1, tensor2, value.into());
    apply1(&ADDCMUL, &[input.into(), tensor1.into(), tensor2.into(), value])
}

/// [`addcmul`] into `input`.
///
/// # Errors
/// Those of [`addcmul`] and of in-place writes in general.
#[track_caller]
pub fn addcmul_(input: &Tensor, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Result<Tensor> {
    let value = factor(input, tensor1, tensor2, value.into());
    apply_in_place(&ADDCMUL, "addcmul_", input, &[tensor1.into(), tensor2.into(), value])?;
    Ok(input.clone())
}

/// The number in the category of the tensors.
fn factor(input: &Tensor, tensor1: &Tensor, tensor2: &Tensor, value: Scalar) -> Operand<'static> {
    let dtype = common_dtype(&[input.into(), tensor1.into(), tensor2.into()]);
    Operand::Scalar(if dtype.is_differentiable() { value } else { value.to_dtype(dtype) })
}

static ADDCDIV: Pointwise = Pointwise {
    name: "addcdiv",
    node: "AddcdivBackward0",
    arguments: "self tensor1 tensor2 ~value",
    kernels: kernels! { f32, f64 => |x: T, a: T, b: T, value: T| -> T { x + value * a / b } },
    saves: Saves::NONE.input(1, &[2]).input(2, &[1, 2]).attribute(3, &[1, 2]),
    vjp: Some(|g, s| {
        let d = &g[0];
        Ok(Grads::from([
            s.when(0, || d.clone()),
            when(s, 1, || Ok(d * super::div(s.input(3), s.input(2))?))?,
            s.when(2, || -d * (s.input(3) * s.input(1) / (s.input(2) * s.input(2)))),
            None,
        ]))
    }),
    ..Pointwise::DEFAULT
};

/// `input + value * tensor1 / tensor2`, elementwise with broadcasting.
///
/// # Errors
/// If `tensor1` and `tensor2` are both of integers or booleans; if the shapes do not broadcast.
#[track_caller]
pub fn addcdiv(input: &Tensor, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Result<Tensor> {
    named("addcdiv", refuse_integers(tensor1, tensor2))?;
    apply1(&ADDCDIV, &[input.into(), tensor1.into(), tensor2.into(), Operand::Scalar(value.into())])
}

/// [`addcdiv`] into `input`.
///
/// # Errors
/// Those of [`addcdiv`] and of in-place writes in general.
#[track_caller]
pub fn addcdiv_(input: &Tensor, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Result<Tensor> {
    named("addcdiv_", refuse_integers(tensor1, tensor2))?;
    apply_in_place(&ADDCDIV, "addcdiv_", input, &[tensor1.into(), tensor2.into(), Operand::Scalar(value.into())])?;
    Ok(input.clone())
}

fn refuse_integers(tensor1: &Tensor, tensor2: &Tensor) -> Result<()> {
    if tensor1.dtype().is_differentiable() || tensor2.dtype().is_differentiable() {
        return Ok(());
    }
    Err(Error::runtime(
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of \
         tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / \
         tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future \
         addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.",
    ))
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor", |a| lerp(
        a.tensor(0),
        a.tensor(1),
        a.operand(2)
    )),
    bind!("lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor", |a| lerp(
        a.tensor(0),
        a.tensor(1),
        a.operand(2)
    )),
    bind!("Tensor::lerp_.Tensor(Tensor(a!) self, Tensor end, Tensor weight) -> Tensor(a!)", |a| lerp_(
        a.tensor(0),
        a.tensor(1),
        a.operand(2)
    )),
    bind!("Tensor::lerp_.Scalar(Tensor(a!) self, Tensor end, Scalar weight) -> Tensor(a!)", |a| lerp_(
        a.tensor(0),
        a.tensor(1),
        a.operand(2)
    )),
    bind!("addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", |a| addcmul(
        a.tensor(0),
        a.tensor(1),
        a.tensor(2),
        a.scalar(3)
    )),
    bind!("addcmul.deprecated(Tensor self, Scalar value, Tensor tensor1, Tensor tensor2) -> Tensor", |a| addcmul(
        a.tensor(0),
        a.tensor(2),
        a.tensor(3),
        a.scalar(1)
    )),
    bind!("Tensor::addcmul_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)", |a| {
        addcmul_(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3))
    }),
    bind!(
        "Tensor::addcmul_.deprecated(Tensor(a!) self, Scalar value, Tensor tensor1, Tensor tensor2) -> Tensor(a!)",
        |a| addcmul_(a.tensor(0), a.tensor(2), a.tensor(3), a.scalar(1))
    ),
    bind!("addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", |a| addcdiv(
        a.tensor(0),
        a.tensor(1),
        a.tensor(2),
        a.scalar(3)
    )),
    bind!("addcdiv.deprecated(Tensor self, Scalar value, Tensor tensor1, Tensor tensor2) -> Tensor", |a| addcdiv(
        a.tensor(0),
        a.tensor(2),
        a.tensor(3),
        a.scalar(1)
    )),
    bind!("Tensor::addcdiv_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)", |a| {
        addcdiv_(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3))
    }),
    bind!(
        "Tensor::addcdiv_.deprecated(Tensor(a!) self, Scalar value, Tensor tensor1, Tensor tensor2) -> Tensor(a!)",
        |a| addcdiv_(a.tensor(0), a.tensor(2), a.tensor(3), a.scalar(1))
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3]));
    let c = uniform(3, 0.5, 2.0, &[2, 1]);
    let three = || vec![a.clone(), b.clone(), c.clone()];
    let whole = || vec![ints(4, -5, 6, &[2, 3]), ints(5, -5, 6, &[3]), ints(6, 1, 6, &[2, 1])];
    let weights = || vec![a.clone(), b.clone(), floats(&[0.1, 0.9], &[2, 1])];
    vec![
        Entry::new("lerp(Tensor input, Tensor end, Tensor weight) -> Tensor")
            .sample("torch.lerp(a, b, c)", weights(), |t| lerp(&t[0], &t[1], &t[2]))
            .sample("torch.lerp(a, b, 0.3)", weights()[..2].to_vec(), |t| lerp(&t[0], &t[1], 0.3))
            .sample("torch.lerp(a, b, 0.75)", weights()[..2].to_vec(), |t| lerp(&t[0], &t[1], 0.75))
            .sample("torch.lerp(a, b, c)", [a.clone(), b.clone(), floats(&[0.4], &[])], |t| lerp(&t[0], &t[1], &t[2]))
            .kink("torch.lerp(a, b, 0.5)", weights()[..2].to_vec(), |t| lerp(&t[0], &t[1], 0.5))
            .error(whole(), |t| lerp(&t[0], &t[1], 0.5), "\"lerp_kernel_scalar\" not implemented for 'Long'")
            .error(
                [a.clone(), ints(5, -5, 6, &[3])],
                |t| lerp(&t[0], &t[1], 0.5),
                "expected dtype double for `end` but got dtype long",
            ),
        Entry::new("addcmul(Tensor input, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor")
            .sample("torch.addcmul(a, b, c)", three(), |t| addcmul(&t[0], &t[1], &t[2], 1))
            .sample("torch.addcmul(a, b, c, value=0.3)", three(), |t| addcmul(&t[0], &t[1], &t[2], 0.3))
            .sample("torch.addcmul(a, b, c, value=3)", whole(), |t| addcmul(&t[0], &t[1], &t[2], 3))
            .sample("torch.addcmul(a, b, c, value=2.5)", whole(), |t| addcmul(&t[0], &t[1], &t[2], 2.5)),
        Entry::new("addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor")
            .sample("torch.addcdiv(a, b, c)", three(), |t| addcdiv(&t[0], &t[1], &t[2], 1))
            .sample("torch.addcdiv(a, b, c, value=0.3)", three(), |t| addcdiv(&t[0], &t[1], &t[2], 0.3))
            .sample("torch.addcdiv(a, b, c)", [ints(4, -5, 6, &[2, 3]), b.clone(), c.clone()], |t| {
                addcdiv(&t[0], &t[1], &t[2], 1)
            })
            .error(
                whole(),
                |t| addcdiv(&t[0], &t[1], &t[2], 1),
                "Integer division with addcdiv is no longer supported",
            ),
    ]
}

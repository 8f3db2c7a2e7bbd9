//! The logistic function and what is made of it: sigmoid, log_sigmoid, silu, softplus.

use super::{float_entry, lt, unary_entry, when};
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::{kernels, math};

static SIGMOID: Pointwise = Pointwise {
    name: "sigmoid",
    node: "SigmoidBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::sigmoid(x) } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(sigmoid_backward(&g[0], s.output(0))?)))),
    ..Pointwise::DEFAULT
};

/// The gradient of [`sigmoid`] from its result, in one pass: `g * (1 - y) * y`.
static SIGMOID_BACKWARD: Pointwise = Pointwise {
    name: "sigmoid_backward",
    node: "SigmoidBackwardBackward0",
    kernels: kernels! { f32, f64 => |g: T, y: T| -> T { g * (1.0 - y) * y } },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, y) = (&g[0], s.input(1));
        Ok(Grads::from([when(s, 0, || sigmoid_backward(d, y))?, s.when(1, || d * s.input(0) * (1 - 2 * y))]))
    }),
    ..Pointwise::DEFAULT
};

fn sigmoid_backward(g: &Tensor, y: &Tensor) -> Result<Tensor> {
    apply1(&SIGMOID_BACKWARD, &[g.into(), y.into()])
}

/// The logistic function, `1 / (1 + exp(-input))`; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sigmoid(input: &Tensor) -> Result<Tensor> {
    apply1(&SIGMOID, &[input.into()])
}

static LOG_SIGMOID: Pointwise = Pointwise {
    name: "log_sigmoid",
    node: "LogSigmoidBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let least = if x > 0.0 { 0.0 } else { x };
            least - math::log1p(math::exp(-x.abs()))
        };
    },
    kernel_name: "log_sigmoid_cpu",
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(log_sigmoid_backward(&g[0], s.input(0))?)))),
    ..Pointwise::DEFAULT
};

static LOG_SIGMOID_BACKWARD: Pointwise = Pointwise {
    name: "log_sigmoid_backward",
    node: "LogSigmoidBackwardBackward0",
    kernels: kernels! { f32, f64 => |g: T, x: T| -> T { g * math::sigmoid(-x) } },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, x) = (&g[0], s.input(1));
        Ok(Grads::from([
            when(s, 0, || log_sigmoid_backward(d, x))?,
            when(s, 1, || Ok(-sigmoid_backward(&(d * s.input(0)), &sigmoid(x)?)?))?,
        ]))
    }),
    ..Pointwise::DEFAULT
};

fn log_sigmoid_backward(g: &Tensor, x: &Tensor) -> Result<Tensor> {
    apply1(&LOG_SIGMOID_BACKWARD, &[g.into(), x.into()])
}

/// `log(sigmoid(input))`, accurate on both sides.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn log_sigmoid(input: &Tensor) -> Result<Tensor> {
    apply1(&LOG_SIGMOID, &[input.into()])
}

static SILU: Pointwise = Pointwise {
    name: "silu",
    node: "SiluBackward0",
    kernels: kernels! { f32, f64 => |x: T| -> T { x * math::sigmoid(x) } },
    kernel_name: "silu_cpu",
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(silu_backward(&g[0], s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// With `y = sigmoid(x)`: `g * y * (1 + x * (1 - y))`; its derivative in `x` is `g * y * (1 - y) * (2 + x * (1 - 2 * y))`.
static SILU_BACKWARD: Pointwise = Pointwise {
    name: "silu_backward",
    node: "SiluBackwardBackward0",
    kernels: kernels! {
        f32, f64 => |g: T, x: T| -> T {
            let y = math::sigmoid(x);
            g * y * (1.0 + x * (1.0 - y))
        };
    },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, x) = (&g[0], s.input(1));
        Ok(Grads::from([
            when(s, 0, || silu_backward(d, x))?,
            when(s, 1, || {
                let y = sigmoid(x)?;
                Ok(sigmoid_backward(&(d * s.input(0)), &y)? * (2 + x * (1 - 2 * &y)))
            })?,
        ]))
    }),
    ..Pointwise::DEFAULT
};

fn silu_backward(g: &Tensor, x: &Tensor) -> Result<Tensor> {
    apply1(&SILU_BACKWARD, &[g.into(), x.into()])
}

/// `input * sigmoid(input)`, also called swish.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn silu(input: &Tensor) -> Result<Tensor> {
    apply1(&SILU, &[input.into()])
}

static SOFTPLUS: Pointwise = Pointwise {
    name: "softplus",
    node: "SoftplusBackward0",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64 => |x: T, beta: T, threshold: T| -> T {
            let z = x * beta;
            let most = if z < 0.0 { 0.0 } else { z };
            let y = (most + math::log1p(math::exp(-z.abs()))) / beta;
            if z > threshold { x } else { y }
        };
    },
    kernel_name: "softplus_cpu",
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]).input(2, &[0]),
    vjp: Some(|g, s| {
        Ok(Grads::from([Some(softplus_backward(&g[0], s.input(0), s.input(1), s.input(2))?), None, None]))
    }),
    ..Pointwise::DEFAULT
};

static SOFTPLUS_BACKWARD: Pointwise = Pointwise {
    name: "softplus_backward",
    node: "SoftplusBackwardBackward0",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64 => |g: T, x: T, beta: T, threshold: T| -> T {
            let z = x * beta;
            let inner = g * math::sigmoid(z);
            if z > threshold { g } else { inner }
        };
    },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]).input(2, &[0, 1]).input(3, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, x, beta, threshold) = (&g[0], s.input(1), s.input(2), s.input(3));
        Ok(Grads::from([
            when(s, 0, || softplus_backward(d, x, beta, threshold))?,
            when(s, 1, || {
                let z = x * beta;
                Ok(sigmoid_backward(&(d * s.input(0)), &sigmoid(&z)?)? * lt(&z, threshold)? * beta)
            })?,
            None,
            None,
        ]))
    }),
    ..Pointwise::DEFAULT
};

fn softplus_backward(g: &Tensor, x: &Tensor, beta: &Tensor, threshold: &Tensor) -> Result<Tensor> {
    apply1(&SOFTPLUS_BACKWARD, &[g.into(), x.into(), beta.into(), threshold.into()])
}

/// `log(1 + exp(beta * input)) / beta`, a smooth [`relu`](crate::ops::relu); `input` itself where `beta * input > threshold`.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn softplus(input: &Tensor, beta: impl Into<Scalar>, threshold: impl Into<Scalar>) -> Result<Tensor> {
    apply1(&SOFTPLUS, &[input.into(), Operand::Scalar(beta.into()), Operand::Scalar(threshold.into())])
}

in_place! {
    pub fn sigmoid_(input: &Tensor) -> Result<Tensor> = sigmoid, SIGMOID;
    pub fn silu_(input: &Tensor) -> Result<Tensor> = silu, SILU;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("sigmoid(Tensor self) -> Tensor", |a| sigmoid(a.tensor(0))),
    bind!("sigmoid_(Tensor(a!) self) -> Tensor(a!)", |a| sigmoid_(a.tensor(0))),
    bind!("nn::log_sigmoid(Tensor self) -> Tensor", |a| log_sigmoid(a.tensor(0))),
    bind!("nn::silu(Tensor self) -> Tensor", |a| silu(a.tensor(0))),
    bind!("nn::silu_(Tensor(a!) self) -> Tensor(a!)", |a| silu_(a.tensor(0))),
    bind!("special::expit(Tensor self) -> Tensor", |a| sigmoid(a.tensor(0))),
    bind!("nn::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor", |a| softplus(
        a.tensor(0),
        a.scalar(1),
        a.scalar(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let whole = || ints(1, -3, 4, &[5]);
    let tails = || floats(&[-200.0, -30.0, -3.0, 40.0, 800.0], &[5]);
    vec![
        unary_entry("sigmoid(Tensor input) -> Tensor", "torch.sigmoid(a)", sigmoid, -2.0, 2.0).kink(
            "torch.sigmoid(a)",
            [tails()],
            |t| sigmoid(&t[0]),
        ),
        float_entry("log_sigmoid(Tensor input) -> Tensor", "F.logsigmoid(a)", log_sigmoid, -2.0, 2.0)
            .kink("F.logsigmoid(a)", [tails()], |t| log_sigmoid(&t[0]))
            .error([whole()], |t| log_sigmoid(&t[0]), "\"log_sigmoid_cpu\" not implemented for 'Long'"),
        float_entry("silu(Tensor input) -> Tensor", "F.silu(a)", silu, -2.0, 2.0)
            .kink("F.silu(a)", [tails()], |t| silu(&t[0]))
            .error([whole()], |t| silu(&t[0]), "\"silu_cpu\" not implemented for 'Long'"),
        float_entry(
            "softplus(Tensor input, Scalar beta=1, Scalar threshold=20) -> Tensor",
            "F.softplus(a)",
            |x| softplus(x, 1, 20),
            -2.0,
            2.0,
        )
        .sample("F.softplus(a, 2.5, 3.0)", [uniform(4, -2.0, 2.0, &[2, 3])], |t| softplus(&t[0], 2.5, 3.0))
        .kink("F.softplus(a)", [tails()], |t| softplus(&t[0], 1, 20))
        .error([whole()], |t| softplus(&t[0], 1, 20), "\"softplus_cpu\" not implemented for 'Long'"),
    ]
}

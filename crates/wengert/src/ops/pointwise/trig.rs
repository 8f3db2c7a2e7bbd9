//! Trigonometric functions and their inverses; the plane: atan2, hypot.

use super::{reciprocal, rsqrt, unary_entry};
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints, uniform};
use wengert_kernels::tile::Kernels;
use wengert_kernels::{kernels, math, repaired_micro};

/// A vector pass, and a second look at arguments that are too large for it.
macro_rules! trig {
    ($fast:ident, $f:ident) => {
        Kernels { f32: Some(trig!(f32, $fast, $f)), f64: Some(trig!(f64, $fast, $f)), ..Kernels::NONE }
    };
    ($t:ty, $fast:ident, $f:ident) => {
        repaired_micro!(|x: $t| -> $t { math::$fast(x) } where { math::trig_is_large(x) } gives { math::$f(x) })
    };
}

static SIN: Pointwise = Pointwise {
    name: "sin",
    node: "SinBackward0",
    promote: Promote::IntsToFloat,
    kernels: trig!(sin_fast, sin),
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * cos(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// The sine; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sin(input: &Tensor) -> Result<Tensor> {
    apply1(&SIN, &[input.into()])
}

static COS: Pointwise = Pointwise {
    name: "cos",
    node: "CosBackward0",
    promote: Promote::IntsToFloat,
    kernels: trig!(cos_fast, cos),
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * -sin(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// The cosine; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn cos(input: &Tensor) -> Result<Tensor> {
    apply1(&COS, &[input.into()])
}

static TAN: Pointwise = Pointwise {
    name: "tan",
    node: "TanBackward0",
    promote: Promote::IntsToFloat,
    kernels: trig!(tan_fast, tan),
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| {
        let y = s.output(0);
        Ok(Grads::one(Some(&g[0] * (1 + y * y))))
    }),
    ..Pointwise::DEFAULT
};

/// The tangent; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn tan(input: &Tensor) -> Result<Tensor> {
    apply1(&TAN, &[input.into()])
}

static ASIN: Pointwise = Pointwise {
    name: "asin",
    node: "AsinBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::asin(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        Ok(Grads::one(Some(&g[0] * rsqrt(&(1 - x * x))?)))
    }),
    ..Pointwise::DEFAULT
};

/// The arc sine; NaN outside of -1 to 1, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn asin(input: &Tensor) -> Result<Tensor> {
    apply1(&ASIN, &[input.into()])
}

static ACOS: Pointwise = Pointwise {
    name: "acos",
    node: "AcosBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::acos(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        Ok(Grads::one(Some(&g[0] * -rsqrt(&(1 - x * x))?)))
    }),
    ..Pointwise::DEFAULT
};

/// The arc cosine; NaN outside of -1 to 1, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn acos(input: &Tensor) -> Result<Tensor> {
    apply1(&ACOS, &[input.into()])
}

static ATAN: Pointwise = Pointwise {
    name: "atan",
    node: "AtanBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::atan(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        Ok(Grads::one(Some(&g[0] / (x * x + 1))))
    }),
    ..Pointwise::DEFAULT
};

/// The arc tangent; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn atan(input: &Tensor) -> Result<Tensor> {
    apply1(&ATAN, &[input.into()])
}

static ATAN2: Pointwise = Pointwise {
    name: "atan2",
    node: "Atan2Backward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |y: T, x: T| -> T { math::atan2(y, x) } },
    saves: Saves::NONE.input(0, &[0, 1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let (y, x) = (s.input(0), s.input(1));
        let scaled = &g[0] * reciprocal(&(y * y + x * x))?;
        Ok(Grads::from([s.when(0, || &scaled * x), s.when(1, || &scaled * -y)]))
    }),
    ..Pointwise::DEFAULT
};

/// The angle of the point (`other`, `input`) from the first axis, between -π and π; integers give floats.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn atan2(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&ATAN2, &[input.into(), other.into()])
}

static HYPOT: Pointwise = Pointwise {
    name: "hypot",
    node: "HypotBackward0",
    kernels: kernels! {
        f32 => |x: T, y: T| -> T { hypot_f32(x, y) };
        f64 => |x: T, y: T| -> T { hypot_f64(x, y) };
    },
    kernel_name: "hypot_cpu",
    saves: Saves::NONE.input(0, &[0]).input(1, &[1]).output(0),
    vjp: Some(|g, s| {
        let d = &g[0];
        let h = s.output(0);
        Ok(Grads::from([s.when(0, || d * s.input(0) / h), s.when(1, || d * s.input(1) / h)]))
    }),
    ..Pointwise::DEFAULT
};

/// In double precision squares of single precision neither overflow nor underflow.
#[inline(always)]
fn hypot_f32(x: f32, y: f32) -> f32 {
    let (a, b) = (x as f64, y as f64);
    let h = math::sqrt(a * a + b * b) as f32;
    if x.is_infinite() | y.is_infinite() { f32::INFINITY } else { h }
}

/// The square root of a sum of squares whose rounding errors are carried along, scaled by powers of two out of the way of over- and
/// underflow.
#[inline(always)]
fn hypot_f64(x: f64, y: f64) -> f64 {
    const fn two_to(n: i64) -> f64 {
        f64::from_bits(((1023 + n) as u64) << 52)
    }
    let (a, b) = (x.abs(), y.abs());
    let (long, short) = if a > b { (a, b) } else { (b, a) };
    let scale = if long < two_to(-400) { two_to(600) } else { 1.0 };
    let scale = if long > two_to(500) { two_to(-600) } else { scale };
    let (long, short) = (long * scale, short * scale);
    let (p, q) = (long * long, short * short);
    let sum = p + q;
    let low = (q - (sum - p)) + (long.mul_add(long, -p) + short.mul_add(short, -q));
    let root = math::sqrt(sum);
    // One step of Newton's method from the rounded root to that of sum + low.
    let rest = (-root).mul_add(root, sum) + low;
    let h = if sum > 0.0 { root + rest / (2.0 * root) } else { sum };
    let h = h / scale;
    if x.is_infinite() | y.is_infinite() { f64::INFINITY } else { h }
}

/// `sqrt(input² + other²)` without overflow in between.
///
/// # Errors
/// If the shapes do not broadcast; for integers and booleans.
#[track_caller]
pub fn hypot(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&HYPOT, &[input.into(), other.into()])
}

in_place! {
    pub fn sin_(input: &Tensor) -> Result<Tensor> = sin, SIN;
    pub fn cos_(input: &Tensor) -> Result<Tensor> = cos, COS;
    pub fn tan_(input: &Tensor) -> Result<Tensor> = tan, TAN;
    pub fn asin_(input: &Tensor) -> Result<Tensor> = asin, ASIN;
    pub fn acos_(input: &Tensor) -> Result<Tensor> = acos, ACOS;
    pub fn atan_(input: &Tensor) -> Result<Tensor> = atan, ATAN;
    pub fn atan2_(input: &Tensor, other: &Tensor) -> Result<Tensor> = atan2, ATAN2;
    pub fn hypot_(input: &Tensor, other: &Tensor) -> Result<Tensor> = hypot, HYPOT;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("sin(Tensor self) -> Tensor", |a| sin(a.tensor(0))),
    bind!("sin_(Tensor(a!) self) -> Tensor(a!)", |a| sin_(a.tensor(0))),
    bind!("cos(Tensor self) -> Tensor", |a| cos(a.tensor(0))),
    bind!("cos_(Tensor(a!) self) -> Tensor(a!)", |a| cos_(a.tensor(0))),
    bind!("tan(Tensor self) -> Tensor", |a| tan(a.tensor(0))),
    bind!("tan_(Tensor(a!) self) -> Tensor(a!)", |a| tan_(a.tensor(0))),
    bind!("asin(Tensor self) -> Tensor", |a| asin(a.tensor(0))),
    bind!("asin_(Tensor(a!) self) -> Tensor(a!)", |a| asin_(a.tensor(0))),
    bind!("arcsin(Tensor self) -> Tensor", |a| asin(a.tensor(0))),
    bind!("arcsin_(Tensor(a!) self) -> Tensor(a!)", |a| asin_(a.tensor(0))),
    bind!("acos(Tensor self) -> Tensor", |a| acos(a.tensor(0))),
    bind!("acos_(Tensor(a!) self) -> Tensor(a!)", |a| acos_(a.tensor(0))),
    bind!("arccos(Tensor self) -> Tensor", |a| acos(a.tensor(0))),
    bind!("arccos_(Tensor(a!) self) -> Tensor(a!)", |a| acos_(a.tensor(0))),
    bind!("atan(Tensor self) -> Tensor", |a| atan(a.tensor(0))),
    bind!("atan_(Tensor(a!) self) -> Tensor(a!)", |a| atan_(a.tensor(0))),
    bind!("arctan(Tensor self) -> Tensor", |a| atan(a.tensor(0))),
    bind!("arctan_(Tensor(a!) self) -> Tensor(a!)", |a| atan_(a.tensor(0))),
    bind!("atan2(Tensor self, Tensor other) -> Tensor", |a| atan2(a.tensor(0), a.tensor(1))),
    bind!("Tensor::atan2_(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| atan2_(a.tensor(0), a.tensor(1))),
    bind!("arctan2(Tensor self, Tensor other) -> Tensor", |a| atan2(a.tensor(0), a.tensor(1))),
    bind!("Tensor::arctan2_(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| atan2_(a.tensor(0), a.tensor(1))),
    bind!("hypot(Tensor self, Tensor other) -> Tensor", |a| hypot(a.tensor(0), a.tensor(1))),
    bind!("Tensor::hypot_(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| hypot_(a.tensor(0), a.tensor(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let inf = f64::INFINITY;
    let plane = || vec![uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, 0.5, 2.0, &[3])];
    let special = || {
        let v = [0.0, -0.0, 1.0, -1.0, inf, -inf, f64::NAN];
        vec![floats(&v, &[7, 1]), floats(&v, &[7])]
    };
    let whole = || vec![ints(3, -3, 4, &[2, 3]), ints(4, 1, 4, &[3])];
    // Many turns: the slow reduction.
    let turns = || floats(&[1e5, -2e5, 1e9, -3.5e12, 1e22], &[5]);
    let far = || floats(&[1e300, -3e-200, 1e-320, 3e160], &[4]);
    vec![
        unary_entry("sin(Tensor input) -> Tensor", "torch.sin(a)", sin, -2.0, 1.0).kink(
            "torch.sin(a)",
            [turns()],
            |t| sin(&t[0]),
        ),
        unary_entry("cos(Tensor input) -> Tensor", "torch.cos(a)", cos, -2.0, -0.3).kink(
            "torch.cos(a)",
            [turns()],
            |t| cos(&t[0]),
        ),
        unary_entry("tan(Tensor input) -> Tensor", "torch.tan(a)", tan, -1.2, 1.2).kink(
            "torch.tan(a)",
            [turns()],
            |t| tan(&t[0]),
        ),
        unary_entry("asin(Tensor input) -> Tensor", "torch.asin(a)", asin, -0.8, 0.8),
        unary_entry("acos(Tensor input) -> Tensor", "torch.acos(a)", acos, -0.8, 0.8),
        unary_entry("atan(Tensor input) -> Tensor", "torch.atan(a)", atan, -2.0, 2.0),
        Entry::new("atan2(Tensor input, Tensor other) -> Tensor")
            .sample("torch.atan2(a, b)", plane(), |t| atan2(&t[0], &t[1]))
            .kink("torch.atan2(a, b)", special(), |t| atan2(&t[0], &t[1]))
            .sample("torch.atan2(a, b)", whole(), |t| atan2(&t[0], &t[1])),
        Entry::new("hypot(Tensor input, Tensor other) -> Tensor")
            .sample("torch.hypot(a, b)", [uniform(1, 0.5, 2.0, &[2, 3]), uniform(2, 0.5, 2.0, &[3])], |t| {
                hypot(&t[0], &t[1])
            })
            .kink("torch.hypot(a, b)", special(), |t| hypot(&t[0], &t[1]))
            .kink("torch.hypot(a, 0.75 * a)", [far()], |t| hypot(&t[0], &(&t[0] * 0.75)))
            .skip(Check::Forward, "subnormal numbers have few digits")
            .error(whole(), |t| hypot(&t[0], &t[1]), "\"hypot_cpu\" not implemented for 'Long'"),
    ]
}

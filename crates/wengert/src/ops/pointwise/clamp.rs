//! Keeping within bounds: clamp, clamp_min, clamp_max.

use super::{MAXIMUM, MINIMUM, common_dtype, gt, le, logical_and, logical_or, lt, named, when, where_self};
use crate::apply::{apply_in_place, apply1};
use crate::error::{Error, Result};
use crate::pointwise::Pointwise;
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar, int_range};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, bools, floats, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::kernels;
use wengert_kernels::tile::Kernels;

/// Two numbers as bounds. At a bound the gradient is zero.
static CLAMP: Pointwise = Pointwise {
    name: "clamp",
    node: "ClampBackward1",
    arguments: "self ~min ~max",
    kernels: kernels! {
        f32, f64 => |x: T, min: T, max: T| -> T {
            let y = if (x < min) | min.is_nan() { min } else { x };
            if (y > max) | max.is_nan() { max } else { y }
        };
        i64 => |x: T, min: T, max: T| -> T { x.max(min).min(max) };
    },
    kernel_name: "clamp_scalar_cpu",
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]).input(2, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0).detach();
        let inside = [(&g[0]).into(), (&x).into(), s.input(1).into(), s.input(2).into()];
        Ok(Grads::from([Some(apply1(&INSIDE, &inside)?), None, None]))
    }),
    ..Pointwise::DEFAULT
};

/// The gradient of [`CLAMP`]: `g` strictly between the bounds, 0 elsewhere.
static INSIDE: Pointwise = Pointwise {
    name: "clamp_backward",
    node: "WhereBackward0",
    arguments: "self ~self ~min ~max",
    kernels: kernels! {
        f32, f64 => |g: T, x: T, min: T, max: T| -> T { if (x > min) & (x < max) { g } else { 0.0 } };
    },
    rounds_numbers: true,
    saves: Saves::NONE.input(1, &[0]).input(2, &[0]).input(3, &[0]),
    vjp: Some(|g, s| {
        let inside = [(&g[0]).into(), s.input(1).into(), s.input(2).into(), s.input(3).into()];
        Ok(Grads::from([Some(apply1(&INSIDE, &inside)?), None, None, None]))
    }),
    ..Pointwise::DEFAULT
};

/// Two tensors as bounds. Where the input meets one, both get half of the gradient.
static CLAMP_TENSORS: Pointwise = Pointwise {
    node: "ClampBackward0",
    arguments: "self min max",
    kernel_name: "clamp_cpu",
    saves: Saves::NONE.input_for_all(0).input_for_all(1).input_for_all(2),
    vjp: Some(|g, s| {
        let (d, x, min, max) = (&g[0], s.input(0), s.input(1), s.input(2));
        let half = d / 2;
        let (proper, crossed) = (lt(min, max)?, lt(max, min)?);
        let at = |bound: &Tensor| logical_and(&super::eq(x, bound)?, &proper);
        Ok(Grads::from([
            when(s, 0, || {
                let shared = where_self(&logical_or(&at(min)?, &at(max)?)?, &half, d)?;
                where_self(&logical_or(&lt(x, min)?, &gt(x, max)?)?, 0, &shared)
            })?,
            when(s, 1, || {
                let below = logical_and(&lt(x, min)?, &le(min, max)?)?;
                where_self(&below, d, &where_self(&at(min)?, &half, 0)?)
            })?,
            when(s, 2, || {
                let above = logical_or(&logical_and(&gt(x, max)?, &le(min, max)?)?, &crossed)?;
                where_self(&above, d, &where_self(&at(max)?, &half, 0)?)
            })?,
        ]))
    }),
    ..CLAMP
};

const LARGER: Kernels = Kernels { bool: None, ..MAXIMUM.kernels };
const SMALLER: Kernels = Kernels { bool: None, ..MINIMUM.kernels };

static CLAMP_MIN: Pointwise = Pointwise {
    name: "clamp_min",
    node: "ClampMinBackward0",
    arguments: "self ~min",
    kernels: LARGER,
    kernel_name: "clamp_min_scalar_cpu",
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]),
    vjp: Some(|g, s| Ok(Grads::from([Some(where_self(&gt(s.input(0), s.input(1))?, &g[0], 0)?), None]))),
    ..Pointwise::DEFAULT
};
static CLAMP_MAX: Pointwise = Pointwise {
    name: "clamp_max",
    node: "ClampMaxBackward0",
    arguments: "self ~max",
    kernels: SMALLER,
    kernel_name: "clamp_max_scalar_cpu",
    vjp: Some(|g, s| Ok(Grads::from([Some(where_self(&lt(s.input(0), s.input(1))?, &g[0], 0)?), None]))),
    ..CLAMP_MIN
};
static CLAMP_MIN_TENSOR: Pointwise = Pointwise { name: "clamp_min", node: "ClampMinBackward1", ..MAXIMUM };
static CLAMP_MAX_TENSOR: Pointwise = Pointwise { name: "clamp_max", node: "ClampMaxBackward1", ..MINIMUM };

// clamp with one bound is the same under another node name.
static CLAMP_BELOW: Pointwise = Pointwise { name: "clamp", node: "ClampBackward1", ..CLAMP_MIN };
static CLAMP_ABOVE: Pointwise = Pointwise { name: "clamp", node: "ClampBackward1", ..CLAMP_MAX };
static CLAMP_BELOW_TENSOR: Pointwise = Pointwise { name: "clamp", node: "ClampBackward0", ..MAXIMUM };
static CLAMP_ABOVE_TENSOR: Pointwise = Pointwise { name: "clamp", node: "ClampBackward0", ..MINIMUM };

/// The primitive for these bounds, and they themselves, fit for the dtype.
type Chosen<'a> = (&'static Pointwise, SmallVec<[Operand<'a>; 2]>);

fn choose<'a>(input: &Tensor, min: Option<Operand<'a>>, max: Option<Operand<'a>>) -> Result<Chosen<'a>> {
    let bounds: SmallVec<[Operand; 2]> = min.into_iter().chain(max).collect();
    let tensors = bounds.iter().any(|b| b.tensor().is_some());
    let op = match (min, max, tensors) {
        (None, None, _) => {
            return Err(Error::runtime("torch.clamp: At least one of 'min' or 'max' must not be None"));
        }
        (Some(_), Some(_), false) => &CLAMP,
        (Some(_), Some(_), true) => &CLAMP_TENSORS,
        (Some(_), None, false) => &CLAMP_BELOW,
        (Some(_), None, true) => &CLAMP_BELOW_TENSOR,
        (None, Some(_), false) => &CLAMP_ABOVE,
        (None, Some(_), true) => &CLAMP_ABOVE_TENSOR,
    };
    Ok((op, fit(input, min, max)?))
}

/// Numbers as bounds: an integer past the far end of the dtype's range bounds nothing, past the near end it is an error.
fn fit<'a>(input: &Tensor, min: Option<Operand<'a>>, max: Option<Operand<'a>>) -> Result<SmallVec<[Operand<'a>; 2]>> {
    let mut all: SmallVec<[Operand; 3]> = SmallVec::new();
    all.push(input.into());
    all.extend(min.into_iter().chain(max));
    let dtype = common_dtype(&all);
    let (lo, hi) = int_range(dtype);
    let fit = |bound: Operand<'a>, name, outside: fn(i64, i64, i64) -> bool| match bound {
        Operand::Scalar(v) if dtype.is_int() => {
            if outside(v.to_i64(), lo, hi) {
                return Err(Error::runtime(format!(
                    "Clamp {name} value {v} is outside the representable range of {}",
                    dtype.scalar_name()
                )));
            }
            Ok(Operand::Scalar(Scalar::Int(v.to_i64().clamp(lo, hi))))
        }
        Operand::Scalar(v) => v.checked_to_dtype(dtype).map(|_| bound),
        Operand::Tensor(_) => Ok(bound),
    };
    let min = min.map(|b| fit(b, "min", |v, _, hi| v > hi));
    let max = max.map(|b| fit(b, "max", |v, lo, _| v < lo));
    min.into_iter().chain(max).collect()
}

fn with<'a>(input: &'a Tensor, bounds: &[Operand<'a>]) -> SmallVec<[Operand<'a>; 3]> {
    std::iter::once(input.into()).chain(bounds.iter().copied()).collect()
}

/// `input` kept between `min` and `max`, elementwise with broadcasting; NaN stays, and where `min > max` the result is `max`.
/// Bounds are numbers or tensors. The gradient is zero outside; at a number's bound it is zero too, at a tensor's it is shared.
///
/// # Errors
/// If both bounds are `None`, a number is outside of the dtype's range on the wrong side, the shapes do not broadcast; for
/// booleans.
#[track_caller]
pub fn clamp<'a>(input: &Tensor, min: Option<Operand<'a>>, max: Option<Operand<'a>>) -> Result<Tensor> {
    let (op, bounds) = named("clamp", choose(input, min, max))?;
    apply1(op, &with(input, &bounds))
}

/// [`clamp`] into `input`.
///
/// # Errors
/// Those of [`clamp`] and of in-place writes in general.
#[track_caller]
pub fn clamp_<'a>(input: &Tensor, min: Option<Operand<'a>>, max: Option<Operand<'a>>) -> Result<Tensor> {
    let (op, bounds) = named("clamp_", choose(input, min, max))?;
    apply_in_place(op, "clamp_", input, &bounds)?;
    Ok(input.clone())
}

/// `input`, but at least `min`, elementwise with broadcasting: [`clamp`] with one bound.
///
/// # Errors
/// As [`clamp`].
#[track_caller]
pub fn clamp_min<'a>(input: &Tensor, min: impl Into<Operand<'a>>) -> Result<Tensor> {
    let min = min.into();
    let bounds = named("clamp_min", fit(input, Some(min), None))?;
    apply1(if min.tensor().is_some() { &CLAMP_MIN_TENSOR } else { &CLAMP_MIN }, &with(input, &bounds))
}

/// [`clamp_min`] into `input`.
///
/// # Errors
/// Those of [`clamp_min`] and of in-place writes in general.
#[track_caller]
pub fn clamp_min_<'a>(input: &Tensor, min: impl Into<Operand<'a>>) -> Result<Tensor> {
    let min = min.into();
    let bounds = named("clamp_min_", fit(input, Some(min), None))?;
    let op = if min.tensor().is_some() { &CLAMP_MIN_TENSOR } else { &CLAMP_MIN };
    apply_in_place(op, "clamp_min_", input, &bounds)?;
    Ok(input.clone())
}

/// `input`, but at most `max`, elementwise with broadcasting: [`clamp`] with one bound.
///
/// # Errors
/// As [`clamp`].
#[track_caller]
pub fn clamp_max<'a>(input: &Tensor, max: impl Into<Operand<'a>>) -> Result<Tensor> {
    let max = max.into();
    let bounds = named("clamp_max", fit(input, None, Some(max)))?;
    apply1(if max.tensor().is_some() { &CLAMP_MAX_TENSOR } else { &CLAMP_MAX }, &with(input, &bounds))
}

/// [`clamp_max`] into `input`.
///
/// # Errors
/// Those of [`clamp_max`] and of in-place writes in general.
#[track_caller]
pub fn clamp_max_<'a>(input: &Tensor, max: impl Into<Operand<'a>>) -> Result<Tensor> {
    let max = max.into();
    let bounds = named("clamp_max_", fit(input, None, Some(max)))?;
    let op = if max.tensor().is_some() { &CLAMP_MAX_TENSOR } else { &CLAMP_MAX };
    apply_in_place(op, "clamp_max_", input, &bounds)?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor", |a| clamp(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", |a| clamp(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clamp_.Tensor(Tensor(a!) self, Tensor? min=None, Tensor? max=None) -> Tensor(a!)", |a| clamp_(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clamp_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)", |a| clamp_(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clip.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor", |a| clamp(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", |a| clamp(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clip_.Tensor(Tensor(a!) self, Tensor? min=None, Tensor? max=None) -> Tensor(a!)", |a| clamp_(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clip_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)", |a| clamp_(
        a.tensor(0),
        a.opt_operand(1),
        a.opt_operand(2)
    )),
    bind!("clamp_min.Tensor(Tensor self, Tensor min) -> Tensor", |a| clamp_min(a.tensor(0), a.operand(1))),
    bind!("clamp_min(Tensor self, Scalar min) -> Tensor", |a| clamp_min(a.tensor(0), a.operand(1))),
    bind!("clamp_min_.Tensor(Tensor(a!) self, Tensor min) -> Tensor(a!)", |a| clamp_min_(a.tensor(0), a.operand(1))),
    bind!("clamp_min_(Tensor(a!) self, Scalar min) -> Tensor(a!)", |a| clamp_min_(a.tensor(0), a.operand(1))),
    bind!("clamp_max.Tensor(Tensor self, Tensor max) -> Tensor", |a| clamp_max(a.tensor(0), a.operand(1))),
    bind!("clamp_max(Tensor self, Scalar max) -> Tensor", |a| clamp_max(a.tensor(0), a.operand(1))),
    bind!("clamp_max_.Tensor(Tensor(a!) self, Tensor max) -> Tensor(a!)", |a| clamp_max_(a.tensor(0), a.operand(1))),
    bind!("clamp_max_(Tensor(a!) self, Scalar max) -> Tensor(a!)", |a| clamp_max_(a.tensor(0), a.operand(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let a = floats(&[-1.7, -0.3, 0.2, 0.9, 1.4, 2.6], &[2, 3]);
    let i = ints(1, -5, 6, &[2, 3]);
    let special = || floats(&[0.0, 1.0, -0.0, inf, -inf, nan], &[6]);
    // Every order and tie of input, lower and upper bound, and NaN.
    let grid = || {
        let v = [nan, 0.0, 1.0, 2.0];
        let digit = |place: u32| (0..64).map(|i: usize| v[i >> (2 * place) & 3]).collect::<Vec<f64>>();
        vec![floats(&digit(0), &[64]), floats(&digit(1), &[64]), floats(&digit(2), &[64])]
    };
    let bounds = || vec![a.clone(), floats(&[-1.0, 0.0, -0.5], &[3]), floats(&[1.0, 0.5, 2.0], &[3])];
    let n = |v: f64| Some(Operand::from(v));
    vec![
        Entry::new("clamp(Tensor input, Tensor? min=None, Tensor? max=None) -> Tensor")
            .sample("torch.clamp(a, -0.5, 1.0)", [a.clone()], move |t| clamp(&t[0], n(-0.5), n(1.0)))
            .sample("torch.clamp(a, min=-0.5)", [a.clone()], move |t| clamp(&t[0], n(-0.5), None))
            .sample("torch.clamp(a, max=1.0)", [a.clone()], move |t| clamp(&t[0], None, n(1.0)))
            .kink("torch.clamp(a, 0.0, 1.0)", [special()], move |t| clamp(&t[0], n(0.0), n(1.0)))
            .kink("torch.clamp(a, min=0.0)", [special()], move |t| clamp(&t[0], n(0.0), None))
            .kink("torch.clamp(a, max=1.0)", [special()], move |t| clamp(&t[0], None, n(1.0)))
            .kink("torch.clamp(a, 2.0, 1.0)", [special()], move |t| clamp(&t[0], n(2.0), n(1.0)))
            .skip(Check::NotSmall, "nothing is inside of crossed bounds")
            .sample("torch.clamp(a, b, c)", bounds(), |t| clamp(&t[0], Some((&t[1]).into()), Some((&t[2]).into())))
            .sample("torch.clamp(a, min=b)", bounds(), |t| clamp(&t[0], Some((&t[1]).into()), None))
            .skip(Check::NotSmall, "the third input is not used")
            .kink("torch.clamp(a, b, c)", grid(), |t| clamp(&t[0], Some((&t[1]).into()), Some((&t[2]).into())))
            .kink("torch.clamp(a, min=b)", grid()[..2].to_vec(), |t| clamp(&t[0], Some((&t[1]).into()), None))
            .kink("torch.clamp(a, max=b)", grid()[..2].to_vec(), |t| clamp(&t[0], None, Some((&t[1]).into())))
            .sample("torch.clamp(a, -2, 3)", [i.clone()], |t| clamp(&t[0], Some((-2).into()), Some(3.into())))
            .sample("torch.clamp(a, -1.5, 2.5)", [i.clone()], move |t| clamp(&t[0], n(-1.5), n(2.5)))
            .sample("torch.clamp(a, -300, 300)", [Tensor::from_slice(&[-128i8, 127], &[2])], |t| {
                clamp(&t[0], Some((-300).into()), Some(300.into()))
            })
            .error(
                [a.clone()],
                |t| clamp(&t[0], None, None),
                "torch.clamp: At least one of 'min' or 'max' must not be None",
            )
            .error(
                [Tensor::from_slice(&[1i8], &[1])],
                |t| clamp(&t[0], Some(300.into()), None),
                "Clamp min value 300 is outside the representable range of Char",
            )
            .error(
                [bools(1, &[2])],
                |t| clamp(&t[0], Some(false.into()), Some(true.into())),
                "\"clamp_scalar_cpu\" not implemented for 'Bool'",
            ),
        Entry::new("clamp_min(Tensor input, Tensor min) -> Tensor")
            .sample("a.clamp_min(-0.5)", [a.clone()], |t| clamp_min(&t[0], -0.5))
            .sample("a.clamp_min(b)", [a.clone(), uniform(2, -1.0, 1.0, &[3])], |t| clamp_min(&t[0], &t[1]))
            .kink("a.clamp_min(0)", [special()], |t| clamp_min(&t[0], 0))
            .kink("a.clamp_min(b)", grid()[..2].to_vec(), |t| clamp_min(&t[0], &t[1]))
            .sample("a.clamp_min(1)", [i.clone()], |t| clamp_min(&t[0], 1))
            .error(
                [bools(1, &[2])],
                |t| clamp_min(&t[0], false),
                "\"clamp_min_scalar_cpu\" not implemented for 'Bool'",
            ),
        Entry::new("clamp_max(Tensor input, Tensor max) -> Tensor")
            .sample("a.clamp_max(0.5)", [a.clone()], |t| clamp_max(&t[0], 0.5))
            .sample("a.clamp_max(b)", [a.clone(), uniform(2, -1.0, 1.0, &[3])], |t| clamp_max(&t[0], &t[1]))
            .kink("a.clamp_max(0)", [special()], |t| clamp_max(&t[0], 0))
            .kink("a.clamp_max(b)", grid()[..2].to_vec(), |t| clamp_max(&t[0], &t[1]))
            .sample("a.clamp_max(1.5)", [i.clone()], |t| clamp_max(&t[0], 1.5)),
    ]
}

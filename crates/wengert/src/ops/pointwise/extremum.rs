//! The larger or smaller of two: maximum, minimum, fmax, fmin.

use super::{eq, gt, isnan, logical_or, lt, masked_fill, when, where_self};
use crate::apply::apply1;
use crate::error::Result;
use crate::pointwise::Pointwise;
use crate::primitive::{Grads, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::kernels;

const BOTH: Saves = Saves::NONE.input_for_all(0).input_for_all(1);

/// The part of a gradient that goes to the first of two competitors: all of it where `a > b` or one is NaN, half at a tie.
static SHARE: Pointwise = Pointwise {
    name: "share",
    node: "MaskedFillBackward0",
    kernels: kernels! {
        f32, f64 => |g: T, a: T, b: T| -> T {
            let part = if a == b { 0.5 * g } else { g };
            if a < b { 0.0 } else { part }
        };
    },
    saves: Saves::NONE.input(1, &[0]).input(2, &[0]),
    vjp: Some(|g, s| Ok(Grads::from([when(s, 0, || share(&g[0], s.input(1), s.input(2)))?, None, None]))),
    ..Pointwise::DEFAULT
};

/// The competitors decide, but have no derivative: in the graph the share depends on `g` alone.
pub(super) fn share(g: &Tensor, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    apply1(&SHARE, &[g.into(), (&a.detach()).into(), (&b.detach()).into()])
}

pub(super) static MAXIMUM: Pointwise = Pointwise {
    name: "maximum",
    node: "MaximumBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { if (a < b) | b.is_nan() { b } else { a } };
        i64 => |a: T, b: T| -> T { a.max(b) };
        bool => |a: T, b: T| -> T { a | b };
    },
    saves: BOTH,
    vjp: Some(|g, s| {
        let (d, a, b) = (&g[0], s.input(0), s.input(1));
        Ok(Grads::from([when(s, 0, || share(d, a, b))?, when(s, 1, || share(d, b, a))?]))
    }),
    ..Pointwise::DEFAULT
};

/// The larger of both, elementwise with broadcasting; NaN if one is NaN. Where they are equal each gets half of the gradient.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn maximum(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&MAXIMUM, &[input.into(), other.into()])
}

pub(super) static MINIMUM: Pointwise = Pointwise {
    name: "minimum",
    node: "MinimumBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { if (a > b) | b.is_nan() { b } else { a } };
        i64 => |a: T, b: T| -> T { a.min(b) };
        bool => |a: T, b: T| -> T { a & b };
    },
    saves: BOTH,
    vjp: Some(|g, s| {
        let (d, a, b) = (&g[0], s.input(0), s.input(1));
        Ok(Grads::from([when(s, 0, || share(d, b, a))?, when(s, 1, || share(d, a, b))?]))
    }),
    ..Pointwise::DEFAULT
};

/// The smaller of both, elementwise with broadcasting; NaN if one is NaN. Where they are equal each gets half of the gradient.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn minimum(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&MINIMUM, &[input.into(), other.into()])
}

/// The rule of fmax and fmin: `wins` says where the first input is strictly better. A NaN loses, to another NaN too if it is second.
fn against_nan(g: &Grads, s: &Saved, wins: fn(&Tensor, &Tensor) -> Result<Tensor>) -> Result<Grads> {
    let (a, b) = (s.input(0), s.input(1));
    let tie = eq(a, b)?;
    let first = logical_or(&wins(a, b)?, &isnan(b)?)?;
    let shared = where_self(&tie, &(&g[0] / 2), &g[0])?;
    Ok(Grads::from([
        when(s, 0, || where_self(&logical_or(&first, &tie)?, &shared, 0))?,
        when(s, 1, || masked_fill(&shared, &first, 0))?,
    ]))
}

static FMAX: Pointwise = Pointwise {
    name: "fmax",
    node: "FmaxBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { if (a < b) | a.is_nan() { b } else { a } };
        i64 => |a: T, b: T| -> T { a.max(b) };
        bool => |a: T, b: T| -> T { a | b };
    },
    saves: BOTH,
    vjp: Some(|g, s| against_nan(g, s, |a, b| gt(a, b))),
    ..Pointwise::DEFAULT
};

/// The larger of both, elementwise with broadcasting; a NaN counts as missing.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn fmax(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&FMAX, &[input.into(), other.into()])
}

static FMIN: Pointwise = Pointwise {
    name: "fmin",
    node: "FminBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { if (a > b) | a.is_nan() { b } else { a } };
        i64 => |a: T, b: T| -> T { a.min(b) };
        bool => |a: T, b: T| -> T { a & b };
    },
    saves: BOTH,
    vjp: Some(|g, s| against_nan(g, s, |a, b| lt(a, b))),
    ..Pointwise::DEFAULT
};

/// The smaller of both, elementwise with broadcasting; a NaN counts as missing.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn fmin(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&FMIN, &[input.into(), other.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("maximum(Tensor self, Tensor other) -> Tensor", |a| maximum(a.tensor(0), a.tensor(1))),
    bind!("minimum(Tensor self, Tensor other) -> Tensor", |a| minimum(a.tensor(0), a.tensor(1))),
    bind!("fmax(Tensor self, Tensor other) -> Tensor", |a| fmax(a.tensor(0), a.tensor(1))),
    bind!("fmin(Tensor self, Tensor other) -> Tensor", |a| fmin(a.tensor(0), a.tensor(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    type Call = fn(&Tensor, &Tensor) -> Result<Tensor>;
    let entry = |signature, torch, f: Call| {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        let special = floats(&[0.0, -1.0, inf, -inf, nan], &[5]);
        Entry::new(signature)
            .sample(torch, [uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3])], move |t| f(&t[0], &t[1]))
            .kink(torch, [special.clone(), floats(&[0.0, -1.0, inf, -inf, nan], &[5, 1])], move |t| f(&t[0], &t[1]))
            .sample(torch, [ints(3, -5, 6, &[2, 3]), ints(4, -5, 6, &[3])], move |t| f(&t[0], &t[1]))
            .sample(torch, [bools(5, &[2, 3]), bools(6, &[3])], move |t| f(&t[0], &t[1]))
            .sample(torch, [ints(3, -5, 6, &[2, 3]), uniform(7, -2.0, 2.0, &[])], move |t| f(&t[0], &t[1]))
    };
    vec![
        entry("maximum(Tensor input, Tensor other) -> Tensor", "torch.maximum(a, b)", maximum),
        entry("minimum(Tensor input, Tensor other) -> Tensor", "torch.minimum(a, b)", minimum),
        entry("fmax(Tensor input, Tensor other) -> Tensor", "torch.fmax(a, b)", fmax),
        entry("fmin(Tensor input, Tensor other) -> Tensor", "torch.fmin(a, b)", fmin),
    ]
}

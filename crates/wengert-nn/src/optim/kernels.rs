//! Steps of optimizers that are several operations of PyTorch, as operations of our own: each is one pass over memory.
//!
//! PyTorch's kernels fuse multiplications with additions where `mul_add` stands here, and nowhere else; so do we, on every machine.

use wengert::apply::{apply_in_place, apply1};
use wengert::pointwise::Pointwise;
use wengert::{Operand, Result, Tensor};
use wengert_kernels::kernels;

static ADD_SCALED: Pointwise = Pointwise {
    name: "add_scaled",
    kernels: kernels! { f32, f64 => |a: T, b: T, scale: T| -> T { scale.mul_add(b, a) } },
    ..Pointwise::DEFAULT
};

/// `a + scale b`: PyTorch's `a.add(b, alpha=scale)`.
pub(super) fn add_scaled(a: &Tensor, b: &Tensor, scale: f64) -> Result<Tensor> {
    apply1(&ADD_SCALED, &[a.into(), b.into(), scale.into()])
}

/// [`add_scaled`] into `a`.
pub(super) fn add_scaled_(a: &Tensor, b: &Tensor, scale: f64) -> Result<()> {
    in_place(&ADD_SCALED, a, &[b.into(), scale.into()])
}

static MOMENTUM: Pointwise = Pointwise {
    name: "momentum",
    kernels: kernels! { f32, f64 => |b: T, g: T, keep: T, take: T| -> T { take.mul_add(g, b * keep) } },
    ..Pointwise::DEFAULT
};

/// `b ← keep b + take g`: `b.mul_(keep).add_(g, alpha=take)`.
pub(super) fn momentum_(b: &Tensor, g: &Tensor, keep: f64, take: f64) -> Result<()> {
    in_place(&MOMENTUM, b, &[g.into(), keep.into(), take.into()])
}

static SQUARES: Pointwise = Pointwise {
    name: "squares",
    kernels: kernels! { f32, f64 => |v: T, g: T, keep: T, take: T| -> T { (take * g).mul_add(g, v * keep) } },
    ..Pointwise::DEFAULT
};

/// `v ← keep v + take g²`: `v.mul_(keep).addcmul_(g, g, value=take)`.
pub(super) fn squares_(v: &Tensor, g: &Tensor, keep: f64, take: f64) -> Result<()> {
    in_place(&SQUARES, v, &[g.into(), keep.into(), take.into()])
}

static DENOMINATOR: Pointwise = Pointwise {
    name: "denominator",
    kernels: kernels! { f32, f64 => |v: T, scale: T, eps: T| -> T { v.sqrt() / scale + eps } },
    ..Pointwise::DEFAULT
};

/// `√v / scale + eps`.
pub(super) fn denominator(v: &Tensor, scale: f64, eps: f64) -> Result<Tensor> {
    apply1(&DENOMINATOR, &[v.into(), scale.into(), eps.into()])
}

fn in_place(op: &'static Pointwise, target: &Tensor, others: &[Operand]) -> Result<()> {
    apply_in_place(op, op.name, target, others)
}

//! Elementwise operations: one static [`Pointwise`](crate::pointwise::Pointwise) each.

use crate::dtype::{DType, result_type};
use crate::error::Result;
use crate::place::Caller;
use crate::primitive::{Grads, Meta, Saved};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints, uniform};
use smallvec::SmallVec;

/// In-place forms: `pub fn exp_(input: &Tensor) -> Result<Tensor> = exp, EXP;` names the functional form and its primitive.
macro_rules! in_place {
    ($(pub fn $name:ident $(<$l:lifetime>)? (input: &Tensor $(, $x:ident: $t:ty)*) -> Result<Tensor> = $of:ident, $op:expr;)*) => {$(
        #[doc = concat!("[`", stringify!($of), "`] into `input`.")]
        ///
        /// # Errors
        #[doc = concat!("Those of [`", stringify!($of), "`] and of in-place writes in general.")]
        #[track_caller]
        pub fn $name $(<$l>)? (input: &Tensor $(, $x: $t)*) -> Result<Tensor> {
            apply_in_place(&$op, stringify!($name), input, &[$($x.into()),*])?;
            Ok(input.clone())
        }
    )*};
}

// <modules> written by `cargo xtask gen`
mod activation;
mod arith;
mod bitwise;
mod blend;
mod clamp;
mod classify;
mod compare;
mod division;
mod error_function;
mod exp_log;
mod extremum;
mod gamma;
mod gelu;
mod hard;
mod hyperbolic;
mod logical;
mod power;
mod round;
mod select;
mod sigmoid;
mod sign;
mod smooth;
mod trig;
mod unit;
mod xlogy;

pub use activation::*;
pub use arith::*;
pub use bitwise::*;
pub use blend::*;
pub use clamp::*;
pub use classify::*;
pub use compare::*;
pub use division::*;
pub use error_function::*;
pub use exp_log::*;
pub use extremum::*;
pub use gamma::*;
pub use gelu::*;
pub use hard::*;
pub use hyperbolic::*;
pub use logical::*;
pub use power::*;
pub use round::*;
pub use select::*;
pub use sigmoid::*;
pub use sign::*;
pub use smooth::*;
pub use trig::*;
pub use unit::*;
pub use xlogy::*;

/// The samples here and below.
pub(crate) fn table(out: &mut crate::testing::Table) {
    out.file("crates/wengert/src/ops/pointwise/activation.rs", activation::entries);
    out.file("crates/wengert/src/ops/pointwise/arith.rs", arith::entries);
    out.file("crates/wengert/src/ops/pointwise/bitwise.rs", bitwise::entries);
    out.file("crates/wengert/src/ops/pointwise/blend.rs", blend::entries);
    out.file("crates/wengert/src/ops/pointwise/clamp.rs", clamp::entries);
    out.file("crates/wengert/src/ops/pointwise/classify.rs", classify::entries);
    out.file("crates/wengert/src/ops/pointwise/compare.rs", compare::entries);
    out.file("crates/wengert/src/ops/pointwise/division.rs", division::entries);
    out.file("crates/wengert/src/ops/pointwise/error_function.rs", error_function::entries);
    out.file("crates/wengert/src/ops/pointwise/exp_log.rs", exp_log::entries);
    out.file("crates/wengert/src/ops/pointwise/extremum.rs", extremum::entries);
    out.file("crates/wengert/src/ops/pointwise/gamma.rs", gamma::entries);
    out.file("crates/wengert/src/ops/pointwise/gelu.rs", gelu::entries);
    out.file("crates/wengert/src/ops/pointwise/hard.rs", hard::entries);
    out.file("crates/wengert/src/ops/pointwise/hyperbolic.rs", hyperbolic::entries);
    out.file("crates/wengert/src/ops/pointwise/logical.rs", logical::entries);
    out.file("crates/wengert/src/ops/pointwise/power.rs", power::entries);
    out.file("crates/wengert/src/ops/pointwise/round.rs", round::entries);
    out.file("crates/wengert/src/ops/pointwise/select.rs", select::entries);
    out.file("crates/wengert/src/ops/pointwise/sigmoid.rs", sigmoid::entries);
    out.file("crates/wengert/src/ops/pointwise/sign.rs", sign::entries);
    out.file("crates/wengert/src/ops/pointwise/smooth.rs", smooth::entries);
    out.file("crates/wengert/src/ops/pointwise/trig.rs", trig::entries);
    out.file("crates/wengert/src/ops/pointwise/unit.rs", unit::entries);
    out.file("crates/wengert/src/ops/pointwise/xlogy.rs", xlogy::entries);
}

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(activation::BINDINGS);
    out.add(arith::BINDINGS);
    out.add(bitwise::BINDINGS);
    out.add(blend::BINDINGS);
    out.add(clamp::BINDINGS);
    out.add(classify::BINDINGS);
    out.add(compare::BINDINGS);
    out.add(division::BINDINGS);
    out.add(error_function::BINDINGS);
    out.add(exp_log::BINDINGS);
    out.add(extremum::BINDINGS);
    out.add(gamma::BINDINGS);
    out.add(gelu::BINDINGS);
    out.add(hard::BINDINGS);
    out.add(hyperbolic::BINDINGS);
    out.add(logical::BINDINGS);
    out.add(power::BINDINGS);
    out.add(round::BINDINGS);
    out.add(select::BINDINGS);
    out.add(sigmoid::BINDINGS);
    out.add(sign::BINDINGS);
    out.add(smooth::BINDINGS);
    out.add(trig::BINDINGS);
    out.add(unit::BINDINGS);
    out.add(xlogy::BINDINGS);
}
// </modules>

/// The dtype in which an operation on these operands is done.
fn common_dtype(ins: &[Operand]) -> DType {
    let meta = |x: &Operand<'_>| match *x {
        Operand::Tensor(t) => (t.dtype(), t.ndim() == 0, false),
        Operand::Scalar(v) => (v.dtype(), true, true),
    };
    let ins: SmallVec<[_; 4]> = ins.iter().map(meta).collect();
    // Only whether there are dimensions counts.
    let metas: SmallVec<[Meta; 4]> = ins
        .iter()
        .map(|&(dtype, flat, wrapped)| Meta { shape: if flat { &[] } else { &[1] }, dtype, wrapped })
        .collect();
    result_type(&metas)
}

/// Names the operation and the caller's line in an error that was found before the door.
#[track_caller]
fn named<T>(name: &'static str, r: Result<T>) -> Result<T> {
    match r {
        Ok(v) => Ok(v),
        Err(e) => Err(e.at(name, Caller::here())),
    }
}

/// [`Saved::when`] for formulas that can fail.
fn when(s: &Saved, i: usize, f: impl FnOnce() -> Result<Tensor>) -> Result<Option<Tensor>> {
    if s.needs(i) { f().map(Some) } else { Ok(None) }
}

/// The rule of functions that are constant between jumps: PyTorch's gradient is zero, not undefined.
fn zero(g: &Grads, s: &Saved) -> Result<Grads> {
    Ok((0..s.len()).map(|i| s.when(i, || Tensor::zeros_like(&g[0]))).collect())
}

/// A function of one variable on points of `lo..hi`, where it must be smooth, on a 0-dim and an empty tensor, on integers, and
/// on the special values.
fn unary_entry(
    signature: &'static str,
    torch: &'static str,
    f: fn(&Tensor) -> Result<Tensor>,
    lo: f64,
    hi: f64,
) -> Entry {
    float_entry(signature, torch, f, lo, hi).sample(
        torch,
        [ints(5, lo.ceil() as i64, hi.floor() as i64 + 1, &[5])],
        move |t| f(&t[0]),
    )
}

/// [`unary_entry`] for a function that refuses integers.
fn float_entry(
    signature: &'static str,
    torch: &'static str,
    f: fn(&Tensor) -> Result<Tensor>,
    lo: f64,
    hi: f64,
) -> Entry {
    let special = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1.0, -1.0];
    Entry::new(signature)
        .sample(torch, [uniform(1, lo, hi, &[2, 3])], move |t| f(&t[0]))
        .sample(torch, [uniform(2, lo, hi, &[])], move |t| f(&t[0]))
        .sample(torch, [uniform(3, lo, hi, &[0, 2])], move |t| f(&t[0]))
        .kink(torch, [floats(&special, &[special.len()])], move |t| f(&t[0]))
}

/// An entry of which every sample has the gradient zero.
fn flat(mut entry: Entry) -> Entry {
    for sample in &mut entry.samples {
        sample.skips.push((Check::NotSmall, "the derivative is zero"));
    }
    entry
}

//! Steps of optimizers over lists of tensors: one pass over parameters, gradients and state together.
//!
//! Every operation of PyTorch's single-tensor optimizers is rounded here as it is there: where its kernels fuse a multiplication with an
//! addition stands `mul_add`, and half types are computed in `f32` and rounded after each operation. (Its square root is MKL's, which is
//! not correctly rounded; ours is.)

mod adagrad;
mod adam;
mod clip;
mod rmsprop;
mod sgd;
#[cfg(test)]
mod tests;

pub use adagrad::{Adagrad, adagrad};
pub use adam::{Adam, adam};
pub use clip::{clamp, scale, squares};
pub use rmsprop::{RmsProp, rmsprop};
pub use sgd::{Sgd, sgd};

use crate::dtype::{Element, bf16, f16};
use crate::narrow::{round_bf16, round_f16};
use crate::parallel;
use std::ops::{Add, Div, Mul, Sub};

/// Tensors of state that an optimizer may keep for one parameter.
pub const STATES: usize = 3;

/// One tensor of a list: where its elements lie, dense and all of one dtype.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The parameter, read and written.
    pub param: *mut u8,
    /// Its gradient; not followed where there is none.
    pub grad: *const u8,
    /// What is kept for it; unused ones are never followed.
    pub state: [*mut u8; STATES],
    /// Number of elements.
    pub len: usize,
}

// SAFETY: pointers to plain data; whoever follows them answers for it.
unsafe impl Send for Item {}
// SAFETY: as above.
unsafe impl Sync for Item {}

/// What is computed with.
trait Number:
    Copy + Sync + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn of(x: f64) -> Self;
    fn fma(self, a: Self, b: Self) -> Self;
    fn root(self) -> Self;
}

macro_rules! number {
    ($($t:ty),*) => {$(
        impl Number for $t {
            #[inline(always)]
            fn of(x: f64) -> $t {
                x as $t
            }
            #[inline(always)]
            fn fma(self, a: $t, b: $t) -> $t {
                self.mul_add(a, b)
            }
            #[inline(always)]
            fn root(self) -> $t {
                self.sqrt()
            }
        }
    )*};
}
number!(f32, f64);

/// What is stored.
trait Stored: Element {
    type Number: Number;
    fn up(self) -> Self::Number;
    fn down(x: Self::Number) -> Self;
    /// `x` as it would come back from memory.
    fn stored(x: Self::Number) -> Self::Number;
}

macro_rules! stored {
    ($($t:ty, $n:ty, $x:ident => $up:expr, $down:expr, $round:expr;)*) => {$(
        impl Stored for $t {
            type Number = $n;
            #[inline(always)]
            fn up(self) -> $n { let $x = self; $up }
            #[inline(always)]
            fn down($x: $n) -> $t { $down }
            #[inline(always)]
            fn stored($x: $n) -> $n { $round }
        }
    )*};
}
stored! {
    f32, f32, x => x, x, x;
    f64, f64, x => x, x, x;
    f16, f32, x => x.to_f32(), <f16 as Element>::from_f32(x), round_f16(x);
    bf16, f32, x => x.to_f32(), <bf16 as Element>::from_f32(x), round_bf16(x);
}

/// Elements that one thread takes at a time: some ten microseconds of work.
const GRAIN: usize = 1 << 15;
/// Lists up to this length stay on the calling thread, whose caches they are in.
const SHORT: usize = 4 * GRAIN;

/// Calls `f` for parts (from, length) of items that together cover the list, on several threads if it is long.
fn for_parts(items: &[Item], f: impl Fn(&Item, usize, usize) + Sync) {
    let total: usize = items.iter().map(|i| i.len).sum();
    if total <= SHORT {
        items.iter().for_each(|i| f(i, 0, i.len));
        return;
    }
    let starts: Vec<usize> = items
        .iter()
        .scan(0, |next, i| {
            *next += i.len;
            Some(*next - i.len)
        })
        .collect();
    parallel::for_ranges(total, GRAIN, |start, end| {
        let first = starts.partition_point(|&s| s <= start) - 1;
        for (item, &at) in items[first..].iter().zip(&starts[first..]).take_while(|(_, at)| **at < end) {
            let from = start.max(at) - at;
            f(item, from, (end - at).min(item.len) - from);
        }
    });
}

/// Runs an expression with `T` as the Rust type of a floating dtype.
macro_rules! by_dtype {
    ($dtype:expr, $T:ident => $call:expr) => {
        match $dtype {
            DType::F16 => {
                type $T = f16;
                $call
            }
            DType::BF16 => {
                type $T = bf16;
                $call
            }
            DType::F32 => {
                type $T = f32;
                $call
            }
            DType::F64 => {
                type $T = f64;
                $call
            }
            other => panic!("no steps for {other}"),
        }
    };
}
use by_dtype;

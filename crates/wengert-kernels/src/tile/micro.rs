//! Micro-operations: one loop over one tile, compiled for each CPU level.

use super::{Compute, Lane};
use crate::dtype::DType;
use crate::narrow::{round_bf16, round_f16};

/// A loop over a tile: `out[i] = f(ins[0][i], ins[1][i], ...)` for `i < n`.
///
/// # Safety of calls
/// Each input and the output must hold `n` elements of the micro-operation's types; the output must not overlap an input.
pub type MicroFn = unsafe fn(ins: *const *const u8, out: *mut u8, n: usize);

/// One micro-operation: its loop and the types of its ports.
#[derive(Clone, Copy, Debug)]
pub struct Micro {
    /// The loop; it chooses the code for this machine's [level](crate::cpu::level) itself.
    pub run: MicroFn,
    /// Type of each input.
    pub ins: &'static [Compute],
    /// Type of the output.
    pub out: Compute,
}

/// The micro-operations of one pointwise operation, by the compute type of its (promoted) inputs.
#[derive(Clone, Copy, Debug)]
pub struct Kernels {
    /// For inputs that are computed as `bool`; `None` where the operation has no meaning for them. Likewise below.
    pub bool: Option<Micro>,
    /// For integers.
    pub i64: Option<Micro>,
    /// For `f16`, `bf16`, `f32`.
    pub f32: Option<Micro>,
    /// For `f64`.
    pub f64: Option<Micro>,
}

impl Kernels {
    /// No micro-operation at all.
    pub const NONE: Kernels = Kernels { bool: None, i64: None, f32: None, f64: None };

    /// The micro-operation for a compute type.
    #[inline]
    pub fn get(&self, c: Compute) -> Option<&Micro> {
        match c {
            Compute::Bool => self.bool.as_ref(),
            Compute::I64 => self.i64.as_ref(),
            Compute::F32 => self.f32.as_ref(),
            Compute::F64 => self.f64.as_ref(),
        }
    }
}

/// `micro!(|a: f32, b: f32| -> f32 { a + b })`: a [`Micro`] from a scalar function.
///
/// The body must be branch-free for the loop to vectorize; functions it calls must be `#[inline(always)]`.
#[macro_export]
macro_rules! micro {
    (|$($x:ident : $t:ty),+| -> $o:ty $body:block) => {{
        #[inline(always)]
        #[allow(unused_assignments, reason = "not every expansion of the macro reads it")]
        unsafe fn body(ins: *const *const u8, out: *mut u8, n: usize) {
            let mut k = 0;
            $(
                // SAFETY: MicroFn's contract: one pointer for each input.
                let $x = unsafe { *ins.add(k) }.cast::<$t>();
                k += 1;
            )+
            let out = out.cast::<$o>();
            for i in 0..n {
                // SAFETY: MicroFn's contract: n elements behind each pointer.
                $(let $x: $t = unsafe { *$x.add(i) };)+
                let y: $o = $body;
                // SAFETY: as above.
                unsafe { *out.add(i) = y };
            }
        }
        $crate::multiversion! {
            unsafe fn run(ins: *const *const u8, out: *mut u8, n: usize) = body;
        }
        $crate::tile::Micro {
            run,
            ins: &[$(<$t as $crate::tile::Lane>::COMPUTE),+],
            out: <$o as $crate::tile::Lane>::COMPUTE,
        }
    }};
}

/// `repaired_micro!(|x: f32| -> f32 { sin_fast(x) } where { trig_is_large(x) } gives { sin(x) })`: a [`Micro`] for a function that is
/// branch-free but for rare arguments. The first body runs over the whole tile, then the third where the second holds, if it
/// does anywhere.
#[macro_export]
macro_rules! repaired_micro {
    (|$($x:ident : $t:ty),+| -> $o:ty $fast:block where $rare:block gives $slow:block) => {{
        #[inline(always)]
        #[allow(unused_assignments, reason = "not every expansion of the macro reads it")]
        unsafe fn body(ins: *const *const u8, out: *mut u8, n: usize) {
            let mut k = 0;
            $(
                // SAFETY: MicroFn's contract: one pointer for each input.
                let $x = unsafe { *ins.add(k) }.cast::<$t>();
                k += 1;
            )+
            let out = out.cast::<$o>();
            let mut any = false;
            for i in 0..n {
                // SAFETY: MicroFn's contract: n elements behind each pointer.
                $(let $x: $t = unsafe { *$x.add(i) };)+
                any |= $rare;
                let y: $o = $fast;
                // SAFETY: as above.
                unsafe { *out.add(i) = y };
            }
            for i in 0..if any { n } else { 0 } {
                // SAFETY: as above.
                $(let $x: $t = unsafe { *$x.add(i) };)+
                if $rare {
                    let y: $o = $slow;
                    // SAFETY: as above.
                    unsafe { *out.add(i) = y };
                }
            }
        }
        $crate::multiversion! {
            unsafe fn run(ins: *const *const u8, out: *mut u8, n: usize) = body;
        }
        $crate::tile::Micro {
            run,
            ins: &[$(<$t as $crate::tile::Lane>::COMPUTE),+],
            out: <$o as $crate::tile::Lane>::COMPUTE,
        }
    }};
}

/// The micro-operations of a pointwise operation, one scalar function for several compute types:
///
/// ```
/// use wengert_kernels::{kernels, tile::Kernels};
/// static ADD: Kernels = kernels! {
///     f32, f64 => |a: T, b: T| -> T { a + b };
///     i64 => |a: T, b: T| -> T { a.wrapping_add(b) };
///     bool => |a: T, b: T| -> T { a | b };
/// };
/// ```
/// `T` is the compute type; ports may also name a type, as the condition of `where` does.
#[macro_export]
macro_rules! kernels {
    ($($($k:ident),+ => |$($x:ident : $t:ty),+| -> $o:ty $body:block);+ $(;)?) => {{
        #[allow(unused_mut, reason = "not every expansion of the macro changes it")]
        const K: $crate::tile::Kernels = {
            let mut k = $crate::tile::Kernels::NONE;
            $($crate::kernels!(@each k, [$($k),+], [$($x : $t),+], $o, $body);)+
            k
        };
        K
    }};
    (@each $kk:ident, [$($k:ident),+], $ins:tt, $o:ty, $body:block) => {
        $($crate::kernels!(@one $kk, $k, $ins, $o, $body);)+
    };
    (@one $kk:ident, $k:ident, [$($x:ident : $t:ty),+], $o:ty, $body:block) => {
        $kk.$k = Some({
            #[allow(dead_code, reason = "not every body names the type")]
            type T = $k;
            $crate::micro!(|$($x : $t),+| -> $o $body)
        });
    };
}

macro_rules! conversions {
    ($($from:ty => $to:ty),* $(,)?) => {
        /// The micro-operation that casts a tile from one compute type to another (PyTorch's cast).
        pub fn convert(from: Compute, to: Compute) -> Micro {
            $(
                if from == <$from as Lane>::COMPUTE && to == <$to as Lane>::COMPUTE {
                    const M: Micro = micro!(|x: $from| -> $to { <$to as Lane>::from_elem(x) });
                    return M;
                }
            )*
            unreachable!("all pairs of compute types are listed")
        }
    };
}

conversions! {
    bool => bool, bool => i64, bool => f32, bool => f64,
    i64 => bool, i64 => i64, i64 => f32, i64 => f64,
    f32 => bool, f32 => i64, f32 => f32, f32 => f64,
    f64 => bool, f64 => i64, f64 => f32, f64 => f64,
}

/// The micro-operation that rounds a tile to what `dtype` can hold, in place of storing and loading it: for half types and for
/// integers narrower than their compute type. `None` where every value of the compute type fits.
pub fn round_to(dtype: DType) -> Option<Micro> {
    macro_rules! wrap {
        ($t:ty) => {{
            const M: Micro = micro!(|x: i64| -> i64 { x as $t as i64 });
            Some(M)
        }};
    }
    match dtype {
        DType::F16 => {
            const M: Micro = micro!(|x: f32| -> f32 { round_f16(x) });
            Some(M)
        }
        DType::BF16 => {
            const M: Micro = micro!(|x: f32| -> f32 { round_bf16(x) });
            Some(M)
        }
        DType::U8 => wrap!(u8),
        DType::I8 => wrap!(i8),
        DType::I16 => wrap!(i16),
        DType::I32 => wrap!(i32),
        _ => None,
    }
}

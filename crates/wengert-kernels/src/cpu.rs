//! CPU levels: one generic loop, compiled for several instruction sets, chosen once at start.
//!
//! A kernel is written as an `#[inline(always)] unsafe fn` in plain Rust, such that the compiler can vectorize it, and
//! [`multiversion!`](crate::multiversion) stamps it out for each [`Level`]. On other machines than x86-64 there is one level.
//!
//! `f32::mul_add` is one instruction from [`Level::Avx2`] on (and on AArch64); at [`Level::Base`] it is a library call,
//! right but slow. Results may differ between levels only if the loop itself depends on the vector width, which it
//! should not: use a fixed number of virtual lanes.

use std::sync::atomic::{AtomicU8, Ordering};

/// The instruction sets that kernels are compiled for, from the least to the most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Level {
    /// What every machine of this architecture has.
    Base = 1,
    /// x86-64 with AVX2, FMA, F16C and BMI.
    Avx2 = 2,
    /// x86-64 with, besides, AVX-512 F, DQ, BW, CD and VL.
    Avx512 = 3,
}

static LEVEL: AtomicU8 = AtomicU8::new(0);

/// The level of this machine, or the lower one that `WENGERT_CPU` (`base`, `avx2` or `avx512`) asks for.
#[inline]
pub fn level() -> Level {
    match LEVEL.load(Ordering::Relaxed) {
        1 => Level::Base,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => detect(),
    }
}

#[cold]
fn detect() -> Level {
    let machine = machine_level();
    let level = match std::env::var("WENGERT_CPU").as_deref() {
        Ok("base") => Level::Base,
        Ok("avx2") => Level::Avx2.min(machine),
        _ => machine,
    };
    LEVEL.store(level as u8, Ordering::Relaxed);
    level
}

/// What the machine has, whatever the environment says.
pub fn machine_level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        let avx512 = avx2
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512cd")
            && is_x86_feature_detected!("avx512vl");
        if avx512 {
            return Level::Avx512;
        }
        if avx2 {
            return Level::Avx2;
        }
    }
    Level::Base
}

/// Stamps an `#[inline(always)] unsafe fn` for every CPU level and gives a function that calls the best one.
///
/// ```ignore
/// multiversion! {
///     /// Sum of `n` elements at `x`.
///     pub(crate) unsafe fn sum[T: Element](x: *const T, n: usize) -> f64 = sum_body;
/// }
/// ```
///
/// The brackets hold generic parameters (they may be left out); arguments must let the compiler infer them. Whatever the
/// body calls must be `#[inline(always)]` too, closures included, or it is compiled for the base level. One call
/// costs a load and a branch, so stamp loops and not single steps.
#[macro_export]
macro_rules! multiversion {
    ($(#[$meta:meta])* $vis:vis unsafe fn $name:ident $([$($g:tt)*])? ($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? = $body:path;) => {
        $(#[$meta])*
        /// # Safety
        /// That of the body, for these arguments.
        #[allow(clippy::too_many_arguments, reason = "what a kernel reads and writes is told one by one")]
        $vis unsafe fn $name $(<$($g)*>)? ($($arg: $ty),*) $(-> $ret)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
                unsafe fn avx2 $(<$($g)*>)? ($($arg: $ty),*) $(-> $ret)? {
                    // SAFETY: the caller's contract.
                    unsafe { $body($($arg),*) }
                }
                #[target_feature(
                    enable = "avx512f,avx512dq,avx512bw,avx512cd,avx512vl,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt"
                )]
                unsafe fn avx512 $(<$($g)*>)? ($($arg: $ty),*) $(-> $ret)? {
                    // SAFETY: the caller's contract.
                    unsafe { $body($($arg),*) }
                }
                match $crate::cpu::level() {
                    // SAFETY: level() says that the machine has these features; the rest is the caller's contract.
                    $crate::cpu::Level::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    $crate::cpu::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::cpu::Level::Base => {}
                }
            }
            // SAFETY: the caller's contract.
            unsafe { $body($($arg),*) }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(always)]
    unsafe fn axpy_body<T: Copy + std::ops::Mul<Output = T> + std::ops::Add<Output = T>>(
        a: T,
        x: *const T,
        y: *mut T,
        n: usize,
    ) {
        for i in 0..n {
            // SAFETY: the caller gives n elements at x and at y.
            unsafe { *y.add(i) = *y.add(i) + a * *x.add(i) }
        }
    }

    multiversion! {
        unsafe fn axpy[T: Copy + std::ops::Mul<Output = T> + std::ops::Add<Output = T>](a: T, x: *const T, y: *mut T, n: usize) = axpy_body;
    }

    // SAFETY: no contract; it is unsafe for the macro's sake.
    #[inline(always)]
    unsafe fn seven_body() -> i32 {
        7
    }

    multiversion! {
        unsafe fn seven() -> i32 = seven_body;
    }

    #[test]
    fn stamped_functions_work() {
        assert!(level() <= machine_level());
        let (x, mut y) = ([1f32, 2.0, 3.0], [10f32, 20.0, 30.0]);
        // SAFETY: both have three elements.
        unsafe { axpy(2.0, x.as_ptr(), y.as_mut_ptr(), 3) }
        assert_eq!(y, [12.0, 24.0, 36.0]);
        // SAFETY: no contract.
        assert_eq!(unsafe { seven() }, 7);
    }
}

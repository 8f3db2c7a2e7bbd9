//! Nanoseconds per number of the elementary functions, in loops compiled for each CPU level, beside the standard
//! library's. Run with `cargo run --release -p wengert-kernels --example math_speed`.

use std::hint::black_box;
use std::time::Instant;

use wengert_kernels::math;

const COUNT: usize = 4096;

/// The best of a few runs, in nanoseconds per number.
fn time<T: Copy + Default>(x: &[T], run: impl Fn(&[T], &mut [T])) -> f64 {
    let mut out = vec![T::default(); x.len()];
    let mut best = f64::INFINITY;
    let start_all = Instant::now();
    for _ in 0..200 {
        let start = Instant::now();
        run(black_box(x), black_box(&mut out));
        best = best.min(start.elapsed().as_nanos() as f64);
        if start_all.elapsed().as_millis() > 60 {
            break;
        }
    }
    best / x.len() as f64
}

/// A loop over one function, compiled for a CPU level; a level this machine lacks shows as NaN.
macro_rules! row {
    ($t:ident, $name:ident, $low:expr, $high:expr, $theirs:expr) => {
        row!($t, $name, $low, $high, $theirs, |x, out| {
            for (out, &x) in out.iter_mut().zip(x) {
                *out = math::$name(x);
            }
        })
    };
    ($t:ident, $name:ident, $low:expr, $high:expr, $theirs:expr, |$x:ident, $out:ident| $body:expr) => {{
        #[inline(always)]
        fn body($x: &[$t], $out: &mut [$t]) {
            $body
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn avx2(x: &[$t], out: &mut [$t]) {
            body(x, out)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
        fn avx512(x: &[$t], out: &mut [$t]) {
            body(x, out)
        }
        fn theirs(x: &[$t], out: &mut [$t]) {
            let function: fn($t) -> $t = $theirs;
            for (out, &x) in out.iter_mut().zip(x) {
                *out = function(x);
            }
        }
        let x: Vec<$t> = (0..COUNT).map(|i| $low + ($high - $low) * ((i * 1237 % COUNT) as $t / COUNT as $t)).collect();
        let baseline = time(&x, body);
        let (mut second, mut third) = (f64::NAN, f64::NAN);
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                // SAFETY: the features were just found.
                second = time(&x, |x, out| unsafe { avx2(x, out) });
            }
            if is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl") {
                // SAFETY: the features were just found.
                third = time(&x, |x, out| unsafe { avx512(x, out) });
            }
        }
        let std = time(&x, theirs);
        println!("{} {:8} {baseline:9.2} {second:9.2} {third:9.2} {std:9.2}", stringify!($t), stringify!($name));
    }};
}

macro_rules! table {
    ($t:ident) => {
        row!($t, exp, -20.0, 20.0, |x| x.exp());
        row!($t, exp2, -20.0, 20.0, |x| x.exp2());
        row!($t, expm1, -5.0, 5.0, |x| x.exp_m1());
        row!($t, log, 0.01, 100.0, |x| x.ln());
        row!($t, log2, 0.01, 100.0, |x| x.log2());
        row!($t, log1p, 0.0, 10.0, |x| x.ln_1p());
        row!($t, sin, -10.0, 10.0, |x| x.sin(), |x, out| math::sin_tile(x, out));
        row!($t, cos, -10.0, 10.0, |x| x.cos(), |x, out| math::cos_tile(x, out));
        row!($t, tan, -10.0, 10.0, |x| x.tan(), |x, out| math::tan_tile(x, out));
        row!($t, tanh, -5.0, 5.0, |x| x.tanh());
        row!($t, sigmoid, -5.0, 5.0, |x| 1.0 / (1.0 + (-x).exp()));
        row!($t, sinh, -5.0, 5.0, |x| x.sinh());
        row!($t, cosh, -5.0, 5.0, |x| x.cosh());
        row!($t, asin, -1.0, 1.0, |x| x.asin());
        row!($t, acos, -1.0, 1.0, |x| x.acos());
        row!($t, atan, -5.0, 5.0, |x| x.atan());
        row!($t, atan2, -5.0, 5.0, |x| x.atan2(0.7), |x, out| for (out, &x) in out.iter_mut().zip(x) {
            *out = math::atan2(x, 0.7);
        });
        row!($t, asinh, -5.0, 5.0, |x| x.asinh());
        row!($t, acosh, 1.0, 5.0, |x| x.acosh());
        row!($t, atanh, -1.0, 1.0, |x| x.atanh());
        // The standard library has neither of these: its column is the time of a copy.
        row!($t, erf, -3.0, 3.0, |x| x);
        row!($t, erfc, -3.0, 3.0, |x| x);
        row!($t, pow, 0.1, 10.0, |x| x.powf(1.7), |x, out| for (out, &x) in out.iter_mut().zip(x) {
            *out = math::pow(x, 1.7);
        });
    };
}

fn main() {
    println!("ns each       baseline   avx2+fma    avx-512       std");
    table!(f32);
    table!(f64);
}

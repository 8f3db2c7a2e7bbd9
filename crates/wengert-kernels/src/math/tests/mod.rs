mod accuracy;
mod special;

/// A function over a slice, compiled for three CPU levels; `level` 0 is the baseline, an unsupported level falls back.
macro_rules! levels {
    ($name:ident, $t:ty, |$($x:ident),+| $f:expr) => {
        fn $name(level: u32, $($x: &[$t],)+ out: &mut [$t]) {
            #[inline(always)]
            fn body($($x: &[$t],)+ out: &mut [$t]) {
                for (i, out) in out.iter_mut().enumerate() {
                    $(let $x = $x[i];)+
                    *out = $f;
                }
            }
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($x: &[$t],)+ out: &mut [$t]) {
                    body($($x,)+ out)
                }
                #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
                fn avx512($($x: &[$t],)+ out: &mut [$t]) {
                    body($($x,)+ out)
                }
                if level >= 2 && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl") {
                    // SAFETY: the features were just found.
                    return unsafe { avx512($($x,)+ out) };
                }
                if level >= 1 && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    // SAFETY: the features were just found.
                    return unsafe { avx2($($x,)+ out) };
                }
            }
            let _ = level;
            body($($x,)+ out)
        }
    };
}
pub(crate) use levels;

/// Every unary function, handed to a macro one at a time.
macro_rules! unary_functions {
    ($each:ident) => {
        $each!(exp, exp2, expm1, log, log2, log10, log1p, sin, cos, tan, tanh, sinh, cosh, asin, acos, atan);
        $each!(asinh, acosh, atanh, sigmoid, erf, erfc, rsqrt);
    };
}
pub(crate) use unary_functions;

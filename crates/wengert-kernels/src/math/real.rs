//! What the functions need from a floating point type: bit tricks, constants and its polynomials.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::coef;

/// Operations and constants of one format. Public only as the bound below [`super::Real`], outside it cannot be named.
pub trait Core:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 1.5 times two to the number of stored mantissa bits: adding it rounds to an integer, left in the low bits.
    const MAGIC: Self;
    const INFINITY: Self;
    const NAN: Self;
    /// Below this (and not zero) a number is subnormal.
    const MIN_NORMAL: Self;
    /// `2^SUBNORMAL_SHIFT` makes every subnormal normal.
    const SUBNORMAL_SCALE: Self;
    const SUBNORMAL_SHIFT: Self;
    /// Below this, odd functions with `f(x) = x + O(x^3)` are `x`.
    const TINY: Self;
    /// Above this, `sqrt(x^2 + 1)` is `x`, and `x^2` is still finite.
    const LARGE: Self;
    /// Bounds of the argument of `exp`: past them the result is 0 or infinite.
    const EXP_LOW: Self;
    const EXP_HIGH: Self;
    const EXP2_LOW: Self;
    const EXP2_HIGH: Self;
    /// Bound of the argument of `sinh` and `cosh`.
    const SINH_HIGH: Self;
    /// Below minus this `expm1` is -1.
    const EXPM1_LOW: Self;
    /// Above this `tanh` is 1.
    const TANH_HIGH: Self;
    /// Above this `erfc` is 0.
    const ERFC_HIGH: Self;
    /// The `c` of the variable `(x - c) / (x + c)` of the `erfc` polynomial.
    const ERFC_CENTER: Self;
    /// Largest argument of the vector path of `sin`, `cos` and `tan`.
    const TRIG_LIMIT: Self;
    /// A power of two past which `atan2` scales both its arguments.
    const BIG: Self;

    const LOG2_E: Self;
    /// ln 2 as a part of few bits, exact times an exponent, and the rest.
    const LN_2_SHORT: (Self, Self);
    /// log10 2 in the same manner.
    const LOG10_2_SHORT: (Self, Self);
    const LN_2: (Self, Self);
    const LOG2_E_PARTS: (Self, Self);
    const LOG10_E_PARTS: (Self, Self);
    const THIRD: (Self, Self);
    const PI: (Self, Self);
    const PI_2: (Self, Self, Self);
    const PI_4: (Self, Self);
    const FRAC_2_PI: Self;

    const EXP: &'static [Self];
    const LOG: &'static [Self];
    const LOG_TAIL: &'static [Self];
    const SIN: &'static [Self];
    const COS: &'static [Self];
    const ATAN: &'static [Self];
    const ASIN: &'static [Self];
    const ERF: &'static [Self];
    const ERFC: &'static [Self];

    /// A literal.
    fn of(value: f64) -> Self;
    /// `self * a + b`, rounded once.
    fn fma(self, a: Self, b: Self) -> Self;
    fn magnitude(self) -> Self;
    fn with_sign(self, sign: Self) -> Self;
    fn root(self) -> Self;
    /// To the nearest integer, ties to even.
    fn nearest(self) -> Self;
    /// The sign bit, also of zeros and NaN.
    fn sign_bit(self) -> bool;
    /// `2^n`, where `self` is `n + MAGIC`.
    fn pow2(self) -> Self;
    /// Whether `n` is odd, where `self` is `n + MAGIC`.
    fn is_odd(self) -> bool;
    /// `value`, negated if bit 1 of `n + add` is set, where `self` is `n + MAGIC`.
    fn flip(self, add: u8, value: Self) -> Self;
    /// `(m, k)` with `self = m * 2^k` and `m` in `[sqrt(1/2), sqrt(2))`, for a positive normal number.
    fn split(self) -> (Self, Self);
    /// `(r, rl, n + MAGIC)` with `self = n pi/2 + r + rl` (n modulo 4): the slow reduction, for any finite number.
    fn reduce_slow(self) -> (Self, Self, Self);
}

macro_rules! operations {
    ($t:ident, $bits:ident, $mantissa:expr, $bias:expr) => {
        const MAGIC: $t = 1.5 * (1u64 << $mantissa) as $t;
        const INFINITY: $t = $t::INFINITY;
        const NAN: $t = $t::NAN;
        const MIN_NORMAL: $t = $t::MIN_POSITIVE;
        const SUBNORMAL_SCALE: $t = (1u64 << ($mantissa + 1)) as $t;
        const SUBNORMAL_SHIFT: $t = ($mantissa + 1) as $t;
        const LOG2_E: $t = std::$t::consts::LOG2_E;
        const FRAC_2_PI: $t = std::$t::consts::FRAC_2_PI;

        #[inline(always)]
        fn of(value: f64) -> $t {
            value as $t
        }
        #[inline(always)]
        fn fma(self, a: $t, b: $t) -> $t {
            self.mul_add(a, b)
        }
        #[inline(always)]
        fn magnitude(self) -> $t {
            self.abs()
        }
        #[inline(always)]
        fn with_sign(self, sign: $t) -> $t {
            self.copysign(sign)
        }
        #[inline(always)]
        fn root(self) -> $t {
            self.sqrt()
        }
        #[inline(always)]
        fn nearest(self) -> $t {
            self.round_ties_even()
        }
        #[inline(always)]
        fn sign_bit(self) -> bool {
            self.is_sign_negative()
        }
        #[inline(always)]
        fn pow2(self) -> $t {
            $t::from_bits(self.to_bits().wrapping_add($bias) << $mantissa)
        }
        #[inline(always)]
        fn is_odd(self) -> bool {
            self.to_bits() & 1 != 0
        }
        #[inline(always)]
        fn flip(self, add: u8, value: $t) -> $t {
            let sign = (self.to_bits().wrapping_add(add as $bits) & 2) << ($bits::BITS - 2);
            $t::from_bits(value.to_bits() ^ sign)
        }
        #[inline(always)]
        fn split(self) -> ($t, $t) {
            const ONE: $bits = (1.0 as $t).to_bits();
            const LOW: $bits = std::$t::consts::FRAC_1_SQRT_2.to_bits();
            const STORED: $bits = (1 << $mantissa) - 1;
            let shifted = self.to_bits().wrapping_add(ONE - LOW);
            let m = $t::from_bits((shifted & STORED).wrapping_add(LOW));
            // The biased exponent becomes a float by way of the low bits of MAGIC.
            let k = $t::from_bits(Self::MAGIC.to_bits().wrapping_add(shifted >> $mantissa));
            (m, k - (Self::MAGIC + $bias as $t))
        }
    };
}

impl Core for f32 {
    operations!(f32, u32, 23, 127);

    const TINY: f32 = 1.0 / (1 << 14) as f32;
    const LARGE: f32 = (1 << 14) as f32;
    const EXP_LOW: f32 = -105.0;
    const EXP_HIGH: f32 = 89.0;
    const EXP2_LOW: f32 = -152.0;
    const EXP2_HIGH: f32 = 129.0;
    const SINH_HIGH: f32 = 89.6;
    const EXPM1_LOW: f32 = -20.0;
    const TANH_HIGH: f32 = 11.0;
    const ERFC_HIGH: f32 = 10.3;
    const ERFC_CENTER: f32 = 2.75;
    const TRIG_LIMIT: f32 = 1e5;
    const BIG: f32 = (1u128 << 64) as f32;

    const LN_2_SHORT: (f32, f32) = (0.693_145_75, 1.428_606_8e-6);
    const LOG10_2_SHORT: (f32, f32) = (0.301_025_4, 4.605_039e-6);
    const LN_2: (f32, f32) = (std::f32::consts::LN_2, -1.904_654_2e-9);
    const LOG2_E_PARTS: (f32, f32) = (std::f32::consts::LOG2_E, 1.925_963e-8);
    const LOG10_E_PARTS: (f32, f32) = (std::f32::consts::LOG10_E, -1.010_305e-8);
    const THIRD: (f32, f32) = (1.0 / 3.0, -9.934_108e-9);
    const PI: (f32, f32) = (std::f32::consts::PI, -8.742_278e-8);
    const PI_2: (f32, f32, f32) = (std::f32::consts::FRAC_PI_2, -4.371_139e-8, -1.715_124_5e-15);
    const PI_4: (f32, f32) = (std::f32::consts::FRAC_PI_4, -2.185_569_4e-8);

    const EXP: &'static [f32] = &coef::EXP_F32;
    const LOG: &'static [f32] = &coef::LOG_F32;
    const LOG_TAIL: &'static [f32] = &coef::LOG_TAIL_F32;
    const SIN: &'static [f32] = &coef::SIN_F32;
    const COS: &'static [f32] = &coef::COS_F32;
    const ATAN: &'static [f32] = &coef::ATAN_F32;
    const ASIN: &'static [f32] = &coef::ASIN_F32;
    const ERF: &'static [f32] = &coef::ERF_F32;
    const ERFC: &'static [f32] = &coef::ERFC_F32;

    fn reduce_slow(self) -> (f32, f32, f32) {
        let (r, rl, quadrant) = super::payne_hanek::reduce(self as f64);
        let high = r as f32;
        (high, (r - high as f64 + rl) as f32, Self::MAGIC + quadrant as f32)
    }
}

impl Core for f64 {
    operations!(f64, u64, 52, 1023);

    const TINY: f64 = 1.0 / (1 << 28) as f64;
    const LARGE: f64 = (1 << 28) as f64;
    const EXP_LOW: f64 = -746.0;
    const EXP_HIGH: f64 = 710.0;
    const EXP2_LOW: f64 = -1080.0;
    const EXP2_HIGH: f64 = 1025.0;
    const SINH_HIGH: f64 = 710.6;
    const EXPM1_LOW: f64 = -40.0;
    const TANH_HIGH: f64 = 22.0;
    const ERFC_HIGH: f64 = 28.0;
    const ERFC_CENTER: f64 = 4.58;
    const TRIG_LIMIT: f64 = 1e8;
    const BIG: f64 = f64::from_bits((1023 + 512) << 52);

    const LN_2_SHORT: (f64, f64) = (0.693147180559663, 2.8235290563031577e-13);
    const LOG10_2_SHORT: (f64, f64) = (0.30102999566383914, 1.42050232272661e-13);
    const LN_2: (f64, f64) = (std::f64::consts::LN_2, 2.3190468138462996e-17);
    const LOG2_E_PARTS: (f64, f64) = (std::f64::consts::LOG2_E, 2.0355273740931033e-17);
    const LOG10_E_PARTS: (f64, f64) = (std::f64::consts::LOG10_E, 1.098319650216765e-17);
    const THIRD: (f64, f64) = (1.0 / 3.0, 1.850371707708594e-17);
    const PI: (f64, f64) = (std::f64::consts::PI, 1.2246467991473532e-16);
    const PI_2: (f64, f64, f64) = (std::f64::consts::FRAC_PI_2, 6.123233995736766e-17, -1.4973849048591698e-33);
    const PI_4: (f64, f64) = (std::f64::consts::FRAC_PI_4, 3.061616997868383e-17);

    const EXP: &'static [f64] = &coef::EXP_F64;
    const LOG: &'static [f64] = &coef::LOG_F64;
    const LOG_TAIL: &'static [f64] = &coef::LOG_TAIL_F64;
    const SIN: &'static [f64] = &coef::SIN_F64;
    const COS: &'static [f64] = &coef::COS_F64;
    const ATAN: &'static [f64] = &coef::ATAN_F64;
    const ASIN: &'static [f64] = &coef::ASIN_F64;
    const ERF: &'static [f64] = &coef::ERF_F64;
    const ERFC: &'static [f64] = &coef::ERFC_F64;

    fn reduce_slow(self) -> (f64, f64, f64) {
        let (r, rl, quadrant) = super::payne_hanek::reduce(self);
        (r, rl, Self::MAGIC + quadrant as f64)
    }
}

/// The polynomial with these coefficients, lowest first, by Horner's rule.
#[inline(always)]
pub fn horner<T: Core>(x: T, coefficients: &[T]) -> T {
    let mut i = coefficients.len() - 1;
    let mut sum = coefficients[i];
    while i > 0 {
        i -= 1;
        sum = sum.fma(x, coefficients[i]);
    }
    sum
}

/// `a + b` and its rounding error (Knuth).
#[inline(always)]
pub fn two_sum<T: Core>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// `a + b` and its rounding error, for `|a| >= |b|` or `a = 0` (Dekker).
#[inline(always)]
pub fn fast_two_sum<T: Core>(a: T, b: T) -> (T, T) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// `x` kept in `[low, high]`; NaN stays NaN.
#[inline(always)]
pub fn clamp<T: Core>(x: T, low: T, high: T) -> T {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

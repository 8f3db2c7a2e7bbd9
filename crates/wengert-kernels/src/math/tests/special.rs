//! Zeros with their sign, infinities, NaN, poles and the edges of the domains, as C99's Annex F has them.

use crate::math;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

macro_rules! cases {
    ($name:ident: $($x:expr => $want:expr),+ $(,)?) => {
        $({
            let (x, want): (f64, f64) = ($x, $want);
            let got = math::$name(x);
            assert!(same(got, want), "f64 {}({x:e}) = {got:e}", stringify!($name));
            let got: f32 = math::$name(x as f32);
            assert!(same(got as f64, want as f32 as f64), "f32 {}({x:e}) = {got:e}", stringify!($name));
        })+
    };
}

#[test]
fn exponentials() {
    cases!(exp: 0.0 => 1.0, -0.0 => 1.0, INF => INF, -INF => 0.0, NAN => NAN, 1e30 => INF, -1e30 => 0.0, 1e-30 => 1.0);
    cases!(exp2: 0.0 => 1.0, -0.0 => 1.0, INF => INF, -INF => 0.0, NAN => NAN, 1e30 => INF, -1e30 => 0.0, 10.0 => 1024.0,
        -3.0 => 0.125, 127.0 => 2f64.powi(127), -126.0 => 2f64.powi(-126), -149.0 => 2f64.powi(-149));
    cases!(expm1: 0.0 => 0.0, -0.0 => -0.0, INF => INF, -INF => -1.0, NAN => NAN, 1e30 => INF, -1e30 => -1.0,
        -1e-40 => -1e-40, 1e-30 => 1e-30);
    cases!(sigmoid: 0.0 => 0.5, -0.0 => 0.5, INF => 1.0, -INF => 0.0, NAN => NAN, 1e30 => 1.0, -1e30 => 0.0);
    cases!(sinh: 0.0 => 0.0, -0.0 => -0.0, INF => INF, -INF => -INF, NAN => NAN, 1e30 => INF, -1e30 => -INF, -1e-40 => -1e-40);
    cases!(cosh: 0.0 => 1.0, -0.0 => 1.0, INF => INF, -INF => INF, NAN => NAN, 1e30 => INF, -1e30 => INF, 1e-30 => 1.0);
    cases!(tanh: 0.0 => 0.0, -0.0 => -0.0, INF => 1.0, -INF => -1.0, NAN => NAN, 1e30 => 1.0, -1e30 => -1.0, -1e-40 => -1e-40);
    for n in -1074..=1023 {
        assert_eq!(math::exp2(n as f64), 2f64.powi(n.max(-1000)) * 2f64.powi(n.min(-1000) + 1000));
    }
}

#[test]
fn logarithms() {
    cases!(log: 1.0 => 0.0, 0.0 => -INF, -0.0 => -INF, INF => INF, -INF => NAN, NAN => NAN, -1.0 => NAN, -1e-40 => NAN);
    cases!(log2: 1.0 => 0.0, 0.0 => -INF, -0.0 => -INF, INF => INF, -INF => NAN, NAN => NAN, -1.0 => NAN, 1024.0 => 10.0,
        0.125 => -3.0);
    cases!(log10: 1.0 => 0.0, 0.0 => -INF, -0.0 => -INF, INF => INF, -INF => NAN, NAN => NAN, -1.0 => NAN, 1000.0 => 3.0);
    cases!(log1p: 0.0 => 0.0, -0.0 => -0.0, -1.0 => -INF, INF => INF, -INF => NAN, NAN => NAN, -1.5 => NAN, -1e-40 => -1e-40,
        -1e30 => NAN);
    cases!(asinh: 0.0 => 0.0, -0.0 => -0.0, INF => INF, -INF => -INF, NAN => NAN, -1e-40 => -1e-40);
    cases!(acosh: 1.0 => 0.0, 0.5 => NAN, INF => INF, -INF => NAN, NAN => NAN, -1e30 => NAN, 0.0 => NAN);
    cases!(atanh: 0.0 => 0.0, -0.0 => -0.0, 1.0 => INF, -1.0 => -INF, 1.5 => NAN, INF => NAN, -INF => NAN, NAN => NAN);
    for n in -1022..=1023 {
        assert_eq!(math::log2(2f64.powi(n)), n as f64);
    }
}

#[test]
fn trigonometry() {
    cases!(sin: 0.0 => 0.0, -0.0 => -0.0, INF => NAN, -INF => NAN, NAN => NAN, -1e-40 => -1e-40);
    cases!(cos: 0.0 => 1.0, -0.0 => 1.0, INF => NAN, -INF => NAN, NAN => NAN, 1e-30 => 1.0);
    cases!(tan: 0.0 => 0.0, -0.0 => -0.0, INF => NAN, -INF => NAN, NAN => NAN, -1e-40 => -1e-40);
    use std::f64::consts::{FRAC_PI_2, PI};
    cases!(asin: 0.0 => 0.0, -0.0 => -0.0, 1.0 => FRAC_PI_2, -1.0 => -FRAC_PI_2, 1.5 => NAN, INF => NAN, NAN => NAN,
        -1e-40 => -1e-40);
    cases!(acos: 1.0 => 0.0, -1.0 => PI, 0.0 => FRAC_PI_2, -0.0 => FRAC_PI_2, -1.5 => NAN, INF => NAN, NAN => NAN);
    cases!(atan: 0.0 => 0.0, -0.0 => -0.0, INF => FRAC_PI_2, -INF => -FRAC_PI_2, NAN => NAN, 1e30 => FRAC_PI_2,
        -1e-40 => -1e-40);
}

#[test]
fn error_functions_and_roots() {
    cases!(erf: 0.0 => 0.0, -0.0 => -0.0, INF => 1.0, -INF => -1.0, NAN => NAN, 30.0 => 1.0, -30.0 => -1.0);
    cases!(erfc: 0.0 => 1.0, -0.0 => 1.0, INF => 0.0, -INF => 2.0, NAN => NAN, 30.0 => 0.0, -30.0 => 2.0);
    cases!(sqrt: 0.0 => 0.0, -0.0 => -0.0, INF => INF, -1.0 => NAN, NAN => NAN, 4.0 => 2.0);
    cases!(rsqrt: 0.0 => INF, -0.0 => -INF, INF => 0.0, -1.0 => NAN, NAN => NAN, 4.0 => 0.5);
}

/// Numbers on both sides of every case of the two functions of two arguments.
const EDGES: [f64; 30] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    INF,
    -INF,
    NAN,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1.5,
    -1.5,
    1e30,
    -1e30,
    1e-30,
    -1e-30,
    1e-40,
    -1e-40,
    16777215.0,
    -16777215.0,
    16777216.0,
    4.0,
    -4.0,
    0.25,
    7.0,
    -7.0,
    100.0,
];

#[test]
fn powers_and_angles_at_the_edges() {
    for x in EDGES {
        for y in EDGES {
            // The f64 functions of the standard library are C's; what is exact or special there must be so here.
            let close = |got: f64, want: f64, unit: f64| {
                same(got, want)
                    || (want.is_finite()
                        && (got - want).abs() <= 2.0 * unit * want.abs()
                        && got.is_sign_negative() == want.is_sign_negative())
            };
            let unit = f64::EPSILON;
            assert!(close(math::pow(x, y), x.powf(y), unit), "pow({x:e}, {y:e}) = {:e}", math::pow(x, y));
            assert!(close(math::atan2(x, y), x.atan2(y), unit), "atan2({x:e}, {y:e}) = {:e}", math::atan2(x, y));
            let (u, v) = (x as f32, y as f32);
            let unit = f32::EPSILON as f64;
            let (got, want) = (math::pow(u, v), u.powf(v));
            assert!(
                close(got as f64, want as f64, unit) || (got - want).abs() < 1e-44,
                "f32 pow({x:e}, {y:e}) = {got:e}"
            );
            let (got, want) = (math::atan2(u, v), u.atan2(v));
            assert!(
                close(got as f64, want as f64, unit) || (got - want).abs() < 1e-44,
                "f32 atan2({x:e}, {y:e}) = {got:e}"
            );
        }
    }
    // Small integer powers that the format holds are exact.
    for base in -12i32..=12 {
        for exponent in 0..=6 {
            assert_eq!(math::pow(base as f32, exponent as f32), (base as f32).powi(exponent));
            assert_eq!(math::pow(base as f64, exponent as f64), (base as f64).powi(exponent));
        }
    }
}

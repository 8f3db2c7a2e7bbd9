//! Errors in units of the last place: f32 against f64 over all magnitudes, f64 against a table made with mpmath.

use super::{levels, unary_functions};
use crate::{math, parallel};
use std::sync::Mutex;

/// The distance of `got` from `exact` in units of f32's last place at `exact`.
fn error_f32(got: f32, exact: f64) -> f64 {
    if got.is_nan() || exact.is_nan() {
        return if got.is_nan() && exact.is_nan() { 0.0 } else { f64::INFINITY };
    }
    let past_all = 2f64.powi(128);
    if exact.abs() >= past_all || (exact == 0.0 && got == 0.0) {
        let same = got.is_sign_negative() == exact.is_sign_negative() && (got.is_infinite() || exact == 0.0);
        return if same { 0.0 } else { f64::INFINITY };
    }
    let exponent = ((exact.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let unit = f64::from_bits(((exponent.max(-126) - 23 + 1023) as u64) << 52);
    let got = if got.is_infinite() { past_all.copysign(got as f64) } else { got as f64 };
    (got - exact).abs() / unit
}

/// The largest error over every `stride`-th bit pattern, and where it is.
fn sweep(stride: u64, function: fn(u32, &[f32], &mut [f32]), reference: fn(f64) -> f64) -> (f64, f32) {
    const BLOCK: u64 = 4096;
    let count = (1u64 << 32) / stride;
    let worst = Mutex::new((0.0, 0.0));
    parallel::for_each(count.div_ceil(BLOCK) as usize, |block| {
        let start = block as u64 * BLOCK;
        let x: Vec<f32> = (start..(start + BLOCK).min(count)).map(|i| f32::from_bits((i * stride) as u32)).collect();
        let mut out = vec![0.0; x.len()];
        function(1, &x, &mut out);
        let errors = x.iter().zip(&out).map(|(&x, &got)| (error_f32(got, reference(x as f64)), x));
        let here = errors.fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
        let mut worst = worst.lock().unwrap();
        if here.0 > worst.0 {
            *worst = here;
        }
    });
    worst.into_inner().unwrap()
}

mod reference {
    pub fn sigmoid(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }
    pub fn rsqrt(x: f64) -> f64 {
        1.0 / x.sqrt()
    }
    pub fn acosh(x: f64) -> f64 {
        if x < 1.0 { f64::NAN } else { ((x - 1.0) + ((x - 1.0) * (x + 1.0)).sqrt()).ln_1p() }
    }
}

/// `WENGERT_MATH_STRIDE=1` checks every f32.
#[test]
fn single_precision_errors() {
    let stride = std::env::var("WENGERT_MATH_STRIDE").ok().and_then(|s| s.parse().ok()).unwrap_or(1021);
    let only = std::env::var("WENGERT_MATH_ONLY").ok();
    let mut failed = Vec::new();
    let mut check = |name: &str, function: fn(u32, &[f32], &mut [f32]), reference: fn(f64) -> f64| {
        if only.as_ref().is_some_and(|only| !only.split(',').any(|s| s == name)) {
            return;
        }
        let (worst, at) = sweep(stride, function, reference);
        println!("f32 {name:8} {worst:.3} ulp at {at:e} ({:#x})", at.to_bits());
        if worst > 2.0 {
            failed.push(name.to_string());
        }
    };
    macro_rules! all {
        ($($name:ident = $reference:expr),+ $(,)?) => {
            $({
                levels!(run, f32, |x| math::$name(x));
                check(stringify!($name), run, $reference);
            })+
        };
    }
    all!(
        exp = f64::exp,
        exp2 = f64::exp2,
        expm1 = f64::exp_m1,
        log = f64::ln,
        log2 = f64::log2,
        log10 = f64::log10,
        log1p = f64::ln_1p,
        sin = f64::sin,
        cos = f64::cos,
        tan = f64::tan,
        tanh = f64::tanh,
        sinh = f64::sinh,
        cosh = f64::cosh,
        asin = f64::asin,
        acos = f64::acos,
        atan = f64::atan,
        asinh = f64::asinh,
        acosh = reference::acosh,
        atanh = f64::atanh,
        sigmoid = reference::sigmoid,
        erf = math::erf::<f64>,
        erfc = math::erfc::<f64>,
        sqrt = f64::sqrt,
        rsqrt = reference::rsqrt,
    );
    assert!(failed.is_empty(), "more than 2 ulp: {failed:?}");
}

/// Pseudo-random words (a multiplicative congruential generator).
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0 ^ (self.0 >> 32)
    }
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

type OfTwo = (&'static str, fn(u32, &[f32], &[f32], &mut [f32]), fn(f64, f64) -> f64);

#[test]
fn single_precision_errors_of_two_arguments() {
    let count: usize = std::env::var("WENGERT_MATH_PAIRS").ok().and_then(|s| s.parse().ok()).unwrap_or(1_500_000);
    let mut words = Words(7);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for i in 0..count {
        let a = f32::from_bits(words.next() as u32);
        let b = f32::from_bits(words.next() as u32);
        let near_one = words.uniform(0.5, 2.0) as f32;
        let (a, b) = match i % 6 {
            0 => (a, b),
            // Powers that neither overflow nor vanish.
            1 => (a.abs(), (words.uniform(-105.0, 89.0) / (a.abs() as f64).ln()) as f32),
            2 => (near_one, (words.uniform(-105.0, 89.0) / (near_one as f64).ln()) as f32),
            3 => (words.uniform(-30.0, 30.0) as f32, words.uniform(-20.0, 20.0).round() as f32),
            4 => (words.uniform(-3.0, 3.0) as f32, words.uniform(-3.0, 3.0) as f32),
            // Neighbours in size, far out on either side.
            _ => (a, (a as f64 * words.uniform(-4.0, 4.0)) as f32),
        };
        x.push(a);
        y.push(b);
    }
    let mut out = vec![0.0; count];
    levels!(pow, f32, |x, y| math::pow(x, y));
    levels!(atan2, f32, |x, y| math::atan2(x, y));
    let functions: [OfTwo; 2] = [("pow", pow, f64::powf), ("atan2", atan2, f64::atan2)];
    for (name, function, reference) in functions {
        function(1, &x, &y, &mut out);
        let mut worst = (0.0, 0.0, 0.0);
        for i in 0..count {
            let error = error_f32(out[i], reference(x[i] as f64, y[i] as f64));
            if error > worst.0 {
                worst = (error, x[i], y[i]);
            }
        }
        println!("f32 {name:8} {:.3} ulp at {:e}, {:e}", worst.0, worst.1, worst.2);
        assert!(worst.0 <= 2.0, "{name}");
    }
}

/// The distance in units of the last place of `nearest` between `got` and `nearest + rest` units.
fn error_f64(got: f64, nearest: f64, rest: f64) -> f64 {
    if got.is_nan() {
        return f64::INFINITY;
    }
    let exponent = ((nearest.to_bits() >> 52) & 0x7ff).max(1);
    // Two factors: the unit itself may be out of range.
    let up = |v: f64| if exponent > 1022 { v * 2f64.powi(-500) } else { v * 2f64.powi(500) };
    let shift = if exponent > 1022 { -500 } else { 500 };
    let unit = 2f64.powi(exponent as i32 - 1075 + shift);
    ((up(got) - up(nearest)) / unit - rest).abs()
}

/// `WENGERT_MATH_TABLE` names another, larger table of `scripts/math_table.py`.
#[test]
fn double_precision_errors() {
    let larger = std::env::var("WENGERT_MATH_TABLE").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let table = larger.as_deref().unwrap_or(include_str!("../reference.txt"));
    let mut worst: Vec<(String, f64, String)> = Vec::new();
    for line in table.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let number = |i: usize| f64::from_bits(u64::from_str_radix(fields[i], 16).unwrap());
        let (name, x) = (fields[0], number(1));
        macro_rules! value {
            ($($f:ident),+) => {
                match name {
                    $(stringify!($f) => math::$f(x),)+
                    "pow" => math::pow(x, number(2)),
                    "atan2" => math::atan2(x, number(2)),
                    _ => panic!("{line}"),
                }
            };
        }
        let got: f64 = value!(
            exp, exp2, expm1, log, log2, log10, log1p, sin, cos, tan, tanh, sinh, cosh, asin, acos, atan, asinh, acosh,
            atanh, sigmoid, erf, erfc, rsqrt
        );
        let last = fields.len() - 1;
        let error = error_f64(got, number(last - 1), fields[last].parse().unwrap());
        if worst.last().is_none_or(|w| w.0 != name) {
            worst.push((name.to_string(), 0.0, String::new()));
        }
        let entry = worst.last_mut().unwrap();
        if error > entry.1 {
            let at: Vec<f64> = (1..last - 1).map(number).collect();
            (entry.1, entry.2) = (error, format!("{at:?} gave {got:e}"));
        }
    }
    for (name, error, at) in &worst {
        println!("f64 {name:8} {error:.3} ulp at {at}");
    }
    assert_eq!(worst.len(), 25);
    for (name, error, _) in &worst {
        assert!(*error <= 2.0, "{name}");
    }
}

/// The same bits on every CPU level.
#[test]
fn levels_agree() {
    let mut words = Words(11);
    let mut single: Vec<f32> = (0..4096).map(|_| f32::from_bits(words.next() as u32)).collect();
    single.extend((0..4096).map(|_| words.uniform(-5.0, 5.0) as f32));
    let mut double: Vec<f64> = (0..4096).map(|_| f64::from_bits(words.next())).collect();
    double.extend((0..4096).map(|_| words.uniform(-5.0, 5.0)));
    macro_rules! same {
        ($name:ident, $x:ident, $t:ident) => {{
            levels!(run, $t, |x| math::$name(x));
            let mut out = [vec![0.0; $x.len()], vec![0.0; $x.len()], vec![0.0; $x.len()]];
            for (level, out) in out.iter_mut().enumerate() {
                run(level as u32, &$x, out);
            }
            for (i, &a) in out[0].iter().enumerate() {
                for other in &out[1..] {
                    let b = other[i];
                    assert!(
                        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
                        "{} {:e}",
                        stringify!($name),
                        $x[i]
                    );
                }
            }
        }};
    }
    macro_rules! each {
        ($($name:ident),+) => { $(same!($name, single, f32); same!($name, double, f64);)+ };
    }
    unary_functions!(each);
}

/// The tile functions give what the scalar ones do, with and without large arguments.
#[test]
fn trigonometric_tiles() {
    let mut words = Words(3);
    for bound in [10.0, 1e4, 1e7, 1e12, 1e30] {
        let x: Vec<f32> = (0..1000).map(|_| words.uniform(-bound, bound) as f32).collect();
        let mut out = vec![0.0; x.len()];
        math::sin_tile(&x, &mut out);
        assert!(x.iter().zip(&out).all(|(&x, out)| math::sin(x).to_bits() == out.to_bits()));
        math::cos_tile(&x, &mut out);
        assert!(x.iter().zip(&out).all(|(&x, out)| math::cos(x).to_bits() == out.to_bits()));
        math::tan_tile(&x, &mut out);
        assert!(x.iter().zip(&out).all(|(&x, out)| math::tan(x).to_bits() == out.to_bits()));
    }
    let x = [1.0f64, f64::INFINITY, f64::NAN, 1e300, -1e9];
    let mut out = [0.0; 5];
    math::sin_tile(&x, &mut out);
    assert!(out[1].is_nan() && out[2].is_nan());
    assert_eq!([out[0], out[3], out[4]], [math::sin(1.0), math::sin(1e300), math::sin(-1e9)]);
}

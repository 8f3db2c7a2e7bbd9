//! Random streams against what PyTorch gave (`xtask/python/record_random.py` says how the file is written).

use wengert_kernels::dispatch;
use wengert_kernels::dtype::{DType, Element, bf16, f16};
use wengert_kernels::random::{self as r, Generator, StateError};

const RECORD: &str = include_str!("../testdata/random.txt");

/// Equal last bits of logarithms and sines need PyTorch's C library; elsewhere shown values may differ a little.
const SAME_LIBM: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// The value as the file writes it: bits of a float, an integer modulo 2^64.
fn bits<T: Element>(v: T) -> u64 {
    match T::DTYPE {
        DType::F64 => v.to_f64().to_bits(),
        DType::F32 => u64::from((v.to_f64() as f32).to_bits()),
        DType::F16 => u64::from(f16::from_f32(v.to_f64() as f32).to_bits()),
        DType::BF16 => u64::from(bf16::from_f32(v.to_f64() as f32).to_bits()),
        _ => v.to_i64() as u64,
    }
}

fn digest(values: impl IntoIterator<Item = u64>) -> u64 {
    values.into_iter().fold(0xcbf2_9ce4_8422_2325, |h, v| (h ^ v).wrapping_mul(0x100_0000_01b3))
}

fn ramp<T: Element>(n: usize, modulus: usize, scale: f64, offset: f64) -> Vec<T> {
    (0..n).map(|i| T::from_f64((i % modulus) as f64 * scale + offset)).collect()
}

fn dtype(name: &str) -> DType {
    match name {
        "bool" => DType::Bool,
        "u8" => DType::U8,
        "i8" => DType::I8,
        "i16" => DType::I16,
        "i32" => DType::I32,
        "i64" => DType::I64,
        "f16" => DType::F16,
        "bf16" => DType::BF16,
        "f32" => DType::F32,
        "f64" => DType::F64,
        _ => panic!("no dtype {name}"),
    }
}

/// Runs one line's call; the results as the file writes them.
fn call<T: Element>(g: &mut Generator, op: &str, n: usize, args: &[&str]) -> Vec<u64> {
    let f = |i: usize| args[i].parse::<f64>().unwrap();
    let i = |i: usize| args[i].parse::<i64>().unwrap();
    let mut out = vec![T::default(); n];
    match op {
        "rand" => r::uniform(g, &mut out, 0.0, 1.0),
        "uniform" => r::uniform(g, &mut out, f(0), f(1)),
        "randn" => r::normal(g, &mut out, 0.0, 1.0),
        "normal" => r::normal(g, &mut out, f(0), f(1)),
        "normal_serial" => r::normal_serial(g, &mut out, f(0), f(1)),
        "normal_tensor" => {
            r::normal_tensor(g, &mut out, &ramp(n, 17, 1.0, -8.0), &ramp(n, 5, 0.5, 0.0));
        }
        "randint" => r::randint(g, &mut out, i(0), i(1)),
        "random" => r::random(g, &mut out),
        "random_from" => r::random_from(g, &mut out, i(0)),
        "randperm" => r::randperm(g, &mut out),
        "bernoulli" => r::bernoulli_scalar(g, &mut out, f(0)),
        "dropout" => r::dropout_noise(g, &mut out, f(0)),
        "exponential" => r::exponential(g, &mut out, f(0)),
        "cauchy" => r::cauchy(g, &mut out, f(0), f(1)),
        "log_normal" => r::log_normal(g, &mut out, f(0), f(1)),
        "geometric" => r::geometric(g, &mut out, f(0)),
        "multinomial" => {
            let (rows, columns) = (i(0) as usize, i(1) as usize);
            let weights = ramp::<T>(rows * columns, 101, 1.0 / 128.0, 1.0 / 128.0);
            let mut indices = vec![0i64; n];
            r::multinomial(g, &mut indices, &weights, columns, n / rows, i(2) != 0);
            return indices.into_iter().map(|v| v as u64).collect();
        }
        _ => {
            let p = dtype(op.strip_prefix("bernoulli_p_").expect("a known operation"));
            dispatch!(p, P => r::bernoulli(g, &mut out, &ramp::<P>(n, 65, 1.0 / 64.0, 0.0)), else => unreachable!());
        }
    }
    out.into_iter().map(bits).collect()
}

/// Are two values of the type equal but for the last bits?
fn near(dtype: DType, a: u64, b: u64) -> bool {
    match dtype {
        DType::F64 => (f64::from_bits(a) - f64::from_bits(b)).abs() <= 1e-14 * f64::from_bits(b).abs(),
        _ => a.abs_diff(b) <= 2,
    }
}

#[test]
fn every_recorded_call() {
    let mut g = Generator::default();
    let (mut calls, mut failures) = (0, Vec::new());
    for line in RECORD.lines().filter(|l| !l.starts_with('#')) {
        let field: Vec<&str> = line.split(' ').collect();
        let [seed, op, name, n, args, hash, shown] = field[..] else { panic!("bad line {line}") };
        if seed != "-" {
            g.manual_seed(seed.parse().unwrap());
        }
        let hash = u64::from_str_radix(hash, 16).unwrap();
        calls += 1;
        if op == "state" {
            let state = g.state();
            if digest(state.iter().map(|&b| u64::from(b))) != hash && SAME_LIBM {
                failures.push(format!("{line}: another state"));
            }
            // Go on with a generator that knows only these bytes.
            g = Generator::new(99);
            g.set_state(&state).unwrap();
            assert_eq!(g.state(), state);
            continue;
        }
        let args: Vec<&str> = args.split(',').collect();
        let d = dtype(name);
        let got = dispatch!(d, T => call::<T>(&mut g, op, n.parse().unwrap(), &args), else => unreachable!());
        let want: Vec<u64> = shown.split(',').map(|v| u64::from_str_radix(v, 16).unwrap()).collect();
        let few = if got.len() <= 17 { got.clone() } else { [&got[..2], &got[got.len() - 2..]].concat() };
        let equal = if SAME_LIBM {
            digest(got.iter().copied()) == hash && few == want
        } else {
            few.iter().zip(&want).all(|(&a, &b)| near(d, a, b))
        };
        if !equal {
            failures.push(format!("{line}: got {few:x?}"));
        }
    }
    assert!(calls > 500, "only {calls} calls in the record");
    assert!(
        failures.is_empty(),
        "{} of {calls} calls differ:\n{}",
        failures.len(),
        failures[..failures.len().min(20)].join("\n")
    );
}

#[test]
fn mersenne_twister() {
    // The first number of the authors' program, and the 10000th, which the C++ standard states ([rand.predef]).
    let mut g = Generator::new(5489);
    assert_eq!(g.random_u32(), 3_499_211_612);
    for _ in 1..9999 {
        g.random_u32();
    }
    assert_eq!(g.random_u32(), 4_123_659_995);
    // Slices give what single draws give, whatever the cuts.
    let mut one = Generator::new(3);
    let mut many = one.clone();
    let mut got = vec![0u32; 3000];
    let (a, b) = got.split_at_mut(700);
    many.fill_u32(a);
    many.fill_u32(b);
    assert!(got.iter().all(|&v| v == one.random_u32()));
    assert_eq!(one.state(), many.state());
    let first = Generator::new(3).random_u64();
    assert_eq!(first, (u64::from(got[0]) << 32) | u64::from(got[1]));
}

#[test]
fn seeds_and_states() {
    assert_eq!(Generator::default().initial_seed(), 67_280_421_310_721);
    let mut g = Generator::new(1);
    let s = g.seed();
    assert_eq!(g.initial_seed(), s);
    assert_ne!(s, Generator::from_entropy().initial_seed());
    // The upper half of a seed is remembered but does not choose the stream.
    let mut high = Generator::new((1 << 40) + 7);
    assert_eq!(high.random_u32(), Generator::new(7).random_u32());
    assert_eq!(high.initial_seed(), (1 << 40) + 7);

    let state = g.state();
    assert_eq!(state.len(), Generator::STATE_BYTES);
    assert_eq!(g.set_state(&state[1..]), Err(StateError::Size(5055)));
    let mut bad = state.clone();
    bad[16..24].copy_from_slice(&625u64.to_le_bytes());
    assert_eq!(g.set_state(&bad), Err(StateError::Invalid));
    assert_eq!(g.state(), state, "a refused state changes nothing");

    // Both cached samples travel with the state, and seeding forgets them.
    g.set_next_float_normal_sample(Some(1.5));
    g.set_next_double_normal_sample(Some(-2.5));
    let mut h = Generator::default();
    h.set_state(&g.state()).unwrap();
    assert_eq!(h, g);
    assert_eq!((h.next_float_normal_sample(), h.next_double_normal_sample()), (Some(1.5), Some(-2.5)));
    let mut z = [0f32];
    r::normal(&mut h, &mut z, 0.0, 1.0);
    assert_eq!((z[0], h.next_double_normal_sample()), (-2.5, None));
    g.manual_seed(0);
    assert_eq!((g.next_float_normal_sample(), g.next_double_normal_sample()), (None, None));
}

#[test]
fn empty_slices_draw_nothing() {
    let mut g = Generator::new(5);
    let before = g.clone();
    r::uniform_f32(&mut g, &mut [], 0.0, 1.0);
    r::uniform_f64(&mut g, &mut [], 0.0, 1.0);
    r::normal::<f32>(&mut g, &mut [], 0.0, 1.0);
    r::randint::<i64>(&mut g, &mut [], 0, 5);
    r::randperm::<i64>(&mut g, &mut []);
    r::bernoulli::<f32, f32>(&mut g, &mut [], &[]);
    r::multinomial::<f32>(&mut g, &mut [], &[], 0, 0, true);
    let mut noise = [0f32; 4];
    r::dropout_noise(&mut g, &mut noise, 0.0);
    assert_eq!(noise, [1.0; 4]);
    r::dropout_noise(&mut g, &mut noise, 1.0);
    assert_eq!(noise, [0.0; 4]);
    assert_eq!(g, before);
}

#[test]
fn half_precision_keeps_below_the_upper_bound() {
    let mut g = Generator::new(0);
    let mut out = vec![bf16::ZERO; 100_000];
    r::uniform(&mut g, &mut out, 0.0, 1.0);
    assert!(out.iter().all(|v| (0.0..1.0).contains(&v.to_f32())));
}

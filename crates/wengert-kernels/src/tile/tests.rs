//! The tile machine against plain loops.

use super::*;
use crate::dispatch;
use crate::dtype::{bf16, f16};
use crate::layout::{Layout, Strides};
use crate::view::{View, ViewMut};
use crate::{kernels, parallel};

static ADD: Kernels =
    kernels! { f32, f64 => |a: T, b: T| -> T { a + b }; i64 => |a: T, b: T| -> T { a.wrapping_add(b) } };
static MUL: Kernels =
    kernels! { f32, f64 => |a: T, b: T| -> T { a * b }; i64 => |a: T, b: T| -> T { a.wrapping_mul(b) } };

/// The ten real dtypes.
fn real() -> impl Iterator<Item = DType> {
    DType::ALL.into_iter().filter(|d| !d.is_complex())
}

/// What PyTorch's cast gives, by way of a 128-bit integer or f64, written without the crate's own casts.
fn reference<S: Element, D: Element>(v: S) -> D {
    let wrap = |v: i64| match D::DTYPE {
        DType::U8 => v as u8 as i64,
        DType::I8 => v as i8 as i64,
        DType::I16 => v as i16 as i64,
        DType::I32 => v as i32 as i64,
        _ => v,
    };
    let exact = if S::DTYPE.is_float() { v.to_f64() } else { v.to_i64() as f64 };
    match D::DTYPE {
        DType::Bool => D::from_i64((exact != 0.0) as i64),
        d if d.is_int() && S::DTYPE.is_float() => D::from_i64(wrap(exact as i64)),
        d if d.is_int() => D::from_i64(wrap(v.to_i64())),
        _ => {
            let single = if S::DTYPE.is_float() { exact as f32 } else { v.to_i64() as f32 };
            D::from_f64(match D::DTYPE {
                DType::F64 => exact,
                DType::F32 => single as f64,
                DType::F16 => f16::from_f32_const(single).to_f64_const(),
                _ => bf16::from_f32(single).to_f64_const(),
            })
        }
    }
}

fn bits<T: Element>(v: T) -> u64 {
    let mut out = 0u64;
    // SAFETY: an element is at most eight bytes of plain data.
    unsafe { std::ptr::copy_nonoverlapping((&raw const v).cast::<u8>(), (&raw mut out).cast(), size_of::<T>()) }
    if v.to_f64().is_nan() { u64::MAX } else { out }
}

fn interesting<T: Element>() -> Vec<T> {
    let mut values: Vec<T> = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.7,
        3.25,
        100.0,
        127.0,
        128.0,
        200.0,
        255.0,
        256.0,
        -128.0,
        -129.0,
        1000.0,
        2047.0,
        2049.0,
        4099.0,
        32767.0,
        32768.0,
        65504.0,
        65519.0,
        65520.0,
        65536.0,
        1e-7,
        6e-8,
        3e-8,
        1e-30,
        1e-45,
        3.3e4,
        1e9,
        2147483647.0,
        2147483648.0,
        -2147483649.0,
        1e15,
        9007199254740993.0,
        1e18,
        0.1,
        1.0 / 3.0,
    ]
    .into_iter()
    .map(T::from_f64)
    .collect();
    values.extend([i64::MAX, i64::MIN, (1 << 53) + 1, (1 << 24) + 1, -(1 << 24) - 1].map(T::from_i64));
    if T::DTYPE.is_float() {
        values.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e39, 3.4e38].map(T::from_f64));
    }
    values
}

#[test]
fn casts_between_all_dtypes() {
    for from in real() {
        for to in real() {
            dispatch!(from, S => dispatch!(to, D => {
                let src = interesting::<S>();
                // Dense, and with a stride on each side.
                for (si, so) in [(1, 1), (2, 1), (1, 3), (3, 2)] {
                    let mut spread = vec![S::default(); src.len() * si];
                    src.iter().enumerate().for_each(|(i, &v)| spread[i * si] = v);
                    let mut dst = vec![D::default(); src.len() * so];
                    let li = Layout { shape: [src.len()][..].into(), strides: [si as isize][..].into(), offset: 0 };
                    let lo = Layout { shape: [src.len()][..].into(), strides: [so as isize][..].into(), offset: 0 };
                    copy(View::from_slice(&spread, &li), &mut ViewMut::from_slice(&mut dst, &lo));
                    for (i, &v) in src.iter().enumerate() {
                        let expect = reference::<S, D>(v);
                        assert_eq!(bits(dst[i * so]), bits(expect), "{v:?} from {from} to {to}: {:?}, not {expect:?}", dst[i * so]);
                    }
                }
                // A broadcast value.
                let (one, many) = (Layout::contiguous(&[]), Layout::contiguous(&[5]));
                let mut dst = vec![D::default(); 5];
                let x = [S::from_f64(3.0)];
                copy(View { layout: &one.expand(&[5]).unwrap(), ..View::from_slice(&x, &one) }, &mut ViewMut::from_slice(&mut dst, &many));
                assert_eq!(dst, [reference::<S, D>(x[0]); 5]);
            }, else => unreachable!()), else => unreachable!());
        }
    }
}

/// Layouts of every kind inside a storage of `len` elements, with the elements they reach, in row-major order.
fn layouts(len: usize) -> Vec<Layout> {
    let l = |shape: &[usize], strides: &[isize], offset| Layout {
        shape: shape.into(),
        strides: Strides::from_slice(strides),
        offset,
    };
    let layouts = vec![
        l(&[], &[], 3),
        l(&[1, 1], &[7, 9], 2),
        l(&[0], &[1], 0),
        l(&[3, 0, 2], &[2, 2, 1], 1),
        l(&[60], &[1], 0),
        l(&[20], &[3], 1),
        l(&[6, 10], &[10, 1], 0),
        l(&[10, 6], &[1, 10], 0),
        l(&[6, 10], &[0, 1], 5),
        l(&[6, 10], &[1, 0], 5),
        l(&[2, 3, 5], &[30, 5, 1], 2),
        l(&[5, 2, 3], &[1, 30, 5], 0),
        l(&[4, 1, 7], &[8, 3, 1], 0),
        l(&[3, 2500], &[2500, 1], 0),
        l(&[2500, 3], &[1, 2500], 0),
        l(&[50, 60, 2], &[2, 100, 1], 0),
        l(&[7, 3000], &[0, 1], 9),
        l(&[3000, 7], &[1, 0], 9),
        l(&[4, 5, 6, 7], &[1, 4, 140, 20], 0),
    ];
    assert!(layouts.iter().all(|l| l.extent() <= len));
    layouts
}

fn offsets(l: &Layout) -> Vec<usize> {
    let mut all = vec![l.offset as isize];
    for (&n, &s) in l.shape.iter().zip(&l.strides) {
        all = all.iter().flat_map(|&o| (0..n as isize).map(move |i| o + i * s)).collect();
    }
    all.into_iter().map(|o| o as usize).collect()
}

#[test]
fn loads_follow_every_layout() {
    let storage: Vec<f32> = (0..8000).map(|i| i as f32).collect();
    let half: Vec<f16> = (0..8000).map(|i| f16::from_f32((i % 2000) as f32)).collect();
    for layout in layouts(storage.len()) {
        let dense = Layout::contiguous(&layout.shape);
        let at = offsets(&layout);
        let mut out = vec![-1f32; at.len()];
        copy(View::from_slice(&storage, &layout), &mut ViewMut::from_slice(&mut out, &dense));
        assert!(at.iter().zip(&out).all(|(&o, &v)| v == storage[o]), "{layout:?}");
        let mut out = vec![-1i32; at.len()];
        copy(View::from_slice(&half, &layout), &mut ViewMut::from_slice(&mut out, &dense));
        assert!(at.iter().zip(&out).all(|(&o, &v)| v == (o % 2000) as i32), "{layout:?}");
        // Any tile alone, at any start.
        let p = Program::of_view(View::from_slice(&half, &layout));
        let mut scratch = p.scratch();
        for (start, n) in [(0, 1), (1, 3), (5, 0), (17, 40), (2000, TILE), (100, 700)] {
            if start + n <= at.len() {
                let tile = p.tile(p.last(), start, n, &mut scratch, None).cast::<f32>();
                // SAFETY: `tile` gives n lanes.
                let tile = unsafe { std::slice::from_raw_parts(tile, n) };
                assert!((0..n).all(|i| tile[i] == half[at[start + i]].to_f32()), "{layout:?} {start} {n}");
            }
        }
    }
}

#[test]
fn sinks_follow_every_layout() {
    for layout in layouts(8000).into_iter().filter(|l| !l.has_overlap()) {
        let at = offsets(&layout);
        let dense = Layout::contiguous(&layout.shape);
        let src: Vec<f32> = (0..at.len()).map(|i| i as f32 + 1.0).collect();
        let (mut single, mut short) = (vec![0f32; 8000], vec![0i16; 8000]);
        copy(View::from_slice(&src, &dense), &mut ViewMut::from_slice(&mut single, &layout));
        copy(View::from_slice(&src, &dense), &mut ViewMut::from_slice(&mut short, &layout));
        let mut expect = vec![0f32; 8000];
        at.iter().zip(&src).for_each(|(&o, &v)| expect[o] = v);
        assert!(single == expect, "{layout:?}");
        assert!(short.iter().zip(&expect).all(|(&a, &b)| a == b as i16), "{layout:?}");
    }
}

/// `(a * b + 0.3) * c`, where b is broadcast along columns and c is one value, with the dtype's rounding after each step.
fn chain<'a>(a: View<'a>, b: View<'a>, c: View<'a>, dtype: DType) -> Program<'a> {
    let mut p = Program::new(&a.layout.shape);
    let compute = dtype.compute().unwrap();
    let (mul, add) = (MUL.get(compute).unwrap(), ADD.get(compute).unwrap());
    let (a, b, c) = (p.load(a, dtype), p.load(b, dtype), p.load(c, dtype));
    let s = p.scalar(0.3f64, dtype);
    let mut x = p.step(mul, &[a, b]);
    x = p.round(x, dtype);
    x = p.step(add, &[x, s]);
    x = p.round(x, dtype);
    x = p.step(mul, &[x, c]);
    p.round(x, dtype);
    p
}

fn chain_matches<T: Element>(f: impl Fn(T, T, T) -> T) {
    for (rows, cols) in [(1, 1), (3, 5), (7, 2048), (5, 3001), (0, 4)] {
        let a: Vec<T> = (0..rows * cols).map(|i| T::from_f64((i % 911) as f64 * 0.37 - 100.0)).collect();
        let b: Vec<T> = (0..rows).map(|i| T::from_f64(i as f64 * 1.7 + 0.1)).collect();
        let c = [T::from_f64(-1.3)];
        let (la, lb, lc) = (Layout::contiguous(&[rows, cols]), Layout::contiguous(&[rows, 1]), Layout::contiguous(&[]));
        let p = chain(View::from_slice(&a, &la), View::from_slice(&b, &lb), View::from_slice(&c, &lc), T::DTYPE);
        let mut out = vec![T::default(); rows * cols];
        p.run(&mut ViewMut::from_slice(&mut out, &la));
        let at = Layout::contiguous(&[cols, rows]).permute(&[1, 0]);
        let mut transposed = vec![T::default(); rows * cols];
        p.run(&mut ViewMut::from_slice(&mut transposed, &at));
        for i in 0..rows * cols {
            let expect = f(a[i], b[i / cols], c[0]);
            assert_eq!(bits(out[i]), bits(expect), "{} {rows}x{cols} at {i}", T::DTYPE);
            assert_eq!(bits(transposed[i % cols * rows + i / cols]), bits(expect), "{} transposed", T::DTYPE);
        }
    }
}

#[test]
fn programs_of_several_steps() {
    chain_matches::<f32>(|a, b, c| (a * b + 0.3) * c);
    chain_matches::<f64>(|a, b, c| (a * b + 0.3) * c);
    chain_matches::<i32>(|a, b, c| a.wrapping_mul(b).wrapping_mul(c));
    chain_matches::<u8>(|a, b, c| a.wrapping_mul(b).wrapping_mul(c));
    let h = f16::from_f32;
    chain_matches::<f16>(|a, b, c| h(h(h(a.to_f32() * b.to_f32()).to_f32() + 0.3).to_f32() * c.to_f32()));
    let b = bf16::from_f32;
    chain_matches::<bf16>(|x, y, z| b(b(b(x.to_f32() * y.to_f32()).to_f32() + 0.3).to_f32() * z.to_f32()));
}

#[test]
fn leaves_are_cast_by_way_of_their_dtype() {
    // 300.7 as uint8 is 44, as int8 too; as float again it stays 44.
    let (x, l) = ([300.7f32, -1.5, 200.0], Layout::contiguous(&[3]));
    let mut out = [0f32; 3];
    for (dtype, expect) in
        [(DType::U8, [44.0, 255.0, 200.0]), (DType::I8, [44.0, -1.0, -56.0]), (DType::Bool, [1.0; 3])]
    {
        let mut p = Program::new(&[3]);
        p.load(View::from_slice(&x, &l), dtype);
        p.run(&mut ViewMut::from_slice(&mut out, &l));
        assert_eq!(out, expect, "{dtype}");
        let mut p = Program::new(&[3]);
        let leaf = p.load(View::from_slice(&x, &l), DType::F32);
        let y = p.cast(leaf, dtype);
        p.cast(y, DType::F32);
        p.run(&mut ViewMut::from_slice(&mut out, &l));
        assert_eq!(out, expect, "{dtype}");
    }
    // f64 -> f16 rounds to f32 between, as PyTorch does: 1 + 2^-11 + 2^-30 is a tie by then.
    let x = [1.0 + 2f64.powi(-11) + 2f64.powi(-30)];
    let (one, mut half) = (Layout::contiguous(&[1]), [f16::ZERO]);
    copy(View::from_slice(&x, &one), &mut ViewMut::from_slice(&mut half, &one));
    assert_eq!(half[0], f16::ONE);
}

#[test]
fn in_place() {
    for n in [1, 100, TILE, 5 * TILE + 3, 200_000] {
        let mut x: Vec<f32> = (0..n).map(|i| i as f32).collect();
        let l = Layout::contiguous(&[n]);
        let view = View { ptr: x.as_ptr().cast(), layout: &l, dtype: DType::F32 };
        let mut p = Program::new(&[n]);
        let a = p.load(view, DType::F32);
        let y = p.step(MUL.get(Compute::F32).unwrap(), &[a, a]);
        p.step(ADD.get(Compute::F32).unwrap(), &[y, a]);
        p.run(&mut ViewMut::from_slice(&mut x, &l));
        assert!((0..n).all(|i| x[i] == i as f32 * i as f32 + i as f32), "{n}");
    }
    // Integers narrower than their lane, transposed, in place.
    let mut x: Vec<i16> = (0..3000).collect();
    let l = Layout::contiguous(&[50, 60]).permute(&[1, 0]);
    let view = View { ptr: x.as_ptr().cast(), layout: &l, dtype: DType::I16 };
    let mut p = Program::new(&[60, 50]);
    let a = p.load(view, DType::I16);
    p.step(ADD.get(Compute::I64).unwrap(), &[a, a]);
    p.run(&mut ViewMut::from_slice(&mut x, &l));
    assert!((0..3000).all(|i| x[i as usize] == 2 * i));
}

#[test]
fn small_operations_run_directly_or_not_at_all() {
    let (a, b, l) = ([1f32, 2.0], [3f32, 4.0], Layout::contiguous(&[2]));
    let add = ADD.get(Compute::F32).unwrap();
    let mut out = [0f32; 2];
    let views = [View::from_slice(&a, &l), View::from_slice(&b, &l)];
    assert!(run_small(add, &views, &mut ViewMut::from_slice(&mut out, &l)));
    assert_eq!(out, [4.0, 6.0]);
    let mut wrong = [0f64; 2];
    assert!(!run_small(add, &views, &mut ViewMut::from_slice(&mut wrong, &l)));
    let one = Layout::contiguous(&[1]);
    assert!(!run_small(add, &[views[0], View::from_slice(&b, &one)], &mut ViewMut::from_slice(&mut out, &l)));
}

#[test]
fn threads_do_not_change_a_bit() {
    let n = 700_001;
    let a: Vec<f32> = (0..n).map(|i| (i as f32).sqrt()).collect();
    let (l, l0) = (Layout::contiguous(&[n]), Layout::contiguous(&[]));
    let c = [0.7f32];
    let run = |threads| {
        parallel::set_num_threads(threads);
        let (x, y) = (View::from_slice(&a, &l), View::from_slice(&c, &l0));
        let (mut single, mut half) = (vec![0f32; n], vec![f16::ZERO; n]);
        chain(x, x, y, DType::F32).run(&mut ViewMut::from_slice(&mut single, &l));
        chain(x, x, y, DType::F16).run(&mut ViewMut::from_slice(&mut half, &l));
        (single, half)
    };
    let (one, two, seven) = (run(1), run(2), run(7));
    assert!(one == two && one == seven);
    assert!((0..n).all(|i| one.0[i] == (a[i] * a[i] + 0.3) * 0.7));
}

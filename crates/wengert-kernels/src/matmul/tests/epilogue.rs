use super::*;
use crate::walk::Raw;
use parking_lot::Mutex;

/// The result of a product with a bias row and a report that doubles what it is told of; every element must have been
/// reported once.
fn finished<T: Element>(batch: &[usize], [m, k, n]: [usize; 3], columns: bool, beta: f64) -> Vec<T> {
    let shape = |r: usize, c: usize| [batch, &[r, c]].concat();
    let nd = batch.len() + 2;
    let mut order: Vec<usize> = (0..nd).collect();
    if columns {
        order.swap(nd - 1, nd - 2);
    }
    let lo = Layout { offset: 0, ..ordered(&shape(m, n), &order, 1) };
    let (la, lb) = (Layout::contiguous(&shape(m, k)), Layout::contiguous(&shape(k, n)));
    let signed = |v: i64| if matches!(T::DTYPE, DType::U8 | DType::Bool) { v.abs() } else { v };
    let make = |n: usize, seed| numbers(n, seed).into_iter().map(|v| T::from_i64(signed(v))).collect::<Vec<T>>();
    let (a, b, bias) = (make(la.numel(), 1), make(lb.numel(), 2), make(n, 3));
    let mut out = vec![T::from_i64(1); lo.numel()];
    let mut strides = Strides::from_elem(0, nd);
    strides[nd - 1] = 1;
    let row = Layout { shape: Dims::from_slice(&shape(m, n)), strides, offset: 0 };
    let to = Raw(out.as_mut_ptr());
    let view = ViewMut::from_slice(&mut out, &lo);
    let seen = Mutex::new(vec![0; lo.numel()]);
    let finish = |block: Block| {
        assert!(!block.rows.is_empty() && !block.cols.is_empty());
        let mut seen = seen.lock();
        for i in block.rows {
            for j in block.cols.clone() {
                seen[i * n + j] += 1;
                // SAFETY: an element of the result, which nobody else writes now.
                unsafe {
                    let x = to.get().add(offset_of(&lo, i * n + j));
                    *x = T::from_i64((*x).to_i64() * 2);
                }
            }
        }
    };
    let add = Some(View::from_slice(&bias, &row));
    let epilogue = Epilogue { alpha: 1.0, beta, add, finish: Some(&finish) };
    matmul_finished(View::from_slice(&a, &la), View::from_slice(&b, &lb), view, &epilogue);
    assert!(seen.lock().iter().all(|&s| s == 1), "{batch:?} {m} {k} {n}: not reported once");
    for flat in 0..lo.numel() {
        let (at, i, j) = (flat / (m * n), flat / n % m, flat % n);
        let sum: i64 = (0..k).map(|l| a[(at * m + i) * k + l].to_i64() * b[(at * k + l) * n + j].to_i64()).sum();
        let want = T::from_i64(2 * T::from_i64(sum + beta as i64 * bias[j].to_i64()).to_i64());
        assert_eq!(out[offset_of(&lo, flat)], want, "{} {batch:?} {m} {k} {n} {beta} {columns} at {flat}", T::DTYPE);
    }
    out
}

#[test]
fn bias_and_report() {
    for sizes in [
        [1, 1, 1],
        [3, 0, 4],
        [1, 40, 50],
        [50, 40, 1],
        [1, 7, 40_000],
        [20_000, 3, 2],
        [33, 9, 17],
        [100, 300, 130],
        [300, 40, 700],
        [40, 1030, 12],
        [12, 1030, 80],
    ] {
        for columns in [false, true] {
            for beta in [0.0, 1.0, 2.0] {
                finished::<f32>(&[], sizes, columns, beta);
                finished::<f64>(&[], sizes, columns, beta);
            }
        }
        finished::<bf16>(&[], [sizes[0], sizes[1].min(20), sizes[2]], false, 1.0);
        finished::<i32>(&[], sizes, false, 1.0);
    }
    for sizes in [[3, 4, 5], [1, 4, 5], [3, 4, 1], [70, 70, 70], [3, 0, 5]] {
        for columns in [false, true] {
            finished::<f32>(&[2, 3], sizes, columns, 1.0);
            finished::<i64>(&[2, 3], sizes, columns, 1.0);
            finished::<f16>(&[2, 3], sizes, columns, 1.0);
        }
    }
}

#[test]
fn rows_of_many_batches_are_counted_through() {
    // One matrix b for all: the batches become rows of one product.
    let (m, k, n) = (40, 70, 90);
    let (la, lo) = (Layout::contiguous(&[5, m, k]), Layout::contiguous(&[5, m, n]));
    let lb =
        Layout { shape: Dims::from_slice(&[5, k, n]), strides: Strides::from_slice(&[0, n as isize, 1]), offset: 0 };
    let (a, b) = (vec![1f32; 5 * m * k], vec![1f32; k * n]);
    let mut out = vec![0f32; 5 * m * n];
    let rows = Mutex::new(vec![0; 5 * m]);
    let finish = |block: Block| {
        assert_eq!(block.cols, 0..n);
        block.rows.for_each(|i| rows.lock()[i] += 1);
    };
    let epilogue = Epilogue { finish: Some(&finish), ..Epilogue::default() };
    let view = ViewMut::from_slice(&mut out, &lo);
    matmul_finished(View::from_slice(&a, &la), View::from_slice(&b, &lb), view, &epilogue);
    assert!(rows.lock().iter().all(|&r| r == 1));
    assert!(out.iter().all(|&x| x == k as f32));
}

#[test]
fn reports_do_not_depend_on_threads() {
    let reported = |threads: usize| {
        set_num_threads(threads);
        let (la, lb) = (Layout::contiguous(&[300, 200]), Layout::contiguous(&[200, 600]));
        let lo = Layout::contiguous(&[300, 600]);
        let (a, b, mut out) = (randoms::<f32>(60_000, 1), randoms::<f32>(120_000, 2), vec![0f32; 180_000]);
        let blocks = Mutex::new(Vec::new());
        let finish = |b: Block| blocks.lock().push((b.rows.start, b.rows.end, b.cols.start, b.cols.end));
        let epilogue = Epilogue { finish: Some(&finish), ..Epilogue::default() };
        let view = ViewMut::from_slice(&mut out, &lo);
        matmul_finished(View::from_slice(&a, &la), View::from_slice(&b, &lb), view, &epilogue);
        let mut blocks = blocks.into_inner();
        blocks.sort();
        (blocks, out)
    };
    let (one, seven) = (reported(1), reported(7));
    assert!(one == seven);
    assert!(one.0.len() > 3);
    assert!(one.0.iter().all(|b| (b.1 - b.0) * (b.3 - b.2) <= 1 << 15));
}

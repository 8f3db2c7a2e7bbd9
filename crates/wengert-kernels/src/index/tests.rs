use super::*;
use crate::dtype::f16;
use crate::parallel::set_num_threads;

/// An array for the naive loops: a layout over numbers.
struct Array<T> {
    data: Vec<T>,
    layout: Layout,
}

impl<T: Element> Array<T> {
    fn new(shape: &[usize], f: impl Fn(usize) -> i64) -> Array<T> {
        let layout = Layout::contiguous(shape);
        Array { data: (0..layout.numel()).map(|i| T::from_i64(f(i))).collect(), layout }
    }
    /// The same numbers with the dimensions laid out backwards.
    fn turned(&self) -> Array<T> {
        let nd = self.layout.ndim();
        let back: Vec<usize> = (0..nd).rev().collect();
        let shape: Vec<usize> = back.iter().map(|&d| self.layout.shape[d]).collect();
        let layout = Layout::contiguous(&shape).permute(&back);
        let mut data = vec![T::default(); self.data.len()];
        for flat in 0..data.len() {
            data[at(&layout, flat)] = self.get(flat);
        }
        Array { data, layout }
    }
    fn view(&self) -> View<'_> {
        View::from_slice(&self.data, &self.layout)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::from_slice(&mut self.data, &self.layout)
    }
    fn get(&self, flat: usize) -> T {
        self.data[at(&self.layout, flat)]
    }
    fn all(&self) -> Vec<T> {
        (0..self.layout.numel()).map(|i| self.get(i)).collect()
    }
}

fn at(layout: &Layout, flat: usize) -> usize {
    let mut o = layout.offset as isize;
    walk(&layout.shape, [&layout.strides], flat, flat + 1, |[x]| o += x);
    o as usize
}

fn unravel(shape: &[usize], mut flat: usize) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for d in (0..shape.len()).rev() {
        index[d] = flat % shape[d];
        flat /= shape[d];
    }
    index
}

fn ravel(shape: &[usize], index: &[usize]) -> usize {
    shape.iter().zip(index).fold(0, |a, (n, i)| a * n + i)
}

fn naive_combine<T: Element>(how: Combine, a: T, b: T) -> T {
    rare::<T>(how)(a, b)
}

fn gather_scatter<T: Element>() {
    for dim in 0..3 {
        let (shape, mut small) = ([4, 5, 6], [3, 4, 5]);
        small[dim] = 7;
        let input = Array::<T>::new(&shape, |i| (i % 50) as i64);
        let index = Array::<i64>::new(&small, |i| ((i * 7 + i / 5) % shape[dim]) as i64);
        for (input, index) in [(&input, &index), (&input.turned(), &index.turned())] {
            let mut out = Array::<T>::new(&small, |_| 0);
            gather(input.view(), dim, index.view(), out.view_mut()).unwrap();
            for flat in 0..out.layout.numel() {
                let mut i = unravel(&small, flat);
                i[dim] = index.get(flat) as usize;
                assert_eq!(out.get(flat), input.get(ravel(&shape, &i)));
            }
            for how in [Combine::Set, Combine::Add, Combine::Mul, Combine::Max, Combine::Min] {
                let src = Array::<T>::new(&small, |i| (i % 3) as i64);
                let mut want = input.all();
                for flat in 0..index.layout.numel() {
                    let mut i = unravel(&small, flat);
                    i[dim] = index.get(flat) as usize;
                    let to = &mut want[ravel(&shape, &i)];
                    *to = naive_combine(how, *to, src.get(flat));
                }
                let mut out = Array { data: input.data.clone(), layout: input.layout.clone() };
                scatter(out.view_mut(), dim, index.view(), src.view(), how).unwrap();
                assert_eq!(out.all(), want, "{how:?} {dim}");
            }
        }
    }
}

#[test]
fn gather_and_scatter() {
    for dtype in DType::ALL {
        dispatch!(dtype, T => gather_scatter::<T>(), else => ());
    }
}

fn slices<T: Element>() {
    for dim in 0..3 {
        let shape = [4, 5, 6];
        let input = Array::<T>::new(&shape, |i| (i % 50) as i64);
        let index = Array::<i64>::new(&[7], |i| ((i * 3) % 4) as i64);
        for input in [&input, &input.turned()] {
            let mut small = shape;
            small[dim] = 7;
            let mut out = Array::<T>::new(&small, |_| 0);
            index_select(input.view(), dim, index.view(), out.view_mut()).unwrap();
            for flat in 0..out.layout.numel() {
                let mut i = unravel(&small, flat);
                i[dim] = index.data[i[dim]] as usize;
                assert_eq!(out.get(flat), input.get(ravel(&shape, &i)));
            }
            for how in [Combine::Set, Combine::Add, Combine::Max] {
                let src = Array::<T>::new(&small, |i| (i % 3) as i64).turned();
                let mut want = input.all();
                for flat in 0..src.layout.numel() {
                    let mut i = unravel(&small, flat);
                    i[dim] = index.data[i[dim]] as usize;
                    let to = &mut want[ravel(&shape, &i)];
                    *to = naive_combine(how, *to, src.get(flat));
                }
                let mut out = Array { data: input.data.clone(), layout: input.layout.clone() };
                index_combine(out.view_mut(), dim, index.view(), src.view(), how).unwrap();
                assert_eq!(out.all(), want);
            }
        }
    }
}

#[test]
fn index_select_and_combine() {
    for dtype in DType::ALL {
        dispatch!(dtype, T => slices::<T>(), else => ());
    }
}

#[test]
fn advanced() {
    let shape = [4, 5, 6, 3];
    let input = Array::<f32>::new(&shape, |i| i as i64);
    let i0 = Array::<i64>::new(&[2, 3], |i| i as i64 % 4 - 2);
    let i1 = Array::<i64>::new(&[2, 3], |i| 4 - i as i64 % 5);
    // Indexed dimensions 1 and 2, 0 and 2, all but none last; broadcast index by strides of 0.
    let row = Layout { shape: Dims::from_slice(&[2, 3]), strides: Strides::from_slice(&[0, 1]), offset: 0 };
    let wide = View::from_slice(&i0.data, &row);
    for (dims, at) in [([1, 2], 1), ([0, 2], 0), ([0, 1], 0), ([2, 3], 2), ([0, 3], 2)] {
        let mut list: Vec<Option<View>> = vec![None; 4];
        (list[dims[0]], list[dims[1]]) = (Some(wide), Some(i1.view()));
        if dims[1] == 3 {
            list[3] = Some(wide);
        }
        let plain: Vec<usize> = (0..4).filter(|d| !dims.contains(d)).collect();
        let mut out_shape: Vec<usize> = plain[..at].iter().map(|&d| shape[d]).collect();
        out_shape.extend([2, 3]);
        out_shape.extend(plain[at..].iter().map(|&d| shape[d]));
        for input in [&input, &input.turned()] {
            let source = |flat: usize| {
                let o = unravel(&out_shape, flat);
                let x = o[at] * 3 + o[at + 1];
                let wrap = |i: i64, d: usize| (if i < 0 { i + shape[d] as i64 } else { i }) as usize;
                let mut i = vec![0; 4];
                for (k, &d) in plain.iter().enumerate() {
                    i[d] = if k < at { o[k] } else { o[k + 2] };
                }
                i[dims[0]] = wrap(i0.data[x % 3], dims[0]);
                i[dims[1]] = wrap(if dims[1] == 3 { i0.data[x % 3] } else { i1.data[x] }, dims[1]);
                ravel(&shape, &i)
            };
            let mut out = Array::<f32>::new(&out_shape, |_| 0);
            index_get(input.view(), &list, at, out.view_mut()).unwrap();
            let mut sums = input.all();
            for flat in 0..out.layout.numel() {
                assert_eq!(out.get(flat), input.get(source(flat)));
                sums[source(flat)] += 2.0;
            }
            let two = Layout { strides: Strides::from_elem(0, out_shape.len()), ..out.layout.clone() };
            let mut to = Array { data: input.data.clone(), layout: input.layout.clone() };
            index_put(to.view_mut(), &list, at, View::from_slice(&[2f32], &two), Combine::Add).unwrap();
            assert_eq!(to.all(), sums);
        }
    }
}

#[test]
fn errors_come_before_writing() {
    let error = |index: i64| IndexError { index, dim: 1, size: 3 };
    let mut out = Array::<f32>::new(&[2, 3], |_| 0);
    let one = Array::<f32>::new(&[2, 2], |_| 1);
    for (bad, negative) in [(3, false), (-1, true), (-4, false)] {
        let index = Array::<i64>::new(&[2, 2], |i| if i == 2 { bad } else { 0 });
        let list = Array::<i64>::new(&[2], |i| if i == 1 { bad } else { 0 });
        assert_eq!(scatter(out.view_mut(), 1, index.view(), one.view(), Combine::Add), Err(error(bad)));
        let mut got = Array::<f32>::new(&[2, 2], |_| 0);
        let wide = Array::<f32>::new(&[2, 3], |_| 0);
        assert_eq!(gather(wide.view(), 1, index.view(), got.view_mut()), Err(error(bad)));
        assert_eq!(index_combine(out.view_mut(), 1, list.view(), one.view(), Combine::Add), Err(error(bad)));
        let put = index_put(out.view_mut(), &[None, Some(list.view())], 1, one.view(), Combine::Set);
        assert_eq!(put, if negative { Ok(()) } else { Err(error(bad)) });
        if negative {
            out.data.fill(0.0);
        }
    }
    assert!(out.data.iter().all(|&x| x == 0.0));
    assert_eq!(error(5).to_string(), "index 5 is out of bounds for dimension 1 with size 3");
}

#[test]
fn scalars_and_nothing() {
    let scalar = Array::<f16>::new(&[], |_| 7);
    let index = Array::<i64>::new(&[], |_| 0);
    let mut out = Array::<f16>::new(&[], |_| 0);
    gather(scalar.view(), 0, index.view(), out.view_mut()).unwrap();
    assert_eq!(out.data, scalar.data);
    scatter(out.view_mut(), 0, index.view(), scalar.view(), Combine::Add).unwrap();
    assert_eq!(out.data[0].to_f64(), 14.0);
    let (table, label) = (Array::<i16>::new(&[5, 4], |i| i as i64), Array::<i64>::new(&[5, 1], |i| i as i64 % 4));
    let mut column = Array::<i16>::new(&[5, 1], |_| 0);
    gather(table.view(), 1, label.view(), column.view_mut()).unwrap();
    assert_eq!(column.data, [0, 5, 10, 15, 16]);
    let none = Array::<i64>::new(&[0], |_| 0);
    let (rows, mut nothing) = (Array::<f32>::new(&[3, 4], |i| i as i64), Array::<f32>::new(&[0, 4], |_| 0));
    index_select(rows.view(), 0, none.view(), nothing.view_mut()).unwrap();
    index_combine(Array::<f32>::new(&[3, 4], |_| 0).view_mut(), 0, none.view(), nothing.view(), Combine::Add).unwrap();
    gather(rows.view(), 0, Array::<i64>::new(&[0, 4], |_| 0).view(), nothing.view_mut()).unwrap();
    let zero = Array::<i64>::new(&[2], |_| 0);
    let e = index_select(nothing.view(), 0, zero.view(), Array::<f32>::new(&[2, 4], |_| 0).view_mut());
    assert_eq!(e, Err(IndexError { index: 0, dim: 0, size: 0 }));
}

fn masks<T: Element>() {
    let input = Array::<T>::new(&[3, 50, 4], |i| (i * i % 7 / 3) as i64);
    for input in [&input, &input.turned()] {
        let all = input.all();
        let want: Vec<usize> = (0..all.len()).filter(|&i| all[i] != T::default()).collect();
        assert_eq!(count_nonzero(input.view()), want.len());
        let mut out = Array::<i64>::new(&[want.len(), 3], |_| 0);
        nonzero(input.view(), out.view_mut());
        let flat: Vec<usize> =
            out.data.chunks(3).map(|c| (c[0] as usize * 50 + c[1] as usize) * 4 + c[2] as usize).collect();
        assert_eq!(flat, want);
        let mask = Array::<bool>::new(&[3, 50, 4], |i| (i % 3 == 1) as i64).turned();
        let mut picked = Array::<T>::new(&[200], |_| 0);
        masked_select(input.view(), mask.view(), picked.view_mut());
        assert_eq!(picked.data, all.iter().skip(1).step_by(3).copied().collect::<Vec<_>>());
        let mut back = Array::<T>::new(&[3, 50, 4], |_| 0).turned();
        masked_scatter(back.view_mut(), mask.view(), picked.view());
        for (i, x) in back.all().into_iter().enumerate() {
            assert_eq!(x, if i % 3 == 1 { all[i] } else { T::default() });
        }
    }
}

#[test]
fn masks_of_every_type() {
    for dtype in DType::ALL {
        dispatch!(dtype, T => masks::<T>(), else => ());
    }
    let none = Array::<bool>::new(&[], |_| 1);
    let mut out = Array::<i64>::new(&[1, 0], |_| 0);
    nonzero(none.view(), out.view_mut());
}

#[test]
fn threads_do_not_change_bits() {
    let (n, rows, width) = (20_000, 300, 40);
    let index = Array::<i64>::new(&[n], |i| ((i * 7919) % rows) as i64);
    let wide = Array::<i64>::new(&[n, width], |i| ((i * 7919 + i / 11) % rows) as i64);
    let src =
        Array { data: (0..n * width).map(|i| (i as f32).sin()).collect(), layout: Layout::contiguous(&[n, width]) };
    let mut first: Option<Vec<Vec<f32>>> = None;
    for threads in [1, 2, 7] {
        set_num_threads(threads);
        let mut a = Array::<f32>::new(&[rows, width], |_| 0);
        index_combine(a.view_mut(), 0, index.view(), src.view(), Combine::Add).unwrap();
        let mut b = Array::<f32>::new(&[rows, width], |_| 0);
        scatter(b.view_mut(), 0, wide.view(), src.view(), Combine::Add).unwrap();
        let mut c = Array::<f32>::new(&[n, width], |_| 0);
        index_select(a.view(), 0, index.view(), c.view_mut()).unwrap();
        let mut d = Array::<f32>::new(&[n, width], |_| 0);
        gather(a.view(), 0, wide.view(), d.view_mut()).unwrap();
        let all = vec![a.data, b.data, c.data, d.data];
        match &first {
            Some(f) => assert!(*f == all, "{threads} threads differ"),
            None => first = Some(all),
        }
    }
    let all = first.unwrap();
    let mut want = vec![0f32; rows * width];
    for i in 0..n {
        for j in 0..width {
            want[index.data[i] as usize * width + j] += src.data[i * width + j];
        }
    }
    assert!(all[0] == want);
}

//! Picking one class out of each column of `[n, classes, inner]`: the negative log likelihood and its transpose.
//!
//! Sums are made in double precision over blocks of a fixed size that are combined in order: no result depends on threads.

use crate::dtype::Element;
use crate::view::{View, ViewMut};
use crate::walk::Raw;
use crate::{dispatch, parallel};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Columns in one piece of work.
const BLOCK: usize = 4096;
/// Elements of a gradient in one piece of work.
const ZEROS: usize = 1 << 16;

/// Which class each column picks, and how much it counts.
#[derive(Clone, Copy, Debug)]
pub struct Classes<'a> {
    /// The class of each of the columns `[n, inner]`.
    pub target: &'a [i64],
    /// What each class counts; one if there are none.
    pub weight: Option<&'a [f64]>,
    /// A class that does not count, in range or not.
    pub ignore: i64,
    /// Number of classes.
    pub classes: usize,
    /// Columns that lie beside each other in memory.
    pub inner: usize,
}

/// A class that is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadClass(pub i64);

impl Classes<'_> {
    /// Are all classes there? The first one that is not.
    ///
    /// # Errors
    /// If a class is neither ignored nor in range.
    pub fn check(&self) -> Result<(), BadClass> {
        let first = AtomicUsize::new(usize::MAX);
        parallel::for_ranges(self.target.len(), BLOCK, |from, to| {
            let bad = |&t: &i64| t != self.ignore && (t < 0 || t >= self.classes as i64);
            if let Some(i) = self.target[from..to].iter().position(bad) {
                first.fetch_min(from + i, Ordering::Relaxed);
            }
        });
        match first.into_inner() {
            usize::MAX => Ok(()),
            i => Err(BadClass(self.target[i])),
        }
    }

    /// For column `i`: the place of its class in `[n, classes, inner]` and the weight; `None` if it is ignored.
    #[inline]
    fn pick(&self, i: usize) -> Option<(usize, f64)> {
        let t = self.target[i];
        if t == self.ignore {
            return None;
        }
        assert!(t >= 0 && (t as usize) < self.classes, "`check` comes first");
        let t = t as usize;
        let at = (i / self.inner * self.classes + t) * self.inner + i % self.inner;
        Some((at, self.weight.map_or(1.0, |w| w[t])))
    }
}

/// `-weight * x` at the class of each column, 0 where it is ignored, into `out` (`[n, inner]`).
///
/// # Panics
/// If an array is not dense, of another size, or not of floats; if [`Classes::check`] fails.
pub fn nll(x: View, classes: &Classes, out: &mut ViewMut) {
    dispatch!(x.dtype, T => {
        let x = x.as_slice::<T>().expect("the input is dense");
        let out = out.as_slice_mut::<T>().expect("the output is dense and of the input's dtype");
        assert_eq!(out.len(), classes.target.len(), "one result for each column");
        for (i, y) in out.iter_mut().enumerate() {
            *y = T::from_f64(classes.pick(i).map_or(0.0, |(at, w)| -w * x[at].to_f64()));
        }
    }, else => panic!("the likelihood is real"))
}

/// The sum of what [`nll`] gives, and the sum of the weights.
///
/// # Panics
/// As [`nll`].
pub fn nll_sum(x: View, classes: &Classes) -> (f64, f64) {
    let n = classes.target.len();
    let sums: Vec<parking_lot::Mutex<(f64, f64)>> = (0..n.div_ceil(BLOCK)).map(|_| Default::default()).collect();
    dispatch!(x.dtype, T => {
        let x = x.as_slice::<T>().expect("the input is dense");
        parallel::for_ranges(n, BLOCK, |from, to| {
            let (mut sum, mut total) = (0.0, 0.0);
            for (at, w) in (from..to).filter_map(|i| classes.pick(i)) {
                sum -= w * x[at].to_f64();
                total += w;
            }
            *sums[from / BLOCK].lock() = (sum, total);
        });
    }, else => panic!("the likelihood is real"));
    sums.into_iter().fold((0.0, 0.0), |a, b| {
        let b = b.into_inner();
        (a.0 + b.0, a.1 + b.1)
    })
}

/// The transpose of [`nll`]: zeros in `out` (`[n, classes, inner]`), but `-weight * g / total` at the class of each column. `g` has one
/// element for each column, or one for all.
///
/// # Panics
/// As [`nll`].
pub fn nll_transposed(g: View, classes: &Classes, total: f64, out: &mut ViewMut) {
    dispatch!(out.dtype, T => {
        let g = g.as_slice::<T>().expect("the gradient is dense and of the output's dtype");
        assert!(g.len() == 1 || g.len() == classes.target.len(), "one gradient for each column or one for all");
        let out = out.as_slice_mut::<T>().expect("the output is dense");
        let slab = classes.classes * classes.inner;
        assert!(out.len() * classes.inner == slab * classes.target.len(), "the output has all classes of each column");
        if out.is_empty() {
            return;
        }
        let all = Raw(out.as_mut_ptr());
        parallel::for_ranges(out.len() / slab, (ZEROS / slab).max(1), |from, to| {
            // SAFETY: pieces of work have disjoint parts of the output.
            let out = unsafe { std::slice::from_raw_parts_mut(all.get().add(from * slab), (to - from) * slab) };
            out.fill(T::default());
            for i in from * classes.inner..to * classes.inner {
                if let Some((at, w)) = classes.pick(i) {
                    let g = g[if g.len() == 1 { 0 } else { i }].to_f64();
                    out[at - from * slab] = T::from_f64(-w * (g / total));
                }
            }
        });
    }, else => panic!("the likelihood is real"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;

    #[test]
    fn a_sum_over_blocks_and_its_transpose() {
        let (n, classes, inner) = (3, 5, 3001);
        let x: Vec<f64> = (0..n * classes * inner).map(|i| (i % 101) as f64 - 50.0).collect();
        let target: Vec<i64> = (0..(n * inner) as i64).map(|i| if i % 7 == 0 { -100 } else { i % 5 }).collect();
        let weight = [1.0, 2.0, 0.5, 0.25, 3.0];
        let c = Classes { target: &target, weight: Some(&weight), ignore: -100, classes, inner };
        assert_eq!(c.check(), Ok(()));
        let (xl, yl) = (Layout::contiguous(&[n, classes, inner]), Layout::contiguous(&[n, inner]));
        let mut y = vec![0.0; n * inner];
        nll(View::from_slice(&x, &xl), &c, &mut ViewMut::from_slice(&mut y, &yl));
        let (sum, total) = nll_sum(View::from_slice(&x, &xl), &c);
        assert_eq!(sum, y.iter().sum::<f64>());
        assert_eq!(total, target.iter().filter(|&&t| t >= 0).map(|&t| weight[t as usize]).sum::<f64>());
        // <y, nll x> = <nll' y, x>
        let mut back = vec![1.0; x.len()];
        nll_transposed(View::from_slice(&y, &yl), &c, 2.0, &mut ViewMut::from_slice(&mut back, &xl));
        let dot: f64 = back.iter().zip(&x).map(|(a, b)| a * b).sum();
        assert_eq!(dot, y.iter().map(|v| v * v).sum::<f64>() / 2.0);
    }

    #[test]
    fn the_first_bad_class_is_named() {
        let target = [0, -100, 4, 9];
        let c = Classes { target: &target, weight: None, ignore: -100, classes: 4, inner: 1 };
        assert_eq!(c.check(), Err(BadClass(4)));
    }
}

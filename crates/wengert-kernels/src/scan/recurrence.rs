//! First-order linear recurrences.

use super::{Along, PIECE};
use crate::dispatch;
use crate::dtype::Element;
use crate::parallel::for_ranges;
use crate::view::{View, ViewMut};

/// `s[i] = b[i] + a[i] * s[i-1]` along the middle of `[outer, n, inner]`, in double precision; with `late` it is `a[i-1]` that
/// multiplies. What comes before the first element is 0. With `along.reverse` it runs from the last element to the first.
///
/// `a`, `b` and `out` are dense, of one floating dtype; `along.dim` is a dimension of their shape.
///
/// # Panics
/// If they are not.
pub fn recurrence(a: View, b: View, along: Along, late: bool, out: &mut ViewMut) {
    let shape = &out.layout.shape;
    assert!(a.layout.shape == *shape && b.layout.shape == *shape, "scan: shapes do not fit");
    let (n, inner) = (shape[along.dim], shape[along.dim + 1..].iter().product::<usize>());
    if out.numel() == 0 {
        return;
    }
    let outer = shape[..along.dim].iter().product::<usize>();
    dispatch!(out.dtype, T => {
        let (a, b) = (a.as_slice::<T>(), b.as_slice::<T>());
        let (a, b) = (a.expect("dense, of the output's dtype"), b.expect("dense, of the output's dtype"));
        let to = Pieces(out.as_slice_mut::<T>().expect("dense").as_mut_ptr());
        let part = inner.min(64);
        let parts = inner.div_ceil(part);
        for_ranges(outer * parts, (PIECE / (part * n)).max(1), |start, end| {
            for piece in start..end {
                let first = piece / parts * n * inner + piece % parts * part;
                let width = part.min(inner - piece % parts * part);
                let mut state = [0f64; 64];
                let mut before = None;
                for k in 0..n {
                    let i = if along.reverse { n - 1 - k } else { k };
                    let row = first + i * inner;
                    let factors = if late { before } else { Some(row) };
                    for (j, s) in state[..width].iter_mut().enumerate() {
                        // The state is 0 before the first element, whatever the factor is.
                        let carried = match factors {
                            Some(f) if k > 0 => a[f + j].to_f64() * *s,
                            _ => 0.0,
                        };
                        *s = b[row + j].to_f64() + carried;
                        // SAFETY: inside the output, which has the shape of b; pieces have disjoint columns.
                        unsafe { to.write(row + j, T::from_f64(*s)) };
                    }
                    before = Some(row);
                }
            }
        });
    }, else => panic!("scan: complex numbers"));
}

/// Where pieces of work write.
struct Pieces<T>(*mut T);

// SAFETY: pieces of work write disjoint elements.
unsafe impl<T> Sync for Pieces<T> {}

impl<T> Pieces<T> {
    /// # Safety
    /// Element `i` exists, and no other piece of work writes it.
    unsafe fn write(&self, i: usize, v: T) {
        // SAFETY: the contract.
        unsafe { self.0.add(i).write(v) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;

    #[test]
    fn against_plain_loops() {
        for [outer, n, inner] in [[1, 1, 1], [3, 7, 1], [2, 5, 130], [2, 0, 3], [0, 4, 2]] {
            let len = outer * n * inner;
            let a: Vec<f64> = (0..len).map(|i| (i * 7 % 5) as f64 / 4.0 - 0.5).collect();
            let b: Vec<f64> = (0..len).map(|i| (i * 3 % 7) as f64 - 3.0).collect();
            let l = Layout::contiguous(&[outer, n, inner]);
            for (reverse, late) in [(false, false), (false, true), (true, false), (true, true)] {
                let mut got = vec![0f64; len];
                let view = |x| View::from_slice(x, &l);
                let mut out = ViewMut::from_slice(&mut got, &l);
                recurrence(view(&a), view(&b), Along { dim: 1, reverse }, late, &mut out);
                let mut want = vec![0f64; len];
                for o in 0..outer {
                    for j in 0..inner {
                        let mut before: Option<usize> = None;
                        for k in 0..n {
                            let i = if reverse { n - 1 - k } else { k };
                            let at = (o * n + i) * inner + j;
                            want[at] = b[at] + before.map_or(0.0, |p| a[if late { p } else { at }] * want[p]);
                            before = Some(at);
                        }
                    }
                }
                assert_eq!(got, want, "{outer} {n} {inner} {reverse} {late}");
            }
        }
    }
}

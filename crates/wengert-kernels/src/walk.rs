//! Small helpers for kernels that move through strided memory.

/// A pointer that may be given to other threads; they touch disjoint elements, or only read.
#[derive(Clone, Copy)]
pub(crate) struct Raw<T>(pub *mut T);

// SAFETY: whoever sends it keeps to the rule above.
unsafe impl<T> Send for Raw<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Raw<T> {}

impl<T> Raw<T> {
    /// The pointer (a method, so that closures capture the whole and not the bare field).
    #[inline(always)]
    pub fn get(self) -> *mut T {
        self.0
    }
}

/// Calls `f` with the offsets (in elements, one per operand) of the indices `start..end` of `shape`, counted and visited
/// in row-major order.
#[inline]
pub(crate) fn walk<const N: usize>(
    shape: &[usize],
    strides: [&[isize]; N],
    start: usize,
    end: usize,
    mut f: impl FnMut([isize; N]),
) {
    if start >= end {
        return;
    }
    let nd = shape.len();
    let mut index = crate::Dims::from_elem(0, nd);
    let mut at = [0isize; N];
    let mut rest = start;
    for d in (0..nd).rev() {
        index[d] = rest % shape[d];
        rest /= shape[d];
        for o in 0..N {
            at[o] += index[d] as isize * strides[o][d];
        }
    }
    for _ in start..end {
        f(at);
        for d in (0..nd).rev() {
            index[d] += 1;
            for o in 0..N {
                at[o] += strides[o][d];
            }
            if index[d] < shape[d] {
                break;
            }
            for o in 0..N {
                at[o] -= strides[o][d] * shape[d] as isize;
            }
            index[d] = 0;
        }
    }
}

/// `list` without its entry `d`.
pub(crate) fn without<T: Copy, A: smallvec::Array<Item = T>>(list: &[T], d: usize) -> smallvec::SmallVec<A> {
    list.iter().enumerate().filter(|&(i, _)| i != d).map(|(_, &x)| x).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_in_row_major_order() {
        let mut seen = Vec::new();
        walk(&[2, 3], [&[10, 1], &[0, 5]], 0, 6, |o| seen.push(o));
        assert_eq!(seen, [[0, 0], [1, 5], [2, 10], [10, 0], [11, 5], [12, 10]]);
        let mut part = Vec::new();
        walk(&[2, 3], [&[10, 1]], 2, 4, |o| part.push(o[0]));
        assert_eq!(part, [2, 10]);
        let mut once = 0;
        walk::<0>(&[], [], 0, 1, |_| once += 1);
        assert_eq!(once, 1);
        let dims: crate::Dims = without(&[1, 2, 3], 1);
        assert_eq!(&dims[..], &[1, 3]);
    }
}

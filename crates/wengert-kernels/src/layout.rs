//! Where the elements of an array lie: shape, strides and offset, all counted in elements.

use smallvec::SmallVec;

/// Sizes of dimensions; five fit without an allocation.
pub type Dims = SmallVec<[usize; 5]>;
/// Strides in elements; negative ones do not occur in tensors, zero means broadcast.
pub type Strides = SmallVec<[isize; 5]>;

/// Shape, strides and offset of an array inside its storage, in elements.
#[derive(PartialEq, Eq, Debug)]
pub struct Layout {
    /// Size of each dimension.
    pub shape: Dims,
    /// Step in elements from one index of a dimension to the next.
    pub strides: Strides,
    /// Elements from the start of the storage to the first element.
    pub offset: usize,
}

impl Clone for Layout {
    #[inline]
    fn clone(&self) -> Layout {
        Layout { shape: copied(&self.shape), strides: copied(&self.strides), offset: self.offset }
    }
}

/// A copy of a small vector of plain numbers: a few moves if it is inline. (The general clone goes element by element.)
#[inline]
pub fn copied<T: Copy, const N: usize>(v: &SmallVec<[T; N]>) -> SmallVec<[T; N]> {
    if v.spilled() {
        SmallVec::from_slice(v)
    } else {
        // SAFETY: an inline small vector of plain numbers owns nothing, so its bytes are a second one.
        unsafe { std::ptr::read(v) }
    }
}

impl Layout {
    /// Row-major, at offset 0.
    pub fn contiguous(shape: &[usize]) -> Layout {
        Layout { shape: Dims::from_slice(shape), strides: row_major(shape), offset: 0 }
    }

    /// Number of elements (1 for a scalar).
    #[inline]
    pub fn numel(&self) -> usize {
        self.shape.iter().product()
    }

    /// Number of dimensions.
    #[inline]
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Are the elements dense in row-major order? (Dimensions of size 1 do not count; an empty array is contiguous.)
    pub fn is_contiguous(&self) -> bool {
        let mut expect = 1isize;
        for (&n, &s) in self.shape.iter().zip(&self.strides).rev() {
            if n == 0 {
                return true;
            }
            if n != 1 {
                if s != expect {
                    return false;
                }
                expect *= n as isize;
            }
        }
        true
    }

    /// Are these the strides that a new array of this shape has?
    #[inline]
    pub fn is_row_major(&self) -> bool {
        let mut expect = 1isize;
        for d in (0..self.shape.len()).rev() {
            if self.strides[d] != expect {
                return false;
            }
            expect *= self.shape[d].max(1) as isize;
        }
        true
    }

    /// [`Layout::is_row_major`], with the same shape as `other`, of which that is known.
    #[inline]
    pub fn is_row_major_as(&self, other: &Layout) -> bool {
        self.shape.len() == other.shape.len()
            && (0..self.shape.len()).all(|d| self.shape[d] == other.shape[d] && self.strides[d] == other.strides[d])
    }

    /// Is it a matrix (or a batch of some) whose columns are dense, as a transposed one's are?
    #[inline]
    pub fn is_by_columns(&self) -> bool {
        match (&self.shape[..], &self.strides[..]) {
            ([.., m, n], [.., 1, s]) => *m > 1 && *n > 1 && *s >= *m as isize,
            _ => false,
        }
    }

    /// The dimensions as elements follow each other in memory, the one of the shortest steps last. Repeated ones (stride 0) stay between
    /// their neighbours; of equal steps the longer dimension counts as outer, as in PyTorch's loops.
    pub fn memory_order(&self) -> Dims {
        let n = self.ndim();
        // From the innermost outwards; insertion, since pairs with a stride of 0 have no order.
        let mut order: Dims = (0..n).rev().collect();
        for i in 1..n {
            let mut at = i;
            for before in (0..i).rev() {
                let (a, b) = (order[before], order[at]);
                let (x, y) = (self.strides[a], self.strides[b]);
                if x == 0 || y == 0 || (x == y && self.shape[a] <= self.shape[b]) {
                    continue;
                }
                if x < y {
                    break;
                }
                order.swap(before, at);
                at = before;
            }
        }
        order.reverse();
        order
    }

    /// Do the elements fill a piece of memory, each place once, in any order of the dimensions?
    pub fn is_dense(&self) -> bool {
        let mut expect = 1;
        let order = self.memory_order();
        order.iter().rev().filter(|&&d| self.shape[d] > 1).all(|&d| {
            let fits = self.strides[d] == expect;
            expect *= self.shape[d] as isize;
            fits
        })
    }

    /// The layout of a new array that keeps the order of the dimensions in memory (PyTorch's `preserve_format`): the same strides if the elements
    /// are dense, else those of a dense array in this order.
    pub fn alike(&self) -> Layout {
        let shape = copied(&self.shape);
        if self.is_row_major() || self.is_dense() {
            return Layout { shape, strides: copied(&self.strides), offset: 0 };
        }
        let mut strides = Strides::from_elem(1, self.ndim());
        let mut step = 1;
        for &d in self.memory_order().iter().rev() {
            strides[d] = step;
            step *= self.shape[d].max(1) as isize;
        }
        Layout { shape, strides, offset: 0 }
    }

    /// The dimensions in the order `dims`.
    pub fn permute(&self, dims: &[usize]) -> Layout {
        Layout {
            shape: dims.iter().map(|&d| self.shape[d]).collect(),
            strides: dims.iter().map(|&d| self.strides[d]).collect(),
            offset: self.offset,
        }
    }

    /// Broadcast to `shape`, which must be compatible: new leading dimensions and those of size 1 get stride 0.
    /// `None` if it is not compatible.
    pub fn expand(&self, shape: &[usize]) -> Option<Layout> {
        let lead = shape.len().checked_sub(self.ndim())?;
        let mut strides = Strides::from_elem(0, shape.len());
        for (d, (&n, &s)) in self.shape.iter().zip(&self.strides).enumerate() {
            if n == shape[lead + d] {
                strides[lead + d] = s;
            } else if n != 1 {
                return None;
            }
        }
        Some(Layout { shape: Dims::from_slice(shape), strides, offset: self.offset })
    }

    /// The same elements seen with another shape, if strides allow it without a copy (PyTorch's `view`).
    pub fn reshape(&self, shape: &[usize]) -> Option<Layout> {
        if shape.iter().product::<usize>() != self.numel() {
            return None;
        }
        if self.numel() == 0 || self.is_contiguous() {
            return Some(Layout { strides: row_major(shape), shape: Dims::from_slice(shape), offset: self.offset });
        }
        // Walk runs of old dimensions that are dense among themselves; each must be filled by whole new dimensions.
        let old = coalesce(&self.shape, &[&self.strides]);
        let mut strides = Strides::from_elem(0, shape.len());
        let mut d = shape.len();
        for (&n, &s) in old.0.iter().zip(&old.1[0]).rev() {
            let mut filled = 1usize;
            while filled < n || (d > 0 && shape[d - 1] == 1) {
                if d == 0 {
                    return None;
                }
                d -= 1;
                strides[d] = s * filled as isize;
                filled *= shape[d];
            }
            if filled != n {
                return None;
            }
        }
        while d > 0 {
            d -= 1;
            strides[d] = 1;
        }
        Some(Layout { shape: Dims::from_slice(shape), strides, offset: self.offset })
    }

    /// Do two different indices meet the same element (a broadcast dimension)?
    pub fn has_overlap(&self) -> bool {
        self.shape.iter().zip(&self.strides).any(|(&n, &s)| n > 1 && s == 0)
    }

    /// One past the largest storage element reached, 0 for an empty array.
    pub fn extent(&self) -> usize {
        if self.numel() == 0 {
            return 0;
        }
        let last: isize = self.shape.iter().zip(&self.strides).map(|(&n, &s)| (n as isize - 1) * s).sum();
        (self.offset as isize + last) as usize + 1
    }
}

/// Strides of a dense row-major array of this shape, as PyTorch gives them (sizes of 0 count as 1).
pub fn row_major(shape: &[usize]) -> Strides {
    let mut strides = Strides::from_elem(1, shape.len());
    let mut step = 1isize;
    for d in (0..shape.len()).rev() {
        strides[d] = step;
        step *= shape[d].max(1) as isize;
    }
    strides
}

/// PyTorch's broadcasting rule; `None` if two sizes differ and neither is 1.
pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Dims> {
    let n = a.len().max(b.len());
    let mut out = Dims::from_elem(1, n);
    for d in 0..n {
        let x = if d + a.len() >= n { a[d + a.len() - n] } else { 1 };
        let y = if d + b.len() >= n { b[d + b.len() - n] } else { 1 };
        out[d] = match (x, y) {
            (x, y) if x == y => x,
            (1, y) => y,
            (x, 1) => x,
            _ => return None,
        };
    }
    Some(out)
}

/// Merges neighbouring dimensions that every operand walks as one, and drops those of size 1.
///
/// All operands have the shape `shape`. The result has at least one dimension.
pub fn coalesce(shape: &[usize], strides: &[&[isize]]) -> (Dims, SmallVec<[Strides; 4]>) {
    let mut dims = Dims::new();
    let mut out: SmallVec<[Strides; 4]> = strides.iter().map(|_| Strides::new()).collect();
    for d in 0..shape.len() {
        if shape[d] == 1 {
            continue;
        }
        let joins =
            !dims.is_empty() && strides.iter().zip(&out).all(|(s, o)| o[o.len() - 1] == s[d] * shape[d] as isize);
        if joins {
            let last = dims.len() - 1;
            dims[last] *= shape[d];
            for (s, o) in strides.iter().zip(&mut out) {
                o[last] = s[d];
            }
        } else {
            dims.push(shape[d]);
            for (s, o) in strides.iter().zip(&mut out) {
                o.push(s[d]);
            }
        }
    }
    if dims.is_empty() {
        dims.push(1);
        for (s, o) in strides.iter().zip(&mut out) {
            o.push(if s.is_empty() { 1 } else { 1isize.max(s[s.len() - 1]) });
        }
    }
    (dims, out)
}

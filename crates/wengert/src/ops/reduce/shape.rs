//! What all reductions share: which dimensions, what shape, in what order the kernel sees the elements.

use crate::array::Array;
use smallvec::SmallVec;
use wengert_kernels::tile::Program;
use wengert_kernels::{Dims, View};

/// The shape after reducing `dims` (sorted, each once).
pub(crate) fn reduced_shape(shape: &[usize], dims: &[usize], keepdim: bool) -> Dims {
    let kept = |d: usize| !dims.contains(&d);
    if keepdim {
        shape.iter().enumerate().map(|(d, &n)| if kept(d) { n } else { 1 }).collect()
    } else {
        shape.iter().enumerate().filter(|(d, _)| kept(*d)).map(|(_, &n)| n).collect()
    }
}

/// An array as the kernels want it: `f(source, outer, r, inner)` with the reduced dimensions as one in the middle.
///
/// Neighbouring reduced dimensions stay where they are; scattered ones are moved to the end, which costs strided loads.
pub(crate) fn as_outer_r_inner<R>(
    input: &Array,
    dims: &[usize],
    f: impl FnOnce(&Program, usize, usize, usize) -> R,
) -> R {
    let shape = input.shape();
    let neighbours = dims.windows(2).all(|w| w[1] == w[0] + 1);
    let size = |ds: &[usize]| ds.iter().map(|&d| shape[d]).product::<usize>();
    let all: SmallVec<[usize; 5]> = (0..shape.len()).collect();
    if neighbours && let (Some(&first), Some(&last)) = (dims.first(), dims.last()) {
        let view = input.view();
        return f(&Program::of_view(view), size(&all[..first]), size(dims), size(&all[last + 1..]));
    }
    let mut order: SmallVec<[usize; 5]> = all.iter().copied().filter(|d| !dims.contains(d)).collect();
    let outer = size(&order);
    order.extend_from_slice(dims);
    let layout = input.layout().permute(&order);
    let view = View { layout: &layout, ..input.view() };
    f(&Program::of_view(view), outer, size(dims), 1)
}

//! Reductions (first form).
use crate::tile::Program;
use crate::view::ViewMut;
/// Which reduction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reduction {
    /// Sum.
    Sum,
}
/// Reduces the middle dimension of `[outer, r, inner]`.
pub fn reduce(_op: Reduction, source: &Program, outer: usize, r: usize, inner: usize, out: &mut ViewMut) {
    let mut scratch = source.scratch();
    let mut acc = vec![0f64; outer * inner];
    for i in 0..outer * r * inner {
        let p = source.tile(source.last(), i, 1, &mut scratch, None);
        let v = crate::lanes!(source.compute(source.last()), L => {
            // SAFETY: one lane.
            unsafe { crate::dtype::Element::to_f64(*p.cast::<L>()) }
        });
        acc[i / (r * inner) * inner + i % inner] += v;
    }
    let l = crate::Layout::contiguous(&out.layout.shape);
    crate::tile::copy(crate::View::from_slice(&acc, &l), out);
}

//! The gradients of [`layer_norm`](super::layer_norm).

use super::*;
use crate::memory::Block;
use crate::tile::store_dense;

/// What is wanted, each dense and of any float dtype: the gradients of the rows, the weight and the bias.
#[derive(Default)]
pub struct LayerNormGrads<'a> {
    /// Of the input, of its size.
    pub input: Option<ViewMut<'a>>,
    /// Of the weight, of the size of a row.
    pub weight: Option<ViewMut<'a>>,
    /// Of the bias.
    pub bias: Option<ViewMut<'a>>,
}

/// K rows of gradients and inputs, with what the forward pass knew of them.
#[derive(Clone, Copy)]
struct Rows<X, const K: usize> {
    g: *const X,
    x: *const X,
    r: usize,
    mean: [X; K],
    scale: [X; K],
    weight: *const X,
}

impl<X: Float, const K: usize> Rows<X, K> {
    /// g, z and the weight from `i` on.
    ///
    /// # Safety
    /// There are LANES elements from `i` on, or (not `ALL`) some.
    #[inline(always)]
    unsafe fn get<const ALL: bool>(&self, k: usize, i: usize) -> ([X; LANES], [X; LANES]) {
        let n = self.r - i;
        // SAFETY: the caller's contract.
        let (g, x) = unsafe {
            let at = k * self.r + i;
            (get::<X, ALL>(self.g.add(at), n, X::default()), get::<X, ALL>(self.x.add(at), n, self.mean[k]))
        };
        (g, each(|l| (x[l] - self.mean[k]) * self.scale[k]))
    }

    /// # Safety
    /// As [`Rows::get`].
    #[inline(always)]
    unsafe fn weight<const ALL: bool>(&self, i: usize) -> [X; LANES] {
        let one = X::from_f64(1.0);
        // SAFETY: the caller's contract.
        if self.weight.is_null() { [one; LANES] } else { unsafe { get::<X, ALL>(self.weight.add(i), self.r - i, one) } }
    }

    /// Adds to the sums along and, where there are any, across rows.
    ///
    /// # Safety
    /// As [`Rows::get`]; `dw` and `db` are null or have the size of a row.
    #[inline(always)]
    unsafe fn add<const ALL: bool>(
        &self,
        i: usize,
        h: &mut [[X; LANES]; K],
        hz: &mut [[X; LANES]; K],
        [dw, db]: [*mut X; 2],
    ) {
        let (n, zero) = (self.r - i, X::default());
        // SAFETY: the caller's contract.
        unsafe {
            let w = self.weight::<ALL>(i);
            let mut sw = if dw.is_null() { [zero; LANES] } else { get::<X, ALL>(dw.add(i), n, zero) };
            let mut sb = if db.is_null() { [zero; LANES] } else { get::<X, ALL>(db.add(i), n, zero) };
            for k in 0..K {
                let (g, z) = self.get::<ALL>(k, i);
                let v = each(|l| g[l] * w[l]);
                h[k] = each(|l| h[k][l] + v[l]);
                hz[k] = each(|l| v[l].fma(z[l], hz[k][l]));
                sw = each(|l| g[l].fma(z[l], sw[l]));
                sb = each(|l| sb[l] + g[l]);
            }
            if !dw.is_null() {
                put::<X, ALL>(dw.add(i), n, sw);
            }
            if !db.is_null() {
                put::<X, ALL>(db.add(i), n, sb);
            }
        }
    }

    /// # Safety
    /// As [`Rows::get`]; `dx` has room for K rows.
    #[inline(always)]
    unsafe fn finish<const ALL: bool>(&self, i: usize, h: &[X; K], hz: &[X; K], dx: *mut X) {
        // SAFETY: the caller's contract.
        unsafe {
            let w = self.weight::<ALL>(i);
            for k in 0..K {
                let (g, z) = self.get::<ALL>(k, i);
                let d = each(|l| (g[l].fma(w[l], -h[k]) - z[l] * hz[k]) * self.scale[k]);
                put::<X, ALL>(dx.add(k * self.r + i), self.r - i, d);
            }
        }
    }
}

#[inline(always)]
unsafe fn backward_body<X: Float, const K: usize>(rows: Rows<X, K>, dx: *mut X, columns: [*mut X; 2]) {
    let (r, n) = (rows.r, rows.r as f64);
    let whole = r / LANES * LANES;
    let mut h = [[X::default(); LANES]; K];
    let mut hz = h;
    // SAFETY: the caller gives K rows of r elements at each place, and columns of r elements, in every loop.
    unsafe {
        for i in (0..whole).step_by(LANES) {
            rows.add::<true>(i, &mut h, &mut hz, columns);
        }
        if whole < r {
            rows.add::<false>(whole, &mut h, &mut hz, columns);
        }
        if dx.is_null() {
            return;
        }
        let [mean, along] = [h, hz].map(|sums| totals(&sums).map(|sum| X::from_f64(sum / n)));
        for i in (0..whole).step_by(LANES) {
            prefetch(rows.g, K * r + i, LANES);
            prefetch(rows.x, K * r + i, LANES);
            rows.finish::<true>(i, &mean, &along, dx);
        }
        if whole < r {
            rows.finish::<false>(whole, &mean, &along, dx);
        }
    }
}

multiversion! {
    /// The gradients of `K` rows into `dx`; adds to sums over rows. Null pointers are not wanted.
    unsafe fn backward_rows[X: Float, const K: usize](rows: Rows<X, K>, dx: *mut X, columns: [*mut X; 2]) = backward_body;
}

#[inline(always)]
unsafe fn move_body<X: Float>(from: *mut X, to: *mut f64, n: usize) {
    for i in 0..n {
        // SAFETY: the caller gives n elements at both.
        unsafe {
            *to.add(i) += (*from.add(i)).to_f64();
            *from.add(i) = X::default();
        }
    }
}

multiversion! {
    /// Adds what is at `from` to `to` and leaves zeros.
    unsafe fn move_sums[X: Float](from: *mut X, to: *mut f64, n: usize) = move_body;
}

/// Gradients of [`layer_norm`](super::layer_norm) from that of its result, the input, and what the forward pass gave; see the
/// [module](super). `weight` is as there.
///
/// # Panics
/// If the sizes do not fit, an array is not as it should be, or the programs are not of floats of one compute type.
pub fn layer_norm_backward(
    grad: &Program,
    source: &Program,
    r: usize,
    mean: View,
    scale: View,
    weight: Option<View>,
    grads: LayerNormGrads,
) {
    assert_eq!(grad.compute(grad.last()), source.compute(source.last()), "gradient and input have one compute type");
    match source.compute(source.last()) {
        Compute::F32 => backward::<f32>([grad, source], r, [mean, scale], Affine::new(weight, None, r), grads),
        Compute::F64 => backward::<f64>([grad, source], r, [mean, scale], Affine::new(weight, None, r), grads),
        _ => panic!("normalization is of floats"),
    }
}

/// Sums over rows, those of each piece of work for itself.
struct Partial {
    memory: Block,
    /// Numbers of one piece.
    size: usize,
}

// SAFETY: pieces of work write disjoint numbers.
unsafe impl Sync for Partial {}

impl Partial {
    fn of(&self, piece: usize) -> *mut f64 {
        // SAFETY: the block holds that many pieces.
        unsafe { self.memory.ptr().cast::<f64>().add(piece * self.size) }
    }
}

fn backward<X: Float>(
    [grad, source]: [&Program; 2],
    r: usize,
    [mean, scale]: [View; 2],
    a: Affine<X>,
    mut grads: LayerNormGrads,
) {
    let rows = mean.numel();
    assert!(grad.numel() == rows * r && source.numel() == rows * r, "the programs have the sizes that are normalized");
    let [mean, scale] = [mean, scale].map(|v| v.as_slice::<X>().expect("statistics are as the forward pass gave them"));
    assert_eq!(mean.len(), scale.len(), "one for each row");
    let target = grads.input.as_mut().map(|out| Target::new(out, rows * r));
    let wanted = [grads.weight.is_some(), grads.bias.is_some()];
    let columns = wanted.iter().filter(|&&w| w).count();
    let written: usize =
        [&grads.input, &grads.weight, &grads.bias].into_iter().flatten().map(|v| v.numel() * v.dtype.size()).sum();
    let parameters = usize::from(!a.weight.is_null()) * r + 2 * rows;
    counters::count(grad.bytes_read() + source.bytes_read() + parameters * size_of::<X>(), written);
    if r == 0 {
        return;
    }
    let mut grain = (PIECE / r).max(1).next_multiple_of(ROWS);
    if columns > 0 {
        grain = grain.max(PIECE_ROWS).max(rows.div_ceil(PIECES).next_multiple_of(ROWS));
    }
    let (pieces, size) = (rows.div_ceil(grain), columns * r);
    let memory = Block::new(pieces * size * size_of::<f64>()).expect("there is memory for sums");
    let partial = Partial { memory, size };
    parallel::for_ranges(rows, grain, |from, to| {
        let a = &a;
        let partial = &partial;
        let mut scratch = [grad.scratch(), source.scratch()];
        let (mut buffers, mut result) = ([Vec::new(), Vec::new()], Vec::new());
        let mut sums = vec![X::default(); size];
        let to_f64 = partial.of(from / grain);
        // SAFETY: this piece's own numbers.
        unsafe { std::slice::from_raw_parts_mut(to_f64, size) }.fill(0.0);
        let dw = sums.as_mut_ptr();
        let at = |wanted, i: usize| if wanted { dw.wrapping_add(i * r) } else { std::ptr::null_mut() };
        let both = [at(wanted[0], 0), at(wanted[1], columns - usize::from(columns > 0))];
        for block in (from..to).step_by(BLOCK) {
            in_groups!(block, to.min(block + BLOCK), r, at, K => {
                let of = |v: &[X]| -> [X; K] { v[at..at + K].try_into().expect("so many") };
                let [g, x] = &mut scratch;
                let [bg, bx] = &mut buffers;
                // SAFETY: the rows are inside of the programs and the output, and no other piece of work has them.
                unsafe {
                    let g = dense(grad, at * r, K * r, g, bg);
                    let x = dense(source, at * r, K * r, x, bx);
                    let rows = Rows { g, x, r, mean: of(mean), scale: of(scale), weight: a.weight };
                    match target {
                        Some(t) => t.with(at * r, K * r, &mut result, |dx| backward_rows::<X, K>(rows, dx, both)),
                        None => backward_rows::<X, K>(rows, std::ptr::null_mut(), both),
                    }
                }
            });
            // SAFETY: both have `size` numbers.
            unsafe { move_sums(dw, to_f64, size) };
        }
    });
    let mut all = vec![0f64; size];
    for piece in 0..pieces {
        // SAFETY: each piece has written its numbers.
        let part = unsafe { std::slice::from_raw_parts(partial.of(piece), size) };
        all.iter_mut().zip(part).for_each(|(a, p)| *a += p);
    }
    let outs = [grads.weight.as_mut(), grads.bias.as_mut()];
    for (out, sums) in outs.into_iter().flatten().zip(all.chunks(r)) {
        let at = Target::new(out, r);
        let sums: Vec<X> = sums.iter().map(|&v| X::from_f64(v)).collect();
        // SAFETY: the output has r elements of its dtype.
        unsafe { store_dense(sums.as_ptr(), at.ptr(), out.dtype, r) };
    }
}

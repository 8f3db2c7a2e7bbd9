//! pad: with mirrored, repeated or wrapped numbers around.

use crate::error::{Error, Named, Result};
use crate::ops::{constant_pad_nd, index_select};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};

/// What stands in the padding of [`pad`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum PadMode {
    /// The elements before the edge, mirrored at it: `"reflect"`.
    Reflect,
    /// The element at the edge: `"replicate"`.
    Replicate,
    /// The elements from the other end: `"circular"`.
    Circular,
}

impl PadMode {
    /// Which elements of a dimension of `n` stand where, with `before` and `after` of them added (or cut, if negative).
    fn places(self, n: usize, before: isize, after: isize) -> Vec<i64> {
        let n = n as isize;
        // What goes round is what is not cut.
        let (first, kept) = ((-before).max(0), n + before.min(0) + after.min(0));
        let at = |i: isize| match self {
            PadMode::Replicate => i.clamp(0, n - 1),
            PadMode::Circular => first + (i - first).rem_euclid(kept),
            PadMode::Reflect if i < 0 => -i,
            PadMode::Reflect if i >= n => 2 * (n - 1) - i,
            PadMode::Reflect => i,
        };
        (-before..n + after).map(|i| at(i) as i64).collect()
    }

    fn check(self, shape: &[usize], pad: &[isize]) -> Result<()> {
        if !pad.len().is_multiple_of(2) {
            return Err(Error::runtime("Padding length must be divisible by 2"));
        }
        let padded = pad.len() / 2;
        if !(1..=3).contains(&padded) || !(padded + 1..=padded + 2).contains(&shape.len()) {
            return Err(Error::not_implemented(format!(
                "Padding size {} is not supported for {}D input tensor.\nSupported combinations for non-constant padding:\n  \
                 - 2D or 3D input: padding size = 2 (pads last dimension)\n  \
                 - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n  \
                 - 4D or 5D input: padding size = 6 (pads last 3 dimensions)",
                pad.len(),
                shape.len()
            )));
        }
        let first = shape.len() - padded;
        if self != PadMode::Circular && shape[first - 1..].contains(&0) {
            let n = padded + 1;
            return Err(Error::runtime(format!(
                "Expected {n}D or {}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {shape:?}",
                n + 1
            )));
        }
        for (k, p) in pad.chunks(2).enumerate() {
            let d = shape.len() - 1 - k;
            let n = shape[d] as isize;
            match self {
                PadMode::Reflect if p[0] >= n || p[1] >= n => {
                    return Err(Error::runtime(format!(
                        "Argument #{}: Padding size should be less than the corresponding input dimension, but got: padding ({}, {}) at dimension {d} of input {shape:?}",
                        4 + 2 * k,
                        p[0],
                        p[1]
                    )));
                }
                PadMode::Circular if p[0].max(p[1]) > if n + p[0].min(0) + p[1].min(0) > 0 { n } else { 0 } => {
                    return Err(Error::runtime("Padding value causes wrapping around more than once."));
                }
                PadMode::Circular if n + p[0] + p[1] < 0 => {
                    return Err(Error::runtime("Negative padding value is resulting in an empty dimension"));
                }
                _ if n + p[0] + p[1] < 1 && self != PadMode::Circular => {
                    let (name, size) = (["W", "H", "D"][k], n + p[0] + p[1]);
                    return Err(Error::runtime(format!(
                        "input ({name}: {n}) is too small. Calculated output {name}: {size}"
                    )));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// `input` with numbers of its own around it: `pad` has how many indices come before and after, for the last dimension, then for the one before it, and so
/// on. Negative ones cut. One or two dimensions at the front are left as they are.
///
/// # Errors
/// If the number of pads does not fit that of dimensions, or a padding needs more numbers than there are.
///
/// ```
/// use wengert::ops::{PadMode, pad};
/// let x = wengert::tensor!([[1, 2, 3]]);
/// assert_eq!(pad(&x, &[2, 1], PadMode::Reflect)?.to_vec::<i64>(), [3, 2, 1, 2, 3, 2]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn pad(input: &Tensor, pad: &[isize], mode: PadMode) -> Result<Tensor> {
    mode.check(input.shape(), pad).named("pad")?;
    let mut out = input.clone();
    for (k, p) in pad.chunks(2).enumerate() {
        if p != [0, 0] {
            let d = input.ndim() - 1 - k;
            let places = mode.places(input.shape()[d], p[0], p[1]);
            out = index_select(&out, d as isize, &Tensor::from_slice(&places, &[places.len()]))?;
        }
    }
    Ok(out)
}

pub(crate) static BINDINGS: &[Binding] = &[bind!(
    "nn::pad(Tensor self, SymInt[] pad, str mode='constant', float? value=None) -> Tensor",
    |a| {
        let mode = match a.str(2) {
            "constant" if !a.ints(1).len().is_multiple_of(2) => {
                return Err(Error::runtime("Padding length must be divisible by 2"));
            }
            "constant" if a.ints(1).len() > 2 * a.tensor(0).ndim() => {
                return Err(Error::runtime(format!(
                    "Padding length should be less than or equal to two times the input dimension but got padding length {} and input of dimension {}",
                    a.ints(1).len(),
                    a.tensor(0).ndim()
                )));
            }
            "constant" => return Ok(constant_pad_nd(a.tensor(0), a.ints(1), a.opt_float(3).unwrap_or(0.0))?.into()),
            other if a.opt_float(3).is_some_and(|v| v != 0.0) => {
                return Err(Error::runtime(format!("Padding mode \"{other}\" doesn't take in value argument")));
            }
            "reflect" => PadMode::Reflect,
            "replicate" => PadMode::Replicate,
            "circular" => PadMode::Circular,
            other => return Err(Error::not_implemented(format!("Unrecognised padding mode {other}"))),
        };
        pad(a.tensor(0), a.ints(1), mode)
    }
)];

pub(crate) fn entries() -> Vec<Entry> {
    use PadMode::{Circular, Reflect, Replicate};
    let (a, m, i) =
        (uniform(1, -2.0, 2.0, &[2, 3, 4]), uniform(2, -2.0, 2.0, &[1, 3, 2, 4, 3]), ints(3, -9, 9, &[2, 4]));
    vec![
        Entry::new("pad(Tensor input, SymInt[] pad, str mode) -> Tensor")
            .sample("F.pad(a, (3, 1), mode='reflect')", [a.clone()], |t| pad(&t[0], &[3, 1], Reflect))
            .sample("F.pad(a, (2, 3, 1, 2), mode='replicate')", [a.clone()], |t| pad(&t[0], &[2, 3, 1, 2], Replicate))
            .sample("F.pad(a, (4, 1, 0, 3), mode='circular')", [a.clone()], |t| pad(&t[0], &[4, 1, 0, 3], Circular))
            .sample("F.pad(a, (1, 2, 3, 0, 1, 1), mode='reflect')", [m.clone()], |t| {
                pad(&t[0], &[1, 2, 3, 0, 1, 1], Reflect)
            })
            .sample("F.pad(a, (-1, 2), mode='circular')", [a.clone()], |t| pad(&t[0], &[-1, 2], Circular))
            .sample("F.pad(a, (1, 1), mode='reflect')", [i.clone()], |t| pad(&t[0], &[1, 1], Reflect))
            .error(
                [a.clone()],
                |t| pad(&t[0], &[4, 0], Reflect),
                "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (4, 0) at dimension 2 of input [2, 3, 4]",
            )
            .error([a.clone()], |t| pad(&t[0], &[5, 0], Circular), "Padding value causes wrapping around more than once.")
            .error([a.clone()], |t| pad(&t[0], &[1], Reflect), "Padding length must be divisible by 2")
            .error([m.clone()], |t| pad(&t[0], &[1, 1], Reflect), "Padding size 2 is not supported for 5D input tensor."),
    ]
}

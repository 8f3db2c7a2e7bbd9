//! Dimension arguments: negative ones count from the end.

use crate::error::{Error, Result};
use smallvec::SmallVec;

/// `dim` counted from the front. A 0-dim tensor is treated as if it had one dimension, as in PyTorch.
///
/// # Errors
/// If it is out of range.
pub fn wrap_dim(dim: isize, ndim: usize) -> Result<usize> {
    let n = ndim.max(1) as isize;
    if dim < -n || dim >= n {
        return Err(Error::index(format!(
            "Dimension out of range (expected to be in range of [{}, {}], but got {dim})",
            -n,
            n - 1
        )));
    }
    Ok(if dim < 0 { dim + n } else { dim } as usize)
}

/// Each dimension once, counted from the front, in ascending order; all of them if `dims` is empty.
///
/// # Errors
/// If one is out of range or occurs twice.
pub fn wrap_dims(dims: &[isize], ndim: usize) -> Result<SmallVec<[usize; 5]>> {
    if dims.is_empty() {
        return Ok((0..ndim).collect());
    }
    let mut out: SmallVec<[usize; 5]> = SmallVec::new();
    for &d in dims {
        let d = wrap_dim(d, ndim)?;
        if out.contains(&d) {
            return Err(Error::runtime(format!("dim {d} appears multiple times in the list of dims")));
        }
        out.push(d);
    }
    out.sort_unstable();
    if ndim == 0 {
        out.clear();
    }
    Ok(out)
}

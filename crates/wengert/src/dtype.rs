//! Dtypes, the default one, and PyTorch's type promotion.

pub use wengert_kernels::dtype::{Category, DType, Element, bf16, f16};

use crate::error::{Error, Result};
use crate::primitive::Meta;
use std::sync::atomic::{AtomicU8, Ordering};

static DEFAULT: AtomicU8 = AtomicU8::new(DType::F32 as u8);

/// The dtype of tensors made from floats without one (PyTorch's `get_default_dtype`).
pub fn default_dtype() -> DType {
    DType::ALL[DEFAULT.load(Ordering::Relaxed) as usize]
}

/// Sets the default dtype, for the whole process.
///
/// # Errors
/// If it is not a floating dtype.
pub fn set_default_dtype(dtype: DType) -> Result<()> {
    if !dtype.is_float() {
        return Err(Error::type_(format!("only floating-point types are supported as the default type, got {dtype}")));
    }
    DEFAULT.store(dtype as u8, Ordering::Relaxed);
    Ok(())
}

/// The smallest dtype that holds both, by PyTorch's table (`torch.promote_types`).
pub fn promote_types(a: DType, b: DType) -> DType {
    use DType::*;
    if a == b {
        return a;
    }
    let (lo, hi) = if a < b { (a, b) } else { (b, a) };
    match (lo, hi) {
        (U8, I8) => I16,
        (F16, BF16) => F32,
        (F64, C64) => C128,
        _ => hi,
    }
}

/// The dtype in which an operation on these inputs is done (`torch.result_type`).
///
/// Tensors with dimensions decide first; 0-dim tensors, and after them numbers, count only if they are of a higher category
/// (bool < int < float < complex), and then give the default float where a float number meets integers.
pub fn result_type(ins: &[Meta]) -> DType {
    if let Some((first, rest)) = ins.split_first()
        && rest.iter().all(|m| m.dtype == first.dtype)
    {
        return first.dtype;
    }
    let mut best: [Option<DType>; 3] = [None; 3];
    for m in ins {
        let class = if m.wrapped { 2 } else { usize::from(m.shape.is_empty()) };
        best[class] = Some(best[class].map_or(m.dtype, |d| promote_types(d, m.dtype)));
    }
    let mut result: Option<DType> = None;
    for dtype in best.into_iter().flatten() {
        result = Some(match result {
            None => dtype,
            Some(r) if dtype.category() > r.category() => {
                // A complex number met by floats keeps their precision.
                if dtype.is_complex() && r == DType::F64 { DType::C128 } else { dtype }
            }
            Some(r) => r,
        });
    }
    result.unwrap_or_else(default_dtype)
}

/// Integers and booleans become the default float, everything else stays.
pub fn int_to_float(d: DType) -> DType {
    if d.is_differentiable() { d } else { default_dtype() }
}

/// May a result of dtype `from` be written into a tensor of dtype `to` (PyTorch's `can_cast`): not to a lower category.
pub fn can_cast(from: DType, to: DType) -> bool {
    from.category() <= to.category()
}

/// A dtype as C++ names it, as some of PyTorch's messages do.
pub(crate) fn c_name(d: DType) -> &'static str {
    match d {
        DType::Bool => "bool",
        DType::U8 => "unsigned char",
        DType::I8 => "signed char",
        DType::I16 => "short int",
        DType::I32 => "int",
        DType::I64 => "long int",
        DType::F16 => "c10::Half",
        DType::BF16 => "c10::BFloat16",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::C64 => "c10::complex<float>",
        DType::C128 => "c10::complex<double>",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn m(shape: &[usize], dtype: DType) -> Meta<'_> {
        Meta { shape, dtype, wrapped: false }
    }

    #[test]
    fn dimensions_come_before_scalars() {
        let n = |dtype| Meta { shape: &[], dtype, wrapped: true };
        assert_eq!(result_type(&[m(&[2], DType::F16), m(&[], DType::F64)]), DType::F16);
        assert_eq!(result_type(&[m(&[2], DType::I32), m(&[], DType::I64)]), DType::I32);
        assert_eq!(result_type(&[m(&[2], DType::I32), n(DType::F32)]), DType::F32);
        assert_eq!(result_type(&[m(&[], DType::F64), n(DType::F32)]), DType::F64);
        assert_eq!(result_type(&[m(&[2], DType::Bool), n(DType::I64)]), DType::I64);
        assert_eq!(result_type(&[m(&[2], DType::U8), m(&[3], DType::I8)]), DType::I16);
        assert_eq!(result_type(&[m(&[2], DType::F16), m(&[1], DType::BF16)]), DType::F32);
    }
}

//! Numbers as operands: `x * 2.0`, without a tensor.

use crate::dtype::{Category, DType, Element, bf16, default_dtype, f16};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use std::fmt;
use wengert_kernels::dispatch;

/// A number that takes part in an operation. As in PyTorch it raises the result's *category* (bool, int, float) but not its width.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scalar {
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A floating point number.
    Float(f64),
}

impl Scalar {
    /// The dtype that PyTorch gives a tensor made of it: `bool`, `int64`, or the default float.
    pub fn dtype(self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::Int(_) => DType::I64,
            Scalar::Float(_) => default_dtype(),
        }
    }
    /// Its value in double precision.
    pub fn to_f64(self) -> f64 {
        match self {
            Scalar::Bool(b) => b as u8 as f64,
            Scalar::Int(i) => i as f64,
            Scalar::Float(f) => f,
        }
    }
    /// Its value as an integer; floats are truncated.
    pub fn to_i64(self) -> i64 {
        match self {
            Scalar::Bool(b) => b as i64,
            Scalar::Int(i) => i,
            Scalar::Float(f) => f as i64,
        }
    }
    /// As a tensor of a real `dtype` would hold it: floats rounded, integers wrapped.
    pub fn to_dtype(self, dtype: DType) -> Scalar {
        dispatch!(dtype, T => {
            let v = match self {
                Scalar::Float(f) => T::from_f64(f),
                other => T::from_i64(other.to_i64()),
            };
            match dtype.category() {
                Category::Bool => Scalar::Bool(v.to_i64() != 0),
                Category::Int => Scalar::Int(v.to_i64()),
                _ => Scalar::Float(v.to_f64()),
            }
        }, else => self)
    }
    /// [`Scalar::to_dtype`] of a number that must be in the range of `dtype`. Infinities and NaN are in that of floats; negative
    /// integers of the unsigned type's size wrap; anything is a truth value.
    ///
    /// # Errors
    /// `value cannot be converted to type int8_t without overflow`.
    pub fn checked_to_dtype(self, dtype: DType) -> Result<Scalar> {
        let fits = match dtype {
            DType::Bool => true,
            _ if dtype.is_int() => {
                let (lo, hi) = int_range(dtype);
                let lo = if lo == 0 { -hi } else { lo };
                match self {
                    Scalar::Float(f) => f >= lo as f64 && f <= hi as f64,
                    other => (lo..=hi).contains(&other.to_i64()),
                }
            }
            _ => !(self.to_f64().is_finite() && self.to_f64().abs() > float_max(dtype)),
        };
        if fits {
            return Ok(self.to_dtype(dtype));
        }
        Err(Error::runtime(format!("value cannot be converted to type {} without overflow", c_name(dtype)))
            .hint(format!("{self} is outside of the range of {dtype}")))
    }
    /// Is it a float?
    pub fn is_float(self) -> bool {
        self.dtype().category() == Category::Float
    }
}

/// The smallest and the largest number of an integer dtype.
pub(crate) fn int_range(dtype: DType) -> (i64, i64) {
    match dtype {
        DType::U8 => (0, 255),
        DType::I8 => (i8::MIN as i64, i8::MAX as i64),
        DType::I16 => (i16::MIN as i64, i16::MAX as i64),
        DType::I32 => (i32::MIN as i64, i32::MAX as i64),
        _ => (i64::MIN, i64::MAX),
    }
}

/// The largest finite number of a floating dtype.
pub(crate) fn float_max(dtype: DType) -> f64 {
    match dtype {
        DType::F16 => f16::MAX.to_f64(),
        DType::BF16 => bf16::MAX.to_f64(),
        DType::F32 => f32::MAX as f64,
        _ => f64::MAX,
    }
}

/// What PyTorch's messages about conversions call a dtype.
fn c_name(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "bool",
        DType::U8 => "uint8_t",
        DType::I8 => "int8_t",
        DType::I16 => "int16_t",
        DType::I32 => "int",
        DType::I64 => "int64_t",
        DType::F16 => "c10::Half",
        DType::BF16 => "c10::BFloat16",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::C64 => "c10::complex<float>",
        DType::C128 => "c10::complex<double>",
    }
}

/// C++'s own word for the numbers of a dtype, as PyTorch's messages about gradients have it.
pub(crate) fn cpp_name(dtype: DType) -> &'static str {
    match dtype {
        DType::U8 => "unsigned char",
        DType::I8 => "signed char",
        DType::I16 => "short int",
        DType::I64 => "long int",
        other => c_name(other),
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Bool(b) => write!(f, "{b}"),
            Scalar::Int(i) => write!(f, "{i}"),
            Scalar::Float(x) => write!(f, "{x:?}"),
        }
    }
}

macro_rules! from {
    ($($t:ty => $v:ident as $w:ty),* $(,)?) => {$(
        impl From<$t> for Scalar {
            fn from(v: $t) -> Scalar { Scalar::$v(v as $w) }
        }
        impl From<$t> for Operand<'_> {
            fn from(v: $t) -> Self { Operand::Scalar(v.into()) }
        }
    )*};
}
from! { bool => Bool as bool, i32 => Int as i64, i64 => Int as i64, u8 => Int as i64, usize => Int as i64, f32 => Float as f64, f64 => Float as f64 }

/// An input of an operation: a tensor or a number.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a> {
    /// A tensor.
    Tensor(&'a Tensor),
    /// A number.
    Scalar(Scalar),
}

impl<'a> Operand<'a> {
    /// The tensor, if it is one.
    pub fn tensor(self) -> Option<&'a Tensor> {
        match self {
            Operand::Tensor(t) => Some(t),
            Operand::Scalar(_) => None,
        }
    }
    /// Those of the tensor; numbers have none.
    #[inline]
    pub(crate) fn flags(self) -> u8 {
        match self {
            Operand::Tensor(t) => t.flags(),
            Operand::Scalar(_) => 0,
        }
    }
    /// Does it take part in the graph?
    pub fn requires_grad(self) -> bool {
        self.tensor().is_some_and(Tensor::requires_grad)
    }
}

impl<'a> From<&'a Tensor> for Operand<'a> {
    fn from(t: &'a Tensor) -> Self {
        Operand::Tensor(t)
    }
}
impl<'a> From<Scalar> for Operand<'a> {
    fn from(s: Scalar) -> Self {
        Operand::Scalar(s)
    }
}

//! Numbers as operands: `x * 2.0`, without a tensor.

use crate::dtype::{Category, DType, Element, default_dtype};
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
    /// Is it a float?
    pub fn is_float(self) -> bool {
        self.dtype().category() == Category::Float
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

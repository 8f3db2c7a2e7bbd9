//! Element types, and the one macro that turns a runtime [`DType`] into a Rust type.

use crate::narrow::{bf16_bits, bf16_value, f16_bits, f16_value};
use std::fmt;

pub use half::{bf16, f16};

/// The type of a tensor's elements. Names and meaning are PyTorch's (`torch.float32`, ...).
///
/// The order is PyTorch's promotion order within a category: booleans, integers, floats, complex numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum DType {
    /// One byte, 0 or 1.
    Bool,
    /// Unsigned byte.
    U8,
    /// Signed byte.
    I8,
    /// 16-bit integer.
    I16,
    /// 32-bit integer.
    I32,
    /// 64-bit integer, the type of indices.
    I64,
    /// IEEE half precision.
    F16,
    /// The upper half of an `f32`.
    BF16,
    /// Single precision, the default.
    F32,
    /// Double precision.
    F64,
    /// Two `f32`.
    C64,
    /// Two `f64`.
    C128,
}

/// The kinds of numbers among which PyTorch's promotion chooses first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Category {
    /// `bool`.
    Bool,
    /// `uint8`, `int8` to `int64`.
    Int,
    /// `float16` to `float64`.
    Float,
    /// `complex64`, `complex128`.
    Complex,
}

impl DType {
    /// Every dtype, in order.
    pub const ALL: [DType; 12] = [
        DType::Bool,
        DType::U8,
        DType::I8,
        DType::I16,
        DType::I32,
        DType::I64,
        DType::F16,
        DType::BF16,
        DType::F32,
        DType::F64,
        DType::C64,
        DType::C128,
    ];

    /// Bytes of one element.
    #[inline]
    pub const fn size(self) -> usize {
        match self {
            DType::Bool | DType::U8 | DType::I8 => 1,
            DType::I16 | DType::F16 | DType::BF16 => 2,
            DType::I32 | DType::F32 => 4,
            DType::I64 | DType::F64 | DType::C64 => 8,
            DType::C128 => 16,
        }
    }

    /// The kind of number.
    #[inline]
    pub const fn category(self) -> Category {
        match self {
            DType::Bool => Category::Bool,
            DType::U8 | DType::I8 | DType::I16 | DType::I32 | DType::I64 => Category::Int,
            DType::F16 | DType::BF16 | DType::F32 | DType::F64 => Category::Float,
            DType::C64 | DType::C128 => Category::Complex,
        }
    }

    /// Is it one of the four real floating types?
    #[inline]
    pub const fn is_float(self) -> bool {
        matches!(self, DType::F16 | DType::BF16 | DType::F32 | DType::F64)
    }

    /// Is it an integer type (booleans are not)?
    #[inline]
    pub const fn is_int(self) -> bool {
        matches!(self.category(), Category::Int)
    }

    /// Is it one of the two complex types?
    #[inline]
    pub const fn is_complex(self) -> bool {
        matches!(self, DType::C64 | DType::C128)
    }

    /// Can tensors of it require a gradient (floats and complex numbers)?
    #[inline]
    pub const fn is_differentiable(self) -> bool {
        self.is_float() || self.is_complex()
    }

    /// PyTorch's name without the prefix, as printed: `float32`.
    pub const fn name(self) -> &'static str {
        match self {
            DType::Bool => "bool",
            DType::U8 => "uint8",
            DType::I8 => "int8",
            DType::I16 => "int16",
            DType::I32 => "int32",
            DType::I64 => "int64",
            DType::F16 => "float16",
            DType::BF16 => "bfloat16",
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::C64 => "complex64",
            DType::C128 => "complex128",
        }
    }

    /// The name PyTorch's kernels use in error messages: `Float`, `Long`.
    pub const fn scalar_name(self) -> &'static str {
        match self {
            DType::Bool => "Bool",
            DType::U8 => "Byte",
            DType::I8 => "Char",
            DType::I16 => "Short",
            DType::I32 => "Int",
            DType::I64 => "Long",
            DType::F16 => "Half",
            DType::BF16 => "BFloat16",
            DType::F32 => "Float",
            DType::F64 => "Double",
            DType::C64 => "ComplexFloat",
            DType::C128 => "ComplexDouble",
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "torch.{}", self.name())
    }
}

/// A Rust type that can be a tensor's element: `bool`, the integers, `f16`, `bf16`, `f32`, `f64`.
///
/// # Safety
/// `DTYPE.size()` must be `size_of::<Self>()`, and every value a kernel writes for that dtype must be valid for `Self`.
pub unsafe trait Element: Copy + Send + Sync + PartialEq + PartialOrd + fmt::Debug + Default + 'static {
    /// The dtype of tensors of this type.
    const DTYPE: DType;
    /// To double precision; exact for all but large 64-bit integers.
    fn to_f64(self) -> f64;
    /// To single precision, rounded once (from `f64` and 32- and 64-bit integers).
    fn to_f32(self) -> f32;
    /// To a 64-bit integer; floats are truncated toward zero (PyTorch's cast).
    fn to_i64(self) -> i64;
    /// From double precision: rounded for floats (for half types by way of `f32`, as PyTorch does), truncated and wrapped
    /// for integers, `!= 0` for bool.
    fn from_f64(v: f64) -> Self;
    /// From single precision, like [`from_f64`](Element::from_f64).
    fn from_f32(v: f32) -> Self;
    /// From a 64-bit integer: rounded for floats, wrapped for integers, `!= 0` for bool.
    fn from_i64(v: i64) -> Self;
}

macro_rules! element {
    ($($t:ty, $d:ident, $to_f:expr, $to_s:expr, $to_i:expr, $from_f:expr, $from_s:expr, $from_i:expr;)*) => {$(
        // SAFETY: sizes are those of DType::size, and kernels write only valid values (bool is 0 or 1).
        unsafe impl Element for $t {
            const DTYPE: DType = DType::$d;
            #[inline(always)]
            fn to_f64(self) -> f64 { let v = self; $to_f(v) }
            #[inline(always)]
            fn to_f32(self) -> f32 { let v = self; $to_s(v) }
            #[inline(always)]
            fn to_i64(self) -> i64 { let v = self; $to_i(v) }
            #[inline(always)]
            fn from_f64(v: f64) -> Self { $from_f(v) }
            #[inline(always)]
            fn from_f32(v: f32) -> Self { $from_s(v) }
            #[inline(always)]
            fn from_i64(v: i64) -> Self { $from_i(v) }
        }
    )*};
    // Integers: 64 bits in between.
    (@int $($t:ty, $d:ident;)*) => {
        element! {$(
            $t, $d, (|v: $t| v as f64), (|v: $t| v as f32), (|v: $t| v as i64),
            (|v: f64| v as i64 as $t), (|v: f32| v as i64 as $t), (|v: i64| v as $t);
        )*}
    };
}

element! { @int u8, U8; i8, I8; i16, I16; i32, I32; i64, I64; }

element! {
    bool, Bool, (|v: bool| v as u8 as f64), (|v: bool| v as u8 as f32), (|v: bool| v as i64),
        (|v: f64| v != 0.0), (|v: f32| v != 0.0), (|v: i64| v != 0);
    f16, F16, (|v: f16| f16_value(v.to_bits()) as f64), (|v: f16| f16_value(v.to_bits())),
        (|v: f16| f16_value(v.to_bits()) as i64), (|v: f64| f16::from_bits(f16_bits(v as f32))),
        (|v: f32| f16::from_bits(f16_bits(v))), (|v: i64| f16::from_bits(f16_bits(v as f32)));
    bf16, BF16, (|v: bf16| bf16_value(v.to_bits()) as f64), (|v: bf16| bf16_value(v.to_bits())),
        (|v: bf16| bf16_value(v.to_bits()) as i64), (|v: f64| bf16::from_bits(bf16_bits(v as f32))),
        (|v: f32| bf16::from_bits(bf16_bits(v))), (|v: i64| bf16::from_bits(bf16_bits(v as f32)));
    f32, F32, (|v: f32| v as f64), (|v: f32| v), (|v: f32| v as i64),
        (|v: f64| v as f32), (|v: f32| v), (|v: i64| v as f32);
    f64, F64, (|v: f64| v), (|v: f64| v as f32), (|v: f64| v as i64),
        (|v: f64| v), (|v: f32| v as f64), (|v: i64| v as f64);
}

/// `dispatch!(dtype, T => body)` runs `body` with the type alias `T` bound to the Rust type of `dtype`.
///
/// The arms are the ten real dtypes; complex ones give the expression after `else`, which usually is an error or a panic
/// behind an earlier check: `dispatch!(dtype, T => f::<T>(), else => unreachable!())`.
#[macro_export]
macro_rules! dispatch {
    ($dtype:expr, $T:ident => $body:expr, else => $other:expr) => {{
        use $crate::dtype::DType as D;
        match $dtype {
            D::Bool => {
                type $T = bool;
                $body
            }
            D::U8 => {
                type $T = u8;
                $body
            }
            D::I8 => {
                type $T = i8;
                $body
            }
            D::I16 => {
                type $T = i16;
                $body
            }
            D::I32 => {
                type $T = i32;
                $body
            }
            D::I64 => {
                type $T = i64;
                $body
            }
            D::F16 => {
                type $T = $crate::dtype::f16;
                $body
            }
            D::BF16 => {
                type $T = $crate::dtype::bf16;
                $body
            }
            D::F32 => {
                type $T = f32;
                $body
            }
            D::F64 => {
                type $T = f64;
                $body
            }
            _ => $other,
        }
    }};
}

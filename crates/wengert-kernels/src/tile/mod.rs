//! The tile machine: elementwise work as a short program over tiles that stay in the first-level cache.
//!
//! A [`Program`] has leaves (arrays in memory, scalars), steps (micro-operations, each a loop over one tile) and results.
//! Loaders in front turn any strides and any dtype into a dense tile of one of four *compute types*; sinks behind write a
//! tile into memory of any dtype and strides, or hand it to a reduction ([`Program::tile`]). A program with no step is a copy
//! or a cast. Which elements are computed together is fixed by size alone, so results do not depend on threads.
//!
//! Files: `micro.rs` the macros that stamp micro-operations, `move_.rs` loaders and sinks, `permute.rs` transposes, `program.rs` what a
//! program is, `plan.rs` its registers, `run.rs` the walk, `counters.rs` how often memory was walked.

pub mod counters;
mod micro;
mod move_;
mod permute;
mod plan;
mod program;
mod run;
#[cfg(test)]
mod tests;

pub use micro::{Kernels, Micro, MicroFn, convert, round_to};
pub(crate) use move_::store_dense;
pub use program::{Leaf, Operand, Program};
pub use run::{Ranges, Scratch, copy, run_small};

use crate::dtype::{DType, Element};

/// Elements of one tile.
pub const TILE: usize = 2048;

/// The element type of a tile. Every dtype is computed in one of these four (complex types will add two).
///
/// Integers of any width are computed in 64 bits and wrapped when stored, which gives the same bits as native arithmetic
/// for everything but right shifts of wrapped values; half types are computed in `f32` and rounded after every step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Compute {
    /// `bool`, one byte.
    Bool,
    /// `i64`.
    I64,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
}

impl Compute {
    /// Bytes of one element.
    #[inline]
    pub const fn size(self) -> usize {
        match self {
            Compute::Bool => 1,
            Compute::F32 => 4,
            Compute::I64 | Compute::F64 => 8,
        }
    }
    /// The dtype whose memory form is exactly a tile of this type.
    pub const fn dtype(self) -> DType {
        match self {
            Compute::Bool => DType::Bool,
            Compute::I64 => DType::I64,
            Compute::F32 => DType::F32,
            Compute::F64 => DType::F64,
        }
    }
}

impl DType {
    /// The type in which the tile machine computes this dtype; complex dtypes have none yet.
    #[inline]
    pub const fn compute(self) -> Option<Compute> {
        match self {
            DType::Bool => Some(Compute::Bool),
            DType::U8 | DType::I8 | DType::I16 | DType::I32 | DType::I64 => Some(Compute::I64),
            DType::F16 | DType::BF16 | DType::F32 => Some(Compute::F32),
            DType::F64 => Some(Compute::F64),
            DType::C64 | DType::C128 => None,
        }
    }
}

/// The Rust side of [`Compute`]: how a lane is made from an element and turned into one.
pub trait Lane: Element {
    /// Which compute type it is.
    const COMPUTE: Compute;
    /// From an element of any dtype: PyTorch's cast (floats to integers truncate, everything to bool compares with 0).
    fn from_elem<T: Element>(v: T) -> Self;
    /// To an element of any dtype.
    fn to_elem<T: Element>(self) -> T;
}

impl Lane for bool {
    const COMPUTE: Compute = Compute::Bool;
    #[inline(always)]
    fn from_elem<T: Element>(v: T) -> bool {
        v != T::default()
    }
    #[inline(always)]
    fn to_elem<T: Element>(self) -> T {
        T::from_i64(self as i64)
    }
}

impl Lane for i64 {
    const COMPUTE: Compute = Compute::I64;
    #[inline(always)]
    fn from_elem<T: Element>(v: T) -> i64 {
        v.to_i64()
    }
    #[inline(always)]
    fn to_elem<T: Element>(self) -> T {
        T::from_i64(self)
    }
}

impl Lane for f32 {
    const COMPUTE: Compute = Compute::F32;
    #[inline(always)]
    fn from_elem<T: Element>(v: T) -> f32 {
        v.to_f32()
    }
    #[inline(always)]
    fn to_elem<T: Element>(self) -> T {
        T::from_f32(self)
    }
}

impl Lane for f64 {
    const COMPUTE: Compute = Compute::F64;
    #[inline(always)]
    fn from_elem<T: Element>(v: T) -> f64 {
        v.to_f64()
    }
    #[inline(always)]
    fn to_elem<T: Element>(self) -> T {
        T::from_f64(self)
    }
}

/// `lanes!(compute, L => body)` runs `body` with the type alias `L` bound to the lane type of `compute`.
#[macro_export]
macro_rules! lanes {
    ($compute:expr, $L:ident => $body:expr) => {
        match $compute {
            $crate::tile::Compute::Bool => {
                type $L = bool;
                $body
            }
            $crate::tile::Compute::I64 => {
                type $L = i64;
                $body
            }
            $crate::tile::Compute::F32 => {
                type $L = f32;
                $body
            }
            $crate::tile::Compute::F64 => {
                type $L = f64;
                $body
            }
        }
    };
}

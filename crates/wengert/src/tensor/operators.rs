//! Operators: `+ - * /` and negation between tensors and numbers, owned or borrowed.

use super::Tensor;
use crate::error::or_panic;
use crate::ops;
use crate::scalar::{Operand, Scalar};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What may stand to the right of an operator: a tensor, borrowed or not, or a number.
///
/// One trait and not an `impl` for each type, so that `&x * 2.0` has only one meaning and its type is known at once.
pub trait Rhs {
    /// As an operand.
    fn operand(&self) -> Operand<'_>;
}

impl Rhs for Tensor {
    fn operand(&self) -> Operand<'_> {
        Operand::Tensor(self)
    }
}
impl Rhs for &Tensor {
    fn operand(&self) -> Operand<'_> {
        Operand::Tensor(self)
    }
}
macro_rules! numbers {
    ($($t:ty)*) => {$(
        impl Rhs for $t {
            fn operand(&self) -> Operand<'_> {
                Operand::Scalar(Scalar::from(*self))
            }
        }
    )*};
}
numbers! { f64 f32 i64 i32 usize bool Scalar }

macro_rules! binary {
    ($($trait:ident, $f:ident, $reversed:path;)*) => {$(
        impl<R: Rhs> $trait<R> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $f(self, other: R) -> Tensor {
                or_panic(ops::$f(self, other.operand()))
            }
        }
        impl<R: Rhs> $trait<R> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $f(self, other: R) -> Tensor {
                or_panic(ops::$f(&self, other.operand()))
            }
        }
        binary!(@left $trait, $f, $reversed, f64);
        binary!(@left $trait, $f, $reversed, i64);
    )*};
    // A number on the left: one float and one integer type, so that the type of a literal is known.
    (@left $trait:ident, $f:ident, $reversed:path, $s:ty) => {
        impl $trait<&Tensor> for $s {
            type Output = Tensor;
            #[track_caller]
            fn $f(self, other: &Tensor) -> Tensor {
                or_panic($reversed(other, self))
            }
        }
        impl $trait<Tensor> for $s {
            type Output = Tensor;
            #[track_caller]
            fn $f(self, other: Tensor) -> Tensor {
                or_panic($reversed(&other, self))
            }
        }
    };
}

binary! {
    Add, add, ops::add;
    Sub, sub, ops::rsub;
    Mul, mul, ops::mul;
    Div, div, ops::rdiv;
}

impl Neg for &Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        or_panic(ops::neg(self))
    }
}

impl Neg for Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        or_panic(ops::neg(&self))
    }
}

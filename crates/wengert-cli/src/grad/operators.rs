//! The operations behind the names: adapters from a list of operands to the functions of [`wengert::ops`].

use super::program::scalar;
use wengert::Operand::{Scalar as Number, Tensor as T};
use wengert::{Operand, Result, Tensor, ops};

/// An operand as a tensor.
fn tensor(a: Operand) -> Tensor {
    match a {
        T(t) => t.clone(),
        Number(s) => scalar(s.to_f64()),
    }
}

macro_rules! unary {
    ($($name:ident)*) => {$(
        pub fn $name(a: &[Operand]) -> Result<Tensor> {
            ops::$name(&tensor(a[0]))
        }
    )*};
}

/// Operators keep a number as a number, as PyTorch does: `x**2` is recorded as a power with a fixed exponent.
macro_rules! binary {
    ($($name:ident, $reversed:expr;)*) => {$(
        pub fn $name(a: &[Operand]) -> Result<Tensor> {
            match (a[0], a[1]) {
                (T(x), y) => ops::$name(x, y),
                (Number(s), T(y)) => ($reversed)(y, s),
                (Number(s), y) => ops::$name(&scalar(s.to_f64()), y),
            }
        }
    )*};
}

unary! { neg }

binary! {
    add, ops::add;
    sub, ops::rsub;
    mul, ops::mul;
    div, ops::rdiv;
}

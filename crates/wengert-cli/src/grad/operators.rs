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

unary! {
    neg abs sign exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal
    sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc
    sigmoid log_sigmoid relu silu selu floor ceil round trunc frac
}

binary! {
    add, ops::add;
    sub, ops::rsub;
    mul, ops::mul;
    div, ops::rdiv;
    pow, ops::rpow;
    remainder, ops::rremainder;
    lt, ops::gt;
    le, ops::ge;
    gt, ops::lt;
    ge, ops::le;
    eq, ops::eq;
    ne, ops::ne;
}

/// Functions of two tensors alone.
macro_rules! of_tensors {
    ($($name:ident)*) => {$(
        pub fn $name(a: &[Operand]) -> Result<Tensor> {
            ops::$name(&tensor(a[0]), &tensor(a[1]))
        }
    )*};
}

of_tensors! { maximum minimum atan2 hypot }

pub fn fmod(a: &[Operand]) -> Result<Tensor> {
    ops::fmod(&tensor(a[0]), a[1])
}

pub fn clamp(a: &[Operand]) -> Result<Tensor> {
    ops::clamp(&tensor(a[0]), Some(a[1]), Some(a[2]))
}

pub fn where_(a: &[Operand]) -> Result<Tensor> {
    ops::where_self(&tensor(a[0]), a[1], a[2])
}

pub fn gelu(a: &[Operand]) -> Result<Tensor> {
    ops::gelu(&tensor(a[0]), "none")
}

pub fn elu(a: &[Operand]) -> Result<Tensor> {
    ops::elu(&tensor(a[0]), 1.0)
}

pub fn leaky_relu(a: &[Operand]) -> Result<Tensor> {
    ops::leaky_relu(&tensor(a[0]), 0.01)
}

pub fn softplus(a: &[Operand]) -> Result<Tensor> {
    ops::softplus(&tensor(a[0]), 1.0, 20.0)
}

/// The Euclidean norm of all arguments together.
pub fn norm(a: &[Operand]) -> Result<Tensor> {
    let parts: Vec<Tensor> = a.iter().map(|x| tensor(*x)).collect();
    ops::norm(&ops::stack(&parts.iter().collect::<Vec<_>>(), 0)?)
}

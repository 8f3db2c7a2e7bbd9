//! What expressions can call: PyTorch's names, each with the operation of wengert that it stands for.

use super::operators as o;
use wengert::{Operand, Result, Tensor};

/// A function or an operator of the expression language.
#[derive(Debug)]
pub struct Function {
    /// As it is written.
    pub name: &'static str,
    /// Least and largest number of arguments.
    pub arity: (usize, usize),
    /// The operation.
    pub apply: fn(&[Operand]) -> Result<Tensor>,
    /// How a step shows it.
    pub notation: Notation,
}

/// How a step is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `sin(x)`
    Call,
    /// `-x`
    Prefix,
    /// `x + y`
    Infix,
    /// `x < y`: a truth value, which only `where` takes.
    Comparison,
}

/// `pi`, `e` and what else Python's `math` and PyTorch have.
pub const CONSTANTS: [(&str, f64); 6] = [
    ("pi", std::f64::consts::PI),
    ("e", std::f64::consts::E),
    ("tau", std::f64::consts::TAU),
    ("inf", f64::INFINITY),
    ("nan", f64::NAN),
    ("π", std::f64::consts::PI),
];

macro_rules! functions {
    ($($name:literal $arity:expr, $notation:ident => $f:expr;)*) => {
        &[$(Function { name: $name, arity: $arity, apply: $f, notation: Notation::$notation }),*]
    };
}

/// Everything that can be called. A prefix minus is named `neg`.
pub static FUNCTIONS: &[Function] = functions! {
    "+" (2, 2), Infix => o::add;
    "-" (2, 2), Infix => o::sub;
    "*" (2, 2), Infix => o::mul;
    "/" (2, 2), Infix => o::div;
    "%" (2, 2), Infix => o::remainder;
    "**" (2, 2), Infix => o::pow;
    "<" (2, 2), Comparison => o::lt;
    "<=" (2, 2), Comparison => o::le;
    ">" (2, 2), Comparison => o::gt;
    ">=" (2, 2), Comparison => o::ge;
    "==" (2, 2), Comparison => o::eq;
    "!=" (2, 2), Comparison => o::ne;
    "neg" (1, 1), Prefix => o::neg;
    "exp" (1, 1), Call => o::exp;
    "exp2" (1, 1), Call => o::exp2;
    "expm1" (1, 1), Call => o::expm1;
    "log" (1, 1), Call => o::log;
    "log2" (1, 1), Call => o::log2;
    "log10" (1, 1), Call => o::log10;
    "log1p" (1, 1), Call => o::log1p;
    "sqrt" (1, 1), Call => o::sqrt;
    "rsqrt" (1, 1), Call => o::rsqrt;
    "square" (1, 1), Call => o::square;
    "reciprocal" (1, 1), Call => o::reciprocal;
    "pow" (2, 2), Call => o::pow;
    "sin" (1, 1), Call => o::sin;
    "cos" (1, 1), Call => o::cos;
    "tan" (1, 1), Call => o::tan;
    "asin" (1, 1), Call => o::asin;
    "acos" (1, 1), Call => o::acos;
    "atan" (1, 1), Call => o::atan;
    "atan2" (2, 2), Call => o::atan2;
    "sinh" (1, 1), Call => o::sinh;
    "cosh" (1, 1), Call => o::cosh;
    "tanh" (1, 1), Call => o::tanh;
    "asinh" (1, 1), Call => o::asinh;
    "acosh" (1, 1), Call => o::acosh;
    "atanh" (1, 1), Call => o::atanh;
    "sigmoid" (1, 1), Call => o::sigmoid;
    "logsigmoid" (1, 1), Call => o::log_sigmoid;
    "softplus" (1, 1), Call => o::softplus;
    "relu" (1, 1), Call => o::relu;
    "leaky_relu" (1, 1), Call => o::leaky_relu;
    "elu" (1, 1), Call => o::elu;
    "selu" (1, 1), Call => o::selu;
    "silu" (1, 1), Call => o::silu;
    "gelu" (1, 1), Call => o::gelu;
    "erf" (1, 1), Call => o::erf;
    "erfc" (1, 1), Call => o::erfc;
    "abs" (1, 1), Call => o::abs;
    "sign" (1, 1), Call => o::sign;
    "floor" (1, 1), Call => o::floor;
    "ceil" (1, 1), Call => o::ceil;
    "round" (1, 1), Call => o::round;
    "trunc" (1, 1), Call => o::trunc;
    "frac" (1, 1), Call => o::frac;
    "fmod" (2, 2), Call => o::fmod;
    "remainder" (2, 2), Call => o::remainder;
    "maximum" (2, 2), Call => o::maximum;
    "minimum" (2, 2), Call => o::minimum;
    "max" (2, 2), Call => o::maximum;
    "min" (2, 2), Call => o::minimum;
    "clamp" (3, 3), Call => o::clamp;
    "hypot" (2, 2), Call => o::hypot;
    "norm" (1, usize::MAX), Call => o::norm;
    "where" (3, 3), Call => o::where_;
};

/// The function or operator of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.name == name)
}

/// The value of a constant.
pub fn constant(name: &str) -> Option<f64> {
    CONSTANTS.iter().find(|c| c.0 == name).map(|c| c.1)
}

/// Names that can be written before a parenthesis.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|f| f.name).filter(|n| n.starts_with(|c: char| c.is_alphabetic()))
}

/// The examples and the list of functions for `wengert grad --help`.
pub fn help() -> String {
    let mut lines = vec![String::new()];
    for name in names() {
        if lines.last().is_some_and(|l| l.len() + name.len() > 96) {
            lines.push(String::new());
        }
        let line = lines.last_mut().expect("there is a first line");
        *line += &format!("{}{name}", if line.is_empty() { "  " } else { " " });
    }
    format!(
        "\
Examples:
  wengert grad '3*x**2 + 2*x*y + y**2' --at x=2,y=1 --order 2
  wengert grad 'sin(x)*exp(-x**2)' --at x=pi/4 --mode forward --steps
  wengert grad 'where(x > 0, x, 0.1*x)' --at x=-3 --graph relu.svg

Expressions: numbers, variables, + - * / % **, parentheses, pi e tau inf nan, comparisons inside where(), and the functions
{}

Everything is computed in float64. From the third order on each mixed derivative is listed once. Reverse mode is the library's engine: it
records the calculation and runs it backward, for higher orders again and again. Forward mode carries derivatives along the steps of the
calculation; it takes each step's own derivatives from the library and combines them by the chain rule for dual numbers. The two agree up to rounding.",
        lines.join("\n")
    )
}

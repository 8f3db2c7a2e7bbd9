//! Wengert's list: a calculation as a sequence of single operations, each on numbers and on results of earlier ones.
//!
//! The parser writes it directly; there is no tree. So a sum of a hundred thousand terms needs no deep stack.

use super::functions::Function;
use crate::error::Result;
use std::ops::Range;
use wengert::{DType, Operand, Scalar, Tensor};

/// The list of an expression.
#[derive(Debug)]
pub struct Program {
    /// What the user wrote.
    pub source: String,
    /// Names of the variables, in order of appearance; each is a step of its own.
    pub variables: Vec<String>,
    /// The operations.
    pub steps: Vec<Step>,
    /// What the expression stands for.
    pub result: Arg,
}

/// One line of the list.
#[derive(Debug)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// On what.
    pub args: Vec<Arg>,
    /// Its text in the source.
    pub span: Range<usize>,
}

/// What a step does.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// Takes the value of a variable, by number.
    Variable(usize),
    /// Calls a function or an operator.
    Call(&'static Function),
}

/// An operand of a step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Arg {
    /// The result of an earlier step.
    Step(usize),
    /// A number.
    Number(f64),
}

/// A 0-dimensional `float64` tensor.
pub fn scalar(v: f64) -> Tensor {
    Tensor::full_of(&[], v, DType::F64)
}

impl Step {
    /// Evaluates a call; `values` are those of earlier steps.
    pub fn call(&self, function: &Function, values: &[Tensor]) -> Result<Tensor> {
        let operands: Vec<Operand> = self
            .args
            .iter()
            .map(|a| match a {
                Arg::Step(i) => Operand::Tensor(&values[*i]),
                Arg::Number(v) => Operand::Scalar(Scalar::Float(*v)),
            })
            .collect();
        Ok((function.apply)(&operands)?)
    }
}

impl Program {
    /// The value of every step, in order, recorded from `leaves`, one for each variable.
    pub fn evaluate(&self, leaves: &[Tensor]) -> Result<Vec<Tensor>> {
        let mut values: Vec<Tensor> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            values.push(match step.op {
                Op::Variable(i) => leaves[i].clone(),
                Op::Call(f) => step.call(f, &values)?,
            });
        }
        Ok(values)
    }

    /// The tensor of an operand.
    pub fn value(&self, arg: Arg, values: &[Tensor]) -> Tensor {
        match arg {
            Arg::Step(i) => values[i].clone(),
            Arg::Number(v) => scalar(v),
        }
    }
}

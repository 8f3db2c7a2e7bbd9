//! Forward accumulation: derivatives travel along the list with the values, step by step, and no graph of the whole is kept.
//!
//! The library knows the partial derivatives of each operation by its inputs, of any order; they are asked for one step at a time. How
//! they combine along the list is the chain rule of this file, for numbers `v + v1 ε1 + v2 ε2 + v12 ε1 ε2 + ...` with `ε² = 0`: one
//! `ε` for each order. If the k-th `ε` is put on variable `i_k`, the coefficient of `ε1 ε2 ...` is the derivative by `i_1, i_2, ...`.
//! So there is one sweep along the list for each derivative, where reverse accumulation needs one for all variables.

use super::index::{Index, Partial, indices};
use super::program::{Arg, Op, Program, Step};
use crate::error::Result;
use std::collections::HashMap;
use wengert::autograd::{self, Options};
use wengert::{Operand, Scalar, Tensor};

/// Partial derivatives of one step by its arguments: `[0, 1]` is that by the first and the second. Those that do not exist, since nothing
/// depends on the argument, are missing.
type Partials = HashMap<Vec<usize>, f64>;

/// A step's number with `ε`: for each set of them, as bits, its coefficient. `None` is zero by structure, and not by chance.
type Dual = Vec<Option<f64>>;

/// A list, ready for sweeps at one point.
pub struct Prepared<'a> {
    program: &'a Program,
    partials: Vec<Partials>,
}

impl<'a> Prepared<'a> {
    /// Asks for the partial derivatives of each step up to `order`, at the values the steps have.
    pub fn new(program: &'a Program, values: &[Tensor], order: usize) -> Result<Prepared<'a>> {
        let partials = program.steps.iter().map(|s| partials(s, values, order)).collect::<Result<_>>()?;
        Ok(Prepared { program, partials })
    }

    /// For each order up to `order` the listed partial derivatives of the result.
    pub fn derivatives(&self, order: usize) -> Vec<Vec<Partial>> {
        let of = |index: Index| {
            let duals = self.sweep(&index);
            let value = coefficient(self.program.result, &duals, (1 << index.len()) - 1);
            (index, value.unwrap_or(0.0))
        };
        (1..=order).map(|k| indices(self.program.variables.len(), k).into_iter().map(of).collect()).collect()
    }

    /// The derivative of each step by one variable; `None` where it does not depend on it.
    pub fn tangents(&self, variable: usize) -> Vec<Option<f64>> {
        self.sweep(&[variable]).iter().map(|d| d[1]).collect()
    }

    /// One sweep along the list, with an `ε` on each variable of `index`.
    fn sweep(&self, index: &[usize]) -> Vec<Dual> {
        let mut duals: Vec<Dual> = Vec::with_capacity(self.partials.len());
        for (step, partials) in self.program.steps.iter().zip(&self.partials) {
            let mut dual: Dual = vec![None; 1 << index.len()];
            match step.op {
                Op::Variable(v) => {
                    for k in (0..index.len()).filter(|k| index[*k] == v) {
                        dual[1 << k] = Some(1.0);
                    }
                }
                Op::Call(_) => {
                    let mut chain = Chain { partials, args: &step.args, duals: &duals, known: HashMap::new() };
                    for (set, coefficient) in dual.iter_mut().enumerate().skip(1) {
                        *coefficient = chain.coefficient(&[], set);
                    }
                }
            }
            duals.push(dual);
        }
        duals
    }
}

fn coefficient(arg: Arg, duals: &[Dual], set: usize) -> Option<f64> {
    match arg {
        Arg::Step(i) => duals[i][set],
        Arg::Number(_) => None,
    }
}

/// The chain rule at one step.
struct Chain<'a> {
    partials: &'a Partials,
    args: &'a [Arg],
    duals: &'a [Dual],
    known: HashMap<(Vec<usize>, usize), Option<f64>>,
}

impl Chain<'_> {
    /// Coefficient of the product of `set` in the partial derivative `by` of this step, at the arguments' dual numbers.
    ///
    /// The first `ε` of the set comes in through one of the arguments, together with some of the others; the rest is in the next
    /// partial derivative.
    fn coefficient(&mut self, by: &[usize], set: usize) -> Option<f64> {
        if set == 0 {
            return self.partials.get(by).copied();
        }
        if let Some(known) = self.known.get(&(by.to_vec(), set)) {
            return *known;
        }
        let first = set & set.wrapping_neg();
        let rest = set ^ first;
        let mut sum = None;
        for (j, arg) in self.args.iter().enumerate() {
            let mut by = by.to_vec();
            by.push(j);
            by.sort_unstable();
            let mut left = rest;
            loop {
                let through = coefficient(*arg, self.duals, first | (rest ^ left));
                if let Some(c) = through
                    && let Some(d) = self.coefficient(&by, left)
                {
                    sum = Some(sum.unwrap_or(0.0) + d * c);
                }
                if left == 0 {
                    break;
                }
                left = (left - 1) & rest;
            }
        }
        self.known.insert((by.to_vec(), set), sum);
        sum
    }
}

/// Partial derivatives of one step by its arguments, up to `order`, from the library's rule for its operation.
fn partials(step: &Step, values: &[Tensor], order: usize) -> Result<Partials> {
    let mut out = Partials::new();
    let Op::Call(function) = step.op else { return Ok(out) };
    let leaves: Vec<Option<Tensor>> = step
        .args
        .iter()
        .map(|a| match a {
            Arg::Step(i) => {
                let t = &values[*i];
                // A tensor of its own for each argument: x * x has two.
                Some(t.detach().requires_grad_(t.requires_grad()))
            }
            Arg::Number(_) => None,
        })
        .collect();
    let operands: Vec<Operand> = step
        .args
        .iter()
        .zip(&leaves)
        .map(|(a, leaf)| match (a, leaf) {
            (Arg::Number(v), _) => Operand::Scalar(Scalar::Float(*v)),
            (_, Some(t)) => Operand::Tensor(t),
            (Arg::Step(_), None) => unreachable!("every step argument has its leaf"),
        })
        .collect();
    let value = (function.apply)(&operands)?;
    let by: Vec<(usize, &Tensor)> = leaves
        .iter()
        .enumerate()
        .filter_map(|(j, t)| Some((j, t.as_ref()?)))
        .filter(|(_, t)| t.requires_grad())
        .collect();
    let tensors: Vec<&Tensor> = by.iter().map(|b| b.1).collect();
    let mut level = vec![(Vec::new(), value)];
    for k in 1..=order {
        let mut next = Vec::new();
        for (index, t) in level.iter().filter(|(_, t)| t.requires_grad()) {
            let options =
                Options { retain_graph: Some(true), create_graph: k < order, allow_unused: true, ..Options::default() };
            let found = autograd::grad_with(&[t], &tensors, None, options)?;
            for ((j, _), g) in by.iter().zip(found) {
                let index = [&index[..], &[*j]].concat();
                if let Some(g) = g.filter(|_| index.is_sorted()) {
                    out.insert(index.clone(), g.item());
                    next.push((index, g));
                }
            }
        }
        level = next;
    }
    Ok(out)
}

//! The equations of `einsum`: which index each dimension of each operand is.

use super::einsum::mistake;
use crate::error::Result;
use std::collections::BTreeMap;

/// An index: a dimension that an ellipsis stands for, counted from the right, or a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Label {
    /// A dimension of the ellipsis. The order of labels is that of an implicit result, leftmost first.
    Ellipsis(std::cmp::Reverse<usize>),
    /// A letter; capitals come first.
    Letter(char),
}

/// A parsed equation that fits its operands.
pub(super) struct Equation {
    /// For each operand, the label of each dimension.
    pub operands: Vec<Vec<Label>>,
    /// The labels of the result.
    pub output: Vec<Label>,
}

/// A subscript list as it is written.
#[derive(Default)]
struct Term {
    before: Vec<char>,
    /// Those after the ellipsis, if there is one.
    after: Option<Vec<char>>,
}

impl Term {
    /// Parses `text`, which begins at index `start` of the equation. `what` names it in messages.
    fn parse(text: &str, start: usize, what: &str, repeated: &str, lonely: &str) -> Result<Term> {
        let mut term = Term::default();
        let chars: Vec<char> = text.chars().collect();
        let mut i = 0;
        while i < chars.len() {
            match chars[i] {
                ' ' => {}
                '.' if term.after.is_some() => return Err(mistake(format!("found '.' for {what} {repeated}"))),
                '.' if chars[i..].starts_with(&['.'; 3]) => {
                    term.after = Some(Vec::new());
                    i += 2;
                }
                '.' => return Err(mistake(format!("found '.' for {what} that is not part of any {lonely}"))),
                c if c.is_ascii_alphabetic() => term.after.as_mut().unwrap_or(&mut term.before).push(c),
                _ => {
                    return Err(mistake(format!(
                        "invalid subscript given at index {} in the equation string, subscripts must be in [a-zA-Z]",
                        start + i
                    )));
                }
            }
            i += 1;
        }
        Ok(term)
    }

    /// Number of letters.
    fn len(&self) -> usize {
        self.before.len() + self.after.as_ref().map_or(0, Vec::len)
    }

    /// The label of each dimension, where the ellipsis stands for `hidden` of them.
    fn labels(&self, hidden: usize) -> Vec<Label> {
        let letters = |list: &[char]| list.iter().map(|&c| Label::Letter(c)).collect::<Vec<_>>();
        let mut out = letters(&self.before);
        if let Some(after) = &self.after {
            out.extend((0..hidden).rev().map(|k| Label::Ellipsis(std::cmp::Reverse(k))));
            out.extend(letters(after));
        }
        out
    }
}

impl Equation {
    /// # Errors
    /// If it is not well formed, or does not fit operands of these shapes.
    pub fn parse(equation: &str, shapes: &[&[usize]]) -> Result<Equation> {
        if shapes.is_empty() {
            return Err(mistake("must provide at least one operand"));
        }
        let (left, right) = match equation.split_once("->") {
            Some((left, right)) => (left, Some(right)),
            None => (equation, None),
        };
        let mut start = 0;
        let mut operands = Vec::new();
        for (i, text) in left.split(',').enumerate() {
            let term = Term::parse(
                text,
                start,
                &format!("operand {i}"),
                "for which an ellipsis was already found",
                "ellipsis",
            )?;
            start += text.chars().count() + 1;
            let Some(shape) = shapes.get(i) else {
                return Err(mistake("fewer operands were provided than specified in the equation"));
            };
            let (n, dims) = (term.len(), shape.len());
            if n > dims || (n < dims && term.after.is_none()) {
                let ellipsis = if term.after.is_some() {
                    "more than the number of dimensions"
                } else {
                    "does not match the number of dimensions"
                };
                let end = if term.after.is_some() { "" } else { " and no ellipsis was given" };
                return Err(mistake(format!(
                    "the number of subscripts in the equation ({n}) {ellipsis} ({dims}) for operand {i}{end}"
                )));
            }
            operands.push(term.labels(dims - n));
        }
        if operands.len() < shapes.len() {
            return Err(mistake("more operands were provided than specified in the equation"));
        }
        check_sizes(&operands, shapes)?;
        let output = match right {
            Some(text) => explicit(text, start + 1, &operands)?,
            None => implicit(&operands),
        };
        Ok(Equation { operands, output })
    }

    /// The labels of the result, then those that are summed over.
    pub fn order(&self) -> Vec<Label> {
        let mut all: Vec<Label> = self.operands.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let mut order = self.output.clone();
        order.extend(all.into_iter().filter(|l| !self.output.contains(l)));
        order
    }
}

fn explicit(text: &str, start: usize, operands: &[Vec<Label>]) -> Result<Vec<Label>> {
    let term = Term::parse(text, start, "output", "but an ellipsis (...) was already found", "ellipsis (...)")?;
    let hidden = operands.iter().flatten().filter_map(|l| match l {
        Label::Ellipsis(k) => Some(k.0 + 1),
        Label::Letter(_) => None,
    });
    let output = term.labels(hidden.max().unwrap_or(0));
    for (i, l) in output.iter().enumerate() {
        let Label::Letter(c) = l else { continue };
        if output[..i].contains(l) {
            return Err(mistake(format!("output subscript {c} appears more than once in the output")));
        }
        if !operands.iter().flatten().any(|m| m == l) {
            return Err(mistake(format!("output subscript {c} does not appear in the equation for any input operand")));
        }
    }
    Ok(output)
}

/// The ellipsis, then the letters that occur once, in alphabetical order.
fn implicit(operands: &[Vec<Label>]) -> Vec<Label> {
    let mut count: BTreeMap<Label, usize> = BTreeMap::new();
    for l in operands.iter().flatten() {
        *count.entry(*l).or_default() += 1;
    }
    count.into_iter().filter(|(l, n)| *n == 1 || matches!(l, Label::Ellipsis(_))).map(|(l, _)| l).collect()
}

fn check_sizes(operands: &[Vec<Label>], shapes: &[&[usize]]) -> Result<()> {
    let mut seen: BTreeMap<Label, usize> = BTreeMap::new();
    for (i, (labels, shape)) in operands.iter().zip(shapes).enumerate() {
        for (d, (&l, &n)) in labels.iter().zip(*shape).enumerate() {
            if let Some(e) = labels[..d].iter().position(|m| *m == l)
                && let Label::Letter(c) = l
                && shape[e] != n
            {
                return Err(mistake(format!(
                    "subscript {c} is repeated for operand {i} but the sizes don't match, {n} != {}",
                    shape[e]
                )));
            }
            let size = seen.entry(l).or_insert(1);
            if *size != 1 && n != 1 && n != *size {
                return Err(mistake(match l {
                    Label::Letter(c) => format!(
                        "subscript {c} has size {n} for operand {i} which does not broadcast with previously seen size {size}"
                    ),
                    Label::Ellipsis(_) => {
                        let first = labels.iter().position(|m| matches!(m, Label::Ellipsis(_))).unwrap_or(0);
                        format!(
                            "dimension {} covered by ellipsis in operand {i}has size {n} which does not broadcast with previously seen ellipsis with size {size} for the respective dimension",
                            d - first
                        )
                    }
                }));
            }
            if n != 1 {
                *size = n;
            }
        }
    }
    Ok(())
}

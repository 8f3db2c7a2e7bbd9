//! Tokens to a [`Program`]: Python's operators and precedences.

use super::functions::{self, Function, Notation};
use super::lexer::{Token, lex};
use super::program::{Arg, Op, Program, Step};
use crate::error::{CliError, Result, similar};
use std::ops::Range;

/// How deep parentheses, signs and powers may be nested.
const DEPTH: usize = 200;

/// An operand with its text.
type Value = (Arg, Range<usize>);

struct Parser<'a> {
    source: &'a str,
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: usize,
    variables: Vec<String>,
    /// The step of each variable.
    loads: Vec<usize>,
    steps: Vec<Step>,
}

/// Parses an expression.
///
/// # Errors
/// With a mark at the offending place.
pub fn parse(source: &str) -> Result<Program> {
    let tokens = lex(source)?;
    let mut p = Parser { source, tokens, at: 0, depth: 0, variables: Vec::new(), loads: Vec::new(), steps: Vec::new() };
    if *p.token() == Token::End {
        return Err(CliError::new("the expression is empty").mark(source, 0..0));
    }
    let (result, span) = p.value()?;
    match p.token() {
        Token::End => {}
        Token::Close => return Err(p.error("unmatched ')'")),
        Token::Comma => return Err(p.error("a comma belongs between the arguments of a function")),
        Token::Equals => return Err(p.error("'=' has no place in an expression").hint("write '==' to compare")),
        _ => return Err(p.missing_operator(span)),
    }
    Ok(Program { source: source.to_string(), variables: p.variables, steps: p.steps, result })
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        &self.tokens[self.at].0
    }
    fn span(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }
    /// The operator that comes next, if it is one of `set`.
    fn operator(&self, set: &[&str]) -> Option<&'static str> {
        match self.token() {
            Token::Operator(op) if set.contains(op) => Some(op),
            _ => None,
        }
    }
    fn error(&self, message: impl Into<String>) -> CliError {
        CliError::new(message).mark(self.source, self.span())
    }
    fn emit(&mut self, function: &'static Function, args: &[&Value], span: Range<usize>) -> Value {
        self.steps.push(Step { op: Op::Call(function), args: args.iter().map(|v| v.0).collect(), span: span.clone() });
        (Arg::Step(self.steps.len() - 1), span)
    }
    fn is_truth(&self, v: &Value) -> bool {
        matches!(v.0, Arg::Step(i) if matches!(self.steps[i].op, Op::Call(f) if f.notation == Notation::Comparison))
    }
    /// Refuses a comparison where a number is meant.
    fn number(&self, v: Value) -> Result<Value> {
        if self.is_truth(&v) {
            return Err(CliError::new("a comparison is no number")
                .mark(self.source, v.1)
                .hint("use it as the condition of where(condition, a, b)"));
        }
        Ok(v)
    }

    /// An expression whose value is a number.
    fn value(&mut self) -> Result<Value> {
        let v = self.comparison()?;
        self.number(v)
    }

    fn comparison(&mut self) -> Result<Value> {
        const SIGNS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];
        let left = self.sum()?;
        let Some(op) = self.operator(&SIGNS) else { return Ok(left) };
        let left = self.number(left)?;
        self.at += 1;
        let right = self.sum()?;
        let right = self.number(right)?;
        if self.operator(&SIGNS).is_some() {
            return Err(self.error("comparisons cannot be chained"));
        }
        let span = left.1.start..right.1.end;
        Ok(self.emit(known(op), &[&left, &right], span))
    }

    fn sum(&mut self) -> Result<Value> {
        self.chain(&["+", "-"], |p| p.chain(&["*", "/", "%"], Parser::signed))
    }

    /// Operators of one rank, from left to right.
    fn chain(&mut self, set: &[&str], operand: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        let mut left = operand(self)?;
        while let Some(op) = self.operator(set) {
            left = self.number(left)?;
            self.at += 1;
            let right = operand(self)?;
            let right = self.number(right)?;
            let span = left.1.start..right.1.end;
            left = self.emit(known(op), &[&left, &right], span);
        }
        Ok(left)
    }

    /// Signs bind weaker than `**` on their right: `-x**2` is `-(x**2)`.
    fn signed(&mut self) -> Result<Value> {
        let Some(op) = self.operator(&["+", "-"]) else { return self.power() };
        let start = self.span().start;
        self.at += 1;
        let v = self.nested(Parser::signed)?;
        let v = self.number(v)?;
        let span = start..v.1.end;
        Ok(match (op, v.0) {
            ("+", arg) => (arg, span),
            (_, Arg::Number(n)) => (Arg::Number(-n), span),
            _ => self.emit(known("neg"), &[&v], span),
        })
    }

    fn power(&mut self) -> Result<Value> {
        let base = self.atom()?;
        if self.operator(&["**"]).is_none() {
            return Ok(base);
        }
        let base = self.number(base)?;
        self.at += 1;
        let exponent = self.nested(Parser::signed)?;
        let exponent = self.number(exponent)?;
        let span = base.1.start..exponent.1.end;
        Ok(self.emit(known("**"), &[&base, &exponent], span))
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        if self.depth == DEPTH {
            return Err(self.error(format!("the expression is nested more than {DEPTH} levels deep")));
        }
        self.depth += 1;
        let v = inner(self);
        self.depth -= 1;
        v
    }

    fn atom(&mut self) -> Result<Value> {
        let (token, span) = self.tokens[self.at].clone();
        match token {
            Token::Number(v) => {
                self.at += 1;
                Ok((Arg::Number(v), span))
            }
            Token::Name(name) => {
                self.at += 1;
                if *self.token() == Token::Open { self.call(&name, span) } else { self.name(name, span) }
            }
            Token::Open => {
                self.at += 1;
                let (arg, _) = self.nested(Parser::comparison)?;
                let end = self.close(span.start)?;
                Ok((arg, span.start..end))
            }
            _ => Err(self.missing_operand()),
        }
    }

    /// The end of the closing parenthesis, which must come here, of the one at `open`.
    fn close(&mut self, open: usize) -> Result<usize> {
        let span = self.span();
        match self.token() {
            Token::Close => {
                self.at += 1;
                Ok(span.end)
            }
            Token::End => Err(CliError::new("'(' is never closed").mark(self.source, open..open + 1)),
            Token::Comma => Err(self.error("a comma belongs between the arguments of a function")),
            Token::Equals => Err(self.error("'=' has no place in an expression").hint("write '==' to compare")),
            _ => Err(self.missing_operator(open..self.tokens[self.at - 1].1.end)),
        }
    }

    fn name(&mut self, name: String, span: Range<usize>) -> Result<Value> {
        if let Some(v) = functions::constant(&name) {
            return Ok((Arg::Number(v), span));
        }
        if let Some(f) = functions::find(&name) {
            let arguments = ["a", "b", "c"][..f.arity.0.clamp(1, 3)].join(", ");
            return Err(CliError::new(format!("{name} is a function: its arguments go in parentheses"))
                .mark(self.source, span)
                .hint(format!("write {name}({arguments})")));
        }
        let i = self.variables.iter().position(|v| *v == name).unwrap_or_else(|| {
            self.variables.push(name);
            self.loads.push(self.steps.len());
            let op = Op::Variable(self.variables.len() - 1);
            self.steps.push(Step { op, args: Vec::new(), span: span.clone() });
            self.variables.len() - 1
        });
        Ok((Arg::Step(self.loads[i]), span))
    }

    fn call(&mut self, name: &str, span: Range<usize>) -> Result<Value> {
        let Some(f) = functions::find(name) else { return Err(self.unknown_function(name, span)) };
        let open = self.span().start;
        self.at += 1;
        let mut args: Vec<Value> = Vec::new();
        while *self.token() != Token::Close || !args.is_empty() {
            let v = self.nested(Parser::comparison)?;
            let condition = name == "where" && args.is_empty();
            if condition && !self.is_truth(&v) {
                return Err(CliError::new("where needs a comparison as its condition")
                    .mark(self.source, v.1)
                    .hint("as in where(x > 0, x, 0)"));
            }
            args.push(if condition { v } else { self.number(v)? });
            if *self.token() != Token::Comma {
                break;
            }
            self.at += 1;
        }
        let end = self.close(open)?;
        let (least, most) = f.arity;
        if args.len() < least || args.len() > most {
            let takes = match (least, most) {
                (1, 1) => "1 argument".to_string(),
                (a, usize::MAX) => format!("{a} or more arguments"),
                (a, b) if a == b => format!("{a} arguments"),
                (a, b) => format!("{a} to {b} arguments"),
            };
            return Err(
                CliError::new(format!("{name} takes {takes}, not {}", args.len())).mark(self.source, span.start..end)
            );
        }
        let refs: Vec<&Value> = args.iter().collect();
        Ok(self.emit(f, &refs, span.start..end))
    }

    fn unknown_function(&self, name: &str, span: Range<usize>) -> CliError {
        let product = functions::constant(name).is_some() || self.variables.iter().any(|v| v == name);
        let e = CliError::new(format!("unknown function '{name}'")).mark(self.source, span);
        match similar(name, functions::names()) {
            _ if product => e.hint(format!("for a product write {name}*(...)")),
            Some(s) => e.hint(format!("did you mean {s}?")),
            None => e.hint("`wengert grad --help` lists the functions"),
        }
    }

    fn missing_operand(&self) -> CliError {
        let before = self.at.checked_sub(1).map(|i| &self.source[self.tokens[i].1.clone()]);
        match (self.token(), before) {
            (Token::End, Some(b)) => self.error(format!("an operand is missing after '{b}'")),
            (Token::Close, Some(b)) => self.error(format!("an operand is missing between '{b}' and ')'")),
            (_, _) => self.error(format!("an operand is missing before '{}'", &self.source[self.span()])),
        }
    }

    fn missing_operator(&self, before: Range<usize>) -> CliError {
        let next = &self.source[self.span()];
        let e = self.error(format!("an operator is missing before '{next}'"));
        let name = matches!(self.token(), Token::Name(_));
        let left = &self.source[before];
        if (name || *self.token() == Token::Open) && left.len() < 20 {
            e.hint(format!("for a product write {left}*{next}"))
        } else {
            e
        }
    }
}

fn known(operator: &str) -> &'static Function {
    functions::find(operator).expect("every operator is in the table")
}

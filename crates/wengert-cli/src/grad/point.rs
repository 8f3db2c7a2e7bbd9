//! `--at x=2,y=pi/4`: values for the variables.

use super::functions;
use super::lexer::{Token, lex};
use super::parser::parse;
use super::program::Program;
use crate::error::{CliError, Result, similar};
use std::ops::Range;

/// One value of `--at`.
struct Given {
    name: String,
    value: f64,
    /// The option's text, and where the name stands in it.
    text: String,
    span: Range<usize>,
}

/// Names and values in the order of `--at`, which must be those of the program.
///
/// # Errors
/// For malformed, doubled, unknown and missing values.
pub fn point(options: &[String], program: &Program) -> Result<Vec<(String, f64)>> {
    let mut given: Vec<Given> = Vec::new();
    for text in options {
        for (span, value) in pieces(text)? {
            let new = one(text, span, value)?;
            if given.iter().any(|g| g.name == new.name) {
                return Err(CliError::new(format!("{} is given twice", new.name)).mark(text, new.span));
            }
            given.push(new);
        }
    }
    for name in &program.variables {
        if !given.iter().any(|g| g.name == *name) {
            return Err(missing(name, &given, program));
        }
    }
    for g in &given {
        if !program.variables.contains(&g.name) {
            let e = CliError::new(format!("the expression has no variable {}", g.name)).mark(&g.text, g.span.clone());
            return Err(match similar(&g.name, program.variables.iter().map(String::as_str)) {
                Some(s) => e.hint(format!("did you mean {s}?")),
                None if program.variables.is_empty() => e.hint("it has none at all"),
                None => e.hint(format!("its variables are {}", program.variables.join(", "))),
            });
        }
    }
    Ok(given.into_iter().map(|g| (g.name, g.value)).collect())
}

fn missing(name: &str, given: &[Given], program: &Program) -> CliError {
    let step = program.steps.iter().find(|s| program.source[s.span.clone()] == *name);
    let span = step.map_or(0..0, |s| s.span.clone());
    let e = CliError::new(format!("no value for the variable {name}")).mark(&program.source, span);
    let mut known: Vec<&str> = given.iter().map(|g| g.name.as_str()).collect();
    known.retain(|g| !program.variables.iter().any(|v| v == g));
    for name in functions::names().chain(functions::CONSTANTS.iter().map(|c| c.0)) {
        known.push(name);
    }
    match similar(name, known) {
        Some(s) => e.hint(format!("did you mean {s}? else give the value: --at {name}=1")),
        None if given.is_empty() => e.hint(format!("give it: --at {name}=1")),
        None => e.hint(format!("give it: --at {},{name}=1", given[0].text)),
    }
}

/// Cuts at the commas that are not inside parentheses: for each piece its bytes and those after its `=`.
fn pieces(text: &str) -> Result<Vec<(Range<usize>, Range<usize>)>> {
    let mut out = Vec::new();
    let (mut depth, mut start, mut equals) = (0i32, 0, None);
    for (token, span) in lex(text)? {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Equals if depth == 0 && equals.is_none() => equals = Some(span.start),
            Token::Comma | Token::End if depth <= 0 || token == Token::End => {
                let piece = start..span.start;
                let Some(eq) = equals.take() else {
                    return Err(CliError::new("--at wants name=value").mark(text, piece).hint("as in --at x=2,y=1"));
                };
                out.push((piece.start..eq, eq + 1..piece.end));
                start = span.end;
            }
            _ => {}
        }
    }
    Ok(out)
}

fn one(text: &str, name: Range<usize>, value: Range<usize>) -> Result<Given> {
    let trimmed = text[name.clone()].trim();
    let from = name.start + text[name.clone()].find(trimmed).unwrap_or(0);
    let span = from..from + trimmed.len();
    let single = matches!(&lex(trimmed)?[..], [(Token::Name(_), _), (Token::End, _)]);
    if !single {
        return Err(CliError::new(format!("'{trimmed}' is not a name")).mark(text, span));
    }
    if functions::constant(trimmed).is_some() || functions::find(trimmed).is_some() {
        return Err(CliError::new(format!("{trimmed} has a meaning already and cannot be a variable")).mark(text, span));
    }
    if text[value.clone()].trim().is_empty() {
        return Err(CliError::new(format!("the value of {trimmed} is missing")).mark(text, value));
    }
    let program = parse(&text[value.clone()]).map_err(|e| e.within(text, value.start))?;
    if !program.variables.is_empty() {
        return Err(CliError::new(format!("the value of {trimmed} must be a number")).mark(text, value));
    }
    let values = program.evaluate(&[])?;
    let value = program.value(program.result, &values).item();
    Ok(Given { name: trimmed.to_string(), value, text: text.to_string(), span })
}

//! The output of `wengert grad`.

use super::functions::Notation;
use super::program::{Arg, Op, Program};
use wengert::Tensor;

/// A number with all its digits, as Python prints it.
pub fn number(v: f64) -> String {
    if v.is_nan() {
        return "nan".to_string();
    }
    let size = v.abs();
    let plain = size == 0.0 || size.is_infinite() || (1e-5..1e16).contains(&size);
    if plain { format!("{v}") } else { format!("{v:e}") }
}

/// The text of step `i`: `v3 = v1*v2`.
pub fn step(program: &Program, i: usize) -> String {
    let step = &program.steps[i];
    let arg = |a: &Arg| match a {
        Arg::Step(i) => format!("v{}", i + 1),
        Arg::Number(v) if *v < 0.0 => format!("({})", number(*v)),
        Arg::Number(v) => number(*v),
    };
    let args: Vec<String> = step.args.iter().map(arg).collect();
    let text = match step.op {
        Op::Variable(v) => program.variables[v].clone(),
        Op::Call(f) => match f.notation {
            Notation::Call => format!("{}({})", f.name, args.join(", ")),
            Notation::Prefix => format!("-{}", args[0]),
            Notation::Comparison => args.join(&format!(" {} ", f.name)),
            Notation::Infix if f.name == "+" || f.name == "-" => args.join(&format!(" {} ", f.name)),
            Notation::Infix => args.join(f.name),
        },
    };
    format!("v{} = {text}", i + 1)
}

/// The value of a step, which may be a truth value.
pub fn value(t: &Tensor) -> String {
    if t.dtype() == wengert::DType::Bool { (t.item() != 0.0).to_string() } else { number(t.item()) }
}

/// Lines of cells, the columns left-justified; the first line is the heading.
pub fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|s| s.chars().count()).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(s, &w)| format!("{s:w$}")).collect();
        cells.join("   ").trim_end().to_string()
    };
    rows.iter().map(line).collect()
}

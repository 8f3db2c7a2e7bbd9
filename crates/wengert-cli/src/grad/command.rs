//! From the command line to the output.

use super::forward::Prepared;
use super::index::{self, Partial};
use super::parser::parse;
use super::point::point;
use super::program::Program;
use super::reverse::Recorded;
use super::show;
use crate::args::{GradArgs, Mode};
use crate::error::{CliError, Result};
use crate::output;
use crate::style::Style;
use wengert::autograd::Graph;

/// The highest order of derivatives.
const ORDER: usize = 10;

/// `wengert grad`.
pub fn run(args: &GradArgs) -> Result<()> {
    if !(1..=ORDER).contains(&args.order) {
        return Err(CliError::new(format!("--order is from 1 to {ORDER}, not {}", args.order)));
    }
    let mut program = parse(&args.expression)?;
    let point = point(&args.at, &program)?;
    number_variables(&mut program, &point);
    if !index::is_sensible(point.len(), args.order) {
        return Err(CliError::new(format!(
            "{} variables have too many derivatives of order {} to list",
            point.len(),
            args.order
        )));
    }
    let numbers: Vec<f64> = point.iter().map(|p| p.1).collect();
    let recorded = Recorded::new(&program, &numbers)?;
    let (partials, steps) = match args.mode {
        Mode::Reverse => (recorded.derivatives(args.order)?, args.steps.then(|| reverse_steps(&program, &recorded))),
        Mode::Forward => {
            let prepared = Prepared::new(&program, recorded.values(), args.order)?;
            let steps = args.steps.then(|| Ok(forward_steps(&program, &recorded, &prepared)));
            (prepared.derivatives(args.order), steps)
        }
    };
    let style = Style::stdout();
    let mut text = String::new();
    if let Some(rows) = steps.transpose()? {
        let mut lines = show::table(&rows).into_iter();
        text += &format!("{}\n", style.bold(&lines.next().unwrap_or_default()));
        lines.for_each(|l| text += &format!("{l}\n"));
        text.push('\n');
    }
    text += &listing(&program, recorded.result.item(), &partials);
    if let Some(path) = &args.graph {
        output::write_file(path, Graph::of(&recorded.named()).to_svg().as_bytes())?;
        text += &format!("graph written to {}\n", path.display());
    }
    output::print(&text)
}

/// Numbers the variables in the order of `--at`.
fn number_variables(program: &mut Program, point: &[(String, f64)]) {
    let old = std::mem::replace(&mut program.variables, point.iter().map(|p| p.0.clone()).collect());
    let place = |v: usize| point.iter().position(|p| p.0 == old[v]).expect("names and variables were compared");
    for step in &mut program.steps {
        if let super::program::Op::Variable(v) = &mut step.op {
            *v = place(*v);
        }
    }
}

fn listing(program: &Program, value: f64, partials: &[Vec<Partial>]) -> String {
    let mut rows = vec![vec!["f".to_string(), show::number(value)]];
    for (index, v) in partials.iter().flatten() {
        rows.push(vec![index::name(index, &program.variables), show::number(*v)]);
    }
    show::table(&rows).join("\n") + "\n"
}

fn reverse_steps(program: &Program, recorded: &Recorded) -> Result<Vec<Vec<String>>> {
    let mut rows = vec![vec!["step".to_string(), "value".to_string(), "adjoint df/dv".to_string()]];
    for (i, adjoint) in recorded.adjoints()?.into_iter().enumerate() {
        let value = show::value(&recorded.values()[i]);
        rows.push(vec![show::step(program, i), value, adjoint.map_or("-".to_string(), show::number)]);
    }
    Ok(rows)
}

fn forward_steps(program: &Program, recorded: &Recorded, prepared: &Prepared) -> Vec<Vec<String>> {
    let tangents: Vec<Vec<Option<f64>>> = (0..program.variables.len()).map(|v| prepared.tangents(v)).collect();
    let mut head = vec!["step".to_string(), "value".to_string()];
    head.extend(program.variables.iter().map(|v| format!("tangent dv/d{v}")));
    let mut rows = vec![head];
    for (i, t) in recorded.values().iter().enumerate() {
        let mut row = vec![show::step(program, i), show::value(t)];
        row.extend(tangents.iter().map(|by| by[i].map_or("0".to_string(), show::number)));
        rows.push(row);
    }
    rows
}

//! `wengert tour`: the tutorials' lessons. What is shown is the text of the function that runs, each in its own file of `lessons/`.

use crate::args::TourArgs;
use crate::error::{CliError, Result, similar};
use crate::output;
use crate::style::Style;
use std::cell::RefCell;

thread_local! {
    /// What the running lesson has printed.
    static PRINTED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// In lessons, `println!` prints to where the tour can pick it up.
macro_rules! println {
    ($($arg:tt)*) => {
        $crate::tour::printed(&format!($($arg)*))
    };
}

mod lessons {
    pub mod accumulation;
    pub mod backward;
    pub mod control_flow;
    pub mod detach;
    pub mod forward_mode;
    pub mod grad_fn;
    pub mod gradient_descent;
    pub mod in_place;
    pub mod leaf;
    pub mod retain_graph;
    pub mod second_derivative;
    pub mod vector;
}

fn printed(line: &str) {
    PRINTED.with_borrow_mut(|p| {
        p.push_str(line);
        p.push('\n');
    });
}

/// A lesson: its name, title, file and function.
struct Lesson {
    name: &'static str,
    title: &'static str,
    file: &'static str,
    run: fn(),
}

macro_rules! lessons {
    ($($name:ident $title:literal,)*) => {
        [$(Lesson {
            name: stringify!($name),
            title: $title,
            file: include_str!(concat!("lessons/", stringify!($name), ".rs")),
            run: lessons::$name::run,
        }),*]
    };
}

static LESSONS: [Lesson; 12] = lessons! {
    leaf "Leaves",
    grad_fn "The graph behind a result",
    backward "Backward",
    vector "Vector-Jacobian products",
    accumulation "Gradients add up",
    retain_graph "Running a graph twice",
    detach "Out of the graph",
    control_flow "Loops and branches",
    second_derivative "Derivatives of derivatives",
    forward_mode "Forward against reverse",
    in_place "In-place changes",
    gradient_descent "Gradient descent",
};

impl Lesson {
    /// The words before the code.
    fn text(&self) -> String {
        let lines = self.file.lines().map_while(|l| l.strip_prefix("//!"));
        lines.map(|l| format!("{}\n", l.trim())).collect()
    }

    /// The code, without the frame of the function.
    fn code(&self) -> String {
        let lines: Vec<&str> = self.file.lines().skip_while(|l| l.starts_with("//!") || l.is_empty()).collect();
        let body = |l: &str| format!("    {}\n", l.strip_prefix("    ").unwrap_or(l)).replace("    \n", "\n");
        let kept = lines.iter().filter(|l| !matches!(**l, "pub fn run() {" | "}"));
        kept.map(|l| body(l)).collect()
    }

    /// Runs it; gives what it prints.
    fn output(&self) -> String {
        PRINTED.with_borrow_mut(String::clear);
        (self.run)();
        PRINTED.take()
    }

    /// Everything.
    fn show(&self, number: usize, style: Style) -> String {
        let output: String = self.output().lines().map(|l| format!("    {l}\n")).collect();
        format!(
            "{}\n\n{}\n{}\n\n{}\n\n{output}",
            style.bold(&format!("{number}. {} ({})", self.title, self.name)),
            self.text(),
            style.cyan(self.code().trim_end_matches('\n')),
            style.dim("prints"),
        )
    }
}

/// `wengert tour`.
pub fn run(args: &TourArgs) -> Result<()> {
    let style = Style::stdout();
    if args.list {
        let line = |(i, l): (usize, &Lesson)| format!("{:2}  {:18} {}\n", i + 1, l.name, l.title);
        return output::print(&LESSONS.iter().enumerate().map(line).collect::<String>());
    }
    let Some(wanted) = &args.lesson else {
        for (i, lesson) in LESSONS.iter().enumerate() {
            let gap = if i > 0 { "\n" } else { "" };
            output::print(&format!("{gap}{}", lesson.show(i + 1, style)))?;
        }
        return Ok(());
    };
    let name = wanted.replace('-', "_").to_lowercase();
    let number = name.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|n| *n < LESSONS.len());
    match number.or(LESSONS.iter().position(|l| l.name == name)) {
        Some(i) => output::print(&LESSONS[i].show(i + 1, style)),
        None => {
            let e = CliError::new(format!("there is no lesson '{wanted}'"));
            Err(match similar(&name, LESSONS.iter().map(|l| l.name)) {
                Some(s) => e.hint(format!("did you mean {s}?")),
                None => e.hint("`wengert tour --list` lists the lessons"),
            })
        }
    }
}

#[cfg(test)]
mod tests;

//! What ends the program early: a text for the user and an exit status.

use crate::style::Style;
use std::fmt;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// `Result` of the program's parts.
pub type Result<T, E = CliError> = std::result::Result<T, E>;

/// A message for the user. Everything that is wrong with what was given (options, expressions, files) ends with status 2, as clap's own
/// errors do.
#[derive(Debug)]
pub struct CliError {
    message: String,
    hint: Option<String>,
    /// Source line, and what to mark in it.
    mark: Option<(String, Range<usize>)>,
    /// The exit status.
    pub code: u8,
}

impl CliError {
    /// Something the user gave is wrong.
    pub fn new(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), hint: None, mark: None, code: 2 }
    }
    /// Stopped by Ctrl-C.
    pub fn interrupted(message: impl Into<String>) -> CliError {
        CliError { code: 130, ..CliError::new(message) }
    }
    /// Adds what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> CliError {
        self.hint = Some(hint.into());
        self
    }
    /// Adds the line it is about, with a caret under these bytes.
    pub fn mark(mut self, source: &str, at: Range<usize>) -> CliError {
        self.mark = Some((source.to_string(), at));
        self
    }

    /// The same error in a longer line of which its line is the part from byte `offset`.
    pub fn within(mut self, line: &str, offset: usize) -> CliError {
        if let Some((source, at)) = &mut self.mark {
            *source = line.to_string();
            *at = at.start + offset..at.end + offset;
        }
        self
    }

    /// The text for the terminal.
    pub fn render(&self, style: Style) -> String {
        let head = if self.code == 2 { style.red("error") } else { style.bold("stopped") };
        let mut out = format!("{head}: {}\n", self.message);
        if let Some((source, at)) = &self.mark {
            let before = source[..at.start].width();
            let carets = source[at.clone()].width().max(1);
            out += &format!("  {source}\n  {}{}\n", " ".repeat(before), style.red(&"^".repeat(carets)));
        }
        if let Some(hint) = &self.hint {
            out += &format!("{}: {hint}\n", style.bold("hint"));
        }
        out
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::PLAIN))
    }
}

impl From<wengert::Error> for CliError {
    fn from(e: wengert::Error) -> CliError {
        // The system's number for what it has just said in words.
        let message = e.message();
        let end = message.rfind(" (os error ").filter(|_| message.ends_with(')')).unwrap_or(message.len());
        CliError::new(&message[..end])
    }
}

/// The name among `known` that somebody who wrote `name` may have meant.
pub fn similar<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|k| (distance(&lower, &k.to_lowercase()), k))
        // Something of the name must be left.
        .filter(|(d, k)| *d <= allowed && *d < k.chars().count().min(name.chars().count()))
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Edit distance, a swap of neighbours counting as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut d = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    d = d.min(rows[i - 2][j - 2] + 1);
                }
                d
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_wide_characters() {
        let e = CliError::new("what").mark("(梯度) + q", 11..12);
        assert_eq!(e.to_string(), "error: what\n  (梯度) + q\n           ^\n");
    }

    #[test]
    fn near_names() {
        let known = ["sin", "sinh", "sqrt", "sigmoid"];
        assert_eq!(similar("sinn", known), Some("sin"));
        assert_eq!(similar("sqtr", known), Some("sqrt"));
        assert_eq!(similar("Sigmod", known), Some("sigmoid"));
        assert_eq!(similar("foo", known), None);
        assert_eq!(similar("z", ["x"]), None);
    }
}

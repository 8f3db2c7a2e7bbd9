//! Colours, on terminals only.

use std::io::IsTerminal;

/// Writes terminal colours, or nothing.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    on: bool,
}

impl Style {
    /// Without colours.
    pub const PLAIN: Style = Style { on: false };

    /// For standard output.
    pub fn stdout() -> Style {
        Style::of(std::io::stdout().is_terminal())
    }
    /// For standard error.
    pub fn stderr() -> Style {
        Style::of(std::io::stderr().is_terminal())
    }
    fn of(terminal: bool) -> Style {
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        Style { on: terminal && !dumb && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
    /// Errors.
    pub fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }
    /// Headings.
    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }
    /// What is less important.
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
    /// Names, source text.
    pub fn cyan(self, text: &str) -> String {
        self.paint("36", text)
    }
}

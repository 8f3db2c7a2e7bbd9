//! Text to tokens.

use crate::error::{CliError, Result};
use std::ops::Range;

/// A piece of an expression.
#[derive(Clone, PartialEq, Debug)]
pub enum Token {
    /// A number.
    Number(f64),
    /// A variable, constant or function; without the prefix `torch.`, `math.` or `np.`.
    Name(String),
    /// `+ - * / % **` or a comparison.
    Operator(&'static str),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `=`
    Equals,
    /// The end of the text.
    End,
}

/// Longer ones first.
const OPERATORS: [&str; 12] = ["**", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">"];

/// Characters that look like others, and what they probably mean. The last ones are full-width forms, as typed with a Chinese keyboard.
const LOOKALIKES: [(char, &str); 17] = [
    ('^', "**"),
    ('\u{2212}', "-"),
    ('\u{2013}', "-"),
    ('\u{d7}', "*"),
    ('\u{b7}', "*"),
    ('\u{f7}', "/"),
    ('[', "("),
    (']', ")"),
    ('{', "("),
    ('}', ")"),
    ('\u{ff08}', "("),
    ('\u{ff09}', ")"),
    ('\u{ff0c}', ","),
    ('\u{ff0b}', "+"),
    ('\u{ff0d}', "-"),
    ('\u{ff0a}', "*"),
    ('\u{ff1d}', "="),
];

/// Cuts `source` into tokens, each with its bytes; the last is [`Token::End`].
///
/// # Errors
/// At a character that belongs to no token, and at a malformed number.
pub fn lex(source: &str) -> Result<Vec<(Token, Range<usize>)>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let (token, end) = next(source, at, c)?;
        out.push((token, at..end));
        at = end;
    }
    out.push((Token::End, source.len()..source.len()));
    Ok(out)
}

fn next(source: &str, at: usize, c: char) -> Result<(Token, usize)> {
    let rest = &source[at..];
    if let Some(op) = OPERATORS.iter().find(|op| rest.starts_with(**op)) {
        return Ok((Token::Operator(op), at + op.len()));
    }
    let digit_next = rest[c.len_utf8()..].starts_with(|d: char| d.is_ascii_digit());
    if c.is_ascii_digit() || (c == '.' && digit_next) {
        return number(source, at);
    }
    if c.is_alphabetic() || c == '_' {
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
        let name = rest[..length].trim_end_matches('.');
        let bare = ["torch.", "math.", "np."].iter().find_map(|p| name.strip_prefix(p)).unwrap_or(name);
        if let Some(dot) = bare.find('.') {
            return Err(CliError::new(format!("'{name}': expressions have functions, not methods"))
                .mark(source, at..at + name.len())
                .hint(format!("write {}({})", &bare[dot + 1..], &bare[..dot])));
        }
        return Ok((Token::Name(bare.to_string()), at + name.len()));
    }
    let token = match c {
        '(' => Token::Open,
        ')' => Token::Close,
        ',' => Token::Comma,
        '=' => Token::Equals,
        _ => {
            let e = CliError::new(format!("unexpected character '{c}'")).mark(source, at..at + c.len_utf8());
            let meant = LOOKALIKES.iter().find(|(odd, _)| *odd == c);
            return Err(match meant {
                Some((_, plain)) => e.hint(format!("write '{plain}'")),
                None => e,
            });
        }
    };
    Ok((token, at + 1))
}

/// Digits, a point, an exponent, underscores between digits: as in Python.
fn number(source: &str, at: usize) -> Result<(Token, usize)> {
    let bytes = source.as_bytes();
    let digits =
        |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_')).count();
    let mut end = at + digits(at);
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end += 1 + sign;
            end += digits(end);
        }
    }
    let text = &source[at..end];
    let malformed = text.ends_with('_') || text.contains("__");
    match text.replace('_', "").parse() {
        Ok(v) if !malformed => Ok((Token::Number(v), end)),
        _ => Err(CliError::new(format!("'{text}' is not a number")).mark(source, at..end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(s: &str) -> Vec<Token> {
        lex(s).unwrap().into_iter().map(|t| t.0).collect()
    }

    #[test]
    fn numbers_names_operators() {
        use Token::*;
        assert_eq!(
            tokens("2.5e-3*x**2"),
            [Number(0.0025), Operator("*"), Name("x".into()), Operator("**"), Number(2.0), End]
        );
        assert_eq!(tokens("1_000.-.5"), [Number(1000.0), Operator("-"), Number(0.5), End]);
        assert_eq!(tokens("torch.sin(π1)"), [Name("sin".into()), Open, Name("π1".into()), Close, End]);
        // `2e` is the number 2 before the constant e; the parser asks for an operator.
        assert_eq!(tokens("2e"), [Number(2.0), Name("e".into()), End]);
        assert_eq!(tokens("2e+x")[..2], [Number(2.0), Name("e".into())]);
    }

    #[test]
    fn odd_characters_are_named() {
        assert!(lex("x^2").unwrap_err().to_string().contains("hint: write '**'"));
        assert!(lex("x*2\u{ff09}").unwrap_err().to_string().contains("hint: write ')'"));
        assert!(lex("x.exp()").unwrap_err().to_string().contains("hint: write exp(x)"));
        assert!(lex("1.2.3").is_err());
        assert!(lex("x $ 1").is_err());
    }
}

//! When two lines count as the same.

/// Numbers may differ so much, relative to their size where that is more than one.
const TOLERANCE: f64 = 1e-5;

/// Compares what PyTorch showed with what we show; the error names every line that differs. `panic` is what ended our program early.
pub fn lines(expected: &[String], got: &[String], panic: Option<&str>) -> Result<(), String> {
    let mut report = Vec::new();
    for i in 0..expected.len().max(got.len()) {
        let (e, g) = (expected.get(i), got.get(i));
        if !e.zip(g).is_some_and(|(e, g)| same(e, g)) {
            let or_nothing = |line: Option<&String>| line.map_or("(nothing)", String::as_str).to_string();
            report.push(format!("  line {}\n    PyTorch {}\n    here    {}", i + 1, or_nothing(e), or_nothing(g)));
        }
    }
    if let Some(text) = panic {
        report.push(format!("  our program ended with a panic: {text}"));
    }
    if report.is_empty() { Ok(()) } else { Err(report.join("\n")) }
}

fn same(expected: &str, got: &str) -> bool {
    match (expected.strip_prefix("error "), got.strip_prefix("error ")) {
        (Some(e), Some(g)) => same_error(e, g),
        (None, None) => {
            let (mut e, mut g) = (expected.split(' '), got.split(' '));
            loop {
                match (e.next(), g.next()) {
                    (None, None) => return true,
                    (Some(e), Some(g)) if same_word(e, g) => {}
                    _ => return false,
                }
            }
        }
        _ => false,
    }
}

fn same_word(expected: &str, got: &str) -> bool {
    match (expected.parse::<f64>(), got.parse::<f64>()) {
        (Ok(e), Ok(g)) => e == g || (e.is_nan() && g.is_nan()) || (e - g).abs() <= TOLERANCE * e.abs().max(1.0),
        _ => expected == got,
    }
}

/// Class and text of an error: ours begins with the first sentence of PyTorch's.
fn same_error(expected: &str, got: &str) -> bool {
    let (Some((class, text)), Some((our_class, ours))) = (expected.split_once(' '), got.split_once(' ')) else {
        return expected == got;
    };
    let sentence = first_sentence(text);
    match our_class {
        // The text of a panic has the operation's name in front.
        "?" => ours.starts_with(sentence) || ours.split_once(": ").is_some_and(|(_, rest)| rest.starts_with(sentence)),
        // PyTorch asserts arguments here and there; we have no such class.
        _ => (class == our_class || class == "AssertionError") && ours.starts_with(sentence),
    }
}

/// Up to the first full stop before a capital letter.
fn first_sentence(text: &str) -> &str {
    let ends = |(i, _): &(usize, &str)| text[i + 2..].starts_with(char::is_uppercase);
    text.match_indices(". ").find(ends).map_or(text, |(i, _)| &text[..i])
}

#[test]
fn numbers_are_near_and_words_equal() {
    assert!(same("tensor float32 [2] 1 0.333333343", "tensor float32 [2] 1 0.3333333"));
    assert!(same("number nan", "number NaN"));
    for (e, g) in [
        ("number 1", "number 1.1"),
        ("tensor float32 [1] 1", "tensor float32 [1] grad 1"),
        ("none", "none 1"),
        ("no error", "error RuntimeError x"),
    ] {
        assert!(!same(e, g) && !same(g, e), "{e} and {g}");
    }
}

#[test]
fn errors_begin_with_the_first_sentence() {
    let torch = "error RuntimeError Cannot do torch.Size([2]). Please do not. Ever.";
    assert!(same(torch, "error RuntimeError Cannot do torch.Size([2]) at version 3"));
    assert!(same(torch, "error ? add_: Cannot do torch.Size([2])\n  hint: none"));
    assert!(!same(torch, "error ? add_: We cannot do torch.Size([2])"));
    assert!(!same(torch, "error ValueError Cannot do torch.Size([2])"));
    assert!(same("error AssertionError the input", "error TypeError the input"));
}

#[test]
fn every_difference_is_named() {
    let text = |lines: &[&str]| lines.iter().map(|l| l.to_string()).collect::<Vec<_>>();
    let report =
        lines(&text(&["true", "number 1", "none"]), &text(&["true", "number 2"]), Some("the end")).unwrap_err();
    assert_eq!(
        report,
        "  line 2\n    PyTorch number 1\n    here    number 2\n  line 3\n    PyTorch none\n    here    (nothing)\n  \
         our program ended with a panic: the end"
    );
}

//! House rules that no other tool checks, for all files that git knows.

use crate::{Result, files};
use std::path::Path;
use std::process::Command;

/// A file may be this long without a reason at its head.
const LONGEST: usize = 800;
/// What gives that reason.
const REASON: &str = "// Long because:";

pub fn run() -> Result<()> {
    let root = files::root();
    let mut found = Vec::new();
    for name in tracked(&root)? {
        let path = root.join(&name);
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        found.extend(check(&name, &text, |target| exists(&path, target)));
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

/// Files that are checked in or about to be.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let out = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("git: {e}"))?;
    if !out.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&out.stderr)));
    }
    let mut names: Vec<String> = String::from_utf8_lossy(&out.stdout).lines().map(str::to_string).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// Does a link in the file `from` lead to something?
fn exists(from: &Path, target: &str) -> bool {
    from.parent().is_some_and(|folder| folder.join(target).exists())
}

fn check(name: &str, text: &str, link: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = |line: usize, what: String| found.push(format!("{name}:{}: {what}", line + 1));
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    let lines: Vec<&str> = text.lines().collect();
    if extension == "rs" {
        if lines.len() > LONGEST && !lines.iter().take(10).any(|l| l.starts_with(REASON)) {
            at(0, format!("{} lines; more than {LONGEST} need a line `{REASON} ...` at the head", lines.len()));
        }
        for (i, line) in lines.iter().enumerate() {
            for word in forbidden(line) {
                at(i, format!("`{word}` is for work in progress"));
            }
            if needs_safety(line) && !has_safety(&lines, i) {
                at(i, "`unsafe` without a SAFETY comment (or `# Safety` section) near it".to_string());
            }
        }
    }
    if extension != "lock" {
        for (i, line) in lines.iter().enumerate() {
            if let Some(path) = machine_path(line) {
                at(i, format!("`{path}` exists on one machine only"));
            }
        }
    }
    if extension == "md" {
        for (i, target) in links(&lines) {
            if !link(&target) {
                at(i, format!("the link to `{target}` leads nowhere"));
            }
        }
    }
    found
}

/// Line without what follows `//`.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

fn forbidden(line: &str) -> impl Iterator<Item = &'static str> {
    let code = code(line);
    [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!(")].into_iter().filter(move |word| {
        code.match_indices(word).any(|(i, _)| !code[..i].ends_with(|c: char| c == '_' || c.is_alphanumeric()))
    })
}

fn needs_safety(line: &str) -> bool {
    let code = code(line);
    let words =
        [concat!("unsafe", " {"), concat!("unsafe", " impl"), concat!("unsafe", " fn"), concat!("unsafe", " trait")];
    // A function pointer's type has no body to justify.
    words.iter().any(|w| code.contains(w)) && !code.contains(concat!("unsafe", " fn("))
}

/// How far from an `unsafe` its reason may be.
const NEAR: usize = 12;

/// Is there a comment above, without an empty line between? For a function it may also be the one inside that justifies its body.
fn has_safety(lines: &[&str], at: usize) -> bool {
    // `multiversion!` writes the section itself.
    let says = |l: &&str| ["SAFETY", "# Safety", "multiversion!"].iter().any(|w| l.contains(w));
    let above = lines[at.saturating_sub(NEAR)..=at].iter().rev().take_while(|l| !l.trim().is_empty());
    let below = lines[at..].iter().take(if lines[at].contains(" fn ") { NEAR } else { 0 });
    above.chain(below).any(says)
}

/// A path that names a place of the machine on which it was written.
fn machine_path(line: &str) -> Option<String> {
    let roots = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/t", "mp/"),
        concat!("/wo", "rk/"),
        concat!("/Us", "ers/"),
    ];
    for root in roots {
        for (i, _) in line.match_indices(root) {
            // In the middle of a longer path it is just a folder's name.
            if line[..i].ends_with(|c: char| c.is_alphanumeric() || "._-/~})".contains(c)) {
                continue;
            }
            let end = line[i..].find(|c: char| c.is_whitespace() || "\"'`)".contains(c)).map_or(line.len(), |n| i + n);
            return Some(line[i..end].to_string());
        }
    }
    None
}

/// Relative targets of markdown links outside code, without fragments, with the number of their line.
fn links(lines: &[&str]) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut fenced = false;
    for (i, line) in lines.iter().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Every second piece is code.
        let prose: String = line.split('`').enumerate().map(|(k, s)| if k % 2 == 0 { s } else { "code" }).collect();
        for (k, _) in prose.match_indices("](") {
            let target = prose[k + 2..].split([')', ' ']).next().unwrap_or_default();
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !target.contains(':') {
                out.push((i, path.to_string()));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> usize {
        check(name, text, |target| target == "there.md").len()
    }

    #[test]
    fn length_needs_a_reason() {
        let long = "fn f() {}\n".repeat(LONGEST + 1);
        assert_eq!(found("a.rs", &long), 1);
        assert_eq!(found("a.rs", &format!("//! Table.\n{REASON} it is one table.\n{long}")), 0);
        assert_eq!(found("a.txt", &long), 0);
    }

    #[test]
    fn unsafe_needs_a_comment() {
        let block = concat!("let x = unsafe", " { f() };\n");
        assert_eq!(found("a.rs", block), 1);
        assert_eq!(found("a.rs", &format!("// SAFETY: f is.\n{block}")), 0);
        assert_eq!(found("a.rs", &format!("// SAFETY: f is.\n\n{block}")), 1);
        assert_eq!(found("a.rs", concat!("type F = unsafe", " fn(i32);\n")), 0);
        assert_eq!(found("a.rs", concat!("unsafe", " fn f() {\n    // SAFETY: g is.\n    g()\n}\n")), 0);
        assert_eq!(found("a.rs", concat!("unsafe", " fn f() {\n    g()\n}\n")), 1);
        assert_eq!(found("a.rs", concat!("/// # Safety\n/// Never.\npub unsafe", " fn f() {}\n")), 0);
    }

    #[test]
    fn work_in_progress_is_found() {
        assert_eq!(found("a.rs", concat!("todo", "!()\n")), 1);
        assert_eq!(found("a.rs", concat!("// todo", "!()\n")), 0);
        assert_eq!(found("a.rs", concat!("my_dbg", "!(x)\n")), 0);
    }

    #[test]
    fn machine_paths_are_found() {
        assert_eq!(found("a.py", concat!("open('/t", "mp/x')\n")), 1);
        assert_eq!(found("a.md", concat!("see https://a.org/ho", "me/x\n")), 0);
    }

    #[test]
    fn links_must_lead_somewhere() {
        assert_eq!(found("a.md", "[a](there.md) [b](there.md#part) [c](https://a.org) [d](#part) `[e](gone.md)`\n"), 0);
        assert_eq!(found("a.md", "[a](gone.md)\n"), 1);
        assert_eq!(found("a.md", "```\n[a](gone.md)\n```\n"), 0);
    }
}

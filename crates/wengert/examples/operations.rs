//! Prints the page of operations: each with its signature, derivative and samples. `cargo xtask gen` keeps it in `docs/operations.md`.

use std::collections::BTreeMap;
use wengert::testing::{Entry, table};

fn main() {
    let entries = table();
    let samples: usize = entries.iter().map(|e| e.samples.len()).sum();
    println!("# Operations\n");
    println!(
        "Written by `cargo xtask gen` from the operations' files, which hold definition, formula and samples of each.\n"
    );
    println!("{} operations, {samples} samples.\n", entries.len());
    let mut files: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for e in &entries {
        files.entry(e.file).or_default().push(e);
    }
    for (file, entries) in files {
        let name = file.strip_prefix("crates/wengert/src/").unwrap_or(file);
        println!("## [{name}](../{file})\n");
        println!("| Operation | Derivative | Samples | Left out |");
        println!("| --- | --- | ---: | --- |");
        for e in entries {
            let derivative = match e.not_differentiable {
                None => "yes".to_string(),
                Some(why) => format!("no: {why}"),
            };
            println!(
                "| `{}` | {} | {} | {} |",
                e.signature,
                cell(&derivative),
                e.samples.len(),
                cell(&left_out(e).join("; "))
            );
        }
        println!();
    }
}

/// The checks that samples leave out, those with the same reason together.
fn left_out(e: &Entry) -> Vec<String> {
    let mut out: Vec<(Vec<String>, &str, &str)> = Vec::new();
    for s in &e.samples {
        for (check, why) in s.reasons() {
            let check = format!("{check:?}").to_lowercase();
            match out.iter_mut().find(|(_, torch, w)| *torch == s.torch && *w == why) {
                Some((checks, ..)) => checks.push(check),
                None => out.push((vec![check], s.torch, why)),
            }
        }
    }
    out.into_iter().map(|(checks, torch, why)| format!("`{torch}`: {} ({why})", checks.join(", "))).collect()
}

/// Text inside a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

//! Writes the samples of all operations to a file, for `cargo xtask reference`.
//!
//! A sample is a line `sample FINGERPRINT NAME`, one `torch EXPRESSION`, and for each input `input DTYPE SIZES BYTES`: the sizes joined
//! by commas (`-` for a number), the elements as hexadecimal digits of their bytes (`-` if there are none).

use std::collections::HashSet;
use std::fmt::Write;
use wengert::testing::{Check, bytes, fingerprint, table};

fn main() {
    let path = std::env::args().nth(1).expect("the name of the file to write");
    let mut text = String::new();
    let mut seen = HashSet::new();
    for entry in table() {
        for sample in &entry.samples {
            let fingerprint = fingerprint(entry.name, sample);
            if sample.skipped(Check::Reference).is_some() || !seen.insert(fingerprint.clone()) {
                continue;
            }
            assert!(!sample.torch.contains('\n'), "{}: an expression of several lines", entry.name);
            let _ = writeln!(text, "sample {fingerprint} {}\ntorch {}", entry.name, sample.torch);
            for t in &sample.inputs {
                let sizes: Vec<String> = t.shape().iter().map(usize::to_string).collect();
                let digits: String = bytes(t).iter().map(|b| format!("{b:02x}")).collect();
                let or_dash = |s: String| if s.is_empty() { "-".to_string() } else { s };
                let _ = writeln!(text, "input {} {} {}", t.dtype().name(), or_dash(sizes.join(",")), or_dash(digits));
            }
        }
    }
    std::fs::write(&path, text).unwrap_or_else(|e| panic!("{path}: {e}"));
}

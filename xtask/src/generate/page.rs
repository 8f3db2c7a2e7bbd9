//! The page of operations, which the library prints itself: `crates/wengert/examples/operations.rs`.

use super::Output;
use crate::{Result, files};
use std::process::{Command, Stdio};

/// `docs/operations.md`.
pub fn write() -> Result<Output> {
    let out = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "wengert", "--example", "operations"])
        .current_dir(files::root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    if !out.status.success() {
        return Err("docs/operations.md: the library does not compile or run".to_string());
    }
    let text = String::from_utf8(out.stdout).map_err(|e| e.to_string())?;
    Ok(Output { path: files::root().join("docs/operations.md"), text })
}

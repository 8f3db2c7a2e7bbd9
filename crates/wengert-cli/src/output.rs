//! Where text and files go.

use crate::error::{CliError, Result};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes to standard output. A reader that has seen enough (`| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(CliError::new(format!("cannot write: {e}"))),
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.file_name().is_none() || path.is_dir() {
        return Err(CliError::new(format!("cannot write {}: it is a folder", path.display())));
    }
    Ok(wengert::io::write_atomically(path, |out| out.write_all(bytes))?)
}

/// What the system says, without its error number.
pub fn reason(e: &std::io::Error) -> String {
    let text = e.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

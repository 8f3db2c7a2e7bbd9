//! Where text and files go.

use crate::error::{CliError, Result};
use std::fs::{self, File};
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

/// Writes a file whole or not at all: into a new file next to it, which then takes its name.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().ok_or_else(|| CliError::new(format!("'{}' is no file name", path.display())))?;
    let temporary = path.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|e| {
        // What is left of the attempt is of no use; that it cannot be removed either is no second error.
        let _ = fs::remove_file(&temporary);
        CliError::new(format!("cannot write {}: {}", path.display(), reason(&e)))
    })
}

/// Reads a file.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| CliError::new(format!("cannot read {}: {}", path.display(), reason(&e))))
}

/// What the system says, without its error number.
pub fn reason(e: &std::io::Error) -> String {
    let text = e.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

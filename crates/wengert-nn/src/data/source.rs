//! Files that may be compressed.

use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use wengert::{Error, Result};

/// Opens a file, decompressing it if it starts as gzip does, whatever its name.
pub(super) fn open(path: &Path) -> Result<Box<dyn BufRead>> {
    let open = || decompress(BufReader::new(File::open(path)?));
    open().map_err(|e| cannot_read(&path.display().to_string(), &e))
}

/// The content behind a reader that may be gzip.
pub(super) fn decompress<'a>(mut raw: impl BufRead + 'a) -> std::io::Result<Box<dyn BufRead + 'a>> {
    if raw.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(raw))));
    }
    Ok(Box::new(raw))
}

/// The error for a file that the system or the decompression cannot read.
pub(super) fn cannot_read(file: &str, e: &std::io::Error) -> Error {
    Error::io(format!("cannot read {file}: {e}"))
}

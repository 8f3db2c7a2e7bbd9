//! The IDX files of MNIST and its relatives: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
//!
//! A file is a magic number (8 for bytes, then the number of dimensions), a big-endian 32-bit size for each dimension, and the bytes.

use super::{Dataset, source};
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};
use wengert::{Error, Result, Tensor};

/// Which part of MNIST.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MnistPart {
    /// 60,000 images: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`.
    Train,
    /// 10,000 images: `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`.
    Test,
}

/// Reads MNIST, or a data set in its format, from a directory with the original files, compressed (`.gz`) or not. A sample is an image by
/// rows, from 0 (background) to 1.
///
/// # Errors
/// With the file: it is missing, has another magic number, is truncated or too long, or there are not as many labels as images.
pub fn load_mnist(directory: impl AsRef<Path>, part: MnistPart) -> Result<Dataset> {
    let prefix = match part {
        MnistPart::Train => "train",
        MnistPart::Test => "t10k",
    };
    let read = |name: &str, dims| {
        let path = find(directory.as_ref(), &format!("{prefix}-{name}"))?;
        let file = path.display().to_string();
        parse(source::open(&path)?, &file, dims).map(|(sizes, bytes)| (file, sizes, bytes))
    };
    let (images_file, sizes, pixels) = read("images-idx3-ubyte", 3)?;
    let (labels_file, _, labels) = read("labels-idx1-ubyte", 1)?;
    let (n, pixels_each) = (sizes[0], sizes[1] * sizes[2]);
    if labels.len() != n {
        return Err(Error::value(format!(
            "{images_file} has {n} images, but {labels_file} has {} labels",
            labels.len()
        )));
    }
    let features: Vec<f32> = pixels.iter().map(|&v| f32::from(v) / 255.0).collect();
    let labels: Vec<i64> = labels.iter().map(|&v| i64::from(v)).collect();
    Dataset::new(Tensor::from_slice(&features, &[n, pixels_each]), Tensor::from_slice(&labels, &[n]))
        .map_err(|e| Error::new(e.kind(), format!("{images_file}: {}", e.message())))
}

/// The file of this name, or its compressed form.
fn find(directory: &Path, name: &str) -> Result<PathBuf> {
    let plain = directory.join(name);
    let compressed = directory.join(format!("{name}.gz"));
    if plain.exists() {
        Ok(plain)
    } else if compressed.exists() {
        Ok(compressed)
    } else {
        Err(Error::io(format!("{} has neither {name} nor {name}.gz", directory.display())))
    }
}

/// Sizes and bytes of an IDX file of unsigned bytes with so many dimensions.
fn parse(mut from: impl BufRead, file: &str, dims: u8) -> Result<(Vec<usize>, Vec<u8>)> {
    let bad = |what: String| Error::value(format!("{file}: {what}"));
    let mut header = vec![0; 4 + 4 * usize::from(dims)];
    let n = fill(&mut from, &mut header).map_err(|e| source::cannot_read(file, &e))?;
    let (magic, expected) = (&header[..4], [0, 0, 8, dims]);
    if n >= 4 && magic != expected {
        return Err(bad(format!(
            "not an IDX file of bytes in {dims} dimension(s): its magic number is 0x{:08x} instead of 0x{:08x}",
            u32::from_be_bytes([magic[0], magic[1], magic[2], magic[3]]),
            u32::from_be_bytes(expected)
        )));
    }
    if n < header.len() {
        return Err(bad(format!("truncated: the header has {n} bytes instead of {}", header.len())));
    }
    let size = |b: &[u8]| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize;
    let sizes: Vec<usize> = header[4..].chunks_exact(4).map(size).collect();
    let total = sizes.iter().try_fold(1usize, |n, &s| n.checked_mul(s));
    let total = total.ok_or_else(|| bad(format!("the sizes {sizes:?} are too large")))?;
    // Grows with what is there, not with what the header claims; one byte more shows whether the file goes on.
    let mut bytes = Vec::new();
    from.take((total as u64).saturating_add(1)).read_to_end(&mut bytes).map_err(|e| source::cannot_read(file, &e))?;
    match bytes.len() {
        n if n < total => Err(bad(format!("truncated: its header describes {total} bytes, but {n} follow"))),
        n if n > total => Err(bad(format!("its header describes {total} bytes, but more follow"))),
        _ => Ok((sizes, bytes)),
    }
}

/// Reads until the buffer is full or the file ends; gives the number of bytes.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut bytes = Vec::new();
    from.take(buffer.len() as u64).read_to_end(&mut bytes)?;
    buffer[..bytes.len()].copy_from_slice(&bytes);
    Ok(bytes.len())
}

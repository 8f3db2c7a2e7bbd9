//! Tensors in files: the safetensors format, which PyTorch's programs read and write too.
//!
//! A file is eight bytes with the length of a JSON header, the header (name, dtype, shape and place of each tensor; strings about
//! the file under `__metadata__`), then the numbers, dense and little-endian. Reading never trusts the file: nothing larger than
//! the file is allocated, and whatever does not fit together is an error that names the file.
//! Format: <https://huggingface.co/docs/safetensors>.
//!
//! ```
//! use wengert::{io, tensor};
//! let path = std::env::temp_dir().join(format!("wengert-doc-{}.safetensors", std::process::id()));
//! io::save(&path, [("x", &tensor!([1.0, 2.0]))], &io::Metadata::new())?;
//! assert_eq!(io::load(&path)?["x"].to_vec::<f32>(), [1.0, 2.0]);
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), wengert::Error>(())
//! ```

use crate::array::Array;
use crate::dtype::{DType, Element};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use safetensors::tensor::{Dtype, Metadata as Header, TensorInfo};
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use wengert_kernels::dispatch;

/// Tensors by name, in the order of the names: what a file holds, and a module's state.
pub type Tensors = BTreeMap<String, Tensor>;
/// Strings about a file, by name.
pub type Metadata = BTreeMap<String, String>;

/// The longest header that the safetensors library reads.
const MAX_HEADER: u64 = 100_000_000;
/// The header's name for the strings about the file.
const METADATA: &str = "__metadata__";

/// Writes tensors to a safetensors file. Views are written densely, tensors in a graph without it.
///
/// The file appears whole or not at all: it is written under another name in the same directory and then renamed. The same tensors
/// and strings give the same bytes.
///
/// # Errors
/// If two tensors have one name, or one is called `__metadata__`; for complex dtypes, which the format does not have; those of the
/// operating system, with the file's name.
pub fn save<N: AsRef<str>, T: Borrow<Tensor>>(
    path: impl AsRef<Path>,
    tensors: impl IntoIterator<Item = (N, T)>,
    metadata: &Metadata,
) -> Result<()> {
    let path = path.as_ref();
    let tensors: Vec<(N, T)> = tensors.into_iter().collect();
    let (header, order) = header(&tensors, metadata).map_err(|e| in_file(path, e))?;
    write_atomically(path, |out| {
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(&header)?;
        for i in order {
            let array = tensors[i].1.borrow().array().contiguous();
            write_elements(&array, out)?;
        }
        Ok(())
    })
}

/// Writes a file that appears whole or not at all: `write` fills a new file in the same directory, which then takes the name `path`.
///
/// # Errors
/// Those of the operating system and of `write`, with the file's name; an older file is then left as it was.
pub fn write_atomically(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    let path = path.as_ref();
    let temporary = temporary_beside(path);
    let fill = || {
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    fill().map_err(|e| {
        // Best effort: the first error is the one to report.
        let _ = std::fs::remove_file(&temporary);
        Error::io(format!("cannot write {}: {e}", path.display()))
    })
}

/// A name in the same directory that no other call uses.
fn temporary_beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let unique = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}-{unique}.tmp", std::process::id()))
}

/// The JSON header, padded to a multiple of eight, and the order in which the numbers follow it: wide elements first, so that all
/// are aligned, and by name.
fn header<N: AsRef<str>, T: Borrow<Tensor>>(tensors: &[(N, T)], metadata: &Metadata) -> Result<(Vec<u8>, Vec<usize>)> {
    let key = |i: &usize| {
        let (name, tensor) = &tensors[*i];
        (std::cmp::Reverse(tensor.borrow().dtype().size()), name.as_ref())
    };
    let mut order: Vec<usize> = (0..tensors.len()).collect();
    order.sort_by(|i, j| key(i).cmp(&key(j)));
    let json = |e: serde_json::Error| Error::value(e.to_string());
    let mut entries = serde_json::Map::new();
    if !metadata.is_empty() {
        entries.insert(METADATA.into(), serde_json::to_value(metadata).map_err(json)?);
    }
    let mut at = 0;
    for &i in &order {
        let (name, tensor) = (tensors[i].0.as_ref(), tensors[i].1.borrow());
        let end = at + tensor.numel() * tensor.dtype().size();
        let info =
            TensorInfo { dtype: file_dtype(tensor.dtype())?, shape: tensor.shape().to_vec(), data_offsets: (at, end) };
        if name == METADATA {
            return Err(Error::value("a tensor cannot be called '__metadata__'"));
        }
        if entries.insert(name.into(), serde_json::to_value(info).map_err(json)?).is_some() {
            return Err(Error::value(format!("two tensors are called '{name}'")));
        }
        at = end;
    }
    let mut text = serde_json::to_vec(&entries).map_err(json)?;
    text.resize(text.len().next_multiple_of(8), b' ');
    Ok((text, order))
}

/// Reads all tensors of a safetensors file.
///
/// # Errors
/// If the file cannot be read, is truncated, is no safetensors file, or holds a dtype that wengert does not have; the text names
/// the file.
pub fn load(path: impl AsRef<Path>) -> Result<Tensors> {
    Ok(load_with_metadata(path)?.0)
}

/// [`load`], with the strings about the file.
///
/// # Errors
/// As [`load`].
pub fn load_with_metadata(path: impl AsRef<Path>) -> Result<(Tensors, Metadata)> {
    let path = path.as_ref();
    let open = || {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok((BufReader::new(file), len))
    };
    let (mut file, len) =
        open().map_err(|e: std::io::Error| Error::io(format!("cannot read {}: {e}", path.display())))?;
    read(&mut file, len).map_err(|e| in_file(path, e))
}

/// The same error with the file's name in front.
fn in_file(path: &Path, e: Error) -> Error {
    Error::new(e.kind(), format!("{}: {}", path.display(), e.message()))
}

/// Reads `len` bytes of safetensors.
fn read(file: &mut impl Read, len: u64) -> Result<(Tensors, Metadata)> {
    let text = read_header(file, len)?;
    let header: Header = serde_json::from_slice(&text)
        .map_err(|e| Error::value(format!("not a safetensors file, or a damaged one: {e}")))?;
    let (there, promised) = (len - 8 - text.len() as u64, header.data_len() as u64);
    if there != promised {
        let what = if there < promised { "truncated" } else { "damaged" };
        return Err(Error::value(format!(
            "{what} safetensors file: its header describes {promised} bytes of numbers, but {there} follow"
        )));
    }
    let mut tensors = Tensors::new();
    for name in header.offset_keys() {
        let info = header.info(&name).expect("the header's own name");
        let array =
            read_array(file, info).map_err(|e| Error::new(e.kind(), format!("tensor '{name}': {}", e.message())))?;
        tensors.insert(name, Tensor::from_array(array));
    }
    let metadata = header.metadata().iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
    Ok((tensors, metadata))
}

/// The bytes of the JSON header.
fn read_header(file: &mut impl Read, len: u64) -> Result<Vec<u8>> {
    let mut size = [0; 8];
    if len < 8 {
        return Err(Error::value(format!("not a safetensors file: it has only {len} bytes")));
    }
    file.read_exact(&mut size)?;
    if size.starts_with(b"PK\x03\x04") {
        return Err(Error::value(
            "not a safetensors file but a zip archive, as torch.save writes: write it with safetensors.torch.save_file instead",
        ));
    }
    let size = u64::from_le_bytes(size);
    if size > MAX_HEADER || size > len - 8 {
        return Err(Error::value(format!(
            "not a safetensors file, or a truncated one: it claims a header of {size} bytes, but has {len} in all"
        )));
    }
    let mut text = vec![0; size as usize];
    file.read_exact(&mut text)?;
    Ok(text)
}

/// One tensor's numbers, which stand next in the file. The header has been checked: they are as many as its shape says.
fn read_array(file: &mut impl Read, info: &TensorInfo) -> Result<Array> {
    let dtype = own_dtype(info.dtype)?;
    // Strides of an empty tensor are products of sizes too, and nothing else bounds these.
    let sizes = info.shape.iter().map(|&n| n.max(1)).try_fold(1usize, usize::checked_mul);
    if sizes.is_none_or(|n| n > isize::MAX as usize) {
        return Err(Error::value(format!("the shape {:?} is too large", info.shape)));
    }
    let mut array = Array::empty(&info.shape, dtype);
    let mut view = array.view_mut();
    if let Some(flags) = view.as_slice_mut::<bool>() {
        let mut bytes = vec![0u8; flags.len()];
        file.read_exact(&mut bytes)?;
        for (flag, &byte) in flags.iter_mut().zip(&bytes) {
            *flag = match byte {
                0 => false,
                1 => true,
                other => return Err(Error::value(format!("{other} is no bool"))),
            };
        }
        return Ok(array);
    }
    dispatch!(dtype, T => {
        let elements = view.as_slice_mut::<T>().expect("fresh arrays are dense");
        // SAFETY: plain memory of that many bytes; every bit pattern is a number of T, which is not bool here.
        let bytes = unsafe { std::slice::from_raw_parts_mut(elements.as_mut_ptr().cast::<u8>(), size_of_val(elements)) };
        file.read_exact(bytes)?;
        little_endian::<T>(bytes);
    }, else => unreachable!("the format has real dtypes alone"));
    Ok(array)
}

/// The numbers of a contiguous array as they stand in a file.
fn write_elements(array: &Array, out: &mut dyn Write) -> std::io::Result<()> {
    let view = array.view();
    dispatch!(view.dtype, T => {
        let elements = view.as_slice::<T>().expect("the array is contiguous");
        // SAFETY: plain memory of that many bytes without padding.
        let bytes = unsafe { std::slice::from_raw_parts(elements.as_ptr().cast::<u8>(), size_of_val(elements)) };
        if cfg!(target_endian = "little") {
            return out.write_all(bytes);
        }
        let mut bytes = bytes.to_vec();
        little_endian::<T>(&mut bytes);
        out.write_all(&bytes)
    }, else => unreachable!("the header has refused complex tensors"))
}

/// Turns the bytes of elements from little-endian to this machine's order, or back.
fn little_endian<T: Element>(bytes: &mut [u8]) {
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(size_of::<T>()).for_each(<[u8]>::reverse);
    }
}

/// Each dtype with the name the format has for it.
const DTYPES: [(DType, Dtype); 10] = [
    (DType::Bool, Dtype::BOOL),
    (DType::U8, Dtype::U8),
    (DType::I8, Dtype::I8),
    (DType::I16, Dtype::I16),
    (DType::I32, Dtype::I32),
    (DType::I64, Dtype::I64),
    (DType::F16, Dtype::F16),
    (DType::BF16, Dtype::BF16),
    (DType::F32, Dtype::F32),
    (DType::F64, Dtype::F64),
];

fn file_dtype(dtype: DType) -> Result<Dtype> {
    let found = DTYPES.iter().find(|(own, _)| *own == dtype);
    Ok(found.ok_or_else(|| Error::not_implemented(format!("tensors of {dtype} cannot be saved")))?.1)
}

fn own_dtype(dtype: Dtype) -> Result<DType> {
    let found = DTYPES.iter().find(|(_, file)| *file == dtype);
    Ok(found.ok_or_else(|| Error::not_implemented(format!("wengert has no dtype {dtype:?}")))?.0)
}

#[cfg(test)]
mod tests;

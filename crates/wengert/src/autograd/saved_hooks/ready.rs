//! Two pairs of hooks that are ready to use: a file for what is saved, and half the memory.

use super::SavedTensorsHooks;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::io;
use crate::tensor::Tensor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder that goes away with its last user.
struct Folder(PathBuf);

impl Folder {
    fn new(within: &Path) -> Result<Folder> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = within.join(format!("wengert-saved-{}-{n}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Folder(path)),
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Error::io(format!("cannot make the folder {}: {e}", path.display()))),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about a folder that somebody else has changed.
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A tensor in a file, which goes away with this.
struct OnDisk {
    file: PathBuf,
    #[expect(dead_code, reason = "it keeps the folder")]
    folder: Arc<Folder>,
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.file);
    }
}

impl SavedTensorsHooks {
    /// Hooks that keep what is saved in files of a new folder within `folder`, and read them when backward asks (as PyTorch's `save_on_cpu`
    /// moves it to another memory). A file is removed when the graph lets go of it, the folder with the last of them.
    ///
    /// # Errors
    /// If the folder cannot be made. Operations inside give an error if a file cannot be written, backward one if it cannot be read.
    pub fn on_disk_in(folder: impl AsRef<Path>) -> Result<SavedTensorsHooks> {
        let folder = Arc::new(Folder::new(folder.as_ref())?);
        let next = AtomicU64::new(0);
        let pack = move |t: &Tensor| {
            let file = folder.0.join(format!("{}.safetensors", next.fetch_add(1, Ordering::Relaxed)));
            let packed = OnDisk { file, folder: folder.clone() };
            io::save(&packed.file, [("saved", t.detach())], &io::Metadata::default())?;
            Ok(packed)
        };
        let unpack = |packed: &OnDisk| {
            let read = io::load(&packed.file)?.into_iter().next().map(|(_, t)| t);
            read.ok_or_else(|| Error::io(format!("{} holds no tensor", packed.file.display())))
        };
        Ok(SavedTensorsHooks::new(pack, unpack))
    }

    /// [`SavedTensorsHooks::on_disk_in`] the system's folder for temporary files.
    ///
    /// # Errors
    /// As there.
    pub fn on_disk() -> Result<SavedTensorsHooks> {
        SavedTensorsHooks::on_disk_in(std::env::temp_dir())
    }

    /// Hooks that keep saved `float32` and `float64` tensors as `bfloat16`: half or a quarter of the memory, and gradients with about three
    /// digits. Tensors of other dtypes are kept as they are.
    pub fn in_bf16() -> SavedTensorsHooks {
        SavedTensorsHooks::new(
            |t| {
                let dtype = t.dtype();
                let small = if matches!(dtype, DType::F32 | DType::F64) { DType::BF16 } else { dtype };
                let kept = if small == dtype { t.detach() } else { Tensor::from_array(t.array().copy_as(small)) };
                Ok((kept, dtype))
            },
            |(kept, dtype)| match kept.dtype() == *dtype {
                true => Ok(kept.clone()),
                false => Ok(Tensor::from_array(kept.array().copy_as(*dtype))),
            },
        )
    }
}

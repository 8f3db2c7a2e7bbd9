//! The folder of a run.

use crate::error::{CliError, Result};
use crate::output::{self, reason};
use std::fs;
use std::path::{Path, PathBuf};

/// The weights, for use.
pub const WEIGHTS: &str = "weights.safetensors";
/// Everything to go on with.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// A line for each epoch.
pub const METRICS: &str = "metrics.csv";
/// The loss over the epochs.
pub const LOSS_SVG: &str = "loss.svg";
/// The same in pixels.
pub const LOSS_PNG: &str = "loss.png";
/// The computation graph of one loss.
pub const GRAPH: &str = "graph.svg";
/// Norms of weights and gradients.
pub const PARAMETERS: &str = "parameters.csv";

const ALL: [&str; 7] = [WEIGHTS, CHECKPOINT, METRICS, LOSS_SVG, LOSS_PNG, GRAPH, PARAMETERS];

/// A run folder that can be written.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// For a new run. What an earlier one has left there is removed if `force` says so.
    ///
    /// # Errors
    /// If there is an earlier run and no `force`, or the folder cannot be written.
    pub fn create(path: &Path, force: bool) -> Result<Folder> {
        let old: Vec<PathBuf> = ALL.iter().map(|name| path.join(name)).filter(|p| p.exists()).collect();
        if !old.is_empty() && !force {
            return Err(CliError::new(format!("{} holds a run already", path.display()))
                .hint("--resume goes on with it, --force replaces it, --out DIR takes another folder"));
        }
        let cannot =
            |e: std::io::Error| CliError::new(format!("cannot make the run folder {}: {}", path.display(), reason(&e)));
        fs::create_dir_all(path).map_err(cannot)?;
        let folder = Folder::open(path)?;
        for file in old {
            fs::remove_file(file).map_err(cannot)?;
        }
        Ok(folder)
    }

    /// For a run that goes on.
    ///
    /// # Errors
    /// If the folder cannot be written: better now than after the first epoch.
    pub fn open(path: &Path) -> Result<Folder> {
        let folder = Folder { path: path.to_path_buf() };
        let probe = folder.file(&format!(".probe-{}", std::process::id()));
        let written = fs::write(&probe, "").and_then(|()| fs::remove_file(&probe));
        written.map_err(|e| CliError::new(format!("cannot write to {}: {}", path.display(), reason(&e))))?;
        Ok(folder)
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file, whole or not at all.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        output::write_file(&self.file(name), bytes.as_ref())
    }

    /// Its path, for messages.
    pub fn display(&self) -> std::path::Display<'_> {
        self.path.display()
    }
}

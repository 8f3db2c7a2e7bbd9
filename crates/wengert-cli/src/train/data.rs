//! The examples of a run.

use super::settings::Settings;
use crate::error::{CliError, Result};
use std::path::Path;
use wengert::no_grad;
use wengert_nn::data::{self, Dataset, MnistPart};

/// More classes than this are a column that is no label.
const CLASSES: usize = 10_000;

/// Examples to train with and to test with.
pub struct Examples {
    /// For training.
    pub train: Dataset,
    /// Held out.
    pub test: Dataset,
    /// A number that changes with the data, to notice when a run goes on with others.
    pub fingerprint: u64,
}

impl Examples {
    /// Reads and splits the data of a run.
    ///
    /// # Errors
    /// If a file is missing, malformed or too small.
    pub fn load(settings: &Settings) -> Result<Examples> {
        let (train, test) = match &settings.data {
            None => split(&data::digits()?, settings.seed)?,
            Some(path) if path.is_dir() => folder(path, settings.seed)?,
            Some(path) => split(&data::load_csv(path)?, settings.seed)?,
        };
        for part in [&train, &test] {
            if !(2..=CLASSES).contains(&part.num_classes()) {
                return Err(CliError::new(format!(
                    "the labels are from 0 to {}: there must be from 2 to {CLASSES} classes",
                    part.num_classes() - 1
                )));
            }
        }
        let fingerprint = [&train, &test].into_iter().fold(FNV, fingerprint);
        Ok(Examples { fingerprint, train, test })
    }
}

fn split(all: &Dataset, seed: u64) -> Result<(Dataset, Dataset)> {
    let (train, test) = all.train_test_split(0.2, seed)?;
    scaled(&train, &test)
}

fn folder(path: &Path, seed: u64) -> Result<(Dataset, Dataset)> {
    let train = data::load_mnist(path, MnistPart::Train)?;
    let has_test = ["", ".gz"].iter().any(|end| path.join(format!("t10k-images-idx3-ubyte{end}")).exists());
    if !has_test {
        return split(&train, seed);
    }
    let test = data::load_mnist(path, MnistPart::Test)?;
    if test.num_features() != train.num_features() || test.num_classes() > train.num_classes() {
        return Err(CliError::new(format!("{}: the test images are not of the kind of the others", path.display())));
    }
    Ok((train, test))
}

/// Features that are larger than 1 are divided by the largest of the training examples.
fn scaled(train: &Dataset, test: &Dataset) -> Result<(Dataset, Dataset)> {
    let largest = train.features().to_vec::<f32>().into_iter().fold(0f32, |m, v| m.max(v.abs()));
    if largest <= 1.0 {
        return Ok((train.clone(), test.clone()));
    }
    let scale = |part: &Dataset| no_grad(|| part.map_features(|x| x / f64::from(largest)));
    Ok((scale(train)?, scale(test)?))
}

/// Start value and factor of FNV-1a.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

fn fingerprint(hash: u64, part: &Dataset) -> u64 {
    let features = part.features().to_vec::<f32>().into_iter().map(|v| u64::from(v.to_bits()));
    let labels = part.labels().to_vec::<i64>().into_iter().map(|v| v as u64);
    features.chain(labels).fold(hash, |h, v| (h ^ v).wrapping_mul(PRIME))
}

//! Data sets of labelled vectors: reading, splitting, and going through them in batches.
//!
//! ```
//! use wengert_nn::data;
//! let (train, test) = data::digits()?.train_test_split(0.2, 0)?;
//! assert_eq!((train.len() + test.len(), train.num_features(), train.num_classes()), (1797, 64, 10));
//! for (x, y) in train.shuffled_batches(128, 0, 0) {
//!     assert_eq!(x.shape(), [y.numel(), 64]);
//! }
//! # Ok::<(), wengert::Error>(())
//! ```

mod batches;
mod csv;
mod idx;
mod source;
mod split;

pub use batches::Batches;
pub use csv::load_csv;
pub use idx::{MnistPart, load_mnist};

use wengert::{DType, Error, Result, Tensor, no_grad, ops};

/// Vectors with a label each.
#[derive(Clone, Debug)]
pub struct Dataset {
    features: Tensor,
    labels: Tensor,
    num_classes: usize,
}

impl Dataset {
    /// From features `[n, d]` of a floating dtype and labels `[n]` of `int64`, which count from 0.
    ///
    /// # Errors
    /// If shapes or dtypes are others, a label is negative, or there is no sample.
    pub fn new(features: Tensor, labels: Tensor) -> Result<Dataset> {
        if features.ndim() != 2 || !features.dtype().is_float() {
            return Err(Error::value(format!(
                "features must be a matrix of floats, one row for each sample, but are {} of shape {:?}",
                features.dtype(),
                features.shape()
            )));
        }
        if labels.ndim() != 1 || labels.dtype() != DType::I64 {
            return Err(Error::value(format!(
                "labels must be a vector of torch.int64, but are {} of shape {:?}",
                labels.dtype(),
                labels.shape()
            )));
        }
        if features.size(0) != labels.size(0) {
            let (n, m) = (features.size(0), labels.size(0));
            return Err(Error::value(format!("there are {n} rows of features, but {m} labels")));
        }
        let values = labels.to_vec::<i64>();
        let (Some(&least), Some(&most)) = (values.iter().min(), values.iter().max()) else {
            return Err(Error::value("a data set needs at least one sample"));
        };
        if least < 0 {
            return Err(Error::value(format!("labels count from 0, but one is {least}")));
        }
        Ok(Dataset { features, labels, num_classes: most as usize + 1 })
    }

    /// All features: `[n, d]`.
    pub fn features(&self) -> &Tensor {
        &self.features
    }

    /// All labels: `[n]`, `int64`.
    pub fn labels(&self) -> &Tensor {
        &self.labels
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.numel()
    }

    /// Always false: a data set has at least one sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of features of a sample.
    pub fn num_features(&self) -> usize {
        self.features.shape()[1]
    }

    /// One more than the largest label.
    pub fn num_classes(&self) -> usize {
        self.num_classes
    }

    /// The same labels with `f` of the features: `data.map_features(|x| x / 255.0)`.
    ///
    /// # Errors
    /// If the result has another number of rows or is no matrix of floats.
    pub fn map_features(&self, f: impl FnOnce(&Tensor) -> Tensor) -> Result<Dataset> {
        let features = no_grad(|| f(&self.features));
        let mapped = Dataset::new(features, self.labels.clone())?;
        Ok(Dataset { num_classes: self.num_classes, ..mapped })
    }

    /// The samples with these numbers, in this order. The number of classes stays.
    ///
    /// # Errors
    /// If a number is out of range or there are none.
    pub fn select(&self, samples: &[usize]) -> Result<Dataset> {
        let index: Vec<i64> = samples.iter().map(|&i| i as i64).collect();
        let index = Tensor::from_slice(&index, &[index.len()]);
        let part = |t: &Tensor| ops::index_select(t, 0, &index);
        let selected = no_grad(|| Dataset::new(part(&self.features)?, part(&self.labels)?))?;
        Ok(Dataset { num_classes: self.num_classes, ..selected })
    }
}

/// The 1,797 handwritten digits that come with the crate: 64 features (8x8 pixels by rows, here from 0 to 1), labels 0 to 9.
///
/// E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998, CC BY 4.0, as distributed
/// with scikit-learn.
///
/// # Errors
/// None: the file is part of the program.
pub fn digits() -> Result<Dataset> {
    const FILE: &[u8] = include_bytes!("../../data/digits.csv.gz");
    let raw = csv::parse(source::decompress(FILE)?, "digits.csv.gz")?;
    // Sixteenths are exact.
    raw.map_features(|counts| counts / 16.0)
}

#[cfg(test)]
mod tests;

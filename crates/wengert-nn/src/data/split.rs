//! Training and test parts.

use super::Dataset;
use std::collections::BTreeMap;
use wengert::{DType, Error, Generator, Result, Tensor};

impl Dataset {
    /// Two parts: one to train with, and `test_fraction` of each class to test with, chosen at random by `seed`. Within a part the samples
    /// keep their order. The same call gives the same parts everywhere.
    ///
    /// # Errors
    /// If the fraction is not between 0 and 1, or so that a part is empty.
    pub fn train_test_split(&self, test_fraction: f64, seed: u64) -> Result<(Dataset, Dataset)> {
        if !(test_fraction > 0.0 && test_fraction < 1.0) {
            let text = format!("the part to test with must be a fraction between 0 and 1, but is {test_fraction}");
            return Err(Error::value(text));
        }
        let mut classes: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (sample, label) in self.labels().to_vec::<i64>().into_iter().enumerate() {
            classes.entry(label).or_default().push(sample);
        }
        let generator = Generator::new(seed);
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for class in classes.values() {
            let order = permutation(class.len(), &generator);
            let n = (class.len() as f64 * test_fraction).round() as usize;
            test.extend(order[..n].iter().map(|&i| class[i]));
            train.extend(order[n..].iter().map(|&i| class[i]));
        }
        if train.is_empty() || test.is_empty() {
            return Err(Error::value(format!(
                "{test_fraction} of {} samples in {} classes leaves nothing to train or nothing to test with",
                self.len(),
                self.num_classes()
            )));
        }
        train.sort_unstable();
        test.sort_unstable();
        Ok((self.select(&train)?, self.select(&test)?))
    }
}

/// The numbers below `n` in random order.
pub(super) fn permutation(n: usize, generator: &Generator) -> Vec<usize> {
    Tensor::randperm_of(n, DType::I64, generator).to_vec::<i64>().into_iter().map(|i| i as usize).collect()
}

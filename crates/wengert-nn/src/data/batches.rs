//! Going through a data set in small parts.

use super::Dataset;
use super::split::permutation;
use wengert::{Generator, Tensor, no_grad, ops};

impl Dataset {
    /// All samples in batches of `batch_size`, in the order in which they are stored; the last batch may be shorter.
    ///
    /// # Panics
    /// If `batch_size` is 0.
    #[track_caller]
    pub fn batches(&self, batch_size: usize) -> Batches<'_> {
        assert!(batch_size > 0, "batch_size should be a positive integer value, but got batch_size=0");
        Batches { data: self, order: None, batch_size, at: 0 }
    }

    /// All samples in batches of `batch_size`, in a random order that depends on `seed` and `epoch` alone: the global random numbers are
    /// left untouched, and the same call gives the same order on every run.
    ///
    /// # Panics
    /// If `batch_size` is 0.
    #[track_caller]
    pub fn shuffled_batches(&self, batch_size: usize, seed: u64, epoch: u64) -> Batches<'_> {
        let generator = Generator::new(mix(mix(seed).wrapping_add(epoch)));
        Batches { order: Some(permutation(self.len(), &generator)), ..self.batches(batch_size) }
    }
}

/// The output function of splitmix64 (G. Steele, D. Lea, C. Flood, 2014): neighbouring numbers give unrelated ones.
fn mix(v: u64) -> u64 {
    let mut z = v.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Iterator over batches: features `[b, d]` and labels `[b]`, where `b` is the batch size, or less in the last batch.
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    data: &'a Dataset,
    /// Numbers of the samples; `None`: as they are stored.
    order: Option<Vec<usize>>,
    batch_size: usize,
    at: usize,
}

impl Iterator for Batches<'_> {
    type Item = (Tensor, Tensor);

    fn next(&mut self) -> Option<(Tensor, Tensor)> {
        let n = self.batch_size.min(self.data.len() - self.at);
        if n == 0 {
            return None;
        }
        let at = self.at;
        self.at += n;
        let fits = "the samples of a batch are in range";
        Some(match &self.order {
            Some(order) => {
                let batch = self.data.select(&order[at..at + n]).expect(fits);
                (batch.features, batch.labels)
            }
            None => {
                let part = |t: &Tensor| no_grad(|| ops::narrow(t, 0, at as isize, n)).expect(fits);
                (part(self.data.features()), part(self.data.labels()))
            }
        })
    }

    /// Passes over batches without reading them.
    fn nth(&mut self, n: usize) -> Option<(Tensor, Tensor)> {
        let left = self.data.len() - self.at;
        self.at += n.saturating_mul(self.batch_size).min(left);
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.data.len() - self.at).div_ceil(self.batch_size);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Batches<'_> {}

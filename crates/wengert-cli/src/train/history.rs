//! How a run went, epoch by epoch.

use crate::error::{CliError, Result};
use wengert::Tensor;

/// Means over an epoch: of the training examples as they were learned from, of the test examples after it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Epoch {
    /// Mean loss on the training examples.
    pub train_loss: f64,
    /// Part of the training examples that were recognized.
    pub train_accuracy: f64,
    /// Mean loss on the test examples.
    pub test_loss: f64,
    /// Part of the test examples that were recognized.
    pub test_accuracy: f64,
}

impl Epoch {
    fn numbers(&self) -> [f64; 4] {
        [self.train_loss, self.train_accuracy, self.test_loss, self.test_accuracy]
    }
}

/// `metrics.csv`: a line for each epoch, numbers with all their digits.
pub fn csv(history: &[Epoch]) -> String {
    let mut out = "epoch,train_loss,train_accuracy,test_loss,test_accuracy\n".to_string();
    for (i, e) in history.iter().enumerate() {
        let [a, b, c, d] = e.numbers();
        out += &format!("{},{a},{b},{c},{d}\n", i + 1);
    }
    out
}

/// For the checkpoint: `[epochs, 4]`, `float64`.
pub fn to_tensor(history: &[Epoch]) -> Tensor {
    let numbers: Vec<f64> = history.iter().flat_map(Epoch::numbers).collect();
    Tensor::from_slice(&numbers, &[history.len(), 4])
}

/// From [`to_tensor`].
pub fn from_tensor(t: &Tensor) -> Result<Vec<Epoch>> {
    if t.ndim() != 2 || t.shape()[1] != 4 {
        return Err(CliError::new(format!("the checkpoint's history has the shape {:?}", t.shape())));
    }
    let epoch = |n: &[f64]| Epoch { train_loss: n[0], train_accuracy: n[1], test_loss: n[2], test_accuracy: n[3] };
    Ok(t.to_vec::<f64>().chunks_exact(4).map(epoch).collect())
}

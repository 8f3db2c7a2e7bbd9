//! [`Parameter`]: a tensor that is trained.

use std::fmt;
use std::ops::Deref;
use wengert::Tensor;

/// A leaf that requires grad. It can be used wherever a `&Tensor` is wanted; clones are the same parameter.
///
/// After <https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html>.
#[derive(Clone)]
pub struct Parameter(Tensor);

impl Parameter {
    /// The numbers of a tensor as a parameter. The memory is shared, the history is not.
    ///
    /// # Panics
    /// For integers and booleans, which have no gradient.
    #[track_caller]
    pub fn new(data: &Tensor) -> Parameter {
        Parameter(data.detach().requires_grad_(true))
    }

    /// The tensor itself.
    pub fn tensor(&self) -> &Tensor {
        &self.0
    }
}

impl Deref for Parameter {
    type Target = Tensor;
    fn deref(&self) -> &Tensor {
        &self.0
    }
}

/// As in PyTorch: `Parameter containing:` and the tensor.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter containing:\n{}", self.0)
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

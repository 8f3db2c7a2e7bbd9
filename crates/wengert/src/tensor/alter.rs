//! What changes a tensor itself and not its numbers: taking it out of its graph, other memory, the count of writes.

use super::{MOVED, Origin, REQUIRES_GRAD, Tensor};
use crate::array::Write;
use crate::error::{Error, Result, or_panic};
use crate::place::Caller;
use std::sync::atomic::Ordering;

impl Tensor {
    /// Takes the tensor itself out of its graph: it becomes a leaf that does not require grad.
    ///
    /// # Panics
    /// If it is a view: use [`Tensor::detach`].
    #[track_caller]
    pub fn detach_(&self) {
        or_panic(self.try_detach_());
    }

    /// [`Tensor::detach_`] with a `Result`.
    ///
    /// # Errors
    /// If it is a view, or a tensor of a transform.
    pub fn try_detach_(&self) -> Result<()> {
        if self.is_view() {
            return Err(Error::runtime(
                "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and \
                 gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these \
                 gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the \
                 solution.",
            ));
        }
        if self.is_wrapped() {
            return Err(Error::not_implemented("detach_ inside of a transform").hint("use detach()"));
        }
        match &self.0.origin {
            Origin::Leaf(_) | Origin::Cut(_) if !self.has(MOVED) => {
                self.0.flags.fetch_and(!REQUIRES_GRAD, Ordering::Release);
            }
            _ => self.move_to(None),
        }
        Ok(())
    }

    /// The same memory outside the graph, as [`Tensor::detach`], but with a count of writes of its own (`.data`): backward does not notice
    /// that a saved tensor was overwritten through it. `detach` is the safer choice.
    ///
    /// ```
    /// let x = wengert::Tensor::ones(&[2]);
    /// wengert::ops::add_(&x.data(), 1.0)?;
    /// assert_eq!((x.to_vec::<f32>(), x.version()), (vec![2.0, 2.0], 0));
    /// # Ok::<(), wengert::Error>(())
    /// ```
    pub fn data(&self) -> Tensor {
        self.detached(self.array().counted_apart(0))
    }

    /// Gives the tensor the values of `data`, unseen by the graph (`x.data = data`): whatever requires grad, is saved or was computed from it
    /// stays as it is, and no write is counted.
    ///
    /// Where PyTorch lets the tensor use the memory of `data`, the values are copied here: later writes to `data` do not reach it.
    ///
    /// # Errors
    /// If shape or dtype differ; a tensor has them for life.
    #[track_caller]
    pub fn set_data(&self, data: &Tensor) -> Result<()> {
        if self.requires_grad() && !data.dtype().is_differentiable() {
            return Err(Error::runtime(
                "data set to a tensor that requires gradients must be floating point or complex dtype",
            ));
        }
        if self.shape() != data.shape() || self.dtype() != data.dtype() {
            return Err(Error::not_implemented(format!(
                "data of another shape or dtype: the tensor has {} {:?}, the data {} {:?}",
                self.dtype(),
                self.shape(),
                data.dtype(),
                data.shape()
            ))
            .hint("make a new tensor; modules and optimizers take one in place of another"));
        }
        crate::ops::copy_(&self.data(), &data.detach())?;
        Ok(())
    }

    /// Counts a write that the library did not see, such as one by a kernel of your own (`torch.autograd.graph.increment_version`): backward
    /// then refuses tensors that were saved before. Nobody counts for inference tensors.
    #[track_caller]
    pub fn increment_version(&self) {
        if !self.is_inference() {
            let location = Caller::here();
            self.array().bump(Write { operation: "increment_version", location: location.place(), node: None });
        }
    }
}

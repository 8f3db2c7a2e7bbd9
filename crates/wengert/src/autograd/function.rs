//! [`Function`]: an operation of the user's own with a gradient of the user's own (`torch.autograd.Function`).
//!
//! `run.rs` calls one and records it; `levels.rs` does so while a transform is at work, with `vmapped.rs`
//! for whole batches; `context.rs` is what forward and backward see.

mod context;
mod levels;
mod run;
mod vmapped;

pub use context::{Context, ForwardContext};
pub use levels::VmapInfo;
pub use run::CustomCall;
pub(super) use run::run_backward;

use crate::error::{Error, Result};
use crate::place::Caller;
use crate::tensor::Tensor;
use std::sync::Arc;

/// Results of [`Function::vmap`]: tensors, and where each has its batch dimension (`None`: it has none).
pub type Batched = (Vec<Tensor>, Vec<Option<usize>>);

/// An operation with a gradient of its own, made of tensor code or of anything else.
///
/// The implementor's fields are what PyTorch passes to `forward` as arguments that are no tensors.
///
/// ```
/// use wengert::autograd::{Context, ForwardContext, Function};
/// use wengert::{Result, Tensor, tensor};
///
/// /// `exp(scale * x)`, whose gradient reads the result.
/// struct ScaledExp(f64);
///
/// impl Function for ScaledExp {
///     fn forward(&self, ctx: &mut ForwardContext, inputs: &[&Tensor]) -> Result<Vec<Tensor>> {
///         let y = (inputs[0] * self.0).exp();
///         ctx.save_for_backward(&[&y]);
///         Ok(vec![y])
///     }
///     fn backward(&self, ctx: &Context, grads: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
///         let y = ctx.saved_tensors()?.remove(0);
///         Ok(vec![grads[0].as_ref().map(|g| g * y * self.0)])
///     }
/// }
///
/// let x = tensor!([0.0, 1.0]).requires_grad_(true);
/// let y = ScaledExp(2.0).apply1(&[&x])?;
/// assert_eq!(y.grad_fn().unwrap().name(), "ScaledExpBackward");
/// y.sum().backward();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>()[0], 2.0);
/// # Ok::<(), wengert::Error>(())
/// ```
pub trait Function: Send + Sync + 'static {
    /// Its name; the node's has `Backward` behind it. The type's name, if nothing else is said.
    fn name(&self) -> &'static str {
        let path = std::any::type_name::<Self>();
        let path = path.split('<').next().unwrap_or(path);
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Computes the results; nothing is recorded meanwhile.
    ///
    /// A result may be an input, or a view of one. An input that was written in place must be named with
    /// [`ForwardContext::mark_dirty`] and be a result.
    ///
    /// # Errors
    /// The implementor's.
    fn forward(&self, ctx: &mut ForwardContext, inputs: &[&Tensor]) -> Result<Vec<Tensor>>;

    /// From the gradients of the results those of the inputs, one for each; `None` is an undefined one. Gradients are summed to the input's
    /// shape and cast to its dtype afterwards. Under `create_graph` what it does is recorded, so it can be differentiated again if it is
    /// made of tensor code.
    ///
    /// # Errors
    /// The implementor's; without an implementation there is no backward.
    fn backward(&self, ctx: &Context, grads: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let _ = (ctx, grads);
        Err(Error::not_implemented(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.",
        )
        .hint(format!("implement Function::backward for {}", self.name())))
    }

    /// Is `backward` not to be differentiated? It then runs without recording, and to differentiate its results is an error.
    fn once_differentiable(&self) -> bool {
        false
    }

    /// From the tangents of the inputs those of the results, for forward mode; `None` is zero.
    ///
    /// # Errors
    /// The implementor's; without an implementation there is no forward mode.
    fn jvp(&self, ctx: &Context, tangents: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let _ = (ctx, tangents);
        Err(Error::not_implemented(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD.",
        )
        .hint(format!("implement Function::jvp for {}", self.name())))
    }

    /// One call for a whole batch, for `vmap`; `None`: `forward` and `backward` themselves run on tensors that stand for the batch, which
    /// they can if they are tensor code. (They do so, too, where the batch is inside of a gradient: `vmap` of `grad`.)
    ///
    /// # Errors
    /// The implementor's.
    fn vmap(&self, info: &VmapInfo, inputs: &[&Tensor]) -> Result<Option<Batched>> {
        let _ = (info, inputs);
        Ok(None)
    }

    /// Calls it, and records it if an input requires grad.
    ///
    /// # Errors
    /// - what `forward` says;
    /// - `a leaf Variable that requires grad has been used in an in-place operation.`;
    /// - an input that is marked as dirty and is no result.
    #[track_caller]
    fn apply(self, inputs: &[&Tensor]) -> Result<Vec<Tensor>>
    where
        Self: Sized,
    {
        let location = Caller::here();
        let name = self.name();
        let function: Arc<dyn Function> = Arc::new(self);
        let (outs, _) = run::run(&function, inputs, location, false).map_err(|e| e.at(name, location))?;
        Ok(outs)
    }

    /// [`Function::apply`] of a function with one result.
    ///
    /// # Errors
    /// As there, and if it has no or several results.
    #[track_caller]
    fn apply1(self, inputs: &[&Tensor]) -> Result<Tensor>
    where
        Self: Sized,
    {
        let location = Caller::here();
        let name = self.name();
        let mut outs = self.apply(inputs)?;
        match outs.pop() {
            Some(out) if outs.is_empty() => Ok(out),
            last => {
                let n = outs.len() + usize::from(last.is_some());
                Err(Error::value(format!("{name} has {n} results and not one")).at(name, location))
            }
        }
    }
}

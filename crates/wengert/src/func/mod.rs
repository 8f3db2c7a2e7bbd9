//! Transforms of functions (`torch.func`): a function in, a function out. They compose in any order: `vmap(grad(vmap(f)))`.
//!
//! A function takes one argument, a [`Tree`] of tensors (a tensor, a vector or tuple of trees), and returns one, or a `Result` of one. It
//! should have no other effect. What it captures is constant to `vmap`, and differentiated by nobody but who tracks it outside.
//!
//! ```
//! use wengert::{Tensor, func, tensor};
//!
//! // One gradient for each example.
//! let loss = |(w, x): &(Tensor, Tensor)| (w.matmul(x) - 1.0).pow(2.0);
//! let (w, xs) = (tensor!([2.0, 3.0]), tensor!([[1.0, 0.0], [0.0, 1.0]]));
//! let of_w = |x: &Tensor| func::grad(|w: &Tensor| loss(&(w.clone(), x.clone())))(&w);
//! assert_eq!(func::vmap(of_w)(&xs)?.to_vec::<f32>(), [2.0, 0.0, 0.0, 4.0]);
//! # Ok::<(), wengert::Error>(())
//! ```

pub mod flat;
mod forward;
mod jacobian;
mod reverse;
mod tree;
mod vmap;

pub use crate::transforms::{Fallback, Randomness, fallbacks};
pub use forward::{Linearized, WithDerivative, jvp, jvp_of, linearize};
pub(crate) use forward::{check_tangent, parts};
pub use jacobian::{Chunked, hessian, hvp, jacfwd, jacrev};
pub use reverse::{Pullback, WithPullback, grad, grad_and_value, vjp};
pub use tree::{HessianOf, JacobianOf, Pair, Returns, Tree};
pub(crate) use vmap::for_each;
pub use vmap::{Vmap, vmap};

//! [`Module`]: something with parameters that turns a tensor into another, and what can be done with any of them.

mod members;
mod parameter;
mod state;

pub use members::{Member, Members, Mode};
pub use parameter::Parameter;

use wengert::error::or_panic;
use wengert::io::Tensors;
use wengert::{Result, Tensor};

/// A layer, or a network of layers.
///
/// An implementation says how to compute ([`forward`](Module::forward)) and what it consists of ([`members`](Module::members)); all
/// else follows from these two:
///
/// ```
/// use wengert::{Result, Tensor, ops};
/// use wengert_nn::{Linear, Members, Module};
///
/// struct Net { hidden: Linear, out: Linear }
///
/// impl Module for Net {
///     fn forward(&self, input: &Tensor) -> Result<Tensor> {
///         self.out.forward(&ops::relu(&self.hidden.forward(input)?)?)
///     }
///     fn members(&self) -> Members<'_> {
///         Members::new().module("hidden", &self.hidden).module("out", &self.out)
///     }
/// }
///
/// let net = Net { hidden: Linear::new(4, 8), out: Linear::new(8, 3) };
/// assert_eq!(net.num_parameters(), 4 * 8 + 8 + 8 * 3 + 3);
/// assert_eq!(net.named_parameters()[0].0, "hidden.weight");
/// assert_eq!(net.call(&Tensor::ones(&[2, 4])).shape(), [2, 3]);
/// ```
/// After <https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html>.
pub trait Module: Send + Sync {
    /// The output for an input.
    ///
    /// # Errors
    /// Those of the operations, mostly shapes that do not fit.
    #[track_caller]
    fn forward(&self, input: &Tensor) -> Result<Tensor>;

    /// Parameters, buffers and modules inside, by name, in the order of PyTorch's registration. Nothing, unless implemented.
    fn members(&self) -> Members<'_> {
        Members::new()
    }

    /// What stands in parentheses when it is printed: `in_features=4, out_features=3, bias=True`.
    fn extra_repr(&self) -> String {
        String::new()
    }

    /// The name of its type without path and parameters: `Linear`.
    fn type_name(&self) -> &'static str {
        let full = std::any::type_name::<Self>();
        let path = full.split('<').next().unwrap_or(full);
        path.rsplit("::").next().unwrap_or(path)
    }

    /// [`Module::forward`] as a method that panics: `model(x)` in PyTorch.
    ///
    /// # Panics
    /// At the caller's line, with the text of the error.
    #[track_caller]
    fn call(&self, input: &Tensor) -> Tensor {
        or_panic(self.forward(input))
    }

    /// All parameters with their names (`layers.1.bias`), in order. One that is shared by several modules comes once, under its first
    /// name.
    fn named_parameters(&self) -> Vec<(String, Tensor)> {
        let mut found: Vec<(String, Tensor)> = Vec::new();
        self.members().walk(&mut |name, member| {
            if let Member::Parameter(p) = member
                && !found.iter().any(|(_, t)| t.is_same(p))
            {
                found.push((name, p.tensor().clone()));
            }
        });
        found
    }

    /// All parameters, in order, each once.
    fn parameters(&self) -> Vec<Tensor> {
        self.named_parameters().into_iter().map(|(_, t)| t).collect()
    }

    /// All buffers (state that is saved but not trained) with their names, in order.
    fn named_buffers(&self) -> Vec<(String, Tensor)> {
        let mut found = Vec::new();
        self.members().walk(&mut |name, member| {
            if let Member::Buffer(b) = member {
                found.push((name, b.clone()));
            }
        });
        found
    }

    /// Number of elements of all parameters.
    fn num_parameters(&self) -> usize {
        self.parameters().iter().map(Tensor::numel).sum()
    }

    /// From here on everything inside behaves as in training (dropout drops). The state of a new module.
    fn train(&self) {
        self.members().set_training(true);
    }

    /// From here on everything inside behaves as in use (dropout does nothing).
    fn eval(&self) {
        self.members().set_training(false);
    }

    /// Clears the gradients of all parameters.
    fn zero_grad(&self) {
        self.parameters().iter().for_each(Tensor::zero_grad);
    }

    /// Parameters and buffers by name, to be saved. As in PyTorch they share memory with the module: training goes on to change them.
    fn state_dict(&self) -> Tensors {
        let mut state = Tensors::new();
        self.members().walk(&mut |name, member| {
            if let Some(t) = member.tensor() {
                state.insert(name, t.detach());
            }
        });
        state
    }

    /// Takes the numbers of a [`state_dict`](Module::state_dict), cast to the dtypes of this module.
    ///
    /// # Errors
    /// If a tensor is missing, not expected, or has another shape: all of them, in PyTorch's words. Nothing is changed then.
    fn load_state_dict(&self, state: &Tensors) -> Result<()> {
        state::load(self.type_name(), &self.members(), state)
    }

    /// The module and what is inside as PyTorch prints them.
    fn repr(&self) -> String {
        let extra = self.extra_repr();
        let children = self.members().repr_of_modules();
        if children.is_empty() {
            return format!("{}({extra})", self.type_name());
        }
        let lines: Vec<String> = Some(extra).filter(|e| !e.is_empty()).into_iter().chain(children).collect();
        format!("{}(\n  {}\n)", self.type_name(), lines.join("\n").replace('\n', "\n  "))
    }
}

impl<M: Module + ?Sized> Module for Box<M> {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        (**self).forward(input)
    }
    fn members(&self) -> Members<'_> {
        (**self).members()
    }
    fn extra_repr(&self) -> String {
        (**self).extra_repr()
    }
    fn type_name(&self) -> &'static str {
        (**self).type_name()
    }
}

#[cfg(test)]
mod tests;

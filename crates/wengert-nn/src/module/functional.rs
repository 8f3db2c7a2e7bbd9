//! Modules as functions of their parameters.

use super::{Member, Module};
use wengert::{Error, Result, Tensor, func};

/// Calls a module with other tensors in the place of its parameters and buffers (`torch.func.functional_call`). Those that are not named
/// stay the module's own. A parameter that several modules share has any of its names.
///
/// ```
/// use wengert::{Result, Tensor, func};
/// use wengert_nn::{Linear, Module, functional_call};
///
/// let net = Linear::new(3, 1);
/// let (xs, ys) = (Tensor::ones(&[5, 3]), Tensor::zeros(&[5, 1]));
/// let names: Vec<String> = net.named_parameters().into_iter().map(|(name, _)| name).collect();
/// let loss = |parameters: &Vec<Tensor>, x: &Tensor, y: &Tensor| -> Result<Tensor> {
///     let out = functional_call(&net, names.iter().map(String::as_str).zip(parameters), x)?;
///     Ok((out - y).pow(2.0).sum())
/// };
/// // The gradient of every example's loss.
/// let parameters = net.parameters().iter().map(Tensor::detach).collect();
/// let grads = func::vmap(|(x, y): &(Tensor, Tensor)| func::grad(|p: &Vec<Tensor>| loss(p, x, y))(&parameters))(&(xs, ys))?;
/// assert_eq!(grads[0].shape(), [5, 1, 3]);
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// Those of the module; if there is no parameter or buffer of a name.
pub fn functional_call<'a, M: Module + ?Sized>(
    module: &M,
    tensors: impl IntoIterator<Item = (&'a str, &'a Tensor)>,
    input: &Tensor,
) -> Result<Tensor> {
    let mut own: Vec<(String, Tensor)> = Vec::new();
    module.members().walk(&mut |name, member| {
        own.extend(match member {
            Member::Parameter(p) => Some((name, p.tensor().clone())),
            Member::Buffer(b) => Some((name, b.clone())),
            Member::Module(_) => None,
        });
    });
    let mut pairs = Vec::new();
    for (name, tensor) in tensors {
        let Some((_, old)) = own.iter().find(|(n, _)| n == name) else {
            return Err(Error::runtime(format!(
                "Error(s) in loading state_dict for {}:\n\tUnexpected key(s): \"{name}\".",
                module.type_name()
            )));
        };
        pairs.push((old, tensor));
    }
    func::substitute(&pairs, || module.forward(input))
}

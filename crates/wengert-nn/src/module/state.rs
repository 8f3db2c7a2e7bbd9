//! Loading a state dict.

use super::Members;
use wengert::io::Tensors;
use wengert::{Error, Result, Tensor, no_grad, ops};

/// Copies the tensors of `state` into those of `members`, if they fit exactly.
pub(super) fn load(module: &str, members: &Members, state: &Tensors) -> Result<()> {
    let mut own: Vec<(String, &Tensor)> = Vec::new();
    members.walk(&mut |name, member| own.extend(member.tensor().map(|t| (name, t))));
    let missing = own.iter().map(|(name, _)| name).filter(|name| !state.contains_key(*name));
    let unexpected = state.keys().filter(|key| !own.iter().any(|(name, _)| name == *key));
    let mut problems = Vec::new();
    problems.extend(listed("Missing", missing));
    problems.extend(listed("Unexpected", unexpected));
    for (name, t) in &own {
        if let Some(saved) = state.get(name).filter(|saved| saved.shape() != t.shape()) {
            problems.push(format!(
                "size mismatch for {name}: copying a param with shape torch.Size({:?}) from checkpoint, the shape in current model is torch.Size({:?}).",
                saved.shape(),
                t.shape()
            ));
        }
    }
    if !problems.is_empty() {
        let text = format!("Error(s) in loading state_dict for {module}:\n\t{}", problems.join("\n\t"));
        return Err(Error::runtime(text));
    }
    no_grad(|| own.iter().try_for_each(|(name, t)| ops::copy_(t, &state[name]).map(drop)))
}

/// `Missing key(s) in state_dict: "a", "b". `, with the blank at the end that PyTorch writes.
fn listed<'a>(what: &str, keys: impl Iterator<Item = &'a String>) -> Option<String> {
    let keys: Vec<String> = keys.map(|k| format!("\"{k}\"")).collect();
    (!keys.is_empty()).then(|| format!("{what} key(s) in state_dict: {}. ", keys.join(", ")))
}

use super::*;
use crate::{Dropout, Linear, ReLU, Sequential, sequential};
use wengert::{DType, io, no_grad, ops, tensor};

/// A module of every kind of member, with a parameter that is used twice.
struct Net {
    scale: Parameter,
    seen: Tensor,
    layers: Sequential,
    tied: Parameter,
}

impl Net {
    fn new() -> Net {
        let scale = Parameter::new(&tensor!([2.0]));
        let layers = sequential![Linear::new(3, 2), ReLU, Dropout::new(0.5).unwrap(), Linear::without_bias(2, 1)];
        Net { tied: scale.clone(), scale, seen: tensor!([7.0]), layers }
    }
}

impl Module for Net {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::mul(&self.layers.forward(input)?, self.scale.tensor())
    }
    fn members(&self) -> Members<'_> {
        // Own parameters come before those of modules, whatever the order here.
        Members::new()
            .module("layers", &self.layers)
            .parameter("scale", &self.scale)
            .buffer("seen", &self.seen)
            .parameter("tied", &self.tied)
    }
}

fn names(named: &[(String, Tensor)]) -> Vec<&str> {
    named.iter().map(|(n, _)| n.as_str()).collect()
}

#[test]
fn parameters_by_name_and_in_order() {
    let net = Net::new();
    let named = net.named_parameters();
    assert_eq!(names(&named), ["scale", "layers.0.weight", "layers.0.bias", "layers.3.weight"]);
    assert!(named[0].1.is_same(&net.scale));
    assert!(named.iter().all(|(_, p)| p.requires_grad() && p.is_leaf()));
    assert_eq!(names(&net.named_buffers()), ["seen"]);
    assert_eq!((net.parameters().len(), net.num_parameters()), (4, 1 + 6 + 2 + 2));
    let keys: Vec<String> = net.state_dict().into_keys().collect();
    assert_eq!(keys, ["layers.0.bias", "layers.0.weight", "layers.3.weight", "scale", "seen", "tied"]);
}

#[test]
fn gradients_are_cleared() {
    let net = Net::new();
    net.eval();
    ops::sum(&net.call(&Tensor::ones(&[4, 3]))).unwrap().backward();
    assert!(net.scale.grad().is_some());
    net.zero_grad();
    assert!(net.parameters().iter().all(|p| p.grad().is_none()));
}

#[test]
fn modes_reach_every_module() {
    let net = Net::new();
    let x = Tensor::ones(&[64, 3]);
    no_grad(|| ops::fill_(&net.parameters()[3], 1.0)).unwrap();
    no_grad(|| ops::fill_(&net.parameters()[1], 1.0)).unwrap();
    let differs = || net.call(&x).to_vec::<f32>() != net.call(&x).to_vec::<f32>();
    assert!(differs(), "a new module is training");
    net.eval();
    assert!(!differs());
    net.train();
    assert!(differs());
}

#[test]
fn a_state_dict_shares_memory_and_comes_back() {
    let (one, two) = (Net::new(), Net::new());
    let state = one.state_dict();
    assert!(state.values().all(|t| !t.requires_grad()));
    two.load_state_dict(&state).unwrap();
    for ((name, a), (_, b)) in one.named_parameters().iter().zip(two.named_parameters()) {
        assert_eq!(a.to_vec::<f32>(), b.to_vec::<f32>(), "{name}");
        assert!(b.requires_grad() && b.is_leaf());
    }
    no_grad(|| ops::fill_(&one.scale, 9.0)).unwrap();
    assert_eq!((state["scale"].item(), two.scale.item()), (9.0, 2.0));
    // Other dtypes are cast.
    let wide: io::Tensors = state.iter().map(|(k, t)| (k.clone(), ops::to_dtype(t, DType::F64).unwrap())).collect();
    two.load_state_dict(&wide).unwrap();
    assert_eq!((two.scale.item(), two.scale.dtype()), (9.0, DType::F32));
}

#[test]
fn a_state_dict_that_does_not_fit_changes_nothing() {
    let net = Net::new();
    let mut state = Net::new().state_dict();
    no_grad(|| ops::fill_(&net.scale, 5.0)).unwrap();
    state.remove("seen");
    state.remove("tied");
    state.insert("extra".into(), tensor!(1.0));
    state.insert("layers.0.weight".into(), Tensor::zeros(&[3, 2]));
    let e = net.load_state_dict(&state).unwrap_err();
    assert_eq!(
        e.message(),
        "Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: \"seen\", \"tied\". \n\t\
         Unexpected key(s) in state_dict: \"extra\". \n\t\
         size mismatch for layers.0.weight: copying a param with shape torch.Size([3, 2]) from checkpoint, \
         the shape in current model is torch.Size([2, 3])."
    );
    assert_eq!(net.scale.item(), 5.0);
}

#[test]
fn printed_as_in_pytorch() {
    assert_eq!(
        Net::new().repr(),
        "Net(\n  (layers): Sequential(\n    (0): Linear(in_features=3, out_features=2, bias=True)\n    (1): ReLU()\n    \
         (2): Dropout(p=0.5, inplace=False)\n    (3): Linear(in_features=2, out_features=1, bias=False)\n  )\n)"
    );
    assert_eq!(Parameter::new(&tensor!([1.0])).to_string(), "Parameter containing:\ntensor([1.], requires_grad=True)");
}

#[test]
fn a_call_panics_with_the_text_of_the_error() {
    let text = std::panic::catch_unwind(|| Linear::new(4, 3).call(&Tensor::ones(&[2, 5]))).unwrap_err();
    let text = text.downcast_ref::<String>().unwrap();
    assert!(text.contains("mat1 and mat2 shapes cannot be multiplied (2x5 and 4x3)"), "{text}");
}

#[test]
fn errors_and_nodes_name_the_callers_line() {
    let model = sequential![Linear::new(4, 3), ReLU, Linear::new(2, 1)];
    let e = model.forward(&Tensor::ones(&[2, 4])).unwrap_err();
    assert_eq!((e.location().unwrap().file(), e.location().unwrap().line()), (file!(), line!() - 1));
    let boxed: Box<dyn Module> = Box::new(sequential![Linear::new(4, 3)]);
    let y = boxed.call(&Tensor::ones(&[2, 4]));
    let node = y.grad_fn().unwrap();
    let location = node.location().unwrap();
    assert_eq!((location.file(), location.line()), (file!(), line!() - 3));
}

#[test]
fn parameters_are_numbers_with_a_fraction() {
    let x = tensor!([1.0]).requires_grad_(true);
    let p = Parameter::new(&(&x * 2.0));
    assert!(p.is_leaf() && p.requires_grad());
    assert!(std::panic::catch_unwind(|| Parameter::new(&tensor!([1]))).is_err());
}

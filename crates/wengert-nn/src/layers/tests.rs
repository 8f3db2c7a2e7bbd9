use super::*;
use crate::recorded::{assert_close, assert_same_bits, floats};
use crate::{Module, sequential};
use wengert::{DType, Generator, Tensor, ops, tensor};

/// What `xtask/python/record_init.py` wrote.
const RECORDED: &str = include_str!("../../testdata/init.txt");

#[test]
fn a_new_linear_layer_has_pytorchs_numbers() {
    let mut layers = 0;
    for line in RECORDED.lines().filter_map(|l| l.strip_prefix("linear ")) {
        let (sizes, words) = line.split_once(" | ").unwrap();
        let sizes: Vec<usize> = sizes.split(' ').map(|n| n.parse().unwrap()).collect();
        let options = LinearOptions { generator: Some(Generator::new(0)), ..Default::default() };
        let layer = Linear::with_options(sizes[0], sizes[1], &options);
        let expected = floats(words.split(' '));
        let (weight, bias) = expected.split_at(sizes[0] * sizes[1]);
        assert_same_bits(&layer.weight, weight, line);
        assert_same_bits(layer.bias.as_ref().unwrap(), bias, line);
        layers += 1;
    }
    assert_eq!(layers, 3);
}

#[test]
fn linear() {
    let layer = Linear::new(2, 3);
    assert_eq!((layer.in_features(), layer.out_features()), (2, 3));
    let state = [("weight", tensor!([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])), ("bias", tensor!([0.5, -0.5, 0.0]))];
    layer.load_state_dict(&state.map(|(k, t)| (k.to_string(), t)).into()).unwrap();
    let y = layer.call(&tensor!([[1.0, -1.0], [0.0, 2.0]]));
    assert_eq!(y.to_vec::<f32>(), [-0.5, -1.5, -1.0, 4.5, 7.5, 12.0]);
    ops::sum(&y).unwrap().backward();
    assert_eq!(layer.weight.grad().unwrap().to_vec::<f32>(), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(layer.bias.as_ref().unwrap().grad().unwrap().to_vec::<f32>(), [2.0; 3]);
    assert_eq!(layer.call(&Tensor::ones(&[4, 5, 2])).shape(), [4, 5, 3]);
    let options = LinearOptions { dtype: Some(DType::F64), ..Default::default() };
    assert_eq!(Linear::with_options(2, 2, &options).weight.dtype(), DType::F64);
    assert_eq!(Linear::new(0, 2).call(&Tensor::ones(&[3, 0])).to_vec::<f32>(), [0.0; 6]);
}

#[test]
fn activations() {
    // torch: nn.ReLU()(x), nn.Tanh()(x), nn.Sigmoid()(x), nn.GELU()(x), nn.GELU("tanh")(x)
    let x = tensor!([-1.0, 0.0, 2.0]);
    let close = |m: &dyn Module, expected: [f32; 3]| assert_close(&m.call(&x), &expected, 1e-6, &m.repr());
    close(&ReLU, [0.0, 0.0, 2.0]);
    close(&Tanh, [-0.761_594_2, 0.0, 0.964_027_6]);
    close(&Sigmoid, [0.268_941_4, 0.5, 0.880_797_1]);
    close(&GELU::default(), [-0.158_655_26, 0.0, 1.954_499_7]);
    close(&GELU { tanh: true }, [-0.158_808, 0.0, 1.954_597_7]);
    assert_eq!(GELU { tanh: true }.repr(), "GELU(approximate='tanh')");
}

#[test]
fn dropout_by_its_mode() {
    let dropout = Dropout::new(0.5).unwrap().with_generator(Generator::new(1));
    let x = Tensor::ones(&[1000]);
    let y = dropout.call(&x).to_vec::<f32>();
    assert!(y.iter().all(|&v| v == 0.0 || v == 2.0) && y.contains(&0.0) && y.contains(&2.0));
    dropout.eval();
    assert!(dropout.call(&x).is_same(&x));
    assert_eq!(Dropout::new(1.5).unwrap_err().message(), "dropout probability has to be between 0 and 1, but got 1.5");
}

#[test]
fn shapes() {
    let flat = Flatten::default();
    assert_eq!(flat.call(&Tensor::ones(&[2, 3, 4])).shape(), [2, 12]);
    assert_eq!(flat.repr(), "Flatten(start_dim=1, end_dim=-1)");
    assert_eq!(Flatten { start_dim: 0, end_dim: 1 }.call(&Tensor::ones(&[2, 3, 4])).shape(), [6, 4]);
}

#[test]
fn layer_norm() {
    let norm = LayerNorm::new(&[3]);
    // torch: nn.LayerNorm(3)(torch.tensor([[1., 2., 6.]]))
    let y = norm.call(&tensor!([[1.0, 2.0, 6.0]]));
    assert_close(&y, &[-0.925_819, -0.462_909_5, 1.388_728_4], 1e-5, "LayerNorm");
    assert_eq!(norm.repr(), "LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)");
    assert_eq!(LayerNorm::new(&[2, 3]).extra_repr(), "(2, 3), eps=1e-05, elementwise_affine=True, bias=True");
}

#[test]
fn sequential_modules() {
    let none = Sequential::new();
    let x = tensor!([[1.0, -1.0]]);
    assert!(none.is_empty() && none.call(&x).is_same(&x));
    assert_eq!(none.repr(), "Sequential()");
    let mut named = sequential![ReLU];
    named.push_named("head", sequential![Linear::new(2, 1)]);
    named.push(Tanh);
    assert_eq!(named.iter().map(|(n, _)| n).collect::<Vec<_>>(), ["0", "head", "2"]);
    assert_eq!(named.named_parameters()[1].0, "head.0.bias");
    assert_eq!(named.call(&x).shape(), [1, 1]);
    assert_eq!(named.len(), 3);
    for (name, text) in [("", "can't be empty"), ("a.b", "can't contain"), ("head", "already exists")] {
        let push = std::panic::AssertUnwindSafe(|| named.push_named(name, ReLU));
        let panic = std::panic::catch_unwind(push).unwrap_err();
        let panic = panic
            .downcast_ref::<String>()
            .cloned()
            .unwrap_or_else(|| panic.downcast_ref::<&str>().unwrap().to_string());
        assert!(panic.contains(text), "{panic}");
    }
    let boxed: Box<dyn Module> = Box::new(named);
    assert_eq!(boxed.type_name(), "Sequential");
    assert_eq!(sequential![boxed].num_parameters(), 3);
}

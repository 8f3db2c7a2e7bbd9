//! gradcheck and gradgradcheck find what is wrong, and say where.

use std::cell::Cell;
use wengert::autograd::{GradcheckOptions, gradcheck, gradgradcheck};
use wengert::{Result, Tensor, no_grad, ops};

fn input(shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    let data: Vec<f64> = (0..n).map(|i| 0.3 + 0.7 * i as f64).collect();
    Tensor::from_slice(&data, shape).requires_grad_(true)
}

fn check(f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>, inputs: &[Tensor]) -> String {
    gradcheck(f, inputs, GradcheckOptions::default()).map_or_else(|e| e.message().to_string(), |()| "ok".to_string())
}

#[test]
fn right_gradients_pass() {
    let inputs = [input(&[2, 3]), input(&[3])];
    let f = |t: &[Tensor]| Ok(vec![&t[0] * &t[1], ops::sum(&t[0])? / &t[1]]);
    assert_eq!(check(f, &inputs), "ok");
    gradgradcheck(f, &inputs, GradcheckOptions::default()).unwrap();
    no_grad(|| assert_eq!(check(f, &inputs), "ok"));
}

#[test]
fn a_wrong_gradient_is_located() {
    let inputs = [input(&[2, 3]), input(&[3])];
    let text = check(|t| Ok(vec![&t[0] + 1.0, &t[0] * &t[1].detach()]), &inputs);
    assert!(
        text.starts_with("Jacobian mismatch for output 1 with respect to input 1: d output[0, 0] / d input[0] is"),
        "{text}"
    );
    assert!(text.ends_with("0.0 analytically (6 of 18 entries differ)"), "{text}");
}

#[test]
fn a_missing_graph_is_found() {
    let text = check(|t| Ok(vec![t[0].detach() * 2.0]), &[input(&[1])]);
    assert!(text.starts_with("Jacobian mismatch for output 0 with respect to input 0"), "{text}");
    assert_eq!(check(|t| Ok(vec![t[0].detach() * 0.0]), &[input(&[1])]), "ok");
}

#[test]
fn a_wrong_second_derivative_is_found() {
    // x² with the gradient 2x, whose own gradient misses a half: the factor that backward reads is detached.
    let x = input(&[2]);
    let f = |t: &[Tensor]| {
        let frozen = t[0].detach();
        Ok(vec![&t[0] * &frozen * 2.0 - &frozen * &frozen])
    };
    assert_eq!(check(f, std::slice::from_ref(&x)), "ok");
    let e = gradgradcheck(f, &[x], GradcheckOptions::default()).unwrap_err();
    assert!(e.message().contains("Jacobian mismatch for output 0 with respect to input 0"), "{e}");
}

#[test]
fn results_must_repeat() {
    let calls = Cell::new(0.0);
    let text = check(
        |t| {
            calls.set(calls.get() + 1.0);
            Ok(vec![&t[0] * calls.get()])
        },
        &[input(&[1])],
    );
    assert_eq!(text, "gradcheck: output 0 differs between two calls with the same inputs");
}

#[test]
fn inputs_must_fit() {
    let f = |t: &[Tensor]| Ok(vec![&t[0] * 2.0]);
    assert!(check(f, &[input(&[2]).detach()]).contains("at least one input tensor to require gradient"));
    assert!(check(f, &[Tensor::ones(&[2]).requires_grad_(true)]).contains("input 0 is torch.float32"));
    let expanded = input(&[1]).detach().expand(&[3]).detach().requires_grad_(true);
    assert!(check(f, &[expanded]).contains("stride 0"));
}

#[test]
fn strided_inputs_keep_their_layout() {
    let base = input(&[3, 2]).detach();
    let layout = base.array().layout().permute(&[1, 0]);
    let x = Tensor::from_array(base.array().with_layout(layout)).requires_grad_(true);
    let f = |t: &[Tensor]| {
        assert!(!t[0].is_contiguous());
        Ok(vec![&t[0] * &t[0]])
    };
    assert_eq!(check(f, &[x]), "ok");
}

//! gradcheck and gradgradcheck find what is wrong, and say where.

use crate::twice::Twice;
use std::cell::Cell;
use wengert::apply::{apply, apply1};
use wengert::array::Array;
use wengert::autograd::{GradcheckOptions, GradgradcheckOptions, gradcheck, gradgradcheck};
use wengert::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves, one};
use wengert::{DType, Result, Tensor, no_grad, ops};

fn input(shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    let data: Vec<f64> = (0..n).map(|i| 0.3 + 0.7 * i as f64).collect();
    Tensor::from_slice(&data, shape).requires_grad_(true)
}

fn text(result: Result<bool>) -> String {
    result.map_or_else(|e| e.to_string(), |passed| passed.to_string())
}

fn check(f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>, inputs: &[Tensor]) -> String {
    text(gradcheck(f, inputs, GradcheckOptions::default()))
}

/// In whole and in fast mode, with these options otherwise.
fn both(f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>, inputs: &[Tensor], options: GradcheckOptions) -> [String; 2] {
    [false, true].map(|fast_mode| text(gradcheck(&f, inputs, GradcheckOptions { fast_mode, ..options })))
}

fn twice(backward: fn(&Tensor) -> Result<Tensor>) -> impl Fn(&[Tensor]) -> Result<Vec<Tensor>> {
    twice_by(backward, 2.0, 2.0)
}

fn twice_by(
    backward: fn(&Tensor) -> Result<Tensor>,
    forward: f64,
    batched: f64,
) -> impl Fn(&[Tensor]) -> Result<Vec<Tensor>> {
    move |t| Ok(vec![apply1(Twice { backward, forward, batched }, &[(&t[0]).into()])?])
}

#[test]
fn right_gradients_pass() {
    let inputs = [input(&[2, 3]), input(&[3])];
    let f = |t: &[Tensor]| Ok(vec![&t[0] * &t[1], ops::sum(&t[0])? / &t[1]]);
    assert_eq!(both(f, &inputs, GradcheckOptions::default()), ["true", "true"]);
    assert_eq!(text(gradgradcheck(f, &inputs, GradcheckOptions::default())), "true");
    assert_eq!(text(gradgradcheck(f, &inputs, GradcheckOptions::fast())), "true");
    no_grad(|| assert_eq!(check(f, &inputs), "true"));
    assert_eq!(check(twice(|g| Ok(g * 2.0)), &inputs), "true");
    // Empty inputs and outputs have empty Jacobians.
    let empty = |t: &[Tensor]| Ok(vec![&t[0] * 2.0, ops::sum(&t[0])?]);
    assert_eq!(both(empty, &[input(&[0, 2])], GradcheckOptions::default()), ["true", "true"]);
}

#[test]
fn a_wrong_gradient_is_located() {
    let inputs = [input(&[2]), input(&[1])];
    let wrong = |t: &[Tensor]| Ok(vec![&t[0] + 1.0, &t[0] * &t[1].detach()]);
    let [whole, fast] = both(wrong, &inputs, GradcheckOptions::default());
    insta::assert_snapshot!(whole, @r"
    Jacobian mismatch for output 1 with respect to input 1,
    numerical:tensor([[0.3000, 1.0000]], dtype=torch.float64)
    analytical:tensor([[0., 0.]], dtype=torch.float64)

      hint: d output[0] / d input[0] is 0.3 numerically, 0.0 analytically (2 of 2 entries differ)
    ");
    insta::assert_snapshot!(fast, @r"
    Jacobian mismatch for output 1 with respect to input 1,
    numerical:-0.121838
    analytical:-0.0

    The above quantities relating the numerical and analytical jacobians are computed in fast mode. Below, we recompute numerical and analytical jacobians in slow mode:

    Numerical:
     tensor([[0.3000, 1.0000]], dtype=torch.float64)
    Analytical:
    tensor([[0., 0.]], dtype=torch.float64)

    The max per-element difference (slow mode) is: 1.0.

      hint: d output[1] / d input[0] is 1.0 numerically, 0.0 analytically
    ");
}

#[test]
fn failures_are_false_if_asked() {
    let options = GradcheckOptions { raise_exception: false, ..GradcheckOptions::default() };
    let wrong = |t: &[Tensor]| Ok(vec![&t[0] * &t[0].detach()]);
    assert_eq!(both(wrong, &[input(&[2])], options), ["false", "false"]);
    // What cannot be checked stays an error.
    let failing = |t: &[Tensor]| Ok(vec![t[0].reshape(&[3])]);
    assert!(std::panic::catch_unwind(|| gradcheck(failing, &[input(&[2])], options)).is_err());
    let failing = |t: &[Tensor]| Ok(vec![ops::reshape(&t[0], &[3])?]);
    assert!(text(gradcheck(failing, &[input(&[2])], options)).contains("shape '[3]' is invalid"));
}

#[test]
fn a_missing_graph_is_found() {
    insta::assert_snapshot!(check(|t| Ok(vec![t[0].detach() * 2.0]), &[input(&[1])]), @r#"
    Numerical gradient for function expected to be zero
      hint: output 0 does not require grad: it was computed from detached tensors or inside no_grad
    "#);
    let constant = |t: &[Tensor]| Ok(vec![t[0].detach() * 0.0]);
    assert_eq!(both(constant, &[input(&[1])], GradcheckOptions::default()), ["true", "true"]);
    let half = |t: &[Tensor]| Ok(vec![&t[0] * 2.0, t[0].detach() * 2.0]);
    for text in both(half, &[input(&[1])], GradcheckOptions::default()) {
        assert!(text.contains("expected to be zero\n  hint: output 1"), "{text}");
    }
}

#[test]
fn a_wrong_second_derivative_is_found() {
    // x² with the gradient 2x, whose own gradient misses a half: the factor that backward reads is detached.
    let x = input(&[2]);
    let f = |t: &[Tensor]| {
        let frozen = t[0].detach();
        Ok(vec![&t[0] * &frozen * 2.0 - &frozen * &frozen])
    };
    assert_eq!(check(f, std::slice::from_ref(&x)), "true");
    for check in [GradcheckOptions::default(), GradcheckOptions::fast()] {
        let text = text(gradgradcheck(f, std::slice::from_ref(&x), check));
        assert!(text.contains("Jacobian mismatch for output 0 with respect to input 0"), "{text}");
    }
}

#[test]
fn second_derivatives_take_given_gradients() {
    let x = [input(&[2])];
    let f = |t: &[Tensor]| Ok(vec![&t[0] * &t[0], t[0].detach()]);
    let g = [Tensor::from_slice(&[0.5f64, -2.0], &[2])];
    let options = GradgradcheckOptions { grad_outputs: Some(&g), ..Default::default() };
    assert_eq!(text(gradgradcheck(f, &x, options)), "true");
    let options = GradgradcheckOptions { grad_outputs: Some(&[]), ..Default::default() };
    insta::assert_snapshot!(text(gradgradcheck(f, &x, options)), @"gradgradcheck: 0 grad_outputs for 1 outputs that require grad");
    let constant = |t: &[Tensor]| Ok(vec![t[0].detach()]);
    insta::assert_snapshot!(text(gradgradcheck(constant, &x, GradcheckOptions::default())), @"gradgradcheck: no output of the function requires grad");
    // The second derivative exists, but backward takes only gradients without gaps.
    let dense = twice(|g| match g.is_contiguous() {
        true => Ok(g * 2.0),
        false => Err(wengert::Error::runtime("gaps")),
    });
    assert_eq!(text(gradgradcheck(&dense, &x, GradcheckOptions::default())), "true");
    let gaps = GradgradcheckOptions { gen_non_contig_grad_outputs: true, ..Default::default() };
    assert!(text(gradgradcheck(&dense, &x, gaps)).starts_with("gaps"));
}

#[test]
fn backward_must_be_linear() {
    let x = [input(&[3])];
    // Right for every unit vector, and for no sum of them.
    let text = check(twice(|g| Ok(g.abs() * 2.0)), &x);
    assert!(
        text.starts_with("Backward is not linear in grad_output: for output 0 with respect to input 0, element[2]"),
        "{text}"
    );
    // Right for whatever the checks ask but zero.
    let zero = twice(|g| Ok(g * 2.0 + ops::to_dtype(&ops::eq(&ops::abs(&ops::sum(g)?)?, 0.0)?, DType::F64)?));
    for text in both(zero, &x, GradcheckOptions::default()) {
        assert!(text.starts_with("backward not multiplied by grad_output\n  hint: the gradient of input 0"), "{text}");
    }
}

/// Two copies of `x`; the gradient of the second counts only where that of the first is undefined.
#[derive(Debug)]
struct Copies;

impl Primitive for Copies {
    fn name(&self) -> &'static str {
        "copies"
    }
    fn node_name(&self) -> &'static str {
        "CopiesBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok([ins[0], ins[0]].map(|m| one(m.shape, m.dtype)).into_iter().flatten().collect())
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        outs.iter_mut().for_each(|out| ins[0].copy_into(&mut out.view_mut()));
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::one(g.get(0).or(g.get(1)).cloned()))
    }
}

#[test]
fn undefined_gradients_are_zeros() {
    let x = [input(&[2])];
    let f = |t: &[Tensor]| apply(Copies, &[(&t[0]).into()]).map(|outs| outs.to_vec());
    for text in both(f, &x, GradcheckOptions::default()) {
        let hint = "the gradient of input 0 is not the same when the outputs other than 1 have undefined gradients";
        assert!(text.starts_with("Expected backward function to handle undefined output grads."), "{text}");
        assert!(text.contains(hint), "{text}");
    }
    let unchecked = GradcheckOptions { check_undefined_grad: false, ..GradcheckOptions::default() };
    assert_eq!(both(f, &x, unchecked), ["true", "true"]);
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
    insta::assert_snapshot!(text, @"gradcheck: output 0 differs between two calls with the same inputs");
}

#[test]
fn gradients_must_repeat() {
    thread_local!(static CALLS: Cell<f64> = const { Cell::new(0.0) });
    let drifting = twice(|g| {
        CALLS.set(CALLS.get() + 1.0);
        Ok(g * (2.0 + 1e-9 * CALLS.get()))
    });
    let x = [input(&[2])];
    let [whole, fast] = both(&drifting, &x, GradcheckOptions::default());
    insta::assert_snapshot!(whole, @r#"
    Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was 0.0.
      hint: it is the gradient of output 0 with respect to input 0; allow it with `nondet_tol`
    "#);
    insta::assert_snapshot!(fast, @r#"
    Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was 0.0.
      hint: it is the gradient of output 0 with respect to input 0; allow it with `nondet_tol`
    "#);
    let loose = GradcheckOptions { nondet_tol: 1e-6, ..GradcheckOptions::default() };
    assert_eq!(both(&drifting, &x, loose), ["true", "true"]);
}

#[test]
fn inputs_must_fit() {
    let f = |t: &[Tensor]| Ok(vec![&t[0] * 2.0]);
    insta::assert_snapshot!(check(f, &[input(&[2]).detach()]), @"gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.");
    let expanded = input(&[1]).detach().expand(&[3]).detach().requires_grad_(true);
    insta::assert_snapshot!(check(f, &[expanded]), @"The 0th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.");
    let moving = |t: &[Tensor]| ops::masked_select(&t[0], &ops::gt(&t[0], 0.3)?).map(|y| vec![y]);
    insta::assert_snapshot!(check(moving, &[input(&[2])]), @"Expected `func` to return outputs with the same shape when inputs are perturbed on index [0] by 1e-6, but got: shapes torch.Size([1]) and torch.Size([2]).");
    let large = |t: &Tensor| t.to_vec::<f64>()[0] > 0.3;
    let more = |t: &[Tensor]| Ok(vec![&t[0] * 2.0; if large(&t[0]) { 2 } else { 1 }]);
    insta::assert_snapshot!(check(more, &[input(&[2])]), @"Expected `func` to return as many outputs when inputs are perturbed on index [0] by 1e-6, but got: 1 and 2.");
    let other = |t: &[Tensor]| Ok(vec![ops::to_dtype(&t[0], if large(&t[0]) { DType::F32 } else { DType::F64 })?]);
    insta::assert_snapshot!(check(other, &[input(&[2])]), @"Expected `func` to return outputs with the same dtype when inputs are perturbed on index [0] by 1e-6, but got: dtypes torch.float64 and torch.float32.");
}

#[test]
fn single_precision_needs_larger_steps() {
    let f = |t: &[Tensor]| Ok(vec![&t[0] * &t[0]]);
    let x = [ops::to_dtype(&input(&[2]).detach(), DType::F32).unwrap().requires_grad_(true)];
    insta::assert_snapshot!(check(f, &x), @r#"
    Jacobian mismatch for output 0 with respect to input 0,
    numerical:tensor([[0.5993, 0.0000],
            [0.0000, 2.0000]], dtype=torch.float64)
    analytical:tensor([[0.6000, 0.0000],
            [0.0000, 2.0000]], dtype=torch.float64)

      hint: d output[0] / d input[0] is 0.5992647 numerically, 0.6 analytically (1 of 4 entries differ); input 0 is torch.float32, where differences are coarse: use torch.float64, or a larger eps
    "#);
    let coarse = GradcheckOptions { eps: 1e-2, atol: 1e-3, check_grad_dtypes: true, ..GradcheckOptions::default() };
    assert_eq!(both(f, &x, coarse), ["true", "true"]);
}

#[test]
fn something_must_be_checked() {
    let x = [input(&[1])];
    let f = |t: &[Tensor]| Ok(vec![&t[0] * 2.0]);
    let backward = GradcheckOptions::default();
    let neither = GradcheckOptions { check_backward_ad: false, ..backward };
    let forward = GradcheckOptions { check_forward_ad: true, ..neither };
    let texts = [
        neither,
        GradcheckOptions { check_batched_grad: true, ..forward },
        GradcheckOptions { check_batched_forward_grad: true, ..backward },
    ]
    .map(|options| text(gradcheck(f, &x, options)));
    insta::assert_snapshot!(texts.join("\n"), @r"
    Expected at least one of check_forward_ad or check_backward_ad to be True
    Setting check_batched_grad=True requires check_backward_ad to be True
    Setting check_batched_forward_grad=True requires check_forward_ad to be True
    ");
    let neither = GradgradcheckOptions { check_rev_over_rev: false, ..backward.into() };
    let forward = GradgradcheckOptions { check_fwd_over_rev: true, ..neither };
    let batched = GradcheckOptions { check_undefined_grad: false, check_batched_grad: true, ..backward };
    let texts = [neither, forward, GradgradcheckOptions { check: batched, ..forward }]
        .map(|options| text(gradgradcheck(f, &x, options)));
    insta::assert_snapshot!(texts.join("\n"), @r"
    Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True
    Setting check_undefined_grad=True requires check_rev_over_rev to be True
    Setting check_batched_grad=True requires check_rev_over_rev to be True
    ");
}

/// Forward mode too, and both for a batch.
const ALL: GradcheckOptions = GradcheckOptions {
    eps: 1e-6,
    atol: 1e-5,
    rtol: 1e-3,
    raise_exception: true,
    nondet_tol: 0.0,
    check_undefined_grad: true,
    check_grad_dtypes: true,
    check_batched_grad: true,
    check_batched_forward_grad: true,
    check_forward_ad: true,
    check_backward_ad: true,
    fast_mode: false,
};

#[test]
fn everything_right_passes_everything() {
    let inputs = [input(&[2, 3]), input(&[2, 1])];
    let f = |t: &[Tensor]| Ok(vec![&t[0] * &t[1], t[0].sin() / &t[1]]);
    assert_eq!(both(f, &inputs, ALL), ["true", "true"]);
    for fast_mode in [false, true] {
        let check = GradcheckOptions { fast_mode, ..ALL };
        let options = GradgradcheckOptions { check_fwd_over_rev: true, ..check.into() };
        assert_eq!(text(gradgradcheck(f, &inputs, options)), "true");
    }
}

#[test]
fn a_wrong_tangent_is_located() {
    let wrong = twice_by(|g| Ok(g * 2.0), 3.0, 2.0);
    let [whole, fast] = both(wrong, &[input(&[2])], ALL);
    insta::assert_snapshot!(whole, @r"
    Jacobian computed with forward mode mismatch for output 0 with respect to input 0,
    numerical:tensor([[2., 0.],
            [0., 2.]], dtype=torch.float64)
    analytical:tensor([[3., 0.],
            [0., 3.]], dtype=torch.float64)

      hint: d output[0] / d input[0] is 2.0 numerically, 3.0 analytically (2 of 4 entries differ)
    ");
    assert!(fast.starts_with("Jacobian computed with forward mode mismatch for output 0 with respect to input 0,\n"));
    assert!(fast.contains("in fast mode"), "{fast}");
}

#[test]
fn a_wrong_second_tangent_is_found() {
    // Backward is another operation, whose own forward mode is wrong.
    let f = twice(|g| apply1(Twice { backward: |g| Ok(g * 2.0), forward: 3.0, batched: 2.0 }, &[g.into()]));
    let x = [input(&[2])];
    assert_eq!(both(&f, &x, ALL), ["true", "true"]);
    assert_eq!(text(gradgradcheck(&f, &x, ALL)), "true");
    let forward = GradgradcheckOptions { check_fwd_over_rev: true, ..ALL.into() };
    let text = text(gradgradcheck(&f, &x, forward));
    assert!(
        text.starts_with("Jacobian computed with forward mode mismatch for output 0 with respect to input 1"),
        "{text}"
    );
}

#[test]
fn a_wrong_batch_is_found() {
    let x = [input(&[2])];
    let in_backward = twice(|g| apply1(Twice { backward: |g| Ok(g * 2.0), forward: 2.0, batched: 3.0 }, &[g.into()]));
    let text =
        &both(in_backward, &x, GradcheckOptions { check_forward_ad: false, check_batched_forward_grad: false, ..ALL })
            [0];
    assert!(
        text.starts_with(
            "For output 0 and input 0:\n\ngradcheck or gradgradcheck failed while testing batched gradient"
        ),
        "{text}"
    );
    assert!(text.contains("Got:\ntensor") && text.contains("Expected:\ntensor"), "{text}");
    let refused = twice(|g| Ok(g * g.abs().sum().item_as::<f64>()?.signum() * 2.0));
    let text = &both(refused, &x, GradcheckOptions { check_undefined_grad: false, ..ALL })[0];
    assert!(text.starts_with("While computing batched gradients, got: "), "{text}");
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
    assert_eq!(both(f, &[x], GradcheckOptions::default()), ["true", "true"]);
}

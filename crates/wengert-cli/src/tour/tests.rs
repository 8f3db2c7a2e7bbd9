//! What the lessons print. Where a lesson follows a program of the tutorials, this is what PyTorch prints for it.

use super::LESSONS;

const EXPECTED: [(&str, &[&str]); 12] = [
    (
        "leaf",
        &[
            "tensor([[1., 4., 2.],",
            "        [3., 1., 4.]], requires_grad=True)",
            "requires_grad true, is_leaf true, grad None",
            "tensor([[ 1., 16.,  4.],",
            "        [ 9.,  1., 16.]], grad_fn=<MulBackward0>)",
            "requires_grad true, is_leaf false, grad None",
        ],
    ),
    (
        "grad_fn",
        &[
            "tensor(5.6569, grad_fn=<LinalgVectorNormBackward0>)",
            "<LinalgVectorNormBackward0>",
            "<MulBackward0>",
            "<MulBackward0>",
            "<AccumulateGrad>",
            "None",
        ],
    ),
    (
        "backward",
        &["tensor([6.])", "grad can be implicitly created only for scalar outputs", "tensor([5.6569, 5.6569])"],
    ),
    (
        "vector",
        &[
            "tensor([[ 8., 24.]], grad_fn=<CatBackward0>)",
            "tensor([[16.,  9.]])",
            "tensor([[4., 1.]])",
            "tensor([[12.,  8.]])",
        ],
    ),
    (
        "accumulation",
        &[
            "tensor(28., grad_fn=<MulBackward0>)",
            "tensor([ 0.,  4.,  8., 12.])",
            "tensor([True, True, True, True])",
            "tensor([ 1.,  5.,  9., 13.])",
            "tensor([1., 1., 1., 1.])",
        ],
    ),
    (
        "retain_graph",
        &[
            "tensor([ 6.,  8., 10.])",
            "tensor([ 6.,  8., 10.])",
            "tensor([12., 16., 20.])",
            "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed)",
        ],
    ),
    (
        "detach",
        &[
            "tensor([0., 1., 4., 9.])",
            "tensor([0., 1., 4., 9.])",
            "tensor([True, True, True, True])",
            "tensor([0., 2., 4., 6.])",
        ],
    ),
    (
        "control_flow",
        &[
            "tensor(0.5429, requires_grad=True)",
            "tensor(1111.8593, grad_fn=<MulBackward0>)",
            "tensor(2048.)",
            "tensor(2048., grad_fn=<DivBackward0>)",
            "tensor(True)",
        ],
    ),
    (
        "second_derivative",
        &[
            "tensor([14.], grad_fn=<AddBackward0>) tensor([6.], grad_fn=<AddBackward0>)",
            "tensor([6.]) tensor([2.])",
            "tensor([2.]) tensor([2.])",
        ],
    ),
    ("forward_mode", &["tensor([13.,  4.,  9.])"]),
    (
        "in_place",
        &[
            "tensor([30., 60.], grad_fn=<MulBackward0>)",
            "one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]], which is output 0 of Mul, is at version 1; expected version 0 instead.",
            "a leaf Variable that requires grad is being used in an in-place operation.",
            "tensor([2., 3.], requires_grad=True)",
        ],
    ),
    (
        "gradient_descent",
        &[
            "epoch  0: loss 4.666667, w 1.4667",
            "epoch  5: loss 0.008689, w 1.9770",
            "epoch 10: loss 0.000016, w 1.9990",
            "epoch 15: loss 0.000000, w 2.0000",
            "tensor(2.0000, requires_grad=True)",
        ],
    ),
];

#[test]
fn lessons_print_what_pytorch_prints() {
    for (lesson, (name, lines)) in LESSONS.iter().zip(EXPECTED) {
        assert_eq!(lesson.name, name);
        assert_eq!(lesson.output().lines().collect::<Vec<_>>(), lines, "{name}");
    }
}

#[test]
fn the_code_shown_is_the_code_that_runs() {
    for lesson in &LESSONS {
        let code = lesson.code();
        assert!(code.contains("println!") && !code.contains("pub fn run"), "{}", lesson.name);
        assert!(!lesson.text().is_empty(), "{}", lesson.name);
    }
}

//! Anomaly mode: a NaN in backward is an error that names the node.

use super::Case;
use wengert::autograd::{Options, detect_anomaly};
use wengert::{Tensor, tensor};

/// A leaf, a function of it, and its backward in anomaly mode.
macro_rules! case {
    ($name:literal, [$($x:literal),*], $python:literal, $rust:expr) => {
        Case::new(
            $name,
            concat!(
                "x = torch.tensor([", $(stringify!($x), ","),*, "], requires_grad=True)\nf = lambda x: ", $python,
                "\nwith raises():\n    with torch.autograd.detect_anomaly():\n        f(x).sum().backward()\nf(x).sum().backward()\n",
                "show(x.grad.isnan().sum().item())"
            ),
            |show| {
                let f: fn(&Tensor) -> Tensor = $rust;
                let x = tensor!([$($x),*]).requires_grad_(true);
                show.error(detect_anomaly(|| f(&x).sum().backward_with(None, Options::default())));
                // What had arrived before the error stays, here as there.
                f(&x).sum().backward();
                show.number(x.grad().unwrap().to_vec::<f32>().iter().filter(|v| v.is_nan()).count());
            },
        )
    };
}

pub fn cases() -> Vec<Case> {
    vec![
        case!("zero_times_infinity", [0.0, 1.0], "x.sqrt() * 0", |x| x.sqrt() * 0.0),
        case!("an_infinity_is_no_anomaly", [0.0, 1.0], "x.log()", |x| x.log()),
        case!("nan_in_a_saved_tensor", [1.0, 2.0], "x * torch.tensor([float('nan'), 1.])", |x| {
            x * tensor!([f64::NAN, 1.0])
        }),
        case!("a_division", [1.0, 1.0], "(1 / (x - 1)) * torch.tensor([0., 1.])", |x| {
            (1.0 / (x - 1.0)) * tensor!([0.0, 1.0])
        }),
        case!("the_root_of_a_negative_number", [-1.0, 1.0], "x.sqrt()", |x| x.sqrt()),
        case!("the_other_branch_of_where", [0.0, 4.0], "torch.where(x > 0, x / x.sqrt(), torch.zeros(2))", |x| {
            wengert::ops::where_self(&x.gt(0.0), &(x / x.sqrt()), &Tensor::zeros(&[2])).unwrap()
        }),
        Case::new(
            "a_gradient_of_nan_that_comes_in",
            "x = torch.ones(2, requires_grad=True)\nwith raises():\n    with torch.autograd.detect_anomaly():\n        (x * 2).backward(torch.tensor([float('nan'), 1.]))",
            |show| {
                let y = Tensor::ones(&[2]).requires_grad_(true) * 2.0;
                show.error(detect_anomaly(|| y.backward_with(Some(&tensor!([f64::NAN, 1.0])), Options::default())));
            },
        ),
        Case::new(
            "nothing_is_said_about_forward",
            "with torch.autograd.detect_anomaly():\n    show(torch.tensor([-1.]).log().isnan().sum().item())",
            |show| {
                let y = detect_anomaly(|| tensor!([-1.0]).log());
                show.number(y.to_vec::<f32>().iter().filter(|v| v.is_nan()).count());
            },
        ),
    ]
}

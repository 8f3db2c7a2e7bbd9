//! An operation in place, in place through a view of a tracked base, and into `out=` gives what the functional call gives: values and
//! gradients. So does every operation that its implementation calls.

use super::call::{Outcome, caught, gradients, leaves, outcome};
use super::numbers::{Tolerance, epsilon};
use super::{Case, same};
use wengert::no_grad;
use wengert::testing::{Form, diverted};

pub fn check(case: &mut Case, expected: &Outcome) {
    let floats = expected.outputs.iter().filter(|y| y.numbers.dtype.is_float());
    // Other layouts: sums may be taken in another order.
    let eps = 64.0 * floats.map(|y| epsilon(y.numbers.dtype)).fold(f64::EPSILON, f64::max);
    let tolerance = Tolerance { relative: eps, of_largest: eps, absolute: 0.0 };
    for (name, form) in
        [("in place", Form::InPlace), ("in place through a view", Form::ThroughView), ("out=", Form::Out)]
    {
        let result = caught(|| -> wengert::Result<(Outcome, usize)> {
            let leaves = leaves(&case.sample.inputs);
            let call = || (case.sample.call)(&leaves);
            if form == Form::Out {
                let (outputs, n) = diverted(form, || no_grad(call));
                // Nothing was recorded, and nothing is to be compared but values.
                let values = Outcome { grads: Vec::new(), no_gradient: None, ..outcome(&outputs?, Ok(Vec::new())) };
                return Ok((values, n));
            }
            let (outputs, n) = diverted(form, call);
            let outputs = outputs?;
            Ok((outcome(&outputs, gradients(&leaves, &outputs)), n))
        });
        let compared = match result {
            // It has no other form, and calls nothing that has one.
            Ok(Ok((_, 0))) => continue,
            Ok(Ok((got, _))) if form == Form::Out => same_values(expected, &got, tolerance),
            Ok(Ok((got, _))) => same(expected, &got, tolerance),
            Ok(Err(e)) => Err(e.to_string()),
            Err(panic) => Err(panic),
        };
        case.check(name, compared);
    }
}

fn same_values(expected: &Outcome, got: &Outcome, tolerance: Tolerance) -> Result<(), String> {
    let values = |o: &Outcome| {
        let outputs =
            o.outputs.iter().map(|y| super::call::Output { numbers: y.numbers.clone(), requires_grad: false });
        Outcome { outputs: outputs.collect(), grads: Vec::new(), no_gradient: None }
    };
    same(&values(expected), &values(got), tolerance)
}

#[test]
fn other_doors_are_taken() {
    use wengert::{Tensor, ops};
    let x = Tensor::ones(&[3]).requires_grad_(true);
    for form in [Form::InPlace, Form::ThroughView] {
        let (y, n) = diverted(form, || ops::softmax(&(&x * 2.0), 0).unwrap());
        assert_eq!((n, y.version() > 0, y.is_view()), (2, true, form == Form::ThroughView));
    }
    assert_eq!(diverted(Form::Out, || no_grad(|| &x * 2.0)).1, 1);
}

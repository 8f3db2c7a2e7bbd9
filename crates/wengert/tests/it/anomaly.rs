//! Anomaly mode and the trap; the ledger.

use wengert::autograd::{
    self, Anomaly, AnomalyMode, LedgerKind, Options, SavedTensorsHooks, ledger, saved_tensors_hooks, trap_non_finite,
};
use wengert::{Tensor, no_grad, ops, tensor};

#[test]
fn the_first_operation_is_named_with_its_numbers() {
    let x = tensor!([[1.0, 2.0], [3.0, 0.0]]);
    let line = line!() + 2;
    let e = trap_non_finite(|| {
        let y = ops::reciprocal(&x)?;
        ops::exp(&y)
    });
    let text = e.unwrap_err().to_string();
    assert!(text.starts_with("reciprocal: reciprocal returned infinite values in its 0th output."), "{text}");
    assert!(
        text.contains("1 of 4 elements are not finite, the first is inf at index [1, 1] of float32 [2, 2]"),
        "{text}"
    );
    assert!(text.contains("there input 0 is 0"), "{text}");
    assert!(text.contains(&format!("anomaly.rs:{line}")), "{text}");
    // Broadcasting: the element of the smaller input; other shapes by their range.
    let finite = tensor!([[1.0, 2.0], [3.0, 4.0]]);
    let e = trap_non_finite(|| ops::div(&finite, &tensor!([1.0, 0.0]))).unwrap_err().to_string();
    assert!(e.contains("first is inf at index [0, 1]") && e.contains("there input 0 is 2; there input 1 is 0"), "{e}");
    let huge = Tensor::full(&[2, 3], 3e38);
    let e = trap_non_finite(|| ops::matmul(&huge, &Tensor::ones(&[3, 2]))).unwrap_err().to_string();
    assert!(e.contains("mm returned infinite values") && e.contains("input 0 has shape [2, 3] and values from"), "{e}");
}

#[test]
fn what_was_there_before_is_no_anomaly() {
    trap_non_finite(|| {
        let scores = Tensor::ones(&[2, 2]);
        let mask = tensor!([[0.0, f64::NEG_INFINITY], [0.0, 0.0]]);
        let masked = ops::add(&scores, &mask)?;
        let p = ops::softmax(&masked, 1)?;
        assert_eq!(p.to_vec::<f32>(), [1.0, 0.0, 0.5, 0.5]);
        ops::masked_fill(&scores, &mask.lt(0.0), f64::NEG_INFINITY)?;
        ops::mul(&tensor!([f64::NAN]), 2.0)
    })
    .unwrap();
    // But a NaN made of infinities is one.
    let inf = tensor!([1.0, f64::INFINITY]);
    let e = trap_non_finite(|| ops::sub(&inf, &inf)).unwrap_err();
    assert_eq!(e.message(), "sub returned nan values in its 0th output.");
}

#[test]
fn in_place_and_integers() {
    let x = tensor!([1.0, 0.0]);
    let e = trap_non_finite(|| ops::log_(&x)).unwrap_err();
    assert!(e.to_string().contains("input 0 was overwritten"), "{e}");
    assert!(trap_non_finite(|| ops::add_(&x, 1.0)).is_ok());
    assert!(trap_non_finite(|| ops::add(&tensor!([i64::MAX]), 1)).is_ok());
    assert!(trap_non_finite(|| ops::log(&Tensor::zeros(&[0]))).is_ok());
}

#[test]
fn backward_names_the_node_and_the_line_of_its_forward() {
    let x = tensor!([4.0, 0.0]).requires_grad_(true);
    let line = line!() + 1;
    let y = x.sqrt();
    let loss = (&y * 2.0).sum();
    let e = trap_non_finite(|| loss.backward_with(None, Options::retain_graph())).unwrap_err();
    assert_eq!(e.message(), "Function 'SqrtBackward0' returned infinite values in its 0th output.");
    let text = e.to_string();
    assert!(text.contains(&format!("SqrtBackward0 was made at crates/wengert/tests/it/anomaly.rs:{line}")), "{text}");
    assert!(text.contains("there incoming gradient 0 is 2; there saved result is 0"), "{text}");
    // The graph is whole, and without the mode it runs.
    loss.backward();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [0.5, f64::INFINITY]);
    // PyTorch's mode minds NaN alone.
    let y = x.sqrt();
    let _mode = AnomalyMode::set(Anomaly::NanInBackward);
    y.sum().backward();
    assert!(ops::log(&tensor!([-1.0])).is_ok());
}

#[test]
fn a_gradient_that_comes_in_is_no_anomaly_of_the_trap() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let g = tensor!([f64::NAN, 1.0]);
    trap_non_finite(|| (&x * 2.0).backward_with(Some(&g), Options::default())).unwrap();
    let e = autograd::detect_anomaly(|| (&x * 2.0).backward_with(Some(&g), Options::default())).unwrap_err();
    assert_eq!(e.message(), "Function 'MulBackward0' returned nan values in its 0th output.");
}

#[test]
fn large_results_are_looked_at_too() {
    let x = Tensor::ones(&[300, 300]);
    no_grad(|| ops::copy_(&x.select(0, 299), 0.0)).unwrap();
    let e = trap_non_finite(|| ops::log(&ops::mul(&x, 1.0)?)).unwrap_err();
    assert!(e.to_string().contains("the first is -inf at index [299, 0]"), "{e}");
    let second_half = trap_non_finite(|| ops::log(&x.t())).unwrap_err();
    assert!(second_half.to_string().contains("index [0, 299]"), "{second_half}");
}

#[test]
fn the_ledger_counts_shared_memory_once() {
    // What waits holds no memory yet: here nothing does.
    let _immediate = wengert::deferral::Guard::off();
    let x = Tensor::ones(&[10, 10]).requires_grad_(true);
    let y = x.exp();
    let z = (&y * &y.t()).sin();
    let l = ledger(&z);
    let seen: Vec<_> = l.rows.iter().map(|r| (r.operation, r.name.as_str(), r.bytes, r.kind)).collect();
    assert_eq!(
        seen,
        [
            ("ExpBackward0", "result", 400, LedgerKind::Saved),
            ("MulBackward0", "self", 0, LedgerKind::Shared(0)),
            ("MulBackward0", "other", 0, LedgerKind::Shared(0)),
            ("SinBackward0", "self", 400, LedgerKind::Saved),
        ]
    );
    assert_eq!((l.bytes(), l.leaf_bytes()), (800, 0));
    let text = l.to_string();
    assert!(text.starts_with("row    bytes  tensor"), "{text}");
    assert!(text.contains("= row 0  float32 [10, 10]  MulBackward0  other"), "{text}");
    assert!(text.ends_with("800 bytes in all, 0 of them in leaves"), "{text}");
    z.sum().backward();
    assert_eq!(ledger(&z).rows.len(), 0);
    let w = Tensor::ones(&[1000, 1000]).requires_grad_(true);
    let l = ledger(&(&w * &w));
    assert_eq!((l.rows.len(), l.bytes(), l.leaf_bytes()), (2, 4_000_000, 4_000_000));
    assert!(l.to_string().contains("4,000,000 leaf"));
    // What waits holds what it will read; what is packed lies elsewhere.
    let big = Tensor::ones(&[400, 400]).requires_grad_(true);
    let waiting = {
        let _all = wengert::deferral::Guard::from(1);
        (&big * 2.0).exp()
    };
    let l = ledger(&waiting);
    assert_eq!((l.rows[0].kind, l.bytes()), (LedgerKind::Pending, 640_000));
    let packed = saved_tensors_hooks(&SavedTensorsHooks::in_bf16(), || x.exp()).unwrap();
    assert_eq!((ledger(&packed).rows[0].kind, ledger(&packed).bytes()), (LedgerKind::Packed, 0));
}

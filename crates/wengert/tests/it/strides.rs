//! Copies and new tensors keep the order of dimensions in memory. The strides are PyTorch's.

use wengert::tensor::step;
use wengert::{DType, Tensor, manual_seed, ops};

fn numbers(shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    Tensor::arange(n as i64).to_dtype(DType::F32).reshape(shape)
}

#[test]
fn copies_have_the_strides_of_dense_inputs() {
    let permuted = numbers(&[2, 3, 4]).permute(&[2, 0, 1]);
    let sliced = numbers(&[4, 6]).i((.., step(.., 2)));
    let cases = [
        (numbers(&[2, 3]).t(), &[1, 3][..]),
        (permuted, &[1, 12, 4]),
        (sliced.clone(), &[3, 1]),
        (sliced.t(), &[1, 3]),
        (numbers(&[3, 1]).expand(&[3, 2]), &[2, 1]),
        (numbers(&[2, 3, 1, 4]).expand(&[2, 3, 5, 4]).permute(&[3, 2, 0, 1]), &[1, 12, 60, 4]),
        (numbers(&[1, 3]).t(), &[1, 3]),
    ];
    for (x, strides) in cases {
        let copies = [x.clone_tensor(), x.to_dtype(DType::F64), Tensor::zeros_like(&x), Tensor::full_like(&x, 2)];
        for y in &copies {
            assert_eq!(y.strides(), strides, "of shape {:?}", x.shape());
            assert!(!y.array().shares_memory(x.array()));
        }
        assert_eq!(copies[0].to_vec::<f32>(), x.to_vec::<f32>());
        assert_eq!(copies[1].to_vec::<f32>(), x.to_vec::<f32>());
        assert_eq!(copies[3].sum().item(), 2.0 * x.numel() as f64);
        assert!(x.contiguous().is_contiguous());
        assert_eq!(x.contiguous().to_vec::<f32>(), x.to_vec::<f32>());
    }
}

#[test]
fn gradients_pass_through_such_copies() {
    let x = numbers(&[2, 3]).requires_grad_(true);
    let y = x.t().clone_tensor();
    (&y * numbers(&[3, 2])).sum().backward();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
}

#[test]
fn random_numbers_follow_memory() {
    manual_seed(0);
    let rows = Tensor::rand(&[2, 3]);
    manual_seed(0);
    let columns = ops::zero_(&rows.t().clone_tensor()).unwrap();
    columns.uniform_(0.0, 1.0, None).unwrap();
    assert_eq!(columns.t().to_vec::<f32>(), rows.to_vec::<f32>());
}

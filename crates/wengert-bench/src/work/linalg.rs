//! Products of matrices: squares, and the shapes of training.

use super::Goal::Ratio;
use super::{Run, Workload, each, list, normal, ready};
use wengert::Tensor;

/// `[m, k]` times `[k, n]`, either of which may be a transposed view.
fn product(left: Tensor, right: Tensor) -> Run {
    each(move || ready(&left.matmul(&right)))
}

fn square(n: usize) -> Run {
    product(normal(&[n, n]), normal(&[n, n]))
}

pub(super) fn list() -> Vec<Workload> {
    list! {
        "matmul_128", "call", Ratio(0.97) => square(128);
        "matmul_256", "call", Ratio(0.97) => square(256);
        "matmul_512", "call", Ratio(0.97) => square(512);
        "matmul_1024", "call", Ratio(0.97) => square(1024);
        "matmul_2048", "call", Ratio(0.97) => square(2048);
        // A linear layer forward, the gradient of its weight, and a convolution as a product.
        "matmul_nt_128x512x784", "call", Ratio(0.97) => product(normal(&[128, 784]), normal(&[512, 784]).t());
        "matmul_tn_512x784x128", "call", Ratio(0.97) => product(normal(&[128, 512]).t(), normal(&[128, 784]));
        "matmul_nn_512x16x4608", "call", Ratio(0.97) => product(normal(&[512, 4608]), normal(&[4608, 16]));
        "matvec_4096", "call", Ratio(0.97) => product(normal(&[4096, 4096]), normal(&[4096]));
    }
}

//! Views: shared memory and versions, and what a write through one does to the graph.

use super::Case;
use wengert::{ops, tensor};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "a_view_shares_memory_and_version",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]])
v = x[0]
v.mul_(10)
show(x, v, x._version, v._version)
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]);
                let v = x.select(0, 0);
                ops::mul_(&v, 10.0).unwrap();
                show.tensors([&x, &v]);
                show.number(x.version());
                show.number(v.version());
            },
        ),
        Case::new(
            "a_view_is_recorded_by_name",
            r#"
x = torch.ones(2, 3, requires_grad=True)
show(x.t().grad_fn, x[0].grad_fn, x.view(6).grad_fn, x.expand(4, 2, 3).grad_fn)
"#,
            |show| {
                let x = wengert::Tensor::ones(&[2, 3]).requires_grad_(true);
                show.node(x.t().grad_fn());
                show.node(x.select(0, 0).grad_fn());
                show.node(x.view(&[6]).grad_fn());
                show.node(x.expand(&[4, 2, 3]).grad_fn());
            },
        ),
    ]
}

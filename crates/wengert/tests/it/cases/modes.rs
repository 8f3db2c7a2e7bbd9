//! Modes: whether calls are recorded.

use super::Case;
use wengert::{autograd, no_grad, tensor};

pub fn cases() -> Vec<Case> {
    vec![Case::new(
        "no_grad_and_enable_grad_nest",
        r#"
x = torch.tensor([2.], requires_grad=True)
with torch.no_grad():
    show((x * 2).requires_grad, torch.is_grad_enabled())
    with torch.enable_grad():
        show((x * 2).requires_grad)
    show(torch.is_grad_enabled())
show(torch.is_grad_enabled())
"#,
        |show| {
            let x = tensor!([2.0]).requires_grad_(true);
            no_grad(|| {
                show.flag((&x * 2.0).requires_grad());
                show.flag(autograd::is_grad_enabled());
                autograd::enable_grad(|| show.flag((&x * 2.0).requires_grad()));
                show.flag(autograd::is_grad_enabled());
            });
            show.flag(autograd::is_grad_enabled());
        },
    )]
}

//! A tensor made by you is a leaf. Ask for its gradient with requires_grad_, and everything computed from it remembers how.
//! Only leaves keep a gradient, and not before backward has run.

use wengert::tensor;

pub fn run() {
    let v = tensor!([[1.0, 4.0, 2.0], [3.0, 1.0, 4.0]]).requires_grad_(true);
    println!("{v}");
    println!("requires_grad {}, is_leaf {}, grad {:?}", v.requires_grad(), v.is_leaf(), v.grad());

    let y = &v * &v;
    println!("{y}");
    println!("requires_grad {}, is_leaf {}, grad {:?}", y.requires_grad(), y.is_leaf(), y.grad());
}

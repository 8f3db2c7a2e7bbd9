//! Printing: tensors look as PyTorch prints them.

use super::Tensor;
use crate::dtype::{Element, default_dtype};
use crate::print::{self, PrintOptions, Printable, Value};
use std::fmt;
use wengert_kernels::{Category, View, dispatch};

/// The element at a row-major index.
fn element(view: &View, index: usize) -> Value {
    let (mut rest, mut offset) = (index, 0isize);
    for (&n, &s) in view.layout.shape.iter().zip(&view.layout.strides).rev() {
        offset += (rest % n) as isize * s;
        rest /= n;
    }
    dispatch!(view.dtype, T => {
        // SAFETY: the index is inside the shape, so the offset is inside the view.
        let v = unsafe { *view.ptr.cast::<T>().offset(offset) };
        match T::DTYPE.category() {
            Category::Bool => Value::Bool(v.to_i64() != 0),
            Category::Int => Value::Int(v.to_i64()),
            _ => Value::Float(v.to_f64()),
        }
    }, else => unreachable!("complex tensors cannot be made yet"))
}

impl Tensor {
    /// The text of `repr(tensor)` with these options.
    pub fn to_string_with(&self, options: &PrintOptions) -> String {
        let view = self.array().view();
        let get = |i| element(&view, i);
        let grad_fn = self.grad_fn();
        let mut p = Printable::new(self.shape(), self.dtype(), &get);
        p.default_dtype = default_dtype();
        p.requires_grad = self.requires_grad();
        p.grad_fn = grad_fn.as_ref().map(|n| n.name());
        print::format(&p, options)
    }
}

/// As `print(tensor)` in PyTorch, with the options of [`set_print_options`](crate::print::set_print_options).
impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_with(&print::print_options()))
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

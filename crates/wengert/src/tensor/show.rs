//! Printing: tensors look as PyTorch prints them.

use super::Tensor;
use crate::autograd::forward_ad;
use crate::dtype::{Element, default_dtype};
use crate::print::{self, PrintOptions, Printable, Value};
use crate::transforms::{Role, level};
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
        self.to_string_as("tensor", None, options)
    }

    /// The text with another word than `tensor` in front, such as the name of a derived class, and with other `contents` than the numbers.
    ///
    /// Within a transform a tensor shows what it stands for, as in PyTorch: `BatchedTensor(lvl=1, bdim=0, value=...)`.
    pub fn to_string_as(&self, name: &str, contents: Option<&str>, options: &PrintOptions) -> String {
        let mut tangent = None;
        if let Some(w) = self.wrapper() {
            let level = level::depth(w.level, forward_ad::holds);
            match w.role {
                Role::Batched => {
                    return wrapped("BatchedTensor", level, "bdim=0, ", &w.inner, options);
                }
                Role::Dual(t) if level.is_some() && forward_ad::holds(w.level) => tangent = t,
                Role::Tracked | Role::Dual(_) if level.is_some() => {
                    return wrapped("GradTrackingTensor", level, "", &w.inner, options);
                }
                Role::Tracked | Role::Dual(_) => {}
            }
            if self.array().has_no_numbers() {
                return w.inner.to_string_as(name, contents, options);
            }
        }
        let tangent = tangent.map(|t| match t.ndim() == 0 && !t.array().has_no_numbers() {
            true => print::python_float_repr(t.detach().item()),
            false => t.to_string_with(options),
        });
        let view = self.array().view();
        let get = |i| element(&view, i);
        let grad_fn = self.grad_fn();
        let mut p = Printable::new(self.shape(), self.dtype(), &get);
        p.default_dtype = default_dtype();
        p.requires_grad = self.requires_grad();
        p.grad_fn = grad_fn.as_ref().map(|n| n.name());
        p.name = name;
        p.contents = contents;
        p.tangent = tangent.as_deref();
        print::format(&p, options)
    }
}

/// A tensor on the level of a transform, around the value one level below. A level that has ended has no number.
fn wrapped(class: &str, level: Option<usize>, more: &str, inner: &Tensor, options: &PrintOptions) -> String {
    // Blank lines stay blank.
    let value = inner.to_string_with(options).replace('\n', "\n    ").replace("\n    \n", "\n\n");
    let level = level.map_or(-2, |n| n as isize);
    format!("{class}(lvl={level}, {more}value=\n    {value}\n)")
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

//! Tensors as text, character for character what PyTorch's `repr(tensor)` says.
//!
//! The work is one pure function, [`format()`], over a description of the tensor, [`Printable`], so that it needs
//! neither storage nor graph. It goes in three steps: the layout decides which elements are shown (all of them,
//! or the edges of each dimension), the numbers are written with one common width, and the texts are laid out in
//! brackets, lines and blank lines. What follows the brackets (`size=`, `dtype=`, `grad_fn=` ...) comes last.

mod layout;
mod number;
mod options;

use wengert_kernels::DType;

pub use number::{python_complex_repr, python_float_repr};
pub use options::{PrintChange, PrintOptions, Profile, print_options, set_print_options};

/// The name of the device whose tensors have a shape but no elements.
const META: &str = "meta";

/// One element of a tensor, widened to the largest type of its kind.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// An element of a `bool` tensor.
    Bool(bool),
    /// An element of any integer type.
    Int(i64),
    /// An element of any real floating type.
    Float(f64),
    /// Real and imaginary part of a complex element.
    Complex(f64, f64),
}

/// All that [`format()`] wants to know about a tensor.
pub struct Printable<'a> {
    /// What stands before the bracket: `tensor`, or the name of a class derived from it.
    pub name: &'a str,
    /// A text in the place of the numbers.
    pub contents: Option<&'a str>,
    /// The sizes of the dimensions; empty for a single number.
    pub shape: &'a [usize],
    /// The type of the elements.
    pub dtype: DType,
    /// The element at a row-major index. Called once for every element that is shown and for no other.
    pub get: &'a dyn Fn(usize) -> Value,
    /// The floating type that goes without saying: PyTorch's `torch.get_default_dtype()`.
    pub default_dtype: DType,
    /// The device, if it is to be named. Tensors on `meta` have no elements to show.
    pub device: Option<&'a str>,
    /// Shown for leaves only: a `grad_fn` says as much.
    pub requires_grad: bool,
    /// The name of the node that made the tensor, such as `MulBackward0`.
    pub grad_fn: Option<&'a str>,
    /// The forward-mode tangent, already formatted.
    pub tangent: Option<&'a str>,
}

impl<'a> Printable<'a> {
    /// A tensor outside any graph, with `float32` as the default type and no device to name.
    pub fn new(shape: &'a [usize], dtype: DType, get: &'a dyn Fn(usize) -> Value) -> Self {
        Printable {
            name: "tensor",
            contents: None,
            shape,
            dtype,
            get,
            default_dtype: DType::F32,
            device: None,
            requires_grad: false,
            grad_fn: None,
            tangent: None,
        }
    }

    /// How many elements there are, shown or not.
    fn numel(&self) -> usize {
        self.shape.iter().product()
    }

    /// Does the sight of the elements already tell their type?
    fn dtype_is_evident(&self, empty: bool) -> bool {
        match self.dtype {
            dtype if dtype == self.default_dtype => true,
            DType::Bool | DType::I64 => !empty,
            DType::C64 => !empty && self.default_dtype != DType::F64,
            DType::C128 => !empty && self.default_dtype == DType::F64,
            _ => false,
        }
    }
}

/// Writes a tensor as PyTorch's `repr` does.
///
/// ```
/// use wengert::print::{PrintOptions, Printable, Value, format};
/// use wengert_kernels::DType;
///
/// let data = [1.0, 2.5, -3.0];
/// let get = |i: usize| Value::Float(data[i]);
/// let tensor = Printable { requires_grad: true, ..Printable::new(&[3], DType::F32, &get) };
/// let text = format(&tensor, &PrintOptions::default());
/// assert_eq!(text, "tensor([ 1.0000,  2.5000, -3.0000], requires_grad=True)");
/// ```
pub fn format(p: &Printable, options: &PrintOptions) -> String {
    let meta = p.device == Some(META);
    let empty = p.numel() == 0;
    // Its length is the indentation of every further line.
    let prefix = format!("{}(", p.name);
    let contents = if let Some(given) = p.contents {
        given.to_string()
    } else if meta {
        "...".to_string()
    } else if empty {
        "[]".to_string()
    } else {
        layout::contents(p.shape, p.get, prefix.len(), options)
    };

    let mut suffixes = Vec::new();
    if let Some(device) = p.device {
        suffixes.push(format!("device='{device}'"));
    }
    // The brackets do not show the shape of what is empty, absent, or hidden for want of edges.
    let shape_hidden = meta || if empty { p.shape.len() != 1 } else { options.edgeitems == 0 };
    if shape_hidden {
        suffixes.push(format!("size={}", layout::tuple(p.shape)));
    }
    let dtype_evident = if meta { p.dtype == p.default_dtype } else { p.dtype_is_evident(empty) };
    if !dtype_evident {
        suffixes.push(format!("dtype=torch.{}", p.dtype.name()));
    }
    if let Some(name) = p.grad_fn {
        suffixes.push(format!("grad_fn=<{name}>"));
    } else if p.requires_grad {
        suffixes.push("requires_grad=True".to_string());
    }
    if let Some(tangent) = p.tangent {
        suffixes.push(format!("tangent={tangent}"));
    }
    layout::with_suffixes(format!("{prefix}{contents}"), &suffixes, prefix.len(), options.linewidth)
}

//! Between tensors and plain Rust values.

use super::Tensor;
use crate::array::Array;
use crate::autograd::note_item;
use crate::dtype::{DType, Element, default_dtype};
use crate::error::{Error, Result, or_panic};
use crate::place::Caller;

impl Tensor {
    /// A tensor with these elements in row-major order.
    ///
    /// # Panics
    /// If there are not exactly as many as the shape says.
    #[track_caller]
    pub fn from_slice<T: Element>(data: &[T], shape: &[usize]) -> Tensor {
        or_panic(Tensor::try_from_slice(data, shape))
    }

    /// [`Tensor::from_slice`] with a `Result`.
    ///
    /// # Errors
    /// If there are not exactly as many elements as the shape says.
    pub fn try_from_slice<T: Element>(data: &[T], shape: &[usize]) -> Result<Tensor> {
        if shape.iter().product::<usize>() != data.len() {
            return Err(Error::runtime(format!("shape '{shape:?}' is invalid for input of size {}", data.len())));
        }
        Ok(Tensor::from_array(Array::from_slice(data).into_shape(shape)))
    }

    /// An error if its numbers cannot be read, since it stands for a batch within `vmap`.
    ///
    /// # Errors
    /// See above.
    pub fn check_numbers(&self) -> Result<()> {
        crate::transforms::needs_numbers(self)
    }

    /// The elements in row-major order, converted to `T` as a cast would.
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        self.array().to_vec()
    }

    /// The value of a tensor with one element, in double precision.
    ///
    /// # Panics
    /// If it has more elements or none.
    #[track_caller]
    pub fn item(&self) -> f64 {
        or_panic(self.item_as::<f64>())
    }

    /// The value of a tensor with one element as a `T`.
    ///
    /// # Errors
    /// If it has more elements or none.
    #[track_caller]
    pub fn item_as<T: Element>(&self) -> Result<T> {
        if self.numel() != 1 {
            return Err(Error::runtime(format!(
                "a Tensor with {} elements cannot be converted to Scalar",
                self.numel()
            )));
        }
        if self.array().has_no_numbers() {
            return Err(Error::runtime(NO_ITEM));
        }
        if self.requires_grad() {
            note_item(Caller::of_user().place());
        }
        Ok(self.to_vec::<T>()[0])
    }
}

const NO_ITEM: &str = "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, \
     please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please \
     file a bug report.";

/// Something that the [`tensor!`](crate::tensor!) macro takes: a number, or nested arrays of numbers.
pub trait Literal {
    /// The dtype of the result; floats have the default one.
    const DTYPE: Option<DType>;
    /// Appends the sizes of the dimensions.
    fn shape(&self, out: &mut Vec<usize>);
    /// Appends the elements.
    fn elements(&self, out: &mut Vec<f64>, ints: &mut Vec<i64>);
}

macro_rules! literal {
    ($($t:ty, $d:expr, $v:ident => $f:expr, $i:expr;)*) => {$(
        impl Literal for $t {
            const DTYPE: Option<DType> = $d;
            fn shape(&self, _: &mut Vec<usize>) {}
            fn elements(&self, out: &mut Vec<f64>, ints: &mut Vec<i64>) {
                let $v = *self;
                out.push($f);
                ints.push($i);
            }
        }
    )*};
}
literal! {
    f64, None, v => v, 0;
    f32, Some(DType::F32), v => v as f64, 0;
    i32, Some(DType::I64), v => 0.0, v as i64;
    i64, Some(DType::I64), v => 0.0, v;
    u8, Some(DType::U8), v => 0.0, v as i64;
    bool, Some(DType::Bool), v => 0.0, v as i64;
}

impl<L: Literal, const N: usize> Literal for [L; N] {
    const DTYPE: Option<DType> = L::DTYPE;
    fn shape(&self, out: &mut Vec<usize>) {
        out.push(N);
        if let Some(first) = self.first() {
            first.shape(out);
        }
    }
    fn elements(&self, out: &mut Vec<f64>, ints: &mut Vec<i64>) {
        self.iter().for_each(|x| x.elements(out, ints));
    }
}

/// What [`tensor!`](crate::tensor!) calls.
#[doc(hidden)]
pub fn from_literal<L: Literal>(literal: L) -> Tensor {
    let (mut shape, mut floats, mut ints) = (Vec::new(), Vec::new(), Vec::new());
    literal.shape(&mut shape);
    literal.elements(&mut floats, &mut ints);
    let dtype = L::DTYPE.unwrap_or_else(default_dtype);
    let array = if dtype.is_float() { Array::from_slice(&floats) } else { Array::from_slice(&ints) };
    Tensor::from_array(array.copy_as(dtype).into_shape(&shape))
}

/// A tensor of literals, as `torch.tensor` makes it: `tensor!([[1.0, 2.0], [3.0, 4.0]])`, `tensor!(5)`, `tensor!([true, false])`.
///
/// Floats give the default dtype (an explicit `f32` stays `f32`), integers `int64`, booleans `bool`.
#[macro_export]
macro_rules! tensor {
    ($x:expr) => {
        $crate::tensor::from_literal($x)
    };
}

//! [`Array`]: numbers in memory. Storage, layout and dtype; no graph.

mod storage;

pub use storage::{Storage, Write};

use crate::dtype::{DType, Element};
use crate::scalar::Scalar;
use std::marker::PhantomData;
use std::sync::Arc;
use wengert_kernels::{Layout, View, ViewMut, dispatch};

/// Numbers of one dtype, laid out by strides in a storage that may be shared with other arrays (views).
///
/// The only way to the bytes is [`Array::view`] (and its writing twin), which evaluates a storage that is still pending.
#[derive(Clone, Debug)]
pub struct Array {
    data: Data,
    layout: Layout,
    dtype: DType,
}

#[derive(Clone, Debug)]
enum Data {
    Shared(Arc<Storage>),
    /// A number that is an operand; it exists within one call, or in a node that saved it.
    Scalar(Scalar, [u64; 2]),
}

impl Array {
    /// A new contiguous array with undefined contents.
    pub fn empty(shape: &[usize], dtype: DType) -> Array {
        let layout = Layout::contiguous(shape);
        let storage = Storage::new(layout.numel() * dtype.size());
        Array { data: Data::Shared(Arc::new(storage)), layout, dtype }
    }

    /// A new 1-dimensional array with these elements.
    pub fn from_slice<T: Element>(data: &[T]) -> Array {
        let mut a = Array::empty(&[data.len()], T::DTYPE);
        a.view_mut().as_slice_mut::<T>().expect("fresh arrays are dense").copy_from_slice(data);
        a
    }

    /// A number as an operand: 0-dimensional, of the dtype that a tensor of it would have.
    pub fn scalar(value: Scalar) -> Array {
        Array::scalar_of(value, value.dtype())
    }

    fn scalar_of(value: Scalar, dtype: DType) -> Array {
        let mut bytes = [0u64; 2];
        dispatch!(dtype, T => {
            let v = match value {
                Scalar::Float(f) => T::from_f64(f),
                other => T::from_i64(other.to_i64()),
            };
            // SAFETY: an element is plain data of at most 16 bytes.
            unsafe { std::ptr::copy_nonoverlapping((&raw const v).cast::<u8>(), bytes.as_mut_ptr().cast(), size_of::<T>()) }
        }, else => unreachable!("numbers are real"));
        Array { data: Data::Scalar(value, bytes), layout: Layout::contiguous(&[]), dtype }
    }

    /// The number, if this is a number operand.
    pub fn as_scalar(&self) -> Option<Scalar> {
        match &self.data {
            Data::Scalar(s, _) => Some(*s),
            Data::Shared(_) => None,
        }
    }

    /// The same as a stored array: numbers get a storage, others are shared.
    pub fn stored(&self) -> Array {
        match &self.data {
            Data::Shared(_) => self.clone(),
            Data::Scalar(s, _) => self.filled_like(*s),
        }
    }

    fn filled_like(&self, value: Scalar) -> Array {
        let mut a = Array::empty(&[], self.dtype);
        let number = Array::scalar_of(value, self.dtype);
        wengert_kernels::tile::copy(number.view(), &mut a.view_mut());
        a
    }

    /// Another view of the same storage.
    pub fn with_layout(&self, layout: Layout) -> Array {
        debug_assert!(layout.extent() * self.dtype.size() <= self.storage().map_or(16, |s| s.nbytes()));
        Array { data: self.data.clone(), layout, dtype: self.dtype }
    }

    /// Shape, strides, offset.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
    /// Sizes of the dimensions.
    pub fn shape(&self) -> &[usize] {
        &self.layout.shape
    }
    /// Element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }
    /// Number of elements.
    pub fn numel(&self) -> usize {
        self.layout.numel()
    }
    /// The storage; numbers have none.
    pub fn storage(&self) -> Option<&Arc<Storage>> {
        match &self.data {
            Data::Shared(s) => Some(s),
            Data::Scalar(..) => None,
        }
    }
    /// How often the storage was written in place since it was made. Note \[version\]: views and `detach` share it.
    pub fn version(&self) -> u32 {
        self.storage().map_or(0, |s| s.version())
    }

    /// The elements, to read. Evaluates a pending storage first.
    pub fn view(&self) -> View<'_> {
        let ptr = match &self.data {
            Data::Shared(s) => s.force(),
            Data::Scalar(_, bytes) => bytes.as_ptr().cast(),
        };
        // SAFETY: a layout never reaches past its storage.
        View {
            ptr: unsafe { ptr.add(self.layout.offset * self.dtype.size()) },
            layout: &self.layout,
            dtype: self.dtype,
        }
    }

    /// The elements, to write. Evaluates a pending storage first.
    ///
    /// The storage may be shared: whoever writes to an array that is not fresh goes through the in-place door.
    pub fn view_mut(&mut self) -> ViewMut<'_> {
        let ptr = match &self.data {
            Data::Shared(s) => s.force().cast_mut(),
            Data::Scalar(..) => unreachable!("numbers are never written"),
        };
        // SAFETY: a layout never reaches past its storage.
        let ptr = unsafe { ptr.add(self.layout.offset * self.dtype.size()) };
        ViewMut { ptr, layout: &self.layout, dtype: self.dtype, marker: PhantomData }
    }

    /// A contiguous copy, cast to `dtype`.
    pub fn copy_as(&self, dtype: DType) -> Array {
        let mut out = Array::empty(self.shape(), dtype);
        wengert_kernels::tile::copy(self.view(), &mut out.view_mut());
        out
    }

    /// Itself if its elements are dense in row-major order, else a contiguous copy.
    pub fn contiguous(&self) -> Array {
        if self.layout.is_contiguous() { self.clone() } else { self.copy_as(self.dtype) }
    }

    /// The elements in row-major order, converted to `T` as a cast would.
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        let mut out = vec![T::default(); self.numel()];
        let layout = Layout::contiguous(self.shape());
        wengert_kernels::tile::copy(self.view(), &mut ViewMut::from_slice(&mut out, &layout));
        out
    }
}

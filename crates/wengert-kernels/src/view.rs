//! What a kernel sees of an array: a pointer, a layout, a dtype.

use crate::dtype::{DType, Element};
use crate::layout::Layout;
use std::marker::PhantomData;

/// Readable elements. `ptr` is the first element (the layout's offset is already added).
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Address of the element at index 0.
    pub ptr: *const u8,
    /// Shape and strides; its offset is already in `ptr` and is not to be added again.
    pub layout: &'a Layout,
    /// Element type.
    pub dtype: DType,
}

/// Writable elements; see [`View`].
pub struct ViewMut<'a> {
    /// Address of the element at index 0.
    pub ptr: *mut u8,
    /// Shape and strides; its offset is already in `ptr` and is not to be added again.
    pub layout: &'a Layout,
    /// Element type.
    pub dtype: DType,
    /// Writers are exclusive as far as the borrow checker can see.
    pub marker: PhantomData<&'a mut [u8]>,
}

// SAFETY: a view is a borrow of memory that is plain data; kernels that share one between threads read it only.
unsafe impl Send for View<'_> {}
// SAFETY: as above.
unsafe impl Sync for View<'_> {}
// SAFETY: kernels that share a ViewMut between threads write disjoint elements.
unsafe impl Send for ViewMut<'_> {}
// SAFETY: as above.
unsafe impl Sync for ViewMut<'_> {}

impl<'a> View<'a> {
    /// A contiguous slice as a view.
    pub fn from_slice<T: Element>(data: &'a [T], layout: &'a Layout) -> View<'a> {
        assert!(layout.extent() <= data.len(), "layout reaches past the slice");
        View { ptr: data[layout.offset.min(data.len())..].as_ptr().cast(), layout, dtype: T::DTYPE }
    }

    /// The elements as a slice, if they are dense and of type `T`.
    pub fn as_slice<T: Element>(&self) -> Option<&'a [T]> {
        if self.dtype != T::DTYPE || !self.layout.is_contiguous() {
            return None;
        }
        let n = self.layout.numel();
        if n == 0 {
            return Some(&[]);
        }
        // SAFETY: the view's creator vouches for numel() dense elements of this dtype at ptr.
        Some(unsafe { std::slice::from_raw_parts(self.ptr.cast(), n) })
    }

    /// Number of elements.
    pub fn numel(&self) -> usize {
        self.layout.numel()
    }
}

impl<'a> ViewMut<'a> {
    /// A mutable slice as a view.
    pub fn from_slice<T: Element>(data: &'a mut [T], layout: &'a Layout) -> ViewMut<'a> {
        assert!(layout.extent() <= data.len(), "layout reaches past the slice");
        let start = layout.offset.min(data.len());
        ViewMut { ptr: data[start..].as_mut_ptr().cast(), layout, dtype: T::DTYPE, marker: PhantomData }
    }

    /// The elements as a mutable slice, if they are dense and of type `T`.
    pub fn as_slice_mut<T: Element>(&mut self) -> Option<&mut [T]> {
        if self.dtype != T::DTYPE || !self.layout.is_contiguous() {
            return None;
        }
        let n = self.layout.numel();
        if n == 0 {
            return Some(&mut []);
        }
        // SAFETY: the view's creator vouches for numel() dense elements of this dtype at ptr, writable and unshared.
        Some(unsafe { std::slice::from_raw_parts_mut(self.ptr.cast(), n) })
    }

    /// The same elements, to read.
    pub fn as_view(&self) -> View<'_> {
        View { ptr: self.ptr, layout: self.layout, dtype: self.dtype }
    }

    /// Number of elements.
    pub fn numel(&self) -> usize {
        self.layout.numel()
    }
}

//! Memory that is shared with others: of somebody else (numpy, a file), or ours in the hands of somebody else.

use super::{Array, Memory, Storage, Stored};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::shared::Shared;
use std::any::Any;
use std::ptr::NonNull;
use wengert_kernels::Layout;

impl Array {
    /// A vector of bytes in memory that `owner` keeps alive and that others may write to meanwhile. What reads it is never deferred.
    ///
    /// # Safety
    /// `ptr` points to `nbytes` initialized bytes that stay there, and may be read and written, until `owner` is dropped.
    pub unsafe fn of_others(ptr: NonNull<u8>, nbytes: usize, owner: Box<dyn Any + Send + Sync>) -> Array {
        // SAFETY: the caller's promise.
        let memory = Memory::Own(unsafe { Storage::of_others(ptr, nbytes, owner) });
        Array(Shared::new(Stored { layout: Layout::contiguous(&[nbytes]), dtype: DType::U8, few: 0, memory }))
    }

    /// All bytes of its storage, as a vector; numbers and stand-ins for batches have none.
    pub fn bytes(&self) -> Option<Array> {
        let nbytes = self.storage()?.nbytes();
        Some(self.retyped(Layout::contiguous(&[nbytes]), DType::U8))
    }

    /// Other elements in the same storage.
    ///
    /// # Errors
    /// If the layout reaches past the storage, or elements do not lie at multiples of their size.
    pub fn reinterpreted(&self, layout: Layout, dtype: DType) -> Result<Array> {
        let have = self.storage().map_or(0, Storage::nbytes);
        let need = reach(&layout).and_then(|n| n.checked_mul(dtype.size()));
        if need.is_none_or(|n| n > have) {
            return Err(Error::runtime(format!(
                "setStorage: sizes {:?}, strides {:?}, storage offset {}, and itemsize {} requiring a storage size of {} are out of bounds \
                 for storage of size {have}",
                &layout.shape[..],
                &layout.strides[..],
                layout.offset,
                dtype.size(),
                need.unwrap_or(usize::MAX),
            )));
        }
        let first = self.storage().map_or(0, |s| s.force().addr());
        let align = if dtype.is_complex() { dtype.size() / 2 } else { dtype.size() };
        if !first.is_multiple_of(align) {
            return Err(Error::value(format!("the memory does not begin at a multiple of {align} bytes")));
        }
        let made = self.retyped(layout, dtype);
        if dtype == DType::Bool && self.dtype() != DType::Bool && !made.has_bools_only() {
            return Err(Error::value("bytes other than 0 and 1 are no bools".to_owned()));
        }
        Ok(made)
    }

    /// Is every byte of the storage 0 or 1?
    fn has_bools_only(&self) -> bool {
        let Some(storage) = self.storage() else { return true };
        // SAFETY: a storage has so many bytes, and nobody writes to them while it is being looked at.
        let bytes = unsafe { std::slice::from_raw_parts(storage.force().cast_const(), storage.nbytes()) };
        bytes.iter().fold(0, |all, b| all | b) <= 1
    }

    fn retyped(&self, layout: Layout, dtype: DType) -> Array {
        // Who reads something pending through a view takes its elements for those of the view.
        self.evaluate();
        let base = match &self.0.memory {
            Memory::Own(_) | Memory::Apart(_) => self.0.clone(),
            Memory::Of(base) => base.clone(),
            Memory::Number { .. } | Memory::Nothing(_) => unreachable!("they have no storage"),
        };
        Array(Shared::new(Stored { layout, dtype, few: 0, memory: Memory::Of(base) }))
    }

    /// Its memory in the hands of others, who read and write it without asking: what reads it is not deferred meanwhile.
    pub fn exposed(&self) -> Exposed {
        let array = self.stored();
        if let Some(storage) = array.storage() {
            storage.expose();
        }
        Exposed(array)
    }

    /// Address of its storage: the same for all that share it. 0 if it has none.
    pub fn storage_address(&self) -> usize {
        self.storage().map_or(0, |s| std::ptr::from_ref(s).addr())
    }
}

/// Keeps an array's memory alive, and what reads it from being deferred.
#[derive(Debug)]
pub struct Exposed(Array);

impl Exposed {
    /// The array.
    pub fn array(&self) -> &Array {
        &self.0
    }

    /// Address of the first element.
    pub fn ptr(&self) -> *mut u8 {
        self.0.view().ptr.cast_mut()
    }
}

impl Drop for Exposed {
    fn drop(&mut self) {
        if let Some(storage) = self.0.storage() {
            storage.conceal();
        }
    }
}

/// How many elements a storage must have for this layout; `None` if that is no number, or strides are negative.
fn reach(layout: &Layout) -> Option<usize> {
    if layout.shape.contains(&0) {
        return Some(0);
    }
    layout.shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|n| isize::try_from(*n).is_ok())?;
    layout.shape.iter().zip(&layout.strides).try_fold(layout.offset.checked_add(1)?, |end, (&n, &stride)| {
        end.checked_add((n - 1).checked_mul(usize::try_from(stride).ok()?)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tensor, deferral};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use wengert_kernels::layout::Strides;

    struct Freed(Vec<f32>, Arc<AtomicBool>);
    impl Drop for Freed {
        fn drop(&mut self) {
            self.1.store(true, Ordering::Relaxed);
        }
    }

    fn foreign(data: Vec<f32>) -> (Array, Arc<AtomicBool>, *mut f32) {
        let freed = Arc::new(AtomicBool::new(false));
        let mut owner = Box::new(Freed(data, freed.clone()));
        let (ptr, n) = (owner.0.as_mut_ptr(), owner.0.len());
        // SAFETY: the vector lives as long as its owner.
        let bytes = unsafe { Array::of_others(NonNull::new(ptr).unwrap().cast(), 4 * n, owner) };
        (bytes.reinterpreted(Layout::contiguous(&[n]), DType::F32).unwrap(), freed, ptr)
    }

    #[test]
    fn memory_of_others_is_read_at_once_and_given_back() {
        let n = 100_000;
        let (x, freed, ptr) = foreign(vec![1.0; n]);
        let defer = deferral::Guard::from(2);
        let y = &Tensor::from_array(x.clone()) * 2.0;
        drop(defer);
        // SAFETY: the owner lives in `x`.
        unsafe { *ptr = 7.0 };
        assert_eq!(y.array().to_vec::<f32>()[0], 2.0);
        assert_eq!(x.to_vec::<f32>()[0], 7.0);
        drop(y);
        assert!(!freed.load(Ordering::Relaxed));
        drop(x);
        assert!(freed.load(Ordering::Relaxed));
    }

    #[test]
    fn what_reads_exposed_memory_does_not_wait() {
        let _defer = deferral::Guard::from(2);
        let x = Tensor::from_array(Array::from_slice(&[1.0f32; 64]));
        let before = &x * 2.0;
        assert!(before.array().is_pending());
        let exposed = x.array().exposed();
        assert!(!before.array().is_pending());
        assert!(!(&x * 3.0).array().is_pending());
        assert!(!exposed.array().is_sole_owner());
        drop(exposed);
        assert!((&x * 4.0).array().is_pending());
    }

    #[test]
    fn layouts_that_reach_past_the_storage_are_refused() {
        let (x, ..) = foreign(vec![0.0; 6]);
        let layout = |shape: &[usize], strides: &[isize], offset| Layout {
            shape: shape.into(),
            strides: Strides::from_slice(strides),
            offset,
        };
        assert!(x.reinterpreted(layout(&[2, 3], &[3, 1], 0), DType::F32).is_ok());
        assert!(x.reinterpreted(layout(&[2, 3], &[3, 1], 1), DType::F32).is_err());
        assert!(x.reinterpreted(layout(&[2, 3], &[3, 1], 0), DType::F64).is_err());
        assert!(x.reinterpreted(layout(&[2], &[-1], 3), DType::F32).is_err());
        assert!(x.reinterpreted(layout(&[usize::MAX], &[1], 2), DType::U8).is_err());
        assert!(x.reinterpreted(layout(&[0, 9], &[9, 1], 99), DType::F32).is_ok());
    }
}

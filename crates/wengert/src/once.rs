//! [`OnceArc`]: a place for a shared value that most owners never need, one word wide.

use std::marker::PhantomData;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Nothing, until somebody asks for the value. (`OnceLock<Arc<T>>` takes two words.)
pub(crate) struct OnceArc<T> {
    /// Null, or what [`Arc::into_raw`] gave.
    ptr: AtomicPtr<T>,
    owns: PhantomData<Arc<T>>,
}

impl<T> OnceArc<T> {
    /// Nothing yet.
    #[inline]
    pub const fn new() -> OnceArc<T> {
        OnceArc { ptr: AtomicPtr::new(null_mut()), owns: PhantomData }
    }

    /// The value, if somebody asked for it.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        // SAFETY: null, or the value of an `Arc` that is ours as long as we are borrowed.
        unsafe { self.ptr.load(Ordering::Acquire).as_ref() }
    }

    /// Takes the value out.
    #[inline]
    pub fn take(&mut self) -> Option<Arc<T>> {
        let ptr = std::mem::replace(self.ptr.get_mut(), null_mut());
        // SAFETY: it came from `into_raw`, and is nobody else's any more.
        (!ptr.is_null()).then(|| unsafe { Arc::from_raw(ptr) })
    }
}

impl<T: Default> OnceArc<T> {
    /// The value, which is made if it is not there yet.
    #[inline]
    pub fn get_or_init(&self) -> &T {
        self.get().unwrap_or_else(|| self.init())
    }

    #[cold]
    fn init(&self) -> &T {
        let new = Arc::into_raw(Arc::<T>::default()).cast_mut();
        let ptr = match self.ptr.compare_exchange(null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => new,
            Err(first) => {
                // SAFETY: another thread was first, so this is the only handle to what we made.
                drop(unsafe { Arc::from_raw(new) });
                first
            }
        };
        // SAFETY: the value of an `Arc` that is ours as long as we are borrowed.
        unsafe { &*ptr }
    }

    /// Another handle to the value, which is made if it is not there yet.
    pub fn share(&self) -> Arc<T> {
        self.get_or_init();
        let ptr = self.ptr.load(Ordering::Acquire);
        // SAFETY: it came from `into_raw`, and our own handle stays.
        unsafe {
            Arc::increment_strong_count(ptr);
            Arc::from_raw(ptr)
        }
    }
}

impl<T> Drop for OnceArc<T> {
    #[inline]
    fn drop(&mut self) {
        drop(self.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;

    #[test]
    fn threads_get_one_value() {
        for _ in 0..200 {
            let once = OnceArc::<Mutex<Vec<u32>>>::new();
            assert!(once.get().is_none());
            std::thread::scope(|s| {
                for i in 0..3 {
                    let once = &once;
                    s.spawn(move || once.get_or_init().lock().push(i));
                }
            });
            assert_eq!(once.get().unwrap().lock().len(), 3);
            let shared = once.share();
            drop(once);
            assert_eq!(Arc::into_inner(shared).unwrap().into_inner().len(), 3);
        }
    }
}

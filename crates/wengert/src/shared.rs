//! [`Shared`]: a counted pointer whose memory is recycled. Tensors and nodes come and go by the million, each as one small block; the
//! general allocator would cost as much as the rest of a small operation.
//!
//! It differs from `Arc` in two ways: there are no weak handles, so the last handle is known without a write to memory, and a freed
//! block goes to a list of the thread, where the next value of that size finds it.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// A value with several owners, in memory that is recycled.
pub(crate) struct Shared<T: ?Sized> {
    inner: NonNull<Inner<T>>,
    owns: PhantomData<T>,
}

/// The block of a shared value.
pub(crate) struct Inner<T: ?Sized> {
    owners: AtomicUsize,
    value: T,
}

// SAFETY: as for `Arc`: handles on several threads read the value, and any of them may drop it.
unsafe impl<T: Send + Sync + ?Sized> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync + ?Sized> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// The first handle.
    #[inline]
    pub fn new(value: T) -> Shared<T> {
        // SAFETY: the value is written whole.
        unsafe { Shared::emplace(|p: *mut T| p.write(value)) }
    }

    /// The first handle to a value that `fill` writes where it stays: moving a large value there costs as much as making it.
    ///
    /// # Safety
    /// `fill` initializes all of the value. (If it panics, the block is lost.)
    #[inline]
    pub unsafe fn emplace(fill: impl FnOnce(*mut T)) -> Shared<T> {
        let inner = allocate::<Inner<T>>();
        // SAFETY: the block is fresh and of the right size and alignment.
        unsafe {
            (&raw mut (*inner.as_ptr()).owners).write(AtomicUsize::new(1));
            fill(&raw mut (*inner.as_ptr()).value);
        }
        Shared { inner, owns: PhantomData }
    }

    /// The same handle, to a value of which only a trait is known.
    ///
    /// # Safety
    /// `coerce` gives the pointer that it gets.
    #[inline]
    pub unsafe fn coerced<U: ?Sized>(self, coerce: impl FnOnce(*mut Inner<T>) -> *mut Inner<U>) -> Shared<U> {
        let this = ManuallyDrop::new(self);
        // SAFETY: the pointer is the one that it was.
        Shared { inner: unsafe { NonNull::new_unchecked(coerce(this.inner.as_ptr())) }, owns: PhantomData }
    }
}

impl<T: ?Sized> Shared<T> {
    #[inline]
    fn count(&self) -> &AtomicUsize {
        // SAFETY: the block lives as long as a handle does.
        unsafe { &self.inner.as_ref().owners }
    }

    /// How many handles there are.
    #[inline]
    pub fn owners(&self) -> usize {
        self.count().load(Ordering::Acquire)
    }

    /// Are these handles to the same value?
    #[inline]
    pub fn ptr_eq(&self, other: &Shared<T>) -> bool {
        std::ptr::addr_eq(self.inner.as_ptr(), other.inner.as_ptr())
    }

    /// Where the value lies: no other living value has this number.
    #[inline]
    pub fn address(&self) -> usize {
        self.inner.addr().get()
    }

    /// Is this the only handle?
    #[inline]
    pub fn is_unique(&self) -> bool {
        self.count().load(Ordering::Acquire) == 1
    }

    /// Gives up the handle: of several threads that do so exactly one gets the value, before it is dropped.
    #[inline]
    pub fn into_last(this: Shared<T>) -> Option<Last<T>> {
        let this = ManuallyDrop::new(this);
        this.leave().then(|| Last { inner: this.inner, owns: PhantomData })
    }

    /// Takes this handle off the count; was it the last?
    #[inline]
    fn leave(&self) -> bool {
        // Without weak handles a count of one is ours, and stays so. Reading is far cheaper than counting down.
        if self.is_unique() {
            return true;
        }
        if self.count().fetch_sub(1, Ordering::Release) != 1 {
            return false;
        }
        // What the other owners did comes before the drop.
        fence(Ordering::Acquire);
        true
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Shared<T> {
        let before = self.count().fetch_add(1, Ordering::Relaxed);
        if before > isize::MAX as usize {
            // So many handles were forgotten that the count could come round to zero.
            std::process::abort();
        }
        Shared { inner: self.inner, owns: PhantomData }
    }
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the value lives as long as a handle does, and is only changed through `Last`.
        unsafe { &self.inner.as_ref().value }
    }
}

impl<T: ?Sized> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        if self.leave() {
            drop(Last { inner: self.inner, owns: PhantomData });
        }
    }
}

/// A value that has one owner, who may change it: not shared yet, or its last handle is gone.
pub(crate) struct Last<T: ?Sized> {
    inner: NonNull<Inner<T>>,
    owns: PhantomData<T>,
}

impl<T> Last<T> {
    /// A value to be shared.
    pub fn new(value: T) -> Last<T> {
        // SAFETY: the value is written whole.
        unsafe { Last::emplace(|p: *mut T| p.write(value)) }
    }

    /// A value that `fill` writes where it stays, to be changed there before it is shared.
    ///
    /// # Safety
    /// As for [`Shared::emplace`].
    #[inline]
    pub unsafe fn emplace(fill: impl FnOnce(*mut T)) -> Last<T> {
        // SAFETY: the caller's contract.
        let shared = ManuallyDrop::new(unsafe { Shared::emplace(fill) });
        Last { inner: shared.inner, owns: PhantomData }
    }

    /// The first handle.
    #[inline]
    pub fn share(self) -> Shared<T> {
        let this = ManuallyDrop::new(self);
        // It may be zero after a last handle.
        // SAFETY: this is the only owner.
        unsafe { (*this.inner.as_ptr()).owners = AtomicUsize::new(1) };
        Shared { inner: this.inner, owns: PhantomData }
    }
}

impl<T: ?Sized> Deref for Last<T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this is the only owner.
        unsafe { &self.inner.as_ref().value }
    }
}

impl<T: ?Sized> DerefMut for Last<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this is the only owner.
        unsafe { &mut self.inner.as_mut().value }
    }
}

impl<T: ?Sized> Drop for Last<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: nobody else can reach the block; it came from `allocate` for a value of this size.
        unsafe {
            let size = size_of_val(self.inner.as_ref());
            self.inner.drop_in_place();
            recycle(self.inner.cast(), class(size));
        }
    }
}

/// Sizes are rounded up to multiples of this.
const STEP: usize = 32;
/// Larger blocks are not recycled.
const LARGEST: usize = 512;
/// A thread keeps at most so many bytes of each size.
const KEPT: usize = 32 << 20;

/// A free block holds the address of the next one.
struct Free(*mut Free);

/// The free blocks of a thread, a list for each size.
struct Pool {
    lists: [Cell<*mut Free>; LARGEST / STEP],
    lengths: [Cell<usize>; LARGEST / STEP],
}

thread_local! {
    static POOL: Pool = const {
        Pool {
            lists: [const { Cell::new(null_mut()) }; LARGEST / STEP],
            lengths: [const { Cell::new(0) }; LARGEST / STEP],
        }
    };
}

/// Which list blocks of that many bytes are on.
#[inline]
const fn class(size: usize) -> usize {
    size.div_ceil(STEP) - 1
}

const fn layout(class: usize) -> Layout {
    match Layout::from_size_align((class + 1) * STEP, 16) {
        Ok(layout) => layout,
        Err(_) => panic!("the size of a type fits"),
    }
}

#[inline]
fn allocate<T>() -> NonNull<T> {
    let class = const {
        assert!(align_of::<T>() <= 16 && size_of::<T>() > 0);
        class(size_of::<T>())
    };
    if class < LARGEST / STEP
        && let Ok(Some(block)) = POOL.try_with(|pool| pool.pop(class))
    {
        return block.cast();
    }
    fresh(class).cast()
}

#[cold]
#[inline(never)]
fn fresh(class: usize) -> NonNull<Free> {
    let layout = layout(class);
    // SAFETY: the layout has a size.
    NonNull::new(unsafe { alloc(layout) }.cast()).unwrap_or_else(|| handle_alloc_error(layout))
}

/// # Safety
/// The block came from [`allocate`] for a size of this class, and nobody uses it any more.
#[inline]
unsafe fn recycle(block: NonNull<Free>, class: usize) {
    // SAFETY: as the caller says.
    let kept = class < LARGEST / STEP && POOL.try_with(|pool| unsafe { pool.push(class, block) }).unwrap_or(false);
    if !kept {
        // SAFETY: every block comes from `fresh` of its class.
        unsafe { dealloc(block.as_ptr().cast(), layout(class)) }
    }
}

impl Pool {
    #[inline]
    fn pop(&self, class: usize) -> Option<NonNull<Free>> {
        let block = NonNull::new(self.lists[class].get())?;
        // SAFETY: blocks on the list are free and hold the next one's address.
        self.lists[class].set(unsafe { block.as_ref().0 });
        self.lengths[class].set(self.lengths[class].get() - 1);
        Some(block)
    }

    /// # Safety
    /// The block is of this class, and nobody uses it.
    #[inline]
    unsafe fn push(&self, class: usize, block: NonNull<Free>) -> bool {
        let length = self.lengths[class].get();
        if length >= KEPT / ((class + 1) * STEP) {
            return false;
        }
        // SAFETY: the block is free, and large enough for an address.
        unsafe { block.write(Free(self.lists[class].get())) };
        self.lists[class].set(block.as_ptr());
        self.lengths[class].set(length + 1);
        true
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for class in 0..self.lists.len() {
            while let Some(block) = self.pop(class) {
                // SAFETY: every block comes from `fresh` of its class.
                unsafe { dealloc(block.as_ptr().cast(), layout(class)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counts<'a>(&'a AtomicUsize, [u64; 5]);
    impl Drop for Counts<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn the_last_handle_drops_once() {
        let drops = AtomicUsize::new(0);
        let a = Shared::new(Counts(&drops, [7; 5]));
        let b = a.clone();
        assert!(a.ptr_eq(&b) && !a.is_unique());
        assert!(Shared::into_last(a).is_none());
        assert!(b.is_unique());
        let mut last = Shared::into_last(b).unwrap();
        last.1[0] = 8;
        assert_eq!((last.1[0], drops.load(Ordering::Relaxed)), (8, 0));
        drop(last);
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_freed_block_is_used_again() {
        let a = Shared::new([1u64; 6]);
        let address = a.address();
        drop(a);
        let b = Shared::new([2u64; 6]);
        assert_eq!(b.address(), address);
        assert_eq!(*b, [2; 6]);
    }

    #[test]
    fn a_value_of_which_a_trait_is_known() {
        let a = Shared::new([3u64; 7]);
        let address = a.address();
        // SAFETY: a coercion.
        let b: Shared<dyn fmt::Debug + Send + Sync> =
            unsafe { a.coerced(|p| p as *mut Inner<dyn fmt::Debug + Send + Sync>) };
        let c = b.clone();
        drop(b);
        assert_eq!((format!("{c:?}"), c.address()), ("[3, 3, 3, 3, 3, 3, 3]".to_string(), address));
        drop(c);
        assert_eq!(Shared::new([4u64; 7]).address(), address);
    }

    #[test]
    fn handles_of_many_threads() {
        let drops = AtomicUsize::new(0);
        for _ in 0..100 {
            let a = Shared::new(Counts(&drops, [1; 5]));
            std::thread::scope(|s| {
                for _ in 0..3 {
                    let a = a.clone();
                    s.spawn(move || assert_eq!(a.clone().1, [1; 5]));
                }
                drop(a);
            });
        }
        assert_eq!(drops.load(Ordering::Relaxed), 100);
    }
}

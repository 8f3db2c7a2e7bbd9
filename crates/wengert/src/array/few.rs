//! Arrays of few elements, which lie inside the array itself: what the quickest paths of elementwise operations ask about.

use super::{Array, Memory};

impl Array {
    /// The number of elements of both arrays, if they lie inside them, dense, and shapes and dtypes are the same.
    #[inline]
    pub(crate) fn few_as(&self, other: &Array) -> Option<usize> {
        let (a, b) = (&*self.0, &*other.0);
        if a.few == 0 || a.few != b.few || a.dtype != b.dtype {
            return None;
        }
        let (x, y) = (&a.layout.shape[..], &b.layout.shape[..]);
        let same = x.len() == y.len() && (x.len() < 2 || x == y);
        same.then_some(usize::from(a.few))
    }

    /// Address of the first of few elements.
    #[inline]
    pub(crate) fn inside(&self) -> *mut u8 {
        match &self.0.memory {
            Memory::Own(storage) => storage.inside(),
            _ => unreachable!("few elements lie in an array of their own"),
        }
    }

    /// May these few elements be written by whoever has the only handle to the array's only tensor?
    #[inline]
    pub(crate) fn is_unseen(&self) -> bool {
        self.0.is_unique() && matches!(&self.0.memory, Memory::Own(storage) if !storage.may_be_read_later())
    }
}

//! [`Array`]: numbers in memory. Storage, layout and dtype; no graph.

mod expression;
mod few;
mod fusion;
mod shared;
mod storage;

pub use expression::{Blockwise, Expression};
pub use fusion::Fusion;
pub use shared::Exposed;
pub use storage::{Storage, Write};

use crate::dtype::{DType, Element};
use crate::error::{Error, Result, or_panic};
use crate::scalar::Scalar;
use crate::shared::Shared;
use parking_lot::Mutex;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};
use wengert_kernels::layout::copied;
use wengert_kernels::{Layout, View, ViewMut, dispatch};

/// Numbers of one dtype, laid out by strides in a storage that may be shared with other arrays (views).
///
/// A handle: cloning shares. The only way to the bytes is [`Array::view`] (and its writing twin), which evaluates a storage that is
/// still pending.
#[derive(Clone, Debug)]
pub struct Array(Shared<Stored>);

#[derive(Debug)]
struct Stored {
    layout: Layout,
    dtype: DType,
    /// Number of elements, if they lie inside and dense ([`Storage::INLINE`]); else 0.
    few: u8,
    memory: Memory,
}

/// A fresh array and its storage are one allocation; views keep that one alive.
#[derive(Debug)]
enum Memory {
    Own(Storage),
    /// An array that owns its storage.
    Of(Shared<Stored>),
    /// A number that is an operand; it exists within one call, or in a node that saved it.
    Number {
        value: Scalar,
        bytes: [u64; 1],
    },
    /// Shape and dtype alone: what a tensor that stands for a batch shows of itself; and the array of the batch.
    Nothing(Option<Array>),
    /// The storage of another array, with writes counted apart.
    Apart(Apart),
}

#[derive(Debug)]
struct Apart {
    base: Shared<Stored>,
    version: AtomicU32,
    written: Mutex<Option<Write>>,
}

/// See [`Stored::few`].
#[inline]
fn few(nbytes: usize, dtype: DType) -> u8 {
    if nbytes <= Storage::INLINE { (nbytes / dtype.size()) as u8 } else { 0 }
}

impl Stored {
    #[inline]
    fn storage(&self) -> Option<&Storage> {
        match &self.memory {
            Memory::Own(s) => Some(s),
            Memory::Of(base) => base.storage(),
            Memory::Apart(apart) => apart.base.storage(),
            Memory::Number { .. } | Memory::Nothing(_) => None,
        }
    }

    /// The count of writes, if it is not that of the storage.
    #[inline]
    fn apart(&self) -> Option<&Apart> {
        match &self.memory {
            Memory::Apart(apart) => Some(apart),
            Memory::Of(base) => base.apart(),
            _ => None,
        }
    }
}

impl Array {
    /// A new contiguous array with undefined contents.
    ///
    /// # Panics
    /// If there is not so much memory.
    #[track_caller]
    pub fn empty(shape: &[usize], dtype: DType) -> Array {
        or_panic(Array::try_empty(shape, dtype))
    }

    /// [`Array::empty`] with a `Result`.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn try_empty(shape: &[usize], dtype: DType) -> Result<Array> {
        let bytes = shape
            .iter()
            .try_fold(dtype.size(), |n, &d| n.checked_mul(d))
            .ok_or_else(|| Error::runtime(format!("Storage size calculation overflowed with sizes={shape:?}")))?;
        let memory = Memory::Own(Storage::new(bytes)?);
        Ok(Array(Shared::new(Stored { layout: Layout::contiguous(shape), dtype, few: few(bytes, dtype), memory })))
    }

    /// A new array with undefined contents whose elements lie as a dense layout says.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub(crate) fn try_laid_out(layout: Layout, dtype: DType) -> Result<Array> {
        debug_assert!(layout.is_dense() && layout.offset == 0);
        let made = Array::try_empty(&layout.shape, dtype)?;
        if layout.is_row_major() {
            return Ok(made);
        }
        let mut last = Shared::into_last(made.0).expect("it is new");
        (last.layout, last.few) = (layout, 0);
        Ok(Array(last.share()))
    }

    /// A new array of the same shape as a row-major layout, with undefined contents; `None` if there is not so much memory.
    #[inline]
    pub(crate) fn like(layout: &Layout, nbytes: usize, dtype: DType) -> Option<Array> {
        let block = Storage::block(nbytes).ok()?;
        // SAFETY: every field is written.
        let stored = unsafe {
            Shared::emplace(|s: *mut Stored| {
                (&raw mut (*s).layout.shape).write(copied(&layout.shape));
                (&raw mut (*s).layout.strides).write(copied(&layout.strides));
                (&raw mut (*s).layout.offset).write(0);
                (&raw mut (*s).dtype).write(dtype);
                (&raw mut (*s).few).write(few(nbytes, dtype));
                (&raw mut (*s).memory).write(Memory::Own(Storage::ready(block, nbytes)));
            })
        };
        Some(Array(stored))
    }

    fn pending_with(layout: Layout, dtype: DType, deferred: std::sync::Arc<expression::Deferred>) -> Array {
        let memory = Memory::Own(Storage::deferred(layout.numel() * dtype.size(), deferred));
        Array(Shared::new(Stored { layout, dtype, few: 0, memory }))
    }

    /// A new 1-dimensional array with these elements.
    pub fn from_slice<T: Element>(data: &[T]) -> Array {
        let mut a = Array::empty(&[data.len()], T::DTYPE);
        a.view_mut().as_slice_mut::<T>().expect("fresh arrays are dense").copy_from_slice(data);
        a
    }

    /// A number as an operand: 0-dimensional, of the dtype that a tensor of it would have.
    pub fn scalar(value: Scalar) -> Array {
        Array::number(value, value.dtype())
    }

    fn number(value: Scalar, dtype: DType) -> Array {
        let mut bytes = [0u64; 1];
        dispatch!(dtype, T => {
            let v = match value {
                Scalar::Float(f) => T::from_f64(f),
                other => T::from_i64(other.to_i64()),
            };
            // SAFETY: a real element is plain data of at most 8 bytes.
            unsafe { std::ptr::copy_nonoverlapping((&raw const v).cast::<u8>(), bytes.as_mut_ptr().cast(), size_of::<T>()) }
        }, else => unreachable!("numbers are real"));
        Array(Shared::new(Stored {
            layout: Layout::contiguous(&[]),
            dtype,
            few: 0,
            memory: Memory::Number { value, bytes },
        }))
    }

    /// Shape, strides and dtype without numbers; `of` has the numbers of all examples.
    pub(crate) fn without_numbers(layout: Layout, dtype: DType, of: Option<Array>) -> Array {
        Array(Shared::new(Stored { layout, dtype, few: 0, memory: Memory::Nothing(of) }))
    }

    /// Has it a shape and a dtype, but no numbers?
    #[inline]
    pub(crate) fn has_no_numbers(&self) -> bool {
        matches!(self.0.memory, Memory::Nothing(_))
    }

    /// The number, if this is a number operand.
    #[inline]
    pub fn as_scalar(&self) -> Option<Scalar> {
        match &self.0.memory {
            Memory::Number { value, .. } => Some(*value),
            _ => None,
        }
    }

    /// The same as a stored array: numbers get a storage, others are shared.
    pub fn stored(&self) -> Array {
        if self.as_scalar().is_some() { self.copy_as(self.dtype()) } else { self.clone() }
    }

    /// A dense array in another shape. One that nobody else has stays an array of its own, and is no view.
    pub(crate) fn into_shape(self, shape: &[usize]) -> Array {
        let layout = Layout::contiguous(shape);
        if !self.is_sole_owner() || matches!(self.0.memory, Memory::Of(_)) {
            return self.with_layout(layout);
        }
        let mut last = Shared::into_last(self.0).expect("it is the only handle");
        last.layout = layout;
        Array(last.share())
    }

    /// Another view of the same storage.
    pub fn with_layout(&self, layout: Layout) -> Array {
        let base = match &self.0.memory {
            Memory::Own(_) | Memory::Apart(_) => self.0.clone(),
            Memory::Of(base) => base.clone(),
            Memory::Number { .. } => return self.stored().with_layout(layout),
            Memory::Nothing(of) => return Array::without_numbers(layout, self.dtype(), of.clone()),
        };
        debug_assert!(layout.extent() * self.dtype().size() <= base.storage().map_or(0, Storage::nbytes));
        Array(Shared::new(Stored { layout, dtype: self.dtype(), few: 0, memory: Memory::Of(base) }))
    }

    /// The same elements, with a count of writes of its own from `version` on: what is written through it goes unnoticed by those who use
    /// this one, and the other way round.
    pub fn counted_apart(&self, version: u32) -> Array {
        let base = match &self.0.memory {
            Memory::Own(_) => self.0.clone(),
            Memory::Of(base) => base.clone(),
            Memory::Apart(apart) => apart.base.clone(),
            Memory::Number { .. } => return self.stored(),
            Memory::Nothing(_) => return self.clone(),
        };
        let memory = Memory::Apart(Apart { base, version: AtomicU32::new(version), written: Mutex::default() });
        Array(Shared::new(Stored { layout: self.layout().clone(), dtype: self.dtype(), few: 0, memory }))
    }

    /// Shape, strides, offset.
    #[inline]
    pub fn layout(&self) -> &Layout {
        &self.0.layout
    }
    /// Sizes of the dimensions.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.layout().shape
    }
    /// Element type.
    #[inline]
    pub fn dtype(&self) -> DType {
        self.0.dtype
    }
    /// Number of elements.
    pub fn numel(&self) -> usize {
        self.layout().numel()
    }
    /// The storage; numbers have none.
    pub fn storage(&self) -> Option<&Storage> {
        self.0.storage()
    }
    /// How often the storage was written in place since it was made. Note \[version\]: views and `detach` share it, `data` does not.
    #[inline]
    pub fn version(&self) -> u32 {
        match (&self.0.memory, self.0.apart()) {
            (Memory::Own(s), _) => s.version(),
            (Memory::Nothing(of), _) => of.as_ref().map_or(0, Array::version),
            (_, Some(apart)) => apart.version.load(Ordering::Relaxed),
            _ => self.storage().map_or(0, Storage::version),
        }
    }
    /// Counts an in-place write.
    pub fn bump(&self, write: Write) {
        if let Some(apart) = self.0.apart() {
            apart.version.fetch_add(1, Ordering::Relaxed);
            write.after(&mut apart.written.lock());
        } else if let Some(storage) = self.storage() {
            storage.bump(write);
        }
    }
    /// The last in-place write that was counted.
    pub fn last_write(&self) -> Option<Write> {
        match (&self.0.memory, self.0.apart()) {
            (Memory::Nothing(of), _) => of.as_ref()?.last_write(),
            (_, Some(apart)) => *apart.written.lock(),
            _ => self.storage()?.last_write(),
        }
    }
    /// Does it lie in the storage of another array?
    pub(crate) fn is_part(&self) -> bool {
        matches!(self.0.memory, Memory::Of(_))
    }
    /// Do writes to one count for the other?
    pub(crate) fn shares_version(&self, other: &Array) -> bool {
        let same = |a: Option<&Apart>, b: Option<&Apart>| a.map(std::ptr::from_ref) == b.map(std::ptr::from_ref);
        self.shares_memory(other) && same(self.0.apart(), other.0.apart())
    }
    /// Do both lie in one storage?
    pub fn shares_memory(&self, other: &Array) -> bool {
        match (self.storage(), other.storage()) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            _ => false,
        }
    }
    /// Are both handles to the same array?
    pub(crate) fn is_same(&self, other: &Array) -> bool {
        self.0.ptr_eq(&other.0)
    }
    /// How many handles there are to the array that owns its storage.
    fn base_holders(&self) -> usize {
        match &self.0.memory {
            Memory::Of(base) | Memory::Apart(Apart { base, .. }) => base.owners(),
            _ => self.0.owners(),
        }
    }
    fn nbytes(&self) -> usize {
        self.numel() * self.dtype().size()
    }
    /// Evaluates everything pending that reads this memory.
    pub(crate) fn flush_readers(&self) {
        if let Some(storage) = self.storage() {
            storage.flush_readers();
        }
    }
    /// Is this the only handle to its storage, and dense?
    pub(crate) fn is_sole_owner(&self) -> bool {
        let alone = match &self.0.memory {
            Memory::Own(storage) => !storage.is_exposed(),
            // A view of all of an array that nobody sees any more, such as a matrix transposed twice.
            Memory::Of(base) => base.owners() == 1 && self.storage().is_some_and(|s| s.nbytes() == self.nbytes()),
            Memory::Apart(_) | Memory::Number { .. } | Memory::Nothing(_) => false,
        };
        alone && self.0.owners() == 1 && self.layout().is_contiguous()
    }

    /// The elements, to read. Evaluates a pending storage first.
    #[inline]
    pub fn view(&self) -> View<'_> {
        View { ptr: self.first(), layout: self.layout(), dtype: self.dtype() }
    }

    /// Address of the first element, after evaluating what is pending.
    #[inline]
    fn first(&self) -> *const u8 {
        let storage = match &self.0.memory {
            Memory::Own(s) => s,
            Memory::Number { bytes, .. } => return bytes.as_ptr().cast(),
            Memory::Of(_) | Memory::Apart(_) => self.storage().expect("numbers have no views"),
            Memory::Nothing(_) => panic!("{}", crate::transforms::NO_NUMBERS),
        };
        // SAFETY: a layout never reaches past its storage.
        unsafe { storage.force().add(self.layout().offset * self.dtype().size()) }
    }

    /// Address of the first element, unless it is pending.
    #[inline]
    pub(crate) fn ready(&self) -> Option<*const u8> {
        let ready = match &self.0.memory {
            Memory::Own(s) => s.is_ready(),
            Memory::Of(_) | Memory::Apart(_) => self.storage().is_some_and(Storage::is_ready),
            Memory::Number { .. } | Memory::Nothing(_) => false,
        };
        ready.then(|| self.first())
    }

    /// Address of the first element of an array that nobody else has seen.
    #[inline]
    pub(crate) fn fresh(&mut self) -> *mut u8 {
        self.first().cast_mut()
    }

    /// The elements, to write. Evaluates a pending storage first, and everything pending that reads this one.
    ///
    /// The storage may be shared: whoever writes to an array that is not fresh goes through the in-place door.
    #[inline]
    pub fn view_mut(&mut self) -> ViewMut<'_> {
        let Some(storage) = self.0.storage() else { unreachable!("numbers are never written") };
        storage.flush_readers();
        ViewMut { ptr: self.first().cast_mut(), layout: self.layout(), dtype: self.dtype(), marker: PhantomData }
    }

    /// A contiguous copy, cast to `dtype`.
    pub fn copy_as(&self, dtype: DType) -> Array {
        let mut out = Array::empty(self.shape(), dtype);
        self.copy_into(&mut out.view_mut());
        out
    }

    /// A copy, cast to `dtype`, that keeps the order of the dimensions in memory: [`Layout::alike`].
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn copy_alike(&self, dtype: DType) -> Result<Array> {
        let mut out = Array::try_laid_out(self.layout().alike(), dtype)?;
        if out.layout().is_row_major() {
            self.copy_into(&mut out.view_mut());
            return Ok(out);
        }
        // In the order of memory it is a dense copy.
        let order = self.layout().memory_order();
        let ordered = out.layout().permute(&order);
        let view = out.view_mut();
        let source = self.with_layout(self.layout().permute(&order));
        source.copy_into(&mut ViewMut { layout: &ordered, ..view });
        Ok(out)
    }

    /// Copies the elements to `out` of the same shape, casting to its dtype. What is pending is not stored on the way, unless others
    /// want it too.
    pub fn copy_into(&self, out: &mut ViewMut) {
        let shared = self.storage().is_some_and(|s| self.base_holders() > 1 + s.pending_readers().len());
        if !self.is_pending() || shared {
            return wengert_kernels::tile::copy(self.view(), out);
        }
        let mut f = Fusion::new(&out.layout.shape);
        let same_kind = self.dtype().compute() == out.dtype.compute();
        f.load(self, if same_kind { self.dtype() } else { out.dtype });
        f.run(out);
    }

    /// Are all elements finite? Evaluates what is pending.
    pub(crate) fn is_finite(&self) -> bool {
        if !self.dtype().is_float() || self.has_no_numbers() {
            return true;
        }
        let dense = self.contiguous();
        // SAFETY: the view has so many dense elements.
        unsafe { wengert_kernels::finite::all_finite(dense.view().ptr, dense.numel(), dense.dtype()) }
    }

    /// Itself if its elements are dense in row-major order, else a contiguous copy.
    pub fn contiguous(&self) -> Array {
        if self.layout().is_contiguous() { self.clone() } else { self.copy_as(self.dtype()) }
    }

    /// The elements in row-major order, converted to `T` as a cast would.
    pub fn to_vec<T: Element>(&self) -> Vec<T> {
        let mut out = vec![T::default(); self.numel()];
        let layout = Layout::contiguous(self.shape());
        self.copy_into(&mut ViewMut::from_slice(&mut out, &layout));
        out
    }
}

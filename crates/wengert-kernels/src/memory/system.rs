//! Where memory comes from: small blocks from the general allocator, large ones from the kernel.

use std::alloc::{self, Layout};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub(super) static BYTES: AtomicUsize = AtomicUsize::new(0);
pub(super) static COUNT: AtomicUsize = AtomicUsize::new(0);

fn count(size: usize) {
    BYTES.fetch_add(size, Relaxed);
    COUNT.fetch_add(1, Relaxed);
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 64).expect("a tensor's size fits in the address space")
}

/// A small block.
pub(super) fn small(size: usize) -> Option<NonNull<u8>> {
    count(size);
    // SAFETY: the size is not zero.
    NonNull::new(unsafe { alloc::alloc(layout(size)) })
}

/// Frees a small block.
///
/// # Safety
/// It came from [`small`] with this size, and nobody uses it any more.
pub(super) unsafe fn free_small(ptr: NonNull<u8>, size: usize) {
    // SAFETY: the caller's contract.
    unsafe { alloc::dealloc(ptr.as_ptr(), layout(size)) }
}

/// Memory that the process may use: the machine's, or less if the control group says so. Huge if nothing is known.
pub(super) fn memory() -> usize {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: sysconf has no preconditions.
        let (pages, page) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
        let machine = if pages > 0 && page > 0 { pages as usize * page as usize } else { usize::MAX };
        let group = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        // Version 2 has one line, `0::/path`; inside a container the limit is at the root as well.
        let path = group.lines().find_map(|l| l.strip_prefix("0::")).unwrap_or("/");
        [
            format!("/sys/fs/cgroup{path}/memory.max"),
            "/sys/fs/cgroup/memory.max".to_string(),
            "/sys/fs/cgroup/memory/memory.limit_in_bytes".to_string(),
        ]
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok()?.trim().parse::<usize>().ok())
        .fold(machine, usize::min)
    }
    #[cfg(not(target_os = "linux"))]
    {
        // A guess that is right for most machines.
        8 << 30
    }
}

#[cfg(unix)]
pub(super) use unix::{map, unmap};

#[cfg(unix)]
mod unix {
    use super::*;
    use std::sync::OnceLock;

    /// What a huge page is taken to be; nothing breaks where it is another size.
    const HUGE: usize = 2 << 20;
    /// Blocks from this size on are laid on huge pages.
    const HUGE_FROM: usize = 2 << 20;

    fn huge_pages() -> bool {
        static WANTED: OnceLock<bool> = OnceLock::new();
        cfg!(target_os = "linux") && *WANTED.get_or_init(|| std::env::var("WENGERT_HUGE_PAGES").as_deref() != Ok("0"))
    }

    /// A large block, fresh from the kernel: all zero, and not yet in memory.
    pub fn map(size: usize) -> Option<NonNull<u8>> {
        let huge = size >= HUGE_FROM && huge_pages();
        // Some more, to cut the block out where a huge page begins.
        let asked = if huge { size.checked_add(HUGE)? } else { size };
        // SAFETY: a new private mapping at an address of the kernel's choice touches nothing that exists.
        let start = unsafe {
            let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            libc::mmap(std::ptr::null_mut(), asked, access, kind, -1, 0)
        };
        if start == libc::MAP_FAILED {
            return None;
        }
        count(size);
        let start = start.cast::<u8>();
        if !huge {
            return NonNull::new(start);
        }
        let before = start.addr().next_multiple_of(HUGE) - start.addr();
        // SAFETY: the parts before and after the block are inside the mapping, whole pages, and used by nobody.
        unsafe {
            let block = start.add(before);
            if before > 0 {
                libc::munmap(start.cast(), before);
            }
            libc::munmap(block.add(size).cast(), HUGE - before);
            // Only advice: it may fail.
            #[cfg(target_os = "linux")]
            libc::madvise(block.cast(), size, libc::MADV_HUGEPAGE);
            NonNull::new(block)
        }
    }

    /// Gives a large block back.
    ///
    /// # Safety
    /// It came from [`map`] with this size, and nobody uses it any more.
    pub unsafe fn unmap(ptr: NonNull<u8>, size: usize) {
        // SAFETY: the caller's contract.
        let failed = unsafe { libc::munmap(ptr.as_ptr().cast(), size) };
        debug_assert_eq!(failed, 0);
    }
}

#[cfg(not(unix))]
pub(super) use portable::{map, unmap};

#[cfg(not(unix))]
mod portable {
    use super::*;

    /// A large block.
    pub fn map(size: usize) -> Option<NonNull<u8>> {
        small(size)
    }

    /// Gives a large block back.
    ///
    /// # Safety
    /// It came from [`map`] with this size, and nobody uses it any more.
    pub unsafe fn unmap(ptr: NonNull<u8>, size: usize) {
        // SAFETY: the caller's contract.
        unsafe { free_small(ptr, size) }
    }
}

/// Asks the general allocator to give what is free in it back to the kernel.
pub(super) fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: no preconditions.
    unsafe {
        libc::malloc_trim(0);
    }
}

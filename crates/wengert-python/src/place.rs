//! Where in Python a call was made: the code object and the instruction, looked up when somebody asks for the line.
//!
//! The library asks for the place only where it remembers one: when it records a node, writes in place or fails. Lines of this package are passed over: the place is that of
//! the user's call.

use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::os::raw::c_int;
use std::ptr::null_mut;
use wengert::place::{Finder, Foreign, ForeignCall, Shown};

static FINDER: Finder = Finder::new(find);

/// While it lives, what the library does was asked for by the Python line that runs now.
#[inline]
pub fn here(_py: Python) -> ForeignCall {
    ForeignCall::begin(&FINDER)
}

/// A place on its way to where the lock is not held.
pub struct Kept(&'static Foreign);

impl Kept {
    /// Runs it as if from there.
    pub fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        let _call = ForeignCall::begin(self.0);
        f()
    }
}

/// Runs what gives the lock away.
pub fn kept<R>(f: impl FnOnce(&Kept) -> R) -> R {
    f(&Kept(find()))
}

/// How many places are remembered, and their code objects kept alive. Programs that compile code without end get no lines after that.
const MOST: usize = 1 << 16;

/// The end of the paths of this package's own files begins with this.
const OURS: &str = "/wengert/";

type Known = FxHashMap<(usize, c_int), &'static Foreign>;

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::new(Known::default());
    /// The last one that was not called through this package: loops ask for the same few.
    static LAST: Cell<((usize, c_int), Option<&'static Foreign>)> = const { Cell::new(((0, 0), None)) };
    /// Which code objects belong to this package. They are kept alive, or another could get the address.
    static PACKAGE: RefCell<FxHashMap<usize, bool>> = RefCell::new(FxHashMap::default());
}

static UNKNOWN: Foreign = Foreign::new([0, 0], |_| Shown { file: "?".into(), line: 0, function: "?".into() });

/// The frame's instruction: an offset from Python 3.11 on, before that a line.
///
/// # Safety
/// The interpreter's lock is held, and the frame lives.
unsafe fn instruction(frame: *mut ffi::PyFrameObject) -> c_int {
    // SAFETY: a living frame.
    unsafe {
        #[cfg(Py_3_11)]
        return ffi::PyFrame_GetLasti(frame);
        #[cfg(not(Py_3_11))]
        return ffi::PyFrame_GetLineNumber(frame);
    }
}

/// The place of the user's call that runs now. The interpreter's lock is held: calls begin with it, and what gives it away has asked before.
fn find() -> &'static Foreign {
    // SAFETY: the lock is held. The frame is borrowed from the running thread; each one before it is a new reference, given back.
    unsafe {
        if ffi::PyGILState_Check() == 0 {
            return &UNKNOWN;
        }
        let mut frame = ffi::PyEval_GetFrame();
        if frame.is_null() {
            return &UNKNOWN;
        }
        let (last, known) = LAST.get();
        let mut innermost = true;
        ffi::Py_INCREF(frame.cast());
        loop {
            let code = ffi::PyFrame_GetCode(frame);
            let key = (code as usize, instruction(frame));
            if innermost
                && key == last
                && let Some(found) = known
            {
                ffi::Py_DECREF(code.cast());
                ffi::Py_DECREF(frame.cast());
                return found;
            }
            let back = if is_package(code) { ffi::PyFrame_GetBack(frame) } else { null_mut() };
            ffi::Py_DECREF(frame.cast());
            if back.is_null() {
                let found = intern(code, key);
                ffi::Py_DECREF(code.cast());
                if innermost {
                    LAST.set((key, Some(found)));
                }
                return found;
            }
            ffi::Py_DECREF(code.cast());
            (frame, innermost) = (back, false);
        }
    }
}

/// Is it code of this package?
///
/// # Safety
/// The interpreter's lock is held, and the code object lives.
unsafe fn is_package(code: *mut ffi::PyCodeObject) -> bool {
    PACKAGE.with_borrow_mut(|known| {
        if known.len() >= MOST && !known.contains_key(&(code as usize)) {
            return false;
        }
        *known.entry(code as usize).or_insert_with(|| {
            // SAFETY: the lock is held, the code object lives.
            unsafe {
                ffi::Py_INCREF(code.cast());
                let py = Python::assume_attached();
                let code = Bound::from_borrowed_ptr(py, code.cast());
                let file = code.getattr("co_filename").and_then(|f| f.extract::<String>());
                file.is_ok_and(|f| {
                    f.rsplit_once(OURS).is_some_and(|(before, rest)| {
                        (before.ends_with("/python") || before.ends_with("-packages")) && !rest.contains("tests/")
                    })
                })
            }
        })
    })
}

/// The place of a code object and an instruction, the same one each time.
///
/// # Safety
/// The interpreter's lock is held, and the code object lives.
unsafe fn intern(code: *mut ffi::PyCodeObject, key: (usize, c_int)) -> &'static Foreign {
    KNOWN.with_borrow_mut(|known| {
        if let Some(found) = known.get(&key) {
            return *found;
        }
        if known.len() >= MOST {
            return &UNKNOWN;
        }
        // SAFETY: kept alive for ever, so that the address stays its own.
        unsafe { ffi::Py_INCREF(code.cast()) };
        let found: &'static Foreign = Box::leak(Box::new(Foreign::new([key.0, key.1 as usize], show)));
        known.insert(key, found);
        found
    })
}

/// File, line and function of a code object and an instruction.
fn show(place: &Foreign) -> Shown {
    let [code, at] = place.id();
    Python::attach(|py| {
        // SAFETY: the code object is kept alive.
        let code = unsafe { Bound::from_borrowed_ptr(py, code as *mut ffi::PyObject) };
        #[cfg(Py_3_11)]
        // SAFETY: a code object, and the lock is held.
        let line = unsafe { ffi::PyCode_Addr2Line(code.as_ptr().cast(), at as c_int) } as u32;
        #[cfg(not(Py_3_11))]
        let line = at as u32;
        let text = |name: &str| code.getattr(name).and_then(|t| t.extract()).unwrap_or_else(|_| "?".to_string());
        Shown { file: text("co_filename"), line, function: text("co_name") }
    })
}

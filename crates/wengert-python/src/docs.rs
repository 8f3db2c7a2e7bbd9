//! Documentation of the table's callables.

use std::ffi::{CStr, c_char};
use std::ptr::null;
use wengert::table::c_doc;

/// The text of a function or method: it stands in the library as it is, so that nothing is made when the module is imported.
pub fn of(name: &str) -> *const c_char {
    c_doc(name).map_or(null(), CStr::as_ptr)
}

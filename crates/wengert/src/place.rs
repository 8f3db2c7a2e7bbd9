//! Places: the user's lines, which errors, nodes, writes and cuts remember.
//!
//! A call from Rust is remembered by its [`Location`]. A front end in another language says with [`call_from`] where its own calls are
//! made: by a [`Foreign`] place that it knows, or by a [`Finder`] that looks for one if, and only if, something is to be remembered.
//! Both cost a call one write to thread-local memory and one back. File, line and function are asked for when a place is shown.
//!
//! What a formula of a backward pass records is ascribed to the line of the forward call, whoever calls.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::OnceLock;

/// A place in a program that is not Rust. It lives for ever: a front end makes one for each of its lines (or instructions) that call, and
/// gives the same one each time.
///
/// ```
/// use wengert::place::{Foreign, Shown, call_from};
/// use wengert::{ops, tensor};
///
/// fn show(site: &Foreign) -> Shown {
///     Shown { file: "train.py".to_string(), line: site.id()[1] as u32, function: "step".to_string() }
/// }
/// static SITE: Foreign = Foreign::new([0, 12], show);
///
/// let x = tensor!([1.0, 2.0]);
/// let e = call_from(&SITE, || ops::add(&x, &tensor!([1.0, 2.0, 3.0]))).unwrap_err();
/// assert_eq!(e.location().unwrap().to_string(), r#"File "train.py", line 12, in step"#);
/// ```
#[derive(Debug)]
#[repr(align(8))]
pub struct Foreign {
    id: [usize; 2],
    show: fn(&Foreign) -> Shown,
    shown: OnceLock<Box<Shown>>,
}

/// What a [`Foreign`] place is for readers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The file, as the user knows it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The function that the line is in.
    pub function: String,
}

impl Foreign {
    /// A place that its front end knows by `id`, for example a code object and an instruction. `show` is called when somebody wants to see
    /// it, from any thread, mostly once: what it gives is kept.
    pub const fn new(id: [usize; 2], show: fn(&Foreign) -> Shown) -> Foreign {
        Foreign { id, show, shown: OnceLock::new() }
    }
    /// What its front end knows it by.
    pub fn id(&self) -> [usize; 2] {
        self.id
    }
    /// File, line and function.
    pub fn shown(&self) -> &Shown {
        if let Some(shown) = self.shown.get() {
            return shown;
        }
        // Outside of the cell's lock: `show` may wait for a lock of the front end, whose owner may wait here.
        let shown = Box::new((self.show)(self));
        self.shown.get_or_init(|| shown)
    }
}

/// Finds the place of the foreign call that is being made on this thread. It is asked during the call, if something is to be
/// remembered.
#[derive(Debug)]
#[repr(align(8))]
pub struct Finder {
    find: fn() -> &'static Foreign,
}

impl Finder {
    /// Asks `find`.
    pub const fn new(find: fn() -> &'static Foreign) -> Finder {
        Finder { find }
    }
}

/// The user's line: a Rust [`Location`], or a [`Foreign`] place. As large as a pointer.
///
/// It shows itself as `src/main.rs:10:5`, or as `File "train.py", line 12, in step`.
#[derive(Clone, Copy)]
pub struct Place(NonNull<()>);

/// The line of a call: a [`Place`], or a [`Finder`] that must be asked while the call lasts. Doors hand it on; what is stored is a place.
#[derive(Clone, Copy)]
pub(crate) struct Caller(NonNull<()>);

/// Marks in the lowest bits of the address of a [`Location`], a [`Foreign`] or a [`Finder`].
const FOREIGN: usize = 1;
const FINDER: usize = 2;
const MARKS: usize = 3;
const _: () = assert!(align_of::<Location>() > MARKS && align_of::<Foreign>() > MARKS && align_of::<Finder>() > MARKS);

// SAFETY: it refers to what lives for ever and may be shared: a `Location` or a `Foreign`.
unsafe impl Send for Place {}
// SAFETY: as above.
unsafe impl Sync for Place {}

fn marked<T>(x: &'static T, mark: usize) -> NonNull<()> {
    NonNull::from(x).cast().map_addr(|a| a | mark)
}

/// The address without its marks.
fn unmarked<T>(x: NonNull<()>) -> *const T {
    x.as_ptr().map_addr(|a| a & !MARKS).cast()
}

enum Kind {
    Rust(&'static Location<'static>),
    Foreign(&'static Foreign),
}

impl Place {
    /// Where this is called from, as an operation called there would remember it.
    #[track_caller]
    pub fn here() -> Place {
        Caller::here().place()
    }

    fn kind(self) -> Kind {
        // SAFETY: the mark says which of the two the address was made of, and both live for ever.
        unsafe {
            match self.0.addr().get() & FOREIGN {
                0 => Kind::Rust(&*unmarked(self.0)),
                _ => Kind::Foreign(&*unmarked(self.0)),
            }
        }
    }
    /// The Rust line, if it is one.
    pub fn rust(self) -> Option<&'static Location<'static>> {
        match self.kind() {
            Kind::Rust(l) => Some(l),
            Kind::Foreign(_) => None,
        }
    }
    /// The foreign place, if it is one.
    pub fn foreign(self) -> Option<&'static Foreign> {
        match self.kind() {
            Kind::Rust(_) => None,
            Kind::Foreign(f) => Some(f),
        }
    }
    /// The file.
    pub fn file(self) -> &'static str {
        match self.kind() {
            Kind::Rust(l) => l.file(),
            Kind::Foreign(f) => &f.shown().file,
        }
    }
    /// The line, from 1.
    pub fn line(self) -> u32 {
        match self.kind() {
            Kind::Rust(l) => l.line(),
            Kind::Foreign(f) => f.shown().line,
        }
    }
    /// The function, which only foreign places know.
    pub fn function(self) -> Option<&'static str> {
        self.foreign().map(|f| &*f.shown().function)
    }
    /// File name and line alone: `main.rs:10`.
    pub fn short(self) -> String {
        let file = self.file();
        format!("{}:{}", file.rsplit(['/', '\\']).next().unwrap_or(file), self.line())
    }
}

impl From<&'static Location<'static>> for Place {
    fn from(l: &'static Location<'static>) -> Place {
        Place(marked(l, 0))
    }
}

impl From<&'static Foreign> for Place {
    fn from(f: &'static Foreign) -> Place {
        Place(marked(f, FOREIGN))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Kind::Rust(l) => l.fmt(f),
            Kind::Foreign(site) => {
                let Shown { file, line, function } = site.shown();
                write!(f, "File \"{file}\", line {line}, in {function}")
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

/// The same line and column, or the same foreign place.
impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        self.0 == other.0
            || match (self.kind(), other.kind()) {
                (Kind::Rust(a), Kind::Rust(b)) => a == b,
                _ => false,
            }
    }
}

impl Eq for Place {}

/// What this thread's calls are ascribed to; the default is the Rust line of each.
#[derive(Clone, Copy)]
struct Ascribed {
    to: Option<Caller>,
    /// A formula of backward is running, and `to` is the line of the forward call.
    formula: bool,
}

const NOBODY: Ascribed = Ascribed { to: None, formula: false };

thread_local! {
    static ASCRIBED: Cell<Ascribed> = const { Cell::new(NOBODY) };
}

impl Caller {
    /// The line to remember for a call: that of the forward call if a formula is running in backward, else the caller's.
    #[inline]
    #[track_caller]
    pub fn here() -> Caller {
        match ASCRIBED.get().to {
            Some(caller) => caller,
            None => Caller(marked(Location::caller(), 0)),
        }
    }

    /// The caller's line even if a formula is running, for what the user's code does there. (Foreign code is then known by the forward call.)
    #[track_caller]
    pub fn of_user() -> Caller {
        let rust = Caller(marked(Location::caller(), 0));
        match ASCRIBED.get() {
            Ascribed { to: Some(caller), formula } if !formula || caller.0.addr().get() & FOREIGN != 0 => caller,
            _ => rust,
        }
    }

    /// The place, found if it is not known yet.
    #[inline]
    pub fn place(self) -> Place {
        if self.0.addr().get() & FINDER != 0 { self.find() } else { Place(self.0) }
    }

    #[cold]
    #[inline(never)]
    fn find(self) -> Place {
        // SAFETY: the mark says that the address is that of a `Finder`, which lives for ever.
        let finder: &'static Finder = unsafe { &*unmarked(self.0) };
        (finder.find)().into()
    }
}

impl From<Caller> for Place {
    #[inline]
    fn from(caller: Caller) -> Place {
        caller.place()
    }
}

impl From<Place> for Caller {
    #[inline]
    fn from(place: Place) -> Caller {
        Caller(place.0)
    }
}

/// What [`call_from`] accepts: a `&'static` [`Foreign`] or [`Finder`].
pub trait Site: sealed::Site {}
impl Site for &'static Foreign {}
impl Site for &'static Finder {}

mod sealed {
    pub trait Site {
        #[doc(hidden)]
        fn word(self) -> std::ptr::NonNull<()>;
    }
}

impl sealed::Site for &'static Foreign {
    #[inline]
    fn word(self) -> NonNull<()> {
        marked(self, FOREIGN)
    }
}

impl sealed::Site for &'static Finder {
    #[inline]
    fn word(self) -> NonNull<()> {
        marked(self, FINDER)
    }
}

/// Runs `f`, a call that foreign code makes: what it remembers of its caller is `site`.
#[inline]
pub fn call_from<R>(site: impl Site, f: impl FnOnce() -> R) -> R {
    let _call = ForeignCall::begin(site);
    f()
}

/// A call that foreign code makes, until it is dropped: [`call_from`] as a guard. Calls may lie within one another, as where a hook runs
/// foreign code.
#[must_use = "the call ends when the guard is dropped"]
pub struct ForeignCall {
    before: Ascribed,
    /// It is about its thread.
    not_send: PhantomData<*const ()>,
}

impl ForeignCall {
    /// A call from `site` begins.
    #[inline]
    pub fn begin(site: impl Site) -> ForeignCall {
        let before = ASCRIBED.get();
        if !before.formula {
            ASCRIBED.set(Ascribed { to: Some(Caller(site.word())), formula: false });
        }
        ForeignCall { before, not_send: PhantomData }
    }
}

impl Drop for ForeignCall {
    #[inline]
    fn drop(&mut self) {
        ASCRIBED.set(self.before);
    }
}

impl fmt::Debug for ForeignCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignCall").finish_non_exhaustive()
    }
}

/// The line of the forward call, if a formula of backward is running.
#[inline]
pub(crate) fn of_formula() -> Option<Place> {
    match ASCRIBED.get() {
        Ascribed { to: Some(line), formula: true } => Some(line.place()),
        _ => None,
    }
}

/// Ascribes calls to `line` until it is dropped.
pub(crate) struct Ascribe(Ascribed);

impl Ascribe {
    pub(crate) fn to(line: Place) -> Ascribe {
        Ascribe(ASCRIBED.replace(Ascribed { to: Some(line.into()), formula: true }))
    }
    /// To their callers, though a formula is running.
    pub(crate) fn nowhere() -> Ascribe {
        Ascribe(ASCRIBED.replace(NOBODY))
    }
}

impl Drop for Ascribe {
    fn drop(&mut self) {
        ASCRIBED.set(self.0);
    }
}

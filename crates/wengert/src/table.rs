//! Operations by name, for callers who know the types of their arguments only at run time: other languages, tools.
//!
//! A [`Binding`] is one overload: PyTorch's signature in its schema notation, and a call that takes what a parser of that signature found.
//! Bindings stand beside the operations they call.
//!
//! ```
//! use wengert::table::{Arg, Args, bindings};
//! use wengert::tensor;
//!
//! let sum = bindings().find(|b| b.name() == "sum").unwrap();
//! let args = [Arg::Tensor(tensor!([1.0, 2.0])), Arg::None];
//! assert_eq!(sum.call(&Args(&args))?.tensor().unwrap().item(), 3.0);
//! # Ok::<(), wengert::Error>(())
//! ```

use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::random::Generator;
use crate::scalar::{Operand, Scalar};
use crate::tensor::Tensor;
use smallvec::SmallVec;

/// One overload of an operation.
///
/// Names of signatures: `ns::name.overload`. Without `ns::`, it is a function, and a method of tensors if its first parameter is `self`; `Tensor::` is a method alone,
/// `torch::` a function alone; `nn::`, `linalg::`, `special::` are functions of these namespaces.
pub struct Binding {
    /// PyTorch's signature in its schema notation: `sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False) -> Tensor`.
    pub signature: &'static str,
    /// The call. Arguments are those of the signature, all of them, in order.
    pub(crate) call: fn(&Args) -> Result<Out>,
}

impl Binding {
    /// The namespace, if the signature has one.
    pub fn namespace(&self) -> Option<&'static str> {
        self.head().split_once("::").map(|(ns, _)| ns)
    }
    /// The name without namespace and overload.
    pub fn name(&self) -> &'static str {
        let head = self.head();
        let name = head.split_once("::").map_or(head, |(_, name)| name);
        name.split_once('.').map_or(name, |(name, _)| name)
    }
    fn head(&self) -> &'static str {
        self.signature.split_once('(').map_or(self.signature, |(head, _)| head)
    }
    /// Is it a method of tensors?
    pub fn is_method(&self) -> bool {
        match self.namespace() {
            Some(ns) => ns == "Tensor",
            None => self.signature.split_once('(').is_some_and(|(_, params)| {
                ["Tensor self", "Tensor(a) self", "Tensor(a!) self", "Tensor(a -> *) self"]
                    .iter()
                    .any(|first| params.starts_with(first))
            }),
        }
    }
    /// Runs it.
    ///
    /// # Errors
    /// Those of the operation.
    #[inline]
    pub fn call(&self, args: &Args) -> Result<Out> {
        (self.call)(args)
    }
}

/// An argument. `Option`s of a signature that were not given are `None`; lists of optional tensors are always `OptionalTensors`.
#[derive(Clone, Debug, Default)]
pub enum Arg {
    /// Not given, and without a default.
    #[default]
    None,
    /// `Tensor`
    Tensor(Tensor),
    /// `Scalar`
    Scalar(Scalar),
    /// `bool`
    Bool(bool),
    /// `int`, `SymInt`
    Int(i64),
    /// `float`
    Float(f64),
    /// `int[]`, `SymInt[]`
    Ints(SmallVec<[isize; 4]>),
    /// `float[]`
    Floats(Vec<f64>),
    /// `Scalar[]`
    Scalars(Vec<Scalar>),
    /// `bool[]`
    Bools(Vec<bool>),
    /// `Tensor[]`
    Tensors(Vec<Tensor>),
    /// `Tensor?[]`
    OptionalTensors(Vec<Option<Tensor>>),
    /// `str`
    Str(Box<str>),
    /// `ScalarType`
    DType(DType),
    /// `Generator`
    Generator(Generator),
    /// `MemoryFormat`, `Layout`, `Device`: by name. There is one of each that we know, which the parser sees to.
    Name(&'static str),
}

/// The arguments of a call, by position in the signature. A parser saw to their types: a getter of another type than the signature says panics, which the test of all
/// bindings would show.
pub struct Args<'a>(pub &'a [Arg]);

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident, $opt:ident: $variant:ident => $type:ty, |$x:ident| $get:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        #[track_caller]
        pub fn $name(&self, i: usize) -> $type {
            match &self.0[i] {
                Arg::$variant($x) => $get,
                other => unreachable!("argument {i} is {other:?}"),
            }
        }
        $(#[$doc])*
        #[doc = " `None` if it was not given."]
        #[inline]
        #[track_caller]
        pub fn $opt(&self, i: usize) -> Option<$type> {
            match &self.0[i] {
                Arg::$variant($x) => Some($get),
                Arg::None => None,
                other => unreachable!("argument {i} is {other:?}"),
            }
        }
    )*};
}

impl Args<'_> {
    getters! {
        /// A tensor.
        tensor, opt_tensor: Tensor => &Tensor, |x| x;
        /// A number.
        scalar, opt_scalar: Scalar => Scalar, |x| *x;
        /// A truth value.
        bool, opt_bool: Bool => bool, |x| *x;
        /// An integer.
        int, opt_int: Int => i64, |x| *x;
        /// A dimension or an index.
        dim, opt_dim: Int => isize, |x| *x as isize;
        /// A floating point number.
        float, opt_float: Float => f64, |x| *x;
        /// Integers, such as dimensions.
        ints, opt_ints: Ints => &[isize], |x| x;
        /// Floating point numbers.
        floats, opt_floats: Floats => &[f64], |x| x;
        /// Numbers.
        scalars, opt_scalars: Scalars => &[Scalar], |x| x;
        /// Truth values.
        bools, opt_bools: Bools => &[bool], |x| x;
        /// Tensors that may be missing.
        optional_tensors, opt_optional_tensors: OptionalTensors => SmallVec<[Option<&Tensor>; 4]>, |x| x.iter().map(Option::as_ref).collect();
        /// Tensors.
        tensors, opt_tensors: Tensors => SmallVec<[&Tensor; 4]>, |x| x.iter().collect();
        /// A string.
        str, opt_str: Str => &str, |x| x;
        /// A dtype.
        dtype, opt_dtype: DType => DType, |x| *x;
        /// A random generator.
        generator, opt_generator: Generator => &Generator, |x| x;
        /// The name of a memory format, a layout or a device.
        name, opt_name: Name => &'static str, |x| x;
    }

    /// A tensor or a number.
    #[inline]
    #[track_caller]
    pub fn operand(&self, i: usize) -> Operand<'_> {
        self.opt_operand(i).unwrap_or_else(|| unreachable!("argument {i} is missing"))
    }
    /// A tensor or a number, or nothing.
    #[inline]
    #[track_caller]
    pub fn opt_operand(&self, i: usize) -> Option<Operand<'_>> {
        match &self.0[i] {
            Arg::Tensor(t) => Some(t.into()),
            Arg::Scalar(s) => Some((*s).into()),
            Arg::None => None,
            other => unreachable!("argument {i} is {other:?}"),
        }
    }
    /// A size or a count.
    ///
    /// # Errors
    /// If it is negative.
    #[track_caller]
    pub fn count(&self, i: usize) -> Result<usize> {
        let n = self.int(i);
        usize::try_from(n).map_err(|_| Error::runtime(format!("expected a non-negative number, but got {n}")))
    }
    /// A shape.
    ///
    /// # Errors
    /// If a size is negative.
    #[track_caller]
    pub fn sizes(&self, i: usize) -> Result<SmallVec<[usize; 4]>> {
        let sizes = self.ints(i);
        sizes
            .iter()
            .map(|&n| {
                usize::try_from(n).map_err(|_| {
                    Error::runtime(format!("Trying to create tensor with negative dimension {n}: {sizes:?}"))
                })
            })
            .collect()
    }
}

/// What a call gives.
#[derive(Debug)]
pub enum Out {
    /// A tensor.
    Tensor(Tensor),
    /// Several tensors: a list or a tuple with names, as the signature says.
    Tensors(SmallVec<[Tensor; 2]>),
    /// A number or a truth value.
    Scalar(Scalar),
    /// A dtype.
    DType(DType),
    /// Nothing.
    Nothing,
}

impl Out {
    /// The tensor, if it is one.
    pub fn tensor(self) -> Option<Tensor> {
        match self {
            Out::Tensor(t) => Some(t),
            _ => None,
        }
    }
}
impl From<Tensor> for Out {
    #[inline]
    fn from(t: Tensor) -> Out {
        Out::Tensor(t)
    }
}
impl From<(Tensor, Tensor)> for Out {
    fn from((a, b): (Tensor, Tensor)) -> Out {
        Out::Tensors(SmallVec::from([a, b]))
    }
}
impl From<Vec<Tensor>> for Out {
    fn from(t: Vec<Tensor>) -> Out {
        Out::Tensors(SmallVec::from_vec(t))
    }
}
impl From<bool> for Out {
    fn from(b: bool) -> Out {
        Out::Scalar(Scalar::Bool(b))
    }
}
impl From<Scalar> for Out {
    fn from(s: Scalar) -> Out {
        Out::Scalar(s)
    }
}
impl From<DType> for Out {
    fn from(d: DType) -> Out {
        Out::DType(d)
    }
}
impl From<()> for Out {
    fn from((): ()) -> Out {
        Out::Nothing
    }
}

/// One line of the table: a signature and a closure from [`Args`] to a `Result` of what the operation gives.
macro_rules! bind {
    ($signature:literal, |$a:ident| $call:expr) => {
        $crate::table::Binding {
            signature: $signature,
            call: |$a: &$crate::table::Args| -> $crate::error::Result<$crate::table::Out> {
                Ok($crate::table::Out::from($call?))
            },
        }
    };
}
pub(crate) use bind;

/// Collects the bindings of all files.
#[derive(Default)]
pub(crate) struct Lists(Vec<&'static [Binding]>);

impl Lists {
    pub fn add(&mut self, list: &'static [Binding]) {
        self.0.push(list);
    }
}

/// All bindings. Overloads of one name follow each other in the order in which they are to be tried.
pub fn bindings() -> impl Iterator<Item = &'static Binding> {
    let mut lists = Lists::default();
    crate::ops::bindings(&mut lists);
    lists.0.into_iter().flatten()
}

/// Signatures and documentation of the operations of a name, with a zero at the end for callers from C.
pub fn c_doc(name: &str) -> Option<&'static std::ffi::CStr> {
    use crate::generated::docs::DOCS;
    let at = DOCS.binary_search_by_key(&name, |(name, _)| name).ok()?;
    std::ffi::CStr::from_bytes_with_nul(DOCS[at].1.as_bytes()).ok()
}

/// Signatures and documentation of the operations of a name.
///
/// ```
/// let text = wengert::table::doc("sum").unwrap();
/// assert!(text.starts_with("sum(input, *, dtype=None) -> Tensor\n"));
/// assert!(text.contains("The sum of all elements."));
/// ```
pub fn doc(name: &str) -> Option<&'static str> {
    c_doc(name)?.to_str().ok()
}

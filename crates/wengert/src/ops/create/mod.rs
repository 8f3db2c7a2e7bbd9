//! Creation by name: tensors filled, ranges, random numbers. In Rust these are functions of [`Tensor`](crate::Tensor).

/// [`bind!`](crate::table::bind) of a function that makes a tensor: PyTorch's options, which all of them take, follow the given beginning of the signature.
/// Whoever calls by name applies `requires_grad` to the result; there is one layout and one device.
macro_rules! create {
    ($head:literal, |$a:ident| $call:expr) => {
        create!(concat $head, "", |$a| $call)
    };
    ($head:literal, like, |$a:ident| $call:expr) => {
        create!(concat $head, ", MemoryFormat? memory_format=None", |$a| $call)
    };
    (concat $head:literal, $end:literal, |$a:ident| $call:expr) => {
        $crate::table::Binding {
            signature: concat!(
                $head,
                "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool requires_grad=False",
                $end,
                ") -> Tensor"
            ),
            call: |$a: &$crate::table::Args| -> $crate::error::Result<$crate::table::Out> {
                Ok($crate::table::Out::from($call?))
            },
        }
    };
}

// <modules> written by `cargo xtask gen`
mod filled;
mod random;
mod ranges;
mod windows;

pub use random::*;

/// The bindings here and below.
pub(crate) fn bindings(out: &mut crate::table::Lists) {
    out.add(filled::BINDINGS);
    out.add(random::BINDINGS);
    out.add(ranges::BINDINGS);
    out.add(windows::BINDINGS);
}
// </modules>

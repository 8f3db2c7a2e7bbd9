//! Views and their bases.
//!
//! A view knows its base: the tensor, no view itself, whose memory it shows. An in-place write through a view moves the *base* to a new
//! place in the graph (`autograd/in_place.rs`). The view itself, and all other views of that base, learn of it when somebody asks for
//! their place: the version of the memory has moved on, so they take a new one as a view of the base as it is now.

use super::{INFERENCE, MOVED, Origin, REQUIRES_GRAD, Tensor, VIEW};
use crate::array::Array;
use crate::autograd::{Edge, mode, view_of_base};
use crate::error::{Error, Result};
use std::sync::atomic::{AtomicU64, Ordering};

/// How a view was made: whether in-place writes to it, or to its base, can be followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Creation {
    /// By a recorded operation, or by one that would have been recorded.
    Default = 0,
    /// In `no_grad`.
    NoGrad,
    /// In inference mode.
    Inference,
    /// As one of several, by one operation.
    Several,
    /// In a custom function, or returned by one as it was.
    Function,
}

impl Creation {
    const ALL: [Creation; 5] =
        [Creation::Default, Creation::NoGrad, Creation::Inference, Creation::Several, Creation::Function];

    /// Of a view that is made with these modes; `several`: by an operation that gives a list of views.
    #[inline]
    pub fn now(modes: u8, several: bool) -> Creation {
        match modes & (mode::GRAD | mode::INFERENCE) {
            mode::GRAD if several => Creation::Several,
            mode::GRAD => Creation::Default,
            0 => Creation::NoGrad,
            _ => Creation::Inference,
        }
    }
}

impl Tensor {
    /// A view of `source`: a result at `edge`, or one without history.
    #[inline]
    pub(crate) fn view_of(array: Array, edge: Option<Edge>, source: &Tensor, creation: Creation) -> Tensor {
        let base = source.base().unwrap_or(source).clone();
        let own = Creation::ALL[source.0.creation.load(Ordering::Relaxed) as usize];
        let version = array.version();
        let view = match edge {
            Some(edge) => Tensor::made_of(array, Origin::Result(edge), REQUIRES_GRAD | VIEW, Some(base)),
            None => Tensor::made_of(array, Origin::Leaf(AtomicU64::new(0)), VIEW, Some(base)),
        };
        let creation = if own == Creation::Default { creation } else { own };
        view.0.creation.store(creation as u8, Ordering::Relaxed);
        view.0.seen.store(version, Ordering::Relaxed);
        view
    }

    /// What it is a view of (`_base`); `None` if it is no view. A view of a view has the base of that one.
    #[inline]
    pub fn base(&self) -> Option<&Tensor> {
        self.0.base.as_ref()
    }

    /// Is it a view that follows its base through the graph? A detached tensor shares memory and is none.
    pub fn is_view(&self) -> bool {
        self.base().is_some()
    }

    pub(crate) fn creation(&self) -> Creation {
        Creation::ALL[self.0.creation.load(Ordering::Relaxed) as usize]
    }

    /// Of a view: brings its place in the graph up to date with its base.
    ///
    /// # Errors
    /// If the base was written since, and the view is of a kind that cannot follow.
    pub(crate) fn refresh(&self) -> Result<()> {
        let Some(base) = self.base() else { return Ok(()) };
        let (version, seen) = (self.array().version(), &self.0.seen);
        if seen.load(Ordering::Acquire) == version || (!self.has(REQUIRES_GRAD) && !base.has(REQUIRES_GRAD)) {
            return Ok(());
        }
        // Nothing to replace, and nothing to point to: what requires grad is this leaf itself.
        if self.last_edge().is_none() && !base.has(REQUIRES_GRAD) {
            return Ok(());
        }
        self.refuse_write(true)?;
        let edge = view_of_base(base, self.array());
        let mut state = self.extra().state.lock();
        // Of two threads that do this the first one's node is taken.
        let mut old = Some(edge);
        if seen.load(Ordering::Acquire) != version {
            std::mem::swap(&mut state.edge, &mut old);
            self.0.flags.fetch_or(REQUIRES_GRAD | MOVED, Ordering::Release);
            seen.store(version, Ordering::Release);
        }
        drop(state);
        drop(old);
        Ok(())
    }

    /// The base of this view moved on: it takes a new place when somebody asks for that.
    pub(crate) fn look_again(&self) {
        self.0.seen.store(self.array().version().wrapping_sub(1), Ordering::Release);
    }

    /// PyTorch's message for a write to a view that cannot be followed; `indirect`: to its base, or through another view of it.
    ///
    /// # Errors
    /// If it is such a view.
    #[cold]
    pub(crate) fn refuse_write(&self, indirect: bool) -> Result<()> {
        let creation = self.creation();
        if creation == Creation::Default {
            return Ok(());
        }
        let what = if indirect { "its base or another view of its base has been" } else { "is being" };
        let edge = self.last_edge();
        let output = edge.as_ref().map(|e| format!("Output {} of {}", e.output, e.node.operation()));
        let unrecorded = matches!(creation, Creation::NoGrad | Creation::Inference);
        let mut message = match &output {
            Some(output) if unrecorded => format!("{output} is a view of a view which was created in"),
            None => "A view was created in".to_string(),
            Some(output) => format!("{output} is a view and {what} modified inplace."),
        };
        if creation == Creation::Inference {
            message += &format!(" inference mode and {what} modified inplace in normal mode.");
        } else if unrecorded || output.is_none() {
            message += &format!(" no_grad mode and {what} modified inplace with grad mode enabled.");
        }
        let both = |block: &str| {
            format!(
                " Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view \
                 and the inplace either both inside the {block} block (if you don't want the inplace to be tracked) or both outside (if \
                 you want the inplace to be tracked)."
            )
        };
        message += &match creation {
            Creation::NoGrad => both("no_grad"),
            Creation::Inference => both("inference_mode"),
            Creation::Several => {
                " This view is the output of a function that returns multiple views. Such functions do not allow the output views to be \
                 modified inplace. You should replace the inplace operation by an out-of-place one."
                    .to_string()
            }
            _ => " This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to \
                  handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect \
                  gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function."
                .to_string(),
        };
        let made = edge.and_then(|e| e.node.location()).map(|l| format!("the view was made at {l}"));
        let last = self.array().last_write().filter(|_| indirect);
        let written = last.map(|w| format!("the memory was last written by {} at {}", w.operation, w.location));
        let advice = match creation {
            Creation::Several => "select(), narrow() and slice() give views that may be written",
            _ => "write to a clone() of the view, or to the base itself",
        };
        let hint: Vec<String> = made.into_iter().chain(written).chain([advice.to_string()]).collect();
        Err(Error::runtime(message).hint(hint.join("; ")))
    }

    /// [`Tensor::version`] with a `Result`.
    ///
    /// # Errors
    /// If it is an inference tensor.
    pub fn try_version(&self) -> Result<u32> {
        if self.is_inference() {
            return Err(Error::runtime("Inference tensors do not track version counter.")
                .hint("clone() the tensor outside of inference mode to get one whose writes are counted"));
        }
        Ok(self.array().version())
    }

    /// Was it made in inference mode, or from such a tensor by a view?
    pub fn is_inference(&self) -> bool {
        self.has(INFERENCE)
    }
}

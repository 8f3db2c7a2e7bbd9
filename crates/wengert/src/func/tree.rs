//! What functions take and return: tensors in tuples and vectors.

use crate::error::{Error, Result};
use crate::tensor::Tensor;

/// A tensor, or tensors in vectors and tuples (PyTorch's "pytree").
pub trait Tree: Sized {
    /// The same structure with another tree in the place of each tensor: the Jacobian of a `Self` with respect to a `T`.
    type Of<T: Tree>: Tree;
    /// Appends its tensors, in order.
    fn push_leaves(&self, to: &mut Vec<Tensor>);
    /// The same structure with what `f` makes of each tensor.
    ///
    /// # Errors
    /// Those of `f`.
    fn try_map<T: Tree>(&self, f: &mut dyn FnMut(&Tensor) -> Result<T>) -> Result<Self::Of<T>>;
    /// The same structure with other tensors, taken in order.
    ///
    /// # Errors
    /// If there are too few.
    fn rebuild(&self, leaves: &mut dyn Iterator<Item = Tensor>) -> Result<Self>;

    /// Its tensors, in order.
    fn leaves(&self) -> Vec<Tensor> {
        let mut out = Vec::new();
        self.push_leaves(&mut out);
        out
    }
    /// The same structure with these tensors.
    ///
    /// # Errors
    /// If there are too few.
    fn with_leaves(&self, leaves: Vec<Tensor>) -> Result<Self> {
        self.rebuild(&mut leaves.into_iter())
    }
}

impl Tree for Tensor {
    type Of<T: Tree> = T;
    fn push_leaves(&self, to: &mut Vec<Tensor>) {
        to.push(self.clone());
    }
    fn try_map<T: Tree>(&self, f: &mut dyn FnMut(&Tensor) -> Result<T>) -> Result<T> {
        f(self)
    }
    fn rebuild(&self, leaves: &mut dyn Iterator<Item = Tensor>) -> Result<Tensor> {
        leaves.next().ok_or_else(|| Error::value("a tree was built from too few tensors"))
    }
}

impl<A: Tree> Tree for Vec<A> {
    type Of<T: Tree> = Vec<A::Of<T>>;
    fn push_leaves(&self, to: &mut Vec<Tensor>) {
        self.iter().for_each(|a| a.push_leaves(to));
    }
    fn try_map<T: Tree>(&self, f: &mut dyn FnMut(&Tensor) -> Result<T>) -> Result<Self::Of<T>> {
        self.iter().map(|a| a.try_map(f)).collect()
    }
    fn rebuild(&self, leaves: &mut dyn Iterator<Item = Tensor>) -> Result<Vec<A>> {
        self.iter().map(|a| a.rebuild(leaves)).collect()
    }
}

macro_rules! tuple {
    ($($a:ident $i:tt),+) => {
        impl<$($a: Tree),+> Tree for ($($a,)+) {
            type Of<T: Tree> = ($($a::Of<T>,)+);
            fn push_leaves(&self, to: &mut Vec<Tensor>) {
                $(self.$i.push_leaves(to);)+
            }
            fn try_map<T: Tree>(&self, f: &mut dyn FnMut(&Tensor) -> Result<T>) -> Result<Self::Of<T>> {
                Ok(($(self.$i.try_map(f)?,)+))
            }
            fn rebuild(&self, leaves: &mut dyn Iterator<Item = Tensor>) -> Result<Self> {
                Ok(($(self.$i.rebuild(leaves)?,)+))
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

/// A tree with another one in the place of each tensor: the Jacobian of an `O` with respect to an `I`.
pub type JacobianOf<O, I> = <O as Tree>::Of<I>;

/// Second derivatives of an `O` with respect to an `I`, twice.
pub type HessianOf<O, I> = JacobianOf<JacobianOf<O, I>, I>;

/// A tree, and another one of the same structure.
pub type Pair<T> = (T, T);

/// What a function to be transformed may return: a tree, or a `Result` of one.
pub trait Returns {
    /// The tree.
    type Value: Tree;
    /// The tree, or why there is none.
    ///
    /// # Errors
    /// The function's.
    fn into_result(self) -> Result<Self::Value>;
}

impl<T: Tree> Returns for T {
    type Value = T;
    fn into_result(self) -> Result<T> {
        Ok(self)
    }
}

impl<T: Tree> Returns for Result<T> {
    type Value = T;
    fn into_result(self) -> Result<T> {
        self
    }
}

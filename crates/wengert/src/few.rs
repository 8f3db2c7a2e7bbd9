//! [`Few`]: a list that hardly ever has more than two items, such as the inputs of an operation.

use std::ops::{Deref, DerefMut};

/// Up to two items lie in the list itself. Reading and dropping it costs no more than a `match`.
#[derive(Default)]
pub(crate) enum Few<T> {
    #[default]
    None,
    One([T; 1]),
    Two([T; 2]),
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// Adds an item at the end.
    #[inline]
    pub fn push(&mut self, x: T) {
        *self = match std::mem::take(self) {
            Few::None => Few::One([x]),
            Few::One([a]) => Few::Two([a, x]),
            Few::Two([a, b]) => Few::Many(vec![a, b, x]),
            Few::Many(mut list) => {
                list.push(x);
                Few::Many(list)
            }
        };
    }

    /// Takes the last item.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let (rest, last) = match std::mem::take(self) {
            Few::None => return None,
            Few::One([a]) => (Few::None, Some(a)),
            Few::Two([a, b]) => (Few::One([a]), Some(b)),
            Few::Many(mut list) => {
                let last = list.pop();
                (if list.is_empty() { Few::None } else { Few::Many(list) }, last)
            }
        };
        *self = rest;
        last
    }

    /// What `f` makes of the numbers below `n`.
    #[inline]
    pub fn from_fn(n: usize, mut f: impl FnMut(usize) -> T) -> Few<T> {
        match n {
            0 => Few::None,
            1 => Few::One([f(0)]),
            2 => Few::Two([f(0), f(1)]),
            _ => Few::Many((0..n).map(f).collect()),
        }
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Few::None => &[],
            Few::One(a) => a,
            Few::Two(a) => a,
            Few::Many(a) => a,
        }
    }
}

impl<T> DerefMut for Few<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Few::None => &mut [],
            Few::One(a) => a,
            Few::Two(a) => a,
            Few::Many(a) => a,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list() {
        let mut list = Few::default();
        for i in 0..5 {
            assert_eq!(list.len(), i);
            list.push(i.to_string());
        }
        assert_eq!(list[..], ["0", "1", "2", "3", "4"]);
        for i in (0..5).rev() {
            assert_eq!(list.pop(), Some(i.to_string()));
            assert_eq!(list.len(), i);
        }
        assert_eq!(list.pop(), None);
        for n in 0..5 {
            assert_eq!(*Few::from_fn(n, |i| i + 1), [1, 2, 3, 4, 5][..n]);
        }
    }
}

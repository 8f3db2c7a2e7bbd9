//! pixel_shuffle, pixel_unshuffle, channel_shuffle, bilinear.

use crate::error::{Error, Named, Result};
use crate::ops::{add, einsum, permute, reshape, transpose};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, uniform};

/// The shape without its last three sizes, and these.
fn image<'a>(name: &str, shape: &'a [usize]) -> Result<(&'a [usize], [usize; 3])> {
    match *shape {
        [ref front @ .., c, h, w] => Ok((front, [c, h, w])),
        _ => Err(Error::runtime(format!(
            "{name} expects input to have at least 3 dimensions, but got input with {} dimension(s)",
            shape.len()
        ))),
    }
}

/// Dimensions in front as they are, then `last` counted from behind them.
fn order(front: usize, last: [usize; 5]) -> Vec<isize> {
    (0..front).chain(last.map(|d| front + d)).map(|d| d as isize).collect()
}

/// `[.., c r^2, h, w]` as `[.., c, h r, w r]`: each group of `r^2` channels becomes squares of `r` by `r`.
///
/// # Errors
/// If there are fewer than three dimensions, or `r^2` does not divide the channels.
#[track_caller]
pub fn pixel_shuffle(input: &Tensor, upscale_factor: usize) -> Result<Tensor> {
    let (front, [c, h, w]) = image("pixel_shuffle", input.shape()).named("pixel_shuffle")?;
    let r = upscale_factor;
    if r == 0 {
        return Err(Error::runtime("pixel_shuffle expects a positive upscale_factor, but got 0"))
            .named("pixel_shuffle");
    }
    if !c.is_multiple_of(r * r) {
        return Err(Error::runtime(format!(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)={c} is not divisible by {}",
            r * r
        )))
        .named("pixel_shuffle");
    }
    let split = [front, &[c / (r * r), r, r, h, w]].concat();
    let moved = permute(&reshape(input, &split)?, &order(front.len(), [0, 3, 1, 4, 2]))?;
    reshape(&moved, &[front, &[c / (r * r), h * r, w * r]].concat())
}

/// The reverse of [`pixel_shuffle`]: `[.., c, h r, w r]` as `[.., c r^2, h, w]`.
///
/// # Errors
/// If there are fewer than three dimensions, or `r` does not divide height and width.
#[track_caller]
pub fn pixel_unshuffle(input: &Tensor, downscale_factor: usize) -> Result<Tensor> {
    let (front, [c, h, w]) = image("pixel_unshuffle", input.shape()).named("pixel_unshuffle")?;
    let r = downscale_factor;
    if r == 0 {
        return Err(Error::runtime("pixel_unshuffle expects a positive downscale_factor, but got 0"))
            .named("pixel_unshuffle");
    }
    for (name, d, n) in [("height", -2, h), ("width", -1, w)] {
        if !n.is_multiple_of(r) {
            return Err(Error::runtime(format!(
                "pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({d})={n} is not divisible by {r}"
            )))
            .named("pixel_unshuffle");
        }
    }
    let split = [front, &[c, h / r, r, w / r, r]].concat();
    let moved = permute(&reshape(input, &split)?, &order(front.len(), [0, 2, 4, 1, 3]))?;
    reshape(&moved, &[front, &[c * r * r, h / r, w / r]].concat())
}

/// The channels, the second dimension, of `groups` groups dealt out in turn: the first of each group, then the second of each, and so on.
///
/// # Errors
/// If there are fewer than three dimensions, or the groups do not come out even.
#[track_caller]
pub fn channel_shuffle(input: &Tensor, groups: usize) -> Result<Tensor> {
    let shape = input.shape();
    if shape.len() < 3 {
        return Err(Error::runtime(format!(
            "channel_shuffle expects input with > 2 dims, but got input with sizes {shape:?}"
        )))
        .named("channel_shuffle");
    }
    if groups == 0 || !shape[1].is_multiple_of(groups) {
        return Err(Error::runtime(format!(
            "Number of channels must be divisible by groups. Got {} channels and {groups} groups.",
            shape[1]
        )))
        .named("channel_shuffle");
    }
    let split = [&[shape[0], groups, shape[1] / groups], &shape[2..]].concat();
    reshape(&transpose(&reshape(input, &split)?, 1, 2)?, shape)
}

/// `x1 W_o x2 + b_o` for each output `o`: `[.., out]` for inputs `[.., in1]` and `[.., in2]` and a weight `[out, in1, in2]`.
///
/// # Errors
/// If the shapes do not fit.
#[track_caller]
pub fn bilinear(input1: &Tensor, input2: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    check_bilinear(input1, input2, weight).named("bilinear")?;
    let rows = |x: &Tensor| reshape(x, &[-1, x.size(-1) as isize]);
    let out = einsum("ni,oij,nj->no", &[&rows(input1)?, weight, &rows(input2)?])?;
    let front = &input1.shape()[..input1.ndim() - 1];
    let out = reshape(&out, &[front, &weight.shape()[..1]].concat())?;
    bias.map_or_else(|| Ok(out.clone()), |b| add(&out, b))
}

fn check_bilinear(x1: &Tensor, x2: &Tensor, weight: &Tensor) -> Result<()> {
    if x1.ndim() != x2.ndim() || x1.ndim() == 0 {
        return Err(Error::runtime(format!(
            "bilinear(): input dimensions do not match: got {} and {}",
            x1.ndim(),
            x2.ndim()
        )));
    }
    for d in 0..x1.ndim() - 1 {
        let (a, b) = (x1.shape()[d], x2.shape()[d]);
        if a != b {
            return Err(Error::runtime(format!(
                "bilinear(): input batch dimensions do not match at dim {d}: got {a} and {b}"
            )));
        }
    }
    if weight.ndim() != 3 {
        return Err(Error::runtime(format!("bilinear(): weight must be 3-D, but got {}-D", weight.ndim())));
    }
    for (k, x) in [(1, x1), (2, x2)] {
        let (got, expected) = (x.size(-1), weight.shape()[k]);
        if got != expected {
            return Err(Error::runtime(format!(
                "bilinear(): input{k} size does not match weight size: got {got} but expected {expected}"
            )));
        }
    }
    Ok(())
}

fn factor(name: &str, argument: &str, n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::runtime(format!("{name} expects a positive {argument}, but got {n}")))
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("torch::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor", |a| {
        pixel_shuffle(a.tensor(0), factor("pixel_shuffle", "upscale_factor", a.int(1))?)
    }),
    bind!("torch::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor", |a| {
        pixel_unshuffle(a.tensor(0), factor("pixel_unshuffle", "downscale_factor", a.int(1))?)
    }),
    bind!("torch::channel_shuffle(Tensor self, SymInt groups) -> Tensor", |a| {
        let groups = usize::try_from(a.int(1)).map_err(|_| {
            Error::runtime(format!(
                "Number of groups to divide channels in must be positive. Value of groups:{}",
                a.int(1)
            ))
        })?;
        channel_shuffle(a.tensor(0), groups)
    }),
    bind!("torch::bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor", |a| {
        bilinear(a.tensor(0), a.tensor(1), a.tensor(2), a.opt_tensor(3))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 8, 1, 3]), uniform(2, -2.0, 2.0, &[3, 4, 6]));
    let (x, y) = (uniform(3, -2.0, 2.0, &[2, 3]), uniform(4, -2.0, 2.0, &[2, 4]));
    let (w, bias) = (uniform(5, -2.0, 2.0, &[2, 3, 4]), uniform(6, -2.0, 2.0, &[2]));
    vec![
        Entry::new("pixel_shuffle(Tensor input, int upscale_factor) -> Tensor")
            .sample("F.pixel_shuffle(a, 2)", [a.clone()], |t| pixel_shuffle(&t[0], 2))
            .error(
                [b.clone()],
                |t| pixel_shuffle(&t[0], 2),
                "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=3 is not divisible by 4",
            )
            .error(
                [x.clone()],
                |t| pixel_shuffle(&t[0], 2),
                "pixel_shuffle expects input to have at least 3 dimensions, but got input with 2 dimension(s)",
            ),
        Entry::new("pixel_unshuffle(Tensor input, int downscale_factor) -> Tensor")
            .sample("F.pixel_unshuffle(a, 2)", [b.clone()], |t| pixel_unshuffle(&t[0], 2))
            .error(
                [a.clone()],
                |t| pixel_unshuffle(&t[0], 2),
                "pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)=1 is not divisible by 2",
            ),
        Entry::new("channel_shuffle(Tensor input, int groups) -> Tensor")
            .sample("F.channel_shuffle(a, 4)", [a.clone()], |t| channel_shuffle(&t[0], 4))
            .sample("F.channel_shuffle(a, 2)", [b], |t| channel_shuffle(&t[0], 2))
            .error([a], |t| channel_shuffle(&t[0], 3), "Number of channels must be divisible by groups. Got 8 channels and 3 groups."),
        Entry::new("bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor")
            .sample("F.bilinear(a, b, c, d)", [x.clone(), y.clone(), w.clone(), bias], |t| {
                bilinear(&t[0], &t[1], &t[2], Some(&t[3]))
            })
            .error([y.clone(), y, w.clone()], |t| bilinear(&t[0], &t[1], &t[2], None), "bilinear(): input1 size does not match weight size: got 4 but expected 3")
            .error([x.clone(), uniform(3, -2.0, 2.0, &[1, 4]), w], |t| bilinear(&t[0], &t[1], &t[2], None), "bilinear(): input batch dimensions do not match at dim 0: got 2 and 1"),
    ]
}

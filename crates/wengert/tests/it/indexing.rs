//! Indexing and assignment, compared with a naive model; their errors; their gradients.

use wengert::tensor::{Ellipsis, IndexItem, Item, NewAxis, step};
use wengert::testing::{bools, ints, uniform};
use wengert::{Tensor, no_grad, ops, tensor};

/// A dimension of the result of the views in an index.
enum Axis {
    /// Some indices of a dimension of the tensor.
    Part(usize, Vec<usize>),
    New,
    /// Indices of a dimension of the tensor, from an index tensor.
    Listed(usize, Vec<usize>),
}

fn wrap(i: i64, n: usize) -> usize {
    (if i < 0 { i + n as i64 } else { i }) as usize
}

/// Which elements (by number in row-major order) `index` picks, and in what shape.
fn model(shape: &[usize], index: &[Item]) -> (Vec<usize>, Vec<usize>) {
    let named = index.iter().filter(|i| matches!(i, Item::At(_) | Item::Slice { .. } | Item::Tensor(_))).count();
    let (mut own, mut fixed, mut axes) = (0, vec![0; shape.len()], Vec::new());
    let all = |d: usize| Axis::Part(d, (0..shape[d]).collect());
    for item in index {
        match item {
            Item::At(i) => fixed[own] = wrap(*i as i64, shape[own]),
            Item::Slice { start, end, step } => {
                let n = shape[own] as isize;
                let cut = |i: isize| (if i < 0 { i + n } else { i }).clamp(0, n);
                let (from, to) = (start.map_or(0, cut), end.map_or(n, cut));
                axes.push(Axis::Part(own, (from..to).step_by(*step as usize).map(|i| i as usize).collect()));
            }
            Item::NewAxis => axes.push(Axis::New),
            Item::Ellipsis => {
                for _ in named..shape.len() {
                    axes.push(all(own));
                    own += 1;
                }
            }
            Item::Tensor(t) => {
                axes.push(Axis::Listed(own, t.to_vec::<i64>().iter().map(|&i| wrap(i, shape[own])).collect()))
            }
            Item::Bool(_) => unreachable!("not modelled"),
        }
        own += usize::from(matches!(item, Item::At(_) | Item::Slice { .. } | Item::Tensor(_)));
    }
    axes.extend((own..shape.len()).map(all));
    // Index tensors count as one axis: where they are if they are neighbours, else in front.
    let listed: Vec<usize> = (0..axes.len()).filter(|&a| matches!(axes[a], Axis::Listed(..))).collect();
    let neighbours = listed.windows(2).all(|w| w[1] == w[0] + 1);
    let at = if neighbours { listed.first().copied().unwrap_or(0) } else { 0 };
    let mut order: Vec<Vec<&Axis>> = axes.iter().filter(|a| !matches!(a, Axis::Listed(..))).map(|a| vec![a]).collect();
    if !listed.is_empty() {
        order.insert(at, listed.iter().map(|&a| &axes[a]).collect());
    }
    let len = |a: &Axis| match a {
        Axis::Part(_, list) | Axis::Listed(_, list) => list.len(),
        Axis::New => 1,
    };
    let out: Vec<usize> = order.iter().map(|group| len(group[0])).collect();
    let mut picked = Vec::new();
    for i in 0..out.iter().product() {
        let (mut rest, mut place) = (i, fixed.clone());
        for (group, &n) in order.iter().zip(&out).rev() {
            for axis in group {
                if let Axis::Part(d, list) | Axis::Listed(d, list) = axis {
                    place[*d] = list[rest % n];
                }
            }
            rest /= n;
        }
        picked.push(place.iter().zip(shape).fold(0, |at, (&p, &n)| at * n + p));
    }
    (out, picked)
}

/// Numbers below a bound, the same every time.
struct Dice(u64);
impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
    fn within(&mut self, n: usize) -> isize {
        self.below(2 * n) as isize - n as isize
    }
}

fn random_index(dice: &mut Dice, shape: &[usize]) -> Vec<Item> {
    let mut index = Vec::new();
    let (mut own, lists, mut ellipsis) = (0, 1 + dice.below(3), false);
    // After an ellipsis the entries are for the last dimensions, all of which they must name.
    while own < shape.len() && (ellipsis || dice.below(8) > 0) {
        let n = shape[own];
        match dice.below(7) {
            0 => index.push(Item::At(dice.within(n))),
            1 | 2 => {
                let mut bound = |n| (dice.below(4) > 0).then(|| dice.within(n + 1));
                let (start, end) = (bound(n), bound(n));
                index.push(Item::Slice { start, end, step: 1 + dice.below(3) as isize });
            }
            3 | 4 => {
                let list: Vec<i64> = (0..lists).map(|_| dice.within(n) as i64).collect();
                index.push(list.item());
            }
            5 => {
                index.push(Item::NewAxis);
                continue;
            }
            _ if !ellipsis => {
                ellipsis = true;
                index.push(Item::Ellipsis);
                own += dice.below(shape.len() - own + 1);
                continue;
            }
            _ => continue,
        }
        own += 1;
    }
    index
}

#[test]
fn indexing_picks_what_the_model_picks() {
    let mut dice = Dice(7);
    for round in 0..2000 {
        let shape: Vec<usize> = (0..1 + dice.below(4)).map(|_| 1 + dice.below(4)).collect();
        let base = Tensor::arange(shape.iter().product::<usize>() as i64).view(&shape);
        let index = random_index(&mut dice, &shape);
        let (out, picked) = model(&shape, &index);
        let got = base.i(index.clone());
        assert_eq!(got.shape(), out, "round {round}: {shape:?} at {index:?}");
        let want: Vec<i64> = picked.iter().map(|&p| p as i64).collect();
        assert_eq!(got.to_vec::<i64>(), want, "round {round}: {shape:?} at {index:?}");
        // The same through strides.
        let strided = ops::contiguous(&base.reverse_dims()).unwrap().reverse_dims();
        assert_eq!(strided.i(index.clone()).to_vec::<i64>(), want, "round {round}: {shape:?} at {index:?}, strided");
        // Assignment: the last value at each place stays.
        let target = ops::clone_tensor(&base).unwrap();
        let values = ints(round, 100, 200, &out);
        target.set(index.clone(), &values);
        let mut model = base.to_vec::<i64>();
        for (&p, v) in picked.iter().zip(values.to_vec::<i64>()) {
            model[p] = v;
        }
        assert_eq!(target.to_vec::<i64>(), model, "round {round}: {shape:?} at {index:?}, set");
    }
}

#[test]
fn masks_pick_and_are_assigned() {
    let x = Tensor::arange(24).view(&[2, 3, 4]);
    let mask = bools(1, &[2, 3]);
    let rows: Vec<i64> = (0..6).filter(|&i| mask.to_vec::<bool>()[i]).map(|i| i as i64).collect();
    let want: Vec<i64> = rows.iter().flat_map(|r| [4 * r + 1, 4 * r + 2]).collect();
    assert_eq!(x.i((&mask, 1..3)).to_vec::<i64>(), want);
    assert_eq!(x.i((&mask, Ellipsis)).shape(), [rows.len(), 4]);
    assert_eq!(x.i(true).shape(), [1, 2, 3, 4]);
    assert_eq!(x.i((.., false)).shape(), [2, 0, 3, 4]);
    assert_eq!(x.i(tensor!(1)).shape(), [3, 4]);
    x.set((&mask, step(.., 2)), -1);
    for (i, v) in x.to_vec::<i64>().into_iter().enumerate() {
        let hit = rows.contains(&(i as i64 / 4)) && i % 2 == 0;
        assert_eq!(v, if hit { -1 } else { i as i64 });
    }
}

#[test]
fn ranges_of_all_kinds() {
    let x = Tensor::arange(10);
    let list = |t: Tensor| t.to_vec::<i64>();
    assert_eq!(list(x.i(7..)), [7, 8, 9]);
    assert_eq!(list(x.i(..2usize)), [0, 1]);
    assert_eq!(list(x.i(2..=3)), [2, 3]);
    assert_eq!(list(x.i(-2..=-1)), [8, 9]);
    assert_eq!(list(x.i(..=-9)), [0, 1]);
    assert_eq!(list(x.i(step(1.., 4))), [1, 5, 9]);
    let (from, to) = (8, 3);
    assert_eq!(list(x.i(from..to)), [0i64; 0]);
    assert_eq!(list(x.i([3, -1, 3])), [3, 9, 3]);
    assert_eq!(x.i((NewAxis, .., NewAxis)).shape(), [1, 10, 1]);
    assert_eq!(x.i(()).shape(), [10]);
}

#[test]
fn errors_are_those_of_pytorch() {
    let m = Tensor::zeros(&[3, 4]);
    let text = |r: wengert::Result<Tensor>| r.unwrap_err().message().to_string();
    assert_eq!(text(m.try_i(7)), "index 7 is out of bounds for dimension 0 with size 3");
    assert_eq!(text(m.try_i((0, -5))), "index -5 is out of bounds for dimension 1 with size 4");
    assert_eq!(text(m.try_i((0, 0, 0))), "too many indices for tensor of dimension 2");
    assert_eq!(text(m.try_i([0, 3])), "index 3 is out of bounds for dimension 0 with size 3");
    assert_eq!(text(m.try_i(step(.., -1))), "step must be greater than zero");
    assert_eq!(text(m.try_i(step(.., 0))), "slice step cannot be zero");
    assert!(text(tensor!(1.0).try_i(0)).starts_with("invalid index of a 0-dim tensor."));
    assert_eq!(text(tensor!(1.0).try_i(0..1)), "slice() cannot be applied to a 0-dim tensor.");
    assert_eq!(
        text(m.try_i(bools(1, &[2, 3]))),
        "The shape of the mask [2, 3] at index 0 does not match the shape of the indexed tensor [3, 4] at index 0"
    );
    assert_eq!(
        m.try_set(0, &Tensor::zeros(&[3])).unwrap_err().message(),
        "The expanded size of the tensor (4) must match the existing size (3) at non-singleton dimension 0.  Target sizes: [4].  Tensor sizes: [3]"
    );
    let leaf = Tensor::zeros(&[2]).requires_grad_(true);
    let e = leaf.try_set(0, 1.0).unwrap_err();
    assert_eq!(e.message(), "a view of a leaf Variable that requires grad is being used in an in-place operation.");
    no_grad(|| leaf.set(0, 1.0));
    assert_eq!(leaf.to_vec::<f32>(), [1.0, 0.0]);
    let all = leaf.i(());
    assert_eq!(format!("{:?}", all.grad_fn().unwrap()), "<AliasBackward0>");
}

#[test]
fn assignment_is_differentiable() {
    let x = uniform(1, -1.0, 1.0, &[3, 4]).requires_grad_(true);
    let v = uniform(2, -1.0, 1.0, &[2]).requires_grad_(true);
    let weights = uniform(3, 1.0, 2.0, &[3, 4]);
    // A part by views, a part by an index tensor inside of it, and the whole by a mask.
    let y = &x * 2.0;
    y.set((1.., step(1.., 2)), &v);
    y.set((0, [3, 1]), &v);
    let mask = Tensor::from_slice(&[false, false, true], &[3]).unsqueeze(1).expand(&[3, 4]);
    y.set(&mask, 7.0);
    assert_eq!(format!("{:?}", y.grad_fn().unwrap()), "<MaskedFillBackward0>");
    let loss = (&y * &weights).sum();
    loss.backward();
    let w = weights.to_vec::<f64>();
    assert_eq!(
        x.grad().unwrap().to_vec::<f64>(),
        [2.0 * w[0], 0.0, 2.0 * w[2], 0.0, 2.0 * w[4], 0.0, 2.0 * w[6], 0.0, 0.0, 0.0, 0.0, 0.0]
    );
    assert_eq!(v.grad().unwrap().to_vec::<f64>(), [w[3] + w[5], w[1] + w[7]]);
}

#[test]
fn a_tensor_without_history_takes_that_of_the_value() {
    let v = tensor!([3.0, 4.0]).requires_grad_(true);
    let x = Tensor::zeros(&[2, 2]);
    x.set(1, &v);
    (&x * &x).sum().backward();
    assert_eq!(v.grad().unwrap().to_vec::<f32>(), [6.0, 8.0]);
}

#[test]
fn what_is_written_may_be_what_is_read() {
    let x = Tensor::arange(6).view(&[2, 3]);
    x.set(0, &x.i(1));
    assert_eq!(x.to_vec::<i64>(), [3, 4, 5, 3, 4, 5]);
    // Where both are dense and overlap in part, the result would depend on the order of writing.
    let y = Tensor::arange(5);
    let e = y.try_set(1.., &y.i(..4)).unwrap_err();
    assert!(
        e.message().starts_with("unsupported operation: some elements of the input tensor and the written-to tensor")
    );
    assert_eq!(y.to_vec::<i64>(), [0, 1, 2, 3, 4]);
    let columns = Tensor::arange(6).view(&[2, 3]);
    columns.set((.., 1..), &columns.i((.., ..2)));
    assert_eq!(columns.to_vec::<i64>(), [0, 0, 1, 3, 3, 4]);
    let z = Tensor::arange(4);
    ops::index_add_(&z, 0, &z, &z, 1).unwrap();
    assert_eq!(z.to_vec::<i64>(), [0, 2, 4, 6]);
    let w = Tensor::arange(4).view(&[2, 2]);
    ops::addmm_(&w, &w, &w, 1, 1).unwrap();
    assert_eq!(w.to_vec::<i64>(), [2, 4, 8, 14]);
}

//! Graphs that are kept and freed, gradients that are retained, where a backward begins and ends, what a node shows.

use super::Case;
use super::hooks::{leaf, node};
use wengert::autograd::{self, Options, backward_with, grad_with};
use wengert::{Result, Tensor, ops, tensor};

fn grads(outputs: &[&Tensor], inputs: &[&Tensor], options: Options) -> Result<Vec<Option<Tensor>>> {
    grad_with(outputs, inputs, None, options)
}

pub fn cases() -> Vec<Case> {
    let mut cases = graphs();
    cases.extend(retained());
    cases.extend(ends());
    cases.extend(shown());
    cases
}

fn graphs() -> Vec<Case> {
    vec![
        Case::new(
            "a_second_backward_needs_the_graph",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = (x * x).sum()
y.backward()
with raises():
    y.backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = (&x * &x).sum();
                y.backward();
                show.error(y.backward_with(None, Options::default()));
                show.grad(x.grad());
            },
        ),
        Case::new(
            "retain_graph_keeps_it",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = (x * x).sum()
y.backward(retain_graph=True)
y.backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = (&x * &x).sum();
                y.backward_with(None, Options::retain_graph()).unwrap();
                y.backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "what_saves_nothing_runs_any_number_of_times",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = (x + 1).sum()
y.backward()
y.backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = (&x + 1.0).sum();
                y.backward();
                y.backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "create_graph_retains_unless_told_otherwise",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = (x * x).sum()
g, = torch.autograd.grad(y, x, create_graph=True, retain_graph=False)
show(g)
show(torch.autograd.grad(g.sum(), x))
with raises():
    torch.autograd.grad(y, x)
"#,
            |show| {
                let x = leaf();
                let y = (&x * &x).sum();
                let options = Options { retain_graph: Some(false), ..Options::create_graph() };
                let g = grads(&[&y], &[&x], options).unwrap()[0].clone().unwrap();
                show.tensor(&g);
                show.tensors(&autograd::grad(&[&g.sum()], &[&x]));
                show.error(grads(&[&y], &[&x], Options::default()));
            },
        ),
        Case::new(
            "only_the_part_that_ran_is_freed",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
a, b = (y * y).sum(), y.exp().sum()
torch.autograd.grad(a, y)
show(torch.autograd.grad(b, x))
with raises():
    torch.autograd.grad(a, y)
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                let (a, b) = ((&y * &y).sum(), y.exp().sum());
                autograd::grad(&[&a], &[&y]);
                show.tensors(&autograd::grad(&[&b], &[&x]));
                show.error(grads(&[&a], &[&y], Options::default()));
            },
        ),
        Case::new(
            "gradients_under_create_graph_have_a_history",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
(x * x * x).sum().backward(create_graph=True)
show(x.grad)
g, x.grad = x.grad, None
g.sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                (&x * &x * &x).sum().backward_with(None, Options::create_graph()).unwrap();
                let g = x.grad().unwrap();
                show.tensor(&g);
                x.zero_grad();
                g.sum().backward();
                show.grad(x.grad());
            },
        ),
    ]
}

fn retained() -> Vec<Case> {
    vec![
        Case::new(
            "retain_grad",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
show(y.retains_grad, y.grad)
y.retain_grad()
y.retain_grad()
(y * 3).sum().backward()
show(y.retains_grad, y.grad, x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                show.flag(y.retains_grad());
                show.grad(y.grad());
                y.retain_grad();
                y.retain_grad();
                (&y * 3.0).sum().backward();
                show.flag(y.retains_grad());
                show.grad(y.grad());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "retained_gradients_add_up",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.retain_grad()
z = (y * 3).sum()
z.backward(retain_graph=True)
z.backward()
show(y.grad, x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                y.retain_grad();
                let z = (&y * 3.0).sum();
                z.backward_with(None, Options::retain_graph()).unwrap();
                z.backward();
                show.grad(y.grad());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "retain_grad_comes_after_all_hooks_of_the_tensor",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.retain_grad()
y.register_hook(lambda g: g * 10)
y.sum().backward()
show(y.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                y.retain_grad();
                y.register_hook(|g| Some(g * 10.0));
                y.sum().backward();
                show.grad(y.grad());
            },
        ),
        Case::new(
            "retain_grad_moves_with_a_write_in_place",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.retain_grad()
y.mul_(3)
y.mul_(5)
y.sum().backward()
show(y.grad, x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * 2.0;
                y.retain_grad();
                ops::mul_(&y, 3.0).unwrap();
                ops::mul_(&y, 5.0).unwrap();
                y.sum().backward();
                show.grad(y.grad());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "retain_grad_on_a_leaf_does_nothing",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
x.retain_grad()
x.sum().backward()
show(x.retains_grad, x.grad)
with raises():
    torch.ones(2).retain_grad()
"#,
            |show| {
                let x = leaf();
                x.retain_grad();
                x.sum().backward();
                show.flag(x.retains_grad());
                show.grad(x.grad());
                show.error(Tensor::ones(&[2]).try_retain_grad());
            },
        ),
        Case::new(
            "retain_grad_under_create_graph",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
y.retain_grad()
(y * y).sum().backward(create_graph=True)
show(y.grad, y.grad.grad_fn)
show(torch.autograd.grad(y.grad.sum(), x))
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                y.retain_grad();
                (&y * &y).sum().backward_with(None, Options::create_graph()).unwrap();
                let g = y.grad().unwrap();
                show.tensor(&g);
                show.node(g.grad_fn());
                show.tensors(&autograd::grad(&[&g.sum()], &[&x]));
            },
        ),
    ]
}

fn ends() -> Vec<Case> {
    vec![
        Case::new(
            "inputs_accumulate_there_alone",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., 4.], requires_grad=True)
(x * w).sum().backward(inputs=[w])
show(x.grad, w.grad)
(x * w).sum().backward(inputs=[w, w])
show(x.grad, w.grad)
"#,
            |show| {
                let (x, w) = (leaf(), tensor!([3.0, 4.0]).requires_grad_(true));
                for inputs in [&[&w][..], &[&w, &w]] {
                    backward_with(&[&(&x * &w).sum()], None, Options::default(), Some(inputs)).unwrap();
                    show.grad(x.grad());
                    show.grad(w.grad());
                }
            },
        ),
        Case::new(
            "inputs_that_are_no_leaves_retain_from_then_on",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
z = (y * y).sum()
z.backward(inputs=[y], retain_graph=True)
show(y.grad, x.grad, y.retains_grad)
z.backward()
show(y.grad, x.grad)
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                let z = (&y * &y).sum();
                backward_with(&[&z], None, Options::retain_graph(), Some(&[&y])).unwrap();
                show.grad(y.grad());
                show.grad(x.grad());
                show.flag(y.retains_grad());
                z.backward();
                show.grad(y.grad());
                show.grad(x.grad());
            },
        ),
        Case::new(
            "inputs_that_are_not_reached_get_none",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., 4.], requires_grad=True)
x.sum().backward(inputs=[w, x])
show(x.grad, w.grad)
with raises():
    x.sum().backward(inputs=[])
with raises():
    x.sum().backward(inputs=[torch.ones(2)])
"#,
            |show| {
                let (x, w) = (leaf(), tensor!([3.0, 4.0]).requires_grad_(true));
                backward_with(&[&x.sum()], None, Options::default(), Some(&[&w, &x])).unwrap();
                show.grad(x.grad());
                show.grad(w.grad());
                show.error(backward_with(&[&x.sum()], None, Options::default(), Some(&[])));
                show.error(backward_with(&[&x.sum()], None, Options::default(), Some(&[&Tensor::ones(&[2])])));
            },
        ),
        Case::new(
            "grad_of_what_was_not_used",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., 4.], requires_grad=True)
with raises():
    torch.autograd.grad(x.sum(), [x, w])
show(torch.autograd.grad(x.sum(), [w, x], allow_unused=True))
show(torch.autograd.grad(x.sum(), [w, x], materialize_grads=True))
"#,
            |show| {
                let (x, w) = (leaf(), tensor!([3.0, 4.0]).requires_grad_(true));
                show.error(grads(&[&x.sum()], &[&x, &w], Options::default()));
                for options in [
                    Options { allow_unused: true, ..Options::default() },
                    Options { materialize_grads: true, ..Options::default() },
                ] {
                    grads(&[&x.sum()], &[&w, &x], options).unwrap().into_iter().for_each(|g| show.grad(g));
                }
            },
        ),
        Case::new(
            "grad_wants_inputs_that_require_grad",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
with raises():
    torch.autograd.grad(x.sum(), torch.ones(2), allow_unused=True)
with raises():
    torch.autograd.grad(x.sum(), [])
with raises():
    torch.autograd.grad(torch.ones(2).sum(), x)
"#,
            |show| {
                let x = leaf();
                let options = Options { allow_unused: true, ..Options::default() };
                show.error(grads(&[&x.sum()], &[&Tensor::ones(&[2])], options));
                show.error(grads(&[&x.sum()], &[], Options::default()));
                show.error(grads(&[&Tensor::ones(&[2]).sum()], &[&x], Options::default()));
            },
        ),
        Case::new(
            "grad_of_the_same_tensor_twice",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
show(torch.autograd.grad((x * x).sum(), [x, x]))
y = x * 2
show(torch.autograd.grad([y.sum(), (y * y).sum()], [y, y]))
"#,
            |show| {
                let x = leaf();
                show.tensors(&autograd::grad(&[&(&x * &x).sum()], &[&x, &x]));
                let y = &x * 2.0;
                show.tensors(&autograd::grad(&[&y.sum(), &(&y * &y).sum()], &[&y, &y]));
            },
        ),
        Case::new(
            "outputs_may_be_leaves",
            r#"
x = torch.tensor(3., requires_grad=True)
x.backward()
show(x.grad)
show(torch.autograd.grad(x, x), torch.autograd.grad([x, x], [x]))
"#,
            |show| {
                let x = tensor!(3.0).requires_grad_(true);
                x.backward();
                show.grad(x.grad());
                show.tensors(&autograd::grad(&[&x], &[&x]));
                show.tensors(&autograd::grad(&[&x, &x], &[&x]));
            },
        ),
        Case::new(
            "gradients_of_outputs_must_fit",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
with raises():
    (x * 2).backward()
with raises():
    (x * 2).backward(torch.ones(3))
with raises():
    (x * 2).backward(torch.ones(1, 2))
(x * 2).backward(torch.ones(2, dtype=torch.float64))
show(x.grad)
"#,
            |show| {
                let x = leaf();
                show.error((&x * 2.0).backward_with(None, Options::default()));
                show.error((&x * 2.0).backward_with(Some(&Tensor::ones(&[3])), Options::default()));
                show.error((&x * 2.0).backward_with(Some(&Tensor::ones(&[1, 2])), Options::default()));
                let g = Tensor::ones(&[2]).to_dtype(wengert::DType::F64);
                (&x * 2.0).backward_with(Some(&g), Options::default()).unwrap();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "several_outputs_at_once",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * x
torch.autograd.backward([y, y.sum()], [torch.tensor([10., 20.]), None])
show(x.grad)
with raises():
    torch.autograd.backward([x.sum(), torch.ones(())])
"#,
            |show| {
                let x = leaf();
                let y = &x * &x;
                let weights = [Some(&tensor!([10.0, 20.0])), None];
                backward_with(&[&y, &y.sum()], Some(&weights), Options::default(), None).unwrap();
                show.grad(x.grad());
                let constant = Tensor::ones(&[]);
                show.error(backward_with(&[&x.sum(), &constant], None, Options::default(), None));
            },
        ),
        Case::new(
            "an_output_without_history",
            r#"
with raises():
    torch.ones(2).sum().backward()
with raises():
    torch.tensor([1, 2]).sum().backward()
"#,
            |show| {
                show.error(Tensor::ones(&[2]).sum().backward_with(None, Options::default()));
                show.error(tensor!([1, 2]).sum().backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "a_gradient_handed_in_stays_what_it_is",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
g = torch.tensor([10., 20.])
(x + 0).backward(g)
x.grad.mul_(2)
show(g, x.grad)
"#,
            |show| {
                let x = leaf();
                let g = tensor!([10.0, 20.0]);
                (&x + 0.0).backward_with(Some(&g), Options::default()).unwrap();
                ops::mul_(&x.grad().unwrap(), 2.0).unwrap();
                show.tensor(&g);
                show.grad(x.grad());
            },
        ),
        Case::new(
            "gradients_of_two_leaves_do_not_share_memory",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., 4.], requires_grad=True)
(x + w).sum().backward()
x.grad.mul_(5)
show(x.grad, w.grad)
"#,
            |show| {
                let (x, w) = (leaf(), tensor!([3.0, 4.0]).requires_grad_(true));
                (&x + &w).sum().backward();
                ops::mul_(&x.grad().unwrap(), 5.0).unwrap();
                show.grad(x.grad());
                show.grad(w.grad());
            },
        ),
        Case::new(
            "a_leaf_that_was_moved_is_none",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([1., 1.], requires_grad=True)
y = x * 2
x.requires_grad_(False)
x.mul_(w)
with raises():
    y.sum().backward()
"#,
            |show| {
                let (x, w) = (leaf(), tensor!([1.0, 1.0]).requires_grad_(true));
                let y = &x * 2.0;
                let x = x.requires_grad_(false);
                ops::mul_(&x, &w).unwrap();
                show.error(y.sum().backward_with(None, Options::default()));
            },
        ),
    ]
}

fn shown() -> Vec<Case> {
    vec![
        Case::new(
            "next_functions",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
i = torch.tensor([[0, 1], [1, 0]])
def nodes(t): show([n for n, _ in t.grad_fn.next_functions])
nodes(x * x)
nodes(x * 3)
nodes(x * i)
nodes(2 - x)
nodes(x ** 2)
nodes(x.sum(1).exp())
nodes(x.gather(0, i))
nodes(torch.where(i > 0, x, torch.zeros(2, 2)))
nodes(x.masked_fill(i > 0, 1.))
nodes(torch.cat([x, torch.ones(1, 2), x * 1]))
nodes(torch.addmm(torch.ones(2), x, x))
nodes(x.clamp(0, 1))
nodes(torch.lerp(x, x.exp(), 0.5))
nodes(F.nll_loss(x, i[0]))
nodes(x[i[0], i[1]])
nodes(F.embedding(i, x))
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]).requires_grad_(true);
                let i = tensor!([[0, 1], [1, 0]]);
                let mask = i.gt(0.0);
                let one = &tensor!([0, 1]);
                for t in [
                    &x * &x,
                    &x * 3.0,
                    &x * &i,
                    2.0 - &x,
                    x.pow(2),
                    x.sum_dim(&[1], false).exp(),
                    x.gather(0, &i),
                    ops::where_self(&mask, &x, &Tensor::zeros(&[2, 2])).unwrap(),
                    x.masked_fill(&mask, 1.0),
                    ops::cat(&[&x, &Tensor::ones(&[1, 2]), &(&x * 1.0)], 0).unwrap(),
                    ops::addmm(&Tensor::ones(&[2]), &x, &x, 1.0, 1.0).unwrap(),
                    x.clamp(Some(0.0.into()), Some(1.0.into())),
                    ops::lerp(&x, &x.exp(), 0.5).unwrap(),
                    ops::nll_loss(&x, one, ops::NllLossOptions::default()).unwrap(),
                    ops::index(&x, &[Some(one), Some(&tensor!([1, 0]))]).unwrap(),
                    ops::embedding(&i, &x, None).unwrap(),
                ] {
                    for edge in node(&t).next_functions() {
                        show.node(edge.map(|e| e.node));
                    }
                }
            },
        ),
        Case::new(
            "the_leaf_behind_a_node",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
acc = (x * 2).grad_fn.next_functions[0][0]
show(acc, acc.variable is x, len(acc.next_functions), acc is (x * 3).grad_fn.next_functions[0][0])
"#,
            |show| {
                let x = leaf();
                let accumulate = || node(&(&x * 2.0)).next_functions()[0].clone().unwrap().node;
                let acc = accumulate();
                show.node(Some(acc.clone()));
                show.flag(acc.leaf().unwrap().is_same(&x));
                show.number(acc.next_functions().len());
                show.flag(acc.same(&accumulate()));
            },
        ),
        Case::new(
            "saved_values_by_name",
            r#"
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
y = x * x.exp()
show(y.grad_fn._saved_self, y.grad_fn._saved_other, y.grad_fn._saved_self is x)
e = x.exp()
show(e.grad_fn._saved_result, e.grad_fn._saved_result.grad_fn is e.grad_fn)
show((x @ x).grad_fn._saved_mat2)
y.sum().backward()
with raises():
    y.grad_fn._saved_self
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]).requires_grad_(true);
                let y = &x * x.exp();
                let saved = |t: &Tensor, name| node(t).saved_value(name).unwrap().unwrap();
                show.tensor(&saved(&y, "self"));
                show.tensor(&saved(&y, "other"));
                show.flag(saved(&y, "self").is_same(&x));
                let e = x.exp();
                show.tensor(&saved(&e, "result"));
                show.flag(node(&saved(&e, "result")).same(&node(&e)));
                show.tensor(&saved(&x.matmul(&x), "mat2"));
                y.sum().backward();
                show.error(node(&y).saved_value("self"));
            },
        ),
        Case::new(
            "sequence_numbers",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
z = y + 1
show(z.grad_fn._sequence_nr() - y.grad_fn._sequence_nr())
show(y.grad_fn.next_functions[0][0]._sequence_nr() > z.grad_fn._sequence_nr())
"#,
            |show| {
                let x = leaf();
                let y = &x * 2.0;
                let z = &y + 1.0;
                show.number(node(&z).sequence_nr() - node(&y).sequence_nr());
                let acc = node(&y).next_functions()[0].clone().unwrap().node;
                show.flag(acc.sequence_nr() > node(&z).sequence_nr());
            },
        ),
        Case::new(
            "metadata",
            r#"
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.grad_fn.metadata["layer"] = 3
show(y.grad_fn.metadata["layer"], (x * 2).grad_fn.metadata.get("layer"))
m = y.grad_fn._input_metadata[0]
show(list(m.shape), str(m.dtype))
"#,
            |show| {
                let x = leaf();
                let y = &x * 2.0;
                node(&y).set_metadata("layer", 3i64);
                show.number(node(&y).metadata("layer").unwrap().downcast_ref::<i64>().unwrap());
                assert!(node(&(&x * 2.0)).metadata("layer").is_none());
                show.none();
                let meta = &node(&y).input_metadata()[0];
                meta.shape.iter().for_each(|d| show.number(d));
                show.dtype(meta.dtype);
            },
        ),
        Case::new(
            "gradient_edges",
            r#"
from torch.autograd.graph import get_gradient_edge
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
a, b = x.unbind(0)
e = get_gradient_edge(b)
show(e.node, e.output_nr, b.output_nr, get_gradient_edge(x).node)
with raises():
    get_gradient_edge(torch.ones(2))
"#,
            |show| {
                let x = tensor!([[1.0, 2.0], [3.0, 4.0]]).requires_grad_(true);
                let b = x.unbind(0)[1].clone();
                let e = b.gradient_edge().unwrap();
                show.node(Some(e.node.clone()));
                show.number(e.output);
                show.number(b.output_nr());
                show.node(Some(x.gradient_edge().unwrap().node));
                show.error(Tensor::ones(&[2]).gradient_edge());
            },
        ),
    ]
}

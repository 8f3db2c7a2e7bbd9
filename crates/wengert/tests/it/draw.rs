//! Pictures of graphs.

use wengert::autograd::{Graph, GraphKind};
use wengert::{ops, tensor};

#[test]
fn a_graph_names_operations_nodes_and_shapes() {
    let x = tensor!([2.0, 3.0]).requires_grad_(true);
    let y = &x * &x + 1.0;
    let z = ops::sum(&y).unwrap();
    let g = Graph::of(&[("z", &z), ("x", &x), ("y", &y)]);
    let text = g.to_string();
    assert_eq!(
        text,
        "0: x <AccumulateGrad> float32 [2]\n\
         1: mul <MulBackward0> float32 [2] <- 0, 0\n\
         2: y = add <AddBackward0> float32 [2] <- 1\n\
         3: sum <SumBackward0> float32 [] <- 2\n\
         4: z float32 [] <- 3\n"
    );
    assert_eq!(g.nodes[4].kind, GraphKind::Result);
    assert_eq!(g.nodes[1].saved, ["self: float32 [2]", "other: float32 [2]"]);
    let svg = g.to_svg();
    for part in ["MulBackward0", "y = add", "AccumulateGrad", "tests/it/draw.rs", "float32 [2]"] {
        assert!(svg.contains(part), "{part}");
    }
    assert_eq!(svg.matches("<path d=\"M").count(), 1 + g.edges.len());
}

#[test]
fn long_graphs_are_cut_and_constants_have_none() {
    let x = tensor!([1.0]).requires_grad_(true);
    let mut y = &x + 0.0;
    for _ in 0..100_000 {
        y = &y + 1.0;
    }
    let g = Graph::with_limit(&[("y", &y)], 50);
    assert_eq!((g.nodes.len(), g.hidden), (51, 99_952));
    assert!(g.to_svg().contains("99952 older nodes are not shown"));
    assert!(Graph::of(&[("c", &tensor!(1.0))]).to_svg().contains("no history"));
}

#[test]
fn norms_of_a_watched_backward_are_drawn() {
    let w = tensor!([[1.0, -1.0], [0.5, 2.0]]).requires_grad_(true);
    let x = tensor!([3.0, 4.0]).requires_grad_(true);
    let y = w.matmul(&x);
    let z = (&y * &y).sum();
    let named = [("w", &w), ("x", &x), ("y", &y), ("loss", &z)];
    let (g, ()) = Graph::with_norms(&named, || z.backward());
    // dy = 2 y = [-2, 19]; dw = dy x^T, dx = w^T dy.
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let close = |a: Option<f64>, b: f64| assert!((a.unwrap() - b).abs() < 1e-4 * b, "{a:?} {b}");
    let of = |name: &str| g.nodes.iter().position(|n| n.name.as_deref() == Some(name)).unwrap();
    close(g.nodes[of("w")].norms[0], norm(&[-6.0, -8.0, 57.0, 76.0]));
    close(g.nodes[of("x")].norms[0], norm(&[7.5, 40.0]));
    close(g.nodes[of("y")].norms[0], norm(&[-2.0, 19.0]));
    // Two arrows go from y into the square: each brings half.
    let edges: Vec<_> = g.edges.iter().filter(|e| e.from == of("y")).collect();
    assert_eq!((edges.len(), edges[0].input, edges[1].input), (2, 0, 1));
    edges.iter().for_each(|e| close(e.norm, norm(&[-1.0, 9.5])));
    close(g.edges.iter().find(|e| e.to == of("loss")).unwrap().norm, 1.0);
    // Watching changed nothing and left no hook behind.
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [7.5, 40.0]);
    let before = g.nodes[of("y")].norms.clone();
    (w.matmul(&x).sum() * 100.0).backward();
    assert_eq!(g.nodes[of("y")].norms, before);
    assert!(g.to_string().contains("y = mv <MvBackward0> float32 [2], |g| 19.105 <- "), "{g}");
    let (svg, dot) = (g.to_svg(), g.to_dot());
    for part in ["|g| 19.105", ">9.5525<", "draw.rs:", "the norm of the gradient"] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(dot.starts_with("digraph wengert {") && dot.ends_with("}\n"));
    let (y, square) = (of("y"), edges[0].to);
    assert!(dot.contains(&format!("n{y} -> n{square} [label=\"9.5525\"];")), "{dot}");
    assert!(dot.contains("y = mv\\nMvBackward0\\nfloat32 [2]\\ndraw.rs:"), "{dot}");
}

#[test]
fn what_backward_does_not_reach_has_no_norm() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let (y, z) = (&x * 2.0, &x * 3.0);
    let (g, e) = Graph::with_norms(&[("y", &y), ("z", &z)], || y.backward_with(None, Default::default()));
    assert!(e.unwrap_err().message().starts_with("grad can be implicitly created only for scalar outputs"));
    assert!(g.nodes.iter().all(|n| n.norms.is_empty()) && g.edges.iter().all(|e| e.norm.is_none()));
    let (g, ()) = Graph::with_norms(&[("y", &y), ("z", &z)], || y.sum().backward());
    assert_eq!(g.edges.iter().filter(|e| e.norm.is_some()).count(), 2);
    assert!(!Graph::of(&[("y", &y)]).to_dot().contains("|g|"));
}

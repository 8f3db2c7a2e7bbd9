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

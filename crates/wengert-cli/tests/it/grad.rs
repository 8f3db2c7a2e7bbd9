//! `wengert grad`.

use super::{Scratch, error, ok, run};

/// The numbers of an output, by name.
fn numbers(out: &str) -> Vec<(String, f64)> {
    let value = |l: &str| {
        let (name, v) = l.split_once("   ")?;
        Some((name.trim().to_string(), v.trim().parse().ok()?))
    };
    out.lines().filter_map(value).collect()
}

#[test]
fn the_polynomial_of_the_tutorials() {
    let out = ok(&["grad", "3*x**2 + 2*x*y + y**2", "--at", "x=2,y=1", "--order", "2"]);
    let expected =
        "f           17\ndf/dx       14\ndf/dy       6\nd2f/dx2     6\nd2f/dx dy   2\nd2f/dy dx   2\nd2f/dy2     2\n";
    assert_eq!(out, expected);
    assert_eq!(ok(&["grad", "x**2 + 2*x + 1", "--at", "x=2"]), "f       9\ndf/dx   6\n");
    assert_eq!(ok(&["grad", "-x**2", "--at", "x=-3"]), "f       -9\ndf/dx   6\n");
    assert_eq!(ok(&["grad", "2**3**2 - 10/4"]), "f   509.5\n");
}

/// Expressions that use everything, at points where derivatives are not trivial.
const EXPRESSIONS: [(&str, &str); 12] = [
    ("sin(x)*exp(-x**2) + log(1 + x**2)", "x=0.7"),
    ("x*y*z + x**y - z/x", "x=1.3,y=2.1,z=-0.4"),
    ("sigmoid(x*y) + tanh(x - y)*softplus(y)", "x=0.3,y=-1.2"),
    ("where(x > y, x**3*y, x*y**3) + maximum(x, 2*y)", "x=0.5,y=1.5"),
    ("norm(x, y, x*y)", "x=3,y=4"),
    ("atan2(y, x) + hypot(x, y)", "x=1,y=2"),
    ("sqrt(1 + erf(x)) * cos(pi*x)", "x=0.25"),
    ("gelu(x) + elu(-x) + selu(x) + silu(x) + logsigmoid(x)", "x=0.8"),
    ("x % 3 + fmod(-x, 3) + abs(-x) + frac(x) * relu(x)", "x=4.25"),
    ("pow(2, x) + exp2(x) + expm1(x) - log1p(x) + rsqrt(x)", "x=1.7"),
    ("asin(x) + acos(x)*atan(x) + asinh(x)*acosh(1/x) - atanh(x)", "x=0.6"),
    ("square(sinh(x)) / cosh(x) + tan(x)*erfc(x) + clamp(x, 0, 1)*reciprocal(x)", "x=0.4"),
];

#[test]
fn both_directions_agree() {
    for (expression, at) in EXPRESSIONS {
        let derive = |mode| numbers(&ok(&["grad", expression, "--at", at, "--order", "3", "--mode", mode]));
        let (reverse, forward) = (derive("reverse"), derive("forward"));
        assert_eq!(reverse.len(), forward.len());
        for ((name, a), (other, b)) in reverse.iter().zip(&forward) {
            assert_eq!(name, other);
            assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{expression}: {name} is {a} in reverse, {b} forward");
        }
    }
}

#[test]
fn derivatives_agree_with_difference_quotients() {
    for (expression, at) in EXPRESSIONS {
        let point: Vec<(&str, f64)> =
            at.split(',').map(|p| p.split_once('=').unwrap()).map(|(n, v)| (n, v.parse().unwrap())).collect();
        let derivatives = numbers(&ok(&["grad", expression, "--at", at]));
        for (i, (name, v)) in point.iter().enumerate() {
            let value = |h: f64| {
                let shifted =
                    point.iter().enumerate().map(|(j, (n, x))| format!("{n}={}", if i == j { v + h } else { *x }));
                numbers(&ok(&["grad", expression, "--at", &shifted.collect::<Vec<_>>().join(",")]))[0].1
            };
            let quotient = (value(1e-5) - value(-1e-5)) / 2e-5;
            let found = derivatives.iter().find(|(n, _)| *n == format!("df/d{name}")).unwrap().1;
            assert!(
                (found - quotient).abs() < 1e-7 * found.abs().max(1.0),
                "{expression} by {name}: {found}, {quotient}"
            );
        }
    }
}

#[test]
fn steps_are_wengerts_list() {
    let reverse = ok(&["grad", "sin(x)*y + x", "--at", "x=0,y=2", "--steps"]);
    let expected = "\
step           value   adjoint df/dv
v1 = x         0       3
v2 = sin(v1)   0       2
v3 = y         2       0
v4 = v2*v3     0       1
v5 = v4 + v1   0       1

f       0
df/dx   3
df/dy   0
";
    assert_eq!(reverse, expected);
    let forward = ok(&["grad", "sin(x)*y + x", "--at", "x=0,y=2", "--steps", "--mode", "forward"]);
    assert!(forward.starts_with("step           value   tangent dv/dx   tangent dv/dy\n"), "{forward}");
    assert!(forward.contains("v4 = v2*v3     0       2               0\n"), "{forward}");
}

#[test]
fn functions_have_pytorchs_subgradients() {
    for (expression, at, derivative) in [
        ("relu(x)", "0", "0"),
        ("abs(x)", "0", "0"),
        ("norm(x)", "0", "0"),
        ("maximum(x, 0)", "0", "0.5"),
        ("sqrt(x)", "0", "inf"),
        ("floor(x)", "1.5", "0"),
        // As in PyTorch: the branch not taken is differentiated too, and 0 times infinity is NaN.
        ("where(x < 0, 1/x, x)", "0", "nan"),
    ] {
        let out = ok(&["grad", expression, "--at", &format!("x={at}")]);
        assert!(out.ends_with(&format!("df/dx   {derivative}\n")), "{expression}: {out}");
    }
}

#[test]
fn carets_point_at_mistakes() {
    // Expression, column of the caret, its width, part of the message.
    for (expression, column, width, message) in [
        ("1 + sinn(x)", 4, 4, "unknown function 'sinn'"),
        ("1 + sinn(x)", 4, 4, "did you mean sin?"),
        ("x + zeta", 4, 4, "no value for the variable zeta"),
        ("2*(x + 1", 2, 1, "'(' is never closed"),
        ("x + 1)", 5, 1, "unmatched ')'"),
        ("x * / 2", 4, 1, "an operand is missing before '/'"),
        ("x +", 3, 1, "an operand is missing after '+'"),
        ("2x", 1, 1, "for a product write 2*x"),
        ("x^2", 1, 1, "write '**'"),
        ("sin(x, 2)", 0, 9, "sin takes 1 argument, not 2"),
        ("sin x", 0, 3, "sin is a function"),
        ("(x < 1) + 2", 0, 7, "a comparison is no number"),
        ("where(x, 1, 2)", 6, 1, "where needs a comparison"),
        ("", 0, 1, "the expression is empty"),
        ("3 $ x", 2, 1, "unexpected character '$'"),
        ("x.exp()", 0, 5, "write exp(x)"),
    ] {
        let text = error(&["grad", expression, "--at", "x=1"]);
        let carets = format!("\n  {expression}\n  {}{}\n", " ".repeat(column), "^".repeat(width));
        assert!(text.contains(message) && text.contains(&carets), "{expression}:\n{text}");
    }
}

#[test]
fn values_must_fit_the_variables() {
    for (at, message) in [
        ("x=1", "no value for the variable yy\n  x*yy\n    ^^\nhint: give it: --at x=1,yy=1"),
        ("x=1,yy=2,z=3", "the expression has no variable z\n  x=1,yy=2,z=3\n           ^\n"),
        ("x=1,yyy=2", "hint: did you mean yyy?"),
        ("x=1,yy", "--at wants name=value\n  x=1,yy\n      ^^\n"),
        ("x=1,yy=", "the value of yy is missing"),
        ("x=1,yy=2,x=3", "x is given twice\n  x=1,yy=2,x=3\n           ^\n"),
        ("x=1,yy=2+q", "the value of yy must be a number"),
        ("x=1,yy=2*", "an operand is missing after '*'\n  x=1,yy=2*\n           ^\n"),
        ("pi=1,x=1,yy=2", "pi has a meaning already"),
    ] {
        let text = error(&["grad", "x*yy", "--at", at]);
        assert!(text.contains(message), "{at}:\n{text}");
    }
    assert!(ok(&["grad", "x*yy", "--at", "yy = pow(2, 3) , x=-1e-1"]).starts_with("f        -0.8\ndf/dyy   -0.1\n"));
}

#[test]
fn long_and_deep_expressions_end_well() {
    let sum = vec!["x"; 20_000].join(" + ");
    assert_eq!(ok(&["grad", &sum, "--at", "x=1", "--mode", "forward"]), "f       20000\ndf/dx   20000\n");
    assert_eq!(ok(&["grad", &sum, "--at", "x=1"]), "f       20000\ndf/dx   20000\n");
    let deep = format!("{}x{}", "(".repeat(5000), ")".repeat(5000));
    assert!(error(&["grad", &deep, "--at", "x=1"]).contains("nested more than 200 levels deep"));
    assert!(error(&["grad", &format!("{}x", "-".repeat(5000)), "--at", "x=1"]).contains("nested more than"));
    let nested = format!("{}x{}", "sin(".repeat(150), ")".repeat(150));
    assert_eq!(run(&["grad", &nested, "--at", "x=1"]).code, Some(0));
    assert!(error(&["grad", "x", "--at", "x=1", "--order", "99"]).contains("--order is from 1 to 10"));
}

#[test]
fn the_graph_is_drawn_or_the_reason_told() {
    let folder = Scratch::new("graph");
    let file = folder.path("g.svg");
    assert!(
        ok(&["grad", "x*y + 1", "--at", "x=1,y=2", "--graph", &file]).ends_with(&format!("graph written to {file}\n"))
    );
    let svg = String::from_utf8(super::read(&file)).unwrap();
    assert!(svg.contains("MulBackward0") && svg.contains("float64 []") && svg.ends_with("</svg>\n"));
    let nowhere = folder.path("no/such/folder/g.svg");
    assert!(error(&["grad", "x", "--at", "x=1", "--graph", &nowhere]).contains("cannot write"));
}

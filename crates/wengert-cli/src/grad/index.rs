//! Which partial derivatives there are, and what they are called.

/// The variables, by number, by which is differentiated.
pub type Index = Vec<usize>;

/// A partial derivative.
pub type Partial = (Index, f64);

/// How many numbers a listing may have.
const LARGEST: usize = 10_000;

/// Is this derivative listed? Of the first two orders all are, in row order; from the third on each once, since the
/// order of differentiation does not matter.
pub fn listed(index: &[usize]) -> bool {
    index.len() <= 2 || index.is_sorted()
}

/// The listed derivatives of this order by `n` variables.
pub fn indices(n: usize, order: usize) -> Vec<Index> {
    let mut out: Vec<Index> = vec![Vec::new()];
    for _ in 0..order {
        out = out
            .iter()
            .flat_map(|i| (0..n).map(move |v| [&i[..], &[v]].concat()))
            .filter(|i| order <= 2 || i.is_sorted())
            .collect();
    }
    out
}

/// Can all derivatives up to this order be listed?
pub fn is_sensible(n: usize, order: usize) -> bool {
    let rising = (0..order).try_fold(1usize, |count, k| Some(count.checked_mul(n + k)? / (k + 1)));
    rising.is_some_and(|count| count <= LARGEST)
}

/// `df/dx`, `d2f/dx dy`, `d3f/dx2 dy`.
pub fn name(index: &[usize], variables: &[String]) -> String {
    let mut out = if index.len() == 1 { "df/".to_string() } else { format!("d{}f/", index.len()) };
    for (k, run) in index.chunk_by(|a, b| a == b).enumerate() {
        let gap = if k > 0 { " " } else { "" };
        let power = if run.len() > 1 { run.len().to_string() } else { String::new() };
        out += &format!("{gap}d{}{power}", variables[run[0]]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_the_hessian_then_each_once() {
        assert_eq!(indices(2, 2), [[0, 0], [0, 1], [1, 0], [1, 1]]);
        assert_eq!(indices(2, 3), [[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]]);
        assert_eq!(indices(0, 2).len(), 0);
        let xy = ["x".to_string(), "y".to_string()];
        assert_eq!(name(&[0, 0, 1], &xy), "d3f/dx2 dy");
        assert_eq!(name(&[1], &xy), "df/dy");
        assert!(is_sensible(2, 10) && !is_sensible(30, 5));
    }
}

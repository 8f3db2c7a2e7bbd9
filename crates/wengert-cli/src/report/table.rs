//! Norms of weights and gradients: is every parameter alive, and is one of them out of line?

/// One parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Norms {
    /// Its name in the network.
    pub name: String,
    /// Its sizes.
    pub shape: Vec<usize>,
    /// Euclidean norm of its elements.
    pub weight: f64,
    /// Euclidean norm of its gradient.
    pub gradient: f64,
}

fn total(rows: &[Norms], of: fn(&Norms) -> f64) -> f64 {
    rows.iter().map(|r| of(r) * of(r)).sum::<f64>().sqrt()
}

fn elements(row: &Norms) -> usize {
    row.shape.iter().product()
}

/// `parameters.csv`.
pub fn csv(rows: &[Norms]) -> String {
    let mut out = "parameter,shape,elements,weight_norm,gradient_norm\n".to_string();
    for r in rows {
        let shape: Vec<String> = r.shape.iter().map(usize::to_string).collect();
        out += &format!("{},{},{},{},{}\n", r.name, shape.join("x"), elements(r), r.weight, r.gradient);
    }
    out
}

/// The table for the terminal, the last line being the whole network.
pub fn parameters(rows: &[Norms]) -> String {
    let mut cells = vec![["parameter", "shape", "elements", "weight norm", "gradient norm"].map(String::from)];
    for r in rows {
        cells.push([
            r.name.clone(),
            format!("{:?}", r.shape),
            elements(r).to_string(),
            format!("{:.4}", r.weight),
            format!("{:.3e}", r.gradient),
        ]);
    }
    let sums = [total(rows, |r| r.weight), total(rows, |r| r.gradient)];
    let count: usize = rows.iter().map(elements).sum();
    cells.push(["all".into(), String::new(), count.to_string(), format!("{:.4}", sums[0]), format!("{:.3e}", sums[1])]);
    let width = |c: usize| cells.iter().map(|row| row[c].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3), width(4)];
    let mut out = String::new();
    for row in &cells {
        let [a, b, c, d, e] = row;
        let [wa, wb, wc, wd, we] = widths;
        out += &format!("{a:wa$}  {b:wb$}  {c:>wc$}  {d:>wd$}  {e:>we$}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_whole_network() {
        let row = |name: &str, shape: &[usize], weight, gradient| Norms {
            name: name.to_string(),
            shape: shape.to_vec(),
            weight,
            gradient,
        };
        let rows = [row("0.weight", &[2, 3], 3.0, 0.03), row("0.bias", &[2], 4.0, 0.04)];
        let text = parameters(&rows);
        assert!(text.lines().all(|l| l.len() == text.lines().next().unwrap().len()), "{text}");
        assert!(text.ends_with("8       5.0000       5.000e-2\n"), "{text}");
        assert_eq!(csv(&rows).lines().nth(1), Some("0.weight,2x3,6,3,0.03"));
    }
}

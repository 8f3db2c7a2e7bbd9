//! Factorizations of one dense matrix in double precision, row by row in a slice. They are for matrices of some hundreds of rows: plain
//! loops, no blocks.

/// LU with row exchanges, in place: the unit lower factor below the diagonal, the upper one from it. The rows' order and its sign.
pub(super) fn lu(a: &mut [f64], n: usize) -> (Vec<usize>, f64) {
    let mut order: Vec<usize> = (0..n).collect();
    let mut sign = 1.0;
    for k in 0..n {
        let pivot = (k..n).fold(k, |best, i| if a[i * n + k].abs() > a[best * n + k].abs() { i } else { best });
        if pivot != k {
            for j in 0..n {
                a.swap(k * n + j, pivot * n + j);
            }
            order.swap(k, pivot);
            sign = -sign;
        }
        let head = a[k * n + k];
        if head == 0.0 {
            continue;
        }
        for i in k + 1..n {
            let factor = a[i * n + k] / head;
            a[i * n + k] = factor;
            for j in k + 1..n {
                a[i * n + j] -= factor * a[k * n + j];
            }
        }
    }
    (order, sign)
}

/// The row, counted from 1, in which an upper factor has a zero on its diagonal.
pub(super) fn zero_pivot(lu: &[f64], n: usize) -> Option<usize> {
    (0..n).find(|&k| lu[k * n + k] == 0.0).map(|k| k + 1)
}

/// `x` with `A x = b` for `m` right-hand sides (columns of `b`), from the factors of `A`.
pub(super) fn solve(lu: &[f64], order: &[usize], b: &[f64], n: usize, m: usize) -> Vec<f64> {
    let mut x: Vec<f64> = order.iter().flat_map(|&i| b[i * m..(i + 1) * m].iter().copied()).collect();
    for i in 0..n {
        for k in 0..i {
            subtract(&mut x, i, k, lu[i * n + k], m);
        }
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            subtract(&mut x, i, k, lu[i * n + k], m);
        }
        x[i * m..(i + 1) * m].iter_mut().for_each(|v| *v /= lu[i * n + i]);
    }
    x
}

/// Row `i` less `factor` times row `k`.
fn subtract(x: &mut [f64], i: usize, k: usize, factor: f64, m: usize) {
    for j in 0..m {
        x[i * m + j] -= factor * x[k * m + j];
    }
}

pub(super) fn identity(n: usize) -> Vec<f64> {
    let mut e = vec![0.0; n * n];
    (0..n).for_each(|i| e[i * n + i] = 1.0);
    e
}

/// The lower Cholesky factor; the order of the leading minor that is not positive, if one is not.
pub(super) fn cholesky(a: &[f64], n: usize) -> Result<Vec<f64>, usize> {
    let mut l = vec![0.0; n * n];
    for j in 0..n {
        let square: f64 = a[j * n + j] - (0..j).map(|k| l[j * n + k] * l[j * n + k]).sum::<f64>();
        if square.is_nan() || square <= 0.0 {
            return Err(j + 1);
        }
        l[j * n + j] = square.sqrt();
        for i in j + 1..n {
            let rest: f64 = a[i * n + j] - (0..j).map(|k| l[i * n + k] * l[j * n + k]).sum::<f64>();
            l[i * n + j] = rest / l[j * n + j];
        }
    }
    Ok(l)
}

/// `Q` (`m` by `k`) and `R` (`k` by `n`) by Householder's reflections, `k` from `min(m, n)` to `m`; signs are LAPACK's.
pub(super) fn qr(a: &[f64], m: usize, n: usize, k: usize) -> (Vec<f64>, Vec<f64>) {
    let mut r = a.to_vec();
    let mut reflections: Vec<(Vec<f64>, f64)> = Vec::new();
    for j in 0..m.min(n) {
        let mut v: Vec<f64> = (j..m).map(|i| r[i * n + j]).collect();
        let below: f64 = v[1..].iter().map(|x| x * x).sum();
        if below == 0.0 {
            reflections.push((v, 0.0));
            continue;
        }
        let head = -(v[0] * v[0] + below).sqrt().copysign(v[0]);
        let tau = (head - v[0]) / head;
        let scale = 1.0 / (v[0] - head);
        v[1..].iter_mut().for_each(|x| *x *= scale);
        v[0] = 1.0;
        reflect(&mut r, &v, tau, j, n, j);
        reflections.push((v, tau));
    }
    let mut q = vec![0.0; m * k];
    (0..k.min(m)).for_each(|i| q[i * k + i] = 1.0);
    for (j, (v, tau)) in reflections.iter().enumerate().rev() {
        reflect(&mut q, v, *tau, j, k, 0);
    }
    let upper = (0..k).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| if j >= i { r[i * n + j] } else { 0.0 });
    (q, upper.collect())
}

/// Rows from `j` on less `tau * v * (v^T rows)`, in columns from `from` on.
fn reflect(a: &mut [f64], v: &[f64], tau: f64, j: usize, columns: usize, from: usize) {
    for c in from..columns {
        let dot: f64 = v.iter().enumerate().map(|(i, x)| x * a[(i + j) * columns + c]).sum();
        for (i, x) in v.iter().enumerate() {
            a[(i + j) * columns + c] -= tau * dot * x;
        }
    }
}

/// Eigenvalues of a symmetric matrix in ascending order, and eigenvectors in columns, by Jacobi's rotations (Golub and Van Loan 8.5). The
/// largest element of a vector is positive.
pub(super) fn eigh(a: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut a, mut v) = (a.to_vec(), identity(n));
    let size: f64 = a.iter().map(|x| x * x).sum::<f64>();
    for _ in 0..60 {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i * n + j] * a[i * n + j]).sum();
        if off <= size * 1e-36 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let apq = a[p * n + q];
                if apq == 0.0 {
                    continue;
                }
                let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for i in 0..n {
                    let (x, y) = (a[i * n + p], a[i * n + q]);
                    (a[i * n + p], a[i * n + q]) = (c * x - s * y, s * x + c * y);
                }
                for i in 0..n {
                    let (x, y) = (a[p * n + i], a[q * n + i]);
                    (a[p * n + i], a[q * n + i]) = (c * x - s * y, s * x + c * y);
                    let (x, y) = (v[i * n + p], v[i * n + q]);
                    (v[i * n + p], v[i * n + q]) = (c * x - s * y, s * x + c * y);
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[i * n + i].total_cmp(&a[j * n + j]));
    let values = order.iter().map(|&i| a[i * n + i]).collect();
    let mut vectors = vec![0.0; n * n];
    for (to, &from) in order.iter().enumerate() {
        let largest = (0..n).map(|i| v[i * n + from]).fold(0.0, |m: f64, x| if x.abs() > m.abs() { x } else { m });
        let sign = 1.0f64.copysign(largest);
        (0..n).for_each(|i| vectors[i * n + to] = sign * v[i * n + from]);
    }
    (values, vectors)
}

/// `U` (`m` by `k`), singular values in descending order, `V^T` (`k` by `n`), `k = min(m, n)`, by one-sided Jacobi rotations (Hestenes).
pub(super) fn svd(a: &[f64], m: usize, n: usize) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    if m < n {
        let (u, s, vt) = svd(&transposed(a, m, n), n, m);
        return (transposed(&vt, m, m), s, transposed(&u, n, m));
    }
    let (mut u, mut v) = (a.to_vec(), identity(n));
    for _ in 0..60 {
        let mut turned = false;
        for p in 0..n {
            for q in p + 1..n {
                let (mut pp, mut qq, mut pq) = (0.0, 0.0, 0.0);
                for i in 0..m {
                    let (x, y) = (u[i * n + p], u[i * n + q]);
                    pp += x * x;
                    qq += y * y;
                    pq += x * y;
                }
                if pq.abs() <= 1e-16 * (pp * qq).sqrt() || pq == 0.0 {
                    continue;
                }
                turned = true;
                let theta: f64 = (qq - pp) / (2.0 * pq);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for (x, rows) in [(&mut u, m), (&mut v, n)] {
                    for i in 0..rows {
                        let (a, b) = (x[i * n + p], x[i * n + q]);
                        (x[i * n + p], x[i * n + q]) = (c * a - s * b, s * a + c * b);
                    }
                }
            }
        }
        if !turned {
            break;
        }
    }
    let sizes: Vec<f64> = (0..n).map(|j| (0..m).map(|i| u[i * n + j] * u[i * n + j]).sum::<f64>().sqrt()).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| sizes[j].total_cmp(&sizes[i]));
    let tiny = sizes.iter().fold(0.0, |m: f64, &x| m.max(x)) * 1e-300;
    let (mut left, mut right) = (vec![0.0; m * n], vec![0.0; n * n]);
    for (to, &from) in order.iter().enumerate() {
        for i in 0..m {
            left[i * n + to] = if sizes[from] > tiny { u[i * n + from] / sizes[from] } else { 0.0 };
        }
        (0..n).for_each(|i| right[to * n + i] = v[i * n + from]);
    }
    complete(&mut left, m, n);
    (left, order.iter().map(|&i| sizes[i]).collect(), right)
}

/// Columns of zeros become unit vectors orthogonal to the others.
fn complete(u: &mut [f64], m: usize, n: usize) {
    for j in 0..n {
        if (0..m).any(|i| u[i * n + j] != 0.0) {
            continue;
        }
        for axis in 0..m {
            let mut x = vec![0.0; m];
            x[axis] = 1.0;
            for _ in 0..2 {
                for k in (0..n).filter(|&k| k != j) {
                    let dot: f64 = (0..m).map(|i| u[i * n + k] * x[i]).sum();
                    (0..m).for_each(|i| x[i] -= dot * u[i * n + k]);
                }
            }
            let size = x.iter().map(|v| v * v).sum::<f64>().sqrt();
            if size > 0.1 / (m as f64).sqrt() {
                (0..m).for_each(|i| u[i * n + j] = x[i] / size);
                break;
            }
        }
    }
}

pub(super) fn transposed(a: &[f64], m: usize, n: usize) -> Vec<f64> {
    (0..n).flat_map(|j| (0..m).map(move |i| a[i * n + j])).collect()
}

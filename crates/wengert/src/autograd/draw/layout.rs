//! Layers, order within a layer, coordinates: the usual three steps for a picture of a directed graph.

/// Where a box or a bend of a long edge stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub layer: usize,
    /// Centre.
    pub x: f64,
    pub width: f64,
}

/// The result: the boxes first, then the bends.
pub(super) struct Layout {
    pub spots: Vec<Spot>,
    /// For each edge its spots from start to end, bends included.
    pub paths: Vec<Vec<usize>>,
    pub layers: usize,
}

const GAP: f64 = 28.0;
const BEND: f64 = 8.0;
const SWEEPS: usize = 24;

/// Places boxes of these widths. Every edge must lead from a smaller to a larger index.
pub(super) fn layout(widths: &[f64], edges: &[(usize, usize)]) -> Layout {
    let layer = layers(widths.len(), edges);
    let mut spots: Vec<Spot> =
        widths.iter().zip(&layer).map(|(&width, &layer)| Spot { layer, x: 0.0, width }).collect();
    let mut paths = Vec::with_capacity(edges.len());
    for &(from, to) in edges {
        let mut path = vec![from];
        for l in layer[from] + 1..layer[to] {
            path.push(spots.len());
            spots.push(Spot { layer: l, x: 0.0, width: BEND });
        }
        path.push(to);
        paths.push(path);
    }
    let count = spots.iter().map(|s| s.layer + 1).max().unwrap_or(0);
    let links = Links::new(spots.len(), &paths);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (i, s) in spots.iter().enumerate() {
        rows[s.layer].push(i);
    }
    order(&mut rows, &links);
    place(&mut spots, &rows, &links);
    Layout { spots, paths, layers: count }
}

/// The last layer in which each box can stand: just above the first box that uses it.
fn layers(n: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut height = vec![0; n];
    let mut uses: Vec<Vec<usize>> = vec![Vec::new(); n];
    edges.iter().for_each(|&(from, to)| uses[from].push(to));
    for i in (0..n).rev() {
        height[i] = uses[i].iter().map(|&to| height[to] + 1).max().unwrap_or(0);
    }
    let top = height.iter().copied().max().unwrap_or(0);
    height.iter().map(|h| top - h).collect()
}

/// Neighbours above and below.
struct Links {
    up: Vec<Vec<usize>>,
    down: Vec<Vec<usize>>,
}

impl Links {
    fn new(n: usize, paths: &[Vec<usize>]) -> Links {
        let mut links = Links { up: vec![Vec::new(); n], down: vec![Vec::new(); n] };
        for pair in paths.iter().flat_map(|p| p.windows(2)) {
            links.down[pair[0]].push(pair[1]);
            links.up[pair[1]].push(pair[0]);
        }
        links
    }
}

/// Orders each row by the mean position of its neighbours, up and down in turn, and keeps the order with the fewest crossings.
fn order(rows: &mut Vec<Vec<usize>>, links: &Links) {
    let n = links.up.len();
    let mut best = rows.clone();
    let mut fewest = crossings(rows, links, n);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let down = sweep % 2 == 0;
        let count = rows.len();
        for k in 0..count {
            let k = if down { k } else { count - 1 - k };
            let position = positions(rows, n);
            let side = if down { &links.up } else { &links.down };
            let mean = |i: usize| {
                let near = &side[i];
                let sum: usize = near.iter().map(|&j| position[j]).sum();
                if near.is_empty() { position[i] as f64 } else { sum as f64 / near.len() as f64 }
            };
            rows[k].sort_by(|&a, &b| mean(a).total_cmp(&mean(b)));
        }
        let now = crossings(rows, links, n);
        if now < fewest {
            fewest = now;
            best.clone_from(rows);
        }
    }
    *rows = best;
}

fn positions(rows: &[Vec<usize>], n: usize) -> Vec<usize> {
    let mut position = vec![0; n];
    for row in rows {
        row.iter().enumerate().for_each(|(p, &i)| position[i] = p);
    }
    position
}

fn crossings(rows: &[Vec<usize>], links: &Links, n: usize) -> usize {
    let position = positions(rows, n);
    let mut count = 0;
    for row in rows {
        let ends: Vec<(usize, usize)> = row
            .iter()
            .flat_map(|&i| links.down[i].iter().map(move |&j| (i, j)))
            .map(|(i, j)| (position[i], position[j]))
            .collect();
        for (k, a) in ends.iter().enumerate() {
            count += ends[..k].iter().filter(|b| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1)).count();
        }
    }
    count
}

/// Moves each row as near to its neighbours as order and distances allow, up and down in turn.
fn place(spots: &mut [Spot], rows: &[Vec<usize>], links: &Links) {
    for row in rows {
        let mut x = 0.0;
        for &i in row {
            spots[i].x = x + spots[i].width / 2.0;
            x += spots[i].width + GAP;
        }
    }
    let count = rows.len();
    for sweep in 0..SWEEPS {
        for k in 0..count {
            let k = if sweep % 2 == 0 { k } else { count - 1 - k };
            let wishes: Vec<(f64, f64)> = rows[k].iter().map(|&i| wish(i, spots, links)).collect();
            let offsets = offsets(&rows[k], spots);
            for ((&i, x), offset) in rows[k].iter().zip(nearest(&wishes, &offsets)).zip(&offsets) {
                spots[i].x = x + offset;
            }
        }
    }
    let left = spots.iter().map(|s| s.x - s.width / 2.0).fold(f64::INFINITY, f64::min);
    spots.iter_mut().for_each(|s| s.x -= left);
}

/// Where a spot would like to be, and how much: bends want to stay in line.
fn wish(i: usize, spots: &[Spot], links: &Links) -> (f64, f64) {
    let (mut sum, mut weight) = (0.0, 0.0);
    for &j in links.up[i].iter().chain(&links.down[i]) {
        let w = if spots[i].width == BEND && spots[j].width == BEND { 8.0 } else { 1.0 };
        sum += w * spots[j].x;
        weight += w;
    }
    if weight == 0.0 { (spots[i].x, 1.0) } else { (sum / weight, weight) }
}

/// The least distance of each spot's centre from that of the first in its row.
fn offsets(row: &[usize], spots: &[Spot]) -> Vec<f64> {
    let mut offsets = vec![0.0];
    for pair in row.windows(2) {
        let step = (spots[pair[0]].width + spots[pair[1]].width) / 2.0 + GAP;
        offsets.push(offsets[offsets.len() - 1] + step);
    }
    offsets
}

/// The non-decreasing numbers nearest to `wish - offset` by weighted squares: neighbours that would overlap move as one block.
fn nearest(wishes: &[(f64, f64)], offsets: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (&(x, weight), offset) in wishes.iter().zip(offsets) {
        let mut block = ((x - offset) * weight, weight, 1);
        while let Some(last) = blocks.last()
            && last.0 / last.1 > block.0 / block.1
        {
            block = (block.0 + last.0, block.1 + last.1, block.2 + last.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|&(sum, weight, n)| std::iter::repeat_n(sum / weight, n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_a_row_keep_their_distance() {
        // Two leaves into one operation, one of them also far below.
        let l = layout(&[100.0, 60.0, 80.0, 80.0, 40.0], &[(0, 2), (1, 2), (2, 3), (3, 4), (1, 4)]);
        assert_eq!(l.layers, 4);
        for (i, a) in l.spots.iter().enumerate() {
            for b in l.spots[..i].iter().filter(|b| b.layer == a.layer) {
                assert!((a.x - b.x).abs() >= (a.width + b.width) / 2.0 + GAP - 1e-9, "{a:?} {b:?}");
            }
        }
        assert_eq!(l.paths[4].len(), 4);
        assert!(l.paths.iter().all(|p| p.windows(2).all(|w| l.spots[w[0]].layer + 1 == l.spots[w[1]].layer)));
    }

    #[test]
    fn crossings_are_undone() {
        let edges = [(0, 5), (1, 4), (2, 3)];
        let l = layout(&[50.0; 6], &edges);
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            let order = |i: usize, j: usize| l.spots[i].x < l.spots[j].x;
            assert_eq!(order(edges[a].0, edges[b].0), order(edges[a].1, edges[b].1));
        }
    }
}

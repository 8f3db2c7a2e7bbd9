use wengert::no_grad;
fn main() {
    wengert::set_num_threads(1);
    let n: usize = std::env::args().nth(2).map_or(1000, |s| s.parse().unwrap());
    let what = std::env::args().nth(1).unwrap_or_default();
    let x = wengert::tensor!([1.5]).requires_grad_(what == "rec");
    match &what[..] {
        "rec" => {
            for _ in 0..n {
                std::hint::black_box(&x * &x);
            }
        }
        _ => no_grad(|| {
            for _ in 0..n {
                std::hint::black_box(&x * &x);
            }
        }),
    }
}

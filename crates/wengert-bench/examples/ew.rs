use wengert::{DType, Generator, Tensor};
fn main() {
    wengert::set_num_threads(1);
    let n = std::env::args().nth(1).map_or(1_000_000, |s| s.parse().unwrap());
    let x = Tensor::randn_of(&[n], DType::F32, &Generator::new(0)).requires_grad_(true);
    let t = std::time::Instant::now();
    let reps = 400_000_000 / n;
    for _ in 0..reps {
        x.zero_grad();
        (&x * x.sin() + (-(&x * &x)).exp()).sum().backward();
        x.grad().unwrap().array().view();
    }
    println!("{:.3} ns per element", t.elapsed().as_nanos() as f64 / (reps * n) as f64);
}

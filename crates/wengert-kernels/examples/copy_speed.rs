//! Speed of permuted copies of f32, in tensor memory.
//!
//! `WENGERT_NUM_THREADS=1 cargo run --release -p wengert-kernels --example copy_speed`

use std::marker::PhantomData;
use std::time::Instant;
use wengert_kernels::memory::Block;
use wengert_kernels::{DType, Layout, View, ViewMut, tile};

fn main() {
    for (name, shape, order) in [
        ("copy of [4096, 4096]", &[4096, 4096][..], &[0, 1][..]),
        ("transpose of [4096, 4096]", &[4096, 4096], &[1, 0]),
        ("transpose of [4097, 4097]", &[4097, 4097], &[1, 0]),
        ("transpose of [512, 512]", &[512, 512], &[1, 0]),
        ("(2, 1, 0) of [256, 256, 256]", &[256, 256, 256], &[2, 1, 0]),
        ("(1, 0, 2) of [256, 256, 256]", &[256, 256, 256], &[1, 0, 2]),
        ("(0, 2, 1) of [256, 256, 256]", &[256, 256, 256], &[0, 2, 1]),
        ("(0, 2, 3, 1) of [32, 64, 56, 56]", &[32, 64, 56, 56], &[0, 2, 3, 1]),
        ("(0, 2, 1, 3) of [32, 128, 16, 64]", &[32, 128, 16, 64], &[0, 2, 1, 3]),
    ] {
        let base = Layout::contiguous(shape);
        let bytes = base.numel() * 4;
        let (from, to) = (Block::new(bytes).expect("memory"), Block::new(bytes).expect("memory"));
        // SAFETY: the blocks have that many bytes.
        unsafe {
            from.ptr().write_bytes(1, bytes);
            to.ptr().write_bytes(2, bytes);
        }
        let layout = base.permute(order);
        let dense = Layout::contiguous(&layout.shape);
        // Both blocks have room for the elements and outlive the views.
        let src = View { ptr: from.ptr(), layout: &layout, dtype: DType::F32 };
        let mut dst = ViewMut { ptr: to.ptr(), layout: &dense, dtype: DType::F32, marker: PhantomData };
        let mut times: Vec<f64> = (0..15)
            .map(|_| {
                let start = Instant::now();
                tile::copy(src, &mut dst);
                start.elapsed().as_secs_f64()
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{name:36} {:8.3} ms {:6.1} GB/s each way", times[7] * 1e3, bytes as f64 / times[7] / 1e9);
    }
}

use super::*;
use std::io::Write;
use std::path::{Path, PathBuf};
use wengert::error::Kind;
use wengert::{manual_seed, tensor};

fn csv(text: &str) -> Result<Dataset> {
    csv::parse(text.as_bytes(), "x.csv")
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let e = csv(text).unwrap_err();
    assert_eq!(e.message(), expected);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A directory of its own for one test.
struct Dir(PathBuf);

impl Dir {
    fn new(test: &str) -> Dir {
        let dir = std::env::temp_dir().join(format!("wengert-nn-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Dir(dir)
    }
    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.0.join(name), bytes).unwrap();
        self.0.join(name)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn lines_of_numbers() {
    let d = csv("1.5, -2,0\r\n\n3e2,4,2\n").unwrap();
    assert_eq!(d.features().to_vec::<f32>(), [1.5, -2.0, 300.0, 4.0]);
    assert_eq!((d.features().shape(), d.labels().to_vec::<i64>()), (&[2, 2][..], vec![0, 2]));
    assert_eq!((d.len(), d.num_features(), d.num_classes(), d.is_empty()), (2, 2, 3, false));
    assert_eq!(csv("\u{feff}length,width,kind\n1,2,0").unwrap().len(), 1);
}

#[test]
fn lines_that_are_wrong() {
    refused("", "x.csv: there are no samples in it");
    refused("a,b,c\n\n", "x.csv: there are no samples in it");
    refused("1,2,0\n1,0\n", "x.csv:2: there are 2 columns, but 3 in the lines before");
    refused("1,2,0\n\n1,2,3,0\n", "x.csv:3: there are 4 columns, but 3 in the lines before");
    refused("5\n", "x.csv:1: expected features and a label between commas, but there is only '5'");
    refused("1,2,0\n1,two,0\n", "x.csv:2: 'two' in column 2 is not a number");
    refused("1,2,0\n1,,0\n", "x.csv:2: '' in column 2 is not a number");
    refused("nan,2,0\n", "x.csv:1: 'nan' in column 1 is not a finite number");
    refused("1,-inf,0\n", "x.csv:1: '-inf' in column 2 is not a finite number");
    refused("1,1e999,0\n", "x.csv:1: '1e999' in column 2 is not a finite number");
    refused("1,2,0.5\n", "x.csv:1: the label '0.5' is not an integer");
    refused("1,2,-1\n", "x.csv:1: the label -1 is negative");
    refused("1;2;0\n3;4;1\n", "x.csv:2: expected features and a label between commas, but there is only '3;4;1'");
    let binary = csv::parse(&b"1,2,0\n\xff\xfe,1,0\n"[..], "x.csv").unwrap_err();
    assert!(binary.message().starts_with("cannot read x.csv, line 2: "), "{binary}");
}

#[test]
fn files_compressed_or_not() {
    let dir = Dir::new("csv");
    let text = b"1,2,0\n3,4,1\n";
    for path in [dir.write("plain.csv", text), dir.write("packed.csv.gz", &gzip(text)), dir.write("odd", &gzip(text))] {
        assert_eq!(load_csv(path).unwrap().features().to_vec::<f32>(), [1.0, 2.0, 3.0, 4.0]);
    }
    let missing = load_csv(dir.0.join("none.csv")).unwrap_err();
    assert_eq!(missing.kind(), Kind::Io);
    assert!(missing.message().contains("none.csv"), "{missing}");
    let whole = gzip(text);
    let cut = load_csv(dir.write("cut.csv.gz", &whole[..whole.len() - 6])).unwrap_err();
    assert!(cut.message().contains("cut.csv.gz"), "{cut}");
    // Whatever happens to the bytes: an error or a data set, no panic.
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            if let Ok(reader) = source::decompress(&bytes[..]) {
                let _ = csv::parse(reader, "damaged");
            }
        }
    }
}

/// The bytes of an IDX file.
fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let header: Vec<u8> = std::iter::once(magic).chain(sizes.iter().copied()).flat_map(u32::to_be_bytes).collect();
    [&header[..], bytes].concat()
}

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";

fn images() -> Vec<u8> {
    idx(0x803, &[2, 1, 3], &[0, 51, 255, 1, 2, 3])
}

fn labels() -> Vec<u8> {
    idx(0x801, &[2], &[7, 0])
}

#[test]
fn mnist_files() {
    let dir = Dir::new("mnist");
    dir.write(IMAGES, &images());
    dir.write(&format!("{LABELS}.gz"), &gzip(&labels()));
    let d = load_mnist(&dir.0, MnistPart::Train).unwrap();
    assert_eq!((d.features().shape(), d.labels().to_vec::<i64>()), (&[2, 3][..], vec![7, 0]));
    assert_eq!(d.features().to_vec::<f32>()[..3], [0.0, 0.2, 1.0]);
    let e = load_mnist(&dir.0, MnistPart::Test).unwrap_err();
    assert!(e.message().ends_with("has neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz"), "{e}");
}

#[test]
fn mnist_files_that_are_wrong() {
    let dir = Dir::new("mnist-wrong");
    let check = |images: &[u8], labels: &[u8], file: &str, expected: &str| {
        dir.write(IMAGES, images);
        dir.write(LABELS, labels);
        let e = load_mnist(&dir.0, MnistPart::Train).unwrap_err();
        assert!(e.message().contains(file) && e.message().contains(expected), "{e}");
    };
    let magic = "its magic number is 0x00000801 instead of 0x00000803";
    check(&labels(), &labels(), IMAGES, magic);
    check(&images(), &images(), LABELS, "its magic number is 0x00000803 instead of 0x00000801");
    check(b"\x00\x00", &labels(), IMAGES, "truncated: the header has 2 bytes instead of 16");
    check(&images()[..10], &labels(), IMAGES, "truncated: the header has 10 bytes instead of 16");
    check(&images()[..20], &labels(), IMAGES, "truncated: its header describes 6 bytes, but 4 follow");
    check(&[images(), vec![0]].concat(), &labels(), IMAGES, "its header describes 6 bytes, but more follow");
    check(&idx(0x803, &[u32::MAX; 3], &[]), &labels(), IMAGES, "are too large");
    check(&idx(0x803, &[u32::MAX, u32::MAX, 1], &[0; 9]), &labels(), IMAGES, "truncated");
    check(&images(), &idx(0x801, &[3], &[1, 2, 3]), LABELS, "has 2 images, but");
    check(&idx(0x803, &[0, 1, 3], &[]), &idx(0x801, &[0], &[]), IMAGES, "at least one sample");
}

#[test]
fn the_digits() {
    let d = digits().unwrap();
    assert_eq!((d.len(), d.num_features(), d.num_classes()), (1797, 64, 10));
    assert_eq!(d.labels().to_vec::<i64>()[..4], [0, 1, 2, 3]);
    let values = d.features().to_vec::<f32>();
    assert_eq!(values[2..5], [5.0 / 16.0, 13.0 / 16.0, 9.0 / 16.0]);
    assert!(values.iter().all(|v| (0.0..=1.0).contains(v)) && values.contains(&1.0));
    assert!(!d.features().requires_grad());
}

#[test]
fn what_is_no_data_set() {
    let labels = || tensor!([0, 1]);
    let text = |x: Tensor, y: Tensor| Dataset::new(x, y).unwrap_err().message().to_string();
    assert!(text(tensor!([1.0, 2.0]), labels()).contains("must be a matrix of floats"));
    assert!(text(tensor!([[1], [2]]), labels()).contains("torch.int64 of shape [2, 1]"));
    assert!(text(tensor!([[1.0], [2.0]]), tensor!([0.0, 1.0])).contains("must be a vector of torch.int64"));
    assert_eq!(text(tensor!([[1.0]]), labels()), "there are 1 rows of features, but 2 labels");
    assert_eq!(text(tensor!([[1.0], [2.0]]), tensor!([0, -1])), "labels count from 0, but one is -1");
    assert!(text(Tensor::zeros(&[0, 3]), Tensor::full_of(&[0], 0, DType::I64)).contains("at least one sample"));
}

/// Features that are the number of the sample, in three classes of 10, 5 and 1 samples.
fn numbered() -> Dataset {
    let features: Vec<f32> = (0..16).map(|i| i as f32).collect();
    let labels: Vec<i64> = (0..16).map(|i| if i < 10 { 0 } else { 1 + i64::from(i == 15) }).collect();
    Dataset::new(Tensor::from_slice(&features, &[16, 1]), Tensor::from_slice(&labels, &[16])).unwrap()
}

#[test]
fn parts_to_train_and_to_test_with() {
    let data = numbered();
    let (train, test) = data.train_test_split(0.4, 3).unwrap();
    let (a, b) = (train.features().to_vec::<i64>(), test.features().to_vec::<i64>());
    assert!(a.is_sorted() && b.is_sorted());
    let mut all = [a.clone(), b.clone()].concat();
    all.sort_unstable();
    assert_eq!(all, (0..16).collect::<Vec<i64>>());
    assert_eq!(test.labels().to_vec::<i64>(), [0, 0, 0, 0, 1, 1]);
    assert_eq!((train.num_classes(), test.num_classes()), (3, 3));
    let again = data.train_test_split(0.4, 3).unwrap().1.features().to_vec::<i64>();
    let other = data.train_test_split(0.4, 4).unwrap().1.features().to_vec::<i64>();
    assert!(again == b && other != b);
    for fraction in [0.0, 1.0, -1.0, f64::NAN] {
        assert!(data.train_test_split(fraction, 0).unwrap_err().message().contains("between 0 and 1"));
    }
    assert!(data.train_test_split(0.01, 0).unwrap_err().message().contains("nothing to test with"));
    assert!(data.select(&[3, 16]).is_err());
    assert!(data.select(&[]).is_err());
}

fn numbers(batches: Batches) -> Vec<Vec<i64>> {
    batches.map(|(x, _)| x.to_vec::<i64>()).collect()
}

#[test]
fn batches_in_order_and_shuffled() {
    let data = numbered();
    let stored = data.batches(6);
    assert_eq!(stored.len(), 3);
    assert_eq!(numbers(stored), [(0..6).collect::<Vec<i64>>(), (6..12).collect(), (12..16).collect()]);
    assert_eq!(data.batches(100).next().unwrap().0.shape(), [16, 1]);
    manual_seed(5);
    let untouched = Tensor::rand(&[1]).item();
    manual_seed(5);
    let first = numbers(data.shuffled_batches(6, 1, 0));
    assert_eq!(first.iter().map(Vec::len).collect::<Vec<_>>(), [6, 6, 4]);
    let mut all = first.concat();
    all.sort_unstable();
    assert_eq!(all, (0..16).collect::<Vec<i64>>());
    assert_eq!(numbers(data.shuffled_batches(6, 1, 0)), first);
    assert_ne!(numbers(data.shuffled_batches(6, 1, 1)), first);
    assert_eq!(data.shuffled_batches(6, 1, 0).skip(2).map(|(x, _)| x.to_vec::<i64>()).collect::<Vec<_>>(), first[2..]);
    assert_eq!(data.batches(6).skip(3).count() + data.batches(6).skip(usize::MAX).count(), 0);
    assert_ne!(numbers(data.shuffled_batches(6, 2, 0)), first);
    assert_eq!(Tensor::rand(&[1]).item(), untouched);
    for (x, y) in data.shuffled_batches(5, 9, 9) {
        let expected = x.to_vec::<i64>().into_iter().map(|i| i64::from(i >= 10) + i64::from(i == 15));
        assert_eq!(y.to_vec::<i64>(), expected.collect::<Vec<_>>());
    }
    assert!(std::panic::catch_unwind(|| numbered().batches(0).len()).is_err());
}

#[test]
fn the_order_is_the_same_on_every_machine() {
    // Recorded once: training runs must be repeatable from release to release.
    assert_eq!(
        numbers(numbered().shuffled_batches(16, 0, 0)),
        [[11, 5, 15, 0, 9, 8, 1, 12, 10, 4, 14, 3, 2, 7, 13, 6]]
    );
    let (_, test) = numbered().train_test_split(0.25, 0).unwrap();
    assert_eq!(test.features().to_vec::<i64>(), [1, 4, 7, 13]);
}

#[test]
fn the_shipped_file_is_described() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let readme = std::fs::read_to_string(dir.join("README.md")).unwrap();
    assert!(readme.contains("CC BY 4.0") && readme.contains("Alpaydin"));
    assert_eq!(load_csv(dir.join("digits.csv.gz")).unwrap().len(), 1797);
}

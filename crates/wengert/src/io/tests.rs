use super::*;
use crate::dtype::{bf16, f16};
use crate::error::Kind;
use crate::tensor;

/// A directory of its own for one test.
struct Dir(PathBuf);

impl Dir {
    fn new(test: &str) -> Dir {
        let dir = std::env::temp_dir().join(format!("wengert-io-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Dir(dir)
    }
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn bytes_of(tensors: &[(&str, &Tensor)], metadata: &Metadata) -> Vec<u8> {
    let dir = Dir::new(&format!("bytes-{:?}", std::thread::current().id()));
    let path = dir.file("x.safetensors");
    save(&path, tensors.iter().copied(), metadata).unwrap();
    std::fs::read(path).unwrap()
}

fn parse(bytes: &[u8]) -> Result<Tensors> {
    Ok(read(&mut &bytes[..], bytes.len() as u64)?.0)
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

#[test]
fn every_dtype_comes_back() {
    let dir = Dir::new("dtypes");
    let path = dir.file("all.safetensors");
    let saved = [
        ("bool", Tensor::from_slice(&[true, false, true], &[3])),
        ("u8", Tensor::from_slice(&[0u8, 255], &[2])),
        ("i8", Tensor::from_slice(&[-128i8, 127], &[1, 2])),
        ("i16", Tensor::from_slice(&[i16::MIN, i16::MAX], &[2])),
        ("i32", Tensor::from_slice(&[i32::MIN, i32::MAX], &[2, 1])),
        ("i64", Tensor::from_slice(&[i64::MIN, i64::MAX], &[2])),
        ("f16", Tensor::from_slice(&[f16::from_f32(0.1), f16::NEG_INFINITY], &[2])),
        ("bf16", Tensor::from_slice(&[bf16::from_f32(0.1), bf16::MAX], &[2])),
        ("f32", Tensor::from_slice(&[0.1f32, f32::MIN_POSITIVE, -0.0], &[3])),
        ("f64", Tensor::from_slice(&[0.1f64, f64::MAX], &[2])),
        ("empty", Tensor::zeros(&[2, 0, 3])),
        ("scalar", tensor!(7)),
        ("unicode \"ä\" \\ 数", tensor!([1.0])),
    ];
    let metadata = Metadata::from([("format".into(), "pt".into()), ("epoch".into(), "3".into())]);
    save(&path, saved.iter().map(|(n, t)| (n, t)), &metadata).unwrap();
    let (loaded, strings) = load_with_metadata(&path).unwrap();
    assert_eq!(strings, metadata);
    assert_eq!(loaded.len(), saved.len());
    for (name, t) in &saved {
        let l = &loaded[*name];
        assert_eq!((l.shape(), l.dtype()), (t.shape(), t.dtype()), "{name}");
        assert_eq!(l.to_vec::<f64>(), t.to_vec::<f64>(), "{name}");
        assert_eq!(l.to_vec::<i64>(), t.to_vec::<i64>(), "{name}");
        assert!(l.is_leaf() && !l.requires_grad());
    }
    // Nothing but the file itself is left behind.
    assert_eq!(std::fs::read_dir(&dir.0).unwrap().count(), 1);
}

#[test]
fn views_are_written_densely_and_the_bytes_are_those_of_the_format() {
    let x = Tensor::from_slice(&[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]);
    let column = Tensor::from_array(x.array().with_layout(x.array().layout().permute(&[1, 0])));
    assert!(!column.is_contiguous());
    let bytes = bytes_of(&[("t", &column)], &Metadata::new());
    let header = r#"{"t":{"data_offsets":[0,24],"dtype":"F32","shape":[3,2]}}       "#;
    let numbers: Vec<u8> = [1.0f32, 4.0, 2.0, 5.0, 3.0, 6.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    assert_eq!(bytes, with_header(header, &numbers));
}

#[test]
fn wide_elements_come_first_and_bytes_repeat() {
    let (a, b, c) = (tensor!([true]), tensor!([1.0]), tensor!([1, 2]));
    let metadata = Metadata::from([("b".into(), "1".into()), ("a".into(), "2".into()), ("c".into(), "3".into())]);
    let one = bytes_of(&[("a", &a), ("b", &b), ("c", &c)], &metadata);
    assert_eq!(one, bytes_of(&[("c", &c), ("b", &b), ("a", &a)], &metadata));
    assert_eq!(one.len() % 8, (8 + 8 + 16 + 4 + 1) % 8);
    assert_eq!(&one[one.len() - 21..one.len() - 13], &1i64.to_le_bytes());
}

#[test]
fn what_other_programs_write_is_read() {
    // Unpadded header, names in another order than the numbers.
    let header =
        r#"{"b":{"dtype":"I16","shape":[2],"data_offsets":[1,5]},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#;
    let t = parse(&with_header(header, &[7, 1, 0, 255, 255])).unwrap();
    assert_eq!(t["a"].to_vec::<i64>(), [7]);
    assert_eq!(t["b"].to_vec::<i64>(), [1, -1]);
    assert!(parse(&with_header("{}", &[])).unwrap().is_empty());
}

#[test]
fn damaged_files_are_errors_and_never_panics() {
    let metadata = Metadata::from([("k".into(), "v".into())]);
    let (a, b) = (tensor!([true, false]), tensor!([[1.0, 2.0], [3.0, 4.0]]));
    let whole = bytes_of(&[("flag", &a), ("w", &b)], &metadata);
    assert_eq!(parse(&whole).unwrap().len(), 2);
    for n in 0..whole.len() {
        assert!(parse(&whole[..n]).is_err(), "truncated to {n} bytes");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert!(parse(&longer).is_err());
    // Every bit of the file, and random bytes in several places at once.
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            let _ = parse(&bytes);
        }
    }
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + next() % 4 {
            let at = next() % bytes.len();
            bytes[at] = next() as u8;
        }
        let _ = parse(&bytes);
    }
}

#[test]
fn headers_that_lie() {
    let tensor = |shape: &str, end: u64, dtype: &str| {
        format!(r#"{{"x":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
    };
    let text = |bytes: &[u8]| parse(bytes).unwrap_err().message().to_string();
    let huge = tensor("[1000000000000]", 4_000_000_000_000, "F32");
    assert!(text(&with_header(&huge, &[0; 8])).contains("truncated safetensors file"));
    assert!(parse(&with_header(&tensor("[0, 9223372036854775807, 4]", 0, "F32"), &[])).is_err());
    assert!(parse(&with_header(&tensor("[9223372036854775807, 4]", 0, "F32"), &[])).is_err());
    assert!(parse(&with_header(&tensor("[2]", 4, "F32"), &[0; 4])).is_err());
    assert!(parse(&with_header(&tensor("[-1]", 4, "F32"), &[0; 4])).is_err());
    assert!(text(&with_header(&tensor("[1]", 1, "BOOL"), &[2])).contains("tensor 'x': 2 is no bool"));
    assert!(text(&with_header(&tensor("[1]", 8, "U64"), &[0; 8])).contains("wengert has no dtype U64"));
    assert!(text(&u64::MAX.to_le_bytes()).contains("claims a header"));
    assert!(text(b"PK\x03\x04........").contains("zip archive"));
    assert!(text(b"short").contains("only 5 bytes"));
    assert!(text(&with_header("label,pixel\n1,2\n", &[])).contains("not a safetensors file"));
    assert!(text(&with_header(&"[".repeat(100_000), &[])).contains("not a safetensors file"));
}

#[test]
fn errors_name_the_file_and_leave_an_older_one_alone() {
    let dir = Dir::new("errors");
    let path = dir.file("model.safetensors");
    let missing = load(&path).unwrap_err();
    assert_eq!(missing.kind(), Kind::Io);
    assert!(missing.message().contains("model.safetensors"), "{missing}");
    let x = tensor!([1.0]);
    save(&path, [("x", &x)], &Metadata::new()).unwrap();
    let old = std::fs::read(&path).unwrap();
    let twice = save(&path, [("a", &x), ("a", &x)], &Metadata::new()).unwrap_err();
    assert!(twice.message().contains("model.safetensors: two tensors are called 'a'"), "{twice}");
    assert!(save(&path, [("__metadata__", &x)], &Metadata::new()).is_err());
    let failed = write_atomically(&path, |out| {
        out.write_all(b"half")?;
        Err(std::io::Error::other("no space"))
    });
    assert!(failed.unwrap_err().message().contains("no space"));
    assert_eq!(std::fs::read(&path).unwrap(), old);
    assert_eq!(std::fs::read_dir(&dir.0).unwrap().count(), 1);
    let nowhere = save(dir.file("no/such/dir"), [("x", &x)], &Metadata::new()).unwrap_err();
    assert_eq!(nowhere.kind(), Kind::Io);
    std::fs::write(&path, &old[..old.len() - 1]).unwrap();
    let e = load(&path).unwrap_err();
    assert!(e.message().contains("model.safetensors: truncated"), "{e}");
}

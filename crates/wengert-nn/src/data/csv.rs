//! Data sets as text: one sample a line, numbers between commas, the label last.

use super::{Dataset, source};
use std::io::BufRead;
use std::path::Path;
use wengert::{Error, Result, Tensor};

/// Reads a CSV file, which may be compressed by gzip: in each line the features of a sample (`float32`) and in the last column its
/// label, an integer from 0. A first line without any number in it is a header; blank lines do not count.
///
/// # Errors
/// With file and line: another number of columns than in the lines before, fewer than two columns, a feature that is no finite number, a
/// label that is no integer or negative, a file without samples, and what the system says.
pub fn load_csv(path: impl AsRef<Path>) -> Result<Dataset> {
    let path = path.as_ref();
    parse(source::open(path)?, &path.display().to_string())
}

/// [`load_csv`] of text that is called `file` in errors.
pub(super) fn parse(text: impl BufRead, file: &str) -> Result<Dataset> {
    let mut table = Table::default();
    for (i, line) in text.lines().enumerate() {
        let line = line.map_err(|e| source::cannot_read(&format!("{file}, line {}", i + 1), &e))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        let header = i == 0 && is_header(line);
        if !line.is_empty() && !header {
            table.push(line).map_err(|what| Error::value(format!("{file}:{}: {what}", i + 1)))?;
        }
    }
    if table.labels.is_empty() {
        return Err(Error::value(format!("{file}: there are no samples in it")));
    }
    let n = table.labels.len();
    let features = Tensor::from_slice(&table.features, &[n, table.columns - 1]);
    Dataset::new(features, Tensor::from_slice(&table.labels, &[n]))
}

fn is_header(line: &str) -> bool {
    line.split(',').all(|field| field.trim().parse::<f32>().is_err())
}

#[derive(Default)]
struct Table {
    features: Vec<f32>,
    labels: Vec<i64>,
    /// As in the first line; the label is the last.
    columns: usize,
}

impl Table {
    /// Adds a line, or says what is wrong with it.
    fn push(&mut self, line: &str) -> Result<(), String> {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let (label, features) = fields.split_last().expect("split gives at least one field");
        if features.is_empty() {
            return Err(format!("expected features and a label between commas, but there is only '{label}'"));
        }
        if self.labels.is_empty() {
            self.columns = fields.len();
        }
        if fields.len() != self.columns {
            return Err(format!("there are {} columns, but {} in the lines before", fields.len(), self.columns));
        }
        for (i, field) in features.iter().enumerate() {
            let column = i + 1;
            let value: f32 = field.parse().map_err(|_| format!("'{field}' in column {column} is not a number"))?;
            if !value.is_finite() {
                return Err(format!("'{field}' in column {column} is not a finite number"));
            }
            self.features.push(value);
        }
        let value: i64 = label.parse().map_err(|_| format!("the label '{label}' is not an integer"))?;
        if value < 0 {
            return Err(format!("the label {value} is negative"));
        }
        self.labels.push(value);
        Ok(())
    }
}

//! Curves over epochs, as SVG and as PNG.

use super::font::{FAMILY, register};
use crate::error::{CliError, Result};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, Ranged};
use plotters::prelude::*;
use std::ops::Range;

/// A named line.
#[derive(Clone, Debug)]
pub struct Curve {
    /// For the legend.
    pub name: &'static str,
    /// One value for each epoch, the first being epoch 1.
    pub values: Vec<f64>,
}

const SIZE: (u32, u32) = (760, 480);
const COLOURS: [RGBColor; 3] = [RGBColor(47, 111, 181), RGBColor(201, 117, 31), RGBColor(62, 140, 78)];

/// The curves as SVG text.
pub fn svg(title: &str, curves: &[Curve]) -> Result<String> {
    let mut text = String::new();
    draw(SVGBackend::with_string(&mut text, SIZE).into_drawing_area(), title, curves)?;
    Ok(text)
}

/// The curves as the bytes of a PNG file.
pub fn png(title: &str, curves: &[Curve]) -> Result<Vec<u8>> {
    let (w, h) = SIZE;
    let mut pixels = vec![255; (w * h * 3) as usize];
    draw(BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area(), title, curves)?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, w, h);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(&pixels));
    written.map_err(|e| CliError::new(format!("cannot draw the curves: {e}")))?;
    Ok(bytes)
}

/// The ticks of an axis, chosen here: of 1 to 3 epochs there is no epoch 1.5.
struct Axis {
    range: Range<f64>,
    ticks: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = plotters::coord::ranged1d::NoDefaultFormatting;
    type ValueType = f64;
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let part = (value - self.range.start) / (self.range.end - self.range.start);
        limit.0 + (part * f64::from(limit.1 - limit.0)).round() as i32
    }
    fn key_points<H: KeyPointHint>(&self, _: H) -> Vec<f64> {
        self.ticks.clone()
    }
    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl plotters::coord::ranged1d::ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        // Steps are 1, 2 or 5 times a power of ten: so many decimals as the step has.
        let step = self.ticks.get(1).zip(self.ticks.first()).map_or(1.0, |(b, a)| b - a);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        format!("{value:.decimals$}")
    }
}

/// Steps of 1, 2 or 5 times a power of ten that cut the range into at most `most` parts.
fn ticks(range: Range<f64>, most: usize, least_step: f64) -> Vec<f64> {
    let raw = ((range.end - range.start) / most as f64).max(least_step);
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= raw * 0.999).unwrap_or(raw);
    let first = (range.start / step).ceil() as i64;
    let last = (range.end / step + 1e-9).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

fn draw<B: DrawingBackend>(area: DrawingArea<B, Shift>, title: &str, curves: &[Curve]) -> Result<()> {
    register();
    drawn(&area, title, curves).map_err(|e| CliError::new(format!("cannot draw the curves: {e}")))
}

fn drawn<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    title: &str,
    curves: &[Curve],
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    area.fill(&WHITE)?;
    let epochs = curves.iter().map(|c| c.values.len()).max().unwrap_or(0);
    let values = || curves.iter().flat_map(|c| &c.values).copied().filter(|v| v.is_finite());
    let top = values().fold(0.0, f64::max);
    let top = if top > 0.0 { top * 1.08 } else { 1.0 };
    // From 0, so that heights compare; below only if a value is.
    let bottom = values().fold(0.0, f64::min) * 1.08;
    let last = epochs.max(2) as f64;
    let x = Axis { range: 1.0..last, ticks: ticks(1.0..last, 10, 1.0) };
    let y = Axis { range: bottom..top, ticks: ticks(bottom..top, 8, 0.0) };
    let mut chart = ChartBuilder::on(area)
        .caption(title, (FAMILY, 20))
        .margin(16)
        .margin_right(28)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .axis_style(RGBColor(120, 120, 120))
        .x_desc("epoch")
        .y_desc("loss")
        .label_style((FAMILY, 14))
        .axis_desc_style((FAMILY, 15))
        .draw()?;
    for (curve, colour) in curves.iter().zip(COLOURS.iter().cycle()) {
        let points: Vec<(f64, f64)> =
            (1..).map(f64::from).zip(curve.values.iter().copied()).filter(|p| p.1.is_finite()).collect();
        let style = colour.stroke_width(2);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), style))?
            .label(curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
        // A single epoch is no line yet; and few points are worth seeing.
        if points.len() <= 60 {
            chart.draw_series(points.iter().map(|p| Circle::new(*p, 2, colour.filled())))?;
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .margin(12)
        .background_style(WHITE)
        .border_style(RGBColor(200, 200, 200))
        .label_font((FAMILY, 15))
        .draw()?;
    area.present()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(ticks(1.0..30.0, 10, 1.0), [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!(ticks(1.0..3.0, 10, 1.0), [1.0, 2.0, 3.0]);
        assert_eq!(ticks(0.0..1.0, 5, 0.0).len(), 6);
    }

    #[test]
    fn figures_have_letters_and_lines() {
        let curves = [
            Curve { name: "training", values: vec![2.0, 1.0, 0.5] },
            Curve { name: "test", values: vec![1.9, f64::NAN, 0.7] },
        ];
        let text = svg("a run", &curves).unwrap();
        for part in ["a run", "epoch", "training", "polyline"] {
            assert!(text.contains(part), "{part}");
        }
        let bytes = png("a run", &curves).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        // The caption is the only thing in the uppermost rows.
        let dark = pixels[..(SIZE.0 * 40 * 3) as usize].chunks(3).filter(|p| p[0] < 100).count();
        assert!(dark > 50, "{dark} dark pixels");
        assert!(svg("nothing", &[]).is_ok() && png("nothing", &[Curve { name: "x", values: vec![] }]).is_ok());
    }
}

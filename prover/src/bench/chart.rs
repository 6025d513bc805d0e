//! Time, memory and size against the size of the book, both axes logarithmic, as SVG.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::Kind;
use super::targets::Book;
use crate::figures;

const WIDTH: u32 = 1_140;
const HEIGHT: u32 = 380;
/// (figure, title) of each panel.
const PANELS: [(&str, &str); 3] = [
    ("/seconds/attest_warm", "attest, seconds"),
    ("/peak_memory_mib", "peak memory, MiB"),
    ("/attestation_bytes", "attestation, bytes"),
];
/// Colours that differ for every kind of sight; the marks differ too.
const COLOURS: [RGBColor; 3] = [
    RGBColor(0, 90, 160),
    RGBColor(200, 90, 0),
    RGBColor(0, 120, 90),
];

/// A disc, a triangle or a cross: the mark of a kind of book.
macro_rules! mark {
    ($kind:expr, $at:expr, $colour:expr) => {
        match $kind {
            Kind::Plain => Circle::new($at, 4, $colour.filled()).into_dyn(),
            Kind::Secured => TriangleMarker::new($at, 6, $colour.filled()).into_dyn(),
            Kind::Trades => Cross::new($at, 4, $colour.stroke_width(2)).into_dyn(),
        }
    };
}

/// What could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the chart cannot be drawn: {0}")]
pub struct ChartError(String);

fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError(error.to_string())
}

/// The chart.
///
/// # Errors
/// [`ChartError`] if nothing was measured.
pub fn svg(books: &[Book]) -> Result<String, ChartError> {
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, (WIDTH, HEIGHT)).into_drawing_area();
        root.fill(&WHITE).map_err(failed)?;
        let areas = root.split_evenly((1, PANELS.len()));
        for (area, (path, title)) in areas.iter().zip(PANELS) {
            panel(area, books, path, title)?;
        }
        root.present().map_err(failed)?;
    }
    Ok(text)
}

fn points(books: &[Book], kind: Kind, path: &str) -> Vec<(f64, f64)> {
    let of_kind = books.iter().filter(|book| book.kind == kind);
    let point = |book: &Book| {
        let figure = book.measured.pointer(path)?.as_f64()?;
        Some((book.positions as f64, figure))
    };
    of_kind.filter_map(point).collect()
}

fn panel(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    books: &[Book],
    path: &str,
    title: &str,
) -> Result<(), ChartError> {
    let kinds = [Kind::Plain, Kind::Secured, Kind::Trades];
    let all = kinds.iter().flat_map(|kind| points(books, *kind, path));
    let spread = all.fold(None, |spread, (x, y)| {
        let (x0, x1, y0, y1) = spread.unwrap_or((x, x, y, y));
        Some((x.min(x0), x.max(x1), y.min(y0), y.max(y1)))
    });
    let (x0, x1, y0, y1) = spread.ok_or_else(|| failed("nothing was measured"))?;
    let mut chart = ChartBuilder::on(area)
        .margin(14)
        .caption(title, ("sans-serif", 18))
        .x_label_area_size(34)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (x0 * 0.8..x1 * 1.3).log_scale(),
            // Room for the legend above the lines.
            (y0 * 0.7..y1 * 6.0).log_scale(),
        )
        .map_err(failed)?;
    chart
        .configure_mesh()
        .x_desc("positions")
        .x_label_formatter(&|value| grouped(*value))
        .y_label_formatter(&|value| grouped(*value))
        .light_line_style(WHITE)
        .draw()
        .map_err(failed)?;
    for (number, kind) in kinds.into_iter().enumerate() {
        let colour = COLOURS[number];
        let points = points(books, kind, path);
        if points.is_empty() {
            continue;
        }
        let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2));
        let drawn = chart.draw_series(line).map_err(failed)?;
        drawn
            .label(kind.wide().name())
            .legend(move |(x, y)| mark!(kind, (x + 8, y), colour));
        chart
            .draw_series(points.iter().map(|point| mark!(kind, *point, colour)))
            .map_err(failed)?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .label_font(("sans-serif", 13))
        .draw()
        .map_err(failed)
}

/// 65536 as 65 536.
fn grouped(value: f64) -> String {
    figures::grouped(&format!("{value:.0}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_measured_kind_has_its_line_and_its_marks() {
        let book = |kind, positions: usize| Book {
            kind,
            positions,
            measured: json!({
                "seconds": { "attest_warm": positions as f64 / 100.0 },
                "peak_memory_mib": positions,
                "attestation_bytes": 10 * positions,
            }),
        };
        let books = [
            book(Kind::Plain, 1_000),
            book(Kind::Plain, 65_536),
            book(Kind::Secured, 1_000),
        ];
        let text = svg(&books).unwrap();
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
        for (_, title) in PANELS {
            assert!(text.contains(title));
        }
        assert_eq!(text.matches("plain exposures").count(), PANELS.len());
        assert_eq!(text.matches("derivatives").count(), 0);
        // Two books and the mark in the legend, in each panel.
        assert_eq!(text.matches("<circle").count(), 3 * PANELS.len());
        assert!(svg(&[]).is_err());
        assert_eq!(grouped(1_000_000.0), "1 000 000");
    }
}

//! Aligned text, and numbers with their units.

use std::fmt;

/// The first column is words, the others are numbers.
pub struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Table {
    pub fn new(columns: &[&'static str]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// One cell for each column.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// A line below the table.
    pub fn note(&mut self, words: impl Into<String>) {
        self.notes.push(words.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads: Vec<String> = self.columns.iter().map(|c| (*c).to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&heads).chain(&self.rows).collect();
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        for line in lines {
            let mut text = String::new();
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                text += &match column {
                    0 => format!("  {cell:<width$}"),
                    _ => format!("   {cell:>width$}"),
                };
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        Ok(())
    }
}

/// Nothing to say in this cell.
pub fn none() -> String {
    "–".into()
}

/// In the unit that fits: ns, µs, ms or s. A difference may be negative.
pub fn time(secs: f64) -> String {
    let (value, unit) = match secs.abs() {
        s if s < 1e-6 => (secs * 1e9, "ns"),
        s if s < 1e-3 => (secs * 1e6, "µs"),
        s if s < 1.0 => (secs * 1e3, "ms"),
        _ => (secs, "s"),
    };
    format!("{} {unit}", digits(value))
}

pub fn megabytes_per_sec(bytes_per_sec: f64) -> String {
    format!("{} MB/s", digits(bytes_per_sec / 1e6))
}

pub fn mebibytes(bytes: f64) -> String {
    format!("{} MiB", digits(bytes / 1024.0 / 1024.0))
}

pub fn percent(part: f64) -> String {
    format!("{} %", digits(part * 100.0))
}

pub fn times(ratio: f64) -> String {
    format!("×{}", digits(ratio))
}

/// Three digits that count; more would pretend.
fn digits(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 1.0 || v == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

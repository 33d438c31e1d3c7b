//! Figures as they come in, and what they come to.

use serde::Serialize;

/// A figure, measured once for each repeat.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The table that it stands in.
    pub table: &'static str,
    /// Its row.
    pub row: String,
    /// Its column, with the unit.
    pub column: &'static str,
    /// The values, in the order in which they were measured.
    pub values: Vec<f64>,
}

impl Figure {
    /// The value in the middle.
    pub fn median(&self) -> f64 {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let half = sorted.len() / 2;
        match sorted[..] {
            [] => f64::NAN,
            _ if sorted.len().is_multiple_of(2) => f64::midpoint(sorted[half - 1], sorted[half]),
            _ => sorted[half],
        }
    }

    /// The least and the greatest.
    pub fn spread(&self) -> (f64, f64) {
        let least = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        (least, self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }
}

/// All figures of a run.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Book(Vec<Figure>);

impl Book {
    /// Writes a value down.
    pub fn note(&mut self, table: &'static str, row: &str, column: &'static str, value: f64) {
        let same = |figure: &&mut Figure| {
            figure.table == table && figure.row == row && figure.column == column
        };
        match self.0.iter_mut().find(same) {
            Some(figure) => figure.values.push(value),
            None => {
                self.0.push(Figure { table, row: row.to_owned(), column, values: vec![value] });
            }
        }
    }

    /// The figures of a table, in the order in which they were first noted.
    pub fn table<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Figure> {
        self.0.iter().filter(move |figure| figure.table == table)
    }

    /// A figure, if it was measured.
    pub fn figure(&self, table: &str, row: &str, column: &str) -> Option<&Figure> {
        self.0.iter().find(|f| f.table == table && f.row == row && f.column == column)
    }

    /// The middle of a figure, if it was measured.
    pub fn median(&self, table: &str, row: &str, column: &str) -> Option<f64> {
        self.figure(table, row, column).map(Figure::median)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_figure_come_together() {
        let mut book = Book::default();
        for value in [3.0, 1.0, 2.0] {
            book.note("t", "r", "c", value);
        }
        book.note("t", "another", "c", 9.0);
        let figure = book.figure("t", "r", "c").unwrap();
        assert_eq!((figure.median(), figure.spread()), (2.0, (1.0, 3.0)));
        book.note("t", "r", "c", 4.0);
        assert_eq!(book.median("t", "r", "c"), Some(2.5));
        assert_eq!(book.table("t").count(), 2);
        assert_eq!(book.median("t", "r", "other"), None);
    }
}

//! The figures as people read them: tables in Markdown. And as programs do: JSON.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    book::{Book, Figure},
    growth,
    machine::Machine,
    ratios::Ratio,
};

/// Everything as Markdown, under a heading for each table.
pub fn markdown(machine: &Machine, book: &Book, ratios: &[Ratio]) -> String {
    let Machine { processor, cores, kernel, load } = machine;
    let mut text = format!(
        "{cores} × {processor}, Linux {kernel}; load average when the run began {load:.1}. Medians; \
         in parentheses the least and the greatest of all repeats.\n"
    );
    if !ratios.is_empty() {
        text += "\n### Against the aims\n\n| what | aim | reached | |\n|---|--:|--:|---|\n";
    }
    for ratio in ratios {
        let sign = if ratio.more { '≥' } else { '≤' };
        let mark = if ratio.is_reached() { "✓" } else { "" };
        let aim = ratio.aim.map_or_else(String::new, |aim| format!("{sign} {}", number(aim)));
        text += &format!("| {} | {aim} | {} | {mark} |\n", ratio.what, number(ratio.reached));
    }
    for (table, title) in TITLES {
        text += &table_of(book, table, title);
    }
    text
}

/// Everything as JSON.
pub fn json(machine: &Machine, book: &Book, ratios: &[Ratio]) -> String {
    let all = json!({"machine": machine, "ratios": ratios, "figures": book});
    serde_json::to_string_pretty(&all).expect("figures are plain") + "\n"
}

const TITLES: [(&str, &str); 9] = [
    ("machine", "The disk"),
    ("limit", "The limit: the same work in one process, 64 at once; bare HTTP on 64 connections"),
    ("imports", "Imports, durable when answered"),
    ("reads", "Reads and log-ins, 16 connections"),
    ("peers", "Peers, the same payloads, 16 connections"),
    (growth::TABLE, "Growth: requests on one connection"),
    (growth::WHILE_EXPIRING, "Growth: while 1 in 100 expires within two minutes"),
    (growth::BESIDE_IMPORTS, "Growth: while 16 connections import"),
    ("overload", "Overload: RSA-2048, no client waits after a refusal"),
];

fn table_of(book: &Book, table: &str, title: &str) -> String {
    let mut columns: Vec<&str> = Vec::new();
    let mut rows: Vec<&str> = Vec::new();
    let mut cells = BTreeMap::new();
    for figure in book.table(table) {
        if !columns.contains(&figure.column) {
            columns.push(figure.column);
        }
        if !rows.contains(&&*figure.row) {
            rows.push(&figure.row);
        }
        cells.insert((&*figure.row, figure.column), cell(figure));
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!("\n### {title}\n\n| | {} |\n", columns.join(" | "));
    text += &format!("|---|{}\n", "--:|".repeat(columns.len()));
    for row in rows {
        let of_row = columns
            .iter()
            .map(|column| cells.get(&(row, *column)).map_or(String::new(), String::clone));
        text += &format!("| {row} | {} |\n", of_row.collect::<Vec<_>>().join(" | "));
    }
    text
}

fn cell(figure: &Figure) -> String {
    let median = number(figure.median());
    if figure.values.len() == 1 {
        return median;
    }
    let (least, greatest) = figure.spread();
    format!("{median} ({}–{})", number(least), number(greatest))
}

/// Three digits that count, or all before the point, in groups of three.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value < 100.0 {
        return format!(
            "{value:.*}",
            if value < 1.0 {
                3
            } else if value < 10.0 {
                2
            } else {
                1
            }
        );
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_are_meant() {
        let shown = [0.1234, 4.567, 45.67, 456.7, 1_234_567.8, f64::NAN].map(number);
        assert_eq!(shown, ["0.123", "4.57", "45.7", "457", "1,234,568", "–"]);
    }

    #[test]
    fn a_table_has_what_was_noted() {
        let mut book = Book::default();
        book.note("reads", "show", "p50 ms", 1.0);
        book.note("reads", "show", "p50 ms", 3.0);
        book.note("reads", "export", "CPU µs", 2.0);
        let text = table_of(&book, "reads", "Reads");
        let expected = "\n### Reads\n\n| | p50 ms | CPU µs |\n|---|--:|--:|\n\
                        | show | 2.00 (1.00–3.00) |  |\n| export |  | 2.00 |\n";
        assert_eq!(text, expected);
    }
}

//! Texts in columns.

use unicode_width::UnicodeWidthStr as _;

use super::new_name::is_hidden;

/// What stands between columns.
const GAP: usize = 2;

/// A table: what stands above the columns, then a line for each row.
pub fn table<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let rows = rows.into_iter().map(|row| row.map(|text| printable(&text)));
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let widths = std::array::from_fn::<_, COLUMNS, _>(|at| {
        rows.iter().map(|row| row[at].width()).max().unwrap_or_default()
    });
    rows.iter().map(|row| line(row, widths)).collect()
}

/// One thing: a line for each of its properties.
pub fn card(properties: &[(&str, &str)]) -> String {
    let widest = properties.iter().map(|(label, _)| label.width()).max().unwrap_or_default();
    let row = |label: &str, value: &str| [label.to_owned(), printable(value)];
    let lines = properties.iter().map(|(label, value)| line(&row(label, value), [widest, 0]));
    lines.collect()
}

fn line<const COLUMNS: usize>(
    row: &[impl AsRef<str>; COLUMNS],
    widths: [usize; COLUMNS],
) -> String {
    let mut line = String::new();
    for (text, width) in row.iter().map(AsRef::as_ref).zip(widths) {
        line += text;
        line += &" ".repeat(width.saturating_sub(text.width()) + GAP);
    }
    line.truncate(line.trim_end().len());
    line + "\n"
}

/// A text with what a terminal would obey escaped: names that were stored by earlier versions may hold
/// it.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_seen_in_them() {
        let row = |name: &str, id: &str| [name.to_owned(), id.to_owned(), String::new()];
        let table = table(["NAME", "ID", "X"], [row("店店店", "1"), row("bob", "22")]);
        assert_eq!(table, "NAME    ID  X\n店店店  1\nbob     22\n");
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let table = table(["NAME", "ID"], [["a\u{1b}[31m\n\u{202e}b".to_owned(), "1".to_owned()]]);
        assert_eq!(table, "NAME                    ID\na\\u{1b}[31m\\n\\u{202e}b  1\n");
        assert_eq!(card(&[("user", "a\rb")]), "user  a\\rb\n");
    }

    #[test]
    fn a_card_has_a_line_for_each_property() {
        assert_eq!(card(&[("user", "bob"), ("password", "x")]), "user      bob\npassword  x\n");
    }
}

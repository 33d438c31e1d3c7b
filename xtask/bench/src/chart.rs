//! The figures that people would rather look at: bars, in SVG, for light and dark.

use crate::{
    book::Book,
    growth,
    report::number,
    tables::{IMPORTS, LIMIT, PEERS, imports_row, with_http_row},
};

const WIDTH: f64 = 760.0;
/// Where bars begin, and how long the longest is.
const LEFT: f64 = 300.0;
const LONGEST: f64 = 340.0;
const ROW: f64 = 26.0;

/// Which rows of growth are shown.
const CHARTED: [&str; 6] = [
    "page of 10",
    "page of 10 of a status",
    "page of 10 of an enterprise project",
    "show",
    "export",
    "import",
];

struct Bar {
    label: String,
    value: f64,
    /// The least and the greatest that was measured.
    spread: (f64, f64),
    class: &'static str,
}

/// A chart of what was measured.
pub fn svg(book: &Book) -> String {
    let panels = [
        ("RSA-2048 imports a second", rates(book)),
        ("µs for a request: 1,000 stored, and 1,000,000 stored", growing(book)),
    ];
    let mut body = String::new();
    let mut y = 20.0;
    for (title, bars) in panels.iter().filter(|(_, bars)| !bars.is_empty()) {
        y = panel(&mut body, title, bars, y);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" role=\"img\">\n\
         <style>{STYLE}</style>\n<rect class=\"ground\" width=\"{WIDTH}\" height=\"{y}\"/>\n{body}</svg>\n"
    )
}

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2933}.title{font-weight:600;\
    font-size:15px}.ground{fill:#fff}.ours{fill:#2f6fde}.limit{fill:#9db8e8}.peer{fill:#b8bec6}\
    .spread{stroke:#1f2933;stroke-width:1.5}\
    @media(prefers-color-scheme:dark){text{fill:#e4e7eb}.ground{fill:#14181d}.ours{fill:#5b93f5}\
    .limit{fill:#33507f}.peer{fill:#59616b}.spread{stroke:#e4e7eb}}";

fn panel(body: &mut String, title: &str, bars: &[Bar], mut y: f64) -> f64 {
    let most = bars.iter().map(|bar| bar.spread.1).fold(0.0, f64::max);
    let scale = |value: f64| LONGEST * value / most;
    *body += &format!("<text class=\"title\" x=\"16\" y=\"{}\">{title}</text>\n", y + 8.0);
    y += 24.0;
    for Bar { label, value, spread, class } in bars {
        let (middle, length) = (y + ROW / 2.0 - 4.0, scale(*value).max(1.0));
        let (from, to) = (LEFT + scale(spread.0), LEFT + scale(spread.1));
        *body += &format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>\
             <rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"{}\" rx=\"2\"/>",
            LEFT - 10.0,
            middle + 5.0,
            ROW - 8.0,
        );
        if to - from > 1.0 {
            *body += &format!(
                "<line class=\"spread\" x1=\"{from:.1}\" x2=\"{to:.1}\" y1=\"{middle}\" y2=\"{middle}\"/>"
            );
        }
        let after = to.max(LEFT + length) + 8.0;
        *body +=
            &format!("<text x=\"{after:.1}\" y=\"{}\">{}</text>\n", middle + 5.0, number(*value));
        y += ROW;
    }
    y + 24.0
}

fn rates(book: &Book) -> Vec<Bar> {
    let mut bars = Vec::new();
    let mut add = |label: &str, table, row: &str, class| {
        if let Some(figure) = book.figure(table, row, "imports/s") {
            let (value, spread) = (figure.median(), figure.spread());
            bars.push(Bar { label: label.to_owned(), value, spread, class });
        }
    };
    add("the same work without HTTP", LIMIT, "RSA-2048", "limit");
    add("that, and a bare HTTP server", LIMIT, &with_http_row("RSA-2048"), "limit");
    for lines in [1, 16, 64, 256] {
        let connections = if lines == 1 { "connection" } else { "connections" };
        let label = format!("this server, {lines} {connections}");
        add(&label, IMPORTS, &imports_row("RSA-2048", lines), "ours");
    }
    add("OpenBao KV, raft: no checks", PEERS, "OpenBao, RSA-2048", "peer");
    add("moto ACM, memory: no key match", PEERS, "moto, RSA-2048", "peer");
    bars
}

fn growing(book: &Book) -> Vec<Bar> {
    let [few, many] = [1_000, 1_000_000].map(growth::column);
    let both = book.table(growth::TABLE).filter(|figure| {
        figure.column == few && CHARTED.contains(&figure.row.trim_end_matches(", µs"))
    });
    let pairs = both.filter_map(|figure| {
        let grown = book.figure(growth::TABLE, &figure.row, many)?;
        let what = figure.row.trim_end_matches(", µs");
        Some([(what.to_owned(), figure, "limit"), (String::new(), grown, "ours")])
    });
    let bars = pairs.flatten().map(|(label, figure, class)| Bar {
        label,
        value: figure.median(),
        spread: figure.spread(),
        class,
    });
    bars.collect()
}

//! Log lines as JSON.
//!
//! The members of a span are formatted once, when it begins, and copied into each of its lines. The
//! formatter of `tracing-subscriber` parses them again for each line, twice.

use std::fmt::{self, Write};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer, time::FormatTime,
    },
    registry::{LookupSpan, SpanRef},
};

use super::timestamp::Timestamp;

/// Lines as JSON objects: timestamp, level, the members of the event, target, and the innermost span and
/// all spans if there are any.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl<'w> FormatFields<'w> for Json {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut members = Members { line: &mut writer, outcome: Ok(()) };
        fields.record(&mut members);
        members.outcome
    }
}

impl<S> FormatEvent<S, Self> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, Self>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // Events of crates that use `log` have their target in their fields.
        let normalized = event.normalized_metadata();
        let about = normalized.as_ref().unwrap_or_else(|| event.metadata());
        line.write_str("{\"timestamp\":\"")?;
        Timestamp.format_time(&mut line)?;
        line.write_str("\",\"level\":\"")?;
        line.write_str(about.level().as_str())?;
        line.write_str("\",")?;
        self.format_fields(line.by_ref(), event)?;
        line.write_str("\"target\":\"")?;
        Quoted(&mut line).write_str(about.target())?;
        line.write_char('"')?;
        if let Some(innermost) = context.event_scope().and_then(|mut scope| scope.next()) {
            line.write_str(",\"span\":")?;
            write_span(&mut line, &innermost)?;
            line.write_str(",\"spans\":")?;
            let mut before = '[';
            for span in innermost.scope().from_root() {
                line.write_char(before)?;
                write_span(&mut line, &span)?;
                before = ',';
            }
            line.write_char(']')?;
        }
        line.write_str("}\n")
    }
}

fn write_span<S>(line: &mut Writer<'_>, span: &SpanRef<'_, S>) -> fmt::Result
where
    S: for<'a> LookupSpan<'a>,
{
    line.write_char('{')?;
    if let Some(members) = span.extensions().get::<FormattedFields<Json>>() {
        line.write_str(members)?;
    }
    line.write_str("\"name\":\"")?;
    Quoted(line).write_str(span.name())?;
    line.write_str("\"}")
}

/// Writes each field as a member with a comma after it, so that more members can follow.
struct Members<'a> {
    line: &'a mut dyn Write,
    outcome: fmt::Result,
}

impl Members<'_> {
    fn write(&mut self, field: &Field, value: impl FnOnce(&mut dyn Write) -> fmt::Result) {
        let line = &mut *self.line;
        self.outcome = self.outcome.and_then(|()| {
            line.write_char('"')?;
            line.write_str(field.name())?;
            line.write_str("\":")?;
            value(line)?;
            line.write_char(',')
        });
    }

    fn text(&mut self, field: &Field, write: impl FnOnce(&mut Quoted<'_>) -> fmt::Result) {
        self.write(field, |line| {
            line.write_char('"')?;
            write(&mut Quoted(line))?;
            line.write_char('"')
        });
    }
}

impl Visit for Members<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, |text| write!(text, "{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, |text| text.write_str(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, |line| write!(line, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, |line| write!(line, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, |line| write!(line, "{value}"));
    }
}

/// Writes a text inside quotes, with escapes.
struct Quoted<'a>(&'a mut dyn Write);

impl Write for Quoted<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
        while let Some(at) = rest.bytes().position(is_special) {
            self.0.write_str(&rest[..at])?;
            match rest.as_bytes()[at] {
                b'"' => self.0.write_str("\\\"")?,
                b'\\' => self.0.write_str("\\\\")?,
                b'\n' => self.0.write_str("\\n")?,
                control => write!(self.0, "\\u{control:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::{Value, json};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(log: impl FnOnce()) -> Value {
        let written = Written::default();
        let writer = written.clone();
        let log_to = tracing_subscriber::fmt().fmt_fields(Json).event_format(Json);
        let subscriber = log_to.with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, log);
        let line = written.0.lock().unwrap().clone();
        assert!(line.ends_with(b"}\n"));
        let mut json: Value = serde_json::from_slice(&line).unwrap();
        let timestamp = json.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert_eq!(timestamp.as_str().unwrap().len(), 27);
        json
    }

    #[test]
    fn a_line_has_its_own_members_and_those_of_each_span() {
        let line = logged(|| {
            let _outer = tracing::info_span!("outer", id = 7).entered();
            let inner = tracing::info_span!("inner", path = "/v3", later = tracing::field::Empty);
            inner.record("later", true);
            let _inner = inner.entered();
            tracing::warn!(status = 200_u16, error = %"no", form = ?Some(-1), "an {}", "answer");
        });
        let outer = json!({ "id": 7, "name": "outer" });
        let inner = json!({ "path": "/v3", "later": true, "name": "inner" });
        let expected = json!({
            "level": "WARN", "message": "an answer", "status": 200, "error": "no",
            "form": "Some(-1)", "target": "scm_server::log::json::tests",
            "span": inner, "spans": [outer, inner],
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_line_outside_spans_and_every_character_are_json() {
        let characters: String = ('\0'..'\u{300}').chain(['\u{2028}', '\u{1f512}']).collect();
        let line = logged(|| tracing::info!(text = characters, debug = ?characters));
        assert_eq!(line["text"], characters);
        assert_eq!(line["debug"], format!("{characters:?}"));
        assert!(line.get("span").is_none() && line.get("spans").is_none());
    }
}

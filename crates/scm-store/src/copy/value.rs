//! The values of a row, in the form that both backends read and write, and the position of a row.

use std::fmt::{self, Write as _};

use crate::error::StoreError;

/// The value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Nothing,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row to be copied.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its position among the rows of its part.
    pub(crate) position: Position,
    /// Its values, in the order of the columns of its part.
    pub(crate) values: Vec<Value>,
}

/// The position of a row: the values of the columns that order the rows of its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) Vec<Value>);

impl Value {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Appends an encoding of the value. No two sequences of values have the same encoding.
    pub(crate) fn write_to(&self, to: &mut Vec<u8>) {
        let number;
        let (kind, bytes): (u8, &[u8]) = match self {
            Self::Nothing => (0, &[]),
            Self::Number(value) => {
                number = value.to_be_bytes();
                (1, &number)
            }
            Self::Text(text) => (2, text.as_bytes()),
            Self::Bytes(bytes) => (3, bytes),
        };
        to.push(kind);
        to.extend((bytes.len() as u64).to_be_bytes());
        to.extend(bytes);
    }
}

/// The stored form: for each value a letter for its kind, then its digits.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, value) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_char(' ')?;
            }
            match value {
                Value::Nothing => f.write_char('-')?,
                Value::Number(number) => write!(f, "n{number}")?,
                Value::Text(text) => write_hex(f, 't', text.as_bytes())?,
                Value::Bytes(bytes) => write_hex(f, 'b', bytes)?,
            }
        }
        Ok(())
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, kind: char, bytes: &[u8]) -> fmt::Result {
    f.write_char(kind)?;
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl Position {
    /// Reads the stored form.
    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        let values = text.split(' ').map(parse_value).collect::<Option<_>>();
        values.map(Self).ok_or_else(|| StoreError::corrupt(format!("{text:?} is no position")))
    }
}

fn parse_value(word: &str) -> Option<Value> {
    let rest = word.get(1..)?;
    match word.as_bytes().first()? {
        b'-' => Some(Value::Nothing),
        b'n' => rest.parse().ok().map(Value::Number),
        b't' => String::from_utf8(from_hex(rest)?).ok().map(Value::Text),
        b'b' => from_hex(rest).map(Value::Bytes),
        _ => None,
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let bytes = (0..text.len()).step_by(2).map(|at| text.get(at..at + 2));
    bytes.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_stored() {
        let values = [
            Value::Nothing,
            Value::Number(-12),
            Value::Text("ü \0".into()),
            Value::Text(String::new()),
            Value::Bytes(vec![0, 255]),
        ];
        let position = Position(values.to_vec());
        assert_eq!(position.to_string(), "- n-12 tc3bc2000 t b00ff");
        assert_eq!(Position::parse(&position.to_string()).unwrap(), position);
        for wrong in ["", "x", "n", "b0", "bxx", "tff"] {
            assert!(Position::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn no_two_sequences_have_the_same_encoding() {
        let written = |values: &[Value]| {
            let mut bytes = Vec::new();
            values.iter().for_each(|value| value.write_to(&mut bytes));
            bytes
        };
        let (a, b) = (Value::Text("a".into()), Value::Text("b".into()));
        assert_ne!(written(&[a, b]), written(&[Value::Text("ab".into()), Value::Nothing]));
        assert_ne!(written(&[Value::Bytes(vec![])]), written(&[Value::Text("".into())]));
    }
}

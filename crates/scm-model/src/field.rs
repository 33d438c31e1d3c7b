//! Wire types declare their fields once: validation, error messages and the OpenAPI document are
//! derived from that declaration.

use std::fmt;

use serde::{Deserialize, Deserializer};
use validator::{ValidationError, ValidationErrors};

use crate::{Length, SecretText};

/// A wire type made of named fields. Written by the `wire!` macro.
pub trait Wire {
    /// The fields, in their order on the wire.
    const FIELDS: &'static [Field];
}

/// One field of a wire type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its kind of value.
    pub kind: Kind,
    /// Whether it may be absent or null.
    pub optional: bool,
    /// The accepted lengths, if it is a text with a limit.
    pub length: Option<Length>,
    /// Its documentation, a line each.
    pub doc: &'static [&'static str],
}

/// The kind of value that a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A text that must never be printed.
    Secret,
    /// `true` or `false`.
    Flag,
    /// An integer.
    Integer,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// One of these numbers.
    OneNumberOf(&'static [&'static str]),
    /// An array.
    List,
    /// An object.
    Object,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text | Self::Secret => f.write_str("a string"),
            Self::Flag => f.write_str("true or false"),
            Self::Integer => f.write_str("an integer from 0 to 4294967295"),
            Self::OneOf(values) | Self::OneNumberOf(values) => {
                write!(f, "one of {}", values.join(", "))
            }
            Self::List => f.write_str("an array"),
            Self::Object => f.write_str("an object"),
        }
    }
}

impl Kind {
    /// Whether the text of a parameter can be read as this kind of value.
    pub(crate) fn reads(self, text: &str) -> bool {
        match self {
            Self::Flag => matches!(text, "true" | "false"),
            Self::Integer => text.parse::<u32>().is_ok(),
            Self::OneOf(values) | Self::OneNumberOf(values) => values.contains(&text),
            Self::Text | Self::Secret | Self::List | Self::Object => true,
        }
    }
}

/// A type that a field of the wire can have.
pub trait FieldType {
    /// Its kind of value.
    const KIND: Kind;
    /// Whether it may be absent or null.
    const OPTIONAL: bool = false;

    /// The length of a text in Unicode scalar values; `None` for other values and absent texts.
    fn characters(&self) -> Option<usize> {
        None
    }
}

impl FieldType for String {
    const KIND: Kind = Kind::Text;

    fn characters(&self) -> Option<usize> {
        Some(self.chars().count())
    }
}

impl FieldType for SecretText {
    const KIND: Kind = Kind::Secret;

    fn characters(&self) -> Option<usize> {
        Some(self.secret_str().chars().count())
    }
}

impl FieldType for bool {
    const KIND: Kind = Kind::Flag;
}

impl FieldType for u32 {
    const KIND: Kind = Kind::Integer;
}

impl<T> FieldType for Vec<T> {
    const KIND: Kind = Kind::List;
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;

    fn characters(&self) -> Option<usize> {
        self.as_ref()?.characters()
    }
}

/// Declares a type that is one of a few published texts or numbers.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident as $kind:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $vis enum $name {
            $( $(#[$variant_meta])* #[serde(rename = $text)] $variant, )+
        }

        impl $name {
            /// Every value, as it is on the wire.
            pub const VALUES: &'static [&'static str] = &[$($text),+];

            /// The value, as it is on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::FieldType for $name {
            const KIND: $crate::Kind = $crate::Kind::$kind(Self::VALUES);
        }
    };
}
pub(crate) use choice;

/// Declares a wire type: its fields, their limits and their documentation.
///
/// Generates the struct with its serde form, [`validator::Validate`] (whose errors never contain the
/// rejected value, unlike the derived ones), [`Wire`], and, with the feature `openapi`, its schema.
macro_rules! wire {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[doc = $doc:literal])* $(#[serde($($serde:tt)*)])? $(#[schema($($schema:tt)*)])?
               $field:ident: $type:ty $([$length:expr])?, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $vis struct $name {
            $( $(#[doc = $doc])* $(#[serde($($serde)*)])?
               $(#[cfg_attr(feature = "openapi", schema($($schema)*))])?
               pub $field: $type, )*
        }

        impl $crate::FieldType for $name {
            const KIND: $crate::Kind = $crate::Kind::Object;
        }

        impl $crate::Wire for $name {
            const FIELDS: &'static [$crate::Field] = &[$( $crate::Field {
                name: $crate::field::wire_name(stringify!($field)),
                kind: <$type as $crate::FieldType>::KIND,
                optional: <$type as $crate::FieldType>::OPTIONAL,
                length: $crate::field::first(&[$($length)?]),
                doc: &[$($doc),*],
            }, )*];
        }

        impl validator::Validate for $name {
            fn validate(&self) -> Result<(), validator::ValidationErrors> {
                $crate::field::check_lengths(&[$($( (
                    $crate::field::wire_name(stringify!($field)),
                    $crate::FieldType::characters(&self.$field),
                    $length,
                ), )?)*])
            }
        }
    };
}
pub(crate) use wire;

/// Reads null as the default value. The cloud sends null or omits a field that this server always
/// sends, for example of a certificate that was bought and is not issued yet.
pub(crate) fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The limit of a field, if it has one.
pub(crate) const fn first(lengths: &[Length]) -> Option<Length> {
    match lengths {
        [] => None,
        [length, ..] => Some(*length),
    }
}

/// A field's name on the wire: `r#type` is `type` there.
pub(crate) const fn wire_name(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// An error for each text that is too short or too long. It contains the length, never the text.
pub(crate) fn check_lengths(
    texts: &[(&'static str, Option<usize>, Length)],
) -> Result<(), ValidationErrors> {
    let mut errors = ValidationErrors::new();
    for &(field, characters, length) in texts {
        if let Some(actual) = characters.filter(|&actual| !length.allows(actual)) {
            let mut error = ValidationError::new("length");
            error.add_param("actual".into(), &actual);
            errors.add(field, error);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

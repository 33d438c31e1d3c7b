//! What becomes of a schema: one that is sent must take all that it took, one that is answered must
//! give nothing that it did not give.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{items, members};

/// Who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The client.
    In,
    /// The server.
    Out,
}

/// The schemas of both documents, and what was found of those that were compared.
pub struct Shapes<'a> {
    old: &'a Value,
    new: &'a Value,
    seen: BTreeSet<(&'a str, Way)>,
    /// The breaking changes.
    pub found: Vec<String>,
}

/// The lower and the upper ends that a schema can set.
const LIMITS: [(&str, &str); 3] =
    [("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems")];

impl<'a> Shapes<'a> {
    /// Those of two documents.
    pub fn new(old: &'a Value, new: &'a Value) -> Self {
        let [old, new] = [old, new].map(|document| &document["components"]["schemas"]);
        Self { old, new, seen: BTreeSet::new(), found: Vec::new() }
    }

    /// Finds what breaks in a schema, and in those it refers to.
    pub fn compare(&mut self, way: Way, what: &str, before: &'a Value, now: &'a Value) {
        let (old_name, name) = (refers_to(before), refers_to(now));
        if old_name != name {
            let [was, is] = [old_name, name].map(|name| name.unwrap_or("one without a name"));
            self.found.push(format!("{what}: its schema is {is}, was {was}"));
        }
        match (old_name, name) {
            (Some(old_name), Some(name)) => {
                self.types(way, what, before, now);
                if self.seen.insert((old_name, way)) {
                    self.inner(way, old_name, &self.old[old_name], &self.new[name]);
                }
            }
            _ => self.inner(way, what, before, now),
        }
    }

    fn inner(&mut self, way: Way, what: &str, before: &'a Value, now: &'a Value) {
        self.types(way, what, before, now);
        self.values(way, what, before, now);
        self.limits(way, what, before, now);
        self.required(way, what, before, now);
        for (name, before) in members(&before["properties"]) {
            let what = format!("{what}.{name}");
            match now["properties"].get(name) {
                None => self.found.push(format!("{what}: removed")),
                Some(now) => self.compare(way, &what, before, now),
            }
        }
        if let (Some(before), Some(now)) = (before.get("items"), now.get("items")) {
            self.compare(way, &format!("{what}[]"), before, now);
        }
    }

    fn types(&mut self, way: Way, what: &str, before: &Value, now: &Value) {
        let (was, is) = (types(before), types(now));
        let keeps = match way {
            Way::In => is.is_empty() || was.is_subset(&is),
            Way::Out => was.is_empty() || is.is_subset(&was),
        };
        if !keeps {
            let [was, is] = [was, is].map(|types| Vec::from_iter(types).join(" or "));
            self.found.push(format!("{what}: is {is}, was {was}"));
        }
    }

    /// The values of an enumeration, and the pattern of a text.
    fn values(&mut self, way: Way, what: &str, before: &Value, now: &Value) {
        let values = |schema: &Value| schema.get("enum").map(enumerated);
        let (wider, narrower) = match way {
            Way::In => (values(now), values(before)),
            Way::Out => (values(before), values(now)),
        };
        match (wider, narrower) {
            (Some(wider), Some(narrower)) => {
                for value in narrower.difference(&wider) {
                    let change = if way == Way::In { "taken no longer" } else { "new" };
                    self.found.push(format!("{what}: {value} is {change}"));
                }
            }
            (Some(_), None) => self.found.push(format!("{what}: its values were other ones")),
            (None, _) => {}
        }
        let (was, is) = (before.get("pattern"), now.get("pattern"));
        let decisive = if way == Way::In { is } else { was };
        if was != is && decisive.is_some() {
            self.found.push(format!("{what}: its pattern was another one"));
        }
    }

    fn limits(&mut self, way: Way, what: &str, before: &Value, now: &Value) {
        for (lower, upper) in LIMITS {
            for (limit, sign) in [(lower, 1.0), (upper, -1.0)] {
                let end = |schema: &Value| {
                    schema[limit].as_f64().map_or(f64::NEG_INFINITY, |end| end * sign)
                };
                let (was, is) = (end(before), end(now));
                let breaks = if way == Way::In { is > was } else { is < was };
                if breaks && !(limit == "minLength" && is.max(was) <= 0.0) {
                    let [was, is] = [before, now].map(|schema| match &schema[limit] {
                        Value::Null => "none".to_owned(),
                        end => end.to_string(),
                    });
                    self.found.push(format!("{what}: {limit} is {is}, was {was}"));
                }
            }
        }
    }

    fn required(&mut self, way: Way, what: &str, before: &Value, now: &Value) {
        let (was, is) = (enumerated(&before["required"]), enumerated(&now["required"]));
        match way {
            Way::In => {
                let more = is.difference(&was);
                self.found.extend(more.map(|name| format!("{what}: {name} is now required")));
            }
            Way::Out => {
                let gone = was.difference(&is);
                let there = gone.filter(|name| {
                    let name = name.trim_matches('"');
                    now["properties"].get(name).is_some()
                });
                let absent = there.map(|name| format!("{what}: {name} may be absent now"));
                self.found.extend(absent);
            }
        }
    }
}

/// The name of the schema that this one refers to, alone or as a choice between that and null.
fn refers_to(schema: &Value) -> Option<&str> {
    let mut choices = std::iter::once(schema).chain(items(&schema["oneOf"]));
    choices.find_map(|choice| choice["$ref"].as_str()?.rsplit('/').next())
}

fn types(schema: &Value) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for part in std::iter::once(schema).chain(items(&schema["oneOf"])) {
        match &part["type"] {
            Value::String(only) => drop(types.insert(only.clone())),
            any => types.extend(items(any).filter_map(Value::as_str).map(str::to_owned)),
        }
        if part["$ref"].is_string() {
            types.insert("object".to_owned());
        }
    }
    types
}

fn enumerated(values: &Value) -> BTreeSet<String> {
    items(values).map(Value::to_string).collect()
}

//! What a document takes away from those who wrote, or generated, a client from an older one.
//!
//! Names of operations and schemas are an interface too: generated code is called by them. What is
//! only added, or only reworded, breaks no client.

mod shape;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use shape::{Shapes, Way};

/// Every breaking change from one document to another.
pub fn breaking(old: &Value, new: &Value) -> Vec<String> {
    let mut changes = Changes { shapes: Shapes::new(old, new), found: Vec::new() };
    changes.schemes(old, new);
    changes.schema_names(old, new);
    for (path, operations) in members(&old["paths"]) {
        for (method, before) in members(operations) {
            let what = format!("{} {path}", method.to_uppercase());
            match &new["paths"][path][method] {
                Value::Null => changes.found.push(format!("{what}: removed")),
                now => changes.operation(&what, before, now),
            }
        }
    }
    changes.found.append(&mut changes.shapes.found);
    changes.found
}

struct Changes<'a> {
    shapes: Shapes<'a>,
    found: Vec<String>,
}

impl<'a> Changes<'a> {
    fn schemes(&mut self, old: &Value, new: &Value) {
        let known = &new["components"]["securitySchemes"];
        for (name, before) in members(&old["components"]["securitySchemes"]) {
            let sent = |scheme: &Value| {
                ["type", "in", "name", "scheme"].map(|part| scheme.get(part).cloned())
            };
            if sent(before) != sent(&known[name]) {
                self.found.push(format!("security scheme {name}: removed, or sent in another way"));
            }
        }
    }

    fn schema_names(&mut self, old: &Value, new: &Value) {
        for (name, _) in members(&old["components"]["schemas"]) {
            if new["components"]["schemas"].get(name).is_none() {
                self.found.push(format!("schema {name}: removed or renamed"));
            }
        }
    }

    fn operation(&mut self, what: &str, before: &'a Value, now: &'a Value) {
        let (old_id, id) = (&before["operationId"], &now["operationId"]);
        if old_id != id {
            self.found.push(format!("{what}: operationId is {id}, was {old_id}"));
        }
        let accepted = |operation: &Value| -> BTreeSet<String> {
            items(&operation["security"]).map(Value::to_string).collect()
        };
        let (old_proofs, proofs) = (accepted(before), accepted(now));
        if old_proofs.is_empty() && !proofs.is_empty() || !old_proofs.is_subset(&proofs) {
            self.found.push(format!("{what}: a proof of who asks is needed, or taken no longer"));
        }
        self.parameters(what, before, now);
        self.body(what, &before["requestBody"], &now["requestBody"]);
        self.responses(what, &before["responses"], &now["responses"]);
    }

    fn parameters(&mut self, what: &str, before: &'a Value, now: &'a Value) {
        let same = |one: &Value, other: &Value| one["in"] == other["in"] && named_alike(one, other);
        for parameter in items(&before["parameters"]) {
            let what = format!("{what}: parameter {}", parameter["name"]);
            match items(&now["parameters"]).find(|other| same(parameter, other)) {
                None => self.found.push(format!("{what}: removed")),
                Some(now) => {
                    if now["required"] == true && parameter["required"] != true {
                        self.found.push(format!("{what}: now required"));
                    }
                    self.shapes.compare(Way::In, &what, &parameter["schema"], &now["schema"]);
                }
            }
        }
        for parameter in items(&now["parameters"]) {
            let is_new = !items(&before["parameters"]).any(|other| same(parameter, other));
            if is_new && parameter["required"] == true {
                self.found.push(format!("{what}: parameter {}: new, required", parameter["name"]));
            }
        }
    }

    fn body(&mut self, what: &str, before: &'a Value, now: &'a Value) {
        if now["required"] == true && before["required"] != true {
            self.found.push(format!("{what}: the body is now required"));
        }
        self.content(Way::In, &format!("{what}: body"), before, now);
    }

    fn responses(&mut self, what: &str, before: &'a Value, now: &'a Value) {
        for (status, before) in members(before) {
            let what = format!("{what}: {status}");
            let Some(now) = now.get(status) else {
                // A refusal that is no longer given harms no client.
                if status.starts_with('2') {
                    self.found.push(format!("{what}: no longer what a success is"));
                }
                continue;
            };
            for (header, _) in members(&before["headers"]) {
                if now["headers"].get(header).is_none() {
                    self.found.push(format!("{what}: header {header}: removed"));
                }
            }
            self.content(Way::Out, &what, before, now);
        }
    }

    fn content(&mut self, way: Way, what: &str, before: &'a Value, now: &'a Value) {
        for (kind, before) in members(&before["content"]) {
            match now["content"].get(kind) {
                None => self.found.push(format!("{what}: {kind}: removed")),
                Some(now) => self.shapes.compare(way, what, &before["schema"], &now["schema"]),
            }
        }
    }
}

/// Names of headers are the same in upper and lower case.
fn named_alike(one: &Value, other: &Value) -> bool {
    let name = |parameter: &Value| parameter["name"].as_str().map(str::to_owned);
    if one["in"] == "header" {
        return name(one).map(|it| it.to_lowercase()) == name(other).map(|it| it.to_lowercase());
    }
    name(one) == name(other)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests;

//! The table as an OpenAPI document: 3.1, and 3.0 for tools that do not support 3.1.
//!
//! The document is generated from the rows, the types and the conditions. The modules `about` and
//! `security` and the examples add what concerns the API as a whole.

mod about;
mod example;
mod narrowed;
mod parameters;
mod refusals;
mod security;
mod v3_0;

use serde_json::{Value, json};
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, Header, Info, ObjectBuilder, OpenApi,
    OpenApiBuilder, Paths, Ref, Required, Response, ResponseBuilder, Schema, Type,
    path::{HttpMethod, Operation as Described, OperationBuilder},
    request_body::RequestBodyBuilder,
};

use crate::{
    Body as _, ErrorShape, Operation, Reply as _, Revision, Visitor, api::visit_all,
    identity::SUBJECT_TOKEN, limits, schema::limit,
};

pub use crate::schema::{Properties, Schemas, properties};
pub use v3_0::downgraded;

/// The document of one revision, in OpenAPI 3.1.
pub fn document(revision: Revision) -> Value {
    let mut document = serde_json::to_value(described(revision)).expect("its keys are strings");
    document["info"] = about::info(revision);
    document["servers"] = about::servers();
    document["tags"] = about::tags();
    document["components"]["securitySchemes"] = security::schemes();
    document["components"]["schemas"]["ErrorBody"]["properties"]["error_code"]["x-extensible-enum"] =
        refusals::codes();
    document["x-error-codes"] = refusals::table();
    document
}

fn described(revision: Revision) -> OpenApi {
    let mut collected = Collected::default();
    visit_all(&mut collected);
    let schemas = narrowed::narrowed(collected.schemas, revision);
    OpenApiBuilder::new()
        .info(Info::new("", ""))
        .servers(Some([]))
        .paths(collected.paths)
        .components(Some(ComponentsBuilder::new().schemas_from_iter(schemas).build()))
        .build()
}

#[derive(Default)]
struct Collected {
    paths: Paths,
    schemas: Schemas,
}

impl Visitor for Collected {
    fn visit<O: Operation>(&mut self) {
        let operation = self.describe::<O>();
        self.paths.add_path_operation(O::PATH, vec![method::<O>()], operation);
    }
}

impl Collected {
    fn describe<O: Operation>(&mut self) -> Described {
        let [summary, description @ ..] = O::DOC else { unreachable!("every row has a summary") };
        let mut operation = OperationBuilder::new()
            .operation_id(Some(O::ID))
            .tag(match O::ERRORS {
                ErrorShape::Scm => about::CERTIFICATES,
                ErrorShape::Identity => about::IDENTITY,
            })
            .summary(Some(summary.trim().trim_end_matches('.')))
            .description(Some(prose(description)))
            .securities(Some(security::requirements(O::ACCESS)))
            .response(O::STATUS.as_str(), self.success::<O>());
        for (status, response) in refusals::of::<O>(&mut self.schemas) {
            operation = operation.response(status, response);
        }
        for parameter in parameters::of::<O>() {
            operation = operation.parameter(parameter);
        }
        if let Some(name) = O::Body::describe(&mut self.schemas) {
            let mut content = content(&name);
            content.examples = example::request(O::ID).into_iter().collect();
            let body = RequestBodyBuilder::new().content("application/json", content);
            operation = operation.request_body(Some(body.required(Some(Required::True)).build()));
        }
        operation.build()
    }

    fn success<O: Operation>(&mut self) -> Response {
        let mut response = answer(O::STATUS.canonical_reason().unwrap_or("Success"));
        for (name, description) in O::Reply::headers() {
            let mut schema = text();
            if name.eq_ignore_ascii_case(SUBJECT_TOKEN.as_str()) {
                limit(&mut schema, limits::AUTH_TOKEN);
            }
            response = response.header(*name, header(schema, description));
        }
        if let Some(name) = O::Reply::describe(&mut self.schemas) {
            let mut content = content(&name);
            content.examples = example::reply(O::ID).into_iter().collect();
            response = response.content("application/json", content);
        }
        response.build()
    }
}

/// One operation as a document has it.
#[cfg(test)]
pub(crate) fn described_operation<O: Operation>() -> Value {
    let operation = Collected::default().describe::<O>();
    serde_json::to_value(operation).expect("its keys are strings")
}

fn method<O: Operation>() -> HttpMethod {
    match O::METHOD {
        http::Method::GET => HttpMethod::Get,
        http::Method::POST => HttpMethod::Post,
        http::Method::PUT => HttpMethod::Put,
        http::Method::PATCH => HttpMethod::Patch,
        http::Method::DELETE => HttpMethod::Delete,
        http::Method::HEAD => HttpMethod::Head,
        other => unreachable!("no row of the table has the method {other}"),
    }
}

/// An answer with the request id that every answer to a readable request has.
fn answer(description: &str) -> ResponseBuilder {
    let mut id = text();
    if let Schema::Object(id) = &mut id {
        id.pattern = Some("^[0-9a-f]{32}$".to_owned());
        id.examples = vec![json!("185d687de3f44f2249d0e0f084efccb5")];
    }
    let words = "The id of the request, as in the server's log.";
    ResponseBuilder::new().description(description).header("X-Request-Id", header(id, words))
}

fn header(schema: Schema, description: &str) -> Header {
    let mut header = Header::new(schema);
    header.description = Some(description.to_owned());
    header
}

/// The schema of any text.
fn text() -> Schema {
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).build())
}

fn content(schema: &str) -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build()
}

/// Documentation lines as paragraphs.
fn prose(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests;

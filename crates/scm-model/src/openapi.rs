//! The table as an OpenAPI document: 3.1, and from that 3.0 for tools that stop there.

mod security;
mod v3_0;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        ComponentsBuilder, Content, ContentBuilder, Header, Info, InfoBuilder, License,
        ObjectBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required, Response,
        ResponseBuilder, Schema, ServerBuilder, Type,
        path::{HttpMethod, Operation as Described, OperationBuilder, Parameter, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::SchemaType,
        tag::TagBuilder,
    },
};

use crate::{
    Body as _, Condition, ErrorBody, ErrorShape, Kind, Length, Operation, Reply as _, Revision,
    Visitor, Wire, api::visit_all, call::header_name, field::Field, identity::IdentityErrorBody,
    limits, payload::Parameters as _,
};

pub use v3_0::downgraded;

/// The document of one revision, in OpenAPI 3.1.
pub fn document(revision: Revision) -> Value {
    let mut document = serde_json::to_value(described(revision)).expect("its keys are strings");
    document["components"]["securitySchemes"] = security::schemes();
    document
}

fn described(revision: Revision) -> OpenApi {
    let mut collected = Collected::default();
    visit_all(&mut collected);
    let mut schemas = collected.schemas.0;
    narrow(&mut schemas, revision);
    OpenApiBuilder::new()
        .info(info(revision))
        .servers(Some([ServerBuilder::new()
            .url("http://127.0.0.1:8443")
            .description(Some("`scm-server` as it starts by default"))
            .build()]))
        .tags(Some([
            TagBuilder::new()
                .name("certificates")
                .description(Some("Certificates with their chains and private keys"))
                .build(),
            TagBuilder::new().name("identity").description(Some("Logging in")).build(),
        ]))
        .paths(collected.paths)
        .components(Some(ComponentsBuilder::new().schemas_from_iter(schemas).build()))
        .build()
}

fn info(revision: Revision) -> Info {
    let mut license = License::new("MIT");
    license.identifier = Some("MIT".into());
    InfoBuilder::new()
        .title("SCM")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(format!(
            "The SSL Certificate Manager API, v3, in its revision of {revision}, as `scm-server` \
             speaks it. Lengths are counted in Unicode characters; fields that are not described \
             are ignored; a request body may have {} bytes. Every answer carries `X-Request-Id`.",
            limits::BODY_BYTES,
        )))
        .license(Some(license))
        .build()
}

/// The schemas of a document, by name.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// Adds a type's schema and those it leans on; gives the name of its own.
    pub fn add<T: Wire + ToSchema>(&mut self) -> String {
        let mut leaned_on = Vec::new();
        T::schemas(&mut leaned_on);
        for (name, schema) in leaned_on {
            self.0.entry(name).or_insert(schema);
        }
        let mut schema = T::schema();
        for field in T::FIELDS {
            if let (Some(length), Some(property)) =
                (field.length, property(&mut schema, field.name))
            {
                limit(property, length);
            }
        }
        self.0.insert(T::name().into_owned(), schema);
        T::name().into_owned()
    }
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
                ErrorShape::Scm => "certificates",
                ErrorShape::Identity => "identity",
            })
            .summary(Some(summary.trim().trim_end_matches('.')))
            .description(Some(prose(description)))
            .securities(Some(security::demanded(O::ACCESS)))
            .response(O::STATUS.as_str(), self.success::<O>());
        for (status, conditions) in by_status(&O::refusals()) {
            operation = operation.response(status, self.refusal(O::ERRORS, &conditions));
        }
        for parameter in parameters::<O>() {
            operation = operation.parameter(parameter);
        }
        if let Some(name) = O::Body::describe(&mut self.schemas) {
            let body = RequestBodyBuilder::new().content("application/json", content(&name));
            operation = operation.request_body(Some(body.required(Some(Required::True)).build()));
        }
        operation.build()
    }

    fn success<O: Operation>(&mut self) -> Response {
        let mut response = answer(O::STATUS.canonical_reason().unwrap_or("Success"));
        for (name, description) in O::Reply::headers() {
            response = response.header(*name, text_header(description));
        }
        if let Some(name) = O::Reply::describe(&mut self.schemas) {
            response = response.content("application/json", content(&name));
        }
        response.build()
    }

    fn refusal(&mut self, shape: ErrorShape, conditions: &[Condition]) -> Response {
        let name = match shape {
            ErrorShape::Scm => self.schemas.add::<ErrorBody>(),
            ErrorShape::Identity => self.schemas.add::<IdentityErrorBody>(),
        };
        let lines: Vec<_> = conditions
            .iter()
            .map(|condition| match shape {
                ErrorShape::Scm => format!("- `{}`: {}", condition.code(), meaning(*condition)),
                ErrorShape::Identity => format!("- {}", meaning(*condition)),
            })
            .collect();
        let mut response = answer(&lines.join("\n")).content("application/json", content(&name));
        if conditions.contains(&Condition::WrongMethod) {
            response = response.header("Allow", text_header("The methods that the path takes."));
        }
        if conditions.iter().any(|condition| condition.passes()) {
            response = response.header("Retry-After", text_header("Seconds until a new try."));
        }
        response.build()
    }
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

fn by_status(conditions: &[Condition]) -> BTreeMap<String, Vec<Condition>> {
    let mut statuses = BTreeMap::<_, Vec<_>>::new();
    for condition in conditions {
        statuses.entry(condition.status().as_str().to_owned()).or_default().push(*condition);
    }
    statuses
}

fn parameters<O: Operation>() -> Vec<Parameter> {
    let path = O::Path::FIELDS.iter().map(|field| parameter(field, ParameterIn::Path));
    let query = O::Query::FIELDS.iter().map(|field| parameter(field, ParameterIn::Query));
    let headers = O::Headers::FIELDS.iter().map(|field| {
        let mut parameter = parameter(field, ParameterIn::Header);
        parameter.name = header_name(field.name);
        parameter
    });
    path.chain(query).chain(headers).collect()
}

fn parameter(field: &Field, place: ParameterIn) -> Parameter {
    let object = ObjectBuilder::new();
    let object = match field.kind {
        Kind::Flag => object.schema_type(Type::Boolean),
        Kind::Integer => object.schema_type(Type::Integer).minimum(Some(0)),
        Kind::OneOf(values) => {
            object.schema_type(Type::String).enum_values(Some(values.iter().copied()))
        }
        Kind::OneNumberOf(values) => object
            .schema_type(Type::Integer)
            .enum_values(Some(values.iter().filter_map(|value| value.parse::<u32>().ok()))),
        Kind::Text | Kind::Secret | Kind::List | Kind::Object => object.schema_type(Type::String),
    };
    let mut schema = Schema::Object(object.build());
    if let Some(length) = field.length {
        limit(&mut schema, length);
    }
    let required = if field.optional { Required::False } else { Required::True };
    let mut parameter = Parameter::new(field.name);
    parameter.parameter_in = place;
    parameter.description = Some(prose(field.doc));
    parameter.required = required;
    parameter.schema = Some(schema.into());
    parameter
}

fn answer(description: &str) -> ResponseBuilder {
    let request_id = text_header("The request's id, as it stands in the server's log.");
    ResponseBuilder::new().description(description).header("X-Request-Id", request_id)
}

fn text_header(description: &str) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String).build());
    header.description = Some(description.to_owned());
    header
}

fn content(schema: &str) -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build()
}

fn meaning(condition: Condition) -> String {
    prose(condition.meaning())
}

/// Documentation lines as paragraphs.
fn prose(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
    lines.join("\n").trim().to_owned()
}

fn property<'a>(schema: &'a mut RefOr<Schema>, name: &str) -> Option<&'a mut Schema> {
    let RefOr::T(Schema::Object(object)) = schema else { return None };
    match object.properties.get_mut(name)? {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
    }
}

fn limit(schema: &mut Schema, length: Length) {
    if let Schema::Object(object) = schema {
        object.min_length = Some(length.min);
        object.max_length = Some(length.max);
    }
}

/// Narrows the schema of an import to what a revision takes.
fn narrow(schemas: &mut BTreeMap<String, RefOr<Schema>>, revision: Revision) {
    let import = schemas.get_mut("CertificateImport").expect("the table has an import");
    let rule = revision.name();
    if let Some(name) = property(import, "name") {
        limit(name, rule.length);
        if let Schema::Object(name) = name {
            name.pattern = rule.pattern.map(str::to_owned);
        }
    }
    if let Some(certificate) = property(import, "certificate") {
        limit(certificate, revision.certificate());
    }
    if !revision.chain_is_mandatory() {
        return;
    }
    if let Some(Schema::Object(chain)) = property(import, "certificate_chain") {
        chain.schema_type = SchemaType::Type(Type::String);
    }
    if let RefOr::T(Schema::Object(import)) = import {
        let required: BTreeSet<_> = import.required.drain(..).collect();
        let named = |name: &&String| required.contains(*name) || *name == "certificate_chain";
        import.required = import.properties.keys().filter(named).cloned().collect();
    }
}

#[cfg(test)]
mod tests;

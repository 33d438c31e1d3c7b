//! Routing: from a request to its row of the table, and from the row's handler to the response.

use std::{collections::HashMap, fmt, future::Future, pin::Pin};

use http::{HeaderValue, Method, Request, Response, header::CACHE_CONTROL};
use http_body_util::Full;
use hyper::body::Incoming;
use scm_model::{Access, Call, Condition, ErrorShape, Operation, Reply as _, Visitor, api};

use crate::{
    admission::{admit, unauthenticated_body},
    auth::Caller,
    authorization::record_failure,
    context::Context,
    error::ApiError,
    origin::Origin,
    request::RoutedRequest,
    response::HttpResponse,
};

type Handled<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, ApiError>> + Send + 'a>>;
type Run = Box<dyn for<'a> Fn(Context, &'a mut RoutedRequest) -> Handled<'a> + Send + Sync>;

/// The rows of the table with their handlers.
#[derive(Default)]
pub struct Router {
    paths: matchit::Router<usize>,
    index: HashMap<&'static str, usize>,
    methods: Vec<Vec<Row>>,
}

struct Row {
    id: &'static str,
    method: Method,
    errors: ErrorShape,
    run: Run,
}

impl Row {
    async fn respond(
        &self,
        ctx: Context,
        request: &mut RoutedRequest,
    ) -> Result<HttpResponse, ApiError> {
        if self.errors == ErrorShape::Identity {
            ctx.authenticator().as_local()?;
        }
        (self.run)(ctx, request).await
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.methods.iter().flatten().map(|row| row.id)).finish()
    }
}

impl Router {
    /// Adds the handler of a row that requires an authenticated caller.
    #[must_use]
    pub fn on<O, F, Fut>(self, _row: O, handler: F) -> Self
    where
        O: Operation,
        F: Fn(Context, Caller, Call<O>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<O::Reply, ApiError>> + Send + 'static,
    {
        const { assert!(!matches!(O::ACCESS, Access::Open), "a row without a caller is `open`") };
        self.add::<O>(Box::new(move |ctx, request| {
            Box::pin(async move {
                let admitted = admit::<O>(&ctx, request).await?;
                let caller = &admitted.caller;
                let handled = match request.call::<O>(&ctx, &admitted.body) {
                    Ok(call) => handler(ctx.clone(), caller.clone(), call).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = &handled {
                    let (subject, condition) = (request.subject(), error.condition());
                    record_failure::<O>(&ctx, caller, subject, condition).await?;
                }
                handled.map(response_of::<O>)
            })
        }))
    }

    /// Adds the handler of a row that requires none.
    #[must_use]
    pub fn open<O, F, Fut>(self, _row: O, handler: F) -> Self
    where
        O: Operation,
        F: Fn(Context, Origin, Call<O>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<O::Reply, ApiError>> + Send + 'static,
    {
        const { assert!(matches!(O::ACCESS, Access::Open), "a row with a caller is `on`") };
        self.add::<O>(Box::new(move |ctx, request| {
            Box::pin(async move {
                let body = unauthenticated_body::<O>(&ctx, request).await?;
                let call = request.call::<O>(&ctx, &body)?;
                Ok(response_of::<O>(handler(ctx, request.origin.clone(), call).await?))
            })
        }))
    }

    /// The rows of the table without a handler.
    pub fn missing(&self) -> Vec<&'static str> {
        struct Missing(Vec<&'static str>, Vec<&'static str>);
        impl Visitor for Missing {
            fn visit<O: Operation>(&mut self) {
                if !self.0.contains(&O::ID) {
                    self.1.push(O::ID);
                }
            }
        }
        let mut missing =
            Missing(self.methods.iter().flatten().map(|row| row.id).collect(), vec![]);
        api::visit_all(&mut missing);
        missing.1
    }

    fn add<O: Operation>(mut self, run: Run) -> Self {
        let at = *self.index.entry(O::PATH).or_insert_with(|| {
            self.methods.push(Vec::new());
            self.paths.insert(O::PATH, self.methods.len() - 1).expect("the table's paths differ");
            self.methods.len() - 1
        });
        self.methods[at].push(Row { id: O::ID, method: O::METHOD, errors: O::ERRORS, run });
        self
    }

    /// The response to a request, if only that its path does not exist.
    pub async fn respond(
        &self,
        ctx: Context,
        origin: Origin,
        request: Request<Incoming>,
    ) -> HttpResponse {
        let (parts, body) = request.into_parts();
        let mut request = RoutedRequest::new(parts, origin, body);
        let (handled, shape) = match self.row(&mut request) {
            Ok(row) => (row.respond(ctx, &mut request).await, row.errors),
            Err((error, shape)) => (Err(error), shape),
        };
        match handled {
            Ok(response) => {
                request.discard_body();
                response
            }
            Err(error) => {
                request.drain().await;
                error.into_response(shape)
            }
        }
    }

    /// The shape of errors at a path.
    pub fn errors_at(&self, path: &str) -> ErrorShape {
        let found = self.paths.at(path).ok();
        found.map_or(ErrorShape::Scm, |found| self.methods[*found.value][0].errors)
    }

    /// The row of a request, or why there is none, in the shape of errors at its path.
    fn row(&self, request: &mut RoutedRequest) -> Result<&Row, (ApiError, ErrorShape)> {
        let unknown = |_| (ApiError::refused(Condition::UnknownPath), ErrorShape::Scm);
        let found = self.paths.at(request.parts.uri.path()).map_err(unknown)?;
        let pairs = found.params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        request.path = pairs.collect();
        let rows = &self.methods[*found.value];
        rows.iter().find(|row| row.method == request.parts.method).ok_or_else(|| {
            let methods: Vec<_> = rows.iter().map(|row| row.method.as_str()).collect();
            (ApiError::wrong_method(&methods.join(", ")), rows[0].errors)
        })
    }
}

fn response_of<O: Operation>(reply: O::Reply) -> HttpResponse {
    let parts = reply.write();
    let mut response = Response::new(Full::from(parts.body));
    *response.status_mut() = O::STATUS;
    *response.headers_mut() = parts.headers;
    // Keys and tokens are for the caller only, and the rest is soon out of date.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

//! From a request to the row of the table it asks for, and from the row's function to the answer.

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

type Answered<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, ApiError>> + Send + 'a>>;
type Run = Box<dyn for<'a> Fn(Context, &'a mut RoutedRequest) -> Answered<'a> + Send + Sync>;

/// Which function answers which row of the table.
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
    async fn answer(
        &self,
        ctx: Context,
        asked: &mut RoutedRequest,
    ) -> Result<HttpResponse, ApiError> {
        if self.errors == ErrorShape::Identity {
            ctx.authenticator().as_local()?;
        }
        (self.run)(ctx, asked).await
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.methods.iter().flatten().map(|row| row.id)).finish()
    }
}

impl Router {
    /// Answers a row that demands a caller.
    #[must_use]
    pub fn on<O, F, Fut>(self, _row: O, handler: F) -> Self
    where
        O: Operation,
        F: Fn(Context, Caller, Call<O>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<O::Reply, ApiError>> + Send + 'static,
    {
        const { assert!(!matches!(O::ACCESS, Access::Open), "a row without a caller is `open`") };
        self.add::<O>(Box::new(move |ctx, asked| {
            Box::pin(async move {
                let admitted = admit::<O>(&ctx, asked).await?;
                let caller = &admitted.caller;
                let answered = match asked.call::<O>(&ctx, &admitted.body) {
                    Ok(call) => handler(ctx.clone(), caller.clone(), call).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = &answered {
                    let (subject, condition) = (asked.subject(), error.condition());
                    record_failure::<O>(&ctx, caller, subject, condition).await?;
                }
                answered.map(respond::<O>)
            })
        }))
    }

    /// Answers a row that anybody may call.
    #[must_use]
    pub fn open<O, F, Fut>(self, _row: O, handler: F) -> Self
    where
        O: Operation,
        F: Fn(Context, Origin, Call<O>) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<O::Reply, ApiError>> + Send + 'static,
    {
        const { assert!(matches!(O::ACCESS, Access::Open), "a row with a caller is `on`") };
        self.add::<O>(Box::new(move |ctx, asked| {
            Box::pin(async move {
                let body = unauthenticated_body::<O>(&ctx, asked).await?;
                let call = asked.call::<O>(&ctx, &body)?;
                Ok(respond::<O>(handler(ctx, asked.origin.clone(), call).await?))
            })
        }))
    }

    /// The rows of the table that nothing answers.
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

    /// The response to a request under `/v3`, or that there is no such path.
    pub async fn answer(
        &self,
        ctx: Context,
        origin: Origin,
        request: Request<Incoming>,
    ) -> HttpResponse {
        let (parts, body) = request.into_parts();
        let mut asked = RoutedRequest::new(parts, origin, body);
        let (answered, shape) = match self.row(&mut asked) {
            Ok(row) => (row.answer(ctx, &mut asked).await, row.errors),
            Err((error, shape)) => (Err(error), shape),
        };
        match answered {
            Ok(answer) => {
                asked.discard_body();
                answer
            }
            Err(error) => {
                asked.drain().await;
                error.into_response(shape)
            }
        }
    }

    /// The shape of the refusals of a path.
    pub fn errors_at(&self, path: &str) -> ErrorShape {
        let found = self.paths.at(path).ok();
        found.map_or(ErrorShape::Scm, |found| self.methods[*found.value][0].errors)
    }

    /// The row that is asked for, or why there is none, in the shape of its path's refusals.
    fn row(&self, asked: &mut RoutedRequest) -> Result<&Row, (ApiError, ErrorShape)> {
        let unknown = |_| (ApiError::refused(Condition::UnknownPath), ErrorShape::Scm);
        let found = self.paths.at(asked.parts.uri.path()).map_err(unknown)?;
        let pairs = found.params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        asked.path = pairs.collect();
        let rows = &self.methods[*found.value];
        rows.iter().find(|row| row.method == asked.parts.method).ok_or_else(|| {
            let methods: Vec<_> = rows.iter().map(|row| row.method.as_str()).collect();
            (ApiError::wrong_method(&methods.join(", ")), rows[0].errors)
        })
    }
}

fn respond<O: Operation>(reply: O::Reply) -> HttpResponse {
    let parts = reply.write();
    let mut response = Response::new(Full::from(parts.body));
    *response.status_mut() = O::STATUS;
    *response.headers_mut() = parts.headers;
    // Keys and tokens are for the caller alone, and the rest is soon out of date.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

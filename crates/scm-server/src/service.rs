//! The service behind the middleware: probes, the OpenAPI documents, the reference, and the router.

use http::{HeaderValue, Request, Version, header::CONNECTION};
use hyper::body::Incoming;

use crate::{
    authority, config::Proxies, context::Context, openapi::Documents, origin::Origin, probe,
    reference::Docs, response::HttpResponse, router::Router,
};

/// Responds to every request.
#[derive(Debug)]
pub struct Service {
    ctx: Context,
    documents: Documents,
    docs: Option<Docs>,
    router: Router,
}

impl Service {
    /// A service with this router.
    pub fn new(ctx: Context, router: Router) -> Self {
        let documents = Documents::new(ctx.revision());
        let docs = ctx.config().docs.then(Docs::new);
        Self { ctx, documents, docs, router }
    }

    /// The proxies whose `X-Forwarded-For` is trusted.
    pub fn trusted_proxies(&self) -> &Proxies {
        &self.ctx.config().trusted_proxies
    }

    /// The response to a request.
    pub async fn respond(&self, origin: Origin, request: Request<Incoming>) -> HttpResponse {
        if let Err(error) = authority::check(&request) {
            let shape = self.router.errors_at(request.uri().path());
            return hang_up_after(error.into_response(shape), request.version());
        }
        let (method, uri) = (request.method(), request.uri());
        if let Some(response) = probe::answer(&self.ctx, method, uri).await {
            return response;
        }
        let headers = request.headers();
        let page = || self.docs.as_ref()?.answer(method, uri, headers);
        match self.documents.answer(method, uri, headers).or_else(page) {
            Some(response) => response,
            None => self.router.respond(self.ctx.clone(), origin, request).await,
        }
    }
}

/// What follows a request that two parties may read differently is not looked at.
fn hang_up_after(mut response: HttpResponse, version: Version) -> HttpResponse {
    if version < Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

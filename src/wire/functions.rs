//! Lambda's API for the functions that an emulator runs, so that what they call is the emulator and not AWS.

use std::sync::{Arc, Weak};

use super::{Endpoint, Request, answer};
use crate::arn::Scope;
use crate::invocation::{Api, ApiRequest, ApiResponse};
use crate::lambda::Lambda;
use crate::operations::at_depth;

/// An emulator, as long as it is there.
#[derive(Debug)]
struct Own(Weak<Lambda>);

/// Lets the functions of an emulator call the emulator.
pub fn serve_functions(lambda: &Arc<Lambda>) {
    lambda.invoker().set_api(Arc::new(Own(Arc::downgrade(lambda))));
}

impl Api for Own {
    fn answer(&self, scope: &Scope, depth: u32, request: ApiRequest) -> Option<ApiResponse> {
        let lambda = self.0.upgrade()?;
        let ApiRequest { method, path, query, headers, endpoint, body } = request;
        let host = endpoint.split_once("://").map_or("", |(_, host)| host);
        let request = Request {
            method: &method,
            host,
            path: &path,
            query: &query,
            headers: &headers,
            body: Ok(&body),
            substitute: None,
            // What it asks for comes when it has ended: it would wait for that otherwise.
            works_off: false,
            read_timeout_ms: None,
            endpoint: Some(Endpoint { url: &endpoint, has_function_urls: false }),
        };
        let response = at_depth(depth, || answer(&lambda, scope, request)).ok()?;
        Some(ApiResponse { status: response.status, headers: response.headers, body: response.body })
    }
}

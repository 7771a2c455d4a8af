//! Requests to URLs of functions.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::Lambda;
use crate::clock::Timestamp;
use crate::error::{Error, InvokeError};
use crate::function_url::event::{About, Signer, event};
use crate::function_url::{Request, Response, cors, response};
use crate::iam::Caller;
use crate::operations::{Context, url_call};

/// The account of who has not signed.
const ANONYMOUS: &str = "anonymous";

/// Who signed a request to a URL: an access key, nobody, or somebody whose signature is wrong.
type SignedBy<'a> = Result<Option<&'a str>, Error>;

impl Lambda {
    /// Answers a request to the URL of an id. The signer counts where the URL wants one, and is of `default_account` unless
    /// its key says more.
    #[must_use]
    pub fn call_url(
        &self,
        id: &str,
        request: &Request<'_>,
        signed_by: SignedBy<'_>,
        default_account: &Arc<str>,
    ) -> Response {
        let (now, request_id) = (self.clock.now(), self.request_ids.uuid());
        let mut response = match url_call::find(&self.store, id) {
            Ok(Some(behind)) => self.answer_url(&behind, request, signed_by, default_account, (now, &request_id)),
            Ok(None) => refused(&InvokeError::UrlForbidden { why: "no function has this URL".to_owned() }.into()),
            Err(error) => refused(&error),
        };
        response.headers.push(("x-amzn-RequestId".to_owned(), request_id));
        response
    }

    fn answer_url(
        &self,
        behind: &url_call::Behind,
        request: &Request<'_>,
        signed_by: SignedBy<'_>,
        default_account: &Arc<str>,
        (now, request_id): (Timestamp, &str),
    ) -> Response {
        let cors = behind.url.cors.as_ref();
        if let Some(preflight) = cors.and_then(|cors| cors::preflight(cors, request)) {
            return preflight;
        }
        let caller = self.url_caller(behind, signed_by, default_account);
        let answered = caller.and_then(|caller| {
            let cx = &Context { request_id, ..self.context(&behind.scope, &caller, now) };
            cx.settle_due()?;
            behind.admit(cx)?;
            run(behind, request, cx)
        });
        let mut response = answered.unwrap_or_else(|error| refused(&error));
        if let Some(cors) = cors {
            cors::share(cors, request, &mut response);
        }
        response
    }

    fn url_caller(
        &self,
        behind: &url_call::Behind,
        signed_by: SignedBy<'_>,
        default_account: &Arc<str>,
    ) -> Result<Caller, Error> {
        if behind.is_open() {
            return Ok(Caller::new(None, &ANONYMOUS.into()));
        }
        let key = signed_by?.ok_or_else(|| InvokeError::UrlForbidden {
            why: "the URL has AuthType AWS_IAM, and the request is not signed".to_owned(),
        })?;
        Ok(self.caller(Some(key), default_account))
    }
}

fn run(behind: &url_call::Behind, request: &Request<'_>, cx: &Context<'_>) -> Result<Response, Error> {
    let principal = cx.caller.principal(cx.scope.partition());
    let user_id = principal.user_id();
    let signer = cx.caller.access_key_id.as_deref().map(|access_key_id| Signer {
        access_key_id,
        account_id: &cx.caller.account,
        arn: &principal.arn,
        user_id: &user_id,
    });
    let about = About {
        id: &behind.url.id,
        region: &cx.scope.region,
        request_id: cx.request_id,
        now: cx.now,
        caller: signer.as_ref(),
    };
    let event = event(request, &about).map_err(|error| Error::internal(error.to_string()))?;
    let outcome = behind.run(cx, event)?;
    // What was streamed before it failed has been sent.
    if outcome.error.is_some() && outcome.chunks.is_empty() {
        return Ok(response::bad_gateway());
    }
    let is_streamed = behind.url.invoke_mode.as_deref() == Some("RESPONSE_STREAM");
    let payload = if outcome.chunks.is_empty() { outcome.payload } else { joined(&outcome.chunks) };
    Ok(response::answered(&payload, outcome.content_type.as_deref(), is_streamed))
}

fn joined(chunks: &[Bytes]) -> Bytes {
    if let [whole] = chunks {
        return whole.clone();
    }
    let mut all = BytesMut::with_capacity(chunks.iter().map(Bytes::len).sum());
    for chunk in chunks {
        all.extend_from_slice(chunk);
    }
    all.freeze()
}

fn refused(error: &Error) -> Response {
    let message = error.message().unwrap_or_default();
    let mut response = response::refusal(error.form().status, error.code(), &message);
    response.headers.extend(error.hint().map(|hint| ("x-drylambda-hint".to_owned(), hint)));
    response
}

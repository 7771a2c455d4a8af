//! Requests that are under way, for a server that stops.
//!
//! The one idea to hold: a request is under way until the last byte of its answer was taken; so the answer's body knows.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};

/// How many requests are under way.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay(Arc<AtomicUsize>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct OneOf(UnderWay);

impl UnderWay {
    /// Counts a request.
    pub(super) fn begin(&self) -> OneOf {
        self.0.fetch_add(1, Ordering::SeqCst);
        OneOf(self.clone())
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

impl Drop for OneOf {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The body of an answer, which keeps its request under way.
#[derive(Debug)]
pub(super) struct Counted {
    body: Full<Bytes>,
    _request: OneOf,
}

impl Counted {
    pub(super) fn new(body: Full<Bytes>, request: OneOf) -> Self {
        Self { body, _request: request }
    }
}

impl Body for Counted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

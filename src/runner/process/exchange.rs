//! What an execution environment and its runtime tell each other: calls one way, answers the other.
//!
//! The one idea to hold: the side that waits for answers is a thread, the side that speaks HTTP is a task; between them
//! there is one place for the call that is next, and one channel for everything that the runtime says.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::arn::Scope;
use crate::invocation::Api;

/// What a runtime has said.
#[derive(Debug)]
pub(super) enum Said {
    /// It has asked for its first call.
    Ready,
    /// It could not begin, with this error.
    InitError { json: Bytes, code: String },
    /// The answer to the call.
    Answer(Answer),
    /// The error of the call.
    Error { json: Bytes, code: String },
    /// The answer was too large.
    TooLarge,
}

/// An answer, whole or in pieces.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub whole: Bytes,
    /// As it was streamed; none where it was not.
    pub chunks: Vec<Bytes>,
    pub content_type: Option<String>,
    /// Of a stream that broke off: the kind of error, and its JSON.
    pub broken: Option<(String, Bytes)>,
}

/// A call as the runtime gets it.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub request_id: String,
    pub headers: Vec<(&'static str, String)>,
    pub payload: Bytes,
    /// How many functions called one another to this call.
    pub depth: u32,
    /// For extensions.
    pub event: String,
}

/// Between the two sides.
#[derive(Debug)]
pub(super) struct Exchange {
    state: Mutex<State>,
    said: Sender<Said>,
    /// What extensions are told about the function.
    pub about: String,
    /// Lambda's own API, and the function's account and Region.
    pub api: Option<(Arc<dyn Api>, Scope)>,
}

#[derive(Debug, Default)]
struct State {
    next: Coming<Given>,
    /// The call that the runtime has.
    current: Option<String>,
    depth: u32,
    is_ready: bool,
    extensions: Vec<Extension>,
}

#[derive(Debug)]
struct Extension {
    id: String,
    wants_calls: bool,
    events: Coming<String>,
}

/// What is fetched by somebody who may wait for it. Who asks last gets it: whoever asked before is not there any more, which
/// the connection need not show.
#[derive(Debug)]
struct Coming<T> {
    kept: VecDeque<T>,
    waiting: Option<oneshot::Sender<T>>,
}

impl<T> Default for Coming<T> {
    fn default() -> Self {
        Self { kept: VecDeque::new(), waiting: None }
    }
}

impl<T> Coming<T> {
    fn put(&mut self, it: T) {
        let left = match self.waiting.take() {
            Some(waiting) => waiting.send(it).err(),
            None => Some(it),
        };
        self.kept.extend(left);
    }

    fn fetch(&mut self) -> oneshot::Receiver<T> {
        let (sender, receiver) = oneshot::channel();
        self.waiting = Some(sender);
        if let Some(it) = self.kept.pop_front() {
            self.put(it);
        }
        receiver
    }
}

impl Exchange {
    /// Both sides of a new environment.
    pub(super) fn new(about: String, api: Option<(Arc<dyn Api>, Scope)>) -> (Self, Receiver<Said>) {
        let (said, heard) = channel();
        (Self { state: Mutex::default(), said, about, api }, heard)
    }

    /// Gives the runtime a call, and tells extensions of it.
    pub(super) fn give(&self, call: Given) {
        let mut state = self.state();
        for extension in state.extensions.iter_mut().filter(|it| it.wants_calls) {
            extension.events.put(call.event.clone());
        }
        state.current = Some(call.request_id.clone());
        state.depth = call.depth;
        state.next.put(call);
    }

    /// Waits for the next call; `None` for who has asked again since.
    pub(super) async fn next(&self) -> Option<Given> {
        self.begun();
        let coming = self.state().next.fetch();
        coming.await.ok()
    }

    /// How many functions called one another to the call that the runtime has.
    pub(super) fn depth(&self) -> u32 {
        self.state().depth
    }

    /// Notes that the runtime has begun.
    fn begun(&self) {
        let was_ready = std::mem::replace(&mut self.state().is_ready, true);
        if !was_ready {
            self.say(Said::Ready);
        }
    }

    /// Whether this is the call that the runtime has; it has none from then on.
    pub(super) fn finish(&self, request_id: &str) -> bool {
        let mut state = self.state();
        let is_current = state.current.as_deref() == Some(request_id);
        if is_current {
            state.current = None;
        }
        is_current
    }

    /// Tells the waiting side something; nobody may be there any more.
    pub(super) fn say(&self, said: Said) {
        let _ = self.said.send(said);
    }

    /// Adds an extension.
    pub(super) fn register(&self, id: String, wants_calls: bool) {
        self.state().extensions.push(Extension { id, wants_calls, events: Coming::default() });
    }

    /// Waits for the next event of an extension; `None` for one that is not registered, or has asked again since.
    pub(super) async fn next_event(&self, id: &str) -> Option<String> {
        let fetched = |state: &mut State| {
            let extension = state.extensions.iter_mut().find(|it| it.id == id)?;
            Some(extension.events.fetch())
        };
        let coming = fetched(&mut self.state())?;
        coming.await.ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: &str) -> Given {
        let (request_id, event) = (id.to_owned(), format!("event {id}"));
        Given { request_id, headers: Vec::new(), payload: Bytes::new(), depth: 0, event }
    }

    #[tokio::test]
    async fn a_call_goes_to_who_has_asked_last() {
        let (exchange, _heard) = Exchange::new(String::new(), None);
        // The first one is gone, which nobody sees as long as its connection stands.
        let (first, second) = (exchange.next(), exchange.next());
        let (first, second, ()) = tokio::join!(first, second, async { exchange.give(call("a")) });
        assert!(first.is_none());
        assert_eq!(second.map(|call| call.request_id).as_deref(), Some("a"));
    }

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_is_kept() {
        let (exchange, _heard) = Exchange::new(String::new(), None);
        // Whoever waited is gone, and so is what it waited with.
        assert!(tokio::time::timeout(std::time::Duration::ZERO, exchange.next()).await.is_err());
        exchange.give(call("a"));
        assert_eq!(exchange.next().await.map(|call| call.request_id).as_deref(), Some("a"));
    }

    #[tokio::test]
    async fn an_extension_that_asks_again_is_told_once() {
        let (exchange, _heard) = Exchange::new(String::new(), None);
        exchange.register("x".to_owned(), true);
        let (first, second) = (exchange.next_event("x"), exchange.next_event("x"));
        let (first, second, ()) = tokio::join!(first, second, async { exchange.give(call("a")) });
        assert_eq!((first, second.as_deref()), (None, Some("event a")));
        exchange.give(call("b"));
        assert_eq!(exchange.next_event("x").await.as_deref(), Some("event b"));
        assert_eq!(exchange.next_event("nobody").await, None);
    }
}

//! What an execution environment and its runtime tell each other: calls one way, answers the other.
//!
//! The one idea to hold: the side that waits for answers is a thread, the side that speaks HTTP is a task; between them
//! there is one place for the call that is next, and one channel for everything that the runtime says.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

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
    /// For extensions.
    pub event: String,
}

/// Between the two sides.
#[derive(Debug)]
pub(super) struct Exchange {
    state: Mutex<State>,
    /// That there is a call to be fetched.
    given: Notify,
    said: Sender<Said>,
    /// What extensions are told about the function.
    pub about: String,
    /// Lambda's own API, and the function's account and Region.
    pub api: Option<(Arc<dyn Api>, Scope)>,
}

#[derive(Debug, Default)]
struct State {
    next: Option<Given>,
    /// The call that the runtime has.
    current: Option<String>,
    is_ready: bool,
    extensions: Vec<Extension>,
}

#[derive(Debug)]
struct Extension {
    id: String,
    wants_calls: bool,
    events: mpsc::UnboundedSender<String>,
    /// Taken while the extension waits.
    coming: Option<mpsc::UnboundedReceiver<String>>,
}

impl Exchange {
    /// Both sides of a new environment.
    pub(super) fn new(about: String, api: Option<(Arc<dyn Api>, Scope)>) -> (Self, Receiver<Said>) {
        let (said, heard) = channel();
        (Self { state: Mutex::default(), given: Notify::new(), said, about, api }, heard)
    }

    /// Gives the runtime a call, and tells extensions of it.
    pub(super) fn give(&self, call: Given) {
        let mut state = self.state();
        for extension in state.extensions.iter().filter(|it| it.wants_calls) {
            // One that is gone hears nothing.
            let _ = extension.events.send(call.event.clone());
        }
        state.next = Some(call);
        drop(state);
        self.given.notify_one();
    }

    /// Waits for the next call.
    pub(super) async fn next(&self) -> Given {
        self.begun();
        loop {
            // A call that comes between the look and the wait is not missed: the notice is kept.
            let call = {
                let mut state = self.state();
                let call = state.next.take();
                state.current = call.as_ref().map(|call| call.request_id.clone());
                call
            };
            match call {
                Some(call) => return call,
                None => self.given.notified().await,
            }
        }
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
        let (events, coming) = mpsc::unbounded_channel();
        self.state().extensions.push(Extension { id, wants_calls, events, coming: Some(coming) });
    }

    /// Waits for the next event of an extension; `None` for one that is not registered, or waits already.
    pub(super) async fn next_event(&self, id: &str) -> Option<String> {
        let taken = |state: &mut State| {
            let extension = state.extensions.iter_mut().find(|it| it.id == id)?;
            extension.coming.take()
        };
        let mut coming = taken(&mut self.state())?;
        let event = coming.recv().await;
        if let Some(extension) = self.state().extensions.iter_mut().find(|it| it.id == id) {
            extension.coming = Some(coming);
        }
        event
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Waiting for a server in short beats, between which whoever waits may give up.
//!
//! The one idea to hold: it stands where a socket is read, below TLS and HTTP, so that whatever is waited for (headers,
//! the object, an error document) is waited for here. The limits of time are those of the agent; a beat that ends
//! without a byte goes on with the next one.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use crate::patience::Patience;

/// How long nobody is asked.
const BEAT: Duration = Duration::from_millis(100);

/// Makes transports that read in beats.
#[derive(Debug)]
pub(super) struct InBeats(pub(super) Arc<dyn Patience>);

impl<In: Transport> Connector<In> for InBeats {
    type Out = Waiting<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let waiting = |inner| Waiting { inner, patience: Arc::clone(&self.0), asked: now() };
        Ok(chained.map(waiting))
    }
}

#[derive(Debug)]
pub(super) struct Waiting<T> {
    inner: T,
    patience: Arc<dyn Patience>,
    /// When it was asked last.
    asked: Instant,
}

impl<T: Transport> Transport for Waiting<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let limit = timeout.for_read();
        let began = now();
        loop {
            if self.asked.elapsed() >= BEAT {
                self.asked = now();
                if self.patience.is_over() {
                    return Err(Error::Io(io::Error::other("it was not waited for any longer")));
                }
            }
            let left = limit.after.saturating_sub(began.elapsed());
            let beat = NextTimeout { after: left.min(BEAT).into(), per_read: None, ..limit };
            match self.inner.await_input(beat) {
                Err(Error::Timeout(_)) if left > BEAT => {}
                result => return result,
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server is silent in the time of this machine, not in that of the emulator"
)]
fn now() -> Instant {
    Instant::now()
}

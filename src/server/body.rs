//! Bodies as they come: how many bytes, how slowly, and how many bodies together.
//!
//! The one idea to hold: memory is reserved before it is filled. Who announces a large body waits until there is room
//! for all of it, so that bodies that have begun can always end; who does not announce it has room for the most that
//! it may become.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::Limits;

/// Bodies of up to so many bytes are nobody's concern.
pub(super) const SMALL_BYTES: usize = 64 * 1024;

/// How much of a body that is refused is taken all the same.
pub(super) const DRAINED_BYTES: u64 = 256 * 1024 * 1024;

/// The most that is asked of the system at once for a body that has not come yet.
const MOST_RESERVED_BYTES: usize = 128 * 1024 * 1024;

/// Why a body did not come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// It has more bytes than it may.
    TooLong,
    /// The client pauses for too long, or sends too little.
    Slow,
    /// Others have the memory.
    Busy,
    /// The connection is broken, or what came is no HTTP.
    Gone,
}

/// A body that comes in pieces.
pub(super) struct Arriving {
    body: Incoming,
    limits: Limits,
    /// How long was waited for the client; what else took time is not the client's.
    waited: Duration,
    arrived_bytes: u64,
    most_bytes: u64,
}

impl Arriving {
    /// Of which at most so many bytes are taken.
    pub(super) fn new(body: Incoming, most_bytes: u64, limits: Limits) -> Self {
        Self { body, limits, waited: Duration::ZERO, arrived_bytes: 0, most_bytes }
    }

    /// The next piece; none after the last.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            let began = Instant::now();
            let arrived = timeout(self.patience(), self.body.frame()).await;
            self.waited += began.elapsed();
            let frame = match arrived {
                Err(_) => return Err(Broken::Slow),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Broken::Gone),
                Ok(Some(Ok(frame))) => frame,
            };
            // Trailers of HTTP's own chunks say nothing.
            let Ok(piece) = frame.into_data() else { continue };
            self.arrived_bytes += piece.len() as u64;
            if self.arrived_bytes > self.most_bytes {
                return Err(Broken::TooLong);
            }
            return Ok(Some(piece));
        }
    }

    /// Everything up to the end, or at least `enough` bytes; whether that was the end.
    ///
    /// # Errors
    /// See [`Self::next`].
    pub(super) async fn collect(&mut self, enough: usize) -> Result<(Bytes, bool), Broken> {
        let Some(first) = self.next().await? else { return Ok((Bytes::new(), true)) };
        if first.len() >= enough {
            return Ok((first, false));
        }
        let Some(second) = self.next().await? else { return Ok((first, true)) };
        let mut all = Vec::with_capacity(first.len() + second.len() + self.most_left().min(enough));
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        while all.len() < enough {
            match self.next().await? {
                Some(piece) => all.extend_from_slice(&piece),
                None => return Ok((all.into(), true)),
            }
        }
        Ok((all.into(), false))
    }

    /// Everything up to the end, after what was collected before.
    ///
    /// # Errors
    /// See [`Self::next`].
    pub(super) async fn collect_after(&mut self, first: Bytes) -> Result<Bytes, Broken> {
        let mut all = Vec::with_capacity(first.len().saturating_add(self.most_left()).min(MOST_RESERVED_BYTES));
        all.extend_from_slice(&first);
        drop(first);
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }

    /// Takes the rest and keeps nothing of it, so that the client, which is still sending, hears the answer.
    pub(super) async fn drain(mut self, most_bytes: u64) {
        self.most_bytes = self.arrived_bytes.saturating_add(most_bytes);
        while let Ok(Some(_)) = self.next().await {}
    }

    /// How many bytes hyper knows to be left at least.
    fn most_left(&self) -> usize {
        usize::try_from(hyper::body::Body::size_hint(&self.body).lower()).unwrap_or(usize::MAX)
    }

    /// How long the next piece may take: a pause, and no longer than until the whole is too slow.
    fn patience(&self) -> Duration {
        let Limits { pause, bytes_per_second, .. } = self.limits;
        let seconds = self.arrived_bytes / u64::from(bytes_per_second.max(1));
        pause.min((pause + Duration::from_secs(seconds)).saturating_sub(self.waited))
    }
}

/// Room for the body of one request, until it is dropped.
pub(super) type Room = Option<OwnedSemaphorePermit>;

/// Waits until there is room for so many bytes.
///
/// # Errors
/// [`Broken::TooLong`] if there never can be, [`Broken::Busy`] if others have it for too long.
pub(super) async fn reserve(memory: &Arc<Semaphore>, bytes: u64, limits: Limits) -> Result<Room, Broken> {
    if bytes <= SMALL_BYTES as u64 {
        return Ok(None);
    }
    let bytes =
        u32::try_from(bytes).ok().filter(|bytes| *bytes as usize <= limits.body_bytes).ok_or(Broken::TooLong)?;
    let acquired = timeout(2 * limits.pause, Arc::clone(memory).acquire_many_owned(bytes)).await;
    acquired.ok().and_then(Result::ok).map(Some).ok_or(Broken::Busy)
}

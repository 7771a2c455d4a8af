//! A request's body, whole or in pieces, as it is or in the frames of `aws-chunked`, which are those of HTTP's chunks, too.
//!
//! The one idea to hold: the object is written once, into a buffer of the size that the client announced, while the
//! frames are let go one by one. A body without frames is not touched at all.

use bytes::Bytes;

use super::super::refusal::Refusal;
use super::value;

/// The longest line between frames, and the most trailers: more is no honest client.
const LINE_BYTES: usize = 16 * 1024;
const MOST_TRAILERS: usize = 64;

/// A body that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// Without frames.
    pub bytes: Bytes,
    /// The headers that came after it.
    pub trailers: Vec<(String, String)>,
}

/// Reads a body piece by piece.
#[derive(Debug)]
pub struct BodyReader {
    bytes: Vec<u8>,
    trailers: Vec<(String, String)>,
    /// `None`: the body has no frames.
    state: Option<State>,
    line: Vec<u8>,
    announced_bytes: Option<usize>,
    refusal: Option<Refusal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size,
    Data { left_bytes: usize },
    AfterData,
    Trailers,
    Done,
}

impl Body {
    /// A body that is all there.
    ///
    /// # Errors
    /// [`Refusal::IncompleteBody`] if it has not the length that was announced, or its frames are broken.
    pub fn whole(headers: &[(String, String)], bytes: Bytes) -> Result<Self, Refusal> {
        if !is_framed(headers) {
            let announced = announced_bytes(headers, "content-length");
            let all = announced.is_none_or(|announced| announced == bytes.len());
            return if all { Ok(Self { bytes, trailers: Vec::new() }) } else { Err(Refusal::IncompleteBody) };
        }
        let mut reader = BodyReader::new(headers);
        reader.feed(&bytes);
        reader.finish()
    }
}

/// Takes HTTP's own chunks off a body that is all there.
///
/// # Errors
/// [`Refusal::IncompleteBody`] if they are broken, or the last is missing.
pub fn without_chunks(bytes: &[u8]) -> Result<Bytes, Refusal> {
    let mut reader = BodyReader { state: Some(State::Size), ..BodyReader::new(&[]) };
    reader.feed(bytes);
    reader.finish().map(|body| body.bytes)
}

/// Whether a body with these headers comes in frames.
fn is_framed(headers: &[(String, String)]) -> bool {
    value(headers, "x-amz-content-sha256").is_some_and(|text| text.starts_with("STREAMING-"))
        || value(headers, "content-encoding").is_some_and(|text| text.split(',').any(is_framing))
}

fn announced_bytes(headers: &[(String, String)], name: &str) -> Option<usize> {
    value(headers, name).and_then(|text| text.trim().parse().ok())
}

impl BodyReader {
    /// For a body with these headers.
    #[must_use]
    pub fn new(headers: &[(String, String)]) -> Self {
        let framed = is_framed(headers);
        let size = if framed { "x-amz-decoded-content-length" } else { "content-length" };
        let announced_bytes = announced_bytes(headers, size);
        let mut bytes = Vec::new();
        // Who announces more than there is room for is refused when less has come.
        let _ = bytes.try_reserve_exact(announced_bytes.unwrap_or(0));
        let state = framed.then_some(State::Size);
        Self { bytes, trailers: Vec::new(), state, line: Vec::new(), announced_bytes, refusal: None }
    }

    /// Takes the next piece.
    pub fn feed(&mut self, mut piece: &[u8]) {
        let Some(mut state) = self.state else {
            self.bytes.extend_from_slice(piece);
            return;
        };
        while !piece.is_empty() && self.refusal.is_none() {
            if let State::Data { left_bytes } = state {
                let (data, rest) = piece.split_at(left_bytes.min(piece.len()));
                self.bytes.extend_from_slice(data);
                piece = rest;
                let left_bytes = left_bytes - data.len();
                state = if left_bytes == 0 { State::AfterData } else { State::Data { left_bytes } };
                continue;
            }
            let end = piece.iter().position(|byte| *byte == b'\n').map_or(piece.len(), |place| place + 1);
            let (part, rest) = piece.split_at(end);
            self.line.extend_from_slice(part);
            piece = rest;
            if self.line.len() > LINE_BYTES {
                self.refusal = Some(Refusal::IncompleteBody);
            } else if self.line.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                let text = String::from_utf8_lossy(&line);
                match self.next(state, text.strip_suffix("\r\n").unwrap_or(&text)) {
                    Some(next) => state = next,
                    None => self.refusal = Some(Refusal::IncompleteBody),
                }
            }
        }
        self.state = Some(state);
    }

    /// The body, once all of it was fed.
    ///
    /// # Errors
    /// [`Refusal::IncompleteBody`] if it is not all there, or its frames are broken.
    pub fn finish(self) -> Result<Body, Refusal> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        let ended = matches!(self.state, None | Some(State::Trailers | State::Done));
        let all = self.announced_bytes.is_none_or(|bytes| bytes == self.bytes.len());
        if !ended || !all {
            return Err(Refusal::IncompleteBody);
        }
        Ok(Body { bytes: self.bytes.into(), trailers: self.trailers })
    }

    /// What comes after a line; `None` if the line is none of ours.
    fn next(&mut self, state: State, line: &str) -> Option<State> {
        match state {
            State::Size => {
                let digits = line.split(';').next()?.trim();
                // A sign is none of them.
                let size = usize::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
                Some(if size == 0 { State::Trailers } else { State::Data { left_bytes: size } })
            }
            State::AfterData => line.is_empty().then_some(State::Size),
            State::Trailers if line.is_empty() => Some(State::Done),
            State::Trailers => {
                let (name, value) = line.split_once(':')?;
                self.trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                (self.trailers.len() <= MOST_TRAILERS).then_some(State::Trailers)
            }
            State::Done | State::Data { .. } => Some(state),
        }
    }
}

/// Whether a content encoding is that of the frames, which ends here.
pub(super) fn is_framing(encoding: &str) -> bool {
    encoding.trim().eq_ignore_ascii_case("aws-chunked")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(decoded: &str) -> Vec<(String, String)> {
        [("X-Amz-Content-SHA256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"), ("x-amz-decoded-content-length", decoded)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }

    #[test]
    fn a_body_without_frames_is_not_copied() {
        let bytes = Bytes::from_static(b"5\r\nhello");
        let body = Body::whole(&[], bytes.clone()).unwrap();
        assert_eq!((body.bytes.as_ptr(), body.bytes.len()), (bytes.as_ptr(), bytes.len()));
    }

    #[test]
    fn a_body_has_the_length_that_was_announced() {
        let headers = |length: &str| vec![("Content-Length".to_owned(), length.to_owned())];
        let bytes = Bytes::from_static(b"hello");
        assert!(Body::whole(&headers("5"), bytes.clone()).is_ok());
        for length in ["4", "6"] {
            assert_eq!(Body::whole(&headers(length), bytes.clone()), Err(Refusal::IncompleteBody));
            let mut reader = BodyReader::new(&headers(length));
            reader.feed(&bytes);
            assert_eq!(reader.finish(), Err(Refusal::IncompleteBody));
        }
    }

    #[test]
    fn chunks_are_taken_off_and_broken_ones_refused() {
        assert_eq!(without_chunks(b"5;a=b\r\nhello\r\n0\r\n\r\n"), Ok(Bytes::from_static(b"hello")));
        assert_eq!(without_chunks(b"0\r\n\r\n"), Ok(Bytes::new()));
        for broken in [
            &b""[..],
            b"5\r\nhello\r\n",
            b"5\r\nhel",
            b"6\r\nhello\r\n0\r\n\r\n",
            b"-5\r\nhello\r\n0\r\n\r\n",
            b"+5\r\nhello\r\n0\r\n\r\n",
            b"zz\r\nhello\r\n0\r\n\r\n",
            b"ffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        ] {
            assert_eq!(without_chunks(broken), Err(Refusal::IncompleteBody), "{broken:?}");
        }
    }

    #[test]
    fn frames_are_taken_off_wherever_the_pieces_end() {
        let framed = b"5;chunk-signature=0\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";
        for size in 1..=framed.len() {
            let mut reader = BodyReader::new(&headers("11"));
            framed.chunks(size).for_each(|piece| reader.feed(piece));
            let body = reader.finish().unwrap();
            assert_eq!(body.bytes, "hello world", "{size}");
            assert_eq!(body.trailers, [("x-amz-checksum-crc32".to_owned(), "DUoRhQ==".to_owned())]);
        }
    }

    #[test]
    fn broken_frames_are_refused() {
        for (framed, announced) in [
            ("5\r\nhello\r\n0\r\n\r\n", "6"),
            ("5\r\nhello\r\n", "5"),
            ("5\r\nhell", "5"),
            ("x\r\nhello\r\n0\r\n\r\n", "5"),
            ("5\r\nhello world\r\n0\r\n\r\n", "5"),
            ("0\r\nno colon\r\n\r\n", "0"),
            ("ffffffffffffffffff\r\n", "5"),
            ("", "5"),
        ] {
            let body = Body::whole(&headers(announced), Bytes::copy_from_slice(framed.as_bytes()));
            assert_eq!(body, Err(Refusal::IncompleteBody), "{framed:?}");
        }
        let endless = Body::whole(&headers("99999999999999999999"), vec![b'1'; LINE_BYTES * 2].into());
        assert_eq!(endless, Err(Refusal::IncompleteBody));
    }
}

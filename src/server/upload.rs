//! The body of a request that brings a package, as it arrives.
//!
//! The one idea to hold: the text of `ZipFile` never becomes text here. It is taken out of the JSON while the JSON
//! arrives, decoded piece by piece into the package's own buffer, hashed and checked on the way; in its place stands a
//! token. Whatever is odd about it (an escape, a letter that is not base64's, a body that ends too early) is put back as
//! it came, so that there is one reader of JSON, and one place where a package is refused.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;

use crate::ids::Ids;
use crate::package::{Intake, Limits, Package, Packages};

/// The member that holds a package, in every operation that has one.
const MEMBER: &[u8] = b"ZipFile";

/// What stands in the JSON where the package stood. It is no base64, and nobody outside can know it.
pub(super) static TOKEN: LazyLock<String> = LazyLock::new(|| format!("(package {})", Ids::new(None).uuid()));

/// How much text is decoded at a time: what it becomes stays in the processor's cache until it is copied.
const BLOCK_BYTES: usize = 64 * 1024;

/// A body of which some pieces have arrived.
pub(super) struct Upload<'p> {
    packages: &'p Packages,
    /// The whole body's, if the client said it.
    announced_bytes: Option<u64>,
    arrived_bytes: u64,
    /// The JSON without the package.
    json: Vec<u8>,
    state: State<'p>,
    /// Where in `json` the last text begins, and where it ends.
    text: (usize, usize),
    package: Option<Arrived>,
    /// No package is looked for any more: there was one, or something that was odd about it.
    looked: bool,
}

enum State<'p> {
    /// Between texts; whether the next one is the value of the last one.
    Between { value: bool },
    /// Within a text; whether the next letter is escaped.
    Text { escaped: bool },
    /// Within the package's text.
    Package(Box<Decoder<'p>>),
}

/// A body that has arrived.
pub(super) struct Body {
    /// The JSON, with [`TOKEN`] in the place of the package if that was taken out.
    pub(super) json: Bytes,
    /// The package that was taken out.
    pub(super) package: Option<Arrived>,
}

/// A package that was taken out of a body.
pub(super) struct Arrived {
    /// What the text stood for.
    pub(super) bytes: Bytes,
    /// Keeps the package, if these bytes are one, so that it is known by its bytes when the operation asks for it.
    #[cfg_attr(not(test), expect(dead_code, reason = "it is there to be held"))]
    held: Option<Arc<Package>>,
}

impl<'p> Upload<'p> {
    pub(super) fn new(packages: &'p Packages, announced_bytes: Option<u64>) -> Self {
        Self {
            packages,
            announced_bytes,
            arrived_bytes: 0,
            json: Vec::with_capacity(256),
            state: State::Between { value: false },
            text: (0, 0),
            package: None,
            looked: false,
        }
    }

    /// Takes the next piece.
    pub(super) fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let taken = match &mut self.state {
                State::Between { .. } => self.between(piece),
                State::Text { .. } => self.within_text(piece),
                State::Package(decoder) => match decoder.push(piece) {
                    Decoded::More => piece.len(),
                    Decoded::Ended { at } => {
                        self.end_of_package();
                        at
                    }
                    Decoded::Odd => {
                        self.put_back();
                        piece.len()
                    }
                },
            };
            self.arrived_bytes += taken as u64;
            piece = piece.get(taken..).unwrap_or_default();
        }
    }

    /// The body, once all of it is there.
    pub(super) fn finish(mut self) -> Body {
        if matches!(self.state, State::Package(_)) {
            self.put_back();
        }
        Body { json: self.json.into(), package: self.package }
    }

    /// Takes what stands between texts, up to the first letter of the next one; tells how much that was.
    fn between(&mut self, piece: &[u8]) -> usize {
        let State::Between { value } = &mut self.state else { return 0 };
        let mut value = *value;
        for (place, byte) in piece.iter().enumerate() {
            self.json.push(*byte);
            match byte {
                b'"' => {
                    let start = place + 1;
                    let is_package = value && !self.looked && self.json.get(self.text.0..self.text.1) == Some(MEMBER);
                    self.text.0 = self.json.len();
                    self.state = State::Text { escaped: false };
                    if is_package {
                        self.begin_package(start);
                    }
                    return start;
                }
                b':' => value = true,
                byte if byte.is_ascii_whitespace() => {}
                _ => value = false,
            }
        }
        self.state = State::Between { value };
        piece.len()
    }

    /// Takes a text up to its end; tells how much that was.
    fn within_text(&mut self, piece: &[u8]) -> usize {
        let State::Text { escaped } = &mut self.state else { return 0 };
        let mut start = usize::from(std::mem::take(escaped));
        let end = loop {
            let rest = piece.get(start..).unwrap_or_default();
            let Some(place) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else { break None };
            let place = start + place;
            if piece.get(place) == Some(&b'"') {
                break Some(place);
            }
            start = place + 2;
        };
        if let Some(end) = end {
            self.json.extend_from_slice(piece.get(..=end).unwrap_or_default());
            self.text.1 = self.json.len() - 1;
            self.state = State::Between { value: false };
            end + 1
        } else {
            self.json.extend_from_slice(piece);
            self.state = State::Text { escaped: start > piece.len() };
            piece.len()
        }
    }

    fn begin_package(&mut self, offset: usize) {
        self.looked = true;
        let before = self.arrived_bytes + offset as u64;
        let announced_bytes = self.announced_bytes.map(|bytes| bytes.saturating_sub(before) / 4 * 3);
        // A body may be as large as the operation's limit, which is less than the most that an intake takes.
        if let Ok(intake) = self.packages.intake(announced_bytes, &Limits::AWS) {
            self.state = State::Package(Box::new(Decoder::new(intake)));
        }
    }

    /// The quotation mark after the package comes next.
    fn end_of_package(&mut self) {
        let State::Package(decoder) = std::mem::replace(&mut self.state, State::Text { escaped: false }) else {
            return;
        };
        let (bytes, package) = decoder.intake.settle();
        self.package = Some(Arrived { bytes, held: package.ok() });
        self.json.extend_from_slice(TOKEN.as_bytes());
    }

    /// Writes the package's text as it came, and reads on as in any other text.
    fn put_back(&mut self) {
        let State::Package(decoder) = std::mem::replace(&mut self.state, State::Text { escaped: false }) else {
            return;
        };
        let Decoder { intake, tail, .. } = *decoder;
        let mut text = BASE64.encode(intake.into_arrived()).into_bytes();
        text.extend_from_slice(&tail);
        let arrived_bytes = self.arrived_bytes;
        self.push(&text);
        self.arrived_bytes = arrived_bytes;
    }
}

/// The package's text on its way to its bytes.
struct Decoder<'p> {
    intake: Intake<'p>,
    /// Text that was not decoded yet: less than four letters, or more once the end must be near.
    tail: Vec<u8>,
    /// Whether everything that comes goes to the tail: the end must be near, as the text cannot go on.
    is_ending: bool,
    block: Box<[u8]>,
}

enum Decoded {
    /// Everything was taken.
    More,
    /// The text ends before this place.
    Ended { at: usize },
    /// What came is in the tail, and no package can have it.
    Odd,
}

impl<'p> Decoder<'p> {
    fn new(intake: Intake<'p>) -> Self {
        Self { intake, tail: Vec::new(), is_ending: false, block: vec![0; BLOCK_BYTES / 4 * 3].into() }
    }

    fn push(&mut self, piece: &[u8]) -> Decoded {
        let mut from = 0;
        if !self.tail.is_empty() && !self.is_ending {
            // What is left of the last piece is made a whole.
            from = (4 - self.tail.len() % 4).min(piece.len());
            self.tail.extend_from_slice(piece.get(..from).unwrap_or_default());
            if self.tail.len() < 4 {
                return self.look_for_end(piece, 0, from);
            }
            let text = std::mem::take(&mut self.tail);
            if !self.decode(&text) {
                self.tail = text;
                self.tail.truncate(self.tail.len() - from);
                self.is_ending = true;
                from = 0;
            }
        }
        if !self.is_ending {
            let whole = from + (piece.len() - from) / 4 * 4;
            for block in piece.get(from..whole).unwrap_or_default().chunks(BLOCK_BYTES) {
                if !self.decode(block) {
                    self.is_ending = true;
                    break;
                }
                from += block.len();
            }
        }
        let rest = from;
        self.tail.extend_from_slice(piece.get(rest..).unwrap_or_default());
        self.look_for_end(piece, rest, piece.len())
    }

    /// Looks for the end of the text in what was just added to the tail, which is `piece[from..to]`.
    fn look_for_end(&mut self, piece: &[u8], from: usize, to: usize) -> Decoded {
        let added = piece.get(from..to).unwrap_or_default();
        let before = self.tail.len() - added.len();
        let Some(place) = added.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
            // Of a text that ends, at most a block is left; more than this is no package.
            return if self.tail.len() > 2 * BLOCK_BYTES { self.odd(piece, to) } else { Decoded::More };
        };
        let end = before + place;
        let text = self.tail.get(..end).unwrap_or_default();
        match (self.tail.get(end), BASE64.decode(text)) {
            (Some(b'"'), Ok(bytes)) if self.intake.push(&bytes).is_ok() => Decoded::Ended { at: from + place },
            _ => self.odd(piece, to),
        }
    }

    /// Everything of the piece goes to the tail, which is what was not decoded.
    fn odd(&mut self, piece: &[u8], to: usize) -> Decoded {
        self.tail.extend_from_slice(piece.get(to..).unwrap_or_default());
        Decoded::Odd
    }

    /// Decodes text of whole groups of four that is not the last; tells whether it was that.
    fn decode(&mut self, text: &[u8]) -> bool {
        match BASE64.decode_slice(text, &mut self.block) {
            Ok(count) if count == text.len() / 4 * 3 => {
                self.block.get(..count).is_some_and(|bytes| self.intake.push(bytes).is_ok())
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{Mode, make_zip};

    /// The body after arriving in pieces of one size: the JSON, and the package that was taken out.
    fn arrive(body: &[u8], size: usize, packages: &Packages) -> (Vec<u8>, Option<Bytes>) {
        let mut upload = Upload::new(packages, Some(body.len() as u64));
        body.chunks(size).for_each(|piece| upload.push(piece));
        let body = upload.finish();
        (body.json.to_vec(), body.package.map(|package| package.bytes))
    }

    fn body(text: &str) -> Vec<u8> {
        format!(r#"{{"Publish": true, "ZipFile" : "{text}", "DryRun":false}}"#).into_bytes()
    }

    #[test]
    fn the_package_is_taken_out_wherever_the_pieces_end() {
        for bytes in (0..12).chain([98_304, 98_305, 131_072]) {
            let package: Vec<u8> = (0..bytes).map(|byte: u32| (byte % 251) as u8).collect();
            let text = BASE64.encode(&package);
            let body = body(&text);
            let sizes: Vec<usize> = if bytes < 12 { (1..=body.len()).collect() } else { vec![1, 7, 4096, body.len()] };
            for size in sizes {
                let (json, found) = arrive(&body, size, &Packages::new());
                assert_eq!(found.as_deref(), Some(&package[..]), "{bytes} bytes in pieces of {size}");
                assert_eq!(String::from_utf8(json).unwrap(), String::from_utf8(self::body(&TOKEN)).unwrap());
            }
        }
    }

    #[test]
    fn what_is_odd_stands_in_the_json_as_it_came() {
        let long = "QUJD".repeat(50_000);
        for text in [
            "UEsFBg=".to_owned(),
            "UEsFBg".to_owned(),
            "UEsFBg===".to_owned(),
            "UEsFBg==UEsF".to_owned(),
            "UEsF\\/w==".to_owned(),
            "UE sF".to_owned(),
            "\\\"".to_owned(),
            "=".to_owned(),
            "UEsFBh==".to_owned(),
            format!("{long}!{long}"),
            format!("{long}=={long}"),
            format!("{long}\\/{long}"),
            format!("{long}A"),
        ] {
            let body = body(&text);
            for size in [1, 3, 4, 65_536, body.len()] {
                let (json, found) = arrive(&body, size, &Packages::new());
                assert!(found.is_none() && json == body, "{:?}... in pieces of {size}", text.get(..9));
            }
        }
    }

    #[test]
    fn a_body_that_ends_too_early_stands_as_it_came() {
        let whole = body(&"QUJD".repeat(9));
        for end in 0..whole.len() - 24 {
            let part = &whole[..end];
            assert_eq!(arrive(part, 5, &Packages::new()), (part.to_vec(), None), "{end}");
        }
    }

    #[test]
    fn only_the_value_of_the_member_is_a_package() {
        for body in [
            r#"{"Description":"ZipFile","S3Key":"UEsF"}"#,
            r#"{"a":["ZipFile","UEsF"]}"#,
            r#"{"xZipFile":"UEsF","ZipFile2":"UEsF"}"#,
            r#"{"ZipFile":{"a":"UEsF"}}"#,
            r#"{"ZipFile":null,"S3Key":"UEsF"}"#,
            r#"{"a\"ZipFile":"UEsF"}"#,
        ] {
            for size in 1..body.len() {
                assert_eq!(arrive(body.as_bytes(), size, &Packages::new()), (body.as_bytes().to_vec(), None), "{body}");
            }
        }
        let twice = r#"{"Code":{"ZipFile":"UEsF"},"ZipFile":"QUJD"}"#;
        let (json, package) = arrive(twice.as_bytes(), 6, &Packages::new());
        assert_eq!(package.as_deref(), Some(&b"PK\x05"[..]));
        assert_eq!(json, twice.replace("UEsF", &TOKEN).into_bytes());
    }

    #[test]
    fn a_package_is_held_by_the_time_the_body_is_there() {
        let zip = make_zip([("app.py", "pass", Mode::File)]).unwrap();
        let packages = Packages::new();
        let mut upload = Upload::new(&packages, None);
        upload.push(&body(&BASE64.encode(&zip)));
        let arrived = upload.finish().package.unwrap();
        let package = packages.accept(arrived.bytes.clone(), &Limits::AWS).unwrap();
        assert!(Arc::ptr_eq(&package, arrived.held.as_ref().unwrap()));
        assert_eq!(package.bytes().as_ptr(), arrived.bytes.as_ptr());
    }

    #[test]
    fn the_token_is_no_base64() {
        assert!(BASE64.decode(&*TOKEN).is_err());
    }
}

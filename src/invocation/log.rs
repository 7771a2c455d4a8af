//! What a function has written, as the entries of a log.
//!
//! The one idea to hold: a line is an entry, but for what AWS's runtime clients frame, as they do with what a logger is given: that
//! is one entry, however many lines it has. A frame is four bytes for its kind, four for the length of its text, eight for
//! the moment, and the text.

/// What each frame begins with; the fourth byte says the level and whether it is JSON.
const FRAME: [u8; 3] = [0xA5, 0x5A, 0x00];
/// How many bytes come before a frame's text.
const HEAD_BYTES: usize = 16;

/// The entries of a log, without the newlines at their ends.
#[must_use]
pub fn entries(mut written: &[u8]) -> Vec<String> {
    let mut entries = Vec::new();
    while !written.is_empty() {
        if let Some((text, rest)) = frame(written) {
            entries.push(entry(text));
            written = rest;
            continue;
        }
        // What was begun before a frame ends with it; one that is cut off in its head is none.
        let ends = |(at, byte): (usize, &u8)| *byte == b'\n' || at > 0 && written[at..].starts_with(&FRAME);
        let end = written.iter().enumerate().position(ends).unwrap_or(written.len());
        entries.push(entry(&written[..end]));
        let is_line = written.get(end) == Some(&b'\n');
        written = &written[end + usize::from(is_line)..];
    }
    entries
}

/// The text of a frame, and what follows it; of one that was cut off, what there is.
fn frame(written: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = written.get(..HEAD_BYTES).filter(|head| head.starts_with(&FRAME))?;
    let length = u32::from_be_bytes(length[4..8].try_into().ok()?);
    let text = &written[HEAD_BYTES..];
    Some(text.split_at(text.len().min(usize::try_from(length).unwrap_or(usize::MAX))))
}

fn entry(text: &[u8]) -> String {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    String::from_utf8_lossy(text.strip_suffix(b"\r").unwrap_or(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(kind: u8, text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap();
        [&FRAME, &[kind][..], &length.to_be_bytes(), &[0; 8], text.as_bytes()].concat()
    }

    #[test]
    fn a_line_is_an_entry() {
        assert_eq!(entries(b"a\n\nb\r\nc"), ["a", "", "b", "c"]);
        assert_eq!(entries(b""), [""; 0]);
        assert_eq!(entries(b"\xff\n"), ["\u{fffd}"]);
    }

    #[test]
    fn a_frame_is_an_entry_however_many_lines_it_has() {
        let written = [&b"begun"[..], &framed(0x17, "a\nb\n"), &framed(0x03, ""), b"\nafter\n"].concat();
        assert_eq!(entries(&written), ["begun", "a\nb", "", "", "after"]);
    }

    #[test]
    fn a_frame_that_was_cut_off_is_what_there_is_of_it() {
        let whole = framed(0x03, "abc");
        assert_eq!(entries(&whole[..whole.len() - 1]), ["ab"]);
        assert_eq!(entries(&whole[..HEAD_BYTES]), [""]);
        // Less than a head is no frame.
        assert_eq!(entries(&whole[..4]).len(), 1);
    }
}

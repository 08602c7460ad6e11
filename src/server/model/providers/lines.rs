//! From bytes as they arrive to whole messages: events of a `text/event-stream`, or lines of JSON. Pure, and bounded: a message that
//! is longer than [`MAX_MESSAGE_BYTES`] is a fault while it arrives, not when memory is full.
//!
//! However the bytes are cut, the messages are the same. What comes after the last whole message is not one: a stream that is cut
//! inside a message must not look complete.

/// No provider's message comes near it: pieces are words, not books.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// `data:` lines up to an empty line. Names and ids of events are not needed: the data says what it is.
    Events,
    /// A line is a message.
    Lines,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingFault {
    #[error("a message of its answer is too long")]
    TooLong,
    #[error("its answer is not UTF-8")]
    NotUtf8,
}

/// Takes bytes, gives messages.
#[derive(Debug)]
pub struct Messages {
    framing: Framing,
    line: Vec<u8>,
    data: Option<String>,
    /// The last byte was a carriage return: a line feed belongs to it.
    after_return: bool,
    max_bytes: usize,
}

impl Messages {
    pub fn new(framing: Framing) -> Self {
        Self::bounded(framing, MAX_MESSAGE_BYTES)
    }

    fn bounded(framing: Framing, max_bytes: usize) -> Self {
        Self { framing, line: Vec::new(), data: None, after_return: false, max_bytes }
    }

    /// The messages that these bytes complete.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, FramingFault> {
        let mut messages = Vec::new();
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &rest[..end.unwrap_or(rest.len())];
            let gathered = self.line.len() + self.data.as_ref().map_or(0, String::len);
            if part.len() > self.max_bytes.saturating_sub(gathered) {
                return Err(FramingFault::TooLong);
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { break };
            self.after_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            let line = String::from_utf8(std::mem::take(&mut self.line)).map_err(|_| FramingFault::NotUtf8)?;
            messages.extend(self.take_line(line));
        }
        Ok(messages)
    }

    fn take_line(&mut self, line: String) -> Option<String> {
        match self.framing {
            Framing::Lines => (!line.trim().is_empty()).then_some(line),
            Framing::Events if line.is_empty() => self.data.take(),
            Framing::Events => {
                let value = line.strip_prefix("data:").map(|value| value.strip_prefix(' ').unwrap_or(value));
                if let Some(value) = value.or_else(|| (line == "data").then_some("")) {
                    match &mut self.data {
                        Some(data) => {
                            data.push('\n');
                            data.push_str(value);
                        }
                        None => self.data = Some(value.into()),
                    }
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(framing: Framing, text: &[u8]) -> Result<Vec<String>, FramingFault> {
        Messages::new(framing).push(text)
    }

    #[test]
    fn events_are_their_data() {
        for (text, expected) in [
            ("data: a\n\n", &["a"] as &[&str]),
            ("data:a\r\n\r\ndata: b\r\rdata: c\n\n", &["a", "b", "c"]),
            ("event: x\nid: 1\ndata: a\ndata: b\n\n", &["a\nb"]),
            (": comment\n\ndata: é🙂\n\n", &["é🙂"]),
            ("data\n\ndata:  two\n\n", &["", " two"]),
            ("data: cut\n", &[]),
            ("data: cut", &[]),
            ("datum: a\n\n\n\n", &[]),
        ] {
            assert_eq!(whole(Framing::Events, text.as_bytes()).unwrap(), expected, "{text:?}");
        }
        assert_eq!(whole(Framing::Lines, b"{}\n\r\n {\"a\":1}\r\n{").unwrap(), ["{}", " {\"a\":1}"]);
    }

    #[test]
    fn what_is_too_long_or_not_text_is_refused_when_it_comes() {
        assert_eq!(whole(Framing::Events, b"data: \xff\n"), Err(FramingFault::NotUtf8));
        for framing in [Framing::Events, Framing::Lines] {
            let mut messages = Messages::bounded(framing, 100);
            assert!(messages.push(&[b'a'; 100]).is_ok());
            assert_eq!(messages.push(b"a"), Err(FramingFault::TooLong), "{framing:?}");
        }
        let mut many_lines = Messages::bounded(Framing::Events, 100);
        let fault = (0..100).find_map(|_| many_lines.push(b"data: aaaa\n").err());
        assert_eq!(fault, Some(FramingFault::TooLong));
    }

    proptest! {
        #[test]
        fn however_it_is_cut_it_says_the_same(
            lines in proptest::collection::vec(proptest::sample::select(vec!["data: é", "data:b", "", "\r", ": c", "data", "{\"a\":1}"]), 0..20),
            end in proptest::sample::select(vec!["\n", "\r\n", "\r"]),
            cuts in proptest::collection::vec(1_usize..9, 1..40),
            events in any::<bool>(),
        ) {
            let framing = if events { Framing::Events } else { Framing::Lines };
            let text: String = lines.iter().flat_map(|line| [*line, end]).collect();
            let mut messages = Messages::new(framing);
            let (mut rest, mut cut, mut got) = (text.as_bytes(), cuts.iter().cycle(), Vec::new());
            while !rest.is_empty() {
                let (part, after) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
                got.extend(messages.push(part).unwrap());
                rest = after;
            }
            prop_assert_eq!(got, whole(framing, text.as_bytes()).unwrap());
        }
    }
}

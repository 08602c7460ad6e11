//! The process's own log: text for people or one JSON object per line for machines, on standard error.
//!
//! Guarantees: an entry is one line, whatever is in it, so that nobody can forge another; a terminal that shows it obeys nothing but our
//! own colours; frames of WebSockets, which hold people's inputs, are not in it at any level.

use std::io;

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use super::config::{LogFormat, LogSettings};

/// Libraries that write what passes through them at their last level: they do not get it, whatever the filter asks for.
const TALKATIVE: [&str; 1] = ["tungstenite=debug"];

/// Starts logging. Called once, by the binary.
///
/// # Errors
/// When the filter cannot be read, or logging was started before.
pub fn start(settings: &LogSettings) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(&settings.filter)?;
    for library in TALKATIVE {
        filter = filter.add_directive(library.parse()?);
    }
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Lines).with_target(false);
    let started = match settings.format {
        LogFormat::Text => subscriber.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    started.map_err(anyhow::Error::from_boxed)
}

/// Writes each entry as one line.
struct Lines;

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl io::Write for Lines {
    /// The subscriber hands over whole entries.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(one_line(&String::from_utf8_lossy(entry)).as_bytes())?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// The escape character stays: the subscriber writes it for its own colours only, and spells out any that it is given.
fn one_line(entry: &str) -> String {
    let text = entry.strip_suffix('\n').unwrap_or(entry);
    let plain = |c: char| match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\t' | '\u{1b}' => c,
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(plain).chain(['\n']).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn an_entry_is_one_line() {
        for (entry, line) in [
            ("INFO ready\n", "INFO ready\n"),
            ("a\r\nERROR forged\n", "a  ERROR forged\n"),
            ("a\u{2028}b\u{85}c\u{9b}31m\u{7f}\n", "a b c\u{fffd}31m\u{fffd}\n"),
            ("\u{1b}[32mINFO\u{1b}[0m wörld\n\n", "\u{1b}[32mINFO\u{1b}[0m wörld \n"),
        ] {
            assert_eq!(one_line(entry), line);
        }
    }
}

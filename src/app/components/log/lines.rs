//! Lines of the log as HTML. Thousands of them: written as text, because views for each would cost more than all
//! the rest of the page.

use std::{collections::BTreeMap, fmt::Write};

use crate::{
    app::{figures, markup::escape},
    protocol::{Level, LogLine, Timestamp},
};

/// Lines per list; the browser skips the layout of lists that are out of sight.
pub const CHUNK_LINES: usize = 100;
pub const CHUNK_START: &str = r#"<ol class="log-chunk">"#;
pub const CHUNK_END: &str = "</ol>";

/// What all lines of one showing have in common.
#[derive(Clone, Copy)]
pub struct Style<'s> {
    pub since: Timestamp,
    /// In lower case; marked, and lines without it are left out. Empty: all lines.
    pub needle: &'s str,
    /// How many comments there are on which lines.
    pub noted: &'s BTreeMap<u64, usize>,
}

/// Lines in chunks, and how many of them there were.
pub fn html<'l>(lines: impl IntoIterator<Item = &'l LogLine>, style: Style<'_>) -> (String, usize) {
    let mut html = String::new();
    let mut count = 0;
    for line in lines {
        if !contains(&line.message, style.needle) {
            continue;
        }
        if count % CHUNK_LINES == 0 {
            html.push_str(if count == 0 { CHUNK_START } else { "</ol><ol class=\"log-chunk\">" });
        }
        push_line(line, style, &mut html);
        count += 1;
    }
    if count > 0 {
        html.push_str(CHUNK_END);
    }
    (html, count)
}

pub fn push_line(line: &LogLine, style: Style<'_>, html: &mut String) {
    let LogLine { seq, at, level, message, .. } = line;
    let word = match level {
        Level::Warning => "warn",
        Level::Info => "",
        level => level.as_str(),
    };
    let _ = write!(
        html,
        r##"<li id="L{seq}" data-level="{level}"><a class="ln" href="#L{seq}" aria-label="Line {seq}">{seq}</a><time class="at" datetime="{at}" title="{}">{}</time><span class="level">{word}</span><span class="msg">"##,
        figures::utc(*at),
        figures::offset(at.ms_since(style.since)),
    );
    push_marked(message, style.needle, html);
    html.push_str("</span>");
    if let Some(count) = style.noted.get(seq) {
        push_note(*seq, *count, html);
    }
    html.push_str("</li>");
}

/// What says that there are comments on a line.
pub fn push_note(seq: u64, count: usize, html: &mut String) {
    let comments = figures::count_of(count as u64, "comment", "comments");
    let _ = write!(html, r##"<a class="noted" href="#comments" aria-label="{comments} on line {seq}">{comments}</a>"##);
}

/// Without regard to the case of ASCII letters; `needle` is lower case.
pub fn contains(message: &str, needle: &str) -> bool {
    needle.is_empty() || message.to_ascii_lowercase().contains(needle)
}

/// The message with every occurrence of the needle marked.
fn push_marked(message: &str, needle: &str, html: &mut String) {
    if needle.is_empty() {
        return escape(message, html);
    }
    // Lower-casing ASCII only keeps every byte's place.
    let lower = message.to_ascii_lowercase();
    let mut done = 0;
    for (start, hit) in lower.match_indices(needle) {
        escape(&message[done..start], html);
        done = start + hit.len();
        html.push_str("<mark>");
        escape(&message[start..done], html);
        html.push_str("</mark>");
    }
    escape(&message[done..], html);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(message: &str, needle: &str) -> String {
        let mut html = String::new();
        push_marked(message, needle, &mut html);
        html
    }

    #[test]
    fn hits_are_marked_whatever_their_case() {
        assert_eq!(marked("GET /Pets and /pets", "/pets"), "GET <mark>/Pets</mark> and <mark>/pets</mark>");
        assert_eq!(marked("Größe ß", "ß"), "Grö<mark>ß</mark>e <mark>ß</mark>");
        assert_eq!(marked("none", "x"), "none");
    }

    #[test]
    fn nothing_of_a_message_becomes_markup() {
        assert_eq!(marked("<script>&", ""), "&lt;script&gt;&amp;");
        assert_eq!(marked("<b><b>", "<b>"), "<mark>&lt;b&gt;</mark><mark>&lt;b&gt;</mark>");
    }

    #[test]
    fn lines_come_in_chunks() {
        let line = |seq| LogLine { seq, at: Timestamp::default(), level: Level::Info, message: format!("line {seq}"), stage: None };
        let lines: Vec<LogLine> = (1..=250).map(line).collect();
        let noted = BTreeMap::from([(7, 2)]);
        let style = Style { since: Timestamp::default(), needle: "", noted: &noted };
        let (all, count) = html(&lines, style);
        assert_eq!((count, all.matches("<ol").count(), all.matches("</ol>").count(), all.matches("<li").count()), (250, 3, 3, 250));
        let (some, count) = html(&lines, Style { needle: "line 24", ..style });
        assert_eq!((count, some.matches("<li").count(), some.matches("<ol").count()), (11, 11, 1));
        assert_eq!(all.matches(r#"aria-label="2 comments on line 7">2 comments</a></li>"#).count(), 1);
        assert_eq!(html(&lines, Style { needle: "no such", ..style }), (String::new(), 0));
    }
}

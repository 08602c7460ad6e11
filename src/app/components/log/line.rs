//! Lines of the log, in chunks whose layout the browser skips while they are out of sight.

use leptos::{either::Either, prelude::*};

use super::permalink::Permalink;
use crate::{
    app::figures,
    client::view::Chunk,
    protocol::{Level, LogLine, Timestamp},
};

#[component]
pub fn ChunkView(chunk: Chunk, needle: RwSignal<String>, since: Timestamp, permalink: Permalink) -> impl IntoView {
    let lines = chunk.lines;
    // The needle is part of the key, so that marks are drawn anew when it changes.
    let rows = move || {
        let needle = needle.get();
        lines.read().iter().filter(|line| needle.is_empty() || contains(&line.message, &needle)).map(|line| (line.clone(), needle.clone())).collect::<Vec<_>>()
    };
    view! {
        <ol class="log-chunk">
            <For each=rows key=|(line, needle)| (line.seq, needle.clone()) let((line, needle))>
                <Line line needle since permalink />
            </For>
        </ol>
    }
}

#[component]
fn Line(line: LogLine, needle: String, since: Timestamp, permalink: Permalink) -> impl IntoView {
    let LogLine { seq, at, level, message, stage } = line;
    let open = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        permalink.open(seq, event.shift_key());
    };
    view! {
        <li id=format!("L{seq}") data-level=level.as_str()>
            <a class="ln" href=format!("#L{seq}") aria-label=format!("Line {seq}") on:click=open>
                {seq}
            </a>
            <time class="at" datetime=at.to_string() title=figures::utc(at)>
                {figures::offset(at.ms_since(since))}
            </time>
            <span class="level">{level_word(level)}</span>
            <span class="stage-tag">{stage}</span>
            <span class="msg">{marked(&message, &needle)}</span>
        </li>
    }
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "",
        Level::Warning => "warn",
        Level::Error => "error",
    }
}

/// The message with every occurrence of the needle marked.
fn marked(message: &str, needle: &str) -> impl IntoView + use<> {
    if needle.is_empty() {
        return Either::Left(message.to_owned());
    }
    Either::Right(
        pieces(message, needle)
            .into_iter()
            .map(|(text, hit)| if hit { Either::Left(view! { <mark>{text}</mark> }) } else { Either::Right(text) })
            .collect_view(),
    )
}

/// Without regard to the case of ASCII letters; `needle` is lower case.
pub fn contains(message: &str, needle: &str) -> bool {
    message.to_ascii_lowercase().contains(needle)
}

fn pieces(message: &str, needle: &str) -> Vec<(String, bool)> {
    // Lower-casing ASCII only keeps every byte's place.
    let lower = message.to_ascii_lowercase();
    let mut pieces = Vec::new();
    let mut done = 0;
    for (start, hit) in lower.match_indices(needle) {
        if start > done {
            pieces.push((message[done..start].to_owned(), false));
        }
        done = start + hit.len();
        pieces.push((message[start..done].to_owned(), true));
    }
    if done < message.len() {
        pieces.push((message[done..].to_owned(), false));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_cut_out_whatever_their_case() {
        let piece = |text: &str, hit| (text.to_owned(), hit);
        assert_eq!(pieces("GET /Pets and /pets", "/pets"), [piece("GET ", false), piece("/Pets", true), piece(" and ", false), piece("/pets", true)]);
        assert_eq!(pieces("Größe ß", "ß"), [piece("Grö", false), piece("ß", true), piece("e ", false), piece("ß", true)]);
        assert_eq!(pieces("none", "x"), [piece("none", false)]);
    }
}

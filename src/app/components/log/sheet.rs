//! The lines on the page, as the browser has them: adds at the end, puts on top, draws anew for a search.

use std::collections::BTreeMap;

use leptos::{html, prelude::*};

use super::{
    follow::Follow,
    lines::{self, CHUNK_END, CHUNK_LINES, CHUNK_START, Style, contains, push_line, push_note},
};
use crate::{
    client::view::Live,
    protocol::{LogLine, Timestamp},
};

const END: &str = "beforeend";

#[derive(Clone, Copy)]
pub struct Sheet {
    pub live: Live,
    follow: Follow,
    list: NodeRef<html::Div>,
    since: Timestamp,
    needle: StoredValue<String>,
    /// Lines found; `None` when nothing is searched for.
    pub matches: RwSignal<Option<usize>>,
}

impl Sheet {
    pub fn new(live: Live, follow: Follow, list: NodeRef<html::Div>) -> Self {
        let since = live.now(|snapshot| snapshot.created_at);
        let sheet = Self { live, follow, list, since, needle: StoredValue::new(String::new()), matches: RwSignal::new(None) };
        Effect::new(move |_| {
            live.log.changed.track();
            sheet.append();
        });
        Effect::new(move |before: Option<BTreeMap<u64, usize>>| {
            let noted = live.log.noted.get();
            // What is there from the beginning is in the first picture.
            if let Some(before) = before {
                note(&before, &noted);
            }
            noted
        });
        sheet
    }

    /// What is shown before anything happens; the server's HTML is this too.
    pub fn first_html(self) -> String {
        self.live.log.noted.with_untracked(|noted| self.live.log.lines.with_value(|all| lines::html(all, self.style("", noted)).0))
    }

    /// Shows only lines with the text, whatever its case.
    pub fn search(self, text: &str) {
        let needle = text.to_ascii_lowercase();
        let noted = self.live.log.noted.get_untracked();
        let (html, count) = self.live.log.lines.with_value(|all| lines::html(all, self.style(&needle, &noted)));
        self.matches.set((!needle.is_empty()).then_some(count));
        self.needle.set_value(needle);
        self.live.log.fresh.set_value(0);
        if let Some(list) = self.list.get_untracked() {
            list.set_inner_html(&html);
        }
    }

    /// Puts older lines on top and keeps what is in view where it is.
    pub fn prepend(self, older: Vec<LogLine>) {
        let Some(list) = self.list.get_untracked() else { return };
        self.follow.keep_place(|| {
            let older = self.live.log.prepend(older);
            let noted = self.live.log.noted.get_untracked();
            let (html, found) = self.needle.with_value(|needle| lines::html(&older, self.style(needle, &noted)));
            let _ = list.insert_adjacent_html("afterbegin", &html);
            self.matches.update(|matches| *matches = matches.map(|count| count + found));
        });
    }

    fn append(self) {
        let Some(list) = self.list.get_untracked() else { return };
        let fresh = self.live.log.fresh.try_update_value(std::mem::take).unwrap_or(0);
        if fresh == 0 {
            return;
        }
        let mut found = 0;
        let noted = self.live.log.noted.get_untracked();
        self.live.log.lines.with_value(|lines| {
            self.needle.with_value(|needle| {
                let style = self.style(needle, &noted);
                // What still fits goes into the last list, the rest into new ones.
                let open = list.last_element_child();
                let room = open.as_ref().map_or(0, |open| CHUNK_LINES.saturating_sub(open.child_element_count() as usize));
                let (mut fitting, mut rest) = (String::new(), String::new());
                for line in lines.iter().skip(lines.len() - fresh.min(lines.len())).filter(|line| contains(&line.message, needle)) {
                    if found < room {
                        push_line(line, style, &mut fitting);
                    } else {
                        if (found - room).is_multiple_of(CHUNK_LINES) {
                            rest.push_str(if rest.is_empty() { "" } else { CHUNK_END });
                            rest.push_str(CHUNK_START);
                        }
                        push_line(line, style, &mut rest);
                    }
                    found += 1;
                }
                if let Some(open) = open.filter(|_| !fitting.is_empty()) {
                    let _ = open.insert_adjacent_html(END, &fitting);
                }
                if !rest.is_empty() {
                    let _ = list.insert_adjacent_html(END, &(rest + CHUNK_END));
                }
            });
        });
        self.matches.update(|matches| *matches = matches.map(|count| count + found));
        self.trim(&list);
        self.follow.came(fresh as u64);
    }

    /// Takes whole lists away from the top, as far as the page forgets their lines.
    fn trim(self, list: &leptos::web_sys::Element) {
        if self.live.log.trim() == 0 {
            return;
        }
        let first = self.live.log.first_seq().unwrap_or(0);
        while let Some(chunk) = list.first_element_child() {
            let last_line = chunk.last_element_child().map(|line| line.id());
            if last_line.and_then(|id| id.strip_prefix('L')?.parse().ok()).is_some_and(|seq: u64| seq < first) {
                chunk.remove();
            } else {
                break;
            }
        }
    }

    fn style<'s>(self, needle: &'s str, noted: &'s BTreeMap<u64, usize>) -> Style<'s> {
        Style { since: self.since, needle, noted }
    }
}

/// Changes what lines say of their comments, where they are on the page.
fn note(before: &BTreeMap<u64, usize>, now: &BTreeMap<u64, usize>) {
    let changed = |seq: &&u64| before.get(*seq) != now.get(*seq);
    let gone = before.keys().filter(|seq| !now.contains_key(*seq));
    for seq in now.keys().chain(gone).filter(changed) {
        let Some(line) = document().get_element_by_id(&format!("L{seq}")) else { continue };
        if let Some(old) = line.last_element_child().filter(|last| last.class_name() == "noted") {
            old.remove();
        }
        if let Some(count) = now.get(seq) {
            let mut html = String::new();
            push_note(*seq, *count, &mut html);
            let _ = line.insert_adjacent_html(END, &html);
        }
    }
}

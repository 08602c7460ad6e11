//! Addresses of lines: `#L123` and `#L120-L130`, by seq, so that they mean the same line for ever.

use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
    web_sys,
};
use leptos_router::hooks::use_location;

use super::{follow::Follow, sheet::Sheet};
use crate::app::api;

/// Requests made to reach a line that is far up.
const MAX_LOADS: u32 = 20;
const CLASS: &str = "target";

#[derive(Clone, Copy)]
pub struct Permalink {
    sheet: Sheet,
    follow: Follow,
    range: RwSignal<Option<(u64, u64)>>,
}

impl Permalink {
    #[allow(clippy::large_types_passed_by_value, reason = "handles of signals, handed over once a page")]
    pub fn new(sheet: Sheet, follow: Follow) -> Self {
        let permalink = Self { sheet, follow, range: sheet.live.log.picked };
        let location = use_location();
        Effect::new(move |_| {
            if let Some(range) = parse(&location.hash.get()) {
                permalink.range.set(Some(range));
                permalink.show(range);
            }
        });
        Effect::new(move |before: Option<Option<(u64, u64)>>| {
            let range = permalink.range.get();
            mark(before.flatten(), false);
            mark(range, true);
            range
        });
        permalink
    }

    /// A click somewhere in the log: on a number it opens the line.
    pub fn clicked(self, event: &web_sys::MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let number = target.filter(|target| target.class_name() == "ln" && !event.ctrl_key() && !event.meta_key());
        if let Some(seq) = number.and_then(|number| number.text_content()?.parse().ok()) {
            event.prevent_default();
            self.open(seq, event.shift_key());
        }
    }

    /// Puts the line into the address bar; with `extend`, everything from the line that is there now.
    fn open(self, seq: u64, extend: bool) {
        let from = self.range.get_untracked().filter(|_| extend).map_or(seq, |(from, _)| from);
        let (from, to) = (from.min(seq), from.max(seq));
        let hash = if from == to { format!("#L{from}") } else { format!("#L{from}-L{to}") };
        // Past the router, which would scroll the whole page to the line that is in view anyway.
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&hash));
        }
        self.follow.hold();
        self.range.set(Some((from, to)));
    }

    /// Brings the line into view, loading earlier lines until it is there.
    fn show(self, range: (u64, u64)) {
        self.follow.hold();
        let live = self.sheet.live;
        spawn_local(async move {
            for _ in 0..MAX_LOADS {
                if live.snapshot.is_disposed() {
                    return;
                }
                let Some(first) = live.log.first_seq() else { break };
                if first <= range.0 {
                    break;
                }
                let Ok(lines) = api::log_before(live.task_id, first).await else { break };
                if lines.is_empty() || live.snapshot.is_disposed() {
                    break;
                }
                self.sheet.prepend(lines);
            }
            request_animation_frame(move || {
                mark(Some(range), true);
                if let Some(line) = element(range.0) {
                    line.scroll_into_view();
                }
            });
        });
    }
}

fn parse(hash: &str) -> Option<(u64, u64)> {
    let range = hash.strip_prefix("#L")?;
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    let (from, to) = (from.parse().ok()?, to.trim_start_matches('L').parse().ok()?);
    (from <= to).then_some((from, to))
}

fn mark(range: Option<(u64, u64)>, on: bool) {
    let Some((from, to)) = range else { return };
    for seq in from..=to.min(from.saturating_add(5_000)) {
        if let Some(line) = element(seq) {
            let _ = line.class_list().toggle_with_force(CLASS, on);
        }
    }
}

fn element(seq: u64) -> Option<web_sys::Element> {
    document().get_element_by_id(&format!("L{seq}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_a_line_or_a_range() {
        for (hash, range) in [
            ("#L7", Some((7, 7))),
            ("#L7-L9", Some((7, 9))),
            ("#L7-9", Some((7, 9))),
            ("#L9-L7", None),
            ("#files", None),
            ("#L", None),
            ("", None),
        ] {
            assert_eq!(parse(hash), range, "{hash}");
        }
    }
}

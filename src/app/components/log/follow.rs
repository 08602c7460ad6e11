//! The follow-tail rule: the log follows its end until somebody scrolls up, selects text, searches or opens a line;
//! it follows again from the end.

use leptos::{html, prelude::*};

use crate::client::{edge, view::Live};

/// This close to the end counts as the end.
const BAND_PX: i32 = 16;

#[derive(Clone, Copy)]
pub struct Follow {
    node: NodeRef<html::Div>,
    pub following: RwSignal<bool>,
    /// Lines that came since it stopped following.
    pub unseen: RwSignal<u64>,
    last_top: StoredValue<i32>,
}

impl Follow {
    pub fn new(live: Live, node: NodeRef<html::Div>) -> Self {
        let follow = Self { node, following: live.log.following, unseen: RwSignal::new(0), last_top: StoredValue::new(0) };
        let total = live.part(|snapshot| snapshot.log_total);
        Effect::new(move |before: Option<u64>| {
            let total = total.get();
            let came = total - before.unwrap_or(total).min(total);
            // Once more with the first frame: chunks out of sight have guessed heights until then.
            queue_microtask(move || follow.came(came));
            request_animation_frame(move || follow.came(0));
            total
        });
        follow
    }

    fn came(self, lines: u64) {
        let Some(log) = self.node.try_get_untracked().flatten() else { return };
        if edge::has_selection_in(&log) {
            self.hold();
        }
        if self.following.get_untracked() {
            log.set_scroll_top(log.scroll_height());
            self.last_top.set_value(log.scroll_top());
        } else if lines > 0 {
            self.unseen.update(|unseen| *unseen += lines);
        }
    }

    /// Somebody, or the line above, has scrolled.
    pub fn scrolled(self) {
        let Some(log) = self.node.get_untracked() else { return };
        let top = log.scroll_top();
        if log.scroll_height() - top - log.client_height() <= BAND_PX {
            self.following.set(true);
            self.unseen.set(0);
        } else if top < self.last_top.get_value() {
            self.hold();
        }
        self.last_top.set_value(top);
    }

    /// Stops following.
    pub fn hold(self) {
        if self.following.get_untracked() {
            self.following.set(false);
        }
    }

    pub fn to_end(self) {
        self.following.set(true);
        self.unseen.set(0);
        self.came(0);
        request_animation_frame(move || self.came(0));
    }

    /// Runs what puts lines on top, and keeps the lines in view where they are.
    pub fn keep_place(self, change: impl FnOnce()) {
        let Some(log) = self.node.get_untracked() else { return change() };
        let (top, height) = (log.scroll_top(), log.scroll_height());
        change();
        request_animation_frame(move || log.set_scroll_top(top + log.scroll_height() - height));
    }
}

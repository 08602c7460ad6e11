//! The follow-tail rule: the log follows its end until somebody scrolls up, selects text, searches or opens a line;
//! it follows again from the end.

use leptos::{html, prelude::*};

use crate::client::{edge, view::Live};

/// This close to the end counts as the end.
const BAND_PX: i32 = 16;

#[derive(Clone, Copy)]
pub struct Follow {
    frame: NodeRef<html::Div>,
    pub following: RwSignal<bool>,
    /// Lines that came since it stopped following.
    pub unseen: RwSignal<u64>,
    last_top: StoredValue<i32>,
}

impl Follow {
    pub fn new(live: Live, frame: NodeRef<html::Div>, shown: Signal<bool>) -> Self {
        let follow = Self { frame, following: live.log.following, unseen: RwSignal::new(0), last_top: StoredValue::new(0) };
        // What is out of sight cannot scroll: catch up when it comes into sight.
        Effect::new(move |_| {
            if shown.get() {
                request_animation_frame(move || follow.came(0));
            }
        });
        follow
    }

    /// Lines were added at the end.
    pub fn came(self, lines: u64) {
        let Some(log) = self.frame.try_get_untracked().flatten() else { return };
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

    pub fn scrolled(self) {
        let Some(log) = self.frame.get_untracked() else { return };
        let top = log.scroll_top();
        if log.scroll_height() - top - log.client_height() <= BAND_PX {
            if !self.following.get_untracked() {
                self.following.set(true);
                self.unseen.set(0);
            }
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
        // Once more: lists that were out of sight have guessed heights until they are drawn.
        request_animation_frame(move || self.came(0));
    }

    /// Runs what puts lines on top, and keeps the lines in view where they are.
    pub fn keep_place(self, change: impl FnOnce()) {
        let Some(log) = self.frame.get_untracked() else { return change() };
        let (top, height) = (log.scroll_top(), log.scroll_height());
        change();
        log.set_scroll_top(top + log.scroll_height() - height);
    }
}

//! The page's clock. The server's instant first, so that the browser's first picture is the server's;
//! then a tick each second while the page is seen.

use std::time::Duration;

use leptos::{ev, prelude::*};

use super::visit::Visit;
use crate::{client::edge, protocol::Timestamp};

/// A difference below this is the time that loading took; above it the browser's clock is wrong.
const TOLERATED_MS: i64 = 5_000;

/// Context: the server's time, as well as the browser can tell.
#[derive(Clone, Copy)]
pub struct Now {
    at: RwSignal<Timestamp>,
    /// Whether the page is alive, and texts may depend on the reader's zone.
    pub alive: RwSignal<bool>,
    ahead_ms: StoredValue<i64>,
}

impl Now {
    pub fn get(self) -> Timestamp {
        self.at.get()
    }

    /// The server's time of something that the browser has timed.
    pub fn on_server(self, browser: Timestamp) -> Timestamp {
        browser.plus_ms(-self.ahead_ms.get_value())
    }

    fn tick(self) {
        self.at.set(self.on_server(edge::now()));
    }
}

pub fn provide_now() {
    let rendered_at = SharedValue::new(|| match Visit::current().rendered_at {
        at if at == Timestamp::default() => edge::now(),
        at => at,
    })
    .into_inner();
    let now = Now { at: RwSignal::new(rendered_at), alive: RwSignal::new(false), ahead_ms: StoredValue::new(0) };
    provide_context(now);
    Effect::new(move |_| {
        let ahead = edge::now().as_millis() - rendered_at.as_millis();
        if ahead.abs() > TOLERATED_MS {
            now.ahead_ms.set_value(ahead);
        }
        now.alive.set(true);
        let ticking = set_interval_with_handle(
            move || {
                if !document().hidden() {
                    now.tick();
                }
            },
            Duration::from_secs(1),
        );
        let shown = window_event_listener(ev::visibilitychange, move |_| now.tick());
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
            shown.remove();
        });
    });
}

pub fn use_now() -> Now {
    expect_context()
}

//! What the server knows of a visit that a page needs: given as context for every page that it renders.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::protocol::Timestamp;

/// Context for every rendered page. Without it a page still renders, with times as of the epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// "Now" for everything on the page; the browser goes on from here.
    pub rendered_at: Timestamp,
    /// From the cookie `theme`; `None` follows the system.
    pub theme: Option<Theme>,
    /// Random; the idempotency key of a form on the page.
    pub form_key: String,
    /// Parts of the program that the page needs besides the first, to be fetched at once.
    pub parts: Parts,
}

/// Addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub scripts: Vec<String>,
    pub wasm: Vec<String>,
}

impl Visit {
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub const COOKIE: &str = "theme";

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The cookie's or form field's word; anything else follows the system.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

//! What a list of tasks is asked for, as its address says it.

use leptos_router::{location::Url, params::ParamsMap};
use serde::{Deserialize, Serialize};

use crate::protocol::{Status, TaskFilter};

const PAGE: u32 = 25;
const RECENT: u32 = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub state: Option<Status>,
    pub text: String,
    pub before: String,
    /// Only the newest few, for the home page.
    pub recent: bool,
}

impl Asked {
    pub fn from_query(query: &ParamsMap) -> Self {
        Self {
            state: query.get_str("state").and_then(Status::parse),
            text: query.get("q").unwrap_or_default().trim().to_owned(),
            before: query.get("before").unwrap_or_default(),
            recent: false,
        }
    }

    pub fn address(&self) -> String {
        let state = self.state.map(|state| format!("state={state}"));
        let text = (!self.text.is_empty()).then(|| format!("q={}", Url::escape(&self.text)));
        let before = (!self.before.is_empty()).then(|| format!("before={}", Url::escape(&self.before)));
        let parts: Vec<String> = [state, text, before].into_iter().flatten().collect();
        if parts.is_empty() { "/tasks".into() } else { format!("/tasks?{}", parts.join("&")) }
    }

    pub fn filter(&self) -> TaskFilter {
        TaskFilter {
            status: self.state,
            text: Some(self.text.clone()).filter(|text| !text.is_empty()),
            before: self.before.parse().ok(),
            limit: if self.recent { RECENT } else { PAGE },
            ..TaskFilter::default()
        }
    }

    pub fn is_filter(&self) -> bool {
        self.state.is_some() || !self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked_for() {
        let asked = Asked { state: Some(Status::Failed), text: "shop & co".into(), ..Asked::default() };
        assert_eq!(asked.address(), "/tasks?state=failed&q=shop%20%26%20co");
        assert_eq!(Asked::default().address(), "/tasks");
        assert!(asked.is_filter() && !Asked { before: "x".into(), ..Asked::default() }.is_filter());
    }
}

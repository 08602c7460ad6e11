//! Sending an input: one task however often the button is pressed, then to its page.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    app::{api, components::problem_note::Trouble},
    client::edge,
    protocol::{Inspected, Problem, TaskInput},
};

/// What is known of the present input.
#[derive(Clone, Debug, PartialEq)]
pub enum Checked {
    Nothing,
    Checking,
    Fine(Inspected),
    Wrong(Problem),
}

/// Goes to an address inside the application.
type Go = Box<dyn Fn(&str) + Send + Sync>;

#[derive(Clone, Copy)]
pub struct Attempt {
    pub checked: RwSignal<Checked>,
    pub sending: RwSignal<bool>,
    key: RwSignal<String>,
    /// Counts changes of the input: an answer to an older one is of no interest.
    version: StoredValue<u32>,
    go: StoredValue<Go>,
}

impl Attempt {
    pub fn new(key: String, problem: Option<Problem>) -> Self {
        let navigate = use_navigate();
        Self {
            checked: RwSignal::new(problem.map_or(Checked::Nothing, Checked::Wrong)),
            sending: RwSignal::new(false),
            key: RwSignal::new(key),
            version: StoredValue::new(0),
            go: StoredValue::new(Box::new(move |path| navigate(path, NavigateOptions::default()))),
        }
    }

    pub fn key(self) -> Signal<String> {
        self.key.into()
    }

    /// The input is another one now, so its idempotency key must be too.
    pub fn changed(self) {
        self.version.update_value(|version| *version += 1);
        self.checked.set(Checked::Nothing);
        self.key.set(edge::random_key());
    }

    pub fn check(self, input: TaskInput) {
        self.checked.set(Checked::Checking);
        let version = self.version.get_value();
        spawn_local(async move {
            let answer = api::check(input).await;
            if self.version.try_get_value() == Some(version) && self.checked.get_untracked() == Checked::Checking {
                self.checked.set(answer.map_or_else(Checked::Wrong, Checked::Fine));
            }
        });
    }

    pub fn send(self, input: TaskInput, sent: impl FnOnce() + 'static) {
        if self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        let key = self.key.get_untracked();
        spawn_local(async move {
            let answer = api::submit(input, key).await;
            if self.sending.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(task_id) => {
                    sent();
                    self.go.with_value(|go| go(&format!("/tasks/{task_id}")));
                }
                Err(problem) => self.checked.set(Checked::Wrong(problem)),
            }
        });
    }

    /// What is wrong, with the text that it is about.
    pub fn trouble(self, text: impl Fn() -> String + Send + Sync + 'static) -> Signal<Trouble> {
        Signal::derive(move || match self.checked.get() {
            Checked::Wrong(problem) => Some((problem, text())),
            _ => None,
        })
    }

    pub fn fail(self, problem: Problem) {
        self.checked.set(Checked::Wrong(problem));
    }
}

//! Model → cases: what is sent, what must come back, and why. No language of tests is known here.
//!
//! One valid template per operation and one change per case. `sample` makes values, `valid` and `invalid` vary
//! them, `conforms` keeps every case honest: a negative case is certainly invalid, a positive one is not. What
//! cannot be known without the server's data becomes a case that is skipped, with the reason.

mod body;
pub mod conforms;
mod fixtures;
mod flows;
mod format;
mod invalid;
mod names;
mod parameters;
mod pattern;
mod plan;
mod protocol;
mod references;
mod sample;
mod template;
mod valid;

#[cfg(test)]
mod tests;

pub use fixtures::{Fixture, Fixtures, Source};
pub use names::{Unique, shown, snake};
pub use pattern::{compile, is_portable, matching};
pub use plan::{MAX_CASES, Plan, by_kind, plan, slugs};

use super::json::Json;

/// Declares the kinds of case with the word that stands for each in results and file lists.
macro_rules! kinds {
    ($($variant:ident = $word:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($variant),+ }

        impl Kind {
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

// In the order in which cases stand in a file, and in which they are kept when there are too many.
kinds!(
    DocumentedExample = "documented_example",
    RequiredOnly = "required_only",
    AllProperties = "all_properties",
    Flow = "flow",
    UnknownId = "unknown_id",
    Credentials = "credentials",
    UndocumentedMethod = "undocumented_method",
    Missing = "missing",
    WrongType = "wrong_type",
    BadEnum = "bad_enum",
    OutOfBounds = "out_of_bounds",
    BadFormat = "bad_format",
    BadPattern = "bad_pattern",
    UnexpectedProperty = "unexpected_property",
    MalformedBody = "malformed_body",
    WrongContentType = "wrong_content_type",
    Optional = "optional",
    EnumValue = "enum_value",
    Bound = "bound",
    Null = "null",
    Alternative = "alternative",
    MediaType = "media_type",
);

/// One test.
#[derive(Clone, Debug)]
pub struct Case {
    /// Stable between runs and unaffected by other cases: `buyMuseumTickets/missing/without-ticket-date`.
    pub id: String,
    /// Index into the model's operations.
    pub operation: usize,
    pub kind: Kind,
    /// Snake case, unique within the operation: `without_ticket_date`.
    pub name: String,
    /// One sentence without a full stop.
    pub reason: String,
    /// What happens first, each step judged by itself.
    pub before: Vec<Stage>,
    pub request: Request,
    pub oracle: Oracle,
    /// The operation that `request` is of, where it is not the case's own.
    pub subject: Option<usize>,
    /// Why it cannot be run as it is.
    pub skip: Option<String>,
}

/// One step of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    pub operation: usize,
    pub request: Request,
    pub oracle: Oracle,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub method: String,
    pub path: Vec<PathPart>,
    pub query: Vec<(String, Json)>,
    pub headers: Vec<(String, Json)>,
    pub cookies: Vec<(String, Json)>,
    pub payload: Payload,
    pub caller: Caller,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PathPart {
    /// As it is written in the template.
    Literal(String),
    /// A parameter's value.
    Value(Json),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Payload {
    #[default]
    Nothing,
    Json {
        media_type: String,
        value: Json,
    },
    Form(Json),
    /// The names of the fields that are files.
    Multipart {
        value: Json,
        files: Vec<String>,
    },
    Raw {
        media_type: String,
        text: String,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// With the credentials from the environment.
    #[default]
    Own,
    Nobody,
    /// With credentials that were never given out.
    Stranger,
}

/// What must come back.
#[derive(Clone, Debug, PartialEq)]
pub enum Oracle {
    /// A documented success that conforms to its description. `needs` names what the test cannot know: if the
    /// server refuses because of it, the test proves nothing and is skipped.
    Conforms { statuses: Vec<u16>, needs: Option<String> },
    /// A success whose body has these properties with these values.
    Shows { expected: Json },
    /// Any 4xx.
    Refuses,
    /// The server refuses before it looks at the operation's own rules: any 4xx, its body undocumented.
    RefusesEarly,
    /// 404 or 410; `or_success` where the method may rightly succeed (idempotent DELETE, creating PUT).
    NotFound { or_success: bool },
    /// 405 with `Allow`; `templated` paths may answer 404.
    MethodNotAllowed { templated: bool },
    /// 401 or 403.
    Unauthorized { templated: bool },
}

impl Case {
    /// The names of the fixtures that its steps need, each once, in order.
    pub fn fixtures(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for request in self.before.iter().map(|stage| &stage.request).chain([&self.request]) {
            for name in request.fixtures() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}

impl Request {
    /// The names of the fixtures it needs, each once, in order.
    pub fn fixtures(&self) -> Vec<String> {
        let mut names = Vec::new();
        for part in &self.path {
            if let PathPart::Value(value) = part {
                made(value, &mut names);
            }
        }
        for (_, value) in self.query.iter().chain(&self.headers).chain(&self.cookies) {
            made(value, &mut names);
        }
        match &self.payload {
            Payload::Json { value, .. } | Payload::Form(value) | Payload::Multipart { value, .. } => made(value, &mut names),
            Payload::Nothing | Payload::Raw { .. } => {}
        }
        names
    }

    /// The path as people write it: `/books/{book_id}`.
    pub fn path_text(&self) -> String {
        self.path
            .iter()
            .map(|part| match part {
                PathPart::Literal(text) => text.clone(),
                PathPart::Value(Json::Made(name)) => format!("{{{name}}}"),
                PathPart::Value(value) => parameters::text(value),
            })
            .collect()
    }
}

fn made(value: &Json, names: &mut Vec<String>) {
    match value {
        Json::Made(name) if !names.contains(name) => names.push(name.clone()),
        Json::List(items) => items.iter().for_each(|item| made(item, names)),
        Json::Map(map) => map.values().for_each(|value| made(value, names)),
        _ => {}
    }
}

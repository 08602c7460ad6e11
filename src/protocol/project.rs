//! What a project is to be: the entity model, and the choices around it.
//!
//! The words are `JHipster`'s where it has one: entities, fields with nine validations, enumerations, relations, pagination, search,
//! filter. Whether a model makes sense is decided on the server (`generate/project/model`); in here is its shape only.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::edit::FileEdit;

/// Everything that a blueprint needs to know of what the project is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ssr", schema(example = json!({"name": "Town library", "description": "", "entities": [{"name": "Book", "fields": [{"name": "title", "type": "string", "required": true}]}], "enums": [], "relations": []})))]
#[serde(deny_unknown_fields)]
pub struct ProjectModel {
    /// For people: `Town library`. Names of folders, packages and tables are made of it.
    pub name: String,
    /// One or two sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub entities: Vec<Entity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enums: Vec<Enumeration>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
}

/// A kind of thing that the project keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// One of them, `PascalCase`: `Book`.
    pub name: String,
    /// Many of them, `PascalCase`, where English rules would get it wrong: `Staff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plural: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub fields: Vec<Field>,
    /// Lists come in pages; otherwise whole (with a bound).
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub pagination: bool,
    /// Lists can be searched for a word in the fields of text.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub search: bool,
    /// Lists can be filtered by the value of a field.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub filter: bool,
}

/// What is known of each thing, and the nine validations; which of them fit is a matter of the type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// `snake_case`: `published_on`.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The enumeration's name, if the type is `enum`.
    #[serde(default, rename = "enum", skip_serializing_if = "Option::is_none")]
    pub enumeration: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "is_no")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "is_no")]
    pub unique: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<f64>))]
    pub min: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<f64>))]
    pub max: Option<Number>,
    /// In characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// A regular expression that the whole value has to match, in the part of the syntax that all languages share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_bytes: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u32>,
}

words!(
    /// What a field holds, and how it looks in JSON.
    FieldType {
        /// One line of text, at most 255 characters unless `max_length` says otherwise.
        String = "string",
        /// Text of many lines, at most 10,000 characters unless `max_length` says otherwise.
        Text = "text",
        /// Whole, 64 bits.
        Integer = "integer",
        /// Exact, two digits after the point, in JSON a string: `"12.50"`.
        Decimal = "decimal",
        /// Floating, 64 bits.
        Float = "float",
        Boolean = "boolean",
        /// `2026-11-21`
        Date = "date",
        /// An instant, RFC 3339, kept in UTC.
        DateTime = "date_time",
        Uuid = "uuid",
        Email = "email",
        Url = "url",
        /// In JSON base64.
        Bytes = "bytes",
        /// One of an enumeration's values.
        Enum = "enum",
    }
);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Enumeration {
    /// `PascalCase`: `Genre`.
    pub name: String,
    /// `snake_case`: `science_fiction`.
    pub values: Vec<String>,
}

words!(
    /// How many of the one belong to how many of the other.
    RelationKind { OneToMany = "one_to_many", ManyToMany = "many_to_many" }
);

/// `Author{books}` one to many `Book{author required}`: what is on the "one" side is `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Relation {
    pub kind: RelationKind,
    pub from: RelationEnd,
    pub to: RelationEnd,
    /// Each of the many needs its one. Only for `one_to_many`.
    #[serde(default, skip_serializing_if = "is_no")]
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RelationEnd {
    pub entity: String,
    /// What the other side is called by this one, `snake_case`: `books` in an author, `author` in a book. None: made of the other's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

words!(
    /// The languages and libraries that a project is made of.
    Stack { FastApi = "fastapi", Axum = "axum", Hono = "hono" }
);
words!(Database { Sqlite = "sqlite", Postgres = "postgres" });
words!(
    /// Who may use the project's API.
    Access {
        /// Everybody.
        Open = "open",
        /// Whoever has signed in: accounts with e-mail and password, bearer tokens.
        Accounts = "accounts",
    }
);
words!(Licence { Mit = "mit", Apache2 = "apache-2.0", None = "none" });

/// The choices around the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProjectOptions {
    pub stack: Stack,
    pub database: Database,
    pub access: Access,
    /// A web front end, which needs no build step.
    pub front_end: bool,
    pub docker: bool,
    /// A workflow for GitHub's CI.
    pub ci: bool,
    pub licence: Licence,
}

impl Default for ProjectOptions {
    fn default() -> Self {
        Self {
            stack: Stack::FastApi,
            database: Database::Sqlite,
            access: Access::Open,
            front_end: true,
            docker: true,
            ci: true,
            licence: Licence::Mit,
        }
    }
}

impl ProjectOptions {
    /// As a form says, of whose fields `value` gives what was sent. What is not ticked is not sent; what is no choice stays as it is.
    #[must_use]
    pub fn chosen(self, mut value: impl FnMut(&str) -> Option<String>) -> Self {
        Self {
            stack: value("stack").and_then(|word| Stack::parse(&word)).unwrap_or(self.stack),
            database: value("database").and_then(|word| Database::parse(&word)).unwrap_or(self.database),
            access: value("access").and_then(|word| Access::parse(&word)).unwrap_or(self.access),
            licence: value("licence").and_then(|word| Licence::parse(&word)).unwrap_or(self.licence),
            front_end: value("front_end").is_some(),
            docker: value("docker").is_some(),
            ci: value("ci").is_some(),
        }
    }
}

/// The input of a task of kind `project`: a brief, or one of model, text and description, and the choices around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProjectInput {
    /// What the project is called. None: as its model says, or as the brief lets one guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In plain words: `a library: books with title, ISBN and year, authors, loans with due date`. Beside a model it is what was meant by it:
    /// the model counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ProjectModel>,
    /// The model in the language of entities: `entity Book { title string required }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// An OpenAPI description, whose resources become entities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default)]
    pub options: ProjectOptions,
    /// Decides about sample values only.
    #[serde(default)]
    pub seed: u64,
    /// Generated files that somebody has edited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<FileEdit>,
}

/// A model that was made of something else, to be looked at before anything is made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ModelDraft {
    /// In the language of entities.
    pub text: String,
    pub model: ProjectModel,
    /// What was assumed, and what could not be carried over.
    pub notes: Vec<String>,
}

/// What is read of a brief.
pub const MAX_BRIEF_CHARS: usize = 20_000;

impl Stack {
    pub const fn label(self) -> &'static str {
        match self {
            Self::FastApi => "Python, FastAPI",
            Self::Axum => "Rust, axum",
            Self::Hono => "TypeScript, Hono",
        }
    }
}

impl Database {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Licence {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mit => "MIT",
            Self::Apache2 => "Apache 2.0",
            Self::None => "none",
        }
    }
}

impl Access {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "open to everybody",
            Self::Accounts => "with accounts",
        }
    }
}

const fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_yes(value: &bool) -> bool {
    *value
}

#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_no(value: &bool) -> bool {
    !*value
}

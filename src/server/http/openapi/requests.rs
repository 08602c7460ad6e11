//! Bodies that start something, as the API's description shows them.
//!
//! They are read by hand (`upload`, `founding::asked`), so that what is wrong can be named by its field, and are more
//! tolerant than this: what is described is what a client should send.
#![expect(dead_code, reason = "described here, read elsewhere")]

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema, schema::AnyOfBuilder},
};

use crate::protocol::{
    Kind, TaskId,
    project::{ProjectModel, ProjectOptions},
};

/// What to generate.
#[derive(ToSchema)]
#[schema(as = NewTask)]
#[serde(untagged)]
pub enum NewTask {
    Suite(SuiteOfText),
    SuiteAt(SuiteOfAddress),
    Prompt(PromptOfText),
    Project(ProjectOfBrief),
    ProjectWith(ProjectOfModel),
    ProjectAs(ProjectOfText),
    ProjectLike(ProjectOfApi),
}

#[derive(ToSchema)]
enum SuiteKind {
    #[serde(rename = "test_suite")]
    TestSuite,
}

#[derive(ToSchema)]
enum PromptKind {
    #[serde(rename = "prompt")]
    Prompt,
}

#[derive(ToSchema)]
enum ProjectKind {
    #[serde(rename = "project")]
    Project,
}

/// A test suite for the API that a text describes.
#[derive(ToSchema)]
pub struct SuiteOfText {
    kind: SuiteKind,
    /// The `OpenAPI` or Swagger document, JSON or YAML, at most 16 MiB.
    #[schema(
        example = "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\npaths:\n  /books:\n    get:\n      responses:\n        '200': {description: All books.}\n"
    )]
    description: String,
    /// The file's name, for people.
    #[schema(example = "shop.yaml")]
    name: Option<String>,
}

/// A test suite for the API that is described at an address.
#[derive(ToSchema)]
pub struct SuiteOfAddress {
    kind: SuiteKind,
    /// Where the document is fetched, once, before the task is made. Private addresses are refused.
    #[schema(format = "uri")]
    url: String,
    /// The file's name, for people.
    #[schema(example = "shop.yaml")]
    name: Option<String>,
}

/// A better prompt.
#[derive(ToSchema)]
pub struct PromptOfText {
    kind: PromptKind,
    /// The rough one, at most 100 KiB.
    #[schema(min_length = 1, example = "Write a poem about the sea for children.")]
    prompt: String,
    /// A prompt of yours of which this is the next version: `GET /api/v1/projects/{id}/runs` lists them all.
    from: Option<TaskId>,
}

/// A project of a brief in plain words. Without a language model its entities are read by rules; `POST /api/v1/projects/draft` shows them.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectOfBrief {
    kind: ProjectKind,
    /// What the project keeps: things, what is known of them, how they belong together.
    #[schema(min_length = 1, max_length = 20_000, example = "a library: books with title, ISBN and year, authors, loans with due date")]
    brief: String,
    /// What the project is called; otherwise made of the brief.
    #[schema(max_length = 80, example = "Town library")]
    name: Option<String>,
    #[schema(nullable = false)]
    options: Option<ProjectOptions>,
    /// Decides about sample values only.
    #[schema(nullable = false)]
    seed: Option<u64>,
}

/// A project of a model of its entities.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectOfModel {
    kind: ProjectKind,
    model: ProjectModel,
    /// What was meant by the model: it counts, and where language models are asked, what it cannot say is taken from here.
    #[schema(max_length = 20_000)]
    brief: Option<String>,
    #[schema(max_length = 80)]
    name: Option<String>,
    #[schema(nullable = false)]
    options: Option<ProjectOptions>,
    #[schema(nullable = false)]
    seed: Option<u64>,
}

/// A project of a model in the language of entities.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectOfText {
    kind: ProjectKind,
    #[schema(min_length = 1, example = "project \"Town library\"\nentity Book {\n  title string required\n}\n")]
    text: String,
    /// As beside a `model`.
    #[schema(max_length = 20_000)]
    brief: Option<String>,
    #[schema(max_length = 80)]
    name: Option<String>,
    #[schema(nullable = false)]
    options: Option<ProjectOptions>,
    #[schema(nullable = false)]
    seed: Option<u64>,
}

/// A project whose entities are the resources of an API.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectOfApi {
    kind: ProjectKind,
    /// The `OpenAPI` document, JSON or YAML, at most 16 MiB.
    #[schema(
        min_length = 1,
        example = "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\npaths:\n  /books:\n    post:\n      requestBody: {content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}\n      responses:\n        '201': {description: Made.}\n"
    )]
    description: String,
    /// As beside a `model`.
    #[schema(max_length = 20_000)]
    brief: Option<String>,
    #[schema(max_length = 80)]
    name: Option<String>,
    #[schema(nullable = false)]
    options: Option<ProjectOptions>,
    #[schema(nullable = false)]
    seed: Option<u64>,
}

/// A project, or a test suite. Not exclusive: a name beside an API description is the suite's.
pub struct AskedGeneration;

impl PartialSchema for AskedGeneration {
    fn schema() -> RefOr<Schema> {
        let names = [AskedProject::name(), AskedSuite::name()];
        let any = names.into_iter().fold(AnyOfBuilder::new(), |any, name| any.item(Ref::from_schema_name(name)));
        any.description(Some("A project, or, when there is an API description and nothing that a project would be made of, a test suite."))
            .into()
    }
}

impl ToSchema for AskedGeneration {
    fn name() -> Cow<'static, str> {
        "AskedGeneration".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [(AskedProject::name(), AskedProject::schema()), (AskedSuite::name(), AskedSuite::schema())] {
            schemas.push((name.into_owned(), schema));
        }
        AskedProject::schemas(schemas);
        AskedSuite::schemas(schemas);
    }
}

/// `ProjectGenerationRequest`: `brief`, `description`, `prompt`, `idea`, `requirements` and `features` say what the project is about (a `name`
/// alone does too), or `model`, `text`, or `entities` in the body itself. Choices may stand in `options` or beside it; also as `language`,
/// `framework`, `auth`, `frontend`, `license`.
#[derive(ToSchema)]
pub struct AskedProject {
    /// What the project is about, in plain words.
    #[schema(min_length = 1, example = "a library: books with title, ISBN and year, authors, loans with due date")]
    brief: String,
    /// What it is called.
    #[schema(max_length = 80, nullable = false, example = "Town library")]
    name: Option<String>,
    /// Decides about sample values only.
    #[schema(nullable = false)]
    seed: Option<u64>,
}

/// What a model is made of. A model that was made by other means may be sent as `model`, to hear what is wrong with it.
#[derive(ToSchema)]
#[schema(as = NewDraft)]
#[serde(untagged)]
pub enum AskedDraft {
    Brief(DraftOfBrief),
    Text(DraftOfText),
    Api(DraftOfApi),
}

/// A brief in plain words.
#[derive(ToSchema)]
pub struct DraftOfBrief {
    #[schema(min_length = 1, max_length = 20_000, example = "a library: books with title, ISBN and year, authors, loans with due date")]
    brief: String,
}

/// A model in the language of entities.
#[derive(ToSchema)]
pub struct DraftOfText {
    #[schema(min_length = 1, example = "project \"Town library\"\nentity Book {\n  title string required\n}\n")]
    text: String,
}

/// An API, whose resources become entities.
#[derive(ToSchema)]
pub struct DraftOfApi {
    /// The `OpenAPI` document, JSON or YAML, at most 16 MiB.
    #[schema(
        min_length = 1,
        example = "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\npaths:\n  /books:\n    post:\n      requestBody: {content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}\n      responses:\n        '201': {description: Made.}\n"
    )]
    description: String,
}

/// A test suite. `spec` may be called `openapi` or `description` too, `url` `spec_url`; the document itself may be the body.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum AskedSuite {
    Of(SpecGiven),
    At(SpecAt),
}

#[derive(ToSchema)]
pub struct SpecGiven {
    /// The description: the document itself, or its text.
    #[schema(example = json!({"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {"/books": {"get": {"responses": {"200": {"description": "All books."}}}}}}))]
    spec: serde_json::Map<String, serde_json::Value>,
    /// The file's name, for people.
    #[schema(example = "shop.json")]
    name: Option<String>,
}

#[derive(ToSchema)]
pub struct SpecAt {
    /// Where the description is fetched.
    #[schema(format = "uri")]
    url: String,
    /// The file's name, for people.
    #[schema(example = "shop.json")]
    name: Option<String>,
}

/// A request for a prompt.
#[derive(ToSchema)]
pub struct AskedPrompt {
    /// The rough prompt, at most 100 KiB.
    #[schema(min_length = 1, example = "Write a poem about the sea for children.")]
    manual_prompt: String,
}

/// The fields of a body of JSON, as a form; files where there are files.
#[derive(ToSchema)]
pub struct TaskForm {
    /// Without it, a test suite.
    #[schema(nullable = false)]
    kind: Option<Kind>,
    /// Of a test suite or a project: the description as a file, at most 16 MiB.
    #[schema(value_type = Option<String>, format = Binary, nullable = false)]
    file: Option<Vec<u8>>,
    /// The description as text.
    #[schema(nullable = false)]
    description: Option<String>,
    /// Of a test suite: the description's address.
    #[schema(nullable = false)]
    url: Option<String>,
    /// The rough one.
    #[schema(nullable = false)]
    prompt: Option<String>,
    /// Of a project: what it is about, in plain words.
    #[schema(nullable = false)]
    brief: Option<String>,
    /// Of a project: its model, in the language of entities.
    #[schema(nullable = false)]
    text: Option<String>,
    /// Of a project: what it is called.
    #[schema(nullable = false)]
    name: Option<String>,
    /// Of a project: the choices that are not the usual ones, as JSON.
    #[schema(nullable = false)]
    options: Option<ProjectOptions>,
    /// Of a project: decides about sample values only.
    #[schema(nullable = false)]
    seed: Option<u64>,
    /// As the header `Idempotency-Key`.
    #[schema(nullable = false)]
    idempotency_key: Option<String>,
}

/// A form with a description: a file, pasted text or an address.
#[derive(ToSchema)]
pub struct SuiteForm {
    /// The description as a file, at most 16 MiB.
    #[schema(value_type = Option<String>, format = Binary, nullable = false)]
    file: Option<Vec<u8>>,
    /// The description as text.
    #[schema(nullable = false)]
    description: Option<String>,
    /// Its address.
    #[schema(nullable = false)]
    url: Option<String>,
    /// As the header `Idempotency-Key`.
    #[schema(nullable = false)]
    idempotency_key: Option<String>,
}

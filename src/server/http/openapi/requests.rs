//! Bodies that start something, as the API's description shows them.
//!
//! They are read by hand (`upload`, `founding::asked`), so that what is wrong can be named by its field, and are more
//! tolerant than this: what is described is what a client should send.
#![expect(dead_code, reason = "described here, read elsewhere")]

use utoipa::ToSchema;

/// What to generate.
#[derive(ToSchema)]
#[schema(as = NewTask)]
#[serde(untagged)]
pub enum NewTask {
    Suite(SuiteOfText),
    SuiteAt(SuiteOfAddress),
    Prompt(PromptOfText),
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

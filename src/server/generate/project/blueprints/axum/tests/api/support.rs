//! What tests begin with: an application on a database of its own, and things of the seed data to put into it.

#![allow(dead_code, reason = "which of it is needed depends on the kinds of things")]

use std::collections::HashMap;
{% if postgres %}
use std::{env, thread};
{% endif %}

use app::db::{self, Pool};
use app::router;
use app::settings::Settings;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use serde_json::{{ "{Map, Value, json}" if accounts else "{Map, Value}" }};
{% if postgres %}
use sqlx::{AssertSqlSafe, Connection};
{% endif %}
{% if not postgres %}
use tempfile::TempDir;
{% endif %}
{% if postgres %}
use tokio::runtime::Builder;
{% endif %}
use tower::ServiceExt;
{% if postgres %}
use uuid::Uuid;
{% endif %}

/// An application, with nothing in its database.
pub struct TestApp {
    pub router: Router,
    pub pool: Pool,
{% if accounts %}
    pub state: app::App,
    /// Of the account that asks.
    pub token: String,
{% endif %}
{% if postgres %}
    _schema: Schema,
{% else %}
    /// Deleted with the test.
    _folder: TempDir,
{% endif %}
}
{% if postgres %}

/// Dropped with the test.
struct Schema {
    options: db::Options,
    name: String,
}

impl Schema {
    async fn make(options: db::Options) -> Self {
        let schema = Self { options, name: format!("test_{}", Uuid::now_v7().simple()) };
        let mut db = db::Connection::connect_with(&schema.options).await.expect("a database");
        let sql = AssertSqlSafe(format!("CREATE SCHEMA {}", schema.name));
        sqlx::query(sql).execute(&mut db).await.expect("a schema");
        schema
    }

    /// Connections to it are known by their name.
    fn inside(&self) -> db::Options {
        let options = self.options.clone().application_name(&self.name);
        options.options([("search_path", &self.name)])
    }

    async fn drop_it(&self) -> sqlx::Result<()> {
        let mut db = db::Connection::connect_with(&self.options).await?;
        // A request that was given up may hold locks still.
        let others = "
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
        sqlx::query(others).bind(&self.name).execute(&mut db).await?;
        let sql = AssertSqlSafe(format!("DROP SCHEMA {} CASCADE", self.name));
        sqlx::query(sql).execute(&mut db).await?;
        db.close().await
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // The runtime of the test cannot be waited for in here, so this has one of its own.
        let dropped = thread::scope(|scope| {
            let drop = scope.spawn(|| {
                let runtime = Builder::new_current_thread().enable_all().build()?;
                anyhow::Ok(runtime.block_on(self.drop_it())?)
            });
            drop.join()
        });
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("the schema {} is left behind: {dropped:?}", self.name);
        }
    }
}
{% endif %}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The fields that a problem names.
    pub fn fields(&self) -> Vec<&str> {
        self.assert_is_problem();
        let errors = self.body["errors"].as_array().expect("a problem has errors");
        errors.iter().filter_map(|error| error["field"].as_str()).collect()
    }

    pub fn assert_is_problem(&self) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        assert_eq!(self.body["status"], self.status.as_u16());
    }

    /// The things of a list, in pages or not.
    pub fn items(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        let items = self.body.as_array().or_else(|| self.body["items"].as_array());
        items.cloned().expect("a list")
    }

    pub fn id(&self) -> &str {
        self.body["id"].as_str().expect("an id")
    }
}

impl TestApp {
    /// With tables, and nothing in them.
    pub async fn start() -> Self {
        let app = Self::without_tables().await;
        db::migrate_up(&app.pool).await.expect("the migrations run");
{% if accounts %}
        app.signed_in().await
    }

    async fn signed_in(mut self) -> Self {
        let body = json!({"email": "tester@example.com", "password": "only for these tests"});
        let account = self.anonymous("POST", "/api/auth/register", Some(&body)).await;
        assert_eq!(account.status, 201, "{}", account.text);
        let token = self.anonymous("POST", "/api/auth/token", Some(&body)).await;
        self.token = token.body["access_token"].as_str().expect("a token").to_owned();
        self
{% else %}
        app
{% endif %}
    }

    pub async fn without_tables() -> Self {
        let settings = Settings::default();
{% if postgres %}
        // In the database that TEST_DATABASE_URL names.
        let url = env::var("TEST_DATABASE_URL").unwrap_or(settings.database_url.clone());
        let options: db::Options = url.parse().expect("TEST_DATABASE_URL is an address");
        let schema = Schema::make(options).await;
        let pool = db::connect_with(schema.inside()).await.expect("a schema");
{% else %}
        let folder = TempDir::new().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let pool = db::connect(&url).await.expect("a database");
{% endif %}
        let state = app::App::new(pool.clone(), settings);
        let router = router(state{{ ".clone()" if accounts }});
        Self { router, pool{{ ", state, token: String::new()" if accounts }}{{ ", _schema: schema" if postgres else ", _folder: folder" }} }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, None).await
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut request = request(method, path, body);
{% if accounts %}
        let bearer = format!("Bearer {}", self.token).parse().expect("a header");
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
{% else %}
        request.headers_mut().insert(header::ACCEPT, header::HeaderValue::from_static("*/*"));
{% endif %}
        self.send(request).await
    }

    /// Without having signed in.
    pub async fn anonymous(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send(request(method, path, body)).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole answer").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, body, text }
    }
}

fn request(method: &str, path: &str, body: Option<&Value>) -> Request<Body> {
    let content = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let request = Request::builder().method(method).uri(path);
    request.header("content-type", "application/json").body(content).expect("a request")
}

/// Makes things of the seed data, and first what they refer to.
pub struct Maker<'a> {
    app: &'a TestApp,
    seed: Map<String, Value>,
    /// Ids of the seed data, and what became of them.
    made: HashMap<String, Value>,
}

impl<'a> Maker<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        let seed = serde_json::from_str(include_str!("../../src/seed.json"));
        Self { app, seed: seed.expect("seed data"), made: HashMap::new() }
    }

    /// A valid body; what it refers to exists.
    pub async fn body(&mut self, kind: &str, number: usize) -> Value {
        let mut entry = self.seed[kind][number].as_object().cloned().expect("seed data");
        entry.shift_remove("id");
        for (name, value) in &mut entry {
            if name.ends_with("_id") || name.ends_with("_ids") {
                self.replace_ids(value).await;
            }
        }
        entry.into()
    }

    /// A thing that exists: the same number gives the same thing.
    pub async fn make(&mut self, kind: &str, number: usize) -> Value {
        let id = self.seed[kind][number]["id"].as_str().expect("an id").to_owned();
        if let Some(made) = self.made.get(&id) {
            return made.clone();
        }
        let body = Box::pin(self.body(kind, number)).await;
        let answer = self.app.post(&format!("/api/{kind}"), &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.made.insert(id, answer.body.clone());
        answer.body
    }

    /// Several things, the first ones.
    pub async fn make_many(&mut self, kind: &str, count: usize) -> Vec<Value> {
        let mut things = Vec::new();
        for number in 0..count {
            things.push(self.make(kind, number).await);
        }
        things
    }

    async fn replace_ids(&mut self, value: &mut Value) {
        match value {
            Value::String(id) => {
                if let Some((kind, number)) = self.place(id) {
                    *value = self.make(&kind, number).await["id"].clone();
                }
            }
            Value::Array(ids) => {
                for id in ids {
                    Box::pin(self.replace_ids(id)).await;
                }
            }
            _ => {}
        }
    }

    /// Where in the seed data a thing is.
    fn place(&self, id: &str) -> Option<(String, usize)> {
        self.seed.iter().find_map(|(kind, entries)| {
            let number = entries.as_array()?.iter().position(|entry| entry["id"] == id)?;
            Some((kind.clone(), number))
        })
    }
}

/// Whether a thing is as it was sent: lists of ids come back as the things.
pub fn assert_shown(thing: &Value, body: &Value) {
    for (name, value) in body.as_object().expect("a body") {
        if !name.ends_with("_ids") {
            assert_eq!(&thing[name], value, "{name}");
        }
    }
}

/// A body with one value changed.
pub fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}

/// A value as it stands in an address.
pub fn in_address(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let escape = |byte: u8| {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(escape).collect()
}

/// So many bytes, as base64.
pub fn zeros(count: usize) -> String {
    STANDARD.encode(vec![0; count])
}

/// Values that must be refused, one after the other.
pub struct Refusals<'a> {
    pub app: &'a TestApp,
    pub path: &'a str,
    pub body: Value,
}

impl Refusals<'_> {
    pub async fn refuses(&self, field: &str, value: Value) {
        let body = with(&self.body, field, value);
        let answer = self.app.post(self.path, &body).await;
        assert_eq!(answer.status, 422, "{field}: {} {}", body[field], answer.text);
        let names = answer.fields();
        let is_named = names.iter().all(|name| name.split('.').next() == Some(field));
        assert!(!names.is_empty() && is_named, "{field}: {names:?}");
    }
}

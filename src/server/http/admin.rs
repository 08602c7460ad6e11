//! REST for admins: everybody's accounts, and the record of what was done with them. Thin: each handler is one use case of
//! [`Steward`](crate::server::accounts::steward::Steward), which says who may.

use axum::{
    Json, Router,
    extract::{Path, Query, rejection::JsonRejection, rejection::PathRejection, rejection::QueryRejection},
    routing::get,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::accounts::read;
use crate::{
    protocol::{
        AccountId, Problem, Timestamp,
        account::{AccountInfo, AccountPage, AuditPage, Role},
    },
    server::{accounts::steward::Change, state::AppState, tasks::Caller},
};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/api/admin/accounts", get(accounts))
        .route("/api/admin/accounts/{id}", get(account).patch(change))
        .route("/api/admin/audit", get(audit))
}

/// Entries of a page when nothing else is asked for, and at most.
const PAGE: u32 = 50;
const MAX_PAGE: u32 = 200;

/// An account that a path names.
pub(super) fn account_id(path: Result<Path<Uuid>, PathRejection>) -> Result<AccountId, Problem> {
    path.map(|Path(id)| AccountId(id)).map_err(|_| Problem::new(404, "not-found", "Not found", "There is no such account."))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AccountQuery {
    pub email: String,
    pub after: String,
    limit: String,
}

impl AccountQuery {
    pub async fn answer(&self, caller: &Caller) -> Result<AccountPage, Problem> {
        let after = Some(self.after.clone()).filter(|after| !after.is_empty());
        caller.steward()?.list(Some(&self.email), after, page(&self.limit)?).await
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AuditQuery {
    pub account_id: String,
    before: String,
    limit: String,
}

impl AuditQuery {
    pub async fn answer(&self, caller: &Caller) -> Result<AuditPage, Problem> {
        let steward = caller.steward()?;
        let of = given("account_id", &self.account_id, "an account's id")?;
        let before = given("before", &self.before, "the id of the last entry of the page before")?;
        steward.audit(of, before, page(&self.limit)?).await
    }
}

fn page(limit: &str) -> Result<u32, Problem> {
    let limit = given::<u32>("limit", limit, "a number from 1 to 200")?.unwrap_or(PAGE);
    if (1..=MAX_PAGE).contains(&limit) { Ok(limit) } else { Err(Problem::invalid("limit", "`limit` is a number from 1 to 200.")) }
}

fn given<T: std::str::FromStr>(field: &str, text: &str, expected: &str) -> Result<Option<T>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Problem::invalid(field, format!("`{field}` is {expected}.")))
}

type Asked<T> = Result<Query<T>, QueryRejection>;

/// Repeated fields and the like. Whoever may not ask at all is told that first.
pub(super) fn asked<T: Default>(caller: &Caller, query: Asked<T>) -> Result<T, Problem> {
    caller.steward()?;
    let refuse = |rejection: QueryRejection| Problem::new(400, "invalid-query", "The query was not understood", rejection.body_text());
    query.map(|Query(query)| query).map_err(refuse)
}

async fn accounts(caller: Caller, query: Asked<AccountQuery>) -> Result<Json<AccountPage>, Problem> {
    asked(&caller, query)?.answer(&caller).await.map(Json)
}

async fn account(caller: Caller, path: Result<Path<Uuid>, PathRejection>) -> Result<Json<AccountInfo>, Problem> {
    caller.steward()?.account(account_id(path)?).await.map(Json)
}

async fn audit(caller: Caller, query: Asked<AuditQuery>) -> Result<Json<AuditPage>, Problem> {
    asked(&caller, query)?.answer(&caller).await.map(Json)
}

/// What is absent stays as it is.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Patch {
    role: Option<Role>,
    disabled: Option<bool>,
    #[serde(deserialize_with = "present")]
    subscribed_until: Option<Until>,
    /// Tokens to give; below zero, free ones to take back.
    grant: Option<i64>,
}

/// `null`: without an end.
#[derive(Deserialize)]
#[serde(transparent)]
struct Until(Option<Timestamp>);

/// Tells `null` from absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Until>, D::Error> {
    Until::deserialize(deserializer).map(Some)
}

async fn change(
    caller: Caller,
    path: Result<Path<Uuid>, PathRejection>,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<Json<AccountInfo>, Problem> {
    caller.steward()?;
    let account_id = account_id(path)?;
    // An object first: a list would be taken for its fields in order.
    let invalid = |error: serde_json::Error| Problem::new(422, "invalid-json", "The request was not understood", error.to_string());
    let Patch { role, disabled, subscribed_until, grant } = serde_json::from_value(Value::Object(read(body)?)).map_err(invalid)?;
    let subscribed_until = subscribed_until.map(|Until(until)| until);
    caller.change_account(account_id, Change { role, disabled, subscribed_until, grant, password: None }).await.map(Json)
}

//! REST for admins: everybody's accounts, and the record of what was done with them. Thin: each handler is one use case of
//! [`Steward`](crate::server::accounts::steward::Steward), which says who may.

use axum::{
    Json,
    extract::{Path, Query, rejection::JsonRejection, rejection::PathRejection, rejection::QueryRejection},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Number, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    accounts::read,
    openapi::{Conflict, NotFound, NotOfThisKind, TooFewTokens, Unacceptable},
};
use crate::{
    protocol::{
        AccountId, Problem, Timestamp,
        account::{AccountInfo, AccountPage, AuditPage, Role},
    },
    server::{accounts::steward::Change, state::AppState, tasks::Caller},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(accounts)).routes(routes!(account, change)).routes(routes!(audit))
}

/// Entries of a page when nothing else is asked for, and at most.
const PAGE: u32 = 50;
const MAX_PAGE: u32 = 200;

/// An account that a path names.
pub(super) fn account_id(path: Result<Path<Uuid>, PathRejection>) -> Result<AccountId, Problem> {
    path.map(|Path(id)| AccountId(id)).map_err(|_| Problem::new(404, "not-found", "Not found", "There is no such account."))
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct AccountQuery {
    /// A part of the address.
    #[param(required = false)]
    pub email: String,
    /// The address of the last account of the page before.
    #[param(required = false)]
    pub after: String,
    #[param(required = false, value_type = u32, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

impl AccountQuery {
    pub async fn answer(&self, caller: &Caller) -> Result<AccountPage, Problem> {
        let after = Some(self.after.clone()).filter(|after| !after.is_empty());
        caller.steward()?.list(Some(&self.email), after, page(self.limit.as_deref())?).await
    }
}

#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct AuditQuery {
    #[param(required = false, value_type = AccountId)]
    pub account_id: Option<String>,
    /// The id of the last entry of the page before.
    #[param(required = false, value_type = i64)]
    before: Option<String>,
    #[param(required = false, value_type = u32, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

impl AuditQuery {
    pub async fn answer(&self, caller: &Caller) -> Result<AuditPage, Problem> {
        let steward = caller.steward()?;
        let of = given("account_id", self.account_id.as_deref(), "an account's id")?;
        let before = given("before", self.before.as_deref(), "the id of the last entry of the page before")?;
        steward.audit(of, before, page(self.limit.as_deref())?).await
    }
}

fn page(limit: Option<&str>) -> Result<u32, Problem> {
    let limit = given::<u32>("limit", limit, "a number from 1 to 200")?.unwrap_or(PAGE);
    if (1..=MAX_PAGE).contains(&limit) { Ok(limit) } else { Err(Problem::invalid("limit", "`limit` is a number from 1 to 200.")) }
}

fn given<T: std::str::FromStr>(field: &str, text: Option<&str>, expected: &str) -> Result<Option<T>, Problem> {
    text.map(str::parse).transpose().map_err(|_| Problem::invalid(field, format!("`{field}` is {expected}.")))
}

type Asked<T> = Result<Query<T>, QueryRejection>;

/// Repeated fields and the like. Whoever may not ask at all is told that first.
pub(super) fn asked<T: Default>(caller: &Caller, query: Asked<T>) -> Result<T, Problem> {
    caller.steward()?;
    let refuse = |rejection: QueryRejection| Problem::invalid("query", rejection.body_text());
    query.map(|Query(query)| query).map_err(refuse)
}

/// Everybody's accounts.
#[utoipa::path(
    get, path = "/api/admin/accounts", operation_id = "list_accounts", tag = "admin",
    params(AccountQuery),
    responses((status = 200, description = "By address.", body = AccountPage), NotFound, Unacceptable)
)]
async fn accounts(caller: Caller, query: Asked<AccountQuery>) -> Result<Json<AccountPage>, Problem> {
    asked(&caller, query)?.answer(&caller).await.map(Json)
}

/// One account.
#[utoipa::path(
    get, path = "/api/admin/accounts/{id}", operation_id = "look_at_account", tag = "admin",
    params(("id" = AccountId, Path, description = "The account.")),
    responses((status = 200, description = "Not its tasks: those are its own.", body = AccountInfo), NotFound)
)]
async fn account(caller: Caller, path: Result<Path<Uuid>, PathRejection>) -> Result<Json<AccountInfo>, Problem> {
    caller.steward()?.account(account_id(path)?).await.map(Json)
}

/// What was done with accounts, and by whom.
#[utoipa::path(
    get, path = "/api/admin/audit", operation_id = "list_record", tag = "admin",
    params(AuditQuery),
    responses((status = 200, description = "Newest first.", body = AuditPage), NotFound, Unacceptable)
)]
async fn audit(caller: Caller, query: Asked<AuditQuery>) -> Result<Json<AuditPage>, Problem> {
    asked(&caller, query)?.answer(&caller).await.map(Json)
}

/// What is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Patch {
    role: Option<Role>,
    disabled: Option<bool>,
    /// `null`: without an end.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Timestamp>)]
    subscribed_until: Option<Until>,
    /// Tokens to give; below zero, free ones to take back.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64)]
    grant: Option<i64>,
}

/// `null`: without an end.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Until(Option<Timestamp>);

/// Tells `null` from absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Until>, D::Error> {
    Until::deserialize(deserializer).map(Some)
}

/// JSON knows one kind of number: `5.0` is as whole as `5`.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    let exact = || format!("{}", number.as_f64()?).parse().ok();
    number.as_i64().or_else(exact).map(Some).ok_or_else(|| D::Error::custom(format!("{number} is no whole number of 64 bits")))
}

/// Change an account. What is absent stays as it is.
#[utoipa::path(
    patch, path = "/api/admin/accounts/{id}", operation_id = "change_account", tag = "admin",
    params(("id" = AccountId, Path, description = "The account.")),
    request_body = Patch,
    responses((status = 200, description = "As it is now.", body = AccountInfo), TooFewTokens, NotFound, Conflict, NotOfThisKind, Unacceptable)
)]
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

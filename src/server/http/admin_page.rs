//! `/admin` and below, without script: the list of accounts, one account and its forms, the record. For admins; for everybody else
//! there is no such page.

use axum::{
    Form, Router,
    extract::{Path, Query, Request, rejection::PathRejection, rejection::QueryRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use leptos_axum::render_app_async_with_context;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    admin::{AccountQuery, AuditQuery, account_id, asked},
    pages,
};
use crate::{
    app::still::{AdminView, Shown, admin_shell},
    protocol::{AccountId, Problem, Timestamp, account::Role},
    server::{accounts::steward::Change, state::AppState, tasks::Caller},
};

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/admin", get(list)).route("/admin/accounts/{id}", get(account).post(change)).route("/admin/audit", get(audit))
}

async fn list(caller: Caller, query: Result<Query<AccountQuery>, QueryRejection>, parts: Parts) -> Response {
    let shown = async {
        let query = asked(&caller, query)?;
        Ok(Shown::List { page: query.answer(&caller).await?, email: query.email })
    };
    let shown = shown.await;
    page(&caller, parts, shown, None).await
}

async fn audit(caller: Caller, query: Result<Query<AuditQuery>, QueryRejection>, parts: Parts) -> Response {
    let shown = async {
        let query = asked(&caller, query)?;
        Ok(Shown::Audit { page: query.answer(&caller).await?, of: query.account_id.unwrap_or_default() })
    };
    let shown = shown.await;
    page(&caller, parts, shown, None).await
}

async fn account(caller: Caller, path: Result<Path<Uuid>, PathRejection>, parts: Parts) -> Response {
    let shown = match account_id(path) {
        Ok(id) => one(&caller, id).await,
        Err(problem) => Err(problem),
    };
    page(&caller, parts, shown, None).await
}

async fn one(caller: &Caller, id: AccountId) -> Result<Shown, Problem> {
    let steward = caller.steward()?;
    Ok(Shown::Account { account: steward.account(id).await?, audit: steward.audit(Some(id), None, 20).await? })
}

/// One form of the page sends one of these.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    role: Option<String>,
    disabled: Option<bool>,
    /// A date; empty: without an end.
    subscribed_until: Option<String>,
    grant: Option<String>,
}

impl Fields {
    fn read(self) -> Result<Change, Problem> {
        let role = self.role.map(|role| Role::parse(&role).ok_or_else(|| Problem::invalid("role", "A role is `user` or `admin`.")));
        let until = self.subscribed_until.map(|text| match text.trim() {
            "" => Ok(None),
            date => match format!("{date}T00:00:00Z").parse::<Timestamp>() {
                Ok(until) => Ok(Some(until)),
                Err(_) => Err(Problem::invalid("subscribed_until", "A date is such as 2027-01-31; none is a subscription without an end.")),
            },
        });
        let grant = self.grant.map(|text| {
            let plain: String = text.chars().filter(|c| !matches!(c, ' ' | ',' | '_')).collect();
            plain.parse().map_err(|_| Problem::invalid("grant", "Tokens are a whole number; with a minus they are taken back."))
        });
        let (role, subscribed_until, grant) = (role.transpose()?, until.transpose()?, grant.transpose()?);
        Ok(Change { role, disabled: self.disabled, subscribed_until, grant, password: None })
    }
}

async fn change(caller: Caller, path: Result<Path<Uuid>, PathRejection>, parts: Parts, form: Form<Fields>) -> Response {
    let (id, Form(fields)) = match (caller.steward(), account_id(path)) {
        (Ok(_), Ok(id)) => (id, form),
        (Err(problem), _) | (_, Err(problem)) => return page(&caller, parts, Err(problem), None).await,
    };
    let changed = match fields.read() {
        Ok(change) => caller.change_account(id, change).await,
        Err(problem) => Err(problem),
    };
    match changed {
        Ok(_) => Redirect::to(&format!("/admin/accounts/{id}")).into_response(),
        Err(problem) => {
            let shown = one(&caller, id).await;
            page(&caller, parts, shown, Some(problem)).await
        }
    }
}

async fn page(caller: &Caller, mut parts: Parts, shown: Result<Shown, Problem>, problem: Option<Problem>) -> Response {
    let (shown, problem) = match shown {
        // Not for them, or not there: as any address that leads nowhere.
        Err(problem) if problem.status == 404 => return pages::not_found(&caller.state, parts).await,
        Err(problem) => (None, Some(problem)),
        Ok(shown) => (Some(shown), problem),
    };
    let status = problem.as_ref().and_then(|problem| StatusCode::from_u16(problem.status).ok()).unwrap_or(StatusCode::OK);
    let view = AdminView { shown, problem };
    parts.method = axum::http::Method::GET;
    let (context, options) = (pages::page_context(&caller.state), caller.state.leptos.clone());
    let render = render_app_async_with_context(context, move || admin_shell(options.clone(), &view));
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = status;
    response
}

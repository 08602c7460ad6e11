//! `/account` and its forms, without script. A form that is refused comes back with what is wrong with it.

use std::time::Duration;

use axum::{
    Form, Router,
    extract::{Path, Request},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::SignedCookieJar;
use leptos_axum::render_app_async_with_context;
use serde::Deserialize;

use super::{accounts::From, pages, session};
use crate::{
    app::still::{AccountView, Fresh, Part, account_shell},
    protocol::{
        Problem,
        account::{KeyId, Scope},
        webhook::{DeliveryState, Occasion, WebhookId},
    },
    server::{accounts::SignedIn, state::AppState, tasks::Caller},
};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/account", get(show))
        .route("/account/register", post(register))
        .route("/account/sign-in", post(sign_in))
        .route("/account/sign-out", post(sign_out))
        .route("/account/sign-out-everywhere", post(sign_out_everywhere))
        .route("/account/password", post(change_password))
        .route("/account/keys", post(add_key))
        .route("/account/keys/{id}/revoke", post(revoke_key))
        .route("/account/webhooks", post(add_webhook))
        .route("/account/webhooks/{id}/test", post(test_webhook))
        .route("/account/webhooks/{id}/secret", post(change_secret))
        .route("/account/webhooks/{id}/remove", post(remove_webhook))
}

const HOME: &str = "/account";

async fn show(caller: Caller, parts: Parts) -> Response {
    page(&caller, parts, None, String::new(), None).await
}

/// The page, with what went wrong or what was made.
pub(super) async fn page(
    caller: &Caller,
    mut parts: Parts,
    problem: Option<(Part, Problem)>,
    typed: String,
    fresh: Option<Fresh>,
) -> Response {
    let status = problem.as_ref().and_then(|(_, problem)| StatusCode::from_u16(problem.status).ok()).unwrap_or(StatusCode::OK);
    let view = async {
        Ok::<_, Problem>(AccountView {
            me: caller.me().await?,
            keys: if caller.identity.is_guest() { Vec::new() } else { caller.keys().await? },
            webhooks: if caller.identity.is_guest() { Vec::new() } else { caller.webhooks().await? },
            mail: caller.mail().await?,
            postings: caller.postings().await?,
            registration: caller.state.settings.accounts.registration,
            fresh,
            problem,
            typed,
        })
    };
    let view = match view.await {
        Ok(view) => view,
        Err(problem) => return problem.into_response(),
    };
    parts.method = axum::http::Method::GET;
    let (context, options) = (pages::page_context(&caller.state), caller.state.leptos.clone());
    let render = render_app_async_with_context(context, move || account_shell(options.clone(), &view));
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = status;
    response
}

#[derive(Deserialize)]
struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

async fn register(caller: Caller, jar: SignedCookieJar, From(address): From, parts: Parts, Form(form): Form<Credentials>) -> Response {
    let signed_in = caller.register(&form.email, form.password, address).await;
    conclude(&caller, jar, parts, Part::Register, form.email, signed_in).await
}

async fn sign_in(caller: Caller, jar: SignedCookieJar, From(address): From, parts: Parts, Form(form): Form<Credentials>) -> Response {
    let signed_in = caller.sign_in(&form.email, form.password, address).await;
    conclude(&caller, jar, parts, Part::SignIn, form.email, signed_in).await
}

async fn conclude(
    caller: &Caller,
    jar: SignedCookieJar,
    parts: Parts,
    part: Part,
    typed: String,
    signed_in: Result<SignedIn, Problem>,
) -> Response {
    match signed_in {
        Ok(session) => (session::signed_in(&caller.state, jar, &session), Redirect::to(HOME)).into_response(),
        Err(problem) => page(caller, parts, Some((part, problem)), typed, None).await,
    }
}

async fn sign_out(caller: Caller, jar: SignedCookieJar, From(address): From) -> Result<Response, Problem> {
    caller.sign_out(address).await?;
    Ok((session::signed_out(&caller.state, jar), Redirect::to(HOME)).into_response())
}

async fn sign_out_everywhere(caller: Caller, jar: SignedCookieJar, From(address): From) -> Result<Response, Problem> {
    caller.sign_out_everywhere(address).await?;
    Ok((session::signed_out(&caller.state, jar), Redirect::to(HOME)).into_response())
}

#[derive(Deserialize)]
struct NewPassword {
    #[serde(default)]
    old_password: String,
    #[serde(default)]
    password: String,
}

async fn change_password(caller: Caller, From(address): From, parts: Parts, Form(form): Form<NewPassword>) -> Response {
    match caller.change_password(form.old_password, form.password, address).await {
        Ok(()) => Redirect::to(HOME).into_response(),
        Err(problem) => page(&caller, parts, Some((Part::Password, problem)), String::new(), None).await,
    }
}

/// Checkboxes are fields of their own: a box that is off is not sent.
async fn add_key(caller: Caller, From(address): From, parts: Parts, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let name = fields.iter().find(|(field, _)| field == "name").map(|(_, value)| value.clone()).unwrap_or_default();
    let scopes = Scope::ALL.iter().copied().filter(|scope| fields.iter().any(|(field, _)| field == scope.as_str())).collect();
    match caller.add_key(&name, scopes, None, address).await {
        Ok(key) => page(&caller, parts, None, String::new(), Some(Fresh::Key(key))).await,
        Err(problem) => page(&caller, parts, Some((Part::Key, problem)), name, None).await,
    }
}

async fn revoke_key(caller: Caller, From(address): From, Path(id): Path<String>) -> Redirect {
    if let Ok(id) = id.parse()
        && let Err(problem) = caller.revoke_key(KeyId(id), address).await
    {
        // It is gone already, or never was: the page shows what there is.
        tracing::debug!(%problem, "not revoked");
    }
    Redirect::to(HOME)
}

const WEBHOOKS: &str = "/account#webhooks-title";
/// How long the page waits for what becomes of a test, so that it can say so.
const TEST_WAITS: u32 = 25;
const TEST_WAIT: Duration = Duration::from_millis(100);

async fn add_webhook(caller: Caller, From(address): From, parts: Parts, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let events = Occasion::OF_TASKS.into_iter().filter(|event| fields.iter().any(|(field, _)| field == event.as_str())).collect();
    match caller.add_webhook(&field("url"), events, &field("description"), address).await {
        Ok(webhook) => page(&caller, parts, None, String::new(), Some(Fresh::Webhook(webhook))).await,
        Err(problem) => page(&caller, parts, Some((Part::Webhook, problem)), field("url"), None).await,
    }
}

async fn test_webhook(caller: Caller, From(address): From, parts: Parts, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse().map(WebhookId) else { return Redirect::to(WEBHOOKS).into_response() };
    if let Err(problem) = caller.test_webhook(id, address).await {
        return page(&caller, parts, Some((Part::Webhook, problem)), String::new(), None).await;
    }
    for _ in 0..TEST_WAITS {
        let newest = caller.webhook_deliveries(id).await.ok().and_then(|deliveries| deliveries.into_iter().next());
        if newest.is_none_or(|newest| newest.state != DeliveryState::Waiting) {
            break;
        }
        tokio::time::sleep(TEST_WAIT).await;
    }
    Redirect::to(WEBHOOKS).into_response()
}

async fn change_secret(caller: Caller, From(address): From, parts: Parts, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse().map(WebhookId) else { return Redirect::to(WEBHOOKS).into_response() };
    match caller.change_webhook_secret(id, address).await {
        Ok(webhook) => page(&caller, parts, None, String::new(), Some(Fresh::Webhook(webhook))).await,
        Err(problem) => page(&caller, parts, Some((Part::Webhook, problem)), String::new(), None).await,
    }
}

async fn remove_webhook(caller: Caller, From(address): From, Path(id): Path<String>) -> Redirect {
    if let Ok(id) = id.parse()
        && let Err(problem) = caller.remove_webhook(WebhookId(id), address).await
    {
        tracing::debug!(%problem, "not removed");
    }
    Redirect::to(WEBHOOKS)
}

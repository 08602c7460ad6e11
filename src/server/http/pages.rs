//! Pages: Leptos' routes and server functions, and the plain forms that work without JavaScript.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{
    LeptosRoutes, ResponseOptions, file_and_error_handler_with_context, generate_route_list, render_app_to_stream_with_context,
};
use serde::Deserialize;

use super::{TaskPath, security, upload};
use crate::{
    app::{
        App,
        forms::FormState,
        shell,
        visit::{Theme, Visit},
    },
    protocol::{AccountId, Problem, TaskInput},
    server::{random, state::AppState, tasks::Caller},
};

pub(super) fn router(state: &AppState) -> Router<AppState> {
    let context = page_context(state);
    let options = state.leptos.clone();
    Router::new()
        .route("/theme", post(theme))
        .route("/tasks/{id}/cancel", post(cancel))
        .route("/tasks/{id}/retry", post(retry))
        .leptos_routes_with_context(state, generate_route_list(App), context.clone(), move || shell(options.clone()))
        .route("/new/test-suite", post(submit_test_suite))
        .route("/new/prompt", post(submit_prompt))
        .fallback(file_and_error_handler_with_context::<AppState, _>(context, shell))
}

/// What every page and server function may use: the caller, and the security policy of the answer.
fn page_context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = state.clone();
    // `cargo leptos watch` says so; its pages listen on a port of its own.
    let live_reload = std::env::var_os("LEPTOS_WATCH").map(|_| u16::try_from(state.leptos.reload_port).unwrap_or(3001));
    move || {
        let parts = use_context::<Parts>();
        if let Some(account_id) = parts.as_ref().and_then(|parts| parts.extensions.get::<AccountId>().copied()) {
            provide_context(Caller { state: state.clone(), account_id });
        }
        provide_context(Visit {
            rendered_at: state.clock.now(),
            theme: parts.as_ref().and_then(|parts| Theme::parse(CookieJar::from_headers(&parts.headers).get(Theme::COOKIE)?.value())),
            form_key: random::bytes::<16>().iter().fold(String::new(), |key, byte| format!("{key}{byte:02x}")),
        });
        let (Some(nonce), Some(response)) = (leptos::nonce::use_nonce(), use_context::<ResponseOptions>()) else { return };
        let mut policy = security::content_security_policy(&nonce);
        if let Some(port) = live_reload {
            policy = security::with_live_reload(&policy, port);
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// `POST /new/test-suite`: the form without JavaScript.
async fn submit_test_suite(State(state): State<AppState>, caller: Caller, request: Request) -> Response {
    submit(state, caller, request, upload::Form::input).await
}

/// `POST /new/prompt`: likewise.
async fn submit_prompt(State(state): State<AppState>, caller: Caller, request: Request) -> Response {
    submit(state, caller, request, |form| Ok(form.prompt())).await
}

/// On success to the task's page; else the same page again, with everything that was typed and what is wrong with it.
async fn submit(
    state: AppState,
    caller: Caller,
    request: Request,
    input: impl FnOnce(&upload::Form) -> Result<TaskInput, Problem>,
) -> Response {
    let (parts, body) = request.into_parts();
    let read = upload::read_form(Request::from_parts(parts.clone(), body), &state).await;
    let (form, submitted) = match read {
        Err(problem) => (upload::Form::default(), Err(problem)),
        Ok(form) => {
            let key = form.idempotency_key.clone();
            let submitted = match input(&form) {
                Ok(input) => caller.submit(input, key).await,
                Err(problem) => Err(problem),
            };
            (form, submitted)
        }
    };
    match submitted {
        Ok(task_id) => Redirect::to(&format!("/tasks/{task_id}")).into_response(),
        Err(problem) => {
            let form = FormState {
                description: form.file.map(|(_, text)| text).or(form.description).or(form.prompt).unwrap_or_default(),
                url: form.url.unwrap_or_default(),
                // A new key: what is sent next is another input.
                idempotency_key: String::new(),
                problem: Some(problem),
            };
            show_again(&state, parts, form).await
        }
    }
}

async fn show_again(state: &AppState, mut parts: Parts, form: FormState) -> Response {
    let status =
        form.problem.as_ref().and_then(|problem| StatusCode::from_u16(problem.status).ok()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    parts.method = axum::http::Method::GET;
    let (context, options) = (page_context(state), state.leptos.clone());
    let render = render_app_to_stream_with_context(
        move || {
            context();
            provide_context(form.clone());
        },
        move || shell(options.clone()),
    );
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = status;
    response
}

async fn cancel(caller: Caller, TaskPath(task_id): TaskPath) -> Redirect {
    // Whatever it says, the page shows the state that the task is in now.
    if let Err(problem) = caller.cancel(task_id).await {
        tracing::debug!(%problem, "not cancelled");
    }
    Redirect::to(&format!("/tasks/{task_id}"))
}

async fn retry(caller: Caller, TaskPath(task_id): TaskPath) -> Redirect {
    let shown = caller.retry(task_id).await.unwrap_or(task_id);
    Redirect::to(&format!("/tasks/{shown}"))
}

#[derive(Deserialize)]
struct ThemeForm {
    theme: String,
}

/// `POST /theme`: remembers light, dark or the system's choice, and goes back to the page it came from.
async fn theme(jar: CookieJar, headers: axum::http::HeaderMap, axum::Form(form): axum::Form<ThemeForm>) -> Response {
    let theme = Theme::parse(&form.theme).map_or("", Theme::as_str);
    let cookie = Cookie::build((Theme::COOKIE, theme)).path("/").same_site(SameSite::Lax).permanent().build();
    // Only the path of the referring page: never to another site.
    let back = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|referer| referer.parse::<Uri>().ok())
        .map_or_else(|| "/".to_owned(), |uri| uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string));
    let back = if back.starts_with('/') && !back.starts_with("//") { back } else { "/".into() };
    (jar.add(cookie), Redirect::to(&back)).into_response()
}

//! Pages: Leptos' routes and server functions, and the plain forms that work without JavaScript.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use leptos::{
    config::LeptosOptions,
    prelude::{provide_context, use_context},
};
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list, render_app_async_with_context};
use serde::Deserialize;

use super::{TaskPath, account_page, admin_page, limits, mail_page, room_page, run_pages, second_rendering, security, shared, upload};
use crate::{
    app::{
        App,
        forms::FormState,
        shell,
        visit::{Parts as ProgramParts, Theme, Visit},
    },
    protocol::{
        Kind, Problem,
        project::{ModelDraft, ProjectInput},
        room::Told,
    },
    server::{accounts::Identity, random, state::AppState, tasks::Caller},
};

pub(super) fn router(state: &AppState) -> Router<AppState> {
    let context = page_context(state);
    let options = state.leptos.clone();
    Router::new()
        .route("/theme", post(theme))
        .route("/tasks/{id}/cancel", post(cancel))
        .route("/tasks/{id}/retry", post(retry))
        .route("/projects/{id}", post(room_page::act))
        .leptos_routes_with_context(state, generate_route_list(App), context.clone(), move || shell(options.clone()))
        .route("/new/test-suite", post(|state, caller, request| submit(Kind::TestSuite, state, caller, request)))
        .route("/new/project", post(|state, caller, request| submit(Kind::Project, state, caller, request)))
        .route("/new/prompt", post(|state, caller, request| submit(Kind::Prompt, state, caller, request)))
        .merge(run_pages::router())
        .merge(account_page::router())
        .merge(mail_page::router())
        .merge(admin_page::router())
        .route("/api", get(super::openapi::page))
        .fallback(file_and_error_handler_with_context::<AppState, _>(context, shell))
        .layer(middleware::from_fn(set_policy))
        .layer(middleware::from_fn_with_state(state.clone(), shared::take_link))
        // Around the policy: each rendering has its own.
        .layer(middleware::from_fn(second_rendering::if_the_first_stands_still))
}

/// Where a page that is rendered leaves its policy, which names its nonce.
#[derive(Clone, Default)]
struct Policy(Arc<OnceLock<HeaderValue>>);

/// Not by Leptos' `ResponseOptions`: the header decides whether the page lives at all, and once in thousands of renderings it got lost
/// there.
async fn set_policy(mut request: Request, next: Next) -> Response {
    let policy = Policy::default();
    request.extensions_mut().insert(policy.clone());
    let mut response = next.run(request).await;
    if let Some(policy) = policy.0.get() {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    response
}

/// As in `app::pages::ready`.
fn needs_part(path: &str) -> bool {
    ["/tasks/", "/projects/", "/new/"].iter().any(|prefix| path.starts_with(prefix))
}

/// The parts of the browser's program that a task's page needs besides the first: named by the build, beside the binary.
fn parts_of_task_page(options: &LeptosOptions) -> ProgramParts {
    let read = || {
        let hashes = std::fs::read_to_string(std::env::current_exe().ok()?.parent()?.join(&*options.hash_file)).ok()?;
        let hash = hashes.lines().find_map(|line| line.strip_prefix("manifest: "))?;
        let folder = Path::new(&*options.site_root).join(&*options.site_pkg_dir);
        let manifest = std::fs::read(folder.join(format!("__wasm_split_manifest.{hash}.json"))).ok()?;
        let mut parts: HashMap<String, Vec<String>> = serde_json::from_slice(&manifest).ok()?;
        let pkg = &options.site_pkg_dir;
        let wasm = parts.remove("task")?.into_iter().map(|part| format!("/{pkg}/{part}.wasm"));
        Some(ProgramParts { scripts: vec![format!("/{pkg}/__wasm_split.{hash}.js")], wasm: wasm.collect() })
    };
    read().unwrap_or_default()
}

/// What every page and server function may use: the caller, and the security policy of the answer.
pub(super) fn page_context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = state.clone();
    let task_parts = parts_of_task_page(&state.leptos);
    // `cargo leptos watch` says so; its pages listen on a port of its own.
    let live_reload = std::env::var_os("LEPTOS_WATCH").map(|_| u16::try_from(state.leptos.reload_port).unwrap_or(3001));
    move || {
        let parts = use_context::<Parts>();
        if let Some(identity) = parts.as_ref().and_then(|parts| parts.extensions.get::<Arc<Identity>>().cloned()) {
            let address = parts.as_ref().map_or(limits::NOWHERE, |parts| limits::address_of(&parts.extensions));
            provide_context(Caller { state: state.clone(), account_id: identity.account_id, identity, address });
        }
        provide_context(Visit {
            rendered_at: state.clock.now(),
            theme: parts.as_ref().and_then(|parts| Theme::parse(CookieJar::from_headers(&parts.headers).get(Theme::COOKIE)?.value())),
            parts: if parts.as_ref().is_some_and(|parts| needs_part(parts.uri.path())) {
                task_parts.clone()
            } else {
                ProgramParts::default()
            },
            form_key: random::bytes::<16>().iter().fold(String::new(), |key, byte| format!("{key}{byte:02x}")),
        });
        let (Some(nonce), Some(slot)) = (leptos::nonce::use_nonce(), parts.and_then(|parts| parts.extensions.get::<Policy>().cloned()))
        else {
            return;
        };
        let mut policy = security::content_security_policy(&nonce);
        if let Some(port) = live_reload {
            policy = security::with_live_reload(&policy, port);
        }
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            // A page is rendered once; a server function renders nothing.
            let _ = slot.0.set(policy);
        }
    }
}

/// `POST /new/{kind}`: the form without JavaScript. On success to the task's page; else the same page again, with everything that was
/// typed and what is wrong with it.
async fn submit(kind: Kind, State(state): State<AppState>, caller: Caller, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let read = upload::read_form(Request::from_parts(parts.clone(), body), &state).await;
    let (form, submitted) = match read {
        Err(problem) => (upload::Form::default(), Err(problem)),
        Ok(form) => {
            if kind == Kind::Project && form.wants_draft() {
                return show_again(&state, parts, drafted(&caller, form).await).await;
            }
            let key = form.idempotency_key.clone();
            let submitted = match form.input(kind) {
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
                from: form.from.unwrap_or_default(),
                // A new key: what is sent next is another input.
                idempotency_key: String::new(),
                problem: Some(problem),
                project: form.project.input(),
                notes: Vec::new(),
            };
            show_again(&state, parts, form).await
        }
    }
}

/// The form with a model made of its brief.
async fn drafted(caller: &Caller, form: upload::Form) -> FormState {
    let asked = form.project.input();
    let brief = ProjectInput { text: None, brief: form.project.brief.clone(), ..asked.clone() };
    // A chosen file wins over pasted text: it was the more deliberate act.
    let description = form.file.map(|(_, text)| text).or(form.description).unwrap_or_default();
    let source = if form.project.wants_import() {
        ProjectInput { brief: None, description: Some(description.clone()), ..brief.clone() }
    } else {
        brief.clone()
    };
    match caller.draft(source).await {
        Ok(ModelDraft { text, notes, .. }) => {
            FormState { description, project: ProjectInput { text: Some(text), ..brief }, notes, ..FormState::default() }
        }
        Err(problem) => {
            FormState { description, project: ProjectInput { text: asked.text, ..brief }, problem: Some(problem), ..FormState::default() }
        }
    }
}

async fn show_again(state: &AppState, parts: Parts, form: FormState) -> Response {
    let status = status_of(form.problem.as_ref());
    show_with(state, parts, form, status).await
}

/// A project's room, with what became of one of its forms.
pub(super) async fn show_room(state: &AppState, parts: Parts, told: Told) -> Response {
    let status = status_of(told.problem.as_ref());
    show_with(state, parts, told, status).await
}

fn status_of(problem: Option<&Problem>) -> StatusCode {
    problem.map_or(StatusCode::OK, |problem| StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY))
}

/// The page at the address, with something for it in its context.
async fn show_with<T: Clone + Send + Sync + 'static>(state: &AppState, mut parts: Parts, given: T, status: StatusCode) -> Response {
    parts.method = axum::http::Method::GET;
    let (context, options) = (page_context(state), state.leptos.clone());
    // Whole, as all pages: what comes later in a stream needs script to be put in its place.
    let render = render_app_async_with_context(
        move || {
            context();
            provide_context(given.clone());
        },
        move || shell(options.clone()),
    );
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = status;
    response
}

/// The page of an address that leads nowhere.
pub(super) async fn not_found(state: &AppState, mut parts: Parts) -> Response {
    parts.method = axum::http::Method::GET;
    let (context, options) = (page_context(state), state.leptos.clone());
    let render = render_app_async_with_context(context, move || shell(options.clone()));
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
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

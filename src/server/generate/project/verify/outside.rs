//! The gates that look at a project from outside: migrations down and up again, and our own test suite of its running API.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Verification, receipt, serve,
    workshop::{Bench, free_port, hex},
};
use crate::{
    protocol::{
        Level, Problem,
        project::{Access, ProjectOptions, Stack},
    },
    server::generate::{StageError, test_suite},
};

/// How often a started project is asked whether it is there, and how long is waited between.
const ASKS: u32 = 120;
const PAUSE: Duration = Duration::from_millis(250);
const MAX_DESCRIPTION_BYTES: usize = 8 * 1024 * 1024;

pub(super) const fn down_and_up(stack: Stack) -> &'static [&'static str] {
    match stack {
        Stack::FastApi => &[".venv/bin/alembic downgrade base", ".venv/bin/alembic upgrade head"],
        Stack::Axum => &["cargo run --locked -- migrate down", "cargo run --locked -- migrate up"],
        Stack::Hono => &[],
    }
}

/// Makes a suite of the description that the running project serves, and runs it.
pub(super) async fn suite(
    gates: &mut Verification<'_>,
    bench: &Bench<'_>,
    options: &ProjectOptions,
    name: &str,
    expectation: &str,
) -> Result<(), StageError> {
    gates.step(&format!("{name}: starting the project")).await?;
    let failed = |detail: String| StageError::Fail(Problem::new(500, "gate-failed", &format!("The gate “{name}” was not passed"), detail));
    let port = free_port().await.map_err(|error| StageError::Retry(error.to_string()))?;
    let mut running = bench.start(&serve(options.stack, port), &[]).map_err(&failed)?;
    let base = format!("http://127.0.0.1:{port}");
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| failed(error.to_string()))?;
    let mut answers = false;
    for _ in 0..ASKS {
        answers = client.get(format!("{base}/healthz")).send().await.is_ok_and(|answer| answer.status().is_success());
        if answers || running.has_ended() || gates.context.is_stopped() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    if !answers {
        let said = running.end().await;
        gates.context.log(Level::Error, said).await?;
        return Err(failed("The project does not answer at /healthz.".into()));
    }
    let description = fetch(&client, &format!("{base}/openapi.json")).await.map_err(&failed)?;
    let mut environment = vec![("BASE_URL".to_owned(), base.clone())];
    if options.access == Access::Accounts {
        environment.push(("API_TOKEN".to_owned(), token(&client, &base).await.map_err(&failed)?));
    }
    gates.step(&format!("{name}: making the suite")).await?;
    let suite = tokio::task::spawn_blocking(move || test_suite::generate(&description)).await;
    let suite = suite.map_err(|_| StageError::Fail(Problem::internal()))?.map_err(|problem| failed(problem.to_string()))?;
    let folder = bench.folder().join(".livegen-suite");
    let mut requirements = String::new();
    for file in &suite.files {
        let path = folder.join(&file.path);
        if file.path == "requirements.txt" {
            requirements = String::from_utf8_lossy(&file.content).into_owned();
        }
        let written = async {
            tokio::fs::create_dir_all(path.parent().unwrap_or(&folder)).await?;
            tokio::fs::write(&path, &file.content).await
        };
        written.await.map_err(|error| StageError::Retry(error.to_string()))?;
    }
    let tools = bench.kept(&format!("suite-{}", &hex(&Sha256::digest(requirements.as_bytes()))[..16]));
    let install =
        format!("test -x {0}/bin/pytest || {{ python3 -m venv {0} && {0}/bin/pip install --quiet -r requirements.txt; }}", quoted(&tools));
    let alone = bench.workshop.installing.lock().await;
    let installed = bench.shell_in(&folder, &install, &[]).await.map_err(&failed)?;
    drop(alone);
    if !installed.is_success() {
        return gates.not_verified(name, expectation, "the packages of the test suite cannot be installed here").await;
    }
    gates.step(&format!("{name}: running the suite")).await?;
    let text = format!("{}/bin/python -m pytest -q -p no:cacheprovider --tb=short", quoted(&tools));
    let ended = tokio::select! {
        ended = bench.shell_in(&folder, &text, &environment) => ended.map_err(&failed)?,
        () = gates.context.stopped() => {
            gates.context.step(crate::server::generate::Step::default()).await?;
            return Err(StageError::Fail(Problem::internal()));
        }
    };
    let shown = "livegen generate test-suite openapi.json && pytest -q";
    let receipt = receipt(shown, &ended);
    if ended.is_success() {
        let figure = super::last_figure(&ended.output);
        gates.context.log(Level::Info, format!("{name}: {} in {:.1} s", figure.as_deref().unwrap_or("passed"), receipt.seconds)).await?;
        gates.verified(name, expectation, receipt, figure);
        return Ok(());
    }
    gates.ended(name, expectation, shown, "Livegen's own suite", ended).await.map(|_| ())
}

async fn fetch(client: &reqwest::Client, address: &str) -> Result<String, String> {
    let mut answer = client.get(address).send().await.map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| error.to_string())? {
        if bytes.len() + chunk.len() > MAX_DESCRIPTION_BYTES {
            return Err("its OpenAPI description is too large".into());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// Makes an account and signs in, as the project's own clients do.
async fn token(client: &reqwest::Client, base: &str) -> Result<String, String> {
    let body = serde_json::json!({"email": "gate@example.org", "password": "a sentence to remember"}).to_string();
    let send = async |path: &str| {
        let asked = client.post(format!("{base}{path}")).header("content-type", "application/json").body(body.clone());
        let answer = asked.send().await.and_then(reqwest::Response::error_for_status).map_err(|error| error.to_string())?;
        let bytes = answer.bytes().await.map_err(|error| error.to_string())?;
        serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string())
    };
    send("/api/auth/register").await?;
    let answer = send("/api/auth/token").await?;
    let found = ["access_token", "token"].iter().find_map(|name| answer[*name].as_str());
    found.map(str::to_owned).ok_or_else(|| "signing in gives no token".into())
}

/// For a shell.
fn quoted(path: &std::path::Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

//! The gate that looks at a project from outside: our own test suite of the API that it describes.
//!
//! The project and those who ask it share one sandbox, for its network is nobody else's. So it is started twice: to fetch its description
//! (and a token, where one has to sign in), and, when the suite has been made of that, to run it.

use serde_json::Value;

use super::{
    Run,
    install::NotInstalled,
    outcome::{Broken, Failure, receipt},
    stacks::{self, Means},
    workshop::Bench,
};
use crate::{
    protocol::{
        Problem,
        project::{Access, ProjectOptions},
    },
    server::{
        generate::{StageError, project::blueprint::File, test_suite},
        run::sandbox::Sandbox,
    },
};

const MAX_DESCRIPTION_BYTES: u64 = 8 * 1024 * 1024;
const MAX_TOKEN_BYTES: u64 = 64 * 1024;

/// Starts the project as `SERVE` and waits until it is well.
const STARTED: &str = r#"
SERVE > "$OUT/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2> /dev/null || true' EXIT
base="http://127.0.0.1:$PORT"
for _ in $(seq 240); do
    if curl --silent --fail --max-time 5 "$base/healthz" > "$OUT/healthz"; then up=yes; break; fi
    kill -0 "$server" 2> /dev/null || break
    sleep 0.25
done
[ "${up:-no}" = yes ] || { tail -n 40 "$OUT/server.log"; echo "the project does not answer at /healthz"; exit 1; }
"#;
const DESCRIBED: &str = r#"
curl --silent --show-error --fail --output "$OUT/openapi.json" "$base/openapi.json"
"#;
/// Makes an account and signs in, as the project's own clients do.
const SIGNED_IN: &str = r#"
who='{"email": "gate@example.org", "password": "a sentence to remember"}'
curl --silent --show-error --fail --json "$who" "$base/api/auth/register" > "$OUT/registered.json"
curl --silent --show-error --fail --json "$who" "$base/api/auth/token" > "$OUT/token.json"
"#;
const TESTED: &str = r#"
cd "$SUITE"
BASE_URL="$base" "$TOOLS/bin/python" -m pytest -q -p no:cacheprovider --tb=short
"#;
/// What the receipt says.
const SHOWN: &str = "livegen generate test-suite openapi.json && pytest -q";

/// Makes a suite of the description that the running project serves, and runs it.
pub(super) async fn suite(
    run: &mut Run<'_>,
    bench: &Bench<'_>,
    means: &Means,
    options: &ProjectOptions,
    sandbox: Option<&Sandbox>,
) -> Result<(), Broken> {
    let gate = stacks::SUITE;
    let place = "Livegen's own suite";
    run.step(&format!("{}: asking the project for its description", gate.0), 1).await?;
    let started = STARTED.replace("SERVE", means.serve);
    let accounts = options.access == Access::Accounts;
    let asked = format!("{started}{DESCRIBED}{}", if accounts { SIGNED_IN } else { "" });
    let mut environment = vec![("PORT".to_owned(), bench.port.to_string())];
    let ended = run.unless_stopped(bench.script(&asked, &environment, &[])).await?;
    let ended = match ended {
        Err(why) => return Ok(run.not_verified(gate, &why).await?),
        Ok(ended) if ended.exit_code == Some(127) => return Ok(run.not_verified(gate, "curl is not installed here").await?),
        Ok(ended) => ended,
    };
    if !ended.is_success() {
        let command = format!("{} &  curl /healthz, /openapi.json", means.serve);
        return Err(run.failed(gate, &command, place, &ended).await?);
    }
    let failed = |what: String| Failure::new(gate, "", place, &what, "");
    let read = |name, most| bench.read(name, most).and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()));
    let description = match read("openapi.json", MAX_DESCRIPTION_BYTES) {
        Ok(description) => description,
        Err(why) => return Err(run.broken(failed(why)).await?),
    };
    if accounts {
        match read("token.json", MAX_TOKEN_BYTES).and_then(|answer| token(&answer)) {
            Ok(token) => environment.push(("API_TOKEN".into(), token)),
            Err(why) => return Err(run.broken(failed(why)).await?),
        }
    }
    run.step(&format!("{}: making the suite", gate.0), 1).await?;
    let suite = tokio::task::spawn_blocking(move || test_suite::generate(&description)).await;
    let suite = match suite.map_err(|_| StageError::Fail(Problem::internal()))? {
        Ok(suite) => suite,
        Err(problem) => return Err(run.broken(failed(problem.to_string())).await?),
    };
    // All of it lies in one folder, which the ZIP would have.
    let file = |file: test_suite::emit::File| {
        let (_, path) = file.path.split_once('/')?;
        Some(File { path: path.to_owned(), content: String::from_utf8(file.content).ok()? })
    };
    let files: Vec<File> = suite.files.into_iter().filter_map(file).collect();
    let installed = run.unless_stopped(run.workshop.installation(&stacks::suite::RECIPE, &files, sandbox)).await?;
    let room = match installed {
        Ok(installed) => installed.room,
        Err(NotInstalled::Here(why)) => return Ok(run.not_verified(gate, &why).await?),
        Err(NotInstalled::Io(error)) => return Err(StageError::Retry(format!("no room to verify in: {error}")).into()),
        Err(NotInstalled::Failed(command, ended)) => {
            let last = super::outcome::tail(&ended.output).pop().unwrap_or_default();
            return Ok(run.not_verified(gate, &format!("`{command}` failed for the suite's own packages: {last}")).await?);
        }
    };
    let placed = bench.put("suite", files).await.map_err(|error| StageError::Retry(error.to_string()))?;
    let tools = room.join(".venv");
    environment.push(("SUITE".into(), placed.display().to_string()));
    environment.push(("TOOLS".into(), tools.display().to_string()));
    environment.push(("PYTHONDONTWRITEBYTECODE".into(), "1".into()));
    run.step(&format!("{}: running the suite", gate.0), gate.share()).await?;
    let tested = format!("{started}{TESTED}");
    match run.unless_stopped(bench.script(&tested, &environment, &[placed, tools])).await? {
        Err(why) => Ok(run.not_verified(gate, &why).await?),
        Ok(ended) if ended.is_success() => {
            let note = super::figures::figures(&ended.output).note();
            Ok(run.passed(gate, receipt(SHOWN, &ended, bench.is_sandboxed()), note).await?)
        }
        Ok(ended) => Err(run.failed(gate, SHOWN, place, &ended).await?),
    }
}

fn token(answer: &str) -> Result<String, String> {
    let answer: Value = serde_json::from_str(answer).map_err(|_| "signing in does not answer with JSON")?;
    let found = ["access_token", "token"].iter().find_map(|name| answer[*name].as_str());
    found.filter(|token| !token.contains('\0')).map(str::to_owned).ok_or_else(|| "signing in gives no token".into())
}

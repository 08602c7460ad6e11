//! Who may run where; what one project leaves for the next; what hostile code gets.

use std::{net::TcpListener, path::Path};

use livegen::{
    protocol::project::{ProjectInput, ProjectOptions, Stack},
    server::{
        config::SandboxUse,
        generate::project::{
            blueprint::{File, blueprint},
            input::{self, Settled},
            verify::{Broken, Failure, Report, Trust, Verification},
        },
    },
};

use super::{BRIEF, Listener, folder, workshop_in};

fn files() -> (Vec<File>, Settled) {
    files_of(Stack::FastApi)
}

fn files_of(stack: Stack) -> (Vec<File>, Settled) {
    let options = ProjectOptions { stack, ..ProjectOptions::default() };
    let settled = input::settle(&ProjectInput { brief: Some(BRIEF.into()), options, ..ProjectInput::default() }).unwrap();
    (blueprint(&settled.model, &settled.options, 0).unwrap(), settled)
}

/// With one file changed or added.
fn with(files: &[File], path: &str, change: impl FnOnce(&str) -> String) -> Vec<File> {
    let old = files.iter().find(|file| file.path == path).map(|file| file.content.clone()).unwrap_or_default();
    let new = File { path: path.into(), content: change(&old) };
    let others = files.iter().filter(|file| file.path != path).cloned();
    others.chain([new]).collect()
}

fn failure(result: Result<Report, Broken>) -> Failure {
    match result {
        Err(Broken::Gate(failure)) => *failure,
        other => panic!("expected a gate that fails, got {other:?}"),
    }
}

#[tokio::test]
async fn what_others_wrote_runs_in_a_sandbox_or_not_at_all() {
    let place = tempfile::tempdir().unwrap();
    let (blueprint, settled) = files();
    let changed = with(&blueprint, "app/main.py", |old| format!("{old}\nFURTHER = 1\n"));
    let foreign = Trust::Foreign { blueprint: &blueprint };
    for (name, sandbox, trust, why) in [
        ("off", SandboxUse::Off, foreign, "not only a blueprint has written it"),
        ("required", SandboxUse::Required, Trust::Blueprint, "the settings require it"),
    ] {
        // A host without bubblewrap is one where no program is found: so none can be run by mistake either.
        let folder = place.path().join(name);
        let workshop = if name == "off" { workshop_in(&folder, sandbox) } else { without_programs(&folder, sandbox) };
        let listener = Listener::default();
        let report = Verification::new(&workshop, &listener).run(&changed, &settled, trust).await.unwrap();
        assert!(report.sandbox.starts_with("none: "), "{}", report.sandbox);
        let ran = report.gates.iter().filter(|gate| !gate.receipts.is_empty()).count();
        assert_eq!(ran, 0, "{:?}", report.gates);
        for name in ["install", "migrations", "boot", "tests", "own suite"] {
            let gate = report.gates.iter().find(|gate| gate.name == name).unwrap();
            assert!(!gate.verified && gate.note.contains("runs only in a sandbox") && gate.note.contains(why), "{gate:?}");
        }
        assert!(!folder.exists(), "nothing was laid out or installed");
        assert!(listener.said().contains("not verified here"), "{}", listener.said());
    }
}

/// Where bubblewrap is not to be found.
fn without_programs(folder: &Path, sandbox: SandboxUse) -> std::sync::Arc<livegen::server::generate::project::verify::Workshop> {
    use livegen::server::{
        clock::SystemClock,
        generate::project::verify::{Policy, Workshop},
        run::Runner,
    };
    assert_eq!(sandbox, SandboxUse::Required);
    let runner = Runner::only(std::sync::Arc::new(SystemClock), "/nowhere");
    std::sync::Arc::new(Workshop::new(runner, folder.to_owned(), Vec::new(), Policy::Required))
}

#[tokio::test]
async fn packages_that_a_blueprint_does_not_name_are_not_fetched() {
    let place = tempfile::tempdir().unwrap();
    let workshop = workshop_in(place.path(), SandboxUse::Auto);
    let (blueprint, settled) = files();
    let foreign = Trust::Foreign { blueprint: &blueprint };
    for (path, line) in [("requirements.txt", "evil==1.0.0"), ("requirements-dev.txt", "evil==1.0.0")] {
        let changed = with(&blueprint, path, |old| format!("{old}{line}\n"));
        let failure = failure(Verification::new(&workshop, &Listener::default()).run(&changed, &settled, foreign).await);
        assert_eq!((failure.gate.as_str(), failure.place.as_str()), ("install", path), "{failure:?}");
        assert!(failure.how.contains("is not as the blueprint wrote it"), "{failure:?}");
    }
    // Nor does anything else decide about what is fetched or run outside.
    let (crates, settled_crates) = files_of(Stack::Axum);
    for (path, line) in [
        ("Cargo.toml", "[patch.crates-io]\nserde = { path = \"src\" }"),
        ("Cargo.lock", "[[package]]\nname = \"evil\"\nversion = \"1.0.0\""),
        ("rust-toolchain.toml", "[toolchain]\npath = \"/tmp/evil\""),
    ] {
        let changed = with(&crates, path, |old| format!("{old}\n{line}\n"));
        let foreign = Trust::Foreign { blueprint: &crates };
        let failure = failure(Verification::new(&workshop, &Listener::default()).run(&changed, &settled_crates, foreign).await);
        assert_eq!((failure.gate.as_str(), failure.place.as_str()), ("install", path), "{failure:?}");
    }
    // A line that would run code of the project outside is no exact version anyway.
    let changed = with(&blueprint, "requirements.txt", |old| format!("{old}-e .\n"));
    let failure = failure(Verification::new(&workshop, &Listener::default()).run(&changed, &settled, foreign).await);
    assert_eq!(failure.gate, "pins", "{failure:?}");
    assert!(!place.path().join("kept").exists());
}

#[tokio::test]
async fn a_failure_says_what_to_mend_and_a_second_try_is_quick() {
    let workshop = workshop_in(&folder(), SandboxUse::Required);
    let (blueprint, settled) = files();
    let foreign = Trust::Foreign { blueprint: &blueprint };
    let verification_listener = Listener::default();
    let verification = Verification::new(&workshop, &verification_listener);
    let broken = with(&blueprint, "app/seed.py", |old| format!("{old}\n\nraise SystemExit(\"the seed is spoilt\")\n"));
    let failure = failure(verification.run(&broken, &settled, foreign).await);
    assert_eq!((failure.gate.as_str(), failure.exit_code), ("seed", Some(1)), "{failure:?}");
    assert_eq!(failure.command, ".venv/bin/python -m app.seed");
    assert!(failure.place.starts_with("README.md, line ") && failure.output.iter().any(|line| line.contains("the seed is spoilt")));
    // Nor does an edit take a gate away.
    let silent = with(&broken, "README.md", |_| "# Mine\n".into());
    let failure = super::trust::failure(verification.run(&silent, &settled, foreign).await);
    assert_eq!((failure.gate.as_str(), failure.place.as_str()), ("seed", "README.md before it was edited"), "{failure:?}");
    // What is installed is kept, so only the project's own programs run.
    let broken = with(&blueprint, "app/db.py", |_| "syntax error\n".into());
    let second = super::trust::failure(verification.run(&broken, &settled, foreign).await);
    assert_eq!(second.gate, "migrations", "{second:?}");
    assert!(verification_listener.said().contains("done earlier, for the same lock files"));
}

#[tokio::test]
async fn hostile_code_gets_nothing_and_leaves_nothing() {
    let workshop = workshop_in(&folder(), SandboxUse::Required);
    let (blueprint, settled) = files();
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("secret"), "the-canary").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    // Runs as soon as anything of the project does, and says what it got.
    let hostile = r#"
import glob, os, pathlib, socket
got = []
def attempt(name, what):
    try:
        what()
        got.append(name)
    except Exception:
        pass
attempt("secret", lambda: open("SECRET").read())
attempt("port", lambda: socket.create_connection(("127.0.0.1", PORT), 1))
attempt("environment", lambda: os.environ["CARGO_MANIFEST_DIR"])
attempt("cache", lambda: os.listdir("FOLDER/kept/pip"))
attempt("others", lambda: sorted(os.listdir("FOLDER/work"))[1])
for path in glob.glob(".venv/lib/python*/site-packages/fastapi/__init__.py") + [".venv/bin/python"]:
    attempt("poison " + path, lambda: open(path, "a").write("\nPOISON = 1\n"))
# What it writes into a folder of its own is nothing got; outside it is looked for.
for path in ["FOLDER/kept/planted", "/etc/planted"]:
    attempt("plant", lambda: open(path, "a").write("POISON"))
attempt("link", lambda: [os.symlink("SECRET", os.environ["OUT"] + "/openapi.json")])
got = [name for name in got if name not in ("link", "plant")]
raise SystemExit("got: " + ", ".join(got or ["nothing"]))
"#;
    let port = listener.local_addr().unwrap().port().to_string();
    let secret = place.path().join("secret").display().to_string();
    let hostile = hostile.replace("SECRET", &secret).replace("PORT", &port).replace("FOLDER", &folder().display().to_string());
    let changed = with(&blueprint, "migrations/env.py", |_| hostile.clone());
    let foreign = Trust::Foreign { blueprint: &blueprint };
    let failure = failure(Verification::new(&workshop, &Listener::default()).run(&changed, &settled, foreign).await);
    assert_eq!(failure.gate, "migrations", "{failure:?}");
    assert_eq!(failure.output.last().map(String::as_str), Some("got: nothing"), "{failure:?}");
    assert!(listener.accept().is_err(), "somebody called");
    assert!(!Path::new("/etc/planted").exists() && !folder().join("kept/planted").exists());
    let kept = std::fs::read_dir(folder().join("kept")).unwrap().flatten().map(|entry| entry.path());
    for installed in kept.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("fastapi-")) {
        let libraries = std::fs::read_dir(installed.join("room/.venv/lib")).into_iter().flatten().flatten();
        for library in libraries {
            let package = std::fs::read_to_string(library.path().join("site-packages/fastapi/__init__.py")).unwrap_or_default();
            assert!(!package.contains("POISON"));
        }
    }
}

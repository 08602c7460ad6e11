//! What can be said of a project's workflow, container and versions by reading them.

use serde_json::Value;

use super::stacks::{Means, Pins};
use crate::server::generate::project::blueprint::File;

/// What is wrong, by `path: words`.
pub type Faults = Vec<String>;

/// The workflow and the container. `None`: the project has neither. `commands`: what the gates run.
pub fn operations(files: &[File], means: &Means, commands: &[&str]) -> Option<Faults> {
    let mut faults = Vec::new();
    let mut any = false;
    for file in files {
        let fault = |what: &str| format!("{}: {what}", file.path);
        if is_workflow(&file.path) {
            any = true;
            faults.extend(workflow(&file.content, means, commands).iter().map(|what| fault(what)));
        } else if file.path == "Dockerfile" {
            any = true;
            faults.extend(container(&file.content, files).iter().map(|what| fault(what)));
        } else if file.path == "compose.yaml" {
            any = true;
            let read = yaml(&file.content).map(|value| value["services"].is_object());
            faults.extend((read != Some(true)).then(|| fault("it has no services")));
        }
    }
    any.then_some(faults)
}

/// Versions that are not named exactly.
pub fn pins(files: &[File], means: &Means) -> Faults {
    let mut faults = Vec::new();
    for (path, how) in means.pins {
        match (files.iter().find(|file| file.path == *path), how) {
            (None, _) => faults.push(format!("{path}: it is missing")),
            (Some(_), Pins::Lock) => {}
            (Some(file), Pins::Requirements) => {
                let loose = file.content.lines().map(str::trim).filter(|line| !is_exact(line));
                faults.extend(loose.map(|line| format!("{path}: `{line}` names no exact version")));
            }
        }
    }
    for file in files {
        let images = file.content.lines().map(str::trim).filter_map(|line| match file.path.as_str() {
            "Dockerfile" => line.strip_prefix("FROM ").and_then(|rest| rest.split_whitespace().find(|word| !word.starts_with("--"))),
            "compose.yaml" => line.strip_prefix("image:").map(str::trim),
            path if is_workflow(path) => line.strip_prefix("image:").map(str::trim),
            _ => None,
        });
        // A stage of the same file has a name and no version.
        let stages: Vec<&str> = file.content.lines().filter_map(|line| line.split(" AS ").nth(1)).map(str::trim).collect();
        let loose = images.filter(|image| !stages.contains(image) && !is_tagged(image));
        faults.extend(loose.map(|image| format!("{}: the image `{image}` names no version", file.path)));
        if is_workflow(&file.path) {
            let uses = file.content.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses:")).map(str::trim);
            let loose =
                uses.filter(|action| !action.split_once('@').is_some_and(|(_, version)| !matches!(version, "" | "main" | "master")));
            faults.extend(loose.map(|action| format!("{}: the action `{action}` names no version", file.path)));
        }
    }
    faults
}

fn is_workflow(path: &str) -> bool {
    path.strip_prefix(".github/workflows/").is_some_and(|name| name.ends_with(".yml") || name.ends_with(".yaml"))
}

/// A line of a file of requirements that leaves no choice.
fn is_exact(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim();
    if line.is_empty() || line.starts_with('#') || line.strip_prefix("-r ").is_some_and(|name| !name.contains(['/', ':'])) {
        return true;
    }
    let Some((name, version)) = line.split_once("==") else { return false };
    let is_of = |text: &str, more: &str| !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || more.contains(char));
    is_of(name, "-_.[],") && is_of(version, ".!+-_")
}

fn is_tagged(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    image.contains("@sha256:") || name.split_once(':').is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest")
}

/// Bounded by its reader: no file of a project can make it work for long.
pub fn yaml(text: &str) -> Option<Value> {
    serde_saphyr::from_str(text).ok()
}

fn workflow(text: &str, means: &Means, commands: &[&str]) -> Vec<String> {
    let Some(value) = yaml(text) else { return vec!["it is no YAML".into()] };
    let mut faults = Vec::new();
    if value.get("on").is_none_or(Value::is_null) {
        faults.push("it does not say when it runs".into());
    }
    let jobs = value["jobs"].as_object().map(|jobs| jobs.values().collect::<Vec<_>>()).unwrap_or_default();
    if jobs.is_empty() {
        faults.push("it has no jobs".into());
    }
    let mut runs: Vec<&str> = Vec::new();
    for job in jobs {
        if job["runs-on"].is_null() {
            faults.push("a job does not say what it runs on".into());
        }
        let steps = job["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
        if steps.is_empty() {
            faults.push("a job has no steps".into());
        }
        for step in steps {
            match (step["run"].as_str(), step["uses"].as_str()) {
                (Some(run), None) => runs.extend(run.lines().map(str::trim).filter(|line| !line.is_empty())),
                (None, Some(_)) => {}
                _ => faults.push("a step neither runs nor uses anything".into()),
            }
        }
    }
    let known = |run: &str| commands.contains(&run) || means.provisions.iter().any(|start| run.starts_with(start));
    faults.extend(runs.iter().filter(|run| !known(run)).map(|run| format!("`{run}` is no command of the gates")));
    for gate in [super::stacks::LINT, super::stacks::FORMAT, super::stacks::TESTS] {
        if !runs.iter().any(|run| means.gate_of(run).0 == gate.0) {
            faults.push(format!("it does nothing for the gate “{}”", gate.0));
        }
    }
    faults
}

fn container(text: &str, files: &[File]) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let lines: Vec<(&str, &str)> = joined.lines().filter_map(|line| line.trim().split_once(' ')).collect();
    let last = |name: &str| lines.iter().rfind(|(word, _)| *word == name).map(|(_, rest)| rest.trim());
    let mut faults = Vec::new();
    if last("FROM").is_none() {
        faults.push("it does not say what it is made from".into());
    }
    if matches!(last("USER"), None | Some("root" | "0")) {
        faults.push("it runs as root".into());
    }
    if last("HEALTHCHECK").is_none_or(|check| check == "NONE") {
        faults.push("it does not say how it is".into());
    }
    if last("CMD").or(last("ENTRYPOINT")).is_none() {
        faults.push("it starts nothing".into());
    }
    for (_, rest) in lines.iter().filter(|(word, rest)| *word == "COPY" && !rest.contains("--from=")) {
        let words: Vec<&str> = rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        let sources = words.split_last().map(|(_, sources)| sources).unwrap_or_default();
        let is_there = |source: &str| {
            let source = source.trim_start_matches("./").trim_end_matches(['/', '*']);
            source.is_empty()
                || source == "."
                || files.iter().any(|file| file.path == source || file.path.starts_with(&format!("{source}/")))
        };
        faults.extend(sources.iter().filter(|source| !is_there(source)).map(|source| format!("it copies `{source}`, which is not there")));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::project::Stack, server::generate::project::verify::stacks::means};

    fn file(path: &str, content: &str) -> File {
        File { path: path.into(), content: content.into() }
    }

    const GOOD: &str = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n      - run: .venv/bin/ruff check .\n      - run: .venv/bin/ruff format --check .\n      - run: .venv/bin/pytest --cov\n";
    const COMMANDS: [&str; 3] = [".venv/bin/ruff check .", ".venv/bin/ruff format --check .", ".venv/bin/pytest --cov"];

    fn found(path: &str, content: &str) -> Vec<String> {
        let means = means(Stack::FastApi);
        operations(&[file(path, content)], means, &COMMANDS).unwrap()
    }

    #[test]
    fn a_workflow_does_what_the_gates_do() {
        let path = ".github/workflows/ci.yml";
        assert_eq!(found(path, GOOD), [] as [&str; 0]);
        for (from, to, what) in [
            ("ruff check .", "ruff check app", "is no command of the gates"),
            ("      - run: .venv/bin/pytest --cov\n", "", "it does nothing for the gate “tests”"),
            ("    runs-on: ubuntu-24.04\n", "", "what it runs on"),
            ("on: push\n", "", "when it runs"),
            ("steps:", "steps: [", "no YAML"),
        ] {
            let faults = found(path, &GOOD.replace(from, to));
            assert!(faults.iter().any(|fault| fault.contains(what)), "{what}: {faults:?}");
        }
    }

    #[test]
    fn a_container_has_no_rights_and_a_health_check() {
        let good = "FROM python:3.13-slim\nCOPY app ./app\nUSER app\nHEALTHCHECK --interval=30s \\\n    CMD [\"true\"]\nCMD [\"run\"]\n";
        let check = |text: &str| operations(&[file("Dockerfile", text), file("app/main.py", "")], means(Stack::FastApi), &[]).unwrap();
        assert_eq!(check(good), [] as [&str; 0]);
        for (from, to, what) in [
            ("USER app\n", "", "root"),
            ("USER app", "USER root", "root"),
            ("HEALTHCHECK", "LABEL", "how it is"),
            ("COPY app", "COPY web", "`web`, which is not there"),
        ] {
            let faults = check(&good.replace(from, to));
            assert!(faults.iter().any(|fault| fault.contains(what)), "{what}: {faults:?}");
        }
        assert_eq!(operations(&[file("README.md", "")], means(Stack::FastApi), &[]), None);
    }

    #[test]
    fn what_is_not_pinned_is_found() {
        let means = means(Stack::FastApi);
        let check = |requirements: &str, docker: &str, workflow: &str| {
            pins(
                &[
                    file("requirements.txt", requirements),
                    file("requirements-dev.txt", "-r requirements.txt\npytest==9.2.0\n"),
                    file("Dockerfile", docker),
                    file(".github/workflows/ci.yml", workflow),
                ],
                means,
            )
        };
        let good = "# exact\nfastapi==0.165.0\npsycopg[binary]==3.3.9\n";
        assert_eq!(check(good, "FROM python:3.13-slim AS base\nFROM base\n", "- uses: actions/checkout@v4\n"), [] as [&str; 0]);
        for loose in [
            "fastapi>=0.165",
            "fastapi",
            "-e .",
            "--index-url http://evil.example",
            "-r http://evil.example/x",
            "x @ file:///tmp/x",
            "fastapi==0.*",
        ] {
            assert_eq!(check(loose, "", "").len(), 1, "{loose}");
        }
        assert_eq!(check(good, "FROM python\nFROM python:latest\n", "- uses: actions/checkout@main\n").len(), 3);
        assert_eq!(pins(&[], means).len(), 2);
    }
}

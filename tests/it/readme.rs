//! What README tells people to type, typed.

use std::{path::Path, process::Command};

use crate::{
    harness::TestServer,
    process,
    suite::{bookshop, python},
};

const README: &str = include_str!("../../README.md");
const DESCRIPTION: &str = include_str!("../../public/samples/bookshop.yaml");

/// The lines of the first shell block after these words, without their comments.
fn lines(after: &str) -> Vec<String> {
    let (_, rest) = README.split_once(after).unwrap_or_else(|| panic!("README has no {after:?}"));
    let (_, block) = rest.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    block.lines().map(|line| line.split("  #").next().unwrap().trim().to_owned()).collect()
}

/// Runs a script as a person would, in a folder; what it printed. A command that fails ends it.
async fn shell(folder: &Path, path: &str, environment: &[(&str, String)], script: String) -> String {
    // Not everybody has unzip.
    let script = format!("set -e\ncommand -v unzip >/dev/null || unzip() {{ python3 -m zipfile -e \"$1\" .; }}\n{script}");
    let mut command = Command::new("sh");
    process::forget_own(&mut command);
    command.arg("-c").arg(&script).current_dir(folder).envs(environment.iter().map(|(name, value)| (name, value)));
    command.env("PATH", format!("{path}:{}", std::env::var("PATH").unwrap())).env("no_proxy", "*");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{script}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[tokio::test]
async fn the_curl_lines_work() {
    let server = TestServer::builder().spawn().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("openapi.yaml"), DESCRIPTION).unwrap();
    let address = format!("http://{}", server.address);
    let lines: Vec<String> = lines("**With curl**").iter().map(|line| line.replace("http://127.0.0.1:3000", &address)).collect();
    let [submit, watch, download] = &lines[..] else { panic!("three lines: {lines:?}") };

    let made = shell(folder.path(), "", &[], submit.clone()).await;
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let task = [("TASK", made["task_id"].as_str().unwrap().to_owned())];
    let seen = shell(folder.path(), "", &task, watch.clone()).await;
    assert!(seen.contains("\"type\":\"completion\""), "{seen}");
    shell(folder.path(), "", &task, download.clone()).await;
    assert!(std::fs::read(folder.path().join("suite.zip")).unwrap().starts_with(b"PK"));

    let prompt = self::lines("A prompt goes the same way").join("\n").replace("http://127.0.0.1:3000", &address);
    let made = shell(folder.path(), "", &[], prompt).await;
    assert!(made.contains("\"task_id\""), "{made}");
    server.stop().await;
}

#[tokio::test]
async fn the_command_line_s_lines_work_up_to_a_suite_that_passes() {
    let shop = bookshop::open(None).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("openapi.yaml"), DESCRIPTION).unwrap();
    std::fs::write(folder.path().join("rough.txt"), "could you please write a poem about 3 cats").unwrap();
    let livegen = Path::new(env!("CARGO_BIN_EXE_livegen")).parent().unwrap().display().to_string();
    shell(folder.path(), &livegen, &[], lines("**On the command line**").join("\n")).await;

    assert!(std::fs::read_to_string(folder.path().join("prompt.md")).unwrap().contains("Write a poem about 3 cats"));
    let zip = std::fs::read(folder.path().join("out.zip")).unwrap();
    python::unpack(&zip, folder.path());
    let inside = std::fs::read_dir(folder.path().join("unpacked")).unwrap().next().unwrap().unwrap().path();
    let requirements = std::fs::read_to_string(inside.join("requirements.txt")).unwrap();
    let tools = python::interpreter(&requirements).parent().unwrap().display().to_string();
    let script = lines("Then, with what came out").join("\n").replace("http://localhost:8080", &format!("http://{shop}"));
    let said = shell(folder.path(), &tools, &[("API_TOKEN", bookshop::TOKEN.into())], script).await;
    assert!(said.contains(" passed") && !said.contains(" failed"), "{said}");
}

/// Without gates: those have tests of their own.
#[tokio::test]
async fn the_projects_lines_work() {
    let server = TestServer::builder().settings(|settings| settings.project.verify = false).spawn().await;
    let folder = tempfile::tempdir().unwrap();
    let address = format!("http://{}", server.address);
    let here = |after: &str| -> Vec<String> { lines(after).iter().map(|line| line.replace("http://127.0.0.1:3000", &address)).collect() };
    let json = |said: String| -> serde_json::Value { serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}")) };
    let started = |said: String| -> String { json(said)["task_id"].as_str().unwrap().to_owned() };
    let made = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let wait = format!("curl -sN -b jar {address}/api/v1/tasks/$TASK/events");

    let block = here("**Projects with curl**");
    let [draft, start, download] = &block[..] else { panic!("three lines: {block:?}") };
    let drafted = shell(folder.path(), "", &[], draft.clone()).await;
    assert!(drafted.contains("entity Book {"), "{drafted}");
    let task = started(shell(folder.path(), "", &[], start.clone()).await);
    let mut names = vec![("TASK", task)];
    shell(folder.path(), "", &names, wait.clone()).await;
    shell(folder.path(), "", &names, download.clone()).await;
    assert!(made("library.zip").starts_with(b"PK"));

    let block = here("From a run that has ended");
    let next = started(shell(folder.path(), "", &names, block[0].clone()).await);
    shell(folder.path(), "", &[("TASK", next.clone())], wait).await;
    names.push(("NEXT", next));
    for line in &block[1..] {
        let said = json(shell(folder.path(), "", &names, line.clone()).await);
        // Of a refusal it is a number.
        assert!(!said["status"].is_number(), "{line}: {said}");
    }

    let livegen = Path::new(env!("CARGO_BIN_EXE_livegen")).parent().unwrap().display().to_string();
    let unverified = [("LIVEGEN_PROJECT_VERIFY", "false".to_owned())];
    std::fs::remove_file(folder.path().join("library.zip")).unwrap();
    shell(folder.path(), &livegen, &unverified, here("**Projects on the command line**").join("\n")).await;
    assert!(String::from_utf8(made("library.jdl")).unwrap().contains("entity Author {"));
    assert!(made("library.zip").starts_with(b"PK"));
    server.stop().await;
}

/// The first command of all is a target of the Makefile, and so is every other one that README names.
#[test]
fn every_target_that_it_names_exists() {
    let makefile = include_str!("../../Makefile");
    for word in README.split("make ").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase() && c != '-').next()) {
        assert!(makefile.contains(&format!("\n{word}:")), "`make {word}` is not there");
    }
}

//! `livegen generate project`, as the real binary.

use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
};

use serde_json::Value;

use crate::process::livegen;

const BRIEF: &str = "a library: books with title, ISBN and year, authors, loans with due date";

/// Runs it in a folder, with this on standard input.
fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = livegen();
    command.args(["generate", "project"]).args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who does not read it closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_draft_is_looked_at_changed_and_made() {
    let folder = tempfile::tempdir().unwrap();
    let (code, model, notes) = said(&run(folder.path(), &["--draft", "--name", "Town library"], BRIEF));
    assert_eq!(code, Some(0), "{notes}");
    assert!(model.starts_with("project \"Town library\"") && model.contains("entity Loan {"), "{model}");
    assert!(!notes.is_empty() && !folder.path().join("project.zip").exists());
    std::fs::write(folder.path().join("model.jdl"), model.replace("entity Book", "entity Volume").replace("Book", "Volume")).unwrap();

    let arguments =
        ["--model", "model.jdl", "--no-verify", "-o", "a.zip", "--json", "-q", "--no-front-end", "--licence", "none", "--seed", "7"];
    let (code, result, errors) = said(&run(folder.path(), &arguments, ""));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    let result: Value = serde_json::from_str(&result).unwrap();
    assert!(result["sandbox"].as_str().unwrap().contains("--no-verify"), "{result}");
    assert_eq!((&result["name"], &result["download"]), (&"Town library".into(), &"town-library.zip".into()), "{result}");
    let zip = std::fs::read(folder.path().join("a.zip")).unwrap();
    let holds = |name: &str| zip.windows(name.len()).any(|window| window == name.as_bytes());
    assert!(holds("town-library/app/models/volume.py") && holds("town-library/MANIFEST.json"));
    assert!(!holds("/static/") && !holds("LICENSE"));

    // As JSON, and to standard output; the same input gives the same bytes.
    let (_, drafted, _) = said(&run(folder.path(), &["--model", "model.jdl", "--draft", "--json"], ""));
    let drafted: Value = serde_json::from_str(&drafted).unwrap();
    std::fs::write(folder.path().join("model.json"), drafted["model"].to_string()).unwrap();
    let arguments = ["--model", "model.json", "--no-verify", "-o", "-", "-q", "--no-front-end", "--licence", "none", "--seed", "7"];
    assert_eq!(run(folder.path(), &arguments, "").stdout, zip);
}

#[test]
fn an_api_s_resources_become_entities() {
    let folder = tempfile::tempdir().unwrap();
    let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/library-3.1.yaml");
    let (code, model, _) = said(&run(folder.path(), &["--openapi", spec, "--draft"], ""));
    assert!(code == Some(0) && model.contains("entity Loan {"), "{model}");
}

#[test]
fn what_is_wrong_ends_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
    file("bad.jdl", "project \"Shop\"\nentity Book {\n  title strin\n}\n");
    file("bad.json", r#"{"name": "Shop", "entities": [{"name": "Book", "fields": [{"name": "title", "type": "strin"}]}]}"#);
    file("half.json", r#"{"name": "#);
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    for (arguments, input, expected, word) in [
        (vec!["--model", "bad.jdl", "--no-verify"], "", 5, "Line 3"),
        (vec!["--model", "bad.json", "--no-verify"], "", 5, "entities.Book.fields.title.type"),
        (vec!["--model", "half.json"], "", 5, "no JSON"),
        (vec!["--draft"], " \n", 5, "plain words"),
        (vec!["no-such-file.txt"], "", 6, "cannot read no-such-file.txt"),
        (vec!["--no-verify", "-o", "no/such/folder.zip"], BRIEF, 6, "cannot write"),
        // Before anything else is looked at.
        (vec!["--model", "bad.jdl", "-o", "folder"], "", 6, "cannot write folder"),
        (vec!["--stack", "cobol"], BRIEF, 2, "fastapi"),
        (vec!["--model", "bad.jdl", "--openapi", "bad.json"], "", 2, "cannot be used with"),
    ] {
        let (code, output, errors) = said(&run(folder.path(), &arguments, input));
        assert_eq!((code, output.as_str()), (Some(expected), ""), "{arguments:?} {errors}");
        assert_eq!(errors.matches(word).count(), 1, "{arguments:?}: {errors}");
        assert!(expected == 2 || errors.lines().count() == 1, "{arguments:?}: {errors}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn what_is_written_harms_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.part"), "mine").unwrap();
    std::fs::write(path("a.zip"), "old").unwrap();
    std::os::unix::fs::symlink("/dev/null", path("nowhere")).unwrap();
    for output in ["a.zip", "nowhere"] {
        assert_eq!(run(folder.path(), &["--no-verify", "-q", "-o", output], BRIEF).status.code(), Some(0), "{output}");
    }
    assert_eq!(std::fs::read_to_string(path("a.part")).unwrap(), "mine");
    assert!(std::fs::read(path("a.zip")).unwrap().starts_with(b"PK"));
    assert!(path("nowhere").is_symlink());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn help_shows_how_it_is_used() {
    let (code, help, _) = said(&run(Path::new("."), &["--help"], ""));
    assert_eq!(code, Some(0));
    for word in ["--model", "--openapi", "--by-rules", "--draft > zoo.jdl", "Exit codes"] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

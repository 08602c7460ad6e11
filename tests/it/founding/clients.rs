//! The clients of `examples/`, written from the documents only, run as people would run them.

use std::path::Path;

use tokio::process::Command;

use super::PETS;
use crate::harness::{TestServer, within};

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn run(server: &TestServer, folder: &Path, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("SERVER", format!("http://{}", server.address)).kill_on_drop(true);
    command.envs(environment.iter().copied());
    let output = within(program, command.output()).await.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn example(name: &str) -> String {
    format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn folder_with_description() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pets.yaml"), PETS).unwrap();
    folder
}

#[tokio::test]
async fn python_watches_a_suite_and_downloads_it() {
    let server = TestServer::builder().spawn().await;
    let folder = folder_with_description();
    let script = example("watch_004.py");
    let said = run(&server, folder.path(), "python3", &[&script, "pets.yaml"], &[]).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    for line in [
        "   parsing  10% Parsing OpenAPI specification...",
        "generating  60% Generating test cases for endpoint 3/5: GET /pets/{id}",
        "  complete 100% Generation complete! ZIP file ready for download.",
        "saved suite.zip",
    ] {
        assert!(said.out.lines().any(|said| said == line), "{line:?} is missing in\n{}", said.out);
    }
    assert!(std::fs::read(folder.path().join("suite.zip")).unwrap().starts_with(b"PK"));
    let said = run(&server, folder.path(), "python3", &[&script, "http://127.0.0.1:1/x"], &[]).await;
    assert!(said.code == Some(1) && said.err.starts_with("refused: "), "{}", said.err);
    server.stop().await;
}

#[tokio::test]
async fn python_polls_where_no_socket_gets_through() {
    let server = TestServer::builder().settings(|settings| settings.limits.live_connections_per_account = 1).spawn().await;
    let folder = folder_with_description();
    // A network without WebSockets: the upgrade is answered by something else.
    let script = std::fs::read_to_string(example("watch_004.py")).unwrap().replace("Upgrade: websocket\\r\\n", "");
    std::fs::write(folder.path().join("client.py"), script).unwrap();
    let said = run(&server, folder.path(), "python3", &["client.py", "pets.yaml"], &[]).await;
    assert!(said.code == Some(0) && said.err.contains("polling instead"), "{}{}", said.out, said.err);
    assert!(said.out.contains("  complete 100% ") && said.out.ends_with("saved suite.zip\n"), "{}", said.out);
    server.stop().await;
}

#[tokio::test]
async fn node_sits_in_a_room_and_generates_again() {
    let server = TestServer::builder().spawn().await;
    let folder = folder_with_description();
    let browser = server.browser();
    let project = browser.submit(PETS).await.to_string();
    let cookie = browser.cookie().unwrap();
    let script = example("room_003.mjs");
    // From Node 22 on it is there without being asked for.
    let node = [("COOKIE", cookie.as_str()), ("NODE_OPTIONS", "--experimental-websocket"), ("NODE_NO_WARNINGS", "1")];
    let said = run(&server, folder.path(), "node", &[&script, &project], &node).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    let wanted = [
        "project: Test suite for Pets, ",
        "connected: Connected to project ",
        "agent parsing started: Starting parsing agent",
        "agent zipping completed: Completed zipping agent in ",
        "info: OpenAPI 3.0",
        "completion: completed Generation complete!",
        "project: Test suite for Pets, completed, ",
    ];
    for line in wanted {
        assert!(said.out.lines().any(|said| said.starts_with(line)), "{line:?} is missing in\n{}", said.out);
    }
    let again = run(&server, folder.path(), "node", &[&script, &project, "generate"], &node).await;
    let next = again.out.lines().find_map(|line| line.strip_prefix("generating: ")).expect("a new run");
    assert!(again.code == Some(0) && next != project, "{}{}", again.out, again.err);
    assert!(again.out.contains("completion: completed"), "{}", again.out);
    let stranger = run(&server, folder.path(), "node", &[&script, &project], &node[1..]).await;
    assert!(stranger.code == Some(2) && stranger.err.contains("404"), "{}", stranger.err);
    server.stop().await;
}

#[tokio::test]
async fn curl_queues_a_generation_and_saves_its_result() {
    let server = TestServer::builder().spawn().await;
    let folder = folder_with_description();
    let json = r#"{"openapi": "3.1.0", "info": {"title": "One \"quoted\"", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}"#;
    std::fs::write(folder.path().join("one.json"), json).unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "openapi: 3.1.0\ninfo: [").unwrap();
    let script = example("enqueue_000.sh");
    for description in ["pets.yaml", "one.json"] {
        let said = run(&server, folder.path(), "sh", &[&script, description], &[]).await;
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
        let lines: Vec<&str> = said.out.lines().collect();
        assert!(lines[0].ends_with(" queued") && lines.contains(&"running: Parsing OpenAPI specification..."), "{}", said.out);
        assert!(lines.contains(&"running: ZIP file created successfully"), "{}", said.out);
        assert!(lines[lines.len() - 2].ends_with(" completed") && lines[lines.len() - 1] == "saved suite.zip", "{}", said.out);
        assert!(std::fs::read(folder.path().join("suite.zip")).unwrap().starts_with(b"PK"));
        std::fs::remove_file(folder.path().join("suite.zip")).unwrap();
    }
    let said = run(&server, folder.path(), "sh", &[&script, "broken.yaml"], &[]).await;
    assert!(said.code == Some(1) && said.err.contains("refused: "), "{}{}", said.out, said.err);
    server.stop().await;
}

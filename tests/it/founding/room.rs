//! Document 003: `WS /api/ws/projects/{project_id}`, `GET /api/projects/{id}`, `POST /api/projects/{id}/generate`.

use futures::StreamExt;
use livegen::{
    protocol::{Problem, TaskId},
    server::generate::{StageError, project::agents::AGENTS},
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{PETS, keys, refused, started};
use crate::graph::Diamond;
use crate::harness::{ALL_STEPS, Browser, Live, STEPS, Scripted, TestServer, assert_whole};

async fn enter(browser: &Browser, project: TaskId, query: &str) -> Live {
    browser.try_watch(&format!("/api/ws/projects/{project}{query}"), &[]).await.unwrap()
}

async fn project(browser: &Browser, id: TaskId) -> Value {
    browser.get(&format!("/api/projects/{id}")).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

async fn generate(browser: &Browser, id: TaskId) -> Value {
    let answer = browser.post(&format!("/api/projects/{id}/generate")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 202);
    answer.json().await.unwrap()
}

/// Up to and with the completion.
async fn run(room: &mut Live) -> Vec<Value> {
    let mut messages: Vec<Value> = Vec::new();
    while messages.last().is_none_or(|message| message["type"] != "completion") {
        messages.push(room.next_json().await.unwrap());
    }
    messages
}

fn of_type<'a>(messages: &'a [Value], kind: &str) -> Vec<&'a Value> {
    messages.iter().filter(|message| message["type"] == kind).collect()
}

#[tokio::test]
async fn a_room_tells_of_the_whole_generation_in_the_document_s_messages() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    let id = browser.submit(PETS).await;
    let mut room = enter(&browser, id, "").await;
    let welcome = room.next_json().await.unwrap();
    assert_eq!((&welcome["type"], &welcome["project_id"]), (&json!("connection"), &json!(id)));
    assert!(welcome["message"].as_str().unwrap().starts_with("Connected") && welcome["timestamp"].is_string(), "{welcome}");
    let messages = run(&mut room).await;
    for message in &messages {
        assert_eq!(message["project_id"], json!(id), "{message}");
        if message["type"] == "presence" {
            // Not in the document, and no event of the log.
            assert!(message["people"].is_array() && message.get("seq").is_none(), "{message}");
            continue;
        }
        assert!(message["timestamp"].is_string(), "{message}");
        let fields: &[&str] = match message["type"].as_str().unwrap() {
            "status_update" => &["status", "progress", "message"],
            "agent_update" => &["agent", "status", "message"],
            "log" => &["level", "message"],
            "completion" => &["status", "message", "result", "error"],
            "file" => &["path"],
            other => panic!("{other} is no message of the document"),
        };
        assert!(fields.iter().all(|field| keys(message).contains(field)), "{message}");
    }
    let agents: Vec<(&str, &str)> = of_type(&messages, "agent_update")
        .iter()
        .map(|update| (update["agent"].as_str().unwrap(), update["status"].as_str().unwrap()))
        .collect();
    let stages = ["parsing", "generating", "zipping"];
    assert_eq!(agents, stages.map(|stage| [(stage, "started"), (stage, "completed")]).concat());
    let said: Vec<&str> = of_type(&messages, "agent_update").iter().map(|update| update["message"].as_str().unwrap()).collect();
    assert_eq!(said[0], "Starting parsing agent");
    assert!(said[1].starts_with("Completed parsing agent in 0.") && said[1].ends_with('s'), "{}", said[1]);
    assert!(of_type(&messages, "agent_update")[1]["duration_ms"].is_u64());
    assert!(!of_type(&messages, "log").is_empty());
    let progress: Vec<u64> = of_type(&messages, "status_update").iter().map(|update| update["progress"].as_u64().unwrap()).collect();
    assert!(progress.is_sorted(), "{progress:?}");
    let completion = messages.last().unwrap();
    assert_eq!((&completion["status"], &completion["error"]), (&json!("completed"), &Value::Null));
    assert_eq!(completion["result"]["operations"], 5);

    // "Frontend reloads full project data". The room stays, as the page does.
    let shown = project(&browser, id).await;
    for (field, value) in [("id", json!(id)), ("project_id", json!(id)), ("status", json!("completed")), ("progress", json!(100))] {
        assert_eq!(shown[field], value, "{field}");
    }
    assert_eq!((shown["name"].as_str(), shown["result"]["operations"].as_u64()), (Some("Test suite for Pets"), Some(5)));
    assert_eq!(shown["agents"].as_array().unwrap().iter().map(|agent| &agent["status"]).collect::<Vec<_>>(), ["completed"; 3]);
    assert_eq!(shown["logs"].as_array().unwrap().len(), of_type(&messages, "log").len());
    room.say(r#"{"type":"ping"}"#).await;
    assert_eq!(room.next_json().await.unwrap(), json!({"type": "pong"}));
    server.stop().await;
}

/// The document's own case: "12-stage generation". How its agents are told of while they work is in the tests of the room's graph.
#[tokio::test]
async fn a_project_is_shown_with_its_twelve_agents_and_generated_again() {
    let server = TestServer::builder().settings(|settings| settings.project.verify = false).spawn().await;
    let browser = server.browser();
    let request = browser.post("/api/project-generation/generate/async").json(&json!({"brief": "a library: books with title, authors"}));
    let id = started(request, 202).await;
    let mut room = enter(&browser, id, "").await;
    assert_eq!(room.next_json().await.unwrap()["type"], "connection");
    let messages = run(&mut room).await;
    assert!(messages.iter().all(|message| message["project_id"] == json!(id)));
    let completion = messages.last().unwrap();
    assert_eq!((&completion["status"], &completion["result"]["download"]), (&json!("completed"), &json!("library.zip")), "{completion}");
    for agent in AGENTS {
        assert!(messages.iter().any(|message| message["stage"] == agent.name), "{}", agent.name);
    }
    let shown = project(&browser, id).await;
    let agents: Vec<(&str, &str)> = shown["agents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|agent| (agent["name"].as_str().unwrap(), agent["status"].as_str().unwrap()))
        .collect();
    assert_eq!(agents, AGENTS.map(|agent| (agent.name, "completed")));
    for (field, value) in [("id", json!(id)), ("kind", json!("project")), ("name", json!("Project: Library")), ("progress", json!(100))] {
        assert_eq!(shown[field], value, "{field}");
    }
    assert!(shown["description"].as_str().unwrap().contains("2 entities"), "{}", shown["description"]);

    let again = generate(&browser, id).await;
    assert_eq!((&again["project_id"], &again["status"]), (&json!(id), &json!("queued")));
    let messages = run(&mut room).await;
    assert!(messages.iter().all(|message| message["project_id"] == json!(id) && message["task_id"] == again["task_id"]));
    assert_eq!(messages.last().unwrap()["status"], "completed");
    server.stop().await;
}

#[tokio::test]
async fn generating_again_goes_on_in_the_same_room() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let id = browser.submit("again").await;
    let (mut first, mut second) = (enter(&browser, id, "").await, enter(&browser, id, "").await);
    let under_way = generate(&browser, id).await;
    assert_eq!((&under_way["task_id"], &under_way["project_id"]), (&json!(id), &json!(id)), "it is being generated already");
    script.allow(ALL_STEPS);
    for room in [&mut first, &mut second] {
        run(room).await;
    }
    // Two clicks at once start one run.
    let (once, twice) = tokio::join!(generate(&browser, id), generate(&browser, id));
    assert_eq!(once["task_id"], twice["task_id"]);
    let next: TaskId = once["task_id"].as_str().unwrap().parse().unwrap();
    assert!(next > id && once["status"] == "queued", "{once}");
    script.allow(ALL_STEPS);
    for room in [&mut first, &mut second] {
        let messages = run(room).await;
        assert!(messages.iter().all(|message| message["project_id"] == json!(id) && message["task_id"] == json!(next)));
        assert_eq!((&messages[0]["status"], &messages[0]["seq"]), (&json!("queued"), &json!(1)), "where it continues");
        assert_eq!(messages.last().unwrap()["status"], "completed");
    }
    assert_whole(next, &browser.log(next).await);
    // Who comes now, by the old id or the new one, sees the newest run; so does a native retry's old room.
    let shown = project(&browser, id).await;
    assert_eq!((&shown["task_id"], &shown["id"]), (&json!(next), &json!(id)));
    let retried: Value = browser.post(&format!("/api/v1/tasks/{next}/retry")).send().await.unwrap().json().await.unwrap();
    script.allow(ALL_STEPS);
    for room in [&mut first, &mut second] {
        assert_eq!(run(room).await[0]["task_id"], retried["task_id"]);
    }
    let mut late = enter(&browser, id, "").await;
    assert_eq!(late.next_json().await.unwrap()["task_id"], retried["task_id"]);
    assert_eq!(run(&mut late).await.last().unwrap()["task_id"], retried["task_id"]);
    server.stop().await;
}

#[tokio::test]
async fn agents_fail_with_their_task_and_start_anew_with_an_attempt() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let id = browser.submit("agents").await;
    let mut room = enter(&browser, id, "").await;
    script.allow(STEPS + 1);
    loop {
        let message = room.next_json().await.unwrap();
        if message["agent"] == "generating" {
            assert_eq!(message["status"], "started");
            break;
        }
    }
    browser.post(&format!("/api/v1/tasks/{id}/cancel")).send().await.unwrap().error_for_status().unwrap();
    script.allow(1);
    let messages = run(&mut room).await;
    let agents = of_type(&messages, "agent_update");
    assert_eq!((agents.len(), &agents[0]["agent"], &agents[0]["status"]), (1, &json!("generating"), &json!("failed")));
    assert_eq!(messages.last().unwrap()["status"], "cancelled");
    assert_eq!(project(&browser, id).await["agents"][1]["status"], "failed");

    script.fail_next("parsing", StageError::Fail(Problem::invalid("description", "No.")));
    generate(&browser, id).await;
    let messages = run(&mut room).await;
    assert!(of_type(&messages, "agent_update").is_empty(), "it failed before its first step");
    assert_eq!(messages.last().unwrap()["error"]["detail"], "No.");
    server.stop().await;
}

#[tokio::test]
async fn agents_side_by_side_start_and_end_each_for_itself() {
    let server = TestServer::builder().generators(vec![Diamond::new(1)]).spawn().await;
    let browser = server.browser();
    let id = browser.submit("graph").await;
    let messages = run(&mut enter(&browser, id, "").await).await;
    assert_eq!(messages.last().unwrap()["status"], "completed");
    let agents = of_type(&messages, "agent_update");
    let of = |agent: &str| {
        agents.iter().filter(|update| update["agent"] == agent).map(|update| update["status"].as_str().unwrap()).collect::<Vec<_>>()
    };
    for agent in ["first", "left", "last"] {
        assert_eq!(of(agent), ["started", "completed"], "{agent}");
    }
    // It said retry once: the second attempt is another start.
    assert_eq!(of("right"), ["started", "failed", "started", "completed"]);
    let at = |agent: &str, status: &str| agents.iter().position(|update| update["agent"] == agent && update["status"] == status).unwrap();
    assert!(at("left", "started") < at("right", "failed") && at("right", "started") < at("left", "completed"), "side by side");
    for update in &agents {
        let (agent, message) = (update["agent"].as_str().unwrap(), update["message"].as_str().unwrap());
        let ended = update["duration_ms"].as_u64();
        match update["status"].as_str().unwrap() {
            "started" => assert_eq!((message, ended, &update["progress"]), (&*format!("Starting {agent} agent"), None, &json!(0))),
            "completed" => {
                let ms = ended.unwrap();
                assert_eq!(message, format!("Completed {agent} agent in {}.{}s", ms / 1000, ms % 1000 / 100));
                assert_eq!(update["progress"], 100);
            }
            _ => assert!(message.starts_with("Failed right agent in ") && ended.unwrap() >= 200 && update["progress"] == 50, "{update}"),
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_room_is_resumed_by_seq_and_closed_by_a_stopping_server() {
    let script = Scripted::new();
    script.allow(ALL_STEPS);
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let id = browser.submit("resume").await;
    let whole = run(&mut enter(&browser, id, "").await).await;
    let after = whole[whole.len() / 2]["seq"].as_u64().unwrap();
    let mut resumed = enter(&browser, id, &format!("?after={after}")).await;
    assert_eq!(resumed.next_json().await.unwrap()["type"], "connection");
    let rest = run(&mut resumed).await;
    let log = |messages: &[Value]| -> Vec<Value> {
        messages.iter().filter(|message| message["type"] != "agent_update" && message["seq"].as_u64() > Some(after)).cloned().collect()
    };
    assert_eq!(log(&rest), log(&whole[1..]));
    // A completed project's room waits for more, until the server says goodbye.
    server.begin_stop();
    assert_eq!(resumed.rest_json().await, (vec![], 4000));
    server.stop().await;
}

#[tokio::test]
async fn unknown_projects_are_not_found() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    for id in ["nothing", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        assert_eq!(refused(browser.get(&format!("/api/projects/{id}"))).await.status, 404);
        assert_eq!(refused(browser.post(&format!("/api/projects/{id}/generate"))).await.status, 404);
        assert_eq!(browser.try_watch(&format!("/api/ws/projects/{id}"), &[]).await.err(), Some(404));
    }
    let id = browser.submit("methods").await;
    assert_eq!(refused(browser.get(&format!("/api/projects/{id}/generate"))).await.status, 405);
    assert_eq!(refused(browser.get(&format!("/api/ws/projects/{id}"))).await.status, 426);
    assert_eq!(refused(browser.get(&format!("/api/ws/projects/{id}?after=x"))).await.status, 422);
    server.stop().await;
}

/// "Heartbeat starts (ping every 30s)", "Heartbeat prevents connection timeout". The other documents know one kind of message only: there the
/// WebSocket's own ping has to do.
#[tokio::test]
async fn an_idle_connection_has_a_heartbeat_every_thirty_seconds() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    let id = browser.submit("idle").await;
    let paths = [format!("/api/ws/projects/{id}"), format!("/ws/{id}"), format!("/api/project-generation/ws/tasks/{id}")];
    let heard = futures::future::join_all(paths.iter().map(async |path| {
        let mut live = browser.try_watch(path, &[]).await.unwrap();
        let (mut beats, mut pings, opened) = (Vec::new(), Vec::new(), tokio::time::Instant::now());
        // The client answers pings, or it would be taken for dead after the second ten seconds.
        while let Ok(message) = tokio::time::timeout_at(opened + std::time::Duration::from_secs(45), live.socket.next()).await {
            match message.unwrap().unwrap() {
                Message::Ping(_) => pings.push(opened.elapsed().as_secs()),
                Message::Text(text) if text.contains("\"heartbeat\"") => beats.push(serde_json::from_str::<Value>(&text).unwrap()),
                _ => {}
            }
        }
        (beats, pings)
    }))
    .await;
    for (path, (beats, pings)) in paths.iter().zip(&heard) {
        assert!(matches!(pings[..], [29..=31]), "{path}: {pings:?}");
        assert_eq!(beats.len(), usize::from(path.contains("projects/")), "{path}");
    }
    assert_eq!((&heard[0].0[0]["project_id"], &heard[0].0[0]["seq"]), (&json!(id), &json!(2)), "the head, so that a gap is noticed");
    server.stop().await;
}

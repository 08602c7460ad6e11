//! Who is there, by their names, and what they say.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{enter, hear, revoke, share};
use crate::harness::{ALL_STEPS, Browser, Live, Scripted, TestServer, send};

/// Names in the room, each with a star where it is the listener's own.
async fn names(room: &mut Live) -> Vec<String> {
    let presence = hear(room, "presence").await;
    let people = presence["people"].as_array().unwrap();
    assert_eq!(presence["count"].as_u64().unwrap(), people.len() as u64);
    assert!(presence.get("seq").is_none(), "it is no event of the log");
    let star = |you: &Value| if you.as_bool().unwrap() { "*" } else { "" };
    people.iter().map(|person| format!("{}{}", person["name"].as_str().unwrap(), star(&person["you"]))).collect()
}

async fn register(browser: &Browser, email: &str) {
    let account = json!({"email": email, "password": "correct horse battery"});
    assert_eq!(send(browser, Method::POST, "/api/v1/account", account).await.0, StatusCode::CREATED);
}

fn with(server: &TestServer, token: &str) -> Browser {
    server.browser().with_cookie(&format!("livegen_shares={token}; Path=/"))
}

#[tokio::test]
async fn everybody_is_seen_once_within_a_second_and_by_no_address() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let owner = server.browser();
    register(&owner, "owner@example.org").await;
    let project = owner.submit("ours").await;
    let (_, token) = share(&owner, project, false).await;
    let mut first = enter(&owner, project).await;
    assert_eq!(names(&mut first).await, ["Owner*"]);
    let began = Instant::now();
    // The founding room is the same room, and another tab the same person.
    let mut second = owner.try_watch(&format!("/api/ws/projects/{project}"), &[]).await.unwrap();
    assert_eq!(names(&mut second).await, ["Owner*"]);
    let guest = with(&server, &token);
    guest.get("/api/v1/account").send().await.unwrap();
    let mut theirs = enter(&guest, project).await;
    assert_eq!(names(&mut theirs).await, ["Owner", "Guest 1*"]);
    assert_eq!(names(&mut first).await, ["Owner*", "Guest 1"]);
    let member = with(&server, &token);
    register(&member, "ada@example.org").await;
    let mut hers = enter(&member, project).await;
    let presence = hear(&mut hers, "presence").await;
    assert!(!presence.to_string().contains("example") && !presence.to_string().contains("ada"), "{presence}");
    assert_eq!(names(&mut first).await, ["Owner*", "Guest 1", "Member 1"]);
    drop(theirs);
    assert_eq!(names(&mut first).await, ["Owner*", "Member 1"]);
    drop(first);
    let mut again = enter(&guest, project).await;
    assert_eq!(names(&mut again).await, ["Owner", "Member 1", "Guest 1*"], "the owner's second tab is open still");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn who_is_shown_out_is_not_there_any_more() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let owner = server.browser();
    let project = owner.submit("ours").await;
    let (id, token) = share(&owner, project, false).await;
    let mut mine = enter(&owner, project).await;
    let mut theirs = enter(&with(&server, &token), project).await;
    assert_eq!(names(&mut mine).await, ["Owner*"]);
    assert_eq!(names(&mut mine).await, ["Owner*", "Guest 1"]);
    let began = Instant::now();
    revoke(&owner, project, &id).await;
    assert_eq!(theirs.rest_json().await.1, 4503);
    assert_eq!(names(&mut mine).await, ["Owner*"]);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn a_room_goes_on_with_the_next_run_and_lists_them_all() {
    let script = Scripted::new();
    script.allow(ALL_STEPS * 2);
    let server = TestServer::builder().generator(&script).spawn().await;
    let owner = server.browser();
    let project = owner.submit("ours").await;
    let mut room = enter(&owner, project).await;
    owner.watch(project, Some(0)).await.rest().await;
    let (_, run) = send(&owner, Method::POST, &format!("/api/projects/{project}/generate"), Value::Null).await;
    let told = hear(&mut room, "run").await;
    assert_eq!((&told["task_id"], &told["project_id"]), (&run["task_id"], &json!(project)));
    let second = run["task_id"].as_str().unwrap().parse().unwrap();
    owner.watch(second, Some(0)).await.rest().await;
    // By any of its runs.
    for id in [project, second] {
        let (status, page) = send(&owner, Method::GET, &format!("/api/v1/projects/{id}/runs?limit=1"), Value::Null).await;
        assert_eq!((status, &page["more"]), (StatusCode::OK, &json!(true)));
        let run = &page["runs"][0];
        assert_eq!(
            (&run["number"], &run["task_id"], &run["download"], &run["status"]),
            (&json!(2), &json!(second), &json!(true), &json!("completed"))
        );
        let (_, rest) = send(&owner, Method::GET, &format!("/api/v1/projects/{id}/runs?before={second}"), Value::Null).await;
        assert_eq!((&rest["runs"][0]["number"], &rest["runs"][0]["task_id"], &rest["more"]), (&json!(1), &json!(project), &json!(false)));
    }
    for (query, field) in [("limit=0", "limit"), ("limit=x", "limit"), ("before=x", "before")] {
        let (status, problem) = send(&owner, Method::GET, &format!("/api/v1/projects/{project}/runs?{query}"), Value::Null).await;
        assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some(field)), "{query}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_said_reaches_everybody_and_stays() {
    let script = Scripted::new();
    script.allow(ALL_STEPS * 2);
    let server = TestServer::builder().generator(&script).spawn().await;
    let owner = server.browser();
    let project = owner.submit("ours").await;
    owner.watch(project, Some(0)).await.rest().await;
    let (_, token) = share(&owner, project, true).await;
    let guest = with(&server, &token);
    guest.get("/api/v1/account").send().await.unwrap();
    let (mut mine, mut theirs) = (enter(&owner, project).await, enter(&guest, project).await);
    let path = format!("/api/v1/projects/{project}/comments");
    let say = async |browser: &Browser, wish: Value| send(browser, Method::POST, &path, wish).await;
    let (status, first) = say(&owner, json!({"task_id": project, "seq": 3, "text": "  <b>look</b>\u{1b}[31m  "})).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    assert_eq!((&first["name"], &first["owner"], &first["mine"]), (&json!("Owner"), &json!(true), &json!(true)));
    assert_eq!(first["text"], "<b>look</b>");
    let (_, second) = say(&guest, json!({"task_id": project, "seq": 3, "text": "x".repeat(2000), "name": " Ada "})).await;
    assert_eq!((&second["name"], &second["owner"]), (&json!("Ada"), &json!(false)), "{second}");
    for room in [&mut mine, &mut theirs] {
        assert_eq!(hear(room, "comments").await["project_id"], json!(project));
    }
    // A run that is repeated keeps what was said about it.
    let (_, run) = send(&owner, Method::POST, &format!("/api/projects/{project}/generate"), Value::Null).await;
    owner.watch(run["task_id"].as_str().unwrap().parse().unwrap(), Some(0)).await.rest().await;
    let (_, page) = send(&guest, Method::GET, &path, Value::Null).await;
    let shown: Vec<_> = page["comments"].as_array().unwrap().iter().map(|said| (&said["task_id"], &said["seq"], &said["mine"])).collect();
    assert_eq!(shown, [(&json!(project), &json!(3), &json!(false)), (&json!(project), &json!(3), &json!(true))]);

    for (wish, field) in [
        (json!({"task_id": project, "seq": 3, "text": " ", "name": "Ada"}), "text"),
        (json!({"task_id": project, "seq": 3, "text": "x".repeat(2001), "name": "Ada"}), "text"),
        (json!({"task_id": project, "seq": 3, "text": "hello", "name": ""}), "name"),
        (json!({"task_id": project, "seq": 3, "text": "hello", "name": "x".repeat(41)}), "name"),
        (json!({"task_id": project, "seq": 3, "text": "hello", "name": "OWNER"}), "name"),
        (json!({"task_id": project, "seq": 100_000, "text": "hello", "name": "Ada"}), "seq"),
        (json!({"task_id": project, "seq": 0, "text": "hello", "name": "Ada"}), "seq"),
    ] {
        let (status, problem) = say(&guest, wish.clone()).await;
        assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
    }
    let elsewhere = owner.submit("not ours").await;
    assert_eq!(
        say(&owner, json!({"task_id": elsewhere, "seq": 1, "text": "hello"})).await.0,
        StatusCode::NOT_FOUND,
        "a run of another project"
    );

    let take_back =
        async |browser: &Browser, comment: &Value| send(browser, Method::DELETE, &format!("{path}/{}", comment["id"]), Value::Null).await.0;
    assert_eq!(take_back(&guest, &first).await, StatusCode::NOT_FOUND);
    assert_eq!(take_back(&guest, &second).await, StatusCode::NO_CONTENT);
    assert_eq!(take_back(&guest, &second).await, StatusCode::NOT_FOUND);
    hear(&mut mine, "comments").await;
    let (_, third) = say(&guest, json!({"task_id": project, "seq": 3, "text": "rude", "name": "Ada"})).await;
    assert_eq!(take_back(&owner, &third).await, StatusCode::NO_CONTENT, "the owner keeps order");
    server.stop().await;
}

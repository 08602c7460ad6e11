//! Projects' rooms: who gets in by a link and who does not, whatever they try; who is there; what is said.

mod links;
mod people;

use livegen::protocol::TaskId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Browser, Live, send};

/// A link's id and token.
pub async fn share(owner: &Browser, project: TaskId, may_comment: bool) -> (String, String) {
    let wish = json!({"hours": 1, "label": "for Ada", "may_comment": may_comment});
    let (status, made) = send(owner, Method::POST, &format!("/api/v1/projects/{project}/shares"), wish).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    assert_eq!(text("path"), format!("/projects/{project}?share={}", text("token")));
    (text("id"), text("token"))
}

pub async fn revoke(owner: &Browser, project: TaskId, share: &str) {
    let (status, problem) = send(owner, Method::DELETE, &format!("/api/v1/projects/{project}/shares/{share}"), Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{problem}");
}

/// The room's own socket.
pub async fn enter(browser: &Browser, project: TaskId) -> Live {
    browser.try_watch(&format!("/api/v1/projects/{project}/live"), &[]).await.unwrap_or_else(|status| panic!("refused with {status}"))
}

/// The next message of the type, past all others.
pub async fn hear(room: &mut Live, kind: &str) -> Value {
    loop {
        let message = room.next_json().await.unwrap();
        if message["type"] == kind {
            return message;
        }
    }
}

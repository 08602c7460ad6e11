//! Signing in and out.

use std::net::IpAddr;
use std::sync::Arc;

use app::auth::guesses::{Guesses, MOST_KEYS};
use app::router;
use serde_json::{Value, json};

use crate::support::{TestApp, with};

fn good() -> Value {
    json!({"email": "reader@example.com", "password": "correct horse battery"})
}

async fn register(app: &TestApp, body: &Value) -> crate::support::Answer {
    app.anonymous("POST", "/api/auth/register", Some(body)).await
}

async fn sign_in(app: &TestApp, body: &Value) -> crate::support::Answer {
    app.anonymous("POST", "/api/auth/token", Some(body)).await
}

#[tokio::test]
async fn who_registers_can_sign_in() {
    let mut app = TestApp::start().await;
    let account = register(&app, &good()).await;
    assert_eq!((account.status.as_u16(), account.header("location")), (201, "/api/auth/me"));
    assert_eq!(account.body["email"], "reader@example.com");
    assert!(!account.text.contains("password"));
    let token = sign_in(&app, &good()).await;
    assert_eq!(token.status, 200);
    app.token = token.body["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(app.get("/api/auth/me").await.body, account.body);
}

#[tokio::test]
async fn an_address_registers_once() {
    let app = TestApp::start().await;
    register(&app, &good()).await;
    let answer = register(&app, &with(&good(), "email", json!("READER@example.com"))).await;
    assert_eq!((answer.status.as_u16(), answer.fields()), (409, vec!["email"]));
}

#[tokio::test]
async fn a_wrong_registration_is_refused() {
    let app = TestApp::start().await;
    for (field, value) in [
        ("email", json!("nobody")),
        ("email", json!(null)),
        ("password", json!("short")),
        ("password", json!("a".repeat(129))),
    ] {
        let answer = register(&app, &with(&good(), field, value)).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec![field]));
    }
}

#[tokio::test]
async fn secrets_are_kept_as_hashes() {
    let app = TestApp::start().await;
    let sql = "SELECT password_hash, token_hash FROM auth_accounts, auth_tokens";
    let kept: Vec<(String, String)> =
        sqlx::query_as(sql).fetch_all(&app.pool).await.expect("accounts");
    assert_eq!(kept.len(), 1);
    assert!(kept[0].0.starts_with("$argon2id$"));
    assert!(!kept[0].1.contains(&app.token));
}

#[tokio::test]
async fn a_revoked_token_is_worth_nothing() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/api/auth/me").await.status, 200);
    let body = json!({"token": app.token});
    let answer = app.anonymous("POST", "/api/auth/revoke", Some(&body)).await;
    assert_eq!(answer.status, 204);
    assert_eq!(app.get("/api/auth/me").await.status, 401);
}

#[tokio::test]
async fn an_expired_token_is_worth_nothing() {
    let app = TestApp::start().await;
    let sql = "UPDATE auth_tokens SET expires_at = created_at";
    sqlx::query(sql).execute(&app.pool).await.expect("tokens");
    assert_eq!(app.get("/api/auth/me").await.status, 401);
}

#[tokio::test]
async fn who_guesses_has_to_wait() {
    let mut app = TestApp::start().await;
    register(&app, &good()).await;
    app.state.guesses = Arc::new(Guesses::new(3, 5));
    app.router = router(app.state.clone());
    let wrong = with(&good(), "password", json!("a wrong password"));
    for _ in 0..3 {
        assert_eq!(sign_in(&app, &wrong).await.status, 401);
    }
    let refused = sign_in(&app, &good()).await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    // Other accounts are guessed too, until the address has to wait.
    for number in 0..2 {
        let other = with(&wrong, "email", json!(format!("other{number}@example.com")));
        assert_eq!(sign_in(&app, &other).await.status, 401);
    }
    let other = with(&wrong, "email", json!("another@example.com"));
    assert_eq!(sign_in(&app, &other).await.status, 429);
}

#[test]
fn guesses_are_remembered_within_bounds() {
    let guesses = Guesses::new(1, 1);
    assert!(guesses.is_empty());
    for number in 0..u16::try_from(MOST_KEYS).expect("a small number") {
        let [high, low] = number.to_be_bytes();
        let address = IpAddr::from([10, 0, high, low]);
        assert_eq!(guesses.add("reader@example.com", Some(address)), Ok(()));
    }
    assert!((MOST_KEYS / 4..=MOST_KEYS).contains(&guesses.len()));
}

#[test]
fn a_guess_counts_until_it_was_right() {
    let guesses = Guesses::new(1, 2);
    assert_eq!(guesses.add("reader@example.com", None), Ok(()));
    assert!(guesses.add("reader@example.com", None).is_err(), "as long as it is not known");
    guesses.forget("reader@example.com", None);
    assert_eq!(guesses.add("reader@example.com", None), Ok(()));
    assert_eq!(guesses.add("other@example.com", None), Ok(()));
    assert!(guesses.add("another@example.com", None).is_err(), "the address has to wait");
}

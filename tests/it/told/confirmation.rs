//! Confirming an address: by the link in a mail, once, for a day; and nothing else is sent to an address before.

use std::sync::Arc;

use livegen::server::clock::ManualClock;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{
    add, near,
    postbox::{Mail, Postbox},
    receiver::{Receiver, Reply},
    register, send,
};
use crate::harness::{ALL_STEPS, Browser, Captured, Scripted, TestServer};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

struct House {
    server: TestServer,
    clock: Arc<ManualClock>,
    postbox: Postbox,
}

/// A server that sends mail, and whose time stands still; tasks end as soon as they begin.
async fn house(answers: &[u16]) -> House {
    let (postbox, clock, generator) = (Postbox::start(answers).await, Arc::new(ManualClock::default()), Scripted::new());
    generator.allow(100 * ALL_STEPS);
    let server = TestServer::builder().generator(&generator).clock(&clock).settings(near).settings(|settings| {
        settings.mail.url = format!("smtp://{}", postbox.address);
        settings.mail.from = "Livegen <livegen@example.org>".into();
        settings.server.public_url = "https://livegen.example.org".into();
    });
    House { server: server.spawn().await, clock, postbox }
}

async fn state(browser: &Browser) -> Value {
    send(browser, Method::GET, "/api/v1/account/mail", Value::Null).await.1
}

async fn ask(browser: &Browser) -> reqwest::Response {
    browser.post("/api/v1/account/mail/confirmation").send().await.unwrap()
}

async fn confirm(browser: &Browser, token: &str) -> StatusCode {
    send(browser, Method::PUT, "/api/v1/account/mail/confirmation", json!({"token": token})).await.0
}

async fn page(browser: &Browser, path: &str) -> (StatusCode, String) {
    let answer = browser.get(path).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn press(browser: &Browser, path: &str, body: String) -> reqwest::Response {
    browser.post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).send().await.unwrap()
}

fn is_question(mail: &Mail, to: &str) -> bool {
    mail.header("Subject") == "Confirm your address for Livegen" && mail.header("To") == to
}

#[tokio::test]
async fn before_the_link_was_followed_nothing_else_is_mailed() {
    let House { server, mut postbox, .. } = house(&[250]).await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let mail = postbox.next().await;
    assert!(is_question(&mail, "ada@example.org"), "{mail:?}");
    assert!(mail.body().contains("https://livegen.example.org/account/confirm?token="), "{}", mail.body());
    let before = state(&ada).await;
    assert_eq!([&before["available"], &before["confirmed"], &before["when_done"]], [true, false, false]);
    let (status, problem) = send(&ada, Method::PUT, "/api/v1/account/mail", json!({"when_done": true})).await;
    assert!(status == StatusCode::CONFLICT && problem["detail"].as_str().unwrap().contains("not confirmed"), "{problem}");

    // Webhooks need no address; when this one has been told, a mail would have been written too.
    let mut receiver = Receiver::start(&[Reply::Status(200)]).await;
    add(&ada, &receiver.url()).await;
    let account = send(&ada, Method::GET, "/api/v1/account", Value::Null).await.1["account_id"].as_str().unwrap().parse().unwrap();
    // As an account has it that switched mail on when nobody was asked for a confirmation.
    server.state.store.want_mail(account, true).await.unwrap();
    ada.submit("silent").await;
    receiver.next().await;
    assert!(postbox.is_empty());

    let link = format!("/account/confirm?token={}", mail.token());
    let scanner = server.browser();
    for _ in 0..2 {
        let (status, shown) = page(&scanner, &link).await;
        assert!(status == StatusCode::OK && shown.contains("ada@example.org") && shown.contains(&mail.token()), "{shown}");
    }
    assert_eq!(state(&ada).await["confirmed"], false, "who looks at the link has not pressed its button");
    let answer = scanner.get(&link).send().await.unwrap();
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");

    let phone = server.browser();
    let answer = press(&phone, "/account/confirm", format!("token={}", mail.token())).await;
    assert_eq!((answer.status(), &answer.headers()[header::LOCATION]), (StatusCode::SEE_OTHER, &"/account/confirmed".parse().unwrap()));
    assert!(page(&phone, "/account/confirmed").await.1.contains("The address is confirmed"));
    assert_eq!(state(&ada).await["confirmed"], true);
    let told = ada.submit("told").await;
    let ending = postbox.next().await;
    assert!(ending.header("Subject").starts_with("Done: ") && ending.body().contains(&told.to_string()), "{ending:?}");

    for browser in [&phone, &ada] {
        assert_eq!(page(browser, &link).await.0, StatusCode::NOT_FOUND, "once");
        let answer = press(browser, "/account/confirm", format!("token={}", mail.token())).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(answer.text().await.unwrap().contains("not good"));
        assert_eq!(confirm(browser, &mail.token()).await, StatusCode::NOT_FOUND);
    }
    let audit = send(&ada, Method::GET, "/api/v1/account/audit", Value::Null).await.1.to_string();
    assert!(audit.contains("address confirmed"), "{audit}");
    server.stop().await;
}

#[tokio::test]
async fn a_link_is_for_one_account_and_one_day() {
    let House { server, clock, mut postbox } = house(&[250]).await;
    let (ada, bob) = (server.browser(), server.browser());
    register(&ada, "ada@example.org").await;
    let adas = postbox.next().await.token();
    register(&bob, "bob@example.org").await;
    let bobs = postbox.next().await.token();
    for token in ["", "0", &adas[1..], &adas.to_uppercase(), &format!("{adas}0")] {
        assert_eq!(confirm(&ada, token).await, StatusCode::NOT_FOUND, "{token}");
        assert_eq!(page(&ada, &format!("/account/confirm?token={token}")).await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(page(&ada, "/account/confirm").await.0, StatusCode::NOT_FOUND);
    assert_eq!(confirm(&bob, &adas).await, StatusCode::NO_CONTENT);
    assert_eq!(
        (&state(&ada).await["confirmed"], &state(&bob).await["confirmed"]),
        (&json!(true), &json!(false)),
        "hers, whoever follows it"
    );
    clock.advance_ms(DAY - 1);
    assert_eq!(page(&bob, &format!("/account/confirm?token={bobs}")).await.0, StatusCode::OK);
    clock.advance_ms(1);
    assert_eq!(page(&bob, &format!("/account/confirm?token={bobs}")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(confirm(&bob, &bobs).await, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn confirmations_are_asked_for_once_a_minute_and_five_times_a_day() {
    let House { server, clock, mut postbox } = house(&[250]).await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let first = postbox.next().await.token();
    let refused = ask(&ada).await;
    assert_eq!((refused.status(), &refused.headers()[header::RETRY_AFTER]), (StatusCode::TOO_MANY_REQUESTS, &"60".parse().unwrap()));
    let mut last = String::new();
    for _ in 1..5 {
        clock.advance_ms(MINUTE - 1);
        assert_eq!(ask(&ada).await.status(), StatusCode::TOO_MANY_REQUESTS);
        clock.advance_ms(1);
        assert_eq!(ask(&ada).await.status(), StatusCode::ACCEPTED);
        let mail = postbox.next().await;
        assert!(is_question(&mail, "ada@example.org"));
        last = mail.token();
    }
    clock.advance_ms(MINUTE);
    let refused = ask(&ada).await;
    let wait: i64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert_eq!((refused.status(), wait), (StatusCode::TOO_MANY_REQUESTS, (DAY - 5 * MINUTE) / 1000));
    assert!(refused.text().await.unwrap().contains("24 hours"));
    let shown = press(&ada, "/account/mail/confirmation", String::new()).await;
    assert_eq!(shown.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(shown.text().await.unwrap().contains("5 times a day"));
    clock.advance_ms(wait * 1000);
    assert_eq!(ask(&ada).await.status(), StatusCode::ACCEPTED, "as was said");
    postbox.next().await;
    assert_eq!(confirm(&ada, &first).await, StatusCode::NOT_FOUND, "a day old");
    assert_eq!(confirm(&ada, &last).await, StatusCode::NO_CONTENT, "not the newest, and good all the same");
    clock.advance_ms(DAY);
    assert_eq!(ask(&ada).await.status(), StatusCode::CONFLICT, "there is nothing to ask");
    assert!(postbox.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn the_accounts_page_asks_and_switches() {
    let House { server, clock, mut postbox } = house(&[250]).await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let token = postbox.next().await.token();
    let (_, shown) = page(&ada, "/account").await;
    assert!(shown.contains("is not confirmed") && shown.contains("Send the confirmation again"), "{shown}");
    assert!(!shown.contains("Mail me when a task ends"), "{shown}");
    let early = press(&ada, "/account/mail", "wanted=true".into()).await;
    assert_eq!(early.status(), StatusCode::CONFLICT);
    clock.advance_ms(MINUTE);
    let asked = press(&ada, "/account/mail/confirmation", String::new()).await;
    assert_eq!((asked.status(), &asked.headers()[header::LOCATION]), (StatusCode::SEE_OTHER, &"/account#mail-title".parse().unwrap()));
    assert!(is_question(&postbox.next().await, "ada@example.org"));
    press(&ada, "/account/confirm", format!("token={token}")).await;
    let (_, shown) = page(&ada, "/account").await;
    assert!(shown.contains("Your address is confirmed. You get no mail") && !shown.contains("confirmation again"), "{shown}");
    press(&ada, "/account/mail", "wanted=true".into()).await;
    assert!(page(&ada, "/account").await.1.contains("Stop mailing me"));
    server.stop().await;
}

/// Otherwise registering would find out which addresses a mail server has.
#[tokio::test]
async fn what_the_mail_server_says_of_an_address_is_told_nobody() {
    let House { server, mut postbox, .. } = house(&[250, 550]).await;
    let mut seen = Vec::new();
    for email in ["taken@example.org", "unknown@example.org"] {
        let browser = server.browser();
        register(&browser, email).await;
        postbox.next().await;
        let pattern = |text: String| text.replace(email, "ADDRESS");
        seen.push((state(&browser).await, pattern(send(&browser, Method::GET, "/api/v1/account/audit", Value::Null).await.1.to_string())));
    }
    let actions = |audit: &str| serde_json::from_str::<Value>(audit).unwrap()["entries"].as_array().unwrap().len();
    assert_eq!(seen[0].0, seen[1].0);
    assert_eq!((actions(&seen[0].1), actions(&seen[1].1)), (1, 1), "{seen:?}");
    server.stop().await;
}

/// One thread, so that everything that happens is captured.
#[tokio::test]
async fn a_token_is_in_the_mail_and_nowhere_else() {
    let captured = Captured::begin();
    let House { server, mut postbox, .. } = house(&[451, 250]).await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let (first, second) = (postbox.next().await, postbox.next().await);
    assert_eq!(first.header("Message-ID"), second.header("Message-ID"), "sent again");
    let tokens = [first.token(), second.token()];
    assert_ne!(tokens[0], tokens[1], "what is sent again is made anew, for nobody knows the first one any more");
    page(&ada, &format!("/account/confirm?token={}", tokens[1])).await;
    let mut shown = String::new();
    for path in ["/account", "/api/v1/account/mail", "/api/v1/account/audit"] {
        shown += &page(&ada, path).await.1;
    }
    assert_eq!(confirm(&ada, &tokens[0]).await, StatusCode::NO_CONTENT, "the server that was busy had taken it");
    assert_eq!(confirm(&ada, &tokens[1]).await, StatusCode::NOT_FOUND, "both are used");
    let dir = server.stop().await;
    let logged = captured.text();
    assert!(logged.contains("livegen::server::told: told"), "the sender was heard");
    let stored: Vec<u8> = std::fs::read_dir(dir.path()).unwrap().flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(stored.windows(15).any(|window| window == b"ada@example.org"), "the file that is searched is the one");
    for token in tokens {
        assert!(!shown.contains(&token) && !logged.contains(&token));
        assert!(!stored.windows(token.len()).any(|window| window == token.as_bytes()));
    }
}

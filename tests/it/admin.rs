//! What admins may: look after everybody's accounts, by REST and by page, on record; and that nobody else may, nor an admin look into
//! what others made.

use livegen::{
    protocol::{
        AccountId,
        account::{AccountInfo, AccountPage, AuditPage, Role},
    },
    server::store::accounts::AccountChange,
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{Browser, Scripted, TestServer};

const PASSWORD: &str = "correct horse battery";

struct Person {
    browser: Browser,
    id: AccountId,
}

async fn server() -> TestServer {
    TestServer::builder().generator(&Scripted::new()).settings(|settings| settings.limits.sign_ins_per_minute = 1_000).spawn().await
}

async fn person(server: &TestServer, name: &str, role: Role) -> Person {
    let browser = server.browser();
    let body = json!({"email": format!("{name}@example.org"), "password": PASSWORD});
    let answer = browser.post("/api/v1/account").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let id = answer.json::<Value>().await.unwrap()["account_id"].as_str().unwrap().parse().unwrap();
    let change = AccountChange { role: Some(role), ..AccountChange::default() };
    server.state.store.change_account(id, change, server.state.clock.now()).await.unwrap();
    Person { browser, id }
}

async fn send(browser: &Browser, method: Method, path: &str, body: Value) -> (u16, Value) {
    let mut request = browser.http.request(method, browser.url(path));
    if !body.is_null() {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    (status.as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

async fn get<T: serde::de::DeserializeOwned>(browser: &Browser, path: &str) -> T {
    let (status, body) = send(browser, Method::GET, path, Value::Null).await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_value(body).unwrap()
}

async fn patch(browser: &Browser, id: AccountId, body: Value) -> (u16, Value) {
    send(browser, Method::PATCH, &format!("/api/admin/accounts/{id}"), body).await
}

/// As an HTML form.
async fn post(browser: &Browser, path: &str, form: &'static str) -> (u16, String) {
    let request = browser.post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn an_admin_looks_after_accounts_and_all_of_it_is_on_record() {
    let server = server().await;
    let admin = person(&server, "root", Role::Admin).await;
    let ada = person(&server, "ada", Role::User).await;
    let task = ada.browser.submit("hers").await;
    let live = ada.browser.watch(task, None).await;

    let found: AccountPage = get(&admin.browser, "/api/admin/accounts?email=ADA").await;
    assert_eq!((found.accounts.len(), found.accounts[0].account_id, found.more), (1, ada.id, false));
    let first: AccountPage = get(&admin.browser, "/api/admin/accounts?limit=1").await;
    assert_eq!((first.accounts[0].email.as_str(), first.more), ("ada@example.org", true));
    let second: AccountPage = get(&admin.browser, "/api/admin/accounts?limit=1&after=ada@example.org").await;
    assert_eq!((second.accounts[0].email.as_str(), second.more), ("root@example.org", false));
    let before: AccountInfo = get(&admin.browser, &format!("/api/admin/accounts/{}", ada.id)).await;
    assert_eq!(before, found.accounts[0]);

    let change = json!({"grant": -500, "subscribed_until": "2027-01-31T00:00:00Z", "role": "admin"});
    let (status, after) = patch(&admin.browser, ada.id, change).await;
    assert_eq!((status, &after["role"], &after["subscribed_until"]), (200, &json!("admin"), &json!("2027-01-31T00:00:00.000000Z")));
    assert_eq!(after["tokens"]["free"], before.tokens.free - 500);
    assert_eq!(patch(&admin.browser, ada.id, json!({"role": "user", "subscribed_until": null})).await.1["subscribed_until"], Value::Null);
    assert_eq!(patch(&admin.browser, ada.id, json!({"disabled": true})).await.1["disabled"], true);
    let mut live = live;
    assert_eq!(live.rest().await.1, 4503, "who is disabled is shown out");
    assert_eq!(send(&ada.browser, Method::GET, "/api/v1/account", Value::Null).await.1["guest"], true);
    assert_eq!(patch(&admin.browser, ada.id, json!({"disabled": false})).await.0, 200);

    let page: AuditPage = get(&admin.browser, &format!("/api/admin/audit?account_id={}", ada.id)).await;
    let entries: Vec<(&str, &str, Option<AccountId>)> =
        page.entries.iter().map(|entry| (entry.action.as_str(), entry.detail.as_str(), entry.by)).collect();
    let by = Some(admin.id);
    assert_eq!(
        entries,
        [
            ("account enabled", "", by),
            ("account disabled", "", by),
            ("subscription set", "without an end", by),
            ("role set", "user", by),
            ("tokens granted", "-500", by),
            ("subscription set", "until 2027-01-31T00:00:00.000000Z", by),
            ("role set", "admin", by),
            ("register", "", None),
        ]
    );
    let newest = &page.entries[0];
    assert_eq!((newest.by_email.as_deref(), newest.address.as_str()), (Some("root@example.org"), "127.0.0.1"));
    let older: AuditPage = get(&admin.browser, &format!("/api/admin/audit?limit=2&before={}", newest.id)).await;
    assert_eq!((older.entries[0].id, older.entries.len(), older.more), (page.entries[1].id, 2, true));

    // Its owner sees what was done, but not who the admin is and where.
    let sign_in = json!({"email": "ada@example.org", "password": PASSWORD});
    assert_eq!(send(&ada.browser, Method::POST, "/api/v1/sessions", sign_in).await.0, 200);
    let (_, own) = send(&ada.browser, Method::GET, "/api/v1/account/audit", Value::Null).await;
    assert_eq!((&own["entries"][1]["action"], &own["entries"][1]["address"]), (&json!("account enabled"), &json!("an admin")));
    assert!(!own.to_string().contains("root@") && !own.to_string().contains(&admin.id.to_string()), "{own}");
    server.stop().await;
}

#[tokio::test]
async fn bad_changes_are_refused_by_field_and_change_nothing() {
    let server = server().await;
    let admin = person(&server, "root", Role::Admin).await;
    let ada = person(&server, "ada", Role::User).await;
    let path = format!("/api/admin/accounts/{}", ada.id);
    let before: AccountInfo = get(&admin.browser, &path).await;
    for (body, status) in [
        (json!({"role": "king"}), 422),
        (json!({"role": "admin", "grant": 1.5}), 422),
        (json!({"subscribed_until": "soon"}), 422),
        (json!({"password": "another good sentence"}), 422),
        (json!([]), 422),
        // All of it or nothing.
        (json!({"role": "admin", "grant": -900_000_000_000_000_i64}), 402),
        (json!({"role": "admin", "grant": 1_000_000_000_000_000_i64}), 429),
        (json!({"role": "admin", "grant": i64::MAX}), 422),
        (json!({"role": "admin", "grant": i64::MIN}), 422),
    ] {
        let (got, problem) = patch(&admin.browser, ada.id, body.clone()).await;
        assert_eq!((got, &problem["status"]), (status, &json!(status)), "{body}: {problem}");
    }
    assert_eq!(get::<AccountInfo>(&admin.browser, &path).await, before);
    for path in ["accounts?limit=0", "accounts?limit=x", "audit?before=x", "audit?account_id=7", "audit?limit=201"] {
        assert_eq!(send(&admin.browser, Method::GET, &format!("/api/admin/{path}"), Value::Null).await.0, 422, "{path}");
    }
    for id in ["x".to_owned(), "01890a5d-ac96-774b-bcce-b302099a8057".into()] {
        for method in [Method::GET, Method::PATCH] {
            assert_eq!(send(&admin.browser, method, &format!("/api/admin/accounts/{id}"), json!({})).await.0, 404);
        }
        assert_eq!(admin.browser.get(&format!("/admin/accounts/{id}")).send().await.unwrap().status(), 404);
    }
    server.stop().await;
}

#[tokio::test]
async fn the_last_admin_stays_one_even_when_two_leave_at_once() {
    let server = server().await;
    let one = person(&server, "one", Role::Admin).await;
    let (status, problem) = patch(&one.browser, one.id, json!({"role": "user"})).await;
    assert_eq!(status, 409, "{problem}");
    assert_eq!(patch(&one.browser, one.id, json!({"disabled": true})).await.0, 409);
    let other = person(&server, "other", Role::Admin).await;
    let (first, second) =
        tokio::join!(patch(&one.browser, other.id, json!({"role": "user"})), patch(&other.browser, one.id, json!({"disabled": true})),);
    let mut answers = [first.0, second.0];
    answers.sort_unstable();
    // The loser was refused, or was no admin any more when it asked.
    assert!(answers == [200, 404] || answers == [200, 409], "{answers:?}");
    server.stop().await;
}

const WAYS: [(Method, &str); 7] = [
    (Method::GET, "/api/admin/accounts"),
    (Method::GET, "/api/admin/accounts/{id}"),
    (Method::PATCH, "/api/admin/accounts/{id}"),
    (Method::GET, "/api/admin/audit"),
    (Method::GET, "/admin"),
    (Method::GET, "/admin/accounts/{id}"),
    (Method::GET, "/admin/audit"),
];

#[tokio::test]
async fn for_everybody_else_there_is_nothing_of_it() {
    let server = server().await;
    let admin = person(&server, "root", Role::Admin).await;
    let ada = person(&server, "ada", Role::User).await;
    let make_key = async |owner: &Person, scopes: &[&str]| {
        let (status, key) = send(&owner.browser, Method::POST, "/api/v1/keys", json!({"name": "k", "scopes": scopes})).await;
        (status, key["key"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(make_key(&ada, &["admin"]).await.0, 422, "a key for admins is made by admins");
    let of_ada = make_key(&ada, &["tasks:read", "tasks:write", "account"]).await.1;
    let weak = make_key(&admin, &["tasks:read", "tasks:write", "account"]).await.1;
    let strong = make_key(&admin, &["admin"]).await.1;
    let (_, ticket) = send(&admin.browser, Method::POST, "/api/v1/tickets", Value::Null).await;
    let nobody = server.browser();
    for (method, way) in WAYS {
        let path = way.replace("{id}", &admin.id.to_string());
        let by_key = async |key: &str| {
            let request = nobody.http.request(method.clone(), nobody.url(&path)).bearer_auth(key).json(&json!({}));
            request.send().await.unwrap().status().as_u16()
        };
        for browser in [&ada.browser, &nobody] {
            let (status, body) = send(browser, method.clone(), &path, json!({"role": "user"})).await;
            assert_eq!(status, 404, "{method} {way}");
            assert!(!body.to_string().contains("root@"), "{body}");
        }
        assert_eq!((by_key(&of_ada).await, by_key(&weak).await, by_key(&strong).await), (403, 403, 200), "{method} {way}");
    }
    let ticket = ticket["ticket"].as_str().unwrap();
    assert_eq!(send(&nobody, Method::GET, &format!("/api/admin/accounts?ticket={ticket}"), Value::Null).await.0, 403);
    assert_eq!(post(&ada.browser, &format!("/admin/accounts/{}", ada.id), "role=admin").await.0, 404);
    // What was an admin's yesterday is worth nothing today.
    let change = AccountChange { role: Some(Role::Admin), ..AccountChange::default() };
    server.state.store.change_account(ada.id, change, server.state.clock.now()).await.unwrap();
    assert_eq!(patch(&ada.browser, admin.id, json!({"role": "user"})).await.0, 200);
    let by_old_key = nobody.get("/api/admin/accounts").bearer_auth(&strong).send().await.unwrap();
    assert_eq!(by_old_key.status(), 404);
    assert_eq!(send(&admin.browser, Method::GET, "/api/admin/accounts", Value::Null).await.0, 404);
    server.stop().await;
}

#[tokio::test]
async fn an_admin_does_not_see_what_others_made() {
    let server = server().await;
    let admin = person(&server, "root", Role::Admin).await;
    let ada = person(&server, "ada", Role::User).await;
    let task = ada.browser.submit("private matters").await;
    for path in ["", "/events?after=0", "/files", "/artifact", "/log.txt"] {
        assert_eq!(send(&admin.browser, Method::GET, &format!("/api/v1/tasks/{task}{path}"), Value::Null).await.0, 404, "{path}");
    }
    for path in [format!("/admin/accounts/{}", ada.id), format!("/api/admin/accounts/{}", ada.id), "/admin/audit".into()] {
        let (status, shown) = send(&admin.browser, Method::GET, &path, Value::Null).await;
        assert!(status == 200 && !shown.to_string().contains("private") && !shown.to_string().contains(&task.to_string()), "{shown}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_page_does_the_same_with_plain_forms() {
    let server = server().await;
    let admin = person(&server, "root", Role::Admin).await;
    let ada = person(&server, "ada", Role::User).await;
    let path = format!("/admin/accounts/{}", ada.id);
    for (form, told) in [
        ("role=admin", "Admin, made"),
        ("disabled=true", "Admin, disabled, made"),
        ("disabled=false", "Admin, made"),
        ("subscribed_until=2027-01-31", "value=\"2027-01-31\""),
        ("subscribed_until=", "without an end"),
        ("grant=-1%2C000", "999,999,000"),
    ] {
        assert_eq!(post(&admin.browser, &path, form).await.0, 303, "{form}");
        let html = admin.browser.get(&path).send().await.unwrap().text().await.unwrap().replace("<!>", "");
        assert!(html.contains(told), "{form}: {html}");
    }
    for (form, status, told) in [
        ("role=king", 422, "A role is"),
        ("subscribed_until=soon", 422, "A date is such as"),
        ("grant=many", 422, "a whole number"),
        ("grant=-9999999999999", 402, "Insufficient tokens"),
    ] {
        let (got, html) = post(&admin.browser, &path, form).await;
        assert_eq!(got, status, "{form}");
        assert!(html.contains(told) && html.contains("ada@example.org"), "{form}: {html}");
    }
    let own = format!("/admin/accounts/{}", admin.id);
    assert_eq!(post(&admin.browser, &path, "role=user").await.0, 303);
    let (status, html) = post(&admin.browser, &own, "role=user").await;
    assert!(status == 409 && html.contains("last admin"), "{html}");

    let list = admin.browser.get("/admin?email=example.org%22%3E%3Cb%3E").send().await.unwrap().text().await.unwrap();
    assert!(list.contains("No account has such an address") && !list.contains("<b>"), "{list}");
    assert!(admin.browser.get("/admin").send().await.unwrap().text().await.unwrap().contains("root@example.org"));
    let link = async |browser: &Browser| browser.get("/account").send().await.unwrap().text().await.unwrap().contains("href=\"/admin\"");
    assert!(link(&admin.browser).await && !link(&ada.browser).await && !link(&server.browser()).await);

    // Another site's page cannot post these forms, nor send these requests.
    for (method, path) in [(Method::POST, path.clone()), (Method::PATCH, format!("/api{path}"))] {
        let request = admin.browser.http.request(method, admin.browser.url(&path)).header("origin", "http://evil.example");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body("role=admin");
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
    server.stop().await;
}

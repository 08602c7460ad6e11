//! {{ entity.headings }}, as seen from outside.

use serde_json::json;
{% if entity.ones or entity.lists %}
use uuid::Uuid;
{% endif %}

use crate::support::{{ entity.test_imports }};

const KIND: &str = "{{ entity.path }}";
const PATH: &str = "/api/{{ entity.path }}";
{% set few = [entity.row_count, 3]|min %}

#[tokio::test]
async fn what_is_made_can_be_read() {
    let app = TestApp::start().await;
    let body = Maker::new(&app).body(KIND, 0).await;
    let answer = app.post(PATH, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_shown(&answer.body, &body);
    assert_eq!(answer.header("location"), format!("{PATH}/{}", answer.id()));
    let read = app.get(answer.header("location")).await;
    assert_eq!((read.status.as_u16(), read.body), (200, answer.body));
}

#[tokio::test]
async fn what_is_made_is_listed() {
    let app = TestApp::start().await;
    let made = Maker::new(&app).make(KIND, 0).await;
    let answer = app.get(PATH).await;
    assert!(answer.items().contains(&made));
{% if entity.pagination %}
    assert_eq!(answer.body["total"], answer.items().len());
{% endif %}
}

#[tokio::test]
async fn what_is_replaced_reads_as_it_was_sent() {
    let app = TestApp::start().await;
    let mut maker = Maker::new(&app);
    let made = maker.make(KIND, 0).await;
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap_or_default());
    let body = maker.body(KIND, {{ 1 if entity.row_count > 1 else 0 }}).await;
    let answer = app.put(&path, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_shown(&answer.body, &body);
    assert_eq!(answer.body["created_at"], made["created_at"]);
    assert_ne!(answer.body["updated_at"], made["updated_at"]);
    assert_eq!(app.get(&path).await.body, answer.body);
}

#[tokio::test]
async fn what_is_removed_is_gone() {
    let app = TestApp::start().await;
    let mut maker = Maker::new(&app);
    let made = maker.make(KIND, 0).await;
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap_or_default());
    let body = maker.body(KIND, 0).await;
    assert_eq!(app.delete(&path).await.status, 204);
    for answer in [app.get(&path).await, app.delete(&path).await, app.put(&path, &body).await] {
        assert_eq!(answer.status, 404);
        answer.assert_is_problem();
    }
}

#[tokio::test]
async fn an_id_is_a_uuid() {
    let app = TestApp::start().await;
    assert_eq!(app.get(&format!("{PATH}/1")).await.fields(), ["{{ entity.snake }}_id"]);
}
{% if entity.refusals %}

#[tokio::test]
async fn wrong_values_are_refused() {
    let app = TestApp::start().await;
    let body = Maker::new(&app).body(KIND, 0).await;
    let api = Refusals { app: &app, path: PATH, body };
{% for refusal in entity.refusals %}
{{ refusal }}
{% endfor %}
}
{% endif %}
{% if entity.required_fields %}

#[tokio::test]
async fn what_is_required_has_to_be_there() {
    let app = TestApp::start().await;
    let body = Maker::new(&app).body(KIND, 0).await;
{{ fold("    let required = [", entity.required_fields|quoted, "];") }}
    for field in required {
        let mut body = body.clone();
        body.as_object_mut().and_then(|body| body.shift_remove(field));
        let answer = app.post(PATH, &body).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec![field]));
    }
}
{% endif %}
{% if entity.optional_fields %}

#[tokio::test]
async fn what_is_optional_can_be_left_out() {
    let app = TestApp::start().await;
    let mut body = Maker::new(&app).body(KIND, 0).await;
{{ fold("    let optional = [", entity.optional_fields|quoted, "];") }}
    for field in optional {
        body.as_object_mut().and_then(|body| body.shift_remove(field));
    }
    let answer = app.post(PATH, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_shown(&answer.body, &body);
    for field in optional {
        assert!(answer.body[field].is_null(), "{field}");
    }
}
{% endif %}

#[tokio::test]
async fn what_is_unknown_is_refused() {
    let app = TestApp::start().await;
    let mut maker = Maker::new(&app);
    let body = with(&maker.body(KIND, 0).await, "unknown", json!(1));
    assert_eq!(app.post(PATH, &body).await.fields(), ["unknown"]);
    assert_eq!(app.get(&format!("{PATH}?unknown=1")).await.fields(), ["unknown"]);
    let made = maker.make(KIND, 0).await;
    let path = format!("{PATH}/{}?page=1", made["id"].as_str().unwrap_or_default());
    assert_eq!(app.get(&path).await.fields(), ["page"]);
}
{% if entity.unique_fields and entity.row_count > 1 %}

#[tokio::test]
async fn what_is_unique_is_there_once() {
    let app = TestApp::start().await;
    let mut maker = Maker::new(&app);
    let first = maker.make(KIND, 0).await;
    let body = maker.body(KIND, 1).await;
{{ fold("    let unique = [", entity.unique_fields|quoted, "];") }}
    for field in unique {
        let twin = with(&body, field, first[field].clone());
        let answer = app.post(PATH, &twin).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (409, vec![field]));
    }
    let second = maker.make(KIND, 1).await;
    let path = format!("{PATH}/{}", second["id"].as_str().unwrap_or_default());
    for field in unique {
        let answer = app.put(&path, &with(&body, field, first[field].clone())).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (409, vec![field]));
    }
}
{% endif %}
{% if entity.pagination and entity.row_count > 2 %}

#[tokio::test]
async fn lists_come_in_pages() {
    let app = TestApp::start().await;
    let made = Maker::new(&app).make_many(KIND, 3).await;
    let first = app.get(&format!("{PATH}?page=1&page_size=2")).await;
    let second = app.get(&format!("{PATH}?page=2&page_size=2")).await;
    assert_eq!(first.body["total"], second.body["total"]);
    assert_eq!(first.items().len(), 2);
    let all = app.get(&format!("{PATH}?page_size=100")).await.items();
    assert_eq!(first.body["total"], all.len());
    assert!(made.iter().all(|thing| all.contains(thing)));
    assert_eq!(all[..2], first.items());
    assert!(all[2..].starts_with(&second.items()));
}

#[tokio::test]
async fn wrong_pages_are_refused() {
    let app = TestApp::start().await;
    for wrong in ["page=0", "page_size=0", "page_size=101", "page=one", "page=1.5", "page="] {
        let answer = app.get(&format!("{PATH}?{wrong}")).await;
        let name = wrong.split('=').next().unwrap_or_default();
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec![name]));
    }
}
{% endif %}

#[tokio::test]
async fn lists_are_sorted_up_and_down() {
    let app = TestApp::start().await;
    Maker::new(&app).make_many(KIND, {{ few }}).await;
{{ fold("    let keys = [", (["created_at", "updated_at"] + entity.sorts)|quoted, "];") }}
    for key in keys {
        let up = app.get(&format!("{PATH}?sort={key}")).await.items();
        let mut down = app.get(&format!("{PATH}?sort=-{key}")).await.items();
        down.reverse();
        assert_eq!(up, down, "{key}");
        assert!(up.len() >= {{ few }});
    }
    assert_eq!(app.get(&format!("{PATH}?sort=unknown")).await.fields(), ["sort"]);
}
{% if entity.search %}

#[tokio::test]
async fn lists_are_searched() {
    let app = TestApp::start().await;
    let made = Maker::new(&app).make(KIND, 0).await;
    let text = made["{{ entity.searched[0] }}"].as_str().unwrap_or_default();
    let text: String = text.chars().take(100).collect();
    for wanted in [text.to_ascii_uppercase(), text.to_ascii_lowercase(), text] {
        let found = app.get(&format!("{PATH}?q={}", in_address(&json!(wanted)))).await;
        assert!(found.items().contains(&made), "{wanted}");
    }
    // Signs that stand for any text in SQL stand for themselves.
    for nothing in ["%_%_%_", r"nowhere \ to be found"] {
        let found = app.get(&format!("{PATH}?q={}", in_address(&json!(nothing)))).await;
        assert!(found.items().is_empty());
    }
}
{% endif %}
{% set tested = entity.filters|selectattr("is_tested")|list %}
{% if tested %}

#[tokio::test]
async fn lists_are_filtered() {
    let app = TestApp::start().await;
    let things = Maker::new(&app).make_many(KIND, {{ few }}).await;
{{ fold("    let filters = [", tested|pairs, "];") }}
    for (parameter, name) in filters {
        let wanted = &things[0][name];
        let found = app.get(&format!("{PATH}?{parameter}={}", in_address(wanted))).await.items();
        assert!(found.contains(&things[0]), "{parameter}");
        assert!(found.iter().all(|thing| thing[name] == *wanted), "{parameter}");
    }
}
{% endif %}
{% for list in entity.lists %}

#[tokio::test]
async fn {{ list.field }}_are_shown{{ "_and_filtered_by" if entity.filter }}() {
    let app = TestApp::start().await;
    let mut maker = Maker::new(&app);
    let made = maker.make(KIND, 0).await;
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap_or_default());
    let other = maker.make("{{ list.target.path }}", 0).await;
    let body = with(&maker.body(KIND, 0).await, "{{ list.one }}_ids", json!([other["id"]]));
    let made = app.put(&path, &body).await.body;
    assert_eq!(made["{{ list.field }}"][0]["id"], other["id"]);
    assert_eq!(made["{{ list.field }}"].as_array().map(Vec::len), Some(1));
{% if entity.filter %}
    for (id, expected) in [(other["id"].clone(), true), (json!(Uuid::now_v7()), false)] {
        let path = format!("{PATH}?{{ list.one }}_id={}", in_address(&id));
        assert_eq!(app.get(&path).await.items().contains(&made), expected);
    }
{% endif %}
}
{% endfor %}
{% for one in entity.ones if not one.is_self %}

#[tokio::test]
async fn {{ one.field }}_is_shown_and_kept() {
    let app = TestApp::start().await;
    let mut maker = Maker::new(&app);
    let made = maker.make(KIND, 0).await;
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap_or_default());
    let other = maker.make("{{ one.target.path }}", 0).await;
    let body = with(&maker.body(KIND, 0).await, "{{ one.field }}_id", other["id"].clone());
    let made = app.put(&path, &body).await.body;
    assert_eq!(made["{{ one.field }}"]["id"], other["id"]);
    assert!(made["{{ one.field }}"]["label"].as_str().is_some_and(|label| !label.is_empty()));
    // What others refer to cannot be removed.
    let id = other["id"].as_str().unwrap_or_default();
    let answer = app.delete(&format!("/api/{{ one.target.path }}/{id}")).await;
    assert_eq!(answer.status, 409);
    assert!(answer.fields().is_empty());
}
{% endfor %}
{% if accounts %}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    let mut app = TestApp::start().await;
    let mut maker = Maker::new(&app);
    let made = maker.make(KIND, 0).await;
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap_or_default());
    let body = maker.body(KIND, 0).await;
    let mut answers = vec![
        app.anonymous("GET", PATH, None).await,
        app.anonymous("POST", PATH, Some(&body)).await,
        app.anonymous("GET", &path, None).await,
        app.anonymous("PUT", &path, Some(&body)).await,
        app.anonymous("DELETE", &path, None).await,
    ];
    app.token = "never-given-out".into();
    answers.push(app.get(PATH).await);
    for answer in answers {
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer"));
        answer.assert_is_problem();
    }
}
{% endif %}

//! The front end's files are served, and may load nothing from elsewhere.

use app::web::FILES;

use crate::support::TestApp;

#[tokio::test]
async fn the_page_names_only_files_that_are_there() {
    let app = TestApp::start().await;
    let page = app.anonymous("GET", "/", None).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let paths = page.text.split('"').filter(|text| text.starts_with("/static/"));
    let paths: Vec<&str> = paths.collect();
    assert!(paths.len() >= 3);
    for path in paths {
        assert_eq!(app.anonymous("GET", path, None).await.status, 200, "{path}");
    }
    assert_eq!(app.anonymous("GET", "/static/nothing.js", None).await.status, 404);
}

#[test]
fn files_load_and_write_nothing_foreign() {
    for (name, _, content) in FILES {
        let content = content.replace("http://www.w3.org/2000/svg", "");
        for word in ["//cdn", "http://", "https://", "innerHTML", "eval("] {
            assert!(!content.contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn modules_import_files_that_are_there() {
    for (name, _, content) in FILES {
        for imported in content.split("from \"./").skip(1) {
            let imported = imported.split('"').next().unwrap_or_default();
            let is_there = FILES.iter().any(|(known, ..)| *known == imported);
            assert!(is_there, "{name} imports {imported}");
        }
    }
}

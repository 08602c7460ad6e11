//! The key stands in one header and nowhere else: not in a log at its most talkative, not in an error, also when the other side
//! repeats it. The same holds for the question.

use std::sync::Arc;

use livegen::server::{
    clock::ManualClock,
    model::{Models, Unheard},
};

use super::{
    KEY,
    formats::Format,
    question, settings,
    stub::{Stub, plain},
};
use crate::harness::{Captured, within};

/// One thread, so that everything that happens is captured.
#[tokio::test]
async fn keys_and_questions_are_in_no_log_and_no_error() {
    let captured = Captured::begin();
    let prompt = question().prompt;
    let repeated = format!("Incorrect API key provided: {KEY}, for the question {prompt}").replace('"', "'");
    let mut shown = Vec::new();
    for format in Format::ALL {
        for script in [
            plain(401, "application/json", format!(r#"{{"error":{{"message":"{repeated}","code":"{KEY}"}}}}"#)),
            plain(500, "text/plain", &repeated),
            plain(429, "application/json", format!(r#"{{"error":"{repeated}"}}"#)),
            plain(200, "application/json", format!(r#"{{"error":{{"message":"{repeated}","type":"{KEY}"}}}}"#)),
            plain(200, format.media_type(), format!("data: {{\"error\":{{\"message\":\"{repeated}\"}}}}\n\n")),
            plain(200, format.media_type(), format!("data: {repeated}\n\n{repeated}\n")),
            plain(200, format.media_type(), &format.stream()[..100]),
            plain(200, format.media_type(), format.stream()),
        ] {
            let stub = Stub::spawn(script).await;
            let settings = settings(&[(format, &stub)]);
            let models = Models::from_settings(&settings, Arc::new(ManualClock::default()));
            let outcome = within("an end", models.ask(&question(), &|_| Err("not wanted".into()), &Unheard)).await;
            assert_eq!(outcome.tries().len(), 1, "{outcome:?}");
            shown.push(format!("{outcome:?} {} {settings:?}", outcome.tries()[0]));
        }
    }
    let logged = captured.text();
    assert!(logged.contains("a language model gave no answer") && logged.contains("TRACE"), "the log is captured: {logged}");
    for (what, text) in [("log", &logged), ("errors", &shown.concat())] {
        assert!(!text.contains("canary"), "the key is in the {what}");
        assert!(!text.contains("Greet the"), "the question is in the {what}");
    }
}

//! The key stands in one header and nowhere else: not in a log at its most talkative, not in an error, also when the other side
//! repeats it. The same holds for the question.

use std::{
    io,
    sync::{Arc, Mutex},
};

use livegen::server::{
    clock::ManualClock,
    model::{Models, Unheard},
};
use tracing_subscriber::fmt::MakeWriter;

use super::{
    KEY,
    formats::Format,
    question, settings,
    stub::{Stub, plain},
};
use crate::harness::within;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// One thread, so that everything that happens is captured.
#[tokio::test]
async fn keys_and_questions_are_in_no_log_and_no_error() {
    let captured = Captured::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(captured.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
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
    let logged = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("a language model gave no answer") && logged.contains("TRACE"), "the log is captured: {logged}");
    for (what, text) in [("log", &logged), ("errors", &shown.concat())] {
        assert!(!text.contains("canary"), "the key is in the {what}");
        assert!(!text.contains("Greet the"), "the question is in the {what}");
    }
}

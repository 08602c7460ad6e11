//! Language models over real sockets, against servers that speak the providers' wire formats, well and badly (`stub`, `formats`).
//!
//! Nothing leaves the machine: every address is one of this test's own servers on loopback.

mod broken;
pub mod formats;
mod secrets;
pub mod stub;

use std::{sync::Arc, time::Duration};

use livegen::server::{
    clock::ManualClock,
    config::{Configuration, Settings},
    model::{
        Ask, Cancelled, Listener, Model, ModelError, Models, Outcome, Reply, Unheard,
        chain::Entry,
        circuit::Policy,
        providers::{self, HttpModel},
    },
};
use tokio::sync::Mutex;

use self::{
    formats::{ANSWER, Format},
    stub::{Stub, chunked, plain},
};
use crate::harness::{TestServer, within};

/// Looks like a key, so that it can be searched for.
const KEY: &str = "sk-canary-7f3a9b21";

fn question() -> Ask {
    Ask { system: "You are terse.".into(), prompt: "Greet the wörld \"now\".".into(), max_output_tokens: 300, temperature: Some(0.3) }
}

/// The settings that ask these providers at these addresses, in this order.
fn settings(chain: &[(Format, &Stub)]) -> Settings {
    let entry = |(format, stub): &(Format, &Stub)| {
        format!(
            "{{ provider = \"{}\", model = \"m-1\", base_url = \"{}\", price_in = 1.0, price_out = 2.0 }}",
            format.provider(),
            stub.base()
        )
    };
    let text = format!("[model]\nchain = [{}]", chain.iter().map(entry).collect::<Vec<_>>().join(", "));
    let keys = ["GEMINI_API_KEY", "GROQ_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"].map(|name| (name.into(), KEY.into()));
    Configuration::read("test.toml", &text, &keys.into_iter().collect()).unwrap().settings
}

fn model(format: Format, stub: &Stub) -> HttpModel {
    let settings = settings(&[(format, stub)]);
    HttpModel::new(&settings.model.chain[0], &settings.keys, Arc::new(ManualClock::default()))
}

async fn ask(format: Format, stub: &Stub) -> Result<Reply, ModelError> {
    within("an answer", model(format, stub).ask(&question(), &Unheard)).await
}

/// Remembers the pieces.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl Listener for Ear {
    async fn piece(&self, text: &str) -> Result<(), Cancelled> {
        self.0.lock().await.push(text.into());
        Ok(())
    }
}

#[tokio::test]
async fn every_provider_is_asked_in_its_way_and_streams() {
    for format in Format::ALL {
        let stub = Stub::spawn(plain(200, format.media_type(), format.stream())).await;
        let ear = Ear::default();
        let reply = within("an answer", model(format, &stub).ask(&question(), &ear)).await.unwrap();
        assert_eq!(reply, Reply { text: ANSWER.into(), tokens_in: Some(12), tokens_out: Some(5) }, "{format:?}");
        let pieces = ear.0.lock().await;
        assert!(pieces.len() >= 2 && pieces.concat() == ANSWER, "{format:?}: {pieces:?}");

        let request = stub.request();
        assert_eq!(request.path, format.path(), "{format:?}");
        assert_eq!(request.header("accept-encoding"), None, "compression would hold back the pieces");
        let (header, value) = format.key_header();
        assert_eq!(request.header(header), value, "{format:?}");
        assert_eq!(request.raw.matches(KEY).count(), usize::from(value.is_some()), "the key stands in one place: {}", request.raw);
        format.assert_body(&request.body);
    }
}

#[tokio::test]
async fn however_the_stream_is_cut_into_pieces_the_answer_is_the_same() {
    for format in Format::ALL {
        let stream = format.stream();
        let cut = |at: usize| chunked(200, format.media_type(), &[&stream[..at], &stream[at..]], true);
        let stub = Stub::spawn_each((1..stream.len()).map(cut).collect()).await;
        let model = model(format, &stub);
        for at in 1..stream.len() {
            let reply = within("an answer", model.ask(&question(), &Unheard))
                .await
                .unwrap_or_else(|error| panic!("{format:?} cut at {at}: {error}"));
            assert_eq!((reply.text.as_str(), reply.tokens_in, reply.tokens_out), (ANSWER, Some(12), Some(5)), "{format:?} cut at {at}");
        }
        assert_eq!(stub.connections(), stream.len() - 1);
    }
}

#[tokio::test]
async fn the_chain_of_the_settings_goes_from_one_provider_to_the_next() {
    let busy = Stub::spawn(plain(429, "application/json", br#"{"error":{"message":"slow down"}}"#)).await;
    let cut = Format::Anthropic;
    let broken = Stub::spawn(plain(200, cut.media_type(), &cut.stream()[..cut.end()])).await;
    let good = Stub::spawn(plain(200, Format::Ollama.media_type(), Format::Ollama.stream())).await;
    let settings = settings(&[(Format::Gemini, &busy), (cut, &broken), (Format::Ollama, &good)]);
    let models = Models::from_settings(&settings, Arc::new(ManualClock::default()));
    let outcome = within("an answer", models.ask(&question(), &|_| Ok(()), &Unheard)).await;
    let Outcome::Answered { answer, tries } = &outcome else { panic!("{outcome:?}") };
    assert_eq!((answer.text.as_str(), answer.provider.as_str(), answer.model.as_str()), (ANSWER, "ollama", "m-1"));
    assert_eq!((answer.tokens_in, answer.tokens_out, answer.cost_micros), (12, 5, Some(22)));
    let lines: Vec<String> = tries.iter().map(ToString::to_string).collect();
    assert_eq!(lines[0], "gemini/m-1 gave no answer: it is asked too much at the moment");
    assert!(lines[1].starts_with("anthropic/m-1 gave no answer: it is not available: its answer broke off (about "), "{}", lines[1]);
    assert_eq!(lines[2], "ollama/m-1 answered (12 tokens in, 5 out, cost 0.000022)");
    assert!(outcome.cost_micros() > answer.cost_micros, "what was heard of the broken answer was paid for");
}

#[tokio::test]
async fn a_server_that_never_answers_is_left_in_time_and_let_go() {
    let silent = Stub::spawn(stub::silent()).await;
    let entry = Entry {
        model: Arc::new(model(Format::OpenAi, &silent)),
        circuit: "silent".into(),
        timeout: Duration::from_millis(100),
        budget_tokens: 100,
        prices: None,
    };
    let policy = Policy { failures: 3, pause_ms: 1000 };
    let models = Models::new(vec![entry], policy, Duration::from_secs(10), Arc::new(ManualClock::default()));
    let outcome = within("the time-out", models.ask(&question(), &|_| Ok(()), &Unheard)).await;
    assert_eq!(outcome.tries()[0].to_string(), "openai/m-1 gave no answer: it took too long");
    silent.closed().await;
}

#[tokio::test]
async fn cancelling_closes_the_connection() {
    /// Does not want to hear more as soon as something was said.
    #[derive(Default)]
    struct Enough(tokio::sync::Notify);
    #[async_trait::async_trait]
    impl Listener for Enough {
        async fn piece(&self, _: &str) -> Result<(), Cancelled> {
            self.0.notify_one();
            Ok(())
        }

        async fn cancelled(&self) {
            self.0.notified().await;
        }
    }

    // Says half of it, then nothing, and keeps the connection.
    let half = || stub::held(chunked(200, "text/event-stream", &[&Format::OpenAi.stream()[..400]], false));
    let stub = Stub::spawn(half()).await;
    let models = Models::from_settings(&settings(&[(Format::OpenAi, &stub)]), Arc::new(ManualClock::default()));
    let outcome = within("the end", models.ask(&question(), &|_| Ok(()), &Enough::default())).await;
    assert_eq!(outcome, Outcome::Cancelled { tries: vec![] });
    stub.closed().await;

    let stub = Stub::spawn(half()).await;
    let (model, heard) = (model(Format::OpenAi, &stub), Arc::new(Enough::default()));
    let asking = tokio::spawn({
        let heard = Arc::clone(&heard);
        async move { model.ask(&question(), &*heard).await }
    });
    within("a piece", heard.0.notified()).await;
    asking.abort();
    stub.closed().await;
}

#[tokio::test]
async fn a_server_has_the_models_of_its_settings() {
    let server = TestServer::builder().spawn().await;
    assert!(server.state.models.is_empty(), "without settings and keys there is none");
    server.stop().await;

    let stub = Stub::spawn(plain(200, Format::OpenAi.media_type(), Format::OpenAi.stream())).await;
    let with_model = settings(&[(Format::OpenAi, &stub)]);
    let server = TestServer::builder()
        .settings(|settings| (settings.model, settings.keys) = (with_model.model, with_model.keys))
        .models_of_settings()
        .spawn()
        .await;
    let names: Vec<String> = server.state.models.names().map(ToString::to_string).collect();
    assert_eq!(names, ["openai/m-1"]);
    let outcome = within("an answer", server.state.models.ask(&question(), &|_| Ok(()), &Unheard)).await;
    assert!(matches!(outcome, Outcome::Answered { .. }), "{outcome:?}");
    server.stop().await;
}

#[test]
fn a_provider_without_its_key_is_refused_before_anything_is_sent() {
    let text = "[model]\nchain = [\"openai/m\", \"anthropic/m\", \"gemini/m\", \"groq/m\"]";
    let settings = Configuration::read("test.toml", text, &std::collections::BTreeMap::new()).unwrap().settings;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for chained in &settings.model.chain {
        let clock: Arc<dyn livegen::server::clock::Clock> = Arc::new(ManualClock::default());
        let entry = providers::entry(chained, &settings.keys, &clock);
        assert_eq!(runtime.block_on(entry.model.ask(&question(), &Unheard)), Err(ModelError::Unauthorized), "{}", chained.provider);
    }
}

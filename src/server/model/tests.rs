//! The chain with scripted models: who is asked, who is left alone, what is said about it, and what it cost.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;

use super::{
    Ask, Cancelled, Listener, Model, ModelError, Models, Outcome, TooLong, Try, Unheard,
    chain::{Entry, Left},
    circuit::Policy,
    scripted::{Act, ScriptedModel},
};
use crate::server::clock::ManualClock;

/// Two scripted models and the clock that the chain reads.
struct Stage {
    models: Models,
    first: Arc<ScriptedModel>,
    second: Arc<ScriptedModel>,
    clock: Arc<ManualClock>,
}

fn stage(first: impl IntoIterator<Item = Act>, second: impl IntoIterator<Item = Act>) -> Stage {
    let (first, second) = (Arc::new(ScriptedModel::new("first", first)), Arc::new(ScriptedModel::new("second", second)));
    let clock = Arc::new(ManualClock::default());
    let entry = |model: &Arc<ScriptedModel>, prices| Entry {
        model: Arc::clone(model) as _,
        circuit: model.name().to_string(),
        timeout: Duration::from_millis(200),
        budget_tokens: 100,
        prices,
    };
    let entries = vec![entry(&first, Some((0.5, 2.0))), entry(&second, None)];
    let policy = Policy { failures: 2, pause_ms: 60_000 };
    Stage { models: Models::new(entries, policy, Duration::from_secs(30), Arc::clone(&clock) as _), first, second, clock }
}

fn question() -> Ask {
    Ask { system: "Be brief.".into(), prompt: "Say hello, please.".into(), max_output_tokens: 500, temperature: None }
}

/// Anything but what says that it is not one.
fn anything(text: &str) -> Result<(), String> {
    if text.contains("not an answer") { Err("it says so itself".into()) } else { Ok(()) }
}

impl Stage {
    async fn ask(&self) -> Outcome {
        self.models.ask(&question(), &anything, &Unheard).await
    }
}

/// Remembers what it hears; stops after so many pieces.
#[derive(Default)]
struct Ear {
    heard: Mutex<Vec<String>>,
    stop_after: Option<usize>,
}

#[async_trait]
impl Listener for Ear {
    async fn piece(&self, text: &str) -> Result<(), Cancelled> {
        let mut heard = self.heard.lock().unwrap();
        heard.push(text.into());
        if Some(heard.len()) == self.stop_after { Err(Cancelled) } else { Ok(()) }
    }

    async fn left(&self, attempt: &Try) -> Result<(), Cancelled> {
        self.heard.lock().unwrap().push(format!("<{attempt}>"));
        Ok(())
    }
}

/// Is gone before anything is said.
struct Gone;

#[async_trait]
impl Listener for Gone {
    async fn piece(&self, _: &str) -> Result<(), Cancelled> {
        Ok(())
    }

    async fn cancelled(&self) {
        tokio::task::yield_now().await;
    }
}

/// Takes half a minute to hear that a model was left.
struct Late(Arc<ManualClock>);

#[async_trait]
impl Listener for Late {
    async fn piece(&self, _: &str) -> Result<(), Cancelled> {
        Ok(())
    }

    async fn left(&self, _: &Try) -> Result<(), Cancelled> {
        self.0.advance_ms(30_000);
        Ok(())
    }
}

fn errors(outcome: &Outcome) -> Vec<Option<&'static str>> {
    let kind = |left: &Left| match left {
        Left::Error(error) => error.kind(),
        Left::Resting(_) => "resting",
        Left::NoTime => "no-time",
    };
    outcome.tries().iter().map(|attempt| attempt.left.as_ref().map(kind)).collect()
}

fn text(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Answered { answer, .. } => Some(&answer.text),
        _ => None,
    }
}

#[tokio::test]
async fn a_good_answer_comes_from_the_first_with_its_cost() {
    let act = Act::Counted { pieces: vec!["Hel".into(), "lo".into()], tokens_in: 10, tokens_out: 3 };
    let Stage { models, first, second, .. } = &stage([act], [Act::Silent]);
    let ear = Ear::default();
    let Outcome::Answered { answer, tries } = models.ask(&question(), &anything, &ear).await else { panic!("no answer") };
    assert_eq!((answer.text.as_str(), answer.provider.as_str(), answer.model.as_str()), ("Hello", "scripted", "first"));
    assert_eq!((answer.tokens_in, answer.tokens_out, answer.estimated, answer.cost_micros), (10, 3, false, Some(11)));
    assert_eq!(tries[0].to_string(), "scripted/first answered (10 tokens in, 3 out, cost 0.000011)");
    assert_eq!(*ear.heard.lock().unwrap(), ["Hel", "lo"]);
    assert_eq!(first.asked()[0].max_output_tokens, 100, "the entry's budget");
    assert!(second.asked().is_empty());
}

#[tokio::test]
async fn a_provider_cannot_count_more_than_there_can_have_been() {
    let act = Act::Counted { pieces: vec!["Hello".into()], tokens_in: u64::MAX, tokens_out: u64::MAX };
    let Outcome::Answered { answer, .. } = stage([act], [Act::Silent]).ask().await else { panic!("no answer") };
    assert_eq!((answer.tokens_in, answer.tokens_out), (27 + 1000, 100));
    assert_eq!(answer.cost_micros, Some(714));
}

#[tokio::test]
async fn every_kind_of_failure_moves_on_and_says_so() {
    let ms = Duration::from_millis;
    for (act, kind) in [
        (Act::fails(ModelError::RateLimited { retry_after: None }), "rate-limited"),
        (Act::fails(ModelError::RateLimited { retry_after: Some(Duration::from_secs(30)) }), "rate-limited"),
        (Act::Silent, "timed-out"),
        (Act::Slowly { pieces: vec!["a".into(); 100], pause: ms(20) }, "timed-out"),
        (Act::Refuses, "refused"),
        (Act::BreaksOff(vec!["half".into()]), "unavailable"),
        (Act::NeverEnds("la ".into()), "too-long"),
        (Act::fails(ModelError::Unauthorized), "unauthorized"),
        (Act::fails(ModelError::TooLong(TooLong::Question)), "too-long"),
        (Act::answer("   "), "bad-output"),
        (Act::answer("no greeting"), "bad-output"),
    ] {
        let stage = stage([act.clone()], [Act::answer("Hello")]);
        let greets = |text: &str| if text.contains("Hello") { Ok(()) } else { Err("the greeting is missing".to_owned()) };
        let outcome = stage.models.ask(&question(), &greets, &Unheard).await;
        assert_eq!((text(&outcome), errors(&outcome)), (Some("Hello"), vec![Some(kind), None]), "{act:?}");
    }
}

#[tokio::test]
async fn when_all_fail_it_is_the_built_in_generator_s_turn() {
    let stage = stage([Act::Refuses], [Act::BreaksOff(vec!["ha".into(), "lf".into()])]);
    let ear = Ear::default();
    let outcome = stage.models.ask(&question(), &anything, &ear).await;
    assert!(matches!(outcome, Outcome::BuiltIn { .. }), "{outcome:?}");
    let lines: Vec<String> = outcome.tries().iter().map(ToString::to_string).collect();
    assert_eq!(lines[0], "scripted/first gave no answer: it refused to answer");
    assert_eq!(lines[1], "scripted/second gave no answer: it is not available: its answer broke off (about 7 tokens in, 1 out)");
    assert_eq!(*ear.heard.lock().unwrap(), [format!("<{}>", lines[0]), "ha".into(), "lf".into(), format!("<{}>", lines[1])]);

    let nobody = Models::none();
    assert!(nobody.is_empty());
    assert_eq!(nobody.ask(&question(), &anything, &Unheard).await, Outcome::BuiltIn { tries: vec![] });
}

#[tokio::test]
async fn a_short_wait_is_waited_for_once() {
    let limited = Act::fails(ModelError::RateLimited { retry_after: Some(Duration::from_millis(10)) });
    let patient = stage([limited.clone(), Act::answer("Hello")], [Act::Silent]);
    let outcome = patient.ask().await;
    assert_eq!((text(&outcome), errors(&outcome)), (Some("Hello"), vec![Some("rate-limited"), None]));

    let stubborn = stage([limited], [Act::answer("Hi")]);
    let outcome = stubborn.ask().await;
    assert_eq!((text(&outcome), errors(&outcome)), (Some("Hi"), vec![Some("rate-limited"), Some("rate-limited"), None]));
}

#[tokio::test]
async fn a_long_wait_is_remembered() {
    let limited = Act::fails(ModelError::RateLimited { retry_after: Some(Duration::from_secs(90)) });
    let stage = stage([limited, Act::answer("Hello")], [Act::answer("Hi")]);
    assert_eq!(text(&stage.ask().await), Some("Hi"));
    stage.clock.advance_ms(89_000);
    let outcome = stage.ask().await;
    assert_eq!((text(&outcome), errors(&outcome)), (Some("Hi"), vec![Some("resting"), None]));
    assert_eq!(outcome.tries()[0].to_string(), "scripted/first was not asked: it is left alone for 1 s");
    stage.clock.advance_ms(1_000);
    assert_eq!(text(&stage.ask().await), Some("Hello"));
    assert_eq!(stage.first.asked().len(), 2);
}

#[tokio::test]
async fn a_provider_that_keeps_failing_is_left_alone_and_tried_again() {
    let broken = || Act::BreaksOff(Vec::new());
    let stage = stage([broken(), broken(), broken(), Act::answer("Hello")], [Act::answer("Hi")]);
    for _ in 0..5 {
        assert_eq!(text(&stage.ask().await), Some("Hi"));
    }
    assert_eq!(stage.first.asked().len(), 2, "after two failures it is left alone");
    stage.clock.advance_ms(60_000);
    assert_eq!(text(&stage.ask().await), Some("Hi"), "one question tries, in vain");
    assert_eq!(errors(&stage.ask().await), [Some("resting"), None]);
    stage.clock.advance_ms(60_000);
    assert_eq!(text(&stage.ask().await), Some("Hello"));
    assert_eq!(text(&stage.ask().await), Some("Hello"), "closed again");
}

#[tokio::test]
async fn models_of_one_provider_fail_together_and_others_do_not() {
    let together = |same: bool| {
        let stage = stage([Act::BreaksOff(Vec::new())], [Act::answer("Hi")]);
        let entry = |model: &Arc<ScriptedModel>, circuit: &str| Entry {
            model: Arc::clone(model) as _,
            circuit: circuit.into(),
            timeout: Duration::from_secs(5),
            budget_tokens: 100,
            prices: None,
        };
        let entries = vec![entry(&stage.first, "a"), entry(&stage.second, if same { "a" } else { "b" })];
        Models::new(entries, Policy { failures: 1, pause_ms: 60_000 }, Duration::from_secs(30), stage.clock)
    };
    let outcome = together(true).ask(&question(), &anything, &Unheard).await;
    assert_eq!(errors(&outcome), [Some("unavailable"), Some("resting")]);
    let outcome = together(false).ask(&question(), &anything, &Unheard).await;
    assert_eq!((text(&outcome), errors(&outcome)), (Some("Hi"), vec![Some("unavailable"), None]));

    let usual = Models::of(vec![Arc::new(ScriptedModel::new("only", [Act::answer("Hi")]))], Arc::new(ManualClock::default()));
    assert_eq!(text(&usual.ask(&question(), &anything, &Unheard).await), Some("Hi"));
}

#[tokio::test]
async fn what_the_listener_does_not_want_stops_at_once() {
    let counting = stage([Act::NeverEnds("la ".into())], [Act::answer("Hi")]);
    let ear = Ear { stop_after: Some(3), ..Ear::default() };
    let outcome = counting.models.ask(&question(), &anything, &ear).await;
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");
    assert_eq!(ear.heard.lock().unwrap().len(), 3);
    assert!(counting.second.asked().is_empty(), "nobody else is asked");

    let silent = stage([Act::Silent], [Act::answer("Hi")]);
    assert_eq!(silent.models.ask(&question(), &anything, &Gone).await, Outcome::Cancelled { tries: vec![] });
}

#[tokio::test]
async fn the_time_for_all_of_them_is_bounded() {
    let stage = stage([Act::Refuses], [Act::answer("Hi")]);
    let outcome = stage.models.ask(&question(), &anything, &Late(Arc::clone(&stage.clock))).await;
    assert_eq!((text(&outcome), errors(&outcome)), (None, vec![Some("refused"), Some("no-time")]));
    assert_eq!(outcome.cost_micros(), Some(0), "a refusal used nothing that we know of");
}

//! Tests of the message format and of the fold: examples from the founding documents, and properties.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    event::StatusUpdate,
    fold::{LOG_TAIL, StageState},
    frame::{Connection, Heartbeat},
    *,
};

fn id() -> TaskId {
    TaskId::from_parts(Timestamp::from_micros(1_700_000_000_000_000), &[7; 10])
}

fn event(seq: u64, body: EventBody) -> Event {
    Event { task_id: id(), seq, timestamp: Timestamp::from_micros(1_700_000_000_000_000 + i64::try_from(seq).unwrap() * 1_000_000), body }
}

fn created() -> EventBody {
    let stage = |name: &str, weight| StagePlan::new(name, name, weight);
    EventBody::StatusUpdate(StatusUpdate {
        created: Some(Created {
            kind: Kind::TestSuite,
            title: "Test suite for Pets".into(),
            source: "pets.yaml".into(),
            stages: vec![stage("parsing", 10), stage("generating", 75), stage("zipping", 15)],
            max_attempts: 3,
            retry_of: None,
        }),
        ..StatusUpdate::new(Status::Queued, "Task queued, waiting to start...")
    })
}

fn step(attempt: u32, stage: &str, progress: u8, stage_progress: u8) -> EventBody {
    EventBody::StatusUpdate(StatusUpdate {
        attempt,
        stage: Some(stage.into()),
        progress,
        stage_progress: Some(stage_progress),
        ..StatusUpdate::new(Status::Running, format!("{stage} {stage_progress}"))
    })
}

fn completed() -> EventBody {
    EventBody::Completion { status: Status::Completed, message: "Done".into(), result: Some(json!({"cases": 3})), error: None }
}

/// A stage that took no time says nothing about one that takes minutes.
#[test]
fn what_is_left_is_judged_by_the_stage_that_runs() {
    let log = [created(), step(1, "parsing", 10, 100), step(1, "generating", 10, 0), step(1, "generating", 40, 40)];
    let events: Vec<Event> = (1..).zip(log).map(|(seq, body)| event(seq, body)).collect();
    let after = |seconds: i64| Timestamp::from_micros(events[2].timestamp.as_micros() + seconds * 1_000_000);
    let begun = TaskSnapshot::fold(id(), &events[..3]);
    assert_eq!(begun.remaining_seconds(after(60)), None, "nothing of it is done");
    let snapshot = TaskSnapshot::fold(id(), &events);
    // 40 % of this stage in 20 s: 30 s of it are left, and 10 s of the next, which has a fifth of its weight.
    assert_eq!(snapshot.remaining_seconds(after(20)), Some((26, 54)));
}

#[test]
fn an_event_is_one_flat_object_with_the_founding_fields() {
    let update = StatusUpdate {
        attempt: 1,
        stage: Some("generating".into()),
        progress: 40,
        stage_progress: Some(20),
        endpoint_count: Some(5),
        current_endpoint: Some(1),
        ..StatusUpdate::new(Status::Running, "Generating test cases for endpoint 1/5: GET /pets")
    };
    let json = serde_json::to_value(event(12, EventBody::StatusUpdate(update))).unwrap();
    let expected = json!({
        "type": "status_update", "task_id": id().to_string(), "project_id": id().to_string(), "seq": 12,
        "timestamp": "2023-11-14T22:13:32.000000Z", "status": "running", "attempt": 1, "stage": "generating", "progress": 40,
        "stage_progress": 20, "message": "Generating test cases for endpoint 1/5: GET /pets", "endpoint_count": 5,
        "current_endpoint": 1, "result": null, "error": null,
    });
    assert_eq!(json, expected);
    let done = serde_json::to_value(event(13, completed())).unwrap();
    for (field, value) in [
        ("type", json!("completion")),
        ("status", json!("completed")),
        ("progress", json!(100)),
        ("result", json!({"cases": 3})),
        ("error", Value::Null),
    ] {
        assert_eq!(done[field], value, "{field}");
    }
}

#[test]
fn what_a_newer_server_says_is_unknown_and_not_an_error() {
    let text = format!(r#"{{"type":"hologram","task_id":"{}","seq":4,"timestamp":"2026-01-01T00:00:00Z","depth":3}}"#, id());
    let Ok(Frame::Event(event)) = Frame::decode(&text) else { panic!("{text}") };
    assert_eq!((event.seq, event.body), (4, EventBody::Unknown));
}

#[test]
fn broken_frames_are_errors_in_words() {
    for text in
        ["", "null", "[]", "{}", r#"{"type":7}"#, r#"{"type":"status_update"}"#, r#"{"type":"connection","seq":-1}"#, "{\"type\":\"log\""]
    {
        assert!(Frame::decode(text).is_err(), "{text}");
    }
}

#[test]
fn a_run_is_folded_into_what_people_see() {
    let log = EventBody::Log { level: Level::Info, message: "8 operations".into(), stage: Some("parsing".into()) };
    let file = EventBody::File { path: "tests/test_pets.py".into(), bytes: 9, sha256: "00".into(), preview: None };
    let bodies = [
        created(),
        EventBody::StatusUpdate(StatusUpdate { attempt: 1, ..StatusUpdate::new(Status::Running, "Attempt 1") }),
        step(1, "parsing", 10, 100),
        log,
        step(1, "generating", 50, 53),
        file,
        completed(),
    ];
    let events: Vec<_> = (1..).zip(bodies).map(|(seq, body)| event(seq, body)).collect();
    let half_way = TaskSnapshot::fold(id(), &events[..6]);
    assert_eq!((half_way.status, half_way.progress, half_way.seq), (Status::Running, 50, 6));
    assert_eq!(
        half_way.stages.iter().map(|stage| stage.state).collect::<Vec<_>>(),
        [StageState::Completed, StageState::Running, StageState::Waiting]
    );
    assert_eq!((half_way.log.len(), half_way.files.len(), half_way.log[0].seq), (1, 1, 4));
    let whole = TaskSnapshot::fold(id(), &events);
    assert_eq!((whole.status, whole.progress, whole.title.as_str()), (Status::Completed, 100, "Test suite for Pets"));
    assert_eq!(whole.elapsed_ms(Timestamp::default()), Some(5_000));
}

#[test]
fn an_event_counts_once_and_a_gap_is_told() {
    let mut snapshot = TaskSnapshot::fold(id(), &[event(1, created()), event(2, step(1, "parsing", 5, 50))]);
    let before = snapshot.clone();
    assert_eq!(snapshot.apply(&event(2, step(1, "parsing", 9, 90))), Applied::Duplicate);
    assert_eq!(snapshot.apply(&event(4, completed())), Applied::Gap);
    assert_eq!(snapshot, before);
    assert_eq!(snapshot.apply(&event(3, completed())), Applied::Yes);
}

#[test]
fn a_second_attempt_goes_on_where_the_first_stopped() {
    let bodies = [
        created(),
        step(1, "parsing", 10, 100),
        step(1, "generating", 60, 66),
        EventBody::StatusUpdate(StatusUpdate::new(Status::Queued, "rescued")),
        step(2, "generating", 12, 3),
    ];
    let events: Vec<_> = (1..).zip(bodies).map(|(seq, body)| event(seq, body)).collect();
    let snapshot = TaskSnapshot::fold(id(), &events);
    assert_eq!((snapshot.progress, snapshot.attempt), (60, 2), "progress never falls");
    let generating = &snapshot.stages[1];
    assert_eq!((generating.progress, generating.attempt, generating.state), (66, 2, StageState::Running));
    assert_eq!(generating.started_at, Some(events[4].timestamp), "the new attempt's time counts");
    assert_eq!(snapshot.stages[0].state, StageState::Completed);
}

#[test]
fn the_log_keeps_its_newest_lines_and_counts_all() {
    let line = |seq: u64| event(seq, EventBody::Log { level: Level::Info, message: format!("line {seq}"), stage: None });
    let events: Vec<_> = (1..=LOG_TAIL as u64 + 10).map(line).collect();
    let snapshot = TaskSnapshot::fold(id(), &events);
    assert_eq!((snapshot.log.len(), snapshot.log_total), (LOG_TAIL, LOG_TAIL as u64 + 10));
    assert_eq!(snapshot.log[0].seq, 11);
}

#[test]
fn close_codes_say_whether_to_come_back() {
    for (code, back) in
        [(1000, true), (1006, true), (4000, true), (4008, true), (4499, true), (4500, false), (4504, false), (4999, false), (5000, true)]
    {
        assert_eq!(CloseCode::should_reconnect(code), back, "{code}");
    }
}

fn any_body() -> impl Strategy<Value = EventBody> {
    let stages = prop_oneof![Just("parsing"), Just("generating"), Just("zipping"), Just("elsewhere")];
    prop_oneof![
        4 => (1..4_u32, stages, any::<u8>(), any::<u8>()).prop_map(|(attempt, stage, progress, part)| step(attempt, stage, progress.min(100), part.min(100))),
        1 => Just(created()),
        2 => ("\\PC{0,30}").prop_map(|message| EventBody::Log { level: Level::Warning, message, stage: None }),
        2 => ("[a-c]/[a-c]", any::<u32>()).prop_map(|(path, bytes)| EventBody::File { path, bytes: bytes.into(), sha256: "0".into(), preview: Some("x".into()) }),
        1 => (any::<bool>(), any::<Option<u8>>()).prop_map(|(done, progress)| EventBody::AgentUpdate {
            agent: "review".into(),
            state: if done { AgentState::Completed } else { AgentState::Started },
            duration_ms: Some(3),
            progress,
            message: "x".into(),
        }),
        1 => Just(EventBody::StatusUpdate(StatusUpdate { run_at: Some(Timestamp::from_micros(5)), ..StatusUpdate::new(Status::Queued, "later") })),
        1 => Just(completed()),
        1 => Just(EventBody::Completion { status: Status::Failed, message: "no".into(), result: None, error: Some(Problem::internal()) }),
    ]
}

fn any_log() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(any_body(), 0..40).prop_map(|bodies| (1..).zip(bodies).map(|(seq, body)| event(seq, body)).collect())
}

proptest! {
    #[test]
    fn an_event_survives_the_wire(body in any_body(), seq in 1..u64::MAX) {
        let sent = Event { seq, ..event(1, body) };
        let frame = Frame::Event(Box::new(sent));
        prop_assert_eq!(Frame::decode(&frame.encode()).unwrap(), frame);
    }

    #[test]
    fn progress_never_falls_and_is_100_only_at_completion(log in any_log()) {
        let mut snapshot = TaskSnapshot::empty(id());
        let mut last = 0;
        for event in &log {
            prop_assert_eq!(snapshot.apply(event), Applied::Yes);
            prop_assert!(snapshot.progress >= last);
            last = snapshot.progress;
            prop_assert_eq!(snapshot.progress == 100, snapshot.status == Status::Completed);
        }
    }

    #[test]
    fn nothing_changes_after_the_end(log in any_log(), more in any_log()) {
        let mut snapshot = TaskSnapshot::fold(id(), &log);
        prop_assume!(snapshot.is_terminal());
        let outcome = TaskSnapshot { seq: 0, ..snapshot.clone() };
        for (seq, event) in (snapshot.seq + 1..).zip(more) {
            snapshot.apply(&Event { seq, ..event });
        }
        prop_assert_eq!(TaskSnapshot { seq: 0, ..snapshot }, outcome);
    }

    /// Reload, reconnect, second tab: wherever one starts, the same events give the same snapshot.
    #[test]
    fn stopping_anywhere_and_replaying_with_duplicates_is_the_same(log in any_log(), cut in 0..40_usize, back in 0..40_usize) {
        let cut = cut.min(log.len());
        let mut resumed = TaskSnapshot::fold(id(), &log[..cut]);
        let through_json: TaskSnapshot = serde_json::from_str(&serde_json::to_string(&resumed).unwrap()).unwrap();
        prop_assert_eq!(&through_json, &resumed);
        for event in &log[cut.saturating_sub(back)..] {
            prop_assert_ne!(resumed.apply(event), Applied::Gap);
        }
        prop_assert_eq!(resumed, TaskSnapshot::fold(id(), &log));
    }

    #[test]
    fn frames_around_events_survive_the_wire(seq in any::<u64>(), with_snapshot in any::<bool>(), log in any_log()) {
        let snapshot = TaskSnapshot::fold(id(), &log);
        let connection = Connection { task_id: id(), seq, timestamp: Timestamp::from_micros(1), status: snapshot.status, progress: snapshot.progress, message: "Connected".into(), snapshot: with_snapshot.then(|| Box::new(snapshot)) };
        for frame in [Frame::Connection(connection), Frame::Heartbeat(Heartbeat { task_id: id(), seq, timestamp: Timestamp::from_micros(2) }), Frame::Pong] {
            prop_assert_eq!(Frame::decode(&frame.encode()).unwrap(), frame);
        }
    }

    #[test]
    fn decoding_anything_never_panics(text in "\\PC{0,200}") {
        let _ = Frame::decode(&text);
    }
}

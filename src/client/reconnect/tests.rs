//! The transitions one by one, and the guarantees over any interleaving.

use proptest::prelude::*;

use super::*;
use crate::protocol::CloseCode;

/// A run with a clock of its own; `random` is a half unless said otherwise.
struct Run {
    machine: Reconnect,
    now: u64,
    random: f64,
}

impl Run {
    fn started() -> Self {
        let mut run = Self { machine: Reconnect::default(), now: 1_000, random: 0.5 };
        assert_eq!(run.step(Input::Start), [Command::Open(1, Transport::WebSocket)]);
        run
    }

    fn live() -> Self {
        let mut run = Self::started();
        run.step(Input::Opened(1));
        assert_eq!(run.machine.link(), Link::Live);
        run
    }

    fn step(&mut self, input: Input) -> Vec<Command> {
        self.machine.step(input, self.now, self.random)
    }

    fn wait(&mut self, ms: u64) -> Vec<Command> {
        self.now += ms;
        self.step(Input::Woken)
    }

    /// Sleeps until the machine wants to be woken, and returns how long that was and what it then did.
    fn sleep(&mut self) -> (u64, Vec<Command>) {
        let at = self.machine.wake_at().expect("something to wait for");
        let ms = at.saturating_sub(self.now);
        (ms, self.wait(ms))
    }

    /// Fails whatever is opened until something is opened on `rung`, whose id it returns.
    fn fall_to(rung: Transport) -> (Self, ConnectionId) {
        let mut run = Self::started();
        let mut open = (1, Transport::WebSocket);
        for _ in 0..40 {
            if open.1 == rung {
                return (run, open.0);
            }
            let mut commands = run.step(Input::Failed(open.0, Some(1006)));
            if commands.is_empty() {
                commands = run.sleep().1;
            }
            let [Command::Open(id, transport)] = commands[..] else { panic!("expected one attempt, got {commands:?}") };
            open = (id, transport);
        }
        panic!("never reached {rung:?}")
    }
}

#[test]
fn the_first_connection_becomes_live() {
    let mut run = Run::started();
    assert_eq!(run.machine.link(), Link::Connecting);
    run.step(Input::Opened(1));
    assert_eq!(run.machine.link(), Link::Live);
}

#[test]
fn five_attempts_with_growing_delays_then_the_next_rung_at_once() {
    let mut run = Run::started();
    run.random = 1.0;
    for (attempt, delay) in [(1, 2_000), (2, 3_000), (3, 4_500), (4, 6_750)] {
        assert_eq!(run.step(Input::Failed(attempt, None)), []);
        assert_eq!(run.machine.link(), Link::Reconnecting { attempt, at_ms: run.now + delay });
        let (slept, commands) = run.sleep();
        assert_eq!((slept, commands), (delay, vec![Command::Open(attempt + 1, Transport::WebSocket)]));
    }
    assert_eq!(run.step(Input::Failed(5, None)), [Command::Open(6, Transport::EventStream)]);
}

#[test]
fn full_jitter_spreads_from_nothing_to_the_ceiling() {
    for (random, delay) in [(0.0, 0), (0.25, 500), (1.0, 2_000), (7.0, 2_000), (f64::NAN, 2_000)] {
        assert_eq!(backoff::delay_ms(1, random), delay);
    }
    assert_eq!(backoff::ceiling_ms(0), 2_000);
    assert_eq!(backoff::ceiling_ms(8), 30_000);
    assert_eq!(backoff::ceiling_ms(u32::MAX), 30_000);
}

#[test]
fn the_ladder_goes_down_to_polling_and_stays_there() {
    let (mut run, id) = Run::fall_to(Transport::Poll);
    run.step(Input::Failed(id, None));
    let (_, commands) = run.sleep();
    assert!(matches!(commands[..], [Command::Open(_, Transport::Poll)]), "{commands:?}");
}

#[test]
fn polling_asks_every_two_seconds_and_every_thirty_when_hidden() {
    let (mut run, id) = Run::fall_to(Transport::Poll);
    run.random = 1.0;
    run.step(Input::Answered(id));
    assert_eq!(run.machine.link(), Link::Polling);
    let commands = run.wait(2_000);
    let [Command::Open(next, Transport::Poll), Command::Open(probe, Transport::WebSocket)] = commands[..] else { panic!("{commands:?}") };
    run.step(Input::Failed(probe, Some(1006)));
    run.step(Input::Hidden);
    run.step(Input::Answered(next));
    assert_eq!(run.wait(19_999), []);
    assert_eq!(run.machine.wake_at(), Some(run.now + 1), "the probe");
    run.step(Input::Shown);
    assert_eq!(run.machine.link(), Link::Polling);
}

#[test]
fn long_polls_follow_each_other_but_never_in_a_busy_loop() {
    let (mut run, id) = Run::fall_to(Transport::LongPoll);
    assert_eq!(run.step(Input::Answered(id)), []);
    let (slept, commands) = run.sleep();
    assert_eq!(slept, 250);
    let Some(Command::Open(id, Transport::LongPoll)) = commands.first().copied() else { panic!("{commands:?}") };
    run.now += 25_000;
    assert!(matches!(run.step(Input::Answered(id))[..], [Command::Open(_, Transport::LongPoll), ..]));
}

#[test]
fn a_probe_that_opens_takes_over_from_the_lower_rung() {
    let (mut run, id) = Run::fall_to(Transport::EventStream);
    run.step(Input::Opened(id));
    assert_eq!(run.machine.link(), Link::Live);
    let (slept, commands) = run.sleep();
    assert_eq!(slept, 1_000);
    let [Command::Open(probe, Transport::WebSocket)] = commands[..] else { panic!("{commands:?}") };
    assert_eq!(run.step(Input::Opened(probe)), [Command::Close(id)]);
    assert_eq!(run.machine.link(), Link::Live);
    assert_eq!(run.machine.wake_at(), Some(run.now + 20_000));
}

#[test]
fn a_probe_that_fails_or_hangs_is_tried_again_after_about_thirty_seconds() {
    let (mut run, id) = Run::fall_to(Transport::EventStream);
    run.step(Input::Opened(id));
    let (_, commands) = run.sleep();
    let [Command::Open(probe, _)] = commands[..] else { panic!("{commands:?}") };
    run.step(Input::Failed(probe, Some(1006)));
    assert_eq!(run.sleep(), (25_000, vec![Command::Open(probe + 1, Transport::WebSocket)]));
    run.step(Input::Heard(id));
    assert_eq!(run.sleep(), (10_000, vec![Command::Close(probe + 1)]));
}

#[test]
fn silence_is_asked_about_at_twenty_seconds_and_fatal_at_forty() {
    let mut run = Run::live();
    assert_eq!(run.sleep(), (20_000, vec![Command::Ping(1)]));
    assert_eq!(run.machine.link(), Link::Live);
    assert_eq!(run.sleep(), (20_000, vec![Command::Close(1)]));
    assert_eq!(run.machine.link(), Link::Reconnecting { attempt: 1, at_ms: run.now + 1_000 });
}

#[test]
fn any_word_ends_the_doubt() {
    let mut run = Run::live();
    run.wait(20_000);
    run.now += 10_000;
    run.step(Input::Heard(1));
    assert_eq!(run.machine.wake_at(), Some(run.now + 20_000));
}

#[test]
fn the_count_starts_anew_only_after_ten_healthy_seconds() {
    for (held, attempt) in [(9_999, 2), (10_000, 1)] {
        let mut run = Run::started();
        run.step(Input::Failed(1, None));
        run.sleep();
        run.step(Input::Opened(2));
        run.now += held;
        run.step(Input::Failed(2, None));
        assert!(matches!(run.machine.link(), Link::Reconnecting { attempt: a, .. } if a == attempt), "{held}: {:?}", run.machine.link());
    }
}

#[test]
fn close_codes_say_whether_to_come_back() {
    for code in [CloseCode::Shutdown, CloseCode::SlowConsumer, CloseCode::NoPong, CloseCode::Internal] {
        let mut run = Run::live();
        run.step(Input::Failed(1, Some(code.code())));
        assert!(matches!(run.machine.link(), Link::Reconnecting { .. }));
    }
    for code in [CloseCode::UnknownTask, CloseCode::Forbidden, CloseCode::BadFrame] {
        let mut run = Run::live();
        run.step(Input::Failed(1, Some(code.code())));
        assert_eq!((run.machine.link(), run.machine.wake_at()), (Link::Refused, None));
        assert_eq!(run.step(Input::ReconnectNow), []);
    }
}

#[test]
fn online_and_shown_retry_at_once() {
    for input in [Input::Online, Input::Shown] {
        let mut run = Run::live();
        run.step(Input::Failed(1, None));
        assert_eq!(run.step(input), [Command::Open(2, Transport::WebSocket)]);
    }
}

#[test]
fn online_and_shown_ask_a_connection_that_may_be_dead() {
    for (input, patience) in [(Input::Online, 2_000), (Input::Shown, 2_000), (Input::Offline, 1_000)] {
        let mut run = Run::live();
        assert_eq!(run.step(input), [Command::Ping(1)]);
        assert_eq!(run.sleep(), (patience, vec![Command::Close(1)]));
    }
}

#[test]
fn offline_says_so_and_still_looks_now_and_then() {
    let mut run = Run::live();
    run.step(Input::Offline);
    run.step(Input::Failed(1, None));
    assert_eq!(run.machine.link(), Link::Offline);
    assert_eq!(run.sleep(), (30_000, vec![Command::Open(2, Transport::WebSocket)]));
    run.step(Input::Opened(2));
    assert_eq!(run.machine.link(), Link::Live, "the server may be on this very machine");
}

#[test]
fn a_gap_closes_the_feed_and_reads_again() {
    let mut run = Run::live();
    assert_eq!(run.step(Input::Gap(1)), [Command::Close(1)]);
    assert_eq!(run.sleep(), (1_000, vec![Command::Open(2, Transport::WebSocket)]));
}

#[test]
fn a_hanging_attempt_is_given_up_after_ten_seconds() {
    let mut run = Run::started();
    assert_eq!(run.sleep(), (10_000, vec![Command::Close(1)]));
}

#[test]
fn reconnect_now_starts_from_the_top() {
    let (mut run, id) = Run::fall_to(Transport::Poll);
    run.step(Input::Answered(id));
    let commands = run.step(Input::ReconnectNow);
    assert!(matches!(commands[..], [Command::Open(_, Transport::WebSocket)]), "{commands:?}");
}

#[test]
fn pause_is_silent_until_resume() {
    let mut run = Run::live();
    assert_eq!(run.step(Input::Pause), [Command::Close(1)]);
    for input in [Input::Online, Input::Shown, Input::Woken, Input::Hidden] {
        assert_eq!(run.step(input), []);
    }
    assert_eq!((run.machine.link(), run.machine.wake_at()), (Link::Paused, None));
    assert_eq!(run.step(Input::Resume), [Command::Open(2, Transport::WebSocket)]);
}

#[test]
fn the_end_is_quiet_and_final() {
    let mut run = Run::live();
    assert_eq!(run.step(Input::Ended), [Command::Close(1)]);
    for input in [Input::Failed(1, Some(1000)), Input::ReconnectNow, Input::Online, Input::Woken, Input::Resume] {
        assert_eq!(run.step(input), []);
    }
    assert_eq!((run.machine.link(), run.machine.wake_at()), (Link::Ended, None));
}

#[test]
fn late_words_of_an_old_connection_change_nothing() {
    let mut run = Run::live();
    run.step(Input::Failed(1, None));
    let before = (run.machine.link(), run.machine.wake_at());
    for input in [Input::Opened(1), Input::Heard(1), Input::Answered(1), Input::Failed(1, Some(4504)), Input::Gap(1)] {
        assert_eq!(run.step(input), []);
        assert_eq!((run.machine.link(), run.machine.wake_at()), before);
    }
}

fn any_input() -> impl Strategy<Value = Input> {
    let id = 1..12_u32;
    prop_oneof![
        4 => Just(Input::Woken),
        1 => Just(Input::Start),
        3 => id.clone().prop_map(Input::Opened),
        3 => id.clone().prop_map(Input::Heard),
        3 => id.clone().prop_map(Input::Answered),
        4 => (id.clone(), prop_oneof![Just(None), Just(Some(1006)), Just(Some(4000)), Just(Some(4504))]).prop_map(|(id, code)| Input::Failed(id, code)),
        1 => id.prop_map(Input::Gap),
        1 => prop_oneof![Just(Input::Online), Just(Input::Offline), Just(Input::Shown), Just(Input::Hidden)],
        1 => prop_oneof![Just(Input::ReconnectNow), Just(Input::Pause), Just(Input::Resume), Just(Input::Ended)],
    ]
}

proptest! {
    #[test]
    fn any_interleaving_keeps_the_guarantees(steps in prop::collection::vec((any_input(), 0..45_000_u64, 0.0..=1.0_f64, any::<bool>()), 1..120)) {
        let mut machine = Reconnect::default();
        let mut now = 0;
        let mut open: Vec<(ConnectionId, Transport)> = Vec::new();
        machine.step(Input::Start, now, 0.5);
        open.push((1, Transport::WebSocket));
        for (input, ms, random, relative) in steps {
            now += ms;
            // Half of the time the id is meant among those that are open, so that deep states are reached.
            let input = if relative { aim(input, &open) } else { input };
            let commands = machine.step(input, now, random);
            match input {
                Input::Failed(id, _) => open.retain(|(known, _)| *known != id),
                Input::Answered(id) => open.retain(|(known, transport)| *known != id || !transport.is_request()),
                _ => {}
            }
            for command in commands {
                match command {
                    Command::Open(id, transport) => {
                        prop_assert!(open.iter().all(|(known, _)| *known != id));
                        open.push((id, transport));
                    }
                    Command::Close(id) => {
                        prop_assert!(open.iter().any(|(known, _)| *known == id), "closes {id}, which is not open");
                        open.retain(|(known, _)| *known != id);
                    }
                    Command::Ping(id) => prop_assert!(open.contains(&(id, Transport::WebSocket))),
                }
                let feeds = open.iter().filter(|(_, transport)| *transport != Transport::WebSocket).count();
                let sockets = open.len() - feeds;
                prop_assert!(feeds <= 1 && sockets <= 1, "{open:?} after {input:?}");
            }
            match machine.link() {
                Link::Ended | Link::Refused | Link::Paused => {
                    prop_assert!(open.is_empty(), "{open:?} after the end");
                    prop_assert_eq!(machine.wake_at(), None);
                }
                link => {
                    let at = machine.wake_at();
                    prop_assert!(at.is_some(), "stuck in {link:?}");
                    prop_assert!(at.is_some_and(|at| at <= now + 40_000), "waits too long in {link:?}");
                    if let Link::Reconnecting { at_ms, .. } = link {
                        prop_assert!(at_ms <= now + 30_000);
                    }
                }
            }
        }
    }
}

fn aim(input: Input, open: &[(ConnectionId, Transport)]) -> Input {
    let pick = |n: u32| open.get(n as usize % open.len().max(1)).map(|(id, _)| *id);
    match input {
        Input::Opened(n) => pick(n).map_or(input, Input::Opened),
        Input::Heard(n) => pick(n).map_or(input, Input::Heard),
        Input::Answered(n) => pick(n).map_or(input, Input::Answered),
        Input::Failed(n, code) => pick(n).map_or(input, |id| Input::Failed(id, code)),
        Input::Gap(n) => pick(n).map_or(input, Input::Gap),
        other => other,
    }
}

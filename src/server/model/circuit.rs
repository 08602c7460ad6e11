//! Whom to leave alone for now. Pure: instants are handed in, and every step gives the next state.
//!
//! A circuit is *closed* while all is well. After some failures in a row it is *open*: nobody asks for a while. Then it is
//! *half open*: one question tries, and its result closes or opens it. A question that never tells its result (it was
//! cancelled) blocks the next one for one more pause, no longer. The wall clock may jump: no pause lasts longer than
//! it was set for, counted from any reading that lies before it.

use std::time::Duration;

use super::ModelError;
use crate::protocol::Timestamp;

/// When it opens and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub failures: u32,
    pub pause_ms: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Circuit {
    #[default]
    Closed,
    /// So many failures since the last success; still below the limit.
    Shaky {
        failures: u32,
    },
    Open {
        until: Timestamp,
    },
    /// One question is trying; until then no other does.
    HalfOpen {
        until: Timestamp,
    },
}

/// What a result says about the one who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Well,
    Failing,
    /// It will not get better by itself: a key that is not accepted.
    Broken,
    /// Nothing: the question was the trouble, or it was cancelled.
    Nothing,
}

impl Verdict {
    pub fn of(error: &ModelError) -> Self {
        match error {
            // A wait that is named is remembered by the chain; without one we have to guess, as for every other failure.
            ModelError::RateLimited { retry_after: Some(_) }
            | ModelError::Unavailable { retry_after: Some(_), .. }
            | ModelError::Cancelled => Self::Nothing,
            ModelError::RateLimited { retry_after: None } | ModelError::TimedOut | ModelError::Unavailable { .. } => Self::Failing,
            ModelError::Unauthorized => Self::Broken,
            // It answered, only not what was hoped for.
            ModelError::Refused | ModelError::BadOutput(_) | ModelError::TooLong(_) => Self::Well,
        }
    }
}

impl Circuit {
    /// The state while a question is asked; `None` when it may not be.
    pub fn next_on_ask(self, now: Timestamp, policy: Policy) -> Option<Self> {
        match self {
            Self::Closed | Self::Shaky { .. } => Some(self),
            Self::Open { until } | Self::HalfOpen { until } => {
                let latest = now.plus_ms(policy.pause_ms);
                (until <= now || until > latest).then_some(Self::HalfOpen { until: latest })
            }
        }
    }

    /// The state when a question has its result.
    #[must_use]
    pub fn next_on_result(self, verdict: Verdict, now: Timestamp, policy: Policy) -> Self {
        let open = Self::Open { until: now.plus_ms(policy.pause_ms) };
        match (verdict, self) {
            (Verdict::Well, _) => Self::Closed,
            (Verdict::Nothing, Self::HalfOpen { .. }) => Self::Open { until: now },
            (Verdict::Nothing, _) => self,
            (Verdict::Broken, _) | (Verdict::Failing, Self::Open { .. } | Self::HalfOpen { .. }) => open,
            (Verdict::Failing, Self::Closed) if policy.failures <= 1 => open,
            (Verdict::Failing, Self::Closed) => Self::Shaky { failures: 1 },
            (Verdict::Failing, Self::Shaky { failures }) if failures + 1 >= policy.failures => open,
            (Verdict::Failing, Self::Shaky { failures }) => Self::Shaky { failures: failures + 1 },
        }
    }
}

/// What the chain does about an error of one of its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Wait so long and ask the same one again, once.
    Again(Duration),
    /// Leave it alone for so long, and ask the next one.
    NextAndRest(Duration),
    Next,
    Stop,
}

/// A wait that is worth it.
pub const SHORT_WAIT: Duration = Duration::from_secs(5);
/// However long a provider asks to be left alone.
pub const LONGEST_REST: Duration = Duration::from_hours(1);

/// `waited`: it was asked a second time already. `left`: what remains of the time for the whole chain.
pub fn next_step(error: &ModelError, waited: bool, left: Duration) -> Step {
    match error {
        ModelError::RateLimited { retry_after: Some(wait) } | ModelError::Unavailable { retry_after: Some(wait), .. } => {
            // What is left after waiting must suffice for an answer, or the wait is for nothing.
            if !waited && *wait <= SHORT_WAIT && wait.saturating_mul(2) < left {
                Step::Again(*wait)
            } else {
                Step::NextAndRest((*wait).min(LONGEST_REST))
            }
        }
        ModelError::Cancelled => Step::Stop,
        _ => Step::Next,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::server::model::TooLong;

    const POLICY: Policy = Policy { failures: 3, pause_ms: 60_000 };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(1_767_225_600_000_000).plus_ms(ms)
    }

    #[test]
    fn three_failures_in_a_row_open_it_and_one_question_tries_again() {
        let mut circuit = Circuit::default();
        for (verdict, expected) in [
            (Verdict::Failing, Circuit::Shaky { failures: 1 }),
            (Verdict::Failing, Circuit::Shaky { failures: 2 }),
            (Verdict::Well, Circuit::Closed),
            (Verdict::Failing, Circuit::Shaky { failures: 1 }),
            (Verdict::Nothing, Circuit::Shaky { failures: 1 }),
            (Verdict::Failing, Circuit::Shaky { failures: 2 }),
            (Verdict::Failing, Circuit::Open { until: at(60_000) }),
        ] {
            circuit = circuit.next_on_result(verdict, at(0), POLICY);
            assert_eq!(circuit, expected);
        }
        assert_eq!(circuit.next_on_ask(at(59_999), POLICY), None);
        let trying = circuit.next_on_ask(at(60_000), POLICY).unwrap();
        assert_eq!(trying, Circuit::HalfOpen { until: at(120_000) });
        assert_eq!(trying.next_on_ask(at(60_001), POLICY), None, "only one tries");
        assert_eq!(trying.next_on_result(Verdict::Failing, at(61_000), POLICY), Circuit::Open { until: at(121_000) });
        assert_eq!(trying.next_on_result(Verdict::Well, at(61_000), POLICY), Circuit::Closed);
        assert!(trying.next_on_result(Verdict::Nothing, at(61_000), POLICY).next_on_ask(at(61_000), POLICY).is_some());
        assert!(trying.next_on_ask(at(120_000), POLICY).is_some(), "a trial without a result does not block for ever");
    }

    #[test]
    fn a_refused_key_opens_it_at_once_and_one_failure_may_be_the_limit() {
        assert_eq!(Circuit::Closed.next_on_result(Verdict::Broken, at(0), POLICY), Circuit::Open { until: at(60_000) });
        let strict = Policy { failures: 1, ..POLICY };
        assert_eq!(Circuit::Closed.next_on_result(Verdict::Failing, at(0), strict), Circuit::Open { until: at(60_000) });
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_prolong_the_pause() {
        let open = Circuit::Open { until: at(60_000) };
        assert!(open.next_on_ask(at(-3_600_000), POLICY).is_some());
    }

    #[test]
    fn each_error_has_its_step() {
        let secs = Duration::from_secs;
        let limited = |wait: Option<u64>| ModelError::RateLimited { retry_after: wait.map(secs) };
        let away = |wait: Option<u64>| ModelError::Unavailable { what: "x".into(), retry_after: wait.map(secs) };
        for (error, waited, left, expected) in [
            (limited(Some(2)), false, 60, Step::Again(secs(2))),
            (limited(Some(0)), false, 60, Step::Again(secs(0))),
            (limited(Some(2)), true, 60, Step::NextAndRest(secs(2))),
            (limited(Some(2)), false, 3, Step::NextAndRest(secs(2))),
            (limited(Some(6)), false, 60, Step::NextAndRest(secs(6))),
            (limited(Some(99_999)), false, 60, Step::NextAndRest(LONGEST_REST)),
            (limited(None), false, 60, Step::Next),
            (away(Some(1)), false, 60, Step::Again(secs(1))),
            (away(Some(30)), false, 60, Step::NextAndRest(secs(30))),
            (away(None), false, 60, Step::Next),
            (ModelError::TimedOut, false, 60, Step::Next),
            (ModelError::Refused, false, 60, Step::Next),
            (ModelError::BadOutput("x".into()), false, 60, Step::Next),
            (ModelError::Unauthorized, false, 60, Step::Next),
            (ModelError::TooLong(TooLong::Question), false, 60, Step::Next),
            (ModelError::Cancelled, false, 60, Step::Stop),
        ] {
            assert_eq!(next_step(&error, waited, secs(left)), expected, "{error:?} {waited} {left}");
        }
    }

    #[derive(Clone, Debug)]
    enum Happening {
        Ask,
        Result(Verdict),
    }

    fn happenings() -> impl Strategy<Value = Vec<(i64, Happening)>> {
        let verdict = proptest::sample::select(vec![Verdict::Well, Verdict::Failing, Verdict::Broken, Verdict::Nothing]);
        let happening = prop_oneof![Just(Happening::Ask), verdict.prop_map(Happening::Result)];
        proptest::collection::vec((0_i64..50_000, happening), 1..80)
    }

    proptest! {
        /// Whatever happens: while it is refused somebody failed within the last pause, it is never refused below the limit of
        /// failures unless it was broken or had been open, and after one quiet pause it always lets one through.
        #[test]
        fn it_is_refused_only_for_a_reason_and_never_for_ever(events in happenings(), failures in 1_u32..5) {
            let policy = Policy { failures, pause_ms: 60_000 };
            let (mut circuit, mut now_ms, mut in_a_row, mut broken_or_open) = (Circuit::default(), 0, 0_u32, false);
            for (pause, happening) in events {
                now_ms += pause;
                match happening {
                    Happening::Ask => match circuit.next_on_ask(at(now_ms), policy) {
                        Some(next) => circuit = next,
                        None => prop_assert!(in_a_row >= failures || broken_or_open),
                    },
                    Happening::Result(verdict) => {
                        circuit = circuit.next_on_result(verdict, at(now_ms), policy);
                        match verdict {
                            Verdict::Well => (in_a_row, broken_or_open) = (0, false),
                            Verdict::Failing => in_a_row += 1,
                            Verdict::Broken => broken_or_open = true,
                            Verdict::Nothing => {}
                        }
                        if verdict == Verdict::Well {
                            prop_assert_eq!(circuit, Circuit::Closed);
                        }
                    }
                }
                prop_assert!(circuit.next_on_ask(at(now_ms + 60_000), policy).is_some());
            }
        }
    }
}

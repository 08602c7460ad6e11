//! What becomes of a message after an attempt: pure decisions.
//!
//! The waits are those that the Standard Webhooks specification names as an example; chance adds up to a fifth, so that what failed
//! together does not come back together.

use std::time::Duration;

use crate::{protocol::Timestamp, server::store::outbox::Fate};

/// Seconds before each further attempt.
const WAITS: [i64; 9] = [5, 5 * 60, 30 * 60, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const HOUR: i64 = 3600;
const DAY_MS: i64 = 24 * HOUR * 1000;
const GONE: u16 = 410;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Of the waits.
    pub percent: u32,
    /// How long nothing may have arrived at a webhook when a message is given up; then it is disabled.
    pub disable_after_days: u32,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    Status {
        status: u16,
        /// How long the receiver asked to be left alone.
        retry_after: Option<Duration>,
    },
    Nothing,
    /// The receiver will never take it.
    Refused,
}

impl Schedule {
    /// `attempt` counts from 1; `fraction` in `[0, 1)` is chance.
    pub fn decide(self, is_test: bool, attempt: u32, came: Came, at: Timestamp, fraction: f64) -> Fate {
        let asked = match came {
            Came::Status { status: 200..=299, .. } => return Fate::Arrived,
            Came::Status { status: GONE, .. } => return Fate::Gone,
            Came::Status { retry_after, .. } => retry_after,
            Came::Nothing => None,
            Came::Refused => return self.give_up(at),
        };
        // Whoever tests wants to know now; it says nothing of how long nothing has arrived.
        if is_test {
            return Fate::GivenUp { disable_before: Timestamp::from_micros(i64::MIN) };
        }
        let wait = usize::try_from(attempt).ok().and_then(|attempt| WAITS.get(attempt.saturating_sub(1)));
        let Some(seconds) = wait else { return self.give_up(at) };
        let wait_ms = seconds * 10 * i64::from(self.percent);
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most ten days in milliseconds")]
        let chance_ms = (wait_ms as f64 * 0.2 * fraction.clamp(0.0, 1.0)) as i64;
        let asked_ms = asked.and_then(|asked| i64::try_from(asked.as_millis()).ok()).unwrap_or(0);
        Fate::Again { at: at.plus_ms((wait_ms + chance_ms).max(asked_ms)) }
    }

    fn give_up(self, at: Timestamp) -> Fate {
        Fate::GivenUp { disable_before: at.plus_ms(-i64::from(self.disable_after_days) * DAY_MS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Schedule = Schedule { percent: 100, disable_after_days: 3 };
    const NOW: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

    fn status(status: u16) -> Came {
        Came::Status { status, retry_after: None }
    }

    fn after(attempt: u32, came: Came) -> Fate {
        USUAL.decide(false, attempt, came, NOW, 0.0)
    }

    #[test]
    fn ten_attempts_in_three_days_then_never() {
        let waits: Vec<i64> = (1..=9)
            .map(|attempt| match after(attempt, status(500)) {
                Fate::Again { at } => at.ms_since(NOW) / 1000,
                other => panic!("{attempt}: {other:?}"),
            })
            .collect();
        assert_eq!(waits, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert!(waits.iter().sum::<i64>() > 3 * 86_400, "who never answers is disabled when its first message is given up");
        for attempt in [10, 11, u32::MAX] {
            assert_eq!(after(attempt, Came::Nothing), Fate::GivenUp { disable_before: NOW.plus_ms(-3 * DAY_MS) });
        }
    }

    #[test]
    fn what_comes_back_decides() {
        for code in [200, 201, 204, 299] {
            assert_eq!(after(1, status(code)), Fate::Arrived);
        }
        for code in [100, 301, 302, 307, 400, 404, 429, 500, 503] {
            assert!(matches!(after(1, status(code)), Fate::Again { .. }), "{code}");
        }
        assert_eq!(after(1, status(410)), Fate::Gone);
        assert!(matches!(after(1, Came::Refused), Fate::GivenUp { .. }));
        let asked = |seconds| Came::Status { status: 429, retry_after: Some(Duration::from_secs(seconds)) };
        assert_eq!(after(1, asked(60)), Fate::Again { at: NOW.plus_ms(60_000) });
        assert_eq!(after(2, asked(60)), Fate::Again { at: NOW.plus_ms(300_000) }, "no sooner than planned");
        let test = USUAL.decide(true, 1, status(500), NOW, 0.0);
        assert_eq!(test, Fate::GivenUp { disable_before: Timestamp::from_micros(i64::MIN) });
    }

    #[test]
    fn chance_adds_a_fifth_and_settings_scale() {
        let with = |percent, fraction| match (Schedule { percent, ..USUAL }).decide(false, 1, status(500), NOW, fraction) {
            Fate::Again { at } => at.ms_since(NOW),
            other => panic!("{other:?}"),
        };
        assert_eq!([with(100, 0.0), with(100, 0.5), with(100, 1.0)], [5000, 5500, 6000]);
        assert_eq!([with(1, 0.0), with(0, 0.9)], [50, 0]);
    }
}

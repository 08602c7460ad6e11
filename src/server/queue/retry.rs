//! Whether and when a failed attempt is repeated: a pure decision.

/// Exponential backoff with full jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts after the first.
    pub max_retries: u32,
    /// Upper bound of the first delay; each further one doubles it.
    pub base_ms: i64,
}

/// No delay is longer.
const MAX_DELAY_MS: i64 = 3_600_000;
/// … or shorter: a broken dependency is not helped by being asked again at once.
const MIN_DELAY_MS: i64 = 1_000;

impl RetryPolicy {
    /// Milliseconds until the next attempt after `failures` earlier ones and this one; `None` when it was the last.
    /// `fraction` in `[0, 1)` is the jitter.
    pub fn next_delay_ms(self, failures: u32, fraction: f64) -> Option<i64> {
        if failures >= self.max_retries {
            return None;
        }
        let bound = self.base_ms.saturating_mul(1_i64.checked_shl(failures.min(30)).unwrap_or(i64::MAX)).clamp(0, MAX_DELAY_MS);
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most an hour in milliseconds")]
        let jittered = (bound as f64 * fraction.clamp(0.0, 1.0)) as i64;
        Some(jittered.max(MIN_DELAY_MS.min(bound)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: RetryPolicy = RetryPolicy { max_retries: 2, base_ms: 30_000 };

    #[test]
    fn two_retries_then_never() {
        for (failures, fraction, expected) in [
            (0, 0.999_999, Some(29_999)),
            (0, 0.5, Some(15_000)),
            (0, 0.0, Some(1_000)),
            (1, 0.5, Some(30_000)),
            (2, 0.5, None),
            (9, 0.5, None),
        ] {
            assert_eq!(POLICY.next_delay_ms(failures, fraction), expected, "{failures} {fraction}");
        }
        assert_eq!(RetryPolicy { max_retries: 1, base_ms: 0 }.next_delay_ms(0, 0.5), Some(0));
    }

    proptest! {
        #[test]
        fn delays_stay_within_bounds(max_retries in 0..100_u32, base_ms in 0..=i64::MAX, failures in 0..200_u32, fraction in 0.0..1.0) {
            if let Some(delay) = (RetryPolicy { max_retries, base_ms }).next_delay_ms(failures, fraction) {
                prop_assert!(failures < max_retries);
                prop_assert!((0..=MAX_DELAY_MS).contains(&delay));
            }
        }
    }
}

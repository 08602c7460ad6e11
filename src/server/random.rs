//! Chance: ids, keys, tokens and jitter. The only file that uses a random number generator; everything else gets the
//! bytes, the id or the fraction handed in.
//!
//! All of it comes from the thread's cryptographic generator, seeded by the operating system, so ids and keys cannot be guessed.

use rand::{Rng, RngExt};

use super::clock::Clock;
use crate::protocol::{AccountId, TaskId};

/// `N` unpredictable bytes: a signing key, a token, a nonce.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

pub fn new_task_id(clock: &dyn Clock) -> TaskId {
    TaskId::from_parts(clock.now(), &bytes())
}

pub fn new_account_id(clock: &dyn Clock) -> AccountId {
    AccountId::from_parts(clock.now(), &bytes())
}

/// Evenly spread in `[0, 1)`: full jitter is `delay × fraction()`.
pub fn fraction() -> f64 {
    rand::rng().random()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::server::clock::ManualClock;

    #[test]
    fn ids_of_one_instant_differ_and_ids_of_later_instants_sort_later() {
        let clock = ManualClock::default();
        let ids: HashSet<_> = (0..1000).map(|_| new_task_id(&clock)).collect();
        assert_eq!(ids.len(), 1000);
        clock.advance_ms(1);
        let later = new_task_id(&clock);
        assert!(ids.iter().all(|id| *id < later));
        assert_ne!(new_account_id(&clock), new_account_id(&clock));
    }

    #[test]
    fn fractions_fill_the_interval() {
        let fractions: Vec<f64> = (0..10_000).map(|_| fraction()).collect();
        assert!(fractions.iter().all(|x| (0.0..1.0).contains(x)));
        // The mean of 10,000 lies within 0.03 of a half but for once in 10^24 runs.
        let mean = fractions.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.03, "{mean}");
    }

    #[test]
    fn bytes_are_not_repeated() {
        assert_ne!(bytes::<32>(), bytes::<32>());
        assert_ne!(bytes::<32>(), [0; 32]);
    }
}

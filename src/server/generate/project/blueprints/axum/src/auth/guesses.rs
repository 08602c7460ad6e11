//! Wrong passwords are counted: whoever guesses has to wait. In the memory of this process, and bounded.
//!
//! A guess is counted before it is looked at, and taken back if it was right: many at once are as many
//! as one after the other.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(15 * 60);
pub const MOST_KEYS: usize = 10_000;

/// An account and an address, or all accounts from an address.
type Key = (Option<String>, Option<IpAddr>);

/// Counts wrong passwords for each account and address, and for each address.
#[derive(Debug)]
pub struct Guesses {
    per_account: u32,
    per_address: u32,
    seen: Mutex<HashMap<Key, (u32, Instant)>>,
}

impl Guesses {
    pub fn new(per_account: u32, per_address: u32) -> Self {
        Self { per_account, per_address, seen: Mutex::default() }
    }

    /// Counts a guess.
    ///
    /// # Errors
    /// How long it takes until one is looked at again.
    pub fn add(&self, email: &str, address: Option<IpAddr>) -> Result<(), Duration> {
        let mut seen = self.seen();
        let keys = [(Some(email.to_owned()), address), (None, address)];
        let left = |key: &Key, most: u32| {
            let (count, since) = seen.get(key)?;
            WINDOW.checked_sub(since.elapsed()).filter(|_| *count >= most)
        };
        let wait = left(&keys[0], self.per_account).max(left(&keys[1], self.per_address));
        if let Some(wait) = wait {
            return Err(wait);
        }
        for key in keys {
            let (count, since) = seen.entry(key).or_insert((0, Instant::now()));
            if since.elapsed() > WINDOW {
                (*count, *since) = (0, Instant::now());
            }
            *count += 1;
        }
        if seen.len() > MOST_KEYS {
            forget_oldest(&mut seen);
        }
        Ok(())
    }

    /// The guess was right: it counts no more, nor do those before it for this account.
    pub fn forget(&self, email: &str, address: Option<IpAddr>) {
        let mut seen = self.seen();
        seen.remove(&(Some(email.to_owned()), address));
        if let Some((count, _)) = seen.get_mut(&(None, address)) {
            *count = count.saturating_sub(1);
        }
    }

    /// How many accounts and addresses are remembered.
    pub fn len(&self) -> usize {
        self.seen().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<Key, (u32, Instant)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The older half, so that this is rarely done.
fn forget_oldest(seen: &mut HashMap<Key, (u32, Instant)>) {
    let mut times: Vec<Instant> = seen.values().map(|(_, since)| *since).collect();
    times.sort_unstable();
    let middle = times[times.len() / 2];
    seen.retain(|_, (_, since)| *since > middle);
}

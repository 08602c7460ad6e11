//! How often somebody may ask: requests of an account, requests from an address, starts of generations, attempts to sign in.
//!
//! One mechanism for all of them, the generic cell rate algorithm (GCRA): a limit of N a minute lets N through at once and one more
//! every 60/N seconds; what is refused costs nothing. Per key it remembers one number.
//!
//! Guarantees: memory is bounded, however many keys come; who is refused is told a wait after which the next attempt passes, unless
//! others spend it; a wall clock that jumps holds nobody up for longer than a minute. It counts in this process only: with several nodes,
//! each has its own.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use super::{accounts::secret, config::LimitSettings, store::accounts::Digest};
use crate::protocol::{AccountId, Problem, Timestamp, problem::Limited};

const WINDOW_SECONDS: u32 = 60;
const SECOND_NS: i64 = 1_000_000_000;
/// Keys that one limiter remembers, at most: some megabytes. The ones that were not seen for longest are forgotten.
const MAX_KEYS: usize = 1 << 16;

/// Every limit of this process.
pub struct Limits {
    pub accounts: Limiter<AccountId>,
    pub addresses: Limiter<IpAddr>,
    starts_of_accounts: Limiter<AccountId>,
    /// Guests make themselves anew as often as they like, so that theirs are counted by where they come from too.
    starts_of_guests: Limiter<IpAddr>,
    sign_ins_of_addresses: Limiter<IpAddr>,
    sign_ins_of_emails: Limiter<Digest>,
    /// What the settings allow, as `RateLimit-Policy` has it.
    pub policy: Option<String>,
}

impl Limits {
    pub fn new(settings: &LimitSettings) -> Self {
        let policy = [
            (settings.requests_per_minute, "account"),
            (settings.requests_per_minute_per_address, "address"),
            (settings.starts_per_minute, "starts"),
        ];
        let policy = policy.into_iter().filter(|(limit, _)| *limit > 0);
        let policy: Vec<_> = policy.map(|(limit, of)| format!("{limit};w={WINDOW_SECONDS};comment=\"{of}\"")).collect();
        Self {
            policy: Some(policy.join(", ")).filter(|policy| !policy.is_empty()),
            accounts: Limiter::per_minute(settings.requests_per_minute),
            addresses: Limiter::per_minute(settings.requests_per_minute_per_address),
            starts_of_accounts: Limiter::per_minute(settings.starts_per_minute),
            starts_of_guests: Limiter::per_minute(settings.starts_per_minute),
            sign_ins_of_addresses: Limiter::per_minute(settings.sign_ins_per_minute),
            sign_ins_of_emails: Limiter::per_minute(settings.sign_ins_per_minute),
        }
    }

    /// A request from `address`, whoever it turns out to be.
    ///
    /// # Errors
    /// 429.
    pub fn admit_address(&self, address: IpAddr, at: Timestamp) -> Result<Option<Standing>, Problem> {
        self.addresses.take(network(address), at).map_err(|limited| refused(limited, "Too many requests came from your address."))
    }

    /// # Errors
    /// 429.
    pub fn admit_account(&self, account_id: AccountId, at: Timestamp) -> Result<Option<Standing>, Problem> {
        self.accounts.take(account_id, at).map_err(|limited| refused(limited, "This account sent too many requests."))
    }

    /// A generation that is to be started.
    ///
    /// # Errors
    /// 429.
    pub fn admit_start(&self, account_id: AccountId, guest_at: Option<IpAddr>, at: Timestamp) -> Result<(), Problem> {
        let words = |limited| refused(limited, "Too many generations were started.");
        if let Some(address) = guest_at {
            self.starts_of_guests.take(network(address), at).map_err(words)?;
        }
        self.starts_of_accounts.take(account_id, at).map_err(words)?;
        Ok(())
    }

    /// An attempt to sign in, or to register. Counted for both, so that neither many addresses nor many e-mail addresses help.
    ///
    /// # Errors
    /// 429, whoever it is.
    pub fn admit_sign_in(&self, address: IpAddr, email: &str, at: Timestamp) -> Result<(), Problem> {
        let of_address = self.sign_ins_of_addresses.take(network(address), at);
        let of_email = self.sign_ins_of_emails.take(secret::digest(email), at);
        of_address.and(of_email).map(drop).map_err(|limited| {
            let mut problem = refused(limited, "Too many attempts to sign in.");
            (problem.kind, problem.title) = ("urn:livegen:problem:too-many-attempts".into(), "Too many attempts".into());
            problem
        })
    }
}

fn refused(limited: Limited, what: &str) -> Problem {
    let unit = if limited.retry_after == 1 { "second" } else { "seconds" };
    let detail = format!("{what} At most {} a minute are answered; the next one in {} {unit}.", limited.limit, limited.retry_after);
    Problem { limited: Some(limited), ..Problem::new(429, "too-many-requests", "Too many requests", detail) }
}

/// Whoever has one IPv6 address has the 2⁶⁴ beside it too.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

/// How much is left of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub limit: u32,
    pub remaining: u32,
    /// Until all of it is there again.
    pub reset_seconds: u32,
}

/// A limit for each key.
pub struct Limiter<K> {
    /// `None`: no limit.
    quota: Option<Quota>,
    /// Of each key, when all of its limit is there again, in nanoseconds since the epoch.
    known: Mutex<Generations<K>>,
}

impl<K: Eq + Hash + Copy> Limiter<K> {
    /// 0: no limit.
    pub fn per_minute(limit: u32) -> Self {
        Self::remembering(MAX_KEYS, limit)
    }

    fn remembering(keys: usize, limit: u32) -> Self {
        let quota = (limit > 0).then_some(Quota { limit });
        Self { quota, known: Mutex::new(Generations { new: HashMap::new(), old: HashMap::new(), half: keys / 2 }) }
    }

    /// Keys that are remembered now.
    pub fn remembered(&self) -> usize {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.new.len() + known.old.len()
    }

    /// `None` without a limit.
    fn take(&self, key: K, at: Timestamp) -> Result<Option<Standing>, Limited> {
        let Some(quota) = self.quota else { return Ok(None) };
        let now_ns = at.as_micros().saturating_mul(1000);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.recall(&key);
        let decided = quota.decide(before, now_ns);
        // Who is refused is not forgotten for it.
        let full_at = decided.as_ref().ok().map(|(full_at, _)| *full_at).or(before);
        if let Some(full_at) = full_at {
            known.remember(key, full_at);
        }
        decided.map(|(_, standing)| Some(standing))
    }
}

#[derive(Clone, Copy)]
struct Quota {
    limit: u32,
}

impl Quota {
    /// Whether one more passes now, of a key whose limit is whole again at `full_at`: when it is after this one.
    fn decide(self, full_at: Option<i64>, now_ns: i64) -> Result<(i64, Standing), Limited> {
        let each = i64::from(WINDOW_SECONDS) * SECOND_NS / i64::from(self.limit);
        let window = each * i64::from(self.limit);
        // More than a window ahead it can only be when the clock was set back.
        let full_at = full_at.unwrap_or(now_ns).clamp(now_ns, now_ns.saturating_add(window)).saturating_add(each);
        let spent = full_at - now_ns;
        if spent > window {
            return Err(Limited { limit: self.limit, retry_after: seconds(spent - window) });
        }
        let remaining = u32::try_from((window - spent) / each).unwrap_or(0);
        Ok((full_at, Standing { limit: self.limit, remaining, reset_seconds: seconds(spent) }))
    }
}

/// Rounded up: who waits so long has waited long enough.
fn seconds(ns: i64) -> u32 {
    u32::try_from((ns + SECOND_NS - 1) / SECOND_NS).unwrap_or(u32::MAX)
}

/// A map that forgets what was not used for longest, half of it at a time: no entry is ever looked for.
struct Generations<K> {
    new: HashMap<K, i64>,
    old: HashMap<K, i64>,
    half: usize,
}

impl<K: Eq + Hash> Generations<K> {
    fn recall(&self, key: &K) -> Option<i64> {
        self.new.get(key).or_else(|| self.old.get(key)).copied()
    }

    fn remember(&mut self, key: K, value: i64) {
        if self.new.len() >= self.half && !self.new.contains_key(&key) {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_micros(1_767_225_600_000_000).plus_ms(ms)
    }

    #[test]
    fn a_limit_passes_at_once_and_then_comes_back_bit_by_bit() {
        let limiter = Limiter::per_minute(6);
        let remaining: Vec<u32> = (0..6).map(|_| limiter.take('a', at(0)).unwrap().unwrap().remaining).collect();
        assert_eq!(remaining, [5, 4, 3, 2, 1, 0]);
        assert_eq!(limiter.take('a', at(0)), Err(Limited { limit: 6, retry_after: 10 }));
        assert_eq!(limiter.take('a', at(9_001)), Err(Limited { limit: 6, retry_after: 1 }));
        let standing = |remaining, reset_seconds| Ok(Some(Standing { limit: 6, remaining, reset_seconds }));
        assert_eq!(limiter.take('b', at(9_001)), standing(5, 10), "another key has its own");
        assert_eq!(limiter.take('a', at(10_000)), standing(0, 60));
        assert_eq!(limiter.take('a', at(130_000)), standing(5, 10));
        assert_eq!(Limiter::per_minute(0).take('a', at(0)), Ok(None));
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_up() {
        let limiter = Limiter::per_minute(2);
        limiter.take('a', at(3_600_000)).unwrap();
        let waited = limiter.take('a', at(0)).and_then(|_| limiter.take('a', at(0))).unwrap_err();
        assert!(waited.retry_after <= 60, "{waited:?}");
    }

    #[test]
    fn memory_is_bounded_and_who_comes_often_is_not_forgotten() {
        let limiter = Limiter::remembering(100, 5);
        for stranger in 0..100_000_u32 {
            let _ = limiter.take(stranger, at(0));
            if stranger % 40 == 0 {
                let _ = limiter.take(u32::MAX, at(0));
            }
            assert!(limiter.remembered() <= 100);
        }
        assert!(limiter.take(u32::MAX, at(0)).is_err());
    }

    #[test]
    fn an_address_is_a_network() {
        for (one, other, same) in [
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("::ffff:10.0.0.1", "10.0.0.1", true),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ] {
            assert_eq!(network(one.parse().unwrap()) == network(other.parse().unwrap()), same, "{one} {other}");
        }
    }

    proptest! {
        /// In no minute more than twice the limit passes, and who waits as told passes.
        #[test]
        fn waiting_as_told_is_enough(limit in 1_u32..5_000, gaps in prop::collection::vec(0_i64..3_000, 1..200)) {
            let limiter = Limiter::per_minute(limit);
            let (mut now, mut passed) = (0, 0_u32);
            for gap in gaps {
                now += gap;
                match limiter.take((), at(now)) {
                    Ok(_) => passed += 1,
                    Err(limited) => {
                        now += i64::from(limited.retry_after) * 1000;
                        prop_assert!(limiter.take((), at(now)).is_ok());
                        passed += 1;
                    }
                }
            }
            let allowed = i64::from(limit) + now * i64::from(limit) / 60_000 + 1;
            prop_assert!(i64::from(passed) <= allowed);
        }
    }
}

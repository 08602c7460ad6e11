//! How many live connections may be open at once: in all, and for one account. The rest is told when to come back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{
    protocol::{AccountId, Problem},
    server::random,
};

#[derive(Clone)]
pub struct Admission {
    open: Arc<Mutex<Open>>,
    total: usize,
    per_account: usize,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_account: HashMap<AccountId, usize>,
}

/// The right to one live connection; given back when dropped.
pub struct Permit {
    open: Arc<Mutex<Open>>,
    account_id: AccountId,
}

/// There is no room; the answer says when to try again, spread so that not all come at once.
#[derive(Debug)]
pub struct Refused;

impl Admission {
    pub fn new(total: usize, per_account: usize) -> Self {
        Self { open: Arc::default(), total, per_account }
    }

    pub fn admit(&self, account_id: AccountId) -> Result<Permit, Refused> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = open.by_account.get(&account_id).copied().unwrap_or(0);
        if open.total >= self.total || mine >= self.per_account {
            return Err(Refused);
        }
        open.total += 1;
        open.by_account.insert(account_id, mine + 1);
        Ok(Permit { open: Arc::clone(&self.open), account_id })
    }

    pub fn open(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total -= 1;
        if let Some(mine) = open.by_account.get_mut(&self.account_id) {
            *mine -= 1;
            if *mine == 0 {
                open.by_account.remove(&self.account_id);
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 2 and 12")]
        let seconds = 2 + (random::fraction() * 10.0) as u32;
        let mut response =
            Problem::unavailable("Too many live connections are open. The page goes on without one and tries again.").into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_bounded_and_come_back() {
        let account = |byte| AccountId::from_parts(crate::protocol::Timestamp::default(), &[byte; 10]);
        let admission = Admission::new(3, 2);
        let first = admission.admit(account(1)).unwrap();
        let _second = admission.admit(account(1)).unwrap();
        assert!(admission.admit(account(1)).is_err(), "two for an account");
        let _third = admission.admit(account(2)).unwrap();
        assert!(admission.admit(account(3)).is_err(), "three in all");
        drop(first);
        assert!(admission.admit(account(1)).is_ok());
        assert_eq!(admission.open(), 2, "the last permit was dropped at once");
    }
}

//! How many live connections may be open at once: in all, and for one account. The rest is told when to come back.
//! And the end of those whose right to be there was revoked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use tokio_util::sync::CancellationToken;

use crate::{
    protocol::{AccountId, Problem, TaskId, Timestamp},
    server::{
        accounts::Identity,
        random,
        store::{
            accounts::{Digest, Revocation},
            room::Shared,
        },
        tasks::Caller,
    },
};

#[derive(Clone)]
pub struct Admission {
    open: Arc<Mutex<Open>>,
    total: usize,
    per_account: usize,
    /// Ends every connection.
    soft_stop: CancellationToken,
}

#[derive(Default)]
struct Open {
    total: usize,
    /// Never used twice.
    next: u64,
    by_account: HashMap<AccountId, HashMap<u64, Connected>>,
    /// Those that a link let in, by the link.
    by_share: HashMap<Digest, HashMap<u64, Watching>>,
}

struct Connected {
    credential: Option<Digest>,
    end: CancellationToken,
}

struct Watching {
    owner: AccountId,
    expires_at: Timestamp,
    end: CancellationToken,
}

/// Connections that one link lets in at once.
const MAX_PER_SHARE: usize = 500;

/// The right to one live connection; given back when dropped.
pub struct Permit {
    open: Arc<Mutex<Open>>,
    account_id: AccountId,
    share: Option<Digest>,
    number: u64,
    /// Cancelled when the server stops, or when what proved the right is not good any more.
    pub end: CancellationToken,
}

/// There is no room; the answer says when to try again, spread so that not all come at once.
#[derive(Debug)]
pub struct Refused;

impl Admission {
    pub fn new(total: usize, per_account: usize, soft_stop: CancellationToken) -> Self {
        Self { open: Arc::default(), total, per_account, soft_stop }
    }

    /// `shared`: the link without which they would not be let in.
    pub fn admit(&self, identity: &Identity, shared: Option<Shared>) -> Result<Permit, Refused> {
        let account_id = identity.account_id;
        let mut open = self.lock();
        let mine = open.by_account.get(&account_id).map_or(0, HashMap::len);
        let by_link = shared.and_then(|shared| open.by_share.get(&shared.secret)).map_or(0, HashMap::len);
        if open.total >= self.total || mine >= self.per_account || by_link >= MAX_PER_SHARE {
            return Err(Refused);
        }
        open.total += 1;
        open.next += 1;
        let (number, end) = (open.next, self.soft_stop.child_token());
        let connected = Connected { credential: identity.credential(), end: end.clone() };
        open.by_account.entry(account_id).or_default().insert(number, connected);
        if let Some(Shared { secret, owner, expires_at, .. }) = shared {
            open.by_share.entry(secret).or_default().insert(number, Watching { owner, expires_at, end: end.clone() });
        }
        Ok(Permit { open: Arc::clone(&self.open), account_id, share: shared.map(|shared| shared.secret), number, end })
    }

    /// Ends what hangs on it.
    pub fn revoke(&self, revocation: &Revocation) {
        let open = self.lock();
        // When everything of an account is, its links may be good still: whoever came by one may come again, and is judged then.
        let watching = open.by_share.iter().flat_map(|(secret, watching)| watching.values().map(move |watching| (secret, watching)));
        for (secret, watching) in watching {
            if revocation.credential.map_or(watching.owner == revocation.account_id, |credential| credential == *secret) {
                watching.end.cancel();
            }
        }
        let Some(connections) = open.by_account.get(&revocation.account_id) else { return };
        for connected in connections.values() {
            if revocation.credential.is_none() || connected.credential == revocation.credential {
                connected.end.cancel();
            }
        }
    }

    /// Ends what hangs on links that have expired.
    pub fn expire(&self, now: Timestamp) {
        for watching in self.lock().by_share.values().flat_map(HashMap::values).filter(|watching| watching.expires_at <= now) {
            watching.end.cancel();
        }
    }

    pub fn open(&self) -> usize {
        self.lock().total
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets somebody in to stay, whose proof is good now that revoking it would end the connection.
pub(super) async fn let_in(caller: &Caller, task_id: TaskId, shared: Option<Shared>) -> Result<Permit, Response> {
    let permit = caller.state.admission.admit(&caller.identity, shared).map_err(IntoResponse::into_response)?;
    still_good(caller, task_id).await.map_err(IntoResponse::into_response)?;
    Ok(permit)
}

/// For requests that wait before they answer, too.
pub(super) async fn still_good(caller: &Caller, task_id: TaskId) -> Result<(), Problem> {
    if caller.state.is_good(caller.identity.credential()).await? {
        if !caller.identity.shares.is_empty() {
            caller.access(task_id).await?;
        }
        return Ok(());
    }
    Err(Problem::new(401, "unauthorized", "Who is asking is not clear", "What you came in with was revoked."))
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.total -= 1;
        if let Some(mine) = open.by_account.get_mut(&self.account_id) {
            mine.remove(&self.number);
            if mine.is_empty() {
                open.by_account.remove(&self.account_id);
            }
        }
        if let Some(share) = self.share
            && let Some(watching) = open.by_share.get_mut(&share)
        {
            watching.remove(&self.number);
            if watching.is_empty() {
                open.by_share.remove(&share);
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
        let account = |byte| Identity::guest(AccountId::from_parts(crate::protocol::Timestamp::default(), &[byte; 10]));
        let admission = Admission::new(3, 2, CancellationToken::new());
        let first = admission.admit(&account(1), None).unwrap();
        let _second = admission.admit(&account(1), None).unwrap();
        assert!(admission.admit(&account(1), None).is_err(), "two for an account");
        let _third = admission.admit(&account(2), None).unwrap();
        assert!(admission.admit(&account(3), None).is_err(), "three in all");
        drop(first);
        assert!(admission.admit(&account(1), None).is_ok());
        assert_eq!(admission.open(), 2, "the last permit was dropped at once");
    }

    #[test]
    fn what_is_revoked_ends_and_nothing_else() {
        let account_id = AccountId::from_parts(crate::protocol::Timestamp::default(), &[1; 10]);
        let by = |number: u8| Identity { by: crate::server::accounts::By::Session([number; 32]), ..Identity::guest(account_id) };
        let stop = CancellationToken::new();
        let admission = Admission::new(10, 10, stop.clone());
        let permits: Vec<_> = [1, 2, 3].map(|number| admission.admit(&by(number), None).unwrap()).into();
        let ended = || permits.iter().map(|permit| permit.end.is_cancelled()).collect::<Vec<_>>();
        admission.revoke(&Revocation { revocation_id: 1, account_id, credential: Some([2; 32]) });
        assert_eq!(ended(), [false, true, false]);
        admission.revoke(&Revocation { revocation_id: 2, account_id, credential: None });
        assert_eq!(ended(), [true, true, true]);
        let later = admission.admit(&by(4), None).unwrap();
        stop.cancel();
        assert!(later.end.is_cancelled(), "a stopping server ends all");
    }

    #[test]
    fn who_came_by_a_link_goes_with_it() {
        let account = |byte| AccountId::from_parts(Timestamp::default(), &[byte; 10]);
        let at = |ms| Timestamp::from_micros(ms * 1000);
        let link = |number: u8, owner| Shared {
            share_id: crate::protocol::room::ShareId(account(number).0),
            secret: [number; 32],
            project_id: TaskId::from_parts(Timestamp::default(), &[1; 10]),
            owner: account(owner),
            may_comment: false,
            expires_at: at(i64::from(number)),
        };
        let admission = Admission::new(10, 10, CancellationToken::new());
        let links = [Some(link(1, 7)), Some(link(2, 7)), Some(link(3, 8)), None];
        let mut permits: Vec<_> = links.map(|link| admission.admit(&Identity::guest(account(9)), link).unwrap()).into();
        let ended = |permits: &[Permit]| permits.iter().map(|permit| permit.end.is_cancelled()).collect::<Vec<_>>();
        admission.expire(at(0));
        assert_eq!(ended(&permits), [false; 4]);
        admission.expire(at(1));
        assert_eq!(ended(&permits), [true, false, false, false]);
        admission.revoke(&Revocation { revocation_id: 1, account_id: account(8), credential: Some([3; 32]) });
        assert_eq!(ended(&permits), [true, false, true, false]);
        admission.revoke(&Revocation { revocation_id: 2, account_id: account(7), credential: None });
        assert_eq!(ended(&permits), [true, true, true, false]);
        permits.clear();
        assert_eq!((admission.open(), admission.lock().by_share.len()), (0, 0));
    }
}

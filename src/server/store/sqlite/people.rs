//! The contract for people, method by method: writes by the one writer, reads by the pool.

use async_trait::async_trait;

use super::{SqliteStore, accounts, ledger, proofs};
use crate::protocol::{
    AccountId, Timestamp,
    account::{AuditEntry, KeyId, KeyInfo, Posting, Tokens},
};
use crate::server::store::{
    Result,
    accounts::{Account, AccountChange, AccountFilter, Accounts, AuditFilter, Digest, NewAccount, NewAudit, NewKey, Proof, Revocation},
};

#[async_trait]
impl Accounts for SqliteStore {
    async fn register(&self, new: NewAccount) -> Result<()> {
        let (account_id, at, initial) = (new.account_id, new.at, self.options.initial_tokens);
        self.writer
            .write(move |db| {
                Box::pin(async move {
                    accounts::register(db, new).await?;
                    ledger::open_wallet(db, account_id, initial, at).await
                })
            })
            .await
    }

    async fn account(&self, account_id: AccountId) -> Result<Option<Account>> {
        accounts::by_id(&self.readers, account_id).await
    }

    async fn account_by_email(&self, email: &str) -> Result<Option<Account>> {
        accounts::by_email(&self.readers, email).await
    }

    async fn accounts(&self, filter: &AccountFilter) -> Result<Vec<(Account, Tokens)>> {
        accounts::list(&self.readers, filter).await
    }

    async fn change_account(&self, account_id: AccountId, change: AccountChange, at: Timestamp) -> Result<()> {
        let initial = self.options.initial_tokens;
        self.writer
            .write(move |db| {
                Box::pin(async move {
                    if change.grant.is_some() {
                        ledger::open_wallet(&mut *db, account_id, initial, at).await?;
                    }
                    accounts::change(db, account_id, change, at).await
                })
            })
            .await
    }

    async fn adopt(&self, guest: AccountId, account_id: AccountId, at: Timestamp) -> Result<()> {
        self.writer.write(move |db| Box::pin(accounts::adopt(db, guest, account_id, at))).await
    }

    async fn open_session(&self, secret: Digest, account_id: AccountId, at: Timestamp, expires_at: Timestamp) -> Result<()> {
        self.writer.write(move |db| Box::pin(proofs::open_session(db, secret, account_id, at, expires_at))).await
    }

    async fn session(&self, secret: Digest, at: Timestamp) -> Result<Option<Proof>> {
        proofs::session(&self.readers, secret, at).await
    }

    async fn end_session(&self, secret: Digest) -> Result<()> {
        self.writer.write(move |db| Box::pin(proofs::end_session(db, secret))).await
    }

    async fn end_sessions(&self, account_id: AccountId) -> Result<()> {
        self.writer.write(move |db| Box::pin(proofs::end_sessions(db, account_id))).await
    }

    async fn add_key(&self, new: NewKey) -> Result<()> {
        self.writer.write(move |db| Box::pin(proofs::add_key(db, new))).await
    }

    async fn keys(&self, account_id: AccountId) -> Result<Vec<KeyInfo>> {
        proofs::keys(&self.readers, account_id).await
    }

    async fn revoke_key(&self, account_id: AccountId, key_id: KeyId) -> Result<()> {
        self.writer.write(move |db| Box::pin(proofs::revoke_key(db, account_id, key_id))).await
    }

    async fn key(&self, secret: Digest, at: Timestamp) -> Result<Option<Proof>> {
        proofs::key(&self.readers, secret, at).await
    }

    async fn touch_key(&self, secret: Digest, at: Timestamp) -> Result<()> {
        self.writer.write(move |db| Box::pin(proofs::touch_key(db, secret, at))).await
    }

    async fn add_ticket(
        &self,
        secret: Digest,
        account_id: AccountId,
        credential: Digest,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        let ticket = proofs::Ticket { secret, account_id, credential, expires_at };
        self.writer.write(move |db| Box::pin(proofs::add_ticket(db, ticket, at))).await
    }

    async fn take_ticket(&self, secret: Digest, at: Timestamp) -> Result<Option<(AccountId, Digest)>> {
        self.writer.write(move |db| Box::pin(proofs::take_ticket(db, secret, at))).await
    }

    async fn revoked_after(&self, revocation_id: i64) -> Result<Vec<Revocation>> {
        proofs::revoked_after(&self.readers, revocation_id).await
    }

    async fn last_revocation(&self) -> Result<i64> {
        proofs::last_revocation(&self.readers).await
    }

    async fn tokens(&self, account_id: AccountId) -> Result<Option<Tokens>> {
        ledger::tokens(&self.readers, account_id).await
    }

    async fn grant(&self, account_id: AccountId, amount: i64, at: Timestamp) -> Result<Tokens> {
        let initial = self.options.initial_tokens;
        self.writer
            .write(move |db| {
                Box::pin(async move {
                    ledger::open_wallet(db, account_id, initial, at).await?;
                    ledger::grant(db, account_id, amount, at).await
                })
            })
            .await
    }

    async fn postings(&self, account_id: AccountId, limit: u32) -> Result<Vec<Posting>> {
        ledger::postings(&self.readers, account_id, limit).await
    }

    async fn ledger_error(&self) -> Result<(i64, i64)> {
        ledger::error(&self.readers).await
    }

    async fn record(&self, entry: NewAudit) -> Result<()> {
        self.writer.write(move |db| Box::pin(accounts::record(db, entry))).await
    }

    async fn audit(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>> {
        accounts::audit(&self.readers, filter).await
    }
}

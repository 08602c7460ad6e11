-- Whether somebody reads the mail of an account's address. NULL: nobody has shown it, also of accounts that are older than this.
ALTER TABLE account ADD COLUMN email_confirmed_at INTEGER;

-- Links in confirmation mails, each for one account and the address that it had then.
CREATE TABLE confirmation (
    secret_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(secret_sha256) = 32),
    account_id BLOB NOT NULL REFERENCES account (account_id),
    email TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX confirmation_expiry ON confirmation (expires_at);
CREATE INDEX confirmation_account ON confirmation (account_id);

-- Mails about no task ask for a confirmation: how many an account was sent lately.
CREATE INDEX delivery_confirmation ON delivery (target, created_at) WHERE way = 'mail' AND task_id IS NULL;

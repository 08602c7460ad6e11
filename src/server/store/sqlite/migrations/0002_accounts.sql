-- People, what proves who they are, and their tokens. A guest has no row in `account`: its signed cookie is all there is.

CREATE TABLE account (
    account_id BLOB NOT NULL PRIMARY KEY CHECK (length(account_id) = 16),
    -- In lower case: addresses that differ only in case are one person's.
    email TEXT NOT NULL UNIQUE,
    -- argon2id, in PHC format.
    password TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    -- NULL: without an end.
    subscribed_until INTEGER
) STRICT;

-- Of every secret only its SHA-256 is kept: it has 256 random bits, so that nothing slower is needed.
CREATE TABLE session (
    secret_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(secret_sha256) = 32),
    account_id BLOB NOT NULL REFERENCES account (account_id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_account ON session (account_id);

CREATE TABLE api_key (
    key_id BLOB NOT NULL PRIMARY KEY CHECK (length(key_id) = 16),
    secret_sha256 BLOB NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    account_id BLOB NOT NULL REFERENCES account (account_id),
    name TEXT NOT NULL,
    -- The first characters, so that a person can tell keys apart.
    prefix TEXT NOT NULL,
    -- Words with a space between them.
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
) STRICT;

CREATE INDEX api_key_account ON api_key (account_id, key_id);

-- Good for one connection, for half a minute.
CREATE TABLE ticket (
    secret_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(secret_sha256) = 32),
    account_id BLOB NOT NULL,
    credential BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_expiry ON ticket (expires_at);

-- What is not good any more, in order: every process reads on from the last that it knows, and closes what hangs on it.
CREATE TABLE revocation (
    revocation_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BLOB NOT NULL,
    -- The SHA-256 of a session's or key's secret; NULL: everything of the account.
    credential BLOB
) STRICT;

CREATE TABLE audit (
    audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account_id BLOB,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT;

CREATE INDEX audit_account ON audit (account_id, audit_id);

-- Double entry: the amounts of one entry add up to nothing, so all of them do. `free` and `held` belong to an account,
-- `granted` and `spent` to the house.
CREATE TABLE posting (
    posting_id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('grant', 'hold', 'capture', 'release', 'move')),
    book TEXT NOT NULL CHECK (book IN ('free', 'held', 'granted', 'spent')),
    account_id BLOB NOT NULL,
    amount INTEGER NOT NULL,
    task_id BLOB
) STRICT;

CREATE INDEX posting_account ON posting (account_id, posting_id);

-- The sums of the postings, kept beside them, so that the database itself refuses a balance below nothing.
CREATE TABLE wallet (
    account_id BLOB NOT NULL PRIMARY KEY,
    free INTEGER NOT NULL CHECK (free >= 0),
    held INTEGER NOT NULL CHECK (held >= 0)
) STRICT, WITHOUT ROWID;

-- What a task that has not ended holds.
CREATE TABLE task_hold (
    task_id BLOB NOT NULL PRIMARY KEY REFERENCES task (task_id),
    account_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX task_hold_account ON task_hold (account_id);

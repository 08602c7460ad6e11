-- Being told that a task has ended: by webhooks and by mail.

ALTER TABLE account ADD COLUMN mail_when_done INTEGER NOT NULL DEFAULT 0 CHECK (mail_when_done IN (0, 1));

CREATE TABLE webhook (
    webhook_id BLOB NOT NULL PRIMARY KEY CHECK (length(webhook_id) = 16),
    account_id BLOB NOT NULL REFERENCES account (account_id),
    url TEXT NOT NULL,
    -- Signs what is sent, so that a digest of it would be of no use. The one before signs too, for a while.
    secret BLOB NOT NULL CHECK (length(secret) = 24),
    old_secret BLOB CHECK (length(old_secret) = 24),
    old_secret_until INTEGER,
    -- Words with a space between them.
    events TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- Since when nothing has arrived.
    failing_since INTEGER,
    disabled_at INTEGER,
    disabled_why TEXT
) STRICT;

CREATE INDEX webhook_account ON webhook (account_id, webhook_id);

-- One message to one target, written by the transaction that ends the task. What it says is made of the task when it is sent: a task
-- that has ended does not change.
CREATE TABLE delivery (
    delivery_id INTEGER PRIMARY KEY AUTOINCREMENT,
    way TEXT NOT NULL CHECK (way IN ('webhook', 'mail')),
    -- The webhook, or for mail the account.
    target BLOB NOT NULL CHECK (length(target) = 16),
    account_id BLOB NOT NULL,
    -- What the receiver knows it by, however often it is sent: the task's id, or a random one of a test.
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    -- No reference: every new task would look for its messages.
    task_id BLOB CHECK (length(task_id) = 16),
    event TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    -- When it is sent (again); while it is being sent, when that counts as lost. NULL: it has ended.
    next_at INTEGER,
    -- Somebody is sending it.
    lease_until INTEGER,
    done_at INTEGER,
    arrived INTEGER NOT NULL DEFAULT 0,
    -- Of the last attempt.
    status INTEGER,
    error TEXT,
    CHECK ((next_at IS NULL) = (done_at IS NOT NULL))
) STRICT;

-- Of each target the message that is due first.
CREATE INDEX delivery_waiting ON delivery (target, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX delivery_leased ON delivery (target, lease_until) WHERE lease_until IS NOT NULL;
-- What one webhook was told, newest first.
CREATE INDEX delivery_target ON delivery (target, delivery_id);
CREATE INDEX delivery_done ON delivery (done_at) WHERE done_at IS NOT NULL;

-- Tasks and their logs. Ids are 16 bytes (UUIDv7: they sort by time), instants are microseconds since the epoch.

-- What is known of a task beside its log, for finding, sorting, claiming and fencing. Rows stay small, because every
-- event rewrites one: whatever is large has a table of its own.
CREATE TABLE task (
    task_id BLOB NOT NULL PRIMARY KEY CHECK (length(task_id) = 16),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    -- Title and source in lower case: SQLite's own LIKE folds ASCII only.
    search TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
    message TEXT NOT NULL,
    progress INTEGER NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 99 OR (progress = 100 AND status = 'completed')),
    head_seq INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0,
    file_bytes INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    run_at INTEGER NOT NULL,
    worker TEXT,
    lease_until INTEGER,
    cancel_requested_at INTEGER,
    idempotency_key TEXT,
    input_sha256 BLOB NOT NULL,
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX task_idempotency ON task (account_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
-- Lists, newest first.
CREATE INDEX task_account ON task (account_id, task_id);
-- Lists by status; how many are open.
CREATE INDEX task_account_status ON task (account_id, status, task_id);
-- Claiming: the queue as a whole, each account's own, and who has how many running (rescue reads this one too).
CREATE INDEX task_due ON task (run_at, task_id, account_id) WHERE status = 'queued';
CREATE INDEX task_account_due ON task (account_id, run_at, task_id) WHERE status = 'queued';
CREATE INDEX task_running ON task (account_id, lease_until) WHERE status = 'running';

CREATE TABLE task_input (
    task_id BLOB NOT NULL PRIMARY KEY REFERENCES task (task_id),
    json TEXT NOT NULL
) STRICT;

-- The log. `json` is exactly what clients get. Clustered by task, so that a replay reads neighbouring pages.
CREATE TABLE event (
    task_id BLOB NOT NULL REFERENCES task (task_id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    type TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (task_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_log_line ON event (task_id, seq) WHERE type = 'log';

-- Outputs of finished stages while the task lives, in the order in which they were finished first.
CREATE TABLE checkpoint (
    position INTEGER PRIMARY KEY,
    task_id BLOB NOT NULL REFERENCES task (task_id),
    stage TEXT NOT NULL,
    output TEXT NOT NULL,
    UNIQUE (task_id, stage)
) STRICT;

-- `content` last: lists do not read it.
CREATE TABLE file (
    task_id BLOB NOT NULL REFERENCES task (task_id),
    path TEXT NOT NULL,
    seq INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (task_id, path)
) STRICT;

CREATE TABLE artifact (
    task_id BLOB NOT NULL PRIMARY KEY REFERENCES task (task_id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;

-- Keys that must outlive the process.
CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- One row that the readiness check writes.
CREATE TABLE pulse (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    beats INTEGER NOT NULL
) STRICT;

-- A project's room: the runs that belong together, the links that show them to others, and what people say about them.

-- The first task of a chain of repeats; of a task that repeats none, itself. So a project's runs stand together in an index.
ALTER TABLE task ADD COLUMN project_id BLOB CHECK (project_id IS NULL OR length(project_id) = 16);

WITH RECURSIVE chain (task_id, project_id) AS (
    SELECT task_id, task_id FROM task WHERE retry_of IS NULL OR retry_of NOT IN (SELECT task_id FROM task)
    UNION ALL SELECT task.task_id, chain.project_id FROM chain JOIN task ON task.retry_of = chain.task_id
)
UPDATE task SET project_id = chain.project_id FROM chain WHERE chain.task_id = task.task_id;

CREATE INDEX task_project ON task (project_id, task_id);

-- Links that let whoever has them watch a project. Whose it is, its first task says.
CREATE TABLE share (
    share_id BLOB NOT NULL PRIMARY KEY CHECK (length(share_id) = 16),
    secret_sha256 BLOB NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    -- No reference: every new task would look for its links.
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    label TEXT NOT NULL,
    may_comment INTEGER NOT NULL CHECK (may_comment IN (0, 1)),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE INDEX share_project ON share (project_id, share_id);

-- What somebody said about a moment of a run: the event `seq` of its log.
CREATE TABLE comment (
    comment_id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    task_id BLOB NOT NULL CHECK (length(task_id) = 16),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    account_id BLOB NOT NULL CHECK (length(account_id) = 16),
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX comment_project ON comment (project_id, comment_id);
CREATE INDEX comment_account ON comment (account_id, project_id);

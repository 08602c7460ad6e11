-- Which task repeats which. It was in event 1 only; whoever has an old id must find the newest run.
ALTER TABLE task ADD COLUMN retry_of BLOB CHECK (retry_of IS NULL OR length(retry_of) = 16);

UPDATE task SET retry_of = unhex(
    (SELECT replace(json_extract(json, '$.created.retry_of'), '-', '') FROM event WHERE event.task_id = task.task_id AND seq = 1)
);

CREATE INDEX task_retry ON task (retry_of) WHERE retry_of IS NOT NULL;

-- Leases on GPU tokens: a row lives from before the queue is asked until the queue knows of the end.
-- They outlive their jobs: whoever removes a job must not leak its tokens.
CREATE TABLE leases (
    session_id    TEXT PRIMARY KEY,
    job_id        TEXT NOT NULL,
    -- enqueued, granted or ended
    state         TEXT NOT NULL,
    -- succeeded, failed or cancelled, once ended
    outcome       TEXT,
    created_at_ms INTEGER NOT NULL
) STRICT;

-- Work begun in an engine elsewhere, by the name it has there: after a crash it is fetched, not
-- played a second time.
CREATE TABLE engine_tasks (
    job_id    TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    track     TEXT NOT NULL,
    variation INTEGER NOT NULL,
    seed      INTEGER NOT NULL,
    task      TEXT NOT NULL,
    PRIMARY KEY (job_id, track, variation, seed)
) STRICT;

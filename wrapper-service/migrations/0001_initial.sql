-- Times are milliseconds of Unix time. Words are those of the /v1 contract.

CREATE TABLE sources (
    source_id      TEXT PRIMARY KEY,
    duration_secs  REAL NOT NULL,
    sample_rate_hz INTEGER NOT NULL,
    channels       INTEGER NOT NULL,
    frames         INTEGER NOT NULL,
    bytes          INTEGER NOT NULL,
    used_at_ms     INTEGER NOT NULL,
    analysis       TEXT
) STRICT;

CREATE TABLE jobs (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id          TEXT NOT NULL UNIQUE,
    owner           TEXT NOT NULL,
    source_id       TEXT NOT NULL REFERENCES sources (source_id),
    request         TEXT NOT NULL,
    seed            INTEGER NOT NULL,
    -- 0 is taken first
    priority        INTEGER NOT NULL,
    -- tracks times variations
    candidates      INTEGER NOT NULL,
    idempotency_key TEXT,
    request_hash    TEXT,
    state           TEXT NOT NULL,
    attempt         INTEGER NOT NULL,
    failures        INTEGER NOT NULL,
    not_before_ms   INTEGER NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    started_at_ms   INTEGER,
    finished_at_ms  INTEGER,
    error           TEXT,
    progress        REAL NOT NULL,
    stage           TEXT NOT NULL,
    version         INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (owner, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX jobs_by_turn ON jobs (state, priority, seq);
CREATE INDEX jobs_by_owner ON jobs (owner, seq);
CREATE INDEX jobs_by_source ON jobs (source_id);

CREATE TABLE stems (
    added     INTEGER PRIMARY KEY AUTOINCREMENT,
    stem_id   TEXT NOT NULL UNIQUE,
    job_id    TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    track     TEXT NOT NULL,
    variation INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    format    TEXT NOT NULL,
    stem      TEXT NOT NULL,
    words     TEXT NOT NULL,
    UNIQUE (job_id, track, variation)
) STRICT;

CREATE TABLE stem_files (
    stem_id TEXT NOT NULL REFERENCES stems (stem_id) ON DELETE CASCADE,
    format  TEXT NOT NULL,
    hash    TEXT NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (stem_id, format)
) STRICT;

CREATE INDEX stem_files_by_hash ON stem_files (hash);

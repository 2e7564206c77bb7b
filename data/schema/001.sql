-- One person's store. Columns hold opaque keys, counters and sealed bodies only: nothing here may
-- name a patient, a title, a kind or a time.
CREATE TABLE wrap (
    id INTEGER PRIMARY KEY,
    method TEXT NOT NULL,
    cert BLOB NOT NULL UNIQUE,
    salt BLOB NOT NULL,
    wrapped BLOB NOT NULL
);
-- 'check': a sealed constant that tells the right key; 'guard': highest revisions of live rows
CREATE TABLE guard (
    name TEXT PRIMARY KEY,
    rev INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
-- a journal: several rows per draft, n counts up within one draft
CREATE TABLE draft (
    key BLOB NOT NULL,
    n INTEGER NOT NULL,
    schema INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (key, n)
);
CREATE TABLE queue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL,
    key BLOB NOT NULL,
    rev INTEGER NOT NULL,
    schema INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (queue, key)
);
CREATE TABLE cache (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    patient BLOB NOT NULL,
    schema INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX cache_patient ON cache (patient);
CREATE TABLE resume (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    rev INTEGER NOT NULL,
    schema INTEGER NOT NULL,
    body BLOB NOT NULL
);

-- What the base knows. The vector index can be rebuilt from these tables alone.

CREATE TABLE versions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    document    TEXT    NOT NULL,             -- canonical document id
    source      TEXT    NOT NULL,             -- the file it was read from
    hash        TEXT    NOT NULL,             -- SHA-256 of the file and the reader's version
    day         INTEGER NOT NULL DEFAULT 0,   -- the version's own date as yyyymmdd; 0 when it has none
    valid_from  INTEGER NOT NULL,             -- first day it is the rule, yyyymmdd; 0 when open
    valid_to    INTEGER NOT NULL,             -- last day it is the rule, yyyymmdd; 99999999 when open
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'live', 'replaced')),
    body        TEXT    NOT NULL,             -- the document as JSON
    ingested_at TEXT    NOT NULL
);
CREATE INDEX versions_by_document ON versions (document, state);
CREATE INDEX versions_by_source ON versions (source, state);

CREATE TABLE passages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- also the point's id in the vector index
    version    INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    ordinal    INTEGER NOT NULL,
    questions  TEXT    NOT NULL DEFAULT '',        -- fingerprint of the questions indexed with it
    body       TEXT    NOT NULL                    -- the passage as JSON
);
CREATE INDEX passages_by_version ON passages (version, ordinal);

-- Embeddings by text, so that neither an unchanged passage nor an interrupted ingest is paid for twice.
CREATE TABLE vectors (
    model  TEXT NOT NULL,
    hash   BLOB NOT NULL,
    vector BLOB NOT NULL,                          -- little-endian f16
    PRIMARY KEY (model, hash)
) WITHOUT ROWID;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

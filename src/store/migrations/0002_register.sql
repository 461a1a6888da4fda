-- The register: what the program has found and what people have decided. Plain SQL, so that another database can hold it.

-- What each document version says the rule is; vectors are in the table of that name.
CREATE TABLE readings (
    version INTEGER PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    key     TEXT NOT NULL,                    -- fingerprint of the version's words
    maker   TEXT NOT NULL,                    -- engine and model that made it
    body    TEXT NOT NULL                     -- conflict::Reading as JSON, without vectors
);

-- Pairs of readings that answer a question differently, as the engine judged them.
CREATE TABLE pairs (
    a    INTEGER NOT NULL REFERENCES readings (version) ON DELETE CASCADE,
    b    INTEGER NOT NULL REFERENCES readings (version) ON DELETE CASCADE,
    body TEXT    NOT NULL                     -- conflict::Pair as JSON
);
CREATE INDEX pairs_by_a ON pairs (a);
CREATE INDEX pairs_by_b ON pairs (b);

-- Pairs that were looked at and found to be no conflict.
CREATE TABLE near_misses (
    a    INTEGER NOT NULL REFERENCES readings (version) ON DELETE CASCADE,
    b    INTEGER NOT NULL REFERENCES readings (version) ON DELETE CASCADE,
    body TEXT    NOT NULL                     -- conflict::Rejected as JSON
);
CREATE INDEX near_misses_by_a ON near_misses (a);
CREATE INDEX near_misses_by_b ON near_misses (b);

-- Conflicts as the engine sees them now; those it no longer sees are kept, marked as gone.
CREATE TABLE conflicts (
    id           TEXT PRIMARY KEY,
    body         TEXT    NOT NULL,            -- conflict::Conflict as JSON
    found_at     TEXT    NOT NULL,
    last_changed TEXT    NOT NULL,
    gone         INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1))
);

-- What people have decided about a conflict. The revision counts the changes.
CREATE TABLE decisions (
    conflict TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL                 -- register::Decision as JSON
);

-- How a ruling is to be read, by document id.
CREATE TABLE signals (
    document TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL                 -- register::Signal as JSON
);

-- Questions raised and answered in writing.
CREATE TABLE clarifications (
    id       TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL                 -- register::Clarification as JSON
);

-- Every act of a person, and what the program did to a person's decision. Rows are only added.
CREATE TABLE acts (
    id      INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    subject TEXT NOT NULL CHECK (subject IN ('conflict', 'signal', 'clarification')),
    target  TEXT NOT NULL,                    -- id of the conflict, document or clarification
    what    TEXT NOT NULL,
    before  TEXT NOT NULL,                    -- JSON; null when there was nothing
    after   TEXT NOT NULL
);
CREATE INDEX acts_by_target ON acts (subject, target);

-- What each ingest brought.
CREATE TABLE news (
    id   INTEGER PRIMARY KEY,
    at   TEXT NOT NULL,
    body TEXT NOT NULL                        -- register::WhatIsNew as JSON
);

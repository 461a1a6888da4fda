-- Question files that came with an ingested corpus: they belong to its passages also when another folder is ingested.
CREATE TABLE question_files (
    source TEXT PRIMARY KEY,
    body   TEXT NOT NULL
) WITHOUT ROWID;

-- Embeddings of the pieces of a passage that can be quoted, in their order, one byte a number; empty until they are made.
ALTER TABLE passages ADD COLUMN pieces BLOB NOT NULL DEFAULT x'';

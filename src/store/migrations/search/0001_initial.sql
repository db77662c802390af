-- The text index, one entry an incident: stems of its summary, its address and
-- its messages, masked before. rowid is the incident's row in pult.db.
--
-- No text is kept here (content=''): it stands in pult.db. The tokenizer is
-- `ascii` because folding and stemming are done before, in search_text.rs, and
-- it takes every letter beyond ASCII as it comes.
CREATE VIRTUAL TABLE entry USING fts5 (
    stems,
    content = '',
    contentless_delete = 1,
    tokenize = 'ascii'
);

-- `store_id` of the pult.db that was indexed, and `stemming`, the version of
-- the code that made the stems; where either differs, the index is built anew.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

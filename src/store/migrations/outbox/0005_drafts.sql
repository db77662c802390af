-- What an officer has begun to write and not done yet, by office, incident
-- (empty for one that is made by hand) and form. `action` is the action as it
-- stands, in the form of the contract; it leaves the table in the transaction
-- that makes it a command. `check_sum` is a CRC-32 over all other columns
-- (drafts.rs): a draft that does not hold is not shown, and stays until the
-- same form is written in again.
CREATE TABLE draft (
    office     TEXT NOT NULL,
    incident   TEXT NOT NULL,
    form       TEXT NOT NULL,
    action     TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    check_sum  INTEGER NOT NULL,
    PRIMARY KEY (office, incident, form)
) STRICT;

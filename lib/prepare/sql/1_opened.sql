-- Step 1 where rows are chosen by their type, or opened from lists: what is left out is counted.
-- Wants:  opened, a view or table (source's columns; type; empty: the row of lists that hold nothing); event_types; left_out; variable
--         learning, a regular expression: rows whose type matches it are kept.
-- Gives:  source for 1_log.sql; rows in event_types (all types, kept or not) and left_out.
INSERT INTO event_types
SELECT type, coalesce(regexp_matches(type, getvariable('learning')), true) AS kept, count(*) FROM opened WHERE NOT empty GROUP BY type, kept;

INSERT INTO left_out
SELECT CASE WHEN empty THEN 'empty' ELSE 'other' END AS reason, count(*) FROM opened
WHERE empty OR NOT coalesce(regexp_matches(type, getvariable('learning')), true) GROUP BY reason;

-- An event without a type is kept: what it is cannot be told, and without a time it is a bad row.
CREATE OR REPLACE TEMP VIEW source AS
SELECT user_id, item, session_id, time, written, fault, place FROM opened
WHERE NOT empty AND coalesce(regexp_matches(type, getvariable('learning')), true);

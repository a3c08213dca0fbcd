-- Step 1 for the XuetangX log, for a batch of pieces: JSON, {session: [[type, time], …]} of one user in one course, opened into rows.
-- Wants:  pieces (course, user_id, sessions as UTF-8 bytes, start in bytes); event_types and malformed, which earlier batches may have
--         begun; variable learning, a regular expression: events whose type matches it are kept.
-- Gives:  source for 1_log.sql; rows in event_types (all types, kept or not) and malformed (pieces that are no JSON).
CREATE OR REPLACE TEMP TABLE texts AS SELECT course, user_id, start, try(decode(sessions)) AS sessions FROM pieces;

INSERT INTO malformed SELECT course, user_id, start FROM texts WHERE json_valid(sessions) IS NOT true;

-- An event without a type is kept: what it is cannot be told, and without a time it is a bad row. So is a session that is no list.
CREATE OR REPLACE TEMP TABLE opened AS
SELECT user_id, course, session_id, event[1] AS type, event[2] AS time, coalesce(regexp_matches(event[1], getvariable('learning')), true) AS kept
FROM (
  SELECT user_id, course, entry.key AS session_id, unnest(coalesce(entry.value, [NULL])) AS event
  FROM (
    SELECT user_id, course, unnest(map_entries(json_transform(sessions, '"MAP(VARCHAR, VARCHAR[][])"'))) AS entry
    FROM texts WHERE json_valid(sessions)
  )
);

INSERT INTO event_types SELECT type, kept, count(*) FROM opened GROUP BY type, kept;

CREATE OR REPLACE TEMP VIEW source AS SELECT user_id, course AS item, session_id, time FROM opened WHERE kept;

-- Step 1 for the XuetangX log, for a batch of pieces: JSON, {session: [[type, time], …]} of one user in one course, opened into rows.
-- Wants:  pieces (course, user_id, sessions as UTF-8 bytes, start in bytes); malformed, which earlier batches may have begun.
-- Gives:  opened for 1_opened.sql; rows in malformed (pieces that are no JSON).
CREATE OR REPLACE TEMP TABLE texts AS SELECT course, user_id, start, try(decode(sessions)) AS sessions FROM pieces;

INSERT INTO malformed SELECT course, user_id, start FROM texts WHERE json_valid(sessions) IS NOT true;

-- A session that is no list is a bad row: what it is cannot be told.
CREATE OR REPLACE TEMP TABLE opened_rows AS
SELECT user_id, course AS item, session_id, microseconds_of(event[2]) AS time, event[2] AS written, NULL::VARCHAR AS fault, NULL::BIGINT AS place,
  event[1] AS type, false AS empty
FROM (
  SELECT user_id, course, entry.key AS session_id, unnest(coalesce(entry.value, [NULL])) AS event
  FROM (
    SELECT user_id, course, unnest(map_entries(json_transform(sessions, '"MAP(VARCHAR, VARCHAR[][])"'))) AS entry
    FROM texts WHERE json_valid(sessions)
  )
);

CREATE OR REPLACE TEMP VIEW opened AS FROM opened_rows;

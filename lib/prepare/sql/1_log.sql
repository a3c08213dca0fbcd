-- Step 1, for each file: its rows as they come, in their order, times as numbers.
-- Wants:  log, microseconds_of; source, a view or table of texts (user_id, item, session_id, time), session_id NULL where there is none.
-- Gives:  rows in log.
INSERT INTO log
SELECT nullif(user_id, ''), nullif(item, ''), nullif(session_id, ''), microseconds, CASE WHEN microseconds IS NULL THEN time END
FROM (SELECT *, microseconds_of(time) AS microseconds FROM source);

-- Step 1, for each file or part of one: its rows as they come, in their order.
-- Wants:  log; source, a view or table (user_id, item, session_id as texts, NULL where there is none; time in microseconds; written, the
--         time as it was written; fault, what else is wrong with the row; place).
-- Gives:  rows in log.
INSERT INTO log
SELECT nullif(user_id, ''), nullif(item, ''), nullif(session_id, ''), CASE WHEN fault IS NULL THEN time END, CASE WHEN time IS NULL THEN written END,
  fault, place
FROM source;

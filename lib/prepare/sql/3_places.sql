-- Step 3 for a log without times, whose rows are in order: a user's events get their places, from 0, where a second would be.
-- Wants:  events.
-- Gives:  events.
CREATE OR REPLACE TABLE events AS
SELECT user_no, name_no, item_no, (row_number() OVER (PARTITION BY user_no ORDER BY row_no) - 1) * 1000000 AS time, row_no FROM events
ORDER BY user_no, name_no NULLS LAST, time, row_no;

-- Step 3: the events that count, by user, platform session and time; the original order breaks ties.
-- Wants:  log, items, users, session_names, left_out.
-- Gives:  events; span (the first and last time, in microseconds); rows in left_out; sessions, learners and counts, empty, for step 4.
CREATE TABLE events AS
SELECT user_no, name_no, item_no, time, log.rowid AS row_no
FROM log JOIN items USING (item) JOIN users USING (user_id) LEFT JOIN session_names USING (session_id)
WHERE time IS NOT NULL
ORDER BY user_no, name_no NULLS LAST, time, row_no;

INSERT INTO left_out
SELECT 'item', count(*) FROM log ANTI JOIN items USING (item) WHERE user_id IS NOT NULL AND item IS NOT NULL AND time IS NOT NULL;

CREATE TABLE span AS
SELECT min(time) AS first_time, max(time) AS last_time FROM log WHERE user_id IS NOT NULL AND item IS NOT NULL AND time IS NOT NULL;

DROP TABLE log;

-- A session that has pairs: its items; of each pair the prefix length t (items[1:t] → items[t + 1]), label, label time in seconds and
-- whether the label is in the prefix already; and the pair_id of the first of them.
CREATE TABLE sessions (
  user_no INTEGER, user_id VARCHAR, session_id VARCHAR, items BIGINT[],
  lengths BIGINT[], labels BIGINT[], times BIGINT[], repeats BOOLEAN[], first_pair BIGINT, split VARCHAR
);

-- A user that has pairs: their ids and label times, by time.
CREATE TABLE learners (user_no INTEGER, user_id VARCHAR, pair_ids BIGINT[], times BIGINT[], split VARCHAR);

CREATE TABLE counts (stage VARCHAR, n BIGINT);

-- Step 4: sessions and their pairs, for the users first_user to last_user; run it for one range of users after the other, in order
-- (lists do not spill to disk, so a range is what has to fit into memory).
-- Wants:  events; counts, with what the ranges before gave; variables first_user, last_user, gap (microseconds without an event that end a
--         session; it takes more than that), min_user_pairs (users with fewer pairs are left out), ordered (true: times are places, to which no rule of time applies).
-- Gives:  rows in sessions, learners and counts.
CREATE OR REPLACE TEMP TABLE distinct_events AS
SELECT * FROM events WHERE user_no BETWEEN getvariable('first_user') AND getvariable('last_user')
QUALIFY row_number() OVER (PARTITION BY user_no, name_no, item_no, time ORDER BY row_no) = 1;

CREATE OR REPLACE TEMP TABLE visits AS
WITH steps AS (
  SELECT *, lag(time) OVER earlier AS time_before, lag(item_no) OVER earlier AS item_before FROM distinct_events
  WINDOW earlier AS (PARTITION BY user_no, name_no ORDER BY time, row_no)
), openings AS (
  SELECT *, time_before IS NULL OR (name_no IS NULL AND time - time_before > getvariable('gap')) AS opens FROM steps
)
SELECT user_no, name_no, item_no, time, row_no, opens,
  sum(opens::INTEGER) OVER sofar - 1 AS number, -- of the session: from 0, in time
  -- the strict-time rule, in the whole seconds that the files hold
  NOT opens AND (coalesce(getvariable('ordered'), false) OR time // 1000000 > lag(time) OVER sofar // 1000000) AS makes_pair
FROM openings
WHERE opens OR item_no <> item_before
WINDOW sofar AS (PARTITION BY user_no, name_no ORDER BY time, row_no);

-- The visits of a session as one list, sorted after it is made: an ordered aggregate takes 100 kB for every session of more than 16 visits.
CREATE OR REPLACE TEMP TABLE made AS
WITH marked AS (
  SELECT *, row_number() OVER (PARTITION BY user_no, name_no, number, item_no ORDER BY time, row_no) > 1 AS repeats FROM visits
), grouped AS (
  SELECT user_no, name_no, number, list_sort(list({time: time, row_no: row_no, item: item_no, repeats: repeats, makes_pair: makes_pair})) AS steps
  FROM marked GROUP BY user_no, name_no, number
), placed AS ( -- the places, from 1, of the labels
  SELECT *, list_filter(list_transform(steps, lambda step, place: CASE WHEN step.makes_pair THEN place END), lambda p: p IS NOT NULL) AS places
  FROM grouped
), labelled AS (
  SELECT *, list_select(steps, places) AS label_steps FROM placed
)
SELECT user_no, user_id, coalesce(session_id, user_id || '_' || number::VARCHAR) AS session_id, steps[1].row_no AS first_row,
  list_transform(steps, lambda step: step.item::BIGINT) AS items, list_transform(places, lambda place: place - 1) AS lengths,
  list_transform(label_steps, lambda step: step.item::BIGINT) AS labels, list_transform(label_steps, lambda step: step.time // 1000000) AS times,
  list_transform(label_steps, lambda step: step.repeats) AS repeats
FROM labelled JOIN users USING (user_no) LEFT JOIN session_names USING (name_no);

INSERT INTO counts
SELECT 'distinct_events', count(*) FROM distinct_events
UNION ALL SELECT 'visits', count(*) FROM visits
UNION ALL SELECT 'sessions', count(*) FROM made
UNION ALL SELECT 'sessions_of_one_course', count(*) FROM made WHERE len(items) = 1
UNION ALL SELECT 'steps', count(*) FROM visits WHERE NOT opens
UNION ALL SELECT 'steps_kept', count(*) FROM visits WHERE makes_pair;

-- first_pair: how many pairs come before, in the ranges before, which counts has, and in this one. (Numbered without their lists, which are long;
-- a platform's name of a session may be that of one cut by time, and then the earlier row is first.)
INSERT INTO sessions
WITH long_enough AS (
  SELECT user_no, session_id, first_row, len(lengths) AS pairs FROM made WHERE len(lengths) > 0
  QUALIFY sum(pairs) OVER (PARTITION BY user_no) >= getvariable('min_user_pairs')
), numbered AS (
  SELECT first_row, (SELECT coalesce(sum(n), 0)::BIGINT FROM counts WHERE stage = 'pairs')
    + sum(pairs) OVER (ORDER BY user_no, session_id, first_row ROWS UNBOUNDED PRECEDING) - pairs AS first_pair
  FROM long_enough
)
SELECT user_no, user_id, session_id, items, lengths, labels, times, repeats, first_pair, NULL
FROM made JOIN numbered USING (first_row)
ORDER BY first_pair;

INSERT INTO counts
SELECT 'pairs', coalesce(sum(len(lengths)), 0)::BIGINT FROM sessions
WHERE user_no BETWEEN getvariable('first_user') AND getvariable('last_user');

INSERT INTO learners
SELECT user_no, user_id, list_transform(pairs, lambda pair: pair.pair_id), list_transform(pairs, lambda pair: pair.time), NULL
FROM (
  SELECT user_no, user_id, list_sort(list({time: time, pair_id: pair_id})) AS pairs
  FROM (
    SELECT user_no, user_id, first_pair + unnest(range(len(lengths))) AS pair_id, unnest(times) AS time
    FROM sessions WHERE user_no BETWEEN getvariable('first_user') AND getvariable('last_user')
  )
  GROUP BY user_no, user_id
)
ORDER BY user_no;

DROP TABLE distinct_events;
DROP TABLE visits;
DROP TABLE made;

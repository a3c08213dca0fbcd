-- Step 2: numbers for names, in the order of their code points (DuckDB compares texts byte by byte, which in UTF-8 is that order).
-- Wants:  log; variable min_item_count, the fewest events of an item that stays.
-- Gives:  items (item_no is the vocabulary's id), users, session_names.
CREATE TABLE items AS
SELECT item, (row_number() OVER (ORDER BY item) - 1)::INTEGER AS item_no
FROM (
  SELECT item FROM log WHERE user_id IS NOT NULL AND item IS NOT NULL AND time IS NOT NULL
  GROUP BY item HAVING count(*) >= getvariable('min_item_count')
)
ORDER BY item_no;

CREATE TABLE users AS
SELECT user_id, (row_number() OVER (ORDER BY user_id) - 1)::INTEGER AS user_no, events
FROM (SELECT user_id, count(*) AS events FROM log WHERE user_id IS NOT NULL GROUP BY user_id)
ORDER BY user_no;

CREATE TABLE session_names AS
SELECT session_id, (row_number() OVER (ORDER BY session_id) - 1)::INTEGER AS name_no
FROM (SELECT DISTINCT session_id FROM log WHERE session_id IS NOT NULL);

-- Step 4 again and again, where rare users have made items rare or the other way round: users without enough pairs go, then items without
-- enough events of those who stay, and what is left gets new numbers. Nothing is left to do when left_out stays as it is.
-- Wants:  events, items, learners, sessions, counts, left_out; variable min_item_count.
-- Gives:  events, items; rows in left_out; sessions, learners and counts, empty again.
CREATE OR REPLACE TEMP TABLE left_items AS
SELECT item_no, (row_number() OVER (ORDER BY item_no) - 1)::INTEGER AS new_no
FROM (SELECT item_no FROM events SEMI JOIN learners USING (user_no) GROUP BY item_no HAVING count(*) >= getvariable('min_item_count'));

INSERT INTO left_out
SELECT 'user', count(*) FROM events ANTI JOIN learners USING (user_no)
UNION ALL SELECT 'item', count(*) FROM events SEMI JOIN learners USING (user_no) ANTI JOIN left_items USING (item_no);

CREATE OR REPLACE TABLE events AS
SELECT user_no, name_no, new_no AS item_no, time, row_no FROM events SEMI JOIN learners USING (user_no) JOIN left_items USING (item_no)
ORDER BY user_no, name_no NULLS LAST, time, row_no;

CREATE OR REPLACE TABLE items AS SELECT item, new_no AS item_no FROM items JOIN left_items USING (item_no) ORDER BY item_no;

DELETE FROM sessions;
DELETE FROM learners;
DELETE FROM counts;

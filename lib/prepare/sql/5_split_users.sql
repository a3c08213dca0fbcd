-- Step 5, by user: learners in the order of their names take the splits that a shuffle dealt to their places.
-- Wants:  sessions, learners; dealt (place from 0, split).
-- Gives:  sessions.split and learners.split.
UPDATE learners SET split = dealt.split
FROM (SELECT user_no, row_number() OVER (ORDER BY user_no) - 1 AS place FROM learners) AS places JOIN dealt USING (place)
WHERE learners.user_no = places.user_no;

UPDATE sessions SET split = learners.split FROM learners WHERE sessions.user_no = learners.user_no;

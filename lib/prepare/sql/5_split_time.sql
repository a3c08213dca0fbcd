-- Step 5, by time: learners by arrival, which is the label time of their first pair. Those who came before val_from are train, those
-- before test_from val, the rest test: every test user is new. (Step 6 leaves out what a learner of train or val did past the cut.)
-- Wants:  sessions, learners; variables train_share, val_share.
-- Gives:  sessions.split, learners.split; variables val_from and test_from, in seconds.
SET VARIABLE val_from = (
  SELECT list(times[1] ORDER BY times[1])[least(floor(getvariable('train_share') * count(*))::BIGINT + 1, count(*))] FROM learners
);
SET VARIABLE test_from = (
  SELECT list(times[1] ORDER BY times[1])[least(
    floor(getvariable('train_share') * count(*))::BIGINT + floor(getvariable('val_share') * count(*))::BIGINT + 1, count(*)
  )] FROM learners
);

UPDATE learners SET split = CASE
  WHEN times[1] < getvariable('val_from') THEN 'train'
  WHEN times[1] < getvariable('test_from') THEN 'val' ELSE 'test' END;

UPDATE sessions SET split = learners.split FROM learners WHERE sessions.user_no = learners.user_no;

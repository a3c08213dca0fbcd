-- Step 5, by time: learners by arrival, which is the label time of their first pair. Those who came before val_from are train, those
-- before test_from val, the rest test: every test user is new. (Step 6 leaves out what a learner of train or val did past the cut.)
-- Those who arrive in the same second stay together: a cut lies between two seconds, as near to the share as it can; neither train nor,
-- where it has a share, val is left empty if there is another cut.
-- Wants:  sessions, learners; variables train_share, val_share.
-- Gives:  arrivals (a second, how many came before it and in it); sessions.split, learners.split; variables train_users and val_users, as
--         many as their shares ask, val_from and test_from, in seconds, val_from NULL where all arrive in one second.
CREATE OR REPLACE TEMP TABLE arrivals AS
SELECT arrival, sum(together) OVER (ORDER BY arrival) - together AS before, together
FROM (SELECT times[1] AS arrival, count(*) AS together FROM learners GROUP BY arrival);

SET VARIABLE train_users = (SELECT floor(getvariable('train_share') * count(*))::BIGINT FROM learners);
SET VARIABLE val_users = (SELECT floor(getvariable('val_share') * count(*))::BIGINT FROM learners);

SET VARIABLE val_from = (
  SELECT arrival FROM arrivals WHERE before > 0 OR getvariable('train_users') = 0
  ORDER BY abs(before - getvariable('train_users')), before LIMIT 1
);
SET VARIABLE test_from = coalesce((
  SELECT arrival FROM arrivals WHERE arrival > getvariable('val_from') OR (arrival = getvariable('val_from') AND getvariable('val_users') = 0)
  ORDER BY abs(before - getvariable('train_users') - getvariable('val_users')), before LIMIT 1
), getvariable('val_from'));

UPDATE learners SET split = CASE
  WHEN times[1] < getvariable('val_from') THEN 'train'
  WHEN times[1] < getvariable('test_from') THEN 'val' ELSE 'test' END;

UPDATE sessions SET split = learners.split FROM learners WHERE sessions.user_no = learners.user_no;

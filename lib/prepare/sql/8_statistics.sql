-- Step 8: how many pairs of a split have which label and prefix length, and in how many the label was in the prefix already.
-- Wants:  sessions; variables split, until.
-- Gives:  rows in pair_counts.
CREATE TABLE IF NOT EXISTS pair_counts (split VARCHAR, label BIGINT, prefix_len BIGINT, pairs BIGINT, repeats BIGINT);

INSERT INTO pair_counts
SELECT getvariable('split'), label, t, count(*), count(*) FILTER (first_place <= t)
FROM (
  SELECT items[t + 1] AS label, t, list_position(items, items[t + 1]) AS first_place
  FROM (SELECT items, times, unnest(lengths) AS t FROM sessions WHERE split = getvariable('split'))
  WHERE times[t + 1] < getvariable('until')
)
GROUP BY label, t;

-- Step 8: how many pairs of a split have which label and prefix length, and in how many the label was in the prefix already.
-- Wants:  sessions; variables split, until.
-- Gives:  rows in pair_counts.
CREATE TABLE IF NOT EXISTS pair_counts (split VARCHAR, label BIGINT, prefix_len BIGINT, pairs BIGINT, repeats BIGINT);

INSERT INTO pair_counts
SELECT getvariable('split'), label, t, count(*), count(*) FILTER (repeats)
FROM (
  SELECT unnest(labels) AS label, unnest(lengths) AS t, unnest(times) AS time, unnest(repeats) AS repeats
  FROM sessions WHERE split = getvariable('split')
)
WHERE time < getvariable('until')
GROUP BY label, t;

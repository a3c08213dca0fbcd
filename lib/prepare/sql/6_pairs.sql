-- Step 6: the pairs of one split, in the order of their ids (sessions lie in that order, and a scan, a filter and unnest keep it).
-- Wants:  sessions; variables split, until (label times from this second on are left out), meaning (of label_ts_epoch, for the file's
--         metadata), group_rows (of a row group, which is in memory as a whole: a multiple of 2048), path.
-- Gives:  a Parquet file. (unnest copies the other columns for each of 2,048 rows at a time: of long lists only items is there.)
COPY (
  SELECT pair_id, user_id, session_id, items[1:t] AS prefix, label, time AS label_ts_epoch, t AS prefix_len
  FROM (
    SELECT user_id, session_id, items, first_pair + unnest(range(len(lengths))) AS pair_id, unnest(lengths) AS t, unnest(labels) AS label,
      unnest(times) AS time
    FROM sessions WHERE split = getvariable('split')
  )
  WHERE time < getvariable('until')
) TO (getvariable('path')) (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE getvariable('group_rows'), KV_METADATA {label_ts_epoch: getvariable('meaning')});

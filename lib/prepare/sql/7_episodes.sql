-- Step 7: the episodes of one split for one K and Q: windows of K + Q of a learner's pairs by time, all of them (stride 1) or only the
-- last. A window whose support does not end before its queries begin is dropped, and is not counted in episode_id.
-- Wants:  learners; variables split, until, k, q, all_windows (true for train), ordered (true: times are places, and no window is dropped),
--         path.
-- Gives:  a Parquet file. (unnest copies the lists for each row: so a learner's are cut into blocks of 256 windows first.)
COPY (
  SELECT row_number() OVER () - 1 AS episode_id, user_id, getvariable('k')::BIGINT AS K, getvariable('q')::BIGINT AS Q,
    pair_ids[start + 1:start + getvariable('k')] AS support_pair_ids,
    pair_ids[start + getvariable('k') + 1:start + getvariable('k') + getvariable('q')] AS query_pair_ids,
    times[start + getvariable('k')] AS support_max_ts, times[start + getvariable('k') + 1] AS query_min_ts
  FROM (
    SELECT user_id, pair_ids, times, unnest(range(len(pair_ids) - getvariable('k') - getvariable('q') + 1)) AS start
    FROM (
      SELECT user_id, pair_ids[block + 1:least(block + 256, windows) + getvariable('k') + getvariable('q') - 1] AS pair_ids,
        times[block + 1:least(block + 256, windows) + getvariable('k') + getvariable('q') - 1] AS times
      FROM (
        SELECT user_id, pair_ids, times, windows,
          unnest(range(CASE WHEN getvariable('all_windows') THEN 0 ELSE windows - 1 END, windows, 256)) AS block
        FROM (
          SELECT *, len(list_filter(times, lambda time: time < getvariable('until'))) - getvariable('k') - getvariable('q') + 1 AS windows
          FROM learners WHERE split = getvariable('split')
        )
        WHERE windows > 0
      )
    )
  )
  WHERE coalesce(getvariable('ordered'), false) OR times[start + getvariable('k')] < times[start + getvariable('k') + 1]
) TO (getvariable('path')) (FORMAT parquet, COMPRESSION zstd);

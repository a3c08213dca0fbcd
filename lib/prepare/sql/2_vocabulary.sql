-- Step 2 with the ids of an earlier vocabulary: its items are the only ones, whether the log has them or not.
-- Wants:  items; vocabulary (item, item_no).
-- Gives:  items.
CREATE OR REPLACE TABLE items AS SELECT item, item_no::INTEGER AS item_no FROM vocabulary ORDER BY item_no;

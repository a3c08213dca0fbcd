-- Before step 1: the table of the log and the forms of times.
-- Gives:  log and left_out, empty, and the macros microseconds_of and microseconds_of_number.

-- A row with a NULL in user_id, item or time is a bad one; written keeps the text that was no time, fault what else is wrong. The original
-- order is that of rowid. place is the number of the row that it was opened from, where rows are opened.
CREATE TABLE log (user_id VARCHAR, item VARCHAR, session_id VARCHAR, time BIGINT, written VARCHAR, fault VARCHAR, place BIGINT);

-- Rows that are left out while reading, and why.
CREATE TABLE left_out (reason VARCHAR, n BIGINT);

-- Numbers → microseconds since 1970: seconds below 10^11 (which lasts until the year 5138), milliseconds below 10^14, and microseconds and
-- nanoseconds where they lie between 2001 and 2100. NULL for any other number.
CREATE OR REPLACE MACRO microseconds_of_number(number) AS
  CASE WHEN abs(number) < 100000000000 THEN (number * 1000000)::BIGINT
       WHEN abs(number) < 100000000000000 THEN (number * 1000)::BIGINT
       WHEN number BETWEEN 1000000000000000 AND 4102444800000000 THEN number::BIGINT
       WHEN number BETWEEN 1000000000000000000 AND 4102444800000000000 THEN (number // 1000)::BIGINT END;

-- Times as texts → microseconds since 1970 in UTC; NULL where a text is none of these forms:
--   a number as above, with or without a fraction (a double holds the microseconds of the next two hundred years)
--   2015-10-26, 2015-10-26 11:50, 2015-10-26 11:50:11.25, 2015-10-26T11:50:11 (read as UTC)
--   the same with a zone: 2015-10-26T11:50:11Z, 2015-10-26T13:50:11+02:00
CREATE OR REPLACE MACRO microseconds_of(written) AS
  CASE
    WHEN regexp_full_match(written, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?')
      THEN epoch_us(try_cast(written AS TIMESTAMP))
    WHEN regexp_full_match(written, '-?\d{1,19}')
      THEN microseconds_of_number(try_cast(written AS BIGINT))
    WHEN regexp_full_match(written, '-?\d{1,14}\.\d+')
      THEN microseconds_of_number(try_cast(written AS DOUBLE))
    -- a cast to TIMESTAMP would drop the zone, and one to TIMESTAMPTZ wants the seconds
    WHEN regexp_full_match(written, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|UTC|[+-]\d\d(:?\d\d)?)')
      THEN epoch_us(try_cast(regexp_replace(written, '^(.{16})( ?[ZU+-].*)$', '\1:00\2') AS TIMESTAMPTZ))
  END;

-- Ids as texts: whole numbers are written as such, whether they come as integers or as doubles; no number is no text.
CREATE OR REPLACE MACRO text_of_number(number) AS
  CASE WHEN isnan(number) THEN NULL
       WHEN number = trunc(number) AND abs(number) < 9007199254740992 THEN number::BIGINT::VARCHAR
       ELSE number::VARCHAR END;

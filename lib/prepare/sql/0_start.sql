-- Before step 1: the table of the log and the forms of times.
-- Gives:  log, empty, and the macro microseconds_of.

-- A row with a NULL in user_id, item or time is a bad one; bad_time keeps the text that was no time. The original order is that of rowid.
CREATE TABLE log (user_id VARCHAR, item VARCHAR, session_id VARCHAR, time BIGINT, bad_time VARCHAR);

-- Times as texts → microseconds since 1970 in UTC; NULL where a text is none of these forms:
--   epoch seconds or milliseconds, with or without a fraction (below 10^11 they are seconds, which lasts until the year 5138)
--   2015-10-26, 2015-10-26 11:50, 2015-10-26 11:50:11.25, 2015-10-26T11:50:11 (read as UTC)
--   the same with a zone: 2015-10-26T11:50:11Z, 2015-10-26T13:50:11+02:00
CREATE OR REPLACE MACRO microseconds_of_number(number) AS
  CASE WHEN abs(number) < 100000000000 THEN (number * 1000000)::BIGINT
       WHEN abs(number) < 100000000000000 THEN (number * 1000)::BIGINT END;

CREATE OR REPLACE MACRO microseconds_of(written) AS
  CASE
    WHEN regexp_full_match(written, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?')
      THEN epoch_us(try_cast(written AS TIMESTAMP))
    WHEN regexp_full_match(written, '-?\d{1,14}')
      THEN microseconds_of_number(try_cast(written AS BIGINT))
    WHEN regexp_full_match(written, '-?\d{1,14}\.\d+')
      THEN microseconds_of_number(try_cast(written AS DECIMAL(24, 6)))
    -- a cast to TIMESTAMP would drop the zone, and one to TIMESTAMPTZ wants the seconds
    WHEN regexp_full_match(written, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|UTC|[+-]\d\d(:?\d\d)?)')
      THEN epoch_us(try_cast(regexp_replace(written, '^(.{16})( ?[ZU+-].*)$', '\1:00\2') AS TIMESTAMPTZ))
  END;

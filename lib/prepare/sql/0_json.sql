-- Before step 1 where a log is JSON.
-- Gives:  the macros text_of_json and fault_of_json.

-- A JSON value as a text, as text_of_number writes numbers; lists, objects and null are no texts.
CREATE OR REPLACE MACRO text_of_json(value) AS
  CASE left(value::VARCHAR, 1)
    WHEN '"' THEN value ->> '$'
    WHEN '[' THEN NULL WHEN '{' THEN NULL WHEN 'n' THEN NULL
    ELSE regexp_replace(value ->> '$', '\.0$', '') END;

-- What is wrong with a JSON value that is to be a text: NULL, or a sentence.
CREATE OR REPLACE MACRO fault_of_json(name, value) AS
  CASE left(value::VARCHAR, 1)
    WHEN '[' THEN name || ' holds a list: ' || left(value::VARCHAR, 60)
    WHEN '{' THEN name || ' holds an object: ' || left(value::VARCHAR, 60) END;

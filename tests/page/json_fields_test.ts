/** JSON that the page takes apart itself: each value as DuckDB's own functions give it. */
import { assertEquals } from "@std/assert";
import { DuckDBInstance } from "@duckdb/node-api";
import { jsonColumns } from "../../lib/page/json_sql.ts";

const NUMBERS = [
  ..."1 1.0 -0 -0.0 1e3 1E5 5e-1 0.1 1e-7 1e20 1e21 1.5e300 4.9e-324 1E400 -1E400".split(" "),
  ..."1445864400.25 9007199254740993 18446744073709551615 18446744073709551616".split(" "),
  ..."-9223372036854775808 -9223372036854775809 123456789012345678901234567890".split(" "),
  ..."12345678901234567890.5 100000000000000000000000.0 123456789.123456789".split(" "),
  ..."NaN nan -nan inf Infinity -Infinity 01 +1 .5 5. - 0x1 Infinityx".split(" "),
];
const TEXTS = [
  '""',
  '"x\\ny"',
  '"\\u00e9\\ud83c\\udf93"',
  '"\\ud83c"',
  '"\\udf93"',
  '"\\ud83cx"',
  '"\\u00zz"',
  '"\\x"',
  '"tab\tx"',
  '"é\u{1f393}"',
  '"open',
];
const OTHERS = [
  "null",
  "true",
  "tru",
  "{}",
  '{ "b" : 1 }',
  '[ 1, "x y" , {"q" : 2}, ]',
  "[,]",
  ",",
];
const WHOLE = [
  '{"a.b": 1, "a": {"b": 2}}',
  '{"a": {"b": 1}, "a.b": 2}',
  '{"a": {"b": 1, "b": 2}}',
  '{"a": {"b": 1}, "a": {"b": 2}}',
  '{"\\u0061": {"b": 7}}',
  '{"a": [{"b": 1}]}',
  '  {"a" : {"b":"s"} , }  ',
  '{"a": {"b": 1,,}}',
  '{"a": {"b": 1}} x',
  '{"a": {"b": 1}}}',
  '{"a": {"b": 1 /* c */}}',
  '{a: {"b": 1}}',
  '{"b": 1}',
  "[1, 2]",
  '"a"',
  "5",
  "{",
  "",
];

Deno.test("fields of JSON are those that DuckDB finds, numbers to the last digit", async () => {
  const inside = [...NUMBERS, ...TEXTS, ...OTHERS].map((value) => `{"a": {"b": ${value}}}`);
  const columns = jsonColumns({
    wanted: [{ role: "user", name: "a.b" }],
    constants: {},
    explode: [],
  });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const macros = new URL("../../lib/prepare/sql/0_json.sql", import.meta.url);
  await connection.run(await Deno.readTextFile(macros));
  for (const json of [...inside, ...WHOLE]) {
    const found = await connection.runAndReadAll(
      `SELECT coalesce(text_of_json(value), '') AS text,
        coalesce(fault_of_json('"a.b"', value), '') AS fault
      FROM (SELECT coalesce(fields[1], fields[2]) AS value
        FROM (SELECT try(json_extract($1::VARCHAR, ['/a.b', '/a/b'])) AS fields))`,
      [json],
    );
    const [text, fault] = columns.valuesOf(new TextEncoder().encode(json));
    const wanted = found.getRowObjectsJS()[0];
    assertEquals({ text: text.replaceAll("\x02n", "\n"), fault }, wanted, json);
  }
  connection.closeSync();
  instance.closeSync();
});

import { assertEquals, assertThrows } from "@std/assert";
import {
  integer,
  list,
  number,
  object,
  optional,
  orNull,
  record,
  text,
} from "../../lib/files/shape.ts";

const SHAPE = object({
  name: text,
  counts: list(integer(1)),
  shares: record(number(0)),
  note: optional(text),
  ties: orNull(integer()),
});
const good = { name: "a", counts: [1, 2], shares: { x: 0.5 }, ties: null };

Deno.test("a shape gives what it checked and keeps further fields", () => {
  assertEquals(SHAPE({ ...good, further: [1] }, "it") as unknown, {
    ...good,
    note: undefined,
    further: [1],
  });
});

Deno.test("what has not the shape is named by its place", () => {
  const cases: [unknown, string][] = [
    [{ ...good, name: 5 }, "it.name is 5, not a text"],
    [{ ...good, counts: [1, 0] }, "it.counts[1] is 0, not a whole number from 1"],
    [{ ...good, counts: [1.5] }, "it.counts[0] is 1.5"],
    [{ ...good, counts: {} }, "it.counts is an object, not a list"],
    [{ ...good, shares: { x: -1 } }, "it.shares.x is -1, not a number from 0"],
    [{ ...good, shares: { x: NaN } }, "it.shares.x is NaN"],
    [{ ...good, shares: [] }, "it.shares is a list, not an object"],
    [{ ...good, note: 5 }, "it.note is 5"],
    [{ ...good, ties: undefined }, "it.ties is missing"],
    [null, "it is null, not an object"],
    ["x", 'it is "x"'],
  ];
  for (const [value, message] of cases) assertThrows(() => SHAPE(value, "it"), TypeError, message);
});

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import {
  choice,
  defaultsOf,
  inherited,
  integer,
  list,
  number,
  settingName,
  text,
  toggle,
  type Values,
} from "../../lib/settings/settings.ts";

const MODEL = {
  hiddenDim: integer("hidden units", 64, 1, 4096),
  dropout: number("share of units left out", 0.2, 0, 0.9),
  readout: choice(["last", "first"] as const, "what is read", "last"),
  epochs: inherited(integer("epochs", 10, 1, 100), "epochs"),
  shuffled: inherited(toggle("shuffle"), "shuffled"),
};

Deno.test("the values of a table where nothing is given are its fallbacks", () => {
  const values: Values<typeof MODEL> = defaultsOf(MODEL);
  assertEquals(values, {
    hiddenDim: 64,
    dropout: 0.2,
    readout: "last",
    epochs: undefined,
    shuffled: undefined,
  });
});

Deno.test("an inherited setting has no value of its own, by its type too", () => {
  const epochs: number | undefined = defaultsOf(MODEL).epochs;
  assertEquals(epochs, undefined);
  assertEquals(MODEL.epochs.inherits, "epochs");
});

Deno.test("an inherited setting is read within the bounds of the setting it is like", () => {
  assertEquals(MODEL.epochs.parse("100", "gru.epochs"), 100);
  const { message } = assertThrows(() => MODEL.epochs.parse("101", "gru.epochs"), InputError);
  assertStringIncludes(message, "--gru.epochs");
  assertStringIncludes(message, "a whole number from 1 to 100");
});

for (
  const [setting, good, bad] of [
    [integer("", 1, -5, 5), [["-5", -5], ["+5", 5], ["1e0", 1]], [
      "-6",
      "6",
      "0.5",
      "",
      " 1",
      "1n",
    ]],
    [number("", 1, 0, 1), [["0", 0], [".5", 0.5], ["1e-3", 0.001]], ["-0.1", "1.1", "NaN", "0x1"]],
    [choice(["a", "b"], "", "a"), [["b", "b"]], ["", "A", "a,b"]],
    [list("a,b", "", [], ["a", "b"]), [["a", ["a"]], [" b, a,,b", ["b", "a"]]], ["", ",", "a,c"]],
    [toggle(""), [["true", true], ["false", false]], ["", "yes", "1", "True"]],
    [text("file", ""), [["x", "x"], [" ", " "], ["a=b,c", "a=b,c"]], [""]],
  ] as const
) {
  Deno.test(`a setting <${setting.placeholder}> reads ${good.map(([t]) => t)}, not ${bad}`, () => {
    for (const [given, value] of good) assertEquals<unknown>(setting.parse(given, "x"), value);
    for (const given of bad) assertThrows(() => setting.parse(given, "x"), InputError, "--x");
  });
}

Deno.test("the range of a number is said as a person would", () => {
  assertEquals(integer("", 1, 0, 10).range, "0 to 10");
  assertEquals(integer("", 1, 2).range, "2 or more");
});

Deno.test("names: camelCase is a flag in kebab-case", () => {
  assertEquals(settingName("maxSeqLen"), "max-seq-len");
  assertEquals(settingName("k"), "k");
});

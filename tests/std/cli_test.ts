/**
 * What this project asks of `parseArgs`: holds for lib/std/cli and for the published package
 * (`deno task check:std`).
 */
import { parseArgs } from "@std/cli";
import { assertEquals } from "@std/assert";

const NAMES = ["data", "gru.hidden-dim", "gru.k", "models"];
const nothing = { gru: { "hidden-dim": [], k: [] }, data: [], models: [], _: [] };

function parsed(...args: string[]): Record<string, unknown> {
  return parseArgs(args, { string: NAMES, collect: NAMES });
}

Deno.test("flags that are not given are empty lists, nested at the dots of their names", () => {
  assertEquals(parsed(), nothing);
});

for (
  const text of ["x", "", "-0.5", "--data", "-", "--", "5", "true", "a=b=c", "a\nb", " ", "é 日"]
) {
  Deno.test(`a flag tied to its text keeps it as it is: ${JSON.stringify(text)}`, () => {
    assertEquals(parsed(`--data=${text}`), { ...nothing, data: [text] });
    assertEquals(parsed(`--gru.hidden-dim=${text}`), {
      ...nothing,
      gru: { "hidden-dim": [text], k: [] },
    });
  });
}

Deno.test("a flag's texts are collected in their order, whatever stands between", () => {
  assertEquals(parsed("--models=a", "--gru.k=1", "--models=b", "--gru.k=2", "--data=c"), {
    gru: { "hidden-dim": [], k: ["1", "2"] },
    models: ["a", "b"],
    data: ["c"],
    _: [],
  });
});

Deno.test("a text may stand behind its flag, unless it looks like one", () => {
  assertEquals(parsed("--data", "x"), { ...nothing, data: ["x"] });
  assertEquals(parsed("--data", "--models=x"), { ...nothing, data: [""], models: ["x"] });
  assertEquals(parsed("--data"), { ...nothing, data: [""] });
});

for (
  const argument of ["--daat=x", "--daat", "-x", "-5", "-", "stray", "", "5", "--gru=5", "--_x"]
) {
  Deno.test(`an unknown argument is handed over whole: ${JSON.stringify(argument)}`, () => {
    const heard: string[] = [];
    const unknown = (seen: string) => {
      heard.push(seen);
      return false;
    };
    const result: Record<string, unknown> = parseArgs(["--data=x", argument], {
      string: NAMES,
      collect: NAMES,
      unknown,
    });
    assertEquals(heard, [argument]);
    assertEquals(result, { ...nothing, data: ["x"] });
  });
}

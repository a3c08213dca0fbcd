import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { partOf, withPart } from "../../scripts/results/page.ts";
import { resultsOf } from "../../scripts/results/tables.ts";
import { sampleRun } from "../report/sample_run.ts";

/** The rows of a table by the first cell's model. */
const rowsOf = (table: string) =>
  new Map(
    table.split("\n").filter((line) => line.includes("`")).map((line) => {
      const cells = line.slice(2, -2).split(" | ");
      return [/`(\w+)`/.exec(cells[0])![1], cells] as const;
    }),
  );

Deno.test("a run's table has its metrics with intervals, best first, and its times", () => {
  const run = sampleRun({ users: 40 });
  const table = resultsOf([run]);
  const rows = rowsOf(table);
  const { baselines, intervals_95: intervals, n_queries } = run.results;
  const accuracies = [...rows.keys()].map((name) => baselines[name]["accuracy@1"]);
  assertEquals(accuracies, accuracies.toSorted((a, b) => b - a));
  const cells = rows.get("gru_global")!;
  const { low, high } = intervals.gru_global.mrr;
  const short = (x: number) => x.toFixed(4).slice(1);
  assertEquals(cells[4], `${short(baselines.gru_global.mrr)} (${short(low)}–${short(high)})`);
  assertEquals(cells.slice(5), ["–", "10", "54 s", "0.38 ms"]); // 0.18 s for 480 queries
  assertStringIncludes(table, `${n_queries} queries in 48 test episodes`);
  assert(cells[0].startsWith("**") && !rows.get("random")![0].startsWith("**"));
});

Deno.test("several runs share a table when they were asked the same", () => {
  const [all, some] = [sampleRun({ skill: { random: 0, markov: 9 } }), sampleRun()];
  const rows = rowsOf(resultsOf([all, some]));
  assertEquals(rows.size, 7);
  assert(!rows.get("gru_global")![0].startsWith("**"), "markov of the other run is better");
  const others = sampleRun({ episodes: 47 });
  assertThrows(() => resultsOf([all, others]), InputError, "their queries differ");
});

Deno.test("a table is put between its comments, and nowhere else", () => {
  const page = "a\n<!-- results: demo -->\nold\n<!-- end of results -->\nb\n" +
    "<!-- results: mars -->\nkept\n<!-- end of results -->\n";
  const made = withPart(page, "demo", "new");
  assertEquals(partOf(made, "demo"), "new");
  assertEquals([partOf(made, "mars"), partOf(page, "xuetangx")], ["kept", undefined]);
  assertEquals(withPart(made, "demo", "new"), made);
  assertThrows(() => withPart(page, "xuetangx", "new"), RangeError, "no table xuetangx");
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { tablesIn, withTables } from "../../scripts/statistics/page.ts";
import { type Simulate, SIMULATIONS } from "../../scripts/statistics/simulations.ts";
import { simulateAll, tablesOf } from "../../scripts/statistics/tables.ts";
import { withThreads } from "../../scripts/statistics/threads.ts";

const here: Simulate = (kind, cell) => Promise.resolve(SIMULATIONS[kind](cell) as never);

Deno.test("the simulated tables are the same for the same seed, here and in threads", async () => {
  const effort = { seed: 1, simulations: 2, fewer: 1 };
  const tables = tablesOf(await simulateAll(effort, here));
  assertEquals(
    tablesOf(await withThreads((threads) => simulateAll(effort, threads))),
    tables,
  );
  assert(tablesOf(await simulateAll({ ...effort, seed: 2 }, here)) !== tables);
  assert(!/NaN|undefined|\| *\|/.test(tables), tables);
  const rows = tables.split("\n").filter((line) => line.startsWith("| 0."));
  assertEquals(rows.length, 6 + 12 + 6 + 12);
});

Deno.test("tables are put into the page's place for them, and nowhere else", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/statistics.md", import.meta.url));
  const changed = withTables(page, "| new |");
  assertEquals(tablesIn(changed), "| new |");
  assertEquals(withTables(changed, tablesIn(page)), page);
  assertThrows(() => withTables("# Another page", "| new |"), RangeError, "deno task statistics");
});

/**
 * Simulated coverage of the intervals and size of the tests, as docs/statistics.md shows them: held
 * to what is wanted of them, and the page to what was simulated.
 */
import { assert, assertEquals } from "@std/assert";
import { tablesIn } from "../../scripts/statistics/page.ts";
import {
  EFFORT,
  LEARNERS,
  type Line,
  simulateAll,
  tablesOf,
} from "../../scripts/statistics/tables.ts";
import { withThreads } from "../../scripts/statistics/threads.ts";

const simulated = await withThreads((simulate) => simulateAll(EFFORT, simulate));

/** Every cell with its number of users, and its name for messages. */
function cells<T>(lines: readonly Line<T>[]) {
  return lines.flatMap(({ metric, accuracies, cells }) =>
    cells.map((cell, i) => ({
      cell,
      users: LEARNERS[i],
      lowest: Math.min(...accuracies),
      name: `${metric} of ${accuracies.join(" and ")}, ${LEARNERS[i]} users`,
    }))
  );
}

Deno.test("intervals of a metric and of a difference cover the truth in 93 to 97 of 100", () => {
  const { intervals, equal, unequal } = simulated;
  const all = [...cells(intervals), ...cells(equal), ...cells(unequal)];
  for (const { users, name, cell: { covered } } of all) {
    if (users >= 10) assert(covered >= 0.93, `${name}: ${covered}`);
    if (users >= 20) assert(covered <= 0.97, `${name}: ${covered}`);
  }
});

Deno.test("two equal models have p ≤ 0.05 in 3.5 to 6.5 of 100", () => {
  for (const { users, lowest, name, cell: { rejected } } of cells(simulated.equal)) {
    assert(rejected <= 0.065, `${name}: ${rejected}`);
    if (users >= (lowest < 0.1 ? 20 : 10)) assert(rejected >= 0.035, `${name}: ${rejected}`);
  }
});

Deno.test("no verdict with fewer than ten users; from ten on what differs is found", () => {
  const lines = [...simulated.equal, ...simulated.unequal];
  for (const { users, name, cell: { distinguished, rejected } } of cells(lines)) {
    assertEquals(distinguished, users < 10 ? 0 : rejected, name);
  }
  const last = cells(simulated.unequal).filter(({ users }) => users === 234);
  for (const { name, cell } of last) assert(cell.distinguished > 0.9, name);
});

Deno.test("of runs and pages of equal models at most 5 in 100 call any two different", () => {
  for (const { learners, runs, pages } of simulated.family) {
    assert(runs <= 0.05 + 0.01 && pages <= 0.05 + 0.01, `${learners}: ${runs} and ${pages}`);
  }
});

Deno.test("docs/statistics.md shows these tables", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/statistics.md", import.meta.url));
  assertEquals(tablesIn(page), tablesOf(simulated));
});

/** What the intervals of several seeds cover, simulated; docs/statistics.md has more of it. */
import { assert } from "@std/assert";
import { seedCoverage } from "../../scripts/statistics/seeds.ts";

const SIMULATIONS = 200;
const at = (seeds: number, users: number, spread: number, middle = -0.8) =>
  seedCoverage({ seeds, users, spread, middle, simulations: SIMULATIONS }, 20260107);

Deno.test("five seeds cover the truth, and equal models are told apart in 5 of 100", () => {
  for (const spread of [0, 0.4]) {
    for (const middle of spread === 0 ? [-0.8] : [-0.8, -3.3]) {
      const { covered, rejected } = at(5, 40, spread, middle);
      // 200 simulations of 95 in 100 give 90.4 or more all but twice in a thousand times
      assert(covered > 0.9, `${spread} ${middle}: covered ${covered}`);
      assert(rejected <= 0.1, `${spread} ${middle}: rejected ${rejected}`);
    }
  }
});

Deno.test("one seed says nothing of others: it covers too little where they differ", () => {
  assert(at(1, 40, 0).covered > 0.9);
  const { covered } = at(1, 40, 0.4);
  assert(covered < 0.8, `${covered}`);
});

import { assert, assertEquals } from "@std/assert";
import { negativesOf } from "../../lib/random/negatives.ts";
import { ORACLES, readOracle } from "../engine/reference.ts";

Deno.test("the negatives are those of the fixtures, which another program has drawn", () => {
  let compared = 0;
  for (const name of ORACLES) {
    const { negatives, options, plan } = readOracle(name);
    const { seed, model: { nItems }, sequences } = options;
    negatives.forEach((rows, i) =>
      rows.forEach((wanted, target) => {
        const label = sequences.targetLabel[plan.order[plan.offsets[i] + target]];
        const drawn = { seed, step: i + 1, nItems, count: wanted.length };
        assertEquals([...negativesOf(drawn, target, label)], wanted);
        compared += wanted.length;
      })
    );
  }
  assert(compared > 500, `${compared} negatives`);
});

Deno.test("every course but the label comes, each about as often, an odd count too", () => {
  const nItems = 11;
  for (const label of [0, 5, 10]) {
    const times = new Int32Array(nItems);
    for (let target = 0; target < 400; target++) {
      for (const course of negativesOf({ seed: 3, step: 1, nItems, count: 25 }, target, label)) {
        times[course]++;
      }
    }
    assertEquals(times[label], 0);
    // 1,000 draws each; six standard deviations are 180
    const others = times.filter((_, course) => course !== label);
    assert(others.every((n) => Math.abs(n - 1000) < 180), `${[...times]}`);
  }
});

Deno.test("other steps, targets and seeds draw others; of two courses the other one", () => {
  const draw = (
    seed: number,
    step: number,
    target: number,
  ) => [...negativesOf({ seed, step, nItems: 1000, count: 8 }, target, 7)];
  const first = draw(1, 1, 0);
  assertEquals(draw(1, 1, 0), first);
  for (const other of [draw(2, 1, 0), draw(1, 2, 0), draw(1, 1, 1)]) {
    assert(other.join() !== first.join());
  }
  assertEquals([...negativesOf({ seed: 1, step: 1, nItems: 2, count: 3 }, 0, 1)], [0, 0, 0]);
});

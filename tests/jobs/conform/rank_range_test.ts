import { assertEquals } from "@std/assert";
import { subsets } from "../../../lib/jobs/conform/neighbour_cuts.ts";
import { type Choice, rankRange, type Votes } from "../../../lib/jobs/conform/rank_range.ts";
import { rankOf } from "../../../lib/metrics/rank.ts";
import { choices } from "../../fuzz/random.ts";

Deno.test("without choices: sums in another order tie, scores of nothing do not", () => {
  const scores = Float64Array.of(0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 0.7, 0, 0, 0);
  assertEquals(scores[0] === scores[1], false, "an ulp apart");
  assertEquals(rankRange(scores, 0), { low: 2, high: 3 });
  assertEquals(rankRange(scores, 1), { low: 2, high: 3 });
  assertEquals(rankRange(scores, 2), { low: 1, high: 1 });
  assertEquals(rankRange(scores, 4), { low: 5, high: 5 }, "the lower id first");
});

/** Every way to choose, by hand. */
function allRanks(sure: Float64Array, label: number, { room, members }: Choice): number[] {
  return subsets(members, room, 1e6)!.map((picked) => {
    const scores = sure.slice();
    for (const { items, amounts } of picked) items.forEach((item, i) => scores[item] += amounts[i]);
    return rankOf(scores, 0, scores.length, label);
  });
}

Deno.test("with a choice: the range holds every rank that some choice gives, little more", () => {
  const { int } = choices(5);
  let width = 0;
  let exact = 0;
  const rounds = 400;
  for (let round = 0; round < rounds; round++) {
    const nItems = 8;
    const sure = Float64Array.from({ length: nItems }, () => int(4) / 2);
    const members: Votes[] = Array.from({ length: 2 + int(5) }, () => {
      const items = Int32Array.from(new Set(Array.from({ length: 1 + int(3) }, () => int(nItems))));
      return { items, amounts: Float64Array.from(items, () => 1 + int(2) / 4) };
    });
    const choice = { room: 1 + int(members.length - 1), members };
    const label = int(nItems);
    const { low, high } = rankRange(sure, label, [choice]);
    const ranks = allRanks(sure, label, choice);
    const least = Math.min(...ranks);
    const most = Math.max(...ranks);
    assertEquals([low <= least, most <= high], [true, true], `${low} to ${high}: ${ranks}`);
    width += high - low;
    exact += most - least;
  }
  // the label's ties widen a range too: their order is not a choice's
  assertEquals(
    width < 2.5 * exact + rounds,
    true,
    `${width / rounds} wide, ${exact / rounds} exact`,
  );
});

Deno.test("subsets of a size, or none where there are too many", () => {
  assertEquals(subsets(["a", "b", "c"], 2, 10), [["a", "b"], ["a", "c"], ["b", "c"]]);
  assertEquals(subsets([1, 2], 2, 10), [[1, 2]]);
  assertEquals(subsets([1, 2], 0, 10), [[]]);
  assertEquals(subsets(Array.from({ length: 40 }, (_, i) => i), 20, 64), undefined);
});

/** The methods without training, each against its formula written out. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { softmax } from "../../lib/fewshot/base.ts";
import type { Knobs, OpenMethod } from "../../lib/fewshot/method.ts";
import { shares } from "../../lib/fewshot/support_counts.ts";
import { longPrefix } from "../../lib/fewshot/support_prefix.ts";
import { tasksOf, withPlacebo } from "../../lib/fewshot/task.ts";
import { untrainedMethods } from "../../lib/fewshot/untrained.ts";
import { choose, selectionAmong } from "../../lib/fewshot/choose.ts";
import { ranksOfCells, zeroShotRanks } from "../../lib/fewshot/ranks.ts";
import { N_ITEMS, SESSIONS, TABLE, tinySplit, tinyTasks } from "./tiny_tasks.ts";

const methods = untrainedMethods(TABLE);
const method = (name: string): OpenMethod => methods.find((one) => one.name === name)!;
const { tasks } = tinyTasks();
const [learner] = tasks;
const logitsAfter = (course: number) =>
  Array.from({ length: N_ITEMS }, (_, item) => ((item - course + N_ITEMS) % N_ITEMS) / 2);

async function scoresOf(name: string, knobs: Knobs, query: number): Promise<number[]> {
  const adapted = await method(name).adapted(learner.support, knobs);
  return [...await adapted.score(learner.queries[query])];
}

function assertClose(found: readonly number[], wanted: readonly number[]): void {
  assertEquals(found.length, wanted.length);
  found.forEach((value, i) => assertAlmostEquals(value, wanted[i], 1e-12, `course ${i}`));
}

Deno.test("support_prefix: the other sessions in time, then the prefix", () => {
  const long = learner.queries.map((query) => [...longPrefix(learner.support, query)]);
  assertEquals(long, [
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4, 1],
    [0, 1, 2, 3, 4, 0],
  ]);
});

Deno.test("unseen: courses had come last, in their own order", async () => {
  const order = async (seen: string) => {
    const scores = await scoresOf("unseen", { seen }, 0); // after [3, 4]: 3 2 1 0 5 4
    return scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  };
  assertEquals(await order("prefix"), [2, 1, 0, 5, 3, 4]);
  assertEquals(await order("support"), [5, 3, 2, 1, 0, 4]);
  assertEquals(await order("both"), [5, 3, 2, 1, 0, 4]);
});

Deno.test("support_counts: labels decay with age, prefix courses count half and once", async () => {
  // labels 1, 2, 4 at ages 2, 1, 0; prefixes: 3 in the newest, 0 and 1 in the one before
  const sum = 0.25 + 0.5 + 1;
  assertClose(
    [...shares(learner.support, N_ITEMS, { decay: 0.5, counted: "labels" })],
    [0, 0.25 / sum, 0.5 / sum, 0, 1 / sum, 0],
  );
  const all = sum + 0.5 * (1 + 0.5 + 0.5);
  assertClose(
    [...shares(learner.support, N_ITEMS, { decay: 0.5, counted: "prefixes too" })],
    [0.25 / all, 0.5 / all, 0.5 / all, 0.5 / all, 1 / all, 0],
  );
  const chances = softmax(logitsAfter(0));
  const thirds = [0, 1 / 3, 1 / 3, 0, 1 / 3, 0];
  assertClose(
    await scoresOf("support_counts", { weight: 0.2, decay: 1, counted: "labels" }, 2),
    thirds.map((share, item) => 0.8 * chances[item] + 0.2 * share),
  );
});

Deno.test("support_cache: labels by the likeness of states", async () => {
  // asked after course 0, as the first pair was; the others' states are at right angles
  const attention = softmax([5, 0, 0]);
  const chances = softmax(logitsAfter(0));
  const own = [0, attention[0], attention[1], 0, attention[2], 0];
  assertClose(
    await scoresOf("support_cache", { weight: 0.3, sharpness: 5 }, 2),
    own.map((share, item) => 0.7 * chances[item] + 0.3 * share),
  );
});

Deno.test("support_rules: what came after the current course, where anything did", async () => {
  const chances = softmax(logitsAfter(1));
  const afterOne = [0, 0, 1, 0, 0, 0]; // 0 1 2 in the support; asked after [3, 4, 1]
  assertClose(
    await scoresOf("support_rules", { weight: 0.5 }, 1),
    afterOne.map((share, item) => 0.5 * chances[item] + 0.5 * share),
  );
  assertClose(await scoresOf("support_rules", { weight: 0.5 }, 0), [...softmax(logitsAfter(4))]);
});

Deno.test("many at once answer as one by one does", async () => {
  for (const { name, grid, answer, adapted } of methods) {
    let seen = 0;
    const found: { cell: number; task: number; scores: number[] }[] = [];
    await answer(
      tasks,
      grid,
      (cell, task, scores) => found.push({ cell, task, scores: [...scores] }),
    );
    for (const { cell, task, scores } of found) {
      const one = await adapted(tasks[task].support, grid[cell]);
      for (const [q, query] of tasks[task].queries.entries()) {
        const row = scores.slice(q * N_ITEMS, (q + 1) * N_ITEMS);
        assertEquals(row, [...await one.score(query)], name);
        seen++;
      }
    }
    assertEquals(seen, 5 * grid.length);
  }
});

Deno.test("placebo of a method that ignores the support is the method itself", async () => {
  const ignoring = [{ seen: "prefix" }];
  const own = await ranksOfCells(method("unseen"), tinyTasks(), ignoring);
  const others = await ranksOfCells(method("unseen"), withPlacebo(tinyTasks()), ignoring);
  assertEquals(own, others);
  const counts = [{ weight: 0.5, decay: 1, counted: "labels" }];
  const counted = await ranksOfCells(method("support_counts"), tinyTasks(), counts);
  const placebo = await ranksOfCells(method("support_counts"), withPlacebo(tinyTasks()), counts);
  assertEquals(counted.join() === placebo.join(), false);
});

Deno.test("no adaptation is a cell, the base itself, and stays unless beaten", async () => {
  const validation = tinyTasks();
  const zeroShot = await zeroShotRanks(TABLE, validation);
  // after 4 the label 1 has the logit 1.5: behind 3 and 2
  assertEquals([...zeroShot], [3, 2, 1, 1, 1]);
  const selection = await choose(method("unseen"), {
    tasks: validation,
    zeroShot,
    metric: "mrr",
  });
  assertEquals(selection.cells.length, 1 + method("unseen").grid.length);
  assertEquals(selection.cells[0], { value: (1 / 3 + 1 / 2 + 3) / 5 });
  const worse = { ...method("unseen"), answer: poor };
  const none = await choose(worse, { tasks: validation, zeroShot, metric: "mrr" });
  assertEquals(none.chosen, undefined);
});

Deno.test("of cells that tie the first is chosen, so none where none beats the base", () => {
  const [weak, strong, stronger] = [1, 2, 3].map((weight) => ({ weight }));
  const chosen = (base: number, ...values: number[]) =>
    selectionAmong("mrr", [
      { value: base },
      ...[weak, strong, stronger].map((knobs, c) => ({ knobs, value: values[c] })),
    ]).chosen;
  assertEquals(chosen(0.25, 0.25, 0.5, 0.5), strong);
  assertEquals(chosen(0.5, 0.25, 0.5, 0.5), undefined);
});

/** Ranks every label last. */
const poor: OpenMethod["answer"] = (asked, cells, visit) => {
  const { asked: { labels, episodeOffsets } } = tinyTasks();
  cells.forEach((_, cell) =>
    asked.forEach(({ queries }, task) => {
      const scores = new Float64Array(queries.length * N_ITEMS).fill(1);
      queries.forEach((_, q) => scores[q * N_ITEMS + labels[episodeOffsets[task] + q]] = 0);
      visit(cell, task, scores);
    })
  );
  return Promise.resolve();
};

Deno.test("labels of queries reach no answer: poisoned ones change the metric alone", async () => {
  const split = tinySplit(SESSIONS, 3);
  const label = split.pairs.label.slice();
  for (const row of split.episodes.queryRows) label[row] = (label[row] + 1) % N_ITEMS;
  const poisoned = tasksOf({ ...split, pairs: { ...split.pairs, label } });
  const clean = tinyTasks();
  assertEquals(poisoned.tasks, clean.tasks);
  const scores = async (of: typeof clean) => {
    const all: number[][] = [];
    for (const one of methods) {
      await one.answer(of.tasks, one.grid, (...[, , values]) => all.push([...values]));
    }
    return all;
  };
  assertEquals(await scores(poisoned), await scores(clean));
  const ranks = await zeroShotRanks(TABLE, poisoned);
  assertEquals(ranks.join() === (await zeroShotRanks(TABLE, clean)).join(), false);
});

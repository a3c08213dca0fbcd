/** The tasks of outer steps: whose episodes are drawn, how often, and that seed and step decide. */
import { assert, assertEquals } from "@std/assert";
import type { Split } from "../../lib/dataset/dataset.ts";
import { taskDraws, type TaskSampling } from "../../lib/fewshot/meta_tasks.ts";
import { SESSIONS, tinySplit } from "./tiny_tasks.ts";

/** Learner 0 has one episode, learner 1 has three, learner 2 has six. */
const OWNERS = [0, 1, 1, 1, 2, 2, 2, 2, 2, 2];

const { pairs, episodes } = tinySplit(SESSIONS, 3);
const split: Split = {
  pairs,
  episodes: { ...episodes, count: OWNERS.length, user: Int32Array.from(OWNERS) },
};

/** How often each episode is drawn in `steps` steps. */
function counts(sampling: TaskSampling, perStep: number, steps: number): number[] {
  const { draw } = taskDraws(split, sampling, perStep, 7);
  const drawn = OWNERS.map(() => 0);
  for (let step = 1; step <= steps; step++) for (const episode of draw(step)) drawn[episode]++;
  return drawn;
}

/** Five standard deviations of a share that is `expected` of `draws`. */
function assertShare(found: number, expected: number, draws: number, what: string): void {
  const margin = 5 * Math.sqrt(expected * (1 - expected) / draws);
  assert(Math.abs(found / draws - expected) < margin, `${what}: ${found} of ${draws}`);
}

Deno.test("users: each draw is of distinct learners, one of their episodes each", () => {
  const { draw } = taskDraws(split, "users", 2, 7);
  for (let step = 1; step <= 200; step++) {
    const owners = [...draw(step)].map((episode) => OWNERS[episode]);
    assertEquals(new Set(owners).size, 2);
  }
  const drawn = counts("users", 1, 3000);
  drawn.forEach((count, episode) => {
    const siblings = OWNERS.filter((owner) => owner === OWNERS[episode]).length;
    assertShare(count, 1 / 3 / siblings, 3000, `episode ${episode}`);
  });
  // no more than there are learners
  assertEquals([...taskDraws(split, "users", 32, 7).draw(1)].length, 3);
});

Deno.test("episodes: each is as likely as any other, so that active learners count more", () => {
  const drawn = counts("episodes", 4, 1000);
  drawn.forEach((count, episode) => assertShare(count, 1 / 10, 4000, `episode ${episode}`));
  // an episode may come twice, and more may be asked for than there are
  assertEquals(taskDraws(split, "episodes", 32, 7).draw(1).length, 32);
});

Deno.test("seed and step decide a draw, whatever was drawn before", () => {
  for (const sampling of ["users", "episodes"] as const) {
    const draw = (seed: number, step: number) =>
      [...taskDraws(split, sampling, 3, seed).draw(step)].join();
    const after = taskDraws(split, sampling, 3, 7);
    after.draw(1);
    assertEquals([...after.draw(9)].join(), draw(7, 9));
    const steps = Array.from({ length: 20 }, (_, step) => draw(7, step + 1));
    assert(new Set(steps).size > 10, "steps differ");
    const seeds = Array.from({ length: 20 }, (_, seed) => draw(seed, 1));
    assert(new Set(seeds).size > 10, "seeds differ");
  }
});

Deno.test("a training episode's pairs come with their labels", () => {
  const { support, queries } = taskDraws(tinySplit(SESSIONS, 3), "users", 2, 7).pairs(0);
  assertEquals(support.map(({ label }) => label), [1, 2, 4]);
  assertEquals(queries.map(({ prefix, label }) => [[...prefix], label]), [
    [[3, 4], 1],
    [[3, 4, 1], 5],
    [[0], 5],
  ]);
});

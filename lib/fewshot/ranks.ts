/** Ranks of a few-shot method's answers, by the project's rules of ranks and ties. */
import { ranksOf } from "../metrics/rank.ts";
import type { Base } from "./base.ts";
import type { Knobs, Method } from "./method.ts";
import { portions } from "./method.ts";
import type { Tasks } from "./task.ts";
import { turnTaking } from "./turns.ts";

/**
 * [cells][queries] 1-based ranks of the labels when each of `cells` answers. `progress` hears of
 * tasks done, those that some of the cells have answered in part; what it throws ends the work.
 */
export async function ranksOfCells(
  method: Pick<Method, "answer">,
  { tasks, asked: { labels, episodeOffsets } }: Tasks,
  cells: readonly Knobs[],
  progress: (tasks: number) => void = () => {},
): Promise<Float64Array[]> {
  let visited = 0;
  const ranks = cells.map(() => new Float64Array(labels.length));
  await method.answer(tasks, cells, (cell, task, scores) => {
    const from = episodeOffsets[task];
    const of = labels.subarray(from, episodeOffsets[task + 1]);
    const nItems = scores.length / of.length;
    // a training that diverged knows nothing: its labels are last
    const known = scores.every((score) => Number.isFinite(score));
    ranks[cell].set(known ? ranksOf(scores, nItems, of) : of.map(() => nItems), from);
    visited++;
    progress(visited / cells.length);
  });
  return ranks;
}

/** [queries] ranks of the labels when the base model answers as it is: zero-shot. */
export async function zeroShotRanks(
  base: Base,
  { tasks, asked: { labels, episodeOffsets } }: Tasks,
  progress: (tasks: number) => void = () => {},
): Promise<Float64Array> {
  const ranks = new Float64Array(labels.length);
  const turn = turnTaking();
  for (const [from, to] of portions(tasks, base.nItems)) {
    const queries = tasks.slice(from, to).flatMap((task) => task.queries);
    const said = await base.ask(queries.map(({ prefix }) => prefix));
    const at = episodeOffsets[from];
    said.forEach(({ logits }, i) =>
      ranks[at + i] = ranksOf(logits, base.nItems, labels.subarray(at + i, at + i + 1))[0]
    );
    progress(to);
    await turn();
  }
  return ranks;
}

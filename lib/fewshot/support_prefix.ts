/** The support's other sessions go before the query's prefix, as if it were one long session. */
import type { Knobs, UntrainedMethod } from "./method.ts";
import type { Support, TaskQuery } from "./task.ts";

/** The support's other sessions in order of time, then the prefix; the model keeps its end. */
export function longPrefix({ sessions }: Support, { prefix, own }: TaskQuery): Int32Array {
  return Int32Array.of(...sessions.filter((_, i) => i !== own).flatMap((s) => [...s]), ...prefix);
}

/** The method. */
export const SUPPORT_PREFIX: UntrainedMethod<Knobs, undefined> = {
  name: "support_prefix",
  title: "support before the prefix",
  grid: [{ prefix: "support" }],
  prefix: longPrefix,
  adapt: () => undefined,
  score: (_, { logits }) => logits,
};

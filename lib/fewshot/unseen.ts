/** Courses that the learner has had are ranked last, in their own order. */
import { gridOf, type UntrainedMethod } from "./method.ts";

/** Which courses count as had. */
export type UnseenKnobs = { readonly seen: "prefix" | "support" | "both" };

/** The method; "off" is the cell of no adaptation. */
export const UNSEEN: UntrainedMethod<
  UnseenKnobs,
  { readonly seen: UnseenKnobs["seen"]; readonly had: ReadonlySet<number> }
> = {
  name: "unseen",
  title: "courses had rank last",
  grid: gridOf<UnseenKnobs>({ seen: ["prefix", "support", "both"] }),
  adapt: ({ sessions }, { seen }) => ({
    seen,
    had: new Set(seen === "prefix" ? [] : sessions.flatMap((session) => [...session])),
  }),
  score({ seen, had }, { prefix, logits }) {
    const scores = Float64Array.from(logits);
    const behind = scores.reduce((a, b) => Math.max(a, b), -Infinity) -
      scores.reduce((a, b) => Math.min(a, b), Infinity) + 1;
    const last = new Set(seen === "support" ? had : [...had, ...prefix]);
    for (const item of last) scores[item] -= behind; // float64: keeps the order of float32 logits
    return scores;
  },
};

/**
 * A simple generative process of learners, documented and small: courses belong to topics and have an order inside them; a learner follows
 * a few topics in parallel; a session walks along one of them, now and then returns to a course it already had, or changes topic. Topics
 * and the learners' activity have long tails. Deterministic per seed through the counter-based generator.
 */
import { streamKey, uniform } from "../../random/threefry.ts";

/** Size of a made-up platform and its learners' habits. */
export interface WalkConfig {
  readonly topics: number;
  readonly coursesPerTopic: number;
  readonly users: number;
  /** Parallel topics of a learner. */
  readonly parallel: number;
  /** Chance that the next course is the topic's next; else half a return, half another topic. */
  readonly follow: number;
}

/** One event: a user takes a course in a session at a time (epoch seconds). */
export interface WalkSession {
  readonly user: string;
  readonly session: string;
  readonly items: readonly number[];
  readonly times: readonly number[];
}

/** All sessions of all users, consecutive repeats already dropped. */
export function walkSessions({ topics, coursesPerTopic, users, parallel, follow }: WalkConfig, seed: number): WalkSession[] {
  const words = new Uint32Array(2), stream = streamKey("synthetic/walk");
  let counter = 0;
  const draw = () => uniform(seed, stream, counter++, words);
  const zipf = (n: number) => Math.min(n - 1, Math.floor(n ** draw() - 1 + 1e-9)); // density ∝ 1/(x + 1)
  const sessions: WalkSession[] = [];
  for (let u = 0; u < users; u++) {
    const own = Array.from({ length: parallel }, () => zipf(topics)), places = own.map(() => zipf(coursesPerTopic));
    const count = 1 + Math.floor(-Math.log(1 - draw()) * 1.2);
    let time = 1438387200 + Math.floor(draw() * 7_900_000);
    for (let s = 0; s < count; s++) {
      const length = 2 + Math.floor(-Math.log(1 - draw()) * 5), items: number[] = [], times: number[] = [];
      let at = Math.floor(draw() * parallel);
      for (let t = 0; t < length; t++) {
        const r = draw();
        if (r > follow && r < follow + (1 - follow) / 2 && items.length > 2) items.push(items[items.length - 1 - Math.floor(draw() * 3)]);
        else {
          if (r >= follow + (1 - follow) / 2) at = Math.floor(draw() * parallel);
          places[at] = (places[at] + 1) % coursesPerTopic;
          items.push(own[at] * coursesPerTopic + places[at]);
        }
        time += 1 + Math.floor(draw() * 600);
        if (items.length > 1 && items[items.length - 1] === items[items.length - 2]) items.pop();
        else times.push(time);
      }
      time += 86_400;
      sessions.push({ user: `learner-${String(u).padStart(6, "0")}`, session: `learner-${String(u).padStart(6, "0")}_${s}`, items, times });
    }
  }
  return sessions;
}

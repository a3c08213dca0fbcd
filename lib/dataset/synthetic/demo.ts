/** The embedded default: a platform of 120 courses and a few thousand learners, made up. */
import type { Dataset } from "../dataset.ts";
import { assemble } from "./assemble.ts";
import { walkSessions } from "./walk.ts";

/** Seed of the embedded data set. */
export const DEMO_SEED = 20260107;

/** Makes the data set in memory. */
export function demoDataset(k: number, q: number): Dataset {
  const coursesPerTopic = 8, sessions = walkSessions({ topics: 15, coursesPerTopic, users: 1500, parallel: 2, follow: 0.6 }, DEMO_SEED);
  const name = (item: number) =>
    `course-v1:Made-up+topic-${String(Math.floor(item / coursesPerTopic)).padStart(2, "0")}+${
      String(item % coursesPerTopic).padStart(2, "0")
    }`;
  return assemble(sessions, name, k, q, { synthetic: true, preset: "demo", seed: DEMO_SEED, process_version: "walk-1" });
}

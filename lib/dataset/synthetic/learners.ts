/** The sessions of all learners of a platform, drawn from the process. */
import { permutation, streamKey } from "../../random/threefry.ts";
import type { ProcessConfig } from "./config.ts";
import { drawer, type Platform } from "./platform.ts";
import { drawNext, tablesOf } from "./process.ts";

/**
 * One session of a user: courses in the order in which they were opened, no course after itself,
 * and when (epoch seconds, rising).
 */
export interface LearnerSession {
  readonly user: string;
  readonly session: string;
  readonly items: Int32Array;
  readonly times: Float64Array;
}

/** 2015-08-01 00:00 UTC and 92 days. */
const BEGIN = 1438387200;
const SPAN = 92 * 86400;

/** All sessions, learner after learner. */
export function drawSessions(platform: Platform, seed: number): LearnerSession[] {
  const { config } = platform;
  const tables = tablesOf(platform);
  const draw = drawer(seed, "synthetic/learners");
  const counts = sessionCounts(config, seed);
  const lengths = sessionPairs(config, counts.reduce((sum, count) => sum + count, 0), seed);
  const sessions: LearnerSession[] = [];
  const digits = String(config.users - 1).length;
  for (let user = 0, next = 0; user < config.users; user++) {
    const term = Math.floor(draw() * config.terms);
    const learner = {
      term,
      main: tables.interest(term, draw()),
      side: tables.interest(term, draw()),
    };
    const name = `learner-${String(user).padStart(digits, "0")}`;
    const room = Math.floor(SPAN / counts[user]);
    for (let s = 0; s < counts[user]; s++) {
      const count = lengths[next++] + 1;
      const items = new Int32Array(count);
      const times = new Float64Array(count);
      let time = BEGIN + s * room + Math.floor(draw() * room / 2);
      for (let t = 0; t < count; t++) {
        items[t] = drawNext(platform, tables, learner, items, t, draw);
        times[t] = time;
        time += 1 + Math.floor(-Math.log(1 - draw()) * 60);
      }
      sessions.push({ user: name, session: `${name}_${String(s).padStart(2, "0")}`, items, times });
    }
  }
  return sessions;
}

/** At most this many sessions of a learner: they all find room in the span. */
const MOST_SESSIONS = 50;

/**
 * [users] sessions of each learner. Systematic: the quantiles of the law in random order, so that
 * the total hardly depends on the seed; the lengths below likewise.
 */
function sessionCounts({ users, regulars, oneMore }: ProcessConfig, seed: number): Int32Array {
  return permutation(seed, streamKey("synthetic/sessions"), users).map((rank) => {
    const u = (rank + 0.5) / users;
    return u >= regulars
      ? 1
      : Math.min(MOST_SESSIONS, 1 + Math.floor(Math.log(u / regulars) / Math.log(oneMore)));
  });
}

/** [sessions] pairs of each session, at least 1. */
function sessionPairs(
  { sessionScale, sessionTail, longest }: ProcessConfig,
  sessions: number,
  seed: number,
): Int32Array {
  return permutation(seed, streamKey("synthetic/lengths"), sessions).map((rank) => {
    const u = (rank + 0.5) / sessions;
    return Math.min(longest, 1 + Math.floor(sessionScale * ((1 - u) ** (-1 / sessionTail) - 1)));
  });
}

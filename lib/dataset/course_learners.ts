/** How many learners took each course, from pairs. */
import type { Pairs } from "./dataset.ts";

/**
 * [courses] learners of `pairs` who have the course in a prefix or as a label, each counted once.
 */
export function learnersByCourse(pairs: Pairs, nItems: number): Int32Array {
  const took = new Int32Array(nItems);
  const lastLearner = new Int32Array(nItems).fill(-1);
  const add = (course: number, user: number) => {
    if (lastLearner[course] === user) return;
    lastLearner[course] = user;
    took[course]++;
  };
  let before = -1;
  for (const row of byUser(pairs)) {
    const user = pairs.user[row];
    const start = pairs.prefixStart[row];
    // the prefixes of a session are nested: what the one before had is counted
    const goesOn = before >= 0 && pairs.user[before] === user &&
      pairs.prefixStart[before] === start;
    const from = goesOn ? pairs.prefixLength[before] : 0;
    for (let i = from; i < pairs.prefixLength[row]; i++) add(pairs.items[start + i], user);
    add(pairs.label[row], user);
    before = row;
  }
  return took;
}

/** Rows by user, in their order within a user (a counting sort). */
function byUser({ count, user, users }: Pairs): Int32Array {
  const next = new Int32Array(users.length + 1);
  for (let row = 0; row < count; row++) next[user[row] + 1]++;
  for (let u = 0; u < users.length; u++) next[u + 1] += next[u];
  const order = new Int32Array(count);
  for (let row = 0; row < count; row++) order[next[user[row]]++] = row;
  return order;
}

/** Sessions of course ids as the queries that every scorer takes. */
import type { Queries } from "../../evaluation/queries.ts";

/**
 * One query a session: the whole session is its prefix. Labels, users and times are unknown and
 * blank.
 */
export function sessionQueries(sessions: readonly Int32Array[]): Queries {
  const count = sessions.length;
  const prefixLength = Int32Array.from(sessions, (session) => session.length);
  const prefixStart = new Int32Array(count);
  for (let i = 1; i < count; i++) prefixStart[i] = prefixStart[i - 1] + prefixLength[i - 1];
  const items = new Int32Array(count === 0 ? 0 : prefixStart[count - 1] + prefixLength[count - 1]);
  sessions.forEach((session, i) => items.set(session, prefixStart[i]));
  return {
    pairs: {
      count,
      pairId: Float64Array.from({ length: count }, (_, i) => i),
      users: [""],
      user: new Int32Array(count),
      items,
      prefixStart,
      prefixLength,
      label: new Int32Array(count),
      labelTime: new Float64Array(count),
    },
    rows: Int32Array.from({ length: count }, (_, i) => i),
    episodeOffsets: Int32Array.from({ length: count + 1 }, (_, i) => i),
    labels: new Int32Array(count),
  };
}

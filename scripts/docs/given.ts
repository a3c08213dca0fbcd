/** Files that the pages' commands speak of and a reader has: one small synthetic log. */
import { fromNumPySeed, nextDouble } from "../../lib/random/mt19937.ts";

/** A row of the log. */
interface Event {
  readonly user: string;
  readonly session: string;
  readonly item: string;
  readonly time: string;
}

const USERS = 60;
const SESSIONS = 4;
const EVENTS = 6;
const COURSES = 25;

/** Sessions a day apart, a course every ten minutes, the next one often the one behind it. */
function synthesizeLog(): Event[] {
  const twister = fromNumPySeed(1);
  const below = (n: number) => Math.floor(nextDouble(twister) * n);
  const log: Event[] = [];
  for (let user = 0; user < USERS; user++) {
    for (let session = 0; session < SESSIONS; session++) {
      let course = below(COURSES);
      for (let event = 0; event < EVENTS; event++) {
        const time = new Date(Date.UTC(2026, 0, 1 + session, 8, 10 * event)).toISOString();
        log.push({
          user: `learner-${user}`,
          session: `visit-${user}-${session}`,
          item: `course-${course}`,
          time: time.slice(0, 19),
        });
        course = below(3) === 0 ? below(COURSES) : (course + 1) % COURSES;
      }
    }
  }
  return log;
}

function csvOf(log: readonly Event[]): string {
  const rows = log.map(({ user, item, time }) => `${user},${item},${time}`);
  return ["user_id,item_id,created_at", ...rows].join("\n") + "\n";
}

/** As XuetangX gives it: [[course, {user: {session: [[type, time], …]}}], …]. */
function nestedOf(log: readonly Event[]): string {
  const nested: Record<string, Record<string, Record<string, [string, string][]>>> = {};
  for (const { user, session, item, time } of log) {
    (((nested[item] ??= {})[user] ??= {})[session] ??= []).push(["load_video", time]);
  }
  return JSON.stringify(Object.entries(nested));
}

/** Writes the files into a folder. */
export async function writeGiven(folder: string): Promise<void> {
  const log = synthesizeLog();
  const csv = csvOf(log);
  const gzipped = new Blob([csv]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeTextFile(`${folder}/log.csv`, csv);
  await Deno.writeFile(`${folder}/log.csv.gz`, gzipped);
  await Deno.writeTextFile(`${folder}/user_activity.json`, nestedOf(log));
}

import { assertEquals } from "@std/assert";
import { inFolder } from "../in_folder.ts";
import { prepared } from "./folder.ts";

/** Users of one session each, with so many visits. */
function sessions(users: number, visits: number): string {
  const rows = Array.from({ length: users * visits }, (_, i) => {
    const user = Math.floor(i / visits);
    return `u${user},c${(user + 7 * i) % 97},${1_600_000_000 + 40 * i}\n`;
  });
  return `user_id,item_id,timestamp\n${rows.join("")}`;
}

for (const [users, visits] of [[4000, 16], [4000, 17], [400, 170], [20, 1500]]) {
  Deno.test(`${users} sessions of ${visits} visits pass in 100 MB`, () =>
    inFolder(async (folder) => {
      const { report } = await prepared(folder, { "log.csv": sessions(users, visits) }, {
        memory: "100MB",
      });
      assertEquals([report.counts.sessions, report.counts.visits], [users, users * visits]);
    }));
}

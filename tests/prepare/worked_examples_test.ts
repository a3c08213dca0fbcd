/** The shapes of docs/prepare.md: its commands, run as they stand, give what the files hold. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../lib/cli/flags.ts";
import { PREPARE_COMMAND, prepareOptions } from "../../lib/jobs/prepare/config.ts";
import { prepareSummary } from "../../lib/jobs/prepare/summary.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { shellBlocks } from "../../scripts/docs/blocks.ts";
import { inFolder } from "../in_folder.ts";

const root = new URL("../../", import.meta.url).pathname;
const page = Deno.readTextFileSync(`${root}docs/prepare.md`);
const commands = shellBlocks("docs/prepare.md", page).flatMap(({ commands }) => commands)
  .filter((command) => command.includes("task prepare"));

/** Of each command: rows, kept, left out, users, courses, sessions, pairs; counted by hand. */
const WANTED: readonly (readonly [file: string, ...counts: number[]])[] = [
  ["edx_tracking.log", 23, 19, 3, 5, 4, 6, 13],
  ["moodle.csv", 17, 17, 0, 5, 4, 5, 11],
  ["ratings.dat", 17, 17, 0, 5, 5, 5, 12],
  ["ratings.dat", 17, 17, 0, 5, 5, 5, 12],
  ["otto.jsonl", 17, 17, 0, 5, 4, 5, 12],
  ["otto.jsonl", 17, 14, 3, 5, 4, 5, 9],
  ["mooccubex_user.json", 12, 11, 1, 4, 3, 4, 7],
  ["mooccubex_enrolments.csv", 17, 17, 0, 5, 4, 5, 12],
];

Deno.test("the page has a command for each shape", () => {
  assertEquals(commands.length, WANTED.length);
});

for (const [i, [file, ...wanted]] of WANTED.entries()) {
  Deno.test(`worked example ${i + 1}: ${file}`, () =>
    inFolder(async (folder) => {
      const words = commands[i].match(/'[^']*'|"[^"]*"|\S+/g)!.map((word) =>
        word.replace(/^(['"])(.*)\1$/, "$2")
      );
      const line = words.slice(words.indexOf("prepare") + 1);
      const input = line.findIndex((word) => word.includes(file));
      line[input] = `${root}${line[input]}`;
      const { values, given } = parseFlags(PREPARE_COMMAND, line);
      const report = await prepare({ ...prepareOptions(values, given), out: `${folder}/out` });
      const { rows, visits, other_events, missing_events, empty_lists, ...counts } = report.counts;
      assertEquals(
        [
          rows,
          visits,
          other_events + missing_events + empty_lists,
          counts.users,
          counts.courses,
          counts.sessions,
          counts.pairs,
        ],
        wanted,
      );
      assertEquals(counts.bad_rows, 0);
      // what the page shows of a summary is what is printed
      const shown = /```text\n([\s\S]*?)```/.exec(page)![1].trim();
      const summary = prepareSummary(report).join("\n");
      if (file === "edx_tracking.log") assertStringIncludes(summary, shown);
      if (file === "otto.jsonl") {
        assertStringIncludes(summary, "5 rows hold lists, which open into 17 rows");
      }
    }));
}

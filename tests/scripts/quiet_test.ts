/**
 * `--quiet`: every program prints what it is for, and nothing else; one that makes files says
 * nothing. The programs run one after the other in this process.
 */
import { assertEquals, assertMatch } from "@std/assert";
import fixture from "../fixtures/session_models.json" with { type: "json" };
import { PROGRAMS } from "../../scripts/programs.ts";
import { NOTEBOOK } from "../../lib/runs/run_folder.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { inFolder } from "../in_folder.ts";
import { conformFiles } from "../jobs/conform/log_of_ours.ts";
import { writeFiles } from "../process/program.ts";

/** Twenty learners with six courses each, ten minutes apart. */
const LOG = ["user_id,item_id,created_at"].concat(
  Array.from({ length: 120 }, (_, i) => `u${Math.floor(i / 6)},c${(i * 7) % 11},${600 * i}`),
).join("\n");
const TINY = "--data data/tiny --k 1 --q 2 --device tfjs-cpu --models popularity";

/** Lines of programs that make files. `serve` makes nothing: it says where it listens. */
const MAKERS: Readonly<Record<string, readonly string[]>> = {
  synthesize: ["--users 60 --courses 20 --out data/made"],
  prepare: ["--input log.csv --out data/log --k 1 --q 1 --item item_id --time created_at"],
  baselines: [TINY, `${TINY} --seed 2`],
  fewshot: [],
  report: ["--run latest"],
  runs: ["export --file reports/table.md", "leaderboard"],
  serve: [],
};

/** Lines of programs that answer by printing, and what stands there. FIRST is a run. */
const ANSWERS: Readonly<Record<string, readonly (readonly [line: string, answer: RegExp])[]>> = {
  recommend: [["--courses course~1 --top 3", /^Course +Rank +Score\n-+\n(\w+ \d +\d +\S+\n){3}$/]],
  evaluate: [["--split val --device tfjs-cpu", /^Model +Acc@1[^]*popularity/]],
  conform: [["small", /^Model[^]*\nmarkov/]],
  report: [["--compare FIRST latest", /^Model and metric[^]*popularity/]],
  runs: [
    ["", /^(\d+(_\d+)+\n){2}$/],
    ["show latest", /^Run \d+(_\d+)+[^]*To make it again/],
    ["compare FIRST latest", /^Model and metric[^]*popularity/],
    ["export --format csv", /^data,[^]*popularity/],
    ["export --json", /^\{[^]*"popularity"[^]*\}\n$/],
  ],
  sweep: [
    [`${TINY} --print-jobs`, /^(\S+ )+sweep work \d+(_\d+)+ --part=0 --parts=1\n$/],
    ["status", /^Sweep [^]*runs +0 +0 +1/],
    ["work", /^$/],
    ["gather", /^tiny[^]*\npopularity[^]*Mean ±/],
  ],
};

/** What a program says on stdout to a line, in the current folder; `~` is a space in a word. */
async function said(program: string, line: string): Promise<string> {
  const { args, exit } = Deno;
  const { log } = console;
  const lines: string[] = [];
  console.log = (text: string) => void lines.push(`${text}\n`);
  const put = (values: Partial<Record<"args" | "exit", unknown>>) =>
    Object.entries(values).forEach(([name, value]) =>
      Object.defineProperty(Deno, name, { value, configurable: true })
    );
  const words = line.split(" ").filter((word) => word !== "").map((word) => word.replace("~", " "));
  try {
    put({
      args: [...words, "--quiet"],
      exit: (code: number) => assertEquals(code, 0, `${program} ${line}`),
    });
    await import(
      new URL(`../../scripts/${program}.ts?${crypto.randomUUID()}`, import.meta.url).href
    );
  } finally {
    put({ args, exit });
    console.log = log;
  }
  return lines.join("");
}

Deno.test({
  name: "--quiet: a program says what it is for; what makes files says nothing",
  sanitizeOps: false, // programs leave their signals to the end of the process
  sanitizeResources: false,
  fn: () =>
    inFolder(async (folder) => {
      const all = new Set([...Object.keys(ANSWERS), ...Object.keys(MAKERS)]);
      assertEquals([...all].sort(), Object.keys(PROGRAMS).sort(), "a program of which is not said");
      const { markov } = fixture.conform.as_ours;
      await writeFiles(folder, { "log.csv": new TextEncoder().encode(LOG) });
      await writeFiles(`${folder}/small`, await conformFiles({ markov }));
      await writeFiles(`${folder}/data/tiny`, tinyFolder());
      const here = Deno.cwd();
      Deno.chdir(folder);
      try {
        for (const [program, lines] of Object.entries(MAKERS)) {
          for (const line of lines) {
            assertEquals(await said(program, line), "", `${program} ${line}`);
          }
        }
        const [first] = [...Deno.readDirSync(`reports/${NOTEBOOK}`)].map(({ name }) => name).sort();
        for (const [program, lines] of Object.entries(ANSWERS)) {
          for (const [line, answer] of lines) {
            assertMatch(await said(program, line.replace("FIRST", first)), answer);
          }
        }
      } finally {
        Deno.chdir(here);
      }
    }),
});

/** deno task prepare: a raw interaction log → a data folder. */
import { runCommand } from "../lib/cli/command.ts";
import type { Command } from "../lib/settings/command.ts";
import {
  choice,
  integer,
  list,
  number,
  type Setting,
  type Settings,
  text,
} from "../lib/settings/settings.ts";
import { SPLITS } from "../lib/dataset/dataset.ts";
import { InputError, show } from "../lib/errors/input_error.ts";
import { DEFAULTS, FORMATS, SPLIT_POLICIES } from "../lib/prepare/options.ts";
import { prepare } from "../lib/prepare/prepare.ts";
import type { PrepareReport } from "../lib/prepare/report.ts";
import { Interrupted, interruptible } from "../lib/terminal/signals.ts";
import { complain, say } from "../lib/terminal/say.ts";

/** A flag whose value is a list of numbers. */
function numbers(
  placeholder: string,
  description: string,
  fallback: readonly number[],
): Setting<readonly number[]> {
  const parse = (value: string, name: string) =>
    value.split(",").map((part) => {
      if (/^\s*\d+(\.\d+)?\s*$/.test(part)) return Number(part);
      throw new InputError({
        doing: `reading --${name}`,
        found: `its value is ${show(value)}`,
        wanted: `numbers: ${placeholder}`,
      });
    });
  return { placeholder, description, fallback, repeats: true, parse };
}

const FLAGS = {
  input: list<string>(
    "file,pattern,…",
    "the log: files or patterns such as 'logs/*.csv.gz' (needed; may be given several times)",
    [],
  ),
  out: text(
    "folder",
    "the data folder to write, such as data/processed/mine (needed); replaced whole when " +
      "all is done",
  ),
  format: choice(
    FORMATS,
    "how the log is written; auto goes by the names' endings",
    DEFAULTS.format,
  ),
  user: text("column", "the column with the user", DEFAULTS.columns.user),
  item: text("column", "the column with the item (the course)", DEFAULTS.columns.item),
  time: text(
    "column",
    "the column with the time: epoch seconds or milliseconds, ISO 8601, YYYY-MM-DD HH:MM:SS in UTC",
    DEFAULTS.columns.time,
  ),
  session: text(
    "column",
    "the column with the platform's session id; without it, or where it is empty, " +
      "--gap-minutes cuts",
  ),
  events: list<string>(
    "prefix,…",
    "xuetangx: keep events whose type begins with one of these",
    DEFAULTS.eventPrefixes,
  ),
  gapMinutes: number(
    "a session ends when more minutes than this pass without an event",
    DEFAULTS.gapMinutes,
    0.001,
    1e9,
  ),
  minUserPairs: integer("leave out users with fewer pairs", DEFAULTS.minUserPairs, 1),
  minItemCount: integer("leave out items with fewer events", DEFAULTS.minItemCount, 1),
  split: numbers(
    "train,val,test",
    "shares of the users",
    SPLITS.map((split) => DEFAULTS.shares[split]),
  ),
  splitBy: choice(
    SPLIT_POLICIES,
    "user: shuffled; time: by arrival, and no training pair is later than any other split's",
    DEFAULTS.splitBy,
  ),
  k: numbers("n,…", "support pairs of an episode; one file for each K and Q", DEFAULTS.k),
  q: numbers("n,…", "query pairs of an episode", DEFAULTS.q),
  seed: integer("seed of the users' shuffle", DEFAULTS.seed, 0, 2 ** 32 - 1),
  onError: choice(
    ["stop", "skip"],
    "at a bad row: stop, or leave it out, count it and list it",
    DEFAULTS.onError,
  ),
  memory: text("size", "DuckDB's memory; the process takes some 400 MB more", DEFAULTS.memory),
  threads: integer("threads of DuckDB", DEFAULTS.threads, 1, 1024),
  config: text("file", "a JSON file with the values of flags"),
} satisfies Settings;

const COMMAND: Command<typeof FLAGS> = {
  name: "prepare",
  summary: "turns a raw interaction log into a data folder: vocabulary, pairs, splits, episodes",
  flags: FLAGS,
  examples: [
    "deno task prepare --input log.csv.gz --user user_id --item item_id --time created_at " +
    "--out data/processed/mine",
    "deno task prepare --input 'logs/*.parquet' --session session_id --k 5,10 --q 10,20 " +
    "--split-by time --out data/processed/mine",
    "deno task prepare --input user_activity.json --format xuetangx --out data/processed/xuetangx",
  ],
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values }) => {
    const { input, out, user, item, time, session, events, split, ...rest } = values;
    const needed = (flag: string) =>
      new InputError({
        doing: "reading the arguments of prepare",
        found: `no --${flag}`,
        wanted: `--${flag}`,
      });
    if (input.length === 0) throw needed("input");
    if (out === undefined) throw needed("out");
    if (split.length !== 3) {
      throw new InputError({
        doing: "reading --split",
        found: `${split.length} shares`,
        wanted: "three",
      });
    }
    const [train, val, test] = split;
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8);
    try {
      const options = {
        ...rest,
        inputs: input,
        out,
        columns: { user, item, time, session },
        eventPrefixes: events,
        shares: { train, val, test },
        batchEvents: DEFAULTS.batchEvents,
      };
      const progress = (message: string) => say(`${seconds()}  ${message}`);
      const report = await interruptible((signal) => prepare(options, progress, signal));
      say(summaryOf(report, out, seconds().trim()));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      complain(`\n${error.message}; what was in ${out} before is untouched`);
      return error.exitCode;
    }
  }),
);

function summaryOf(report: PrepareReport, out: string, seconds: string): string {
  const { counts } = report;
  const n = (value: number) => value.toLocaleString("en");
  const lines = [
    `${n(counts.rows)} rows (${n(counts.bad_rows)} bad, ${n(counts.other_events)} of other types, ${
      n(counts.rare_item_events)
    } of rare ` +
    `items, ${n(counts.duplicate_events)} duplicates) → ${n(counts.events)} events of ${
      n(counts.courses)
    } courses`,
    `${n(counts.sessions)} sessions → ${n(counts.pairs)} pairs (${
      n(counts.skipped_same_time)
    } skipped by the strict-time rule, ` +
    `${n(counts.dropped_rare_users)} of rare users, ${
      n(counts.dropped_after_cut)
    } after a time cut), split by ${report.split_policy.by}`,
    ...SPLITS.map((split) => {
      const { users, pairs, episodes, prefix_len: p } = report.splits[split];
      const windows = Object.entries(episodes).map(([name, count]) =>
        `${n(count)} episodes ${name}`
      ).join(", ");
      return `  ${split.padEnd(5)} ${n(users)} users, ${
        n(pairs)
      } pairs, ${windows}; prefix length p50 ${p.p50}, p90 ${p.p90}, max ${p.max}`;
    }),
    ...report.bad_rows_listed.slice(0, 10).map((bad) =>
      `  left out: ${bad.file}, ${bad.place}: ${bad.fault}`
    ),
    `${out} written in ${seconds}`,
  ];
  return lines.join("\n");
}

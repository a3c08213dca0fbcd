/** `deno task synthesize`: a synthetic data set of any size from a stated process. */
import { counted } from "../lib/errors/counted.ts";
import { runCommand } from "../lib/cli/command.ts";
import type { Command } from "../lib/settings/command.ts";
import { choice, integer, type Settings, text } from "../lib/settings/settings.ts";
import { table } from "../lib/terminal/table.ts";
import { describe } from "../lib/dataset/synthetic/describe.ts";
import {
  CHANGEABLE,
  type Changes,
  type Preset,
  PRESETS,
  processOf,
  SYNTHETIC_SEED,
} from "../lib/dataset/synthetic/presets.ts";
import { synthesize } from "../lib/dataset/synthetic/synthesize.ts";
import { SPLITS } from "../lib/dataset/dataset.ts";
import { encodeDataset } from "../lib/dataset/write_dataset.ts";
import { writeFiles, writeFolder } from "../lib/files/write_folder.ts";
import { Interrupted, interruptible } from "../lib/terminal/signals.ts";
import { complain, say, sayJson } from "../lib/terminal/say.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";

/** Bytes that a learner takes while all are made, about; and a number of them that is told. */
const BYTES_PER_LEARNER = 4000;
const MANY = 1_000_000;

/** A size of the platform; 0 stands for the preset's. */
const size = (name: keyof typeof CHANGEABLE, what: string) =>
  integer(`${what}; 0 takes the preset's`, 0, 0, CHANGEABLE[name][1]);

const FLAGS = {
  preset: choice(
    Object.keys(PRESETS) as Preset[],
    "demo is small; xuetangx has the notebook's scale and marginals; habits tells few-shot " +
      "methods apart",
    "demo",
  ),
  out: text(
    "folder",
    "the data folder to write (default: data/synthetic/PRESET_K<K>_Q<Q>); replaced whole " +
      "when all is done",
  ),
  seed: integer("seed of every draw", SYNTHETIC_SEED, 0, 0xffffffff),
  k: integer("support pairs of an episode", 5, 1, 1000),
  q: integer("query pairs of an episode", 10, 1, 1000),
  users: size("users", "learners, some 4 KB of memory each"),
  courses: size("courses", "courses"),
  topics: size("topics", "topics, each with a syllabus of its courses"),
  terms: size("terms", "terms, each with some of the courses"),
  json: JSON_OUT,
  config: text("file", "a JSON file with the values of flags"),
} satisfies Settings;

const COMMAND: Command<typeof FLAGS> = {
  name: "synthesize",
  summary:
    "writes a synthetic data set: learners with terms and topics, pairs, splits and episodes",
  flags: FLAGS,
  examples: [
    "deno task synthesize --preset xuetangx",
    "deno task synthesize --preset xuetangx --users 357920 --out data/synthetic/ten_times",
    "deno task synthesize --courses 40 --users 2000 --seed 1 --out data/synthetic/small",
  ],
};

Deno.exit(
  await runCommand(
    COMMAND,
    Deno.args,
    async ({ values: { preset, seed, k, q, out, users, courses, topics, terms, json } }) => {
      const changes: Changes = Object.fromEntries(
        Object.entries({ users, courses, topics, terms }).filter(([, value]) => value !== 0),
      );
      processOf(preset, changes, "reading the arguments of synthesize");
      const learners = users || PRESETS[preset].users;
      if (learners > MANY) {
        const gigabytes = Math.ceil(learners * BYTES_PER_LEARNER / 1e9).toLocaleString("en");
        complain(`${counted(learners, "learner")} take some ${gigabytes} GB of memory`);
      }
      const folder = out ?? `data/synthetic/${preset}_K${k}_Q${q}`;
      const start = performance.now();
      try {
        const dataset = synthesize(preset, k, q, seed, changes);
        const { synthetic } = dataset;
        const owned = ["synthetic.json", "vocab", "pairs", "episodes"];
        await interruptible((signal) =>
          writeFolder(
            folder,
            { owned },
            (staging) => writeFiles(staging, encodeDataset(dataset), signal),
            signal,
          )
        );
        if (json) {
          return sayJson({ folder, synthetic: dataset.synthetic, ...describe(dataset) }, 2);
        }
        const { users, pairs, episodes, prefix, topShares, returns, courses } = describe(dataset);
        const n = (x: number) => x.toLocaleString("en");
        say(
          table(
            ["split", "users", "pairs", "episodes"],
            SPLITS.map((split) => [split, n(users[split]), n(pairs[split]), n(episodes[split])]),
          ),
        );
        const quantiles = Object.entries(prefix).map(([name, length]) => `${name} ${length}`);
        const shares = topShares.map((share) => share.toFixed(4));
        say(
          `${counted(courses, "course")}; training prefixes ${quantiles.join(", ")}; ` +
            `top five labels ${shares.join(" ")}; ` +
            `${(100 * returns).toFixed(1)} % of labels are returns`,
        );
        say(
          `SYNTHETIC: preset ${preset}, seed ${seed}, process ${synthetic!.process_version}`,
        );
        say(`${folder} written in ${((performance.now() - start) / 1000).toFixed(1)} s`);
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        complain(`\n${error.message}; what was in ${folder} before is untouched`);
        return error.exitCode;
      }
    },
  ),
);

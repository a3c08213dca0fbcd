/** `deno task synthesize`: a synthetic data set of any size from a stated process. */
import { counted } from "../lib/errors/counted.ts";
import { runCommand } from "../lib/cli/command.ts";
import { table } from "../lib/terminal/table.ts";
import { describe } from "../lib/dataset/synthetic/describe.ts";
import { type Changes, PRESETS, processOf } from "../lib/dataset/synthetic/presets.ts";
import { synthesize } from "../lib/dataset/synthetic/synthesize.ts";
import { SPLITS } from "../lib/dataset/dataset.ts";
import { encodeDataset } from "../lib/dataset/write_dataset.ts";
import { writeFiles, writeFolder } from "../lib/files/write_folder.ts";
import { Interrupted, interruptible } from "../lib/terminal/signals.ts";
import { complain, say, sayJson } from "../lib/terminal/say.ts";
import { SYNTHESIZE_COMMAND } from "../lib/jobs/synthesize/config.ts";

/** Bytes that a learner takes while all are made, about; and a number of them that is told. */
const BYTES_PER_LEARNER = 4000;
const MANY = 1_000_000;

Deno.exit(
  await runCommand(
    SYNTHESIZE_COMMAND,
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

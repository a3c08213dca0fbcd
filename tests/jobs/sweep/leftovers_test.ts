/** What stays in a sweep's folder once it has ended: the same, whether its workers died or not. */
import { assert, assertEquals } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { openSweep, retry, workOn } from "../../../lib/jobs/sweep/job.ts";
import { outDirOf } from "../../../lib/runs/run_folder.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { entriesBelow } from "../../process/outputs.ts";
import { recorder } from "../recorder.ts";
import { finish, ME, plan } from "./small_sweep.ts";

const FLAGS = ["--models=popularity,gru_global", "--grid=gru_global.hidden-dim=4,8"];

/** The folders that are one worker's at a time, where one that is killed leaves what it wrote. */
const foldersOf = (run: string) => ["trials", "times", "logs", run, `${run}/models`];

for (const locks of ["with locks", "without locks"]) {
  Deno.test(`a sweep whose worker was killed holds the files of one that was not, ${locks}`, () =>
    inFolder(async (out) => {
      const { tryLock } = Deno.FsFile.prototype;
      try {
        if (locks === "without locks") {
          Deno.FsFile.prototype.tryLock = () => Promise.reject(new Error("not implemented"));
        }
        const data = await writeFolder(tinyFolder());
        const whole = await inFolder(async (other) => {
          const planned = await plan(other, ...FLAGS, "--data", data);
          await finish(planned);
          const { home: { folder, tag } } = planned;
          return (await entriesBelow(folder)).map((path) => path.replaceAll(tag, "TAG"));
        });
        assert(whole.every((path) => !/\.tmp$|checkpoints/.test(path)), whole.join("\n"));

        const planned = await plan(out, ...FLAGS, "--data", data);
        const { home: { folder, tag }, sweep: { runs: [{ tag: run }] } } = planned;
        const { terminal } = recorder();
        // stopped while the chosen run trains: its first model is fitted, and nothing is finished
        const received = () =>
          hasModel(`${folder}/${outDirOf(run)}`) ? "SIGTERM" as const : undefined;
        const signal = { received, stop: () => {} };
        await workOn(planned, { part: 0, parts: 1 }, {
          baselines: BASELINES,
          terminal,
          signal,
          me: ME,
        });
        const common = locks === "with locks" ? [""] : []; // without, it may be a living one's
        const own = [...foldersOf(outDirOf(run)), `${outDirOf(run)}/checkpoints`];
        for (const part of [...common, ...own]) {
          await Deno.mkdir(`${folder}/${part}`, { recursive: true });
          await Deno.writeTextFile(`${folder}/${part}/a.json.${crypto.randomUUID()}.tmp`, "{");
        }
        const again = await openSweep(out, tag);
        await retry(again, ME, terminal);
        await finish(again);
        const left = (await entriesBelow(folder)).map((path) => path.replaceAll(tag, "TAG"));
        assertEquals(left, whole);
      } finally {
        Deno.FsFile.prototype.tryLock = tryLock;
      }
    }));
}

/** Whether the run has fitted a model. */
function hasModel(run: string): boolean {
  try {
    return [...Deno.readDirSync(`${run}/models`)].some(({ name }) => name.startsWith("popularity"));
  } catch {
    return false;
  }
}

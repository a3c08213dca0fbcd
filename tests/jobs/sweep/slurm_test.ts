import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { sweepCommand, sweepConfig } from "../../../lib/jobs/sweep/config.ts";
import { openSweep } from "../../../lib/jobs/sweep/job.ts";
import { planSweep } from "../../../lib/jobs/sweep/plan.ts";
import { sbatchOptions } from "../../../lib/jobs/sweep/sbatch_options.ts";
import { commandsLeft, jobScript, submit } from "../../../lib/jobs/sweep/slurm.ts";
import { workWords } from "../../../lib/jobs/sweep/worker_command.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { gathered, ME, told } from "./small_sweep.ts";

const TAG = "20260130_075435";
/** What a shell would act on, and the variable that a job may read elsewhere. */
const WILD = "a $(echo b) `echo c` $HOME $SLURM_ARRAY_TASK_ID 'd' \"e\" \\f";

async function planned(out: string) {
  const data = await writeFolder(tinyFolder());
  const flags = ["--k=1", "--q=2", "--device=tfjs-cpu", "--models=popularity", "--data", data];
  const config = sweepConfig(parseFlags(sweepCommand(BASELINES), [...flags, "--out", out]));
  return await planSweep(await jobOf(config, recorder().terminal));
}

/** The words of a line as a shell hands them over. */
async function wordsOf(line: string): Promise<string[]> {
  const args = ["-c", `for word in ${line}; do printf '%s\\n' "$word"; done`];
  const env = { SLURM_ARRAY_TASK_ID: "3" };
  const { stdout } = await new Deno.Command("sh", { args, env }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("a shell replaces the task's number in a job, and nothing else anywhere", async () => {
  const words = ["deno", ...workWords(TAG, WILD, { part: "$SLURM_ARRAY_TASK_ID", parts: 9 })];
  const script = jobScript({
    ...{ tag: TAG, folder: "runs", threads: 1, tasks: 9, options: "", words },
  });
  const line = /^exec (.*)$/m.exec(script)![1];
  const expected = ["deno", "work", TAG, "--part=3", "--parts=9", `--out=${WILD}`];
  assertEquals(await wordsOf(line), expected);
  await inFolder(async (folder) => {
    const out = `${folder}/${WILD}`;
    await Deno.mkdir(out);
    const plan = await planned(out);
    const [command] = await commandsLeft(plan, 0, ["deno"]);
    assertEquals((await wordsOf(command)).at(-1), `--out=${out}`);
  });
});

Deno.test("no spelling of sbatch's array passes, and its other options do", () => {
  const array = ["-a1-5", "-a 1-5", "-a=1", "--array=1-5", "--arr=1", "--ar 1", "--a=1"];
  const more = ["-Ha1-5", '"-a1-5"', '--"array"=2', "--arra\\y=2", "--wrap=ls", "--wra ls"];
  for (const bad of [...array, ...more, "--time=1\n#SBATCH -a1"]) {
    assertThrows(() => sbatchOptions(`--time=10 ${bad}`), InputError, "the array is the sweep's");
  }
  const good = '--partition=cpu --account=a -A a -pa --acctg-freq=1 --comment="run -a b" -t 1:00';
  assertEquals(sbatchOptions(` ${good} `), good);
});

Deno.test("a sweep that was submitted is gone on with by --slurm and its options, not here", () =>
  inFolder(async (out) => {
    const { home: { tag, folder } } = await planned(out);
    const claims = `${folder}/claims/${tag}_1`;
    await Deno.mkdir(claims, { recursive: true });
    await Deno.writeTextFile(`${claims}/000001.json`, JSON.stringify(ME)); // its owner is gone
    const slurm = { options: "--partition=gpu", tasks: 1, jobs: ["7"] };
    await Deno.writeTextFile(`${folder}/slurm.json`, JSON.stringify(slurm));
    const line = `deno task sweep --resume ${tag} --out ${out} --slurm=--partition=gpu`;
    const opened = await openSweep(out, tag);
    assert((await told(opened)).endsWith(`What is dead or waits is done by: ${line}`));
    assertStringIncludes(await gathered(opened), `${line} does what is missing`);
    // a file that is damaged is told by whoever submits, and stops nobody else
    await Deno.writeTextFile(`${folder}/slurm.json`, "{");
    assert((await told(await openSweep(out, "latest"))).endsWith(` --out ${out}`));
  }));

Deno.test("a submission that failed names the sweep, and how to submit it again", () =>
  inFolder(async (out) => {
    const plan = await planned(out);
    const path = Deno.env.get("PATH");
    Deno.env.set("PATH", out); // where there is no sbatch
    try {
      const asked = { options: "--partition=cpu -t 5", tasks: 1, program: ["deno"] };
      const { message } = await assertRejects(() => submit(plan, asked), InputError);
      assertStringIncludes(
        message,
        `deno task sweep --resume ${plan.home.tag} --out ${out} --slurm='--partition=cpu -t 5' ` +
          "--tasks 1",
      );
    } finally {
      Deno.env.set("PATH", path!);
    }
  }));

/** What a sweep leaves in its folder, as far as it must not depend on where and how it ran. */
import { outDirOf } from "../../lib/runs/run_folder.ts";
import { entriesBelow, filesBelow, resultOf } from "./outputs.ts";

/** Five settings of a GRU over two seeds and two data sets, then four runs: 24 pieces. */
export const SMALL_SWEEP = [
  ...["--data=data/tiny,data/other", "--k=1", "--q=2", "--batch-size=16", "--device=wasm"],
  ...["--epochs=3", "--models=popularity,gru_global", "--grid=gru_global.hidden-dim=4,8,12,16,20"],
  "--seeds=1,2",
];

/** Tags of a project's sweeps: of those that were planned before they were killed. */
export async function sweepsOf(project: string): Promise<string[]> {
  const files = await filesBelow(`${project}/reports/sweeps`);
  return files.filter((path) => /^\d+(_\d+)+\/sweep\.json$/.test(path)).map((path) =>
    path.split("/")[0]
  ).sort();
}

/** Everything that must be the same, by a name for messages; tags of runs by their numbers. */
export async function sweepResult(project: string, tag: string): Promise<Record<string, string>> {
  const folder = `${project}/reports/sweeps/${tag}`;
  const plain = (text: string) => text.replaceAll(`${tag}_`, "run ");
  const result: Record<string, string> = {};
  for (const part of ["trials", "failed"]) {
    for (const name of await filesBelow(`${folder}/${part}`)) {
      result[`${part}/${name}`] = await Deno.readTextFile(`${folder}/${part}/${name}`);
    }
  }
  for (const name of ["choice.json", "results.json"]) {
    result[name] = plain(await Deno.readTextFile(`${folder}/${name}`));
  }
  const { runs, trials } = JSON.parse(await Deno.readTextFile(`${folder}/sweep.json`));
  result.pieces = `${runs.length + trials.length}`;
  for (const part of ["trials", "times", "failed"]) {
    const entries = await entriesBelow(`${folder}/${part}`).catch(() => []);
    result[`files of ${part}`] = plain(`${entries}`);
  }
  for (const { tag: run } of runs) {
    result[`files of ${plain(run)}`] = `${await entriesBelow(`${folder}/${outDirOf(run)}`)}`;
    result[plain(run)] = plain(JSON.stringify(await resultOf(folder, run)));
  }
  return result;
}

/** Says the numbers of the processes whose folder is $1 and whose line has $2 and $3. */
const PROCESSES = `grep -lsaF -- "$2" /proc/[0-9]*/cmdline | xargs -r grep -lsaF -- "$3" |
  while read -r line; do
    process=\${line%/cmdline}
    [ "$(readlink "$process/cwd")" = "$1" ] && echo "\${process#/proc/}"
  done`;

/** Processes of a sweep in the project's folder whose line has `word` and the sweep's tag. */
export async function processesOf(project: string, tag: string, word = tag): Promise<number[]> {
  const args = ["-c", PROCESSES, "sh", project, tag, word];
  const { stdout } = await new Deno.Command("sh", { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").map(Number);
}

/** Ends of lines that messages give to be copied. */
import { assertEquals } from "@std/assert";
import { resumeLine, verbLine } from "../../lib/jobs/sweep/again.ts";
import { ORDINARY } from "../../lib/jobs/baselines/ordinary.ts";
import { commandHere } from "../../lib/jobs/sweep/worker_command.ts";
import { outFlag } from "../../lib/errors/shell_words.ts";

Deno.test("a folder's name is one word of the shell, in every line that goes on", () => {
  const names = [".", "runs/a", "my runs", "it's", "$HOME", "a;b"];
  assertEquals(names.map(outFlag), [
    "",
    " --out runs/a",
    " --out 'my runs'",
    " --out 'it'\\''s'",
    " --out '$HOME'",
    " --out 'a;b'",
  ]);
  const tag = "20260130_075435";
  const root = "my runs";
  const home = { root, tag, folder: `${root}/reports/sweeps/${tag}` };
  assertEquals([resumeLine(home), verbLine("status", home), ORDINARY.resumeCommand(tag, root)], [
    `deno task sweep --resume ${tag} --out 'my runs'`,
    `deno task sweep status ${tag} --out 'my runs'`,
    `deno task baselines --resume ${tag} --out 'my runs'`,
  ]);
  const submitted = (slurm: string) => resumeLine({ ...home, root: ".", slurm });
  assertEquals([submitted(""), submitted("-p gpu -t 5")], [
    `deno task sweep --resume ${tag} --slurm`,
    `deno task sweep --resume ${tag} --slurm='-p gpu -t 5'`,
  ]);
});

Deno.test("a run's line calls the program by the form that is at hand, whichever made it", () => {
  const rest = "--data data/mine --models markov";
  const file = "/opt/my tools/coldstart";
  for (const call of ["deno task", "coldstart", "sh coldstart.sh"]) {
    const line = `${call} baselines ${rest}`;
    assertEquals([commandHere(line, undefined), commandHere(line, file)], [
      `deno task baselines ${rest}`,
      `'${file}' baselines ${rest}`,
    ]);
  }
});

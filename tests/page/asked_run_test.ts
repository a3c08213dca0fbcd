/** The lines that a page says for a run, read by a shell as a person would paste them. */
import { assertEquals } from "@std/assert";
import { askedRun } from "../../lib/page/asked_run.ts";

function formOf(fields: readonly (readonly [string, string])[]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

Deno.test("the lines of a run give a shell the page's flags, word by word", async () => {
  const run = formOf([["models", "markov"], ["models", "gru_global"], ["k", "2"], ["q", "3"], [
    "seed",
    "",
  ]]);
  const columns = formOf([["user", "learner's id"], ["time-format", "%d/%m %Y $HOME"]]);
  const { flags, prepare, lines } = askedRun(run, columns, { kind: "log", folder: 'my "logs"' });
  assertEquals(flags, [
    "--models",
    "markov,gru_global",
    "--k=2",
    "--q=3",
    "--data",
    "data/prepared",
  ]);
  assertEquals(prepare, [
    ...["--input", 'my "logs"', "--out", "data/prepared", "--k=2", "--q=3"],
    ...["--user=learner's id", "--time-format=%d/%m %Y $HOME"],
  ]);
  const script = `deno() { printf '%s\\n' "$@"; }\n${lines.join("\n")}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  const words = ["task", "prepare", ...prepare!, "task", "baselines", ...flags];
  assertEquals(new TextDecoder().decode(stdout).trimEnd().split("\n"), words);

  const own = askedRun(run, columns, { kind: "folder", folder: "my data" });
  assertEquals(own.lines, [
    "# in a project's folder, with what was given to the page as my data",
    "deno task baselines --models markov,gru_global --k=2 --q=3 --data 'my data'",
  ]);
});

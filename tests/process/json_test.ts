/** `--json`: what a program prints on stdout is one JSON value, and progress is elsewhere. */
import { assert, assertEquals } from "@std/assert";
import { permissionsOf, SMALL_RUN, withProject, writeFiles } from "./program.ts";

/** Twenty learners with six courses each, ten minutes apart. */
const LOG = ["user_id,item_id,created_at"].concat(
  Array.from({ length: 120 }, (_, i) => `u${Math.floor(i / 6)},c${(i * 7) % 11},${600 * i}`),
).join("\n");

Deno.test("--json: stdout is one JSON value, of every program that says something", async () => {
  await withProject(async ({ folder }) => {
    await writeFiles(folder, { "log.csv": new TextEncoder().encode(LOG) });
    const told = async (task: string, ...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", ...permissionsOf(task), `scripts/${task}.ts`, ...args, "--json"],
        cwd: folder,
        env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
        stdin: "null",
      }).output();
      const text = new TextDecoder();
      assertEquals(code, 0, text.decode(stderr));
      return JSON.parse(text.decode(stdout));
    };

    const made = await told("synthesize", "--users", "60", "--courses", "20", "--out", "data/made");
    assertEquals(made.folder, "data/made");
    assertEquals(made.users.train + made.users.val + made.users.test, 60);

    const columns = ["--user", "user_id", "--item", "item_id", "--time", "created_at"];
    const prepared = await told(
      "prepare",
      ...["--input", "log.csv", "--out", "data/log", "--k", "1", "--q", "1", ...columns],
    );
    assertEquals(prepared.counts.rows, 120);

    const models = ["--models", "popularity,markov"];
    const results = await told("baselines", ...SMALL_RUN, ...models);
    assertEquals(Object.keys(results.baselines), ["popularity", "markov"]);
    const tag = results.run_tag;
    await told("baselines", ...SMALL_RUN, ...models, "--seed", "3");

    const page = await told("report", "--run", tag);
    assertEquals(page.run, tag);
    assert(page.page.endsWith("/report.html"));
    const compared = await told("report", "--compare", tag, "latest");
    assertEquals(compared.runs[0], tag);
    assert(compared.differences.every(({ p }: { p: number }) => p >= 0 && p <= 1));

    const { page: leaderboard } = await told("runs", "leaderboard");
    assert((await Deno.stat(`${folder}/${leaderboard}`)).isFile);
    const { deleted } = await told("runs", "delete", tag, "--yes");
    assertEquals(deleted.length, 1);
  });
});

/** The program itself, with the permissions of its task. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tinyRun } from "./tiny_run.ts";

const root = new URL("../../../", import.meta.url).pathname;

async function recommend(...args: string[]) {
  const { out } = await tinyRun();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "scripts/recommend.ts",
      "--out",
      out,
      "--device",
      "tfjs-cpu",
      ...args,
    ],
    cwd: root,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("recommend prints a table, or JSON for programs", async () => {
  const { runTag } = await tinyRun();
  const line = ["--courses", "course 1,course 3", "--top", "3", "--exclude-seen"];
  const shown = await recommend(...line);
  assertEquals(shown.code, 0, shown.stderr);
  assertStringIncludes(shown.stdout, `gru_global of run ${runTag}`);
  const json = JSON.parse((await recommend(...line, "--json")).stdout);
  const [{ courses, recommendations }] = json.sessions;
  assertEquals([json.run_tag, json.model, courses], [runTag, "gru_global", [
    "course 1",
    "course 3",
  ]]);
  assertEquals(recommendations.length, 3);
  for (const { course, score, probability } of recommendations) {
    assert(!courses.includes(course) && probability > 0 && probability < 1);
    assertStringIncludes(shown.stdout, course);
    assertStringIncludes(shown.stdout, score.toFixed(4));
  }
});

Deno.test("recommend answers a file of sessions, and says what is wrong with one", async () => {
  const folder = await Deno.makeTempDir();
  const good = `${folder}/good.csv`;
  const bad = `${folder}/bad.csv`;
  await Deno.writeTextFile(good, "session,course\na,course 0\na,course 2\nb,course 5\n");
  await Deno.writeTextFile(bad, "session,course\na,course 0\nb,cuorse 5\n");
  const { sessions } = JSON.parse(
    (await recommend("--input", good, "--json", "--model", "popularity")).stdout,
  );
  assertEquals(sessions.map(({ session }: { session: string }) => session), ["a", "b"]);
  const skipped = await recommend("--input", bad, "--model", "popularity");
  assertEquals(skipped.code, 0, skipped.stderr);
  assertStringIncludes(
    skipped.stdout,
    "unknown courses left out: 1, of 1 of 2 sessions",
  );
  const refused = await recommend("--input", bad, "--on-unknown", "error");
  assertEquals(refused.code, 1);
  for (const part of ["session b", '"cuorse 5"', '"course 5"']) {
    assertStringIncludes(refused.stderr, part);
  }
  assertStringIncludes((await recommend()).stderr, "neither --courses nor --input");
});
